#include "models/session_table.h"

#include "models/client_pool.h"
#include "models/session_group.h"
#include "models/tcp.h"
#include "models/tracer.h"
#include "models/udp_session.h"
#include "sim/base/memory.h"

uint32_t session_open(struct sessions *s)
{
    uint32_t id = s->free;
    if (id) {
        s->free = s->at[id].member;
    } else {
        if (s->used + 1 >= s->capacity) {
            s->capacity = (uint32_t)memory_grown(s->capacity, (size_t)s->used + 2);
            s->at = memory_resize(s->at, s->capacity, sizeof *s->at);
            if (s->names)
                s->names = memory_resize(s->names, s->capacity, sizeof *s->names);
            if (s->mates)
                s->mates = memory_resize(s->mates, s->capacity, sizeof *s->mates);
            if (s->arrivals)
                s->arrivals =
                    memory_resize(s->arrivals, s->capacity, sizeof *s->arrivals);
        }
        id = ++s->used;
    }
    s->at[id] = (struct session){0};
    if (s->arrivals)
        s->arrivals[id] = 0;
    return id;
}

struct random_stream *session_chance(const struct sessions *s, uint32_t id,
                                     struct random_stream *stream,
                                     struct random_stream *own)
{
    if (!s->arrivals || !s->arrivals[id])
        return stream;
    *own = random_stream_part(stream, (uint64_t)s->arrivals[id] << 8 | s->at[id].tries);
    return own;
}

void session_settle(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    for (int role = 0; role < ROLE_COUNT; role++)
        if (x->sockets[role])
            return;
    if (event_timer_pending(x->timer) || event_timer_pending(x->hold))
        return;
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_SESSION_ENDS, FAILURE_NONE);
    *x = (struct session){.member = s->free};
    s->free = id;
}

void session_wait(struct sessions *s, uint32_t id, sim_ns delay, enum session_event what)
{
    struct event_queue *q = s->net->queue;
    session_timer(&s->at[id], what)->ticket =
        event_queue_push(q, event_queue_now(q) + delay, EVENT_SESSION, (uint8_t)what, id);
}

void session_wait_as_always(struct sessions *s, uint32_t id, sim_ns delay,
                            enum session_event what)
{
    struct event_queue *q = s->net->queue;
    session_timer(&s->at[id], what)->ticket =
        event_queue_push_lane(q, event_queue_lane(q, delay), event_queue_now(q) + delay,
                              EVENT_SESSION, (uint8_t)what, id);
}

void session_no_longer_open(struct sessions *s, struct session *x)
{
    if (!x->open)
        return;
    x->open = false;
    metrics_shift(s->net->metrics, session_app(s, x)->metric + APP_OPEN, -1,
                  net_now(s->net));
}

static void client_gone(struct sessions *s, struct session *x)
{
    session_no_longer_open(s, x);
    if (session_app(s, x)->clients)
        client_pool_ended(s, x);
}

uint32_t session_let_go(struct sessions *s, struct session *x, enum role role)
{
    uint32_t socket = x->sockets[role];
    x->sockets[role] = 0;
    if (role == ROLE_CLIENT && socket)
        client_gone(s, x);
    return socket;
}

/* What the program at this end forgets: a set of enum leak. */
static unsigned leaks_of(const struct session *x, enum role role)
{
    return role == ROLE_CLIENT ? x->leaks : role == ROLE_OUTER ? x->proxy_leaks : 0;
}

/* Does what a program that leaks does in place of close(); false: it closes. */
static bool leak(struct sessions *s, uint32_t id, enum role role, unsigned leaks)
{
    struct session *x = &s->at[id];
    uint32_t socket = x->sockets[role];
    const struct tcp_socket *t = net_socket(s->net, socket);
    bool shut = t->flags & TCP_HALF_CLOSED;
    bool can_shut = !shut && (t->state == TCP_ESTABLISHED || t->state == TCP_CLOSE_WAIT);
    if (leaks & LEAK_CLOSE_WAIT && t->state == TCP_CLOSE_WAIT) {
        tcp_leak(s->net, session_let_go(s, x, role));
        return true;
    }
    if (leaks & LEAK_NEVER_CLOSED && x->open) {
        tcp_leak(s->net, session_let_go(s, x, role));
        return true;
    }
    if (leaks & LEAK_AFTER_TIME_WAIT && (shut || can_shut)) {
        session_let_go(s, x, role);
        if (can_shut)
            tcp_shutdown(s->net, socket);
        tcp_leak(s->net, socket);
        return true;
    }
    if (leaks & LEAK_HALF_CLOSED && can_shut) {
        tcp_shutdown(s->net, socket);
        return true;
    }
    return false;
}

void session_close(struct sessions *s, uint32_t id, enum role role)
{
    if (session_is_udp(s, &s->at[id])) {
        udp_session_close(s, id);
        return;
    }
    unsigned leaks = leaks_of(&s->at[id], role);
    if (leaks && s->at[id].sockets[role] && leak(s, id, role, leaks))
        return;
    uint32_t socket = session_let_go(s, &s->at[id], role);
    if (socket)
        tcp_close(s->net, socket);
}

void session_drop(struct sessions *s, uint32_t id, enum role role)
{
    if (session_is_udp(s, &s->at[id])) {
        udp_session_close(s, id);
        return;
    }
    uint32_t socket = session_let_go(s, &s->at[id], role);
    if (socket && leaks_of(&s->at[id], role) & LEAK_AFTER_FAILURE)
        tcp_leak(s->net, socket);
    else if (socket)
        tcp_close(s->net, socket);
}

void session_reset(struct sessions *s, uint32_t id, enum role role)
{
    uint32_t socket = session_let_go(s, &s->at[id], role);
    if (socket)
        tcp_abort(s->net, socket);
}

void session_count(struct sessions *s, const struct session *x, uint32_t metric)
{
    metrics_count(s->net->metrics, session_app(s, x)->metric + metric, 1);
}
