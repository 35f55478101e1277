/* How often sockets of each host changed their state in a run: rows of transitions.csv.
 */
#ifndef SIM_TRIAL_TRIAL_TRANSITIONS_H
#define SIM_TRIAL_TRIAL_TRANSITIONS_H

#include "models/net.h"
#include "sim/results/run_record.h"
#include "sim/trial/trial_config.h"

/* By host and states; texts are those of `config`.  The caller's to free. */
struct run_transition *trial_transitions_of(const struct net *net,
                                            const struct trial_config *config,
                                            size_t *count);

#endif
