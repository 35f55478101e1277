/* Attempts in random worlds, held to RFC 9293 by a walk of their own.
 *
 * Each rung of an attempt is checked against a table written down here, from figure 5 of
 * the RFC and the few edges that systems add, and against its cause: a step that a
 * segment makes has that segment arriving in the same instant, one that a call makes has
 * the call, one that a timer makes has the timer.  Segments leave only states that send
 * them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/engine/random.h"
#include "sim/trial/attempt.h"
#include "tests/run_text.h"

/* --- RFC 9293, naively
 * ------------------------------------------------------------------
 */

struct edge {
    enum tcp_state from;
    enum tcp_input by;
    enum tcp_state to;
};

/* Figure 5, and section 3.10 for RST. */
static const struct edge figure_5[] = {
    {TCP_CLOSED, TCP_IN_ACTIVE_OPEN, TCP_SYN_SENT},
    {TCP_LISTEN, TCP_IN_SYN, TCP_SYN_RECEIVED},
    {TCP_SYN_SENT, TCP_IN_SYN_ACK, TCP_ESTABLISHED},
    {TCP_SYN_SENT, TCP_IN_CLOSE, TCP_CLOSED},
    {TCP_SYN_RECEIVED, TCP_IN_ACK_OF_SYN, TCP_ESTABLISHED},
    {TCP_SYN_RECEIVED, TCP_IN_CLOSE, TCP_FIN_WAIT_1},
    {TCP_ESTABLISHED, TCP_IN_CLOSE, TCP_FIN_WAIT_1},
    {TCP_ESTABLISHED, TCP_IN_FIN, TCP_CLOSE_WAIT},
    {TCP_FIN_WAIT_1, TCP_IN_ACK_OF_FIN, TCP_FIN_WAIT_2},
    {TCP_FIN_WAIT_1, TCP_IN_FIN, TCP_CLOSING},
    {TCP_FIN_WAIT_2, TCP_IN_FIN, TCP_TIME_WAIT},
    {TCP_CLOSE_WAIT, TCP_IN_CLOSE, TCP_LAST_ACK},
    {TCP_CLOSING, TCP_IN_ACK_OF_FIN, TCP_TIME_WAIT},
    {TCP_LAST_ACK, TCP_IN_ACK_OF_FIN, TCP_CLOSED},
    {TCP_TIME_WAIT, TCP_IN_TIME_WAIT_OVER, TCP_CLOSED},
    {TCP_TIME_WAIT, TCP_IN_FIN, TCP_TIME_WAIT}, /* 3.10.7.4: 2 MSL begin anew */
    /* What systems add [MODEL.md B1, B2, B4]. */
    {TCP_FIN_WAIT_2, TCP_IN_FIN_WAIT_2_OVER, TCP_CLOSED},
};

static bool is_edge(enum tcp_state from, enum tcp_input by, enum tcp_state to)
{
    if (by == TCP_IN_RST || by == TCP_IN_ABORT || by == TCP_IN_GIVE_UP)
        return from >= TCP_SYN_SENT && to == TCP_CLOSED; /* from every state */
    for (size_t i = 0; i < sizeof figure_5 / sizeof figure_5[0]; i++)
        if (figure_5[i].from == from && figure_5[i].by == by && figure_5[i].to == to)
            return true;
    return false;
}

/* May a socket in that state send that segment, its state after the step? */
static bool may_send(enum net_event kind, enum tcp_state state)
{
    switch (kind) {
    case EVENT_SYN:
        return state == TCP_SYN_SENT;
    case EVENT_SYN_ACK:
        return state == TCP_SYN_RECEIVED;
    case EVENT_ACK: /* again, if the SYN+ACK comes again */
        return state >= TCP_ESTABLISHED;
    case EVENT_FIN:
        return state == TCP_FIN_WAIT_1;
    case EVENT_FIN_ACK:
        return state == TCP_LAST_ACK || state == TCP_CLOSING;
    case EVENT_ACK_OF_FIN:
        return state == TCP_CLOSE_WAIT || state == TCP_CLOSING ||
               state == TCP_TIME_WAIT || state == TCP_LAST_ACK;
    case EVENT_RST: /* of nobody, of who aborts, of who is challenged */
        return state == TCP_CLOSED || state == TCP_SYN_SENT;
    case EVENT_CHALLENGE_ACK: /* 3.10.7.4: what is out of window is acknowledged */
        return state >= TCP_SYN_RECEIVED;
    case EVENT_PROBE:
    case EVENT_PROBE_ANSWER:
        return true;
    default:
        return false;
    }
}

/* --- causes ---------------------------------------------------------------------------
 */

static bool carries(enum net_event kind, enum tcp_input input)
{
    switch (input) {
    case TCP_IN_SYN:
        return kind == EVENT_SYN;
    case TCP_IN_SYN_ACK:
        return kind == EVENT_SYN_ACK;
    case TCP_IN_ACK_OF_SYN: /* every later segment carries it, too */
        return kind == EVENT_ACK || kind == EVENT_FIN || kind == EVENT_FIN_ACK;
    case TCP_IN_FIN:
        return kind == EVENT_FIN || kind == EVENT_FIN_ACK;
    case TCP_IN_ACK_OF_FIN:
        return kind == EVENT_ACK_OF_FIN || kind == EVENT_FIN_ACK;
    case TCP_IN_RST:
        return kind == EVENT_RST;
    default:
        return false;
    }
}

static bool segment_arrives(const struct attempt *a, const struct rung *step)
{
    for (const struct rung *r = a->rungs; r < step; r++)
        if (r->kind == RUNG_SEGMENT && r->segment.arrived &&
            r->segment.end == step->end && r->segment.arrives == step->when &&
            r->segment.fate == SEGMENT_CARRIED &&
            carries((enum net_event)r->what, (enum tcp_input)step->what))
            return true;
    return false;
}

/* Another rung of the same end, in the same instant and before. */
static bool comes_with(const struct attempt *a, const struct rung *step,
                       enum rung_kind kind)
{
    for (const struct rung *r = a->rungs; r < step; r++)
        if (r->kind == kind && r->end == step->end && r->when == step->when &&
            (kind != RUNG_TIMER || r->timer.fired))
            return true;
    return false;
}

/* A timer fires when one was started for, and not before. */
static bool was_started(const struct attempt *a, const struct rung *fired)
{
    for (const struct rung *r = a->rungs; r < fired; r++)
        if (r->kind == RUNG_TIMER && !r->timer.fired && r->end == fired->end &&
            r->timer.until == fired->when)
            return true;
    return false;
}

static bool has_its_cause(const struct attempt *a, const struct rung *step)
{
    switch ((enum tcp_input)step->what) {
    case TCP_IN_ACTIVE_OPEN:
        return comes_with(a, step, RUNG_CHOICE);
    case TCP_IN_CLOSE:
    case TCP_IN_ABORT:
        return comes_with(a, step, RUNG_CALL);
    case TCP_IN_GIVE_UP:
    case TCP_IN_FIN_WAIT_2_OVER:
    case TCP_IN_TIME_WAIT_OVER:
        return comes_with(a, step, RUNG_TIMER);
    default:
        return segment_arrives(a, step);
    }
}

/* --- the walk -------------------------------------------------------------------------
 */

struct walker {
    uint8_t *states; /* of each end, as the table says */
    uint64_t steps, segments;
    uint64_t ended_by_others;
};

/* A later connection may use the tuple again: a SYN ends TIME_WAIT, the answer to a
 * challenge is RST.  Nothing of that connection stands in this ladder. */
static bool may_be_ended_by_others(const struct rung *step)
{
    return (step->what == TCP_IN_TIME_WAIT_OVER || step->what == TCP_IN_RST) &&
           !step->step.carried;
}

static void walk_step(struct walker *w, const struct attempt *a, const struct rung *r,
                      const char *scenario)
{
    const struct attempt_end *e = &a->ends[r->end];
    enum tcp_state from = (enum tcp_state)r->step.from, to = (enum tcp_state)r->step.to;
    if (e->earlier)
        return; /* its life before is not told */
    if (w->states[r->end] != from || !is_edge(from, (enum tcp_input)r->what, to))
        fail_msg("%s -> %s by %s, though it was in %s, in %s", tcp_state_name(from),
                 tcp_state_name(to), tcp_input_name((enum tcp_input)r->what),
                 tcp_state_name((enum tcp_state)w->states[r->end]), scenario);
    bool caused = has_its_cause(a, r);
    w->ended_by_others += !caused;
    if (!caused && !may_be_ended_by_others(r))
        fail_msg("%s -> %s by %s at %.9f without a cause, in %s", tcp_state_name(from),
                 tcp_state_name(to), tcp_input_name((enum tcp_input)r->what),
                 sim_seconds(r->when), scenario);
    w->states[r->end] = (uint8_t)to;
    w->steps++;
}

static void walk_segment(struct walker *w, const struct attempt *a, const struct rung *r,
                         const char *scenario)
{
    enum tcp_state state = (enum tcp_state)r->segment.from_state;
    bool of_ours = r->end != NO_END && !a->ends[r->end].earlier;
    bool gateway = r->place >= PLACE_GATEWAY_FIRST;
    if (gateway && (r->end == NO_END || r->what == EVENT_SYN))
        return; /* lets go, or answers in another's place */
    if (of_ours && w->states[r->end] != state)
        fail_msg("a ladder shows %s where the walk is in %s, in %s",
                 tcp_state_name(state), tcp_state_name((enum tcp_state)w->states[r->end]),
                 scenario);
    if (!may_send((enum net_event)r->what, state))
        fail_msg("segment %u sent in %s, in %s", (unsigned)r->what, tcp_state_name(state),
                 scenario);
    w->segments++;
}

static void walk_attempt(struct walker *w, const struct attempt *a, const char *scenario)
{
    w->states = memory_new(a->end_count, sizeof *w->states);
    for (uint16_t i = 0; i < a->end_count; i++)
        w->states[i] = a->ends[i].active ? TCP_CLOSED : TCP_LISTEN;
    for (const struct rung *r = a->rungs; r < a->rungs + a->rung_count; r++) {
        assert_true(r == a->rungs || r->when >= r[-1].when);
        if (r->kind == RUNG_STEP)
            walk_step(w, a, r, scenario);
        if (r->kind == RUNG_SEGMENT)
            walk_segment(w, a, r, scenario);
        if (r->kind == RUNG_TIMER && r->timer.fired && !a->ends[r->end].earlier)
            assert_true(was_started(a, r));
    }
    for (uint16_t i = 0; i < a->end_count; i++)
        if (!a->ends[i].earlier && a->ends[i].closed == SIM_NEVER)
            assert_int_equal(w->states[i], a->ends[i].state);
    free(w->states);
}

/* --- worlds ---------------------------------------------------------------------------
 */

#define PICK(stream, list) (list)[random_below(stream, sizeof(list) / sizeof(list)[0])]

/* Small ranges make tuples meet; long FIN_WAIT_2 and loss make ladders long. */
static char *random_world(struct random_stream *s)
{
    static const char *const stacks[] = {"linux518", "win10", "freebsd14",
                                         "proxysg-legacy"};
    static const char *const proxies[] = {"explicit", "haproxy-tcp", "nginx-stream",
                                          "nginx-http"};
    static const char *const losses[] = {"0", "0", "0.1", "0.3"};
    static const char *const closers[] = {"client", "server", "both"};
    static const char *const closes[] = {"{\"kind\": \"prompt\"}",
                                         "{\"kind\": \"never\"}", "{\"kind\": \"reset\"}",
                                         "{\"kind\": \"silent\"}",
                                         "{\"kind\": \"late\", \"delay\": {\"kind\": "
                                         "\"exponential\", \"mean\": \"20s\"}}"};
    static const char *const sockets[] = {"", ", \"socket\": {\"linger_zero\": true}"};
    static const char *const through[] = {"", ", \"through\": \"proxy\""};
    return memory_print(
        "{\"name\": \"random\", \"duration\": \"20min\", \"network\": {\"rtt\": "
        "\"40ms\", "
        "\"loss\": %s}, \"hosts\": {"
        "\"clients\": {\"stack\": \"%s\", \"count\": 2, \"tcp\": {\"range\": [50000, "
        "50009]}},"
        "\"proxy\": {\"stack\": \"%s\", \"proxy\": \"%s\", \"tcp\": {\"range\": [40000, "
        "40009]}},"
        "\"server\": {\"stack\": \"%s\", \"listen\": [80]}},"
        "\"apps\": {\"a\": {\"from\": \"clients\"%s, \"to\": \"server:80\","
        "\"arrivals\": {\"kind\": \"poisson\", \"rate\": \"0.5/s\"},"
        "\"lifetime\": {\"kind\": \"exponential\", \"mean\": \"2s\"},"
        "\"closes_first\": \"%s\", \"server_close\": [%s],"
        "\"on_failure\": {\"retries\": 1, \"backoff\": \"1s\"}%s}}}",
        PICK(s, losses), PICK(s, stacks), PICK(s, stacks), PICK(s, proxies),
        PICK(s, stacks), PICK(s, through), PICK(s, closers), PICK(s, closes),
        PICK(s, sockets));
}

static void test_every_ladder_of_random_worlds_is_a_walk_of_rfc_9293(void **state)
{
    (void)state;
    struct random_stream s = random_stream_make(1, 1, "tests", "ladders");
    struct walker w = {.states = NULL};
    int worlds = quick_run() ? 20 : 120;
    for (int i = 0; i < worlds; i++) {
        char *scenario = random_world(&s);
        struct text_plan p = text_plan_read(scenario);
        for (uint64_t number = 1; number <= 90; number += 1 + random_below(&s, 60)) {
            struct attempt a;
            attempt_follow(&a, p.plan, (uint64_t)i, 20 * SIM_MIN, number);
            assert_true(a.number == number);
            walk_attempt(&w, &a, scenario);
            attempt_free(&a);
        }
        text_plan_free(&p);
        free(scenario);
    }
    assert_true(w.steps > (uint64_t)worlds * 20);
    assert_true(w.segments > (uint64_t)worlds * 20);
    assert_true(w.ended_by_others * 10 < w.steps); /* the exception, not the rule */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_ladder_of_random_worlds_is_a_walk_of_rfc_9293),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
