/* The study store: what is put there comes back, in order, for this study alone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"
#include "sim/study/points/axis_value.h"
#include "sim/study/store/store_export.h"
#include "tests/scratch.h"
#include "tests/study_lab.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct lab_work three_runs = {.replications = 3, .threads = 1};

/* --- a study and a directory for each test ------------------------------------------ */

struct stage {
    struct study_lab lab;
    char *folder;
    char *study; /* inside the folder; not there yet */
};

static int set_stage(void **state)
{
    struct stage *s = memory_new(1, sizeof *s);
    s->lab = study_lab_new("");
    s->folder = scratch_new();
    s->study = memory_print("%s/s", s->folder);
    *state = s;
    return 0;
}

static int clear_stage(void **state)
{
    struct stage *s = *state;
    study_lab_free(&s->lab);
    scratch_free(s->folder);
    free(s->study);
    free(s);
    return 0;
}

static void must(bool good, const struct results_error *error)
{
    if (!good)
        fail_msg("%s", error->text);
}

static void work(const struct stage *s, const struct lab_work *w)
{
    struct results_error error;
    must(study_lab_work(&s->lab, s->study, w, &error), &error);
}

/* --- what is put comes back ----------------------------------------------------------
 */

static void expect_same_samples(const struct metric_samples *a,
                                const struct metric_samples *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->in_ns, b->in_ns);
    if (!a->count)
        return;
    assert_int_equal(a->min, b->min);
    assert_int_equal(a->max, b->max);
    assert_int_equal(a->buckets->first, b->buckets->first);
    assert_int_equal(a->buckets->width, b->buckets->width);
    assert_memory_equal(a->buckets->counts, b->buckets->counts,
                        a->buckets->width * sizeof a->buckets->counts[0]);
}

static void expect_same_numbers(const struct trial_numbers *a,
                                const struct trial_numbers *b)
{
    assert_int_equal(a->seed, b->seed);
    assert_int_equal(a->replication, b->replication);
    assert_int_equal(a->fingerprint, b->fingerprint);
    assert_int_equal(a->simulated, b->simulated);
    assert_int_equal(a->events, b->events);
    assert_int_equal(a->connections, b->connections);
    assert_true(trial_numbers_alike(a, b));
    for (uint32_t i = 0; i < a->count; i++) {
        bool same = isnan(a->values[i]) ? isnan(b->values[i])
                                        : memcmp(&a->values[i], &b->values[i], 8) == 0;
        if (!same || a->hidden[i] != b->hidden[i] ||
            a->rows[i].samples != b->rows[i].samples ||
            a->rows[i].percent != b->rows[i].percent ||
            a->rows[i].share_of != b->rows[i].share_of ||
            a->rows[i].may_hide != b->rows[i].may_hide)
            fail_msg("%s was %.17g and is %.17g", a->rows[i].name, a->values[i],
                     b->values[i]);
    }
    assert_int_equal(a->sample_count, b->sample_count);
    for (uint32_t i = 0; i < a->sample_count; i++)
        expect_same_samples(&a->samples[i], &b->samples[i]);
}

static void test_a_run_comes_back_bit_for_bit(void **state)
{
    const struct stage *s = *state;
    struct trial_numbers *put[LAB_POINTS];
    struct results_error error;
    struct study_store *store = study_lab_open(&s->lab, s->study);
    for (uint32_t i = 0; i < LAB_POINTS; i++) {
        put[i] = study_lab_run(&s->lab, i, i + 1);
        must(store_put(store, study_lab_put_point(&s->lab, store, i), put[i], &error),
             &error);
    }
    must(store_commit(store, &error), &error);
    store_close(store);
    store = store_read(s->study, &error);
    must(store != NULL, &error);
    uint32_t hidden = 0, nulls = 0;
    for (uint32_t i = 0; i < LAB_POINTS; i++) {
        struct store_runs runs;
        uint32_t point = store_find(store, s->lab.points[i].key);
        must(store_load(store, point, &runs, &error), &error);
        assert_int_equal(runs.count, 1);
        expect_same_numbers(put[i], runs.at[0]);
        for (uint32_t k = 0; k < put[i]->count; k++) {
            hidden += put[i]->hidden[k];
            nulls += isnan(put[i]->values[k]) != 0;
        }
        store_runs_free(&runs);
        trial_numbers_free(put[i]);
    }
    assert_true(hidden > 0 && nulls > 0); /* or it would show little */
    store_close(store);
}

static void test_what_was_not_committed_is_missing(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    bool missing[4];
    struct trial_numbers *second = study_lab_run(&s->lab, 0, 2);
    struct trial_numbers *third = study_lab_run(&s->lab, 0, 3);
    struct study_store *store = study_lab_open(&s->lab, s->study);
    uint32_t point = study_lab_put_point(&s->lab, store, 0);
    must(store_put(store, point, second, &error), &error);
    must(store_commit(store, &error), &error);
    store_close(store);

    store = study_lab_open(&s->lab, s->study);
    point = study_lab_put_point(&s->lab, store, 0);
    must(store_missing(store, point, 4, missing, &error), &error);
    assert_true(missing[0] && !missing[1] && missing[2] && missing[3]);
    must(store_put(store, point, third, &error), &error);
    must(store_missing(store, point, 4, missing, &error), &error);
    assert_true(missing[0] && !missing[1] && !missing[2] && missing[3]);
    store_close(store);
    trial_numbers_free(second);
    trial_numbers_free(third);
}

static void test_a_run_that_is_there_is_refused_only_with_other_numbers(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    struct store_runs runs;
    struct trial_numbers *n = study_lab_run(&s->lab, 0, 1);
    struct study_store *store = study_lab_open(&s->lab, s->study);
    uint32_t point = study_lab_put_point(&s->lab, store, 0);
    must(store_put(store, point, n, &error), &error);
    must(store_put(store, point, n, &error), &error);
    uint32_t attempts = trial_numbers_find(n, "apps.pages.attempts");
    n->values[attempts]++;
    assert_false(store_put(store, point, n, &error));
    assert_non_null(strstr(error.text, "replication 1 of point"));
    assert_non_null(strstr(error.text, "apps.pages.arrivals.rate=12/s"));
    assert_non_null(strstr(error.text, "is in"));
    must(store_load(store, point, &runs, &error), &error);
    assert_int_equal(runs.count, 1);
    assert_true(runs.at[0]->values[attempts] == n->values[attempts] - 1);
    store_runs_free(&runs);
    store_close(store);
    trial_numbers_free(n);
}

/* --- order ---------------------------------------------------------------------------
 */

static void test_values_are_in_the_order_of_their_sizes(void **state)
{
    (void)state;
    static const char *const rising[] = {
        NULL,  "-3",   "0.5",  "7",      "1e2", "16384",  "999ms",  "5s",
        "90s", "2min", "120s", "30/min", "1/s", "1000/s", "[1, 2]", "fast",
    };
    for (size_t i = 0; i < COUNT(rising); i++)
        for (size_t k = 0; k < COUNT(rising); k++) {
            int order = axis_value_compare(rising[i], rising[k]);
            int wanted = i < k ? -1 : i > k;
            if (rising[i] && rising[k] && strcmp(rising[i], "2min") == 0 &&
                strcmp(rising[k], "120s") == 0)
                wanted = 1; /* of one size: by their bytes */
            if (rising[i] && rising[k] && strcmp(rising[i], "120s") == 0 &&
                strcmp(rising[k], "2min") == 0)
                wanted = -1;
            if ((order > 0) - (order < 0) != wanted)
                fail_msg("%s and %s: %d", rising[i], rising[k], order);
        }
}

static void test_points_are_in_the_order_of_their_values(void **state)
{
    const struct stage *s = *state;
    static const char *const rising[LAB_POINTS] = {"150/min", "150/min", "5/s",
                                                   "5/s",     "12/s",    "12/s"};
    work(s, &three_runs);
    struct study_store *store = study_lab_open(&s->lab, s->study);
    uint32_t *order = store_points(store);
    assert_int_equal(store_point_count(store), LAB_POINTS);
    for (uint32_t i = 0; i < LAB_POINTS; i++)
        assert_string_equal(store_value(store, order[i], 0), rising[i]);
    free(order);
    store_close(store);
}

/* An axis that came later: older points have the value of the scenario. */
static void
test_a_point_that_does_not_vary_an_axis_has_the_value_of_the_base(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    struct study_store *store = study_lab_open(&s->lab, s->study);
    uint32_t plain = store_point(store, s->lab.points[0].key, NULL, 0, &error);
    uint32_t varied = study_lab_put_point(&s->lab, store, 1);
    assert_string_equal(store_value(store, plain, 0), "4/s");
    assert_string_equal(store_value(store, varied, 0), "150/min");
    assert_string_equal(store_axis(store, 1), "hosts.client.tcp.time_wait");
    must(store_commit(store, &error), &error);
    store_close(store);
    store = store_read(s->study, &error);
    assert_string_equal(store_value(store, plain, 0), "4/s");
    assert_string_equal(store_value(store, varied, 0), "150/min");
    store_close(store);
}

/* --- exports -------------------------------------------------------------------------
 */

/* The cell of a CSV text without quotes, by row (0: the header) and column. */
static char *cell(const char *csv, uint32_t row, uint32_t column)
{
    for (; row; row--)
        csv = strchr(csv, '\n') + 1;
    for (; column; column--)
        csv = strchr(csv, ',') + 1;
    return memory_text(csv, strcspn(csv, ",\n"));
}

static uint32_t column_of(const char *csv, const char *name)
{
    for (uint32_t i = 0;; i++) {
        char *text = cell(csv, 0, i);
        bool is = strcmp(text, name) == 0;
        free(text);
        if (is)
            return i;
    }
}

static void expect_cell(const char *csv, uint32_t row, const char *column,
                        const char *wanted)
{
    char *text = cell(csv, row, column_of(csv, column));
    assert_string_equal(text, wanted);
    free(text);
}

/* Two shapes: one point has a phase more (and no column for it), to the other nobody
 * comes. */
static void test_a_hidden_metric_is_zero_and_an_absent_one_is_null(void **state)
{
    const struct stage *s = *state;
    static const char *const settings[] = {
        "phases={\"early\":[\"0s\",\"10s\"],\"late\":[\"80s\",\"100s\"]}",
        "apps.pages.arrivals.rate=0/s"};
    struct results_error error;
    struct study_store *store = study_lab_open(&s->lab, s->study);
    must(store_axes(store, (const char *const[]){"apps.pages.arrivals.rate"}, 1, &error),
         &error);
    char *base = s->lab.base->resolved;
    for (size_t i = 0; i < COUNT(settings); i++) {
        struct scenario_options options = {.settings = &settings[i], .setting_count = 1};
        struct issues *issues = issues_new();
        struct trial_plan *plan =
            trial_plan_read_text("lab", base, strlen(base), &options, issues);
        char key[STUDY_KEY_SIZE];
        study_key(plan, key);
        struct trial_result *r =
            trial_run(plan, 1, 1, &(struct trial_watch){.keeps = TRIAL_NUMBERS});
        uint32_t point = store_point(store, key, &settings[i], (uint32_t)i, &error);
        must(store_put(store, point, r->numbers, &error), &error);
        trial_result_free(r);
        trial_plan_free(plan);
        issues_free(issues);
    }
    must(store_export(store, RUN_COMPLETE, &error), &error);
    store_close(store);
    char *csv = scratch_get(s->study, STUDY_RUNS);
    /* Row 1 is the rate of 0, where nothing failed and there is no phase early. */
    expect_cell(csv, 1, "apps.pages.arrivals.rate", "0/s");
    expect_cell(csv, 2, "apps.pages.arrivals.rate", "4/s");
    expect_cell(csv, 1, "apps.pages.failures.EADDRNOTAVAIL", "0");
    expect_cell(csv, 1, "apps.pages.attempts@early", "");
    expect_cell(csv, 1, "apps.pages.failure_ratio", "");
    char *attempts = cell(csv, 2, column_of(csv, "apps.pages.attempts@early"));
    assert_true(strtod(attempts, NULL) > 0);
    free(attempts);
    free(csv);
}

static void test_the_order_of_storing_and_the_threads_do_not_show(void **state)
{
    const struct stage *s = *state;
    static const unsigned threads[] = {2, 4};
    struct results_error error;
    work(s, &three_runs);
    for (size_t i = 0; i < COUNT(threads); i++) {
        char *other = memory_print("%s/t%u", s->folder, threads[i]);
        must(study_lab_work(&s->lab, other,
                            &(struct lab_work){.replications = 3, .threads = threads[i]},
                            &error),
             &error);
        expect_same_exports(s->study, other);
        free(other);
    }
    /* Backwards, one run a command, more replications last. */
    char *other = memory_print("%s/b", s->folder);
    for (uint32_t shard = 18; shard-- > 0;)
        must(study_lab_work(&s->lab, other, &(struct lab_work){3, 1, shard, 18}, &error),
             &error);
    expect_same_exports(s->study, other);
    free(other);
}

static void test_a_study_grows_without_redoing_a_run(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    work(s, &(struct lab_work){.replications = 1, .threads = 1});
    char *before = scratch_get(s->study, STUDY_RUNS);
    struct study_store *store = study_lab_open(&s->lab, s->study);
    bool missing[3];
    for (uint32_t i = 0; i < LAB_POINTS; i++) {
        must(store_missing(store, i, 3, missing, &error), &error);
        assert_true(!missing[0] && missing[1] && missing[2]);
    }
    store_close(store);
    work(s, &three_runs);
    char *after = scratch_get(s->study, STUDY_RUNS);
    expect_cell(before, 1, "replication", "1");
    expect_cell(after, 1, "replication", "1");
    expect_cell(after, 3, "replication", "3");
    free(before);
    free(after);
}

static void test_json_says_what_the_table_says(void **state)
{
    const struct stage *s = *state;
    work(s, &three_runs);
    char *json = scratch_get(s->study, STUDY_RESULTS_JSON);
    char *csv = scratch_get(s->study, STUDY_RESULTS);
    char *value = cell(csv, 1, column_of(csv, "apps.pages.failure_ratio"));
    char *half = cell(csv, 1, column_of(csv, "apps.pages.failure_ratio:half_width"));
    char *line = memory_print("\"apps.pages.failure_ratio\": { \"value\": %s, "
                              "\"half_width\": %s, \"unit\": \"1\", \"runs\": 3 }",
                              value, half);
    assert_non_null(strstr(json, line));
    assert_non_null(strstr(json, "\"status\": \"complete\""));
    assert_non_null(strstr(json, "\"apps.pages.arrivals.rate\": \"150/min\""));
    free(line);
    free(half);
    free(value);
    free(csv);
    free(json);
}

/* --- for people ----------------------------------------------------------------------
 */

/* The n-th block of SQL in the page about the store. */
static char *documented(uint32_t n)
{
    char *page = scratch_get("docs", "STUDY_STORE.md");
    const char *at = page;
    for (uint32_t i = 0; i <= n && at; i++)
        at = strstr(at + 1, "```sql\n");
    if (!at)
        fail_msg("docs/STUDY_STORE.md has no block %u", n);
    at += strlen("```sql\n");
    char *sql = memory_text(at, (size_t)(strstr(at, "```") - at));
    free(page);
    return sql;
}

/* The mean of the runs themselves, of both points with this rate. */
static double mean_failure_ratio(const struct stage *s, const char *rate)
{
    double sum = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < LAB_POINTS; i++)
        for (uint32_t k = 1; k <= 3 && strstr(s->lab.points[i].settings[0], rate); k++) {
            struct trial_numbers *n = study_lab_run(&s->lab, i, k);
            sum += n->values[trial_numbers_find(n, "apps.pages.failure_ratio")];
            trial_numbers_free(n);
            count++;
        }
    return sum / count;
}

static void expect_rates(const struct stage *s, sqlite3_stmt *q)
{
    for (uint32_t rows = 0; rows < 3; rows++) {
        assert_int_equal(sqlite3_step(q), SQLITE_ROW);
        char *rate = memory_print("=%s", (const char *)sqlite3_column_text(q, 0));
        double wanted = mean_failure_ratio(s, rate), found = sqlite3_column_double(q, 1);
        if (fabs(found - wanted) > 1e-12)
            fail_msg("%s: %.17g, not %.17g", rate, found, wanted);
        assert_int_equal(sqlite3_column_int(q, 2), 6);
        free(rate);
    }
    assert_int_equal(sqlite3_step(q), SQLITE_DONE);
}

static void test_the_documented_questions_in_sql_are_answered(void **state)
{
    const struct stage *s = *state;
    sqlite3 *db;
    work(s, &three_runs);
    char *path = memory_print("%s/" STORE_FILE, s->study);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    for (uint32_t i = 0; i < 3; i++) {
        sqlite3_stmt *q;
        char *sql = documented(i);
        if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
            fail_msg("%s%s", sql, sqlite3_errmsg(db));
        if (i == 0)
            expect_rates(s, q);
        else
            assert_int_equal(sqlite3_step(q), SQLITE_ROW);
        sqlite3_finalize(q);
        free(sql);
    }
    sqlite3_close(db);
    free(path);
}

int main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_stage, clear_stage)
    const struct CMUnitTest tests[] = {
        ON_STAGE(test_a_run_comes_back_bit_for_bit),
        ON_STAGE(test_what_was_not_committed_is_missing),
        ON_STAGE(test_a_run_that_is_there_is_refused_only_with_other_numbers),
        cmocka_unit_test(test_values_are_in_the_order_of_their_sizes),
        ON_STAGE(test_points_are_in_the_order_of_their_values),
        ON_STAGE(test_a_point_that_does_not_vary_an_axis_has_the_value_of_the_base),
        ON_STAGE(test_a_hidden_metric_is_zero_and_an_absent_one_is_null),
        ON_STAGE(test_the_order_of_storing_and_the_threads_do_not_show),
        ON_STAGE(test_a_study_grows_without_redoing_a_run),
        ON_STAGE(test_json_says_what_the_table_says),
        ON_STAGE(test_the_documented_questions_in_sql_are_answered),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
