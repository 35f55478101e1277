/* The future-event list: what happens next, in order of (time, insertion).
 *
 * Two events due at the same instant come in the order in which they were pushed,
 * whatever structure held them, so a run is a function of scenario and seed alone.
 *
 * Most pending events wait one of a few constant delays (a path's delay, TIME_WAIT): they
 * fall due in the order they were pushed, and a lane, a plain queue, holds them in O(1).
 * The rest goes into a heap.  A lane needs no constant delay, only that its events never
 * step back in time, so timers rounded up to a grid use one as well.
 *
 *     push, pop on a lane    O(1) and O(log lanes) for the merge: 7 ns the pair on one
 *                            lane, 10 on eight, 17 on a thousand
 *     push, pop on the heap  O(log n): 40 ns the pair at 1e3 pending, 75 at 1e5,
 *                            250 at 1e6
 *     memory                 24 bytes a pending event, of many on a lane 1 % more, in the
 *                            heap up to 12.5 %; given back as the queue drains
 *
 * An event is data, not a call: the trial's loop pops it and dispatches on `kind`.  One
 * queue belongs to one trial and one thread.
 *
 * Cancelling.  Nothing is ever taken out of the middle.  A push returns a ticket; whoever
 * may change its mind keeps it (struct event_timer, 4 bytes), and an event whose ticket
 * is no longer the one its owner holds is dead: the owner drops it when it comes up.
 * Cancel is one store, and a dead entry costs what its pop costs.
 *
 * Errors: pushing into the past, at SIM_NEVER, or back in time on a lane, is a bug and
 * stops the program.
 */
#ifndef SIM_ENGINE_EVENT_QUEUE_H
#define SIM_ENGINE_EVENT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/time.h"

struct event_queue;

struct event {
    sim_ns when;
    uint64_t order; /* serial number << 16 | kind << 8 | detail: it orders ties */
    uint64_t arg;   /* the dispatcher's business: most often a handle */
};
_Static_assert(sizeof(struct event) == 24, "a pending event is 24 bytes");

static inline uint8_t event_kind(const struct event *e)
{
    return (uint8_t)(e->order >> 8);
}

static inline uint8_t event_detail(const struct event *e)
{
    return (uint8_t)e->order;
}

/* Names a pushed event for as long as 2^32 pushes.  Never 0. */
typedef uint32_t event_ticket;

static inline event_ticket event_ticket_of(const struct event *e)
{
    return (event_ticket)(e->order >> 16);
}

/* A lane of one queue.  0 is the heap: what was opened when no lane was left. */
typedef uint16_t event_lane;

struct event_queue *event_queue_new(void);

/* Drops pending events.  NULL is allowed. */
void event_queue_free(struct event_queue *q);

/* Schedules an event for the moment `when`, event_queue_now(q) <= when < SIM_NEVER. */
event_ticket event_queue_push(struct event_queue *q, sim_ns when, uint8_t kind,
                              uint8_t detail, uint64_t arg);

/* The lane for events that all wait `delay` >= 0: the same for the same delay.  Falls
 * back to the heap (0) when EVENT_LANES are open; order does not depend on that.  O(1), a
 * hash look-up; lanes stay open as long as the queue. */
event_lane event_queue_lane(struct event_queue *q, sim_ns delay);

/* A lane of the caller's own, for moments that never step back; or the heap (0). */
event_lane event_queue_lane_own(struct event_queue *q);

#define EVENT_LANES 1024

/* Schedules on a lane: `when` must not be earlier than the last push on it, except on the
 * heap (0), where this is event_queue_push(). */
event_ticket event_queue_push_lane(struct event_queue *q, event_lane lane, sim_ns when,
                                   uint8_t kind, uint8_t detail, uint64_t arg);

/* Takes the next event and moves the clock to it.  False when none is left, or when the
 * next is later than `until`; the clock then stands at `until` if that is later than it
 * was and not SIM_NEVER. */
bool event_queue_pop(struct event_queue *q, sim_ns until, struct event *out);

sim_ns event_queue_now(const struct event_queue *q);

/* The clock itself, for who must read it without asking (struct bug_context). */
const sim_ns *event_queue_clock(const struct event_queue *q);

/* Events waiting, dead ones included. */
size_t event_queue_pending(const struct event_queue *q);

/* Calls `see` for every event waiting, dead ones included, in no order that means
 * anything.  It must not push. */
void event_queue_each(const struct event_queue *q,
                      void (*see)(void *context, const struct event *), void *context);

/* Bytes the queue holds now, room to grow included.  O(lanes). */
size_t event_queue_bytes(const struct event_queue *q);

/* A cancellable event of one owner. {0} is idle. */
struct event_timer {
    event_ticket ticket;
};

static inline bool event_timer_pending(struct event_timer t)
{
    return t.ticket != 0;
}

static inline void event_timer_cancel(struct event_timer *t)
{
    t->ticket = 0;
}

/* True if `e` is the event this timer waits for; the timer is idle afterwards. */
static inline bool event_timer_due(struct event_timer *t, const struct event *e)
{
    if (t->ticket != event_ticket_of(e))
        return false;
    t->ticket = 0;
    return true;
}

#endif
