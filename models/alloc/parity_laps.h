/* How Linux goes round a range: by two, every port of one parity, then the others.
 *
 * connect() begins with the parity of the low end, bind(addr, 0) with the other.  Ports
 * come back into the range by an even number, so of an odd range each search passes by
 * one port of the parity it begins with [KERNEL.md P7]; a range of one port is one
 * candidate.
 *
 * Source: Linux net/ipv4/inet_hashtables.c since 4.6 (commit 1580ab63fc9a),
 * net/ipv4/inet_connection_sock.c; KERNEL.md P1, P5, P7, C13.
 */
#ifndef MODELS_ALLOC_PARITY_LAPS_H
#define MODELS_ALLOC_PARITY_LAPS_H

#include "models/port_view.h"

struct parity_laps {
    uint32_t size;  /* candidates come back by so much */
    uint32_t step;  /* 2; 1 where parity is not asked for: one lap, nothing lost */
    uint32_t count; /* one for each parity */
};

/* Of a range of that many ports, by two. */
static inline struct parity_laps parity_laps_of(uint32_t size)
{
    if (size == 1)
        return (struct parity_laps){.size = 1, .step = 2, .count = 1};
    return (struct parity_laps){.size = size & ~1u, .step = 2, .count = 2};
}

/* The same by one. */
static inline struct parity_laps parity_laps_by_one(uint32_t size)
{
    return (struct parity_laps){.size = size, .step = 1, .count = 1};
}

/* Candidates of one lap: rounded up for a range of one port. */
static inline uint32_t parity_lap_length(struct parity_laps laps)
{
    return (laps.size + laps.step - 1) >> (laps.step - 1);
}

/* One lap over the view's range, from `offset` on, which is below the range's size. */
static inline struct port_found parity_lap_scan(const struct port_view *view,
                                                struct parity_laps laps, uint32_t offset)
{
    return port_view_scan(
        view, (struct port_walk){.first = (uint16_t)(view->range.low + offset),
                                 .step = laps.step,
                                 .wrap = laps.size,
                                 .candidates = parity_lap_length(laps)});
}

/* connect(): the lap from the even offset at or below `hidden` modulo the size, then the
 * one beside it.  `*in_lap` gets the candidates examined in the lap that found the port.
 */
struct port_found parity_laps_scan(const struct port_view *view, struct parity_laps laps,
                                   uint32_t hidden, uint32_t *in_lap);

#endif
