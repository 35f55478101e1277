/* Interrupted runs: whenever SIGINT or SIGTERM comes, the program ends within a second
 * with 130 or 143, and what it has so far is kept and marked. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A run of some minutes, into "r". */
#define LONG_RUN                                                                         \
    "run", "teaching-mini", "-o", "r", "--set", "duration=80000h", "--set",              \
        "sample_every=100s"

/* Sanitizers are slow, and so is writing under them. */
static double patience(void)
{
    return quick_run() ? 10 : 1;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pause_ms(unsigned ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L},
              NULL);
}

/* Starts it, and sends the signal some time after it began to simulate. */
static struct ended interrupted(const struct program *p, int signal, unsigned after_ms)
{
    struct running r = program_start(p);
    program_wait_for_handler(&r);
    pause_ms(after_ms);
    double sent = seconds_now();
    assert_int_equal(kill(r.child, signal), 0);
    struct ended e = program_finish(&r, p);
    double spent = seconds_now() - sent;
    if (spent > patience())
        fail_msg("took %.2f s to end after a signal", spent);
    return e;
}

/* Entries of the directory that its manifest accounts for: itself, the files, and the
 * folder of those that are deeper. */
static int entries_in_manifest(const char *folder)
{
    char *text = scratch_get(folder, "r/manifest.partial.json");
    cJSON *manifest = cJSON_Parse(text), *file;
    int count = 1, deeper = 0;
    cJSON_ArrayForEach(file, cJSON_GetObjectItemCaseSensitive(manifest, "files"))
    {
        bool inside = strchr(file->string, '/');
        count += !inside;
        deeper += inside;
    }
    cJSON_Delete(manifest);
    free(text);
    return count + (deeper > 0);
}

static void expect_partial_results(const char *folder)
{
    char *text = scratch_get(folder, "r/summary.json");
    cJSON *summary = cJSON_Parse(text);
    assert_non_null(summary);
    assert_string_equal(cJSON_GetObjectItemCaseSensitive(summary, "status")->valuestring,
                        "interrupted");
    double simulated =
        cJSON_GetObjectItemCaseSensitive(summary, "simulated_s")->valuedouble;
    assert_true(simulated >= 0 && simulated < 80000 * 3600.0);
    assert_false(scratch_exists(folder, "r/manifest.json"));
    assert_true(scratch_exists(folder, "r/manifest.partial.json"));
    assert_true(scratch_exists(folder, "r/timeseries.csv"));
    assert_true(scratch_exists(folder, "r/events.csv"));
    assert_true(scratch_exists(folder, "r/scenario.json"));
    assert_true(scratch_exists(folder, "r/sockets/census.csv"));
    char *run = memory_print("%s/r", folder);
    char *sockets = memory_print("%s/sockets", run);
    assert_int_equal(scratch_entries(run), entries_in_manifest(folder));
    assert_int_equal(scratch_entries(sockets), 1);
    free(sockets);
    free(run);
    cJSON_Delete(summary);
    free(text);
}

static void test_signals_at_twenty_moments_keep_and_mark_the_results(void **state)
{
    (void)state;
    static const struct {
        int signal, status;
    } signals[] = {{SIGINT, 130}, {SIGTERM, 143}};
    unsigned moments = quick_run() ? 4 : 20;
    for (unsigned i = 0; i < moments; i++) {
        char *folder = scratch_new();
        struct program p = {.args = {LONG_RUN}, .folder = folder};
        struct ended e = interrupted(&p, signals[i % 2].signal, i * i); /* 0 .. 361 ms */
        expect_status(&e, signals[i % 2].status);
        expect_says(e.out, "(interrupted)");
        expect_says(e.out, "undecided: ");
        expect_says(e.err, "results in r\n");
        expect_partial_results(folder);
        ended_free(&e);
        scratch_free(folder);
    }
}

static void test_an_interrupted_run_draws_nothing_and_can_be_drawn_later(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {LONG_RUN, "--plots"}, .folder = folder};
    struct ended e = interrupted(&p, SIGINT, 100);
    expect_status(&e, 130);
    expect_partial_results(folder);
    ended_free(&e);
    p = (struct program){.args = {"plot", "r"}, .folder = folder};
    e = program_run(&p);
    expect_status(&e, 0);
    assert_true(scratch_exists(folder, "r/plots/states.svg"));
    ended_free(&e);
    scratch_free(folder);
}

static void test_json_of_an_interrupted_run_is_json(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {LONG_RUN, "--json", "-q"}, .folder = folder};
    struct ended e = interrupted(&p, SIGTERM, 50);
    expect_status(&e, 143);
    expect_silence(e.err);
    cJSON *summary = cJSON_Parse(e.out);
    assert_non_null(summary);
    cJSON_Delete(summary);
    ended_free(&e);
    scratch_free(folder);
}

static void test_an_interrupted_run_is_replaced_only_when_asked(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {LONG_RUN}, .folder = folder};
    struct ended e = interrupted(&p, SIGINT, 50);
    ended_free(&e);
    struct program again = {.args = {"run", "teaching-mini", "-o", "r", "-q"},
                            .folder = folder};
    e = program_run(&again);
    expect_status(&e, 4);
    expect_says(e.err, "--overwrite replaces it");
    ended_free(&e);
    again.args[5] = "--overwrite";
    e = program_run(&again);
    expect_status(&e, 0);
    assert_true(scratch_exists(folder, "r/manifest.json"));
    assert_false(scratch_exists(folder, "r/manifest.partial.json"));
    ended_free(&e);
    scratch_free(folder);
}

static void test_two_runs_do_not_write_into_one_directory(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {LONG_RUN}, .folder = folder};
    struct running r = program_start(&p);
    program_wait_for_handler(&r);
    struct program other = {.args = {"run", "teaching-mini", "-o", "r", "--overwrite"},
                            .folder = folder};
    struct ended second = program_run(&other);
    expect_status(&second, 4);
    expect_says(second.err, "r is being written by another run");
    assert_int_equal(kill(r.child, SIGINT), 0);
    struct ended first = program_finish(&r, &p);
    expect_status(&first, 130);
    expect_partial_results(folder);
    ended_free(&first);
    ended_free(&second);
    scratch_free(folder);
}

/* Killed outright, a run leaves nothing that looks like results. */
static void test_a_killed_run_leaves_nothing_and_its_directory_can_be_used(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {LONG_RUN}, .folder = folder};
    struct running r = program_start(&p);
    program_wait_for_handler(&r);
    assert_int_equal(kill(r.child, SIGKILL), 0);
    struct ended e = program_finish(&r, &p);
    expect_status(&e, 128 + SIGKILL);
    ended_free(&e);
    assert_false(scratch_exists(folder, "r/summary.json"));
    struct program again = {.args = {"run", "teaching-mini", "-o", "r", "-q"},
                            .folder = folder};
    e = program_run(&again);
    expect_status(&e, 0);
    ended_free(&e);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signals_at_twenty_moments_keep_and_mark_the_results),
        cmocka_unit_test(test_an_interrupted_run_draws_nothing_and_can_be_drawn_later),
        cmocka_unit_test(test_json_of_an_interrupted_run_is_json),
        cmocka_unit_test(test_an_interrupted_run_is_replaced_only_when_asked),
        cmocka_unit_test(test_two_runs_do_not_write_into_one_directory),
        cmocka_unit_test(test_a_killed_run_leaves_nothing_and_its_directory_can_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
