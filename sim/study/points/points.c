#include "sim/study/points/points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/study/points/filter.h"
#include "sim/study/points/points_complaints.h"

/* --- values -------------------------------------------------------------------- */

/* What the scenario says at each axis; NULL: nothing. */
static char **base_values(const struct study_axes *axes, const struct trial_plan *base)
{
    char **values = memory_new(axes->count, sizeof *values);
    for (uint32_t i = 0; i < axes->count; i++)
        values[i] = scenario_value_text(base->scenario, axes->at[i].path);
    return values;
}

static void free_values(char **values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        free(values[i]);
    free(values);
}

/* The value of each axis when each group stands at that step; a group that is not set has
 * the base's. */
static void pick_values(const struct study_axes *axes, const uint32_t *steps,
                        uint32_t group, char *const *base, const char **out)
{
    for (uint32_t i = 0; i < axes->count; i++) {
        const struct study_axis *axis = &axes->at[i];
        bool set = group == POINT_ALL || group == axis->group;
        out[i] = set ? axis->values[steps[axis->group]] : base[i];
    }
}

/* --- which points -------------------------------------------------------------- */

/* Points being made. */
struct making {
    struct study_points *points;
    const struct study_axes *axes;
    const struct filter *filter; /* NULL: every point */
    char **base;
    const char **values; /* of the point under way */
    uint32_t *steps;     /* by group */
};

static void add_point(struct making *m, uint32_t group)
{
    const struct study_axes *axes = m->axes;
    pick_values(axes, m->steps, group, m->base, m->values);
    if (m->filter && !filter_holds(m->filter, m->values))
        return;
    struct study_point point = {.setting_count = axes->count, .group = group};
    point.settings = memory_new(axes->count, sizeof *point.settings);
    for (uint32_t i = 0; i < axes->count; i++)
        point.settings[i] =
            memory_print("%s=%s", axes->at[i].path, m->values[i] ? m->values[i] : "");
    m->points->at[m->points->count++] = point;
}

/* The last group runs fastest; false after the last point. */
static bool step_on(struct making *m)
{
    for (uint32_t g = m->axes->group_count; g-- > 0; m->steps[g] = 0)
        if (++m->steps[g] < study_axes_length(m->axes, g))
            return true;
    return false;
}

static void make_grid(struct making *m)
{
    do
        add_point(m, POINT_ALL);
    while (step_on(m));
}

static void make_one_by_one(struct making *m)
{
    add_point(m, POINT_NONE);
    for (uint32_t g = 0; g < m->axes->group_count; g++)
        for (uint32_t i = 0; i < study_axes_length(m->axes, g); i++) {
            m->steps[g] = i;
            add_point(m, g);
        }
}

static double points_of(const struct study_axes *axes, enum sweep_design design)
{
    double grid = 1, sum = 1;
    for (uint32_t g = 0; g < axes->group_count; g++) {
        grid *= study_axes_length(axes, g);
        sum += study_axes_length(axes, g);
    }
    return design == SWEEP_GRID ? grid : sum;
}

static bool make_all(struct study_points *points, const struct filter *filter,
                     const struct trial_plan *base, struct issues *issues)
{
    const struct points_order *order = &points->order;
    const struct study_axes *axes = order->axes;
    double most = points_of(axes, order->design);
    if (most > STUDY_POINTS_MAX) {
        issues_add(issues, axes->at[0].place, axes->at[0].path, NULL,
                   "these axes make %.0f points; a study has at most %d", most,
                   STUDY_POINTS_MAX);
        return false;
    }
    struct making m = {.points = points, .axes = axes, .filter = filter};
    points->at = memory_new((size_t)most, sizeof *points->at);
    m.base = base_values(axes, base);
    m.values = memory_new(axes->count, sizeof *m.values);
    m.steps = memory_new(axes->group_count, sizeof *m.steps);
    if (order->design == SWEEP_GRID)
        make_grid(&m);
    else
        make_one_by_one(&m);
    free_values(m.base, axes->count);
    free(m.values);
    free(m.steps);
    if (points->count == 0)
        issues_add(issues, (struct place){0}, "", NULL, "%s leaves no point: %s",
                   order->where_name, order->where);
    return points->count != 0;
}

/* --- their plans --------------------------------------------------------------- */

bool study_points_sets(const struct study_points *points, uint32_t point, uint32_t axis)
{
    uint32_t group = points->at[point].group;
    return group == POINT_ALL || group == points->order.axes->at[axis].group;
}

static struct trial_plan *read_point(const struct study_points *points, uint32_t index,
                                     struct issues *issues)
{
    const struct points_order *order = &points->order;
    const struct study_point *point = &points->at[index];
    struct scenario_options options = *order->options;
    const char **settings =
        memory_new(options.setting_count + point->setting_count, sizeof *settings);
    for (uint32_t i = 0; i < options.setting_count; i++)
        settings[i] = options.settings[i];
    for (uint32_t i = 0; i < point->setting_count; i++)
        if (study_points_sets(points, index, i))
            settings[options.setting_count++] = point->settings[i];
    options.settings = settings;
    struct trial_plan *plan = trial_plan_read(order->path, &options, issues);
    free(settings);
    return plan;
}

struct trial_plan *study_points_plan(const struct study_points *points, uint32_t point,
                                     struct issues *issues)
{
    char key[STUDY_KEY_SIZE];
    struct trial_plan *plan = read_point(points, point, issues);
    if (!plan)
        return NULL;
    study_key(plan, key);
    if (strcmp(key, points->at[point].key) == 0)
        return plan;
    issues_add(issues, (struct place){0}, "", NULL,
               "%s, or a file it uses, has changed since this study began",
               points->order.path);
    trial_plan_free(plan);
    return NULL;
}

/* --- each once ----------------------------------------------------------------- */

struct keyed {
    const char *key;
    uint32_t point;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->point > y->point) - (x->point < y->point);
}

static void complain_same(const struct study_points *points, uint32_t a, uint32_t b,
                          struct issues *issues)
{
    char *first = study_point_text(&points->at[a]);
    char *second = study_point_text(&points->at[b]);
    issues_add(issues, (struct place){0}, "", NULL,
               "two points are the same scenario: (%s) and (%s)", first, second);
    free(first);
    free(second);
}

static void free_point(struct study_point *point)
{
    free_values(point->settings, point->setting_count);
}

/* One axis at a time, a value that the scenario has already is the scenario. */
static void drop_point(struct study_points *points, uint32_t index)
{
    free_point(&points->at[index]);
    points->count--;
    memmove(&points->at[index], &points->at[index + 1],
            (points->count - index) * sizeof *points->at);
}

/* Says which points are the same, or leaves them out, the first of them staying. */
static bool settle_repeated(struct study_points *points, struct issues *issues)
{
    size_t before = issues_count(issues);
    struct keyed *keyed = memory_new(points->count, sizeof *keyed);
    bool *again = memory_new(points->count, sizeof *again);
    uint32_t count = points->count;
    for (uint32_t i = 0; i < count; i++)
        keyed[i] = (struct keyed){points->at[i].key, i};
    qsort(keyed, count, sizeof *keyed, by_key);
    for (uint32_t i = 1; i < count; i++) {
        if (strcmp(keyed[i - 1].key, keyed[i].key) != 0)
            continue;
        if (points->order.design == SWEEP_GRID)
            complain_same(points, keyed[i - 1].point, keyed[i].point, issues);
        again[keyed[i].point] = true;
    }
    for (uint32_t i = count; i-- > 0;)
        if (again[i])
            drop_point(points, i);
    free(keyed);
    free(again);
    return issues_count(issues) == before;
}

/* --- all of it ----------------------------------------------------------------- */

/* Reads each and takes its key; false after complaints. */
static bool check_all(struct study_points *points, struct issues *issues)
{
    struct points_complaints complaints = {.points = points};
    for (uint32_t i = 0; i < points->count && points_complaints_wanted(&complaints);
         i++) {
        struct issues *own = issues_new();
        struct trial_plan *plan = read_point(points, i, own);
        if (plan)
            study_key(plan, points->at[i].key);
        else
            points_complaints_add(&complaints, i, own, issues);
        trial_plan_free(plan);
        issues_free(own);
    }
    return points_complaints_tell(&complaints, issues);
}

bool study_points_read(struct study_points *points, const struct points_order *order,
                       const struct trial_plan *base, struct issues *issues)
{
    struct filter *filter = NULL;
    *points = (struct study_points){.order = *order};
    if (order->where &&
        !(filter = filter_read(order->where, order->where_name, order->axes, issues)))
        return false;
    bool right = make_all(points, filter, base, issues) && check_all(points, issues) &&
                 settle_repeated(points, issues);
    filter_free(filter);
    return right;
}

void study_points_free(struct study_points *points)
{
    for (uint32_t i = 0; i < points->count; i++)
        free_point(&points->at[i]);
    free(points->at);
    *points = (struct study_points){.at = NULL};
}

char *study_point_text(const struct study_point *point)
{
    char *text = memory_text("", 0);
    for (uint32_t i = 0; i < point->setting_count; i++) {
        char *longer = memory_print("%s%s%s", text, i ? ", " : "", point->settings[i]);
        free(text);
        text = longer;
    }
    return text;
}
