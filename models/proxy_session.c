#include "models/proxy_session.h"

#include "models/idle_pool.h"
#include "models/tcp.h"
#include "models/tracer.h"
#include "sim/base/bug.h"

static const struct proxy *proxy_of(struct sessions *s, const struct session *x)
{
    const struct app_config *config = session_app(s, x)->config;
    return &s->net->hosts.at[config->through].configured->proxying;
}

bool proxy_session_is_http(struct sessions *s, const struct session *x)
{
    return session_app(s, x)->config->through != FIELD_NO_REFERENCE &&
           proxy_of(s, x)->mode == PROXY_HTTP;
}

/* From the proxy to the session's client. */
static sim_ns way_to_client(struct sessions *s, const struct session *x)
{
    uint32_t client = net_member(s->net, x->member)->host;
    return net_link(s->net, session_app(s, x)->config->through, client)->delay;
}

/* --- connecting on --------------------------------------------------------------------
 */

static enum failure what_client_sees(const struct proxy *p, enum failure code)
{
    static const enum failure told[] = {[PROXY_TELLS_EOF] = FAILURE_EOF,
                                        [PROXY_TELLS_RESET] = FAILURE_ECONNRESET,
                                        [PROXY_TELLS_502] = FAILURE_HTTP_502,
                                        [PROXY_TELLS_503] = FAILURE_HTTP_503};
    return p->client_sees == PROXY_TELLS_CODE ? code : told[p->client_sees];
}

/* The proxy tells its client, by closing; the client learns it when that arrives. */
static void report(struct sessions *s, uint32_t id, enum failure code)
{
    struct session *x = session_at(s, id);
    const struct proxy *p = proxy_of(s, x);
    x->failure = (uint8_t)what_client_sees(p, code);
    if (p->client_sees == PROXY_TELLS_RESET)
        session_reset(s, id, ROLE_INNER);
    else
        session_close(s, id, ROLE_INNER);
}

static void say_where_from(struct sessions *s, const struct tcp_socket *inner,
                           struct tcp_open *how)
{
    struct member *proxy = net_member(s->net, inner->member);
    const struct host_config *h = s->net->hosts.at[proxy->host].config;
    if (!h->reflect_client_ip) {
        how->local_address = host_source_address(
            &s->net->hosts, proxy, host_pool_of(inner->local_address, false));
        return;
    }
    uint32_t port = (uint32_t)inner->remote_port + h->reflect_offset;
    how->reflected = true;
    how->local_address = inner->remote_address;
    how->local_port =
        (uint16_t)(port <= UINT16_MAX ? port : port - UINT16_MAX - 1 + 1024);
}

/* All tries of a proxy that finds no port are made in the same instant [PROXIES.md 1]. */
static struct tcp_opened open_upstream(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    const struct proxy *p = proxy_of(s, x);
    const struct tcp_socket *inner = net_socket(s->net, x->sockets[ROLE_INNER]);
    struct tcp_open how = {.member = inner->member,
                           .upstream = true,
                           .to = {x->target, session_app(s, x)->config->to.port},
                           .session = id,
                           .app = x->app,
                           .options = &p->socket};
    say_where_from(s, inner, &how);
    struct tcp_opened opened = tcp_connect(s->net, &how);
    for (uint32_t again = 0; again < p->retries && !opened.socket; again++)
        opened = tcp_connect(s->net, &how);
    return opened;
}

void proxy_session_connects_on(struct sessions *s, uint32_t id)
{
    const struct session *x = session_at(s, id);
    const struct proxy *p = proxy_of(s, x);
    uint32_t member = net_socket(s->net, x->sockets[ROLE_INNER])->member;
    if (p->keepalive && p->reuse && idle_pool_take(s, id, member)) {
        session_count(s, x, APP_REUSED);
        proxy_session_connected(s, id);
        return;
    }
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_CONNECTS, FAILURE_NONE);
    struct tcp_opened opened = open_upstream(s, id);
    session_at(s, id)->sockets[ROLE_OUTER] = opened.socket;
    if (opened.socket)
        return;
    if (session_at(s, id)->proxy_leaks & LEAK_AFTER_FAILURE)
        tcp_leak_without_port(s->net, session_at(s, id)->app, true);
    report(s, id, opened.failure);
}

void proxy_session_connected(struct sessions *s, uint32_t id)
{
    session_wait_as_always(s, id, way_to_client(s, session_at(s, id)), SESSION_ANSWER);
}

/* --- ending ---------------------------------------------------------------------------
 */

/* Ends the connection to the server, as close_mode says unless the server has closed. */
static void end_upstream(struct sessions *s, uint32_t id)
{
    const struct session *x = session_at(s, id);
    uint32_t outer = x->sockets[ROLE_OUTER];
    bool server_closed = outer && net_socket(s->net, outer)->state == TCP_CLOSE_WAIT;
    if (proxy_of(s, x)->close_mode == PROXY_RESETS && !server_closed)
        session_reset(s, id, ROLE_OUTER);
    else
        session_close(s, id, ROLE_OUTER);
}

void proxy_session_end(struct sessions *s, uint32_t id)
{
    session_close(s, id, ROLE_INNER);
    end_upstream(s, id);
}

void proxy_session_client_gone(struct sessions *s, uint32_t id)
{
    event_timer_cancel(&session_at(s, id)->hold);
    end_upstream(s, id);
}

void proxy_session_failed(struct sessions *s, uint32_t id, enum failure code)
{
    struct session *x = session_at(s, id);
    event_timer_cancel(&x->hold);
    if (x->sockets[ROLE_CLIENT] && !x->open)
        report(s, id, code);
    else
        session_close(s, id, ROLE_INNER);
}

/* --- closes, passed on ----------------------------------------------------------------
 */

static bool is_shut(struct sessions *s, uint32_t socket)
{
    return socket && net_socket(s->net, socket)->flags & TCP_HALF_CLOSED;
}

static bool can_shut(struct sessions *s, uint32_t socket)
{
    return socket && net_socket(s->net, socket)->state == TCP_ESTABLISHED;
}

/* Passes one side's FIN on and waits for the other's, holding both descriptors. */
static void hold(struct sessions *s, uint32_t id, enum role closed)
{
    struct session *x = session_at(s, id);
    const struct proxy *p = proxy_of(s, x);
    sim_ns now = net_now(s->net);
    sim_ns until = closed == ROLE_INNER
                       ? proxy_waits_for_server_until(p, now, x->last_data)
                       : proxy_waits_for_client_until(p, now, x->last_data);
    tcp_shutdown(s->net, x->sockets[closed == ROLE_INNER ? ROLE_OUTER : ROLE_INNER]);
    if (until != SIM_NEVER)
        session_wait(s, id, until - now, SESSION_HELD_OVER);
}

void proxy_session_side_closed(struct sessions *s, uint32_t id, enum role closed)
{
    struct session *x = session_at(s, id);
    const struct proxy *p = proxy_of(s, x);
    uint32_t other = x->sockets[closed == ROLE_INNER ? ROLE_OUTER : ROLE_INNER];
    bool awaited = is_shut(s, x->sockets[closed]);
    bool resets = closed == ROLE_INNER && p->mode == PROXY_TCP && p->nolinger;
    if (p->half_close && !awaited && !resets && can_shut(s, other)) {
        hold(s, id, closed);
        return;
    }
    event_timer_cancel(&x->hold);
    session_close(s, id, ROLE_INNER);
    if (awaited || closed == ROLE_OUTER)
        session_close(s, id, ROLE_OUTER);
    else if (resets)
        session_reset(s, id, ROLE_OUTER);
    else
        end_upstream(s, id);
}

sim_ns proxy_session_cut(struct sessions *s, const struct session *x)
{
    const struct app_config *config = session_app(s, x)->config;
    if (config->quiet == 0 || config->through == FIELD_NO_REFERENCE)
        return 0;
    const struct proxy *p = proxy_of(s, x);
    sim_ns limit = p->mode == PROXY_TCP ? proxy_idle_limit(p) : 0;
    sim_ns cut = x->last_data + limit - net_now(s->net);
    return limit && cut < x->life ? cut : 0;
}

/* --- answers --------------------------------------------------------------------------
 */

/* A server that closes first sends its FIN with the answer; the proxy learns it when it
 * arrives, unless the answer says so and the proxy is as quick. */
static void server_ends_answer(struct sessions *s, uint32_t id)
{
    session_close(s, id, ROLE_SERVER);
    if (proxy_of(s, session_at(s, id))->crossing_fins)
        proxy_session_end(s, id);
}

static void idle_over(struct sessions *s, uint32_t id)
{
    idle_pool_leave(s, id);
    end_upstream(s, id);
    session_settle(s, id);
}

/* Whether the session's connection may become idle; makes room for it. */
static bool may_keep(struct sessions *s, const struct session *x, const struct proxy *p)
{
    if (!p->keepalive || x->requests + 1u >= p->keepalive_requests)
        return false;
    const struct idle_pool *pool = idle_pool_of(s, x);
    if (pool->count < p->keepalive)
        return true;
    if (p->overflow == PROXY_DROPS_NEWEST)
        return false;
    idle_over(s, pool->oldest);
    return true;
}

static void proxy_has_answer(struct sessions *s, uint32_t id)
{
    const struct session *x = session_at(s, id);
    const struct proxy *p = proxy_of(s, x);
    if (!x->sockets[ROLE_OUTER])
        return;
    if (!may_keep(s, x, p)) {
        end_upstream(s, id);
        return;
    }
    uint32_t idle = idle_pool_keep(s, id);
    if (p->keepalive_timeout)
        session_wait_as_always(s, idle, p->keepalive_timeout, SESSION_IDLE_OVER);
}

void proxy_session_answer_ends(struct sessions *s, uint32_t id)
{
    const struct session *x = session_at(s, id);
    enum app_closer closer = (enum app_closer)session_app(s, x)->config->closes_first;
    if (closer != CLOSES_CLIENT && x->sockets[ROLE_SERVER]) {
        server_ends_answer(s, id);
        if (closer == CLOSES_BOTH)
            session_close(s, id, ROLE_CLIENT);
        return;
    }
    proxy_has_answer(s, id);
    session_wait_as_always(s, id, way_to_client(s, session_at(s, id)),
                           SESSION_ANSWER_WHOLE);
}

void proxy_session_event(struct sessions *s, uint32_t id, enum session_event what)
{
    switch (what) {
    case SESSION_CUT:
    case SESSION_HELD_OVER:
        proxy_session_end(s, id);
        break;
    case SESSION_IDLE_OVER:
        idle_over(s, id);
        return;
    case SESSION_ANSWER_WHOLE:
        session_close(s, id, ROLE_CLIENT);
        break;
    case SESSION_ANSWER:
    case SESSION_IMPATIENT:
    case SESSION_LIFE_OVER:
    case SESSION_SERVER_LATE:
    case SESSION_CLIENT_LATE:
    case SESSION_RETRY:
    case SESSION_IN_LINE:
    case SESSION_PLACE:
    case SESSION_UNHEARD:
    case SESSION_FALLS_QUIET:
        SIM_BUG("an event of the users'");
    }
    session_settle(s, id);
}
