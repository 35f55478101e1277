#include "sim/study/plan/plan_theory.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/scenario/expression.h"
#include "sim/theory/theory.h"
#include "sim/trial/trial_plan.h"

/* The question as a closed form is asked it. */
struct asked {
    const struct plan_points *points;
    const struct plan_requirement *requirement;
    char *metric; /* with its phase */
    struct plan_theory *theory;
};

/* The metric at a position; false where no form applies. */
static bool predict(const struct asked *a, uint32_t position, double *value)
{
    struct trial_plan *plan = plan_points_read(a->points, position);
    bool applies = plan && theory_predict(plan, a->metric, value, &a->theory->formula,
                                          &a->theory->exact);
    trial_plan_free(plan);
    return applies && !isnan(*value);
}

static struct asked asked_of(const struct plan_points *points, uint32_t requirement,
                             struct plan_theory *theory)
{
    const struct plan_requirement *r = &points->base->requirements[requirement];
    return (struct asked){.points = points,
                          .requirement = r,
                          .metric = plan_requirement_metric(r),
                          .theory = theory};
}

static bool holds(const struct asked *a, double value)
{
    return expression_holds((enum expression_op)a->requirement->op, value,
                            a->requirement->bound);
}

static bool predict_points(const struct asked *a)
{
    const struct plan_points *p = a->points;
    a->theory->at_points = memory_new(p->count, sizeof(double));
    for (uint32_t i = 0; i < p->count; i++)
        if (!predict(a, p->at[i].position, &a->theory->at_points[i]))
            return false;
    return true;
}

/* --- the threshold -------------------------------------------------------------------
 */

/* A position and the metric there. */
struct spot {
    uint32_t at;
    double value;
};

/* Straight between two neighbours. */
static double threshold(const struct asked *a, const struct spot *good,
                        const struct spot *bad)
{
    const struct plan_axes *axes = a->points->axes;
    double from = plan_axis_value(axes, 0, good->at);
    double to = plan_axis_value(axes, 0, bad->at);
    double bound = a->requirement->bound;
    if (!plan_axis_is_dense(&axes->at[0]) || good->value == bad->value)
        return from;
    return from + (to - from) * (bound - good->value) / (bad->value - good->value);
}

/* Halves until the two are neighbours; false where no form applies on the way. */
static bool halve(const struct asked *a, struct spot *good, struct spot *bad)
{
    while ((good->at > bad->at ? good->at - bad->at : bad->at - good->at) > 1) {
        uint32_t low = good->at < bad->at ? good->at : bad->at;
        uint32_t high = good->at < bad->at ? bad->at : good->at;
        struct spot middle = {.at = low + (high - low) / 2};
        if (!predict(a, middle.at, &middle.value))
            return false;
        *(holds(a, middle.value) ? good : bad) = middle;
    }
    return true;
}

static bool find_threshold(const struct asked *a, const struct plan_found *found)
{
    uint32_t last = a->points->axes->positions - 1;
    bool largest = found->outcome == PLAN_LARGEST;
    struct spot good = {.at = largest ? 0 : last}, bad = {.at = largest ? last : 0};
    struct plan_theory *t = a->theory;
    if (!predict(a, good.at, &good.value) || !predict(a, bad.at, &bad.value))
        return false;
    t->turns = holds(a, good.value) && !holds(a, bad.value);
    if (!t->turns)
        return true;
    if (!halve(a, &good, &bad))
        return false;
    t->meets = good.at;
    t->value = threshold(a, &good, &bad);
    t->inside = largest ? good.at >= found->meets && good.at < found->fails
                        : good.at <= found->meets && good.at > found->fails;
    return true;
}

struct plan_theory plan_theory_of(const struct plan_points *points, uint32_t requirement,
                                  const struct plan_found *found)
{
    struct plan_theory theory = {.value = NAN};
    struct asked asked = asked_of(points, requirement, &theory);
    theory.applies = predict_points(&asked) && find_threshold(&asked, found);
    free(asked.metric);
    return theory;
}

bool plan_theory_at(const struct plan_points *points, uint32_t requirement,
                    uint32_t position, double *value)
{
    struct plan_theory unused;
    struct asked asked = asked_of(points, requirement, &unused);
    bool applies = predict(&asked, position, value);
    free(asked.metric);
    return applies;
}

bool plan_theory_fullness(const struct plan_points *points, uint32_t requirement,
                          uint32_t position, double *value)
{
    struct plan_theory unused;
    struct asked asked = asked_of(points, requirement, &unused);
    struct trial_plan *plan = plan_points_read(points, position);
    bool known = plan && theory_fullness(plan, asked.metric, value);
    trial_plan_free(plan);
    free(asked.metric);
    return known;
}

void plan_theory_free(struct plan_theory *theory)
{
    free(theory->at_points);
}
