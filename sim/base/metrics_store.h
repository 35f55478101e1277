/* What stands behind struct metrics: declared rows, ended segments, readings by name.
 *
 * Private to metrics.c (reporting and cutting), metrics_read.c (values) and
 * metrics_names.c (readings and their names).
 */
#ifndef SIM_BASE_METRICS_STORE_H
#define SIM_BASE_METRICS_STORE_H

#include "sim/base/metrics.h"

struct metric_row {
    const struct metric_def *def;
    uint32_t table;  /* number of the first row of its table: RATIO counts from it */
    int64_t earlier; /* COUNT: reported in all ended segments */
};

/* Reports between two cuts.  Cells as in struct metrics, but a level's `weighted` is its
 * integral over the segment. */
struct metric_segment {
    sim_ns begin, end;
    struct metric_cell *cells;
};

/* One readable value of one metric; a row of metric_derivations. */
struct metric_name {
    char *text;
    char *unit;
    uint32_t metric;
    uint8_t derived;
};

struct metrics_store {
    struct metric_row *rows;
    uint32_t row_count, row_capacity;
    struct metric_segment *segments;
    uint32_t segment_count, segment_capacity;
    sim_ns begin; /* of the segment under way */
    struct metric_name *names;
    uint32_t name_count, name_capacity;
    uint32_t *slots;     /* open addressing over names[]: index + 1, or 0 */
    uint32_t slot_count; /* a power of two, more than twice name_count; or 0 */
};

/* How a metric of some kind is read; there is one row for each reading of a kind. */
struct metric_derivation {
    enum metric_kind kind;
    const char *suffix;
    const char *other_suffix; /* with METRIC_MAX_NAME */
    double (*read)(const struct metrics *m, uint32_t metric, uint32_t first,
                   uint32_t last);
    bool series;             /* the reading that METRIC_SERIES means */
    const char *unit_suffix; /* after the metric's unit */
    unsigned percent;        /* of a quantile; 0: it is none */
    enum metric_of_parts of_parts;
};

extern const struct metric_derivation metric_derivations[];
extern const uint32_t metric_derivation_count;

/* Adds the readings of one declared metric.  metrics_names.c. */
void metrics_name_readings(struct metrics_store *s, const char *prefix, uint32_t metric);

#endif
