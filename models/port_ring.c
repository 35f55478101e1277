#include "models/port_ring.h"

#include <stdlib.h>

#include "sim/base/memory.h"

struct port_ring {
    struct port_range range;
    struct port_set out;
    uint32_t head;    /* of those in */
    uint16_t ports[]; /* as many as the range has */
};

struct port_ring *port_ring_new(struct port_range range)
{
    uint32_t size = port_range_size(range);
    struct port_ring *r =
        memory_new(1, sizeof *r + size * sizeof(uint16_t)); /* flexible array */
    r->range = range;
    for (uint32_t i = 0; i < size; i++)
        r->ports[i] = (uint16_t)(range.low + i);
    return r;
}

void port_ring_free(struct port_ring *r)
{
    if (r)
        port_set_clear(&r->out);
    free(r);
}

struct port_range port_ring_range(const struct port_ring *r)
{
    return r->range;
}

uint32_t port_ring_count(const struct port_ring *r)
{
    return port_range_size(r->range) - r->out.count;
}

uint16_t port_ring_take(struct port_ring *r)
{
    if (port_ring_count(r) == 0)
        return 0;
    uint16_t port = r->ports[r->head];
    r->head = (r->head + 1) % port_range_size(r->range);
    port_set_add(&r->out, port);
    return port;
}

bool port_ring_give(struct port_ring *r, uint16_t port)
{
    uint32_t tail = r->head + port_ring_count(r);
    if (!port_set_remove(&r->out, port))
        return false;
    r->ports[tail % port_range_size(r->range)] = port;
    return true;
}

size_t port_ring_bytes(const struct port_ring *r)
{
    return sizeof *r + port_range_size(r->range) * sizeof(uint16_t) +
           port_set_bytes(&r->out);
}
