/* The event queue against claims of its header, and against a naive sorted list on random
 * programs of push, cancel and pop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/engine/event_order.h"
#include "sim/engine/event_queue.h"
#include "tests/expect_bug.h"
#include "tests/naive_queue.h"

/* --- random programs ------------------------------------------------------------------
 */

#define OWNERS 64
#define DELAYS 24
#define STEPS  4000

/* What a kind of program is made of. */
struct shape {
    const char *name;
    sim_ns granule;  /* every moment is a multiple of it */
    uint32_t spread; /* delays are 0 .. spread - 1 granules */
    uint32_t pushes; /* of a push, a cancel and a pop: relative frequencies */
    uint32_t cancels;
    uint32_t pops;
};

/* 10 ms steps over 80 ms make most moments ties. */
static const struct shape shapes[] = {
    {"fine clock", 1, 1000000000, 10, 2, 9},
    {"coarse clock", 10 * SIM_MS, 8, 10, 2, 9},
    {"coarse clock, mostly cancelled", 10 * SIM_MS, 8, 12, 10, 4},
    {"coarse clock, filling up", 10 * SIM_MS, 40, 20, 1, 6},
    {"one moment", 1, 1, 10, 2, 9},
};

/* One owner of one timer, as a socket would be; its index is the event's arg. */
struct owner {
    struct event_timer timer;
    uint64_t naive_ticket;
};

/* Both queues under the same program. */
struct contest {
    const struct shape *shape;
    uint64_t seed;
    uint64_t chance;
    uint32_t step;
    struct event_queue *queue;
    struct naive_queue naive;
    struct owner owners[OWNERS];
    event_lane own_lane; /* for moments on a grid of four granules */
    sim_ns own_last;
};

/* SplitMix64, so that this test does not stand on the streams of the simulator. */
static uint32_t below(struct contest *c, uint32_t n)
{
    uint64_t z = c->chance += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ z >> 31) % n);
}

#define CONTEST_FAIL(c, what)                                                            \
    fail_msg("%s: \"%s\", seed %llu, step %u", what, (c)->shape->name,                   \
             (unsigned long long)(c)->seed, (c)->step)

static void cancel(struct contest *c, struct owner *o)
{
    bool pending = event_timer_pending(o->timer);
    if (naive_queue_cancel(&c->naive, o->naive_ticket) != pending)
        CONTEST_FAIL(c, "one of the queues had lost the event to cancel");
    event_timer_cancel(&o->timer);
}

/* Starts the owner's timer on the heap, a delay lane, or a lane of its own. */
static void start(struct contest *c, struct owner *o)
{
    sim_ns now = event_queue_now(c->queue);
    uint64_t arg = (uint64_t)(o - c->owners);
    uint8_t kind = (uint8_t)below(c, 256);
    uint8_t detail = (uint8_t)below(c, 256);
    sim_ns when = now + below(c, c->shape->spread) * c->shape->granule;
    sim_ns grid = 4 * c->shape->granule;
    sim_ns delay;
    switch (below(c, 4)) {
    case 0:
        o->timer.ticket = event_queue_push(c->queue, when, kind, detail, arg);
        break;
    case 1: /* every moment on the grid that is not before the last one */
        when = (when + grid - 1) / grid * grid;
        when = when > c->own_last ? when : c->own_last;
        c->own_last = when;
        o->timer.ticket =
            event_queue_push_lane(c->queue, c->own_lane, when, kind, detail, arg);
        break;
    default: /* a lane is opened when its delay comes up first */
        delay = below(c, DELAYS) % c->shape->spread * c->shape->granule;
        when = now + delay;
        o->timer.ticket = event_queue_push_lane(
            c->queue, event_queue_lane(c->queue, delay), when, kind, detail, arg);
    }
    o->naive_ticket = naive_queue_push(&c->naive, when, kind, detail, arg);
}

/* The next event that is not dead. */
static bool pop_live(struct contest *c, sim_ns until, struct event *e)
{
    while (event_queue_pop(c->queue, until, e))
        if (event_timer_due(&c->owners[e->arg].timer, e))
            return true;
    return false;
}

static void compare_pop(struct contest *c, sim_ns until)
{
    struct event e;
    struct naive_event expected;
    bool live = pop_live(c, until, &e);
    if (live != naive_queue_pop(&c->naive, until, &expected))
        CONTEST_FAIL(c, "only one of the queues had an event");
    if (!live) {
        if (until != SIM_NEVER && event_queue_now(c->queue) != until)
            CONTEST_FAIL(c, "the clock does not stand where the pop was told to stop");
        return;
    }
    if (e.when != expected.when || e.arg != expected.arg ||
        event_kind(&e) != expected.kind || event_detail(&e) != expected.detail)
        CONTEST_FAIL(c, "the queues gave different events");
    if (event_queue_now(c->queue) != e.when)
        CONTEST_FAIL(c, "the clock does not stand at the event");
}

static void random_step(struct contest *c)
{
    const struct shape *s = c->shape;
    struct owner *o = &c->owners[below(c, OWNERS)];
    uint32_t choice = below(c, s->pushes + s->cancels + s->pops);
    if (choice < s->pushes) {
        cancel(c, o);
        start(c, o);
    } else if (choice < s->pushes + s->cancels) {
        cancel(c, o);
    } else {
        sim_ns until = event_queue_now(c->queue) + below(c, s->spread) * s->granule / 2;
        compare_pop(c, below(c, 4) ? SIM_NEVER : until);
    }
    if (event_queue_pending(c->queue) < c->naive.pending)
        CONTEST_FAIL(c, "fewer events are pending than are alive");
}

static void run_contest(const struct shape *shape, uint64_t seed)
{
    struct contest c = {.shape = shape, .seed = seed, .chance = seed};
    c.queue = event_queue_new();
    c.own_lane = event_queue_lane_own(c.queue);
    for (c.step = 0; c.step < STEPS; c.step++)
        random_step(&c);
    while (c.naive.pending)
        compare_pop(&c, SIM_NEVER);
    compare_pop(&c, SIM_NEVER);
    assert_int_equal(event_queue_pending(c.queue), 0);
    event_queue_free(c.queue);
    naive_queue_free(&c.naive);
}

static void test_random_programs_run_as_on_a_sorted_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (uint64_t seed = 1; seed <= 100; seed++)
            run_contest(&shapes[i], seed);
}

/* --- order ----------------------------------------------------------------------------
 */

/* Pops everything and expects the args 0, 1, 2 ... `count` - 1. */
static void assert_args_in_order(struct event_queue *q, uint64_t count)
{
    struct event e;
    for (uint64_t i = 0; i < count; i++) {
        assert_true(event_queue_pop(q, SIM_NEVER, &e));
        assert_int_equal(e.arg, i);
    }
    assert_false(event_queue_pop(q, SIM_NEVER, &e));
}

static void test_ties_come_in_push_order(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    event_lane a = event_queue_lane(q, 5), b = event_queue_lane_own(q);
    event_queue_push(q, 5, 3, 0, 0);
    event_queue_push_lane(q, b, 5, 2, 0, 1);
    event_queue_push_lane(q, a, 5, 1, 0, 2);
    event_queue_push(q, 5, 0, 0, 3);
    event_queue_push_lane(q, a, 5, 9, 9, 4);
    event_queue_push_lane(q, b, 5, 0, 0, 5);
    event_queue_push(q, 5, 0, 0, 6);
    assert_args_in_order(q, 7);
    event_queue_free(q);
}

static void test_an_event_carries_what_was_pushed(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    event_ticket ticket = event_queue_push(q, 7, 200, 255, UINT64_MAX);
    struct event e;
    assert_true(event_queue_pop(q, SIM_NEVER, &e));
    assert_int_equal(e.when, 7);
    assert_int_equal(event_kind(&e), 200);
    assert_int_equal(event_detail(&e), 255);
    assert_true(e.arg == UINT64_MAX);
    assert_int_equal(event_ticket_of(&e), ticket);
    event_queue_free(q);
}

static void test_a_delay_has_one_lane(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    event_lane first = event_queue_lane(q, 240 * SIM_S);
    assert_int_not_equal(first, 0);
    assert_int_not_equal(event_queue_lane(q, 0), first);
    assert_int_not_equal(event_queue_lane_own(q), first);
    assert_int_equal(event_queue_lane(q, 240 * SIM_S), first);
    event_queue_free(q);
}

static void test_delays_beyond_the_lanes_share_the_heap(void **state)
{
    (void)state;
    enum { MANY = EVENT_LANES + 300 };
    struct event_queue *q = event_queue_new();
    for (uint32_t delay = MANY; delay-- > 0;) {
        event_lane lane = event_queue_lane(q, delay);
        assert_true((lane == 0) == (delay < MANY - EVENT_LANES));
        event_queue_push_lane(q, lane, delay, 0, 0, delay);
    }
    assert_int_equal(event_queue_lane_own(q), 0);
    assert_int_equal(event_queue_lane(q, MANY - 1), 1);
    assert_int_equal(event_queue_pending(q), MANY);
    assert_args_in_order(q, MANY);
    event_queue_free(q);
}

/* --- the clock ------------------------------------------------------------------------
 */

static void test_pop_stops_at_until(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    const sim_ns *clock = event_queue_clock(q);
    struct event e;
    event_queue_push(q, 10, 0, 0, 0);
    assert_false(event_queue_pop(q, 9, &e));
    assert_int_equal(*clock, 9);
    assert_false(event_queue_pop(q, 4, &e)); /* earlier than the clock: it stays */
    assert_int_equal(*clock, 9);
    assert_true(event_queue_pop(q, 10, &e)); /* `until` itself belongs to it */
    assert_int_equal(*clock, 10);
    assert_false(event_queue_pop(q, 30, &e)); /* nothing left: it moves as well */
    assert_int_equal(*clock, 30);
    event_queue_free(q);
}

static void test_nothing_left_before_never_keeps_the_clock(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    struct event e;
    event_queue_push(q, SIM_NEVER - 1, 0, 0, 0);
    assert_true(event_queue_pop(q, SIM_NEVER, &e));
    assert_false(event_queue_pop(q, SIM_NEVER, &e));
    assert_int_equal(event_queue_now(q), SIM_NEVER - 1);
    event_queue_free(q);
}

/* --- timers ---------------------------------------------------------------------------
 */

static void test_a_cancelled_timer_is_not_due(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    struct event_timer timer = {0};
    struct event e;
    timer.ticket = event_queue_push_lane(q, event_queue_lane(q, 5), 5, 0, 0, 0);
    assert_true(event_timer_pending(timer));
    event_timer_cancel(&timer);
    assert_false(event_timer_pending(timer));
    assert_true(event_queue_pop(q, SIM_NEVER, &e));
    assert_false(event_timer_due(&timer, &e));
    event_queue_free(q);
}

static void test_a_restarted_timer_is_due_once(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    event_lane lane = event_queue_lane(q, 5);
    struct event_timer timer = {event_queue_push_lane(q, lane, 5, 0, 0, 0)};
    timer.ticket = event_queue_push_lane(q, lane, 6, 0, 0, 0);
    struct event e;
    assert_true(event_queue_pop(q, SIM_NEVER, &e));
    assert_false(event_timer_due(&timer, &e));
    assert_true(event_queue_pop(q, SIM_NEVER, &e));
    assert_true(event_timer_due(&timer, &e));
    assert_int_equal(e.when, 6);
    assert_false(event_timer_pending(timer));
    assert_false(event_timer_due(&timer, &e));
    event_queue_free(q);
}

static void test_no_ticket_is_zero(void **state)
{
    (void)state;
    assert_true(event_serial_after(0) == 1);
    assert_true(event_serial_after(41) == 42);
    assert_true(event_serial_after(UINT32_MAX) == (uint64_t)UINT32_MAX + 2);
}

/* --- memory ---------------------------------------------------------------------------
 */

/* Pushes `count` events on a lane or the heap, and takes them all out, in order.  They
 * take what they must, and at most `waste` of that more. */
static void fill_and_drain(struct event_queue *q, event_lane lane, uint64_t count,
                           double waste)
{
    sim_ns start = event_queue_now(q);
    size_t before = event_queue_bytes(q);
    for (uint64_t i = 0; i < count; i++)
        event_queue_push_lane(q, lane, start + (sim_ns)i, 0, 0, i);
    double needed = (double)(count * sizeof(struct event));
    double now = (double)event_queue_bytes(q);
    assert_true(now >= needed);
    assert_true(now <= (double)before + needed * (1 + waste));
    assert_args_in_order(q, count);
}

static void test_a_drained_queue_gives_its_memory_back(void **state)
{
    (void)state;
    enum { HUGE = 1000000, MANY = 5000, SMALL = 64 * 1024 };
    struct event_queue *q = event_queue_new();
    event_lane lane = event_queue_lane_own(q);
    for (int i = 0; i < 2; i++) {
        fill_and_drain(q, lane, HUGE, 0.01);
        assert_true(event_queue_bytes(q) < SMALL);
        fill_and_drain(q, 0, MANY, 1); /* it doubles */
        assert_true(event_queue_bytes(q) < 2 * SMALL);
    }
    event_queue_free(q);
}

/* A lane that fills and drains by turns, with its head everywhere in a chunk. */
static void test_a_turning_lane_keeps_its_order(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    event_lane lane = event_queue_lane_own(q);
    uint64_t pushed = 0, popped = 0;
    struct event e;
    for (uint64_t target = 1; target < 40000; target += target / 16 + 1) {
        for (; pushed - popped < target; pushed++)
            event_queue_push_lane(q, lane, (sim_ns)pushed, 0, 0, pushed);
        for (uint64_t keep = target / 11; pushed - popped > keep; popped++) {
            assert_true(event_queue_pop(q, SIM_NEVER, &e));
            assert_int_equal(e.arg, popped);
        }
    }
    event_queue_free(q);
}

static void test_free_takes_null_and_drops_what_is_pending(void **state)
{
    (void)state;
    event_queue_free(NULL);
    struct event_queue *q = event_queue_new();
    for (sim_ns when = 0; when < 100; when++) {
        event_queue_push(q, when, 0, 0, 0);
        event_queue_push_lane(q, event_queue_lane(q, when), when, 0, 0, 0);
    }
    event_queue_free(q); /* the leak checker of the sanitizer build looks at this */
}

/* --- misuse ---------------------------------------------------------------------------
 */

/* A queue whose clock stands at 10 and whose lane 1 was last given 20. */
static void with_clock_at_10(struct event_queue **q)
{
    struct event e;
    *q = event_queue_new();
    event_queue_push_lane(*q, event_queue_lane_own(*q), 20, 0, 0, 0);
    event_queue_pop(*q, 10, &e);
}

static void push_into_the_past(void *queue)
{
    event_queue_push(queue, 9, 0, 0, 0);
}

static void push_at_never(void *queue)
{
    event_queue_push(queue, SIM_NEVER, 0, 0, 0);
}

static void step_back_on_a_lane(void *queue)
{
    event_queue_push_lane(queue, 1, 19, 0, 0, 0);
}

static void push_into_the_past_on_a_lane(void *queue)
{
    event_queue_push_lane(queue, event_queue_lane_own(queue), 9, 0, 0, 0);
}

static void push_on_a_lane_that_is_not_open(void *queue)
{
    event_queue_push_lane(queue, 2, 30, 0, 0, 0);
}

static void ask_for_a_negative_delay(void *queue)
{
    event_queue_lane(queue, -1);
}

static void test_misuse_is_a_bug(void **state)
{
    (void)state;
    struct event_queue *q;
    with_clock_at_10(&q);
    expect_bug(push_into_the_past, q);
    expect_bug(push_at_never, q);
    expect_bug(step_back_on_a_lane, q);
    expect_bug(push_into_the_past_on_a_lane, q);
    expect_bug(push_on_a_lane_that_is_not_open, q);
    expect_bug(ask_for_a_negative_delay, q);
    event_queue_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_programs_run_as_on_a_sorted_list),
        cmocka_unit_test(test_ties_come_in_push_order),
        cmocka_unit_test(test_an_event_carries_what_was_pushed),
        cmocka_unit_test(test_a_delay_has_one_lane),
        cmocka_unit_test(test_delays_beyond_the_lanes_share_the_heap),
        cmocka_unit_test(test_pop_stops_at_until),
        cmocka_unit_test(test_nothing_left_before_never_keeps_the_clock),
        cmocka_unit_test(test_a_cancelled_timer_is_not_due),
        cmocka_unit_test(test_a_restarted_timer_is_due_once),
        cmocka_unit_test(test_no_ticket_is_zero),
        cmocka_unit_test(test_a_drained_queue_gives_its_memory_back),
        cmocka_unit_test(test_a_turning_lane_keeps_its_order),
        cmocka_unit_test(test_free_takes_null_and_drops_what_is_pending),
        cmocka_unit_test(test_misuse_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
