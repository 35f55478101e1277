#include "sim/engine/event_fifo.h"

#include <stdlib.h>

#include "sim/base/memory.h"

#define CHUNK_FIRST 8
#define CHUNK_MOST  512

static size_t bytes_of(size_t capacity)
{
    return sizeof(struct event_chunk) + capacity * sizeof(struct event);
}

static struct event_chunk *new_chunk(struct event_fifo *f)
{
    size_t capacity = f->bytes / sizeof(struct event);
    if (capacity < CHUNK_FIRST)
        capacity = CHUNK_FIRST;
    if (capacity > CHUNK_MOST)
        capacity = CHUNK_MOST;
    struct event_chunk *c = memory_resize(NULL, 1, bytes_of(capacity));
    c->capacity = capacity;
    f->bytes += bytes_of(capacity);
    return c;
}

void event_fifo_extend(struct event_fifo *f)
{
    struct event_chunk *c = f->spare ? f->spare : new_chunk(f);
    f->spare = NULL;
    c->next = NULL;
    if (f->last)
        f->last->next = c;
    else
        f->first = c;
    f->last = c;
    f->tail = 0;
}

static void drop_chunk(struct event_fifo *f, struct event_chunk *c)
{
    if (!c)
        return;
    f->bytes -= bytes_of(c->capacity);
    free(c);
}

/* Of two drained chunks the larger is kept. */
static void keep_spare(struct event_fifo *f, struct event_chunk *c)
{
    if (f->spare && f->spare->capacity >= c->capacity) {
        drop_chunk(f, c);
        return;
    }
    drop_chunk(f, f->spare);
    f->spare = c;
}

void event_fifo_advance(struct event_fifo *f)
{
    struct event_chunk *drained = f->first;
    f->head = 0;
    f->first = drained->next;
    if (!f->first)
        f->last = NULL; /* it was the only one: the next push extends */
    keep_spare(f, drained);
}

void event_fifo_free(struct event_fifo *f)
{
    while (f->first) {
        struct event_chunk *next = f->first->next;
        free(f->first);
        f->first = next;
    }
    free(f->spare);
    *f = (struct event_fifo){0};
}

void event_fifo_each(const struct event_fifo *f,
                     void (*see)(void *context, const struct event *), void *context)
{
    size_t at = f->head, left = f->count;
    for (const struct event_chunk *c = f->first; left; c = c->next, at = 0)
        for (; at < c->capacity && left; at++, left--)
            see(context, &c->items[at]);
}
