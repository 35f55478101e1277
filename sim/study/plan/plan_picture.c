#include "sim/study/plan/plan_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/scenario/expression.h"
#include "sim/study/pictures/capacity.h"
#include "sim/study/pictures/pictures.h"
#include "sim/trial/trial_plan.h"

/* Places of the theory's curve beside the points that were run. */
#define CURVE 48

static struct picture_axis axis_of(const struct plan_axis *a)
{
    return (struct picture_axis){.label = a->path,
                                 .unit = a->kind == PLAN_PORTS ? "ports" : a->unit,
                                 .log = a->ratios};
}

static struct picture_point *points_of(const struct plan_question *q,
                                       const struct plan_answer *a)
{
    struct picture_point *points = memory_new(a->points.count, sizeof *points);
    for (uint32_t i = 0; i < a->points.count; i++) {
        const struct plan_point *p = &a->points.at[i];
        struct estimate e = plan_point_estimate(p, a->requirement, q->rule.confidence);
        points[i] =
            (struct picture_point){plan_axis_value(q->axes, 0, p->position), e.value,
                                   e.value - e.half_width, e.value + e.half_width};
    }
    return points;
}

/* --- the theory's curve ---------------------------------------------------------------
 */

static int by_x(const void *a, const void *b)
{
    const struct picture_point *x = a, *y = b;
    return (x->x > y->x) - (x->x < y->x);
}

static void put_curve(struct picture_knee *k, const struct plan_answer *a,
                      struct picture_point *curve)
{
    const struct plan_points *p = &a->points;
    size_t count = 0;
    for (uint32_t i = 0; i < p->count; i++)
        curve[count++] =
            (struct picture_point){.x = plan_axis_value(p->axes, 0, p->at[i].position),
                                   .mean = a->theory.at_points[i]};
    for (uint32_t i = 0; i < CURVE; i++) {
        uint64_t last = p->axes->positions - 1;
        uint32_t position = (uint32_t)(last * i / CURVE);
        struct picture_point point = {.x = plan_axis_value(p->axes, 0, position)};
        if (plan_theory_at(p, a->requirement, position, &point.mean))
            curve[count++] = point;
    }
    qsort(curve, count, sizeof *curve, by_x);
    k->theory = curve;
    k->theory_count = count;
    k->theory_name = a->theory.formula;
}

/* --- the capacity ----------------------------------------------------------------------
 */

/* By the points that were run, both ends among them. */
static void put_capacity(struct picture_knee *k, const struct plan_answer *a,
                         struct texts *texts)
{
    const struct plan_points *p = &a->points;
    struct picture_point *along = memory_new(p->count, sizeof *along);
    struct capacity_line line = {.along = along};
    for (uint32_t i = 0; i < p->count; i++) {
        struct picture_point *point = &along[line.count];
        point->x = plan_axis_value(p->axes, 0, p->at[i].position);
        line.count +=
            plan_theory_fullness(p, a->requirement, p->at[i].position, &point->mean);
    }
    capacity_mark(k, &line, 1, texts);
    free(along);
}

/* --- words and answer ------------------------------------------------------------------
 */

static void put_answer(struct picture_knee *k, const struct plan_question *q,
                       const struct plan_answer *a)
{
    double meets = plan_axis_value(q->axes, 0, a->found.meets);
    double fails = plan_axis_value(q->axes, 0, a->found.fails);
    k->answered = a->found.outcome == PLAN_LARGEST || a->found.outcome == PLAN_SMALLEST;
    k->answer = (struct picture_point){
        .x = meets, .low = fmin(meets, fails), .high = fmax(meets, fails)};
}

static void put_words(struct picture_knee *k, const struct plan_question *q,
                      const struct plan_answer *a)
{
    uint32_t least = UINT32_MAX, most = 0;
    for (uint32_t i = 0; i < a->points.count; i++) {
        uint32_t runs = a->points.at[i].runs;
        least = runs < least ? runs : least;
        most = runs > most ? runs : most;
    }
    k->words = (struct picture_words){.scenario = q->base->config->name,
                                      .seed = q->base->config->seed,
                                      .replications = least,
                                      .replications_most = most,
                                      .confidence = q->rule.confidence};
}

bool plan_picture(const struct figures_request *request, const struct plan_question *q,
                  const struct plan_answer *a, struct figures_drawn *drawn,
                  struct results_error *error)
{
    if (!a->points.count)
        return true;
    const struct plan_requirement *r = &q->base->requirements[a->requirement];
    char *metric = plan_requirement_metric(r);
    struct picture_point *points = points_of(q, a);
    struct picture_point *curve = memory_new(a->points.count + CURVE, sizeof *curve);
    struct picture_knee k = {
        .x = axis_of(&q->axes->at[0]),
        .y =
            picture_axis_of_metric(metric, a->points.at[0].readings[a->requirement].unit),
        .lines = {{.label = r->metric, .points = points, .count = a->points.count}},
        .line_count = 1,
        .bound = {.is = true,
                  .at_most = r->op == EXPRESSION_AT_MOST || r->op == EXPRESSION_BELOW,
                  .value = r->bound}};
    put_words(&k, q, a);
    put_answer(&k, q, a);
    if (a->theory.applies)
        put_curve(&k, a, curve);
    struct texts texts = {0};
    put_capacity(&k, a, &texts);
    struct canvas canvas;
    bool well =
        canvas_open(&canvas, request, drawn, error) && picture_knee(&canvas, "knee", &k);
    canvas_close(&canvas);
    texts_free(&texts);
    free(curve);
    free(points);
    free(metric);
    return well;
}
