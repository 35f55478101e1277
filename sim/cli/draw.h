/* Drawing from the command line: with the scripts that came with the program, and as
 * large as the terminal. */
#ifndef SIM_CLI_DRAW_H
#define SIM_CLI_DRAW_H

#include "sim/results/figures.h"

/* Draws the figures of a run directory; of FIGURE_DUMB on stdout. */
bool draw_run(const char *directory, enum figure_format format,
              struct figures_drawn *drawn, struct results_error *error);

/* Draws the pictures of a study, of one metric if it is not NULL. */
bool draw_study(const char *directory, const char *metric, enum figure_format format,
                struct figures_drawn *drawn, struct results_error *error);

#endif
