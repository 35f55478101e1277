/* What a model reports about itself: counts, levels and samples, by number.
 *
 * A model declares its metrics in a table and then speaks of them by number.  It knows no
 * file, no format and no statistic.  One `struct metrics` belongs to one trial and one
 * thread; the time of a report is passed by the caller, and never runs backwards.
 *
 * Names are paths, the same in summary, CSV, `require`, `compare` and `plan`: the prefix
 * of the instance, a dot, the name of the row ("apps.shares" + "attempts").
 *
 *     METRIC_COUNT   things that happened.  Read as the number in the window; also as
 *                    <name>_per_s, its rate
 *     METRIC_LEVEL   a whole number that holds between changes.  Read as the time
 *                    average; <name>.max, or <name>_max (see flags), is the maximum
 *     METRIC_SAMPLE  one value per occurrence.  Read as the exact mean; also as <name>.p1
 *                    .p50 .p99 (nearest rank, within 1.6 %) and .min .max (exact)
 *     METRIC_FIRST   the moment of the first report in the window, s; null when none
 *     METRIC_LAST    the moment of the last
 *     METRIC_RATIO   count `a` / count `b` of the same table; null when b is 0
 *     METRIC_REST    1 - a / b, likewise
 *     METRIC_BITS    log2(b / a), to a millionth; null when a or b is 0
 *
 * Windows.  metrics_cut() ends a segment and begins the next; what was reported in each
 * is kept apart.  Phases are ranges of segments, so any number of overlapping phases
 * costs one cut at each of their ends and nothing per report.
 *
 * A level's maximum in a window counts the value it had when the window began.
 *
 * Cost: a count 1 add; a level about 2 ns; a sample about 3 ns.  Memory: 48 bytes a
 * metric and segment; of a sample that was used also 256 bytes for each octave its values
 * span, a segment.  Declaring and cutting are O(metrics), finding a name is O(1).
 *
 * Errors: a name declared twice, a cut in the past, a negative sample are bugs.
 */
#ifndef SIM_BASE_METRICS_H
#define SIM_BASE_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/histogram.h"
#include "sim/base/time.h"

enum metric_kind {
    METRIC_COUNT,
    METRIC_LEVEL,
    METRIC_SAMPLE,
    METRIC_FIRST,
    METRIC_LAST,
    METRIC_RATIO,
    METRIC_REST,
    METRIC_BITS,
};

/* Read from two counts, never reported itself. */
static inline bool metric_is_of_two(enum metric_kind kind)
{
    return kind >= METRIC_RATIO;
}

enum metric_flags {
    METRIC_SERIES = 1,   /* a column of timeseries.csv (levels, counts as rates) */
    METRIC_QUIET = 2,    /* left out of the summary while it is zero all through */
    METRIC_MAX_NAME = 4, /* the maximum is called <name>_max, not <name>.max */
};

struct metric_def {
    const char *name; /* "attempts" */
    const char *unit; /* "1", "s", "ports", "sockets", "probes"; SAMPLE in "s" is reported
                         in ns */
    const char *help; /* one line */
    enum metric_kind kind;
    unsigned flags;
    uint32_t a, b; /* RATIO, REST, BITS: rows of the same table */
};

__extension__ typedef __int128 metric_wide;

/* One metric in the segment under way.  Visible only so that the verbs can be inline. */
struct metric_cell {
    metric_wide weighted;      /* LEVEL: sum of change x moment.  SAMPLE: sum of values */
    int64_t value;             /* LEVEL: now.  Others: how many occurred */
    int64_t max, min;          /* LEVEL, SAMPLE: of values.  FIRST, LAST: of moments */
    struct histogram *buckets; /* SAMPLE; NULL until the first */
};
_Static_assert(sizeof(struct metric_cell) == 48, "a metric is 48 bytes a segment");

struct metrics {
    struct metric_cell *cells;
    struct metrics_store *store; /* names and ended segments: metrics_store.h */
};

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m); /* NULL is allowed */

/* Declares `count` rows for one instance and returns the number of the first; the model
 * adds its own enum to it.  `defs` must outlive `m`; `prefix` is copied.  Not after the
 * first metrics_cut(). */
uint32_t metrics_declare(struct metrics *m, const char *prefix,
                         const struct metric_def *defs, uint32_t count);

/* --- verbs of the models -------------------------------------------------------------
 */

static inline void metrics_count(struct metrics *m, uint32_t metric, uint64_t by)
{
    m->cells[metric].value += (int64_t)by;
}

/* Adds `change` to a level at the moment `now`. */
static inline void metrics_shift(struct metrics *m, uint32_t metric, int64_t change,
                                 sim_ns now)
{
    struct metric_cell *c = &m->cells[metric];
    c->weighted += (metric_wide)change * now;
    c->value += change;
    if (c->value > c->max)
        c->max = c->value;
    if (c->value < c->min)
        c->min = c->value;
}

/* The level's present value. */
static inline int64_t metrics_level(const struct metrics *m, uint32_t metric)
{
    return m->cells[metric].value;
}

/* Reports one value, not negative; of a metric in "s" in nanoseconds. */
void metrics_sample(struct metrics *m, uint32_t metric, int64_t value);

/* Reports a moment to a FIRST or LAST metric. */
void metrics_moment(struct metrics *m, uint32_t metric, sim_ns now);

/* --- what the trial asks ---------------------------------------------------------------
 */

/* Ends the segment under way at `now` and begins the next.  Segment 0 begins at 0. */
void metrics_cut(struct metrics *m, sim_ns now);

/* Segments ended so far. */
uint32_t metrics_segments(const struct metrics *m);

/* A readable value: a metric, or one of its derived readings. */
struct metric_reading {
    const char *name; /* whole path, owned by the metrics */
    const char *unit;
    const char *help;
    uint32_t metric;
    uint8_t derived; /* which of the metric's readings; a row of metrics_read.c */
    bool quiet;      /* METRIC_QUIET, and zero all through so far */
    bool may_hide;   /* METRIC_QUIET */
    bool series;     /* belongs in timeseries.csv */
};

/* Readings in the order of declaration. */
uint32_t metrics_reading_count(const struct metrics *m);
struct metric_reading metrics_reading(const struct metrics *m, uint32_t index);

/* Index of the reading of that name, UINT32_MAX when there is none. */
uint32_t metrics_reading_find(const struct metrics *m, const char *name);

/* The value over segments first .. last - 1, which must have ended.  NaN when it is null:
 * a moment that never came, a mean of nothing, a ratio over zero, an average or a rate
 * over no time. */
double metrics_read(const struct metrics *m, uint32_t reading, uint32_t first,
                    uint32_t last);

/* What the quantiles of a SAMPLE are read from: whole numbers that merge exactly, in any
 * order. */
struct metric_samples {
    struct histogram *buckets; /* of ns or of whole units; owned; NULL: empty */
    uint64_t count;
    int64_t min, max; /* of what was reported, if anything was */
    bool in_ns;       /* and read in s */
};

/* Of a RATIO: the reading that counts what it is a share of, "attempts" of
 * "failure_ratio"; UINT32_MAX of any other reading. */
uint32_t metrics_reading_share_of(const struct metrics *m, uint32_t reading);

/* 1, 50 or 99 of a reading that is a quantile, 0 of any other. */
unsigned metrics_reading_percent(const struct metrics *m, uint32_t reading);

/* What the readings of the equal parts of a window tell about that of the whole. */
enum metric_of_parts {
    METRIC_PARTS_MEAN, /* it is near their mean: levels, rates, means, ratios, quantiles
                        */
    METRIC_PARTS_SUM,  /* it is their sum: counts */
    METRIC_PARTS_NONE, /* nothing: extremes and moments */
};
enum metric_of_parts metrics_reading_of_parts(const struct metrics *m, uint32_t reading);

/* The samples of the metric (struct metric_reading) in segments first .. last - 1. */
struct metric_samples metrics_samples(const struct metrics *m, uint32_t metric,
                                      uint32_t first, uint32_t last);

/* Adds those of `from` to `into`, which may be {0}. */
void metric_samples_merge(struct metric_samples *into, const struct metric_samples *from);

/* Nearest rank, in the unit of the reading; NaN of no samples. */
double metric_samples_quantile(const struct metric_samples *s, unsigned percent);

/* For the time series: a level's present value; a count's total so far, over all
 * segments. `reading` must have `series` set. */
double metrics_instant(const struct metrics *m, uint32_t reading);

/* What a reading has been so far: its value over a stretch of time is the change of
 * `part` over that of `whole`.  Whole numbers, so that no stretch is too short. */
struct metric_total {
    metric_wide part, whole;
};

/* False of readings that stretches tell nothing of: extremes, moments, quantiles, plain
 * counts (read their rate instead).  O(segments). */
bool metrics_total(const struct metrics *m, uint32_t reading, sim_ns now,
                   struct metric_total *out);

/* The value between two totals of the reading; NaN as in metrics_read(). */
double metrics_between(const struct metrics *m, uint32_t reading,
                       const struct metric_total *before,
                       const struct metric_total *after);

#endif
