#include "models/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/tcp.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/engine/distribution.h"

/* What a session's own event is about (event_detail). */
enum session_event {
    SESSION_ANSWER,    /* the proxy's "connected" reaches the client */
    SESSION_IMPATIENT, /* the proxy has not answered */
    SESSION_LIFE_OVER, /* whoever closes first does so */
    SESSION_SERVER_LATE,
    SESSION_CLIENT_LATE,
    SESSION_RETRY,
};

/* Whose socket a session's socket is. */
enum role {
    ROLE_CLIENT, /* the user's */
    ROLE_INNER,  /* the proxy's, toward the client */
    ROLE_OUTER,  /* the proxy's, toward the server */
    ROLE_SERVER,
    ROLE_COUNT,
    ROLE_LEFTOVER = ROLE_COUNT /* of an earlier try */
};

struct session {
    sim_ns arrived;
    sim_ns life;
    const struct behaviour *behaviour; /* of the side that closes second */
    uint32_t sockets[ROLE_COUNT];      /* 0: none, or not ours any more */
    uint32_t member;                   /* the client; a free record: the next free */
    uint32_t target;                   /* address of the server */
    struct event_timer timer;
    uint16_t app;
    uint8_t tries;
    uint8_t failure; /* enum failure the proxy is about to report */
    bool open;       /* the attempt succeeded and the client has not closed */
};
_Static_assert(sizeof(struct session) == 64, "a session is 64 bytes");

static struct app *app_of(struct sessions *s, const struct session *x)
{
    return &s->apps[x->app];
}

static void count(struct sessions *s, const struct session *x, uint32_t metric)
{
    metrics_count(s->net->metrics, app_of(s, x)->metric + metric, 1);
}

static enum role role_of(const struct session *x, uint32_t socket)
{
    int role = 0;
    while (role < ROLE_COUNT && x->sockets[role] != socket)
        role++;
    return (enum role)role;
}

/* --- the table ------------------------------------------------------------------------
 */

static uint32_t open_session(struct sessions *s)
{
    uint32_t id = s->free;
    if (id) {
        s->free = s->at[id].member;
    } else {
        if (s->used + 1 >= s->capacity) {
            s->capacity = (uint32_t)memory_grown(s->capacity, (size_t)s->used + 2);
            s->at = memory_resize(s->at, s->capacity, sizeof *s->at);
        }
        id = ++s->used;
    }
    s->at[id] = (struct session){0};
    return id;
}

/* Forgets the session once nothing of it is left. */
static void settle(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    for (int role = 0; role < ROLE_COUNT; role++)
        if (x->sockets[role])
            return;
    if (event_timer_pending(x->timer))
        return;
    *x = (struct session){.member = s->free};
    s->free = id;
}

static void wait(struct sessions *s, uint32_t id, sim_ns delay, enum session_event what)
{
    struct event_queue *q = s->net->queue;
    s->at[id].timer.ticket =
        event_queue_push(q, event_queue_now(q) + delay, EVENT_SESSION, (uint8_t)what, id);
}

/* The same for a wait that many sessions share. */
static void wait_as_always(struct sessions *s, uint32_t id, sim_ns delay,
                           enum session_event what)
{
    struct event_queue *q = s->net->queue;
    s->at[id].timer.ticket =
        event_queue_push_lane(q, event_queue_lane(q, delay), event_queue_now(q) + delay,
                              EVENT_SESSION, (uint8_t)what, id);
}

/* --- one side closes ------------------------------------------------------------------
 */

static void no_longer_open(struct sessions *s, struct session *x)
{
    if (!x->open)
        return;
    x->open = false;
    metrics_shift(s->net->metrics, app_of(s, x)->metric + APP_OPEN, -1, net_now(s->net));
}

/* Takes the socket from the session, so that closing it cannot come back here. */
static uint32_t let_go(struct sessions *s, struct session *x, enum role role)
{
    uint32_t socket = x->sockets[role];
    x->sockets[role] = 0;
    if (role == ROLE_CLIENT && socket)
        no_longer_open(s, x);
    return socket;
}

static void close_role(struct sessions *s, uint32_t id, enum role role)
{
    uint32_t socket = let_go(s, &s->at[id], role);
    if (socket)
        tcp_close(s->net, socket);
}

/* --- attempts -------------------------------------------------------------------------
 */

static void try_to_connect(struct sessions *s, uint32_t id);

static void give_up(struct sessions *s, struct session *x, enum failure code)
{
    struct app *a = app_of(s, x);
    sim_ns now = net_now(s->net);
    if (a->failures++ == 0)
        notes_add(s->notes, (struct note){now, NOTE_FIRST_FAILURE, x->app, code});
    a->last_failure = now;
    count(s, x, APP_FAILURES);
    count(s, x, APP_FAILURES_BY_CODE + code - 1);
    metrics_moment(s->net->metrics, a->metric + APP_FIRST_FAILURE, now);
    metrics_moment(s->net->metrics, a->metric + APP_LAST_FAILURE, now);
}

static void attempt_failed(struct sessions *s, uint32_t id, enum failure code)
{
    struct session *x = &s->at[id];
    const struct retry_config *retry = &app_of(s, x)->config->on_failure;
    x->failure = FAILURE_NONE;
    event_timer_cancel(&x->timer);
    close_role(s, id, ROLE_INNER); /* a proxy gives up with its client */
    close_role(s, id, ROLE_OUTER);
    if (x->tries <= retry->retries) {
        double wait_ns = (double)retry->backoff;
        for (uint8_t i = 1; i < x->tries; i++)
            wait_ns *= retry->factor;
        wait(s, id,
             wait_ns < (double)SIM_DURATION_MAX ? llround(wait_ns) : SIM_DURATION_MAX,
             SESSION_RETRY);
    } else {
        give_up(s, x, code);
    }
    settle(s, id);
}

static void attempt_succeeded(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    sim_ns now = net_now(s->net);
    uint32_t metric = app_of(s, x)->metric;
    count(s, x, APP_SUCCESSES);
    metrics_sample(s->net->metrics, metric + APP_CONNECT_DELAY, now - x->arrived);
    metrics_shift(s->net->metrics, metric + APP_OPEN, 1, now);
    x->open = true;
    wait(s, id, x->life, SESSION_LIFE_OVER);
}

/* The proxy cannot connect on: it says so and closes; the client learns it by the close.
 */
static void proxy_reports(struct sessions *s, uint32_t id, enum failure code)
{
    s->at[id].failure = (uint8_t)code;
    close_role(s, id, ROLE_INNER);
}

static void proxy_connects_on(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    struct net *net = s->net;
    const struct app_config *config = app_of(s, x)->config;
    const struct tcp_socket *inner = net_socket(net, x->sockets[ROLE_INNER]);
    struct member *proxy = net_member(net, inner->member);
    const struct host_config *h = net->hosts.at[proxy->host].config;
    struct tcp_open how = {.member = inner->member,
                           .upstream = true,
                           .to = {x->target, config->to.port},
                           .session = id,
                           .app = x->app,
                           .options = &socket_options_plain};
    if (h->reflect_client_ip) {
        uint32_t port = (uint32_t)inner->remote_port + h->reflect_offset;
        how.reflected = true;
        how.local_address = inner->remote_address;
        how.local_port =
            (uint16_t)(port <= UINT16_MAX ? port : port - UINT16_MAX - 1 + 1024);
    } else {
        how.local_address = host_source_address(&net->hosts, proxy);
    }
    struct tcp_opened opened = tcp_connect(net, &how);
    s->at[id].sockets[ROLE_OUTER] = opened.socket;
    if (!opened.socket)
        proxy_reports(s, id, opened.failure);
}

/* The address the client itself connects to. */
static struct port_destination first_hop(struct sessions *s, const struct session *x)
{
    const struct app_config *config = app_of(s, x)->config;
    if (config->through == FIELD_NO_REFERENCE)
        return (struct port_destination){x->target, config->to.port};
    const struct host *proxy = &s->net->hosts.at[config->through];
    uint32_t member = proxy->first_member + x->member % proxy->member_count;
    return (struct port_destination){net_member(s->net, member)->first_address,
                                     proxy->config->proxy_port};
}

static void try_to_connect(struct sessions *s, uint32_t id)
{
    struct session *x = &s->at[id];
    struct member *m = net_member(s->net, x->member);
    x->tries++;
    count(s, x, APP_TRIES);
    struct tcp_opened opened =
        tcp_connect(s->net, &(struct tcp_open){.member = x->member,
                                               .local_address =
                                                   host_source_address(&s->net->hosts, m),
                                               .to = first_hop(s, x),
                                               .session = id,
                                               .app = x->app,
                                               .options = &app_of(s, x)->config->socket});
    s->at[id].sockets[ROLE_CLIENT] = opened.socket;
    if (!opened.socket)
        attempt_failed(s, id, opened.failure);
}

/* --- what TCP tells -------------------------------------------------------------------
 */

static void on_arrived(void *context, uint32_t socket, uint32_t session)
{
    struct sessions *s = context;
    struct session *x = &s->at[session];
    const struct tcp_socket *new = net_socket(s->net, socket);
    bool upstream = net_socket(s->net, new->peer)->flags & TCP_UPSTREAM;
    bool proxied = app_of(s, x)->config->through != FIELD_NO_REFERENCE;
    x->sockets[proxied && !upstream ? ROLE_INNER : ROLE_SERVER] = socket;
}

/* A host that falls silent when its peer closes keeps its socket for ever. */
static void fall_silent(struct sessions *s, struct session *x, uint32_t socket)
{
    net_socket(s->net, socket)->flags |= TCP_SILENT;
    tcp_leak(s->net, let_go(s, x, ROLE_SERVER));
}

static void on_accepted(void *context, uint32_t socket)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    struct session *x = &s->at[id];
    switch (role_of(x, socket)) {
    case ROLE_INNER:
        proxy_connects_on(s, id);
        break;
    case ROLE_SERVER:
        if (app_of(s, x)->config->closes_first == CLOSES_CLIENT &&
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

/* From the proxy, whose socket is `outer`, to the client. */
static sim_ns answer_delay(struct sessions *s, const struct session *x,
                           const struct tcp_socket *outer)
{
    uint32_t proxy = net_member(s->net, outer->member)->host;
    uint32_t client = net_member(s->net, x->member)->host;
    return net_link(s->net, proxy, client)->delay;
}

static void on_connected(void *context, uint32_t socket)
{
    struct sessions *s = context;
    const struct tcp_socket *t = net_socket(s->net, socket);
    uint32_t id = t->session;
    struct session *x = &s->at[id];
    const struct app_config *config = app_of(s, x)->config;
    switch (role_of(x, socket)) {
    case ROLE_CLIENT:
        if (config->through == FIELD_NO_REFERENCE)
            attempt_succeeded(s, id);
        else
            wait_as_always(s, id, config->patience, SESSION_IMPATIENT);
        break;
    case ROLE_OUTER:
        wait_as_always(s, id, answer_delay(s, x, t), SESSION_ANSWER);
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
    return distribution_sample(&late->delay, &app_of(s, x)->delays);
}

/* The side that closes second answers the other's close as it drew. */
static void answer_close(struct sessions *s, uint32_t id, enum role role)
{
    struct session *x = &s->at[id];
    switch ((enum behaviour_kind)x->behaviour->kind.kind) {
    case BEHAVES_PROMPT:
        close_role(s, id, role);
        break;
    case BEHAVES_LATE:
        wait(s, id, late_delay(s, x),
             role == ROLE_SERVER ? SESSION_SERVER_LATE : SESSION_CLIENT_LATE);
        break;
    case BEHAVES_NEVER:
    case BEHAVES_SILENT:
        tcp_leak(s->net, let_go(s, x, role));
        break;
    case BEHAVES_RESET:
        tcp_abort(s->net, let_go(s, x, role));
        break;
    }
}

static void on_peer_closed(void *context, uint32_t socket)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    struct session *x = &s->at[id];
    switch (role_of(x, socket)) {
    case ROLE_CLIENT:
        if (x->failure != FAILURE_NONE) {
            enum failure code = x->failure;
            close_role(s, id, ROLE_CLIENT);
            attempt_failed(s, id, code);
            return;
        }
        event_timer_cancel(&x->timer);
        answer_close(s, id, ROLE_CLIENT);
        break;
    case ROLE_INNER:
    case ROLE_OUTER:
        /* A proxy passes the close on, in either direction. */
        close_role(s, id, ROLE_INNER);
        close_role(s, id, ROLE_OUTER);
        break;
    case ROLE_SERVER:
        answer_close(s, id, ROLE_SERVER);
        break;
    case ROLE_LEFTOVER:
        tcp_close(s->net, socket);
        return;
    }
    settle(s, id);
}

static void client_failed(struct sessions *s, uint32_t id, enum failure code)
{
    struct session *x = &s->at[id];
    event_timer_cancel(&x->timer);
    if (!x->open) {
        attempt_failed(s, id, code);
        return;
    }
    count(s, x, APP_RESETS);
    no_longer_open(s, x);
    settle(s, id);
}

static void on_failed(void *context, uint32_t socket, enum failure code)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    struct session *x = &s->at[id];
    enum role role = role_of(x, socket);
    if (role == ROLE_LEFTOVER)
        return;
    x->sockets[role] = 0;
    switch (role) {
    case ROLE_CLIENT:
        client_failed(s, id, code);
        return;
    case ROLE_INNER:
        close_role(s, id, ROLE_OUTER);
        break;
    case ROLE_OUTER:
        proxy_reports(s, id, x->open ? FAILURE_NONE : code);
        break;
    case ROLE_SERVER:
    case ROLE_LEFTOVER:
        break;
    }
    settle(s, id);
}

/* Both ends closed a socket whose descriptor was kept. */
static void on_ended(void *context, uint32_t socket)
{
    struct sessions *s = context;
    uint32_t id = net_socket(s->net, socket)->session;
    enum role role = role_of(&s->at[id], socket);
    if (role == ROLE_LEFTOVER)
        return;
    let_go(s, &s->at[id], role);
    settle(s, id);
}

const struct tcp_user sessions_tcp_user = {
    .arrived = on_arrived,
    .accepted = on_accepted,
    .connected = on_connected,
    .peer_closed = on_peer_closed,
    .failed = on_failed,
    .ended = on_ended,
};

/* --- events ---------------------------------------------------------------------------
 */

static void life_over(struct sessions *s, uint32_t id)
{
    enum app_closer closer = app_of(s, &s->at[id])->config->closes_first;
    if (closer != CLOSES_CLIENT && s->at[id].sockets[ROLE_SERVER])
        close_role(s, id, ROLE_SERVER);
    else
        closer = CLOSES_CLIENT;
    if (closer != CLOSES_SERVER)
        close_role(s, id, ROLE_CLIENT);
}

bool sessions_event(struct sessions *s, const struct event *e)
{
    uint32_t id = (uint32_t)e->arg;
    if (!event_timer_due(&s->at[id].timer, e))
        return false;
    switch ((enum session_event)event_detail(e)) {
    case SESSION_ANSWER:
        if (s->at[id].sockets[ROLE_CLIENT])
            attempt_succeeded(s, id);
        break;
    case SESSION_IMPATIENT:
        close_role(s, id, ROLE_CLIENT);
        attempt_failed(s, id, FAILURE_ETIMEDOUT);
        return true;
    case SESSION_LIFE_OVER:
        life_over(s, id);
        break;
    case SESSION_SERVER_LATE:
        close_role(s, id, ROLE_SERVER);
        break;
    case SESSION_CLIENT_LATE:
        close_role(s, id, ROLE_CLIENT);
        break;
    case SESSION_RETRY:
        try_to_connect(s, id);
        return true;
    }
    settle(s, id);
    return true;
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
    uint32_t addresses = server->member_count * server->address_count;
    return net_member(s->net, server->first_member)->first_address +
           a->next_target++ % addresses;
}

bool sessions_arrival(struct sessions *s, const struct event *e)
{
    struct app *a = &s->apps[e->arg];
    if (!event_timer_due(&a->next_arrival, e))
        return false;
    const struct app_config *config = a->config;
    const struct host *from = &s->net->hosts.at[config->from];
    uint32_t id = open_session(s);
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
    a->arrived++;
    count(s, x, APP_ATTEMPTS);
    schedule_arrival(s, a);
    try_to_connect(s, id);
    return true;
}

/* --- set-up ---------------------------------------------------------------------------
 */

#define FAILURE_ROW(symbol, text)                                                        \
    {.name = "failures." #symbol,                                                        \
     .unit = "1",                                                                        \
     .kind = METRIC_COUNT,                                                               \
     .flags = METRIC_SERIES | METRIC_QUIET,                                              \
     .help = "attempts that failed: " text},

const struct metric_def app_metrics[APP_METRIC_COUNT] = {
    [APP_ATTEMPTS] = {.name = "attempts",
                      .unit = "1",
                      .kind = METRIC_COUNT,
                      .flags = METRIC_SERIES,
                      .help = "users who wanted a connection; retries are not counted"},
    [APP_SUCCESSES] = {.name = "successes",
                       .unit = "1",
                       .kind = METRIC_COUNT,
                       .flags = METRIC_SERIES,
                       .help = "attempts that got one, perhaps after retries"},
    [APP_FAILURES] = {.name = "failures",
                      .unit = "1",
                      .kind = METRIC_COUNT,
                      .flags = METRIC_SERIES,
                      .help = "attempts that failed for good"},
    [APP_FAILURE_RATIO] = {.name = "failure_ratio",
                           .unit = "1",
                           .kind = METRIC_RATIO,
                           .a = APP_FAILURES,
                           .b = APP_ATTEMPTS,
                           .help = "failures / attempts"},
    [APP_TRIES] = {.name = "tries",
                   .unit = "1",
                   .kind = METRIC_COUNT,
                   .help = "attempts and their retries"},
    [APP_RESETS] = {.name = "resets",
                    .unit = "1",
                    .kind = METRIC_COUNT,
                    .flags = METRIC_QUIET,
                    .help = "open connections that were reset"},
    [APP_OPEN] = {.name = "open",
                  .unit = "connections",
                  .kind = METRIC_LEVEL,
                  .flags = METRIC_SERIES,
                  .help = "connections the users have"},
    [APP_CONNECT_DELAY] = {.name = "connect_delay_s",
                           .unit = "s",
                           .kind = METRIC_SAMPLE,
                           .help = "from the user's arrival to the connection, retries "
                                   "included"},
    [APP_FIRST_FAILURE] = {.name = "first_failure_s",
                           .unit = "s",
                           .kind = METRIC_FIRST,
                           .help = "when the first attempt failed for good"},
    [APP_LAST_FAILURE] = {.name = "last_failure_s",
                          .unit = "s",
                          .kind = METRIC_LAST,
                          .help = "when the last attempt failed for good"},
    FAILURES(FAILURE_ROW)};

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
        .delays = random_stream_make(seed, replication, path, "late closes")};
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
    free(s->apps);
    free(s->at);
    *s = (struct sessions){0};
}

static bool same_arrivals(const struct app_config *a, const struct app_config *b)
{
    const struct field_variant *x = &a->arrivals, *y = &b->arrivals;
    if (x->kind != y->kind)
        return false;
    if (x->kind == ARRIVALS_TRACE)
        return true; /* the file is not changeable */
    const struct arrivals_rate *p = x->config, *q = y->config;
    return !(p->rate < q->rate || p->rate > q->rate);
}

void sessions_reconfigure(struct sessions *s, const struct field_list *configs)
{
    const struct app_config *config = configs->items;
    for (uint32_t i = 0; i < s->app_count; i++) {
        struct app *a = &s->apps[i];
        bool same = same_arrivals(a->config, &config[i]);
        a->config = &config[i];
        if (same)
            continue;
        event_timer_cancel(&a->next_arrival);
        schedule_arrival(s, a);
    }
}

void sessions_end(struct sessions *s)
{
    for (uint32_t i = 0; i < s->app_count; i++) {
        const struct app *a = &s->apps[i];
        if (a->failures)
            notes_add(s->notes,
                      (struct note){a->last_failure, NOTE_LAST_FAILURE, i, a->failures});
    }
}

size_t sessions_bytes(const struct sessions *s)
{
    return s->capacity * sizeof *s->at + s->app_count * sizeof *s->apps;
}
