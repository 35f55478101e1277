#include "sim/study/compare/compare.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

const char *compare_verdict_name(enum compare_verdict verdict)
{
    static const char *const names[] = {
        [COMPARE_WORSE] = "worse",         [COMPARE_BETTER] = "better",
        [COMPARE_DIFFERENT] = "different", [COMPARE_UNDECIDED] = "cannot tell",
        [COMPARE_NO_DATA] = "no data",     [COMPARE_EQUIVALENT] = "equivalent",
        [COMPARE_EQUAL] = "equal",
    };
    return names[verdict];
}

/* --- pairs ------------------------------------------------------------------------- */

/* Runs of the same replication: indices into both sides. */
struct pairs {
    uint32_t *a, *b;
    uint32_t count;
};

static struct pairs pairs_of(const struct compare_case *c)
{
    struct pairs p = {.a = memory_new(c->a.run_count, sizeof *p.a),
                      .b = memory_new(c->a.run_count, sizeof *p.b)};
    for (uint32_t i = 0, k = 0; i < c->a.run_count; i++) {
        while (k < c->b.run_count && c->b.runs[k].replication < c->a.runs[i].replication)
            k++;
        if (k == c->b.run_count || c->b.runs[k].replication != c->a.runs[i].replication)
            continue;
        p.a[p.count] = i;
        p.b[p.count++] = k;
    }
    return p;
}

static void pairs_free(struct pairs *p)
{
    free(p->a);
    free(p->b);
}

static uint32_t same_trajectories(const struct compare_case *c, const struct pairs *p)
{
    uint32_t same = 0;
    for (uint32_t i = 0; i < p->count; i++)
        same += c->a.runs[p->a[i]].fingerprint == c->b.runs[p->b[i]].fingerprint;
    return same;
}

static void take_column(const struct compare_side *s, uint32_t metric,
                        const uint32_t *runs, uint32_t count, double *out)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = s->values[(size_t)runs[i] * s->metric_count + metric];
}

/* --- one metric -------------------------------------------------------------------- */

static double margin_of(const struct compare_rule *rule, const char *name, double mean)
{
    for (uint32_t i = rule->margin_count; i-- > 0;) {
        const struct compare_margin *m = &rule->margins[i];
        if (!m->pattern || compare_matches(m->pattern, name))
            return m->relative ? m->value * fabs(mean) : m->value;
    }
    return 0;
}

/* Of a difference that never varies there is nothing left to doubt. */
static bool varies(const struct paired *p)
{
    return p->difference.variance > 0;
}

static bool is_zero(double value)
{
    return fabs(value) <= 0;
}

/* That the difference is outside the margin: the larger of the two one-sided tests,
 * doubled, so that it is below 5 % exactly if the 95 % interval lies inside. */
static double p_outside(const struct paired *p, double margin)
{
    double room = margin - fabs(p->difference.value);
    if (!varies(p))
        return room >= 0 ? 0 : 1;
    double error = sqrt(p->difference.variance / p->n);
    double chance = 2 * gsl_cdf_tdist_Q(room / error, p->n - 1.0);
    return chance < 1 ? chance : 1;
}

/* Nothing to compare where no run has a value. */
static bool all_null(const double *values, uint32_t count)
{
    uint32_t nulls = 0;
    while (nulls < count && isnan(values[nulls]))
        nulls++;
    return nulls == count;
}

/* A value that is null in either run makes no pair: means are those of the pairs. */
static void drop_halves(double *a, double *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (isnan(a[i]) || isnan(b[i]))
            a[i] = b[i] = NAN;
}

static struct compare_line measure(const struct compare_metric *metric, double *a,
                                   double *b, uint32_t count,
                                   const struct compare_rule *rule)
{
    struct compare_line line = {.name = metric->name,
                                .unit = metric->unit,
                                .better = compare_better(metric->name),
                                .p_equivalence = 1};
    drop_halves(a, b, count);
    line.a = estimate_mean(a, count, rule->confidence);
    line.b = estimate_mean(b, count, rule->confidence);
    line.difference = estimate_paired(b, a, count, rule->confidence);
    line.margin = margin_of(rule, metric->name, line.a.value);
    line.p_difference = line.difference.n < 2 ? NAN : line.difference.p_value;
    if (line.difference.n >= 2 && line.margin > 0)
        line.p_equivalence = p_outside(&line.difference, line.margin);
    return line;
}

static void measure_case(struct compare_case *c, const struct compare_rule *rule)
{
    struct pairs pairs = pairs_of(c);
    double *a = memory_new(pairs.count, sizeof *a);
    double *b = memory_new(pairs.count, sizeof *b);
    c->pairs = pairs.count;
    c->same = same_trajectories(c, &pairs);
    c->lines = memory_new(c->a.metric_count, sizeof *c->lines);
    c->line_count = c->only_a = 0;
    uint32_t at = 0, both = 0;
    for (uint32_t i = 0; i < c->a.metric_count; i++) {
        const struct compare_metric *metric = &c->a.metrics[i];
        uint32_t other = compare_side_find(&c->b, metric->name, at);
        if (other == NUMBERS_NONE) {
            c->only_a += metric->shown;
            continue;
        }
        at = other + 1;
        both += c->b.metrics[other].shown;
        if (!metric->shown && !c->b.metrics[other].shown)
            continue;
        take_column(&c->a, i, pairs.a, pairs.count, a);
        take_column(&c->b, other, pairs.b, pairs.count, b);
        if (all_null(a, pairs.count) && all_null(b, pairs.count))
            continue;
        c->lines[c->line_count++] = measure(metric, a, b, pairs.count, rule);
    }
    c->only_b = 0;
    for (uint32_t i = 0; i < c->b.metric_count; i++)
        c->only_b += c->b.metrics[i].shown;
    c->only_b -= both;
    pairs_free(&pairs);
    free(a);
    free(b);
}

/* --- all together ------------------------------------------------------------------ */

struct lines {
    struct compare_line **at;
    uint32_t count;
};

static struct lines all_lines(struct compare_case *cases, uint32_t count)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; i++)
        total += cases[i].line_count;
    struct lines all = {.at = memory_new(total, sizeof(struct compare_line *))};
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < cases[i].line_count; k++)
            all.at[all.count++] = &cases[i].lines[k];
    return all;
}

/* Corrects both families of tests; how many tests a family has. */
static uint32_t correct(const struct lines *all)
{
    double *differences = memory_new(all->count, sizeof *differences);
    double *equivalences = memory_new(all->count, sizeof *equivalences);
    uint32_t tests = 0;
    for (uint32_t i = 0; i < all->count; i++) {
        differences[i] = all->at[i]->p_difference;
        tests += isnan(differences[i]) ? 0 : 1;
        equivalences[i] = isnan(differences[i]) ? NAN : all->at[i]->p_equivalence;
    }
    estimate_holm(differences, all->count);
    estimate_holm(equivalences, all->count);
    for (uint32_t i = 0; i < all->count; i++) {
        all->at[i]->p_difference = differences[i];
        all->at[i]->p_equivalence = equivalences[i];
    }
    free(differences);
    free(equivalences);
    return tests;
}

/* A difference that its own interval calls too small to mind is no better and no worse,
 * even where too many metrics are judged to call it equivalent. */
static bool is_minor(const struct compare_line *line)
{
    const struct estimate *d = &line->difference.difference;
    return fabs(d->value) + d->half_width <= line->margin;
}

static enum compare_verdict verdict_of(const struct compare_line *line, double alpha)
{
    const struct paired *d = &line->difference;
    if (d->n < 2)
        return COMPARE_NO_DATA;
    if (!varies(d) && is_zero(d->difference.value))
        return COMPARE_EQUAL;
    if (line->margin > 0 && line->p_equivalence <= alpha)
        return COMPARE_EQUIVALENT;
    if (!(line->p_difference <= alpha) || is_minor(line))
        return COMPARE_UNDECIDED;
    if (line->better == BETTER_NEITHER)
        return COMPARE_DIFFERENT;
    bool fell = d->difference.value < 0;
    return fell == (line->better == BETTER_LOWER) ? COMPARE_BETTER : COMPARE_WORSE;
}

/* Either leaves out zero, or fits into the margin: whichever takes fewer runs, each at
 * the level of the strictest of all tests. */
static uint32_t runs_needed(const struct compare_line *line, double alpha, uint32_t tests)
{
    double difference = fabs(line->difference.difference.value);
    double room = line->margin - difference;
    bool fits = room > difference || is_minor(line);
    return estimate_more(&line->difference.difference, fits ? room : difference,
                         1 - alpha / tests);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_ratio(const struct lines *all)
{
    double *ratios = memory_new(all->count, sizeof *ratios);
    uint32_t count = 0;
    for (uint32_t i = 0; i < all->count; i++)
        if (isfinite(all->at[i]->difference.variance_ratio))
            ratios[count++] = all->at[i]->difference.variance_ratio;
    qsort(ratios, count, sizeof *ratios, by_value);
    double median =
        count ? (ratios[(count - 1) / 2] + ratios[count / 2]) / 2 : (double)NAN;
    free(ratios);
    return median;
}

void compare_judge(struct compare_case *cases, uint32_t count,
                   const struct compare_rule *rule, struct comparison *out)
{
    for (uint32_t i = 0; i < count; i++)
        measure_case(&cases[i], rule);
    struct lines all = all_lines(cases, count);
    *out = (struct comparison){.cases = cases,
                               .case_count = count,
                               .confidence = rule->confidence,
                               .tests = correct(&all),
                               .variance_ratio = median_ratio(&all)};
    double alpha = 1 - rule->confidence;
    for (uint32_t i = 0; i < all.count; i++) {
        struct compare_line *line = all.at[i];
        line->verdict = verdict_of(line, alpha);
        if (line->verdict == COMPARE_UNDECIDED)
            line->needed = runs_needed(line, alpha, out->tests);
        out->verdicts[line->verdict]++;
    }
    free(all.at);
}

void compare_cases_free(struct compare_case *cases, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        free(cases[i].name);
        free(cases[i].lines);
        compare_side_free(&cases[i].a);
        compare_side_free(&cases[i].b);
    }
    free(cases);
}
