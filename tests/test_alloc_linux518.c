/* Linux 5.18's connect() against the laws that a real kernel was measured to obey. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/port_lab.h"
#include "tests/port_law.h"
#include "tests/port_sequence.h"
#include "tests/statistics.h"

static const struct port_range default_range = {32768, 60999};
static const struct port_range thousand = {50000, 50999};

static struct port_lab linux518(struct port_range range, uint64_t seed)
{
    return port_lab_new("linux518", range, seed);
}

/* --- sequences ------------------------------------------------------------------------
 */

static bool is_lawful(const struct port_sequence *s)
{
    struct port_judgement judgement = port_sequence_judge(s);
    return judgement.lawful && judgement.redraws == 0;
}

/* Lets a lab connect as the sequence says. */
static void perform(struct port_lab *lab, struct port_sequence *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        struct port_destination to = port_lab_place(i % s->destinations);
        uint16_t port = port_lab_connect(lab, to).port;
        s->offsets[i] = port ? (uint32_t)port - s->range.low : PORT_LAW_FAILED;
        if (port && !s->keep)
            port_lab_disconnect(lab, port, to);
    }
}

/* Odd low ends and small ranges; the programs that were recorded are judged in
 * test_kernel_sequences.c. */
static const struct {
    struct port_range range;
    enum port_asked asked;
    uint32_t destinations;
    bool keep;
    uint32_t count;
} programs[] = {
    {{50001, 50100}, PORT_ASKED_CONNECT, 1, true, 103},
    {{65473, 65535}, PORT_ASKED_CONNECT, 2, true, 130},
    {{50000, 50000}, PORT_ASKED_CONNECT, 1, true, 3},
    {{50001, 50002}, PORT_ASKED_CONNECT, 2, true, 8},
    {{50010, 50019}, PORT_ASKED_OWN_RANGE, 1, true, 12},
    {{50010, 50022}, PORT_ASKED_OWN_RANGE, 2, true, 30},
    {{50010, 50110}, PORT_ASKED_OWN_RANGE, 1, false, 300},
};
enum { PROGRAMS = sizeof programs / sizeof programs[0] };

static void test_our_sequences_obey_the_law(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PROGRAMS; i++) {
        struct port_sequence s = port_sequence_new(programs[i].range, programs[i].asked,
                                                   programs[i].destinations,
                                                   programs[i].keep, programs[i].count);
        for (uint64_t seed = 0; seed < 20; seed++) {
            port_sequence_perform(&s, seed);
            if (!is_lawful(&s))
                fail_msg("program %u breaks the law with seed %llu", i,
                         (unsigned long long)seed);
        }
        port_sequence_free(&s);
    }
}

/* 297 connections to each of so many destinations, each reset at once. */
static struct port_sequence closing(uint32_t destinations)
{
    return port_sequence_new((struct port_range){50000, 50098}, PORT_ASKED_CONNECT,
                             destinations, false, 297 * destinations);
}

/* The law is sharp enough to tell: other allocators break it at once. */
static void test_other_allocators_break_the_law(void **state)
{
    (void)state;
    static const char *const names[] = {"bsd44",         "rfc6056-alg1", "rfc6056-alg2",
                                        "sg-random-off", "linux41",      "linux46",
                                        "linux512",      "linux-bind0"};
    struct port_sequence s = closing(1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct port_lab lab = port_lab_new(names[i], s.range, i);
        perform(&lab, &s);
        bool same_law =
            strcmp(names[i], "linux46") == 0 || strcmp(names[i], "linux512") == 0;
        assert_int_equal(is_lawful(&s),
                         same_law); /* their steps are among the noisy ones */
        port_lab_free(&lab);
    }
    port_sequence_free(&s);
}

/* --- noise ----------------------------------------------------------------------------
 */

/* Distances between successive ports, in steps, counted from 1. */
static void count_gaps(struct port_lab *lab, uint32_t lap, uint32_t step,
                       uint32_t gaps[8])
{
    struct port_destination to = port_lab_place(0);
    uint32_t last = port_lab_choose(lab, to).port;
    for (int i = 0; i < 3000; i++) {
        uint32_t port = port_lab_choose(lab, to).port;
        uint32_t gap = (port + lap - last) % lap / step;
        assert_true(gap >= 1 && gap <= 8);
        gaps[gap - 1]++;
        last = port;
    }
}

/* KERNEL.md P3, P11: without contention, uniform on {2, 4, ..., 16}. */
static void test_gaps_between_successive_ports_are_uniform(void **state)
{
    (void)state;
    uint32_t gaps[8] = {0};
    struct port_lab lab = linux518(default_range, 1);
    count_gaps(&lab, 28232, 2, gaps);
    assert_uniform(gaps, 8);
    port_lab_free(&lab);

    uint32_t by_one[8] = {0};
    lab = linux518(thousand, 2);
    lab.request.flags = PORT_ASK_OWN_RANGE;
    count_gaps(&lab, 1000, 1, by_one);
    assert_uniform(by_one, 8);
    port_lab_free(&lab);
}

/* --- parity and capacity --------------------------------------------------------------
 */

/* KERNEL.md P4, and MODEL.md D5 on the cost: all N/2 ports of the low end's parity, then
 * the others at N/2 wasted probes each. */
static void test_the_parity_of_the_low_end_is_spent_first(void **state)
{
    (void)state;
    static const struct port_range ranges[] = {
        {50000, 50015}, {50001, 50100}, {32768, 60999}, {1025, 5000}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct port_lab lab = linux518(ranges[i], i);
        uint32_t half = port_range_size(ranges[i]) / 2;
        for (uint32_t k = 0; k < 2 * half; k++) {
            struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
            assert_int_equal((answer.port - ranges[i].low) % 2, k >= half);
            assert_true(k < half ? answer.probes <= half : answer.probes > half);
            assert_true(k != half || answer.probes == half + 1); /* a step, not a slope */
        }
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
        assert_int_equal(answer.port, 0);
        assert_int_equal(answer.probes, 2 * half);
        port_lab_free(&lab);
    }
}

/* Connections kept open, to each of the destinations in turn, until 40 fail in a row. */
static uint32_t capacity(struct port_range range, uint32_t destinations, uint64_t seed)
{
    struct port_lab lab = linux518(range, seed);
    uint32_t opened = 0;
    for (uint32_t i = 0, failed = 0; failed < 40; i++) {
        bool ok = port_lab_connect(&lab, port_lab_place(i % destinations)).port != 0;
        opened += ok;
        failed = ok ? 0 : failed + 1;
    }
    port_lab_free(&lab);
    return opened;
}

/* The kernel's totals in 20 runs each, "auto" rows of cap_*_1dst, _2ip, _4port.json: one
 * N per destination [C1], and what an odd range loses [P7]. */
static void test_each_destination_has_the_capacity_the_kernel_has(void **state)
{
    (void)state;
    static const struct {
        struct port_range range;
        uint32_t destinations, least, most;
    } recorded[] = {
        {{50000, 50000}, 1, 1, 1},       {{50000, 50000}, 2, 2, 2},
        {{50000, 50000}, 4, 4, 4},       {{50000, 50002}, 1, 2, 2},
        {{50000, 50002}, 2, 4, 4},       {{50000, 50002}, 4, 8, 8},
        {{50000, 50003}, 1, 4, 4},       {{50000, 50003}, 2, 8, 8},
        {{50000, 50003}, 4, 16, 16},     {{50001, 50002}, 1, 2, 2},
        {{50001, 50002}, 2, 4, 4},       {{50001, 50002}, 4, 8, 8},
        {{50000, 50098}, 1, 98, 99},     {{50000, 50098}, 2, 196, 198},
        {{50000, 50098}, 4, 392, 396},   {{50000, 50099}, 1, 100, 100},
        {{50000, 50099}, 2, 200, 200},   {{50000, 50099}, 4, 400, 400},
        {{50000, 50999}, 1, 1000, 1000}, {{50000, 50999}, 2, 2000, 2000},
    };
    for (size_t i = 0; i < sizeof recorded / sizeof recorded[0]; i++) {
        for (uint64_t seed = 0; seed < 20; seed++) {
            uint32_t opened = capacity(recorded[i].range, recorded[i].destinations, seed);
            if (opened < recorded[i].least || opened > recorded[i].most)
                fail_msg("row %zu: %u connections with seed %llu", i, opened,
                         (unsigned long long)seed);
        }
    }
}

/* KERNEL.md P7: both totals come up, and a range of 3 never uses its third port. */
static void test_an_odd_range_may_lose_a_port_and_may_not(void **state)
{
    (void)state;
    uint32_t whole = 0;
    for (uint64_t seed = 0; seed < 100; seed++)
        whole += capacity((struct port_range){50000, 50098}, 1, seed) == 99;
    assert_true(whole > 0 && whole < 100);
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct port_lab lab = linux518((struct port_range){50000, 50002}, seed);
        port_lab_fill(&lab, port_lab_place(0), 2);
        struct port_view view = port_request_view(&lab.request);
        assert_true(port_view_free(&view, 50002));
        port_lab_free(&lab);
    }
}

/* KERNEL.md P7, twexhaust_veth_tw0: it goes on failing until an epoch draws a start that
 * reaches the port, which here one start in 49 does. */
static void test_the_lost_port_is_found_in_another_epoch(void **state)
{
    (void)state;
    struct port_range range = {50000, 50098};
    uint64_t seed = 0;
    while (capacity(range, 1, seed) == 99)
        seed++;
    struct port_lab lab = linux518(range, seed);
    port_lab_fill(&lab, port_lab_place(0), 98);
    for (; lab.request.now < 10 * SIM_S; lab.request.now += 100 * SIM_MS)
        assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 0);
    uint32_t epochs = 1;
    for (; port_lab_connect(&lab, port_lab_place(0)).port == 0; epochs++)
        lab.request.now += 10 * SIM_S;
    assert_true(pow(48 / 49.0, epochs) > TEST_UNLIKELY);
    port_lab_free(&lab);
}

/* KERNEL.md C13: no parity, so odd sizes lose nothing. */
static void test_a_socket_s_own_range_is_used_to_the_last_port(void **state)
{
    (void)state;
    for (uint16_t size = 1; size < 40; size++) {
        struct port_range range = {50011, (uint16_t)(50010 + size)};
        struct port_lab lab = linux518(range, size);
        lab.request.flags = PORT_ASK_OWN_RANGE;
        port_lab_fill(&lab, port_lab_place(0), size);
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
        assert_int_equal(answer.port, 0);
        assert_int_equal(answer.probes, size);
        port_lab_free(&lab);
    }
}

/* KERNEL.md C4, C11: reserved ports, and ports that bind() or listen() gave out on any
 * address, are passed by; capacity is exactly what is left. */
static void test_reserved_and_bound_ports_are_passed_by(void **state)
{
    (void)state;
    const struct port_destination nowhere = {0, 0};
    struct port_lab lab = linux518((struct port_range){50000, 50099}, 1);
    for (uint16_t port = 50010; port < 50020; port++)
        port_space_reserve(lab.space, port, true);
    struct port_owner bound = {.local_address = 9, .origin = PORT_BY_BIND};
    struct port_owner listener = {.local_address = 9, .origin = PORT_BY_LISTEN};
    port_space_take(lab.space, 50050, bound, port_lab_place(5));
    port_space_take(lab.space, 50051, bound, nowhere);
    port_space_take(lab.space, 50052, listener, nowhere);
    for (uint32_t place = 0; place < 3; place++) {
        port_lab_fill(&lab, port_lab_place(place), 100 - 10 - 3);
        assert_int_equal(port_lab_connect(&lab, port_lab_place(place)).port, 0);
    }
    port_lab_free(&lab);
}

/* --- hidden numbers -------------------------------------------------------------------
 */

/* Where the first search toward each of many destinations, or of many hosts, begins. */
static void test_starts_are_uniform_over_destinations_and_hosts(void **state)
{
    (void)state;
    uint32_t by_place[50] = {0}, by_host[50] = {0};
    struct port_lab lab = linux518((struct port_range){50000, 50099}, 1);
    for (uint32_t i = 0; i < 5000; i++)
        by_place[(port_lab_choose(&lab, port_lab_place(i)).port - 50000) / 2]++;
    port_lab_free(&lab);
    for (uint64_t seed = 0; seed < 5000; seed++) {
        struct port_lab host = linux518((struct port_range){50000, 50099}, seed);
        by_host[(port_lab_choose(&host, port_lab_place(0)).port - 50000) / 2]++;
        port_lab_free(&host);
    }
    assert_uniform(by_place, 50);
    assert_uniform(by_host, 50);
}

/* The hidden number belongs to (source address, destination address, destination port).
 */
static void test_each_part_of_the_tuple_has_numbers_of_its_own(void **state)
{
    (void)state;
    enum { TRIES = 2000 };
    uint32_t same[3] = {0};
    for (uint64_t seed = 0; seed < TRIES; seed++) {
        struct port_lab lab = linux518((struct port_range){50000, 50099}, seed);
        struct port_destination to = {3, 80}, address = {4, 80}, port = {3, 81};
        lab.request.local_address = 2;
        uint16_t first = port_lab_choose(&lab, to).port;
        same[0] += port_lab_choose(&lab, address).port == first;
        same[1] += port_lab_choose(&lab, port).port == first;
        lab.request.local_address = 3;
        same[2] += port_lab_choose(&lab, to).port == first;
        port_lab_free(&lab);
    }
    for (int i = 0; i < 3; i++)
        assert_share(same[i], TRIES, 1 / 50.0);
}

/* With 65,536 counters two destinations have one each, and each sequence is lawful by
 * itself.  With a table of one counter every choice moves it for both [KERNEL.md P8]. */
static void test_destinations_share_a_counter_only_by_chance(void **state)
{
    (void)state;
    struct port_sequence s = closing(2);
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct port_lab lab = linux518(s.range, seed);
        perform(&lab, &s);
        assert_true(is_lawful(&s));
        port_lab_free(&lab);

        lab = port_lab_stated("linux518", "{\"table_bits\": 0}", s.range, seed);
        perform(&lab, &s);
        assert_false(is_lawful(&s));
        port_lab_free(&lab);
    }
    port_sequence_free(&s);
}

/* KERNEL.md P3: so a failing call repeats the same scan, and later calls go on as if
 * there had been none. */
static void test_failures_leave_the_hidden_number_alone(void **state)
{
    (void)state;
    struct port_lab lab = linux518(thousand, 1), twin = linux518(thousand, 1);
    for (uint32_t i = 0; i < 100; i++) {
        port_lab_hold_all(&lab, port_lab_place(0), 0);
        for (uint32_t k = 0; k < i % 4; k++)
            assert_int_equal(port_lab_choose(&lab, port_lab_place(0)).port, 0);
        for (uint16_t port = thousand.low; port <= thousand.high; port++)
            port_lab_disconnect(&lab, port, port_lab_place(0));
        assert_int_equal(port_lab_choose(&lab, port_lab_place(0)).port,
                         port_lab_choose(&twin, port_lab_place(0)).port);
    }
    port_lab_free(&lab);
    port_lab_free(&twin);
}

/* --- epochs ---------------------------------------------------------------------------
 */

/* Choices toward many places every 20 ms for 62 s, as seq_epoch.json was recorded toward
 * two.  Counts the gaps that cannot be noise, and checks that they fall on multiples of
 * 10 s after `first`. */
enum { PLACES = 20 };

static uint32_t count_jumps(struct port_lab *lab, sim_ns first)
{
    uint32_t last[PLACES] = {0}, jumps = 0;
    for (sim_ns now = 0; now < 62 * SIM_S; now += 20 * SIM_MS) {
        lab->request.now = now;
        for (uint32_t place = 0; place < PLACES; place++) {
            uint32_t port = port_lab_choose(lab, port_lab_place(place)).port;
            uint32_t gap = (port + 1000 - last[place]) % 1000;
            bool jumped = last[place] && (gap < 2 || gap > 16 || gap % 2);
            assert_true(!jumped || (now - first) % (10 * SIM_S) == 0);
            jumps += jumped;
            last[place] = port;
        }
    }
    return jumps;
}

/* KERNEL.md P9: 6 jumps in 62 s at 10.00 s spacing, none between.  A new number looks
 * like noise in 8 of 500 cases: one of the two recorded series shows 6 jumps, the
 * other 5. */
static void test_every_ten_seconds_all_hidden_numbers_are_drawn_anew(void **state)
{
    (void)state;
    struct port_lab lab = linux518(thousand, 1);
    assert_share(count_jumps(&lab, 0), 6 * PLACES, 1 - 8 / 500.0);
    port_lab_free(&lab);

    lab = port_lab_stated("linux518", "{\"phase\": \"4s\"}", thousand, 1);
    assert_share(count_jumps(&lab, 6 * SIM_S), 6 * PLACES, 1 - 8 / 500.0);
    port_lab_free(&lab);

    lab = port_lab_stated("linux518", "{\"redraw\": \"0s\"}", thousand, 1);
    assert_int_equal(count_jumps(&lab, 0), 0);
    port_lab_free(&lab);
}

/* A new epoch's number owes nothing to how far the old one had come. */
static void test_numbers_of_another_epoch_are_uniform(void **state)
{
    (void)state;
    uint32_t gaps[50] = {0};
    struct port_lab lab = linux518((struct port_range){50000, 50099}, 1);
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t before = port_lab_choose(&lab, port_lab_place(0)).port;
        lab.request.now += 10 * SIM_S;
        uint32_t after = port_lab_choose(&lab, port_lab_place(0)).port;
        gaps[(after + 100 - before) % 100 / 2]++;
    }
    assert_uniform(gaps, 50);
    port_lab_free(&lab);
}

/* --- strides --------------------------------------------------------------------------
 */

/* A stride goes through every port of a parity once: nothing is lost, and a failure costs
 * what it always did. */
static void test_strides_lose_no_port(void **state)
{
    (void)state;
    for (uint16_t size = 2; size <= 130; size++) {
        struct port_range range = {50001, (uint16_t)(50000 + size)};
        for (uint16_t flags = 0; flags <= PORT_ASK_OWN_RANGE;
             flags += PORT_ASK_OWN_RANGE) {
            struct port_lab lab =
                port_lab_stated("linux518", "{\"step_width\": 1000}", range, size);
            lab.request.flags = flags;
            uint32_t usable = flags ? size : size & ~1u;
            for (uint32_t i = 0; i < usable; i++) {
                uint16_t port = port_lab_connect(&lab, port_lab_place(0)).port;
                assert_int_not_equal(port, 0);
                if (!flags && usable == size)
                    assert_int_equal((port - range.low) % 2, i / (usable / 2));
            }
            if (usable == size) {
                struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
                assert_int_equal(answer.port, 0);
                assert_int_equal(answer.probes, size);
            }
            port_lab_free(&lab);
        }
    }
}

/* USERS.md S24: ports 40000-49999 reserved, of 14,116 even ports 9,116 left.  Returns how
 * often the first connection to a place gets port 50000. */
enum { SKEW_TRIES = 20000, EVEN_PORTS = 14116, RESERVED_EVEN = 5000 };

static uint32_t first_behind_the_block(uint32_t step_width)
{
    struct port_lab lab = port_lab_printed(default_range, 1, "linux518",
                                           "{\"step_width\": %u}", (unsigned)step_width);
    for (uint16_t port = 40000; port < 50000; port++)
        port_space_reserve(lab.space, port, true);
    uint32_t hits = 0;
    for (uint32_t i = 0; i < SKEW_TRIES; i++)
        hits += port_lab_choose(&lab, port_lab_place(i)).port == 50000;
    port_lab_free(&lab);
    return hits;
}

/* 5,001 starts lead there by single steps.  By a stride s only every s-th start of the
 * block does; a width of 128 gives the odd numbers from 1 to 127 alike, since 14,116 is 4
 * x 3,529, and 3,529 is prime. */
static void test_strides_flatten_the_pile_behind_a_reserved_block(void **state)
{
    (void)state;
    assert_share(first_behind_the_block(0), SKEW_TRIES,
                 (RESERVED_EVEN + 1.0) / EVEN_PORTS);
    double starts = 0;
    for (int stride = 1; stride < 128; stride += 2)
        starts += 1 + RESERVED_EVEN / stride;
    assert_share(first_behind_the_block(128), SKEW_TRIES, starts / 64 / EVEN_PORTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_our_sequences_obey_the_law),
        cmocka_unit_test(test_other_allocators_break_the_law),
        cmocka_unit_test(test_gaps_between_successive_ports_are_uniform),
        cmocka_unit_test(test_the_parity_of_the_low_end_is_spent_first),
        cmocka_unit_test(test_each_destination_has_the_capacity_the_kernel_has),
        cmocka_unit_test(test_an_odd_range_may_lose_a_port_and_may_not),
        cmocka_unit_test(test_the_lost_port_is_found_in_another_epoch),
        cmocka_unit_test(test_a_socket_s_own_range_is_used_to_the_last_port),
        cmocka_unit_test(test_reserved_and_bound_ports_are_passed_by),
        cmocka_unit_test(test_starts_are_uniform_over_destinations_and_hosts),
        cmocka_unit_test(test_each_part_of_the_tuple_has_numbers_of_its_own),
        cmocka_unit_test(test_destinations_share_a_counter_only_by_chance),
        cmocka_unit_test(test_failures_leave_the_hidden_number_alone),
        cmocka_unit_test(test_every_ten_seconds_all_hidden_numbers_are_drawn_anew),
        cmocka_unit_test(test_numbers_of_another_epoch_are_uniform),
        cmocka_unit_test(test_strides_lose_no_port),
        cmocka_unit_test(test_strides_flatten_the_pile_behind_a_reserved_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
