#include "sim/trial/windows.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

static int by_time(const void *a, const void *b)
{
    sim_ns x = *(const sim_ns *)a, y = *(const sim_ns *)b;
    return (x > y) - (x < y);
}

static int by_start(const void *a, const void *b)
{
    const struct window *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Number of the segment that begins at `when`: as many as there are cuts up to it. */
static uint32_t segment_at(const struct windows *w, sim_ns when)
{
    uint32_t segment = 0;
    while (segment < w->cut_count && w->cuts[segment] <= when)
        segment++;
    return segment;
}

static void cut_at_all_ends(struct windows *w)
{
    uint32_t count = 0;
    w->cuts = memory_new((size_t)w->count * 2, sizeof *w->cuts);
    for (uint32_t i = 0; i < w->count; i++) {
        w->cuts[count++] = w->at[i].start;
        w->cuts[count++] = w->at[i].end;
    }
    qsort(w->cuts, count, sizeof *w->cuts, by_time);
    for (uint32_t i = 0; i < count; i++)
        if (w->cuts[i] > (w->cut_count ? w->cuts[w->cut_count - 1] : 0))
            w->cuts[w->cut_count++] = w->cuts[i];
}

struct windows windows_of(const struct trial_config *config)
{
    const struct phase_config *phase = config->phases.items;
    struct windows w = {.count = config->phases.count + 1};
    w.at = memory_new(w.count, sizeof *w.at);
    w.at[0] = (struct window){.start = config->warm_up, .end = config->duration};
    for (uint32_t i = 0; i < config->phases.count; i++)
        w.at[i + 1] = (struct window){.name = phase[i].name,
                                      .start = phase[i].window.start,
                                      .end = phase[i].window.end};
    qsort(w.at + 1, w.count - 1, sizeof *w.at, by_start);
    cut_at_all_ends(&w);
    for (uint32_t i = 0; i < w.count; i++) {
        w.at[i].first = segment_at(&w, w.at[i].start);
        w.at[i].last = segment_at(&w, w.at[i].end);
    }
    return w;
}

const struct window *window_find(const struct windows *w, const char *name)
{
    uint32_t i = 0;
    while (name && i + 1 < w->count &&
           (!w->at[i].name || strcmp(w->at[i].name, name) != 0))
        i++;
    return &w->at[i];
}

void windows_free(struct windows *w)
{
    free(w->at);
    free(w->cuts);
    *w = (struct windows){0};
}
