/* Pictures of many runs, each with its intervals.
 *
 *     knee           a metric over one axis: means, intervals, theory, what is required,
 *                    what `plan` answers
 *     heat           a metric over two axes, with the border where a requirement fails
 *     differences    A against B, metric by metric, around the zero line
 *     tornado        what each change alone does, the strongest first
 *     ecdf           when runs failed first, with those that never did
 *     bands          how full the ports of the replications were, over time
 *     convergence    where the long run begins, and how many runs make a mean precise
 *     risk           how runs differ, beside how well that is known
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
#include "sim/results/run_bands.h"

/* Words that every picture has.  Strings may hold anything a user can name. */
struct picture_words {
    const char *headline; /* NULL: made from the numbers */
    const char *detail;   /* second line; NULL: made from the numbers */
    const char *scenario; /* the footer: where the numbers are from */
    uint64_t seed;
    uint32_t replications;      /* of a point, at least */
    uint32_t replications_most; /* 0: all have as many */
    double confidence;          /* of the intervals; 0: it has none */
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
    bool exactly; /* neither more nor less */
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

/* --- bands -------------------------------------------------------------------------- */

/* Fewer runs have no 5th percentile to speak of. */
#define BANDS_RUNS_LEAST 5

struct picture_bands {
    struct picture_words words;
    const struct run_record *run; /* for the time axis and the changes on it */
    const char *host;             /* whose ports these are */
    double capacity;              /* of that pool, ports; NaN: it changed */
    struct run_band_rows use;     /* as a share of it */
    const char *app;              /* that fails most; NULL: none */
    struct run_band_rows failing; /* the share of its attempts */
    double warm_up_s;
};

bool picture_bands(struct canvas *c, const char *name, const struct picture_bands *b);

/* --- convergence -------------------------------------------------------------------- */

struct picture_convergence {
    struct picture_words words;
    struct picture_axis metric;
    struct run_band_rows course; /* of its mean, from bands.csv; may be none */
    double end_s;                /* of the runs */
    bool steady;                 /* a study of the long run */
    double warm_up_s;            /* left out of the metric */
    const double *values;        /* one a run, in order; NaN: it has none */
    size_t count;                /* 0: one run in batches: */
    uint32_t batches;
    double mean, half_width; /* of the whole study */
    double precision;        /* asked for, as a share of the mean; 0: none was */
};

bool picture_convergence(struct canvas *c, const char *name,
                         const struct picture_convergence *p);

/* Welch's moving mean: each value with `reach` neighbours on either side, fewer near the
 * beginning; the last `reach` have none and become NaN.  P. D. Welch, in Computer
 * Performance Modeling Handbook, 1983, 6.5. */
void convergence_moving_mean(const double *values, size_t count, size_t reach,
                             double *out);

/* --- risk --------------------------------------------------------------------------- */

/* More rows than these do not fit a page. */
#define RISK_ROWS_MAX   7
#define RISK_BOUNDS_MAX 2

struct risk_row {
    struct picture_axis metric;
    const double *values; /* one a run; NaN: it has none */
    size_t count;
    double mean, half_width;
    struct picture_bound bounds[RISK_BOUNDS_MAX];
    unsigned bound_count;
    size_t beyond; /* runs that do not meet them */
};

struct picture_risk {
    struct picture_words words;
    struct risk_row rows[RISK_ROWS_MAX]; /* each of some run that has a value */
    unsigned row_count;
    unsigned left_out; /* metrics for which there was no room */
};

bool picture_risk(struct canvas *c, const char *name, const struct picture_risk *r);

#endif
