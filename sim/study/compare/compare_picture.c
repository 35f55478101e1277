#include "sim/study/compare/compare_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/study/pictures/pictures.h"

/* More rows than these are no picture: what matters most is drawn. */
#define ROWS_MAX 40

static const enum picture_verdict pictured[COMPARE_VERDICTS] = {
    [COMPARE_WORSE] = VERDICT_WORSE,         [COMPARE_BETTER] = VERDICT_BETTER,
    [COMPARE_DIFFERENT] = VERDICT_DIFFERENT, [COMPARE_UNDECIDED] = VERDICT_UNKNOWN,
    [COMPARE_NO_DATA] = VERDICT_UNKNOWN,     [COMPARE_EQUIVALENT] = VERDICT_SAME,
    [COMPARE_EQUAL] = VERDICT_SAME,
};

/* Rows with labels of their own. */
struct rows {
    struct difference_row at[ROWS_MAX];
    char *labels[ROWS_MAX];
    char about[40]; /* what was compared */
    size_t count;
};

/* A share of nothing has no place on the axis. */
static bool is_drawn(const struct compare_line *line, enum compare_verdict verdict)
{
    return line->verdict == verdict && fabs(line->a.value) > 0;
}

static void add(struct rows *rows, const struct compare_case *c, bool only,
                const struct compare_line *line)
{
    const struct estimate *d = &line->difference.difference;
    double scale = fabs(line->a.value);
    char *label = only ? memory_print("%s", line->name)
                       : memory_print("%s: %s", c->name, line->name);
    rows->labels[rows->count] = label;
    rows->at[rows->count++] =
        (struct difference_row){.label = label,
                                .difference = d->value / scale,
                                .low = (d->value - d->half_width) / scale,
                                .high = (d->value + d->half_width) / scale,
                                .verdict = pictured[line->verdict]};
}

static void add_verdict(struct rows *rows, const struct comparison *r,
                        enum compare_verdict verdict)
{
    for (uint32_t i = 0; i < r->case_count; i++)
        for (uint32_t k = 0; k < r->cases[i].line_count; k++)
            if (rows->count < ROWS_MAX && is_drawn(&r->cases[i].lines[k], verdict))
                add(rows, &r->cases[i], r->case_count == 1, &r->cases[i].lines[k]);
}

static struct picture_words words_of(const struct comparison *r, struct rows *rows)
{
    const struct compare_case *first = &r->cases[0];
    struct picture_words words = {.scenario = first->name,
                                  .seed = first->b.run_count ? first->b.runs[0].seed : 0,
                                  .replications = first->pairs,
                                  .confidence = r->confidence};
    uint32_t most = first->pairs;
    snprintf(rows->about, sizeof rows->about, "%u scenarios", r->case_count);
    if (r->case_count > 1)
        words.scenario = rows->about;
    for (uint32_t i = 1; i < r->case_count; i++) {
        uint32_t pairs = r->cases[i].pairs;
        words.replications = pairs < words.replications ? pairs : words.replications;
        most = pairs > most ? pairs : most;
    }
    words.replications_most = most > words.replications ? most : 0;
    return words;
}

bool compare_picture(const struct figures_request *request,
                     const struct comparison *result, double margin,
                     struct figures_drawn *drawn, struct results_error *error)
{
    struct rows rows = {.count = 0};
    for (int v = 0; v < COMPARE_EQUAL; v++)
        if (v != COMPARE_NO_DATA)
            add_verdict(&rows, result, (enum compare_verdict)v);
    if (!rows.count)
        return true;
    struct picture_differences d = {.words = words_of(result, &rows),
                                    .a = "B",
                                    .b = "A",
                                    .rows = rows.at,
                                    .count = rows.count,
                                    .margin = margin};
    struct canvas canvas;
    bool well = canvas_open(&canvas, request, drawn, error) &&
                picture_differences(&canvas, "differences", &d);
    canvas_close(&canvas);
    for (size_t i = 0; i < rows.count; i++)
        free(rows.labels[i]);
    return well;
}
