#include "models/tw_queue.h"

#include <stdlib.h>

#include "sim/base/memory.h"

struct tw_queue {
    struct tw_entry *at; /* a ring of `size`, a power of two */
    uint32_t size, first, count;
};

struct tw_queue *tw_queue_new(void)
{
    struct tw_queue *q = memory_new(1, sizeof *q);
    q->size = 16;
    q->at = memory_new(q->size, sizeof *q->at);
    return q;
}

void tw_queue_free(struct tw_queue *q)
{
    if (!q)
        return;
    free(q->at);
    free(q);
}

static void grow(struct tw_queue *q)
{
    struct tw_entry *wider = memory_new((size_t)q->size * 2, sizeof *wider);
    for (uint32_t i = 0; i < q->count; i++)
        wider[i] = q->at[(q->first + i) & (q->size - 1)];
    free(q->at);
    q->at = wider;
    q->size *= 2;
    q->first = 0;
}

void tw_queue_put(struct tw_queue *q, struct tw_entry entry)
{
    if (q->count == q->size)
        grow(q);
    q->at[(q->first + q->count++) & (q->size - 1)] = entry;
}

bool tw_queue_take(struct tw_queue *q, sim_ns before, struct tw_entry *out)
{
    if (q->count == 0 || q->at[q->first].began >= before)
        return false;
    *out = q->at[q->first];
    q->first = (q->first + 1) & (q->size - 1);
    q->count--;
    return true;
}

size_t tw_queue_bytes(const struct tw_queue *q)
{
    return sizeof *q + q->size * sizeof *q->at;
}
