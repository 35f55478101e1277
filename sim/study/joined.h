/* The numbers of several runs, or of the batches of one, as metrics with intervals. */
#ifndef SIM_STUDY_JOINED_H
#define SIM_STUDY_JOINED_H

#include "sim/results/run_study.h"
#include "sim/study/estimate.h"
#include "sim/trial/trial_plan.h"

/* Runs of one plan by replication; those of a run in batches have parts. */
struct joined_runs {
    const struct trial_plan *plan;
    const struct trial_numbers *const *at;
    uint32_t count; /* at least 1 */
};

/* The estimate of a row: over the runs, or, of one run in parts, over those.  A row of
 * which parts tell nothing has no half-width then. */
struct estimate joined_estimate(const struct joined_runs *runs, uint32_t row);

/* True if one part tells something of the next: the half-widths are too small. */
bool joined_correlated(const struct joined_runs *runs, uint32_t row);

/* What a record holds of them; the arrays are the caller's to free. */
struct joined {
    struct run_metric *metrics; /* those that were not hidden in every run */
    size_t metric_count;
    struct run_requirement *requirements;
    struct run_replication *rows; /* NULL of a run in batches */
    double *values;               /* of the rows */
    struct run_failing *failing;  /* by app of the plan; NULL of a run in batches */
    size_t failing_count;
};

struct joined joined_of(const struct joined_runs *runs);
void joined_free(struct joined *j);

#endif
