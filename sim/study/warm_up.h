/* Where the long run begins: the beginning that a "steady" study cuts off.
 *
 * Some pilot runs are each cut into many short parts; each watched metric is averaged
 * over the pilots, part by part, and MSER-5 (estimate.h) says where its transient ends.
 * The last of them decides for all: one run has one warm-up.  Moments and extremes are
 * passed over: what they are in a part says nothing about the run.
 *
 * A warm-up that the scenario states is left alone.
 *
 * Costs WARM_UP_PILOTS runs, and for each 48 bytes a metric and part.
 */
#ifndef SIM_STUDY_WARM_UP_H
#define SIM_STUDY_WARM_UP_H

#include <stdio.h>

#include "sim/study/workers.h"

#define WARM_UP_PILOTS 5

/* MSER-5 sees the run in steps of 1 %. */
#define WARM_UP_PARTS 500

struct warm_up {
    bool sought;        /* the study is steady and states none */
    bool blind;         /* only moments and extremes are watched: they have no long run */
    bool late;          /* at or beyond half of the run: no answer of it can be trusted */
    sim_ns cut;         /* of late ones half of the run */
    double share;       /* of the run, as MSER-5 found it */
    const char *metric; /* that took longest; of the plan; NULL: none has a transient */
};

/* What the warm-ups of several plans leave to be careful of. */
struct warm_up_doubts {
    bool late, blind; /* of some plan */
};

void warm_up_doubt(struct warm_up_doubts *doubts, const struct warm_up *found);

/* Says it, a line a doubt: "portsim: warning: ...". */
void warm_up_warn(FILE *out, const struct warm_up_doubts *doubts);

/* The same of one plan, for its record, to be given back with free(); NULL: nothing. */
char *warm_up_warning(const struct warm_up *found);

/* Finds the warm-up if one is sought and sets it in the plan, which nobody may share yet;
 * the pilots are run on so many threads.  False if the stop flag ended them. */
bool warm_up_settle(struct trial_plan *plan, unsigned threads,
                    const volatile sig_atomic_t *stop, struct warm_up *out);

#endif
