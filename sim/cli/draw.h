/* Drawing from the command line: with the scripts that came with the program, and as
 * large as the terminal. */
#ifndef SIM_CLI_DRAW_H
#define SIM_CLI_DRAW_H

#include "sim/results/figures.h"

struct draw_order {
    const char *directory;        /* of a run or a study */
    const struct run_record *run; /* that run, if it is at hand; NULL: it is read */
    enum figure_format format;
    const char *metric;      /* of a study: what to draw; NULL: what matters in it */
    const char *const *only; /* as in struct figures_request */
    unsigned only_count;
    bool keep, with_scripts;
    unsigned bare;          /* as in struct figures_request */
    unsigned columns, rows; /* FIGURE_DUMB: of one picture; 0: as the terminal */
};

/* Draws what the directory has data for; of FIGURE_DUMB on stdout.  Nothing at all is an
 * error.  What was drawn before an error is in `drawn`; figures_drawn_free() it. */
bool draw(const struct draw_order *order, struct figures_drawn *drawn,
          struct results_error *error);

/* A request for other pictures of that directory; the folder of its scripts is the
 * caller's to free, NULL after an error. */
char *draw_request(const char *directory, enum figure_format format,
                   struct figures_request *request, struct results_error *error);

/* Of a picture that comes along with other results and could not be drawn: says so.  That
 * gnuplot is not installed is no failure then, everything else is; the exit status.  (One
 * that was asked for by its name, --plots or `plot', is io_error().) */
int draw_missed(const struct results_error *error);

/* Names the files on stderr. */
void draw_tell(const char *directory, const struct figures_drawn *drawn);

#endif
