/* The dynamic port ranges of Windows, as netsh sets them: for each pool a start and a
 * number.
 *
 *     netsh int ipv4 set dynamicport tcp start=10000 num=1000
 *
 * is "dynamicport": { "tcp4": { "start": 10000, "num": 1000 } }.  A pool that is not
 * named keeps the range of the system.  Limits and syntax: the Windows guide; MODEL.md
 * A4.2.
 */
#ifndef MODELS_DYNAMIC_PORT_H
#define MODELS_DYNAMIC_PORT_H

#include "models/port_range.h"
#include "sim/base/field.h"
#include "sim/base/pool.h"

struct dynamic_port {
    uint32_t start, num; /* num 0: not set */
};

struct dynamic_ports {
    struct dynamic_port of[POOL_COUNT];
};

/* Keys under "dynamicport". */
extern const struct field_table dynamic_ports_fields;

/* True if any pool has a range of its own. */
bool dynamic_ports_set(const struct dynamic_ports *d);

static inline struct port_range dynamic_port_range(const struct dynamic_port *d)
{
    return (struct port_range){(uint16_t)d->start, (uint16_t)(d->start + d->num - 1)};
}

#endif
