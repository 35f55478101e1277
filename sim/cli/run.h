/* Running a scenario from the command line: what `run` and `demo` share. */
#ifndef SIM_CLI_RUN_H
#define SIM_CLI_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/cli/read.h"
#include "sim/results/figures.h"
#include "sim/trial/trial_binds.h"

struct run_order {
    const char *scenario;  /* file, or name in the library */
    const char *directory; /* NULL: runs/NAME, or the first free of runs/NAME-2, ... */
    struct text_list settings;
    struct text_list metrics; /* patterns: printed below the summary */
    bool overwrite, json, quiet;
    enum trial_binds_wanted binds;
    unsigned jobs; /* runs at the same time; 0: as many as there are processors */
    bool plots;
    bool without; /* without gnuplot there are none of them, and no failure */
    enum figure_format format;
    const char *epilogue; /* printed after everything else; NULL: none */
};

/* Does all of it and returns the exit status. */
int run_scenario(const struct run_order *order);

/* "svg", "png", "dumb"; false if it is another word. */
bool run_format(const char *word, enum figure_format *out);

#endif
