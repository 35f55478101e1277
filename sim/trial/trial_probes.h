/* What choices of ports cost in a run, by how full the ports were: rows of probes.csv. */
#ifndef SIM_TRIAL_TRIAL_PROBES_H
#define SIM_TRIAL_TRIAL_PROBES_H

#include "models/net.h"
#include "sim/results/run_record.h"
#include "sim/trial/trial_config.h"

/* By host, pool and band; texts are those of `config`.  The caller's to free. */
struct run_probes *trial_probes_of(const struct net *net,
                                   const struct trial_config *config, size_t *count);

#endif
