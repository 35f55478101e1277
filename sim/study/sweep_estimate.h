/* What a study will cost, from a pilot: one run of a few points.
 *
 * Pilots are spread evenly over what is missing, first and last included, and are thrown
 * away.  Time is the mean of theirs, which is right as far as the cost of a run goes
 * evenly from point to point; `longest` says how far it does not.
 */
#ifndef SIM_STUDY_SWEEP_ESTIMATE_H
#define SIM_STUDY_SWEEP_ESTIMATE_H

#include "sim/study/sweep.h"

#define SWEEP_PILOTS_MAX 5

struct sweep_estimate {
    uint32_t pilots;
    double seconds, shortest, longest; /* of a run, on one thread */
    double events;                     /* of a run */
    double run_bytes, point_bytes;     /* on the disk, for each; NaN: not known */
};

/* Of all that is missing. */
double sweep_estimate_bytes(const struct sweep *sweep, const struct sweep_estimate *e);

/* False with an error, or without one (text "") if it was stopped.  `base` is the
 * scenario without axes. */
bool sweep_estimate_make(const struct sweep *sweep, const struct trial_plan *base,
                         struct sweep_estimate *out, struct results_error *error);

#endif
