/* What closed forms answer to the question of a plan, and whether the simulation agrees.
 *
 * Cost: one scenario read for each point and each halving of the axis, a millisecond or
 * so each.
 */
#ifndef SIM_STUDY_PLAN_THEORY_H
#define SIM_STUDY_PLAN_THEORY_H

#include "sim/study/plan/plan_points.h"

struct plan_theory {
    bool applies; /* a closed form knows the metric, all along the axis */
    bool exact;
    const char *formula; /* "Erlang B" */
    double *at_points;   /* the metric at every point that was tried; owned */
    bool turns;          /* by theory, too, one end meets and the other does not */
    uint32_t meets;      /* the last position that does, from the end that does */
    double value;        /* the threshold in the axis' unit; where nothing lies
                            between positions the last that meets */
    bool inside;         /* the threshold that the simulation found may be this one */
};

/* `requirement` is the one that stands in the way; `found` a search that found a turn. */
struct plan_theory plan_theory_of(const struct plan_points *points, uint32_t requirement,
                                  const struct plan_found *found);

/* The metric at a position; false where no form applies. */
bool plan_theory_at(const struct plan_points *points, uint32_t requirement,
                    uint32_t position, double *value);

/* How full the ports would be at a position (theory_fullness()); false: not known. */
bool plan_theory_fullness(const struct plan_points *points, uint32_t requirement,
                          uint32_t position, double *value);

void plan_theory_free(struct plan_theory *theory);

#endif
