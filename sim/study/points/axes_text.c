/* Axes from the texts of --vary. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/study/points/axes_read.h"

struct text_reading {
    struct axes_reading common;
    const char *text;
    uint32_t source;
};

/* A stretch of a text, without the blanks around it. */
struct slice {
    const char *begin, *end;
};

static struct slice trimmed(const char *begin, const char *end)
{
    while (begin < end && (*begin == ' ' || *begin == '\t'))
        begin++;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return (struct slice){begin, end};
}

/* The first `sign` in a text that stands in no bracket and no string; its end if there is
 * none. */
static const char *find(struct slice s, char sign)
{
    int depth = 0;
    bool quoted = false;
    for (const char *p = s.begin; p < s.end; p++) {
        if (quoted && *p == '\\' && p + 1 < s.end)
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (!quoted && *p == sign && depth <= 0)
            return p;
        else if (!quoted && (*p == '[' || *p == '{'))
            depth++;
        else if (!quoted && (*p == ']' || *p == '}'))
            depth--;
    }
    return s.end;
}

/* Takes what is in front of the next `sign` off a text; nothing is left of it if there is
 * no such sign. */
static struct slice take(struct slice *rest, char sign)
{
    const char *end = find(*rest, sign);
    struct slice taken = trimmed(rest->begin, end);
    *rest = end < rest->end ? (struct slice){end + 1, rest->end} : (struct slice){0};
    return taken;
}

static char *text_of(struct slice s)
{
    return memory_text(s.begin, (size_t)(s.end - s.begin));
}

/* Columns count characters. */
static struct place place_of(const struct text_reading *r, const char *at)
{
    uint32_t column = 1;
    for (const char *p = r->text; p < at; p++)
        column += ((unsigned char)*p & 0xC0) != 0x80;
    return (struct place){.source = r->source, .line = 1, .column = column};
}

/* low:high:steps, low:high:steps:log */
static bool read_range(struct text_reading *r, struct study_axis *axis, struct slice item)
{
    struct slice rest = item;
    char *parts[4] = {NULL};
    size_t count = 0;
    while (count < 4 && rest.begin)
        parts[count++] = text_of(take(&rest, ':'));
    bool plain = count == 3 || (count == 4 && strcmp(parts[3], "linear") == 0);
    bool logarithmic = count == 4 && strcmp(parts[3], "log") == 0;
    bool right = (plain || logarithmic) && !rest.begin;
    if (!right)
        issues_add(r->common.issues, place_of(r, item.begin), axis->path, NULL,
                   "a range is low:high:steps, or low:high:steps:log");
    else
        right = axes_add_range(
            &r->common, axis,
            &(struct axis_range){parts[0], parts[1], parts[2], logarithmic},
            place_of(r, item.begin));
    for (size_t i = 0; i < count; i++)
        free(parts[i]);
    return right;
}

static bool read_item(struct text_reading *r, struct study_axis *axis, struct slice item)
{
    if (item.begin == item.end) {
        issues_add(r->common.issues, place_of(r, item.begin), axis->path, NULL,
                   "a value is missing");
        return false;
    }
    if (axis_has_ranges(axis->row->type) && find(item, ':') < item.end)
        return read_range(r, axis, item);
    axes_add_value(axis, text_of(item), place_of(r, item.begin));
    return true;
}

/* PATH=item,item,... */
static struct study_axis *read_axis(struct text_reading *r, struct slice s)
{
    struct slice name = take(&s, '=');
    struct place place = place_of(r, name.begin);
    if (name.begin == name.end || !s.begin) {
        issues_add(r->common.issues, place, "", NULL,
                   "must be PATH=VALUE,VALUE,... or PATH=LOW:HIGH:STEPS");
        return NULL;
    }
    char *path = text_of(name);
    struct study_axis *axis = axes_open(&r->common, path, place);
    bool right = axis != NULL;
    free(path);
    if (axis)
        do
            right &= read_item(r, axis, take(&s, ','));
        while (s.begin);
    return right && axes_check_values(&r->common, axis) ? axis : NULL;
}

bool study_axes_add_text(struct study_axes *axes, const char *text,
                         const struct trial_plan *base, struct issues *issues)
{
    size_t length = strlen(text), before = issues_count(issues);
    struct text_reading r = {.common = {axes, base, issues}, .text = text};
    struct slice rest = {text, text + length};
    uint32_t first = axes->count;
    r.source = issues_source(issues, "--vary", memory_text(text, length), length);
    do {
        struct study_axis *axis = read_axis(&r, take(&rest, ';'));
        if (!axis)
            return false;
        if (axis != &axes->at[first])
            axes_join(&r.common, &axes->at[first], axis, axis->place);
    } while (rest.begin);
    axes_number_groups(axes);
    return issues_count(issues) == before;
}
