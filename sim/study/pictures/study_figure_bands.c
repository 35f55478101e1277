/* Picture "bands": how full the ports of the replications were over time, bin by bin the
 * median and the 5th to 95th percentile; below it, where anybody fails, the share of
 * attempts that do. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/study_figure.h"

/* From here on ports count as used up: a mean over a bin never quite gets to 1. */
#define FULL 0.99

/* A range of which less than this is used would be an empty picture. */
#define VISIBLE_SHARE 0.04

/* --- words -------------------------------------------------------------------------- */

/* The row with the largest median; of equal ones the first. */
static const struct run_band *fullest(const struct run_band_rows *rows)
{
    const struct run_band *most = rows->at;
    for (size_t i = 1; i < rows->count; i++)
        if (rows->at[i].median > most->median)
            most = &rows->at[i];
    return most;
}

static double highest(const struct run_band_rows *rows)
{
    double high = 0;
    for (size_t i = 0; i < rows->count; i++)
        high = fmax(high, rows->at[i].high);
    return high;
}

enum edge { EDGE_LOW, EDGE_MEDIAN, EDGE_HIGH };

static double edge_of(const struct run_band *b, enum edge edge)
{
    return edge == EDGE_LOW ? b->low : edge == EDGE_MEDIAN ? b->median : b->high;
}

/* When an edge of the band first says that the ports are used up; NULL: never. */
static const struct run_band *used_up(const struct run_band_rows *rows, enum edge edge)
{
    for (size_t i = 0; i < rows->count; i++)
        if (edge_of(&rows->at[i], edge) >= FULL)
            return &rows->at[i];
    return NULL;
}

static const char *moment(const struct run_band *b, struct time_unit unit,
                          char out[AXIS_TEXT])
{
    return axis_moment(b->when, unit, out);
}

/* "the 16,384 ports of proxy". */
static char *ports_text(const struct picture_bands *b)
{
    char number[AXIS_TEXT], name[FIGURE_SHORT];
    if (isnan(b->capacity))
        return memory_print("the ports of %s", figure_short(b->host, name));
    return memory_print("the %s ports of %s", axis_grouped(b->capacity, 0, number),
                        figure_short(b->host, name));
}

/* Half of the runs run out: when, and when nearly all have. */
static void tell_used_up(const struct picture_bands *b, const struct run_band *half,
                         struct time_unit unit, struct text *out)
{
    char when[AXIS_TEXT];
    const struct run_band *nearly = used_up(&b->use, EDGE_LOW);
    char *ports = ports_text(b);
    bool together = nearly && nearly->when == half->when;
    text_print(out, "%s are used up at %s in %s of %u runs", ports,
               moment(half, unit, when), together ? "95 %" : "half",
               (unsigned)b->words.replications);
    if (together) {
        free(ports);
        return;
    }
    if (nearly)
        text_print(out, ", at %s in 95 %% of them", moment(nearly, unit, when));
    else
        text_print(out, ", never in as many as 95 %%");
    free(ports);
}

/* They do not: how near they come, and how near a few come. */
static void tell_use(const struct picture_bands *b, struct time_unit unit,
                     struct text *out)
{
    char when[AXIS_TEXT], median[AXIS_TEXT], low[AXIS_TEXT], high[AXIS_TEXT];
    const struct run_band *most = fullest(&b->use), *few = used_up(&b->use, EDGE_HIGH);
    char *ports = ports_text(b);
    if (few)
        text_print(
            out, "%s are used up in some of %u runs, from %s on, never in half at a time",
            ports, (unsigned)b->words.replications, moment(few, unit, when));
    else
        text_print(
            out,
            "at most %s of %s are in use (median; 5 %% to 95 %% of %u runs: %s to %s)",
            axis_percent(most->median, median), ports, (unsigned)b->words.replications,
            axis_percent(most->low, low), axis_percent(most->high, high));
    free(ports);
}

static void tell_failing(const struct picture_bands *b, struct time_unit unit,
                         struct text *out)
{
    char share[AXIS_TEXT], low[AXIS_TEXT], high[AXIS_TEXT], when[AXIS_TEXT],
        name[FIGURE_SHORT];
    const struct run_band *worst = fullest(&b->failing);
    if (worst->median > 0)
        text_print(out, "%s loses up to %s of its attempts (%s to %s), at %s; ",
                   figure_short(b->app, name), axis_percent(worst->median, share),
                   axis_percent(worst->low, low), axis_percent(worst->high, high),
                   moment(worst, unit, when));
    else
        text_print(out, "%s fails in less than half of the runs; ",
                   figure_short(b->app, name));
}

/* The length of the bins: rows of a band are the middles of its bins. */
static sim_ns bin_length(const struct run_band_rows *rows)
{
    return rows->count > 1 ? rows->at[1].when - rows->at[0].when : 0;
}

static void put_words(const struct figure_source *source, const struct picture_bands *b,
                      struct text *script)
{
    char bin[AXIS_TEXT];
    struct figure_words words = {.y_label = "ports in use"};
    const struct run_band *half = used_up(&b->use, EDGE_MEDIAN);
    if (half)
        tell_used_up(b, half, source->unit, &words.headline);
    else
        tell_use(b, source->unit, &words.headline);
    if (b->app)
        tell_failing(b, source->unit, &words.detail);
    sim_ns length = bin_length(&b->use);
    text_print(&words.detail, "each point the mean of %s",
               axis_moment(length, axis_time_unit(length), bin));
    figure_head(source, &words, script);
    study_source(&b->words, script);
}

/* --- data --------------------------------------------------------------------------- */

/* The band at the middle of each bin, and level to the ends of the first and the last. */
static void put_band(const struct run_band_rows *rows, const char *name, double unit,
                     double end, struct text *script)
{
    text_print(script, "$%s << EOD\n", name);
    for (size_t i = 0; i < rows->count; i++) {
        const struct run_band *b = &rows->at[i];
        double at = sim_seconds(b->when) / unit;
        double bin = sim_seconds(bin_length(rows)) / unit;
        if (i == 0 && at <= 0.51 * bin)
            study_row(script, (const double[]){0, b->low, b->median, b->high}, 4);
        study_row(script, (const double[]){at, b->low, b->median, b->high}, 4);
        if (i + 1 == rows->count && end - at <= 0.51 * bin)
            study_row(script, (const double[]){end, b->low, b->median, b->high}, 4);
    }
    text_print(script, "EOD\n");
}

/* Range and tics of a panel, as commands to be given when it is its turn. */
static void put_panel(const char *name, double top, unsigned most, struct text *script)
{
    struct text axis = {0};
    study_axis("y", &(struct picture_axis){.percent = true}, 0, top, most, &axis);
    study_panel(name, &axis, script);
}

static void put_panels(const struct picture_bands *b, double unit, double end,
                       struct text *script)
{
    char number[AXIS_TEXT], name[FIGURE_SHORT];
    double peak = highest(&b->use), most = b->app ? highest(&b->failing) : 0;
    bool limits = peak >= VISIBLE_SHARE;
    gnuplot_set_number(script, "limits", limits);
    put_panel("use_axis", limits ? 1.08 : 1.1 * peak, 6, script);
    put_panel("failing_axis", fmin(1.1 * fmax(most, 1e-9), 1.05), 3, script);
    char *capacity =
        isnan(b->capacity)
            ? memory_print("capacity")
            : memory_print("capacity: %s ports", axis_grouped(b->capacity, 0, number));
    gnuplot_set_string(script, "capacity_text", capacity);
    gnuplot_set_number(script, "failing", b->app != NULL);
    char *title = memory_print("share of the attempts of %s that fail",
                               b->app ? figure_short(b->app, name) : "");
    gnuplot_set_string(script, "failing_title", title);
    gnuplot_set_number(script, "runs", b->words.replications);
    gnuplot_set_number(script, "warm_up", b->warm_up_s / unit);
    gnuplot_set_number(script, "last", end);
    put_band(&b->use, "use", unit, end, script);
    put_band(&b->failing, "failing_share", unit, end, script);
    free(capacity);
    free(title);
}

bool picture_bands(struct canvas *c, const char *name, const struct picture_bands *b)
{
    SIM_ASSERT(b->use.count > 0 && (!b->app || b->failing.count > 0));
    const struct series *series = b->run->series;
    struct text script = {0};
    struct canvas_room room = canvas_room(c->request->format);
    sim_ns end = series_time(series, series_rows(series) - 1);
    struct figure_source source = {.canvas = c,
                                   .run = b->run,
                                   .series = series,
                                   .unit = axis_time_unit(end),
                                   .x_tics = room.x_tics};
    double unit = sim_seconds(source.unit.length);
    canvas_begin(c, &script);
    put_words(&source, b, &script);
    put_panels(b, unit, sim_seconds(end) / unit, &script);
    bool good = canvas_finish(c, "bands", name, &script);
    text_free(&script);
    return good;
}
