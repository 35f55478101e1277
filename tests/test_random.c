/* Streams: the known answer of Random123, independence of neighbours, uniformity. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "sim/engine/random.h"
#include "tests/expect_bug.h"

static struct random_stream some_stream(void)
{
    return random_stream_make(1, 1, "tests", "random");
}

/* --- the generator --------------------------------------------------------------------
 */

/* kat_vectors of Random123 1.14: philox4x32 10, counter and key all zero. */
static void test_a_zero_key_gives_the_known_answer(void **state)
{
    (void)state;
    struct random_stream s = {.used = 4};
    assert_int_equal(random_u32(&s), 0x6627e8d5);
    assert_int_equal(random_u32(&s), 0xe169c58d);
    assert_int_equal(random_u32(&s), 0xbc57ac4c);
    assert_int_equal(random_u32(&s), 0x9b00dbd8);
}

/* Golden: with another key every result of every scenario changes. */
static void test_a_stream_keeps_its_numbers(void **state)
{
    (void)state;
    struct random_stream s = random_stream_make(1, 2, "apps.shares", "arrivals");
    static const uint32_t golden[] = {0x5bebe3d7, 0xd3457f43, 0xb4c20f2e, 0xfdb6a787,
                                      0x7656e0d9};
    for (size_t i = 0; i < sizeof golden / sizeof golden[0]; i++)
        assert_int_equal(random_u32(&s), golden[i]);
}

static void test_a_copy_is_a_fork(void **state)
{
    (void)state;
    struct random_stream s = some_stream();
    random_u32(&s);
    struct random_stream fork = s;
    for (int i = 0; i < 10; i++)
        assert_int_equal(random_u32(&s), random_u32(&fork));
}

/* Goldens depend on it, like on the streams themselves. */
static void test_a_part_of_a_stream_does_not_depend_on_what_was_drawn(void **state)
{
    (void)state;
    struct random_stream s = random_stream_make(1, 2, "apps.shares", "arrivals");
    struct random_stream whole = s, first = random_stream_part(&s, 0);
    for (int i = 0; i < 9; i++)
        assert_int_equal(random_u32(&first), random_u32(&whole));
    struct random_stream before = random_stream_part(&s, 7), other, after;
    for (int i = 0; i < 5; i++)
        random_u32(&s);
    after = random_stream_part(&s, 7);
    other = random_stream_part(&s, 8);
    unsigned alike = 0;
    for (int i = 0; i < 100; i++) {
        uint32_t draw = random_u32(&before);
        assert_int_equal(draw, random_u32(&after));
        alike += draw == random_u32(&other);
    }
    assert_int_equal(alike, 0);
}

static void test_each_part_of_the_name_makes_another_stream(void **state)
{
    (void)state;
    struct random_stream streams[] = {
        random_stream_make(1, 1, "a", "b"),
        random_stream_make(2, 1, "a", "b"),
        random_stream_make(1 + (UINT64_C(1) << 32), 1, "a", "b"),
        random_stream_make(1, 2, "a", "b"),
        random_stream_make(1, 1, "b", "a"),
        random_stream_make(1, 1, "a", ""),
        random_stream_make(1, 1, "", "b"),
        random_stream_make(1, 1, "ab", ""),
        random_stream_make(1, 1, "", "ab"),
        random_stream_make(0, 0, "", ""),
    };
    const size_t count = sizeof streams / sizeof streams[0];
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(streams[i].key[0] != streams[k].key[0] ||
                        streams[i].key[1] != streams[k].key[1]);
}

/* --- neighbours -----------------------------------------------------------------------
 */

#define NEIGHBOURS 20000

static struct random_stream by_seed(uint32_t i)
{
    return random_stream_make(i, 1, "apps.a", "arrivals");
}

static struct random_stream by_replication(uint32_t i)
{
    return random_stream_make(1, i, "apps.a", "arrivals");
}

static struct random_stream by_component(uint32_t i)
{
    char component[32];
    snprintf(component, sizeof component, "hosts.clients[%u]", i);
    return random_stream_make(1, 1, component, "ports");
}

static struct random_stream by_purpose(uint32_t i)
{
    char purpose[32];
    snprintf(purpose, sizeof purpose, "arrivals%u", i);
    return random_stream_make(1, 1, "apps.a", purpose);
}

/* Correlation of the draw number `lag` of neighbouring streams, in standard deviations.
 * RELIABILITY: seven of GSL's generators reach |z| of 6 to 33 here. */
static double neighbour_z(struct random_stream (*stream)(uint32_t i), int lag)
{
    double sum = 0, last = 0;
    for (uint32_t i = 0; i <= NEIGHBOURS; i++) {
        struct random_stream s = stream(i);
        double centred = random_unit(&s) - 0.5;
        for (int k = 0; k < lag; k++)
            centred = random_unit(&s) - 0.5;
        sum += centred * last;
        last = centred;
    }
    return sum * 12 / sqrt(NEIGHBOURS); /* the variance of a unit draw is 1/12 */
}

static void test_neighbouring_streams_are_independent(void **state)
{
    (void)state;
    struct random_stream (*const families[])(uint32_t) = {by_seed, by_replication,
                                                          by_component, by_purpose};
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
        for (int lag = 0; lag < 3; lag++) {
            double z = neighbour_z(families[f], lag);
            if (fabs(z) >= 4)
                fail_msg("family %zu, draw %d: z = %.2f", f, lag, z);
        }
}

/* --- uniformity -----------------------------------------------------------------------
 */

/* Fails when the counts of equally likely bins are too uneven, or too even. */
static void assert_even(const uint32_t *counts, uint32_t bins, double total)
{
    double expected = total / bins, chi_square = 0;
    for (uint32_t i = 0; i < bins; i++)
        chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
    double low = gsl_cdf_chisq_Pinv(1e-4, bins - 1);
    double high = gsl_cdf_chisq_Qinv(1e-4, bins - 1);
    if (chi_square < low || chi_square > high)
        fail_msg("chi-square of %u bins is %.2f, not in %.2f .. %.2f", bins, chi_square,
                 low, high);
}

static void test_units_are_uniform_in_the_open_interval(void **state)
{
    (void)state;
    enum { BINS = 1000, DRAWS = 2000000 };
    static uint32_t counts[BINS];
    struct random_stream s = some_stream();
    for (int i = 0; i < DRAWS; i++) {
        double u = random_unit(&s);
        assert_true(u > 0 && u < 1);
        counts[(uint32_t)(u * BINS)]++;
    }
    assert_even(counts, BINS, DRAWS);
}

/* The largest and smallest values a unit can have, from blocks of ones and zeros. */
static void test_units_reach_neither_end(void **state)
{
    (void)state;
    struct random_stream ones = {.block = {UINT32_MAX, UINT32_MAX}};
    assert_true(random_unit(&ones) == 1 - 0x1p-53);
    struct random_stream zeros = {.used = 0};
    assert_true(random_unit(&zeros) == 0x1p-53);
}

static void test_below_is_uniform(void **state)
{
    (void)state;
    enum { MOST = 28232, DRAWS = 400000 };
    static const uint32_t sizes[] = {2, 3, 6, 10, 1000, MOST};
    struct random_stream s = some_stream();
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        static uint32_t counts[MOST];
        for (uint32_t i = 0; i < sizes[k]; i++)
            counts[i] = 0;
        for (int i = 0; i < DRAWS; i++) {
            uint32_t drawn = random_below(&s, sizes[k]);
            assert_true(drawn < sizes[k]);
            counts[drawn]++;
        }
        assert_even(counts, sizes[k], DRAWS);
    }
}

/* Below 3/4 of 2^32, a draw that was only scaled would come up twice as often in each
 * third value: bins by the value modulo 3 tell. */
static void test_below_has_no_bias_where_scaling_has(void **state)
{
    (void)state;
    enum { DRAWS = 100000 };
    const uint32_t n = 3u << 30;
    uint32_t counts[3] = {0};
    struct random_stream s = some_stream();
    for (int i = 0; i < DRAWS; i++) {
        uint32_t drawn = random_below(&s, n);
        assert_true(drawn < n);
        counts[drawn % 3]++;
    }
    assert_even(counts, 3, DRAWS);
}

static void test_below_one_is_zero(void **state)
{
    (void)state;
    struct random_stream s = some_stream();
    for (int i = 0; i < 100; i++)
        assert_int_equal(random_below(&s, 1), 0);
}

static void draw_below_zero(void *s)
{
    random_below(s, 0);
}

static void test_below_nothing_is_a_bug(void **state)
{
    (void)state;
    struct random_stream s = some_stream();
    expect_bug(draw_below_zero, &s);
}

/* --- GSL ------------------------------------------------------------------------------
 */

static void test_gsl_draws_the_same_numbers(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(random_gsl_type);
    gsl_rng_set(rng, 77);
    struct random_stream s = random_stream_make(77, 0, "", "");
    struct random_stream again = s;
    gsl_rng wrapped = {random_gsl_type, &again};
    for (int i = 0; i < 100; i++) {
        uint32_t drawn = random_u32(&s);
        assert_int_equal(gsl_rng_get(rng), drawn);
        assert_int_equal(gsl_rng_get(&wrapped), drawn);
        double unit = random_unit(&s);
        assert_true(gsl_rng_uniform(rng) == unit);
        assert_true(gsl_rng_uniform(&wrapped) == unit);
    }
    gsl_rng_free(rng);
}

static void test_gsl_keeps_all_bits_of_a_seed(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(random_gsl_type);
    gsl_rng_set(rng, 5);
    unsigned long low = gsl_rng_get(rng);
    gsl_rng_set(rng, 5 + (1ul << 32));
    assert_int_not_equal(gsl_rng_get(rng), low);
    gsl_rng_set(rng, 5);
    assert_int_equal(gsl_rng_get(rng), low);
    gsl_rng_free(rng);
}

/* The standard error of the mean of n normal variates is 1 / sqrt(n). */
static void test_gsl_variates_come_out_right(void **state)
{
    (void)state;
    enum { DRAWS = 100000 };
    gsl_rng *rng = gsl_rng_alloc(random_gsl_type);
    double sum = 0;
    for (int i = 0; i < DRAWS; i++)
        sum += gsl_ran_gaussian(rng, 1);
    assert_true(fabs(sum / sqrt(DRAWS)) < 4);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_zero_key_gives_the_known_answer),
        cmocka_unit_test(test_a_stream_keeps_its_numbers),
        cmocka_unit_test(test_a_copy_is_a_fork),
        cmocka_unit_test(test_a_part_of_a_stream_does_not_depend_on_what_was_drawn),
        cmocka_unit_test(test_each_part_of_the_name_makes_another_stream),
        cmocka_unit_test(test_neighbouring_streams_are_independent),
        cmocka_unit_test(test_units_are_uniform_in_the_open_interval),
        cmocka_unit_test(test_units_reach_neither_end),
        cmocka_unit_test(test_below_is_uniform),
        cmocka_unit_test(test_below_has_no_bias_where_scaling_has),
        cmocka_unit_test(test_below_one_is_zero),
        cmocka_unit_test(test_below_nothing_is_a_bug),
        cmocka_unit_test(test_gsl_draws_the_same_numbers),
        cmocka_unit_test(test_gsl_keeps_all_bits_of_a_seed),
        cmocka_unit_test(test_gsl_variates_come_out_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
