#include "sim/cli/plan_print.h"

#include <math.h>
#include <string.h>

#include "sim/cli/terminal.h"
#include "sim/study/plan/plan_files.h"
#include "sim/trial/trial_plan.h"
#include "sim/views/human.h"

#define READING_TEXT 64

/* --- a value, an estimate ------------------------------------------------------------
 */

/* "27.3/s", "4000 ports". */
static const char *value_text(const struct plan_axes *axes, uint32_t position,
                              char out[HUMAN_TEXT])
{
    char text[PLAN_VALUE_TEXT];
    bool ports = axes->at[0].kind == PLAN_PORTS;
    bool one = plan_axis_value(axes, 0, position) == 1;
    snprintf(out, HUMAN_TEXT, "%s%s%s", plan_axis_text(axes, 0, position, text),
             ports ? " port" : "", ports && !one ? "s" : "");
    return out;
}

/* "0.0871 ± 0.0042 %", in percent where the requirement is. */
static const char *reading_text(const struct plan_requirement *r,
                                const struct estimate *e, char out[READING_TEXT])
{
    bool percent = strchr(r->text, '%') != NULL;
    double scale = percent ? 100 : 1;
    if (isnan(e->value))
        return strcpy(out, "null");
    bool large = fabs(scale * e->value) >= 1000 || scale * e->half_width >= 1000;
    const char *unit = percent ? " %" : "";
    if (isnan(e->half_width))
        snprintf(out, READING_TEXT, large ? "%.0f%s" : "%.4g%s", scale * e->value, unit);
    else
        snprintf(out, READING_TEXT, large ? "%.0f ± %.0f%s" : "%.4g ± %.2g%s",
                 scale * e->value, scale * e->half_width, unit);
    return out;
}

/* Spaces up to `width` columns, before or after a text. */
static void print_padded(FILE *out, const char *text, unsigned width, bool before)
{
    unsigned columns = human_columns(text);
    int pad = columns < width ? (int)(width - columns) : 0;
    if (before)
        fprintf(out, "%*s%s", pad, "", text);
    else
        fprintf(out, "%s%*s", text, pad, "");
}

/* --- the sentence --------------------------------------------------------------------
 */

static void print_requirements(FILE *out, const struct plan_question *q)
{
    for (uint32_t i = 0; i < q->base->requirement_count; i++) {
        fputs(i ? " and " : "", out);
        terminal_print(out, q->base->requirements[i].text);
    }
}

/* A point's readings, for who must believe that an end is what it is. */
static void print_end(FILE *out, const struct plan_question *q,
                      const struct plan_answer *a, uint32_t position)
{
    char value[HUMAN_TEXT], text[READING_TEXT];
    const struct plan_point *point = plan_points_find(&a->points, position);
    fprintf(out, "  at %s:", value_text(q->axes, position, value));
    for (uint32_t i = 0; point && i < q->base->requirement_count; i++) {
        struct estimate e = plan_point_estimate(point, i, q->rule.confidence);
        fputs(i ? ", " : " ", out);
        terminal_print(out, q->base->requirements[i].metric);
        fprintf(out, " %s", reading_text(&q->base->requirements[i], &e, text));
        if (e.n > 0 && e.missing > 0)
            fprintf(out, " in %u of %u runs, null in the others", (unsigned)e.n,
                    (unsigned)(e.n + e.missing));
    }
    fprintf(out, " (%s)\n", point ? plan_verdict_text(point->verdict) : "not run");
}

static void print_turn(FILE *out, const struct plan_question *q,
                       const struct plan_answer *a)
{
    char meets[HUMAN_TEXT], fails[HUMAN_TEXT];
    const struct plan_found *f = &a->found;
    terminal_print(out, q->axes->at[0].path);
    fprintf(out, " = %s is the %s that meets\n  ", value_text(q->axes, f->meets, meets),
            f->outcome == PLAN_LARGEST ? "largest" : "smallest");
    print_requirements(out, q);
    fprintf(out,
            ",\nand %s %s not; with %.6g %% confidence the threshold is between them",
            value_text(q->axes, f->fails, fails),
            q->axes->at[0].kind == PLAN_PORTS ? "do" : "does", 100 * q->rule.confidence);
    if (!isnan(a->about))
        fprintf(out, ", at about %.4g%s", a->about, q->axes->at[0].unit);
    fputc('\n', out);
    if (f->tied)
        fprintf(out,
                "nearer to the threshold %u runs of a value do not tell; "
                "--max-replications allows more\n",
                (unsigned)q->rule.most);
}

/* The threshold by closed form, and whether it is the simulation's. */
static void print_theory(FILE *out, const struct plan_question *q,
                         const struct plan_answer *a)
{
    const struct plan_theory *t = &a->theory;
    if (!t->applies)
        return;
    fprintf(out, "theory: %s (%s) ", t->formula, t->exact ? "exact" : "approximate");
    if (!t->turns)
        fputs("knows no threshold here\n", out);
    else
        fprintf(out, "puts it at %.5g%s, %s\n", t->value, q->axes->at[0].unit,
                t->inside ? "inside" : "outside");
}

static void print_none(FILE *out, const struct plan_question *q,
                       const struct plan_answer *a)
{
    static const char *const says[] = {
        [PLAN_ALL_MEET] = "both ends meet",
        [PLAN_NONE_MEETS] = "neither end meets",
        [PLAN_END_UNDECIDED] = "an end is too near the threshold to begin from:",
        [PLAN_STOPPED] = "interrupted before both ends were known:"};
    fprintf(out, "no answer: %s ", says[a->found.outcome]);
    print_requirements(out, q);
    fputc('\n', out);
    if (a->found.outcome == PLAN_STOPPED)
        return;
    print_end(out, q, a, 0);
    print_end(out, q, a, q->axes->positions - 1);
    fputs(a->found.outcome == PLAN_END_UNDECIDED
              ? "move that end away, or allow more --max-replications\n"
              : "give --vary ends of which one meets and one does not\n",
          out);
}

static void print_doubts(FILE *out, const struct plan_question *q,
                         const struct plan_answer *a)
{
    char from[HUMAN_TEXT], to[HUMAN_TEXT];
    const struct plan_found *f = &a->found;
    if (f->again)
        fprintf(out, "not monotone: %s %s\n", value_text(q->axes, f->again_at, from),
                f->outcome == PLAN_ALL_MEET     ? "between them does not"
                : f->outcome == PLAN_NONE_MEETS ? "between them does"
                                                : "beyond meets it again; this is the "
                                                  "first turn");
    if (a->bend.found)
        fprintf(out, "not monotone: %s turns round between %s and %s\n",
                q->base->requirements[a->bend.requirement].metric,
                value_text(q->axes, a->bend.from, from),
                value_text(q->axes, a->bend.to, to));
}

/* --- the points ----------------------------------------------------------------------
 */

/* `theory`: what a closed form says; NULL where there is none. */
static void print_row(FILE *out, const struct plan_question *q,
                      const struct plan_point *point, const char *theory)
{
    char value[HUMAN_TEXT], runs[HUMAN_TEXT], text[READING_TEXT];
    print_padded(out, value_text(q->axes, point->position, value), 14, true);
    print_padded(out, human_count(point->runs, runs), 8, true);
    fputs("   ", out);
    for (uint32_t i = 0; i < q->base->requirement_count; i++) {
        struct estimate e = plan_point_estimate(point, i, q->rule.confidence);
        print_padded(out, reading_text(&q->base->requirements[i], &e, text), 24, false);
    }
    fputs(plan_verdict_text(point->verdict), out);
    if (theory) {
        size_t verdict = strlen(plan_verdict_text(point->verdict));
        fprintf(out, "%*s%s", (int)(12 - verdict), "", theory);
    }
    fputc('\n', out);
}

void plan_print_point(FILE *out, const struct plan_points *points,
                      const struct plan_point *point, double confidence)
{
    struct plan_question q = {.axes = points->axes, .base = points->base};
    q.rule.confidence = confidence;
    print_row(out, &q, point, NULL);
}

/* The end of a metric's name, with what it is the maximum or a quantile of. */
static const char *heading(const char *metric)
{
    const char *dots[2] = {metric, metric};
    for (const char *at = strchr(metric, '.'); at; at = strchr(at + 1, '.')) {
        dots[0] = dots[1];
        dots[1] = at + 1;
    }
    return strlen(dots[1]) <= 3 ? dots[0] : dots[1];
}

static void print_points(FILE *out, const struct plan_question *q,
                         const struct plan_answer *a)
{
    char text[READING_TEXT];
    fputs("\n         value    runs   ", out);
    for (uint32_t i = 0; i < q->base->requirement_count; i++)
        print_padded(out, heading(q->base->requirements[i].metric), 24, false);
    fputs(a->theory.applies ? "            theory\n" : "\n", out);
    for (uint32_t i = 0; i < a->points.count; i++) {
        struct estimate e = {.value = NAN, .half_width = NAN};
        if (a->theory.applies)
            e.value = a->theory.at_points[i];
        print_row(out, q, &a->points.at[i],
                  a->theory.applies
                      ? reading_text(&q->base->requirements[a->requirement], &e, text)
                      : NULL);
    }
}

void plan_print(FILE *out, const struct plan_question *q, const struct plan_answer *a)
{
    char runs[HUMAN_TEXT];
    if (a->found.stopped && a->found.outcome != PLAN_STOPPED)
        fputs("interrupted; so far:\n", out);
    if (a->found.outcome == PLAN_LARGEST || a->found.outcome == PLAN_SMALLEST)
        print_turn(out, q, a);
    else
        print_none(out, q, a);
    print_theory(out, q, a);
    print_doubts(out, q, a);
    if (a->points.count)
        print_points(out, q, a);
    fprintf(out, "\n%s runs at %u values\n", human_count((double)a->points.runs, runs),
            (unsigned)a->points.count);
}
