#include "sim/cli/report_differences.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/compare_format.h"
#include "sim/results/run_study.h"
#include "sim/study/compare/compare_stored.h"
#include "sim/views/report.h"
#include "sim/views/report_table.h"

/* As `portsim compare` judges when nobody says otherwise. */
static const struct compare_margin margin = {.value = 0.01, .relative = true};

/* --- where they are from --------------------------------------------------------------
 */

static struct compare_side side_of(const struct run_record *r)
{
    struct compare_side side = {0};
    for (size_t i = 0; i < r->metric_count; i++)
        if (compare_wants(NULL, 0, r->metrics[i].name)) {
            compare_side_metric(&side, r->metrics[i].name, r->metrics[i].unit,
                                (uint32_t)i);
            side.metrics[side.metric_count - 1].shown = true;
        }
    size_t runs = r->study ? r->study->run_count : 0;
    for (size_t k = 0; k < (runs ? runs : 1); k++) {
        struct compare_run run = {
            .seed = r->seed, .fingerprint = r->fingerprint, .replication = 1};
        if (runs) {
            run.fingerprint = r->study->runs[k].fingerprint;
            run.replication = r->study->runs[k].number;
        }
        double *values = compare_side_run(&side, &run);
        for (uint32_t i = 0; i < side.metric_count; i++) {
            uint32_t row = side.metrics[i].row;
            values[i] = runs ? r->study->runs[k].values[row] : r->metrics[row].value;
        }
    }
    return side;
}

static void judge(struct report_difference *d, double confidence)
{
    struct compare_rule rule = {
        .confidence = confidence, .margins = &margin, .margin_count = 1};
    compare_judge(d->cases, d->count, &rule, &d->result);
}

void report_difference_of_runs(struct report_difference *d, const struct run_record *a,
                               const struct run_record *b)
{
    d->count = 1;
    d->cases = memory_new(1, sizeof *d->cases);
    d->cases[0].name = memory_print("%s", b->scenario);
    d->cases[0].a = side_of(a);
    d->cases[0].b = side_of(b);
    judge(d, a->study ? a->study->confidence : 0.95);
}

bool report_difference_of_studies(struct report_difference *d, const char *a,
                                  const char *b, struct results_error *error)
{
    struct study_store *first = store_read(a, error);
    struct study_store *second = first ? store_read(b, error) : NULL;
    struct compare_studies studies = {0};
    bool good = second && compare_studies(first, second, NULL, 0, &studies, error);
    d->cases = studies.cases;
    d->count = studies.count;
    if (good)
        judge(d, store_about(first)->confidence);
    store_close(second);
    store_close(first);
    return good;
}

void report_difference_free(struct report_difference *d)
{
    compare_cases_free(d->cases, d->count);
    *d = (struct report_difference){0};
}

/* --- as tables ------------------------------------------------------------------------
 */

static const char *class_of(enum compare_verdict verdict)
{
    static const char *const classes[COMPARE_VERDICTS] = {[COMPARE_WORSE] = "bad",
                                                          [COMPARE_BETTER] = "good",
                                                          [COMPARE_UNDECIDED] =
                                                              "unknown"};
    return classes[verdict];
}

/* Of one run each way there is no verdict. */
static bool differs(const struct compare_line *line)
{
    if (line->verdict != COMPARE_NO_DATA)
        return compare_matters(line);
    return fabs(line->difference.difference.value) > 0 ||
           isnan(line->a.value) != isnan(line->b.value);
}

static void put_line(struct html *h, const struct compare_line *line, bool judged)
{
    char text[COMPARE_TEXT];
    report_row_begin_path(h, line->name);
    report_number(h, compare_number(line->a.value, text));
    report_number(h, compare_number(line->b.value, text));
    report_number(h, compare_difference(&line->difference.difference, text));
    report_number(h, compare_change(line, text));
    if (judged) {
        html_open(h, "td", class_of(line->verdict));
        html_text(h, compare_verdict_name(line->verdict));
        if (*compare_reason(line, text))
            html_print(h, " (%s)", text);
        html_close(h, "td");
    }
    report_row_end(h);
}

static void put_lines(struct html *h, const struct compare_case *c, const char *caption,
                      const char *const names[2], bool wanted)
{
    const struct report_column columns[] = {{"metric", false}, {names[0], true},
                                            {names[1], true},  {"difference", true},
                                            {"change", true},  {"verdict", false}};
    bool judged = c->pairs > 1;
    report_table_begin(h, caption, columns, judged ? 6 : 5);
    for (uint32_t i = 0; i < c->line_count; i++)
        if (differs(&c->lines[i]) == wanted)
            put_line(h, &c->lines[i], judged);
    report_table_end(h);
}

static uint32_t count_of(const struct compare_case *c, bool wanted)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->line_count; i++)
        count += differs(&c->lines[i]) == wanted;
    return count;
}

static void put_case(struct html *h, const struct report_difference *d,
                     const struct compare_case *c, const char *const names[2])
{
    uint32_t same = count_of(c, false);
    bool several = d->count > 1;
    if (several)
        html_leaf(h, "h4", NULL, c->name);
    if (c->pairs && c->same == c->pairs)
        html_leaf(h, "p", NULL, "Every run took the same path.");
    if (count_of(c, true))
        put_lines(h, c, several ? c->name : "What differs", names, true);
    if (!same)
        return;
    html_open(h, "details", NULL);
    html_open(h, "summary", NULL);
    html_print(h, "%" PRIu32 " metric%s that %s not differ", same, same == 1 ? "" : "s",
               same == 1 ? "does" : "do");
    html_close(h, "summary");
    put_lines(h, c, "What does not differ", names, false);
    html_close(h, "details");
}

void report_difference_put(struct html *h, const struct report_difference *d,
                           const char *a, const char *b)
{
    const char *const names[2] = {a, b};
    uint32_t pairs = 0;
    for (uint32_t i = 0; i < d->count; i++)
        pairs = d->cases[i].pairs > pairs ? d->cases[i].pairs : pairs;
    html_open(h, "p", NULL);
    if (pairs > 1)
        html_print(h,
                   "%" PRIu32 " pairs of runs that share their random numbers where "
                   "seed and application are the same; verdicts hold together at %g "
                   "%%, each interval by itself. A difference within 1 %% counts for "
                   "nothing.",
                   pairs, 100 * d->result.confidence);
    else
        html_text(h, "One run of each: what differs may be chance. With --replications "
                     "10 or more of each the differences get intervals and verdicts.");
    html_close(h, "p");
    for (uint32_t i = 0; i < d->count; i++)
        put_case(h, d, &d->cases[i], names);
}
