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
    struct safe_directory plots; /* not open for the terminal */
};

/* Opens (or makes) plots/ in the directory of the request, unless the terminal is meant.
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
void canvas_begin(const struct canvas *c, struct text *script);

/* Draws by plots/<look>.gp and delivers it as <name>.svg, <name>.png or on the terminal.
 * `name` must be a safe_name() without its suffix. */
bool canvas_finish(struct canvas *c, const char *look, const char *name,
                   struct text *script);

#endif
