/* Merges the lanes and the heap: the clock, the serial numbers and who comes next.
 *
 * Every source of events, the heap as lane 0 and each lane, shows the key of its first
 * event in `heads`.  A tournament over them (Knuth, TAOCP 3, section 5.4.1) names the
 * earliest: tree[1] is the lane that won it all, tree[i] the earlier of tree[2i] and
 * tree[2i + 1], and the leaves stand for the lanes.  A pop, or a push that brings a new
 * first event, replays the matches on the way from its leaf to the root, without a
 * branch; a push behind others replays nothing.
 */
#include "sim/engine/event_queue.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/engine/event_fifo.h"
#include "sim/engine/event_heap.h"
#include "sim/engine/event_order.h"

#define HEAP_LANE   0
#define DELAY_OWN   (-1) /* the delay of a lane that belongs to its caller */
#define DELAY_SLOTS (2 * EVENT_LANES)

struct lane {
    struct event_fifo events;
    sim_ns last;  /* the moment of the last push */
    sim_ns delay; /* or DELAY_OWN */
};

struct event_queue {
    sim_ns now;
    uint64_t serial; /* of the last push */
    size_t pending;
    struct event_heap heap;
    struct lane *lanes; /* `leaves` of them; lanes[HEAP_LANE] is not used */
    event_key *heads;   /* by lane; EVENT_KEY_NONE where there is no event */
    uint16_t *tree;     /* 2 * leaves */
    size_t leaves;      /* a power of two */
    size_t lane_count;  /* open ones, the heap included */
    event_lane by_delay[DELAY_SLOTS]; /* open addressing; 0: no entry */
};

/* --- the tournament -------------------------------------------------------------------
 */

/* Sets the head of a lane and replays its matches. */
static inline void set_head(struct event_queue *q, size_t lane, event_key key)
{
    q->heads[lane] = key;
    size_t winner = lane;
    for (size_t node = q->leaves + lane; node > 1; node /= 2) {
        size_t rival = q->tree[node ^ 1];
        event_key rival_key = q->heads[rival];
        bool wins = key < rival_key;
        winner = wins ? winner : rival;
        key = wins ? key : rival_key;
        q->tree[node / 2] = (uint16_t)winner;
    }
}

/* Makes room for `leaves` lanes; the new ones are empty. */
static void plant(struct event_queue *q, size_t leaves)
{
    q->lanes = memory_resize(q->lanes, leaves, sizeof *q->lanes);
    q->heads = memory_resize(q->heads, leaves, sizeof *q->heads);
    q->tree = memory_resize(q->tree, 2 * leaves, sizeof *q->tree);
    memset(q->lanes + q->leaves, 0, (leaves - q->leaves) * sizeof *q->lanes);
    for (size_t i = q->leaves; i < leaves; i++)
        q->heads[i] = EVENT_KEY_NONE;
    q->leaves = leaves;
    for (size_t i = 0; i < leaves; i++)
        q->tree[leaves + i] = (uint16_t)i;
    for (size_t node = leaves - 1; node > 0; node--) {
        uint16_t a = q->tree[2 * node];
        uint16_t b = q->tree[2 * node + 1];
        q->tree[node] = q->heads[b] < q->heads[a] ? b : a;
    }
}

struct event_queue *event_queue_new(void)
{
    struct event_queue *q = memory_new(1, sizeof *q);
    q->lane_count = 1;
    plant(q, 1);
    return q;
}

void event_queue_free(struct event_queue *q)
{
    if (!q)
        return;
    for (size_t i = 1; i < q->lane_count; i++)
        event_fifo_free(&q->lanes[i].events);
    event_heap_free(&q->heap);
    free(q->lanes);
    free(q->heads);
    free(q->tree);
    free(q);
}

/* --- lanes ----------------------------------------------------------------------------
 */

static event_lane open_lane(struct event_queue *q, sim_ns delay)
{
    if (q->lane_count > EVENT_LANES)
        return HEAP_LANE;
    if (q->lane_count == q->leaves)
        plant(q, 2 * q->leaves);
    size_t lane = q->lane_count++;
    q->lanes[lane].delay = delay;
    return (event_lane)lane;
}

/* Fibonacci hashing (Knuth, TAOCP 3, section 6.4): delays are round numbers, which
 * differ in their high bits as little as in their low ones. */
static size_t delay_slot(sim_ns delay)
{
    return (size_t)(((uint64_t)delay * UINT64_C(0x9E3779B97F4A7C15)) >> 32) % DELAY_SLOTS;
}

event_lane event_queue_lane(struct event_queue *q, sim_ns delay)
{
    SIM_ASSERT(delay >= 0);
    size_t slot = delay_slot(delay);
    while (q->by_delay[slot] && q->lanes[q->by_delay[slot]].delay != delay)
        slot = (slot + 1) % DELAY_SLOTS;
    if (!q->by_delay[slot])
        q->by_delay[slot] = open_lane(q, delay);
    return q->by_delay[slot];
}

event_lane event_queue_lane_own(struct event_queue *q)
{
    return open_lane(q, DELAY_OWN);
}

/* --- push and pop ---------------------------------------------------------------------
 */

static inline struct event stamp(struct event_queue *q, sim_ns when, uint8_t kind,
                                 uint8_t detail, uint64_t arg)
{
    SIM_ASSERT(when >= q->now && when < SIM_NEVER);
    q->serial = event_serial_after(q->serial);
    q->pending++;
    return (struct event){when, event_order_of(q->serial, kind, detail), arg};
}

event_ticket event_queue_push(struct event_queue *q, sim_ns when, uint8_t kind,
                              uint8_t detail, uint64_t arg)
{
    struct event e = stamp(q, when, kind, detail, arg);
    event_heap_push(&q->heap, e);
    if (event_key_of(&e) < q->heads[HEAP_LANE])
        set_head(q, HEAP_LANE, event_key_of(&e));
    return event_ticket_of(&e);
}

event_ticket event_queue_push_lane(struct event_queue *q, event_lane lane, sim_ns when,
                                   uint8_t kind, uint8_t detail, uint64_t arg)
{
    if (lane == HEAP_LANE)
        return event_queue_push(q, when, kind, detail, arg);
    SIM_ASSERT(lane < q->lane_count && when >= q->lanes[lane].last);
    struct event e = stamp(q, when, kind, detail, arg);
    q->lanes[lane].last = when;
    event_fifo_push(&q->lanes[lane].events, e);
    if (q->lanes[lane].events.count == 1)
        set_head(q, lane, event_key_of(&e));
    return event_ticket_of(&e);
}

static void take_from_heap(struct event_queue *q, struct event *out)
{
    *out = q->heap.items[0];
    event_heap_drop(&q->heap);
    set_head(q, HEAP_LANE,
             q->heap.count ? event_key_of(&q->heap.items[0]) : EVENT_KEY_NONE);
}

static inline void take_from_lane(struct event_queue *q, size_t lane, struct event *out)
{
    struct event_fifo *events = &q->lanes[lane].events;
    *out = *event_fifo_first(events);
    event_fifo_drop(events);
    set_head(q, lane,
             events->count ? event_key_of(event_fifo_first(events)) : EVENT_KEY_NONE);
}

static void wait_until(struct event_queue *q, sim_ns until)
{
    if (until > q->now && until != SIM_NEVER)
        q->now = until;
}

bool event_queue_pop(struct event_queue *q, sim_ns until, struct event *out)
{
    size_t lane = q->tree[1];
    sim_ns when = event_key_when(q->heads[lane]);
    if (when > until || when == SIM_NEVER) {
        wait_until(q, until);
        return false;
    }
    q->now = when;
    q->pending--;
    if (lane == HEAP_LANE)
        take_from_heap(q, out);
    else
        take_from_lane(q, lane, out);
    return true;
}

/* --- questions ------------------------------------------------------------------------
 */

sim_ns event_queue_now(const struct event_queue *q)
{
    return q->now;
}

const sim_ns *event_queue_clock(const struct event_queue *q)
{
    return &q->now;
}

size_t event_queue_pending(const struct event_queue *q)
{
    return q->pending;
}

void event_queue_each(const struct event_queue *q,
                      void (*see)(void *context, const struct event *), void *context)
{
    for (size_t i = 0; i < q->heap.count; i++)
        see(context, &q->heap.items[i]);
    for (size_t i = 1; i < q->lane_count; i++)
        event_fifo_each(&q->lanes[i].events, see, context);
}

size_t event_queue_bytes(const struct event_queue *q)
{
    size_t bytes = sizeof *q + q->heap.capacity * sizeof(struct event);
    bytes += q->leaves * (sizeof *q->lanes + sizeof *q->heads + 2 * sizeof *q->tree);
    for (size_t i = 1; i < q->lane_count; i++)
        bytes += q->lanes[i].events.bytes;
    return bytes;
}
