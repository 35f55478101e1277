/* What `portsim sweep` prints: its runs before they are done, its results, its cost. */
#ifndef SIM_CLI_SWEEP_PRINT_H
#define SIM_CLI_SWEEP_PRINT_H

#include <stdio.h>

#include "sim/study/sweep_estimate.h"

/* One line a point: its values, its key, how many of its replications are done and how
 * many are missing. */
void sweep_print_list(FILE *out, const struct sweep *sweep, bool json);

/* What it will take on so many threads. */
void sweep_print_estimate(FILE *out, const struct sweep *sweep,
                          const struct sweep_estimate *estimate, bool json);

/* One line a point: its values, and each metric with its half-width.  Tables beside one
 * another that do not fit stand below one another.  `metrics` are names with their phase.
 */
bool sweep_print_results(FILE *out, const struct sweep *sweep, const char *const *metrics,
                         uint32_t metric_count, double confidence,
                         struct results_error *error);

#endif
