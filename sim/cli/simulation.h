/* A plan simulated for a command, as often as its "study" says: with a progress line, and
 * Ctrl-C keeping what is done. */
#ifndef SIM_CLI_SIMULATION_H
#define SIM_CLI_SIMULATION_H

#include "sim/trial/trial.h"

struct simulation_order {
    unsigned jobs; /* runs at the same time; 0: as many as there are processors */
    enum trial_binds_wanted binds;
    bool quiet;
};

struct replications;

struct simulation {
    const struct run_record *record; /* points into the rest, and the plan */
    bool all_hold;                   /* every requirement */
    bool none_fails;                 /* though some may be undecided */
    bool imprecise;                  /* the precision asked for was not reached */
    struct trial_result *one;
    struct replications *several;
};

/* After stop_listen().  Sets the warm-up of a plan whose study seeks one. */
struct simulation simulate(struct trial_plan *plan, const struct simulation_order *order);
void simulation_free(struct simulation *s);

#endif
