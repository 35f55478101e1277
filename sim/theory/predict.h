/* One metric of a scenario in one window, by closed form.
 *
 * Metrics are rows of two tables, of apps and of pools: a name, the formula, a function.
 */
#ifndef SIM_THEORY_PREDICT_H
#define SIM_THEORY_PREDICT_H

#include "sim/theory/steady.h"
#include "sim/trial/trial_plan.h"

/* A window, and the configuration that is in force in all of it. */
struct theory_window {
    const char *name; /* NULL: the whole run after the warm-up */
    sim_ns start, end;
    sim_ns since;                      /* when that configuration came into force */
    const struct trial_config *config; /* NULL: it changes in the window */
    bool haunted; /* peers may still have connections of another one, before */
};

/* The window of a phase of the plan, "" or NULL for the whole run; false: no such phase.
 */
bool theory_window_of(const struct trial_plan *plan, const char *phase,
                      struct theory_window *out);

struct prediction {
    double value;
    const char *formula;
    const char *doubt; /* why it is approximate; NULL: exact */
};

/* `metric` without its phase.  False where no closed form is known; *why says why, if the
 * metric is one that could have one. */
bool predict_metric(const struct steady *s, const struct theory_window *w,
                    const char *metric, struct prediction *out, const char **why);

#endif
