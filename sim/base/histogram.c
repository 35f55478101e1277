#include "sim/base/histogram.h"

#include <stddef.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* How many low bits of a value a bucket does not tell apart. */
static uint32_t shift_of(uint32_t bucket)
{
    return bucket < 2 * HISTOGRAM_OCTAVE ? 0 : bucket / HISTOGRAM_OCTAVE - 1;
}

int64_t histogram_low(uint32_t bucket)
{
    uint32_t shift = shift_of(bucket);
    return (int64_t)(bucket - shift * HISTOGRAM_OCTAVE) << shift;
}

double histogram_middle(uint32_t bucket)
{
    int64_t values = INT64_C(1) << shift_of(bucket);
    return (double)histogram_low(bucket) + (double)(values - 1) / 2;
}

struct histogram *histogram_cover(struct histogram *h, uint32_t bucket)
{
    uint32_t octave = bucket / HISTOGRAM_OCTAVE * HISTOGRAM_OCTAVE;
    uint32_t first = h && h->first < octave ? h->first : octave;
    uint32_t end = octave + HISTOGRAM_OCTAVE;
    uint32_t old_first = h ? h->first : first;
    uint32_t old_width = h ? h->width : 0;
    if (h && old_first + old_width > end)
        end = old_first + old_width;

    h = memory_resize(
        h, offsetof(struct histogram, counts) + (end - first) * sizeof h->counts[0], 1);
    uint32_t below = old_first - first;
    uint32_t above = end - first - below - old_width;
    memmove(h->counts + below, h->counts, old_width * sizeof h->counts[0]);
    memset(h->counts, 0, below * sizeof h->counts[0]);
    memset(h->counts + below + old_width, 0, above * sizeof h->counts[0]);
    h->first = first;
    h->width = end - first;
    return h;
}

struct histogram *histogram_merge(struct histogram *into, const struct histogram *from)
{
    if (!from)
        return into;
    into = histogram_cover(into, from->first);
    into = histogram_cover(into, from->first + from->width - 1);
    for (uint32_t i = 0; i < from->width; i++)
        into->counts[from->first - into->first + i] += from->counts[i];
    return into;
}

double histogram_at_rank(const struct histogram *h, uint64_t rank)
{
    SIM_ASSERT(h && rank > 0);
    for (uint32_t i = 0; i < h->width; i++) {
        if (rank <= h->counts[i])
            return histogram_middle(h->first + i);
        rank -= h->counts[i];
    }
    SIM_BUG("a histogram holds at least `rank` values");
}
