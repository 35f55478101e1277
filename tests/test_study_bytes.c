/* `portsim sweep` and `portsim merge` as users meet them: however a study was made, on
 * how many threads, in how many shards, after how many kills, it exports the same bytes.
 *
 * Kills are SIGKILL at random moments, from PORTSIM_SEED (1 without it), which is
 * printed: 5 of them, or 100 in `make test-long`.  tests/test_store_kill.c looks into the
 * store after each.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "sim/base/hash.h"
#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/run_text.h"
#include "tests/scratch.h"
#include "tests/study_lab.h"

#define SCENARIO                                                                         \
    "{ \"name\": \"small\", \"duration\": \"200s\", \"network\": { \"rtt\": \"8ms\" },"  \
    "  \"hosts\": { \"client\": { \"tcp\": { \"range\": [50000, 50009],"                 \
    "    \"time_wait\": \"4s\" } }, \"server\": {} },"                                   \
    "  \"apps\": { \"pages\": { \"from\": \"client\", \"to\": \"server:80\","            \
    "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"4/s\" },"                    \
    "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } },"             \
    "  \"sweep\": { \"replications\": 20, \"vary\": {"                                   \
    "    \"apps.pages.arrivals.rate\": [\"12/s\", \"150/min\", \"5/s\"],"                \
    "    \"hosts.client.tcp.time_wait\": [\"4s\", \"1500ms\"] } } }"

/* A folder with the scenario, "small.json", and the study of one thread, "whole". */
struct stage {
    char *folder, *whole;
    double life; /* seconds that it took */
};

static struct program sweep_into(const struct stage *s, const char *study,
                                 const char *jobs, const char *shard)
{
    return (struct program){.args = {"sweep", "small.json", "-q", "-o", study, "--jobs",
                                     jobs, shard ? "--shard" : NULL, shard},
                            .folder = s->folder};
}

static int set_stage(void **state)
{
    struct stage *s = memory_new(1, sizeof *s);
    s->folder = scratch_new();
    s->whole = memory_print("%s/whole", s->folder);
    scratch_put(s->folder, "small.json", SCENARIO, strlen(SCENARIO));
    struct program p = sweep_into(s, "whole", "1", NULL);
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_silence(e.err);
    s->life = e.seconds;
    ended_free(&e);
    *state = s;
    return 0;
}

static int clear_stage(void **state)
{
    struct stage *s = *state;
    scratch_free(s->folder);
    free(s->whole);
    free(s);
    return 0;
}

static void run(const struct program *p)
{
    struct ended e = program_run(p);
    expect_status(&e, 0);
    ended_free(&e);
}

static void expect_whole(const struct stage *s, const char *study)
{
    char *path = memory_print("%s/%s", s->folder, study);
    expect_same_exports(s->whole, path);
    free(path);
}

static void test_any_number_of_threads_makes_the_same_bytes(void **state)
{
    const struct stage *s = *state;
    static const char *const jobs[] = {"2", "4"};
    for (size_t i = 0; i < 2; i++) {
        struct program p = sweep_into(s, jobs[i], jobs[i], NULL);
        run(&p);
        expect_whole(s, jobs[i]);
    }
}

static void test_any_number_of_shards_makes_the_same_bytes(void **state)
{
    const struct stage *s = *state;
    for (unsigned shards = 2; shards <= 3; shards++) {
        char *parts[3] = {NULL}, *into = memory_print("of-%u", shards);
        for (unsigned i = 0; i < shards; i++) {
            char *shard = memory_print("%u/%u", i + 1, shards);
            parts[i] = memory_print("%u-of-%u", i + 1, shards);
            struct program p = sweep_into(s, parts[i], "2", shard);
            run(&p);
            free(shard);
        }
        run(&(struct program){.args = {"merge", "-o", into, parts[0], parts[1], parts[2]},
                              .folder = s->folder});
        expect_whole(s, into);
        for (unsigned i = 0; i < shards; i++)
            free(parts[i]);
        free(into);
    }
}

/* True if it was killed, false if it had ended by itself, which must have been well. */
static bool killed(const struct program *p, double after)
{
    struct running r = program_start(p);
    nanosleep(
        &(struct timespec){.tv_sec = (time_t)after,
                           .tv_nsec = (long)((after - (double)(time_t)after) * 1e9)},
        NULL);
    kill(r.child, SIGKILL);
    struct ended e = program_finish(&r, p);
    bool was = e.status == 128 + SIGKILL;
    if (!was)
        expect_status(&e, 0);
    ended_free(&e);
    return was;
}

static void test_a_sweep_that_is_killed_goes_on_and_makes_the_same_bytes(void **state)
{
    const struct stage *s = *state;
    const char *text = getenv("PORTSIM_SEED");
    uint64_t moment = text ? strtoull(text, NULL, 0) : 1;
    unsigned wanted = long_run() ? 100 : quick_run() ? 2 : 5, kills = 0;
    print_message("moments of PORTSIM_SEED=%llu\n", (unsigned long long)moment);
    for (unsigned study = 0; kills < wanted; study++) {
        char *name = memory_print("killed-%u", study);
        struct program p = sweep_into(s, name, "2", NULL);
        bool was;
        do {
            moment = hash_mix(moment + 1);
            was = killed(&p, (double)(moment >> 11) / 0x1p53 * s->life / 2);
            kills += was;
        } while (was);
        expect_whole(s, name);
        free(name);
    }
    print_message("%u kills\n", kills);
}

static void test_a_study_has_no_file_that_grows_with_simulated_time(void **state)
{
    const struct stage *s = *state;
    assert_int_equal(scratch_entries(s->whole), 5);
    struct program p = sweep_into(s, "longer", "2", NULL);
    p.args[7] = "--set";
    p.args[8] = "duration=2000s";
    run(&p);
    char *runs = scratch_get(s->whole, "replications.csv");
    char *path = memory_print("%s/longer", s->folder);
    char *longer = scratch_get(path, "replications.csv");
    assert_int_equal(scratch_entries(path), 5);
    assert_true(strlen(longer) < strlen(runs) * 3 / 2); /* longer numbers, not more */
    free(longer);
    free(path);
    free(runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_threads_makes_the_same_bytes),
        cmocka_unit_test(test_any_number_of_shards_makes_the_same_bytes),
        cmocka_unit_test(test_a_sweep_that_is_killed_goes_on_and_makes_the_same_bytes),
        cmocka_unit_test(test_a_study_has_no_file_that_grows_with_simulated_time),
    };
    return cmocka_run_group_tests_name("study_bytes", tests, set_stage, clear_stage);
}
