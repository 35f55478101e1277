/* Picture "tornado": what each change alone does to a metric, the strongest first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/study_figure.h"

/* More bars than these are too thin to read; the weakest are left out. */
#define BARS_MAX 24

/* --- order -------------------------------------------------------------------------- */

struct bar {
    const struct tornado_row *row;
    double strength; /* of the strongest change of its path */
};

static double effect(const struct picture_tornado *t, const struct tornado_row *row)
{
    double change = fabs(row->at.mean - t->base.mean);
    return isnan(change) ? 0 : change;
}

static double strength_of(const struct picture_tornado *t, const char *path)
{
    double most = 0;
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->rows[i].path, path) == 0)
            most = fmax(most, effect(t, &t->rows[i]));
    return most;
}

/* By strength; paths that are as strong, and values of one path, in the given order. */
static int by_strength(const void *left, const void *right)
{
    const struct bar *a = left, *b = right;
    if (a->strength != b->strength)
        return a->strength > b->strength ? -1 : 1;
    return a->row < b->row ? -1 : 1;
}

static struct bar *bars_of(const struct picture_tornado *t)
{
    struct bar *bars = memory_new(t->count, sizeof *bars);
    for (size_t i = 0; i < t->count; i++)
        bars[i] = (struct bar){&t->rows[i], strength_of(t, t->rows[i].path)};
    qsort(bars, t->count, sizeof *bars, by_strength);
    return bars;
}

/* --- words -------------------------------------------------------------------------- */

/* "apps.web.failure_ratio 24 %: fin_wait_2 = 1min alone makes it 0 %". */
static void put_words(struct canvas *c, const struct picture_tornado *t,
                      const struct bar *bars, size_t shown, struct text *script)
{
    char base[AXIS_TEXT], then[AXIS_TEXT];
    struct text headline = {0}, detail = {0};
    const struct tornado_row *strongest = bars[0].row;
    for (size_t i = 0; i < shown; i++)
        if (effect(t, bars[i].row) > effect(t, strongest))
            strongest = bars[i].row;
    study_value(&t->value, t->base.mean, base);
    if (effect(t, strongest) > 0)
        text_print(&headline, "%s %s: %s = %s alone makes it %s", t->value.label, base,
                   study_short_name(strongest->path), strongest->value,
                   study_value(&t->value, strongest->at.mean, then));
    else
        text_print(&headline, "%s %s: none of %zu changes alone moves it", t->value.label,
                   base, t->count);
    text_print(&detail, "each bar: one change of the scenario, all else as it was");
    if (shown < t->count)
        text_print(&detail, "; %zu weaker changes are not shown", t->count - shown);
    study_head(c, &t->words, &headline, &detail, "", script);
    char *label = study_axis_label(&t->value);
    gnuplot_set_string(script, "x_label", label);
    free(label);
}

/* "0 % ± 0.02 %". */
static char *value_text(const struct picture_tornado *t, const struct picture_point *p)
{
    char value[AXIS_TEXT], half[AXIS_TEXT];
    study_value(&t->value, p->mean, value);
    if (isnan(p->mean) || isnan(p->low) || isnan(p->high))
        return memory_print("%s", isnan(p->mean) ? "no data" : value);
    return memory_print("%s ± %s", value,
                        study_half(&t->value, (p->high - p->low) / 2, half));
}

static void put_texts(const struct picture_tornado *t, const struct bar *bars,
                      size_t shown, struct text *script)
{
    char **labels = memory_new(shown, sizeof *labels);
    char **texts = memory_new(shown, sizeof *texts);
    for (size_t i = 0; i < shown; i++) {
        labels[i] = memory_print("%s = %s", bars[i].row->path, bars[i].row->value);
        texts[i] = value_text(t, &bars[i].row->at);
    }
    gnuplot_set_number(script, "bar_count", (double)shown);
    gnuplot_set_strings(script, "label_of", (const char *const *)labels, (unsigned)shown);
    gnuplot_set_strings(script, "text_of", (const char *const *)texts, (unsigned)shown);
    for (size_t i = 0; i < shown; i++) {
        free(labels[i]);
        free(texts[i]);
    }
    free(labels);
    free(texts);
}

/* --- axis and data ------------------------------------------------------------------ */

static void put_axis(const struct canvas *c, const struct picture_tornado *t,
                     const struct bar *bars, size_t shown, struct text *script)
{
    char text[AXIS_TEXT];
    struct study_span span = {0};
    study_span_add(&span, t->base.mean);
    for (size_t i = 0; i < shown; i++) {
        study_span_add(&span, bars[i].row->at.mean);
        study_span_add(&span, bars[i].row->at.low);
        study_span_add(&span, bars[i].row->at.high);
    }
    if (t->bound.is)
        study_span_add(&span, t->bound.value);
    bool flat = !(span.high > span.low); /* then as wide as half of the value */
    double margin =
        flat ? fmax(0.25 * fabs(span.high), 1e-9) : 0.04 * (span.high - span.low);
    bool whole = span.low >= 0 && span.low < 0.5 * span.high; /* show where 0 is */
    study_axis("x", &t->value, whole ? -margin : span.low - margin, span.high + margin,
               canvas_room(c->request->format).x_tics * 2 / 3, script);
    gnuplot_set_number(script, "base", t->base.mean);
    gnuplot_set_number(script, "bounds", t->bound.is);
    gnuplot_set_number(script, "bound", t->bound.value);
    gnuplot_set_string(script, "bound_text",
                       t->bound.is ? study_bound(&t->value, &t->bound, text) : " ");
    gnuplot_set_string(script, "base_text", study_value(&t->value, t->base.mean, text));
}

/* Row from the top, value, low, high, and whether its path differs from the bar above. */
static void put_data(const struct bar *bars, size_t shown, struct text *script)
{
    text_print(script, "$data << EOD\n");
    for (size_t i = 0; i < shown; i++) {
        const struct picture_point *p = &bars[i].row->at;
        bool ranged = !isnan(p->low) && !isnan(p->high);
        bool first = i == 0 || strcmp(bars[i].row->path, bars[i - 1].row->path) != 0;
        study_row(script,
                  (const double[]){(double)i + 1, p->mean, ranged ? p->low : p->mean,
                                   ranged ? p->high : p->mean, first},
                  5);
    }
    text_print(script, "EOD\n");
}

bool picture_tornado(struct canvas *c, const char *name, const struct picture_tornado *t)
{
    SIM_ASSERT(t->count > 0);
    struct text script = {0};
    struct bar *bars = bars_of(t);
    size_t shown = t->count < BARS_MAX ? t->count : BARS_MAX;
    put_words(c, t, bars, shown, &script);
    put_axis(c, t, bars, shown, &script);
    put_texts(t, bars, shown, &script);
    put_data(bars, shown, &script);
    bool good = canvas_finish(c, "tornado", name, &script);
    free(bars);
    text_free(&script);
    return good;
}
