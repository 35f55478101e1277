/* The kinds of pictures there are, and which of them a command line wants. */
#ifndef SIM_CLI_FIGURE_KINDS_H
#define SIM_CLI_FIGURE_KINDS_H

#include <argp.h>
#include <stdint.h>

#include "sim/cli/text_list.h"
#include "sim/results/figures.h"

/* Those of one run, then those of many; NULL after the last. */
const struct figure_kind *figure_kinds(uint32_t index);

/* Adds "states,knee", each kind once, by the name the kind has itself; ends the program
 * with a usage error if there is no such kind. */
void figure_choice_add(struct text_list *kinds, const char *text,
                       const struct argp_state *state);

/* True if nothing that was asked for is missing from what was drawn; else the error names
 * the first that is, and how to get the data that it needs. */
bool figure_kinds_met(const char *const *only, unsigned count, const char *directory,
                      const struct figures_drawn *drawn, struct results_error *error);

#endif
