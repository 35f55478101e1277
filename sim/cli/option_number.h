/* Numbers and lengths of time behind an option, read and refused alike by every command.
 * What is none ends the program with a usage error.
 */
#ifndef SIM_CLI_OPTION_NUMBER_H
#define SIM_CLI_OPTION_NUMBER_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/time.h"

/* A whole number in decimal from `least`, which is not 0, to `most`. */
uint64_t option_count(const char *option, const char *text, uint64_t least, uint64_t most,
                      const struct argp_state *state);

/* --jobs: runs at the same time. */
uint32_t option_jobs(const char *text, const struct argp_state *state);

/* --replications and the like, from `least` up to what a scenario may say. */
uint32_t option_replications(const char *option, const char *text, uint32_t least,
                             const struct argp_state *state);

/* --confidence: what a scenario may say, "95%" or "0.95". */
double option_confidence(const char *text, const struct argp_state *state);

/* --precision: a share below 1, and above 0 unless `may_be_zero`. */
double option_precision(const char *text, bool may_be_zero,
                        const struct argp_state *state);

/* A length of time with its unit: "10min". */
sim_ns option_duration(const char *option, const char *text,
                       const struct argp_state *state);

/* A size in a unit of its own ("0.5") or a share ("1%": 0.01 and relative); false if it
 * is neither, or negative. */
bool option_size(const char *text, double *value, bool *relative);

#endif
