/* Killed at any moment, a study loses no run that it had and can go on: in the end it
 * exports the bytes of one that nobody killed.
 *
 * A child process works on the study, as the sweep command does, on two threads; it is
 * killed with SIGKILL after a random time and started again until it is done.  Studies
 * follow one another until there were kills enough: 10, or 100 in `make test-long`.  The
 * moments come from PORTSIM_SEED (1 without it), which is printed.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/hash.h"
#include "sim/base/memory.h"
#include "tests/scratch.h"
#include "tests/study_lab.h"

#define REPLICATIONS 25

static const struct lab_work all_of_it = {.replications = REPLICATIONS, .threads = 2};

static uint64_t seed_of_the_moments(void)
{
    const char *text = getenv("PORTSIM_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 0) : 1;
    print_message("moments of PORTSIM_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

/* --- runs kept ------------------------------------------------------------------------
 */

struct kept {
    bool run[LAB_POINTS][REPLICATIONS];
    uint32_t count;
};

/* What is in the store, each run checked against its digest by loading it.  A process
 * killed before its first commit leaves none. */
static struct kept look(const struct study_lab *lab, const char *study)
{
    struct kept kept = {.count = 0};
    struct results_error error;
    struct study_store *store = store_read(study, &error);
    if (!store && strstr(error.text, "is no study of portsim"))
        return kept;
    if (!store)
        fail_msg("%s", error.text);
    for (uint32_t i = 0; i < LAB_POINTS; i++) {
        uint32_t point = store_find(store, lab->points[i].key);
        struct store_runs runs = {0};
        if (point != STORE_NONE && !store_load(store, point, &runs, &error))
            fail_msg("%s", error.text);
        for (uint32_t k = 0; k < runs.count; k++)
            kept.run[i][runs.at[k]->replication - 1] = true;
        kept.count += runs.count;
        store_runs_free(&runs);
    }
    store_close(store);
    return kept;
}

static void expect_nothing_lost(const struct kept *before, const struct kept *after)
{
    for (uint32_t i = 0; i < LAB_POINTS; i++)
        for (uint32_t k = 0; k < REPLICATIONS; k++)
            if (before->run[i][k] && !after->run[i][k])
                fail_msg("replication %u of point %u was there and is not", k + 1, i);
}

/* --- lives ----------------------------------------------------------------------------
 */

static pid_t start(const struct study_lab *lab, const char *study)
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct results_error error;
        bool good = study_lab_work(lab, study, &all_of_it, &error);
        if (!good)
            fprintf(stderr, "%s\n", error.text);
        _exit(good ? 0 : 1);
    }
    return child;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* True if it was killed, false if it had ended by itself, which must have been well. */
static bool kill_after(pid_t child, double seconds)
{
    int status;
    struct timespec pause = {.tv_sec = (time_t)seconds,
                             .tv_nsec =
                                 (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&pause, NULL);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        return true;
    assert_int_equal(status, 0);
    return false;
}

/* How long one takes that nobody kills. */
static double whole_life(const struct study_lab *lab, const char *study)
{
    int status;
    double began = seconds_now();
    pid_t child = start(lab, study);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    return seconds_now() - began;
}

/* Kills the study until it is done; how often. */
static uint32_t work_under_fire(const struct study_lab *lab, const char *study,
                                double life, uint64_t *moment)
{
    struct kept kept = {.count = 0};
    for (uint32_t kills = 0;; kills++) {
        *moment = hash_mix(*moment + 1);
        double share = (double)(*moment >> 11) / (double)(UINT64_C(1) << 53);
        if (!kill_after(start(lab, study), share * life / 2))
            return kills;
        struct kept now = look(lab, study);
        expect_nothing_lost(&kept, &now);
        kept = now;
    }
}

static void test_a_study_survives_kills_at_random_moments(void **state)
{
    (void)state;
    uint32_t wanted = long_run() ? 100 : quick_run() ? 3 : 10, kills = 0;
    uint64_t moment = seed_of_the_moments();
    struct study_lab lab = study_lab_new("");
    char *folder = scratch_new();
    char *whole = memory_print("%s/whole", folder);
    double life = whole_life(&lab, whole);
    for (uint32_t study = 0; kills < wanted; study++) {
        char *path = memory_print("%s/%u", folder, study);
        kills += work_under_fire(&lab, path, life, &moment);
        expect_same_exports(whole, path);
        struct kept kept = look(&lab, path);
        assert_int_equal(kept.count, LAB_POINTS * REPLICATIONS);
        free(path);
    }
    print_message("%u kills; a life of %.2f s\n", kills, life);
    free(whole);
    scratch_free(folder);
    study_lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_study_survives_kills_at_random_moments),
    };
    return cmocka_run_group_tests_name("store_kill", tests, NULL, NULL);
}
