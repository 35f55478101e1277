#include "sim/cli/simulation.h"

#include <stdio.h>

#include "sim/cli/progress.h"
#include "sim/cli/stop.h"
#include "sim/study/replications.h"
#include "sim/study/workers.h"

static void tell_speed(const struct progress *p, uint64_t events)
{
    double seconds = progress_seconds(p);
    fprintf(stderr, "simulated in %.2f s: %.1f M events/s\n\n", seconds,
            (double)events / seconds / 1e6);
}

static struct simulation simulate_one(const struct trial_plan *plan,
                                      const struct simulation_order *order,
                                      struct progress *progress)
{
    struct trial_watch watch = {.binds = order->binds,
                                .stop = stop_flag(),
                                .progress = progress_update,
                                .context = progress};
    struct trial_result *one = trial_run(plan, plan->config->seed, 1, &watch);
    return (struct simulation){.record = &one->record,
                               .all_hold = one->all_hold,
                               .none_fails = one->all_hold,
                               .one = one};
}

static struct simulation simulate_several(struct trial_plan *plan,
                                          const struct simulation_order *order,
                                          struct progress *progress)
{
    struct replications_order several = {.plan = plan,
                                         .threads = order->jobs ? order->jobs
                                                                : workers_default(),
                                         .binds = order->binds,
                                         .stop = stop_flag(),
                                         .progress = progress_runs,
                                         .context = progress};
    struct replications *r = replications_run(&several);
    return (struct simulation){.record = &r->record,
                               .all_hold = r->all_hold,
                               .none_fails = r->none_fails,
                               .imprecise = r->imprecise,
                               .several = r};
}

struct simulation simulate(struct trial_plan *plan, const struct simulation_order *order)
{
    struct progress progress;
    progress_begin(&progress, order->quiet);
    struct simulation s = replications_is_one(plan)
                              ? simulate_one(plan, order, &progress)
                              : simulate_several(plan, order, &progress);
    progress_end(&progress);
    if (!order->quiet)
        tell_speed(&progress, s.several ? s.several->events : s.record->events);
    return s;
}

void simulation_free(struct simulation *s)
{
    trial_result_free(s->one);
    replications_free(s->several);
}
