/* What every allocator promises, for every row of the registry and many ranges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/alloc/list.h"
#include "sim/base/memory.h"
#include "tests/naive_ports.h"
#include "tests/port_lab.h"

#define SEED 7

/* Sizes 1, 2, 3, a whole word, a part of two words, the top, and the real ones. */
static const struct port_range ranges[] = {
    {50000, 50000}, {50001, 50002}, {50001, 50003}, {1024, 1087}, {50001, 50100},
    {65535, 65535}, {65471, 65535}, {1, 130},       {1024, 5000}, {49152, 65535},
};
#define RANGES (sizeof ranges / sizeof ranges[0])

/* OpenBSD's service ports as shipped (sys/netinet/in_pcb.h DEFBADDYNAMICPORTS_TCP). */
static const uint16_t service_ports[] = {587,  749,  750,  751,  853,  871,
                                         2049, 6000, 6001, 6002, 6003, 6004,
                                         6005, 6006, 6007, 6008, 6009, 6010};

static uint32_t service_ports_in(struct port_range range)
{
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof service_ports / sizeof service_ports[0]; i++)
        count += port_range_holds(range, service_ports[i]);
    return count;
}

/* Ports of an empty range that an exhaustive allocator passes by.  KERNEL.md P7: over an
 * odd range the kernel's search passes by one port of the parity it begins with. */
static uint32_t passed_by(const struct port_allocator_ops *ops, struct port_range range)
{
    static const char *const by_two[] = {"linux46", "linux512", "linux518",
                                         "linux-bind0"};
    uint32_t size = port_range_size(range);
    for (size_t i = 0; i < sizeof by_two / sizeof by_two[0]; i++)
        if (strcmp(ops->name, by_two[i]) == 0)
            return size % 2 == 1 && size > 1;
    if (strcmp(ops->name, "openbsd") == 0)
        return service_ports_in(range);
    return 0;
}

/* Keeps a list of its free ports: that there is none, it knows without a search. */
static bool keeps_a_list(const struct port_allocator_ops *ops)
{
    return strcmp(ops->name, "azure-nat") == 0 || strcmp(ops->name, "aws-nat") == 0;
}

/* FreeBSD of 1996 looks at N - 1 ports: at none of one. */
static bool looks_at_none(const struct port_allocator_ops *ops, struct port_range range)
{
    return strcmp(ops->name, "freebsd-1996") == 0 && port_range_size(range) == 1;
}

/* Calls `claim` with a fresh lab for every allocator and range. */
static void for_each_lab(void (*claim)(struct port_lab *lab))
{
    for (uint32_t i = 0; i < PORT_ALLOCATOR_COUNT; i++) {
        for (uint32_t k = 0; k < RANGES; k++) {
            struct port_lab lab = port_lab_new(port_allocators[i]->name, ranges[k], SEED);
            claim(&lab);
            port_lab_free(&lab);
        }
    }
}

/* --- the rows -------------------------------------------------------------------------
 */

static bool is_text(const char *text)
{
    return text && *text;
}

static void test_every_row_says_who_it_is(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PORT_ALLOCATOR_COUNT; i++) {
        const struct port_allocator_ops *ops = port_allocators[i];
        assert_true(is_text(ops->name));
        const char *texts[] = {ops->summary, ops->systems, ops->source, ops->order,
                               ops->state,   ops->cost,    ops->failure};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
            if (!is_text(texts[k]))
                fail_msg("%s lacks text %zu", ops->name, k);
        assert_true(strspn(ops->name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
                    strlen(ops->name));
        assert_non_null(ops->choose);
        assert_int_equal(ops->on_tick != NULL, ops->tick > 0);
        assert_ptr_equal(port_allocator_find(ops->name), ops); /* so names are unique */
    }
    assert_null(port_allocators[PORT_ALLOCATOR_COUNT]);
    assert_null(port_allocator_find("rfc6056"));
    assert_null(port_allocator_find(""));
}

static void test_guesses_say_that_they_are(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PORT_ALLOCATOR_COUNT; i++)
        if (strncmp(port_allocators[i]->name, "sg-", 3) == 0)
            assert_non_null(strstr(port_allocators[i]->source, "inference"));
}

static void test_the_scenario_knows_every_allocator_by_its_name(void **state)
{
    (void)state;
    uint32_t i = 0;
    const struct field_variant_row *row;
    for (; (row = port_allocator_fields.variants(i)) != NULL; i++) {
        assert_string_equal(row->name, port_allocators[i]->name);
        assert_string_equal(row->summary, port_allocators[i]->summary);
        assert_ptr_equal(row->table, port_allocators[i]->fields);
    }
    assert_int_equal(i, PORT_ALLOCATOR_COUNT);
}

/* An allocator that stands on another must pass on what its bases want to be told. */
static void test_ipcom_has_the_hooks_of_every_base(void **state)
{
    (void)state;
    const struct port_allocator_ops *outer = port_allocator_find("ipcom");
    for (uint32_t i = 0; i < PORT_ALLOCATOR_COUNT; i++) {
        const struct port_allocator_ops *base = port_allocators[i];
        assert_true(outer->init || !base->init);
        assert_true(outer->free || !base->free);
        assert_true(outer->taken || !base->taken);
        assert_true(outer->released || !base->released);
        assert_true(outer->on_tick || !base->on_tick);
    }
}

/* --- any traffic ----------------------------------------------------------------------
 */

#define PLACES 4

struct live {
    uint16_t port;
    struct port_destination to;
};

/* Connections of one lab, mirrored in the oracle. */
struct traffic {
    struct port_lab *lab;
    struct naive_ports *naive;
    struct live *live;
    uint32_t count;
    struct random_stream chance;
};

static struct traffic traffic_new(struct port_lab *lab, uint32_t most)
{
    return (struct traffic){
        .lab = lab,
        .naive = memory_new(1, sizeof(struct naive_ports)),
        .live = memory_new(most, sizeof(struct live)),
        .chance = random_stream_make(SEED, 0, "tests.traffic", lab->ops->name)};
}

static void traffic_free(struct traffic *t)
{
    naive_free(t->naive);
    free(t->naive);
    free(t->live);
}

static struct port_owner owner(void)
{
    return (struct port_owner){.local_address = PORT_LAB_ADDRESS,
                               .origin = PORT_BY_CONNECT};
}

static void traffic_ends(struct traffic *t)
{
    struct live *l = &t->live[random_below(&t->chance, t->count)];
    port_lab_disconnect(t->lab, l->port, l->to);
    assert_true(naive_release(t->naive, l->port, owner(), l->to));
    *l = t->live[--t->count];
}

/* The oracle agrees that the port was free. */
static void assert_free(const struct traffic *t, uint16_t port,
                        struct port_destination to)
{
    struct naive_question q = {PORT_LAB_ADDRESS, to,
                               (enum port_scope)t->lab->request.scope, false};
    if (!naive_is_free(t->naive, &q, port))
        fail_msg("%s chose %u, which is taken", t->lab->ops->name, port);
}

static struct port_answer traffic_begins(struct traffic *t, struct port_destination to)
{
    struct port_answer answer = port_lab_connect(t->lab, to);
    if (answer.port) {
        assert_free(t, answer.port, to);
        naive_take(t->naive, answer.port, owner(), to);
        t->live[t->count++] = (struct live){answer.port, to};
    }
    return answer;
}

static struct port_destination some_place(struct traffic *t)
{
    return port_lab_place(random_below(&t->chance, PLACES));
}

static void reserve_some(struct traffic *t)
{
    struct port_range range = t->lab->request.range;
    for (uint32_t i = 0; i < port_range_size(range) / 10; i++) {
        uint16_t port =
            (uint16_t)(range.low + random_below(&t->chance, port_range_size(range)));
        port_space_reserve(t->lab->space, port, true);
        t->naive->reserved[port] = true;
    }
}

/* Whatever the scope asked for.  The two stages of ipcom have scopes of their own. */
static void claim_only_free_ports_are_chosen(struct port_lab *lab)
{
    enum { STEPS = 2000 };
    for (uint32_t scope = PORT_SCOPE_PORT; scope <= PORT_SCOPE_MIXED; scope++) {
        if (strcmp(lab->ops->name, "ipcom") == 0 && scope != lab->ops->scope)
            continue;
        lab->request.scope = (uint8_t)scope;
        struct traffic t = traffic_new(lab, STEPS);
        reserve_some(&t);
        for (uint32_t step = 0; step < STEPS; step++) {
            lab->request.now += 50 * SIM_MS;
            if (t.count && random_below(&t.chance, 100) < 40)
                traffic_ends(&t);
            else
                traffic_begins(&t, some_place(&t));
        }
        while (t.count)
            traffic_ends(&t);
        traffic_free(&t);
    }
}

static void test_only_free_ports_of_the_range_are_chosen(void **state)
{
    (void)state;
    for_each_lab(claim_only_free_ports_are_chosen);
}

/* --- exhaustion -----------------------------------------------------------------------
 */

static void claim_each_port_once(struct port_lab *lab)
{
    if (!lab->ops->exhaustive)
        return;
    uint32_t size = port_range_size(lab->request.range), given = 0;
    while (port_lab_connect(lab, port_lab_place(0)).port)
        given++; /* the lab sees to it that no port is given twice */
    uint32_t least = size - passed_by(lab->ops, lab->request.range);
    if (given < least || given > size)
        fail_msg("%s gave %u of %u ports", lab->ops->name, given, size);
    for (int i = 0; i < 3; i++) {
        struct port_answer answer = port_lab_choose(lab, port_lab_place(0));
        assert_int_equal(answer.port, 0);
        if (!keeps_a_list(lab->ops))
            assert_true(answer.probes >= (size > 1 ? size & ~1u : 1u));
    }
}

static void test_exhaustive_ones_give_each_port_once_and_then_fail(void **state)
{
    (void)state;
    for_each_lab(claim_each_port_once);
}

static void find_the_only_free_port(const char *name, struct port_range range,
                                    uint16_t port)
{
    struct port_lab lab = port_lab_new(name, range, port);
    port_lab_hold_all(&lab, port_lab_place(0), port);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, port);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 0);
    port_lab_free(&lab);
}

/* Every place in small ranges; in large ones every 61st, so all places within a word. */
static void claim_the_only_free_port_is_found(struct port_lab *lab)
{
    struct port_range range = lab->request.range;
    if (!lab->ops->exhaustive || passed_by(lab->ops, range))
        return;
    uint32_t size = port_range_size(range), stride = size > 200 ? 61 : 1;
    for (uint32_t i = 0; i < size; i += stride)
        find_the_only_free_port(lab->ops->name, range, (uint16_t)(range.low + i));
}

static void test_exhaustive_ones_find_the_only_free_port(void **state)
{
    (void)state;
    for_each_lab(claim_the_only_free_port_is_found);
}

/* One port free, the same all the time: one of up to 300 searches passes it by. */
static bool misses_the_only_free_port(const char *name, struct port_range range)
{
    struct port_lab lab = port_lab_new(name, range, SEED);
    port_lab_hold_all(&lab, port_lab_place(0), range.high);
    bool missed = false;
    for (int i = 0; i < 300 && !missed; i++)
        missed = port_lab_choose(&lab, port_lab_place(0)).port == 0;
    port_lab_free(&lab);
    return missed;
}

static void test_the_others_miss_the_only_free_port_now_and_then(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PORT_ALLOCATOR_COUNT; i++) {
        const struct port_allocator_ops *ops = port_allocators[i];
        if (!ops->exhaustive &&
            !misses_the_only_free_port(ops->name, (struct port_range){50001, 50100}) &&
            !misses_the_only_free_port(ops->name, (struct port_range){49152, 65535}))
            fail_msg("%s is exhaustive after all", ops->name);
    }
}

static void reserve_all(struct port_lab *lab, bool reserved)
{
    struct port_range range = lab->request.range;
    for (uint32_t port = range.low; port <= range.high; port++)
        port_space_reserve(lab->space, (uint16_t)port, reserved);
}

static void claim_failures_leave_a_sane_state(struct port_lab *lab)
{
    struct port_range range = lab->request.range;
    if (looks_at_none(lab->ops, range))
        return;
    uint16_t first = port_lab_connect(lab, port_lab_place(1)).port;
    reserve_all(lab, true);
    for (int i = 0; i < 5; i++)
        assert_int_equal(port_lab_connect(lab, port_lab_place(0)).port, 0);
    reserve_all(lab, false);
    port_lab_disconnect(lab, first, port_lab_place(1));
    bool finds_all = lab->ops->exhaustive && !passed_by(lab->ops, range);
    port_lab_fill(lab, port_lab_place(2), finds_all ? port_range_size(range) : 1);
}

static void test_failures_leave_a_sane_state(void **state)
{
    (void)state;
    for_each_lab(claim_failures_leave_a_sane_state);
}

/* --- state ----------------------------------------------------------------------------
 */

enum { CHOICES = 300 };

/* A mixture of connections and ends that is the same for the same choices. */
static uint16_t step_of_life(struct port_lab *lab, uint16_t *ports, uint32_t i)
{
    lab->request.now += 100 * SIM_MS;
    ports[i] = port_lab_connect(lab, port_lab_place(i % 3)).port;
    if (i >= 20 && ports[i - 20])
        port_lab_disconnect(lab, ports[i - 20], port_lab_place((i - 20) % 3));
    return ports[i];
}

static void claim_the_same_seed_gives_the_same_choices(struct port_lab *lab)
{
    struct port_lab twin = port_lab_new(lab->ops->name, lab->request.range, SEED);
    uint16_t a[CHOICES], b[CHOICES];
    for (uint32_t i = 0; i < CHOICES; i++)
        assert_int_equal(step_of_life(lab, a, i), step_of_life(&twin, b, i));
    port_lab_free(&twin);
}

static void test_the_same_seed_gives_the_same_choices(void **state)
{
    (void)state;
    for_each_lab(claim_the_same_seed_gives_the_same_choices);
}

static void claim_hosts_are_independent(struct port_lab *lab)
{
    struct port_lab alone = port_lab_new(lab->ops->name, lab->request.range, SEED);
    struct port_lab neighbour =
        port_lab_new(lab->ops->name, lab->request.range, SEED + 1);
    uint16_t a[CHOICES], b[CHOICES], c[2 * CHOICES];
    for (uint32_t i = 0; i < CHOICES; i++) {
        step_of_life(&neighbour, c, 2 * i);
        step_of_life(&neighbour, c, 2 * i + 1);
        assert_int_equal(step_of_life(lab, a, i), step_of_life(&alone, b, i));
    }
    port_lab_free(&alone);
    port_lab_free(&neighbour);
}

static void test_two_hosts_do_not_influence_each_other(void **state)
{
    (void)state;
    for_each_lab(claim_hosts_are_independent);
}

/* The range is the request's: from call to call another one, overlapping or apart. */
static void claim_a_changed_range_is_obeyed(struct port_lab *lab)
{
    const struct port_range others[] = {
        lab->request.range, {1, 1}, {30000, 30063}, {65000, 65535}, {50000, 50050}};
    for (uint32_t i = 0; i < 500; i++) {
        lab->request.range = others[i % (sizeof others / sizeof others[0])];
        port_lab_connect(lab, port_lab_place(i % 7));
    }
    lab->request.range = (struct port_range){20000, 20099};
    if (lab->ops->exhaustive)
        port_lab_fill(lab, port_lab_place(9), 100);
}

static void test_a_changed_range_is_obeyed(void **state)
{
    (void)state;
    for_each_lab(claim_a_changed_range_is_obeyed);
}

/* --- probes ---------------------------------------------------------------------------
 */

/* Where the next walk begins.  `last` is the port given last, or 0; `chance` a copy of
 * the stream the walk will draw from. */
typedef uint16_t start_of_walk(uint16_t last, struct port_range range,
                               struct random_stream chance);

static uint16_t after_the_last(uint16_t last, struct port_range range,
                               struct random_stream chance)
{
    (void)chance;
    return last >= range.low && last < range.high ? (uint16_t)(last + 1) : range.low;
}

static uint16_t below_the_last(uint16_t last, struct port_range range,
                               struct random_stream chance)
{
    (void)chance;
    return last > range.low && last <= range.high ? (uint16_t)(last - 1) : range.high;
}

static uint16_t anywhere(uint16_t last, struct port_range range,
                         struct random_stream chance)
{
    (void)last;
    return (uint16_t)(range.low + random_below(&chance, port_range_size(range)));
}

/* FreeBSD, OpenBSD: never the first port, unless it is the only one. */
static uint16_t anywhere_but_first(uint16_t last, struct port_range range,
                                   struct random_stream chance)
{
    (void)last;
    uint32_t size = port_range_size(range);
    return size == 1 ? range.low
                     : (uint16_t)(range.low + 1 + random_below(&chance, size - 1));
}

/* illumos: 16 bits, folded. */
static uint16_t folded(uint16_t last, struct port_range range,
                       struct random_stream chance)
{
    (void)last;
    uint16_t draw = (uint16_t)random_u32(&chance);
    if (draw >= range.low && draw <= range.high)
        return draw;
    uint32_t width = range.high - range.low;
    return (uint16_t)(range.low + (width ? draw % width : 0));
}

/* Those that examine port after port, each port once. */
static const struct {
    const char *name;
    start_of_walk *start;
    bool down;
} walkers[] = {
    {"bsd44", after_the_last, false},         {"freebsd12", anywhere_but_first, false},
    {"freebsd14", anywhere_but_first, false}, {"dragonfly", after_the_last, false},
    {"openbsd", anywhere_but_first, false},   {"netbsd-bsd", below_the_last, true},
    {"xnu", after_the_last, false},           {"illumos", folded, false},
    {"rfc6056-alg1", anywhere, false},        {"sg-legacy-a", anywhere, false},
    {"sg-random-off", after_the_last, false}, {"sg-reworked", anywhere, false},
};
#define WALKERS (sizeof walkers / sizeof walkers[0])

static struct port_found walk_port_by_port(const struct traffic *t, size_t walker,
                                           struct port_destination to, uint16_t last)
{
    struct port_range range = t->lab->request.range;
    struct naive_question q = {PORT_LAB_ADDRESS, to, t->lab->ops->scope, false};
    uint16_t first = walkers[walker].start(last, range, t->lab->chance);
    uint32_t size = port_range_size(range);
    if (walkers[walker].down)
        return naive_walk_down(t->naive, &q, range, first, size);
    struct port_walk walk = {.first = first, .step = 1, .candidates = size};
    return naive_walk(t->naive, &q, range, walk);
}

/* Ports the allocator passes over by itself: to the oracle they are reserved. */
static void reserve_service_ports(struct traffic *t)
{
    if (strcmp(t->lab->ops->name, "openbsd") != 0)
        return;
    for (size_t i = 0; i < sizeof service_ports / sizeof service_ports[0]; i++)
        t->naive->reserved[service_ports[i]] = true;
}

static void compare_walks(size_t walker, struct port_range range)
{
    enum { STEPS = 3000 };
    const char *name = walkers[walker].name;
    struct port_lab lab = port_lab_new(name, range, SEED);
    struct traffic t = traffic_new(&lab, STEPS);
    reserve_some(&t);
    reserve_service_ports(&t);
    uint16_t last = 0;
    for (uint32_t step = 0; step < STEPS; step++) {
        if (t.count && random_below(&t.chance, 100) < (step / 500 % 2 ? 60u : 10u)) {
            traffic_ends(&t);
            continue;
        }
        struct port_destination to = some_place(&t);
        struct port_found expected = walk_port_by_port(&t, walker, to, last);
        struct port_answer answer = traffic_begins(&t, to);
        if (answer.port != expected.port || answer.probes != expected.probes)
            fail_msg("%s found %u after %u probes, port by port it is %u after %u", name,
                     answer.port, answer.probes, expected.port, expected.probes);
        last = answer.port ? answer.port : last;
    }
    traffic_free(&t);
    port_lab_free(&lab);
}

static void test_walkers_pay_what_a_walk_port_by_port_pays(void **state)
{
    (void)state;
    for (size_t i = 0; i < WALKERS; i++)
        for (uint32_t k = 0; k < RANGES; k++)
            compare_walks(i, ranges[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_says_who_it_is),
        cmocka_unit_test(test_guesses_say_that_they_are),
        cmocka_unit_test(test_the_scenario_knows_every_allocator_by_its_name),
        cmocka_unit_test(test_ipcom_has_the_hooks_of_every_base),
        cmocka_unit_test(test_only_free_ports_of_the_range_are_chosen),
        cmocka_unit_test(test_exhaustive_ones_give_each_port_once_and_then_fail),
        cmocka_unit_test(test_exhaustive_ones_find_the_only_free_port),
        cmocka_unit_test(test_the_others_miss_the_only_free_port_now_and_then),
        cmocka_unit_test(test_failures_leave_a_sane_state),
        cmocka_unit_test(test_the_same_seed_gives_the_same_choices),
        cmocka_unit_test(test_two_hosts_do_not_influence_each_other),
        cmocka_unit_test(test_a_changed_range_is_obeyed),
        cmocka_unit_test(test_walkers_pay_what_a_walk_port_by_port_pays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
