#include "models/session.h"

#include <math.h>

#include "models/client_pool.h"
#include "models/gateway.h"
#include "models/idle_pool.h"
#include "models/proxy_session.h"
#include "models/session_group.h"
#include "models/tcp.h"
#include "models/tracer.h"
#include "models/udp_session.h"
#include "sim/base/bug.h"
#include "sim/engine/distribution.h"

/* --- attempts -------------------------------------------------------------------------
 */

static void try_to_connect(struct sessions *s, uint32_t id);

/* Whether the cache of the session's machine answers in place of the network. */
static bool cache_answers(struct sessions *s, uint32_t id, enum cache_consulted when)
{
    const struct session *x = &s->at[id];
    const struct app *a = session_app(s, x);
    if (!a->cache || a->config->cache.consulted != (uint32_t)when)
        return false;
    uint32_t member = x->member - s->net->hosts.at[a->config->from].first_member;
    session_count(s, x, APP_CACHE_LOOKUPS);
    if (!cache_has(a->cache, member, s->names[id], net_now(s->net)))
        return false;
    session_count(s, x, APP_CACHE_HITS);
    return true;
}

static void remember(struct sessions *s, uint32_t id)
{
    const struct session *x = &s->at[id];
    const struct app *a = session_app(s, x);
    uint32_t member = x->member - s->net->hosts.at[a->config->from].first_member;
    cache_keep(a->cache, member, s->names[id], net_now(s->net));
}

static void count_success(struct sessions *s, uint32_t id)
{
    const struct session *x = &s->at[id];
    session_count(s, x, APP_SUCCESSES);
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_SUCCEEDS, FAILURE_NONE);
    metrics_sample(s->net->metrics, session_app(s, x)->metric + APP_CONNECT_DELAY,
                   net_now(s->net) - x->arrived);
}

static void give_up(struct sessions *s, struct session *x, enum failure code)
{
    struct app *a = session_app(s, x);
    sim_ns now = net_now(s->net);
    if (a->failures++ == 0) {
        notes_add(s->notes, (struct note){.when = now,
                                          .kind = NOTE_FIRST_FAILURE,
                                          .app = x->app,
                                          .code = (uint8_t)code});
        if (a->cache)
            notes_add(
                s->notes,
                (struct note){.when = now, .kind = NOTE_CACHE_RUNS_OUT, .app = x->app});
    }
    a->last_failure = now;
    session_count(s, x, APP_FAILURES);
    if (s->net->tracer)
        trace_session(s->net, (uint32_t)(x - s->at), x->app, TRACE_FAILS, code);
    session_count(s, x, APP_FAILURES_BY_CODE + code - 1);
    metrics_moment(s->net->metrics, a->metric + APP_FIRST_FAILURE, now);
    metrics_moment(s->net->metrics, a->metric + APP_LAST_FAILURE, now);
}

/* Of the try, whether or not the user tries again. */
static void note_code(struct sessions *s, const struct session *x, enum failure code)
{
    _Static_assert(FAILURE_COUNT <= 32, "struct app has 32 bits for codes");
    struct app *a = session_app(s, x);
    if (a->codes & UINT32_C(1) << code)
        return;
    a->codes |= UINT32_C(1) << code;
    notes_add(s->notes, (struct note){.when = net_now(s->net),
                                      .kind = NOTE_FIRST_ERRNO,
                                      .app = x->app,
                                      .code = (uint8_t)code});
}

/* Before the next try. */
static sim_ns retry_wait(struct sessions *s, uint32_t id)
{
    struct app *a = session_app(s, &s->at[id]);
    const struct retry_config *retry = &a->config->on_failure;
    double wait_ns = (double)retry->backoff;
    for (uint8_t i = 1; i < s->at[id].tries; i++)
        wait_ns *= retry->factor;
    struct random_stream own;
    if (retry->jitter > 0)
        wait_ns *=
            1 - retry->jitter * random_unit(session_chance(s, id, &a->jitters, &own));
    return wait_ns < (double)SIM_DURATION_MAX ? llround(wait_ns) : SIM_DURATION_MAX;
}

void session_failed(struct sessions *s, uint32_t id, enum failure code)
{
    struct session *x = &s->at[id];
    note_code(s, x, code);
    const struct retry_config *retry = &session_app(s, x)->config->on_failure;
    x->failure = FAILURE_NONE;
    session_count(s, x, APP_FAILED_TRIES);
    event_timer_cancel(&x->timer);
    if (session_app(s, x)->config->through != FIELD_NO_REFERENCE)
        proxy_session_end(s, id); /* a proxy gives up with its client */
    x->retries = x->tries <= retry->retries;
    if (x->retries) {
        if (s->net->tracer)
            trace_session(s->net, id, x->app, TRACE_WAITS, code);
        session_wait(s, id, retry_wait(s, id), SESSION_RETRY);
    } else if (cache_answers(s, id, CACHE_ON_FAILURE)) {
        count_success(s, id);
    } else {
        give_up(s, x, code);
    }
    session_settle(s, id);
}

void session_lives(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    sim_ns now = net_now(s->net);
    metrics_shift(s->net->metrics, session_app(s, x)->metric + APP_OPEN, 1, now);
    x->failure = FAILURE_NONE; /* what the proxy has met since comes too late */
    x->open = true;
    sim_ns quiet = session_app(s, x)->config->quiet;
    x->last_data = now + x->life - (quiet < x->life ? quiet : x->life);
    if (quiet && s->net->gateways)
        session_wait(s, id, x->last_data - now, SESSION_FALLS_QUIET);
    sim_ns cut = proxy_session_cut(s, &s->at[id]);
    session_wait(s, id, cut ? cut : x->life, cut ? SESSION_CUT : SESSION_LIFE_OVER);
}

void session_succeeded(struct sessions *s, uint32_t id)
{
    count_success(s, id);
    if (session_app(s, &s->at[id])->cache)
        remember(s, id);
    session_lives(s, id);
}

/* The address the client itself connects to. */
static struct port_destination first_hop(struct sessions *s, const struct session *x)
{
    const struct app_config *config = session_app(s, x)->config;
    if (config->through == FIELD_NO_REFERENCE)
        return (struct port_destination){x->target, config->to.port};
    const struct host *proxy = &s->net->hosts.at[config->through];
    return (struct port_destination){
        host_first_address(proxy, x->member % proxy->member_count, config->family) +
            host_nth_address(proxy, config->family, 0),
        proxy->config->proxy_port};
}

enum failure session_dials(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    struct member *m = net_member(s->net, x->member);
    x->stale = false;
    x->requests = 0;
    struct tcp_opened opened = tcp_connect(
        s->net,
        &(struct tcp_open){.member = x->member,
                           .local_address = host_source_address(
                               &s->net->hosts, m, app_pool(session_app(s, x)->config)),
                           .to = first_hop(s, x),
                           .session = id,
                           .app = x->app,
                           .options = &session_app(s, x)->config->socket});
    s->at[id].sockets[ROLE_CLIENT] = opened.socket;
    return opened.socket ? FAILURE_NONE : opened.failure;
}

void session_connects(struct sessions *s, uint32_t id)
{
    enum failure code = session_dials(s, id);
    if (code == FAILURE_NONE && session_is_group(s, &s->at[id]))
        code = session_group_opens(s, id);
    if (code == FAILURE_NONE)
        return;
    if (s->at[id].leaks & LEAK_AFTER_FAILURE)
        tcp_leak_without_port(s->net, s->at[id].app, false);
    if (session_app(s, &s->at[id])->clients)
        client_pool_ended(s, &s->at[id]);
    session_failed(s, id, code);
}

static void try_to_connect(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    x->tries++;
    session_count(s, x, APP_TRIES);
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_TRIES, FAILURE_NONE);
    if (session_is_udp(s, x))
        udp_session_tries(s, id);
    else if (session_app(s, x)->clients)
        client_pool_tries(s, id);
    else
        session_connects(s, id);
}

void session_begins(struct sessions *s, uint32_t id, bool local)
{
    if (local || cache_answers(s, id, CACHE_FIRST)) {
        count_success(s, id);
        session_settle(s, id);
    } else {
        try_to_connect(s, id);
    }
}

/* --- what TCP tells -------------------------------------------------------------------
 */

static void on_arrived(void *context, uint32_t socket, uint32_t session)
{
    struct sessions *s = context;
    struct session *x = &s->at[session];
    const struct tcp_socket *new = net_socket(s->net, socket);
    bool upstream = net_socket(s->net, new->peer)->flags & TCP_UPSTREAM;
    bool proxied = session_app(s, x)->config->through != FIELD_NO_REFERENCE;
    x->sockets[proxied && !upstream ? ROLE_INNER : ROLE_SERVER] = socket;
}

/* A host that falls silent when its peer closes keeps its socket for ever. */
static void fall_silent(struct sessions *s, struct session *x, uint32_t socket)
{
    net_socket(s->net, socket)->flags |= TCP_SILENT;
    tcp_leak(s->net, session_let_go(s, x, ROLE_SERVER));
}

static void on_accepted(void *context, uint32_t socket)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    struct session *x = &s->at[id];
    switch (session_role(x, socket)) {
    case ROLE_INNER:
        proxy_session_connects_on(s, id);
        break;
    case ROLE_SERVER:
        if (session_app(s, x)->config->closes_first == CLOSES_CLIENT &&
            x->behaviour->kind.kind == BEHAVES_SILENT)
            fall_silent(s, x, socket);
        break;
    case ROLE_CLIENT:
    case ROLE_OUTER:
        SIM_BUG("an active socket was accepted");
    case ROLE_LEFTOVER:
        break;
    }
}

static void on_connected(void *context, uint32_t socket)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    struct session *x = &s->at[id];
    const struct app_config *config = session_app(s, x)->config;
    switch (session_role(x, socket)) {
    case ROLE_CLIENT:
        if (config->connections > 1)
            session_group_connected(s, id);
        else if (config->through == FIELD_NO_REFERENCE)
            session_succeeded(s, id);
        else
            session_wait_as_always(s, id, config->patience, SESSION_IMPATIENT);
        break;
    case ROLE_OUTER:
        proxy_session_connected(s, id);
        break;
    case ROLE_INNER:
    case ROLE_SERVER:
        SIM_BUG("a passive socket was connected");
    case ROLE_LEFTOVER:
        tcp_close(s->net, socket);
        break;
    }
}

static sim_ns late_delay(struct sessions *s, uint32_t id)
{
    const struct session *x = &s->at[id];
    const struct late_config *late = x->behaviour->kind.config;
    struct random_stream own;
    return distribution_sample(&late->delay,
                               session_chance(s, id, &session_app(s, x)->delays, &own));
}

/* Since its peer has closed. */
static sim_ns hang_delay(struct sessions *s, const struct session *x)
{
    const struct hang_config *hang = x->behaviour->kind.config;
    sim_ns now = net_now(s->net);
    return hang->until > now ? hang->until - now : 0;
}

/* What was drawn is for the side that closes second; the other one meets a close only
 * when a proxy or a fault comes first, and closes at once. */
static enum behaviour_kind behaviour_of(struct sessions *s, const struct session *x,
                                        enum role role)
{
    bool server_first = session_app(s, x)->config->closes_first == CLOSES_SERVER;
    return server_first == (role == ROLE_CLIENT)
               ? (enum behaviour_kind)x->behaviour->kind.kind
               : BEHAVES_PROMPT;
}

static void answer_close(struct sessions *s, uint32_t id, enum role role)
{
    struct session *x = &s->at[id];
    enum session_event late =
        role == ROLE_SERVER ? SESSION_SERVER_LATE : SESSION_CLIENT_LATE;
    switch (behaviour_of(s, x, role)) {
    case BEHAVES_PROMPT:
        session_close(s, id, role);
        break;
    case BEHAVES_LATE:
        session_wait(s, id, late_delay(s, id), late);
        break;
    case BEHAVES_HANGS:
        session_wait(s, id, hang_delay(s, x), late);
        break;
    case BEHAVES_NEVER:
    case BEHAVES_SILENT:
        tcp_leak(s->net, session_let_go(s, x, role));
        break;
    case BEHAVES_RESET:
        tcp_abort(s->net, session_let_go(s, x, role));
        break;
    }
}

static void on_peer_closed(void *context, uint32_t socket)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    struct session *x = &s->at[id];
    switch (session_role(x, socket)) {
    case ROLE_CLIENT:
        if (x->failure != FAILURE_NONE) {
            enum failure code = x->failure;
            (x->stale ? session_reset : session_drop)(s, id, ROLE_CLIENT);
            session_failed(s, id, code);
            return;
        }
        if (x->idle)
            idle_pool_leave(s, id);
        event_timer_cancel(&x->timer);
        answer_close(s, id, ROLE_CLIENT);
        break;
    case ROLE_INNER:
    case ROLE_OUTER:
        if (x->idle)
            idle_pool_leave(s, id);
        proxy_session_side_closed(s, id, session_role(x, socket));
        break;
    case ROLE_SERVER:
        answer_close(s, id, ROLE_SERVER);
        break;
    case ROLE_LEFTOVER:
        tcp_close(s->net, socket);
        return;
    }
    session_settle(s, id);
}

static void note_reset(struct sessions *s, const struct session *x)
{
    sim_ns now = net_now(s->net);
    if (spell_meets(&session_app(s, x)->resets, now))
        notes_add(s->notes,
                  (struct note){.when = now, .kind = NOTE_RESETS_BEGIN, .app = x->app});
}

static void client_failed(struct sessions *s, uint32_t id, enum failure code)
{
    struct session *x = &s->at[id];
    bool was_open = x->open;
    if (x->idle)
        idle_pool_leave(s, id);
    uint32_t socket = session_let_go(s, x, ROLE_CLIENT);
    event_timer_cancel(&x->timer);
    if (!was_open && session_is_group(s, x)) {
        if (x->leaks & LEAK_AFTER_FAILURE)
            tcp_leak(s->net, socket);
        session_failed(s, session_group_fails(s, id), code);
        return;
    }
    if (x->tries == 0) { /* it was kept for a next request: nobody's attempt */
        session_settle(s, id);
        return;
    }
    if (!was_open) {
        if (x->leaks & LEAK_AFTER_FAILURE)
            tcp_leak(s->net, socket);
        session_failed(s, id, code);
        return;
    }
    session_count(s, x, APP_RESETS);
    note_reset(s, x);
    session_settle(s, id);
}

static void on_failed(void *context, uint32_t socket, enum failure code)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    struct session *x = &s->at[id];
    enum role role = session_role(x, socket);
    if (role == ROLE_LEFTOVER)
        return;
    if (role == ROLE_CLIENT) {
        client_failed(s, id, code);
        return;
    }
    if (x->idle && session_app(s, x)->clients)
        x->stale = true;
    else if (x->idle)
        idle_pool_leave(s, id);
    x->sockets[role] = 0;
    switch (role) {
    case ROLE_INNER:
        proxy_session_client_gone(s, id);
        break;
    case ROLE_OUTER:
        if (!x->open && x->proxy_leaks & LEAK_AFTER_FAILURE)
            tcp_leak(s->net, socket);
        proxy_session_failed(s, id, code);
        break;
    case ROLE_CLIENT:
    case ROLE_SERVER:
    case ROLE_LEFTOVER:
        break;
    }
    session_settle(s, id);
}

/* Both ends closed a socket whose descriptor was kept. */
static void on_ended(void *context, uint32_t socket)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    enum role role = session_role(&s->at[id], socket);
    if (role == ROLE_LEFTOVER)
        return;
    session_let_go(s, &s->at[id], role);
    session_settle(s, id);
}

void session_stops(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    event_timer_cancel(&x->timer);
    x->retries = false;
    if (x->waits)
        client_pool_withdraw(s, id);
    if (!x->open && x->tries)
        session_count(s, x, APP_STOPPED);
}

static void on_orphaned(void *context, uint32_t socket)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    struct session *x = &s->at[id];
    enum role role = session_role(x, socket);
    switch (role) {
    case ROLE_CLIENT:
        if (x->idle)
            idle_pool_leave(s, id);
        session_stops(s, id);
        break;
    case ROLE_INNER:
        if (!x->open) /* its FIN is all that the client is told */
            x->failure = FAILURE_EOF;
        event_timer_cancel(&x->hold);
        break;
    case ROLE_OUTER:
        if (x->idle)
            idle_pool_leave(s, id);
        event_timer_cancel(&x->hold);
        break;
    case ROLE_SERVER:
        x->stale = x->idle && session_app(s, x)->clients;
        break;
    case ROLE_LEFTOVER:
        return;
    }
    session_let_go(s, x, role);
    session_settle(s, id);
}

static void on_query_orphaned(void *context, uint32_t session)
{
    struct sessions *s = context;
    session_stops(s, session);
    session_let_go(s, &s->at[session], ROLE_CLIENT);
    session_settle(s, session);
}

const struct tcp_user sessions_tcp_user = {
    .arrived = on_arrived,
    .accepted = on_accepted,
    .connected = on_connected,
    .peer_closed = on_peer_closed,
    .failed = on_failed,
    .ended = on_ended,
    .orphaned = on_orphaned,
    .query_orphaned = on_query_orphaned,
};

/* --- events ---------------------------------------------------------------------------
 */

/* Gateways between its ends hear nothing of it any more. */
static void fall_quiet(struct sessions *s, const struct session *x)
{
    static const enum role active[] = {ROLE_CLIENT, ROLE_OUTER};
    for (size_t i = 0; i < sizeof active / sizeof active[0]; i++)
        if (x->sockets[active[i]])
            gateway_quiet(s->net, x->sockets[active[i]]);
}

static void vanish(struct sessions *s, uint32_t id, enum role role)
{
    fall_quiet(s, &s->at[id]);
    uint32_t socket = session_let_go(s, &s->at[id], role);
    if (socket)
        tcp_vanish(s->net, socket);
}

/* Whoever closes first does so; both at the same instant where both do. */
void session_ends_connection(struct sessions *s, uint32_t id)
{
    const struct session *x = &s->at[id];
    void (*ends)(struct sessions *, uint32_t, enum role) =
        x->vanishes ? vanish : session_close;
    enum app_closer closer = session_app(s, x)->config->closes_first;
    if (closer != CLOSES_CLIENT && x->sockets[ROLE_SERVER])
        ends(s, id, ROLE_SERVER);
    else
        closer = CLOSES_CLIENT;
    if (closer != CLOSES_SERVER)
        ends(s, id, ROLE_CLIENT);
}

static void life_over(struct sessions *s, uint32_t id)
{
    const struct session *x = &s->at[id];
    if (proxy_session_is_http(s, x) && !x->vanishes)
        proxy_session_answer_ends(s, id);
    else if (!session_app(s, x)->clients || !client_pool_takes_back(s, id))
        session_ends_connection(s, id);
}

bool sessions_event(struct sessions *s, const struct event *e)
{
    uint32_t id = (uint32_t)e->arg;
    enum session_event what = (enum session_event)event_detail(e);
    if (!event_timer_due(session_timer(&s->at[id], what), e))
        return false;
    switch (what) {
    case SESSION_ANSWER:
        if (s->at[id].sockets[ROLE_CLIENT])
            session_succeeded(s, id);
        break;
    case SESSION_IMPATIENT:
        session_drop(s, id, ROLE_CLIENT);
        session_failed(s, id, FAILURE_ETIMEDOUT);
        return true;
    case SESSION_LIFE_OVER:
        life_over(s, id);
        break;
    case SESSION_SERVER_LATE:
        session_close(s, id, ROLE_SERVER);
        break;
    case SESSION_CLIENT_LATE:
        session_close(s, id, ROLE_CLIENT);
        break;
    case SESSION_RETRY:
        s->at[id].retries = false;
        try_to_connect(s, id);
        return true;
    case SESSION_FALLS_QUIET:
        fall_quiet(s, &s->at[id]);
        break;
    case SESSION_IN_LINE:
    case SESSION_PLACE:
    case SESSION_UNHEARD:
        client_pool_event(s, id, what);
        return true;
    case SESSION_IDLE_OVER:
        (session_app(s, &s->at[id])->clients ? client_pool_event
                                             : proxy_session_event)(s, id, what);
        return true;
    case SESSION_CUT:
    case SESSION_HELD_OVER:
    case SESSION_ANSWER_WHOLE:
        proxy_session_event(s, id, what);
        return true;
    }
    session_settle(s, id);
    return true;
}
