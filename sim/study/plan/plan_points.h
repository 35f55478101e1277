/* The points of a plan: scenarios along an axis, their runs, and what these say of the
 * requirements.
 *
 * Every point is simulated with replications 1, 2, 3, ... of one seed, so that neighbours
 * see the same users (common random numbers).  A point begins with `least` runs and gets
 * twice as many as long as an interval still holds the bound of a requirement, up to
 * `most`: it meets when every interval lies inside its requirement, fails when one lies
 * outside (verdict.h, which also says what a run without a value is).
 *
 * How sure is that?  A point is looked at up to log2(most / least) + 1 times.  With
 * 1 - confidence shared out among the looks and the requirements (Bonferroni), the
 * threshold itself is decided wrongly with at most that probability.  And since a metric
 * that rises along the axis does so in each replication, a point on one side of the
 * threshold is taken for the other only if the threshold would be, too: the probability
 * does not grow with the number of points.
 *
 * Memory: one number a requirement and run, and the histogram behind a quantile.
 */
#ifndef SIM_STUDY_PLAN_POINTS_H
#define SIM_STUDY_PLAN_POINTS_H

#include "sim/scenario/scenario.h"
#include "sim/study/estimate.h"
#include "sim/study/plan/plan_axis.h"
#include "sim/study/plan/plan_search.h"
#include "sim/study/warm_up.h"

struct plan_rule {
    double confidence;    /* of the answer */
    uint32_t least, most; /* runs of a point */
};

/* A requirement at a point. */
struct plan_reading {
    double *values;                 /* one a run; NaN: null */
    struct metric_samples *samples; /* behind a quantile, one a run; else NULL */
    uint8_t percent;                /* of a quantile; else 0 */
    double events; /* of which a share is one, in all runs; 0: it is no share */
    char unit[16]; /* of the metric */
};

struct plan_point {
    uint32_t position, runs;
    struct plan_reading *readings; /* by requirement */
    enum plan_verdict verdict;
    bool decided; /* the verdict is final */
};

/* Points tried so far; {0} with the upper part filled in is none. */
struct plan_points {
    const char *path; /* of the scenario */
    const struct scenario_options *options;
    const struct trial_plan *base; /* the scenario read with them */
    const struct plan_axes *axes;
    struct plan_rule rule;
    struct workers workers; /* threads and stop */
    struct issues *issues;  /* what is wrong with a point that cannot be read */
    /* Told of each point that was decided; or NULL. */
    void (*tell)(void *context, const struct plan_points *points,
                 const struct plan_point *point);
    void *context;

    struct plan_point *at; /* rising */
    uint32_t count;
    uint64_t runs; /* of all of them */
    struct warm_up_doubts doubts;
};

/* The scenario at a position, the caller's to free; NULL after complaints. */
struct trial_plan *plan_points_read(const struct plan_points *p, uint32_t position);

/* Runs these positions, rising ones, until each is decided.  False: stopped, or one could
 * not be read. */
bool plan_points_decide(struct plan_points *p, const uint32_t *positions, uint32_t count,
                        enum plan_verdict *out);

/* Leaves out the points that an interruption left undecided. */
void plan_points_prune(struct plan_points *p);

void plan_points_free(struct plan_points *p);

/* NULL if it was not tried. */
const struct plan_point *plan_points_find(const struct plan_points *p, uint32_t position);

/* What its runs say of a requirement's metric. */
struct estimate plan_point_estimate(const struct plan_point *point, uint32_t requirement,
                                    double confidence);

#endif
