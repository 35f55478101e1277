/* Pictures of many runs, each with its intervals.
 *
 *     knee           a metric over one axis: means, intervals, theory, what is required,
 *                    what `plan` answers
 *     heat           a metric over two axes, with the border where a requirement fails
 *     differences    A against B, metric by metric, around the zero line
 *     tornado        what each change alone does, the strongest first
 *     ecdf           when runs failed first, with those that never did
 *
 * Each takes a plain struct, so that whoever has the numbers can draw them.  The title
 * says the finding: the caller's, or one read from the numbers.  Data and words are made
 * by study_figure_<name>.c, looks by plots/<name>.gp.  NaN is "not known" everywhere.
 *
 * False, with the canvas' error filled, when gnuplot or the disk fails; a picture of
 * nothing at all is a bug.
 */
#ifndef SIM_STUDY_PICTURES_H
#define SIM_STUDY_PICTURES_H

#include <stdint.h>

#include "sim/results/canvas.h"

/* Words that every picture has.  Strings may hold anything a user can name. */
struct picture_words {
    const char *headline; /* NULL: made from the numbers */
    const char *detail;   /* second line; NULL: made from the numbers */
    const char *scenario; /* the footer: where the numbers are from */
    uint64_t seed;
    uint32_t replications;      /* of a point, at least */
    uint32_t replications_most; /* 0: all have as many */
    double confidence;          /* of the intervals */
    const char *version;        /* NULL: this program's */
};

/* What is measured along a direction. */
struct picture_axis {
    const char *label; /* "apps.web.arrivals.rate", "apps.web.failure_ratio@outage" */
    const char *unit;  /* "s", "/s", "ports"; NULL, "" or "1": none */
    bool percent;      /* values are shares of 1 */
    bool log;
};

/* The axis of a metric: ratios in percent. */
struct picture_axis picture_axis_of_metric(const char *name, const char *unit);

/* A mean and its interval; low and high are NaN of a single run. */
struct picture_point {
    double x;
    double mean, low, high;
};

/* What a metric must be. */
struct picture_bound {
    bool is; /* required at all */
    bool at_most;
    double value;
};

/* --- knee --------------------------------------------------------------------------- */

/* More than these cannot be told apart. */
#define PICTURE_LINES_MAX 7
#define PICTURE_MARKS_MAX 4

struct knee_line {
    const char *label;                  /* in the legend: "web", "20 addresses" */
    const struct picture_point *points; /* by x */
    size_t count;
};

/* A vertical line with its words: "capacity: 16,384 / 600 s". */
struct knee_mark {
    double x;
    const char *text;
};

struct picture_knee {
    struct picture_words words;
    struct picture_axis x, y;
    struct knee_line lines[PICTURE_LINES_MAX];
    unsigned line_count;
    const struct picture_point *theory; /* by x; only `mean` is looked at */
    size_t theory_count;
    const char *theory_name; /* "Erlang B" */
    struct picture_bound bound;
    struct knee_mark marks[PICTURE_MARKS_MAX];
    unsigned mark_count;
    bool answered;               /* plan found something: */
    struct picture_point answer; /* .mean is not looked at */
};

bool picture_knee(struct canvas *c, const char *name, const struct picture_knee *k);

/* --- differences -------------------------------------------------------------------- */

enum picture_verdict {
    VERDICT_BETTER,
    VERDICT_WORSE,
    VERDICT_SAME,
    VERDICT_UNKNOWN,
    VERDICT_DIFFERENT, /* and neither way is better */
};

struct difference_row {
    const char *label;            /* metric */
    double difference, low, high; /* in shares of the reference's mean */
    const char *text;             /* at the right: "12.1 % against 11.9 %" */
    enum picture_verdict verdict;
};

struct picture_differences {
    struct picture_words words;
    const char *a, *b; /* what was compared: a minus b */
    const struct difference_row *rows;
    size_t count;
    double margin; /* differences as small as this count for nothing; 0: none */
};

bool picture_differences(struct canvas *c, const char *name,
                         const struct picture_differences *d);

/* --- heat --------------------------------------------------------------------------- */

/* A cell with two digits must fit: more columns or rows than these get colours alone. */
#define PICTURE_CELLS_NAMED 14

struct picture_heat {
    struct picture_words words;
    struct picture_axis x, y, z; /* x and y: labels only */
    const char *const *x_values; /* "20/s", from left to right */
    const char *const *y_values; /* from the bottom up */
    size_t x_count, y_count;
    const struct picture_point *at; /* [y][x]; a mean of NaN: not simulated */
    struct picture_bound bound;     /* whose border is drawn */
};

bool picture_heat(struct canvas *c, const char *name, const struct picture_heat *h);

/* --- tornado ------------------------------------------------------------------------ */

/* One thing changed. */
struct tornado_row {
    const char *path, *value;
    struct picture_point at; /* the metric then */
};

struct picture_tornado {
    struct picture_words words;
    struct picture_axis value;
    struct picture_point base;      /* nothing changed */
    const struct tornado_row *rows; /* those of one path together */
    size_t count;
    struct picture_bound bound;
};

bool picture_tornado(struct canvas *c, const char *name, const struct picture_tornado *t);

/* --- ecdf --------------------------------------------------------------------------- */

struct ecdf_line {
    const char *label;
    const double *seconds; /* when each run failed first; NaN: it never did */
    size_t count;
    double end_s; /* of the runs */
};

struct picture_ecdf {
    struct picture_words words;
    const char *what;  /* "failed", of runs */
    const char *label; /* "apps.web.first_failure_s" */
    struct ecdf_line lines[PICTURE_LINES_MAX];
    unsigned line_count;
    double start_s; /* the end of the warm-up: nothing before it was counted */
    const struct picture_point *theory; /* x in s, mean the share of runs */
    size_t theory_count;
    const char *theory_name;
};

bool picture_ecdf(struct canvas *c, const char *name, const struct picture_ecdf *e);

#endif
