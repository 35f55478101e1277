#include "sim/study/points/points_complaints.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* What scenario.h calls the source of settings. */
#define SETTINGS "--set"

/* The axis of the n-th setting of a point that is set at all. */
static uint32_t axis_of(const struct study_points *points, uint32_t point,
                        uint32_t number)
{
    for (uint32_t i = 0; i < points->order.axes->count; i++)
        if (study_points_sets(points, point, i) && number-- == 0)
            return i;
    return UINT32_MAX;
}

/* Where a point's setting was given. */
static struct place value_place(const struct study_points *points,
                                const struct study_point *point, uint32_t axis)
{
    const struct study_axis *a = &points->order.axes->at[axis];
    const char *value = point->settings[axis] + strlen(a->path) + 1;
    for (uint32_t i = 0; i < a->value_count; i++)
        if (strcmp(a->values[i], value) == 0)
            return a->places[i];
    return a->place;
}

/* The place of a complaint of one point, in the issues of the study. */
static struct place moved(const struct points_complaints *c, uint32_t point,
                          const struct issues *said, struct place place,
                          const struct issues *issues, bool *of_value)
{
    *of_value = false;
    if (place.source == 0)
        return place;
    const char *name = issues_source_name(said, place.source);
    uint32_t given = c->points->order.options->setting_count;
    if (strcmp(name, SETTINGS) == 0 && place.line == 0 && place.column > given) {
        uint32_t axis = axis_of(c->points, point, place.column - 1 - given);
        *of_value = axis != UINT32_MAX;
        if (*of_value)
            return value_place(c->points, &c->points->at[point], axis);
    }
    place.source = issues_source_named(issues, name);
    return place;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same(const struct point_complaint *c, struct place place,
                    const struct issue *issue)
{
    return c->place.source == place.source && c->place.line == place.line &&
           c->place.column == place.column && same_text(c->path, issue->path) &&
           same_text(c->message, issue->message);
}

static char *copy(const char *text)
{
    return text ? memory_text(text, strlen(text)) : NULL;
}

static void add_one(struct points_complaints *c, uint32_t point, struct place place,
                    bool of_value, const struct issue *issue)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (is_same(&c->at[i], place, issue)) {
            c->at[i].times++;
            return;
        }
    if (points_complaints_wanted(c))
        c->at[c->count++] =
            (struct point_complaint){.place = place,
                                     .of_value = of_value,
                                     .path = copy(issue->path),
                                     .message = copy(issue->message),
                                     .suggestion = copy(issue->suggestion),
                                     .first = point,
                                     .times = 1};
}

void points_complaints_add(struct points_complaints *c, uint32_t point,
                           struct issues *said, struct issues *issues)
{
    const struct issue *issue;
    for (size_t i = 0; (issue = issues_get(said, i)) != NULL; i++) {
        bool of_value;
        struct place place = moved(c, point, said, issue->place, issues, &of_value);
        add_one(c, point, place, of_value, issue);
    }
    if (issues_is_unreadable(said))
        issues_unreadable(issues);
}

/* A value that is wrong by itself needs no further words. */
static void tell_one(const struct points_complaints *c, const struct point_complaint *one,
                     struct issues *issues)
{
    bool alone = one->of_value && c->points->order.axes->group_count == 1;
    char *settings = study_point_text(&c->points->at[one->first]);
    char *others = one->times > 1 ? memory_print(" and %u more of %u points",
                                                 (unsigned)one->times - 1,
                                                 (unsigned)c->points->count)
                                  : memory_text("", 0);
    if (alone)
        issues_add(issues, one->place, one->path, one->suggestion, "%s", one->message);
    else
        issues_add(issues, one->place, one->path, one->suggestion, "%s [%s%s]",
                   one->message, settings, others);
    free(settings);
    free(others);
}

bool points_complaints_tell(struct points_complaints *c, struct issues *issues)
{
    bool none = c->count == 0;
    for (uint32_t i = 0; i < c->count; i++) {
        tell_one(c, &c->at[i], issues);
        free(c->at[i].path);
        free(c->at[i].message);
        free(c->at[i].suggestion);
    }
    c->count = 0;
    return none;
}
