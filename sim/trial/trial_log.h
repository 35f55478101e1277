/* The log of a run in words: what the models noted, and the changes that were made.
 *
 * One line an event, in order of time; at one moment the events come before the changes,
 * and each kind in the order in which it happened.  The words of an operator's log, our
 * own: events of Windows say what the system's event of that number means.
 */
#ifndef SIM_TRIAL_TRIAL_LOG_H
#define SIM_TRIAL_TRIAL_LOG_H

#include "models/notes.h"
#include "sim/results/run_record.h"
#include "sim/trial/trial_plan.h"

struct trial_log {
    struct run_event *rows;
    size_t count;
    char **texts; /* of the rows */
    size_t text_count;
};

/* `until`: how far the run came.  Points into the plan. */
struct trial_log trial_log_of(const struct trial_plan *plan, const struct notes *notes,
                              sim_ns until);
void trial_log_free(struct trial_log *log);

#endif
