#include "models/idle_pool.h"

#include "models/tracer.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

static bool is_proxied(struct sessions *s, const struct session *x)
{
    return session_app(s, x)->config->through != FIELD_NO_REFERENCE;
}

/* Whose socket opened the connection to the server. */
static enum role opener(struct sessions *s, const struct session *x)
{
    return is_proxied(s, x) ? ROLE_OUTER : ROLE_CLIENT;
}

static struct idle_pool *pool_of(struct sessions *s, struct app *a, uint32_t member)
{
    const struct host *host = net_host(s->net, member);
    if (!a->pools)
        a->pools = memory_new(host->member_count, sizeof *a->pools);
    return &a->pools[member - host->first_member];
}

struct idle_pool *idle_pool_of(struct sessions *s, const struct session *x)
{
    const struct tcp_socket *socket = net_socket(s->net, x->sockets[opener(s, x)]);
    return pool_of(s, session_app(s, x), socket->member);
}

static void count_idle(struct sessions *s, const struct session *x, int change)
{
    metrics_shift(s->net->metrics, session_app(s, x)->metric + APP_IDLE, change,
                  net_now(s->net));
}

static void join(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    struct idle_pool *pool = idle_pool_of(s, x);
    x->idle = true;
    x->older = pool->newest;
    x->newer = 0;
    if (pool->newest)
        session_at(s, pool->newest)->newer = id;
    else
        pool->oldest = id;
    pool->newest = id;
    pool->count++;
    count_idle(s, x, 1);
}

void idle_pool_leave(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    struct idle_pool *pool = idle_pool_of(s, x);
    SIM_ASSERT(x->idle);
    *(x->newer ? &session_at(s, x->newer)->older : &pool->newest) = x->older;
    *(x->older ? &session_at(s, x->older)->newer : &pool->oldest) = x->newer;
    pool->count--;
    x->idle = false;
    event_timer_cancel(&x->timer);
    count_idle(s, x, -1);
}

void idle_pool_hand_over(struct sessions *s, uint32_t from, uint32_t to)
{
    struct session *x = session_at(s, from), *y = session_at(s, to);
    const enum role both[] = {opener(s, x), ROLE_SERVER};
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        uint32_t socket = x->sockets[both[i]];
        y->sockets[both[i]] = socket;
        x->sockets[both[i]] = 0;
        if (socket)
            net_socket(s->net, socket)->session = to;
    }
    y->behaviour = x->behaviour;
    y->requests = x->requests;
    y->stale = x->stale;
    if (s->arrivals && !s->arrivals[to])
        s->arrivals[to] = s->arrivals[from];
}

uint32_t idle_pool_keep(struct sessions *s, uint32_t id)
{
    uint32_t idle = session_open(s);
    struct session *x = session_at(s, id), *y = session_at(s, idle);
    y->app = x->app;
    y->member = x->member;
    y->target = x->target;
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_KEEPS, FAILURE_NONE);
    idle_pool_hand_over(s, id, idle);
    if (y->requests < UINT16_MAX)
        y->requests++;
    join(s, idle);
    return idle;
}

bool idle_pool_take(struct sessions *s, uint32_t id, uint32_t member)
{
    struct session *x = session_at(s, id);
    uint32_t idle = pool_of(s, session_app(s, x), member)->newest;
    while (idle && is_proxied(s, x) && session_at(s, idle)->target != x->target)
        idle = session_at(s, idle)->older;
    if (!idle)
        return false;
    idle_pool_leave(s, idle);
    idle_pool_hand_over(s, idle, id);
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_REUSES, FAILURE_NONE);
    session_settle(s, idle);
    return true;
}
