/* The oracle of the event queue: a sorted list, as slow as it is plain.
 *
 * Shares no code with sim/engine/event_queue.c.  Events stand in a doubly linked list in
 * the order of (time, insertion); cancelling really takes an event out.  Same shape of
 * calls as the queue, so tests and benchmarks can run one program on both.
 *
 *     push     O(events due later than the new one)
 *     cancel   O(n)
 *     pop      O(1)
 */
#ifndef TESTS_NAIVE_QUEUE_H
#define TESTS_NAIVE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/time.h"

struct naive_event {
    sim_ns when;
    uint64_t ticket; /* 1, 2, 3, ... in order of insertion */
    uint8_t kind;
    uint8_t detail;
    uint64_t arg;
    struct naive_event *earlier, *later;
};

/* {0} is empty, its clock at 0. */
struct naive_queue {
    struct naive_event *first, *last;
    sim_ns now;
    uint64_t tickets; /* given out so far */
    size_t pending;
};

/* Returns the ticket. */
uint64_t naive_queue_push(struct naive_queue *q, sim_ns when, uint8_t kind,
                          uint8_t detail, uint64_t arg);

/* False when no event of that ticket is pending. */
bool naive_queue_cancel(struct naive_queue *q, uint64_t ticket);

/* Takes the next event if it is not later than `until`; otherwise false, and the clock
 * moves to `until` unless that is SIM_NEVER or past.  The links of *out are NULL. */
bool naive_queue_pop(struct naive_queue *q, sim_ns until, struct naive_event *out);

void naive_queue_free(struct naive_queue *q);

#endif
