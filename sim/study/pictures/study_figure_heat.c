/* Picture "heat": a metric over two axes, and the border where a requirement fails. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/study_figure.h"

static const struct picture_point *cell(const struct picture_heat *h, size_t x, size_t y)
{
    return &h->at[y * h->x_count + x];
}

static bool known(const struct picture_heat *h, size_t x, size_t y)
{
    return !isnan(cell(h, x, y)->mean);
}

/* --- words -------------------------------------------------------------------------- */

/* Where it is least and most. */
struct extremes {
    size_t least, most;
};

static struct extremes extremes_of(const struct picture_heat *h)
{
    struct extremes e = {SIZE_MAX, SIZE_MAX};
    for (size_t i = 0; i < h->x_count * h->y_count; i++) {
        if (isnan(h->at[i].mean))
            continue;
        if (e.least == SIZE_MAX || h->at[i].mean < h->at[e.least].mean)
            e.least = i;
        if (e.most == SIZE_MAX || h->at[i].mean > h->at[e.most].mean)
            e.most = i;
    }
    SIM_ASSERT(e.least != SIZE_MAX);
    return e;
}

/* "apps.web.failure_ratio: 0 % to 57 %". */
static void tell_range(const struct picture_heat *h, struct text *out)
{
    char least[AXIS_TEXT], most[AXIS_TEXT];
    struct extremes e = extremes_of(h);
    text_print(out, "%s: %s to %s", h->z.label,
               study_value(&h->z, h->at[e.least].mean, least),
               study_value(&h->z, h->at[e.most].mean, most));
}

static void tell_place(const struct picture_heat *h, const char *what, size_t i,
                       struct text *out)
{
    char value[AXIS_TEXT];
    text_print(out, "%s%s %s at %s %s, %s %s", out->length ? "; " : "", what,
               study_value(&h->z, h->at[i].mean, value), study_short_name(h->x.label),
               h->x_values[i % h->x_count], study_short_name(h->y.label),
               h->y_values[i / h->x_count]);
}

/* "apps.web.failure_ratio ≤ 0.1 % at 12 of 20 points; at 2 the runs do not tell". */
static void tell_bound(const struct picture_heat *h, struct text *out)
{
    char bound[AXIS_TEXT];
    size_t all = 0, met = 0, open = 0;
    for (size_t i = 0; i < h->x_count * h->y_count; i++) {
        bool there = !isnan(h->at[i].mean);
        all += there;
        met += there && study_meets(&h->bound, h->at[i].mean);
        open += there && study_open(&h->bound, &h->at[i]);
    }
    text_print(out, "%s %s at %zu of %zu points", h->z.label,
               study_bound(&h->z, &h->bound, bound), met, all);
    if (open)
        text_print(out, "; at %zu the runs do not tell (?)", open);
}

/* "least 0 % at rate 20/s, addresses 4; most 57 % at rate 40/s, addresses 1; blank: ...".
 */
static void tell_places(const struct picture_heat *h, struct text *out)
{
    size_t blank = 0;
    struct extremes e = extremes_of(h);
    for (size_t i = 0; i < h->x_count * h->y_count; i++)
        blank += isnan(h->at[i].mean) ? 1 : 0;
    tell_place(h, "least", e.least, out);
    tell_place(h, "most", e.most, out);
    if (blank)
        text_print(out, "; blank: not simulated, or no data");
}

static void put_words(struct canvas *c, const struct picture_heat *h, struct text *script)
{
    struct text headline = {0}, detail = {0};
    char *x = study_axis_label(&h->x), *y = study_axis_label(&h->y),
         *z = study_axis_label(&h->z);
    (h->bound.is ? tell_bound : tell_range)(h, &headline);
    tell_places(h, &detail);
    study_head(c, &h->words, &headline, &detail, y, script);
    gnuplot_set_string(script, "x_label", x);
    gnuplot_set_string(script, "z_label", z);
    free(x);
    free(y);
    free(z);
}

/* --- colours ------------------------------------------------------------------------ */

/* Returns the axis of the colours; *floor is the least value that it shows. */
static struct picture_axis put_colours(const struct picture_heat *h, double *floor,
                                       double *top, struct text *script)
{
    struct study_span span = {0};
    for (size_t i = 0; i < h->x_count * h->y_count; i++)
        study_span_add(&span, h->at[i].mean);
    SIM_ASSERT(span.any);
    struct picture_axis z = h->z;
    *floor = study_floor(&z, &h->bound, span.low, span.high);
    *top = fmax(span.high, *floor + 1e-12);
    study_axis("cb", &z, *floor, *top, 8, script);
    return z;
}

/* Where a value stands between the ends of the colours. */
static double shade(const struct picture_axis *z, double value, double floor, double top)
{
    value = fmax(value, floor);
    return z->log ? log(value / floor) / log(top / floor)
                  : (value - floor) / (top - floor);
}

/* --- data --------------------------------------------------------------------------- */

/* x, y, value, shade; and the values in words. */
static void put_cells(const struct picture_heat *h, const struct picture_axis *z,
                      double floor, double top, struct text *script)
{
    size_t all = h->x_count * h->y_count, count = 0;
    char **texts = memory_new(all, sizeof *texts);
    text_print(script, "$cells << EOD\n");
    for (size_t i = 0; i < all; i++) {
        char value[AXIS_TEXT];
        if (isnan(h->at[i].mean))
            continue;
        size_t x = i % h->x_count, y = i / h->x_count;
        double row[] = {(double)x + 1, (double)y + 1, fmax(h->at[i].mean, floor),
                        shade(z, h->at[i].mean, floor, top)};
        study_row(script, row, 4);
        bool open = h->bound.is && study_open(&h->bound, &h->at[i]);
        texts[count++] = memory_print("%s%s", study_value(&h->z, h->at[i].mean, value),
                                      open ? " ?" : "");
    }
    text_print(script, "EOD\n");
    gnuplot_set_number(script, "cells", (double)count);
    gnuplot_set_strings(script, "cell_text", (const char *const *)texts, (unsigned)count);
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static bool apart(const struct picture_heat *h, size_t x, size_t y, size_t other_x,
                  size_t other_y)
{
    return known(h, x, y) && known(h, other_x, other_y) &&
           study_meets(&h->bound, cell(h, x, y)->mean) !=
               study_meets(&h->bound, cell(h, other_x, other_y)->mean);
}

static void put_segment(struct text *script, double x1, double y1, double x2, double y2)
{
    study_row(script, (const double[]){x1, y1}, 2);
    study_row(script, (const double[]){x2, y2}, 2);
    text_print(script, "\n");
}

/* Between neighbours of which one meets the requirement: the border of what was
 * simulated, without a guess about what lies between. */
static void put_border(const struct picture_heat *h, struct text *script)
{
    bool any = false;
    text_print(script, "$border << EOD\n");
    for (size_t y = 0; h->bound.is && y < h->y_count; y++)
        for (size_t x = 0; x < h->x_count; x++) {
            double right = (double)x + 1.5, top = (double)y + 1.5;
            if (x + 1 < h->x_count && apart(h, x, y, x + 1, y)) {
                put_segment(script, right, top - 1, right, top);
                any = true;
            }
            if (y + 1 < h->y_count && apart(h, x, y, x, y + 1)) {
                put_segment(script, right - 1, top, right, top);
                any = true;
            }
        }
    text_print(script, "EOD\n");
    gnuplot_set_number(script, "border_shown", any);
}

static void put_values(const struct picture_heat *h, struct text *script)
{
    gnuplot_set_number(script, "x_count", (double)h->x_count);
    gnuplot_set_number(script, "y_count", (double)h->y_count);
    gnuplot_set_strings(script, "x_text", h->x_values, (unsigned)h->x_count);
    gnuplot_set_strings(script, "y_text", h->y_values, (unsigned)h->y_count);
    gnuplot_set_number(script, "named",
                       h->x_count <= PICTURE_CELLS_NAMED &&
                           h->y_count <= PICTURE_CELLS_NAMED);
}

bool picture_heat(struct canvas *c, const char *name, const struct picture_heat *h)
{
    SIM_ASSERT(h->x_count > 0 && h->y_count > 0);
    struct text script = {0};
    double floor, top;
    put_words(c, h, &script);
    struct picture_axis z = put_colours(h, &floor, &top, &script);
    put_values(h, &script);
    put_cells(h, &z, floor, top, &script);
    put_border(h, &script);
    bool good = canvas_finish(c, "heat", name, &script);
    text_free(&script);
    return good;
}
