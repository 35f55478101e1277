/* RFC 6056 algorithms 1 and 2: where they start, what they cost, when they fail.  What
 * filling a range costs is in test_theory_probes.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"
#include "tests/statistics.h"

static const struct port_range thousand = {40000,
                                           41023}; /* 1,024 ports, as MODEL.md D5 */

/* Holds `count` random ports of the range toward place 0: every set is equally likely. */
static void hold_random_ports(struct port_lab *lab, uint32_t count)
{
    struct port_range range = lab->request.range;
    struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
    uint32_t left = port_range_size(range);
    for (uint32_t port = range.low; port <= range.high; port++, left--) {
        if (random_below(&lab->chance, left) >= count)
            continue;
        port_space_take(lab->space, (uint16_t)port, owner, port_lab_place(0));
        count--;
    }
}

/* --- where ----------------------------------------------------------------------------
 */

static void count_choices(struct port_lab *lab, uint32_t tries, uint32_t *counts)
{
    for (uint32_t i = 0; i < tries; i++) {
        uint16_t port = port_lab_choose(lab, port_lab_place(0)).port;
        counts[port - lab->request.range.low]++;
    }
}

static void test_the_start_is_uniform(void **state)
{
    (void)state;
    for (int algorithm = 1; algorithm <= 2; algorithm++) {
        struct port_lab lab =
            port_lab_new(algorithm == 1 ? "rfc6056-alg1" : "rfc6056-alg2", thousand, 1);
        uint32_t counts[1024] = {0};
        count_choices(&lab, 100000, counts);
        assert_uniform(counts, 1024);
        port_lab_free(&lab);
    }
}

/* A walk falls on the port behind a run of taken ones as often as on the whole run; draws
 * prefer no port. */
static void test_a_walk_prefers_the_port_behind_a_run(void **state)
{
    (void)state;
    enum { TRIES = 50000 };
    struct port_range range = {50000, 50099};
    struct port_lab walk = port_lab_new("rfc6056-alg1", range, 1);
    struct port_lab draw = port_lab_new("rfc6056-alg2", range, 1);
    struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
    for (uint16_t port = 50000; port < 50019; port++) {
        port_space_take(walk.space, port, owner, port_lab_place(0));
        port_space_take(draw.space, port, owner, port_lab_place(0));
    }
    uint32_t walked[100] = {0}, drawn[100] = {0};
    count_choices(&walk, TRIES, walked);
    count_choices(&draw, TRIES, drawn);
    assert_share(walked[19], TRIES, 20 / 100.0);
    assert_share(walked[99], TRIES, 1 / 100.0);
    assert_uniform(drawn + 19, 81);
    port_lab_free(&walk);
    port_lab_free(&draw);
}

/* Also where few are left, and most of the draws are made at once. */
static void test_draws_take_any_of_the_last_ports(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("rfc6056-alg2", thousand, 2);
    static const uint16_t last[] = {40000, 40001, 40500, 40777, 41023};
    uint32_t found[5] = {0}, missed = 0;
    port_lab_hold_all(&lab, port_lab_place(0), 0);
    for (int i = 0; i < 5; i++)
        port_lab_disconnect(&lab, last[i], port_lab_place(0));
    for (int try = 0; try < 20000; try++) {
        uint16_t port = port_lab_choose(&lab, port_lab_place(0)).port;
        for (int i = 0; i < 5; i++)
            found[i] += port == last[i];
        missed += port == 0;
    }
    assert_uniform(found, 5);
    assert_share(missed, 20000, pow(1 - 5 / 1024.0, 1024));
    port_lab_free(&lab);
}

/* --- cost -----------------------------------------------------------------------------
 */

/* MODEL.md D5: (N+1) / (K+1) in the mean, K free, over a uniformly random busy set. */
static void
test_a_walk_over_a_random_set_costs_as_drawing_without_replacement(void **state)
{
    (void)state;
    struct port_range range = {40000, 40255};
    struct sample probes = {0};
    for (uint64_t seed = 0; seed < 10000; seed++) {
        struct port_lab lab = port_lab_new("rfc6056-alg1", range, seed);
        hold_random_ports(&lab, 236);
        sample_add(&probes, port_lab_choose(&lab, port_lab_place(0)).probes);
        port_lab_free(&lab);
    }
    assert_mean(&probes, 257.0 / 21.0);
}

/* MODEL.md D5: 1 / (1 - rho), cut off at N draws. */
static void test_drawing_costs_one_over_the_free_share(void **state)
{
    (void)state;
    static const uint32_t held[] = {0, 256, 512, 768, 921, 1013, 1023};
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++) {
        struct port_lab lab = port_lab_new("rfc6056-alg2", thousand, i);
        hold_random_ports(&lab, held[i]);
        struct sample probes = {0};
        for (int try = 0; try < 5000; try++)
            sample_add(&probes, port_lab_choose(&lab, port_lab_place(0)).probes);
        double rho = held[i] / 1024.0;
        assert_mean(&probes, (1 - pow(rho, 1024)) / (1 - rho));
        port_lab_free(&lab);
    }
}

/* --- failure --------------------------------------------------------------------------
 */

/* MODEL.md A1: (1 - 1/N)^N, about 0.368. */
static void test_drawing_misses_the_only_free_port_in_37_of_100_tries(void **state)
{
    (void)state;
    enum { TRIES = 20000 };
    static const struct port_range ranges[] = {
        {50000, 50001}, {50001, 50064}, {40000, 41023}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct port_lab lab = port_lab_new("rfc6056-alg2", ranges[i], i);
        port_lab_hold_all(&lab, port_lab_place(0), ranges[i].high);
        uint32_t missed = 0, size = port_range_size(ranges[i]);
        for (int try = 0; try < TRIES; try++) {
            struct port_answer answer = port_lab_choose(&lab, port_lab_place(0));
            assert_true(answer.port || answer.probes == size);
            missed += answer.port == 0;
        }
        assert_share(missed, TRIES, pow(1 - 1.0 / size, size));
        port_lab_free(&lab);
    }
}

static void test_with_nothing_free_both_examine_every_candidate(void **state)
{
    (void)state;
    for (int algorithm = 1; algorithm <= 2; algorithm++) {
        struct port_lab lab =
            port_lab_new(algorithm == 1 ? "rfc6056-alg1" : "rfc6056-alg2", thousand, 1);
        port_lab_hold_all(&lab, port_lab_place(0), 0);
        struct port_answer answer = port_lab_choose(&lab, port_lab_place(0));
        assert_int_equal(answer.port, 0);
        assert_int_equal(answer.probes, 1024);
        assert_int_not_equal(port_lab_choose(&lab, port_lab_place(1)).port, 0);
        port_lab_free(&lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_start_is_uniform),
        cmocka_unit_test(test_a_walk_prefers_the_port_behind_a_run),
        cmocka_unit_test(test_draws_take_any_of_the_last_ports),
        cmocka_unit_test(
            test_a_walk_over_a_random_set_costs_as_drawing_without_replacement),
        cmocka_unit_test(test_drawing_costs_one_over_the_free_share),
        cmocka_unit_test(test_drawing_misses_the_only_free_port_in_37_of_100_tries),
        cmocka_unit_test(test_with_nothing_free_both_examine_every_candidate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
