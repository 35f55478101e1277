#include "sim/study/pictures/study_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/text.h"
#include "sim/study/points/axis_value.h"

/* --- axes --------------------------------------------------------------------------- */

static int by_value(const void *left, const void *right)
{
    return axis_value_compare(*(const char *const *)left, *(const char *const *)right);
}

/* The values that points have on an axis, each once, in order. */
static struct table_axis axis_of(const struct study_table *t, uint32_t in_store)
{
    struct table_axis a = {.path = store_axis(t->store, in_store), .in_store = in_store};
    a.values = memory_new(t->point_count, sizeof(char *));
    for (uint32_t i = 0; i < t->point_count; i++)
        a.values[i] = store_value(t->store, t->points[i].in_store, in_store);
    qsort(a.values, t->point_count, sizeof(char *), by_value);
    for (uint32_t i = 0; i < t->point_count; i++)
        if (a.count == 0 || axis_value_compare(a.values[a.count - 1], a.values[i]) != 0)
            a.values[a.count++] = a.values[i];
    return a;
}

static void size_axis(struct table_axis *a)
{
    a->sizes = memory_new(a->count, sizeof *a->sizes);
    a->sized = true;
    for (uint32_t i = 0; i < a->count; i++) {
        const char *unit = "";
        a->sized = a->sized && a->values[i] &&
                   axis_value_size(a->values[i], &a->sizes[i], &unit) &&
                   (i == 0 || strcmp(unit, a->unit) == 0);
        a->unit = unit;
    }
}

static uint32_t place_of(const struct table_axis *a, const char *value)
{
    const char **found = bsearch(&value, a->values, a->count, sizeof(char *), by_value);
    return (uint32_t)(found - a->values);
}

/* True if each value of the one always comes with the same value of the other. */
static bool together(const struct study_table *t, uint32_t one, uint32_t other)
{
    uint32_t count = t->axes[one].count;
    if (count != t->axes[other].count)
        return false;
    uint32_t *partner = memory_new(count, sizeof *partner); /* from 1; 0: none yet */
    bool same = true;
    for (uint32_t i = 0; i < t->point_count; i++) {
        uint32_t *known = &partner[t->points[i].places[one]];
        uint32_t place = t->points[i].places[other] + 1;
        same = same && (*known == 0 || *known == place);
        *known = place;
    }
    free(partner);
    return same;
}

static void free_axis(struct table_axis *a)
{
    free(a->values);
    free(a->sizes);
}

/* Takes the last axis away again if it says nothing that another does not. */
static void drop_if_idle(struct study_table *t)
{
    uint32_t last = t->axis_count - 1;
    bool idle = t->axes[last].count < 2;
    for (uint32_t i = 0; !idle && i < last; i++)
        idle = together(t, i, last);
    if (!idle)
        return;
    free_axis(&t->axes[last]);
    t->axis_count--;
}

static void find_axes(struct study_table *t)
{
    uint32_t all = store_axis_count(t->store);
    t->axes = memory_new(all, sizeof *t->axes);
    for (uint32_t i = 0; i < t->point_count; i++)
        t->points[i].places = memory_new(all, sizeof *t->points[i].places);
    for (uint32_t k = 0; k < all; k++) {
        struct table_axis *a = &t->axes[t->axis_count];
        *a = axis_of(t, k);
        size_axis(a);
        for (uint32_t i = 0; i < t->point_count; i++)
            t->points[i].places[t->axis_count] =
                place_of(a, store_value(t->store, t->points[i].in_store, k));
        t->axis_count++;
        drop_if_idle(t);
    }
}

/* --- numbers ------------------------------------------------------------------------ */

static void take_moments(struct table_point *p, const struct store_runs *runs,
                         const char *moment)
{
    p->moments = memory_new(runs->count, sizeof *p->moments);
    uint32_t row = trial_numbers_find(runs->at[0], moment);
    for (uint32_t i = 0; i < runs->count; i++) {
        p->moments[i] = row == NUMBERS_NONE ? NAN : runs->at[i]->values[row];
        p->end_s = fmax(p->end_s, sim_seconds(runs->at[i]->simulated));
    }
}

static void take_estimates(struct study_table *t, struct table_point *p,
                           const struct store_runs *runs, const char *const *metrics)
{
    p->estimates = memory_new(t->metric_count, sizeof *p->estimates);
    for (uint32_t i = 0; i < t->metric_count; i++) {
        uint32_t row = trial_numbers_find(runs->at[0], metrics[i]);
        if (row == NUMBERS_NONE) {
            p->estimates[i] = (struct estimate){.value = NAN, .half_width = NAN};
            continue;
        }
        p->estimates[i] =
            estimate_number((const struct trial_numbers *const *)runs->at, runs->count,
                            row, store_about(t->store)->confidence);
        t->units[i] = runs->at[0]->rows[row].unit;
    }
}

/* Appends a point that has runs. */
static bool take_point(struct study_table *t, uint32_t in_store,
                       const char *const *metrics, const char *moment,
                       struct results_error *error)
{
    struct store_runs runs = {0};
    if (!store_load(t->store, in_store, &runs, error))
        return false;
    if (runs.count) {
        struct table_point *p = &t->points[t->point_count++];
        *p = (struct table_point){.in_store = in_store, .runs = runs.count};
        take_estimates(t, p, &runs, metrics);
        if (moment)
            take_moments(p, &runs, moment);
    }
    store_runs_free(&runs);
    return true;
}

bool study_table_read(struct study_table *t, struct study_store *store,
                      const char *const *metrics, uint32_t metric_count,
                      const char *moment, struct results_error *error)
{
    uint32_t all = store_point_count(store);
    *t = (struct study_table){.store = store, .metric_count = metric_count};
    t->points = memory_new(all, sizeof *t->points);
    t->units = memory_new(metric_count, sizeof(char *));
    uint32_t *order = store_points(store);
    bool good = true;
    for (uint32_t i = 0; good && i < all; i++)
        good = take_point(t, order[i], metrics, moment, error);
    free(order);
    if (good)
        find_axes(t);
    return good;
}

void study_table_free(struct study_table *t)
{
    for (uint32_t i = 0; i < t->axis_count; i++)
        free_axis(&t->axes[i]);
    for (uint32_t i = 0; i < t->point_count; i++) {
        free(t->points[i].places);
        free(t->points[i].estimates);
        free(t->points[i].moments);
    }
    free(t->axes);
    free(t->points);
    free(t->units);
}

/* --- questions ---------------------------------------------------------------------- */

static uint32_t differences(const struct study_table *t, const struct table_point *a,
                            const struct table_point *b)
{
    uint32_t count = 0;
    for (uint32_t k = 0; k < t->axis_count; k++)
        count += a->places[k] != b->places[k];
    return count;
}

bool study_table_is_one_by_one(const struct study_table *t, uint32_t *base)
{
    if (t->axis_count < 2 || t->point_count < 3)
        return false;
    for (*base = 0; *base < t->point_count; ++*base) {
        uint32_t key = store_find(t->store, store_about(t->store)->key);
        if (t->points[*base].in_store == key)
            break;
    }
    for (uint32_t i = 0; *base < t->point_count && i < t->point_count; i++)
        if (i != *base && differences(t, &t->points[i], &t->points[*base]) != 1)
            return false;
    return *base < t->point_count;
}

const struct table_point *study_table_at(const struct study_table *t, uint32_t axis,
                                         uint32_t place, uint32_t other_axis,
                                         uint32_t other_place)
{
    for (uint32_t i = 0; i < t->point_count; i++)
        if (t->points[i].places[axis] == place &&
            t->points[i].places[other_axis] == other_place)
            return &t->points[i];
    return NULL;
}

char *study_table_place(const struct study_table *t, const struct table_point *p)
{
    struct text out = {0};
    for (uint32_t k = 0; k < t->axis_count; k++) {
        const char *path = t->axes[k].path, *last = strrchr(path, '.');
        const char *value = t->axes[k].values[p->places[k]];
        text_print(&out, "%s%s %s", k ? ", " : "", last ? last + 1 : path,
                   value ? value : "unset");
    }
    char *whole = memory_print("%s", text_of(&out));
    text_free(&out);
    return whole;
}
