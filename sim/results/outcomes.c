#include "sim/results/outcomes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/text.h"

/* --- columns ---------------------------------------------------------------------- */

static double value_or_zero(const struct series *s, size_t row, uint32_t column)
{
    double value = column == SERIES_NONE ? 0 : series_value(s, row, column);
    return isnan(value) ? 0 : value;
}

/* A rate holds for the time since the row before. */
static double seconds_before(const struct series *s, size_t row)
{
    return row == 0 ? 0 : sim_seconds(series_time(s, row) - series_time(s, row - 1));
}

static double total(const struct series *s, uint32_t column)
{
    double sum = 0;
    for (size_t row = 1; row < series_rows(s); row++)
        sum += value_or_zero(s, row, column) * seconds_before(s, row);
    return sum;
}

static uint32_t find_column(const struct series *s, const char *app, const char *what)
{
    char *name = memory_print("apps.%s.%s_per_s", app, what);
    uint32_t column = series_find(s, name);
    free(name);
    return column;
}

static void add_app(struct outcomes *o, char *name, uint32_t attempts)
{
    const struct series *s = o->series;
    struct outcome_app a = {
        .name = name,
        .attempts = attempts,
        .successes = find_column(s, name, "successes"),
        .failures = find_column(s, name, "failures"),
        .attempted = total(s, attempts),
    };
    a.failed = total(s, a.failures);
    for (size_t row = 1; row < series_rows(s) && !a.first_failed; row++)
        if (value_or_zero(s, row, a.failures) > 0)
            a.first_failed = row;
    o->apps = memory_resize(o->apps, o->app_count + 1, sizeof *o->apps);
    o->apps[o->app_count++] = a;
}

/* Equal ones keep the order of the columns. */
static int worst_first(const void *a, const void *b)
{
    const struct outcome_app *one = a, *two = b;
    if (one->failed != two->failed)
        return one->failed > two->failed ? -1 : 1;
    return one->attempts < two->attempts ? -1 : 1;
}

/* The entry of a code, made when it is new. */
static struct outcome_code *code_of(struct outcomes *o, const char *name)
{
    for (size_t i = 0; i < o->code_count; i++)
        if (strcmp(o->codes[i].name, name) == 0)
            return &o->codes[i];
    o->codes = memory_resize(o->codes, o->code_count + 1, sizeof *o->codes);
    struct outcome_code *made = &o->codes[o->code_count++];
    *made = (struct outcome_code){.name = memory_text(name, strlen(name))};
    return made;
}

static int most_frequent_first(const void *a, const void *b)
{
    const struct outcome_code *one = a, *two = b;
    if (one->total != two->total)
        return one->total > two->total ? -1 : 1;
    return strcmp(one->name, two->name);
}

static void add_codes_of(struct outcomes *o, const struct outcome_app *a)
{
    const struct series *s = o->series;
    char *before = memory_print("apps.%s.failures.", a->name);
    for (uint32_t i = 0; i < series_columns(s); i++) {
        char *code = text_middle(series_name(s, i), before, "_per_s");
        double sum = code ? total(s, i) : 0;
        if (code && sum > 0)
            code_of(o, code)->total += sum;
        free(code);
    }
    free(before);
}

static void collect_codes(struct outcomes *o)
{
    for (size_t i = 0; i < o->app_count; i++) {
        add_codes_of(o, &o->apps[i]);
        o->without += o->apps[i].failed;
    }
    if (o->code_count)
        qsort(o->codes, o->code_count, sizeof *o->codes, most_frequent_first);
    o->shown = o->code_count < OUTCOMES_CODES ? o->code_count : OUTCOMES_CODES;
    for (size_t k = 0; k < o->shown; k++) {
        char *what = memory_print("failures.%s", o->codes[k].name);
        o->without -= o->codes[k].total;
        for (size_t i = 0; i < o->app_count; i++)
            o->apps[i].code[k] = find_column(o->series, o->apps[i].name, what);
        free(what);
    }
}

/* --- all of it -------------------------------------------------------------------- */

struct outcomes outcomes_of(const struct series *series)
{
    struct outcomes o = {.series = series};
    for (uint32_t i = 0; i < series_columns(series); i++) {
        char *name = text_middle(series_name(series, i), "apps.", ".attempts_per_s");
        if (name)
            add_app(&o, name, i);
    }
    if (o.app_count)
        qsort(o.apps, o.app_count, sizeof *o.apps, worst_first);
    collect_codes(&o);
    return o;
}

void outcomes_free(struct outcomes *o)
{
    for (size_t i = 0; i < o->app_count; i++)
        free(o->apps[i].name);
    for (size_t i = 0; i < o->code_count; i++)
        free(o->codes[i].name);
    free(o->apps);
    free(o->codes);
    *o = (struct outcomes){0};
}

size_t outcomes_values(const struct outcomes *o)
{
    return 2 + o->shown + (o->without > 0.5);
}

static void add_row(const struct outcomes *o, const struct outcome_app *a, size_t row,
                    struct outcome_bin *bin)
{
    const struct series *s = o->series;
    double seconds = seconds_before(s, row);
    double rest = value_or_zero(s, row, a->failures) * seconds;
    bin->seconds += seconds;
    bin->value[0] += value_or_zero(s, row, a->attempts) * seconds;
    bin->value[1] += value_or_zero(s, row, a->successes) * seconds;
    for (size_t i = 0; i < o->shown; i++) {
        double failed = value_or_zero(s, row, a->code[i]) * seconds;
        bin->value[2 + i] += failed;
        rest -= failed;
    }
    bin->value[2 + o->shown] += rest;
}

struct outcome_bin *outcomes_bins(const struct outcomes *o, const struct outcome_app *app,
                                  sim_ns length, size_t *count)
{
    const struct series *s = o->series;
    sim_ns start = series_time(s, 0), end = series_time(s, series_rows(s) - 1);
    *count = (size_t)((end - start) / length) + 1;
    struct outcome_bin *bins = memory_new(*count, sizeof *bins);
    for (size_t row = 1; row < series_rows(s); row++) {
        sim_ns before = series_time(s, row - 1);
        sim_ns middle = before + (series_time(s, row) - before) / 2;
        add_row(o, app, row, &bins[(middle - start) / length]);
    }
    return bins;
}
