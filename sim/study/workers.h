/* Many runs on the threads of one machine.
 *
 * The caller's thread prepares runs and takes results; threads of their own run them.
 * open() and done() are called on the caller's thread only, one at a time, so they need
 * no lock; done() in the order of the array, whatever order the runs end in.  What done()
 * decides is therefore a function of a prefix of the jobs, and results are the same on
 * any number of threads: what ran beyond a decision is dropped.
 *
 * Threads that have nothing to do sleep.  No thread runs further ahead of the results
 * taken than WORKERS_AHEAD runs a thread: that bounds the results that wait for their
 * turn, and the plans that are open.
 *
 * Cost: some microseconds a run beside the run itself; one thread starts none.
 */
#ifndef SIM_STUDY_WORKERS_H
#define SIM_STUDY_WORKERS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/trial/trial.h"

/* Jobs that may be opened beyond the last one that done() saw, a thread. */
#define WORKERS_AHEAD 16

/* One run; what it gives is a function of (plan, seed, replication). */
struct study_job {
    const struct trial_plan *plan; /* NULL: open() gives it */
    uint64_t seed;
    uint32_t replication;
    uint32_t point; /* the caller's */
    bool recorded;  /* its record is wanted too */

    /* Results. */
    struct trial_numbers *numbers;
    bool all_hold;               /* every requirement of the scenario */
    struct trial_result *result; /* of a recorded job, also of one that the stop flag cut
                                    short: the caller's */
};

struct workers {
    unsigned threads;                  /* 0 counts as 1 */
    const struct trial_watch *how;     /* parts, binds, course; not the rest; or NULL */
    const volatile sig_atomic_t *stop; /* not 0: runs under way are abandoned; or NULL */

    /* Gives the job its plan shortly before it runs.  A job left without one does not run
     * and comes to done() without numbers.  NULL: all jobs have a plan. */
    void (*open)(void *context, struct study_job *job);

    /* Takes a result, and may give the plan back, leaving NULL.  What it leaves of the
     * numbers is freed.  False: no more are wanted.  NULL: the numbers stay in the jobs,
     * and are the caller's. */
    bool (*done)(void *context, struct study_job *job);
    void *context;
};

/* False if the stop flag ended it before all were done or done() wanted no more; what
 * done() was given stays valid.  Jobs that it was not given have no numbers, and keep the
 * plan that open() gave them: that is the caller's to give back. */
bool workers_run(const struct workers *w, struct study_job *jobs, size_t count);

/* Processors that this process may use. */
unsigned workers_default(void);

#endif
