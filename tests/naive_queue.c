#include "tests/naive_queue.h"

#include <stdlib.h>

#include "sim/base/memory.h"

/* `e` between `earlier` and `later`; NULL is the end of the list. */
static void link_between(struct naive_queue *q, struct naive_event *e,
                         struct naive_event *earlier, struct naive_event *later)
{
    e->earlier = earlier;
    e->later = later;
    *(earlier ? &earlier->later : &q->first) = e;
    *(later ? &later->earlier : &q->last) = e;
    q->pending++;
}

static void unlink_event(struct naive_queue *q, struct naive_event *e)
{
    *(e->earlier ? &e->earlier->later : &q->first) = e->later;
    *(e->later ? &e->later->earlier : &q->last) = e->earlier;
    e->earlier = e->later = NULL;
    q->pending--;
}

uint64_t naive_queue_push(struct naive_queue *q, sim_ns when, uint8_t kind,
                          uint8_t detail, uint64_t arg)
{
    struct naive_event *e = memory_new(1, sizeof *e);
    *e = (struct naive_event){
        .when = when, .ticket = ++q->tickets, .kind = kind, .detail = detail, .arg = arg};
    struct naive_event *earlier = q->last;
    while (earlier && earlier->when > when)
        earlier = earlier->earlier;
    link_between(q, e, earlier, earlier ? earlier->later : q->first);
    return e->ticket;
}

bool naive_queue_cancel(struct naive_queue *q, uint64_t ticket)
{
    for (struct naive_event *e = q->first; e; e = e->later) {
        if (e->ticket != ticket)
            continue;
        unlink_event(q, e);
        free(e);
        return true;
    }
    return false;
}

bool naive_queue_pop(struct naive_queue *q, sim_ns until, struct naive_event *out)
{
    struct naive_event *e = q->first;
    if (!e || e->when > until) {
        if (until != SIM_NEVER && until > q->now)
            q->now = until;
        return false;
    }
    unlink_event(q, e);
    q->now = e->when;
    *out = *e;
    free(e);
    return true;
}

void naive_queue_free(struct naive_queue *q)
{
    for (struct naive_event *e = q->first; e;) {
        struct naive_event *later = e->later;
        free(e);
        e = later;
    }
    *q = (struct naive_queue){0};
}
