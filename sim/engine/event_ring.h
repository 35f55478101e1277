/* A ring of events, first in, first out: what a lane of the event queue holds them in.
 *
 * Private to the event queue.  O(1) a push and a pop, amortised over doubling and
 * halving; the ring keeps between 1 and 8 times what it holds, so a lane that was huge
 * gives its memory back while it drains.  The hot verbs are inline.
 */
#ifndef SIM_ENGINE_EVENT_RING_H
#define SIM_ENGINE_EVENT_RING_H

#include "sim/engine/event_queue.h"

/* {0} is empty. */
struct event_ring {
    struct event *items;
    size_t capacity; /* a power of two, or 0 before the first push */
    size_t head;     /* of the next to leave; head and tail run freely, modulo 2^64 */
    size_t tail;
    size_t few; /* with fewer events than this, half the capacity is given back */
};

/* Grows to twice the capacity, or to the first.  Shrinks to half. */
void event_ring_grow(struct event_ring *r);
void event_ring_shrink(struct event_ring *r);

void event_ring_free(struct event_ring *r);

static inline size_t event_ring_count(const struct event_ring *r)
{
    return r->tail - r->head;
}

/* Valid until the next push or pop; the ring must not be empty. */
static inline const struct event *event_ring_first(const struct event_ring *r)
{
    return &r->items[r->head & (r->capacity - 1)];
}

static inline void event_ring_push(struct event_ring *r, struct event e)
{
    if (event_ring_count(r) == r->capacity)
        event_ring_grow(r);
    r->items[r->tail++ & (r->capacity - 1)] = e;
}

/* Drops the first event; the ring must not be empty. */
static inline void event_ring_drop(struct event_ring *r)
{
    r->head++;
    if (event_ring_count(r) < r->few)
        event_ring_shrink(r);
}

#endif
