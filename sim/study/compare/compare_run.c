#include "sim/study/compare/compare_run.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/trial/trial.h"

void compare_run_choose(struct compare_side *side, const struct trial_plan *plan,
                        const char *const *patterns, uint32_t count)
{
    /* A run knows its metrics before its first event. */
    static const volatile sig_atomic_t at_once = 1;
    struct trial_watch watch = {.keeps = TRIAL_NUMBERS, .stop = &at_once};
    struct trial_result *r = trial_run(plan, plan->config->seed, 1, &watch);
    compare_side_choose(side, r->numbers, patterns, count);
    trial_result_free(r);
}

/* Jobs of a case: replication by replication, A before B. */
struct progress {
    const struct compare_order *order;
    struct compare_side **sides; /* of each job */
    const struct study_job *jobs;
    uint32_t done, count;
};

static bool take(void *context, struct study_job *job)
{
    struct progress *p = context;
    compare_side_add(p->sides[job - p->jobs], job->numbers);
    p->done++;
    if (p->order->progress)
        p->order->progress(p->order->context, p->done, p->count);
    return true;
}

static void add_job(struct progress *p, struct study_job *jobs, uint32_t of,
                    const struct trial_plan *plan, struct compare_side *side,
                    uint32_t replication)
{
    if (!plan)
        return;
    p->sides[p->count] = side;
    jobs[p->count++] = (struct study_job){.plan = plan,
                                          .seed = p->order->plans[of].seed,
                                          .replication = replication,
                                          .point = of};
}

/* Where a warm-up is sought, both sides are counted from the later of the two on. */
static bool settle(const struct compare_plans *plans, const struct compare_order *order)
{
    struct trial_plan *const sides[] = {plans->a, plans->b};
    struct warm_up found[2] = {{.sought = false}};
    sim_ns latest = 0;
    for (uint32_t i = 0; i < 2; i++) {
        if (sides[i] && !warm_up_settle(sides[i], order->threads, order->stop, &found[i]))
            return false;
        if (order->doubts)
            warm_up_doubt(order->doubts, &found[i]);
        latest = found[i].cut > latest ? found[i].cut : latest;
    }
    for (uint32_t i = 0; i < 2; i++)
        if (sides[i] && found[i].sought && latest < sides[i]->config->duration)
            trial_plan_warm_up(sides[i], latest);
    return true;
}

bool compare_run(struct compare_case *cases, uint32_t count,
                 const struct compare_order *order)
{
    for (uint32_t i = 0; i < count; i++)
        if (!settle(&order->plans[i], order))
            return false;
    size_t most = (size_t)count * 2 * order->replications;
    struct study_job *jobs = memory_new(most, sizeof *jobs);
    struct progress p = {.order = order,
                         .sides = memory_new(most, sizeof(struct compare_side *)),
                         .jobs = jobs};
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t r = 1; r <= order->replications; r++) {
            add_job(&p, jobs, i, order->plans[i].a, &cases[i].a, r);
            add_job(&p, jobs, i, order->plans[i].b, &cases[i].b, r);
        }
    bool whole = workers_run(
        &(struct workers){
            .threads = order->threads, .stop = order->stop, .done = take, .context = &p},
        jobs, p.count);
    free(p.sides);
    free(jobs);
    return whole;
}
