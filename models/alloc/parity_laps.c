#include "models/alloc/parity_laps.h"

struct parity_laps parity_laps_of(uint32_t size)
{
    if (size == 1)
        return (struct parity_laps){.size = 1, .step = 2, .count = 1};
    return (struct parity_laps){.size = size & ~1u, .step = 2, .count = 2};
}

struct parity_laps parity_laps_by_one(uint32_t size)
{
    return (struct parity_laps){.size = size, .step = 1, .count = 1};
}

struct port_found parity_lap_scan(const struct port_view *view, struct parity_laps laps,
                                  uint32_t offset)
{
    return port_view_scan(
        view, (struct port_walk){.first = (uint16_t)(view->range.low + offset),
                                 .step = laps.step,
                                 .wrap = laps.size,
                                 .candidates = parity_lap_length(laps)});
}

struct port_found parity_laps_scan(const struct port_view *view, struct parity_laps laps,
                                   uint32_t hidden, uint32_t *in_lap)
{
    uint32_t offset = hidden % laps.size / laps.step * laps.step, probes = 0;
    for (uint32_t lap = 0; lap < laps.count; lap++) {
        struct port_found found = parity_lap_scan(view, laps, offset + lap);
        probes += found.probes;
        *in_lap = found.probes;
        if (found.port)
            return (struct port_found){found.port, probes};
    }
    return (struct port_found){.probes = probes};
}
