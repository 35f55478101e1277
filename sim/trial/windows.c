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

static void cut_at_ends(struct windows *w, const struct window *at, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        w->cuts[w->cut_count++] = at[i].start;
        w->cuts[w->cut_count++] = at[i].end;
    }
}

static void cut_at_all_ends(struct windows *w)
{
    w->cuts = memory_new(((size_t)w->count + w->part_count) * 2, sizeof *w->cuts);
    cut_at_ends(w, w->at, w->count);
    cut_at_ends(w, w->parts, w->part_count);
    uint32_t all = w->cut_count;
    qsort(w->cuts, all, sizeof *w->cuts, by_time);
    w->cut_count = 0;
    for (uint32_t i = 0; i < all; i++)
        if (w->cuts[i] > (w->cut_count ? w->cuts[w->cut_count - 1] : 0))
            w->cuts[w->cut_count++] = w->cuts[i];
}

static void find_segments(const struct windows *w, struct window *at, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        at[i].first = segment_at(w, at[i].start);
        at[i].last = segment_at(w, at[i].end);
    }
}

/* Where part `index` begins: the division is in two so that nothing overflows. */
static sim_ns part_start(const struct window *whole, uint32_t index, uint32_t count)
{
    sim_ns length = whole->end - whole->start;
    return whole->start + length / count * index + length % count * index / count;
}

static void split(struct windows *w, uint32_t parts)
{
    w->part_count = parts;
    w->parts = memory_new(parts, sizeof *w->parts);
    for (uint32_t i = 0; i < parts; i++)
        w->parts[i] = (struct window){.start = part_start(&w->at[0], i, parts),
                                      .end = part_start(&w->at[0], i + 1, parts)};
}

struct windows windows_of(const struct trial_config *config, uint32_t parts)
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
    split(&w, parts);
    cut_at_all_ends(&w);
    find_segments(&w, w.at, w.count);
    find_segments(&w, w.parts, w.part_count);
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
    free(w->parts);
    free(w->cuts);
    *w = (struct windows){0};
}
