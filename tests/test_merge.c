/* Shards joined: the same bytes as one process's, or a refusal that says who disagrees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "sim/base/memory.h"
#include "sim/study/store/merge.h"
#include "sim/study/store/store_export.h"
#include "tests/program.h"
#include "tests/scratch.h"
#include "tests/study_lab.h"

#define SHARDS_MAX   3
#define REPLICATIONS 4

/* The parts are "0", "1", "2" of the folder; the whole is "all". */
struct stage {
    struct study_lab lab;
    char *folder;
    char *parts[SHARDS_MAX];
    char *whole, *into;
};

static int set_stage(void **state)
{
    struct stage *s = memory_new(1, sizeof *s);
    s->lab = study_lab_new("");
    s->folder = scratch_new();
    for (uint32_t i = 0; i < SHARDS_MAX; i++)
        s->parts[i] = memory_print("%s/%u", s->folder, i);
    s->whole = memory_print("%s/all", s->folder);
    s->into = memory_print("%s/into", s->folder);
    *state = s;
    return 0;
}

static int clear_stage(void **state)
{
    struct stage *s = *state;
    study_lab_free(&s->lab);
    scratch_free(s->folder);
    for (uint32_t i = 0; i < SHARDS_MAX; i++)
        free(s->parts[i]);
    free(s->whole);
    free(s->into);
    free(s);
    return 0;
}

static void work(const struct study_lab *lab, const char *directory, uint32_t shard,
                 uint32_t shards)
{
    struct results_error error;
    struct lab_work w = {REPLICATIONS, 1, shard, shards};
    if (!study_lab_work(lab, directory, &w, &error))
        fail_msg("%s", error.text);
}

static void merge(const struct stage *s, uint32_t shards, struct merge_report *report)
{
    struct results_error error;
    if (!study_merge(s->into, (const char *const *)s->parts, shards, report, &error))
        fail_msg("%s", error.text);
}

/* Joining the first two parts must fail, say all of these, and leave nothing. */
static void expect_refused(const struct stage *s, const char *words, const char *more)
{
    struct results_error error;
    struct merge_report report;
    assert_false(study_merge(s->into, (const char *const *)s->parts, 2, &report, &error));
    if (!strstr(error.text, words) || !strstr(error.text, more))
        fail_msg("said: %s", error.text);
    assert_non_null(strstr(error.text, s->parts[1]));
    assert_false(scratch_exists(s->folder, "into"));
}

static void meddle(const char *study, const char *sql)
{
    sqlite3 *db;
    char *path = memory_print("%s/" STORE_FILE, study);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    free(path);
}

static void test_two_and_three_shards_make_the_bytes_of_one_process(void **state)
{
    struct stage *s = *state;
    struct merge_report report;
    work(&s->lab, s->whole, 0, 0);
    for (uint32_t shards = 2; shards <= SHARDS_MAX; shards++) {
        for (uint32_t i = 0; i < shards; i++) {
            free(s->parts[i]);
            s->parts[i] = memory_print("%s/%u-of-%u", s->folder, i, shards);
            work(&s->lab, s->parts[i], i, shards);
        }
        free(s->into);
        s->into = memory_print("%s/into-%u", s->folder, shards);
        merge(s, shards, &report);
        expect_same_exports(s->whole, s->into);
        assert_int_equal(report.points, LAB_POINTS);
        assert_int_equal(report.runs, LAB_POINTS * REPLICATIONS);
        assert_int_equal(report.added, report.runs);
        assert_int_equal(report.fewest, REPLICATIONS);
        assert_int_equal(report.status, RUN_COMPLETE);
    }
}

static void test_a_later_shard_is_added_to_what_is_there(void **state)
{
    struct stage *s = *state;
    struct merge_report report;
    struct results_error error;
    work(&s->lab, s->whole, 0, 0);
    for (uint32_t i = 0; i < 3; i++)
        work(&s->lab, s->parts[i], i, 3);
    merge(s, 2, &report);
    assert_true(report.fewest < report.most); /* what `merge` warns of */
    const char *last[] = {s->parts[2], s->parts[0]};
    if (!study_merge(s->into, last, 2, &report, &error))
        fail_msg("%s", error.text);
    assert_int_equal(report.added, LAB_POINTS * REPLICATIONS / 3);
    expect_same_exports(s->whole, s->into);
}

static void test_an_interrupted_shard_marks_the_whole(void **state)
{
    struct stage *s = *state;
    struct merge_report report;
    work(&s->lab, s->parts[0], 0, 2);
    work(&s->lab, s->parts[1], 1, 2);
    meddle(s->parts[1], "UPDATE study SET status = 'interrupted'");
    merge(s, 2, &report);
    assert_int_equal(report.status, RUN_INTERRUPTED);
    char *json = scratch_get(s->into, STUDY_RESULTS_JSON);
    assert_non_null(strstr(json, "\"status\": \"interrupted\""));
    free(json);
}

static void test_studies_of_other_scenarios_and_versions_are_refused(void **state)
{
    struct stage *s = *state;
    struct study_lab other = study_lab_new("\"seed\": 5,");
    work(&s->lab, s->parts[0], 0, 2);
    work(&other, s->parts[1], 1, 2);
    expect_refused(s, "is a study of another scenario", "seed 5");
    study_lab_free(&other);
    free(s->parts[1]);
    s->parts[1] = memory_print("%s/older", s->folder);
    work(&s->lab, s->parts[1], 1, 2);
    meddle(s->parts[1], "UPDATE study SET portsim = '0.0.1'");
    expect_refused(s, "of 0.0.1, and could differ", s->parts[0]);
}

/* The second part claims another first run of the third point; both are whole. */
static void test_a_run_with_two_results_is_refused_and_named(void **state)
{
    struct stage *s = *state;
    struct results_error error;
    struct lab_point *p = &s->lab.points[2];
    work(&s->lab, s->parts[0], 0, 0);
    struct study_store *store = study_lab_open(&s->lab, s->parts[1]);
    uint32_t point = study_lab_put_point(&s->lab, store, 2);
    struct trial_numbers *n = study_lab_run(&s->lab, 2, 1);
    n->values[trial_numbers_find(n, "apps.pages.attempts")]++;
    assert_true(store_put(store, point, n, &error));
    assert_true(store_commit(store, &error));
    store_close(store);
    trial_numbers_free(n);
    char *words =
        memory_print("%s and %s disagree on replication 1 of point %s "
                     "(apps.pages.arrivals.rate=5/s, hosts.client.tcp.time_wait=4s)",
                     s->parts[0], s->parts[1], p->key);
    expect_refused(s, words, "nothing was merged");
    free(words);

    /* Nor is a study that is there touched. */
    work(&s->lab, s->into, 0, 0);
    char *before = scratch_get(s->into, STUDY_RUNS);
    struct merge_report report;
    const char *second[] = {s->parts[1]};
    assert_false(study_merge(s->into, second, 1, &report, &error));
    assert_non_null(strstr(error.text, s->into));
    char *after = scratch_get(s->into, STUDY_RUNS);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void test_a_study_is_not_merged_into_itself(void **state)
{
    struct stage *s = *state;
    struct results_error error;
    struct merge_report report;
    work(&s->lab, s->parts[0], 0, 0);
    assert_false(
        study_merge(s->parts[0], (const char *const *)s->parts, 1, &report, &error));
    assert_non_null(strstr(error.text, "cannot be merged into itself"));
}

/* --- the command ----------------------------------------------------------------------
 */

static void test_the_command_merges_and_says_what_came_of_it(void **state)
{
    struct stage *s = *state;
    work(&s->lab, s->whole, 0, 0);
    work(&s->lab, s->parts[0], 0, 2);
    work(&s->lab, s->parts[1], 1, 2);
    struct program p = {.args = {"merge", "0", "1", "-o", "into"}, .folder = s->folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    assert_string_equal(e.out, "into: 6 points, 24 runs, 24 of them new\n");
    expect_silence(e.err);
    ended_free(&e);
    expect_same_exports(s->whole, s->into);

    p = (struct program){.args = {"merge", "--json", "-q", "0", "-o", "half"},
                         .folder = s->folder};
    e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "\"runs\": 12");
    expect_silence(e.err);
    ended_free(&e);
}

static void test_the_command_refuses_in_words(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *args[4];
        int status;
        const char *words;
    } cases[] = {
        {{"merge", "-o", "into"}, 2, "which studies?"},
        {{"merge", "0"}, 2, "where to?  -o DIR"},
        {{"merge", "none", "-o", "into"}, 4, "cannot open the directory none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct program p = {.folder = s->folder};
        for (size_t k = 0; k < 4; k++)
            p.args[k] = cases[i].args[k];
        struct ended e = program_run(&p);
        expect_status(&e, cases[i].status);
        expect_says(e.err, cases[i].words);
        expect_silence(e.out);
        ended_free(&e);
    }
    assert_false(scratch_exists(s->folder, "into"));
}

int main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_stage, clear_stage)
    const struct CMUnitTest tests[] = {
        ON_STAGE(test_two_and_three_shards_make_the_bytes_of_one_process),
        ON_STAGE(test_a_later_shard_is_added_to_what_is_there),
        ON_STAGE(test_an_interrupted_shard_marks_the_whole),
        ON_STAGE(test_studies_of_other_scenarios_and_versions_are_refused),
        ON_STAGE(test_a_run_with_two_results_is_refused_and_named),
        ON_STAGE(test_a_study_is_not_merged_into_itself),
        ON_STAGE(test_the_command_merges_and_says_what_came_of_it),
        ON_STAGE(test_the_command_refuses_in_words),
    };
    return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
