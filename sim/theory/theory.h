/* What closed forms say of a scenario, beside what a simulation of it would find.
 *
 * A form is exact where its assumptions are those of the scenario: users come as a
 * Poisson process, a failed attempt is lost, every free port is found, and the window
 * begins when the start of the run is forgotten [MODEL.md D].  It is approximate where
 * one of them is bent, and says which; and where none applies, that too.
 */
#ifndef SIM_THEORY_THEORY_H
#define SIM_THEORY_THEORY_H

#include <stdbool.h>

struct trial_plan;

/* The long-run value of a metric, as `require` names it ("apps.web.failure_ratio@late").
 * False where no closed form applies: nothing is set then.  `formula` is a name without
 * an owner.  Costs 1 us to 1 ms, measured on the library's scenarios. */
bool theory_predict(const struct trial_plan *plan, const char *metric, double *value,
                    const char **formula, bool *exact);

/* How full the ports would be that the application or host of a metric uses, if everybody
 * found one: the largest demand / ports of its loss systems, 1 at their capacity.  False
 * where theory cannot say.  That the window is long enough to fill them is not asked. */
bool theory_fullness(const struct trial_plan *plan, const char *metric,
                     double *load_per_port);

#endif
