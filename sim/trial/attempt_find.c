#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/trial/attempt.h"
#include "sim/trial/walk.h"

/* What an attempt has shown so far. */
enum seen {
    SEEN_APP = 1,
    SEEN_FAILURE = 2,
    SEEN_CODE = 4,
    SEEN_PORT = 8,
    SEEN_STATE = 16
};

/* A table that grows by itself: attempt of each session, of each socket; what each
 * attempt has shown. */
struct table {
    uint64_t *at;
    size_t size;
};

struct finder {
    const struct attempt_wish *wish;
    struct net *net;
    unsigned wanted; /* enum seen */
    uint64_t attempts, of_app;
    uint64_t found;
    uint32_t entering; /* the socket that came to the wished state, at `entered` */
    sim_ns entered;
    struct table sessions, sockets, seen;
};

static uint64_t *slot(struct table *t, size_t index)
{
    if (index >= t->size) {
        size_t size = memory_grown(t->size, index + 1);
        t->at = memory_resize(t->at, size, sizeof *t->at);
        memset(t->at + t->size, 0, (size - t->size) * sizeof *t->at);
        t->size = size;
    }
    return &t->at[index];
}

static void see(struct finder *f, uint64_t attempt, enum seen what)
{
    if (!attempt || f->found)
        return;
    uint64_t *seen = slot(&f->seen, attempt);
    *seen |= what;
    if ((*seen & f->wanted) == f->wanted)
        f->found = attempt;
}

static void arrives(struct finder *f, uint32_t session, uint16_t app)
{
    const struct attempt_wish *wish = f->wish;
    bool right = wish->app == FIELD_NO_REFERENCE || wish->app == app;
    uint64_t attempt = ++f->attempts;
    f->of_app += right;
    *slot(&f->sessions, session) = attempt;
    if (right && (!wish->number || wish->number == f->of_app))
        see(f, attempt, SEEN_APP);
}

static void on_session(void *context, uint32_t session, uint16_t app,
                       enum trace_session what, enum failure code)
{
    struct finder *f = context;
    if (what == TRACE_ARRIVES)
        arrives(f, session, app);
    if (what == TRACE_FAILS)
        see(f, *slot(&f->sessions, session), SEEN_FAILURE);
    if ((what == TRACE_FAILS || what == TRACE_WAITS) && code == f->wish->code)
        see(f, *slot(&f->sessions, session), SEEN_CODE);
    if (what == TRACE_SESSION_ENDS)
        *slot(&f->sessions, session) = 0;
}

static void on_chosen(void *context, const struct trace_choice *c)
{
    struct finder *f = context;
    uint64_t attempt = c->call == TRACE_TRANSLATE ? *slot(&f->sockets, c->socket)
                                                  : *slot(&f->sessions, c->session);
    if (c->socket && !pool_is_udp((enum pool)c->pool))
        *slot(&f->sockets, c->socket) = attempt;
    if (c->port && c->port == f->wish->port)
        see(f, attempt, SEEN_PORT);
}

/* A state that is left in the same instant is not what anybody looks for. */
static void stays(struct finder *f)
{
    if (!f->entering || net_now(f->net) == f->entered)
        return;
    see(f, *slot(&f->sockets, f->entering), SEEN_STATE);
    f->entering = 0;
}

static void on_stepped(void *context, uint32_t socket, enum tcp_input input,
                       enum tcp_state next)
{
    struct finder *f = context;
    if (input == TCP_IN_SYN) {
        uint64_t attempt = *slot(&f->sockets, net_socket(f->net, socket)->peer);
        *slot(&f->sockets, socket) = attempt;
    }
    stays(f);
    if (socket == f->entering)
        f->entering = 0;
    if (next == f->wish->state && !f->entering) {
        f->entering = socket;
        f->entered = net_now(f->net);
    }
}

static bool found(const void *context)
{
    return ((const struct finder *)context)->found;
}

uint64_t attempt_find(const struct trial_plan *plan, uint64_t seed, sim_ns until,
                      const struct attempt_wish *wish)
{
    struct finder f = {.wish = wish,
                       .wanted = SEEN_APP | (wish->fails ? SEEN_FAILURE : 0) |
                                 (wish->code ? SEEN_CODE : 0) |
                                 (wish->port ? SEEN_PORT : 0) |
                                 (wish->state ? SEEN_STATE : 0)};
    struct tracer tracer = {
        .context = &f, .session = on_session, .chosen = on_chosen, .stepped = on_stepped};
    struct walk w;
    walk_begin(&w, plan, seed, 1);
    f.net = world_net(w.world);
    f.net->tracer = &tracer;
    if (walk_until(&w, until, found, &f))
        stays(&f);
    walk_end(&w);
    free(f.sessions.at);
    free(f.sockets.at);
    free(f.seen.at);
    return f.found;
}
