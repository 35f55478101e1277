#include "sim/trial/walk.h"

#define BATCH 1024

void walk_begin(struct walk *w, const struct trial_plan *plan, uint64_t seed,
                uint32_t replication)
{
    *w = (struct walk){.plan = plan};
    w->world = world_new(&plan->config->world, plan->traces, seed, replication);
    w->context = (struct bug_context){.scenario = plan->config->name,
                                      .seed = seed,
                                      .replication = replication,
                                      .now = world_clock(w->world)};
    bug_context_set(&w->context);
}

void walk_end(struct walk *w)
{
    bug_context_set(NULL);
    world_free(w->world);
}

/* False: it was enough. */
static bool go(struct walk *w, sim_ns until, uint64_t batch, bool (*enough)(const void *),
               const void *context)
{
    for (;;) {
        bool arrived = world_run(w->world, until, batch);
        if (enough(context))
            return false;
        if (arrived)
            return true;
    }
}

/* At one moment: first its events, then the change. */
static bool go_through_changes(struct walk *w, sim_ns until, uint64_t batch,
                               bool (*enough)(const void *), const void *context)
{
    const struct trial_plan *plan = w->plan;
    while (w->next_change < plan->change_count &&
           plan->changes[w->next_change].at <= until) {
        const struct plan_change *change = &plan->changes[w->next_change];
        if (!go(w, change->at, batch, enough, context))
            return false;
        world_reconfigure(w->world, &change->config->world);
        w->next_change++;
    }
    return go(w, until, batch, enough, context);
}

bool walk_until(struct walk *w, sim_ns until, bool (*enough)(const void *context),
                const void *context)
{
    return go_through_changes(w, until, BATCH, enough, context);
}

bool walk_by_event(struct walk *w, sim_ns until, bool (*enough)(const void *context),
                   const void *context)
{
    return go_through_changes(w, until, 1, enough, context);
}
