#include "models/gateway.h"

#include <stdlib.h>

#include "models/tracer.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* Generation of the sender of an RST that a gateway itself sends inside; no socket has
 * number 0. */
#define OWN_RESET 1

#define STATE_ROW(state)                                                                 \
    {.name = "mappings." #state,                                                         \
     .unit = "mappings",                                                                 \
     .kind = METRIC_LEVEL,                                                               \
     .flags = METRIC_SERIES | METRIC_QUIET,                                              \
     .help = "mappings in " #state},

const struct metric_def gateway_metrics[GATEWAY_METRIC_COUNT] = {
    {.name = "mappings",
     .unit = "mappings",
     .kind = METRIC_LEVEL,
     .flags = METRIC_SERIES,
     .help = "flows the gateway knows"},
    {.name = "created",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_SERIES,
     .help = "flows that got an outside port"},
    {.name = "mappings_per_host",
     .unit = "mappings",
     .kind = METRIC_SAMPLE,
     .help = "mappings of an inside host, the one it just got included"},
    {.name = "dropped",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_SERIES,
     .help = "packets not passed on, for any of the following reasons"},
    {.name = "drops.no_port",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "SYNs for which no outside port was found"},
    {.name = "drops.table_full",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "SYNs beyond max_mappings"},
    {.name = "insert_failed",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "SYNs whose tuple another flow had confirmed first (Linux's counter holds "
             "drops.no_port, too)"},
    {.name = "drops.stray",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "packets of forgotten flows, answered by RST or not"},
    {.name = "drops.without_power",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "packets that came while the gateway was down"},
    {.name = "evictions",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "closing mappings that had to go for a new flow"},
    {.name = "expired_idle",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "mappings of open connections forgotten after their idle time"},
    {.name = "expired_half_open",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "the same of connections that never opened"},
    {.name = "expired_half_closed",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "the same of connections that had not closed on both sides"},
    STATE_ROW(UNCONFIRMED) STATE_ROW(SYN_SENT) STATE_ROW(SYN_RECEIVED)
        STATE_ROW(ESTABLISHED) STATE_ROW(FIN_WAIT) STATE_ROW(CLOSE_WAIT)
            STATE_ROW(LAST_ACK) STATE_ROW(TIME_WAIT) STATE_ROW(CLOSE)};

/* --- finding one's way ----------------------------------------------------------------
 */

static struct nat_mapping *mapping_at(struct net *net, uint32_t id)
{
    return &net->gateways->mappings.at[id];
}

static struct host *host_of(struct net *net, const struct gateway *g)
{
    return &net->hosts.at[g->host];
}

/* Inside hosts are spread over the members of their gateway in turn. */
static struct nat_pool *pool_of(struct net *net, const struct gateway *g, uint32_t place)
{
    return &net->gateways->pools[g->first_pool + place % host_of(net, g)->member_count];
}

/* The number of a member among those behind its gateway. */
static uint32_t place_of(struct net *net, uint32_t member)
{
    uint32_t host = net_member(net, member)->host;
    return net->gateways->place[host] + member - net->hosts.at[host].first_member;
}

static uint32_t *held_by(struct net *net, const struct gateway *g, uint32_t place)
{
    return &net->gateways->held[g->first_inside + place];
}

const struct gateway *gateway_between(struct net *net, uint32_t from, uint32_t to)
{
    uint16_t gateway = net_link(net, from, to)->gateway;
    return gateway ? &net->gateways->at[gateway - 1] : NULL;
}

static void count(struct net *net, const struct gateway *g, enum gateway_metric metric)
{
    metrics_count(net->metrics, g->metric + metric, 1);
}

/* `socket`: that sent what is dropped or, if none did, that it was for. */
static void note_drops(struct net *net, const struct gateway *g,
                       enum gateway_metric reason, struct note note)
{
    note.host = g->host;
    note.code = (uint8_t)reason;
    notes_add(net->hosts.notes, note);
}

static void drop(struct net *net, const struct gateway *g, enum gateway_metric reason,
                 uint32_t socket)
{
    struct gateway *own = &net->gateways->at[g - net->gateways->at];
    sim_ns now = net_now(net);
    count(net, g, GATEWAY_DROPPED);
    count(net, g, reason);
    if (spell_meets(&own->drops[reason - GATEWAY_NO_PORT], now))
        note_drops(net, g, reason, (struct note){.when = now, .kind = NOTE_DROPS_BEGIN});
    if (net->tracer)
        trace_gateway(net, &(struct trace_gateway){.host = g->host,
                                                   .act = TRACE_DROPS,
                                                   .reason = (uint8_t)reason,
                                                   .socket = socket});
}

/* Anything else it does, with what that socket sent. */
TRACE_COLD static void trace_act(const struct net *net, const struct gateway *g,
                                 enum trace_gateway_act act, uint32_t socket,
                                 uint32_t mapping)
{
    trace_gateway(net, &(struct trace_gateway){.host = g->host,
                                               .act = (uint8_t)act,
                                               .socket = socket,
                                               .mapping = mapping});
}

/* The record of a socket that a segment names, be it closed; NULL when the number went to
 * another since. */
static const struct tcp_socket *known(struct net *net, uint32_t socket,
                                      uint8_t generation)
{
    const struct tcp_socket *s = net_socket(net, socket);
    return socket && s->generation == generation ? s : NULL;
}

/* The mapping of a socket's connection.  Accepted sockets are outside: nobody outside
 * reaches a host behind a gateway. */
static uint32_t mapping_of(struct net *net, const struct tcp_socket *s)
{
    const struct nat_mappings *t = &net->gateways->mappings;
    if (s->flags & TCP_PASSIVE)
        return nat_mappings_find(
            t, NAT_OUTSIDE,
            &(struct nat_flow){.address = s->remote_address,
                               .port = s->remote_port,
                               .to = {s->local_address, s->local_port}});
    return nat_mappings_find(
        t, NAT_INSIDE,
        &(struct nat_flow){.member = s->member,
                           .address = s->local_address,
                           .port = s->local_port,
                           .to = {s->remote_address, s->remote_port}});
}

/* Its sender knows best which flow a segment is of; an RST on behalf of none has only a
 * receiver. */
static uint32_t find(struct net *net, const struct tcp_socket *from,
                     const struct tcp_socket *to)
{
    return from ? mapping_of(net, from) : to ? mapping_of(net, to) : 0;
}

static struct nat_hold hold_of(const struct nat_mapping *m)
{
    return (struct nat_hold){.address = m->outside_address,
                             .port = m->outside_port,
                             .inside_host = m->inside_host,
                             .to = m->to};
}

/* --- life of a mapping ----------------------------------------------------------------
 */

static void start_timer(struct net *net, uint32_t id, sim_ns delay)
{
    event_lane lane = event_queue_lane(net->queue, delay);
    mapping_at(net, id)->timer.ticket =
        event_queue_push_lane(net->queue, lane, net_now(net) + delay, EVENT_NAT, 0, id);
}

static void count_state(struct net *net, const struct nat_mapping *m, int change)
{
    const struct gateway *g = &net->gateways->at[m->gateway];
    uint32_t state = g->metric + GATEWAY_STATES + m->state - NAT_UNCONFIRMED;
    metrics_shift(net->metrics, state, change, net_now(net));
}

static bool is_over(const struct nat_mapping *m)
{
    return m->state == NAT_TIME_WAIT || m->state == NAT_CLOSE;
}

/* Whoever evicts may have the tuple from now on. */
static void let_go(struct net *net, const struct gateway *g, const struct nat_mapping *m)
{
    struct nat_hold hold = hold_of(m);
    nat_pool_closing(pool_of(net, g, place_of(net, m->member)), &hold);
}

/* An open connection has no timer as long as both ends are heard of. */
static void enter(struct net *net, uint32_t id, enum nat_state state)
{
    struct nat_mapping *m = mapping_at(net, id);
    const struct gateway *g = &net->gateways->at[m->gateway];
    bool quiet = event_timer_pending(m->timer) && m->state == NAT_ESTABLISHED;
    bool was_over = is_over(m);
    if (m->state != state) {
        count_state(net, m, -1);
        m->state = (uint8_t)state;
        count_state(net, m, 1);
    }
    if (is_over(m) && !was_over && g->config->translation.reopens)
        let_go(net, g, m);
    event_timer_cancel(&m->timer);
    if (state != NAT_ESTABLISHED || quiet)
        start_timer(net, id, g->config->translation.timeouts[state]);
}

static void shift_holders(struct net *net, const struct nat_mapping *m, int change)
{
    metrics_shift(net->metrics, net->gateways->holders[m->app], change, net_now(net));
}

/* The tuple is the flow's own from now on. */
static void confirm(struct net *net, uint32_t id)
{
    struct nat_mapping *m = mapping_at(net, id);
    const struct gateway *g = &net->gateways->at[m->gateway];
    uint32_t place = place_of(net, m->member);
    struct nat_hold hold = hold_of(m);
    uint32_t *held = held_by(net, g, place);
    nat_pool_take(pool_of(net, g, place), &net->hosts, host_of(net, g), &hold,
                  net_now(net));
    nat_mappings_show(&net->gateways->mappings, id, NAT_OUTSIDE);
    shift_holders(net, m, 1);
    count(net, g, GATEWAY_CREATED);
    metrics_sample(net->metrics, g->metric + GATEWAY_PER_HOST, ++*held);
    enter(net, id, NAT_SYN_SENT);
}

static void end(struct net *net, uint32_t id)
{
    struct nat_mapping *m = mapping_at(net, id);
    const struct gateway *g = &net->gateways->at[m->gateway];
    uint32_t place = place_of(net, m->member);
    struct nat_pool *pool = pool_of(net, g, place);
    if (m->state != NAT_UNCONFIRMED) {
        struct nat_hold hold = hold_of(m);
        nat_pool_release(pool, &net->hosts, host_of(net, g), &hold, net_now(net));
        shift_holders(net, m, -1);
        --*held_by(net, g, place);
    }
    pool->mappings--;
    metrics_shift(net->metrics, g->metric + GATEWAY_MAPPINGS, -1, net_now(net));
    count_state(net, m, -1);
    nat_mappings_close(&net->gateways->mappings, id);
}

static void evict(struct net *net, const struct gateway *g, const struct nat_hold *hold)
{
    uint32_t id = nat_mappings_find(
        &net->gateways->mappings, NAT_OUTSIDE,
        &(struct nat_flow){.address = hold->address, .port = hold->port, .to = hold->to});
    SIM_ASSERT(id);
    count(net, g, GATEWAY_EVICTIONS);
    end(net, id);
}

/* Tells the tracer which outside port a flow was given. */
TRACE_COLD static void trace_pick(struct net *net, const struct gateway *g,
                                  uint32_t socket, const struct nat_pick *pick)
{
    const struct tcp_socket *s = net_socket(net, socket);
    const struct host *h = host_of(net, g);
    trace_chosen(
        net, &(struct trace_choice){
                 .member = h->first_member + place_of(net, s->member) % h->member_count,
                 .socket = socket,
                 .session = s->session,
                 .app = s->app,
                 .upstream = s->flags & TCP_UPSTREAM,
                 .pool = (uint8_t)host_pool_of(pick->address, false),
                 .call = TRACE_TRANSLATE,
                 .failure = pick->port ? FAILURE_NONE : FAILURE_DROPPED,
                 .port = pick->port,
                 .local_address = pick->address,
                 .to = {s->remote_address, s->remote_port},
                 .probes = pick->probes});
}

/* The index of tables [app * 2 + upstream]. */
static uint16_t app_of(const struct tcp_socket *s)
{
    return (uint16_t)(s->app * 2u + !!(s->flags & TCP_UPSTREAM));
}

/* A port for the flow; false: the SYN is dropped. */
static bool choose(struct net *net, const struct gateway *g, uint32_t socket,
                   struct nat_hold *hold)
{
    const struct tcp_socket *s = net_socket(net, socket);
    uint32_t place = place_of(net, s->member);
    struct nat_pool *pool = pool_of(net, g, place);
    struct host *h = host_of(net, g);
    uint32_t most = g->config->translation.max_mappings;
    if (most && pool->mappings >= most) {
        drop(net, g, GATEWAY_TABLE_FULL, socket);
        return false;
    }
    *hold = (struct nat_hold){.inside_host = place / h->member_count,
                              .to = {s->remote_address, s->remote_port}};
    struct nat_pick pick =
        nat_pool_choose(pool, &net->hosts, h, hold, s->local_port, net_now(net));
    net_mark(net, pick.port);
    if (net->tracer)
        trace_pick(net, g, socket, &pick);
    if (!pick.port) {
        drop(net, g, GATEWAY_NO_PORT, socket);
        destination_failed(net, net->destinations.translated[app_of(s)], POOL_TCP4);
        return false;
    }
    hold->address = pick.address;
    hold->port = pick.port;
    if (pick.evicts)
        evict(net, g, hold);
    return true;
}

/* 0: no mapping, and the SYN is dropped. */
static uint32_t open_mapping(struct net *net, const struct gateway *g, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    struct nat_mappings *t = &net->gateways->mappings;
    struct nat_hold hold;
    if (!choose(net, g, socket, &hold))
        return 0;
    uint32_t id = nat_mappings_open(t);
    struct nat_mapping *m = &t->at[id];
    m->member = s->member;
    m->inside_address = s->local_address;
    m->inside_port = s->local_port;
    m->inside_host = hold.inside_host;
    m->outside_address = hold.address;
    m->outside_port = hold.port;
    m->to = hold.to;
    m->sender = socket;
    m->sender_generation = s->generation;
    m->gateway = (uint16_t)(g - net->gateways->at);
    m->app = app_of(s);
    m->state = NAT_UNCONFIRMED;
    count_state(net, m, 1);
    nat_mappings_show(t, id, NAT_INSIDE);
    pool_of(net, g, place_of(net, s->member))->mappings++;
    metrics_shift(net->metrics, g->metric + GATEWAY_MAPPINGS, 1, net_now(net));
    return id;
}

/* --- outward --------------------------------------------------------------------------
 */

/* A new flow.  True if its SYN may pass now. */
static bool begin_flow(struct net *net, const struct gateway *g, struct route *r)
{
    uint32_t id = open_mapping(net, g, r->from);
    sim_ns delay = g->config->translation.confirm_delay;
    if (id && delay) {
        if (net->tracer)
            trace_act(net, g, TRACE_HOLDS, r->from, id);
        start_timer(net, id, delay);
        return false;
    }
    if (id)
        confirm(net, id);
    r->to = id;
    r->to_generation = id ? mapping_at(net, id)->generation : 0;
    return id;
}

static bool syn_passes(struct net *net, const struct gateway *g, struct route *r)
{
    uint32_t id = mapping_of(net, net_socket(net, r->from));
    if (!id)
        return begin_flow(net, g, r);
    struct nat_mapping *m = mapping_at(net, id);
    if (is_over(m)) {
        if (g->config->translation.reopens)
            end(net, id);
        else /* held down: it keeps the tuple, and nobody inside means it any more */
            nat_mappings_hide(&net->gateways->mappings, id, NAT_INSIDE);
        return begin_flow(net, g, r);
    }
    if (m->state == NAT_UNCONFIRMED)
        return false; /* the first SYN still waits here, and will do for both */
    if (m->state == NAT_SYN_SENT)
        enter(net, id, NAT_SYN_SENT);
    r->to = id;
    r->to_generation = m->generation;
    return true;
}

static enum nat_segment segment_of(enum net_event kind)
{
    switch (kind) {
    case EVENT_SYN:
        return NAT_SYN;
    case EVENT_SYN_ACK:
        return NAT_SYN_AND_ACK;
    case EVENT_FIN:
    case EVENT_FIN_ACK:
        return NAT_FIN;
    case EVENT_ACK:
    case EVENT_ACK_OF_FIN:
    case EVENT_CHALLENGE_ACK:
    case EVENT_PROBE:
    case EVENT_PROBE_ANSWER:
        return NAT_ACK;
    case EVENT_RST:
        return NAT_RST;
    case EVENT_TCP_TIMER:
    case EVENT_SESSION:
    case EVENT_ARRIVAL:
    case EVENT_NAT:
    case EVENT_UDP:
    case EVENT_SECOND:
        break;
    }
    SIM_BUG("not a segment");
}

/* False if the gateway knows no such flow. */
static bool see(struct net *net, uint32_t id, enum nat_direction way, enum net_event kind)
{
    if (!id || mapping_at(net, id)->state == NAT_UNCONFIRMED)
        return false;
    uint8_t next = nat_edges[way][segment_of(kind)][mapping_at(net, id)->state];
    if (next != NAT_NO_STATE)
        enter(net, id, next);
    return true;
}

/* IPv6 is routed: no gateway of this house translates it. */
static bool is_routed(const struct tcp_socket *from, const struct tcp_socket *to)
{
    const struct tcp_socket *s = from ? from : to;
    return s && host_is_ipv6(s->local_address);
}

/* Whatever comes is lost, and counted, while the gateway has no power. */
static bool is_down(struct net *net, const struct gateway *g, uint32_t socket)
{
    if (!host_of(net, g)->down)
        return false;
    drop(net, g, GATEWAY_WITHOUT_POWER, socket);
    return true;
}

bool gateway_passes(struct net *net, struct route *r, enum net_event kind)
{
    const struct gateway *g = gateway_between(net, r->from_host, r->to_host);
    const struct tcp_socket *from = known(net, r->from, r->from_generation);
    const struct tcp_socket *to = known(net, r->to, r->to_generation);
    if (is_routed(from, to))
        return true;
    if (is_down(net, g, r->from ? r->from : r->to))
        return false;
    if (kind == EVENT_SYN)
        return syn_passes(net, g, r);
    if (see(net, find(net, from, to), NAT_OUTWARD, kind))
        return true;
    drop(net, g, GATEWAY_STRAYS, r->from ? r->from : r->to);
    if (kind != EVENT_RST && r->from &&
        g->config->translation.stray_from_inside == NAT_STRAY_RESET) {
        if (net->tracer)
            trace_act(net, g, TRACE_RESETS, r->from, 0);
        event_queue_push(net->queue, net_now(net), EVENT_RST,
                         (uint8_t)(OWN_RESET << 4 | r->from_generation), r->from);
    }
    return false;
}

bool gateway_translates(struct net *net, uint32_t mapping, uint8_t generation,
                        uint32_t *address, uint16_t *port)
{
    const struct nat_mapping *m = mapping_at(net, mapping);
    if (m->state == NAT_NO_STATE || m->generation != generation)
        return false;
    *address = m->outside_address;
    *port = m->outside_port;
    return true;
}

/* --- inward ---------------------------------------------------------------------------
 */

/* An RST to a socket outside, from the gateway. */
static void reset_outside(struct net *net, const struct route *stray)
{
    net_transmit(
        net, net_link(net, stray->to_host, stray->from_host),
        (struct route){.to = stray->from, .to_generation = stray->from_generation},
        EVENT_RST);
}

bool gateway_admits(struct net *net, const struct event *e)
{
    struct route r = {.from = (uint32_t)(e->arg >> 32),
                      .to = (uint32_t)e->arg,
                      .from_generation = event_detail(e) >> 4,
                      .to_generation = event_detail(e) & 15};
    enum net_event kind = event_kind(e);
    const struct tcp_socket *from = known(net, r.from, r.from_generation);
    const struct tcp_socket *to = known(net, r.to, r.to_generation);
    if (!from && !to)
        return true; /* both ends are forgotten: it means nothing to anybody */
    if (is_routed(from, to))
        return true;
    if (!r.from && r.from_generation == OWN_RESET)
        return true;
    r.from_host = from ? net_member(net, from->member)->host : to->peer_host;
    r.to_host = to ? net_member(net, to->member)->host : from->peer_host;
    const struct gateway *g = gateway_between(net, r.to_host, r.from_host);
    if (g && is_down(net, g, r.from ? r.from : r.to))
        return false;
    if (!g || see(net, find(net, from, to), NAT_INWARD, kind))
        return true;
    drop(net, g, GATEWAY_STRAYS, r.from ? r.from : r.to);
    if (kind != EVENT_RST && r.from &&
        g->config->translation.stray_from_outside == NAT_STRAY_RESET) {
        if (net->tracer)
            trace_act(net, g, TRACE_RESETS, r.from, 0);
        reset_outside(net, &r);
    }
    return false;
}

/* --- timers ---------------------------------------------------------------------------
 */

/* The confirmation delay is over: who was faster? */
static void confirm_or_drop(struct net *net, uint32_t id)
{
    struct nat_mapping *m = mapping_at(net, id);
    const struct gateway *g = &net->gateways->at[m->gateway];
    const struct tcp_socket *s = known(net, m->sender, m->sender_generation);
    struct nat_hold hold = hold_of(m);
    if (!nat_pool_is_free(pool_of(net, g, place_of(net, m->member)), host_of(net, g),
                          &hold)) {
        drop(net, g, GATEWAY_INSERT_FAILED, s ? m->sender : 0);
        end(net, id);
        return;
    }
    struct route r = {.from = m->sender,
                      .from_generation = m->sender_generation,
                      .to = id,
                      .to_generation = m->generation,
                      .from_host = net_member(net, m->member)->host};
    confirm(net, id);
    if (s)
        net_transmit(net, net_link(net, r.from_host, s->peer_host), r, EVENT_SYN);
}

static void expire(struct net *net, uint32_t id)
{
    static const uint8_t counted[NAT_STATE_COUNT] = {
        [NAT_SYN_SENT] = GATEWAY_EXPIRED_HALF_OPEN,
        [NAT_SYN_RECEIVED] = GATEWAY_EXPIRED_HALF_OPEN,
        [NAT_ESTABLISHED] = GATEWAY_EXPIRED_IDLE,
        [NAT_FIN_WAIT] = GATEWAY_EXPIRED_HALF_CLOSED,
        [NAT_CLOSE_WAIT] = GATEWAY_EXPIRED_HALF_CLOSED,
        [NAT_LAST_ACK] = GATEWAY_EXPIRED_HALF_CLOSED,
    };
    const struct nat_mapping *m = mapping_at(net, id);
    const struct gateway *g = &net->gateways->at[m->gateway];
    if (net->tracer)
        trace_act(net, g, TRACE_FORGETS, 0, id);
    if (!is_over(m))
        count(net, g, (enum gateway_metric)counted[m->state]);
    end(net, id);
}

bool gateway_event(struct net *net, const struct event *e)
{
    uint32_t id = (uint32_t)e->arg;
    struct nat_mapping *m = mapping_at(net, id);
    if (!event_timer_due(&m->timer, e))
        return false;
    if (m->state == NAT_UNCONFIRMED)
        confirm_or_drop(net, id);
    else
        expire(net, id);
    return true;
}

void gateway_quiet(struct net *net, uint32_t socket)
{
    uint32_t id = net->gateways ? mapping_of(net, net_socket(net, socket)) : 0;
    if (!id || mapping_at(net, id)->state != NAT_ESTABLISHED)
        return;
    const struct gateway *g = &net->gateways->at[mapping_at(net, id)->gateway];
    start_timer(net, id, g->config->translation.timeouts[NAT_ESTABLISHED]);
}

void gateway_forgets(struct net *net, const struct host *h)
{
    struct nat_mappings *t = net->gateways ? &net->gateways->mappings : NULL;
    for (uint32_t id = 1; t && id <= t->used; id++) {
        const struct nat_mapping *m = &t->at[id];
        if (m->state != NAT_NO_STATE && net->gateways->at[m->gateway].host == h->number)
            end(net, id);
    }
    for (uint32_t i = 0; t && i < net->gateways->count; i++) {
        const struct gateway *g = &net->gateways->at[i];
        for (uint32_t k = 0; g->host == h->number && k < h->member_count; k++)
            nat_pool_restart(&net->gateways->pools[g->first_pool + k], g->config);
    }
}

/* --- set-up ---------------------------------------------------------------------------
 */

static void declare(struct net *net, struct gateway *g)
{
    char *prefix = memory_print("hosts.%s.nat", g->config->name);
    g->metric =
        metrics_declare(net->metrics, prefix, gateway_metrics, GATEWAY_METRIC_COUNT);
    free(prefix);
}

static void open_pools(struct net *net, const struct gateway *g, uint64_t seed,
                       uint32_t replication)
{
    const struct host *h = host_of(net, g);
    for (uint32_t i = 0; i < h->member_count; i++) {
        char *path = memory_print("hosts.%s[%u]", g->config->name, (unsigned)i);
        net->gateways->pools[g->first_pool + i] = (struct nat_pool){
            .first_address = host_first_address(h, i, false),
            .chance = random_stream_make(seed, replication, path, "translation")};
        free(path);
    }
}

/* Who is behind the gateway, in the order of the scenario; returns how many. */
static uint32_t number_inside(struct net *net, const struct gateway *g)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < net->hosts.count; i++) {
        if (net->hosts.at[i].config->gateway != g->host)
            continue;
        net->gateways->place[i] = number;
        number += net->hosts.at[i].member_count;
    }
    return number;
}

static void mark_links(struct net *net, uint32_t gateway)
{
    uint32_t host = net->gateways->at[gateway].host;
    for (uint32_t a = 0; a < net->hosts.count; a++)
        for (uint32_t b = 0; b < net->hosts.count; b++)
            if (net->hosts.at[a].config->gateway == host &&
                net->hosts.at[b].config->gateway != host)
                net_link(net, a, b)->gateway = (uint16_t)(gateway + 1);
}

/* Names the gateways and says how many pools they have. */
static uint32_t list_gateways(struct net *net, struct gateways *all)
{
    uint32_t pools = 0;
    for (uint32_t i = 0; i < net->hosts.count; i++) {
        const struct host *h = &net->hosts.at[i];
        if (h->config->nat == NAT_NONE)
            continue;
        all->at = memory_resize(all->at, all->count + 1, sizeof *all->at);
        all->at[all->count++] =
            (struct gateway){.config = h->config, .host = i, .first_pool = pools};
        pools += h->member_count;
    }
    return pools;
}

void gateways_init(struct net *net, uint32_t apps, uint64_t seed, uint32_t replication)
{
    struct gateways all = {0};
    all.pool_count = list_gateways(net, &all);
    if (!all.count)
        return;
    net->gateways = memory_new(1, sizeof *net->gateways);
    *net->gateways = all;
    net->gateways->pools = memory_new(all.pool_count, sizeof *net->gateways->pools);
    net->gateways->place = memory_new(net->hosts.count, sizeof *net->gateways->place);
    net->gateways->holders = memory_new((size_t)apps * 2, sizeof *net->gateways->holders);
    nat_mappings_init(&net->gateways->mappings);
    uint32_t inside = 0;
    for (uint32_t i = 0; i < all.count; i++) {
        struct gateway *g = &net->gateways->at[i];
        g->first_inside = inside;
        inside += number_inside(net, g);
        declare(net, g);
        open_pools(net, g, seed, replication);
        mark_links(net, i);
    }
    net->gateways->held = memory_new(inside, sizeof *net->gateways->held);
}

void gateways_free(struct net *net)
{
    struct gateways *all = net->gateways;
    if (!all)
        return;
    for (uint32_t i = 0; i < all->count; i++)
        for (uint32_t k = 0; k < host_of(net, &all->at[i])->member_count; k++)
            nat_pool_clear(&all->pools[all->at[i].first_pool + k], all->at[i].config);
    nat_mappings_free(&all->mappings);
    free(all->at);
    free(all->pools);
    free(all->place);
    free(all->held);
    free(all->holders);
    free(all);
    net->gateways = NULL;
}

void gateways_reconfigure(struct net *net, const struct field_list *hosts)
{
    const struct host_config *configs = hosts->items;
    for (uint32_t i = 0; net->gateways && i < net->gateways->count; i++) {
        struct gateway *g = &net->gateways->at[i];
        const struct host_config *next = &configs[g->host];
        for (uint32_t k = 0; k < host_of(net, g)->member_count; k++)
            nat_pool_reconfigure(&net->gateways->pools[g->first_pool + k], g->config,
                                 next);
        g->config = next;
    }
}

/* Ends the spells of drops that are over. */
static void settle(struct net *net, struct gateway *g)
{
    for (int i = 0; i < GATEWAY_REASONS; i++) {
        struct spell *spell = &g->drops[i];
        if (!spell_is_over(spell, net_now(net)))
            continue;
        note_drops(net, g, (enum gateway_metric)(GATEWAY_NO_PORT + i),
                   (struct note){.when = spell->last,
                                 .kind = NOTE_DROPS_END,
                                 .value = spell->count});
        *spell = (struct spell){0};
    }
}

void gateways_tick(struct net *net)
{
    for (uint32_t i = 0; net->gateways && i < net->gateways->count; i++) {
        struct gateway *g = &net->gateways->at[i];
        const struct host *h = host_of(net, g);
        settle(net, g);
        for (uint32_t k = 0; k < h->member_count; k++)
            nat_pool_tick(&net->gateways->pools[g->first_pool + k], h, net_now(net));
    }
}

size_t gateways_bytes(const struct net *net)
{
    const struct gateways *all = net->gateways;
    if (!all)
        return 0;
    size_t bytes = sizeof *all + all->count * sizeof *all->at +
                   all->pool_count * sizeof *all->pools +
                   nat_mappings_bytes(&all->mappings);
    for (uint32_t i = 0; i < all->pool_count; i++)
        bytes += nat_pool_bytes(&all->pools[i]);
    return bytes;
}
