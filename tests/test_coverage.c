/* How often the intervals hold what they claim, where the answer is known: ten ports
 * against Erlang B [MODEL.md D1], differences of two such systems, processes with memory,
 * quantiles of a mixture.
 *
 * `make test` repeats each often enough to see a mistake (a half-width without the square
 * root, a normal quantile instead of t); `make test-long` 1,000 times, and holds the
 * coverage to what docs/STATISTICS.md states.
 */
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
#include "sim/study/workers.h"
#include "tests/loss_system.h"
#include "tests/statistics.h"

#define CONFIDENCE 0.95

static uint32_t repeats(uint32_t usual)
{
    return long_run() ? 1000 : quick_run() ? usual / 4 : usual;
}

/* Of `tries` intervals, `hits` held the truth.  The claim of a long run are bounds of the
 * share; a usual one must be possible for intervals that cover what they say. */
static void expect_coverage(const char *what, uint32_t hits, uint32_t tries, double least,
                            double most)
{
    double share = (double)hits / tries;
    printf("  %s: %u of %u, %.1f %%\n", what, hits, tries, 100 * share);
    if (!long_run())
        assert_share(hits, tries, CONFIDENCE);
    else if (share < least || share > most)
        fail_msg("%s: covers %.1f %%, not %g to %g %%", what, 100 * share, 100 * least,
                 100 * most);
}

/* What is wrong covers less than it says; a quick run is too short to prove it. */
static void expect_too_little(uint32_t hits, uint32_t tries)
{
    if (!quick_run())
        assert_true(estimate_share(hits, tries, 0.99).high < CONFIDENCE);
}

static bool covers(const struct estimate *e, double truth)
{
    return fabs(e->value - truth) <= e->half_width;
}

/* --- runs -----------------------------------------------------------------------------
 */

/* Values of some rows of many runs: run k of repeat r is replication k + 1 of seed r + 1.
 */
struct harvest {
    const char *const *names;
    uint32_t name_count;
    uint32_t runs;  /* a repeat */
    double *values; /* [repeat][name][run] */
    uint32_t *rows;
};

static bool harvest_done(void *context, struct study_job *job)
{
    struct harvest *h = context;
    for (uint32_t i = 0; i < h->name_count; i++) {
        if (h->rows[i] == NUMBERS_NONE)
            h->rows[i] = trial_numbers_find(job->numbers, h->names[i]);
        assert_true(h->rows[i] != NUMBERS_NONE);
        size_t repeat = (size_t)(job->seed - 1), at = repeat * h->name_count + i;
        h->values[at * h->runs + job->replication - 1] = job->numbers->values[h->rows[i]];
    }
    return true;
}

/* The values, to be freed. */
static double *harvest(const struct trial_plan *plan, uint32_t repeat_count,
                       uint32_t runs, const char *const *names, uint32_t name_count)
{
    size_t count = (size_t)repeat_count * runs;
    struct study_job *jobs = memory_new(count, sizeof *jobs);
    for (size_t i = 0; i < count; i++)
        jobs[i] = (struct study_job){
            .plan = plan, .seed = i / runs + 1, .replication = (uint32_t)(i % runs) + 1};
    struct harvest h = {.names = names, .name_count = name_count, .runs = runs};
    h.values = memory_new(count * name_count, sizeof *h.values);
    h.rows = memory_new(name_count, sizeof *h.rows);
    for (uint32_t i = 0; i < name_count; i++)
        h.rows[i] = NUMBERS_NONE;
    struct workers w = {
        .threads = workers_default(), .done = harvest_done, .context = &h};
    assert_true(workers_run(&w, jobs, count));
    free(h.rows);
    free(jobs);
    return h.values;
}

/* Ten ports; the warm-up is twenty mean lifetimes. */
static struct text_plan ten_ports(double load, double measured_s)
{
    struct loss_system system = {.ports = 10,
                                 .load = load,
                                 .lifetime = LIFETIME_EXPONENTIAL,
                                 .warm_up_s = 20,
                                 .measured_s = measured_s};
    return loss_system_plan(&system);
}

/* --- replications ---------------------------------------------------------------------
 */

enum { RUNS = 10 };

/* Also what becomes of it when attempts of one run are counted one by one, as if they
 * were independent: full ports stay full for a while, so failures come in groups. */
static void replications_cover(double load)
{
    static const char *const names[] = {"apps.a.failure_ratio", "apps.a.failures",
                                        "apps.a.attempts"};
    uint32_t count = repeats(40), hits = 0, naive = 0;
    struct text_plan p = ten_ports(load, 200);
    double truth = erlang_b(10, load), *values = harvest(p.plan, count, RUNS, names, 3);
    for (uint32_t r = 0; r < count; r++) {
        const double *ratios = values + (size_t)r * 3 * RUNS, *failures = ratios + RUNS,
                     *attempts = failures + RUNS;
        struct estimate e = estimate_mean(ratios, RUNS, CONFIDENCE);
        hits += covers(&e, truth);
        struct interval i =
            estimate_share((uint32_t)failures[0], (uint32_t)attempts[0], CONFIDENCE);
        naive += i.low <= truth && truth <= i.high;
    }
    char *what = memory_print("%g erlang", load);
    expect_coverage(what, hits, count, 0.93, 0.97);
    printf("    attempts of one run one by one: %.1f %%\n", 100.0 * naive / count);
    expect_too_little(naive, count);
    free(what);
    free(values);
    text_plan_free(&p);
}

static void test_ten_runs_cover_erlang_b_at_5_erlang(void **state)
{
    (void)state;
    replications_cover(5);
}

static void test_ten_runs_cover_erlang_b_at_8_erlang(void **state)
{
    (void)state;
    replications_cover(8);
}

static void test_ten_runs_cover_erlang_b_at_10_erlang(void **state)
{
    (void)state;
    replications_cover(10);
}

static void test_ten_runs_cover_erlang_b_at_12_erlang(void **state)
{
    (void)state;
    replications_cover(12);
}

/* Where a third of all studies see no failure at all: 0 with no spread, which says
 * nothing unless the number of attempts does. */
static void test_what_was_never_seen_is_covered_by_the_number_of_attempts(void **state)
{
    (void)state;
    static const char *const names[] = {"apps.a.failure_ratio", "apps.a.attempts"};
    uint32_t count = repeats(40), hits = 0, naive = 0;
    struct text_plan p = ten_ports(2.5, 200);
    double truth = erlang_b(10, 2.5), *values = harvest(p.plan, count, RUNS, names, 2);
    for (uint32_t r = 0; r < count; r++) {
        const double *ratios = values + (size_t)r * 2 * RUNS, *attempts = ratios + RUNS;
        struct estimate e = estimate_mean(ratios, RUNS, CONFIDENCE);
        double events = 0;
        for (uint32_t i = 0; i < RUNS; i++)
            events += attempts[i];
        naive += covers(&e, truth);
        estimate_never(&e, events, CONFIDENCE);
        hits += covers(&e, truth);
    }
    expect_coverage("2.5 erlang, about one failure in ten runs", hits, count, 0.95, 1);
    printf("    0 with no spread taken at its word: %.1f %%\n", 100.0 * naive / count);
    expect_too_little(naive, count);
    free(values);
    text_plan_free(&p);
}

/* Who stops at a lucky moment covers a little less. */
static void test_stopping_at_a_precision_costs_little_coverage(void **state)
{
    (void)state;
    enum { MOST = 60 };
    static const char *const name = "apps.a.failure_ratio";
    static const struct precision_rule rule = {
        .relative = 0.05, .confidence = CONFIDENCE, .least = 10, .most = MOST};
    uint32_t count = repeats(20), hits = 0;
    double runs = 0;
    struct text_plan p = ten_ports(10, 100);
    double truth = erlang_b(10, 10), *values = harvest(p.plan, count, MOST, &name, 1);
    for (uint32_t r = 0; r < count; r++) {
        uint32_t n = 0;
        struct estimate e;
        do
            e = estimate_mean(values + (size_t)r * MOST, ++n, CONFIDENCE);
        while (precision_state(&rule, &e) == PRECISION_GO_ON);
        hits += covers(&e, truth);
        runs += n;
    }
    printf("  %.1f runs on average\n", runs / count);
    expect_coverage("to 5 %", hits, count, 0.92, 0.97);
    free(values);
    text_plan_free(&p);
}

/* The same users before ten ports and before eleven. */
static void test_paired_differences_cover_the_true_one(void **state)
{
    (void)state;
    static const char *const name = "apps.a.failure_ratio";
    uint32_t count = repeats(24), hits = 0;
    struct loss_system system = {.ports = 10,
                                 .load = 8,
                                 .lifetime = LIFETIME_EXPONENTIAL,
                                 .warm_up_s = 20,
                                 .measured_s = 200};
    struct text_plan ten = loss_system_plan(&system);
    system.ports = 11;
    struct text_plan eleven = loss_system_plan(&system);
    double *a = harvest(ten.plan, count, RUNS, &name, 1);
    double *b = harvest(eleven.plan, count, RUNS, &name, 1);
    double truth = erlang_b(10, 8) - erlang_b(11, 8), won = 0;
    for (uint32_t r = 0; r < count; r++) {
        struct paired d =
            estimate_paired(a + (size_t)r * RUNS, b + (size_t)r * RUNS, RUNS, CONFIDENCE);
        hits += covers(&d.difference, truth);
        won += log(d.variance_ratio) / count;
    }
    expect_coverage("10 ports against 11", hits, count, 0.93, 0.97);
    printf("    pairing saves %.1f times the runs\n", exp(won));
    assert_true(exp(won) > 2);
    free(a);
    free(b);
    text_plan_free(&ten);
    text_plan_free(&eleven);
}

/* --- one long run ---------------------------------------------------------------------
 */

enum { BATCHES = 20, BATCH_S = 100 };

static char *batch_phases(void)
{
    char *text = memory_print("{");
    for (int i = 0; i < BATCHES; i++) {
        char *longer =
            memory_print("%s%s\"b%d\": [\"%ds\", \"%ds\"]", text, i ? ", " : "", i,
                         20 + i * BATCH_S, 20 + (i + 1) * BATCH_S);
        free(text);
        text = longer;
    }
    char *whole = memory_print("%s}", text);
    free(text);
    return whole;
}

static void test_batches_of_one_long_run_cover_erlang_b(void **state)
{
    (void)state;
    char *phases = batch_phases(), *names[BATCHES];
    for (int i = 0; i < BATCHES; i++)
        names[i] = memory_print("apps.a.failure_ratio@b%d", i);
    struct loss_system system = {.ports = 10,
                                 .load = 10,
                                 .lifetime = LIFETIME_EXPONENTIAL,
                                 .phases = phases,
                                 .warm_up_s = 20,
                                 .measured_s = BATCHES * BATCH_S};
    struct text_plan p = loss_system_plan(&system);
    uint32_t count = repeats(40), hits = 0, correlated = 0;
    double *values = harvest(p.plan, count, 1, (const char *const *)names, BATCHES);
    for (uint32_t r = 0; r < count; r++) {
        struct batch_means b =
            batch_means(values + (size_t)r * BATCHES, BATCHES, BATCHES, CONFIDENCE);
        hits += covers(&b.mean, erlang_b(10, 10));
        correlated += b.correlated;
    }
    expect_coverage("20 batches of 100 lifetimes", hits, count, 0.90, 0.97);
    printf("    said to be correlated: %.1f %%\n", 100.0 * correlated / count);
    assert_true(estimate_share(correlated, count, 0.99).low < 0.05);
    for (int i = 0; i < BATCHES; i++)
        free(names[i]);
    free(phases);
    free(values);
    text_plan_free(&p);
}

/* --- a start that is not the steady state ----------------------------------------------
 */

enum { STEPS = 500, PILOTS = 30 };

/* x' = 0.9 x + noise around 0, from 10 deviations above it: (1/12 / (1 - 0.81))^(1/2) is
 * 0.66. */
static void slow_start(double *series, uint32_t repeat, uint32_t run)
{
    struct random_stream s = random_stream_make(repeat, run, "test", "slow start");
    double x = 6.6;
    for (uint32_t i = 0; i < STEPS; i++)
        series[i] = x = 0.9 * x + random_unit(&s) - 0.5;
}

/* The cut that the mean of all runs suggests, as a study finds its warm-up. */
static size_t common_cut(const double *series)
{
    double mean[STEPS] = {0};
    for (uint32_t i = 0; i < PILOTS * STEPS; i++)
        mean[i % STEPS] += series[i] / PILOTS;
    return mser5(mean, STEPS);
}

static struct estimate mean_after(const double *series, size_t cut)
{
    double means[PILOTS] = {0};
    for (uint32_t r = 0; r < PILOTS; r++)
        for (size_t i = cut; i < STEPS; i++)
            means[r] += series[r * STEPS + i] / (double)(STEPS - cut);
    return estimate_mean(means, PILOTS, CONFIDENCE);
}

/* Uncut, the start adds 6.6 / (1 - 0.9) / 500 = 0.13 to a mean that is known to within
 * 0.05. */
static void test_the_cut_of_mser5_restores_the_coverage(void **state)
{
    (void)state;
    uint32_t count = repeats(200), hits = 0, uncut_hits = 0;
    double *series = memory_new(PILOTS * STEPS, sizeof *series), cuts = 0;
    for (uint32_t r = 1; r <= count; r++) {
        for (uint32_t i = 0; i < PILOTS; i++)
            slow_start(series + i * STEPS, r, i + 1);
        size_t cut = common_cut(series);
        struct estimate after = mean_after(series, cut), uncut = mean_after(series, 0);
        hits += covers(&after, 0);
        uncut_hits += covers(&uncut, 0);
        cuts += (double)cut / count;
    }
    free(series);
    printf("  %.0f of %d values cut; %.1f %% without\n", cuts, STEPS,
           100.0 * uncut_hits / count);
    expect_coverage("after the cut", hits, count, 0.93, 0.97);
    expect_too_little(uncut_hits, count);
}

/* --- quantiles ------------------------------------------------------------------------
 */

/* Exponential samples whose rate is drawn anew for each run, itself the sum of `alike`
 * exponentials: P(X > x) = (1 + x)^-alike.  Samples of one run hang together, as those of
 * one simulated run do. */
static struct metric_samples mixture(struct random_stream *s, uint32_t alike)
{
    enum { SAMPLES = 500 };
    double rate = 0;
    for (uint32_t i = 0; i < alike; i++)
        rate -= log(random_unit(s));
    struct metric_samples m = {
        .min = INT64_MAX, .max = INT64_MIN, .count = SAMPLES, .in_ns = true};
    for (uint32_t i = 0; i < SAMPLES; i++) {
        int64_t value = (int64_t)(-log(random_unit(s)) / rate * 1e9);
        m.buckets = histogram_add(m.buckets, value);
        m.min = value < m.min ? value : m.min;
        m.max = value > m.max ? value : m.max;
    }
    return m;
}

static bool quantile_covered(uint32_t repeat, uint32_t alike, uint32_t runs,
                             unsigned percent)
{
    enum { RUNS_MOST = 40 };
    struct random_stream s = random_stream_make(12, repeat, "test", "mixture");
    struct metric_samples samples[RUNS_MOST];
    const struct metric_samples *list[RUNS_MOST];
    for (uint32_t i = 0; i < runs; i++) {
        samples[i] = mixture(&s, alike);
        list[i] = &samples[i];
    }
    struct estimate e = estimate_quantile(list, runs, percent, CONFIDENCE);
    for (uint32_t i = 0; i < runs; i++)
        free(samples[i].buckets);
    return covers(&e, pow(1 - percent / 100.0, -1.0 / alike) - 1);
}

/* Runs whose rates differ by a sixth.  Where they differ by half (alike = 4), a few runs
 * hold all of the tail, and p99 is covered 75 to 80 times in 100 only. */
static void test_the_jackknife_covers_the_median_and_the_99th_percentile(void **state)
{
    (void)state;
    static const struct {
        unsigned percent;
        uint32_t alike, runs;
        double least;
    } rows[] = {
        {50, 40, 10, 0.91}, {50, 40, 40, 0.93}, {99, 40, 10, 0.91}, {99, 40, 40, 0.93}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t count = repeats(100), hits = 0;
        for (uint32_t r = 1; r <= count; r++)
            hits += quantile_covered(r, rows[i].alike, rows[i].runs, rows[i].percent);
        char *what = memory_print("p%u of %u runs", rows[i].percent, rows[i].runs);
        expect_coverage(what, hits, count, rows[i].least, 0.99);
        free(what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_runs_cover_erlang_b_at_5_erlang),
        cmocka_unit_test(test_ten_runs_cover_erlang_b_at_8_erlang),
        cmocka_unit_test(test_ten_runs_cover_erlang_b_at_10_erlang),
        cmocka_unit_test(test_ten_runs_cover_erlang_b_at_12_erlang),
        cmocka_unit_test(test_what_was_never_seen_is_covered_by_the_number_of_attempts),
        cmocka_unit_test(test_stopping_at_a_precision_costs_little_coverage),
        cmocka_unit_test(test_paired_differences_cover_the_true_one),
        cmocka_unit_test(test_batches_of_one_long_run_cover_erlang_b),
        cmocka_unit_test(test_the_cut_of_mser5_restores_the_coverage),
        cmocka_unit_test(test_the_jackknife_covers_the_median_and_the_99th_percentile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
