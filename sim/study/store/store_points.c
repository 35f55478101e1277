/* Axes and points: what a study varies, and what it has. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"
#include "sim/study/points/axis_value.h"
#include "sim/study/store/store_inside.h"

/* --- axes -------------------------------------------------------------------------- */

static uint32_t find_axis(const struct study_store *s, const char *path)
{
    for (uint32_t i = 0; i < s->axis_count; i++)
        if (strcmp(s->axes[i].path, path) == 0)
            return i;
    return STORE_NONE;
}

static void append_axis(struct study_store *s, const char *path, const char *base)
{
    if (s->axis_count == s->axis_capacity) {
        s->axis_capacity = (uint32_t)memory_grown(s->axis_capacity, s->axis_count + 1u);
        s->axes = memory_resize(s->axes, s->axis_capacity, sizeof *s->axes);
    }
    s->axes[s->axis_count++] = (struct stored_axis){path, base};
}

/* A text in quotation marks says the same without them, if it is plain.  The store's. */
static const char *plain_value(struct study_store *s, const char *text)
{
    size_t length = strlen(text);
    if (length < 2 || text[0] != '"' || text[length - 1] != '"' || strchr(text, '\\'))
        return texts_keep(&s->texts, text);
    char *inside = memory_text(text + 1, length - 2);
    const char *kept = texts_keep(&s->texts, inside);
    free(inside);
    return kept;
}

bool store_axis_add(struct study_store *s, const char *path, const char *base,
                    struct results_error *error)
{
    if (find_axis(s, path) != STORE_NONE)
        return true;
    if (!store_begin(s, error))
        return false;
    append_axis(s, texts_keep(&s->texts, path), base ? plain_value(s, base) : NULL);
    const struct stored_axis *axis = &s->axes[s->axis_count - 1];
    sqlite3_stmt *q = store_sql(s, SQL_ADD_AXIS);
    sqlite3_bind_int64(q, 1, s->axis_count);
    store_bind_text(q, 2, axis->path);
    store_bind_text(q, 3, axis->base);
    return store_do(s, q, error);
}

static bool add_axis(struct study_store *s, const char *path, struct results_error *error)
{
    char *base = s->base ? scenario_value_text(s->base->scenario, path) : NULL;
    bool good = store_axis_add(s, path, base, error);
    free(base);
    return good;
}

bool store_axes(struct study_store *s, const char *const *paths, uint32_t count,
                struct results_error *error)
{
    for (uint32_t i = 0; i < count; i++)
        if (!add_axis(s, paths[i], error))
            return false;
    return true;
}

uint32_t store_axis_count(const struct study_store *s)
{
    return s->axis_count;
}

const char *store_axis(const struct study_store *s, uint32_t axis)
{
    SIM_ASSERT(axis < s->axis_count);
    return s->axes[axis].path;
}

/* --- points ------------------------------------------------------------------------ */

static struct stored_point *append_point(struct study_store *s, const char *key)
{
    if (s->point_count == s->point_capacity) {
        s->point_capacity =
            (uint32_t)memory_grown(s->point_capacity, s->point_count + 1u);
        s->points = memory_resize(s->points, s->point_capacity, sizeof *s->points);
    }
    struct stored_point *p = &s->points[s->point_count++];
    *p = (struct stored_point){.layout = STORE_NONE};
    memcpy(p->key, key, STUDY_KEY_SIZE);
    return p;
}

static void set_value(struct stored_point *p, uint32_t axis, const char *value)
{
    if (axis >= p->value_count) {
        p->values = memory_resize(p->values, axis + 1u, sizeof *p->values);
        while (p->value_count <= axis)
            p->values[p->value_count++] = NULL;
    }
    p->values[axis] = value;
}

uint32_t store_find(const struct study_store *s, const char *key)
{
    for (uint32_t i = 0; i < s->point_count; i++)
        if (strcmp(s->points[i].key, key) == 0)
            return i;
    return STORE_NONE;
}

static bool add_setting(struct study_store *s, const char *setting,
                        struct results_error *error)
{
    const char *sign = strchr(setting, '=');
    SIM_ASSERT(sign);
    char *path = memory_text(setting, (size_t)(sign - setting));
    bool good = add_axis(s, path, error);
    uint32_t axis = find_axis(s, path);
    free(path);
    if (!good)
        return false;
    const char *value = plain_value(s, sign + 1);
    set_value(&s->points[s->point_count - 1], axis, value);
    sqlite3_stmt *q = store_sql(s, SQL_ADD_SETTING);
    sqlite3_bind_int64(q, 1, s->point_count);
    sqlite3_bind_int64(q, 2, axis + 1);
    store_bind_text(q, 3, value);
    return store_do(s, q, error);
}

uint32_t store_point(struct study_store *s, const char *key, const char *const *settings,
                     uint32_t setting_count, struct results_error *error)
{
    uint32_t point = store_find(s, key);
    if (point != STORE_NONE)
        return point;
    SIM_ASSERT(strlen(key) == STUDY_KEY_SIZE - 1);
    if (!store_begin(s, error))
        return STORE_NONE;
    append_point(s, key);
    sqlite3_stmt *q = store_sql(s, SQL_ADD_POINT);
    sqlite3_bind_int64(q, 1, s->point_count);
    store_bind_text(q, 2, key);
    bool good = store_do(s, q, error);
    for (uint32_t i = 0; i < setting_count && good; i++)
        good = add_setting(s, settings[i], error);
    return good ? s->point_count - 1 : STORE_NONE;
}

uint32_t store_point_count(const struct study_store *s)
{
    return s->point_count;
}

const char *store_point_key(const struct study_store *s, uint32_t point)
{
    SIM_ASSERT(point < s->point_count);
    return s->points[point].key;
}

const char *store_value(const struct study_store *s, uint32_t point, uint32_t axis)
{
    SIM_ASSERT(point < s->point_count && axis < s->axis_count);
    const struct stored_point *p = &s->points[point];
    bool set = axis < p->value_count && p->values[axis];
    return set ? p->values[axis] : s->axes[axis].base;
}

char *store_point_words(const struct study_store *s, uint32_t point)
{
    char *words = memory_print("%s", s->axis_count ? "" : "the scenario as it is");
    for (uint32_t i = 0; i < s->axis_count; i++) {
        const char *value = store_value(s, point, i);
        char *longer = memory_print("%s%s%s=%s", words, i ? ", " : "", s->axes[i].path,
                                    value ? value : "");
        free(words);
        words = longer;
    }
    return words;
}

/* --- order ------------------------------------------------------------------------- */

static int compare_points(const void *a, const void *b, void *store)
{
    const struct study_store *s = store;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    for (uint32_t i = 0; i < s->axis_count; i++) {
        int order = axis_value_compare(store_value(s, x, i), store_value(s, y, i));
        if (order)
            return order;
    }
    return strcmp(s->points[x].key, s->points[y].key);
}

uint32_t *store_points(const struct study_store *s)
{
    uint32_t *order = memory_new(s->point_count, sizeof *order);
    for (uint32_t i = 0; i < s->point_count; i++)
        order[i] = i;
    qsort_r(order, s->point_count, sizeof *order, compare_points, (void *)s);
    return order;
}

/* --- reading ----------------------------------------------------------------------- */

static bool load_axes(struct study_store *s, struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_AXES);
    bool good = true;
    while (store_next(s, q, &good, error))
        append_axis(s, store_column_text(s, q, 0), store_column_text(s, q, 1));
    return good;
}

static bool load_points(struct study_store *s, struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_POINTS);
    bool good = true;
    while (store_next(s, q, &good, error)) {
        const char *key = (const char *)sqlite3_column_text(q, 0);
        sqlite3_int64 layout = sqlite3_column_int64(q, 1);
        if (!key || strlen(key) != STUDY_KEY_SIZE - 1 || layout < 0 ||
            layout > s->layout_count)
            return store_damaged(s, "a point is not one", error);
        struct stored_point *p = append_point(s, key);
        p->layout = layout ? (uint32_t)(layout - 1) : STORE_NONE;
    }
    return good;
}

static bool load_settings(struct study_store *s, struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_SETTINGS);
    bool good = true;
    while (store_next(s, q, &good, error)) {
        sqlite3_int64 point = sqlite3_column_int64(q, 0);
        sqlite3_int64 axis = sqlite3_column_int64(q, 1);
        if (point < 1 || point > s->point_count || axis < 1 || axis > s->axis_count)
            return store_damaged(s, "a setting is of no point", error);
        set_value(&s->points[point - 1], (uint32_t)(axis - 1),
                  store_column_text(s, q, 2));
    }
    return good;
}

bool store_points_load(struct study_store *s, struct results_error *error)
{
    return load_axes(s, error) && load_points(s, error) && load_settings(s, error);
}

void store_points_free(struct study_store *s)
{
    for (uint32_t i = 0; i < s->point_count; i++)
        free(s->points[i].values);
    free(s->points);
    free(s->axes);
}
