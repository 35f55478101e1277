/* Figure "destinations": who holds the ports of the host under study.
 *
 * One line a destination, the largest first, all others summed up; where ports are told
 * apart by destination each line has the whole capacity to itself, so lines are not
 * stacked.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"

/* Lines that can be told apart; the last one of more is "all others". */
#define LINES 8

struct destination {
    char *name; /* "cifs:445"; owned */
    uint32_t column;
    double peak;
};

struct holders {
    const struct figure_source *source;
    struct destination *all; /* the largest peak first */
    size_t count;
    size_t shown; /* with a line of their own; the others share one */
    struct course course;
};

/* Equal peaks keep the order of the columns. */
static int by_peak(const void *a, const void *b)
{
    const struct destination *one = a, *two = b;
    if (one->peak != two->peak)
        return one->peak > two->peak ? -1 : 1;
    return one->column < two->column ? -1 : 1;
}

static void collect(struct holders *h)
{
    const struct series *s = h->source->series;
    size_t capacity = 0;
    char *before = memory_print("hosts.%s.destinations.", h->source->pool.host);
    for (uint32_t i = 0; i < series_columns(s); i++) {
        char *name = text_middle(series_name(s, i), before, ".holders");
        if (!name)
            continue;
        if (h->count == capacity) {
            capacity = memory_grown(capacity, h->count + 1);
            h->all = memory_resize(h->all, capacity, sizeof *h->all);
        }
        h->all[h->count++] = (struct destination){name, i, figure_peak(s, i)};
    }
    free(before);
    if (h->count)
        qsort(h->all, h->count, sizeof *h->all, by_peak);
    h->shown = h->count <= LINES ? h->count : LINES - 1;
}

static void drop(struct holders *h)
{
    for (size_t i = 0; i < h->count; i++)
        free(h->all[i].name);
    free(h->all);
}

static double value_at(const struct holders *h, size_t row, size_t i)
{
    double value = series_value(h->source->series, row, h->all[i].column);
    return isnan(value) ? 0 : value;
}

static double others_at(const struct holders *h, size_t row)
{
    double sum = 0;
    for (size_t i = h->shown; i < h->count; i++)
        sum += value_at(h, row, i);
    return sum;
}

static double others_peak(const struct holders *h)
{
    double peak = 0;
    for (size_t row = 0; row < series_rows(h->source->series); row++)
        peak = fmax(peak, others_at(h, row));
    return peak;
}

/* --- words ------------------------------------------------------------------------ */

/* Where it has the largest share of the capacity. */
static size_t peak_row(const struct holders *h, size_t i)
{
    size_t best = 0;
    double most = 0;
    for (size_t row = 0; row < series_rows(h->source->series); row++) {
        double share = figure_share(h->source, row, h->all[i].column);
        if (share > most) {
            most = share;
            best = row;
        }
    }
    return best;
}

/* "proxy: cifs:445 holds 15,950 of 16,384 ports (97 %) at 20 min" */
static void tell_largest(const struct holders *h, struct text *out)
{
    char held[AXIS_TEXT], ports[AXIS_TEXT], share[AXIS_TEXT], when[AXIS_TEXT];
    const struct figure_source *source = h->source;
    size_t row = peak_row(h, 0);
    uint32_t column = source->pool.capacity;
    double capacity =
        column == SERIES_NONE ? 0 : series_value(source->series, row, column);
    double holders = value_at(h, row, 0);
    text_print(out, "%s: %s holds %s", source->pool.host, h->all[0].name,
               axis_grouped(holders, 0, held));
    if (capacity > 0)
        text_print(out, " of %s ports (%s)", axis_grouped(capacity, 0, ports),
                   axis_percent(holders / capacity, share));
    else
        text_print(out, " ports");
    text_print(out, " at %s",
               axis_moment(series_time(source->series, row), source->unit, when));
}

/* "at that moment web:80 holds 405" */
static void tell_second(const struct holders *h, struct text *out)
{
    char held[AXIS_TEXT];
    size_t row = peak_row(h, 0);
    if (h->count < 2)
        return;
    text_print(out, "at that moment %s holds %s", h->all[1].name,
               axis_grouped(value_at(h, row, 1), 0, held));
    if (h->count == 3) {
        text_print(out, ", %s %s", h->all[2].name,
                   axis_grouped(value_at(h, row, 2), 0, held));
    } else if (h->count > 3) {
        double rest = 0;
        for (size_t i = 2; i < h->count; i++)
            rest += value_at(h, row, i);
        text_print(out, ", the other %zu together %s", h->count - 2,
                   axis_grouped(rest, 0, held));
    }
}

static void put_words(const struct holders *h, struct text *script)
{
    char *label = figure_course_label("ports held toward one destination", &h->course);
    struct figure_words words = {.y_label = label};
    tell_largest(h, &words.headline);
    tell_second(h, &words.detail);
    figure_head(h->source, &words, script);
    free(label);
}

static void put_legend(const struct holders *h, double others, struct text *script)
{
    char *labels[LINES];
    char number[AXIS_TEXT], name[FIGURE_SHORT];
    unsigned lines = 0;
    for (; lines < h->shown; lines++)
        labels[lines] =
            memory_print("%s, peak %s", figure_short(h->all[lines].name, name),
                         axis_grouped(h->all[lines].peak, 0, number));
    if (h->shown < h->count)
        labels[lines++] = memory_print("%zu others, peak %s", h->count - h->shown,
                                       axis_grouped(others, 0, number));
    gnuplot_set_number(script, "lines", lines);
    gnuplot_set_strings(script, "label_of", (const char *const *)labels, lines);
    for (unsigned i = 0; i < lines; i++)
        free(labels[i]);
}

/* --- data ------------------------------------------------------------------------- */

/* The line behind those with a name of their own is all others'. */
static double line_at(const void *figure, size_t row, unsigned line)
{
    const struct holders *h = figure;
    return line < h->shown ? value_at(h, row, line) : others_at(h, row);
}

/* Time, then of each line three columns: mean, least, most. */
static void put_data(const struct holders *h, struct text *script)
{
    gnuplot_set_number(script, "banded", h->course.length > 0);
    text_print(script, "$data << EOD\n");
    for (size_t i = 0; i < h->course.count; i++) {
        figure_moment(h->source, h->course.when[i], script);
        for (unsigned line = 0; line < h->course.lines; line++) {
            struct course_value v = course_at(&h->course, i, line);
            const double values[] = {v.value, v.least, v.most};
            for (size_t k = 0; k < 3; k++) {
                text_add(script, " ", 1);
                gnuplot_number(script, values[k]);
            }
        }
        text_add(script, "\n", 1);
    }
    text_print(script, "EOD\n");
}

static bool compose(const struct figure_source *source, struct text *script)
{
    struct holders h = {.source = source};
    if (!source->pool.host)
        return false;
    collect(&h);
    bool any = h.count > 0 && h.all[0].peak > 0;
    if (any) {
        double others = others_peak(&h);
        double peak = fmax(h.all[0].peak, others);
        unsigned lines = (unsigned)h.shown + (h.shown < h.count);
        h.course = figure_course(source, lines, line_at, &h, peak);
        put_words(&h, script);
        figure_value_axis(source, peak, script);
        put_legend(&h, others, script);
        put_data(&h, script);
        course_free(&h.course);
    }
    drop(&h);
    return any;
}

const struct figure_ops figure_destinations = {
    .kind = {.name = "destinations",
             .shows =
                 "ports held toward each destination over time, against the capacity",
             .needs = "a run that held ports toward a destination",
             .made = "portsim run SCENARIO"},
    .compose = compose,
};
