/* One run of a plan: world, events, changes, samples, windows, verdicts.
 *
 * The result is a function of (plan, seed, replication) and nothing else.
 */
#ifndef SIM_TRIAL_TRIAL_H
#define SIM_TRIAL_TRIAL_H

#include <signal.h>

#include "sim/results/run_record.h"
#include "sim/trial/trial_binds.h"
#include "sim/trial/trial_numbers.h"
#include "sim/trial/trial_plan.h"

/* What a run leaves: the record of a run directory, its numbers for a study, or both.
 * Of numbers alone the record holds who ran, how far, and the requirements, but no
 * metrics, series, log or sockets: short runs then cost little beside their events. */
enum trial_keeps { TRIAL_RECORD, TRIAL_NUMBERS, TRIAL_BOTH };

/* Who watches a run; every member may be NULL or zero. */
struct trial_watch {
    enum trial_keeps keeps;
    bool until_kept; /* ends, as if stopped, once every moment asked for was kept */
    enum trial_binds_wanted binds; /* the choices of ports to keep */
    uint32_t parts;                /* numbers also by so many parts of the first window */
    bool parts_watched;            /* of the plan's watched metrics alone */
    bool course;                   /* numbers also with their course (trial_course.h) */
    const volatile sig_atomic_t *stop; /* not 0: finish the event and end the run */
    void (*progress)(void *context, sim_ns now, sim_ns end, uint64_t events);
    void *context; /* called about every 65,536 events */
};

struct trial_result {
    struct run_record record;      /* points into the result and the plan */
    struct trial_numbers *numbers; /* NULL: not kept; may be taken away, leaving NULL */
    struct trial_storage *storage;
    bool all_hold; /* every requirement */
};

struct trial_result *trial_run(const struct trial_plan *plan, uint64_t seed,
                               uint32_t replication, const struct trial_watch *watch);
void trial_result_free(struct trial_result *r); /* NULL is allowed */

#endif
