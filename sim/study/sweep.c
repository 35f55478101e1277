#include "sim/study/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* --- plans --------------------------------------------------------------------- */

/* Plans of points whose runs are under way. */
struct sweep_plans {
    struct open_plan {
        struct trial_plan *plan;
        uint32_t users;
    } * at;          /* by point */
    uint32_t latest; /* its next run is about to come: keep it */
};

static void give_back(struct sweep_plans *p, uint32_t point)
{
    trial_plan_free(p->at[point].plan);
    p->at[point].plan = NULL;
}

struct trial_plan *sweep_plan(const struct sweep *s, uint32_t point,
                              struct warm_up_doubts *doubts, struct issues *issues)
{
    struct trial_plan *plan = study_points_plan(s->order.points, point, issues);
    struct warm_up found = {.sought = false};
    if (plan && !warm_up_settle(plan, 1, s->order.stop, &found)) {
        trial_plan_free(plan);
        plan = NULL;
    }
    warm_up_doubt(doubts, &found);
    return plan;
}

/* What the plan of a point could not be read for. */
static void fail_plan(struct sweep *s, struct issues *issues)
{
    const struct issue *first = issues_get(issues, 0);
    s->failed = true;
    results_fail(&s->error, 0, "%s%s%s", first->path, *first->path ? ": " : "",
                 first->message);
}

static void open_job(void *sweep, struct study_job *job)
{
    struct sweep *s = sweep;
    struct sweep_plans *p = s->plans;
    struct open_plan *own = &p->at[job->point];
    if (p->latest != job->point) {
        if (p->latest != STORE_NONE && p->at[p->latest].users == 0)
            give_back(p, p->latest);
        p->latest = job->point;
    }
    if (!own->plan && !s->failed) {
        struct issues *issues = issues_new();
        own->plan = sweep_plan(s, job->point, &s->doubts, issues);
        if (issues_count(issues))
            fail_plan(s, issues);
        issues_free(issues);
    }
    job->plan = own->plan;
    own->users += job->plan != NULL;
}

static void close_job(void *sweep, struct study_job *job)
{
    struct sweep_plans *p = ((struct sweep *)sweep)->plans;
    struct open_plan *own = &p->at[job->point];
    job->plan = NULL;
    if (--own->users == 0 && p->latest != job->point)
        give_back(p, job->point);
}

static const char *key_of(void *sweep, uint32_t point)
{
    const struct study_points *points = ((struct sweep *)sweep)->order.points;
    return point < points->count ? points->at[point].key : NULL;
}

/* --- what is missing ----------------------------------------------------------- */

/* Which replications of a point the store lacks; all, if it does not know the point. */
static bool ask_store(struct sweep *s, uint32_t point, bool *missing,
                      struct results_error *error)
{
    uint32_t count = s->order.replications;
    memset(missing, true, count * sizeof *missing);
    s->stored[point] = STORE_NONE;
    if (!s->store)
        return true;
    s->stored[point] = store_find(s->store, s->order.points->at[point].key);
    return s->stored[point] == STORE_NONE ||
           store_missing(s->store, s->stored[point], count, missing, error);
}

static void add_jobs(struct sweep *s, uint32_t point, const bool *missing)
{
    uint32_t count = s->order.replications;
    for (uint32_t i = 0; i < count; i++) {
        if (!shard_has(s->order.shard, (size_t)point * count + i))
            continue;
        s->total++;
        s->total_of[point]++;
        s->missing_of[point] += missing[i];
        if (missing[i])
            s->jobs[s->missing++] = (struct study_job){
                .seed = s->order.seed, .replication = i + 1, .point = point};
    }
}

bool sweep_fits(const struct sweep_order *order, struct results_error *error)
{
    uint64_t runs = (uint64_t)order->points->count * order->replications;
    return runs <= SWEEP_RUNS_MAX ||
           results_fail(error, 0,
                        "%u points of %u replications are %llu runs; one command does at "
                        "most %d",
                        (unsigned)order->points->count, (unsigned)order->replications,
                        (unsigned long long)runs, SWEEP_RUNS_MAX);
}

bool sweep_open(struct sweep *s, const struct sweep_order *order,
                struct study_store *store, struct results_error *error)
{
    uint32_t points = order->points->count;
    SIM_ASSERT((uint64_t)points * order->replications <= SWEEP_RUNS_MAX);
    *s = (struct sweep){.order = *order, .store = store};
    s->jobs = memory_new((size_t)points * order->replications, sizeof *s->jobs);
    s->total_of = memory_new(points, sizeof *s->total_of);
    s->missing_of = memory_new(points, sizeof *s->missing_of);
    s->stored = memory_new(points, sizeof *s->stored);
    s->plans = memory_new(1, sizeof *s->plans);
    s->plans->at = memory_new(points, sizeof *s->plans->at);
    s->plans->latest = STORE_NONE;
    bool *missing = memory_new(order->replications, sizeof *missing);
    bool good = true;
    for (uint32_t i = 0; i < points && good; i++) {
        good = ask_store(s, i, missing, error);
        add_jobs(s, i, missing);
    }
    free(missing);
    if (!good)
        sweep_close(s);
    return good;
}

void sweep_close(struct sweep *s)
{
    for (uint32_t i = 0; i < s->order.points->count; i++)
        give_back(s->plans, i);
    free(s->plans->at);
    free(s->plans);
    free(s->jobs);
    free(s->total_of);
    free(s->missing_of);
    free(s->stored);
    s->jobs = NULL;
}

/* --- running ------------------------------------------------------------------- */

/* The settings that a point really has. */
static bool add_point(struct sweep *s, uint32_t point)
{
    const struct study_point *p = &s->order.points->at[point];
    const char **settings = memory_new(p->setting_count, sizeof *settings);
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->setting_count; i++)
        if (study_points_sets(s->order.points, point, i))
            settings[count++] = p->settings[i];
    s->stored[point] = store_point(s->store, p->key, settings, count, &s->error);
    free(settings);
    return s->stored[point] != STORE_NONE;
}

static bool keep(struct sweep *s, const struct study_job *job)
{
    if (s->stored[job->point] == STORE_NONE && !add_point(s, job->point))
        return false;
    return store_put(s->store, s->stored[job->point], job->numbers, &s->error);
}

static bool take_result(void *sweep, struct study_job *job)
{
    struct sweep *s = sweep;
    if (job->plan)
        close_job(s, job);
    if (s->failed || !job->numbers)
        return false;
    s->failed = !keep(s, job);
    if (s->failed)
        return false;
    s->done++;
    s->events += job->numbers->events;
    s->missing_of[job->point]--;
    if (s->order.progress)
        s->order.progress(s->order.context, s->done, s->missing);
    return true;
}

static struct ranks_work work_of(struct sweep *s)
{
    return (struct ranks_work){.workers = {.threads = s->order.threads,
                                           .stop = s->order.stop,
                                           .open = open_job,
                                           .done = take_result,
                                           .context = s},
                               .close = close_job,
                               .key = key_of};
}

enum sweep_end sweep_run(struct sweep *s, struct ranks *ranks)
{
    struct ranks_work work = work_of(s);
    bool all = ranks_run(ranks, &work, s->jobs, s->missing);
    if (!s->failed)
        s->failed = !store_commit(s->store, &s->error);
    return s->failed ? SWEEP_FAILED : all ? SWEEP_DONE : SWEEP_STOPPED;
}

bool sweep_serve(struct sweep *s, struct ranks *ranks, struct results_error *error)
{
    struct ranks_work work = work_of(s);
    return ranks_serve(ranks, &work, error);
}
