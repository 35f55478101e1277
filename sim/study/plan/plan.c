#include "sim/study/plan/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/expression.h"

/* --- the search ----------------------------------------------------------------------
 */

bool plan_precise(const struct plan_axes *axes, double precision, uint32_t meets,
                  uint32_t fails)
{
    double a = plan_axis_value(axes, 0, meets), b = plan_axis_value(axes, 0, fails);
    return fabs(a - b) <= precision * fabs(a + b) / 2;
}

/* What the search knows of its positions. */
struct search {
    const struct plan_question *question;
    struct plan_points *points;
};

static bool decide(void *context, const uint32_t *at, uint32_t count,
                   enum plan_verdict *out)
{
    struct search *s = context;
    return plan_points_decide(s->points, at, count, out);
}

static bool precise(void *context, uint32_t meets, uint32_t fails)
{
    const struct plan_question *q = ((struct search *)context)->question;
    return plan_precise(q->axes, q->precision, meets, fails);
}

/* --- what to make of the points ------------------------------------------------------
 */

static double mean_at(const struct plan_point *point, uint32_t requirement)
{
    return plan_point_estimate(point, requirement, 0.95).value;
}

/* The requirement that stands in the way: the first whose mean is outside. */
static uint32_t find_requirement(const struct plan_answer *a)
{
    const struct plan_points *p = &a->points;
    const struct plan_point *fails = plan_points_find(p, a->found.fails);
    for (uint32_t i = 0; fails && i < p->base->requirement_count; i++) {
        const struct plan_requirement *r = &p->base->requirements[i];
        double mean = mean_at(fails, i);
        if (!expression_holds((enum expression_op)r->op, mean, r->bound))
            return i;
    }
    return 0;
}

static bool is_between(uint32_t x, uint32_t a, uint32_t b)
{
    return a < b ? x >= a && x <= b : x >= b && x <= a;
}

/* Straight between the two points of the answer's interval where the mean passes. */
static double find_about(const struct plan_answer *a)
{
    const struct plan_points *p = &a->points;
    double bound = p->base->requirements[a->requirement].bound;
    if (!plan_axis_is_dense(&p->axes->at[0]))
        return NAN;
    for (uint32_t i = 1; i < p->count; i++) {
        const struct plan_point *x = &p->at[i - 1], *y = &p->at[i];
        if (!is_between(x->position, a->found.meets, a->found.fails) ||
            !is_between(y->position, a->found.meets, a->found.fails))
            continue;
        double low = mean_at(x, a->requirement), high = mean_at(y, a->requirement);
        if ((low <= bound) == (high <= bound) || isnan(low) || isnan(high))
            continue;
        double from = plan_axis_value(p->axes, 0, x->position);
        double to = plan_axis_value(p->axes, 0, y->position);
        return from + (to - from) * (bound - low) / (high - low);
    }
    return NAN;
}

/* So sure must a turn against the direction be, which is looked for between all
 * neighbours. */
#define BEND_CONFIDENCE 0.999

/* A metric that rises on the whole but falls between two neighbours, or the other way
 * round, by common replications. */
static struct plan_bend find_bend(const struct plan_answer *a)
{
    const struct plan_points *p = &a->points;
    uint32_t k = a->requirement;
    const struct plan_point *first = &p->at[0], *last = &p->at[p->count - 1];
    bool rises = mean_at(last, k) > mean_at(first, k);
    for (uint32_t i = 1; i < p->count; i++) {
        const struct plan_point *x = &p->at[i - 1], *y = &p->at[i];
        uint32_t common = x->runs < y->runs ? x->runs : y->runs;
        struct paired d = estimate_paired(y->readings[k].values, x->readings[k].values,
                                          common, BEND_CONFIDENCE);
        double step = rises ? d.difference.value : -d.difference.value;
        if (step + d.difference.half_width < 0)
            return (struct plan_bend){true, x->position, y->position, k};
    }
    return (struct plan_bend){0};
}

static bool has_turn(const struct plan_found *f)
{
    return f->outcome == PLAN_LARGEST || f->outcome == PLAN_SMALLEST;
}

void plan_ask(const struct plan_question *q, struct plan_answer *a)
{
    *a = (struct plan_answer){.points = {.path = q->path,
                                         .options = q->options,
                                         .base = q->base,
                                         .axes = q->axes,
                                         .rule = q->rule,
                                         .workers = q->workers,
                                         .issues = q->issues,
                                         .tell = q->tell,
                                         .context = q->context},
                              .about = NAN};
    struct search s = {q, &a->points};
    struct plan_search search = {.positions = q->axes->positions,
                                 .decide = decide,
                                 .precise = precise,
                                 .context = &s};
    a->found = plan_search(&search);
    a->unreadable = issues_count(q->issues) > 0;
    plan_points_prune(&a->points);
    if (!has_turn(&a->found))
        return;
    a->requirement = find_requirement(a);
    a->about = find_about(a);
    a->bend = find_bend(a);
    a->theory = plan_theory_of(&a->points, a->requirement, &a->found);
}

void plan_answer_free(struct plan_answer *a)
{
    plan_theory_free(&a->theory);
    plan_points_free(&a->points);
}
