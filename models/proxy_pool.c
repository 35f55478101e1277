#include "models/proxy_pool.h"

#include "models/tracer.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

static struct proxy_pool *pool_of(struct sessions *s, struct app *a, uint32_t member)
{
    const struct host *proxy = &s->net->hosts.at[a->config->through];
    if (!a->pools)
        a->pools = memory_new(proxy->member_count, sizeof *a->pools);
    return &a->pools[member - proxy->first_member];
}

struct proxy_pool *proxy_pool_of(struct sessions *s, const struct session *x)
{
    const struct tcp_socket *outer = net_socket(s->net, x->sockets[ROLE_OUTER]);
    return pool_of(s, session_app(s, x), outer->member);
}

static void count_idle(struct sessions *s, const struct session *x, int change)
{
    metrics_shift(s->net->metrics, session_app(s, x)->metric + APP_IDLE, change,
                  net_now(s->net));
}

static void join(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    struct proxy_pool *pool = proxy_pool_of(s, x);
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

void proxy_pool_leave(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    struct proxy_pool *pool = proxy_pool_of(s, x);
    SIM_ASSERT(x->idle);
    *(x->newer ? &session_at(s, x->newer)->older : &pool->newest) = x->older;
    *(x->older ? &session_at(s, x->older)->newer : &pool->oldest) = x->newer;
    pool->count--;
    x->idle = false;
    event_timer_cancel(&x->timer);
    count_idle(s, x, -1);
}

/* Both ends of the connection belong to session `to` from now on, and so does what its
 * server will do in the end. */
static void hand_over(struct sessions *s, uint32_t from, uint32_t to)
{
    static const enum role both[] = {ROLE_OUTER, ROLE_SERVER};
    struct session *x = session_at(s, from), *y = session_at(s, to);
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        uint32_t socket = x->sockets[both[i]];
        y->sockets[both[i]] = socket;
        x->sockets[both[i]] = 0;
        if (socket)
            net_socket(s->net, socket)->session = to;
    }
    y->behaviour = x->behaviour;
    y->proxy_leaks = x->proxy_leaks;
    y->requests = x->requests;
}

uint32_t proxy_pool_keep(struct sessions *s, uint32_t id)
{
    uint32_t idle = session_open(s);
    struct session *x = session_at(s, id), *y = session_at(s, idle);
    y->app = x->app;
    y->target = x->target;
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_KEEPS, FAILURE_NONE);
    hand_over(s, id, idle);
    y->requests++;
    join(s, idle);
    return idle;
}

bool proxy_pool_take(struct sessions *s, uint32_t id, uint32_t proxy_member)
{
    struct session *x = session_at(s, id);
    uint32_t idle = pool_of(s, session_app(s, x), proxy_member)->newest;
    while (idle && session_at(s, idle)->target != x->target)
        idle = session_at(s, idle)->older;
    if (!idle)
        return false;
    proxy_pool_leave(s, idle);
    hand_over(s, idle, id);
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_REUSES, FAILURE_NONE);
    session_settle(s, idle);
    return true;
}
