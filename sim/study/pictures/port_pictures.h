/* Pictures about the choice of ports: what it costs, how well it can be guessed, and whom
 * the want of ports hits.
 *
 *     probes           candidates a choice looks at, over the share of ports taken
 *     predictability   bits that somebody must guess to know the next port
 *     successors       which port followed which, of a run
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
#define PROBES_CURVES_MAX 5

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

/* --- predictability ----------------------------------------------------------------- */

#define PREDICTABILITY_ROWS_MAX 20

/* Bits of the next port toward a destination: for who knows the last one toward it, and
 * for who saw all choices of the host (models/port_predict.h). */
struct predictability_row {
    const char *label;   /* "linux518" */
    const char *rfc6056; /* the algorithm it is there: "A4"; NULL: none */
    struct picture_point server, observer; /* .x is not looked at */
    uint32_t ports;                        /* a uniform choice is from so many */
};

struct picture_predictability {
    struct picture_words words;
    const char *where;               /* as in struct picture_probes */
    struct predictability_row *rows; /* are put in order */
    size_t count;
    size_t left_out; /* rows for which there was no room */
};

bool picture_predictability(struct canvas *c, const char *name,
                            const struct picture_predictability *p);

/* --- successors --------------------------------------------------------------------- */

#define SUCCESSORS_PANELS_MAX 6

struct successors_panel {
    const char *label;                 /* "client, linux518" */
    const struct run_successor *pairs; /* only the ports are looked at */
    size_t count;
    uint16_t low, high; /* of the range */
    double bits;        /* that must be guessed of the next one; NaN: not known */
};

struct picture_successors {
    struct picture_words words;
    struct successors_panel panels[SUCCESSORS_PANELS_MAX];
    unsigned count;
    size_t most;     /* pairs of a panel */
    size_t left_out; /* pools for which there was no room */
};

bool picture_successors(struct canvas *c, const char *name,
                        const struct picture_successors *p);

/* --- fairness ----------------------------------------------------------------------- */

/* An application and what it lost. */
struct fairness_row {
    const char *label;
    double attempts;              /* all of them, of the mean run */
    struct picture_point failing; /* share of them that failed; .x is not looked at */
};

struct picture_fairness {
    struct picture_words words;
    struct fairness_row *rows; /* two and more; are put in order */
    size_t count;
    struct picture_point jain; /* fairness_jain() of each run */
};

/* R. Jain, D. M. Chiu and W. R. Hawe, DEC TR-301 (1984): (sum of x)^2 / (n x sum of x^2),
 * 1 if all have the same and 1/n if one has all.  Of the share of successful attempts,
 * 1 - failing[i]; a NaN is left out.  NaN if nobody has anything. */
double fairness_jain(const double *failing, size_t count);

bool picture_fairness(struct canvas *c, const char *name,
                      const struct picture_fairness *f);

#endif
