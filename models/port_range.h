/* A range of port numbers, both ends in it. */
#ifndef MODELS_PORT_RANGE_H
#define MODELS_PORT_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#define PORT_COUNT 65536

/* {49152, 65535} holds 16,384 ports. */
struct port_range {
    uint16_t low, high;
};

static inline uint32_t port_range_size(struct port_range r)
{
    return (uint32_t)r.high - r.low + 1;
}

static inline bool port_range_holds(struct port_range r, uint16_t port)
{
    return port >= r.low && port <= r.high;
}

#endif
