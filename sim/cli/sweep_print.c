#include "sim/cli/sweep_print.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/cli/terminal.h"
#include "sim/study/estimate.h"
#include "sim/views/human.h"
#include "sim/views/table.h"

/* Columns of text beside one another, where no terminal says otherwise. */
#define WIDTH 100

/* Lines of a table; the rest is in results.csv. */
#define ROWS_MAX 1000

/* --- tables of texts ----------------------------------------------------------- */

struct sheet {
    struct table_column *columns;
    uint32_t column_count;
    size_t row_count;
    char **texts; /* row by row; of numbers NULL */
    double *numbers;
};

static struct sheet sheet_new(uint32_t columns, size_t rows)
{
    struct sheet s = {.column_count = columns, .row_count = rows};
    s.columns = memory_new(columns, sizeof *s.columns);
    s.texts = memory_new(columns * rows, sizeof *s.texts);
    s.numbers = memory_new(columns * rows, sizeof *s.numbers);
    return s;
}

static void sheet_free(struct sheet *s)
{
    for (size_t i = 0; i < s->column_count * s->row_count; i++)
        free(s->texts[i]);
    free(s->columns);
    free(s->texts);
    free(s->numbers);
}

/* Takes `text`. */
static void sheet_put(struct sheet *s, size_t row, uint32_t column, char *text)
{
    s->texts[row * s->column_count + column] = text;
}

static void sheet_put_number(struct sheet *s, size_t row, uint32_t column, double value)
{
    s->numbers[row * s->column_count + column] = value;
}

static struct cell sheet_cell(const void *rows, size_t row, uint32_t column)
{
    const struct sheet *s = rows;
    size_t at = row * s->column_count + column;
    return (struct cell){.text = s->texts[at], .number = s->numbers[at]};
}

static struct table sheet_table(const struct sheet *s)
{
    return (struct table){.columns = s->columns,
                          .column_count = s->column_count,
                          .cell = sheet_cell,
                          .rows = s,
                          .row_count = s->row_count};
}

/* Columns [0, fixed) and [first, last). */
static void sheet_print(FILE *out, const struct sheet *s, uint32_t fixed, uint32_t first,
                        uint32_t last, bool json)
{
    struct table table = sheet_table(s);
    size_t *rows = memory_new(s->row_count, sizeof *rows);
    uint32_t *columns = memory_new(s->column_count, sizeof *columns), count = 0;
    size_t shown = json || s->row_count < ROWS_MAX ? s->row_count : ROWS_MAX;
    for (size_t i = 0; i < shown; i++)
        rows[i] = i;
    for (uint32_t i = 0; i < last; i++)
        if (i < fixed || i >= first)
            columns[count++] = i;
    struct table_choice choice = {rows, shown, columns, count};
    if (json)
        table_json(out, &table, &choice);
    else
        table_print(out, &table, &choice);
    if (shown < s->row_count)
        fprintf(out, "... and %zu points more\n", s->row_count - shown);
    free(rows);
    free(columns);
}

static uint32_t column_width(const struct sheet *s, uint32_t column)
{
    uint32_t width = human_columns(s->columns[column].name);
    for (size_t i = 0; i < s->row_count && i < ROWS_MAX; i++) {
        const char *text = s->texts[i * s->column_count + column];
        uint32_t own = text ? human_columns(text) : 0;
        width = own > width ? own : width;
    }
    return width + 2;
}

/* The fixed columns before as many of the others as fit, again and again. */
static void sheet_print_wide(FILE *out, const struct sheet *s, uint32_t fixed)
{
    uint32_t room = terminal_columns() ? terminal_columns() : WIDTH, taken = 0;
    for (uint32_t i = 0; i < fixed; i++)
        taken += column_width(s, i);
    for (uint32_t first = fixed, last; first < s->column_count; first = last) {
        uint32_t width = taken + column_width(s, first);
        for (last = first + 1; last < s->column_count; last++) {
            width += column_width(s, last);
            if (width > room)
                break;
        }
        if (first > fixed)
            fputc('\n', out);
        sheet_print(out, s, fixed, first, last, false);
    }
    if (s->column_count == fixed)
        sheet_print(out, s, fixed, fixed, fixed, false);
}

/* --- points -------------------------------------------------------------------- */

static void put_axes(struct sheet *s, const struct study_points *points)
{
    const struct study_axes *axes = points->order.axes;
    for (uint32_t i = 0; i < axes->count; i++) {
        s->columns[i] = (struct table_column){.name = axes->at[i].path};
        for (uint32_t k = 0; k < points->count; k++) {
            const char *value = points->at[k].settings[i] + strlen(axes->at[i].path) + 1;
            sheet_put(s, k, i, memory_text(value, strlen(value)));
        }
    }
}

void sweep_print_list(FILE *out, const struct sweep *sweep, bool json)
{
    const struct study_points *points = sweep->order.points;
    uint32_t axes = points->order.axes->count;
    struct sheet s = sheet_new(axes + 3, points->count);
    put_axes(&s, points);
    s.columns[axes] = (struct table_column){.name = "point"};
    s.columns[axes + 1] = (struct table_column){.name = "done", .kind = CELL_NUMBER};
    s.columns[axes + 2] = (struct table_column){.name = "missing", .kind = CELL_NUMBER};
    for (uint32_t i = 0; i < points->count; i++) {
        uint32_t missing = sweep->missing_of[i];
        sheet_put(&s, i, axes, memory_text(points->at[i].key, STUDY_KEY_SIZE - 1));
        sheet_put_number(&s, i, axes + 1, sweep->total_of[i] - missing);
        sheet_put_number(&s, i, axes + 2, missing);
    }
    sheet_print(out, &s, axes + 3, axes + 3, axes + 3, json);
    sheet_free(&s);
}

/* --- results ------------------------------------------------------------------- */

/* "0.0871 ± 0.0042": two digits of the half-width, and as many places of the value. */
static char *estimate_text(const struct estimate *e)
{
    if (isnan(e->value))
        return memory_text("-", 1);
    if (isnan(e->half_width))
        return memory_print("%.6g", e->value);
    if (e->half_width == 0)
        return memory_print("%.10g ± 0", e->value);
    int places = 1 - (int)floor(log10(e->half_width));
    places = places < 0 ? 0 : places > 12 ? 12 : places;
    return memory_print("%.*f ± %.*f", places, e->value, places, e->half_width);
}

static bool put_point(struct sheet *s, const struct sweep *sweep, uint32_t point,
                      const char *const *metrics, uint32_t count, double confidence,
                      struct results_error *error)
{
    struct store_runs runs = {.count = 0};
    uint32_t axes = sweep->order.points->order.axes->count;
    uint32_t stored = sweep->stored[point];
    if (stored != STORE_NONE && !store_load(sweep->store, stored, &runs, error))
        return false;
    sheet_put_number(s, point, axes, runs.count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row =
            runs.count ? trial_numbers_find(runs.at[0], metrics[i]) : NUMBERS_NONE;
        struct estimate e = {.value = NAN};
        if (row != NUMBERS_NONE)
            e = estimate_number((const struct trial_numbers *const *)runs.at, runs.count,
                                row, confidence);
        sheet_put(s, point, axes + 1 + i, estimate_text(&e));
    }
    store_runs_free(&runs);
    return true;
}

bool sweep_print_results(FILE *out, const struct sweep *sweep, const char *const *metrics,
                         uint32_t metric_count, double confidence,
                         struct results_error *error)
{
    const struct study_points *points = sweep->order.points;
    uint32_t axes = points->order.axes->count;
    struct sheet s = sheet_new(axes + 1 + metric_count, points->count);
    bool good = true;
    put_axes(&s, points);
    s.columns[axes] = (struct table_column){.name = "runs", .kind = CELL_NUMBER};
    for (uint32_t i = 0; i < metric_count; i++)
        s.columns[axes + 1 + i] = (struct table_column){.name = metrics[i]};
    for (uint32_t i = 0; i < points->count && good; i++)
        good = put_point(&s, sweep, i, metrics, metric_count, confidence, error);
    if (good)
        sheet_print_wide(out, &s, axes + 1);
    sheet_free(&s);
    return good;
}

/* --- cost ---------------------------------------------------------------------- */

static void estimate_json(FILE *out, const struct sweep *sweep,
                          const struct sweep_estimate *e)
{
    struct json_text j = {0};
    double all = (double)sweep->missing * e->seconds;
    json_object_begin(&j, NULL);
    json_unsigned(&j, "points", sweep->order.points->count);
    json_unsigned(&j, "runs", sweep->total);
    json_unsigned(&j, "missing", sweep->missing);
    json_unsigned(&j, "pilots", e->pilots);
    json_number(&j, "seconds_a_run", e->seconds);
    json_number(&j, "shortest_s", e->shortest);
    json_number(&j, "longest_s", e->longest);
    json_number(&j, "events_a_run", e->events);
    json_number(&j, "bytes_a_run", e->run_bytes);
    json_number(&j, "bytes_a_point", e->point_bytes);
    json_unsigned(&j, "jobs", sweep->order.threads);
    json_number(&j, "seconds", all / sweep->order.threads);
    json_number(&j, "bytes", sweep_estimate_bytes(sweep, e));
    json_object_end(&j);
    fputs(j.bytes, out);
    json_free(&j);
}

static const char *bytes_text(double bytes, char out[HUMAN_TEXT])
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    for (; bytes >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
        bytes /= 1000;
    snprintf(out, HUMAN_TEXT, bytes < 10 && unit ? "%.1f %s" : "%.0f %s", bytes,
             units[unit]);
    return out;
}

void sweep_print_estimate(FILE *out, const struct sweep *sweep,
                          const struct sweep_estimate *e, bool json)
{
    char a[HUMAN_TEXT], b[HUMAN_TEXT], c[HUMAN_TEXT], d[HUMAN_TEXT];
    double missing = (double)sweep->missing;
    if (json) {
        estimate_json(out, sweep, e);
        return;
    }
    fprintf(out, "points    %u, of %u replications\n", sweep->order.points->count,
            sweep->order.replications);
    fprintf(out, "runs      %s, of which %s are done\n",
            human_count((double)sweep->total, a),
            human_count((double)sweep->total - missing, b));
    if (!e->pilots)
        return;
    fprintf(out, "a run     %s, %s to %s in %u pilots; %s events\n",
            human_seconds(e->seconds, a), human_seconds(e->shortest, b),
            human_seconds(e->longest, c), e->pilots, human_count(e->events, d));
    fprintf(out, "time      %s on %u thread%s\n",
            human_seconds(missing * e->seconds / sweep->order.threads, a),
            sweep->order.threads, sweep->order.threads == 1 ? "" : "s");
    if (!isnan(e->run_bytes))
        fprintf(out, "disk      %s\n", bytes_text(sweep_estimate_bytes(sweep, e), a));
}
