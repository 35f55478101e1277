#include "sim/study/pictures/capacity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/study/pictures/study_figure.h"

/* Rising, the load varies; falling, the ports that divide it. */
static double between(const struct picture_point *a, const struct picture_point *b)
{
    bool rises = b->mean > a->mean;
    double from = rises ? a->mean : 1 / a->mean, to = rises ? b->mean : 1 / b->mean;
    return a->x + (b->x - a->x) * (1 - from) / (to - from);
}

bool capacity_of(const struct capacity_line *line, double *x)
{
    unsigned passed = 0;
    for (size_t i = 1; i < line->count; i++) {
        const struct picture_point *a = &line->along[i - 1], *b = &line->along[i];
        if ((a->mean < 1) == (b->mean < 1))
            continue;
        *x = between(a, b);
        passed++;
    }
    return passed == 1;
}

/* "capacity: 27.2/s" of a rate; of what else may vary, "load = ports: 120 s". */
static struct knee_mark mark_at(const struct picture_axis *axis, const char *label,
                                double x, struct texts *texts)
{
    char value[AXIS_TEXT];
    bool rate = axis->unit && strcmp(axis->unit, "/s") == 0;
    char *text =
        memory_print("%s%s%s: %s", label ? label : "", label ? ", " : "",
                     rate ? "capacity" : "load = ports", study_value(axis, x, value));
    struct knee_mark mark = {x, texts_keep(texts, text)};
    free(text);
    return mark;
}

void capacity_mark(struct picture_knee *k, const struct capacity_line *lines,
                   unsigned count, struct texts *texts)
{
    double at[PICTURE_LINES_MAX];
    bool same = true;
    for (unsigned i = 0; i < count; i++) {
        if (!capacity_of(&lines[i], &at[i]))
            return;
        /* What differs by rounding alone. */
        same = same && fabs(at[i] - at[0]) <= 1e-9 * fabs(at[0]);
    }
    if (same && count > 1)
        count = 1;
    if (count > PICTURE_MARKS_MAX)
        return;
    for (unsigned i = 0; i < count; i++)
        k->marks[k->mark_count++] =
            mark_at(&k->x, same ? NULL : lines[i].label, at[i], texts);
}
