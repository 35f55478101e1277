/* Moments of a run by name: those at which its sockets are kept.
 *
 *     10min, 90s         after the events of that moment
 *     first-failure      after the event with which an attempt failed for good, the first
 *     first-exhaustion   after the first choice that found no local port
 *     change-1           before the first change is made
 *     NAME               the end of that phase
 *     end                of the run
 */
#ifndef SIM_TRIAL_MOMENTS_H
#define SIM_TRIAL_MOMENTS_H

#include <stdbool.h>

#include "sim/trial/trial_config.h"

struct plan_change;

enum moment_kind { MOMENT_TIME, MOMENT_FIRST_FAILURE, MOMENT_FIRST_EXHAUSTION };

struct moment {
    char name[FIELD_NAME_SIZE]; /* one name a moment: 10min and 600s are "T600" */
    enum moment_kind kind;
    sim_ns when; /* MOMENT_TIME */
};

#define MOMENT_COMPLAINT 160

/* What the word means in a run of this configuration with these changes.  False, with a
 * sentence, if it means nothing. */
bool moment_of(const char *word, const struct trial_config *config,
               const struct plan_change *changes, uint32_t change_count,
               struct moment *out, char complaint[MOMENT_COMPLAINT]);

/* "T600", "T0.25". */
void moment_name_time(sim_ns when, char out[FIELD_NAME_SIZE]);

#endif
