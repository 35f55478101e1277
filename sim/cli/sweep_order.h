/* The command line of `portsim sweep`, and doing what it says. */
#ifndef SIM_CLI_SWEEP_ORDER_H
#define SIM_CLI_SWEEP_ORDER_H

#include "sim/cli/read.h"
#include "sim/study/shard.h"

struct sweep_arguments {
    const char *scenario, *where, *design, *directory;
    struct text_list settings, vary, metrics;
    char *seed;            /* "seed=N"; NULL: the scenario's */
    uint32_t replications; /* 0: the scenario's */
    uint32_t jobs;         /* 0: as fits */
    struct shard shard;
    bool list, estimate, json, quiet;
    char **argv; /* as it was called, to say what goes on from here */
    int argc;
};

/* Does all of it and returns the exit status. */
int sweep_command(struct sweep_arguments *a);

#endif
