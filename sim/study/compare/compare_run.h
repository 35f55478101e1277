/* Simulating what is compared: for every case and replication a run of A and one of B, on
 * as many threads as wanted, under common random numbers.
 *
 * Cases end one after the other, so that those that ended before an interruption are
 * whole.  What a run leaves are the metrics that were chosen; nothing else is kept.
 */
#ifndef SIM_STUDY_COMPARE_RUN_H
#define SIM_STUDY_COMPARE_RUN_H

#include "sim/study/compare/compare.h"
#include "sim/study/warm_up.h"
#include "sim/trial/trial_plan.h"

/* The plans of one case; of a side that is known already none. */
struct compare_plans {
    struct trial_plan *a, *b; /* NULL: nothing to simulate */
    uint64_t seed;            /* of both */
};

struct compare_order {
    const struct compare_plans *plans; /* of each case */
    uint32_t replications;
    unsigned threads;
    const volatile sig_atomic_t *stop;
    void (*progress)(void *context, uint32_t done, uint32_t count); /* NULL: none */
    void *context;
    struct warm_up_doubts *doubts; /* gets those of all plans; or NULL */
};

/* Gives the side the metrics of the plan that the patterns want. */
void compare_run_choose(struct compare_side *side, const struct trial_plan *plan,
                        const char *const *patterns, uint32_t count);

/* Settles the warm-up of plans whose study seeks one, runs what has a plan and adds the
 * runs to the sides, whose metrics were chosen.  False: stopped before all were done. */
bool compare_run(struct compare_case *cases, uint32_t count,
                 const struct compare_order *order);

#endif
