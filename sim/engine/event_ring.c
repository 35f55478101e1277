#include "sim/engine/event_ring.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

#define RING_FIRST 8    /* events a ring has room for at its first push */
#define RING_KEEP  1024 /* 24 KiB: a ring no larger than this is never shrunk */

/* Moves the events, in order, to the front of a block of another size. */
static void resize(struct event_ring *r, size_t capacity)
{
    struct event *items = memory_resize(NULL, capacity, sizeof *items);
    size_t count = event_ring_count(r);
    if (count) {
        size_t first = r->head & (r->capacity - 1);
        size_t before_wrap = r->capacity - first < count ? r->capacity - first : count;
        memcpy(items, r->items + first, before_wrap * sizeof *items);
        memcpy(items + before_wrap, r->items, (count - before_wrap) * sizeof *items);
    }
    free(r->items);
    r->items = items;
    r->capacity = capacity;
    r->head = 0;
    r->tail = count;
    r->few = capacity > RING_KEEP ? capacity / 8 : 0;
}

void event_ring_grow(struct event_ring *r)
{
    resize(r, r->capacity ? r->capacity * 2 : RING_FIRST);
}

void event_ring_shrink(struct event_ring *r)
{
    resize(r, r->capacity / 2);
}

void event_ring_free(struct event_ring *r)
{
    free(r->items);
    *r = (struct event_ring){0};
}
