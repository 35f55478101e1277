#include "sim/study/store/store_export.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/results/csv.h"
#include "sim/study/estimate.h"
#include "sim/study/points/axis_value.h"
#include "sim/study/store/store_inside.h"

enum { SCENARIO, RESULTS, RESULTS_JSON, RUNS, FILES };

static const char *const names[FILES] = {STUDY_SCENARIO, STUDY_RESULTS,
                                         STUDY_RESULTS_JSON, STUDY_RUNS};

/* A column: a metric that some run shows. */
struct column {
    uint32_t metric;
    const char *name, *unit;
};

struct export
{
    struct study_store *store;
    struct safe_file *files[FILES];
    struct json_text json;
    uint32_t *order; /* of the points */
    struct column *columns;
    uint32_t column_count, column_capacity;
};

/* --- columns ------------------------------------------------------------------------ */

/* Which metrics are shown, by their number; `count` is one more than the largest. */
static bool *find_shown(struct study_store *s, uint32_t *count, bool *good,
                        struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_SHOWN);
    *count = 0;
    for (uint32_t i = 0; i < s->layout_count; i++)
        if (s->layouts[i].place_count > *count)
            *count = s->layouts[i].place_count;
    bool *shown = memory_new(*count, sizeof *shown);
    while (store_next(s, q, good, error)) {
        sqlite3_int64 metric = sqlite3_column_int64(q, 0);
        if (metric > 0 && metric < *count)
            shown[metric] = true;
    }
    return shown;
}

static void add_column(struct export *e, const struct store_layout *l, uint32_t row)
{
    if (e->column_count == e->column_capacity) {
        e->column_capacity =
            (uint32_t)memory_grown(e->column_capacity, e->column_count + 1u);
        e->columns = memory_resize(e->columns, e->column_capacity, sizeof *e->columns);
    }
    e->columns[e->column_count++] =
        (struct column){l->metrics[row], l->rows[row].name, l->rows[row].unit};
}

/* By the first point that has the metric; a layout is looked at once. */
static bool find_columns(struct export *e, struct results_error *error)
{
    struct study_store *s = e->store;
    uint32_t count;
    bool good = true;
    bool *waiting = find_shown(s, &count, &good, error);
    bool *seen = memory_new(s->layout_count, sizeof *seen);
    for (uint32_t i = 0; i < s->point_count; i++) {
        uint32_t layout = s->points[e->order[i]].layout;
        if (layout == STORE_NONE || seen[layout])
            continue;
        seen[layout] = true;
        const struct store_layout *l = &s->layouts[layout];
        for (uint32_t row = 0; row < l->count; row++)
            if (waiting[l->metrics[row]]) {
                waiting[l->metrics[row]] = false;
                add_column(e, l, row);
            }
    }
    free(seen);
    free(waiting);
    return good;
}

/* The row of a column in the numbers of a point; NUMBERS_NONE if they do not have it. */
static uint32_t row_of(const struct store_layout *l, const struct column *c)
{
    uint32_t place = c->metric < l->place_count ? l->places[c->metric] : 0;
    return place ? place - 1 : NUMBERS_NONE;
}

/* --- cells -------------------------------------------------------------------------- */

static void put_unsigned(struct csv_writer *w, const char *format, uint64_t value)
{
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, format[0] == 'x' ? "%016" PRIx64 : "%" PRIu64, value);
    csv_put_text(w, text);
}

static void put_value(struct csv_writer *w, const char *value)
{
    double number;
    if (value && axis_value_number(value, &number))
        csv_put_number(w, number);
    else
        csv_put_text(w, value);
}

static void put_point(struct csv_writer *w, const struct export *e, uint32_t point)
{
    csv_put_text(w, store_point_key(e->store, point));
    for (uint32_t i = 0; i < e->store->axis_count; i++)
        put_value(w, store_value(e->store, point, i));
}

static void put_axes(struct csv_writer *w, const struct export *e)
{
    csv_put_text(w, "point");
    for (uint32_t i = 0; i < e->store->axis_count; i++)
        csv_put_text(w, e->store->axes[i].path);
}

static void put_headers(struct export *e)
{
    struct csv_writer results = {.file = e->files[RESULTS]};
    struct csv_writer runs = {.file = e->files[RUNS]};
    put_axes(&results, e);
    put_axes(&runs, e);
    csv_put_text(&results, "replications");
    csv_put_text(&runs, "replication");
    csv_put_text(&runs, "seed");
    csv_put_text(&runs, "fingerprint");
    for (uint32_t i = 0; i < e->column_count; i++) {
        char *half = memory_print("%s:half_width", e->columns[i].name);
        csv_put_text(&results, e->columns[i].name);
        csv_put_text(&results, half);
        csv_put_text(&runs, e->columns[i].name);
        free(half);
    }
    csv_end_row(&results);
    csv_end_row(&runs);
}

/* --- JSON --------------------------------------------------------------------------- */

/* Gives what was written so far to the file, so that a large study needs no large text.
 */
static void pass_on(struct export *e)
{
    safe_file_put(e->files[RESULTS_JSON], e->json.bytes, e->json.length);
    e->json.length = 0;
}

static void begin_json(struct export *e)
{
    const struct store_about *about = &e->store->about;
    struct json_text *j = &e->json;
    json_object_begin(j, NULL);
    json_string(j, "portsim", about->version);
    json_string(j, "scenario", about->scenario);
    json_string(j, "key", about->key);
    json_u64(j, "seed", about->seed);
    json_string(j, "status", run_status_name(about->status));
    json_number(j, "confidence", about->confidence);
    json_array_begin_flat(j, "axes");
    for (uint32_t i = 0; i < e->store->axis_count; i++)
        json_string(j, NULL, e->store->axes[i].path);
    json_array_end(j);
    json_array_begin(j, "points");
}

static void begin_json_point(struct export *e, uint32_t point, uint32_t replications)
{
    struct json_text *j = &e->json;
    json_object_begin(j, NULL);
    json_string(j, "point", store_point_key(e->store, point));
    json_object_begin_flat(j, "settings");
    for (uint32_t i = 0; i < e->store->axis_count; i++) {
        const char *value = store_value(e->store, point, i);
        double number;
        if (value && axis_value_number(value, &number))
            json_number(j, e->store->axes[i].path, number);
        else
            json_string(j, e->store->axes[i].path, value);
    }
    json_object_end(j);
    json_unsigned(j, "replications", replications);
    json_object_begin(j, "metrics");
}

static void put_json_metric(struct json_text *j, const struct column *c,
                            const struct estimate *x)
{
    json_object_begin_flat(j, c->name);
    json_number(j, "value", x->value);
    json_number(j, "half_width", x->half_width);
    json_string(j, "unit", c->unit);
    json_unsigned(j, "runs", x->n);
    json_object_end(j);
}

/* --- rows --------------------------------------------------------------------------- */

/* A metric that this point does not have has no object. */
static void put_results(struct export *e, uint32_t point, const struct store_runs *runs)
{
    const struct store_layout *l = &e->store->layouts[e->store->points[point].layout];
    struct csv_writer w = {.file = e->files[RESULTS]};
    put_point(&w, e, point);
    put_unsigned(&w, "u", runs->count);
    begin_json_point(e, point, runs->count);
    for (uint32_t i = 0; i < e->column_count; i++) {
        uint32_t row = row_of(l, &e->columns[i]);
        if (row == NUMBERS_NONE) {
            csv_put_text(&w, NULL);
            csv_put_text(&w, NULL);
            continue;
        }
        struct estimate x = estimate_number((const struct trial_numbers *const *)runs->at,
                                            runs->count, row, e->store->about.confidence);
        csv_put_number(&w, x.value);
        csv_put_number(&w, x.half_width);
        put_json_metric(&e->json, &e->columns[i], &x);
    }
    csv_end_row(&w);
    json_object_end(&e->json);
    json_object_end(&e->json);
    pass_on(e);
}

static void put_run(struct export *e, uint32_t point, const struct trial_numbers *n)
{
    const struct store_layout *l = &e->store->layouts[e->store->points[point].layout];
    struct csv_writer w = {.file = e->files[RUNS]};
    put_point(&w, e, point);
    put_unsigned(&w, "u", n->replication);
    put_unsigned(&w, "u", n->seed);
    put_unsigned(&w, "x", n->fingerprint);
    for (uint32_t i = 0; i < e->column_count; i++) {
        uint32_t row = row_of(l, &e->columns[i]);
        if (row == NUMBERS_NONE)
            csv_put_text(&w, NULL);
        else
            csv_put_number(&w, n->values[row]);
    }
    csv_end_row(&w);
}

static bool put_rows(struct export *e, struct results_error *error)
{
    for (uint32_t i = 0; i < e->store->point_count; i++) {
        uint32_t point = e->order[i];
        struct store_runs runs;
        if (!store_load(e->store, point, &runs, error))
            return false;
        if (runs.count)
            put_results(e, point, &runs);
        for (uint32_t k = 0; k < runs.count; k++)
            put_run(e, point, runs.at[k]);
        store_runs_free(&runs);
    }
    return true;
}

/* --- all of it ---------------------------------------------------------------------- */

static bool open_files(struct export *e, struct results_error *error)
{
    for (int i = 0; i < FILES; i++)
        if (!(e->files[i] = safe_file_new(&e->store->at, names[i], error)))
            return false;
    return true;
}

static bool fill(struct export *e, struct results_error *error)
{
    const char *resolved = e->store->about.resolved;
    safe_file_put(e->files[SCENARIO], resolved, strlen(resolved));
    put_headers(e);
    begin_json(e);
    if (!put_rows(e, error))
        return false;
    json_array_end(&e->json);
    json_object_end(&e->json);
    pass_on(e);
    return true;
}

static bool publish(struct export *e, struct results_error *error)
{
    for (int i = 0; i < FILES; i++)
        if (!safe_file_stage(e->files[i], error))
            return false;
    for (int i = 0; i < FILES; i++)
        if (!safe_file_publish(e->files[i], error))
            return false;
    return true;
}

bool store_export(struct study_store *s, enum run_status status,
                  struct results_error *error)
{
    if (!store_set_status(s, status, error))
        return false;
    struct export e = {.store = s, .order = store_points(s)};
    bool good = find_columns(&e, error) && open_files(&e, error) && fill(&e, error) &&
                publish(&e, error);
    for (int i = 0; i < FILES; i++)
        safe_file_free(e.files[i]);
    json_free(&e.json);
    free(e.columns);
    free(e.order);
    return good;
}
