/* Picture "differences": A against B, metric by metric, around the zero line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/study_figure.h"

static const struct picture_axis relative = {.percent = true};

/* The widest interval that shapes the axis, in shares of the widest difference: what is
 * known less well than that leaves the picture. */
#define INTERVAL_SHOWN 2

static unsigned count_of(const struct picture_differences *d,
                         enum picture_verdict verdict)
{
    unsigned count = 0;
    for (size_t i = 0; i < d->count; i++)
        count += d->rows[i].verdict == verdict;
    return count;
}

static const char *const verdicts[] = {
    [VERDICT_BETTER] = "better",       [VERDICT_WORSE] = "worse",
    [VERDICT_SAME] = "the same",       [VERDICT_UNKNOWN] = "cannot tell",
    [VERDICT_DIFFERENT] = "different",
};

/* "new against old: 1 worse, 3 better, 10 the same". */
static void put_words(struct canvas *c, const struct picture_differences *d,
                      struct text *script)
{
    static const enum picture_verdict order[] = {
        VERDICT_WORSE, VERDICT_BETTER, VERDICT_DIFFERENT, VERDICT_SAME, VERDICT_UNKNOWN};
    struct text headline = {0}, detail = {0};
    char margin[AXIS_TEXT];
    text_print(&headline, "%s against %s: ", d->a, d->b);
    bool first = true;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        unsigned count = count_of(d, order[i]);
        if (count)
            text_print(&headline, "%s%u %s", first ? "" : ", ", count,
                       verdicts[order[i]]);
        first = first && !count;
    }
    text_print(&detail, "mean of the paired differences, as a share of %s", d->b);
    if (d->margin > 0)
        text_print(&detail, "; differences up to %s count for nothing",
                   study_value(&relative, d->margin, margin));
    study_head(c, &d->words, &headline, &detail, "", script);
    char *label = memory_print("%s minus %s", d->a, d->b);
    gnuplot_set_string(script, "x_label", label);
    free(label);
}

static void put_axis(const struct canvas *c, const struct picture_differences *d,
                     struct text *script)
{
    struct study_span span = {.any = true};
    for (size_t i = 0; i < d->count; i++)
        study_span_add(&span, d->rows[i].difference);
    study_span_add(&span, d->margin);
    study_span_add(&span, -d->margin);
    double widest = fmax(fmax(span.high, -span.low), 1e-6);
    for (size_t i = 0; i < d->count; i++) {
        const struct difference_row *r = &d->rows[i];
        if (isnan(r->low) || isnan(r->high))
            continue;
        study_span_add(&span, fmin(r->high, INTERVAL_SHOWN * widest));
        study_span_add(&span, fmax(r->low, -INTERVAL_SHOWN * widest));
    }
    double margin = 0.06 * fmax(span.high - span.low, 1e-6);
    study_axis("x", &relative, span.low - margin, span.high + margin,
               canvas_room(c->request->format).x_tics, script);
    gnuplot_set_number(script, "margin", d->margin);
}

/* "better: -40 % ± 5 %", unless the caller has words of his own. */
static char *row_text(const struct difference_row *r)
{
    char value[AXIS_TEXT], half[AXIS_TEXT];
    if (r->text && *r->text)
        return memory_print("%s: %s", verdicts[r->verdict], r->text);
    study_value(&relative, r->difference, value);
    if (isnan(r->low) || isnan(r->high))
        return memory_print("%s: %s", verdicts[r->verdict], value);
    return memory_print("%s: %s ± %s", verdicts[r->verdict], value,
                        study_half(&relative, (r->high - r->low) / 2, half));
}

static void put_texts(const struct picture_differences *d, struct text *script)
{
    const char **labels = memory_new(d->count, sizeof *labels);
    char **texts = memory_new(d->count, sizeof *texts);
    double *codes = memory_new(d->count, sizeof *codes);
    for (size_t i = 0; i < d->count; i++) {
        labels[i] = d->rows[i].label;
        texts[i] = row_text(&d->rows[i]);
        codes[i] = d->rows[i].verdict;
    }
    gnuplot_set_number(script, "rows_shown", (double)d->count);
    gnuplot_set_strings(script, "label_of", labels, (unsigned)d->count);
    gnuplot_set_strings(script, "text_of", (const char *const *)texts,
                        (unsigned)d->count);
    gnuplot_set_numbers(script, "verdict_of", codes, (unsigned)d->count);
    for (size_t i = 0; i < d->count; i++)
        free(texts[i]);
    free(texts);
    free(codes);
    free(labels);
}

/* Difference, low, high, row from the top, verdict. */
static void put_data(const struct picture_differences *d, struct text *script)
{
    text_print(script, "$data << EOD\n");
    for (size_t i = 0; i < d->count; i++) {
        const struct difference_row *r = &d->rows[i];
        bool ranged = !isnan(r->low) && !isnan(r->high);
        study_row(script,
                  (const double[]){r->difference, ranged ? r->low : r->difference,
                                   ranged ? r->high : r->difference, (double)i + 1,
                                   r->verdict},
                  5);
    }
    text_print(script, "EOD\n");
}

bool picture_differences(struct canvas *c, const char *name,
                         const struct picture_differences *d)
{
    SIM_ASSERT(d->count > 0);
    struct text script = {0};
    put_words(c, d, &script);
    put_axis(c, d, &script);
    put_texts(d, &script);
    put_data(d, &script);
    bool good = canvas_finish(c, "differences", name, &script);
    text_free(&script);
    return good;
}
