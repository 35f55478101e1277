/* A few series of one run, in equal bins of time: what a study keeps of its course.
 *
 *     hosts.H.P.utilisation     ports in use over capacity, of each pool of each host
 *     apps.A.attempts_per_s     also failures_per_s and failure_ratio
 *     what is watched           where stretches of time tell anything of it; a count as
 *                               its rate
 *
 * Each value is that of its whole bin, not of a moment in it: a mean over time, a rate, a
 * share of the attempts made in it.  Bins have a round length (axis_round_up), so the
 * last may be shorter; bins are the same in all runs of a plan.
 *
 * Cost: some totals read at each bin's end, about 200 times a run; 8 bytes a series and
 * bin, at most COURSE_SERIES_MAX series: the least of what is watched, pools and apps are
 * left out beyond that.
 */
#ifndef SIM_TRIAL_TRIAL_COURSE_H
#define SIM_TRIAL_TRIAL_COURSE_H

#include "sim/base/metrics.h"

#define COURSE_BINS       200
#define COURSE_SERIES_MAX 96

struct trial_plan;

/* Read-only once the run has ended. */
struct trial_course {
    sim_ns length, end; /* of a bin; of the run asked for */
    uint32_t bins;
    uint32_t count;
    char **names;   /* by series */
    double *values; /* [series * bins + bin]; NaN: none, or the run did not get there */
};

/* The recorder of a run under way. */
struct course_recorder;

struct course_recorder *course_recorder_new(const struct trial_plan *plan,
                                            const struct metrics *m);

/* The end of the bin under way; SIM_NEVER after the last. */
sim_ns course_recorder_next(const struct course_recorder *r);

/* Ends that bin: every event up to then has happened. */
void course_recorder_take(struct course_recorder *r);

/* Ends the recorder and gives what it took. */
struct trial_course *course_recorder_end(struct course_recorder *r);

void trial_course_free(struct trial_course *c); /* NULL is allowed */

#endif
