/* portsim run --replications and --precision, as users meet them: the screen, the files,
 * the exit status, and every command that reads the directory afterwards. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "sim/results/run_study.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A tenth of the run: some milliseconds. */
#define SHORT "run", "teaching-mini", "--set", "duration=2000s"

static char *place(void)
{
    return scratch_new();
}

static void expect_run(const char *folder, int status, const char *const *more)
{
    struct program p = {.args = {SHORT, "--quiet"}, .folder = folder};
    for (size_t i = 0; more[i]; i++)
        p.args[5 + i] = more[i];
    struct ended e = program_run(&p);
    expect_status(&e, status);
    ended_free(&e);
}

static void expect_same_file(const char *a, const char *b, const char *name)
{
    char *x = scratch_get(a, name), *y = scratch_get(b, name);
    assert_non_null(x);
    assert_non_null(y);
    if (strcmp(x, y) != 0)
        fail_msg("%s differs between %s and %s", name, a, b);
    free(x);
    free(y);
}

static void test_the_bytes_do_not_depend_on_jobs(void **state)
{
    (void)state;
    static const char *const files[] = {"summary.json",   "replications.csv",
                                        "timeseries.csv", "events.csv",
                                        "scenario.json",  "manifest.json"};
    char *root = place();
    for (unsigned jobs = 1; jobs <= 4; jobs++) {
        char count[] = {(char)('0' + jobs), '\0'};
        expect_run(
            root, 0,
            (const char *[]){"--replications", "7", "--jobs", count, "-o", count, NULL});
        char *one = memory_print("%s/1", root),
             *other = memory_print("%s/%u", root, jobs);
        for (size_t i = 0; i < COUNT(files); i++)
            expect_same_file(one, other, files[i]);
        free(one);
        free(other);
    }
    scratch_free(root);
}

static void test_the_screen_says_how_many_and_why_with_intervals(void **state)
{
    (void)state;
    char *root = place();
    struct program p = {.args = {SHORT, "--replications", "6", "-o", "r"},
                        .folder = root};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "6 replications: as many as were asked for\n");
    expect_says(e.out, "in replication 1\nclient ran out of its 10 local ports");
    expect_says(e.out, " ± ");
    expect_says(e.out, "attempts failed in 6 of 6 runs (54.1 % to 100.0 %)");
    expect_says(e.out, "± is half of the 95 % interval of the mean");
    ended_free(&e);
    scratch_free(root);
}

static void test_a_precision_is_reached_or_the_status_is_7(void **state)
{
    (void)state;
    char *root = place();
    expect_run(root, 0, (const char *[]){"--precision", "50%", "-o", "coarse", NULL});
    expect_run(root, 7,
               (const char *[]){"--precision", "0.01%", "-o", "fine", "--set",
                                "study.max_replications=11", NULL});
    char *fine = memory_print("%s/fine", root);
    struct results_error error;
    struct stored_run *stored = run_directory_read(fine, &error);
    assert_non_null(stored);
    assert_int_equal(stored->record.replications, 11);
    assert_false(stored->record.study->reached);
    assert_non_null(strstr(stored->record.study->reason, "asked for was 0.01 %"));
    stored_run_free(stored);
    free(fine);
    scratch_free(root);
}

static void test_a_requirement_that_fails_or_is_undecided_is_status_1(void **state)
{
    (void)state;
    char *root = place();
    expect_run(root, 1,
               (const char *[]){"--replications", "5", "-o", "a", "--set",
                                "require=[\"apps.pages.failure_ratio <= 1%\"]", NULL});
    expect_run(root, 1,
               (const char *[]){"--replications", "2", "-o", "b", "--set",
                                "require=[\"apps.pages.attempts != 3040\"]", NULL});
    char *b = memory_print("%s/b", root), *summary = scratch_get(b, "summary.json");
    expect_says(summary, "\"verdict\": \"undecided\"");
    free(summary);
    free(b);
    scratch_free(root);
}

static void test_who_looks_into_a_run_is_shown_the_first(void **state)
{
    (void)state;
    char *root = place();
    expect_run(root, 0, (const char *[]){"--replications", "4", "-o", "many", NULL});
    expect_run(root, 0, (const char *[]){"-o", "one", NULL});
    static const char *const looks[][4] = {
        {"diagnose", NULL}, {"sockets", "--at", "end", NULL}, {"events", NULL}};
    for (size_t i = 0; i < COUNT(looks); i++) {
        struct ended e[2];
        for (size_t k = 0; k < 2; k++) {
            struct program p = {.args = {looks[i][0], k ? "many" : "one"},
                                .folder = root};
            for (size_t a = 1; looks[i][a]; a++)
                p.args[1 + a] = looks[i][a];
            e[k] = program_run(&p);
            expect_status(&e[k], 0);
        }
        assert_string_equal(e[0].out, e[1].out);
        expect_says(e[1].err, "many holds 4 replications; this is the first");
        ended_free(&e[0]);
        ended_free(&e[1]);
    }
    scratch_free(root);
}

/* Interrupts it after so long, and looks at what is left; the number of runs that had
 * ended by then. */
static uint32_t interrupt_after(double seconds)
{
    char *root = place(), *run = memory_print("%s/r", root);
    struct program p = {.args = {SHORT, "--replications", "100000", "-o", "r"},
                        .folder = root};
    struct running r = program_start(&p);
    program_wait_for_handler(&r);
    nanosleep(&(struct timespec){.tv_sec = (time_t)seconds,
                                 .tv_nsec = (long)(fmod(seconds, 1) * 1e9)},
              NULL);
    assert_int_equal(kill(r.child, SIGINT), 0);
    struct ended e = program_finish(&r, &p);
    expect_status(&e, 130);
    expect_says(e.out, "(interrupted)");
    assert_false(scratch_exists(run, "manifest.json"));
    struct results_error error;
    struct stored_run *stored = run_directory_read(run, &error);
    if (!stored)
        fail_msg("%s", error.text);
    assert_int_equal(stored->record.status, RUN_INTERRUPTED);
    uint32_t ended = stored->record.study ? stored->record.replications : 0;
    if (ended > 0) {
        assert_true(ended < 100000);
        assert_int_equal(stored->record.study->run_count, ended);
    }
    stored_run_free(stored);
    ended_free(&e);
    free(run);
    scratch_free(root);
    return ended;
}

/* How long a machine takes for one run, nobody knows: from too early to late enough. */
static void test_what_had_ended_before_ctrl_c_is_kept_and_marked(void **state)
{
    (void)state;
    uint32_t ended = interrupt_after(0);
    for (double seconds = 0.3; ended == 0 && seconds < 30; seconds *= 4)
        ended = interrupt_after(seconds);
    assert_true(ended > 0);
}

/* The value of a metric as a summary writes it; the caller's to free. */
static char *value_in(const char *folder, const char *metric)
{
    char *summary = scratch_get(folder, "summary.json");
    char *key = memory_print("\"%s\": { \"value\": ", metric);
    const char *at = strstr(summary, key);
    assert_non_null(at);
    at += strlen(key);
    char *value = memory_text(at, strcspn(at, ","));
    free(key);
    free(summary);
    return value;
}

/* Whatever runs it finds the same warm-up. */
static void test_a_steady_point_of_a_sweep_is_counted_as_a_run_is(void **state)
{
    (void)state;
    static const char steady[] =
        "study={\"kind\":\"steady\",\"watch\":[\"hosts.client.tcp4.in_use\"]}";
    char *root = place(), *r = memory_print("%s/r", root),
         *s = memory_print("%s/s", root);
    expect_run(root, 0,
               (const char *[]){"--set", "warm_up=0s", "--set", steady, "--set",
                                "require=[]", "--replications", "3", "-o", "r", NULL});
    struct program p = {.args = {"sweep", "teaching-mini", "--set", "duration=2000s",
                                 "--set", "warm_up=0s", "--set", steady, "--vary",
                                 "apps.pages.arrivals.rate=1.6/s,2/s", "--replications",
                                 "3", "-o", "s", "-q"},
                        .folder = root};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    char *scenario = scratch_get(r, "scenario.json");
    assert_null(strstr(scenario, "\"warm_up\": \"0s\""));
    char *value = value_in(r, "apps.pages.failure_ratio");
    char *results = scratch_get(s, "results.csv");
    expect_says(results, value);
    ended_free(&e);
    free(scenario);
    free(value);
    free(results);
    free(r);
    free(s);
    scratch_free(root);
}

/* The load grows near the end: there is no long run to speak of. */
static void test_every_command_warns_of_a_run_too_short_for_its_warm_up(void **state)
{
    (void)state;
    static const char changes[] = "changes=[{\"at\":\"1400s\","
                                  "\"set\":{\"apps.pages.arrivals.rate\":\"40/s\"}}]";
    static const char steady[] =
        "study={\"kind\":\"steady\",\"watch\":[\"apps.pages.attempts_per_s\"]}";
    static const char *const commands[][8] = {
        {"run", "--replications=2", "-o", "r"},
        {"sweep", "--replications=2", "--vary=hosts.client.tcp.time_wait=1s", "-o", "s"},
        {"plan", "--replications=2", "--max-replications=2",
         "--vary=hosts.client.tcp.time_wait=1s..2s",
         "--require=apps.pages.failure_ratio <= 1%"},
        {"compare", "--replications=2", "--b=hosts.client.tcp.time_wait=1s"},
    };
    char *root = place();
    for (size_t i = 0; i < COUNT(commands); i++) {
        struct program p = {.args = {commands[i][0], "teaching-mini", "-q", "--set",
                                     "duration=2000s", "--set", changes, "--set", steady,
                                     "--set=warm_up=0s"},
                            .folder = root};
        for (size_t k = 1; commands[i][k]; k++)
            p.args[9 + k] = commands[i][k];
        struct ended e = program_run(&p);
        expect_says(strcmp(commands[i][0], "run") == 0 ? e.out : e.err,
                    "warning: MSER-5 would cut off ");
        ended_free(&e);
    }
    scratch_free(root);
}

static void test_a_bad_count_or_precision_is_a_usage_error(void **state)
{
    (void)state;
    static const struct {
        const char *args[4];
        const char *says;
    } cases[] = {
        {{"--replications", "0"}, "--replications wants a whole number from 1"},
        {{"--replications", "-3"}, "--replications wants a whole number from 1"},
        {{"--replications", "2x"}, "--replications wants a whole number from 1"},
        {{"--jobs", "0"}, "--jobs wants a whole number from 1"},
        {{"--precision", "0"}, "--precision wants a share between 0% and 100%"},
        {{"--precision", "100%"}, "--precision wants a share between 0% and 100%"},
        {{"--precision", "2 %%"}, "--precision wants a share between 0% and 100%"},
        {{"--precision", "nan"}, "--precision wants a share between 0% and 100%"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct program p = {
            .args = {"run", "teaching-mini", cases[i].args[0], cases[i].args[1]}};
        struct ended e = program_run(&p);
        expect_status(&e, 2);
        expect_says(e.err, cases[i].says);
        ended_free(&e);
    }
}

static void test_every_command_refuses_a_number_in_the_same_words(void **state)
{
    (void)state;
    static const char *const commands[] = {"run", "sweep", "plan", "compare"};
    static const struct {
        const char *option, *says;
    } slips[] = {
        {"--jobs=1001", "--jobs wants a whole number from 1 to 1000, is \"1001\""},
        {"--jobs=+2", "--jobs wants a whole number from 1 to 1000, is \"+2\""},
        {"--replications=2.5", "--replications wants a whole number from "},
        {"--replications=99999999999999999999",
         "--replications wants a whole number from "},
    };
    for (size_t i = 0; i < COUNT(commands) * COUNT(slips); i++) {
        struct program p = {.args = {commands[i / COUNT(slips)], "teaching-mini",
                                     slips[i % COUNT(slips)].option}};
        struct ended e = program_run(&p);
        expect_status(&e, 2);
        expect_says(e.err, slips[i % COUNT(slips)].says);
        ended_free(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_bytes_do_not_depend_on_jobs),
        cmocka_unit_test(test_the_screen_says_how_many_and_why_with_intervals),
        cmocka_unit_test(test_a_precision_is_reached_or_the_status_is_7),
        cmocka_unit_test(test_a_requirement_that_fails_or_is_undecided_is_status_1),
        cmocka_unit_test(test_who_looks_into_a_run_is_shown_the_first),
        cmocka_unit_test(test_what_had_ended_before_ctrl_c_is_kept_and_marked),
        cmocka_unit_test(test_a_steady_point_of_a_sweep_is_counted_as_a_run_is),
        cmocka_unit_test(test_every_command_warns_of_a_run_too_short_for_its_warm_up),
        cmocka_unit_test(test_a_bad_count_or_precision_is_a_usage_error),
        cmocka_unit_test(test_every_command_refuses_a_number_in_the_same_words),
    };
    return cmocka_run_group_tests_name("cli_replications", tests, NULL, NULL);
}
