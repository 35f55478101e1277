#include "models/client_pool.h"

#include <stdlib.h>

#include "models/idle_pool.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

static struct client_pool *pool_of(struct sessions *s, const struct session *x)
{
    return &session_app(s, x)
                ->clients[x->member - net_host(s->net, x->member)->first_member];
}

static void count_line(struct sessions *s, const struct session *x, int change)
{
    metrics_shift(s->net->metrics, session_app(s, x)->metric + APP_IN_LINE, change,
                  net_now(s->net));
}

/* --- the line -------------------------------------------------------------------------
 */

static uint32_t *in_line(struct client_pool *p, uint32_t index)
{
    return &p->line[(p->first + index) % p->room];
}

static void make_room(struct client_pool *p)
{
    if (p->count < p->room)
        return;
    uint32_t room = (uint32_t)memory_grown(p->room, (size_t)p->count + 1);
    uint32_t *line = memory_new(room, sizeof *line);
    for (uint32_t i = 0; i < p->count; i++)
        line[i] = *in_line(p, i);
    free(p->line);
    p->line = line;
    p->first = 0;
    p->room = room;
}

static void join(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    struct client_pool *p = pool_of(s, x);
    make_room(p);
    *in_line(p, p->count++) = id;
    x->waits = true;
    count_line(s, x, 1);
}

/* The first in line, whose wait is over; 0: nobody waits. */
static uint32_t call_first(struct sessions *s, struct client_pool *p)
{
    if (p->count == 0)
        return 0;
    uint32_t id = *in_line(p, 0);
    p->first = (p->first + 1) % p->room;
    p->count--;
    event_timer_cancel(&session_at(s, id)->timer);
    count_line(s, session_at(s, id), -1);
    return id;
}

/* Lets the first in line open a connection.  It does so in an event of its own: whoever
 * tells us that there is room may be in the middle of something. */
static void give_place(struct sessions *s, struct client_pool *p)
{
    p->open++;
    session_wait(s, call_first(s, p), 0, SESSION_PLACE);
}

static bool has_room(struct sessions *s, const struct session *x,
                     const struct client_pool *p)
{
    uint32_t limit = session_app(s, x)->config->pool.connections;
    return limit == 0 || p->open < limit;
}

void client_pool_withdraw(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    struct client_pool *p = pool_of(s, x);
    uint32_t at = 0;
    SIM_ASSERT(x->waits);
    x->waits = false;
    while (at < p->count && *in_line(p, at) != id)
        at++;
    if (at == p->count) {
        client_pool_ended(s, x);
        return;
    }
    for (; at + 1 < p->count; at++)
        *in_line(p, at) = *in_line(p, at + 1);
    p->count--;
    count_line(s, x, -1);
}

void client_pool_ended(struct sessions *s, const struct session *x)
{
    struct client_pool *p = pool_of(s, x);
    SIM_ASSERT(p->open > 0);
    p->open--;
    if (p->count && has_room(s, x, p))
        give_place(s, p);
}

void client_pool_resized(struct sessions *s, struct app *a)
{
    uint32_t members = s->net->hosts.at[a->config->from].member_count;
    for (uint32_t i = 0; i < members; i++) {
        struct client_pool *p = &a->clients[i];
        while (p->count && has_room(s, session_at(s, *in_line(p, 0)), p))
            give_place(s, p);
    }
}

size_t client_pools_bytes(const struct sessions *s, const struct app *a)
{
    uint32_t members = s->net->hosts.at[a->config->from].member_count;
    size_t bytes = 0;
    for (uint32_t i = 0; a->clients && i < members; i++)
        bytes += sizeof *a->clients + a->clients[i].room * sizeof *a->clients[i].line;
    return bytes;
}

void client_pools_free(struct sessions *s, struct app *a)
{
    if (!a->clients)
        return;
    for (uint32_t i = 0; i < s->net->hosts.at[a->config->from].member_count; i++)
        free(a->clients[i].line);
    free(a->clients);
}

/* --- requests -------------------------------------------------------------------------
 */

/* Nobody answers a request that meets a server's close but its RST, a round trip later;
 * the server's FIN may be sooner. */
static void send_to_closed_server(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    uint32_t from = net_member(s->net, x->member)->host;
    uint32_t to = session_app(s, x)->config->to.reference;
    session_count(s, x, APP_STALE);
    x->failure = FAILURE_ECONNRESET;
    session_wait(s, id,
                 net_link(s->net, from, to)->delay + net_link(s->net, to, from)->delay,
                 SESSION_UNHEARD);
}

/* The session has got a connection that served others before. */
static void reuse(struct sessions *s, uint32_t id)
{
    session_count(s, session_at(s, id), APP_REUSED);
    if (session_at(s, id)->stale)
        send_to_closed_server(s, id);
    else
        session_succeeded(s, id);
}

static void open_connection(struct sessions *s, uint32_t id)
{
    session_count(s, session_at(s, id), APP_OPENED);
    session_connects(s, id);
}

void client_pool_tries(struct sessions *s, uint32_t id)
{
    const struct session *x = session_at(s, id);
    struct client_pool *p = pool_of(s, x);
    sim_ns wait = session_app(s, x)->config->pool.wait;
    if (idle_pool_take(s, id, x->member)) {
        reuse(s, id);
    } else if (has_room(s, x, p)) {
        p->open++;
        open_connection(s, id);
    } else if (wait) {
        join(s, id);
        session_wait_as_always(s, id, wait, SESSION_IN_LINE);
    } else {
        session_failed(s, id, FAILURE_POOL_TIMEOUT);
    }
}

static void keep(struct sessions *s, uint32_t id)
{
    uint32_t idle = idle_pool_keep(s, id);
    const struct session *x = session_at(s, id);
    struct session *y = session_at(s, idle);
    y->vanishes = x->vanishes;
    y->leaks = x->leaks;
    session_wait_as_always(s, idle, session_app(s, x)->config->pool.idle,
                           SESSION_IDLE_OVER);
}

bool client_pool_takes_back(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    uint32_t requests = session_app(s, x)->config->pool.requests;
    if (!x->sockets[ROLE_CLIENT] || (requests && x->requests + 1u >= requests))
        return false;
    session_no_longer_open(s, x);
    uint32_t next = call_first(s, pool_of(s, x));
    if (!next) {
        keep(s, id);
        return true;
    }
    struct session *y = session_at(s, next);
    y->waits = false;
    idle_pool_hand_over(s, id, next);
    if (y->requests < UINT16_MAX)
        y->requests++;
    reuse(s, next);
    return true;
}

/* --- events ---------------------------------------------------------------------------
 */

/* Nobody asked for the connection.  One that its server closes stays in the pool until
 * the client hears of it. */
static void idle_over(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    bool server_first = session_app(s, x)->config->closes_first == CLOSES_SERVER;
    if (server_first && x->sockets[ROLE_SERVER])
        x->stale = true;
    else
        idle_pool_leave(s, id);
    session_ends_connection(s, id);
    session_settle(s, id);
}

void client_pool_event(struct sessions *s, uint32_t id, enum session_event what)
{
    switch (what) {
    case SESSION_IDLE_OVER:
        idle_over(s, id);
        break;
    case SESSION_IN_LINE:
        client_pool_withdraw(s, id);
        session_failed(s, id, FAILURE_POOL_TIMEOUT);
        break;
    case SESSION_PLACE:
        session_at(s, id)->waits = false;
        open_connection(s, id);
        break;
    case SESSION_UNHEARD:
        session_reset(s, id, ROLE_CLIENT);
        session_failed(s, id, FAILURE_ECONNRESET);
        break;
    case SESSION_ANSWER:
    case SESSION_IMPATIENT:
    case SESSION_LIFE_OVER:
    case SESSION_SERVER_LATE:
    case SESSION_CLIENT_LATE:
    case SESSION_RETRY:
    case SESSION_CUT:
    case SESSION_HELD_OVER:
    case SESSION_ANSWER_WHOLE:
    case SESSION_FALLS_QUIET:
        SIM_BUG("not an event of a client's pool");
    }
}
