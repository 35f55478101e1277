#include "models/session.h"

#include <math.h>
#include <stdlib.h>

#include "models/client_pool.h"
#include "models/gateway.h"
#include "models/idle_pool.h"
#include "models/proxy_session.h"
#include "models/tcp.h"
#include "models/tracer.h"
#include "models/udp_session.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"
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

/* Before the next try; `tries` have been made. */
static sim_ns retry_wait(struct app *a, uint8_t tries)
{
    const struct retry_config *retry = &a->config->on_failure;
    double wait_ns = (double)retry->backoff;
    for (uint8_t i = 1; i < tries; i++)
        wait_ns *= retry->factor;
    if (retry->jitter > 0)
        wait_ns *= 1 - retry->jitter * random_unit(&a->jitters);
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
        session_wait(s, id, retry_wait(session_app(s, x), x->tries), SESSION_RETRY);
    } else if (cache_answers(s, id, CACHE_ON_FAILURE)) {
        count_success(s, id);
    } else {
        give_up(s, x, code);
    }
    session_settle(s, id);
}

void session_succeeded(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    sim_ns now = net_now(s->net);
    count_success(s, id);
    if (session_app(s, x)->cache)
        remember(s, id);
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

void session_connects(struct sessions *s, uint32_t id)
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
    if (opened.socket)
        return;
    if (s->at[id].leaks & LEAK_AFTER_FAILURE)
        tcp_leak_without_port(s->net, s->at[id].app, false);
    if (session_app(s, &s->at[id])->clients)
        client_pool_ended(s, &s->at[id]);
    session_failed(s, id, opened.failure);
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
        if (config->through == FIELD_NO_REFERENCE)
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

static sim_ns late_delay(struct sessions *s, const struct session *x)
{
    const struct late_config *late = x->behaviour->kind.config;
    return distribution_sample(&late->delay, &session_app(s, x)->delays);
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
        session_wait(s, id, late_delay(s, x), late);
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

/* The attempt has an end that is neither success nor failure. */
static void stop_attempt(struct sessions *s, uint32_t id)
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
        stop_attempt(s, id);
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
    stop_attempt(s, session);
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

/* The users' program; while it does not run they cannot come. */
static bool is_running(const struct sessions *s, const struct app *a)
{
    const struct processes *p = &s->net->processes;
    return p->stopped == 0 || p->at[p->of[(size_t)(a - s->apps) * 4]].running;
}

static void schedule_arrival(struct sessions *s, struct app *a)
{
    struct event_queue *q = s->net->queue;
    sim_ns when = arrivals_next(&a->config->arrivals, a->trace, a->arrived,
                                event_queue_now(q), &a->arrivals);
    if (when != SIM_NEVER)
        a->next_arrival.ticket =
            event_queue_push(q, when, EVENT_ARRIVAL, 0, (uint64_t)(a - s->apps));
}

static uint32_t pick_target(struct sessions *s, struct app *a)
{
    const struct host *server = &s->net->hosts.at[a->config->to.reference];
    uint32_t family = a->config->family;
    uint32_t each = server->address_count[family];
    uint32_t pick = a->next_target++ % (server->member_count * each);
    return host_first_address(server, pick / each, family) +
           host_nth_address(server, family, pick % each);
}

/* The attempt needs no connection: a local account, or an answer the machine remembers.
 */
static bool needs_no_network(struct sessions *s, uint32_t id)
{
    const struct session *x = &s->at[id];
    struct app *a = session_app(s, x);
    if (a->cache)
        s->names[id] = cache_draw(a->cache, &a->names);
    bool local = a->config->local > 0 && random_unit(&a->locals) < a->config->local;
    if (local)
        session_count(s, x, APP_LOCAL);
    return local || cache_answers(s, id, CACHE_FIRST);
}

bool sessions_arrival(struct sessions *s, const struct event *e)
{
    struct app *a = &s->apps[e->arg];
    if (!event_timer_due(&a->next_arrival, e))
        return false;
    const struct app_config *config = a->config;
    const struct host *from = &s->net->hosts.at[config->from];
    uint32_t id = session_open(s);
    struct session *x = &s->at[id];
    x->app = (uint16_t)e->arg;
    x->arrived = net_now(s->net);
    x->member = from->first_member + random_below(&a->members, from->member_count);
    x->target = pick_target(s, a);
    x->life = distribution_sample(&config->lifetime, &a->lifetimes);
    if (a->trace->count && a->trace->rows[a->arrived].life >= 0)
        x->life = a->trace->rows[a->arrived].life;
    x->behaviour =
        behaviour_draw(config->closes_first == CLOSES_SERVER ? &config->client_close
                                                             : &config->server_close,
                       &a->behaviours);
    x->leaks = leak_draw(&config->leaks, &a->leaks) & 31u;
    if (config->through != FIELD_NO_REFERENCE)
        x->proxy_leaks =
            leak_draw(&s->net->hosts.at[config->through].configured->proxying.leaks,
                      &a->proxy_leaks) &
            31u;
    x->vanishes = config->vanishes > 0 && random_unit(&a->vanishings) < config->vanishes;
    a->arrived++;
    if (!is_running(s, a)) {
        session_settle(s, id);
        schedule_arrival(s, a);
        return true;
    }
    session_count(s, x, APP_ATTEMPTS);
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_ARRIVES, FAILURE_NONE);
    schedule_arrival(s, a);
    if (needs_no_network(s, id)) {
        count_success(s, id);
        session_settle(s, id);
    } else {
        try_to_connect(s, id);
    }
    return true;
}

/* --- set-up ---------------------------------------------------------------------------
 */

static void open_app(struct sessions *s, struct app *a, const struct app_config *config,
                     const struct arrival_trace *trace, uint64_t seed,
                     uint32_t replication)
{
    char *path = memory_print("apps.%s", config->name);
    *a = (struct app){
        .config = config,
        .trace = trace,
        .metric = metrics_declare(s->net->metrics, path, app_metrics, APP_METRIC_COUNT),
        .arrivals = random_stream_make(seed, replication, path, "arrivals"),
        .members = random_stream_make(seed, replication, path, "members"),
        .lifetimes = random_stream_make(seed, replication, path, "lifetimes"),
        .behaviours = random_stream_make(seed, replication, path, "behaviours"),
        .delays = random_stream_make(seed, replication, path, "late closes"),
        .vanishings = random_stream_make(seed, replication, path, "vanishings"),
        .leaks = random_stream_make(seed, replication, path, "leaks"),
        .answers = random_stream_make(seed, replication, path, "answers"),
        .proxy_leaks = random_stream_make(seed, replication, path, "proxy leaks"),
        .jitters = random_stream_make(seed, replication, path, "jitters"),
        .names = random_stream_make(seed, replication, path, "names"),
        .locals = random_stream_make(seed, replication, path, "locals")};
    if (config->pool.idle)
        a->clients =
            memory_new(s->net->hosts.at[config->from].member_count, sizeof *a->clients);
    if (config->cache.names) {
        a->cache = cache_new(&config->cache, s->net->hosts.at[config->from].member_count);
        if (!s->names)
            s->names = memory_new(1, sizeof *s->names);
    }
    free(path);
}

void sessions_init(struct sessions *s, struct net *net, struct notes *notes,
                   const struct field_list *configs, const struct arrival_trace *traces,
                   uint64_t seed, uint32_t replication)
{
    const struct app_config *config = configs->items;
    *s = (struct sessions){.net = net, .notes = notes, .app_count = configs->count};
    s->apps = memory_new(configs->count, sizeof *s->apps);
    for (uint32_t i = 0; i < configs->count; i++)
        open_app(s, &s->apps[i], &config[i], &traces[i], seed, replication);
    for (uint32_t i = 0; i < configs->count; i++)
        schedule_arrival(s, &s->apps[i]);
}

void sessions_free(struct sessions *s)
{
    for (uint32_t i = 0; i < s->app_count; i++) {
        free(s->apps[i].pools);
        client_pools_free(s, &s->apps[i]);
        cache_free(s->apps[i].cache);
    }
    free(s->names);
    free(s->apps);
    free(s->at);
    *s = (struct sessions){0};
}

/* Attempts that wait to be made again, or for their pool, have no socket to be told by.
 */
static void stop_retries(struct sessions *s)
{
    for (uint32_t id = 1; id <= s->used; id++)
        if ((s->at[id].retries || s->at[id].waits) &&
            !is_running(s, session_app(s, &s->at[id]))) {
            stop_attempt(s, id);
            session_settle(s, id);
        }
}

/* What a resolver remembers ends with it; confirmed credentials are on disk. */
static void forget_names(struct sessions *s, struct app *a)
{
    if (!a->cache || a->config->cache.consulted != CACHE_FIRST || is_running(s, a))
        return;
    cache_free(a->cache);
    a->cache =
        cache_new(&a->config->cache, s->net->hosts.at[a->config->from].member_count);
}

void sessions_reconfigure(struct sessions *s, const struct field_list *configs)
{
    if (s->net->processes.stopped)
        stop_retries(s);
    const struct app_config *config = configs->items;
    for (uint32_t i = 0; i < s->app_count; i++) {
        struct app *a = &s->apps[i];
        bool same = arrivals_same(&a->config->arrivals, &config[i].arrivals);
        a->config = &config[i];
        forget_names(s, a);
        if (a->clients)
            client_pool_resized(s, a);
        if (same)
            continue;
        event_timer_cancel(&a->next_arrival);
        schedule_arrival(s, a);
    }
}

void sessions_settle(struct sessions *s, sim_ns now)
{
    for (uint32_t i = 0; i < s->app_count; i++) {
        struct spell *spell = &s->apps[i].resets;
        if (!spell_is_over(spell, now))
            continue;
        notes_add(s->notes, (struct note){.when = spell->last,
                                          .kind = NOTE_RESETS_END,
                                          .app = i,
                                          .value = spell->count});
        *spell = (struct spell){0};
    }
}

void sessions_end(struct sessions *s)
{
    for (uint32_t i = 0; i < s->app_count; i++) {
        const struct app *a = &s->apps[i];
        if (a->failures)
            notes_add(s->notes, (struct note){.when = a->last_failure,
                                              .kind = NOTE_LAST_FAILURE,
                                              .app = i,
                                              .value = a->failures});
    }
}

size_t sessions_bytes(const struct sessions *s)
{
    size_t bytes = s->app_count * sizeof *s->apps;
    for (uint32_t i = 0; i < s->app_count; i++) {
        const struct app *a = &s->apps[i];
        bytes += (a->cache ? cache_bytes(a->cache) : 0) + client_pools_bytes(s, a);
    }
    return bytes + s->capacity * (sizeof *s->at + (s->names ? sizeof *s->names : 0));
}
