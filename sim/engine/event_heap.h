/* A heap of events, earliest first, four children a node: for events of no lane.
 *
 * Private to the event queue.  O(log n) a push and a pop; a push of a late event is O(1)
 * on average.  Memory grows as memory_grown() says, and halves below an eighth in use.
 */
#ifndef SIM_ENGINE_EVENT_HEAP_H
#define SIM_ENGINE_EVENT_HEAP_H

#include "sim/engine/event_queue.h"

/* {0} is empty. */
struct event_heap {
    struct event *items; /* items[0] comes first; the children of i are 4i+1 .. 4i+4 */
    size_t count;
    size_t capacity;
};

void event_heap_push(struct event_heap *h, struct event e);

/* Drops items[0]; the heap must not be empty. */
void event_heap_drop(struct event_heap *h);

void event_heap_free(struct event_heap *h);

#endif
