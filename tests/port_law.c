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

/* The first free offset on the lap from `start`, an offset of the part. */
static uint32_t first_free(const bool *busy, struct part part, uint32_t start)
{
    uint32_t offset = start;
    for (uint32_t i = 0; i < part.lap; i += part.step) {
        if (offset >= part.size)
            offset -= part.lap;
        if (!busy[part.low + offset])
            return part.low + offset;
        offset += part.step;
    }
    return PORT_LAW_FAILED;
}

/* Spreads `weight` over what the starts of one part lead to; returns what is left for the
 * next part, by the starts that lead to nothing. */
static double spread(const bool *busy, struct part part, double weight, double *chance)
{
    double each = weight / part.lap, left = 0;
    for (uint32_t draw = 0; draw < part.lap; draw++) {
        uint32_t start = part.step == 2 ? draw | 1u : draw;
        uint32_t found = first_free(busy, part, start);
        if (found == PORT_LAW_FAILED && part.step == 2)
            found = first_free(busy, part, start - 1);
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
