/* The knees of a study: metrics along an axis of sizes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"
#include "sim/study/pictures/capacity.h"
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

struct trial_plan *study_plan_of(const struct study_drawing *d,
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

/* What a closed form can be asked; `formula` may be left alone. */
typedef bool closed_form(const struct trial_plan *plan, const char *metric, double *value,
                         const char **formula);

static bool predicted(const struct trial_plan *plan, const char *metric, double *value,
                      const char **formula)
{
    bool exact;
    return theory_predict(plan, metric, value, formula, &exact) && !isnan(*value);
}

static bool fullness(const struct trial_plan *plan, const char *metric, double *value,
                     const char **formula)
{
    (void)formula;
    return theory_fullness(plan, metric, value);
}

static bool ask(const struct study_drawing *d, const struct table_point *p,
                closed_form *form, const char *metric, double *value,
                const char **formula)
{
    struct issues *issues = issues_new();
    struct trial_plan *plan = study_plan_of(d, p, issues);
    bool known = plan && form(plan, metric, value, formula);
    trial_plan_free(plan);
    issues_free(issues);
    return known;
}

/* What a closed form says along the axis, as along(); no points where it does not apply.
 */
static struct line theory_along(const struct study_drawing *d, uint32_t axis,
                                uint32_t other, uint32_t place, closed_form *form,
                                uint32_t metric, const char **formula)
{
    const struct table_axis *a = &d->table.axes[axis];
    struct line line = {.points = memory_new(a->count, sizeof *line.points)};
    for (uint32_t i = 0; i < a->count && a->count <= THEORY_POINTS_MAX; i++) {
        const struct table_point *p =
            study_table_at(&d->table, axis, i, other, other == axis ? i : place);
        struct picture_point *point = &line.points[line.count];
        point->x = a->sizes[i];
        if (p && ask(d, p, form, d->wanted.at[metric].name, &point->mean, formula))
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

/* A knee being made: lines with data, and with each how full its ports are. */
struct making {
    struct study_drawing *d;
    uint32_t axis;
    struct picture_knee knee;
    struct line lines[PICTURE_LINES_MAX], full[PICTURE_LINES_MAX];
    unsigned count;
};

/* Takes the label. */
static void add_line(struct making *m, uint32_t other, uint32_t place, uint32_t metric,
                     char *label)
{
    struct line *line = &m->lines[m->count];
    *line = along(m->d, m->axis, other, place, metric);
    line->label = label;
    m->full[m->count++] =
        theory_along(m->d, m->axis, other, place, fullness, metric, NULL);
}

static void free_line(struct line *line)
{
    free(line->label);
    free(line->points);
}

/* Draws the lines that have points, and frees all. */
static bool draw(struct making *m, uint32_t metric)
{
    struct picture_knee *k = &m->knee;
    struct capacity_line capacities[PICTURE_LINES_MAX];
    struct texts texts = {0};
    for (unsigned i = 0; i < m->count; i++) {
        const struct line *line = &m->lines[i], *full = &m->full[i];
        if (!line->count)
            continue;
        capacities[k->line_count] =
            (struct capacity_line){line->label, full->points, full->count};
        k->lines[k->line_count++] =
            (struct knee_line){line->label, line->points, line->count};
    }
    capacity_mark(k, capacities, k->line_count, &texts);
    char *name = study_picture_name(m->d, "knee", metric);
    bool good = !k->line_count || picture_knee(&m->d->canvas, name, k);
    free(name);
    texts_free(&texts);
    for (unsigned i = 0; i < m->count; i++) {
        free_line(&m->lines[i]);
        free_line(&m->full[i]);
    }
    return good;
}

static struct making making_of(struct study_drawing *d, uint32_t axis, uint32_t metric)
{
    return (struct making){.d = d, .axis = axis, .knee = knee_of(d, axis, metric)};
}

/* The failure ratios of all applications. */
static bool knee_of_apps(struct study_drawing *d, uint32_t axis)
{
    struct making m = making_of(d, axis, 0);
    m.knee.y.label = "failure_ratio";
    for (uint32_t i = 0; i < d->wanted.count; i++)
        add_line(&m, axis, 0, i, wanted_app(d->wanted.at[i].name));
    return draw(&m, 0);
}

static bool knee_of_metric(struct study_drawing *d, uint32_t axis, uint32_t metric)
{
    struct making m = making_of(d, axis, metric);
    struct line theory =
        theory_along(d, axis, axis, 0, predicted, metric, &m.knee.theory_name);
    m.knee.theory = theory.points;
    m.knee.theory_count = theory.count;
    add_line(&m, axis, 0, metric, memory_print("simulated"));
    bool good = draw(&m, metric);
    free_line(&theory);
    return good;
}

/* A line for each value of another axis. */
static bool knee_by(struct study_drawing *d, uint32_t axis, uint32_t other,
                    uint32_t metric)
{
    const struct table_axis *by = &d->table.axes[other];
    const char *last = strrchr(by->path, '.');
    struct making m = making_of(d, axis, metric);
    for (uint32_t i = 0; i < by->count; i++)
        add_line(&m, other, i, metric,
                 memory_print("%s %s", last ? last + 1 : by->path,
                              by->values[i] ? by->values[i] : "unset"));
    return draw(&m, metric);
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
