/* RFC 6056 algorithms 3, 4 and 5: counters, offsets, steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/alloc/walks.h"
#include "tests/port_lab.h"
#include "tests/statistics.h"

static const struct port_range whole = {1024, 65535};
enum { N = 64512 };

#define A port_lab_place(0)
#define B port_lab_place(1)

/* --- algorithms 3 and 4 ---------------------------------------------------------------
 */

/* MODEL.md A1, tables 1 and 2 of the RFC: offsets 1000 and 4500, counters start at 1024;
 * A, A, B, B, A. */
static void test_the_walk_gives_the_check_values_of_the_rfc(void **state)
{
    (void)state;
    static const uint16_t one_counter[] = {3048, 3049, 6550, 6551, 3052};
    static const uint16_t one_each[] = {3048, 3049, 6548, 6549, 3050};
    struct port_view nothing_taken = port_view_of(whole);
    uint32_t shared = 1024, own[2] = {1024, 1024};
    for (int i = 0; i < 5; i++) {
        bool b = i == 2 || i == 3;
        uint32_t offset = b ? 4500 : 1000;
        assert_int_equal(walk_hashed(&nothing_taken, offset, &shared).port,
                         one_counter[i]);
        assert_int_equal(walk_hashed(&nothing_taken, offset, &own[b]).port, one_each[i]);
    }
}

static void test_the_walk_wraps_and_the_counter_counts_candidates(void **state)
{
    (void)state;
    struct port_view view = port_view_of((struct port_range){100, 109});
    struct port_set taken = {0};
    for (uint16_t port = 108; port <= 109; port++)
        port_set_add(&taken, port);
    port_view_hide(&view, &taken);
    uint32_t counter = UINT32_MAX - 2; /* 8 with the offset 5, modulo 10 */
    struct port_answer answer = walk_hashed(&view, 5, &counter);
    assert_int_equal(answer.port, 100);
    assert_int_equal(answer.probes, 3);
    assert_int_equal(counter, 0);
    port_set_clear(&taken);
}

/* How far the last of A, A, B, B, A lies behind the first. */
static uint32_t steps_of_a(struct port_lab *lab)
{
    uint16_t a1 = port_lab_connect(lab, A).port, a2 = port_lab_connect(lab, A).port;
    uint16_t b1 = port_lab_connect(lab, B).port, b2 = port_lab_connect(lab, B).port;
    uint16_t a3 = port_lab_connect(lab, A).port;
    assert_int_equal((a2 + N - a1) % N, 1);
    assert_int_equal((b2 + N - b1) % N, 1);
    return (uint32_t)(a3 + N - a1) % N;
}

static void test_destinations_share_alg3s_counter_and_few_of_alg4s(void **state)
{
    (void)state;
    struct port_lab alg3 = port_lab_new("rfc6056-alg3", whole, 1);
    struct port_lab apart =
        port_lab_stated("rfc6056-alg4", "{\"table_size\": 65536}", whole, 1);
    struct port_lab together =
        port_lab_stated("rfc6056-alg4", "{\"table_size\": 1}", whole, 1);
    assert_int_equal(steps_of_a(&alg3), 4);
    assert_int_equal(steps_of_a(&apart), 2);
    assert_int_equal(steps_of_a(&together), 4);
    port_lab_free(&alg3);
    port_lab_free(&apart);
    port_lab_free(&together);
}

/* With a table of T the share of destinations that meet A's counter is 1 / T. */
static void test_the_second_hash_spreads_over_the_table(void **state)
{
    (void)state;
    enum { DESTINATIONS = 3000 };
    struct port_lab lab = port_lab_new("rfc6056-alg4", whole, 2);
    uint16_t last = port_lab_choose(&lab, A).port;
    uint32_t met = 0;
    for (uint32_t i = 1; i <= DESTINATIONS; i++) {
        port_lab_choose(&lab, port_lab_place(i));
        uint16_t next = port_lab_choose(&lab, A).port;
        met += (next + N - last) % N == 2;
        last = next;
    }
    assert_share(met, DESTINATIONS, 1.0 / 10); /* MODEL.md A1: T = 10 */
    port_lab_free(&lab);
}

/* MODEL.md A1: the reuse distance of algorithm 3 is N choices of the whole host. */
static void test_alg3_gives_a_port_again_after_n_choices_of_the_host(void **state)
{
    (void)state;
    struct port_range hundred = {50000, 50099};
    struct port_lab lab = port_lab_new("rfc6056-alg3", hundred, 3);
    uint16_t first = port_lab_choose(&lab, A).port;
    for (int i = 1; i < 100; i++)
        if (i % 3)
            port_lab_choose(&lab, port_lab_place((uint32_t)i));
        else
            assert_int_not_equal(port_lab_choose(&lab, A).port, first);
    assert_int_equal(port_lab_choose(&lab, A).port, first);
    port_lab_free(&lab);
}

/* Neither the host nor the destination tells where the sequence starts. */
static void test_the_start_of_a_destination_is_uniform(void **state)
{
    (void)state;
    static const char *const names[] = {"rfc6056-alg3", "rfc6056-alg4"};
    for (int k = 0; k < 2; k++) {
        uint32_t hosts[64] = {0}, destinations[64] = {0};
        struct port_lab one = port_lab_new(names[k], whole, 0);
        for (uint32_t i = 0; i < 6400; i++) {
            struct port_lab lab = port_lab_new(names[k], whole, i);
            hosts[(port_lab_choose(&lab, A).port - 1024) / (N / 64)]++;
            port_lab_free(&lab);
            uint16_t port = port_lab_choose(&one, port_lab_place(i)).port;
            destinations[(port - 1024) / (N / 64)]++;
        }
        assert_uniform(hosts, 64);
        assert_uniform(destinations, 64);
        port_lab_free(&one);
    }
}

/* --- algorithm 5 ----------------------------------------------------------------------
 */

static void test_steps_are_uniform_from_1_to_500(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("rfc6056-alg5", whole, 4);
    uint32_t steps[500] = {0};
    uint16_t last = port_lab_choose(&lab, A).port;
    for (int i = 0; i < 50000; i++) {
        uint16_t next = port_lab_choose(&lab, port_lab_place((uint32_t)i % 3)).port;
        uint32_t step = (uint32_t)(next + N - last) % N;
        assert_true(step >= 1 && step <= 500);
        steps[step - 1]++;
        last = next;
    }
    assert_uniform(steps, 500);
    port_lab_free(&lab);
}

static void hold_all_but_every_tenth(struct port_lab *lab)
{
    struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
    struct port_range range = lab->request.range;
    for (uint32_t port = range.low; port <= range.high; port++)
        if (port % 10)
            port_space_take(lab->space, (uint16_t)port, owner, A);
}

/* Steps long against the gaps make it algorithm 2: 1 / (1 - rho) [MODEL.md D5's table].
 */
static void test_long_steps_cost_what_independent_draws_cost(void **state)
{
    (void)state;
    struct port_lab lab =
        port_lab_new("rfc6056-alg5", (struct port_range){40000, 44095}, 5);
    hold_all_but_every_tenth(&lab);
    struct sample probes = {0};
    for (int i = 0; i < 20000; i++)
        sample_add(&probes, port_lab_choose(&lab, A).probes);
    assert_mean(&probes, 4096.0 / 410);
    port_lab_free(&lab);
}

/* Which the others cannot: N steps may pass by a port. */
static void test_steps_of_one_are_a_walk_that_finds_every_port(void **state)
{
    (void)state;
    struct port_range range = {50000, 50099};
    for (uint16_t port = range.low; port <= range.high; port++) {
        struct port_lab lab =
            port_lab_stated("rfc6056-alg5", "{\"step\": 1}", range, port);
        port_lab_hold_all(&lab, A, port);
        assert_int_equal(port_lab_choose(&lab, A).port, port);
        port_lab_free(&lab);
    }
}

/* With nothing free N steps are made as one: 1,024 steps of 1 to 3 go 2,048 far, which is
 * two laps, with a variance of 1,024 (9 - 1) / 12; the choice after it adds 2 and 2/3. */
static void test_a_failed_search_ends_where_its_steps_would_have(void **state)
{
    (void)state;
    struct port_range range = {40000, 41023};
    struct sample distance = {0}, square = {0};
    struct port_lab lab = port_lab_stated("rfc6056-alg5", "{\"step\": 3}", range, 6);
    uint16_t last = port_lab_choose(&lab, A).port;
    port_lab_hold_all(&lab, A, 0);
    for (int i = 0; i < 20000; i++) {
        struct port_answer failed = port_lab_choose(&lab, A);
        assert_int_equal(failed.port, 0);
        assert_int_equal(failed.probes, 1024);
        uint16_t next = port_lab_choose(&lab, B).port;
        double moved = (next - last + 1024 + 512) % 1024 - 512;
        sample_add(&distance, moved);
        sample_add(&square, (moved - 2) * (moved - 2));
        last = next;
    }
    assert_mean(&distance, 2);
    assert_mean(&square, 1024 * 8 / 12.0 + 2 / 3.0);
    port_lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_walk_gives_the_check_values_of_the_rfc),
        cmocka_unit_test(test_the_walk_wraps_and_the_counter_counts_candidates),
        cmocka_unit_test(test_destinations_share_alg3s_counter_and_few_of_alg4s),
        cmocka_unit_test(test_the_second_hash_spreads_over_the_table),
        cmocka_unit_test(test_alg3_gives_a_port_again_after_n_choices_of_the_host),
        cmocka_unit_test(test_the_start_of_a_destination_is_uniform),
        cmocka_unit_test(test_steps_are_uniform_from_1_to_500),
        cmocka_unit_test(test_long_steps_cost_what_independent_draws_cost),
        cmocka_unit_test(test_steps_of_one_are_a_walk_that_finds_every_port),
        cmocka_unit_test(test_a_failed_search_ends_where_its_steps_would_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
