/* Reading a scenario for a command: options in, plan out, complaints printed. */
#ifndef SIM_CLI_READ_H
#define SIM_CLI_READ_H

#include <argp.h>
#include <stdint.h>

#include "sim/cli/text_list.h"
#include "sim/scenario/issues.h"
#include "sim/trial/trial_plan.h"

/* A setting is a text "path=value".  Of several with one path the last counts: what
 * stands for an option (--seed) is added behind every --set.
 *
 * Adds what stood after --set; ends the program with a usage error if it is no setting.
 */
void setting_add(struct text_list *settings, const char *text,
                 const struct argp_state *state);

/* Makes *seed the setting that stands for --seed N, in place of what it was; to be given
 * back with free().  Ends the program with a usage error if N is no whole number (0x...
 * for hexadecimal). */
void setting_seed(char **seed, const char *text, const struct argp_state *state);

/* The setting path=["a","b"], to be given back with free(). */
char *setting_list(const char *path, const struct text_list *texts);

/* The last case of a parser whose one argument is a scenario: takes it, refuses a second,
 * and at the end that there is none.  ARGP_ERR_UNKNOWN for any other key; what only the
 * whole command line can tell is for ARGP_KEY_SUCCESS, which comes after the end. */
error_t scenario_argument(int key, const char *argument, const struct argp_state *state,
                          const char **scenario);

/* Reads `name` (a file, or a scenario of the library).  On failure prints every complaint
 * on stderr, returns NULL and sets *status.  `*issues` belongs to the caller either way
 * and must outlive the plan. */
struct trial_plan *read_plan(const char *name, const struct text_list *settings,
                             struct issues **issues, int *status);

#endif
