/* The metrics that a plan speaks of: those of its requirements, and those that a study of
 * it watches.  Each must exist, and its phase too.
 *
 * Costs a world that is never run, where there is anything to look up: it knows the names
 * of all metrics.
 */
#ifndef SIM_TRIAL_PLAN_METRICS_H
#define SIM_TRIAL_PLAN_METRICS_H

#include "sim/trial/trial_plan.h"

struct issues;

/* Fills `requirements` and `watch` of a plan whose configuration and traces are read. */
void plan_metrics_read(struct trial_plan *plan, struct issues *issues);
void plan_metrics_free(struct trial_plan *plan);

#endif
