/* Linux choices that remember nothing, bind(addr, 0) and UDP: order, halves, sharing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"
#include "tests/statistics.h"

enum { N = 100 };
static const struct port_range hundred = {50000, 50099};
static const struct port_destination nowhere = {0, 0};

static struct port_lab bind0(struct port_range range, uint64_t seed)
{
    struct port_lab lab = port_lab_new("linux-bind0", range, seed);
    lab.request.mode = PORT_MODE_BIND_ZERO;
    return lab;
}

static struct port_lab bind0_with_autobind_reuse(struct port_range range, uint64_t seed)
{
    return port_lab_stated("linux-bind0", "{\"autobind_reuse\": true}", range, seed);
}

static struct port_owner bound(uint8_t options)
{
    return (struct port_owner){
        .local_address = PORT_LAB_ADDRESS, .origin = PORT_BY_BIND, .options = options};
}

/* --- bind(addr, 0) --------------------------------------------------------------------
 */

/* KERNEL.md P5: the parity opposite to the low end first, then the other at N/2 more. */
static void test_the_parity_connect_leaves_alone_is_spent_first(void **state)
{
    (void)state;
    static const struct port_range ranges[] = {{50000, 50099}, {50001, 50100}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct port_lab lab = bind0(ranges[i], i);
        for (uint32_t k = 0; k < N; k++) {
            struct port_answer answer = port_lab_connect(&lab, port_lab_place(k));
            assert_int_equal((answer.port - ranges[i].low) % 2, k < N / 2);
            assert_true(k < N / 2 ? answer.probes <= N / 2 : answer.probes > N / 2);
        }
        for (uint32_t k = 0; k < 3; k++) {
            struct port_answer answer = port_lab_connect(&lab, port_lab_place(N + k));
            assert_int_equal(answer.port, 0);
            assert_int_equal(answer.probes, N);
        }
        port_lab_free(&lab);
    }
}

/* KERNEL.md P5: no memory. */
static void test_each_bind_draws_a_start_of_its_own(void **state)
{
    (void)state;
    uint32_t starts[N / 2] = {0}, gaps[N / 2] = {0}, last = 0;
    struct port_lab lab = bind0(hundred, 1);
    for (int i = 0; i < 5000; i++) {
        uint32_t start = (port_lab_choose(&lab, nowhere).port - 50001u) / 2;
        starts[start]++;
        gaps[(start + N / 2 - last) % (N / 2)]++;
        last = start;
    }
    assert_uniform(starts, N / 2);
    assert_uniform(gaps, N / 2);
    port_lab_free(&lab);
}

/* KERNEL.md P6: a quarter of the range is odd offsets of the lower half, and so on. */
static void test_reuseaddr_spends_the_lower_half_first(void **state)
{
    (void)state;
    static const struct {
        uint16_t flags;
        bool halves;
    } cases[] = {{PORT_ASK_REUSEADDR, true},
                 {PORT_ASK_REUSEADDR | PORT_ASK_REUSEPORT, true},
                 {PORT_ASK_REUSEPORT, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct port_lab lab = bind0(hundred, i);
        lab.request.flags = cases[i].flags;
        bool always_low = true;
        for (uint32_t k = 0; k < N; k++) {
            struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
            uint32_t offset = answer.port - 50000u;
            if (cases[i].halves) {
                assert_int_equal(offset / (N / 2), k / (N / 2));
                assert_int_equal(offset % 2, k / (N / 4) % 2 == 0);
                assert_true(answer.probes > k / (N / 4) * (N / 4));
            }
            always_low &= k >= N / 4 || offset < N / 2;
        }
        assert_int_equal(always_low, cases[i].halves);
        assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).probes, N);
        port_lab_free(&lab);
    }
}

/* KERNEL.md P6: below four ports there are no halves; 4 + 2 k are cut at an even place.
 */
static void test_halves_are_cut_where_the_kernel_cuts_them(void **state)
{
    (void)state;
    for (uint16_t size = 1; size <= 16; size++) {
        struct port_lab lab =
            bind0((struct port_range){50000, (uint16_t)(49999 + size)}, size);
        lab.request.flags = PORT_ASK_REUSEADDR;
        uint32_t lower = size < 4 ? size & ~1u : size / 4u * 2;
        for (uint32_t k = 0; k < lower; k++)
            assert_true(port_lab_connect(&lab, nowhere).port < 50000u + lower ||
                        size < 4);
        if (size >= 4)
            assert_true(port_lab_connect(&lab, nowhere).port >= 50000u + lower);
        port_lab_free(&lab);
    }
}

/* KERNEL.md C2: options do not make bind(addr, 0) share. */
static void test_without_the_sysctl_nothing_is_shared(void **state)
{
    (void)state;
    struct port_lab lab = bind0(hundred, 1);
    for (uint16_t port = hundred.low; port <= hundred.high; port++)
        port_space_take(lab.space, port, bound(PORT_REUSEADDR | PORT_REUSEPORT),
                        port_lab_place(0));
    for (uint16_t flags = 0; flags <= (PORT_ASK_REUSEADDR | PORT_ASK_REUSEPORT);
         flags++) {
        lab.request.flags = flags;
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(1));
        assert_int_equal(answer.port, 0);
        assert_int_equal(answer.probes, N);
    }
    port_lab_free(&lab);
}

/* What a choice on top of a full range answers. */
static struct port_answer ask(struct port_lab *lab, uint16_t flags, uint16_t uid)
{
    lab->request.to = port_lab_place(1);
    lab->request.flags = flags;
    lab->request.uid = uid;
    return lab->ops->choose(lab->state, lab->config, &lab->request, &lab->chance);
}

/* KERNEL.md C14: only bind(0) with SO_REUSEADDR alone, on ports held by such; then any
 * odd offset of the lower half. */
static void test_autobind_reuse_shares_odd_offsets_of_the_lower_half(void **state)
{
    (void)state;
    uint32_t counts[N / 4] = {0};
    struct port_lab lab = bind0_with_autobind_reuse(hundred, 1);
    for (uint16_t port = hundred.low; port <= hundred.high; port++)
        port_space_take(lab.space, port, bound(PORT_REUSEADDR), port_lab_place(0));
    for (int i = 0; i < 2500; i++) {
        struct port_answer answer = ask(&lab, PORT_ASK_REUSEADDR, 0);
        assert_int_equal(answer.probes, N + 1);
        assert_true(answer.port % 2 == 1 && answer.port < 50050);
        counts[(answer.port - 50001) / 2]++;
    }
    assert_uniform(counts, N / 4);
    assert_int_equal(ask(&lab, PORT_ASK_REUSEPORT, 0).port, 0);
    assert_int_equal(ask(&lab, 0, 0).port, 0);
    assert_int_equal(ask(&lab, 0, 0).probes, 2 * N);
    port_lab_free(&lab);
}

/* inet_bind_conflict(), relaxed: who keeps a port to himself all the same. */
static void test_autobind_reuse_asks_every_holder(void **state)
{
    (void)state;
    const uint8_t both = PORT_REUSEADDR | PORT_REUSEPORT;
    static const struct port_range one = {50001, 50001};
    const struct {
        struct port_owner second;
        uint16_t flags, uid;
        bool shares;
    } cases[] = {
        {bound(PORT_REUSEADDR), PORT_ASK_REUSEADDR, 0, true},
        {bound(0), PORT_ASK_REUSEADDR, 0, false},
        {bound(PORT_REUSEPORT), PORT_ASK_REUSEADDR, 0, false},
        {bound(both), PORT_ASK_REUSEADDR, 0, true},
        {bound(both), both, 0, false}, /* one user: left to SO_REUSEPORT, which may not */
        {bound(both), both, 7, true},
        {{.local_address = PORT_ANY_ADDRESS}, PORT_ASK_REUSEADDR, 0, false},
        {{.local_address = PORT_ANY_IPV6}, PORT_ASK_REUSEADDR, 0, false},
        {{.local_address = PORT_ANY_IPV6_ONLY}, PORT_ASK_REUSEADDR, 0, true},
        {{.local_address = 9}, PORT_ASK_REUSEADDR, 0, true}, /* not here */
        {{.local_address = PORT_LAB_ADDRESS, .options = PORT_REUSEADDR},
         PORT_ASK_REUSEADDR,
         0,
         true}, /* by connect(): its option counts */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct port_lab lab = bind0_with_autobind_reuse(one, i);
        port_space_take(lab.space, 50001, bound(PORT_REUSEADDR), port_lab_place(0));
        port_space_take(lab.space, 50001, cases[i].second, port_lab_place(2));
        uint16_t port = ask(&lab, cases[i].flags, cases[i].uid).port;
        if (port != (cases[i].shares ? 50001 : 0))
            fail_msg("case %zu gave %u", i, port);
        port_lab_free(&lab);
    }
}

static void test_autobind_reuse_leaves_listeners_and_reserved_ports_alone(void **state)
{
    (void)state;
    static const struct port_range two = {50000, 50001};
    struct port_lab lab = bind0_with_autobind_reuse(two, 1);
    struct port_owner listener = bound(PORT_REUSEADDR);
    listener.origin = PORT_BY_LISTEN;
    port_space_take(lab.space, 50000, bound(PORT_REUSEADDR), port_lab_place(0));
    port_space_take(lab.space, 50001, listener, nowhere);
    assert_int_equal(ask(&lab, PORT_ASK_REUSEADDR, 0).port, 50000);
    port_space_reserve(lab.space, 50000, true);
    assert_int_equal(ask(&lab, PORT_ASK_REUSEADDR, 0).port, 0);
    port_lab_free(&lab);
}

/* Ten local addresses on one port: every one of the holders is asked. */
static void test_a_port_with_many_kinds_of_holders_is_asked_about_all(void **state)
{
    (void)state;
    static const struct port_range one = {50001, 50001};
    struct port_lab lab = bind0_with_autobind_reuse(one, 1);
    for (uint32_t address = 1; address <= 20; address++)
        port_space_take(lab.space, 50001,
                        (struct port_owner){.local_address = address,
                                            .origin = PORT_BY_BIND,
                                            .options = PORT_REUSEADDR},
                        port_lab_place(address));
    lab.request.local_address = PORT_ANY_ADDRESS;
    assert_int_equal(ask(&lab, PORT_ASK_REUSEADDR, 0).port, 50001);
    port_space_take(lab.space, 50001,
                    (struct port_owner){.local_address = 21, .origin = PORT_BY_BIND},
                    port_lab_place(0));
    assert_int_equal(ask(&lab, PORT_ASK_REUSEADDR, 0).port, 0);
    port_lab_free(&lab);
}

/* --- UDP ------------------------------------------------------------------------------
 */

/* KERNEL.md P10, C3: one socket a port, odd sizes lose nothing. */
static void test_udp_uses_each_port_once_whatever_the_destination(void **state)
{
    (void)state;
    for (uint16_t size = 1; size < 40; size++) {
        struct port_range range = {50000, (uint16_t)(49999 + size)};
        struct port_lab lab = port_lab_new("linux-udp", range, size);
        lab.request.scope = PORT_SCOPE_TUPLE; /* it has none */
        for (uint32_t i = 0; i < size; i++)
            assert_int_not_equal(port_lab_connect(&lab, port_lab_place(i)).port, 0);
        assert_int_equal(port_lab_connect(&lab, port_lab_place(99)).port, 0);
        port_lab_free(&lab);
    }
}

/* Opens `count` sockets and returns how many different ports they got; all must get one.
 */
static uint32_t open_shared(struct port_range range, uint16_t option, uint32_t count)
{
    struct port_lab lab = port_lab_new("linux-udp", range, count);
    for (uint32_t i = 0; i < count; i++) {
        struct port_answer answer = ask(&lab, option, 7);
        assert_int_not_equal(answer.port, 0);
        assert_int_equal(answer.probes, 1);
        struct port_owner owner = bound((uint8_t)option);
        owner.uid = 7;
        port_space_take(lab.space, answer.port, owner, nowhere);
    }
    uint32_t ports = port_space_in_use(lab.space);
    port_lab_free(&lab);
    return ports;
}

/* KERNEL.md P10: 22 sockets on a range of 1; 220 on 100 cover 80-94 in the recordings. */
static void test_udp_sockets_that_all_allow_it_share_and_never_fail(void **state)
{
    (void)state;
    static const struct port_range one = {50000, 50000};
    static const uint16_t options[] = {PORT_ASK_REUSEADDR, PORT_ASK_REUSEPORT};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(open_shared(one, options[i], 22), 1);
        uint32_t covered = open_shared(hundred, options[i], 220);
        assert_in_range(covered, 80, 94);
    }
}

static void test_udp_reuseport_asks_for_the_user_and_reuseaddr_does_not(void **state)
{
    (void)state;
    static const struct port_range one = {50000, 50000};
    const uint8_t options[] = {PORT_REUSEADDR, PORT_REUSEPORT};
    for (int i = 0; i < 2; i++) {
        struct port_lab lab = port_lab_new("linux-udp", one, 1);
        port_space_take(lab.space, 50000, bound(options[i]), nowhere);
        assert_int_equal(ask(&lab, options[i], 0).port, 50000);
        assert_int_equal(ask(&lab, options[i], 7).port, i == 0 ? 50000 : 0);
        assert_int_equal(ask(&lab, 0, 0).port, 0);
        assert_int_equal(ask(&lab, options[1 - i], 0).port, 0);
        port_lab_free(&lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_parity_connect_leaves_alone_is_spent_first),
        cmocka_unit_test(test_each_bind_draws_a_start_of_its_own),
        cmocka_unit_test(test_reuseaddr_spends_the_lower_half_first),
        cmocka_unit_test(test_halves_are_cut_where_the_kernel_cuts_them),
        cmocka_unit_test(test_without_the_sysctl_nothing_is_shared),
        cmocka_unit_test(test_autobind_reuse_shares_odd_offsets_of_the_lower_half),
        cmocka_unit_test(test_autobind_reuse_asks_every_holder),
        cmocka_unit_test(test_autobind_reuse_leaves_listeners_and_reserved_ports_alone),
        cmocka_unit_test(test_a_port_with_many_kinds_of_holders_is_asked_about_all),
        cmocka_unit_test(test_udp_uses_each_port_once_whatever_the_destination),
        cmocka_unit_test(test_udp_sockets_that_all_allow_it_share_and_never_fail),
        cmocka_unit_test(test_udp_reuseport_asks_for_the_user_and_reuseaddr_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
