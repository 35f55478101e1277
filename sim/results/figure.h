/* Inside the figures: what each of them draws from, and what they have in common.
 *
 * A figure composes a script: variables and lists with its words, a block `$data` with
 * its numbers.  plots/<name>.gp, loaded after it, does the drawing.  All variables that a
 * script may use are set here or in figure_<name>.c, and nowhere else.
 */
#ifndef SIM_RESULTS_FIGURE_H
#define SIM_RESULTS_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/results/axis.h"
#include "sim/results/canvas.h"
#include "sim/results/course.h"
#include "sim/results/run_record.h"
#include "sim/results/text.h"

/* The most columns of the series that one picture can tell apart. */
#define FIGURE_LINES_MAX 10

/* The ports a run is about: one host, one protocol. */
struct figure_pool {
    char *host;                /* "proxy"; owned */
    char *name;                /* "tcp4"; owned */
    uint32_t in_use, capacity; /* columns; SERIES_NONE: not recorded */
};

struct figure_source {
    struct canvas *canvas; /* takes the words */
    const struct run_record *run;
    const struct series *series; /* the run's; at least two rows, not all at one time, but
                                    for figures that are timeless */
    struct time_unit unit;
    struct figure_pool pool; /* .host NULL: no host's ports were recorded */
    unsigned moments;        /* that the picture can show, about */
    unsigned x_tics, y_tics; /* at most */
};

struct figure_ops {
    struct figure_kind kind; /* its name is that of the picture's file too */
    bool timeless;           /* has no time axis, and looks at no series */
    /* Appends the figure's words and data.  False, appending nothing, when the run did
     * not record what it needs. */
    bool (*compose)(const struct figure_source *source, struct text *script);
};

extern const struct figure_ops figure_states;
extern const struct figure_ops figure_outcomes;
extern const struct figure_ops figure_destinations;
extern const struct figure_ops figure_ports;
extern const struct figure_ops figure_reuse;
extern const struct figure_ops figure_transitions;

/* --- what they have in common ----------------------------------------------------- */

/* Finds the pool whose largest use comes nearest to its capacity.  .host is NULL when the
 * series has none.  figure_pool_free() it. */
struct figure_pool figure_pool_find(const struct run_record *run);
void figure_pool_free(struct figure_pool *pool);

/* What a figure says, in words. */
struct figure_words {
    struct text headline; /* the finding */
    struct text detail;   /* a second line; may be empty */
    const char *y_label;
};

/* Appends the words and gives them back, source line, time axis and marks. */
void figure_head(const struct figure_source *source, struct figure_words *words,
                 struct text *script);

/* The same of a figure without a time axis: no marks either. */
void figure_head_timeless(const struct figure_source *source, struct figure_words *words,
                          struct text *script);

/* A name of any length as one that a legend has room for: "server-w…e-0:443".  Returns
 * `out`. */
#define FIGURE_SHORT 80
const char *figure_short(const char *name, char out[FIGURE_SHORT]);

/* Appends the height of the value axis, its tics, and the capacity (of the last row) if
 * there is one and it fits the picture: the picture of a range of which next to nothing
 * is used shows the use. */
void figure_value_axis(const struct figure_source *source, double peak,
                       struct text *script);

/* Appends a moment as a number on the time axis. */
void figure_moment(const struct figure_source *source, sim_ns when, struct text *script);

/* The course of such lines on an axis up to `peak`; course_free(). */
struct course figure_course(const struct figure_source *source, unsigned lines,
                            course_line *line, const void *figure, double peak);

/* The label of an axis: "ports held", of bins "ports held (means of 20 s)".  The caller's
 * to free. */
char *figure_course_label(const char *label, const struct course *course);

/* A value of a row as a share of the capacity; the value itself when that is unknown. */
double figure_share(const struct figure_source *source, size_t row, uint32_t column);

/* The largest value of a column; 0 if it has none. */
double figure_peak(const struct series *series, uint32_t column);

#endif
