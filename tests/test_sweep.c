/* portsim sweep as its users meet it: what it prints and writes, that it goes on where it
 * ended and adds to what there is, and what it says of what cannot be. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define RATE         "apps.x.arrivals.rate="

/* Ports run out at 10 connections a second and more: 20 of them, held for 2 s. */
static const char small[] =
    "{ \"version\": 1, \"name\": \"small\", \"duration\": \"2min\",\n"
    "  \"hosts\": { \"a\": { \"tcp\": { \"range\": [50001, 50020],"
    " \"time_wait\": \"1s\" } },\n"
    "    \"b\": {} },\n"
    "  \"apps\": { \"x\": { \"from\": \"a\", \"to\": \"b:80\",\n"
    "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"5/s\" },\n"
    "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } },\n"
    "  \"phases\": { \"late\": [\"1min\", \"2min\"] },\n"
    "  \"require\": [\"apps.x.failure_ratio@late <= 1%\"],\n"
    "  \"sweep\": { \"vary\": { \"apps.x.arrivals.rate\": [\"5/s\", \"20/s\"] },"
    " \"replications\": 3 } }\n";

static const char *const files[] = {"results.csv", "results.json", "replications.csv",
                                    "scenario.json"};

static char *folder_with_small(void)
{
    char *folder = scratch_new();
    scratch_put(folder, "small.json", small, strlen(small));
    return folder;
}

/* Fails unless both studies of that folder export the same bytes. */
static void expect_same_study(const char *folder, const char *a, const char *b)
{
    for (size_t i = 0; i < COUNT(files); i++) {
        char *first = memory_print("%s/%s", a, files[i]);
        char *second = memory_print("%s/%s", b, files[i]);
        char *x = scratch_get(folder, first), *y = scratch_get(folder, second);
        assert_non_null(x);
        assert_non_null(y);
        if (strcmp(x, y) != 0)
            fail_msg("%s and %s differ", first, second);
        free(first);
        free(second);
        free(x);
        free(y);
    }
}

static void expect_run(const char *folder, const struct program *p, int status,
                       const char *says)
{
    struct program in = *p;
    in.folder = folder;
    struct ended e = program_run(&in);
    expect_status(&e, status);
    if (says)
        expect_says(e.err, says);
    ended_free(&e);
}

/* --- what it prints ------------------------------------------------------------ */

static void test_a_sweep_prints_what_is_required_with_half_widths(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program p = {.args = {"sweep", "small.json"}, .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "apps.x.arrivals.rate  runs  apps.x.failure_ratio@late\n");
    expect_says(e.out, "\n20/s                     3  0.");
    expect_says(e.out, " ± ");
    expect_says(e.err, "\n6 runs in ");
    expect_says(e.err, "; results in studies/small\n");
    for (size_t i = 0; i < COUNT(files); i++) {
        char *name = memory_print("studies/small/%s", files[i]);
        assert_true(scratch_exists(folder, name));
        free(name);
    }
    ended_free(&e);
    scratch_free(folder);
}

static void test_what_was_asked_for_is_printed_instead(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program p = {.args = {"sweep", "small.json", "-q", "-r", "1", "--metric",
                                 "apps.x.attempts", "--metric", "apps.x.first_failure_s",
                                 "--vary", RATE "1/s"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_silence(e.err);
    expect_says(e.out, "  runs  apps.x.attempts  apps.x.first_failure_s\n"
                       "1/s                      1  1");
    expect_says(e.out, "  -\n"); /* no failure has no time, and one run no interval */
    assert_null(strstr(e.out, "±"));
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_picture_of_an_unknown_metric_is_a_wrong_command(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program sweep = {.args = {"sweep", "small.json", "-q", "-r", "1", "-o", "s"}},
                   plot = {.args = {"plot", "s", "-m", "apps.x.sucesses"}};
    expect_run(folder, &sweep, 0, NULL);
    expect_run(folder, &plot, 2, "did you mean \"apps.x.successes\"?\n");
    plot.args[3] = "apps.mail.nothing";
    expect_run(folder, &plot, 2, "no run has a metric \"apps.mail.nothing\"");
    scratch_free(folder);
}

static void test_where_nothing_is_asked_every_failure_ratio_is_printed(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program p = {
        .args = {"sweep", "small.json", "-r", "1", "--set", "require=[]", "--set",
                 "apps.y={\"from\": \"a\", \"to\": \"b:81\", \"arrivals\": "
                 "{\"kind\": \"constant\", \"rate\": \"1/s\"}, \"lifetime\": "
                 "{\"kind\": \"constant\", \"value\": \"1s\"}}"},
        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "  runs  apps.x.failure_ratio  apps.y.failure_ratio\n");
    ended_free(&e);
    scratch_free(folder);
}

static void test_json_is_results_json(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program p = {.args = {"sweep", "small.json", "--json", "-r", "2", "-o", "s"},
                        .folder = folder};
    struct ended e = program_run(&p);
    char *results = scratch_get(folder, "s/results.json");
    expect_status(&e, 0);
    assert_string_equal(e.out, results);
    free(results);
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_list_says_what_is_done_and_runs_nothing(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program list = {.args = {"sweep", "small.json", "--list"}, .folder = folder};
    struct ended e = program_run(&list);
    expect_status(&e, 0);
    expect_says(e.out, "apps.x.arrivals.rate  point ");
    assert_int_equal(scratch_entries(folder), 1);
    ended_free(&e);
    expect_run(folder, &(struct program){.args = {"sweep", "small.json", "-r", "2"}}, 0,
               "4 runs");
    struct program json = {.args = {"sweep", "small.json", "--list", "--json", "--vary",
                                    RATE "20/s,30/s", "-r", "3"},
                           .folder = folder};
    e = program_run(&json);
    expect_says(e.out, "\"20/s\"");
    expect_says(e.out, "\"done\": 2");
    expect_says(e.out, "\"missing\": 1");
    expect_says(e.out, "\"done\": 0");
    expect_says(e.out, "\"missing\": 3");
    ended_free(&e);
    scratch_free(folder);
}

static void test_an_estimate_keeps_nothing(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    char *temporary = memory_print("TMPDIR=%s", folder);
    struct program p = {.args = {"sweep", "small.json", "--estimate", "-r", "100"},
                        .folder = folder,
                        .env = {temporary}};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "points    2, of 100 replications\n"
                       "runs      200, of which 0 are done\n");
    expect_says(e.out, "in 2 pilots; ");
    expect_says(e.out, "\ntime      ");
    expect_says(e.out, "\ndisk      ");
    assert_int_equal(scratch_entries(folder), 1);
    ended_free(&e);
    free(temporary);
    scratch_free(folder);
}

/* --- going on ------------------------------------------------------------------ */

static void test_threads_and_order_leave_the_same_bytes(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    static const char *const jobs[] = {"1", "2", "4"};
    for (size_t i = 0; i < COUNT(jobs); i++) {
        struct program p = {.args = {"sweep", "small.json", "--jobs", jobs[i], "-o",
                                     jobs[i], "-r", "5", "--vary", RATE "20/s,5/s,10/s"}};
        expect_run(folder, &p, 0, "15 runs");
        if (i)
            expect_same_study(folder, jobs[0], jobs[i]);
    }
    scratch_free(folder);
}

/* In any order and pieces: the same study. */
static void test_more_values_and_more_runs_only_add(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    static const struct {
        const char *vary, *replications, *says;
    } pieces[] = {
        {RATE "20/s", "2", "2 runs in "},
        {RATE "5/s,20/s", "2", "2 runs in "},
        {RATE "5/s,20/s", "4", "4 runs in "},
        {RATE "5/s,10/s,20/s", "4", "4 runs in "},
        {RATE "5/s,10/s,20/s", "4", "0 runs in "},
        {RATE "10/s", "3", ", 3 were there already"},
    };
    for (size_t i = 0; i < COUNT(pieces); i++)
        expect_run(
            folder,
            &(struct program){.args = {"sweep", "small.json", "-o", "s", "--vary",
                                       pieces[i].vary, "-r", pieces[i].replications}},
            0, pieces[i].says);
    expect_run(folder,
               &(struct program){.args = {"sweep", "small.json", "-o", "whole", "--vary",
                                          RATE "5/s:20/s:4", "--where",
                                          "apps.x.arrivals.rate != 15/s", "-r", "4"}},
               0, "12 runs");
    expect_same_study(folder, "s", "whole");
    scratch_free(folder);
}

/* Some seconds of work, by one thread. */
#define LONG_SWEEP(directory)                                                            \
    "sweep", "small.json", "-o", directory, "--set", "duration=20min", "--vary",         \
        RATE "20/s:60/s:5", "-r", "8", "--set", "warm_up=1min"

static void test_interrupted_it_says_what_goes_on_and_goes_on(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program p = {.args = {LONG_SWEEP("s"), "-j", "1"}, .folder = folder};
    struct running r = program_start(&p);
    program_wait_for_handler(&r);
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    assert_int_equal(kill(r.child, SIGINT), 0);
    struct ended e = program_finish(&r, &p);
    expect_status(&e, 130);
    expect_says(e.err, " of 40 runs are in s; the same command goes on:\n"
                       "  portsim sweep small.json -o s --set duration=20min --vary ");
    char *json = scratch_get(folder, "s/results.json");
    expect_says(json, "\"interrupted\"");
    free(json);
    ended_free(&e);
    expect_run(folder, &(struct program){.args = {LONG_SWEEP("s")}}, 0,
               "; results in s\n");
    expect_run(folder, &(struct program){.args = {LONG_SWEEP("t")}}, 0, "40 runs in ");
    expect_same_study(folder, "s", "t");
    scratch_free(folder);
}

/* A scenario that is no longer what it was when the points were read. */
static void
test_a_scenario_edited_meanwhile_ends_the_sweep_and_keeps_its_runs(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program p = {.args = {LONG_SWEEP("s"), "-j", "1"}, .folder = folder};
    struct running r = program_start(&p);
    program_wait_for_handler(&r);
    char *edited = memory_text(small, strlen(small));
    memcpy(strstr(edited, "50020"), "50021", 5);
    scratch_put(folder, "small.json", edited, strlen(edited));
    struct ended e = program_finish(&r, &p);
    expect_status(&e, 4);
    expect_says(e.err, "small.json, or a file it uses, has changed since");
    expect_says(e.err, "the same command goes on");
    ended_free(&e);
    scratch_put(folder, "small.json", small, strlen(small));
    expect_run(folder, &(struct program){.args = {LONG_SWEEP("s")}}, 0, " runs in ");
    free(edited);
    scratch_free(folder);
}

static void test_progress_is_runs_and_time_left_on_a_terminal(void **state)
{
    (void)state;
    program_needs_terminal();
    char *folder = folder_with_small();
    struct program p = {.args = {LONG_SWEEP("s"), "-j", "1"},
                        .folder = folder,
                        .env = {"TERM=xterm"},
                        .terminal = TERMINAL_ERR};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.err, "\r\033[K");
    expect_says(e.err, " of 40 runs, ");
    expect_says(e.err, " runs/s, ");
    expect_says(e.err, " left");
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_share_has_a_directory_and_runs_of_its_own(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    static const struct {
        const char *share, *says;
    } shares[] = {{"1/4", "2 runs in "}, {"2/4", "2 runs in "}, {"4/4", "1 runs in "}};
    for (size_t i = 0; i < COUNT(shares); i++)
        expect_run(folder,
                   &(struct program){
                       .args = {"sweep", "small.json", "--shard", shares[i].share}},
                   0, shares[i].says);
    assert_true(scratch_exists(folder, "studies/small-1-of-4/study.sqlite"));
    assert_true(scratch_exists(folder, "studies/small-4-of-4/study.sqlite"));
    scratch_free(folder);
}

/* --- one axis at a time -------------------------------------------------------- */

static void test_one_at_a_time_is_the_scenario_and_each_value_alone(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program p = {.args = {"sweep", "small.json", "--design", "one-at-a-time",
                                 "--vary", RATE "5/s,20/s", "--vary",
                                 "apps.x.lifetime.mean=3s", "-r", "1", "-o", "s"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.err, "3 runs in ");
    char *csv = scratch_get(folder, "s/results.csv");
    expect_says(csv, ",5/s,1s,1,");
    expect_says(csv, ",5/s,3s,1,");
    expect_says(csv, ",20/s,1s,1,");
    free(csv);
    ended_free(&e);
    scratch_free(folder);
}

/* --- the library --------------------------------------------------------------- */

static void test_the_knee_of_the_library_has_nine_points(void **state)
{
    (void)state;
    char *folder = scratch_new();
    char *study = memory_print("%s/s", folder);
    struct ended e = program_run(&(struct program){
        .args = {"sweep", "proxysg-knee", "--list", "--json", "-o", study}});
    expect_status(&e, 0);
    unsigned points = 0;
    for (const char *p = e.out; (p = strstr(p, "\"missing\": 10")); p++)
        points++;
    assert_int_equal(points, 9);
    expect_says(e.out, "\"24/s\"");
    expect_says(e.out, "\"32/s\"");
    ended_free(&e);
    free(study);
    scratch_free(folder);
}

/* --- what cannot be ------------------------------------------------------------ */

static void test_what_cannot_be_swept_is_said_and_nothing_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *args[8];
        int status;
        const char *says;
    } bad[] = {
        {{"sweep"}, 2, "which scenario?"},
        {{"sweep", "small.json", "b"}, 2, "one scenario at a time"},
        {{"sweep", "-"}, 2, "it must be a file"},
        {{"sweep", "small.json", "-r", "0"}, 2, "from 1 to 1000000, is \"0\""},
        {{"sweep", "small.json", "-j", "two"}, 2, "from 1 to 1000, is \"two\""},
        {{"sweep", "small.json", "--design", "star"}, 2, "grid or one-at-a-time"},
        {{"sweep", "small.json", "--shard", "3/2"}, 2, "shard"},
        {{"sweep", "small.json", "--list", "--estimate"}, 2, "one at a time"},
        {{"sweep", "teaching-mini"}, 2, "what is to vary?"},
        {{"sweep", "nothing-like-it"}, 4, "there is no scenario"},
        {{"sweep", "small.json", "--set", "duration=5"}, 3, "--set: duration: must be"},
        {{"sweep", "small.json", "--vary", "apps.x.arrivals.rat=1/s"},
         2,
         "unknown key of arrivals; did you mean \"rate\"?"},
        {{"sweep", "small.json", "--vary", RATE "5/s:1/s:4"}, 2, "ends before it begins"},
        {{"sweep", "small.json", "--vary", RATE "5/s:9/s:1"}, 2, "at least 2"},
        {{"sweep", "small.json", "--where", "apps.y > 1"}, 2, "--where:1:1: \"apps.y\""},
        {{"sweep", "small.json", "--metric", "apps.x.attemps"},
         2,
         "--metric: there is no metric \"apps.x.attemps\"; did you mean "
         "apps.x.attempts?"},
        {{"sweep", "small.json", "--vary", "hosts.a.count=1:100:100", "-r", "100000"},
         2,
         "100 points of 100000 replications are 10000000 runs"},
        {{"sweep", "small.json", "-o", "small.json"}, 4, "small.json"},
    };
    char *folder = folder_with_small();
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct program p = {.folder = folder};
        memcpy(p.args, bad[i].args, sizeof bad[i].args);
        struct ended e = program_run(&p);
        expect_status(&e, bad[i].status);
        expect_silence(e.out);
        expect_says(e.err, bad[i].says);
        ended_free(&e);
    }
    assert_int_equal(scratch_entries(folder), 1);
    scratch_free(folder);
}

static void test_check_reads_the_points_of_a_sweep_too(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    struct program p = {.args = {"check", "small.json"}, .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    ended_free(&e);
    char *edited = memory_text(small, strlen(small));
    memcpy(strstr(edited, "\"20/s\""), "\"20/m\"", 6);
    scratch_put(folder, "small.json", edited, strlen(edited));
    e = program_run(&p);
    expect_status(&e, 3);
    expect_silence(e.out);
    expect_says(e.err, "small.json:9:56: apps.x.arrivals.rate: must be a rate");
    ended_free(&e);
    free(edited);
    scratch_free(folder);
}

static void test_another_scenarios_study_is_refused(void **state)
{
    (void)state;
    char *folder = folder_with_small();
    expect_run(folder, &(struct program){.args = {"sweep", "small.json", "-o", "s"}}, 0,
               "6 runs");
    char *before = scratch_get(folder, "s/results.csv");
    expect_run(folder,
               &(struct program){.args = {"sweep", "small.json", "-o", "s", "--set",
                                          "hosts.b.count=2"}},
               4, "portsim: ");
    char *after = scratch_get(folder, "s/results.csv");
    assert_string_equal(before, after);
    free(before);
    free(after);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sweep_prints_what_is_required_with_half_widths),
        cmocka_unit_test(test_what_was_asked_for_is_printed_instead),
        cmocka_unit_test(test_a_picture_of_an_unknown_metric_is_a_wrong_command),
        cmocka_unit_test(test_where_nothing_is_asked_every_failure_ratio_is_printed),
        cmocka_unit_test(test_json_is_results_json),
        cmocka_unit_test(test_a_list_says_what_is_done_and_runs_nothing),
        cmocka_unit_test(test_an_estimate_keeps_nothing),
        cmocka_unit_test(test_threads_and_order_leave_the_same_bytes),
        cmocka_unit_test(test_more_values_and_more_runs_only_add),
        cmocka_unit_test(test_interrupted_it_says_what_goes_on_and_goes_on),
        cmocka_unit_test(
            test_a_scenario_edited_meanwhile_ends_the_sweep_and_keeps_its_runs),
        cmocka_unit_test(test_a_share_has_a_directory_and_runs_of_its_own),
        cmocka_unit_test(test_progress_is_runs_and_time_left_on_a_terminal),
        cmocka_unit_test(test_the_knee_of_the_library_has_nine_points),
        cmocka_unit_test(test_one_at_a_time_is_the_scenario_and_each_value_alone),
        cmocka_unit_test(test_what_cannot_be_swept_is_said_and_nothing_is_written),
        cmocka_unit_test(test_check_reads_the_points_of_a_sweep_too),
        cmocka_unit_test(test_another_scenarios_study_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
