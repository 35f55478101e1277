#include "models/alloc/parity_laps.h"

struct port_found parity_laps_scan(const struct port_view *view, struct parity_laps laps,
                                   uint32_t hidden, uint32_t *in_lap)
{
    uint32_t offset = hidden % laps.size & ~(laps.step - 1), probes = 0;
    for (uint32_t lap = 0; lap < laps.count; lap++) {
        struct port_found found = parity_lap_scan(view, laps, offset + lap);
        probes += found.probes;
        *in_lap = found.probes;
        if (found.port)
            return (struct port_found){found.port, probes};
    }
    return (struct port_found){.probes = probes};
}
