#include "models/port_view.h"

#include "sim/base/bug.h"

#define NO_PORT PORT_COUNT

struct port_view port_view_of(struct port_range range)
{
    SIM_ASSERT(range.low != 0 && range.low <= range.high);
    struct port_view v; /* the sets come with port_view_hide() */
    v.range = range;
    v.bits_count = v.lists_count = 0;
    v.fullest = 0;
    return v;
}

void port_view_hide(struct port_view *v, const struct port_set *taken)
{
    if (!taken || taken->count == 0)
        return;
    SIM_ASSERT(v->bits_count + v->lists_count < PORT_VIEW_SETS);
    if (!taken->words) {
        v->lists[v->lists_count++] = taken;
        return;
    }
    uint32_t last = v->bits_count++;
    v->bits[last] = taken->words;
    if (taken->count > v->fullest) {
        v->bits[last] = v->bits[0];
        v->bits[0] = taken->words;
        v->fullest = taken->count;
    }
}

bool port_view_free(const struct port_view *v, uint16_t port)
{
    for (uint32_t i = 0; i < v->bits_count; i++)
        if (v->bits[i][port / 64] >> port % 64 & 1)
            return false;
    for (uint32_t i = 0; i < v->lists_count; i++)
        if (port_set_has(v->lists[i], port))
            return false;
    return true;
}

/* --- one run of ports, without a wrap -------------------------------------------------
 */

/* Which of the 64 ports of word w are free, out of those in `wanted`.  Bits come first:
 * lists are read only where those leave something free. */
static uint64_t free_in_word(const struct port_view *v, uint32_t w, uint64_t wanted)
{
    for (uint32_t i = 0; i < v->bits_count && wanted; i++)
        wanted &= ~v->bits[i][w];
    for (uint32_t i = 0; i < v->lists_count && wanted; i++)
        wanted &= ~port_set_word_of_few(v->lists[i], w);
    return wanted;
}

/* In a range that is nearly full one set alone, the fullest, decides about nearly all
 * words: they are passed over without asking the others, most of them eight at a time. */
static bool surely_full(const struct port_view *v, uint32_t w, uint64_t wanted)
{
    return v->bits_count && !(wanted & ~v->bits[0][w]);
}

/* The ports of word w that lie in the range. */
static uint64_t in_range(const struct port_view *v, uint32_t w)
{
    uint64_t word = UINT64_MAX;
    if (w == v->range.low / 64u)
        word &= UINT64_MAX << v->range.low % 64;
    if (w == v->range.high / 64u)
        word &= UINT64_MAX >> (63 - v->range.high % 64);
    return word;
}

/* Bits set, by adding neighbours: without the CPU's instruction for it, which not every
 * x86-64 has, the compiler's own is a call and a table. */
static uint32_t bits_in(uint64_t word)
{
    const uint64_t pairs = UINT64_MAX / 3, nibbles = UINT64_MAX / 5,
                   bytes = UINT64_MAX / 17, ones = UINT64_MAX / 255;
    word -= word >> 1 & pairs;
    word = (word & nibbles) + (word >> 2 & nibbles);
    return (uint32_t)(((word + (word >> 4)) & bytes) * ones >> 56);
}

#define STRIDE 8

static bool eight_surely_full(const uint64_t *b, uint64_t wanted)
{
    uint64_t taken = b[0] & b[1] & b[2] & b[3] & b[4] & b[5] & b[6] & b[7];
    return !(wanted & ~taken);
}

/* The first word from w to `last` that is not passed over; last + 1 if all are. */
static uint32_t pass_full(const struct port_view *v, uint32_t w, uint32_t last,
                          uint64_t wanted)
{
    if (!v->bits_count)
        return w;
    while (w + STRIDE - 1 <= last && eight_surely_full(v->bits[0] + w, wanted))
        w += STRIDE;
    while (w <= last && surely_full(v, w, wanted))
        w++;
    return w;
}

/* The same downwards, to `last`; last - 1 if all are. */
static int32_t pass_full_down(const struct port_view *v, int32_t w, int32_t last)
{
    if (!v->bits_count)
        return w;
    while (w - STRIDE + 1 >= last &&
           eight_surely_full(v->bits[0] + w - STRIDE + 1, UINT64_MAX))
        w -= STRIDE;
    while (w >= last && surely_full(v, (uint32_t)w, UINT64_MAX))
        w--;
    return w;
}

uint32_t port_view_count(const struct port_view *v)
{
    uint32_t last = v->range.high / 64u, count = 0;
    for (uint32_t w = pass_full(v, v->range.low / 64u, last, UINT64_MAX); w <= last;
         w = pass_full(v, w + 1, last, UINT64_MAX))
        count += bits_in(free_in_word(v, w, in_range(v, w)));
    return count;
}

uint16_t port_view_nth(const struct port_view *v, uint32_t n)
{
    for (uint32_t w = v->range.low / 64u; w <= v->range.high / 64u; w++) {
        uint64_t word = free_in_word(v, w, in_range(v, w));
        uint32_t count = bits_in(word);
        if (count <= n) {
            n -= count;
            continue;
        }
        while (n--)
            word &= word - 1;
        return (uint16_t)(w * 64 + (uint32_t)__builtin_ctzll(word));
    }
    return 0;
}

/* The lowest free port from `from` on among those of `pattern` in each word; NO_PORT or
 * one past `to` when there is none up to there. */
static uint32_t lowest_free(const struct port_view *v, uint32_t from, uint32_t to,
                            uint64_t pattern)
{
    uint32_t w = from / 64, last = to / 64;
    uint64_t found = free_in_word(v, w, pattern & UINT64_MAX << from % 64);
    while (!found) {
        w = pass_full(v, w + 1, last, pattern);
        if (w > last)
            return NO_PORT;
        found = free_in_word(v, w, pattern);
    }
    return w * 64 + (uint32_t)__builtin_ctzll(found);
}

/* The highest free port down from `from`; NO_PORT or one below `to` when there is none.
 */
static uint32_t highest_free(const struct port_view *v, uint32_t from, uint32_t to)
{
    int32_t w = (int32_t)(from / 64), last = (int32_t)(to / 64);
    uint64_t found = free_in_word(v, from / 64, UINT64_MAX >> (63 - from % 64));
    while (!found) {
        w = pass_full_down(v, w - 1, last);
        if (w < last)
            return NO_PORT;
        found = free_in_word(v, (uint32_t)w, UINT64_MAX);
    }
    return (uint32_t)w * 64 + 63 - (uint32_t)__builtin_clzll(found);
}

static uint32_t lowest_free_by_steps(const struct port_view *v, uint32_t from,
                                     uint32_t to, uint32_t step)
{
    for (uint32_t port = from; port <= to; port += step)
        if (port_view_free(v, (uint16_t)port))
            return port;
    return NO_PORT;
}

/* The first free one of from, from + step, ..., to; more than `to` when there is none. */
static uint32_t first_free(const struct port_view *v, uint32_t from, uint32_t to,
                           uint32_t step)
{
    const uint64_t even = UINT64_MAX / 3; /* every second bit, the lowest included */
    switch (step) {
    case 1:
        return lowest_free(v, from, to, UINT64_MAX);
    case 2:
        return lowest_free(v, from, to, even << from % 2);
    default:
        return lowest_free_by_steps(v, from, to, step);
    }
}

/* --- walks ----------------------------------------------------------------------------
 */

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

struct port_found port_view_scan(const struct port_view *v, struct port_walk walk)
{
    uint32_t wrap = walk.wrap ? walk.wrap : port_range_size(v->range);
    SIM_ASSERT(port_range_holds(v->range, walk.first) && walk.step >= 1);
    SIM_ASSERT(wrap <= port_range_size(v->range));
    SIM_ASSERT(walk.step <= wrap || walk.candidates == 1);

    uint32_t from = walk.first, left = walk.candidates, probes = 0;
    while (left) {
        uint32_t run = smaller(left, (v->range.high - from) / walk.step + 1);
        uint32_t to = from + (run - 1) * walk.step;
        uint32_t found = first_free(v, from, to, walk.step);
        if (found <= to)
            return (struct port_found){(uint16_t)found,
                                       probes + (found - from) / walk.step + 1};
        probes += run;
        left -= run;
        from = to + walk.step - wrap;
    }
    return (struct port_found){.probes = probes};
}

struct port_found port_view_scan_down(const struct port_view *v, uint16_t first,
                                      uint32_t candidates)
{
    SIM_ASSERT(port_range_holds(v->range, first));

    uint32_t from = first, left = candidates, probes = 0;
    while (left) {
        uint32_t run = smaller(left, from - v->range.low + 1u);
        uint32_t to = from - run + 1;
        uint32_t found = highest_free(v, from, to);
        if (found >= to && found <= from)
            return (struct port_found){(uint16_t)found, probes + from - found + 1};
        probes += run;
        left -= run;
        from = v->range.high;
    }
    return (struct port_found){.probes = probes};
}
