/* The course of runs and the bands over them: exact totals, known quantiles, the same on
 * any number of threads, and the way to the disk and back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "sim/study/bands.h"
#include "sim/study/replications.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct text_plan small_plan(const char *duration, const char *more)
{
    char *text = memory_print(
        "{ \"name\": \"small\", \"duration\": \"%s\", %s"
        "  \"hosts\": {"
        "    \"client\": { \"tcp\": { \"range\": [50000, 50009], \"time_wait\": \"4s\" } "
        "},"
        "    \"server\": {} },"
        "  \"phases\": { \"late\": [\"10s\", \"25s\"] },"
        "  \"apps\": { \"pages\": {"
        "    \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"4/s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } } }",
        duration, more);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

static const double *series_of(const struct trial_course *c, const char *name)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (strcmp(c->names[i], name) == 0)
            return c->values + (size_t)i * c->bins;
    fail_msg("there is no course of %s", name);
    return NULL;
}

/* --- one course -------------------------------------------------------------------- */

static double of_numbers(const struct trial_numbers *n, const char *name)
{
    uint32_t row = trial_numbers_find(n, name);
    assert_int_not_equal(row, NUMBERS_NONE);
    return n->values[row];
}

/* A run whose last bin is shorter than the others, and which has phases cut into it. */
static void test_bins_add_up_to_the_whole_run(void **state)
{
    (void)state;
    struct text_plan p =
        small_plan("299500ms", "\"study\": { \"watch\": [\"apps.pages.tries\", "
                               "\"apps.pages.connect_delay_s\"] },");
    struct trial_result *r = trial_run(
        p.plan, 3, 1, &(struct trial_watch){.keeps = TRIAL_NUMBERS, .course = true});
    const struct trial_numbers *n = r->numbers;
    const struct trial_course *c = n->course;
    assert_true(c->length == 2 * SIM_S);
    assert_int_equal(c->bins, 150);
    double use = 0, attempts = 0, failures = 0, tries = 0;
    for (uint32_t i = 0; i < c->bins; i++) {
        double length = i + 1 < c->bins ? 2 : 1.5;
        use += length * series_of(c, "hosts.client.tcp4.utilisation")[i];
        attempts += length * series_of(c, "apps.pages.attempts_per_s")[i];
        failures += length * series_of(c, "apps.pages.failures_per_s")[i];
        tries += length * series_of(c, "apps.pages.tries_per_s")[i];
    }
    assert_true(fabs(use / 299.5 - of_numbers(n, "hosts.client.tcp4.in_use") / 10) <
                1e-9);
    assert_true(fabs(attempts - of_numbers(n, "apps.pages.attempts")) < 1e-6);
    assert_true(fabs(failures - of_numbers(n, "apps.pages.failures")) < 1e-6);
    assert_true(fabs(tries - of_numbers(n, "apps.pages.tries")) < 1e-6);
    /* Every connection takes one round trip and nothing else delays it. */
    double delay = of_numbers(n, "apps.pages.connect_delay_s.min");
    assert_true(fabs(series_of(c, "apps.pages.connect_delay_s")[70] - delay) < 1e-9);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_a_course_changes_nothing_of_the_run(void **state)
{
    (void)state;
    struct text_plan p = small_plan("100s", "");
    struct trial_result *with = trial_run(
        p.plan, 3, 1, &(struct trial_watch){.keeps = TRIAL_BOTH, .course = true});
    struct trial_result *without =
        trial_run(p.plan, 3, 1, &(struct trial_watch){.keeps = TRIAL_BOTH});
    assert_true(with->record.fingerprint == without->record.fingerprint);
    assert_true(with->record.events == without->record.events);
    assert_null(without->numbers->course);
    for (uint32_t i = 0; i < with->numbers->count; i++)
        assert_memory_equal(&with->numbers->values[i], &without->numbers->values[i],
                            sizeof(double));
    trial_result_free(with);
    trial_result_free(without);
    text_plan_free(&p);
}

/* --- bands ------------------------------------------------------------------------- */

/* NumPy's default, which is GSL's: numpy.quantile([1, 2, 4, 8, 16], share). */
static void test_quantiles_are_those_of_other_tools(void **state)
{
    (void)state;
    static const double values[] = {1, 2, 4, 8, 16};
    static const struct {
        double share, value;
    } known[] = {{0, 1}, {0.05, 1.2}, {0.5, 4}, {0.95, 14.4}, {1, 16}};
    for (size_t i = 0; i < COUNT(known); i++)
        assert_true(fabs(bands_quantile(values, 5, known[i].share) - known[i].value) <
                    1e-12);
    assert_true(bands_quantile(values, 1, 0.95) == 1);
    /* 0.2 x 3.5 + 0.8 x 3.5 is more than 3.5 in doubles, and no row would be read back.
     */
    const double equal[] = {3.5, 3.5, 3.5, 6.9, 7};
    assert_true(bands_quantile(equal, 5, 0.05) == 3.5);
}

/* Five runs of two bins, 0 .. 10 s and 10 .. 15 s: one series rises with the run's
 * number, one has values in two runs only, one is nothing. */
enum { RUNS = 5, BINS = 2 };
static char *names[] = {"rising", "rare", "nothing"};

static void test_a_band_holds_the_runs_that_have_a_value(void **state)
{
    (void)state;
    double values[RUNS][3 * BINS];
    struct trial_course courses[RUNS];
    struct trial_numbers numbers[RUNS];
    const struct trial_numbers *runs[RUNS];
    for (int i = 0; i < RUNS; i++) {
        double rare = i % 2 ? i : (double)NAN;
        double own[] = {(double)(5 - i), i * 10.0, (double)NAN, rare, 0, (double)NAN};
        memcpy(values[i], own, sizeof own);
        courses[i] = (struct trial_course){.length = 10 * SIM_S,
                                           .end = 15 * SIM_S,
                                           .bins = BINS,
                                           .count = 3,
                                           .names = names,
                                           .values = values[i]};
        numbers[i] = (struct trial_numbers){.course = &courses[i]};
        runs[i] = &numbers[i];
    }
    size_t count;
    struct run_band *rows = bands_of(runs, RUNS, &count);
    assert_int_equal(count, 3);
    const struct run_band known[] = {
        {"rising", 5 * SIM_S, 1.2, 3, 4.8, 3, 5},
        {"rising", 12500 * SIM_MS, 2, 20, 38, 20, 5},
        {"rare", 12500 * SIM_MS, 1.1, 2, 2.9, 2, 2},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        assert_string_equal(rows[i].metric, known[i].metric);
        assert_true(rows[i].when == known[i].when);
        assert_true(fabs(rows[i].low - known[i].low) < 1e-12);
        assert_true(fabs(rows[i].median - known[i].median) < 1e-12);
        assert_true(fabs(rows[i].high - known[i].high) < 1e-12);
        assert_true(fabs(rows[i].mean - known[i].mean) < 1e-12);
        assert_int_equal(rows[i].runs, known[i].runs);
    }
    free(rows);
}

static void expect_same_bands(const struct run_record *a, const struct run_record *b)
{
    assert_int_equal(a->band_count, b->band_count);
    for (size_t i = 0; i < a->band_count; i++) {
        const struct run_band *x = &a->bands[i], *y = &b->bands[i];
        assert_string_equal(x->metric, y->metric);
        assert_true(x->when == y->when && x->runs == y->runs);
        assert_memory_equal(&x->low, &y->low, 4 * sizeof(double));
    }
}

static struct replications *replicate_on(const struct text_plan *p, unsigned threads)
{
    return replications_run(
        &(struct replications_order){.plan = p->plan, .threads = threads});
}

/* Also where the number of runs is decided as they end. */
static void test_threads_change_no_band(void **state)
{
    (void)state;
    static const char *const studies[] = {"\"study\": { \"replications\": 6 },",
                                          "\"study\": { \"precision\": 0.1 },"};
    for (size_t i = 0; i < COUNT(studies); i++) {
        struct text_plan p = small_plan("100s", studies[i]);
        struct replications *alone = replicate_on(&p, 1), *together = replicate_on(&p, 4);
        assert_true(run_bands_of(&alone->record, "apps.pages.failure_ratio").count > 0);
        expect_same_bands(&alone->record, &together->record);
        replications_free(alone);
        replications_free(together);
        text_plan_free(&p);
    }
}

/* --- on the disk ------------------------------------------------------------------- */

static void write_it(const char *path, const struct run_record *record)
{
    struct results_error error;
    struct run_directory *d = run_directory_prepare(path, true, &error);
    if (!d || !run_directory_write(d, record, &error))
        fail_msg("%s", error.text);
    run_directory_free(d);
}

static void test_bands_read_back_and_go_with_their_study(void **state)
{
    (void)state;
    struct results_error error;
    char *root = scratch_new(), *path = memory_print("%s/run", root);
    struct text_plan p = small_plan("100s", "\"study\": { \"replications\": 5 },");
    struct replications *r = replicate_on(&p, 2);
    write_it(path, &r->record);
    struct stored_run *stored = run_directory_read(path, &error);
    assert_non_null(stored);
    expect_same_bands(&r->record, &stored->record);
    stored_run_first(stored);
    assert_int_equal(stored->record.band_count, 0);
    stored_run_free(stored);
    struct trial_result *one = trial_run(p.plan, 1, 1, NULL);
    write_it(path, &one->record);
    assert_false(scratch_exists(path, RUN_BANDS));
    trial_result_free(one);
    replications_free(r);
    text_plan_free(&p);
    scratch_free(root);
    free(path);
}

/* A manifest would name these: they are what its author never writes. */
static void test_rows_that_are_no_band_are_refused(void **state)
{
    (void)state;
    static const struct run_band bad[] = {
        {"a", SIM_S, 2, 1, 3, 1, 1},           /* not in order */
        {"a", SIM_S, 1, 2, 1, 1, 1},           /* likewise */
        {"a", SIM_S, 1, 1, 1, (double)NAN, 1}, /* no mean */
        {"a", SIM_S, 1, 1, 1, 1, 0},           /* of no run */
        {"", SIM_S, 1, 1, 1, 1, 1},            /* of nothing */
    };
    struct results_error error;
    char *root = scratch_new(), *path = memory_print("%s/run", root);
    struct text_plan p = small_plan("30s", "\"study\": { \"replications\": 5 },");
    struct replications *r = replicate_on(&p, 2);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct run_record record = r->record;
        record.bands = &bad[i];
        record.band_count = 1;
        write_it(path, &record);
        assert_null(run_directory_read(path, &error));
        assert_non_null(strstr(error.text, "bands.csv: its row 1 says what cannot be"));
    }
    replications_free(r);
    text_plan_free(&p);
    scratch_free(root);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bins_add_up_to_the_whole_run),
        cmocka_unit_test(test_a_course_changes_nothing_of_the_run),
        cmocka_unit_test(test_quantiles_are_those_of_other_tools),
        cmocka_unit_test(test_a_band_holds_the_runs_that_have_a_value),
        cmocka_unit_test(test_threads_change_no_band),
        cmocka_unit_test(test_bands_read_back_and_go_with_their_study),
        cmocka_unit_test(test_rows_that_are_no_band_are_refused),
    };
    return cmocka_run_group_tests_name("bands", tests, NULL, NULL);
}
