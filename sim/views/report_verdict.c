/* What came out and why: the head of the page, requirements, cause, advice, doubts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/resolved.h"
#include "sim/results/run_study.h"
#include "sim/views/diagnose_advice.h"
#include "sim/views/diagnose_words.h"
#include "sim/views/human.h"
#include "sim/views/report.h"
#include "sim/views/report_table.h"

#define OTHERS 8  /* pools beside the first, a line each */
#define SHOWN  16 /* requirements, a row each */

/* --- the head ------------------------------------------------------------------------
 */

static void put_facts(struct html *h, const struct run_record *r, bool named)
{
    char simulated[HUMAN_TEXT], connections[HUMAN_TEXT];
    html_open(h, "p", "faint");
    if (named)
        html_print(h, "%s, ", r->scenario);
    html_print(h, "seed %" PRIu64 ", %s simulated", r->seed,
               human_duration(r->simulated, simulated));
    if (r->replications > 1)
        html_print(h, " %" PRIu32 " times", r->replications);
    else
        html_print(h, ", %s connections",
                   human_count((double)r->connections, connections));
    html_print(h, ", portsim %s", r->version ? r->version : PORTSIM_VERSION);
    html_close(h, "p");
}

/* "7 of 9 requirements hold, 1 fails, 1 is undecided". */
static void put_holding(struct html *h, const struct run_record *r)
{
    size_t counts[3] = {0};
    for (size_t i = 0; i < r->requirement_count; i++)
        counts[r->requirements[i].verdict]++;
    if (!r->requirement_count)
        return;
    html_open(h, "p",
              counts[RUN_FAILS]       ? "verdict bad"
              : counts[RUN_UNDECIDED] ? "verdict unknown"
                                      : "verdict good");
    html_print(h, "%zu of %zu requirement%s", counts[RUN_HOLDS], r->requirement_count,
               r->requirement_count == 1 ? " holds" : "s hold");
    if (counts[RUN_FAILS])
        html_print(h, ", %zu fail%s", counts[RUN_FAILS],
                   counts[RUN_FAILS] == 1 ? "s" : "");
    if (counts[RUN_UNDECIDED])
        html_print(h, ", %zu %s undecided", counts[RUN_UNDECIDED],
                   counts[RUN_UNDECIDED] == 1 ? "is" : "are");
    html_close(h, "p");
}

static void put_interrupted(struct html *h, const struct run_record *r)
{
    char simulated[HUMAN_TEXT];
    if (r->status != RUN_INTERRUPTED)
        return;
    html_open(h, "p", "verdict bad");
    if (r->replications > 1)
        html_print(h, "Interrupted after %" PRIu32 " replications.", r->replications);
    else
        html_print(h, "Interrupted when %s were simulated.",
                   human_duration(r->simulated, simulated));
    html_text(h, " What follows is of that part alone.");
    html_close(h, "p");
}

static const struct verdict *worst_of(const struct report_run *run)
{
    return run->diagnosis && run->diagnosis->count ? run->diagnosis->verdicts : NULL;
}

void report_head(struct html *h, const struct report_run *run)
{
    const struct run_record *r = run->record;
    char *question = resolved_text(r->resolved_scenario, "question");
    char *about = resolved_text(r->resolved_scenario, "about");
    bool asked = question && *question;
    html_open(h, "header", NULL);
    html_leaf(h, "h1", NULL, asked ? question : r->scenario);
    put_facts(h, r, asked);
    put_interrupted(h, r);
    if (worst_of(run)) {
        struct verdict_words w;
        verdict_words_of(&w, worst_of(run));
        html_leaf(h, "p", w.bad ? "verdict bad" : "verdict good", text_of(&w.headline));
        verdict_words_free(&w);
    }
    put_holding(h, r);
    if (about && *about)
        html_leaf(h, "p", NULL, about);
    html_close(h, "header");
    free(about);
    free(question);
}

/* --- requirements --------------------------------------------------------------------
 */

static const char *judgement_of(enum run_verdict verdict)
{
    static const char *const classes[] = {
        [RUN_HOLDS] = "good", [RUN_FAILS] = "bad", [RUN_UNDECIDED] = "unknown"};
    return classes[verdict];
}

/* Of the metric that the expression begins with. */
static const char *unit_of(const struct run_record *r, const char *expression)
{
    char *name = memory_text(expression, strcspn(expression, " <>=!"));
    const struct run_metric *m = run_record_metric(r, name);
    free(name);
    return m ? m->unit : "1";
}

static void put_requirement(struct html *h, const struct run_record *r,
                            const struct run_requirement *q)
{
    char value[HUMAN_INTERVAL];
    report_row_begin_path(h, q->expression);
    report_judged(h, judgement_of(q->verdict), run_verdict_name(q->verdict));
    report_number(h, human_value_interval(q->value, q->half_width,
                                          unit_of(r, q->expression), value));
    if (r->study) {
        char runs[HUMAN_TEXT];
        report_number(h, human_count(q->runs, runs));
    }
    report_row_end(h);
}

/* All of them, or those that do not hold. */
static void put_table(struct html *h, const struct run_record *r, bool all)
{
    static const struct report_column columns[] = {{"requirement", false},
                                                   {"verdict", false},
                                                   {"it was", true},
                                                   {"runs with a value", true}};
    report_table_begin(h, "What the scenario requires", columns, r->study ? 4 : 3);
    for (size_t i = 0; i < r->requirement_count; i++)
        if (all || r->requirements[i].verdict != RUN_HOLDS)
            put_requirement(h, r, &r->requirements[i]);
    report_table_end(h);
}

static size_t holding(const struct run_record *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->requirement_count; i++)
        count += r->requirements[i].verdict == RUN_HOLDS;
    return count;
}

/* Of many those that hold are folded away. */
static void put_requirements(struct html *h, const struct run_record *r)
{
    html_leaf(h, "h3", NULL, "Requirements");
    if (!r->requirement_count) {
        html_leaf(h, "p", "faint", "The scenario requires nothing.");
        return;
    }
    if (r->requirement_count <= SHOWN) {
        put_table(h, r, true);
        return;
    }
    if (holding(r) < r->requirement_count)
        put_table(h, r, false);
    html_open(h, "details", NULL);
    html_open(h, "summary", NULL);
    html_print(h, "All %zu requirements, of which %zu hold", r->requirement_count,
               holding(r));
    html_close(h, "summary");
    put_table(h, r, true);
    html_close(h, "details");
}

/* --- cause ---------------------------------------------------------------------------
 */

static void put_words(struct html *h, const struct verdict *v)
{
    struct verdict_words w;
    verdict_words_of(&w, v);
    html_leaf(h, "p", NULL, text_of(&w.headline));
    html_open(h, "dl", NULL);
    for (uint32_t i = 0; i < w.count; i++) {
        html_leaf(h, "dt", NULL, w.at[i].label);
        html_leaf(h, "dd", NULL, text_of(&w.at[i].text));
    }
    html_close(h, "dl");
    verdict_words_free(&w);
}

static void put_advice(struct html *h, const struct verdict *v)
{
    struct advice list[ADVICE_MOST];
    uint32_t count = advice_for(v, list);
    for (uint32_t i = 0; i < count; i++) {
        bool first = i == 0 || list[i].kind != list[i - 1].kind;
        bool last = i + 1 == count || list[i].kind != list[i + 1].kind;
        if (first) {
            html_open(h, "h4", NULL);
            html_print(h, "What %s", advice_title(list[i].kind));
            html_close(h, "h4");
            html_open(h, "ul", NULL);
        }
        html_open(h, "li", NULL);
        html_leaf(h, "strong", NULL, text_of(&list[i].what));
        html_print(h, ": %s", text_of(&list[i].effect));
        html_close(h, "li");
        if (last)
            html_close(h, "ul");
    }
    advice_free(list, count);
}

static void put_others(struct html *h, const struct diagnosis *d)
{
    size_t told = 0, more = 0;
    for (size_t i = 1; i < d->count; i++) {
        struct text t = {0};
        if (!d->verdicts[i].main)
            continue;
        if (told == OTHERS) {
            more++;
            continue;
        }
        if (!told++) {
            html_leaf(h, "h4", NULL, "Other pools");
            html_open(h, "ul", NULL);
        }
        verdict_brief(&d->verdicts[i], &t);
        html_leaf(h, "li", NULL, text_of(&t));
        text_free(&t);
    }
    if (more) {
        html_open(h, "li", NULL);
        html_print(h, "and %zu more; portsim diagnose --all tells", more);
        html_close(h, "li");
    }
    if (told)
        html_close(h, "ul");
}

static void put_diagnosis(struct html *h, const struct report_run *run)
{
    const struct verdict *v = worst_of(run);
    html_leaf(h, "h3", NULL, "Diagnosis");
    if (!v) {
        html_leaf(h, "p", "faint",
                  "No host opened a connection, or the run was written by an earlier "
                  "portsim: nothing to judge.");
        return;
    }
    if (run->record->replications > 1)
        html_leaf(h, "p", "faint", "Of replication 1.");
    put_words(h, v);
    if (v->main)
        put_advice(h, v);
    put_others(h, run->diagnosis);
}

/* --- all of it -----------------------------------------------------------------------
 */

static void put_doubts(struct html *h, const struct run_study *study)
{
    if (!study || !study->warning_count)
        return;
    html_leaf(h, "h3", NULL, "Doubts");
    html_open(h, "ul", NULL);
    for (size_t i = 0; i < study->warning_count; i++)
        html_leaf(h, "li", NULL, study->warnings[i]);
    html_close(h, "ul");
}

void report_verdict(struct html *h, const struct report_run *run)
{
    put_requirements(h, run->record);
    put_diagnosis(h, run);
    put_doubts(h, run->record->study);
}
