/* The statistics of studies against published tables, sums that can be checked by hand,
 * and what must hold for any input.  How often the intervals hold what they claim is
 * measured in test_coverage.c. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/engine/random.h"
#include "sim/study/estimate.h"
#include "tests/expect_bug.h"

static void expect_near(const char *what, double value, double expected, double distance)
{
    if (!(fabs(value - expected) <= distance))
        fail_msg("%s is %.15g, expected %.15g", what, value, expected);
}

/* --- Student's t ----------------------------------------------------------------- */

/* NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, three decimals. */
static void test_t_is_that_of_the_published_table(void **state)
{
    (void)state;
    static const struct {
        double confidence;
        uint32_t degrees;
        double t;
    } table[] = {
        {0.90, 1, 6.314},  {0.90, 10, 1.812}, {0.90, 100, 1.660}, {0.95, 1, 12.706},
        {0.95, 2, 4.303},  {0.95, 9, 2.262},  {0.95, 19, 2.093},  {0.95, 29, 2.045},
        {0.95, 99, 1.984}, {0.99, 1, 63.657}, {0.99, 9, 3.250},   {0.99, 29, 2.756},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        expect_near("t", estimate_t(table[i].confidence, table[i].degrees), table[i].t,
                    0.0005);
}

/* GSL's quantile starts from an approximation and improves it: does it arrive everywhere?
 */
static void test_t_inverts_its_distribution_for_any_degrees(void **state)
{
    (void)state;
    static const double confidences[] = {0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.999999};
    for (size_t i = 0; i < sizeof confidences / sizeof confidences[0]; i++)
        for (uint32_t degrees = 1; degrees < 1000000; degrees += 1 + degrees / 7) {
            double t = estimate_t(confidences[i], degrees);
            double tail = gsl_cdf_tdist_Q(t, degrees), wanted = (1 - confidences[i]) / 2;
            if (!(fabs(tail - wanted) <= 1e-8 * wanted))
                fail_msg("%g, %u degrees: t %.10g leaves %.10g", confidences[i], degrees,
                         t, tail);
        }
}

static void nothing_at_all(void *context)
{
    (void)context;
    estimate_t(1, 9);
}

static void test_a_confidence_of_one_is_refused(void **state)
{
    (void)state;
    expect_bug(nothing_at_all, NULL);
}

/* --- means ----------------------------------------------------------------------- */

/* Mean 3, variance 10/4, t(4) = 2.7764. */
static void test_a_mean_by_hand(void **state)
{
    (void)state;
    const double values[] = {1, 2, 3, 4, 5};
    struct estimate e = estimate_mean(values, 5, 0.95);
    expect_near("mean", e.value, 3, 1e-15);
    expect_near("variance", e.variance, 2.5, 1e-15);
    expect_near("half-width", e.half_width, 2.7764451 * sqrt(2.5 / 5), 1e-7);
    assert_int_equal(e.n, 5);
    assert_int_equal(e.missing, 0);
}

static void test_a_missing_value_is_left_out_and_counted(void **state)
{
    (void)state;
    const double values[] = {NAN, 1, 2, NAN, 3, 4, 5, NAN}, all[] = {1, 2, 3, 4, 5};
    struct estimate e = estimate_mean(values, 8, 0.95),
                    without = estimate_mean(all, 5, 0.95);
    assert_true(e.value == without.value && e.half_width == without.half_width);
    assert_int_equal(e.n, 5);
    assert_int_equal(e.missing, 3);
}

static void test_one_run_has_a_value_and_no_interval(void **state)
{
    (void)state;
    const double one[] = {NAN, 7};
    struct estimate e = estimate_mean(one, 2, 0.95);
    assert_true(e.value == 7 && isnan(e.half_width) && isnan(e.variance));
    e = estimate_mean(one, 1, 0.95);
    assert_true(isnan(e.value) && isnan(e.half_width) && e.n == 0 && e.missing == 1);
    e = estimate_mean(NULL, 0, 0.95);
    assert_true(isnan(e.value) && e.n == 0 && e.missing == 0);
}

/* 0.1 summed thirty times and divided by 30 is not 0.1. */
static void test_equal_values_have_no_variance_to_the_last_bit(void **state)
{
    (void)state;
    double values[30];
    for (int i = 0; i < 30; i++)
        values[i] = 0.1;
    struct estimate e = estimate_mean(values, 30, 0.95);
    assert_true(e.value == 0.1 && e.half_width == 0 && e.variance == 0);
}

static void shuffle(double *values, uint32_t count, struct random_stream *s)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t k = random_below(s, i);
        double kept = values[k];
        values[k] = values[i - 1];
        values[i - 1] = kept;
    }
}

static void test_the_order_of_the_runs_does_not_matter(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    struct random_stream s = random_stream_make(1, 1, "test", "order");
    double values[COUNT];
    for (int i = 0; i < COUNT; i++)
        values[i] = i % 10 == 3 ? NAN : 1 / random_unit(&s);
    struct estimate first = estimate_mean(values, COUNT, 0.9);
    for (int k = 0; k < 20; k++) {
        shuffle(values, COUNT, &s);
        struct estimate e = estimate_mean(values, COUNT, 0.9);
        expect_near("mean", e.value, first.value, 1e-12 * first.value);
        expect_near("half-width", e.half_width, first.half_width,
                    1e-12 * first.half_width);
        assert_int_equal(e.missing, 10);
    }
}

/* A large mean does not eat the variance, as the sum of squares minus a square would. */
static void test_a_small_variance_beside_a_large_mean_is_kept(void **state)
{
    (void)state;
    const double values[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
    expect_near("variance", estimate_mean(values, 4, 0.95).variance, 30, 1e-9);
}

/* --- how many more --------------------------------------------------------------- */

static void test_more_runs_are_just_as_many_as_needed(void **state)
{
    (void)state;
    const double values[] = {1, 2, 3, 4, 5};
    struct estimate e = estimate_mean(values, 5, 0.95);
    for (double wanted = 1.9; wanted > 0.003; wanted *= 0.7) {
        uint32_t n = estimate_more(&e, wanted, 0.95);
        assert_true(n > 5);
        assert_true(estimate_t(0.95, n - 1) * sqrt(2.5 / n) <= wanted);
        assert_true(estimate_t(0.95, n - 2) * sqrt(2.5 / (n - 1)) > wanted);
    }
    assert_int_equal(estimate_more(&e, 2, 0.95), 5); /* it is 1.96 already */
}

static void test_more_runs_of_what_is_unknown_impossible_or_constant(void **state)
{
    (void)state;
    const double values[] = {1, 2, 3, 4, 5}, same[] = {2, 2};
    struct estimate one = estimate_mean(values, 1, 0.95);
    struct estimate five = estimate_mean(values, 5, 0.95);
    struct estimate constant = estimate_mean(same, 2, 0.95);
    assert_int_equal(estimate_more(&one, 1, 0.95), 0);
    assert_int_equal(estimate_more(&five, 0, 0.95), UINT32_MAX);
    assert_int_equal(estimate_more(&five, 1e-9, 0.95), UINT32_MAX);
    assert_int_equal(estimate_more(&constant, 0, 0.95), 2);
}

/* --- quantiles ------------------------------------------------------------------- */

static struct metric_samples samples_of(const int64_t *values, size_t count)
{
    struct metric_samples s = {.min = INT64_MAX, .max = INT64_MIN};
    for (size_t i = 0; i < count; i++) {
        s.buckets = histogram_add(s.buckets, values[i]);
        s.min = values[i] < s.min ? values[i] : s.min;
        s.max = values[i] > s.max ? values[i] : s.max;
    }
    s.count = count;
    return s;
}

enum { RUNS = 12, SAMPLES = 200 };

/* Runs of different size, some empty, of values between 1 and about 60,000. */
static void make_runs(struct metric_samples *runs, const struct metric_samples **list)
{
    struct random_stream s = random_stream_make(2, 1, "test", "samples");
    for (int r = 0; r < RUNS; r++) {
        int64_t values[SAMPLES];
        uint32_t count = r % 5 == 4 ? 0 : 20 + random_below(&s, SAMPLES - 20);
        for (uint32_t i = 0; i < count; i++)
            values[i] = 1 + (int64_t)(1000 * -log(random_unit(&s)));
        runs[r] = samples_of(values, count);
        runs[r].in_ns = r % 5 != 4;
        list[r] = &runs[r];
    }
}

static void free_runs(struct metric_samples *runs)
{
    for (int r = 0; r < RUNS; r++)
        free(runs[r].buckets);
}

static void test_a_quantile_is_that_of_all_samples_joined(void **state)
{
    (void)state;
    struct metric_samples runs[RUNS], joined = {0};
    const struct metric_samples *list[RUNS];
    make_runs(runs, list);
    for (int r = 0; r < RUNS; r++)
        metric_samples_merge(&joined, &runs[r]);
    static const unsigned percents[] = {1, 50, 99};
    for (int i = 0; i < 3; i++) {
        struct estimate e = estimate_quantile(list, RUNS, percents[i], 0.95);
        assert_true(e.value == metric_samples_quantile(&joined, percents[i]));
        assert_true(e.half_width > 0 && e.half_width < e.value);
        assert_int_equal(e.n, 10);
        assert_int_equal(e.missing, 2);
    }
    free(joined.buckets);
    free_runs(runs);
}

/* The same from the definition: join all but one, interpolate, take the spread. */
static double interpolated(const struct metric_samples *s,
                           const struct metric_samples *all, unsigned percent)
{
    double rank = fmax(1, percent / 100.0 * (double)s->count);
    for (uint32_t i = 0;; i++) {
        double count = (double)s->buckets->counts[i];
        uint32_t bucket = s->buckets->first + i;
        if (rank > count) {
            rank -= count;
            continue;
        }
        double low = fmax((double)histogram_low(bucket), (double)all->min);
        double high = fmin((double)(histogram_low(bucket + 1) - 1), (double)all->max);
        return (low + (high - low) * (rank - 0.5) / count) / 1e9;
    }
}

static void test_the_jackknife_leaves_out_one_run_after_the_other(void **state)
{
    (void)state;
    struct metric_samples runs[RUNS], all = {0};
    const struct metric_samples *list[RUNS];
    make_runs(runs, list);
    for (int r = 0; r < RUNS; r++)
        metric_samples_merge(&all, &runs[r]);
    double without[RUNS];
    int n = 0;
    for (int r = 0; r < RUNS; r++) {
        if (!runs[r].count)
            continue;
        struct metric_samples rest = {0};
        for (int k = 0; k < RUNS; k++)
            if (k != r)
                metric_samples_merge(&rest, &runs[k]);
        without[n++] = interpolated(&rest, &all, 50);
        free(rest.buckets);
    }
    double mean = 0, squares = 0;
    for (int i = 0; i < n; i++)
        mean += without[i] / n;
    for (int i = 0; i < n; i++)
        squares += (without[i] - mean) * (without[i] - mean);
    struct estimate e = estimate_quantile(list, RUNS, 50, 0.95);
    expect_near("variance / n", e.variance / n, (n - 1.0) / n * squares,
                1e-9 * e.variance / n);
    double spread = estimate_t(0.95, (uint32_t)n - 1) * sqrt(e.variance / n);
    double bucket = e.value * 2 / HISTOGRAM_OCTAVE; /* at most 1/32 of its values */
    assert_true(e.half_width >= spread && e.half_width <= spread + bucket / 2);
    free(all.buckets);
    free_runs(runs);
}

static void test_a_quantile_of_equal_samples_is_exact(void **state)
{
    (void)state;
    const int64_t values[] = {20000000, 20000000, 20000000};
    struct metric_samples a = samples_of(values, 3), b = samples_of(values, 2);
    const struct metric_samples *list[] = {&a, &b};
    a.in_ns = b.in_ns = true;
    struct estimate e = estimate_quantile(list, 2, 99, 0.95);
    assert_true(e.value == 0.02 && e.half_width == 0);
    free(a.buckets);
    free(b.buckets);
}

static void test_a_quantile_of_one_run_or_none(void **state)
{
    (void)state;
    const int64_t values[] = {3, 5, 9};
    struct metric_samples one = samples_of(values, 3), none = {0};
    const struct metric_samples *list[] = {&none, &one, &none};
    struct estimate e = estimate_quantile(list, 3, 50, 0.95);
    assert_true(e.value == 5 && isnan(e.half_width) && e.n == 1 && e.missing == 2);
    e = estimate_quantile(list, 1, 50, 0.95);
    assert_true(isnan(e.value) && isnan(e.half_width) && e.n == 0 && e.missing == 1);
    free(one.buckets);
}

/* --- A against B ----------------------------------------------------------------- */

/* Differences 1, 2, 1, 2, 1: mean 1.4, variance 0.3; t = 1.4 / sqrt(0.06) = 5.715, for
 * which t(4) leaves 0.00464 on both sides together.  Variances 250.3 and 250. */
static void test_paired_differences_by_hand(void **state)
{
    (void)state;
    const double a[] = {11, 22, 31, 42, 51}, b[] = {10, 20, 30, 40, 50};
    struct paired p = estimate_paired(a, b, 5, 0.95);
    expect_near("difference", p.difference.value, 1.4, 1e-15);
    expect_near("half-width", p.difference.half_width, 2.7764451 * sqrt(0.06), 1e-7);
    expect_near("variance ratio", p.variance_ratio, (250.3 + 250) / 0.3, 1e-9);
    expect_near("p", p.p_value, 0.00464, 5e-6);
    assert_int_equal(p.n, 5);
}

static void test_a_pair_with_one_value_missing_is_no_pair(void **state)
{
    (void)state;
    const double a[] = {11, NAN, 22, 31, 42, 51, NAN}, b[] = {10, 5, 20, 30, 40, 50, NAN};
    struct paired p = estimate_paired(a, b, 7, 0.95);
    expect_near("difference", p.difference.value, 1.4, 1e-15);
    expect_near("variance ratio", p.variance_ratio, (250.3 + 250) / 0.3, 1e-9);
    assert_int_equal(p.n, 5);
    assert_int_equal(p.difference.missing, 2);
}

static void test_pairs_that_do_not_vary(void **state)
{
    (void)state;
    const double a[] = {3, 4, 5}, b[] = {1, 2, 3}, c[] = {2, 2, 2};
    struct paired shifted = estimate_paired(a, b, 3, 0.95);
    assert_true(shifted.difference.value == 2 && shifted.difference.half_width == 0);
    assert_true(isinf(shifted.variance_ratio) && shifted.p_value == 0);
    struct paired same = estimate_paired(c, c, 3, 0.95);
    assert_true(same.difference.value == 0 && isnan(same.variance_ratio));
    assert_true(same.p_value == 1);
    struct paired one = estimate_paired(a, b, 1, 0.95);
    assert_true(one.n == 1 && isnan(one.p_value) && isnan(one.difference.half_width));
}

/* --- several comparisons --------------------------------------------------------- */

/* In rising order 0.005 x 4, 0.01 x 3, 0.03 x 2, 0.04 x 1, none less than the one before.
 */
static void test_holm_by_hand(void **state)
{
    (void)state;
    double p[] = {0.01, NAN, 0.04, 0.03, 0.005};
    const double expected[] = {0.03, NAN, 0.06, 0.06, 0.02};
    estimate_holm(p, 5);
    for (int i = 0; i < 5; i++)
        if (i == 1)
            assert_true(isnan(p[i]));
        else
            expect_near("adjusted p", p[i], expected[i], 1e-15);
}

static void test_holm_of_one_changes_nothing_and_of_many_stays_a_probability(void **state)
{
    (void)state;
    double one[] = {0.2}, many[] = {0.9, 0.5, 0.7, 1};
    estimate_holm(one, 1);
    assert_true(one[0] == 0.2);
    estimate_holm(many, 4);
    for (int i = 0; i < 4; i++)
        assert_true(many[i] == 1);
    estimate_holm(NULL, 0);
}

/* --- shares ---------------------------------------------------------------------- */

/* W. J. Conover, Practical Nonparametric Statistics, 3rd ed. 1999, table A4: 5 of 25. The
 * manual of R's GenBinomApps, clopper.pearson.ci: 5 of 100,000 at 90 %. */
static void test_shares_are_those_of_published_tables(void **state)
{
    (void)state;
    struct interval s = estimate_share(5, 25, 0.95);
    expect_near("low", s.low, 0.068, 0.0005);
    expect_near("high", s.high, 0.407, 0.0005);
    s = estimate_share(5, 100000, 0.9);
    expect_near("low", s.low, 1.97017e-05, 0.5e-10);
    expect_near("high", s.high, 0.0001051275, 0.5e-10);
}

/* (1 - p)^n = 2.5 %; of a million runs it is nearly 3.69 / n. */
static void test_no_failure_at_all_bounds_the_share_from_above(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 1000000; n *= 10) {
        struct interval s = estimate_share(0, n, 0.95);
        double bound = -expm1(log(0.025) / n);
        assert_true(s.low == 0);
        expect_near("high", s.high, bound, 1e-9 * bound + 1e-12);
    }
}

/* P(X >= k) of a binomial distribution, added term by term. */
static double at_least(uint32_t k, uint32_t n, double p)
{
    long double sum = 0;
    for (uint32_t i = k; i <= n; i++)
        sum += expl(lgammal(n + 1.0L) - lgammal(i + 1.0L) - lgammal(n - i + 1.0L) +
                    i * logl(p) + (n - i) * log1pl(-(long double)p));
    return (double)sum;
}

/* The definition: at either end what was seen, or more extreme, has the tail's chance.
 * 4 of 366 is where GSL's own inverse is wrong. */
static void test_shares_leave_exactly_the_tails(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 10, 366, 1000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (uint32_t k = 0, n = sizes[i]; k <= n; k += 1 + k / 3) {
            struct interval s = estimate_share(k, n, 0.95);
            if (k > 0)
                expect_near("upper tail", at_least(k, n, s.low), 0.025, 1e-8);
            if (k < n)
                expect_near("lower tail", 1 - at_least(k + 1, n, s.high), 0.025, 1e-8);
        }
}

static void test_shares_are_the_same_seen_from_the_other_side(void **state)
{
    (void)state;
    for (uint32_t k = 0; k <= 366; k++) {
        struct interval s = estimate_share(k, 366, 0.99);
        struct interval rest = estimate_share(366 - k, 366, 0.99);
        expect_near("end", s.low, 1 - rest.high, 1e-10);
    }
    struct interval nothing = estimate_share(0, 0, 0.95);
    assert_true(nothing.low == 0 && nothing.high == 1);
}

/* --- one long run ---------------------------------------------------------------- */

/* Groups of five with mean 0, but for the first `high` values. */
static void steady_after(double *series, size_t count, size_t high, double by)
{
    static const double steady[] = {1, -2, 0, 3, -2, -1, 2, 1, -3, 1};
    for (size_t i = 0; i < count; i++)
        series[i] = steady[i % 10] + (i < high ? by : 0);
}

static void test_mser5_cuts_a_transient_where_it_ends(void **state)
{
    (void)state;
    double series[500];
    static const size_t ends[] = {0, 5, 100, 235};
    for (int i = 0; i < 4; i++) {
        steady_after(series, 500, ends[i], 4);
        assert_int_equal(mser5(series, 500), ends[i]);
    }
}

static void test_mser5_cuts_whole_groups(void **state)
{
    (void)state;
    double series[500];
    steady_after(series, 500, 101, 100);
    assert_int_equal(mser5(series, 500), 105);
}

/* A queue that never settles: half of the run and more is cut, which a caller must see.
 */
static void test_mser5_of_a_trend_cuts_beyond_half(void **state)
{
    (void)state;
    double series[1000];
    for (int i = 0; i < 1000; i++)
        series[i] = i;
    assert_true(mser5(series, 1000) > 500);
}

static void test_mser5_leaves_out_what_is_missing_and_refuses_too_little(void **state)
{
    (void)state;
    double series[500];
    steady_after(series, 500, 100, 4);
    for (size_t i = 10; i < 500; i += 50)
        for (size_t k = i; k < i + 10; k++)
            series[k] = NAN;
    assert_int_equal(mser5(series, 500), 100);
    steady_after(series, 500, 20, 4);
    assert_int_equal(mser5(series, MSER5_LEAST - 1), 0);
    assert_int_equal(mser5(series, MSER5_LEAST), 20);
}

static void test_batches_by_hand(void **state)
{
    (void)state;
    const double series[] = {99, 1, 3, 2, 4, 3, 5, 4, 6}; /* 99 does not fit */
    struct batch_means b = batch_means(series, 9, 4, 0.95);
    struct estimate e = estimate_mean((const double[]){2, 3, 4, 5}, 4, 0.95);
    assert_true(b.mean.value == e.value && b.mean.half_width == e.half_width);
    /* Distances -1.5 -0.5 0.5 1.5: (0.75 - 0.25 + 0.75) / 5. */
    expect_near("lag 1", b.lag1, 0.25, 1e-15);
    assert_true(!b.correlated);
}

/* x' = 0.9 x + noise: batches of 5 hang together, of 500 do not. */
static void test_batches_that_are_too_short_are_seen(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    double *series = memory_new(COUNT, sizeof *series);
    struct random_stream s = random_stream_make(3, 1, "test", "ar1");
    double x = 0;
    for (int i = 0; i < COUNT; i++)
        series[i] = x = 0.9 * x + random_unit(&s) - 0.5;
    struct batch_means small = batch_means(series, COUNT, COUNT / 5, 0.95);
    struct batch_means large = batch_means(series, COUNT, 40, 0.95);
    assert_true(small.correlated && small.lag1 > 0.5);
    assert_true(!large.correlated);
    /* Of the mean of n: var(noise) / (1 - 0.9)^2 / n. */
    double deviation = sqrt(1 / 12.0 / 0.01 / COUNT);
    assert_true(large.mean.half_width > 1.2 * deviation);
    assert_true(small.mean.half_width < 1.2 * deviation);
    assert_true(fabs(large.mean.value) < 3 * deviation);
    free(series);
}

/* --- when to stop ---------------------------------------------------------------- */

static const struct precision_rule two_percent = {
    .relative = 0.02, .confidence = 0.95, .least = 10, .most = 100};

static void expect_state(uint32_t n, uint32_t missing, double value, double half_width,
                         enum precision expected)
{
    struct estimate e = {
        .value = value, .half_width = half_width, .n = n, .missing = missing};
    e.variance = n * half_width * half_width / 4; /* about */
    if (precision_state(&two_percent, &e) != expected)
        fail_msg("%u runs, %u without: %g +- %g is judged %d", n, missing, value,
                 half_width, precision_state(&two_percent, &e));
}

static void test_precision_is_asked_of_enough_runs_only(void **state)
{
    (void)state;
    expect_state(9, 0, 100, 0.1, PRECISION_GO_ON);
    expect_state(10, 0, 100, 0.1, PRECISION_REACHED);
    expect_state(7, 3, -100, 0.1, PRECISION_REACHED);
}

/* 2 % of the true mean is 1.96 % of what was found. */
static void test_precision_is_of_the_true_mean(void **state)
{
    (void)state;
    expect_state(20, 0, 100, 1.97, PRECISION_GO_ON);
    expect_state(20, 0, 100, 1.96, PRECISION_REACHED);
}

static void test_precision_ends_at_the_cap(void **state)
{
    (void)state;
    expect_state(99, 0, 100, 50, PRECISION_GO_ON);
    expect_state(100, 0, 100, 50, PRECISION_CAP);
    expect_state(100, 0, 100, 1, PRECISION_REACHED);
}

static void test_what_never_varies_is_precise_and_what_is_missing_is_not(void **state)
{
    (void)state;
    expect_state(10, 0, 0, 0, PRECISION_REACHED);
    expect_state(0, 99, NAN, NAN, PRECISION_GO_ON);
    expect_state(1, 99, 5, NAN, PRECISION_CAP);
}

/* --- shares that were never seen -------------------------------------------------- */

static void test_what_was_never_seen_is_as_open_as_its_events_leave_it(void **state)
{
    (void)state;
    static const double nothing[5] = {0}, something[5] = {0, 0, 0.1, 0, 0};
    struct estimate e = estimate_mean(nothing, 5, 0.95);
    estimate_never(&e, 366, 0.95);
    expect_near("366 events", e.half_width, estimate_share(0, 366, 0.95).high, 1e-9);
    expect_near("the share", e.value, 0, 0);
    assert_true(precision_state(&(struct precision_rule){0.02, 0.95, 5, 10}, &e) ==
                PRECISION_REACHED);
    struct estimate seen = estimate_mean(something, 5, 0.95), before = seen;
    estimate_never(&seen, 366, 0.95);
    assert_memory_equal(&seen, &before, sizeof seen);
    struct estimate one = estimate_mean(nothing, 1, 0.95);
    estimate_never(&one, 366, 0.95);
    assert_true(isnan(one.half_width));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_never_seen_is_as_open_as_its_events_leave_it),
        cmocka_unit_test(test_t_is_that_of_the_published_table),
        cmocka_unit_test(test_t_inverts_its_distribution_for_any_degrees),
        cmocka_unit_test(test_a_confidence_of_one_is_refused),
        cmocka_unit_test(test_a_mean_by_hand),
        cmocka_unit_test(test_a_missing_value_is_left_out_and_counted),
        cmocka_unit_test(test_one_run_has_a_value_and_no_interval),
        cmocka_unit_test(test_equal_values_have_no_variance_to_the_last_bit),
        cmocka_unit_test(test_the_order_of_the_runs_does_not_matter),
        cmocka_unit_test(test_a_small_variance_beside_a_large_mean_is_kept),
        cmocka_unit_test(test_more_runs_are_just_as_many_as_needed),
        cmocka_unit_test(test_more_runs_of_what_is_unknown_impossible_or_constant),
        cmocka_unit_test(test_a_quantile_is_that_of_all_samples_joined),
        cmocka_unit_test(test_the_jackknife_leaves_out_one_run_after_the_other),
        cmocka_unit_test(test_a_quantile_of_equal_samples_is_exact),
        cmocka_unit_test(test_a_quantile_of_one_run_or_none),
        cmocka_unit_test(test_paired_differences_by_hand),
        cmocka_unit_test(test_a_pair_with_one_value_missing_is_no_pair),
        cmocka_unit_test(test_pairs_that_do_not_vary),
        cmocka_unit_test(test_holm_by_hand),
        cmocka_unit_test(
            test_holm_of_one_changes_nothing_and_of_many_stays_a_probability),
        cmocka_unit_test(test_shares_are_those_of_published_tables),
        cmocka_unit_test(test_no_failure_at_all_bounds_the_share_from_above),
        cmocka_unit_test(test_shares_leave_exactly_the_tails),
        cmocka_unit_test(test_shares_are_the_same_seen_from_the_other_side),
        cmocka_unit_test(test_mser5_cuts_a_transient_where_it_ends),
        cmocka_unit_test(test_mser5_cuts_whole_groups),
        cmocka_unit_test(test_mser5_of_a_trend_cuts_beyond_half),
        cmocka_unit_test(test_mser5_leaves_out_what_is_missing_and_refuses_too_little),
        cmocka_unit_test(test_batches_by_hand),
        cmocka_unit_test(test_batches_that_are_too_short_are_seen),
        cmocka_unit_test(test_precision_is_asked_of_enough_runs_only),
        cmocka_unit_test(test_precision_is_of_the_true_mean),
        cmocka_unit_test(test_precision_ends_at_the_cap),
        cmocka_unit_test(test_what_never_varies_is_precise_and_what_is_missing_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
