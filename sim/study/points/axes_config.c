/* Axes from the key "sweep" of a scenario. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/path.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/setting_value.h"
#include "sim/scenario/spelling.h"
#include "sim/study/points/axes_read.h"

/* Where a value below "vary" was written. */
static struct place place_below(const struct axes_reading *r, const char *path,
                                const char *more)
{
    struct path_text whole = {.length = 0};
    path_add_path(&whole, "sweep.vary");
    path_add_key(&whole, path);
    path_add_path(&whole, more);
    return scenario_place(r->base->scenario, whole.bytes);
}

enum { FROM, TO, STEPS, SCALE, RANGE_KEYS };
static const char *const range_keys[] = {"from", "to", "steps", "scale"};

static uint32_t range_key(struct axes_reading *r, const struct study_axis *axis,
                          const char *key)
{
    struct spelling spelling = {.word = key};
    for (uint32_t i = 0; i < RANGE_KEYS; i++) {
        if (strcmp(range_keys[i], key) == 0)
            return i;
        spelling_offer(&spelling, range_keys[i]);
    }
    issues_add(r->issues, place_below(r, axis->path, key), axis->path, spelling.nearest,
               "a range has from, to, steps and scale, and no \"%.60s\"", key);
    return RANGE_KEYS;
}

/* What the texts say, if they are those of a range. */
static bool add_range_object(struct axes_reading *r, struct study_axis *axis,
                             char *const texts[RANGE_KEYS])
{
    const char *scale = texts[SCALE] ? texts[SCALE] : "linear";
    bool logarithmic = strcmp(scale, "log") == 0;
    const char *wrong =
        !axis_has_ranges(axis->row->type)             ? "takes no range: list its values"
        : !texts[FROM] || !texts[TO] || !texts[STEPS] ? "a range needs from, to and steps"
        : !logarithmic && strcmp(scale, "linear") != 0
            ? "the scale of a range is \"linear\" or \"log\""
            : NULL;
    if (!wrong)
        return axes_add_range(
            r, axis,
            &(struct axis_range){texts[FROM], texts[TO], texts[STEPS], logarithmic},
            axis->place);
    issues_add(r->issues, axis->place, axis->path, NULL, "%s", wrong);
    return false;
}

static bool read_range_object(struct axes_reading *r, struct study_axis *axis,
                              const struct field_setting *setting)
{
    char *texts[RANGE_KEYS + 1] = {NULL};
    bool right = true;
    for (uint32_t i = 0; i < setting_entries(setting); i++) {
        uint32_t key = range_key(r, axis, setting_entry_key(setting, i));
        free(texts[key]);
        texts[key] = setting_entry_text(setting, i);
        right &= key != RANGE_KEYS;
    }
    right = right && add_range_object(r, axis, texts);
    for (uint32_t i = 0; i <= RANGE_KEYS; i++)
        free(texts[i]);
    return right;
}

static bool read_list(struct axes_reading *r, struct study_axis *axis,
                      const struct field_setting *setting)
{
    uint32_t count = setting_entries(setting);
    for (uint32_t i = 0; i < count && i <= AXIS_VALUES_MAX; i++) {
        struct path_text index = {.length = 0};
        path_add_index(&index, i);
        axes_add_value(axis, setting_entry_text(setting, i),
                       place_below(r, setting->path, index.bytes));
    }
    return true;
}

static bool read_setting(struct axes_reading *r, const struct field_setting *setting)
{
    struct place place = place_below(r, setting->path, "");
    enum setting_shape shape = setting_shape(setting);
    struct study_axis *axis = axes_open(r, setting->path, place);
    if (!axis)
        return false;
    if (shape == SETTING_PLAIN) {
        issues_add(r->issues, place, axis->path, NULL,
                   "must be a list of values, or { \"from\", \"to\", \"steps\" }");
        return false;
    }
    bool right = shape == SETTING_LIST ? read_list(r, axis, setting)
                                       : read_range_object(r, axis, setting);
    return right && axes_check_values(r, axis);
}

/* The axis that "together" names; NULL after a complaint. */
static struct study_axis *named(struct axes_reading *r, const char *path,
                                struct place place)
{
    struct study_axes *axes = r->axes;
    const struct study_axis *found = study_axes_find(axes, path);
    struct spelling spelling = {.word = path};
    for (uint32_t i = 0; i < axes->count; i++)
        spelling_offer(&spelling, axes->at[i].path);
    if (!found)
        issues_add(r->issues, place, "sweep.together", spelling.nearest,
                   "\"%.200s\" is no path of \"vary\"", path);
    return found ? &axes->at[found - axes->at] : NULL;
}

static bool steps_with_others(const struct study_axes *axes,
                              const struct study_axis *axis)
{
    for (uint32_t i = 0; i < axes->count; i++)
        if (&axes->at[i] != axis && axes->at[i].group == axis->group)
            return true;
    return false;
}

static void join_all(struct axes_reading *r, const struct field_list *paths,
                     uint32_t index)
{
    char *where = memory_print("sweep.together[%u]", (unsigned)index);
    struct place place = scenario_place(r->base->scenario, where);
    const char *const *path = paths->items;
    const struct study_axis *first = NULL;
    for (uint32_t i = 0; i < paths->count; i++) {
        struct study_axis *axis = named(r, path[i], place);
        if (axis && (axis == first || steps_with_others(r->axes, axis)))
            issues_add(r->issues, place, "sweep.together", NULL, "names %s again",
                       axis->path);
        else if (axis && first)
            axes_join(r, first, axis, place);
        else
            first = axis;
        if (!axis)
            break;
    }
    free(where);
}

bool study_axes_add_config(struct study_axes *axes, const struct trial_plan *base,
                           struct issues *issues)
{
    const struct sweep_config *config = &base->config->sweep;
    const struct field_setting *setting = config->vary.items;
    const struct field_list *together = config->together.items;
    struct axes_reading r = {.axes = axes, .base = base, .issues = issues};
    bool right = true;
    for (uint32_t i = 0; i < config->vary.count; i++)
        right &= read_setting(&r, &setting[i]);
    if (!right)
        return false;
    size_t before = issues_count(issues);
    for (uint32_t i = 0; i < config->together.count; i++)
        join_all(&r, &together[i], i);
    axes_number_groups(axes);
    return issues_count(issues) == before;
}
