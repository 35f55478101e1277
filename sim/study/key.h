/* The key of a point: which scenario a run was of, whatever it is called and wherever it
 * stands in a study.
 *
 * 32 hexadecimal digits of the SHA-256 of the resolved scenario, its seed and the
 * recordings that it replays, without what cannot change a number: names, texts,
 * requirements, the counts of a study, what a run keeps.  (key, replication) names a run;
 * its position in a list never does, so a study can grow an axis or lose one and still
 * know what it has.
 *
 * Cost: one parse of the resolved scenario, well under a millisecond.  Reads JSON, so it
 * belongs to the thread that reads scenarios.
 */
#ifndef SIM_STUDY_KEY_H
#define SIM_STUDY_KEY_H

#include "sim/trial/trial_plan.h"

/* With the terminating zero. */
#define STUDY_KEY_SIZE 33

void study_key(const struct trial_plan *plan, char out[STUDY_KEY_SIZE]);

#endif
