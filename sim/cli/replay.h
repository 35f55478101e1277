/* What a stored run does not hold, simulated again from its scenario and seed: the same
 * trajectory, and so the same sockets. */
#ifndef SIM_CLI_REPLAY_H
#define SIM_CLI_REPLAY_H

#include <stdbool.h>

#include "sim/results/run_directory.h"
#include "sim/scenario/issues.h"
#include "sim/trial/trial.h"

struct replay {
    const struct stored_run *stored;
    const char *directory;
    bool quiet; /* no word on stderr but errors */
    struct issues *issues;
    struct trial_plan *plan;
    struct trial_result *result;
};

void replay_free(struct replay *r);

/* The stored scenario under the stored seed, for those who simulate it themselves; `r`
 * keeps it.  NULL after a message on stderr, with the exit status in *status. */
const struct trial_plan *replay_plan(struct replay *r, int *status);

/* Whether a whole run of it that ended so is the stored one; if not, a message on stderr.
 * An interrupted run is not known to its end. */
bool replay_is_same(const struct replay *r, uint64_t fingerprint);

/* The sockets at a moment (sim/trial/moments.h; a bare number is seconds): as the run
 * kept them, else simulated again up to then.  NULL after a message on stderr, with the
 * exit status in *status. */
const struct run_snapshot *replay_moment(struct replay *r, const char *word, int *status);

/* A record whose census counts every so often: the stored one, or one simulated again.
 * NULL likewise. */
const struct run_record *replay_counts(struct replay *r, sim_ns every, int *status);

#endif
