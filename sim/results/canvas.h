/* What one picture is drawn on: a file in plots/, or the terminal.
 *
 * A figure appends its words and its numbers to the script that canvas_begin() began;
 * canvas_finish() adds the script of plots/ that draws them, runs gnuplot, looks whether
 * the picture is whole, and gives it its name.
 */
#ifndef SIM_RESULTS_CANVAS_H
#define SIM_RESULTS_CANVAS_H

#include "sim/results/figures.h"
#include "sim/results/safe_file.h"
#include "sim/results/text.h"

struct canvas {
    const struct figures_request *request;
    struct figures_drawn *drawn;
    struct results_error *error;
    struct safe_directory plots;  /* open while files are written to it */
    struct text headline, detail; /* of the picture under way */
};

/* Opens (or makes) plots/ in the directory of the request, where it will write files.
 * canvas_close() it also after a failure. */
bool canvas_open(struct canvas *c, const struct figures_request *request,
                 struct figures_drawn *drawn, struct results_error *error);
void canvas_close(struct canvas *c);

/* What the format has room for. */
struct canvas_room {
    unsigned moments;        /* along the time axis */
    unsigned x_tics, y_tics; /* at most */
};
struct canvas_room canvas_room(enum figure_format format);

/* Appends what plots/common.gp wants to know of the canvas. */
void canvas_begin(struct canvas *c, struct text *script);

/* Appends what the picture under way says, for its reader and for who lists pictures. */
void canvas_words(struct canvas *c, const char *headline, const char *detail,
                  struct text *script);

/* Draws by plots/<kind>.gp and delivers it as <name>.svg, <name>.png or on the terminal.
 * `name` must be a safe_name() without its suffix.  A kind that the request does not want
 * is passed over: true, and nothing was done. */
bool canvas_finish(struct canvas *c, const char *kind, const char *name,
                   struct text *script);

#endif
