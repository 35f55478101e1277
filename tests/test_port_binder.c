/* bind() and connect() over a port space: who may share, who yields, which range.  What
 * Linux was recorded to do is in tests/test_kernel_binding.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/port_binder.h"

enum { HERE = 1, ELSEWHERE = 2, PORT = 40000 };

static const struct port_destination web = {7, 80}, other = {8, 80};

/* --- who may share --------------------------------------------------------------------
 */

static void test_each_family_of_systems_shares_by_its_own_options(void **state)
{
    (void)state;
    enum { RA = PORT_REUSEADDR, RP = PORT_REUSEPORT };
    static const uint32_t any = PORT_ANY_ADDRESS;
    static const struct {
        const char *holder;
        struct port_owner owner;
        uint8_t options; /* of who binds, from HERE, as user 5 */
        bool linux_refuses, bsd_refuses, windows_refuses;
    } rows[] = {
        // clang-format off
        {"plain, plain caller",            {HERE, 5, PORT_BY_BIND, 0},       0,  true,  true,  true},
        {"plain at another address",       {ELSEWHERE, 5, PORT_BY_BIND, 0},  0,  false, false, false},
        {"plain at the wildcard",          {any, 5, PORT_BY_BIND, 0},        0,  true,  true,  true},
        {"plain at the wildcard, reuse",   {any, 5, PORT_BY_BIND, 0},        RA, true,  false, true},
        {"both SO_REUSEADDR",              {HERE, 5, PORT_BY_CONNECT, RA},   RA, false, true,  false},
        {"both, and it listens",           {HERE, 5, PORT_BY_LISTEN, RA},    RA, true,  true,  true},
        {"both SO_REUSEPORT, one user",    {HERE, 5, PORT_BY_LISTEN, RP},    RP, false, false, true},
        {"both SO_REUSEPORT, two users",   {HERE, 6, PORT_BY_BIND, RP},      RP, true,  true,  true},
        {"different options",              {HERE, 5, PORT_BY_BIND, RP},      RA, true,  true,  true},
        // clang-format on
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_space *s = port_space_new();
        struct port_destination nowhere = {0, 0};
        port_space_take(s, PORT, rows[i].owner, nowhere);
        const bool refuses[] = {[BIND_RULES_LINUX] = rows[i].linux_refuses,
                                [BIND_RULES_BSD] = rows[i].bsd_refuses,
                                [BIND_RULES_WINDOWS] = rows[i].windows_refuses};
        for (uint32_t kind = 0; kind < 3; kind++)
            if (bind_refused(&bind_rules[kind], s, PORT, HERE, rows[i].options, 5) !=
                refuses[kind])
                fail_msg("%s: %s", rows[i].holder, bind_rules_choice(kind));
        port_space_free(s);
    }
}

/* One blocks although all the others would share [KERNEL.md C7]. */
static void test_every_holder_must_share(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    for (uint32_t i = 0; i < 20; i++) {
        struct port_owner owner = {HERE, i, PORT_BY_CONNECT, PORT_REUSEADDR};
        port_space_take(s, PORT, owner, (struct port_destination){i, 80});
    }
    const struct bind_rules *linux_rules = &bind_rules[BIND_RULES_LINUX];
    assert_false(bind_refused(linux_rules, s, PORT, HERE, PORT_REUSEADDR, 5));
    struct port_owner plain = {HERE, 0, PORT_BY_CONNECT, 0};
    port_space_take(s, PORT, plain, (struct port_destination){20, 80});
    assert_true(bind_refused(linux_rules, s, PORT, HERE, PORT_REUSEADDR, 5));
    port_space_free(s);
}

/* --- who yields -----------------------------------------------------------------------
 */

static struct port_outcome bind_explicitly(struct port_space *s,
                                           struct port_destination to)
{
    struct socket_options options = {.bind = SOCKET_BIND_EXPLICIT, .reuse_address = true};
    struct port_binder b = {
        .space = s, .range = {PORT, PORT}, .rules = &bind_rules[BIND_RULES_LINUX]};
    struct port_call call = {.options = &options,
                             .bind_address = HERE,
                             .local_address = HERE,
                             .to = to,
                             .port = PORT};
    return port_binder_call(&b, &call);
}

/* KERNEL.md C7, T5. */
static void test_a_bound_socket_takes_over_a_tuple_that_yields_to_it(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    struct port_owner lingers = {HERE, 0, PORT_BY_CONNECT, PORT_REUSEADDR};
    port_space_take(s, PORT, lingers, web);
    struct port_outcome out = bind_explicitly(s, web);
    assert_int_equal(out.port, 0);
    assert_int_equal(out.stage, PORT_AT_CONNECT);
    assert_int_equal(out.failure, FAILURE_EADDRNOTAVAIL);
    out = bind_explicitly(s, other);
    assert_int_equal(out.port, PORT);
    assert_false(out.takes_over);
    port_space_yield(s, PORT, lingers, web, PORT_YIELDS_TO_BIND);
    out = bind_explicitly(s, web);
    assert_int_equal(out.port, PORT);
    assert_true(out.takes_over);
    assert_int_equal(out.owner.origin, PORT_BY_BIND);
    assert_int_equal(out.owner.options, PORT_REUSEADDR);
    port_space_free(s);
}

/* --- which range ----------------------------------------------------------------------
 */

/* KERNEL.md C13. */
static void test_an_end_of_an_own_range_counts_only_inside_the_systems(void **state)
{
    (void)state;
    static const struct port_range system = {50000, 50099};
    static const struct {
        struct field_range own;
        struct port_range expected;
    } rows[] = {
        {{50010, 50019}, {50010, 50019}}, {{50050, 0}, {50050, 50099}},
        {{0, 50049}, {50000, 50049}},     {{40000, 50049}, {50000, 50049}},
        {{50050, 60000}, {50050, 50099}}, {{40000, 49999}, {50000, 50099}},
        {{50011, 50011}, {50011, 50011}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_range range = port_binder_range(system, rows[i].own);
        assert_int_equal(range.low, rows[i].expected.low);
        assert_int_equal(range.high, rows[i].expected.high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_family_of_systems_shares_by_its_own_options),
        cmocka_unit_test(test_every_holder_must_share),
        cmocka_unit_test(test_a_bound_socket_takes_over_a_tuple_that_yields_to_it),
        cmocka_unit_test(test_an_end_of_an_own_range_counts_only_inside_the_systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
