/* Declaring, reporting and cutting.  Values are read in metrics_read.c. */
#include "sim/base/metrics.h"

#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/base/metrics_store.h"

struct metrics *metrics_new(void)
{
    struct metrics *m = memory_new(1, sizeof *m);
    m->store = memory_new(1, sizeof *m->store);
    return m;
}

static void free_cells(struct metric_cell *cells, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        free(cells[i].buckets);
    free(cells);
}

void metrics_free(struct metrics *m)
{
    if (!m)
        return;
    struct metrics_store *s = m->store;
    free_cells(m->cells, s->row_count);
    for (uint32_t i = 0; i < s->segment_count; i++)
        free_cells(s->segments[i].cells, s->row_count);
    for (uint32_t i = 0; i < s->name_count; i++) {
        free(s->names[i].text);
        free(s->names[i].unit);
    }
    free(s->segments);
    free(s->rows);
    free(s->names);
    free(s->slots);
    free(s);
    free(m);
}

/* --- declaring ------------------------------------------------------------------------
 */

/* The cell of a metric that stands at `value` (0 unless it is a level) at `now`, before
 * any report.  A level's change from nothing to `value` is part of its weighted sum. */
static struct metric_cell fresh_cell(enum metric_kind kind, int64_t value, sim_ns now)
{
    if (kind == METRIC_LEVEL)
        return (struct metric_cell){.weighted = (metric_wide)value * now,
                                    .value = value,
                                    .max = value,
                                    .min = value};
    return (struct metric_cell){.max = INT64_MIN, .min = INT64_MAX};
}

static void check_row(const struct metric_def *defs, uint32_t count, uint32_t i)
{
    const struct metric_def *def = &defs[i];
    if (def->flags & METRIC_SERIES)
        SIM_ASSERT(def->kind == METRIC_LEVEL || def->kind == METRIC_COUNT);
    if (!metric_is_of_two(def->kind))
        return;
    SIM_ASSERT(def->a < count && defs[def->a].kind == METRIC_COUNT);
    SIM_ASSERT(def->b < count && defs[def->b].kind == METRIC_COUNT);
}

static void make_room(struct metrics *m, uint32_t count)
{
    struct metrics_store *s = m->store;
    if (s->row_count + count <= s->row_capacity)
        return;
    s->row_capacity = (uint32_t)memory_grown(s->row_capacity, s->row_count + count);
    s->rows = memory_resize(s->rows, s->row_capacity, sizeof *s->rows);
    m->cells = memory_resize(m->cells, s->row_capacity, sizeof *m->cells);
}

uint32_t metrics_declare(struct metrics *m, const char *prefix,
                         const struct metric_def *defs, uint32_t count)
{
    struct metrics_store *s = m->store;
    SIM_ASSERT(s->segment_count == 0);
    make_room(m, count);
    uint32_t table = s->row_count;
    for (uint32_t i = 0; i < count; i++) {
        check_row(defs, count, i);
        m->cells[table + i] = fresh_cell(defs[i].kind, 0, 0);
        s->rows[table + i] = (struct metric_row){.def = &defs[i], .table = table};
        metrics_name_readings(s, prefix, s->row_count++);
    }
    return table;
}

/* --- reporting ------------------------------------------------------------------------
 */

static inline void note_extremes(struct metric_cell *c, int64_t value)
{
    c->value++;
    if (value > c->max)
        c->max = value;
    if (value < c->min)
        c->min = value;
}

void metrics_sample(struct metrics *m, uint32_t metric, int64_t value)
{
    SIM_ASSERT(value >= 0);
    struct metric_cell *c = &m->cells[metric];
    c->weighted += value;
    note_extremes(c, value);
    c->buckets = histogram_add(c->buckets, value);
}

void metrics_moment(struct metrics *m, uint32_t metric, sim_ns now)
{
    note_extremes(&m->cells[metric], now);
}

/* --- cutting --------------------------------------------------------------------------
 */

/* Moves what was reported since the last cut into `ended`, and begins anew. */
static void cut_cell(struct metric_cell *c, struct metric_row *row,
                     struct metric_cell *ended, sim_ns now)
{
    *ended = *c;
    if (row->def->kind == METRIC_LEVEL)
        ended->weighted = (metric_wide)c->value * now - c->weighted;
    if (row->def->kind == METRIC_COUNT)
        row->earlier += c->value;
    *c = fresh_cell(row->def->kind, c->value, now);
}

void metrics_cut(struct metrics *m, sim_ns now)
{
    struct metrics_store *s = m->store;
    SIM_ASSERT(now >= s->begin);
    if (s->segment_count == s->segment_capacity) {
        s->segment_capacity =
            (uint32_t)memory_grown(s->segment_capacity, s->segment_count + 1);
        s->segments =
            memory_resize(s->segments, s->segment_capacity, sizeof *s->segments);
    }
    struct metric_segment *ended = &s->segments[s->segment_count++];
    *ended = (struct metric_segment){
        s->begin, now, memory_resize(NULL, s->row_count, sizeof *ended->cells)};
    for (uint32_t i = 0; i < s->row_count; i++)
        cut_cell(&m->cells[i], &s->rows[i], &ended->cells[i], now);
    s->begin = now;
}

uint32_t metrics_segments(const struct metrics *m)
{
    return m->store->segment_count;
}
