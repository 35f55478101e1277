/* The knees of a study: metrics along an axis of sizes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"
#include "sim/study/pictures/study_drawing.h"
#include "sim/theory/theory.h"

/* Points of which theory is asked: each costs a reading of the scenario. */
#define THEORY_POINTS_MAX 500

/* --- points ------------------------------------------------------------------------- */

/* Sizes that grow by a factor rather than by a step: a logarithmic axis. */
static bool grows_by_factors(const struct table_axis *a)
{
    uint32_t n = a->count;
    if (n < 4 || a->sizes[0] <= 0)
        return false;
    double first = a->sizes[1] - a->sizes[0], last = a->sizes[n - 1] - a->sizes[n - 2];
    return last > 3 * first && a->sizes[n - 1] > 8 * a->sizes[0];
}

/* A line that is drawn, and what it owns. */
struct line {
    char *label;
    struct picture_point *points;
    size_t count;
};

/* Along an axis, at one place of another unless that is the axis itself; points without
 * data are left out. */
static struct line along(const struct study_drawing *d, uint32_t axis, uint32_t other,
                         uint32_t place, uint32_t metric)
{
    const struct table_axis *a = &d->table.axes[axis];
    struct line line = {.points = memory_new(a->count, sizeof *line.points)};
    for (uint32_t i = 0; i < a->count; i++) {
        const struct table_point *at =
            study_table_at(&d->table, axis, i, other, other == axis ? i : place);
        struct picture_point p = study_point_of(at, metric);
        p.x = a->sizes[i];
        if (!isnan(p.mean))
            line.points[line.count++] = p;
    }
    return line;
}

/* --- theory ------------------------------------------------------------------------- */

/* The plan of a point, if the stored scenario with its settings still is that point;
 * `issues` must outlive it. */
static struct trial_plan *plan_of(const struct study_drawing *d,
                                  const struct table_point *p, struct issues *issues)
{
    const struct store_about *about = store_about(d->store);
    uint32_t count = 0, all = store_axis_count(d->store);
    char **settings = memory_new(all, sizeof *settings);
    for (uint32_t i = 0; i < all; i++) {
        const char *value = store_value(d->store, p->in_store, i);
        if (value)
            settings[count++] = memory_print("%s=%s", store_axis(d->store, i), value);
    }
    struct scenario_options options = {.settings = (const char *const *)settings,
                                       .setting_count = count};
    struct trial_plan *plan = trial_plan_read_text(
        about->scenario, about->resolved, strlen(about->resolved), &options, issues);
    for (uint32_t i = 0; i < count; i++)
        free(settings[i]);
    free(settings);
    char key[STUDY_KEY_SIZE] = "";
    if (plan)
        study_key(plan, key);
    if (plan && strcmp(key, store_point_key(d->store, p->in_store)) != 0) {
        trial_plan_free(plan);
        plan = NULL;
    }
    return plan;
}

static bool predict(const struct study_drawing *d, const struct table_point *p,
                    const char *metric, double *value, const char **formula)
{
    struct issues *issues = issues_new();
    struct trial_plan *plan = plan_of(d, p, issues);
    bool exact, known = plan && theory_predict(plan, metric, value, formula, &exact);
    trial_plan_free(plan);
    issues_free(issues);
    return known && !isnan(*value);
}

/* What closed forms say along the axis; no points where they do not apply. */
static struct line theory_along(const struct study_drawing *d, uint32_t axis,
                                uint32_t metric, const char **formula)
{
    const struct table_axis *a = &d->table.axes[axis];
    struct line line = {.points = memory_new(a->count, sizeof *line.points)};
    for (uint32_t i = 0; i < a->count && a->count <= THEORY_POINTS_MAX; i++) {
        const struct table_point *p = study_table_at(&d->table, axis, i, axis, i);
        struct picture_point *point = &line.points[line.count];
        point->x = a->sizes[i];
        if (p && predict(d, p, d->wanted.at[metric].name, &point->mean, formula))
            line.count++;
    }
    return line;
}

/* --- knees -------------------------------------------------------------------------- */

static struct picture_knee knee_of(const struct study_drawing *d, uint32_t axis,
                                   uint32_t metric)
{
    const struct table_axis *a = &d->table.axes[axis];
    return (struct picture_knee){
        .words = d->words,
        .x = {.label = a->path, .unit = a->unit, .log = grows_by_factors(a)},
        .y = study_metric_axis(d, metric),
        .bound = d->wanted.at[metric].bound,
    };
}

/* Draws the lines that have points. */
static bool draw(struct study_drawing *d, struct picture_knee *k,
                 const struct line *lines, unsigned count, uint32_t metric)
{
    for (unsigned i = 0; i < count; i++)
        if (lines[i].count)
            k->lines[k->line_count++] =
                (struct knee_line){lines[i].label, lines[i].points, lines[i].count};
    if (!k->line_count)
        return true;
    char *name = study_picture_name(d, "knee", metric);
    bool good = picture_knee(&d->canvas, name, k);
    free(name);
    return good;
}

static void free_lines(struct line *lines, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        free(lines[i].label);
        free(lines[i].points);
    }
}

/* The failure ratios of all applications. */
static bool knee_of_apps(struct study_drawing *d, uint32_t axis)
{
    struct line lines[PICTURE_LINES_MAX] = {0};
    unsigned count = d->wanted.count;
    struct picture_knee k = knee_of(d, axis, 0);
    k.y.label = "failure_ratio";
    for (uint32_t i = 0; i < count; i++) {
        lines[i] = along(d, axis, axis, 0, i);
        lines[i].label = wanted_app(d->wanted.at[i].name);
    }
    bool good = draw(d, &k, lines, count, 0);
    free_lines(lines, count);
    return good;
}

static bool knee_of_metric(struct study_drawing *d, uint32_t axis, uint32_t metric)
{
    struct picture_knee k = knee_of(d, axis, metric);
    struct line lines[2] = {along(d, axis, axis, 0, metric),
                            theory_along(d, axis, metric, &k.theory_name)};
    lines[0].label = memory_print("simulated");
    k.theory = lines[1].points;
    k.theory_count = lines[1].count;
    bool good = draw(d, &k, lines, 1, metric);
    free_lines(lines, 2);
    return good;
}

/* A line for each value of another axis. */
static bool knee_by(struct study_drawing *d, uint32_t axis, uint32_t other,
                    uint32_t metric)
{
    const struct table_axis *by = &d->table.axes[other];
    const char *last = strrchr(by->path, '.');
    struct line lines[PICTURE_LINES_MAX] = {0};
    struct picture_knee k = knee_of(d, axis, metric);
    for (uint32_t i = 0; i < by->count; i++) {
        lines[i] = along(d, axis, other, i, metric);
        lines[i].label = memory_print("%s %s", last ? last + 1 : by->path,
                                      by->values[i] ? by->values[i] : "unset");
    }
    bool good = draw(d, &k, lines, by->count, metric);
    free_lines(lines, by->count);
    return good;
}

bool study_knees(struct study_drawing *d, uint32_t axis, uint32_t other)
{
    if (other == axis && d->wanted.apps && d->wanted.count > 1)
        return knee_of_apps(d, axis);
    for (uint32_t i = 0; i < d->wanted.count && i < WANTED_MAX; i++)
        if (!(other == axis ? knee_of_metric(d, axis, i) : knee_by(d, axis, other, i)))
            return false;
    return true;
}
