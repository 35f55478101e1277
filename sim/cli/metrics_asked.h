/* The metrics of a run that somebody asked for by name (run --metric): one line each.
 *
 * Patterns are those of compare_metrics.h.  A world that is never run knows the names, so
 * that a pattern like none of them is refused before the simulation, not after it.
 */
#ifndef SIM_CLI_METRICS_ASKED_H
#define SIM_CLI_METRICS_ASKED_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/cli/text_list.h"
#include "sim/results/run_record.h"
#include "sim/trial/trial_plan.h"

struct metric_asked {
    char *name;
    bool always; /* shown also if nothing of the kind happened */
};

/* {0} is none. */
struct metrics_asked {
    struct metric_asked *at; /* in the order of the summary */
    uint32_t count;
};

/* False after a message that names a pattern like no metric of the plan; costs nothing
 * without patterns. */
bool metrics_ask(struct metrics_asked *asked, const struct trial_plan *plan,
                 const struct text_list *patterns);
void metrics_asked_free(struct metrics_asked *asked);

/* With intervals where there are any.  What a summary leaves out, because nothing of the
 * kind happened, is "none", and left out here, too, if only a pattern that ends in * is
 * like it. */
void metrics_asked_print(FILE *out, const struct metrics_asked *asked,
                         const struct run_record *record);

#endif
