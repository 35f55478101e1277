/* The pictures of a run: drawn by gnuplot from a stored run directory alone.
 *
 *     states         sockets by state over time, against the capacity
 *     outcomes       attempts, successes and failures per second, by application
 *     destinations   who holds the ports, against the capacity
 *     ports          which state holds which ports
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
#include <stdint.h>
#include <stdio.h>

#include "sim/results/error.h"
#include "sim/results/run_record.h"
#include "sim/results/text.h"

/* A kind of picture: what `portsim list figures` says of it. */
struct figure_kind {
    const char *name;  /* "states": of its script, plots/<name>.gp */
    const char *shows; /* one line, without full stop */
    const char *needs; /* the data, to stand after "it needs": "a study of two axes" */
    const char *made;  /* the command that leaves such data */
};

/* The kinds of a run, in the order in which they are drawn; NULL after the last. */
const struct figure_kind *figures_kind(uint32_t index);

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
    bool with_scripts;         /* SVG, PNG: beside each file the script that draws it */
    bool keep;                 /* SVG, PNG: give the bytes back, touch no file */
    unsigned bare;             /* SVG, PNG: so many pixels wide, its words being shown
                                  beside it; 0: with its words in it */
    const char *const *only;   /* kinds to draw; other pictures are passed over */
    unsigned only_count;       /* 0: all kinds */
};

/* A picture that was drawn. */
struct figure_drawn {
    char *kind;       /* what draws it, plots/<kind>.gp: "states", "knee" */
    char *name;       /* of this picture: "knee-apps.web.failure_ratio" */
    char *path;       /* inside the directory: "plots/states.svg"; NULL: no file */
    char *headline;   /* what it says */
    char *detail;     /* a second line, may be empty */
    struct text kept; /* the picture itself, where the request says so */
};

/* In the order they were drawn; {0} is none.  Owns all of it. */
struct figures_drawn {
    struct figure_drawn *at;
    unsigned count;
};

void figures_drawn_free(struct figures_drawn *drawn);

/* Draws every figure the run, that of the request's directory, has data for, behind those
 * that `drawn` has already.  False on the first error; the pictures drawn before it stay,
 * each of them whole. */
bool figures_draw(const struct figures_request *request, const struct run_record *run,
                  struct figures_drawn *drawn, struct results_error *error);

#endif
