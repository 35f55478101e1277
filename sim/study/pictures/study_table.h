/* A study as a table: its points, where they stand on its axes, and what their runs say
 * of a few metrics.  What the pictures of a study are drawn from.
 *
 * Axes with a single value are none; of axes that change together the first stands for
 * all.
 *
 * Cost: loads every run once; memory for the runs of one point, and some numbers a point.
 */
#ifndef SIM_STUDY_STUDY_TABLE_H
#define SIM_STUDY_STUDY_TABLE_H

#include "sim/study/estimate.h"
#include "sim/study/store/store.h"

struct table_axis {
    const char *path;
    const char **values; /* the store's; in the order of axis_value.h */
    uint32_t count;
    bool sized;        /* all of them, in one unit: */
    const char *unit;  /* "", "s", "/s" */
    double *sizes;     /* by value */
    uint32_t in_store; /* its number there */
};

struct table_point {
    uint32_t in_store; /* its number there */
    uint32_t runs;
    uint32_t *places;           /* by axis: which of its values */
    struct estimate *estimates; /* by metric; n is 0 where there is no such number */
    double *moments;            /* by run: the moment asked for; NaN: it never came */
    double end_s;               /* of the longest run */
};

struct study_table {
    struct study_store *store;
    struct table_axis *axes;
    uint32_t axis_count;
    struct table_point *points; /* those with runs, in the order of a table */
    uint32_t point_count;
    const char **units; /* by metric; NULL: no run has it */
    uint32_t metric_count;
};

/* `moment` is the metric behind table_point.moments; NULL: none. */
bool study_table_read(struct study_table *t, struct study_store *store,
                      const char *const *metrics, uint32_t metric_count,
                      const char *moment, struct results_error *error);
void study_table_free(struct study_table *t);

/* True if every point but one differs from that one, the base, in a single axis;
 * *base is its index. */
bool study_table_is_one_by_one(const struct study_table *t, uint32_t *base);

/* The point at these places of two axes; NULL if there is none, the first of several. */
const struct table_point *study_table_at(const struct study_table *t, uint32_t axis,
                                         uint32_t place, uint32_t other_axis,
                                         uint32_t other_place);

/* "addresses 4, rate 20/s": where a point stands, the caller's to free. */
char *study_table_place(const struct study_table *t, const struct table_point *p);

#endif
