/* How often each size of what was sampled in a run occurred: rows of distributions.csv.
 */
#ifndef SIM_TRIAL_TRIAL_DISTRIBUTIONS_H
#define SIM_TRIAL_TRIAL_DISTRIBUTIONS_H

#include "sim/base/metrics.h"
#include "sim/base/texts.h"
#include "sim/results/run_record.h"
#include "sim/trial/windows.h"

/* The buckets of every sampled metric in the window, by metric and value; NULL if nothing
 * was sampled.  Names are kept in `texts`; the array is the caller's to free. */
struct run_bucket *trial_distributions_of(const struct metrics *m, const struct window *w,
                                          struct texts *texts, size_t *count);

#endif
