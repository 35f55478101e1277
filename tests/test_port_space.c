/* The port space: random programs against the oracle, scopes by example, memory, misuse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "models/port_space.h"
#include "sim/base/memory.h"
#include "sim/engine/random.h"
#include "tests/expect_bug.h"
#include "tests/naive_ports.h"

static const struct port_destination nowhere = {0, 0};
static const struct port_destination web = {7, 80}, mail = {7, 25}, other = {8, 80};

static struct port_owner connected_from(uint32_t local_address)
{
    return (struct port_owner){.local_address = local_address, .origin = PORT_BY_CONNECT};
}

/* --- random programs ------------------------------------------------------------------
 */

struct live {
    uint16_t port;
    struct port_owner owner;
    struct port_destination to;
};

/* One program run on the space and on the oracle at once. */
struct program {
    struct port_space *space;
    struct naive_ports *naive;
    struct live *live;
    uint32_t count, capacity;
    struct port_range band; /* where holders are */
    uint32_t alike;         /* the first so many share a tuple, as many more an address */
    uint32_t sole_address;  /* which they share */
    bool ipv6;              /* some holders have IPv6 addresses */
    struct random_stream chance;
};

static struct program program_new(struct port_range band, const char *purpose)
{
    return (struct program){
        .space = port_space_new(),
        .naive = memory_new(1, sizeof(struct naive_ports)),
        .band = band,
        .chance = random_stream_make(band.low, band.high, "tests.port_space", purpose)};
}

static void program_free(struct program *p)
{
    port_space_free(p->space);
    naive_free(p->naive);
    free(p->naive);
    free(p->live);
}

static uint32_t below(struct program *p, uint32_t n)
{
    return random_below(&p->chance, n);
}

static uint16_t some_port(struct program *p)
{
    return (uint16_t)(p->band.low + below(p, port_range_size(p->band)));
}

static uint32_t some_address(struct program *p)
{
    static const uint32_t addresses[] = {1, 1, 1, 2, 3, PORT_ANY_ADDRESS};
    static const uint32_t both[] = {1,
                                    1,
                                    2,
                                    PORT_IPV6 | 1,
                                    PORT_IPV6 | 1,
                                    PORT_IPV6 | 2,
                                    PORT_ANY_ADDRESS,
                                    PORT_ANY_IPV6,
                                    PORT_ANY_IPV6_ONLY};
    return p->ipv6 ? both[below(p, sizeof both / sizeof both[0])]
                   : addresses[below(p, sizeof addresses / sizeof addresses[0])];
}

static struct port_destination some_destination(struct program *p)
{
    const struct port_destination all[] = {web, web, web, mail, other, nowhere};
    return all[below(p, sizeof all / sizeof all[0])];
}

static struct port_owner some_owner(struct program *p)
{
    struct port_owner owner = connected_from(some_address(p));
    if (below(p, 3) == 0) {
        owner.origin = (uint8_t)below(p, 3);
        owner.options = (uint8_t)below(p, 4);
        owner.uid = below(p, 3);
    }
    if (p->ipv6 && owner.local_address < PORT_ANY_IPV6 && owner.local_address & PORT_IPV6)
        owner.options |= below(p, 2) ? PORT_V6ONLY : 0;
    return owner;
}

static struct live some_holder(struct program *p)
{
    struct live l = {some_port(p), some_owner(p), some_destination(p)};
    if (p->count == 0)
        p->sole_address = l.owner.local_address;
    if (p->count < 2 * p->alike)
        l.owner.local_address = p->sole_address;
    if (p->count < p->alike)
        l.to = web;
    if (p->count < p->alike && l.owner.origin == PORT_BY_LISTEN)
        l.owner.origin = PORT_BY_BIND;
    if (l.owner.origin == PORT_BY_LISTEN)
        l.to = nowhere;
    return l;
}

static void program_take(struct program *p)
{
    struct live l = some_holder(p);
    if (l.to.port && naive_holds(p->naive, l.port, l.owner.local_address, l.to))
        return;
    port_space_take(p->space, l.port, l.owner, l.to);
    naive_take(p->naive, l.port, l.owner, l.to);
    if (p->count == p->capacity) {
        p->capacity = (uint32_t)memory_grown(p->capacity, p->count + 1);
        p->live = memory_resize(p->live, p->capacity, sizeof *p->live);
    }
    p->live[p->count++] = l;
}

static void program_release(struct program *p)
{
    if (p->count == 0)
        return;
    uint32_t i = below(p, p->count);
    struct live l = p->live[i];
    p->live[i] = p->live[--p->count];
    port_space_release(p->space, l.port, l.owner, l.to);
    assert_true(naive_release(p->naive, l.port, l.owner, l.to));
}

/* What lingers yields to bind() first, and may yield to all later. */
static void program_yield(struct program *p)
{
    if (p->count == 0)
        return;
    struct live l = p->live[below(p, p->count)];
    if (l.to.port == 0 ||
        naive_yields(p->naive, l.port, l.owner.local_address, l.to) == PORT_YIELDS_TO_ALL)
        return;
    enum port_yields yields = below(p, 2) ? PORT_YIELDS_TO_ALL : PORT_YIELDS_TO_BIND;
    port_space_yield(p->space, l.port, l.owner, l.to, yields);
    naive_yield(p->naive, l.port, l.owner, l.to, yields);
}

static void program_reserve(struct program *p)
{
    uint16_t port = some_port(p);
    bool reserved = below(p, 4) == 0;
    port_space_reserve(p->space, port, reserved);
    p->naive->reserved[port] = reserved;
}

/* --- what is compared -----------------------------------------------------------------
 */

static struct naive_question some_question(struct program *p)
{
    struct naive_question q = {some_address(p), some_destination(p),
                               (enum port_scope)below(p, 3), false};
    bool has_tuple = q.local_address < PORT_ANY_IPV6_ONLY && q.to.port;
    q.fallback = has_tuple && below(p, 4) == 0;
    return q;
}

static struct port_view view_of(struct program *p, const struct naive_question *q,
                                struct port_range range)
{
    return q->fallback
               ? port_space_view_fallback(p->space, range, q->local_address, q->to)
               : port_space_view(p->space, range, q->scope, q->local_address, q->to);
}

/* A range that overlaps the band, in all ways. */
static struct port_range some_range(struct program *p)
{
    uint16_t a = some_port(p), b = some_port(p);
    struct port_range range = {a < b ? a : b, a < b ? b : a};
    if (below(p, 3) == 0)
        range.low = (uint16_t)(range.low > 70 ? range.low - below(p, 70) : 1);
    if (below(p, 3) == 0)
        range.high = (uint16_t)(range.high < 65465 ? range.high + below(p, 70) : 65535);
    return range;
}

static struct port_walk some_walk(struct program *p, struct port_range range)
{
    static const uint32_t steps[] = {1, 1, 1, 2, 2, 2, 3, 7};
    uint32_t size = port_range_size(range);
    struct port_walk walk = {.first = (uint16_t)(range.low + below(p, size)),
                             .step = steps[below(p, sizeof steps / sizeof steps[0])],
                             .candidates = below(p, 3) ? size : 1 + below(p, 2 * size)};
    if (walk.step > 1 && size > 1 && below(p, 2))
        walk.wrap = size - 1;
    uint32_t lap = walk.wrap ? walk.wrap : size;
    walk.step = walk.step < lap ? walk.step : lap;
    return walk;
}

static void assert_same(struct port_found found, struct port_found expected)
{
    assert_int_equal(found.port, expected.port);
    assert_int_equal(found.probes, expected.probes);
}

static void compare_looking(struct program *p)
{
    struct naive_question q = some_question(p);
    struct port_range range = some_range(p);
    struct port_view view = view_of(p, &q, range);
    uint16_t port = some_port(p);
    assert_int_equal(port_view_free(&view, port), naive_is_free(p->naive, &q, port));
    if (q.to.port) {
        enum port_yields yields = naive_yields(p->naive, port, q.local_address, q.to);
        assert_int_equal(port_space_yields(p->space, port, q.local_address, q.to),
                         yields);
        assert_int_equal(port_space_holds(p->space, port, q.local_address, q.to),
                         naive_holds(p->naive, port, q.local_address, q.to) &&
                             yields != PORT_YIELDS_TO_ALL);
    }

    struct port_walk walk = some_walk(p, range);
    assert_same(port_view_scan(&view, walk), naive_walk(p->naive, &q, range, walk));
    assert_same(port_view_scan_down(&view, walk.first, walk.candidates),
                naive_walk_down(p->naive, &q, range, walk.first, walk.candidates));
}

/* The free ports of the range in their order, each by its number. */
static void compare_numbering(struct program *p)
{
    struct naive_question q = some_question(p);
    struct port_range range = some_range(p);
    struct port_view view = view_of(p, &q, range);
    uint32_t count = 0;
    for (uint32_t port = range.low; port <= range.high; port++)
        if (naive_is_free(p->naive, &q, (uint16_t)port) && count++ % 97 == 0)
            assert_int_equal(port_view_nth(&view, count - 1), port);
    assert_int_equal(port_view_count(&view), count);
    assert_int_equal(port_view_nth(&view, count), 0);
}

static void compare_owners(struct program *p)
{
    enum { MANY = 64 };
    struct port_owner_count kinds[MANY];
    uint16_t port = some_port(p);
    uint32_t count = port_space_owners(p->space, port, kinds, MANY), holders = 0;
    assert_true(count <= MANY);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(kinds[i].count, naive_owners(p->naive, port, kinds[i].owner));
        holders += kinds[i].count;
    }
    for (const struct naive_holder *h = p->naive->on[port]; h; h = h->next)
        holders--;
    assert_int_equal(holders, 0);
}

static void compare_counts(struct program *p)
{
    uint32_t reserved = 0, toward = 0;
    struct port_range range = some_range(p);
    for (uint32_t port = range.low; port <= range.high; port++)
        reserved += p->naive->reserved[port];
    for (uint32_t port = 1; port < PORT_COUNT; port++)
        toward += naive_holds(p->naive, (uint16_t)port, 1, web);
    assert_int_equal(port_space_reserved(p->space, range), reserved);
    assert_int_equal(port_space_toward(p->space, 1, web), toward);
    assert_int_equal(port_space_in_use(p->space), naive_in_use(p->naive));
}

static void program_step(struct program *p, bool filling)
{
    if (below(p, 50) == 0)
        program_reserve(p);
    else if (below(p, 20) == 0)
        program_yield(p);
    else if (below(p, 100) < (filling ? 70u : 30u))
        program_take(p);
    else
        program_release(p);
}

/* Fills and drains in turn, from nothing to `most` holders and back. */
static void run_to_the_end(struct program *p, uint32_t most, uint32_t steps)
{
    bool filling = true;
    for (uint32_t step = 0; step < steps; step++) {
        filling = p->count == 0 ? true : p->count >= most ? false : filling;
        program_step(p, filling);
        compare_looking(p);
        compare_owners(p);
        if (step % 16 == 0)
            compare_numbering(p);
        if (step % 256 == 0)
            compare_counts(p);
    }
    while (p->count)
        program_release(p);
    compare_counts(p);
    program_free(p);
}

static void run_program_alike(struct port_range band, uint32_t most, uint32_t steps,
                              uint32_t alike)
{
    struct program p = program_new(band, "program");
    p.alike = alike;
    run_to_the_end(&p, most, steps);
}

static void run_program(struct port_range band, uint32_t most, uint32_t steps)
{
    run_program_alike(band, most, steps, 0);
}

static void test_few_holders_agree_with_the_oracle(void **state)
{
    (void)state;
    run_program((struct port_range){50001, 50030}, 12, 30000);
    run_program((struct port_range){65500, 65535}, 20, 20000);
    run_program((struct port_range){1, 3}, 6, 20000);
}

static void test_many_holders_agree_with_the_oracle(void **state)
{
    (void)state;
    run_program((struct port_range){49152, 49152 + 199}, 1500, 20000);
    run_program((struct port_range){1000, 1000 + 66}, 600, 20000);
    run_program((struct port_range){65400, 65535}, 1000, 20000);
}

static void test_holders_far_apart_agree_with_the_oracle(void **state)
{
    (void)state;
    run_program((struct port_range){1, 65535}, 300, 1500);
}

/* The space keeps one set for all of them, and makes others when one comes who differs:
 * by then few are held, or many, or nobody ever differs. */
static void test_holders_who_begin_alike_agree_with_the_oracle(void **state)
{
    (void)state;
    run_program_alike((struct port_range){50001, 50030}, 10, 20000, 3);
    run_program_alike((struct port_range){49152, 49152 + 99}, 100, 10000, 24);
    run_program_alike((struct port_range){49152, 49152 + 99}, 60, 10000, 60);
    run_program_alike((struct port_range){49152, 49152 + 99}, 90, 10000, 45);
}

static void test_both_families_agree_with_the_oracle(void **state)
{
    (void)state;
    static const struct port_range bands[] = {{50001, 50030}, {49152, 49152 + 99}};
    for (uint32_t i = 0; i < 2; i++) {
        struct program p = program_new(bands[i], "families");
        p.ipv6 = true;
        run_to_the_end(&p, i ? 600 : 40, 20000);
    }
}

static void test_ports_bound_until_empty_agree_with_the_oracle(void **state)
{
    (void)state;
    struct program p = program_new((struct port_range){50001, 50030}, "until empty");
    port_space_bound_until_empty(p.space);
    p.naive->bound_until_empty = true;
    run_to_the_end(&p, 60, 20000);
}

/* --- scopes by example ----------------------------------------------------------------
 */

enum { HERE = 1, ELSEWHERE = 2, PORT = 40000 };

static void test_each_scope_sees_what_its_definition_says(void **state)
{
    (void)state;
    static const uint32_t any = PORT_ANY_ADDRESS;
    /* One holder; a request from HERE toward web; is the port free for it? */
    static const struct {
        const char *holder;
        struct port_owner owner;
        bool toward_web;
        bool port, tuple, mixed, fallback;
    } rows[] = {
        // clang-format off
        /*                                                            port   tuple  mixed  fallback */
        {"connected, same tuple",         {HERE, 0, PORT_BY_CONNECT, 0}, true,  false, false, false, false},
        {"connected to another place",    {HERE, 0, PORT_BY_CONNECT, 0}, false, false, true,  true,  true},
        {"connected from elsewhere",      {ELSEWHERE, 0, PORT_BY_CONNECT, 0}, true,  true, true, true, true},
        {"connected from the wildcard",   {any, 0, PORT_BY_CONNECT, 0},  true,  false, false, false, false},
        {"bound and connected, same",     {HERE, 0, PORT_BY_BIND, 0},    true,  false, false, false, false},
        {"bound and connected, another",  {HERE, 0, PORT_BY_BIND, 0},    false, false, true,  false, true},
        {"bound elsewhere and connected", {ELSEWHERE, 0, PORT_BY_BIND, 0}, true, true, true,  false, true},
        // clang-format on
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_space *s = port_space_new();
        struct port_range range = {PORT, PORT};
        port_space_take(s, PORT, rows[i].owner, rows[i].toward_web ? web : other);
        const bool expected[] = {[PORT_SCOPE_PORT] = rows[i].port,
                                 [PORT_SCOPE_TUPLE] = rows[i].tuple,
                                 [PORT_SCOPE_MIXED] = rows[i].mixed};
        for (uint32_t scope = 0; scope < 3; scope++) {
            struct port_view v =
                port_space_view(s, range, (enum port_scope)scope, HERE, web);
            if (port_view_free(&v, PORT) != expected[scope])
                fail_msg("%s, scope %u", rows[i].holder, scope);
        }
        struct port_view v = port_space_view_fallback(s, range, HERE, web);
        if (port_view_free(&v, PORT) != rows[i].fallback)
            fail_msg("%s, fallback", rows[i].holder);
        port_space_free(s);
    }
}

/* KERNEL.md C4, C12: a bound or listening port is invisible to connect(), whatever its
 * address; the tuple test of other systems minds the listener only. */
static void test_who_has_no_destination_blocks_by_origin(void **state)
{
    (void)state;
    struct port_range range = {PORT, PORT};
    for (uint32_t from = HERE; from <= ELSEWHERE; from++) {
        for (uint32_t listens = 0; listens < 2; listens++) {
            struct port_space *s = port_space_new();
            struct port_owner owner = {
                .local_address = from,
                .origin = (uint8_t)(listens ? PORT_BY_LISTEN : PORT_BY_BIND)};
            port_space_take(s, PORT, owner, nowhere);
            struct port_view tuple =
                port_space_view(s, range, PORT_SCOPE_TUPLE, HERE, web);
            struct port_view mixed =
                port_space_view(s, range, PORT_SCOPE_MIXED, HERE, web);
            struct port_view port = port_space_view(s, range, PORT_SCOPE_PORT, HERE, web);
            struct port_view fallback = port_space_view_fallback(s, range, HERE, web);
            assert_int_equal(port_view_free(&tuple, PORT), !listens);
            assert_false(port_view_free(&mixed, PORT));
            assert_int_equal(port_view_free(&port, PORT), from == ELSEWHERE);
            assert_false(port_view_free(&fallback, PORT));
            port_space_free(s);
        }
    }
}

/* KERNEL.md C8, Linux 6.18: free again for connect() as soon as the bound socket closes,
 * although an autobound connection stays. */
static void test_a_port_is_bound_as_long_as_somebody_bound_it(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    struct port_range range = {PORT, PORT};
    struct port_owner bound = {.local_address = ELSEWHERE, .origin = PORT_BY_BIND};
    port_space_take(s, PORT, connected_from(HERE), web);
    port_space_take(s, PORT, bound, nowhere);
    struct port_view v = port_space_view(s, range, PORT_SCOPE_MIXED, HERE, other);
    assert_false(port_view_free(&v, PORT));
    port_space_release(s, PORT, bound, nowhere);
    v = port_space_view(s, range, PORT_SCOPE_MIXED, HERE, other);
    assert_true(port_view_free(&v, PORT));
    v = port_space_view(s, range, PORT_SCOPE_MIXED, HERE, web);
    assert_false(port_view_free(&v, PORT));
    port_space_free(s);
}

/* Closing is known by the whole tuple, and ends with the holder. */
static void test_a_closing_tuple_is_held_until_its_release(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    struct port_range range = {PORT, PORT};
    port_space_take(s, PORT, connected_from(HERE), web);
    port_space_take(s, PORT, connected_from(HERE), other);
    assert_null(port_space_closing_toward(s, HERE, web));
    port_space_closing(s, PORT, HERE, web, true);
    assert_true(port_set_has(port_space_closing_toward(s, HERE, web), PORT));
    assert_null(port_space_closing_toward(s, HERE, other));
    assert_null(port_space_closing_toward(s, ELSEWHERE, web));
    struct port_view v = port_space_view(s, range, PORT_SCOPE_TUPLE, HERE, web);
    assert_false(port_view_free(&v, PORT));
    port_space_closing(s, PORT, HERE, web, false);
    assert_null(port_space_closing_toward(s, HERE, web));
    port_space_closing(s, PORT, HERE, web, true);
    port_space_release(s, PORT, connected_from(HERE), other);
    assert_true(port_set_has(port_space_closing_toward(s, HERE, web), PORT));
    port_space_release(s, PORT, connected_from(HERE), web);
    assert_null(port_space_closing_toward(s, HERE, web));
    port_space_free(s);
}

/* KERNEL.md C8, before 6.18: blocked for connect() until the last socket leaves. */
static void test_a_port_once_bound_stays_so_on_older_kernels(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    struct port_range range = {PORT, PORT};
    struct port_owner bound = {.local_address = ELSEWHERE, .origin = PORT_BY_BIND};
    port_space_bound_until_empty(s);
    port_space_take(s, PORT, connected_from(HERE), web);
    port_space_take(s, PORT, bound, nowhere);
    port_space_release(s, PORT, bound, nowhere);
    struct port_view v = port_space_view(s, range, PORT_SCOPE_MIXED, HERE, other);
    assert_false(port_view_free(&v, PORT));
    port_space_release(s, PORT, connected_from(HERE), web);
    v = port_space_view(s, range, PORT_SCOPE_MIXED, HERE, other);
    assert_true(port_view_free(&v, PORT));
    port_space_free(s);
}

/* KERNEL.md T3, T5: who lingers still counts, and blocks bind(). */
static void test_a_tuple_that_yields_is_in_nobodys_way(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    struct port_range range = {PORT, PORT};
    port_space_take(s, PORT, connected_from(HERE), web);
    port_space_yield(s, PORT, connected_from(HERE), web, PORT_YIELDS_TO_BIND);
    struct port_view v = port_space_view(s, range, PORT_SCOPE_MIXED, HERE, web);
    assert_false(port_view_free(&v, PORT));
    assert_int_equal(port_space_yields(s, PORT, HERE, web), PORT_YIELDS_TO_BIND);
    port_space_yield(s, PORT, connected_from(HERE), web, PORT_YIELDS_TO_ALL);
    v = port_space_view(s, range, PORT_SCOPE_MIXED, HERE, web);
    assert_true(port_view_free(&v, PORT));
    v = port_space_view(s, range, PORT_SCOPE_PORT, HERE, web);
    assert_false(port_view_free(&v, PORT));
    assert_int_equal(port_space_in_use(s), 1);
    assert_int_equal(port_space_toward(s, HERE, web), 1);
    port_space_release(s, PORT, connected_from(HERE), web);
    assert_int_equal(port_space_yields(s, PORT, HERE, web), PORT_YIELDS_NOT);
    assert_int_equal(port_space_in_use(s), 0);
    port_space_free(s);
}

static void test_a_port_shared_by_a_thousand_destinations_is_one_port(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    for (uint32_t i = 0; i < 1000; i++)
        port_space_take(s, PORT, connected_from(HERE), (struct port_destination){i, 80});
    struct port_owner_count kind;
    assert_int_equal(port_space_in_use(s), 1);
    assert_int_equal(port_space_owners(s, PORT, &kind, 1), 1);
    assert_int_equal(kind.count, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(port_space_in_use(s), 1);
        port_space_release(s, PORT, connected_from(HERE),
                           (struct port_destination){i, 80});
    }
    assert_int_equal(port_space_in_use(s), 0);
    port_space_free(s);
}

/* Far more kinds than are known by number, on one port and on many. */
static void test_every_kind_of_owner_is_counted(void **state)
{
    (void)state;
    enum { KINDS = 100 };
    struct port_space *s = port_space_new();
    for (uint32_t i = 0; i < KINDS; i++) {
        port_space_take(s, PORT, connected_from(i), web);
        port_space_take(s, (uint16_t)(1 + i), connected_from(i), web);
    }
    struct port_owner_count kinds[KINDS];
    assert_int_equal(port_space_owners(s, PORT, kinds, KINDS), KINDS);
    assert_int_equal(port_space_owners(s, PORT, kinds, 3), KINDS);
    assert_int_equal(port_space_in_use(s), 2 * KINDS);
    for (uint32_t i = 0; i < KINDS; i++) {
        assert_int_equal(port_space_owners(s, (uint16_t)(1 + i), kinds, KINDS), 1);
        assert_int_equal(kinds[0].owner.local_address, i);
        port_space_release(s, PORT, connected_from(i), web);
        port_space_release(s, (uint16_t)(1 + i), connected_from(i), web);
    }
    assert_int_equal(port_space_in_use(s), 0);
    port_space_free(s);
}

static void test_reserved_ports_may_be_held_but_are_never_free(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    struct port_range range = {PORT - 1, PORT + 1};
    port_space_reserve(s, PORT, true);
    port_space_reserve(s, PORT, true);
    assert_int_equal(port_space_reserved(s, range), 1);
    assert_int_equal(port_space_in_use(s), 0);
    port_space_take(s, PORT, connected_from(HERE), web);
    port_space_release(s, PORT, connected_from(HERE), web);
    struct port_view v = port_space_view(s, range, PORT_SCOPE_TUPLE, HERE, web);
    assert_false(port_view_free(&v, PORT));
    port_space_reserve(s, PORT, false);
    v = port_space_view(s, range, PORT_SCOPE_TUPLE, HERE, web);
    assert_true(port_view_free(&v, PORT));
    port_space_free(s);
}

/* --- memory ---------------------------------------------------------------------------
 */

/* A world may hold half a million client hosts. */
static void test_a_client_with_14_connections_to_one_proxy_costs_little(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    for (uint16_t i = 0; i < 14; i++)
        port_space_take(s, (uint16_t)(49152 + 1000 * i), connected_from(HERE), web);
    assert_true(port_space_bytes(s) < 1024);
    port_space_free(s);
}

static void take_quarter(struct port_space *s, uint32_t low, uint32_t from,
                         struct port_destination to)
{
    for (uint32_t port = low; port < low + 16384; port++)
        port_space_take(s, (uint16_t)port, connected_from(from), to);
}

static void release_quarter(struct port_space *s, uint32_t low, uint32_t from,
                            struct port_destination to)
{
    for (uint32_t port = low; port < low + 16384; port++)
        port_space_release(s, (uint16_t)port, connected_from(from), to);
}

/* A second destination makes it three sets, two in the smallest hash table, four slots of
 * 64 bytes; a second address five, in eight slots, and numbers for its kind of owner. */
static void test_holders_of_one_tuple_cost_one_set(void **state)
{
    (void)state;
    struct port_space *s = port_space_new();
    size_t empty = port_space_bytes(s), numbers = 16384 * 4 + 64 * sizeof(uint32_t *);
    take_quarter(s, 49152, HERE, web);
    assert_int_equal(port_space_bytes(s), empty + 8192);
    take_quarter(s, 32768, HERE, mail);
    assert_int_equal(port_space_bytes(s), empty + 4 * 64 + 3 * 8192);
    release_quarter(s, 32768, HERE, mail);
    take_quarter(s, 32768, ELSEWHERE, web);
    assert_int_equal(port_space_bytes(s), empty + numbers + 8 * 64 + 5 * 8192);
    release_quarter(s, 49152, HERE, web);
    release_quarter(s, 32768, ELSEWHERE, web);
    size_t table = port_space_bytes(s) - empty;
    assert_true(table <= 8 * 64);
    take_quarter(s, 49152, ELSEWHERE, mail);
    assert_int_equal(port_space_bytes(s), empty + table + 8192);
    port_space_free(s);
}

static void test_a_destination_met_once_costs_a_line_not_a_bitmap(void **state)
{
    (void)state;
    enum { DESTINATIONS = 10000 };
    struct port_space *s = port_space_new();
    for (uint32_t i = 0; i < DESTINATIONS; i++)
        port_space_take(s, (uint16_t)(49152 + i), connected_from(HERE),
                        (struct port_destination){i, 80});
    /* 64 bytes a slot, between 3/8 and 3/4 full: at most 171 bytes each. */
    assert_true(port_space_bytes(s) < DESTINATIONS * 171 + 4 * 8192 + 1024);
    for (uint32_t i = 0; i < DESTINATIONS; i++) {
        struct port_destination to = {i, 80};
        assert_int_equal(port_space_toward(s, HERE, to), 1);
        port_space_release(s, (uint16_t)(49152 + i), connected_from(HERE), to);
        assert_int_equal(port_space_toward(s, HERE, to), 0);
    }
    assert_true(port_space_bytes(s) < 2048);
    port_space_free(s);
}

/* --- misuse ---------------------------------------------------------------------------
 */

static void take_the_same_tuple(void *space)
{
    port_space_take(space, PORT, connected_from(HERE), web);
}

static void release_another_kind(void *space)
{
    struct port_owner owner = connected_from(HERE);
    owner.uid = 1;
    port_space_release(space, PORT, owner, web);
}

static void release_another_destination(void *space)
{
    port_space_release(space, PORT, connected_from(HERE), mail);
}

static void release_another_port(void *space)
{
    port_space_release(space, PORT + 1, connected_from(HERE), web);
}

static void listen_with_a_destination(void *space)
{
    struct port_owner owner = {.local_address = HERE, .origin = PORT_BY_LISTEN};
    port_space_take(space, PORT + 1, owner, web);
}

static void count_toward_nowhere(void *space)
{
    port_space_toward(space, HERE, nowhere);
}

static void fall_back_without_a_tuple(void *space)
{
    port_space_view_fallback(space, (struct port_range){10, 20}, HERE, nowhere);
}

static void fall_back_without_an_address(void *space)
{
    port_space_view_fallback(space, (struct port_range){10, 20}, PORT_ANY_ADDRESS, web);
}

static void yield_what_nobody_holds(void *space)
{
    port_space_yield(space, PORT + 1, connected_from(HERE), web, PORT_YIELDS_TO_ALL);
}

static void turn_old_in_use(void *space)
{
    port_space_bound_until_empty(space);
}

static void look_for_port_0(void *space)
{
    port_space_view(space, (struct port_range){0, 10}, PORT_SCOPE_PORT, HERE, web);
}

static void start_outside_the_range(void *space)
{
    struct port_view v =
        port_space_view(space, (struct port_range){10, 20}, PORT_SCOPE_PORT, HERE, web);
    port_view_scan(&v, (struct port_walk){.first = 21, .step = 1, .candidates = 1});
}

static void test_misuse_is_a_bug(void **state)
{
    (void)state;
    void (*const misuses[])(void *) = {
        fall_back_without_an_address, take_the_same_tuple,       release_another_kind,
        release_another_destination,  release_another_port,      look_for_port_0,
        listen_with_a_destination,    fall_back_without_a_tuple, count_toward_nowhere,
        start_outside_the_range,      yield_what_nobody_holds,   turn_old_in_use,
    };
    struct port_space *s = port_space_new();
    port_space_take(s, PORT, connected_from(HERE), web);
    for (size_t i = 0; i < sizeof misuses / sizeof misuses[0]; i++)
        expect_bug(misuses[i], s);
    port_space_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_holders_agree_with_the_oracle),
        cmocka_unit_test(test_many_holders_agree_with_the_oracle),
        cmocka_unit_test(test_holders_far_apart_agree_with_the_oracle),
        cmocka_unit_test(test_holders_who_begin_alike_agree_with_the_oracle),
        cmocka_unit_test(test_both_families_agree_with_the_oracle),
        cmocka_unit_test(test_ports_bound_until_empty_agree_with_the_oracle),
        cmocka_unit_test(test_each_scope_sees_what_its_definition_says),
        cmocka_unit_test(test_who_has_no_destination_blocks_by_origin),
        cmocka_unit_test(test_a_port_is_bound_as_long_as_somebody_bound_it),
        cmocka_unit_test(test_a_closing_tuple_is_held_until_its_release),
        cmocka_unit_test(test_a_port_once_bound_stays_so_on_older_kernels),
        cmocka_unit_test(test_a_tuple_that_yields_is_in_nobodys_way),
        cmocka_unit_test(test_a_port_shared_by_a_thousand_destinations_is_one_port),
        cmocka_unit_test(test_every_kind_of_owner_is_counted),
        cmocka_unit_test(test_reserved_ports_may_be_held_but_are_never_free),
        cmocka_unit_test(test_a_client_with_14_connections_to_one_proxy_costs_little),
        cmocka_unit_test(test_holders_of_one_tuple_cost_one_set),
        cmocka_unit_test(test_a_destination_met_once_costs_a_line_not_a_bitmap),
        cmocka_unit_test(test_misuse_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
