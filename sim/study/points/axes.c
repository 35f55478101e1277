#include "sim/study/points/axes.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/path.h"
#include "sim/scenario/scenario.h"
#include "sim/study/points/axes_read.h"

/* --- paths --------------------------------------------------------------------- */

/* A path in its one spelling; what cannot be read stays as it is. */
static char *spelled(const char *path)
{
    struct path_text out = {.length = 0};
    struct path_step step;
    const char *at = path;
    while (path_next(&at, &step))
        if (step.index != UINT32_MAX)
            path_add_index(&out, step.index);
        else
            path_add_key(&out, step.key);
    return *at ? memory_text(path, strlen(path)) : memory_text(out.bytes, out.length);
}

const struct study_axis *study_axes_find(const struct study_axes *axes, const char *path)
{
    char *wanted = spelled(path);
    const struct study_axis *found = NULL;
    for (uint32_t i = 0; i < axes->count && !found; i++)
        if (strcmp(axes->at[i].path, wanted) == 0)
            found = &axes->at[i];
    free(wanted);
    return found;
}

uint32_t study_axes_length(const struct study_axes *axes, uint32_t group)
{
    for (uint32_t i = 0; i < axes->count; i++)
        if (axes->at[i].group == group)
            return axes->at[i].value_count;
    return 0;
}

/* --- one axis ------------------------------------------------------------------ */

void axes_add_value(struct study_axis *axis, char *value, struct place place)
{
    axis->values =
        memory_resize(axis->values, axis->value_count + 1u, sizeof *axis->values);
    axis->places =
        memory_resize(axis->places, axis->value_count + 1u, sizeof *axis->places);
    axis->places[axis->value_count] = place;
    axis->values[axis->value_count++] = value;
}

bool axes_add_range(struct axes_reading *r, struct study_axis *axis,
                    const struct axis_range *range, struct place place)
{
    char complaint[AXIS_COMPLAINT];
    uint32_t count;
    char **values = axis_range_values(range, axis->row->type, &count, complaint);
    if (!values) {
        issues_add(r->issues, place, axis->path, NULL, "%s", complaint);
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        axes_add_value(axis, values[i], place);
    free(values);
    return true;
}

/* The kind of value at a path, given the first values of the axes before it. */
static const struct field *row_at(struct axes_reading *r, const char *path,
                                  struct place place)
{
    const struct study_axes *axes = r->axes;
    char **settings = memory_new(axes->count, sizeof *settings);
    uint32_t count = 0;
    for (uint32_t i = 0; i < axes->count; i++)
        if (axes->at[i].value_count) /* else it was complained of */
            settings[count++] =
                memory_print("%s=%s", axes->at[i].path, axes->at[i].values[0]);
    const struct field *row = scenario_field(
        r->base->scenario, (const char *const *)settings, count, path, place, r->issues);
    for (uint32_t i = 0; i < count; i++)
        free(settings[i]);
    free(settings);
    return row;
}

struct study_axis *axes_open(struct axes_reading *r, const char *path, struct place place)
{
    const struct field *row = row_at(r, path, place);
    if (!row)
        return NULL;
    if (study_axes_find(r->axes, path)) {
        issues_add(r->issues, place, path, NULL, "is an axis already");
        return NULL;
    }
    struct study_axes *axes = r->axes;
    axes->at = memory_resize(axes->at, axes->count + 1u, sizeof *axes->at);
    axes->at[axes->count] = (struct study_axis){
        .path = spelled(path), .row = row, .place = place, .group = axes->group_count++};
    return &axes->at[axes->count++];
}

bool axes_check_values(struct axes_reading *r, const struct study_axis *axis)
{
    if (axis->value_count == 0 || axis->value_count > AXIS_VALUES_MAX) {
        issues_add(r->issues, axis->place, axis->path, NULL,
                   "an axis has 1 to %d values, not %u", AXIS_VALUES_MAX,
                   (unsigned)axis->value_count);
        return false;
    }
    bool right = true;
    for (uint32_t i = 1; i < axis->value_count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(axis->values[i], axis->values[k]) == 0) {
                issues_add(r->issues, axis->places[i], axis->path, NULL,
                           "has the value %s twice", axis->values[i]);
                right = false;
                break;
            }
    return right;
}

bool axes_join(struct axes_reading *r, const struct study_axis *first,
               struct study_axis *axis, struct place place)
{
    axis->group = first->group;
    if (axis->value_count == first->value_count)
        return true;
    issues_add(r->issues, place, axis->path, NULL,
               "has %u values, and %s, with which it steps, has %u",
               (unsigned)axis->value_count, first->path, (unsigned)first->value_count);
    return false;
}

void axes_number_groups(struct study_axes *axes)
{
    uint32_t *was = memory_new(axes->count, sizeof *was);
    uint32_t known = 0;
    for (uint32_t i = 0; i < axes->count; i++) {
        uint32_t k = 0;
        while (k < known && was[k] != axes->at[i].group)
            k++;
        if (k == known)
            was[known++] = axes->at[i].group;
        axes->at[i].group = k;
    }
    axes->group_count = known;
    free(was);
}

void study_axes_free(struct study_axes *axes)
{
    for (uint32_t i = 0; i < axes->count; i++) {
        for (uint32_t k = 0; k < axes->at[i].value_count; k++)
            free(axes->at[i].values[k]);
        free(axes->at[i].values);
        free(axes->at[i].places);
        free(axes->at[i].path);
    }
    free(axes->at);
    *axes = (struct study_axes){0};
}
