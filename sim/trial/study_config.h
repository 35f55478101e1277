/* "study" of a scenario: how many runs its answers stand on, and what they are means of.
 *
 * Nothing here changes a trajectory: a run is a function of the rest of the scenario,
 * the seed and the number of the replication.  A scenario that says nothing is one
 * terminating run.
 */
#ifndef SIM_TRIAL_STUDY_CONFIG_H
#define SIM_TRIAL_STUDY_CONFIG_H

#include "sim/base/field.h"

enum study_kind {
    STUDY_TERMINATING, /* the run as it is: its beginning belongs to the question */
    STUDY_STEADY,      /* the long run: the beginning is cut off */
};

struct study_config {
    uint32_t kind; /* enum study_kind */
    uint32_t replications;
    double confidence; /* of every interval: 0.95 */
    double precision;  /* half-width / mean that ends the study; 0: none asked for */
    uint32_t max_replications; /* with `precision` */
    struct field_list watch;   /* const char *: metric[@phase]; empty: see help */
    uint32_t batches;          /* of one long run; 0: replications instead */
};

/* At least so many runs stand behind a precision that is said to be reached. */
#define STUDY_LEAST 10

/* What a scenario, and who runs it, may ask for. */
#define STUDY_REPLICATIONS_MAX 100000
#define STUDY_CONFIDENCE_LEAST 0.5
#define STUDY_CONFIDENCE_MOST  0.9999

/* So few batches of one run that an interval from them is no interval. */
#define STUDY_BATCHES_LEAST 5

extern const struct field_table study_fields;

/* "terminating", "steady". */
const char *study_kind_name(enum study_kind kind);

#endif
