/* What was simulated of a scenario, metric by metric: the directory of a run, or the
 * point of a study that is this scenario. */
#ifndef SIM_CLI_THEORY_RUNS_H
#define SIM_CLI_THEORY_RUNS_H

#include <stdbool.h>

struct trial_plan;
struct theory_runs;

/* NULL after a message.  `plan` must outlive it. */
struct theory_runs *theory_runs_open(const char *directory,
                                     const struct trial_plan *plan);
void theory_runs_close(struct theory_runs *r); /* NULL is allowed */

/* False if it has no value.  `half_width` is NaN of a single run. */
bool theory_runs_find(const struct theory_runs *r, const char *metric, double *value,
                      double *half_width);

#endif
