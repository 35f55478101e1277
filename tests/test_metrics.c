/* Metrics against values worked out by hand, and percentiles against sorted data. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/hash.h"
#include "sim/base/metrics.h"
#include "tests/expect_bug.h"

enum {
    TRIES,
    FAILURES,
    IN_USE,
    BUSY,
    DELAY,
    PROBES,
    FIRST,
    LAST,
    SHARE,
    REST,
    BITS,
    ROWS
};

static const struct metric_def rows[ROWS] = {
    [TRIES] = {"tries", "1", "attempts made", METRIC_COUNT, METRIC_SERIES, 0, 0},
    [FAILURES] = {"failures", "probes", "of them failed", METRIC_COUNT, METRIC_QUIET, 0,
                  0},
    [IN_USE] = {"in_use", "ports", "ports held", METRIC_LEVEL,
                METRIC_SERIES | METRIC_MAX_NAME, 0, 0},
    [BUSY] = {"busy", "1", "", METRIC_LEVEL, METRIC_QUIET, 0, 0},
    [DELAY] = {"delay_s", "s", "", METRIC_SAMPLE, METRIC_QUIET, 0, 0},
    [PROBES] = {"probes", "probes", "", METRIC_SAMPLE, 0, 0, 0},
    [FIRST] = {"first_s", "s", "", METRIC_FIRST, METRIC_QUIET, 0, 0},
    [LAST] = {"last_s", "s", "", METRIC_LAST, 0, 0, 0},
    [SHARE] = {"share", "1", "", METRIC_RATIO, METRIC_QUIET, FAILURES, TRIES},
    [REST] = {"rest", "1", "", METRIC_REST, METRIC_QUIET, FAILURES, TRIES},
    [BITS] = {"bits", "bits", "", METRIC_BITS, METRIC_QUIET, FAILURES, TRIES},
};

/* A second instance stands before the one under test, so that its rows begin at ROWS. */
static struct metrics *with_two_instances(void)
{
    struct metrics *m = metrics_new();
    assert_int_equal(metrics_declare(m, "apps.other", rows, ROWS), 0);
    assert_int_equal(metrics_declare(m, "apps.web", rows, ROWS), ROWS);
    return m;
}

static uint32_t find(const struct metrics *m, const char *name)
{
    uint32_t reading = metrics_reading_find(m, name);
    if (reading == UINT32_MAX)
        fail_msg("no reading is called %s", name);
    return reading;
}

static double read_window(const struct metrics *m, const char *name, uint32_t first,
                          uint32_t last)
{
    char path[128];
    snprintf(path, sizeof path, "apps.web.%s", name);
    return metrics_read(m, find(m, path), first, last);
}

static void assert_reads(const struct metrics *m, const char *name, uint32_t first,
                         uint32_t last, double expected)
{
    double value = read_window(m, name, first, last);
    if (value != expected && !(isnan(value) && isnan(expected)))
        fail_msg("%s over [%u, %u) is %.17g, not %.17g", name, first, last, value,
                 expected);
}

/* --- kinds ----------------------------------------------------------------------------
 */

static void test_a_count_is_a_number_and_a_rate(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_count(m, ROWS + TRIES, 3);
    metrics_count(m, ROWS + TRIES, 4);
    metrics_cut(m, 2 * SIM_S);
    assert_reads(m, "tries", 0, 1, 7);
    assert_reads(m, "tries_per_s", 0, 1, 3.5);
    assert_true(metrics_read(m, find(m, "apps.other.tries"), 0, 1) == 0);
    metrics_free(m);
}

/* 0 until 1 s, 4 until 3 s, 1 until 6 s, 5 until 8 s: (4*2 + 1*3 + 5*2) / 8. */
static void test_a_level_is_weighted_by_time(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_shift(m, ROWS + IN_USE, 4, 1 * SIM_S);
    metrics_shift(m, ROWS + IN_USE, -3, 3 * SIM_S);
    metrics_shift(m, ROWS + IN_USE, 4, 6 * SIM_S);
    assert_int_equal(metrics_level(m, ROWS + IN_USE), 5);
    metrics_cut(m, 8 * SIM_S);
    assert_reads(m, "in_use", 0, 1, 21.0 / 8);
    assert_reads(m, "in_use_max", 0, 1, 5);
    metrics_free(m);
}

static void test_a_level_may_be_negative(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_shift(m, ROWS + BUSY, -6, 2);
    metrics_cut(m, 3);
    metrics_cut(m, 4);
    assert_reads(m, "busy", 0, 1, -2);
    assert_reads(m, "busy.max", 0, 1, 0);
    assert_reads(m, "busy.max", 1, 2, -6);
    metrics_free(m);
}

/* Sockets x ns beyond 2^63: 1e8 sockets for 1e13 ns, twice, are 2e21. */
static void test_integrals_are_exact_beyond_64_bits(void **state)
{
    (void)state;
    const int64_t sockets = 100000000;
    const sim_ns long_time = 10000000000000;
    struct metrics *m = with_two_instances();
    metrics_shift(m, ROWS + IN_USE, sockets, 0);
    metrics_shift(m, ROWS + IN_USE, 1, 2 * long_time - 1);
    metrics_cut(m, 2 * long_time);
    assert_reads(m, "in_use", 0, 1, (2e21 + 1) / 2e13);
    metrics_shift(m, ROWS + IN_USE, -sockets - 1, 2 * long_time);
    metrics_cut(m, 3 * long_time);
    assert_reads(m, "in_use", 1, 2, 0);
    assert_reads(m, "in_use", 0, 2, (2e21 + 1) / 3e13);
    metrics_free(m);
}

static void test_a_sample_has_its_exact_mean_and_extremes(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_sample(m, ROWS + DELAY, 20 * SIM_MS);
    metrics_sample(m, ROWS + DELAY, 1020 * SIM_MS + 3);
    metrics_sample(m, ROWS + PROBES, 0);
    metrics_sample(m, ROWS + PROBES, 7);
    metrics_cut(m, SIM_S);
    assert_reads(m, "delay_s", 0, 1, 520000001.5 / 1e9);
    assert_reads(m, "delay_s.min", 0, 1, 0.02);
    assert_reads(m, "delay_s.max", 0, 1, 1020000003 / 1e9);
    assert_reads(m, "probes", 0, 1, 3.5);
    assert_reads(m, "probes.p50", 0, 1, 0); /* nearest rank: the first of two */
    assert_reads(m, "probes.p99", 0, 1, 7);
    metrics_free(m);
}

/* The middles of the buckets of these values lie above and below them. */
static void test_percentiles_stay_between_the_extremes(void **state)
{
    (void)state;
    static const int64_t values[] = {1024, 1055};
    for (int i = 0; i < 2; i++) {
        struct metrics *m = with_two_instances();
        metrics_sample(m, ROWS + PROBES, values[i]);
        metrics_cut(m, SIM_S);
        assert_reads(m, "probes.p1", 0, 1, (double)values[i]);
        assert_reads(m, "probes.p99", 0, 1, (double)values[i]);
        metrics_free(m);
    }
}

static void test_moments_are_the_first_and_the_last(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_cut(m, 1 * SIM_S);
    for (sim_ns now = 1500 * SIM_MS; now < 4 * SIM_S; now += SIM_S) {
        metrics_moment(m, ROWS + FIRST, now);
        metrics_moment(m, ROWS + LAST, now);
    }
    metrics_cut(m, 4 * SIM_S);
    metrics_moment(m, ROWS + FIRST, 4 * SIM_S);
    metrics_moment(m, ROWS + LAST, 4 * SIM_S);
    metrics_cut(m, 5 * SIM_S);
    assert_reads(m, "first_s", 0, 1, NAN);
    assert_reads(m, "last_s", 0, 1, NAN);
    assert_reads(m, "first_s", 0, 3, 1.5);
    assert_reads(m, "last_s", 0, 2, 3.5);
    assert_reads(m, "last_s", 0, 3, 4);
    assert_reads(m, "first_s", 2, 3, 4);
    metrics_free(m);
}

static void test_a_moment_at_zero_is_a_moment(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_moment(m, ROWS + FIRST, 0);
    metrics_cut(m, SIM_S);
    assert_reads(m, "first_s", 0, 1, 0);
    metrics_free(m);
}

static void test_a_ratio_is_of_its_own_instance(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_count(m, FAILURES, 1000); /* of the other instance */
    metrics_count(m, ROWS + TRIES, 8);
    metrics_count(m, ROWS + FAILURES, 2);
    metrics_cut(m, SIM_S);
    assert_reads(m, "share", 0, 1, 0.25);
    metrics_free(m);
}

static void test_what_a_ratio_leaves_and_its_bits(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_count(m, ROWS + TRIES, 8);
    metrics_count(m, ROWS + FAILURES, 1);
    metrics_cut(m, SIM_S);
    assert_reads(m, "rest", 0, 1, 0.875);
    assert_reads(m, "bits", 0, 1, 3);
    metrics_count(m, ROWS + TRIES, 3);
    metrics_count(m, ROWS + FAILURES, 1);
    metrics_cut(m, 2 * SIM_S);
    assert_reads(m, "bits", 1, 2, 1.584963); /* log2 3, to a millionth */
    metrics_count(m, ROWS + TRIES, 5);
    metrics_count(m, ROWS + FAILURES, 5);
    metrics_cut(m, 3 * SIM_S);
    assert_reads(m, "rest", 2, 3, 0);
    assert_reads(m, "bits", 2, 3, 0);
    metrics_count(m, ROWS + TRIES, 5);
    metrics_cut(m, 4 * SIM_S);
    assert_reads(m, "rest", 3, 4, 1);
    assert_reads(m, "bits", 3, 4, NAN); /* more than can be told */
    metrics_free(m);
}

static void test_what_never_came_is_null(void **state)
{
    (void)state;
    static const char *const nulls[] = {"share",       "rest",        "bits",
                                        "delay_s",     "delay_s.p1",  "delay_s.p50",
                                        "delay_s.p99", "delay_s.min", "delay_s.max",
                                        "first_s",     "last_s"};
    struct metrics *m = with_two_instances();
    metrics_count(m, ROWS + FAILURES, 1); /* 1 / 0 is null as well */
    metrics_cut(m, SIM_S);
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
        assert_reads(m, nulls[i], 0, 1, NAN);
    metrics_free(m);
}

static void test_no_time_has_no_average_and_no_rate(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_shift(m, ROWS + IN_USE, 3, 0);
    metrics_count(m, ROWS + TRIES, 5);
    metrics_cut(m, 0);
    for (uint32_t last = 0; last <= 1; last++) {
        assert_reads(m, "in_use", 0, last, NAN);
        assert_reads(m, "tries_per_s", 0, last, NAN);
        assert_reads(m, "tries", 0, last, last ? 5 : 0);
        assert_reads(m, "in_use_max", 0, last, last ? 3 : NAN);
    }
    metrics_free(m);
}

/* --- windows --------------------------------------------------------------------------
 */

/* Cuts at 0, 1 ... 6 s; a level of k and k counts in the k-th second; one sample each. */
static struct metrics *with_six_seconds(void)
{
    struct metrics *m = with_two_instances();
    for (int64_t k = 0; k < 6; k++) {
        metrics_shift(m, ROWS + IN_USE, k ? 1 : 0, k * SIM_S);
        metrics_count(m, ROWS + TRIES, (uint64_t)k);
        metrics_sample(m, ROWS + PROBES, 10 * k);
        metrics_cut(m, (k + 1) * SIM_S);
    }
    return m;
}

static void test_overlapping_windows_are_ranges_of_segments(void **state)
{
    (void)state;
    struct metrics *m = with_six_seconds();
    assert_int_equal(metrics_segments(m), 6);
    assert_reads(m, "tries", 0, 6, 15);
    assert_reads(m, "tries", 1, 4, 6);
    assert_reads(m, "tries_per_s", 2, 6, 3.5);
    assert_reads(m, "in_use", 0, 6, 2.5);
    assert_reads(m, "in_use", 1, 4, 2);
    assert_reads(m, "in_use", 2, 6, 3.5);
    assert_reads(m, "in_use_max", 1, 4, 3);
    assert_reads(m, "probes", 1, 4, 20);
    assert_reads(m, "probes.p50", 1, 4, 20);
    assert_reads(m, "probes.min", 2, 6, 20);
    assert_reads(m, "probes.max", 0, 3, 20);
    assert_reads(m, "probes.p99", 0, 6, 50);
    metrics_free(m);
}

static void test_a_maximum_is_carried_over_a_cut(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_shift(m, ROWS + IN_USE, 9, 0);
    metrics_shift(m, ROWS + IN_USE, -2, 1);
    metrics_cut(m, 5);
    metrics_shift(m, ROWS + IN_USE, -4, 6);
    metrics_cut(m, 7);
    assert_reads(m, "in_use_max", 0, 1, 9);
    assert_reads(m, "in_use_max", 1, 2, 7); /* held when the window began */
    assert_reads(m, "in_use", 1, 2, 5);
    metrics_free(m);
}

/* Cutting anywhere changes no value of the whole. */
static void test_cuts_leave_the_whole_as_it_was(void **state)
{
    (void)state;
    struct metrics *whole = with_two_instances(), *cut = with_two_instances();
    for (uint64_t i = 1; i <= 3000; i++) {
        uint64_t chance = hash_mix(i);
        sim_ns now = (sim_ns)i * 12345;
        struct metrics *both[] = {whole, cut};
        for (int k = 0; k < 2; k++) {
            metrics_shift(both[k], ROWS + IN_USE, (int64_t)(chance % 21) - 10, now);
            metrics_sample(both[k], ROWS + DELAY, (int64_t)(chance >> 30));
            metrics_count(both[k], ROWS + TRIES, chance % 3);
            metrics_count(both[k], ROWS + FAILURES, chance % 2);
        }
        if (chance % 7 == 0)
            metrics_cut(cut, now);
    }
    metrics_cut(whole, 3001 * 12345);
    metrics_cut(cut, 3001 * 12345);
    assert_true(metrics_segments(cut) > 100);
    for (uint32_t r = 0; r < metrics_reading_count(whole); r++) {
        double a = metrics_read(whole, r, 0, 1);
        double b = metrics_read(cut, r, 0, metrics_segments(cut));
        if (a != b && !(isnan(a) && isnan(b)))
            fail_msg("%s: %.17g in one piece, %.17g in many",
                     metrics_reading(whole, r).name, a, b);
    }
    metrics_free(whole);
    metrics_free(cut);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Delays between 1 us and 18 min, log-uniform; the bound is 1/64, that of the buckets. */
static void test_percentiles_are_within_a_64th(void **state)
{
    (void)state;
    enum { COUNT = 50001 };
    static int64_t values[COUNT];
    struct metrics *m = with_two_instances();
    for (uint64_t i = 0; i < COUNT; i++) {
        values[i] = (int64_t)(hash_mix(i) >> (24 + hash_join(3, i) % 30));
        metrics_sample(m, ROWS + DELAY, values[i]);
        if (i % 9999 == 0)
            metrics_cut(m, (sim_ns)i);
    }
    metrics_cut(m, COUNT);
    qsort(values, COUNT, sizeof values[0], by_value);
    static const struct {
        const char *name;
        uint64_t percent;
    } readings[] = {{"delay_s.p1", 1}, {"delay_s.p50", 50}, {"delay_s.p99", 99}};
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        double exact = sim_seconds(values[(readings[i].percent * COUNT + 99) / 100 - 1]);
        double read = read_window(m, readings[i].name, 0, metrics_segments(m));
        if (fabs(read - exact) > exact / 64)
            fail_msg("%s is %g, exactly %g", readings[i].name, read, exact);
    }
    metrics_free(m);
}

/* --- names ----------------------------------------------------------------------------
 */

/* Every reading of one instance, in order. */
static const struct {
    const char *name, *unit;
    bool series, quiet;
} expected[] = {
    {"apps.web.tries", "1", false, false},
    {"apps.web.tries_per_s", "1/s", true, false},
    {"apps.web.failures", "probes", false, true},
    {"apps.web.failures_per_s", "probes/s", false, true},
    {"apps.web.in_use", "ports", true, false},
    {"apps.web.in_use_max", "ports", false, false},
    {"apps.web.busy", "1", false, true},
    {"apps.web.busy.max", "1", false, true},
    {"apps.web.delay_s", "s", false, true},
    {"apps.web.delay_s.p1", "s", false, true},
    {"apps.web.delay_s.p50", "s", false, true},
    {"apps.web.delay_s.p99", "s", false, true},
    {"apps.web.delay_s.min", "s", false, true},
    {"apps.web.delay_s.max", "s", false, true},
    {"apps.web.probes", "probes", false, false},
    {"apps.web.probes.p1", "probes", false, false},
    {"apps.web.probes.p50", "probes", false, false},
    {"apps.web.probes.p99", "probes", false, false},
    {"apps.web.probes.min", "probes", false, false},
    {"apps.web.probes.max", "probes", false, false},
    {"apps.web.first_s", "s", false, true},
    {"apps.web.last_s", "s", false, false},
    {"apps.web.share", "1", false, true},
    {"apps.web.rest", "1", false, true},
    {"apps.web.bits", "bits", false, true},
};
enum { EXPECTED = sizeof expected / sizeof expected[0] };

static void test_readings_are_named_and_ordered_as_declared(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    assert_int_equal(metrics_reading_count(m), 2 * EXPECTED);
    for (uint32_t i = 0; i < EXPECTED; i++) {
        struct metric_reading r = metrics_reading(m, EXPECTED + i);
        assert_string_equal(r.name, expected[i].name);
        assert_string_equal(r.unit, expected[i].unit);
        assert_int_equal(r.series, expected[i].series);
        assert_int_equal(r.quiet, expected[i].quiet);
        assert_string_equal(r.help, rows[r.metric - ROWS].help);
        assert_int_equal(metrics_reading_find(m, r.name), EXPECTED + i);
    }
    metrics_free(m);
}

static void test_a_report_ends_the_quiet(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    metrics_count(m, ROWS + FAILURES, 1);
    metrics_shift(m, ROWS + BUSY, 1, 0);
    metrics_shift(m, ROWS + BUSY, -1, 1);
    metrics_sample(m, ROWS + DELAY, 0);
    metrics_moment(m, ROWS + FIRST, 0);
    for (int cuts = 0; cuts < 3; cuts++) {
        for (uint32_t i = 0; i < EXPECTED; i++)
            assert_false(metrics_reading(m, EXPECTED + i).quiet);
        metrics_cut(m, 2);
    }
    metrics_free(m);
}

static void test_names_are_found_among_many(void **state)
{
    (void)state;
    enum { MANY = 300 };
    struct metrics *m = metrics_new();
    assert_int_equal(metrics_reading_find(m, "none"), UINT32_MAX);
    for (uint32_t i = 0; i < MANY; i++) {
        char prefix[32];
        snprintf(prefix, sizeof prefix, "hosts.h%u", i);
        assert_int_equal(metrics_declare(m, prefix, rows, ROWS), ROWS * i);
    }
    for (uint32_t r = 0; r < metrics_reading_count(m); r++)
        assert_int_equal(metrics_reading_find(m, metrics_reading(m, r).name), r);
    assert_int_equal(metrics_reading_find(m, "hosts.h300.tries"), UINT32_MAX);
    assert_int_equal(metrics_reading_find(m, "hosts.h1.trie"), UINT32_MAX);
    metrics_free(m);
}

/* --- series ---------------------------------------------------------------------------
 */

static void test_the_series_sees_levels_and_totals(void **state)
{
    (void)state;
    struct metrics *m = with_six_seconds();
    metrics_count(m, ROWS + TRIES, 100);
    assert_true(metrics_instant(m, find(m, "apps.web.in_use")) == 5);
    assert_true(metrics_instant(m, find(m, "apps.web.tries_per_s")) == 115);
    metrics_free(m);
}

/* --- misuse ---------------------------------------------------------------------------
 */

static void declare_twice(void *m)
{
    metrics_declare(m, "apps.web", rows, ROWS);
}

static void declare_after_a_cut(void *m)
{
    metrics_cut(m, 10);
    metrics_declare(m, "apps.late", rows, ROWS);
}

static void cut_in_the_past(void *m)
{
    metrics_cut(m, 10);
    metrics_cut(m, 9);
}

static void sample_a_negative_value(void *m)
{
    metrics_sample(m, PROBES, -1);
}

static void read_what_has_not_ended(void *m)
{
    metrics_read(m, 0, 0, 1);
}

static void ask_for_an_instant_without_series(void *m)
{
    metrics_instant(m, metrics_reading_find(m, "apps.web.in_use_max"));
}

static void declare_a_ratio_of_a_level(void *m)
{
    static const struct metric_def bad[] = {
        {"a", "1", "", METRIC_COUNT, 0, 0, 0},
        {"b", "1", "", METRIC_LEVEL, 0, 0, 0},
        {"ratio", "1", "", METRIC_RATIO, 0, 0, 1},
    };
    metrics_declare(m, "bad", bad, 3);
}

static void test_misuse_is_a_bug(void **state)
{
    (void)state;
    struct metrics *m = with_two_instances();
    expect_bug(declare_twice, m);
    expect_bug(declare_after_a_cut, m);
    expect_bug(cut_in_the_past, m);
    expect_bug(sample_a_negative_value, m);
    expect_bug(read_what_has_not_ended, m);
    expect_bug(ask_for_an_instant_without_series, m);
    expect_bug(declare_a_ratio_of_a_level, m);
    metrics_free(m);
    metrics_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_count_is_a_number_and_a_rate),
        cmocka_unit_test(test_a_level_is_weighted_by_time),
        cmocka_unit_test(test_a_level_may_be_negative),
        cmocka_unit_test(test_integrals_are_exact_beyond_64_bits),
        cmocka_unit_test(test_a_sample_has_its_exact_mean_and_extremes),
        cmocka_unit_test(test_percentiles_stay_between_the_extremes),
        cmocka_unit_test(test_moments_are_the_first_and_the_last),
        cmocka_unit_test(test_a_moment_at_zero_is_a_moment),
        cmocka_unit_test(test_a_ratio_is_of_its_own_instance),
        cmocka_unit_test(test_what_a_ratio_leaves_and_its_bits),
        cmocka_unit_test(test_what_never_came_is_null),
        cmocka_unit_test(test_no_time_has_no_average_and_no_rate),
        cmocka_unit_test(test_overlapping_windows_are_ranges_of_segments),
        cmocka_unit_test(test_a_maximum_is_carried_over_a_cut),
        cmocka_unit_test(test_cuts_leave_the_whole_as_it_was),
        cmocka_unit_test(test_percentiles_are_within_a_64th),
        cmocka_unit_test(test_readings_are_named_and_ordered_as_declared),
        cmocka_unit_test(test_a_report_ends_the_quiet),
        cmocka_unit_test(test_names_are_found_among_many),
        cmocka_unit_test(test_the_series_sees_levels_and_totals),
        cmocka_unit_test(test_misuse_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
