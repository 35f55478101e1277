#include "sim/study/plan/plan_files.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/csv.h"
#include "sim/results/safe_file.h"
#include "sim/trial/trial_plan.h"

const char *plan_status(const struct plan_answer *a)
{
    static const char *const words[] = {[PLAN_LARGEST] = "answered",
                                        [PLAN_SMALLEST] = "answered",
                                        [PLAN_ALL_MEET] = "all-meet",
                                        [PLAN_NONE_MEETS] = "none-meets",
                                        [PLAN_END_UNDECIDED] = "end-undecided",
                                        [PLAN_STOPPED] = "interrupted"};
    return a->found.stopped ? "interrupted" : words[a->found.outcome];
}

const char *plan_verdict_text(enum plan_verdict verdict)
{
    static const char *const words[] = {
        [PLAN_MEETS] = "meets", [PLAN_FAILS] = "fails", [PLAN_UNDECIDED] = "undecided"};
    return words[verdict];
}

/* --- plan.json ------------------------------------------------------------------------
 */

/* The number, and what was set. */
static void put_value(struct json_text *j, const struct plan_axes *axes,
                      uint32_t position)
{
    char text[PLAN_VALUE_TEXT];
    json_number(j, "value", plan_axis_value(axes, 0, position));
    json_string(j, "text", plan_axis_text(axes, 0, position, text));
    json_array_begin(j, "settings");
    for (uint32_t i = 0; i < axes->count; i++) {
        char *setting = plan_axis_setting(axes, i, position);
        json_string(j, NULL, setting);
        free(setting);
    }
    json_array_end(j);
}

static void put_reading(struct json_text *j, const struct plan_question *q,
                        const struct plan_point *point, uint32_t i)
{
    const struct plan_requirement *r = &q->base->requirements[i];
    struct estimate e = plan_point_estimate(point, i, q->rule.confidence);
    json_object_begin_flat(j, NULL);
    json_string(j, "metric", r->metric);
    json_string(j, "phase", r->phase);
    json_number(j, "value", e.value);
    json_number(j, "half_width", e.half_width);
    json_unsigned(j, "runs", e.n);
    json_object_end(j);
}

static void put_point(struct json_text *j, const struct plan_question *q,
                      const struct plan_answer *a, uint32_t index)
{
    const struct plan_point *point = &a->points.at[index];
    json_object_begin(j, NULL);
    put_value(j, q->axes, point->position);
    json_unsigned(j, "runs", point->runs);
    json_string(j, "verdict", plan_verdict_text(point->verdict));
    json_array_begin(j, "readings");
    for (uint32_t i = 0; i < q->base->requirement_count; i++)
        put_reading(j, q, point, i);
    json_array_end(j);
    if (a->theory.applies)
        json_number(j, "theory", a->theory.at_points[index]);
    json_object_end(j);
}

static void put_theory(struct json_text *j, const struct plan_answer *a)
{
    const struct plan_theory *t = &a->theory;
    if (!t->applies) {
        json_null(j, "theory");
        return;
    }
    json_object_begin_flat(j, "theory");
    json_string(j, "formula", t->formula);
    json_bool(j, "exact", t->exact);
    json_number(j, "value", t->turns ? t->value : NAN);
    json_bool(j, "inside", t->inside);
    json_object_end(j);
}

static void put_answer(struct json_text *j, const struct plan_question *q,
                       const struct plan_answer *a)
{
    const struct plan_found *f = &a->found;
    if (f->outcome != PLAN_LARGEST && f->outcome != PLAN_SMALLEST) {
        json_null(j, "answer");
        return;
    }
    json_object_begin(j, "answer");
    json_string(j, "direction", f->outcome == PLAN_LARGEST ? "largest" : "smallest");
    put_value(j, q->axes, f->meets);
    json_object_end(j);
    json_object_begin_flat(j, "interval");
    json_number(j, "meets", plan_axis_value(q->axes, 0, f->meets));
    json_number(j, "fails", plan_axis_value(q->axes, 0, f->fails));
    json_number(j, "about", a->about);
    json_bool(j, "tied", f->tied);
    json_object_end(j);
}

/* What says that the requirement turns more than once. */
static void put_doubts(struct json_text *j, const struct plan_question *q,
                       const struct plan_answer *a)
{
    char text[PLAN_VALUE_TEXT];
    json_array_begin(j, "not_monotone");
    if (a->found.again)
        json_string(j, NULL, plan_axis_text(q->axes, 0, a->found.again_at, text));
    if (a->bend.found) {
        json_string(j, NULL, plan_axis_text(q->axes, 0, a->bend.from, text));
        json_string(j, NULL, plan_axis_text(q->axes, 0, a->bend.to, text));
    }
    json_array_end(j);
}

void plan_json(struct json_text *j, const struct plan_question *q,
               const struct plan_answer *a)
{
    char low[PLAN_VALUE_TEXT], high[PLAN_VALUE_TEXT];
    json_object_begin(j, NULL);
    json_string(j, "portsim", PORTSIM_VERSION);
    json_string(j, "scenario", q->base->config->name);
    json_u64(j, "seed", q->base->config->seed);
    json_object_begin_flat(j, "vary");
    json_string(j, "path", q->axes->at[0].path);
    json_string(j, "low", plan_axis_text(q->axes, 0, 0, low));
    json_string(j, "high", plan_axis_text(q->axes, 0, q->axes->positions - 1, high));
    json_object_end(j);
    json_array_begin(j, "require");
    for (uint32_t i = 0; i < q->base->requirement_count; i++)
        json_string(j, NULL, q->base->requirements[i].text);
    json_array_end(j);
    json_number(j, "confidence", q->rule.confidence);
    json_string(j, "status", plan_status(a));
    put_answer(j, q, a);
    put_theory(j, a);
    put_doubts(j, q, a);
    json_unsigned(j, "runs", a->points.runs);
    json_array_begin(j, "points");
    for (uint32_t i = 0; i < a->points.count; i++)
        put_point(j, q, a, i);
    json_array_end(j);
    json_object_end(j);
}

/* --- points.csv -----------------------------------------------------------------------
 */

static void put_heading(struct csv_writer *w, const struct plan_question *q)
{
    for (uint32_t i = 0; i < q->axes->count; i++)
        csv_put_text(w, q->axes->at[i].path);
    csv_put_text(w, "runs");
    csv_put_text(w, "verdict");
    for (uint32_t i = 0; i < q->base->requirement_count; i++) {
        char *name = plan_requirement_metric(&q->base->requirements[i]);
        char *width = memory_print("%s:half_width", name);
        csv_put_text(w, name);
        csv_put_text(w, width);
        free(width);
        free(name);
    }
    csv_put_text(w, "theory");
    csv_end_row(w);
}

static void put_row(struct csv_writer *w, const struct plan_question *q,
                    const struct plan_answer *a, uint32_t index)
{
    const struct plan_point *point = &a->points.at[index];
    char text[PLAN_VALUE_TEXT];
    for (uint32_t i = 0; i < q->axes->count; i++)
        csv_put_text(w, plan_axis_text(q->axes, i, point->position, text));
    csv_put_number(w, point->runs);
    csv_put_text(w, plan_verdict_text(point->verdict));
    for (uint32_t i = 0; i < q->base->requirement_count; i++) {
        struct estimate e = plan_point_estimate(point, i, q->rule.confidence);
        csv_put_number(w, e.value);
        csv_put_number(w, e.half_width);
    }
    csv_put_number(w, a->theory.applies ? a->theory.at_points[index] : NAN);
    csv_end_row(w);
}

static bool write_points(const struct safe_directory *d, const struct plan_question *q,
                         const struct plan_answer *a, struct results_error *error)
{
    struct safe_file *file = safe_file_new(d, PLAN_POINTS, error);
    if (!file)
        return false;
    struct csv_writer w = {.file = file};
    put_heading(&w, q);
    for (uint32_t i = 0; i < a->points.count; i++)
        put_row(&w, q, a, i);
    bool well = safe_file_stage(file, error) && safe_file_publish(file, error);
    safe_file_free(file);
    return well;
}

bool plan_files_write(const char *directory, const struct plan_question *q,
                      const struct plan_answer *a, struct results_error *error)
{
    struct safe_directory d;
    struct json_text json = {0};
    if (!safe_directory_open(&d, directory, error))
        return false;
    plan_json(&json, q, a);
    bool well = write_points(&d, q, a, error) &&
                safe_file_write(&d, PLAN_JSON, json.bytes, json.length, error);
    json_free(&json);
    safe_directory_close(&d);
    return well;
}
