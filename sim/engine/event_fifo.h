/* Events first in, first out: what a lane of the event queue holds them in.
 *
 * A chain of chunks, each as large as all before it together up to 512 events (12 KiB).
 * O(1) a push and a pop, nothing is ever copied, and a lane of millions wastes at most
 * one chunk at each end; chunks go back as they drain, but for one that is kept for the
 * next.
 *
 * Private to the event queue.  The hot verbs are inline.
 */
#ifndef SIM_ENGINE_EVENT_FIFO_H
#define SIM_ENGINE_EVENT_FIFO_H

#include "sim/engine/event_queue.h"

struct event_chunk {
    struct event_chunk *next;
    size_t capacity;
    struct event items[];
};

/* {0} is empty. */
struct event_fifo {
    struct event_chunk *first, *last; /* NULL before the first push */
    struct event_chunk *spare;        /* drained, waiting to be the last again */
    size_t head;                      /* of the next to leave, in `first` */
    size_t tail;                      /* of the next to come, in `last` */
    size_t count;
    size_t bytes; /* of all chunks, the spare included */
};

/* Puts a chunk at the end; takes the drained one from the front. */
void event_fifo_extend(struct event_fifo *f);
void event_fifo_advance(struct event_fifo *f);

void event_fifo_free(struct event_fifo *f);

/* Calls `see` for every event, first to last. */
void event_fifo_each(const struct event_fifo *f,
                     void (*see)(void *context, const struct event *), void *context);

/* Valid until the next push or pop; the fifo must not be empty. */
static inline const struct event *event_fifo_first(const struct event_fifo *f)
{
    return &f->first->items[f->head];
}

static inline void event_fifo_push(struct event_fifo *f, struct event e)
{
    if (!f->last || f->tail == f->last->capacity)
        event_fifo_extend(f);
    f->last->items[f->tail++] = e;
    f->count++;
}

/* Drops the first event; the fifo must not be empty. */
static inline void event_fifo_drop(struct event_fifo *f)
{
    f->count--;
    if (++f->head == f->first->capacity)
        event_fifo_advance(f);
}

#endif
