/* Pictures about the choice of ports: what it costs, how well it can be guessed, and whom
 * the want of ports hits.
 *
 *     probes           candidates a choice looks at, over the share of ports taken
 *     predictability   bits that somebody must guess to know the next port
 *     fairness         how evenly applications get what they ask for
 *
 * Plain structs as in pictures.h: the title says the finding, NaN is "not known", a
 * picture of nothing is a bug.  Data and words are made by study_figure_<name>.c, looks
 * by plots/<name>.gp; study_<name>.c finds the numbers in a study or a run.
 */
#ifndef SIM_STUDY_PORT_PICTURES_H
#define SIM_STUDY_PORT_PICTURES_H

#include "sim/study/pictures/pictures.h"

/* --- probes ------------------------------------------------------------------------- */

#define PROBES_LINES_MAX  8
#define PROBES_CURVES_MAX 4

/* Choices made while between `low` and `high` of the ports were taken; both 1: all. */
struct probes_point {
    double low, high;
    struct picture_point mean; /* .x is not looked at */
    double p99;
};

struct probes_line {
    const char *label;                 /* the allocator, the host, the value of an axis */
    const struct probes_point *points; /* by share */
    size_t count;
};

/* A closed form, at shares below 1. */
struct probes_curve {
    const char *name;
    const double *taken, *mean, *p99; /* p99 may be NULL */
    size_t count;
};

struct picture_probes {
    struct picture_words words;
    const char *where; /* whose ports they are, "client tcp4"; NULL: several hosts' */
    uint32_t ports;    /* that a request may have, of the first line */
    struct probes_line lines[PROBES_LINES_MAX];
    unsigned line_count;
    uint32_t left_out; /* lines for which there was no room */
    struct probes_curve curves[PROBES_CURVES_MAX];
    unsigned curve_count;
};

bool picture_probes(struct canvas *c, const char *name, const struct picture_probes *p);

#endif
