/* The pictures of a run: drawn by gnuplot from a stored run directory alone.
 *
 *     states         sockets by state over time, against the capacity
 *     outcomes       attempts, successes and failures per second, by application
 *     destinations   who holds the ports, against the capacity
 *
 * A figure is one row of the table in figures.c: its data and words are made by one C
 * file (figure_<name>.c), its looks by one script (plots/<name>.gp).  A figure for which
 * the run recorded nothing is left out.
 *
 * The same run gives the same bytes, SVG and PNG alike, on one machine.
 */
#ifndef SIM_RESULTS_FIGURES_H
#define SIM_RESULTS_FIGURES_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/results/error.h"

enum figure_format {
    FIGURE_SVG,
    FIGURE_PNG,
    FIGURE_DUMB, /* characters, for a terminal */
};

/* What is to be drawn, and where to. */
struct figures_request {
    const char *directory;     /* of a run (or a study: sim/study/pictures/pictures.h) */
    const char *scripts;       /* the folder with the gnuplot scripts */
    enum figure_format format; /* SVG and PNG go to plots/ in the directory */
    FILE *terminal;            /* DUMB: where to; not closed */
    unsigned columns, rows;    /* DUMB: characters of one picture; 0: 80 and 24 */
};

#define FIGURES_MAX 16

/* What was drawn: paths inside the directory, "plots/states.svg"; of DUMB the names
 * of the figures. */
struct figures_drawn {
    char names[FIGURES_MAX][80];
    unsigned count;
};

/* Draws every figure the run has data for.  False on the first error; the pictures drawn
 * before it stay, each of them whole.  A run with no sample to draw is an error. */
bool figures_draw(const struct figures_request *request, struct figures_drawn *drawn,
                  struct results_error *error);

#endif
