/* What a study costs beside its runs, and what a second thread is worth.
 *
 * A sweep of short runs of some milliseconds: the runs alone, one after the other, as the
 * least there is; the same sweep into a store, on one thread and on two.  Overhead is
 * what a run takes more in the sweep than alone, for reading its point, its numbers, the
 * store and the export; the budget is 2 ms.  Two threads are to be 1.9 times as fast as
 * one, where two processors are free.  Best of some rounds each: whoever else works on
 * the machine makes everything slower and nothing faster.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/memory.h"
#include "sim/study/store/store_export.h"
#include "sim/study/sweep.h"
#include "sim/trial/trial.h"
#include "tests/scratch.h"

#define ROUNDS       3
#define REPLICATIONS 20
#define BUDGET_MS    2.0
#define SCALING      1.9

static const char scenario[] =
    "{ \"version\": 1, \"name\": \"bench\", \"duration\": \"1min\","
    " \"hosts\": { \"client\": {}, \"server\": {} },"
    " \"apps\": { \"a\": { \"from\": \"client\", \"to\": \"server:80\","
    "   \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"100/s\" },"
    "   \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } } }";

struct bench {
    char *folder, *path;
    struct issues *issues;
    struct scenario_options options;
    struct trial_plan *base;
    struct study_axes axes;
    struct study_points points;
};

/* Of the clock on the wall, and of the processors. */
struct spent {
    double wall, process;
};

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct spent now(void)
{
    return (struct spent){seconds_of(CLOCK_MONOTONIC),
                          seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
}

static struct spent since(struct spent began)
{
    struct spent t = now();
    return (struct spent){t.wall - began.wall, t.process - began.process};
}

static struct spent best(struct spent a, struct spent b)
{
    return (struct spent){a.wall < b.wall ? a.wall : b.wall,
                          a.process < b.process ? a.process : b.process};
}

static void give_up(struct bench *b, const char *what)
{
    issues_print(b->issues, stderr);
    fprintf(stderr, "bench_study: %s\n", what);
    exit(EXIT_FAILURE);
}

static void open_bench(struct bench *b)
{
    b->folder = scratch_new();
    b->path = memory_print("%s/bench.json", b->folder);
    b->issues = issues_new();
    scratch_put(b->folder, "bench.json", scenario, strlen(scenario));
    b->base = trial_plan_read(b->path, &b->options, b->issues);
    if (!b->base || !study_axes_add_text(&b->axes, "apps.a.arrivals.rate=60/s:140/s:9",
                                         b->base, b->issues))
        give_up(b, "cannot read the axes");
    struct points_order order = {.path = b->path,
                                 .options = &b->options,
                                 .axes = &b->axes,
                                 .where_name = "--where"};
    if (!study_points_read(&b->points, &order, b->base, b->issues))
        give_up(b, "cannot read the points");
}

static void close_bench(struct bench *b)
{
    study_points_free(&b->points);
    study_axes_free(&b->axes);
    trial_plan_free(b->base);
    issues_free(b->issues);
    free(b->path);
    scratch_free(b->folder);
}

/* All runs and nothing else. */
static struct spent runs_alone(struct bench *b)
{
    struct spent spent = {0, 0};
    for (uint32_t i = 0; i < b->points.count; i++) {
        struct trial_plan *plan = study_points_plan(&b->points, i, b->issues);
        struct spent began = now();
        for (uint32_t k = 1; k <= REPLICATIONS; k++)
            trial_result_free(
                trial_run(plan, 1, k, &(struct trial_watch){.keeps = TRIAL_NUMBERS}));
        struct spent own = since(began);
        spent = (struct spent){spent.wall + own.wall, spent.process + own.process};
        trial_plan_free(plan);
    }
    return spent;
}

/* The whole study, from an empty store to the last file. */
static struct spent study(struct bench *b, unsigned threads, unsigned round)
{
    struct results_error error;
    struct ranks ranks = {.count = 1};
    struct sweep sweep;
    struct sweep_order order = {.points = &b->points,
                                .seed = 1,
                                .replications = REPLICATIONS,
                                .threads = threads};
    char *directory = memory_print("%s/%u-%u", b->folder, threads, round);
    struct spent began = now();
    struct study_store *store = store_open(directory, b->base, &error);
    if (!store || !sweep_open(&sweep, &order, store, &error) ||
        sweep_run(&sweep, &ranks) != SWEEP_DONE ||
        !store_export(store, RUN_COMPLETE, &error))
        give_up(b, "the sweep failed");
    struct spent spent = since(began);
    sweep_close(&sweep);
    store_close(store);
    free(directory);
    return spent;
}

int main(void)
{
    const struct spent never = {1e9, 1e9};
    struct spent alone = never, one = never, two = never;
    struct bench b = {.folder = NULL};
    open_bench(&b);
    for (unsigned i = 0; i < ROUNDS; i++) {
        alone = best(alone, runs_alone(&b));
        one = best(one, study(&b, 1, i));
        two = best(two, study(&b, 2, i));
    }
    double runs = (double)b.points.count * REPLICATIONS;
    double overhead = 1000 * (one.process - alone.process) / runs;
    printf("study: %.0f runs of %.2f ms\n", runs, 1000 * alone.process / runs);
    printf("overhead     %5.2f ms a run, budget %.1f: %s\n", overhead, BUDGET_MS,
           overhead < BUDGET_MS ? "within" : "BEYOND");
    printf("two threads  %5.2f times as fast as one with %.2f times its work, wanted "
           "%.1f: %s; %u processors\n",
           one.wall / two.wall, two.process / one.process, SCALING,
           one.wall / two.wall >= SCALING ? "reached"
           : workers_default() >= 2       ? "NOT reached"
                                          : "there is one",
           workers_default());
    close_bench(&b);
    return 0;
}
