/* Several runs of one scenario, as one record: what `run --replications` does.
 *
 * The scenario's "study" says how many and of what kind.  Replications are 1, 2, ...
 * under the scenario's seed; they run on any number of threads and give the same record.
 * With a precision their number is decided as they end, in order: from STUDY_LEAST on,
 * when every watched metric is precise enough, or at the most that is allowed.
 *
 * The record's metrics and verdicts are estimates over all of them; its series, log and
 * sockets are those of replication 1.
 *
 * Size: the numbers of every run are kept until the end (trial_numbers.h).
 */
#ifndef SIM_STUDY_REPLICATIONS_H
#define SIM_STUDY_REPLICATIONS_H

#include <signal.h>

#include "sim/trial/trial.h"

struct replications_order {
    struct trial_plan *plan; /* its warm-up is set if the study seeks one */
    unsigned threads;
    enum trial_binds_wanted binds;     /* of replication 1 */
    const volatile sig_atomic_t *stop; /* not 0: keep what is done */
    /* After every run; `most`: more will not be needed.  May be NULL. */
    void (*progress)(void *context, uint32_t done, uint32_t most);
    void *context;
};

struct replications {
    struct run_record record; /* points into the rest, and the plan */
    bool all_hold;            /* every requirement */
    bool none_fails;          /* though some may be undecided */
    bool imprecise;           /* the precision asked for was not reached */
    uint64_t events;          /* of all runs */
    struct replications_storage *storage;
};

/* True if the study is one run and nothing of it is to be estimated: trial_run() does. */
bool replications_is_one(const struct trial_plan *plan);

/* Never NULL: of a study stopped before its first run has ended, that run as far as it
 * came. */
struct replications *replications_run(const struct replications_order *order);
void replications_free(struct replications *r); /* NULL is allowed */

#endif
