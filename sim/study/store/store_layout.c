/* Which numbers runs have: kept once for all points whose runs have the same. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/study/store/store_inside.h"

static struct store_layout *append(struct study_store *s)
{
    if (s->layout_count == s->layout_capacity) {
        s->layout_capacity =
            (uint32_t)memory_grown(s->layout_capacity, s->layout_count + 1u);
        s->layouts = memory_resize(s->layouts, s->layout_capacity, sizeof *s->layouts);
    }
    struct store_layout *l = &s->layouts[s->layout_count++];
    *l = (struct store_layout){.count = 0};
    return l;
}

static void append_row(struct store_layout *l, struct number_row row, uint32_t metric)
{
    if (l->count == l->capacity) {
        l->capacity = (uint32_t)memory_grown(l->capacity, l->count + 1u);
        l->rows = memory_resize(l->rows, l->capacity, sizeof *l->rows);
        l->metrics = memory_resize(l->metrics, l->capacity, sizeof *l->metrics);
    }
    l->rows[l->count] = row;
    l->metrics[l->count++] = metric;
    if (metric >= l->place_count)
        l->place_count = metric + 1;
    if (row.samples != NUMBERS_NONE && row.samples >= l->sample_count)
        l->sample_count = row.samples + 1;
}

/* False when two rows are of one metric. */
static bool index_rows(struct store_layout *l)
{
    l->places = memory_new(l->place_count, sizeof *l->places);
    for (uint32_t i = 0; i < l->count; i++) {
        if (l->places[l->metrics[i]])
            return false;
        l->places[l->metrics[i]] = i + 1;
    }
    return true;
}

void store_layouts_free(struct study_store *s)
{
    for (uint32_t i = 0; i < s->layout_count; i++) {
        free(s->layouts[i].rows);
        free(s->layouts[i].metrics);
        free(s->layouts[i].places);
    }
    free(s->layouts);
}

/* --- reading ----------------------------------------------------------------------- */

/* More than any world can have. */
#define METRICS_MAX (1 << 22)

static struct number_row row_of(struct study_store *s, sqlite3_stmt *q)
{
    bool quantile = sqlite3_column_type(q, 2) != SQLITE_NULL;
    bool share = sqlite3_column_type(q, 5) != SQLITE_NULL;
    return (struct number_row){
        .samples = quantile ? (uint32_t)sqlite3_column_int64(q, 2) : NUMBERS_NONE,
        .percent = (uint8_t)sqlite3_column_int64(q, 3),
        .may_hide = sqlite3_column_int64(q, 4) != 0,
        .share_of = share ? (uint32_t)sqlite3_column_int64(q, 5) : NUMBERS_NONE,
        .name = store_column_text(s, q, 6),
        .unit = store_column_text(s, q, 7)};
}

/* What could not be indexed is refused.  `before`: rows of the layout so far. */
static bool row_is_sound(const struct number_row *row, sqlite3_int64 metric,
                         uint32_t before)
{
    bool quantile = row->samples != NUMBERS_NONE;
    return metric > 0 && metric < METRICS_MAX && row->name && row->unit &&
           (!quantile || row->samples <= before) && quantile == (row->percent > 0) &&
           row->percent < 100 &&
           (row->share_of == NUMBERS_NONE || row->share_of < before);
}

bool store_layouts_load(struct study_store *s, struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_LAYOUTS);
    bool good = true;
    while (store_next(s, q, &good, error)) {
        sqlite3_int64 number = sqlite3_column_int64(q, 0);
        sqlite3_int64 metric = sqlite3_column_int64(q, 1);
        struct number_row row = row_of(s, q);
        if (number == s->layout_count + 1)
            append(s);
        struct store_layout *l =
            s->layout_count ? &s->layouts[s->layout_count - 1] : NULL;
        if (!l || number != s->layout_count || !row_is_sound(&row, metric, l->count))
            return store_damaged(s, "a layout is out of order", error);
        append_row(l, row, (uint32_t)metric);
    }
    for (uint32_t i = 0; i < s->layout_count && good; i++)
        good = index_rows(&s->layouts[i]) ||
               store_damaged(s, "a layout has a metric twice", error);
    return good;
}

/* --- writing ----------------------------------------------------------------------- */

static bool same_row(const struct number_row *a, const struct number_row *b)
{
    return a->samples == b->samples && a->percent == b->percent &&
           a->may_hide == b->may_hide && a->share_of == b->share_of &&
           strcmp(a->name, b->name) == 0 && strcmp(a->unit, b->unit) == 0;
}

static bool same_rows(const struct store_layout *l, const struct trial_numbers *n)
{
    if (l->count != n->count)
        return false;
    for (uint32_t i = 0; i < n->count; i++)
        if (!same_row(&l->rows[i], &n->rows[i]))
            return false;
    return true;
}

/* The number of a metric, added if it is new; 0 on an error. */
static uint32_t metric_of(struct study_store *s, const struct number_row *row,
                          struct results_error *error)
{
    bool good = true;
    sqlite3_stmt *q = store_sql(s, SQL_FIND_METRIC);
    store_bind_text(q, 1, row->name);
    store_bind_text(q, 2, row->unit);
    uint32_t metric = 0;
    while (store_next(s, q, &good, error))
        metric = (uint32_t)sqlite3_column_int64(q, 0);
    if (metric || !good)
        return metric;
    q = store_sql(s, SQL_ADD_METRIC);
    store_bind_text(q, 1, row->name);
    store_bind_text(q, 2, row->unit);
    return store_do(s, q, error) ? (uint32_t)sqlite3_last_insert_rowid(s->db) : 0;
}

static bool write_row(struct study_store *s, const struct store_layout *l, uint32_t row,
                      struct results_error *error)
{
    const struct number_row *r = &l->rows[row];
    sqlite3_stmt *q = store_sql(s, SQL_ADD_LAYOUT);
    sqlite3_bind_int64(q, 1, s->layout_count);
    sqlite3_bind_int64(q, 2, row);
    sqlite3_bind_int64(q, 3, l->metrics[row]);
    sqlite3_bind_null(q, 4);
    if (r->samples != NUMBERS_NONE)
        sqlite3_bind_int64(q, 4, r->samples);
    sqlite3_bind_int64(q, 5, r->percent);
    sqlite3_bind_int64(q, 6, r->may_hide);
    sqlite3_bind_null(q, 7);
    if (r->share_of != NUMBERS_NONE)
        sqlite3_bind_int64(q, 7, r->share_of);
    return store_do(s, q, error);
}

static bool add(struct study_store *s, const struct trial_numbers *n,
                struct results_error *error)
{
    struct store_layout *l = append(s);
    for (uint32_t i = 0; i < n->count; i++) {
        struct number_row row = n->rows[i];
        uint32_t metric = metric_of(s, &row, error);
        if (!metric)
            return false;
        row.name = texts_keep(&s->texts, row.name);
        row.unit = texts_keep(&s->texts, row.unit);
        append_row(l, row, metric);
        if (!write_row(s, l, i, error))
            return false;
    }
    return index_rows(l) || store_damaged(s, "a run has a metric twice", error);
}

uint32_t store_layout_of(struct study_store *s, const struct trial_numbers *numbers,
                         struct results_error *error)
{
    for (uint32_t i = 0; i < s->layout_count; i++)
        if (same_rows(&s->layouts[i], numbers))
            return i;
    return add(s, numbers, error) ? s->layout_count - 1 : STORE_NONE;
}
