/* Picture "risk": how runs differ (their spread: the risk of the next one) beside how
 * well that is known (intervals: the error of the study), metric by metric, each on a
 * scale of its own, with what is required [B. L. Nelson, The MORE plot, WSC 2008]. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"
#include "sim/study/bands.h"
#include "sim/study/estimate_order.h"
#include "sim/study/pictures/study_figure.h"

/* A bound farther from the runs than so many times their spread is not drawn to scale: it
 * would leave them no room. */
#define BOUND_FAR 2.0

/* Room on either side of a scale, of its length. */
#define MARGIN 0.06

#define TICS 4

/* A row ready to be drawn: its runs in order, and the scale they stand on. */
struct spread {
    const struct risk_row *row;
    double *values;
    size_t count;
    double p5, p95;
    struct order_estimate top; /* the 95th percentile */
    double low, high;          /* the scale */
};

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* --- the scale ---------------------------------------------------------------------- */

static bool is_far(const struct spread *s, double bound)
{
    double length = s->values[s->count - 1] - s->values[0];
    double away = fmax(s->values[0] - bound, bound - s->values[s->count - 1]);
    return length > 0 && away > BOUND_FAR * length;
}

/* The interval's lower end; nothing of what is never negative lies below zero. */
static double mean_low(const struct risk_row *row)
{
    double low = row->mean - row->half_width;
    for (size_t i = 0; i < row->count; i++)
        if (row->values[i] < 0)
            return low;
    return fmax(low, 0);
}

static void find_scale(struct spread *s)
{
    const struct risk_row *row = s->row;
    struct study_span span = {0};
    study_span_add(&span, s->values[0]);
    study_span_add(&span, s->values[s->count - 1]);
    study_span_add(&span, mean_low(row));
    study_span_add(&span, row->mean + row->half_width);
    for (unsigned i = 0; i < row->bound_count; i++)
        if (!is_far(s, row->bounds[i].value))
            study_span_add(&span, row->bounds[i].value);
    double length = span.high - span.low;
    if (length <= 0)
        length = span.high != 0 ? fabs(span.high) : 1;
    s->low = span.low - MARGIN * length;
    s->high = span.high + MARGIN * length;
}

static struct spread spread_of(const struct risk_row *row, double confidence)
{
    struct spread s = {.row = row, .values = memory_new(row->count, sizeof *s.values)};
    for (size_t i = 0; i < row->count; i++)
        if (!isnan(row->values[i]))
            s.values[s.count++] = row->values[i];
    SIM_ASSERT(s.count > 0);
    qsort(s.values, s.count, sizeof *s.values, by_size);
    s.p5 = bands_quantile(s.values, s.count, 0.05);
    s.p95 = bands_quantile(s.values, s.count, 0.95);
    s.top = estimate_order(s.values, s.count, 0.95, confidence);
    find_scale(&s);
    return s;
}

/* On the scale as a share of it, kept inside. */
static double place(const struct spread *s, double value)
{
    return fmin(fmax((value - s->low) / (s->high - s->low), 0), 1);
}

/* --- words -------------------------------------------------------------------------- */

/* "web.failure_ratio@late": a title has little room. */
static const char *short_name(const struct risk_row *row)
{
    const char *dot = strchr(row->metric.label, '.');
    return dot ? dot + 1 : row->metric.label;
}

/* "≥ 1 % and ≤ 3 %". */
static char *bounds_text(const struct risk_row *row)
{
    char first[AXIS_TEXT], second[AXIS_TEXT];
    struct picture_axis bare = {.percent = row->metric.percent};
    if (row->bound_count == 1)
        return memory_print("%s", study_bound(&row->metric, &row->bounds[0], first));
    study_bound(&bare, &row->bounds[0], first);
    return memory_print("%s and %s", first,
                        study_bound(&row->metric, &row->bounds[1], second));
}

static void tell_spread(const struct spread *s, struct text *out)
{
    char low[AXIS_TEXT], high[AXIS_TEXT], mean[AXIS_TEXT], half[AXIS_TEXT];
    const struct risk_row *row = s->row;
    text_print(out, "%s: 90 %% of %zu runs are between %s and %s, their mean is %s",
               short_name(row), s->count, study_value(&row->metric, s->p5, low),
               study_value(&row->metric, s->p95, high),
               study_value(&row->metric, row->mean, mean));
    if (!isnan(row->half_width))
        text_print(out, " ± %s", study_half(&row->metric, row->half_width, half));
}

static void tell_beyond(const struct spread *s, struct text *out)
{
    char mean[AXIS_TEXT];
    char *bounds = bounds_text(s->row);
    text_print(out, "%zu of %zu runs do not meet %s %s; their mean is %s", s->row->beyond,
               s->count, short_name(s->row), bounds,
               study_value(&s->row->metric, s->row->mean, mean));
    free(bounds);
}

/* The first row is the most telling one. */
static void put_words(struct canvas *c, const struct picture_risk *r,
                      const struct spread *spreads, struct text *script)
{
    struct text headline = {0}, detail = {0};
    unsigned required = 0;
    for (unsigned i = 0; i < r->row_count; i++)
        required += r->rows[i].bound_count > 0;
    if (r->rows[0].beyond > 0)
        tell_beyond(&spreads[0], &headline);
    else if (required)
        text_print(&headline, "all %u runs meet what is required of them",
                   (unsigned)r->words.replications);
    else
        tell_spread(&spreads[0], &headline);
    text_print(&detail,
               "the spread of the runs is the risk of the next; bars are what is "
               "not known");
    if (isinf(spreads[0].top.high))
        text_print(&detail, "; p95 has an upper end from %.0f runs on",
                   ceil(log((1 - r->words.confidence) / 2) / log(0.95)));
    if (r->left_out)
        text_print(&detail, "; %u metrics are not shown", r->left_out);
    study_head(c, &r->words, &headline, &detail, "", script);
}

/* "mean 12.1 % ± 0.3 %". */
static char *mean_text(const struct spread *s)
{
    char mean[AXIS_TEXT], half[AXIS_TEXT];
    const struct risk_row *row = s->row;
    study_value(&row->metric, row->mean, mean);
    if (isnan(row->half_width))
        return memory_print("mean %s", mean);
    return memory_print("mean %s ± %s", mean,
                        study_half(&row->metric, row->half_width, half));
}

/* "95th percentile 13 % (12.8 % to ?)". */
static char *top_text(const struct spread *s)
{
    char value[AXIS_TEXT], low[AXIS_TEXT] = "?", high[AXIS_TEXT] = "?";
    const struct picture_axis *metric = &s->row->metric;
    if (isfinite(s->top.low))
        study_value(metric, s->top.low, low);
    if (isfinite(s->top.high))
        study_value(metric, s->top.high, high);
    return memory_print("p95 %s (%s to %s)", study_value(metric, s->top.value, value),
                        low, high);
}

static char *asked_text(const struct spread *s)
{
    const struct risk_row *row = s->row;
    if (!row->bound_count)
        return memory_print("nothing is required of it");
    char *bounds = bounds_text(row);
    char *text = row->beyond ? memory_print("%s: not met by %zu of %zu", bounds,
                                            row->beyond, s->count)
                             : memory_print("%s: met by all", bounds);
    free(bounds);
    return text;
}

static void put_texts(const char *name, const struct spread *spreads, unsigned count,
                      char *(*text_of_row)(const struct spread *s), struct text *script)
{
    char *texts[RISK_ROWS_MAX] = {0};
    for (unsigned i = 0; i < count; i++)
        texts[i] = text_of_row(&spreads[i]);
    gnuplot_set_strings(script, name, (const char *const *)texts, count);
    for (unsigned i = 0; i < count; i++)
        free(texts[i]);
}

static char *name_text(const struct spread *s)
{
    return memory_print("%s", s->row->metric.label);
}

/* --- data --------------------------------------------------------------------------- */

/* Runs one beside the other, so that equal ones do not hide each other: steps of the
 * golden ratio fill a strip evenly. */
static void put_runs(const struct spread *spreads, unsigned count, struct text *script)
{
    text_print(script, "$runs << EOD\n");
    for (unsigned i = 0; i < count; i++)
        for (size_t k = 0; k < spreads[i].count; k++) {
            double step = 0.6180339887498949 * (double)(k + 1);
            study_row(script,
                      (const double[]){place(&spreads[i], spreads[i].values[k]),
                                       i + 1 + 0.3 * (step - floor(step) - 0.5)},
                      2);
        }
    text_print(script, "EOD\n");
}

/* What is required, where that is near enough to be on the scale. */
static void put_bounds(const struct spread *spreads, unsigned count, struct text *script)
{
    unsigned shown = 0;
    text_print(script, "$bounds << EOD\n");
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < spreads[i].row->bound_count; k++) {
            double bound = spreads[i].row->bounds[k].value;
            if (is_far(&spreads[i], bound))
                continue;
            study_row(script, (const double[]){place(&spreads[i], bound), i + 1}, 2);
            shown++;
        }
    text_print(script, "EOD\n");
    gnuplot_set_number(script, "bounds_shown", shown);
}

static void put_boxes(const struct spread *spreads, unsigned count, struct text *script)
{
    text_print(script, "$boxes << EOD\n");
    for (unsigned i = 0; i < count; i++) {
        const struct spread *s = &spreads[i];
        double half = isnan(s->row->half_width) ? 0 : s->row->half_width;
        double low = isnan(s->row->half_width) ? s->row->mean : mean_low(s->row);
        study_row(script,
                  (const double[]){i + 1, place(s, s->p5), place(s, s->p95),
                                   place(s, low), place(s, s->row->mean),
                                   place(s, s->row->mean + half), place(s, s->top.low),
                                   place(s, s->top.value), place(s, s->top.high)},
                  9);
    }
    text_print(script, "EOD\n");
}

/* Every row has a scale of its own: its tics are labels. */
static void put_scales(const struct spread *spreads, unsigned count, struct text *script)
{
    enum { ALL = RISK_ROWS_MAX * 3 * TICS };
    double at[ALL], row[ALL];
    char *texts[ALL];
    unsigned tics = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct spread *s = &spreads[i];
        double step = axis_step(s->high - s->low, TICS);
        double least = s->values[0] < 0 ? s->low : fmax(s->low, 0);
        double first = ceil(least / step - 1e-9) + 0.0,
               last = floor(s->high / step + 1e-9);
        for (double k = first; k <= last && tics < ALL; k++) {
            char value[AXIS_TEXT];
            at[tics] = place(s, k * step);
            row[tics] = i + 1;
            texts[tics++] =
                memory_print("%s", study_value(&s->row->metric, k * step, value));
        }
    }
    gnuplot_set_number(script, "tics_shown", tics);
    gnuplot_set_numbers(script, "tic_at", at, tics);
    gnuplot_set_numbers(script, "tic_row", row, tics);
    gnuplot_set_strings(script, "tic_text", (const char *const *)texts, tics);
    for (unsigned i = 0; i < tics; i++)
        free(texts[i]);
}

bool picture_risk(struct canvas *c, const char *name, const struct picture_risk *r)
{
    SIM_ASSERT(r->row_count > 0 && r->row_count <= RISK_ROWS_MAX);
    struct text script = {0};
    struct spread spreads[RISK_ROWS_MAX];
    for (unsigned i = 0; i < r->row_count; i++)
        spreads[i] = spread_of(&r->rows[i], r->words.confidence);
    put_words(c, r, spreads, &script);
    gnuplot_set_number(&script, "rows_shown", r->row_count);
    put_texts("name_of", spreads, r->row_count, name_text, &script);
    put_texts("asked_of", spreads, r->row_count, asked_text, &script);
    put_texts("mean_of", spreads, r->row_count, mean_text, &script);
    put_texts("top_of", spreads, r->row_count, top_text, &script);
    put_scales(spreads, r->row_count, &script);
    put_runs(spreads, r->row_count, &script);
    put_boxes(spreads, r->row_count, &script);
    put_bounds(spreads, r->row_count, &script);
    bool good = canvas_finish(c, "risk", name, &script);
    text_free(&script);
    for (unsigned i = 0; i < r->row_count; i++)
        free(spreads[i].values);
    return good;
}
