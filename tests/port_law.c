#include "tests/port_law.h"

#include <string.h>

#include "sim/base/bug.h"

struct port_law port_law_new(uint32_t size, uint32_t step, bool keep)
{
    SIM_ASSERT(size >= 1 && size <= PORT_LAW_SIZE);
    uint32_t lap = step == 2 && size > 1 ? size / 2 * 2 : size;
    struct port_law law = {.size = size, .lap = lap, .step = step, .keep = keep};
    port_law_redraw(&law);
    return law;
}

void port_law_redraw(struct port_law *law)
{
    memset(law->possible, 0, sizeof law->possible);
    for (uint32_t s = 0; s < law->lap; s += law->step)
        law->possible[s] = true;
}

struct prediction {
    uint32_t offset;   /* PORT_LAW_FAILED: none */
    uint32_t distance; /* walked in the lap that found it */
};

static struct prediction walk_lap(const struct port_law *law, uint32_t start)
{
    for (uint32_t i = 0; i < law->lap; i += law->step) {
        uint32_t offset = start + i;
        if (offset >= law->size)
            offset -= law->lap;
        if (!law->busy[offset])
            return (struct prediction){offset, i};
    }
    return (struct prediction){PORT_LAW_FAILED, 0};
}

static struct prediction predict(const struct port_law *law, uint32_t start)
{
    struct prediction p = walk_lap(law, start);
    if (p.offset == PORT_LAW_FAILED && law->step == 2 && law->lap > 1)
        p = walk_lap(law, start + 1);
    return p;
}

/* Where the hidden number may be after a success. */
static void advance(const struct port_law *law, uint32_t start, uint32_t distance,
                    bool *possible)
{
    for (uint32_t noise = 0; noise < 8 * law->step; noise += law->step) {
        uint32_t by = (distance > noise ? distance : noise) + law->step;
        possible[(start + by) % law->lap / law->step * law->step] = true;
    }
}

bool port_law_observe(struct port_law *law, uint32_t offset)
{
    bool possible[PORT_LAW_SIZE] = {false}, explained = false;
    for (uint32_t start = 0; start < law->lap; start += law->step) {
        if (!law->possible[start])
            continue;
        struct prediction p = predict(law, start);
        if (p.offset != offset)
            continue;
        explained = true;
        if (offset == PORT_LAW_FAILED)
            possible[start] = true;
        else
            advance(law, start, p.distance, possible);
    }
    if (!explained)
        return false;
    memcpy(law->possible, possible, sizeof possible);
    if (law->keep && offset != PORT_LAW_FAILED)
        law->busy[offset] = true;
    return true;
}

/* --- choices without memory -----------------------------------------------------------
 */

/* A part of the range: offsets low .. low + size - 1, coming back by `lap`. */
struct part {
    uint32_t low, size, lap, step;
};

/* Where the lap from an offset leads: to a free offset, after some steps. */
struct lap_end {
    uint32_t offset, steps;
};

/* The next offset on the lap. */
static uint32_t next_on_lap(struct part part, uint32_t offset)
{
    uint32_t next = offset + part.step;
    return next < part.size ? next : next - part.lap;
}

/* For every offset of the part.  Twice downwards: the second time knows what the lap
 * finds after coming back. */
static void find_ends(const bool *busy, struct part part, struct lap_end *ends)
{
    for (uint32_t i = 0; i < part.size; i++)
        ends[i] = (struct lap_end){PORT_LAW_FAILED, part.lap};
    for (uint32_t i = 2 * part.size; i-- > 0;) {
        uint32_t offset = i % part.size;
        struct lap_end next = ends[next_on_lap(part, offset)];
        ends[offset] = busy[part.low + offset]
                           ? (struct lap_end){next.offset, next.steps + 1}
                           : (struct lap_end){part.low + offset, 0};
    }
    for (uint32_t i = 0; i < part.size; i++)
        if (ends[i].steps >= (part.lap + part.step - 1) / part.step)
            ends[i].offset = PORT_LAW_FAILED;
}

/* Spreads `weight` over what the starts of one part lead to; returns what is left for the
 * next part, by the starts that lead to nothing. */
static double spread(const bool *busy, struct part part, double weight, double *chance)
{
    struct lap_end ends[PORT_LAW_SIZE];
    find_ends(busy, part, ends);
    double each = weight / part.lap, left = 0;
    for (uint32_t draw = 0; draw < part.lap; draw++) {
        bool has_parity = part.step == 2 && part.lap > 1;
        uint32_t start = has_parity ? draw | 1u : draw;
        uint32_t found = ends[start].offset;
        if (found == PORT_LAW_FAILED && has_parity)
            found = ends[start - 1].offset;
        if (found == PORT_LAW_FAILED)
            left += each;
        else
            chance[found] += each;
    }
    return left;
}

static struct part by_two(uint32_t low, uint32_t size)
{
    return (struct part){low, size, size > 1 ? size / 2 * 2 : 1, 2};
}

void port_law_chances(enum port_law_kind kind, const bool *busy, uint32_t size,
                      double *chance)
{
    for (uint32_t i = 0; i <= size; i++)
        chance[i] = 0;
    if (kind == PORT_LAW_UDP) {
        chance[size] = spread(busy, (struct part){0, size, size, 1}, 1, chance);
    } else if (kind == PORT_LAW_HALVES && size >= 4) {
        uint32_t half = size / 4 * 2;
        double left = spread(busy, by_two(0, half), 1, chance);
        if (left > 0)
            left = spread(busy, by_two(half, size - half), left, chance);
        chance[size] = left;
    } else {
        chance[size] = spread(busy, by_two(0, size), 1, chance);
    }
}
