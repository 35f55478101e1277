/* The courses of several runs of one plan as bands: bin by bin the 5th percentile, the
 * median, the 95th percentile and the mean over the runs. */
#ifndef SIM_STUDY_BANDS_H
#define SIM_STUDY_BANDS_H

#include "sim/results/run_bands.h"
#include "sim/trial/trial_numbers.h"

/* Values in order; interpolated between neighbours, as GSL's
 * gsl_stats_quantile_from_sorted_data() does.  At least one. */
double bands_quantile(const double *sorted, size_t count, double share);

/* Rows of every series that was not zero, or without a value, in all runs all through;
 * the caller's to free, their names are the courses'.  None where the runs have no
 * courses. */
struct run_band *bands_of(const struct trial_numbers *const *runs, size_t runs_count,
                          size_t *count);

#endif
