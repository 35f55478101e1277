/* Reading a scenario for a command: options in, plan out, complaints printed. */
#ifndef SIM_CLI_READ_H
#define SIM_CLI_READ_H

#include <argp.h>
#include <stdint.h>

#include "sim/scenario/issues.h"
#include "sim/trial/trial_plan.h"

/* "path=value" texts of a command line, in order.  {0} is none. */
struct setting_texts {
    const char **at; /* the list is owned, the texts are not */
    uint32_t count;
};

/* Adds what stood after --set; ends the program with a usage error if it is no
 * "path=value". */
void setting_texts_add(struct setting_texts *s, const char *text,
                       const struct argp_state *state);

/* The setting that stands for --seed N, to be given back with free(); ends the program
 * with a usage error if N is no whole number (0x... for hexadecimal). */
char *setting_seed(const char *text, const struct argp_state *state);

/* Reads `name` (a file, or a scenario of the library).  On failure prints every complaint
 * on stderr, returns NULL and sets *status.  `*issues` belongs to the caller either way
 * and must outlive the plan. */
struct trial_plan *read_plan(const char *name, const struct setting_texts *settings,
                             struct issues **issues, int *status);

#endif
