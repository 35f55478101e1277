/* A world that goes through a plan: the changes at their time, and nothing is measured.
 *
 * The same events as trial_run() of the same plan, seed and replication.
 */
#ifndef SIM_TRIAL_WALK_H
#define SIM_TRIAL_WALK_H

#include "models/world.h"
#include "sim/base/bug.h"
#include "sim/trial/trial_plan.h"

struct walk {
    const struct trial_plan *plan;
    struct world *world;
    uint32_t next_change;
    struct bug_context context;
};

void walk_begin(struct walk *w, const struct trial_plan *plan, uint64_t seed,
                uint32_t replication);
void walk_end(struct walk *w);

/* Goes on until that moment, or until `enough` says so, who is asked about every thousand
 * events.  False: it was enough. */
bool walk_until(struct walk *w, sim_ns until, bool (*enough)(const void *context),
                const void *context);

/* The same, asked after every event. */
bool walk_by_event(struct walk *w, sim_ns until, bool (*enough)(const void *context),
                   const void *context);

#endif
