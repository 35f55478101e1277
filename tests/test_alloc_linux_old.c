/* What each generation of Linux's connect() before 5.18 does in its own way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"
#include "tests/statistics.h"

enum { N = 100 };
static const struct port_range hundred = {50000, 50099};

/* Chooses, takes and gives back at once. */
static uint16_t touch(struct port_lab *lab, uint32_t place)
{
    uint16_t port = port_lab_connect(lab, port_lab_place(place)).port;
    port_lab_disconnect(lab, port, port_lab_place(place));
    return port;
}

/* From one port up to another, round the range. */
static uint32_t way(uint16_t from, uint16_t to)
{
    return ((uint32_t)to + N - from) % N;
}

/* How far the next choice toward place 0 lies from the last, when `others` connections to
 * another place come in between. */
static uint32_t gap_after(const char *name, uint32_t others, uint64_t seed)
{
    struct port_lab lab = port_lab_new(name, hundred, seed);
    uint16_t before = touch(&lab, 0);
    for (uint32_t i = 0; i < others; i++)
        touch(&lab, 1);
    uint32_t gap = way(before, touch(&lab, 0));
    port_lab_free(&lab);
    return gap;
}

/* MODEL.md A1, algorithm 3: one counter for all destinations. */
static void test_the_one_counter_moves_for_every_destination(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        for (uint32_t others = 0; others < 10; others++) {
            assert_int_equal(gap_after("linux41", others, seed), others + 1);
            assert_int_equal(gap_after("linux42", others, seed), 2 * (others + 1));
            assert_int_equal(gap_after("linux46", others, seed), 2 * (others + 1));
        }
    }
}

/* The hash gives each destination, and each host, a start of its own. */
static void test_starts_are_uniform_over_destinations(void **state)
{
    (void)state;
    static const char *const names[] = {"linux41", "linux42", "linux46", "linux512"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint32_t counts[N] = {0}; /* even offsets, then odd ones */
        struct port_lab lab = port_lab_new(names[i], hundred, i);
        for (uint32_t place = 0; place < 8000; place++) {
            uint32_t offset = touch(&lab, place) - 50000u;
            counts[offset % 2 * (N / 2) + offset / 2]++;
            assert_true(i == 0 || offset % 2 == 0);
        }
        assert_uniform(counts, i == 0 ? N : N / 2);
        port_lab_free(&lab);
    }
}

/* Success moves linux41's counter past all it examined, so nothing is examined twice. */
static void test_linux41_goes_on_after_the_port_it_found(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("linux41", hundred, 1);
    uint16_t last = port_lab_connect(&lab, port_lab_place(0)).port;
    for (uint32_t i = 1; i < N; i++) {
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
        assert_int_equal(way(last, answer.port), 1);
        assert_int_equal(answer.probes, 1);
        last = answer.port;
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).probes, N);
    port_lab_disconnect(&lab, last, port_lab_place(0));
    struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
    assert_int_equal(answer.port, last);
    assert_int_equal(answer.probes, N); /* failures left the counter where it was */
    port_lab_free(&lab);
}

/* Commit 07f4c90062f8: about half of the ports are left to others while there is room. */
static void test_linux42_fills_even_offsets_first_and_then_pays_two_probes(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("linux42", hundred, 1);
    for (uint32_t i = 0; i < N; i++) {
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
        assert_int_equal(answer.port % 2, i >= N / 2);
        assert_int_equal(answer.probes, i < N / 2 ? 1 : 2);
    }
    port_lab_free(&lab);
}

/* The way moved is (i + 2) rounded down to even, i the ports passed by. */
static void test_linux42_moves_on_to_an_even_offset(void **state)
{
    (void)state;
    static const struct {
        uint16_t busy, found, next; /* ports after the last one given */
    } cases[] = {{0, 2, 4}, {1, 3, 4}, {2, 4, 6}, {3, 5, 6}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct port_lab lab =
            port_lab_new("linux42", (struct port_range){1024, 65535}, i);
        struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
        uint16_t last = touch(&lab, 0);
        for (uint16_t k = 0; k < cases[i].busy; k++)
            port_space_take(lab.space, (uint16_t)(last + 2 + k), owner,
                            port_lab_place(0));
        assert_int_equal(touch(&lab, 0) - last, cases[i].found);
        assert_int_equal(touch(&lab, 0) - last, cases[i].next);
        port_lab_free(&lab);
    }
}

/* Commit 1580ab63fc9a; MODEL.md D10.2: a step at half of the range, not a slope. */
static void test_from_46_on_one_parity_is_spent_before_the_other(void **state)
{
    (void)state;
    static const char *const names[] = {"linux46", "linux512"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct port_lab lab = port_lab_new(names[i], hundred, i);
        for (uint32_t k = 0; k < N; k++) {
            struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
            assert_int_equal(answer.port % 2, k >= N / 2);
            assert_true(k < N / 2 ? answer.probes <= N / 2 : answer.probes > N / 2);
            assert_true(k != N / 2 || answer.probes == N / 2 + 1);
        }
        assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).probes, N);
        assert_int_equal(port_lab_connect(&lab, port_lab_place(1)).probes, 1);
        port_lab_free(&lab);
    }
}

/* Commit c579bd1b4021: in one of 16 cases the next candidate is passed by. */
static void test_linux512_adds_a_little_noise(void **state)
{
    (void)state;
    enum { TRIES = 8000 };
    struct port_lab lab = port_lab_new("linux512", hundred, 1);
    uint32_t far = 0;
    uint16_t last = touch(&lab, 0);
    for (int i = 0; i < TRIES; i++) {
        uint16_t port = touch(&lab, 0);
        uint32_t gap = way(last, port);
        assert_true(gap == 2 || gap == 4);
        far += gap == 4;
        last = port;
    }
    assert_share(far, TRIES, 1 / 16.0);
    port_lab_free(&lab);
}

/* Commit 190cc82489f4: 256 counters in place of one. */
static void test_two_destinations_share_one_of_256_counters_by_chance(void **state)
{
    (void)state;
    enum { TRIES = 5000 };
    uint32_t shared = 0;
    for (uint64_t seed = 0; seed < TRIES; seed++)
        shared += gap_after("linux512", 10, seed) >= 2 + 2 * 10;
    assert_share(shared, TRIES, 1 / 256.0);
}

/* The re-salting of 2022 is off unless asked for. */
static void test_linux512_draws_anew_only_where_that_was_taken_back(void **state)
{
    (void)state;
    for (int redraws = 0; redraws < 2; redraws++) {
        struct port_lab lab = port_lab_stated(
            "linux512", redraws ? "{\"redraw\": \"10s\"}" : "{\"redraw\": \"0s\"}",
            hundred, 1);
        uint32_t jumps = 0;
        uint16_t last = touch(&lab, 0);
        for (lab.request.now = 0; lab.request.now < 600 * SIM_S;
             lab.request.now += SIM_S) {
            uint16_t port = touch(&lab, 0);
            jumps += way(last, port) > 4;
            last = port;
        }
        if (redraws) /* 2 of 50 starts look like the noise of the old number */
            assert_share(jumps, 59, 1 - 2 / 50.0);
        else
            assert_int_equal(jumps, 0);
        port_lab_free(&lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_one_counter_moves_for_every_destination),
        cmocka_unit_test(test_starts_are_uniform_over_destinations),
        cmocka_unit_test(test_linux41_goes_on_after_the_port_it_found),
        cmocka_unit_test(test_linux42_fills_even_offsets_first_and_then_pays_two_probes),
        cmocka_unit_test(test_linux42_moves_on_to_an_even_offset),
        cmocka_unit_test(test_from_46_on_one_parity_is_spent_before_the_other),
        cmocka_unit_test(test_linux512_adds_a_little_noise),
        cmocka_unit_test(test_two_destinations_share_one_of_256_counters_by_chance),
        cmocka_unit_test(test_linux512_draws_anew_only_where_that_was_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
