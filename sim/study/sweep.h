/* A parameter study: every point, every replication, each run once.
 *
 * The runs of a study are a list: by point, then by replication.  What the store has is
 * left out, so the same command goes on after an interruption of any kind, and one with
 * more values or more replications adds to what there is.  A run that is done is in the
 * store; how many threads, shards or ranks did it cannot be seen there.
 *
 * A point's plan is read when its first run is due and given back after its last.  That
 * of a steady state gets its warm-up then, from pilot runs of its own (warm_up.h), on the
 * thread that hands out runs.
 */
#ifndef SIM_STUDY_SWEEP_H
#define SIM_STUDY_SWEEP_H

#include "sim/results/error.h"
#include "sim/study/points/points.h"
#include "sim/study/ranks.h"
#include "sim/study/shard.h"
#include "sim/study/store/store.h"
#include "sim/study/warm_up.h"

/* Of one command, done before or not. */
#define SWEEP_RUNS_MAX 2000000

struct sweep_order {
    const struct study_points *points;
    uint64_t seed; /* of the scenario */
    uint32_t replications;
    struct shard shard;
    unsigned threads;
    const volatile sig_atomic_t *stop;

    /* Told after each run: how many of those that were missing are done.  Or NULL. */
    void (*progress)(void *context, uint64_t done, uint64_t missing);
    void *context;
};

/* The runs of this process's shard that the store does not have. */
struct sweep {
    struct sweep_order order;
    struct study_store *store; /* NULL: none yet; another rank's */
    struct study_job *jobs;
    size_t missing;
    uint64_t total;     /* of the shard, done or not */
    uint32_t *total_of; /* by point */
    uint32_t *missing_of;
    uint32_t *stored;      /* by point: its number in the store, STORE_NONE if unknown */
    uint64_t done, events; /* by sweep_run() */
    struct warm_up_doubts doubts; /* of the points that this process read */
    struct sweep_plans *plans;
    struct results_error error; /* of a run that could not be stored or read */
    bool failed;
};

/* Whether one command may do so many. */
bool sweep_fits(const struct sweep_order *order, struct results_error *error);

/* Asks the store, if there is one, what is missing.  False with an error, and nothing to
 * close. */
bool sweep_open(struct sweep *sweep, const struct sweep_order *order,
                struct study_store *store, struct results_error *error);
void sweep_close(struct sweep *sweep);

/* The plan of a point, ready to be run, the caller's to free.  NULL after a complaint,
 * and also without one if it was stopped. */
struct trial_plan *sweep_plan(const struct sweep *sweep, uint32_t point,
                              struct warm_up_doubts *doubts, struct issues *issues);

enum sweep_end { SWEEP_DONE, SWEEP_STOPPED, SWEEP_FAILED };

/* Does what is missing, on all threads and ranks; commits.  FAILED: sweep->error. */
enum sweep_end sweep_run(struct sweep *sweep, struct ranks *ranks);

/* The part of a rank that has no store. */
bool sweep_serve(struct sweep *sweep, struct ranks *ranks, struct results_error *error);

#endif
