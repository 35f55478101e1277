/* Which of two events comes first: serial numbers, and the keys events are compared by.
 *
 * Private to the event queue (event_queue.c, event_heap.c) and its test.  `when` is never
 * negative and serial numbers only grow, so (when, order) as one unsigned number of 128
 * bits is the order of the simulation, and comparing it compiles to two instructions
 * without a branch.
 */
#ifndef SIM_ENGINE_EVENT_ORDER_H
#define SIM_ENGINE_EVENT_ORDER_H

#include "sim/base/bug.h"
#include "sim/engine/event_queue.h"

__extension__ typedef unsigned __int128 event_key;

/* Later than any event: the head of a lane that has none. */
#define EVENT_KEY_NONE ((event_key)SIM_NEVER << 64 | UINT64_MAX)

static inline event_key event_key_of(const struct event *e)
{
    return (event_key)e->when << 64 | e->order;
}

static inline sim_ns event_key_when(event_key key)
{
    return (sim_ns)(key >> 64);
}

#define EVENT_SERIAL_MAX ((UINT64_C(1) << 48) - 1) /* what `order` has room for */

/* The serial number after `serial`.  Those whose low 32 bits are zero are left out: their
 * ticket would be 0, which means "no event".  At 25 million pushes a second they last for
 * four months. */
static inline uint64_t event_serial_after(uint64_t serial)
{
    serial++;
    if ((uint32_t)serial == 0) {
        SIM_ASSERT(serial <= EVENT_SERIAL_MAX);
        serial++;
    }
    return serial;
}

static inline uint64_t event_order_of(uint64_t serial, uint8_t kind, uint8_t detail)
{
    return serial << 16 | (uint64_t)kind << 8 | detail;
}

#endif
