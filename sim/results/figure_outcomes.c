/* Figure "outcomes": what became of each application's attempts, over time.
 *
 * One panel an application, the worst first.  Rates jump from sample to sample, so they
 * are averaged over equal bins and drawn as steps; the totals in the words are exact.
 * Successes and failures by code are stacked, attempts are a line.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/bins.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"
#include "sim/results/outcomes.h"

#define PANELS_MAX 6

/* About as many steps as can be told apart. */
#define BINS 180

struct panels {
    const struct figure_source *source;
    struct outcomes outcomes;
    unsigned count; /* of panels */
    unsigned areas; /* above the successes */
    sim_ns bin;     /* its length */
};

/* --- words ------------------------------------------------------------------------ */

/* "none of 217,000 attempts failed" */
static void tell_none(const struct panels *p, struct text *out)
{
    char number[AXIS_TEXT];
    double attempted = 0;
    for (size_t i = 0; i < p->outcomes.app_count; i++)
        attempted += p->outcomes.apps[i].attempted;
    text_print(out, "none of %s attempts failed", axis_grouped(attempted, 0, number));
}

/* When the first attempt failed: the log knows the moment, the series the sample after.
 */
static sim_ns first_failure(const struct panels *p, size_t row)
{
    const struct run_record *run = p->source->run;
    for (size_t i = 0; i < run->log_count; i++)
        if (strcmp(run->log[i].kind, "first-failure") == 0)
            return run->log[i].when;
    return series_time(p->outcomes.series, row);
}

/* "shares loses 16.6 %, pages 16.6 % of the attempts, from 12.5 min on" */
static void tell_losses(const struct panels *p, struct text *out)
{
    char share[AXIS_TEXT], when[AXIS_TEXT], name[FIGURE_SHORT];
    size_t failing = 0, first = SIZE_MAX;
    for (size_t i = 0; i < p->outcomes.app_count && p->outcomes.apps[i].failed > 0; i++) {
        const struct outcome_app *a = &p->outcomes.apps[i];
        if (failing < 3)
            text_print(out, "%s%s %s%s", failing ? ", " : "", figure_short(a->name, name),
                       failing ? "" : "loses ",
                       axis_percent(a->failed / a->attempted, share));
        first = a->first_failed < first ? a->first_failed : first;
        failing++;
    }
    if (failing > 3)
        text_print(out, " (and %zu more)", failing - 3);
    if (failing)
        text_print(out, " of the attempts; first failure at %s",
                   axis_moment(first_failure(p, first), p->source->unit, when));
    else
        tell_none(p, out);
}

/* "failures: EADDRNOTAVAIL 97 %, ETIMEDOUT 3 %": the three most frequent. */
static void tell_codes(const struct panels *p, struct text *out)
{
    double sum = fmax(p->outcomes.without, 0);
    char share[AXIS_TEXT];
    for (size_t i = 0; i < p->outcomes.shown; i++)
        sum += p->outcomes.codes[i].total;
    for (size_t i = 0; i < p->outcomes.shown && i < 3; i++)
        text_print(out, "%s%s %s", i ? ", " : "failures: ", p->outcomes.codes[i].name,
                   axis_percent(p->outcomes.codes[i].total / sum, share));
    if (p->outcomes.code_count > 3)
        text_print(out, ", and %zu other codes", p->outcomes.code_count - 3);
}

static char *panel_title(const struct outcome_app *a)
{
    char attempted[AXIS_TEXT], failed[AXIS_TEXT], share[AXIS_TEXT];
    axis_grouped(a->attempted, 0, attempted);
    if (a->failed <= 0)
        return memory_print("%s: none of %s attempts failed", a->name, attempted);
    return memory_print("%s: %s of %s attempts failed (%s)", a->name,
                        axis_grouped(a->failed, 0, failed), attempted,
                        axis_percent(a->failed / a->attempted, share));
}

static void put_words(const struct panels *p, struct text *script)
{
    char bin[AXIS_TEXT];
    char *label = memory_print("per second (means of %s)",
                               axis_moment(p->bin, axis_time_unit(p->bin), bin));
    struct figure_words words = {.y_label = label};
    tell_losses(p, &words.headline);
    tell_codes(p, &words.detail);
    figure_head(p->source, &words, script);
    free(label);
}

static void put_legend(const struct panels *p, struct text *script)
{
    const char *names[OUTCOMES_CODES + 1];
    for (size_t i = 0; i < p->outcomes.shown; i++)
        names[i] = p->outcomes.codes[i].name;
    names[p->outcomes.shown] = "other codes";
    gnuplot_set_number(script, "codes", p->areas);
    gnuplot_set_strings(script, "code", names, p->areas);
    gnuplot_set_number(script, "more_apps", (double)(p->outcomes.app_count - p->count));
}

/* --- data ------------------------------------------------------------------------- */

/* One corner of a step: time, attempts, and the upper edges of the stack. */
static void put_corner(const struct panels *p, const struct outcome_bin *b, sim_ns when,
                       struct text *script)
{
    double edge = 0;
    figure_moment(p->source, when, script);
    text_add(script, " ", 1);
    gnuplot_number(script, b->value[0] / b->seconds);
    for (size_t i = 1; i < 2 + p->areas; i++) {
        edge += b->value[i] / b->seconds;
        text_add(script, " ", 1);
        gnuplot_number(script, edge);
    }
    text_add(script, "\n", 1);
}

/* The higher of attempts and stack, per second. */
static double height(const struct panels *p, const struct outcome_bin *b)
{
    double sum = 0;
    for (size_t i = 1; i < 2 + p->areas; i++)
        sum += b->value[i];
    return fmax(sum, b->value[0]) / b->seconds;
}

/* Appends one panel's steps; returns their greatest height. */
static double put_steps(const struct panels *p, const struct outcome_app *a,
                        struct text *script)
{
    const struct series *s = p->outcomes.series;
    sim_ns start = series_time(s, 0), end = series_time(s, series_rows(s) - 1);
    size_t count;
    struct outcome_bin *bins = outcomes_bins(&p->outcomes, a, p->bin, &count);
    double top = 0;
    for (size_t i = 0; i < count; i++) {
        if (bins[i].seconds <= 0)
            continue;
        sim_ns from = start + (sim_ns)i * p->bin, to = from + p->bin;
        put_corner(p, &bins[i], from, script);
        put_corner(p, &bins[i], to < end ? to : end, script);
        top = fmax(top, height(p, &bins[i]));
    }
    text_print(script, "\n\n"); /* gnuplot's end of an index */
    free(bins);
    return top;
}

static void put_panels(const struct panels *p, struct text *script)
{
    char *titles[PANELS_MAX], *tics[PANELS_MAX];
    double tops[PANELS_MAX];
    text_print(script, "$data << EOD\n");
    for (unsigned i = 0; i < p->count; i++) {
        tops[i] = fmax(put_steps(p, &p->outcomes.apps[i], script) * 1.08, 1e-9);
        titles[i] = panel_title(&p->outcomes.apps[i]);
        struct text tic = {0};
        axis_tics(&tic, "y", tops[i], axis_step(tops[i], p->count > 2 ? 3 : 5));
        tics[i] = tic.bytes;
    }
    text_print(script, "EOD\n");
    gnuplot_set_number(script, "panels", p->count);
    gnuplot_set_numbers(script, "top_of", tops, p->count);
    gnuplot_set_strings(script, "title_of", (const char *const *)titles, p->count);
    gnuplot_set_strings(script, "tics_of", (const char *const *)tics, p->count);
    for (unsigned i = 0; i < p->count; i++) {
        free(titles[i]);
        free(tics[i]);
    }
}

static bool compose(const struct figure_source *source, struct text *script)
{
    unsigned bins = source->moments < BINS ? source->moments : BINS;
    struct panels p = {.source = source,
                       .outcomes = outcomes_of(source->series),
                       .bin = bins_length(source->series, bins)};
    size_t apps = p.outcomes.app_count;
    p.count = (unsigned)(apps < PANELS_MAX ? apps : PANELS_MAX);
    p.areas = (unsigned)(outcomes_values(&p.outcomes) - 2);
    if (p.count > 0) {
        put_words(&p, script);
        put_legend(&p, script);
        put_panels(&p, script);
    }
    outcomes_free(&p.outcomes);
    return p.count > 0;
}

const struct figure_ops figure_outcomes = {
    .kind = {.name = "outcomes",
             .shows = "attempts, successes and failures by code per second, a panel an "
                      "application",
             .needs = "a run that recorded the attempts of an application",
             .made = "portsim run SCENARIO"},
    .compose = compose,
};
