/* Which port followed which toward the same destination: rows of successors.csv, of hosts
 * that measure how well their ports can be guessed. */
#ifndef SIM_TRIAL_TRIAL_SUCCESSORS_H
#define SIM_TRIAL_TRIAL_SUCCESSORS_H

#include "models/net.h"
#include "sim/results/run_record.h"
#include "sim/trial/trial_config.h"

/* By host and pool; texts are those of `config`.  The caller's to free. */
struct run_successor *trial_successors_of(const struct net *net,
                                          const struct trial_config *config,
                                          size_t *count);

#endif
