/* What the study store costs beside the runs: putting a run, loading one, exporting.
 *
 * The run is of a library scenario of some hundred numbers; its replication is changed
 * from one put to the next, so nothing is simulated twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "sim/study/store/store_export.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

#define RUNS 2000

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint32_t shown(const struct trial_numbers *n)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n->count; i++)
        count += !n->hidden[i];
    return count;
}

static bool put_all(struct study_store *store, uint32_t point, struct trial_numbers *n,
                    struct results_error *error)
{
    for (uint32_t i = 1; i <= RUNS; i++) {
        n->replication = i;
        if (!store_put(store, point, n, error))
            return false;
    }
    return store_commit(store, error);
}

static bool measure(struct study_store *store, struct trial_numbers *n,
                    struct results_error *error)
{
    char key[STUDY_KEY_SIZE] = "0123456789abcdef0123456789abcdef";
    struct store_runs runs;
    uint32_t point = store_point(store, key, NULL, 0, error);
    double began = seconds_now();
    if (point == STORE_NONE || !put_all(store, point, n, error))
        return false;
    double put = seconds_now();
    if (!store_load(store, point, &runs, error))
        return false;
    store_runs_free(&runs);
    double loaded = seconds_now();
    if (!store_export(store, RUN_COMPLETE, error))
        return false;
    double exported = seconds_now();
    printf("  a run of %u numbers, %u of them shown: put %.0f us, load %.0f us, export "
           "%.0f us\n",
           n->count, shown(n), (put - began) / RUNS * 1e6, (loaded - put) / RUNS * 1e6,
           (exported - loaded) / RUNS * 1e6);
    return true;
}

int main(void)
{
    struct text_plan p = text_plan_file("proxysg-cifs-finwait2");
    struct trial_result *r =
        trial_run(p.plan, 1, 1, &(struct trial_watch){.keeps = TRIAL_NUMBERS});
    char *folder = scratch_new();
    struct results_error error;
    struct study_store *store = store_open(folder, p.plan, &error);
    bool good = store && measure(store, r->numbers, &error);
    if (!good)
        printf("  %s\n", error.text);
    store_close(store);
    scratch_free(folder);
    trial_result_free(r);
    text_plan_free(&p);
    return !good;
}
