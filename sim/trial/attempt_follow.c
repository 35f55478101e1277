#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/trial/attempt.h"
#include "sim/trial/walk.h"

#define NO_RUNG UINT32_MAX

struct follower {
    struct attempt *out;
    struct net *net;
    uint64_t attempts;
    uint64_t of_app[UINT16_MAX + 1];
    uint32_t session;
    bool begun, done, on; /* on: the session is there */
    uint32_t arriving;    /* rung of the segment whose arrival is being handled */
    uint32_t under_way;
    struct rung beyond; /* the limit: never read */
    uint32_t reset;     /* socket a gateway answers with RST, in place of its peer */
};

/* --- ends -----------------------------------------------------------------------------
 */

static struct attempt_end *end_at(struct follower *f, uint16_t end)
{
    return &f->out->ends[end];
}

static uint16_t find(const struct follower *f, uint32_t socket)
{
    for (uint16_t i = f->out->end_count; socket && i-- > 0;) {
        const struct attempt_end *e = &f->out->ends[i];
        bool there = e->closed == SIM_NEVER || e->closed == net_now(f->net);
        if (e->socket == socket && there && !e->left &&
            e->generation == net_socket(f->net, socket)->generation)
            return i;
    }
    return NO_END;
}

static bool is_proxied(const struct follower *f)
{
    return f->out->hosts[PLACE_INNER] != UINT32_MAX;
}

static uint8_t opposite(const struct follower *f, uint8_t place)
{
    switch (place) {
    case PLACE_CLIENT:
        return is_proxied(f) ? PLACE_INNER : PLACE_SERVER;
    case PLACE_INNER:
        return PLACE_CLIENT;
    case PLACE_OUTER:
        return PLACE_SERVER;
    default:
        return is_proxied(f) ? PLACE_OUTER : PLACE_CLIENT;
    }
}

static uint8_t gateway_of(uint8_t place, bool proxied)
{
    bool second = proxied && (place == PLACE_OUTER || place == PLACE_SERVER);
    return second ? PLACE_GATEWAY_SECOND : PLACE_GATEWAY_FIRST;
}

static uint16_t adopt(struct follower *f, uint32_t socket, uint8_t place)
{
    struct attempt *a = f->out;
    const struct tcp_socket *s = net_socket(f->net, socket);
    if (a->end_count == NO_END)
        return NO_END;
    a->ends = memory_resize(a->ends, a->end_count + 1u, sizeof *a->ends);
    a->ends[a->end_count] = (struct attempt_end){
        .socket = socket,
        .generation = s->generation,
        .place = place,
        .state = s->state,
        .active = !(s->flags & (TCP_PASSIVE | TCP_REFLECTED)),
        .host = net_member(f->net, s->member)->host,
        .member = s->member - net_host(f->net, s->member)->first_member,
        .local = net_address(f->net, s->local_address)->ip,
        .remote = net_address(f->net, s->remote_address)->ip,
        .local_port = s->local_port,
        .remote_port = s->remote_port,
        .opened = net_now(f->net),
        .since = net_now(f->net),
        .closed = SIM_NEVER};
    return a->end_count++;
}

/* One that stands in the way of ours, and was there before. */
static uint16_t adopt_earlier(struct follower *f, uint32_t socket, uint8_t place)
{
    uint16_t end = adopt(f, socket, place);
    if (end == NO_END)
        return NO_END;
    end_at(f, end)->earlier = true;
    end_at(f, end)->opened = end_at(f, end)->since = net_socket(f->net, socket)->since;
    return end;
}

/* --- rungs ----------------------------------------------------------------------------
 */

static struct rung *add(struct follower *f, enum rung_kind kind, uint8_t what,
                        uint8_t place, uint16_t end)
{
    struct attempt *a = f->out;
    if (a->rung_count == RUNG_LIMIT) {
        a->cut = true;
        return &f->beyond;
    }
    if (a->rung_count % 256 == 0)
        a->rungs = memory_resize(a->rungs, a->rung_count + 256, sizeof *a->rungs);
    struct rung *r = &a->rungs[a->rung_count++];
    *r = (struct rung){.when = net_now(f->net),
                       .kind = (uint8_t)kind,
                       .what = what,
                       .place = place,
                       .end = end};
    return r;
}

static struct rung *add_at(struct follower *f, enum rung_kind kind, uint8_t what,
                           uint16_t end)
{
    return add(f, kind, what, end_at(f, end)->place, end);
}

/* Whether nothing can become of the end any more.  A forgotten descriptor of a server
 * stands for ever; that of a client holds a port, and a process may yet end. */
static bool is_settled(const struct follower *f, const struct attempt_end *e)
{
    const struct tcp_socket *s = net_socket(f->net, e->socket);
    if (e->closed != SIM_NEVER || e->left || e->earlier || s->generation != e->generation)
        return true;
    return e->leaked && !e->active && !event_timer_pending(s->timer);
}

static bool is_over(const void *context)
{
    const struct follower *f = context;
    if (f->out->cut || f->done)
        return true;
    if (!f->begun || f->on || f->under_way)
        return false;
    for (uint16_t i = 0; i < f->out->end_count; i++)
        if (!is_settled(f, &f->out->ends[i]))
            return false;
    return true;
}

/* Before its first rung, and when it is over.  What happens in the instant of the last
 * rung still belongs to it. */
static bool looks_away(struct follower *f)
{
    const struct attempt *a = f->out;
    if (f->begun && !f->done)
        f->done = net_now(f->net) > a->rungs[a->rung_count - 1].when && is_over(f);
    return !f->begun || f->done;
}

/* The rung of the segment whose arrival is being handled; NULL: of none of ours. */
static struct rung *arriving(struct follower *f)
{
    struct rung *r = f->arriving == NO_RUNG ? NULL : &f->out->rungs[f->arriving];
    return r && r->segment.arrives == net_now(f->net) ? r : NULL;
}

/* --- segments -------------------------------------------------------------------------
 */

static uint16_t times_before(const struct follower *f, uint16_t end, enum net_event kind)
{
    uint16_t times = 0;
    for (uint32_t i = 0; end != NO_END && i < f->out->rung_count; i++) {
        const struct rung *r = &f->out->rungs[i];
        if (r->kind == RUNG_SEGMENT && r->what == kind && r->end == end &&
            !r->segment.held)
            times++;
    }
    return times;
}

/* Whether the segment belongs to the attempt: between two of its ends, from nobody or to
 * nobody any more, or the challenge of an earlier connection that one of them meets. */
static bool is_ours(const struct follower *f, const struct route *r, enum net_event kind,
                    uint16_t from, uint16_t to)
{
    bool sends = from != NO_END && !f->out->ends[from].earlier;
    bool receives = to != NO_END && !f->out->ends[to].earlier;
    if (sends && to == NO_END && kind != EVENT_SYN)
        return net_socket(f->net, r->to)->generation != r->to_generation ||
               net_socket(f->net, r->to)->state == TCP_NO_STATE;
    if (receives && from == NO_END && r->from)
        return kind == EVENT_CHALLENGE_ACK;
    return sends || receives;
}

/* A gateway acts before a segment is out; who reads wants the segment first. */
static void put_before_gateway(struct follower *f)
{
    struct rung *r = f->out->rungs + f->out->rung_count - 1, segment = *r;
    for (; r > f->out->rungs && r[-1].when == segment.when && r[-1].end == segment.end &&
           (r[-1].kind == RUNG_GATEWAY ||
            (r[-1].kind == RUNG_CHOICE && r[-1].what == TRACE_TRANSLATE));
         r--)
        r[0] = r[-1];
    *r = segment;
}

/* The gateway has just taken the SYN of this end to hold it. */
static bool was_held(const struct follower *f, uint16_t end, sim_ns when)
{
    const struct rung *last = &f->out->rungs[f->out->rung_count - 1];
    return last->kind == RUNG_GATEWAY && last->what == TRACE_HOLDS && last->end == end &&
           last->when == when;
}

/* The SYN is the one that the gateway has held: its sender has no part in it. */
static bool is_let_go(const struct follower *f, uint16_t end, enum net_event kind)
{
    for (uint32_t i = f->out->rung_count; kind == EVENT_SYN && i-- > 0;) {
        const struct rung *r = &f->out->rungs[i];
        if (r->kind == RUNG_TIMER && r->timer.fired && r->end == end)
            return false; /* sent again */
        if (r->kind == RUNG_SEGMENT && r->end == end)
            return r->segment.held;
    }
    return false;
}

static void on_sent(void *context, const struct route *r, enum net_event kind,
                    enum segment_fate fate, sim_ns arrives)
{
    struct follower *f = context;
    if (looks_away(f))
        return;
    uint16_t from = find(f, r->from);
    uint16_t to = kind == EVENT_SYN ? NO_END : find(f, r->to);
    if (!is_ours(f, r, kind, from, to))
        return;
    if (from == NO_END && r->from)
        from = adopt_earlier(f, r->from, opposite(f, end_at(f, to)->place));
    uint8_t place =
        from == NO_END ? opposite(f, end_at(f, to)->place) : end_at(f, from)->place;
    uint8_t gateway = gateway_of(place, is_proxied(f));
    bool held = fate == SEGMENT_KEPT && was_held(f, from, net_now(f->net));
    if ((!r->from && f->reset == r->to) || (!held && is_let_go(f, from, kind)))
        place = gateway;
    f->reset = 0;
    uint16_t again = times_before(f, from, kind);
    struct rung *out = add(f, RUNG_SEGMENT, (uint8_t)kind, place, from);
    out->segment.held = held;
    out->segment.from = r->from;
    out->segment.to = kind == EVENT_SYN ? 0 : r->to;
    out->segment.end = to;
    out->segment.place =
        to != NO_END ? end_at(f, to)->place : opposite(f, end_at(f, from)->place);
    out->segment.fate = (uint8_t)fate;
    out->segment.again = again;
    out->segment.arrives = arrives;
    out->segment.from_state = from == NO_END ? TCP_CLOSED : end_at(f, from)->state;
    put_before_gateway(f);
    f->under_way += fate == SEGMENT_CARRIED;
    if (arriving(f)) /* it is answered */
        arriving(f)->segment.heeded = true;
}

/* The rung of the segment that arrives now. */
static uint32_t awaited(const struct follower *f, const struct event *e)
{
    enum net_event kind = event_kind(e);
    uint32_t from = (uint32_t)(e->arg >> 32);
    uint32_t to = kind == EVENT_SYN ? 0 : (uint32_t)e->arg;
    for (uint32_t i = 0; f->under_way && i < f->out->rung_count; i++) {
        const struct rung *r = &f->out->rungs[i];
        if (r->kind == RUNG_SEGMENT && r->what == kind && !r->segment.arrived &&
            r->segment.fate == SEGMENT_CARRIED && r->segment.arrives == e->when &&
            r->segment.from == from && r->segment.to == to)
            return i;
    }
    return NO_RUNG;
}

/* A gateway behind which the socket is has sent it an RST of its own. */
static uint32_t gateway_reset(struct follower *f, const struct event *e)
{
    uint16_t to = find(f, (uint32_t)e->arg);
    if (event_kind(e) != EVENT_RST || e->arg >> 32 || to == NO_END)
        return NO_RUNG;
    uint8_t place = gateway_of(end_at(f, to)->place, is_proxied(f));
    struct rung *r = add(f, RUNG_SEGMENT, EVENT_RST, place, NO_END);
    r->segment.to = (uint32_t)e->arg;
    r->segment.end = to;
    r->segment.place = end_at(f, to)->place;
    r->segment.arrives = e->when;
    f->under_way++;
    return f->out->rung_count - 1;
}

/* The SYN that arrives may come to a tuple that a socket of before still has. */
static void look_for_earlier(struct follower *f)
{
    struct rung *syn = &f->out->rungs[f->arriving];
    const struct tcp_socket *c = net_socket(f->net, syn->segment.from);
    uint32_t socket = tcp_sockets_find(&f->net->sockets, c->remote_address,
                                       c->remote_port, c->local_address, c->local_port);
    if (!socket || (net_socket(f->net, socket)->peer == syn->segment.from &&
                    net_socket(f->net, socket)->peer_generation == c->generation))
        return;
    uint16_t end = find(f, socket);
    if (end == NO_END)
        end = adopt_earlier(f, socket, syn->segment.place);
    syn->segment.end = end;
    syn->segment.to_state = net_socket(f->net, socket)->state;
    if (end != NO_END)
        add_at(f, RUNG_MEETS, end_at(f, end)->state, end);
}

static void on_arrived(void *context, const struct event *e)
{
    struct follower *f = context;
    f->arriving = NO_RUNG;
    f->reset = 0;
    if (looks_away(f))
        return;
    uint32_t i = awaited(f, e);
    if (i == NO_RUNG)
        i = gateway_reset(f, e);
    if (i == NO_RUNG)
        return;
    struct rung *r = &f->out->rungs[i];
    r->segment.arrived = true;
    f->under_way--;
    f->arriving = i;
    r->segment.end = find(f, r->segment.to);
    r->segment.to_state =
        r->segment.end == NO_END ? TCP_CLOSED : end_at(f, r->segment.end)->state;
    if (event_kind(e) == EVENT_SYN && find(f, r->segment.from) != NO_END)
        look_for_earlier(f);
}

/* --- states and timers ----------------------------------------------------------------
 */

static bool comes_by_segment(enum tcp_input input)
{
    return input == TCP_IN_SYN || input == TCP_IN_SYN_ACK || input == TCP_IN_ACK_OF_SYN ||
           input == TCP_IN_FIN || input == TCP_IN_ACK_OF_FIN || input == TCP_IN_RST;
}

/* The end of a socket that a SYN of ours has made. */
static uint16_t accepted(struct follower *f, uint32_t socket, enum tcp_input input)
{
    const struct tcp_socket *s = net_socket(f->net, socket);
    uint16_t client = input == TCP_IN_SYN ? find(f, s->peer) : NO_END;
    if (client == NO_END || end_at(f, client)->earlier)
        return NO_END;
    return adopt(f, socket, opposite(f, end_at(f, client)->place));
}

static void on_stepped(void *context, uint32_t socket, enum tcp_input input,
                       enum tcp_state next)
{
    struct follower *f = context;
    if (looks_away(f))
        return;
    uint16_t end = find(f, socket);
    if (end == NO_END)
        end = accepted(f, socket, input);
    if (end == NO_END)
        return;
    struct attempt_end *e = end_at(f, end);
    sim_ns now = net_now(f->net);
    struct rung *r = add_at(f, RUNG_STEP, (uint8_t)input, end);
    r->step.from = e->state;
    r->step.to = (uint8_t)next;
    e->spent[e->state] += now - e->since;
    e->since = now;
    e->state = (uint8_t)next;
    if (next == TCP_CLOSED)
        e->closed = now;
    struct rung *segment = arriving(f);
    if (!segment || !comes_by_segment(input))
        return;
    r->step.carried = true;
    segment->segment.heeded = true;
    segment->segment.end = end;
    segment->segment.to_state = (uint8_t)next;
}

static void on_timer(void *context, uint32_t socket, bool fired, sim_ns when)
{
    struct follower *f = context;
    if (fired)
        f->arriving = NO_RUNG;
    uint16_t end = looks_away(f) ? NO_END : find(f, socket);
    if (end == NO_END || (end_at(f, end)->earlier && !fired))
        return;
    struct rung *r = add_at(f, RUNG_TIMER, 0, end);
    r->timer.until = when;
    r->timer.fired = fired;
}

/* --- programs, ports, gateways --------------------------------------------------------
 */

static void on_called(void *context, uint32_t socket, enum trace_call call)
{
    struct follower *f = context;
    uint16_t end = looks_away(f) ? NO_END : find(f, socket);
    if (end == NO_END)
        return;
    add_at(f, RUNG_CALL, (uint8_t)call, end);
    struct attempt_end *e = end_at(f, end);
    if (call == TRACE_BOUND) {
        e->generation = (uint8_t)((e->generation + 1u) & 15u); /* it is another, then */
        e->state = TCP_BOUND;
        e->since = net_now(f->net);
        e->closed = SIM_NEVER;
        return;
    }
    e->leaked = call == TRACE_LEAK;
    if (call == TRACE_VANISH) {
        e->spent[e->state] += net_now(f->net) - e->since;
        e->closed = net_now(f->net);
    }
}

static void on_chosen(void *context, const struct trace_choice *c)
{
    struct follower *f = context;
    uint16_t end = NO_END;
    uint8_t place = c->upstream ? PLACE_OUTER : PLACE_CLIENT;
    if (looks_away(f))
        return;
    if (c->call == TRACE_TRANSLATE) {
        end = find(f, c->socket);
        if (end == NO_END)
            return;
        place = gateway_of(end_at(f, end)->place, is_proxied(f));
    } else if (!f->on || c->session != f->session) {
        return;
    } else if (c->socket && !pool_is_udp((enum pool)c->pool)) {
        end = adopt(f, c->socket, place);
    }
    struct rung *r = add(f, RUNG_CHOICE, c->call, place, end);
    r->code = c->failure;
    r->choice.probes = c->probes;
    r->choice.port = c->port;
    r->choice.takes_over = c->takes_over;
}

/* The end whose flow the mapping is. */
static uint16_t mapped(const struct follower *f, uint32_t mapping)
{
    const struct nat_mapping *m = &f->net->gateways->mappings.at[mapping];
    for (uint16_t i = f->out->end_count; i-- > 0;) {
        const struct attempt_end *e = &f->out->ends[i];
        if (e->active && e->local_port == m->inside_port &&
            f->net->hosts.at[e->host].first_member + e->member == m->member &&
            e->remote_port == m->to.port)
            return i;
    }
    return NO_END;
}

static void on_gateway(void *context, const struct trace_gateway *act)
{
    struct follower *f = context;
    if (looks_away(f))
        return;
    uint16_t end =
        act->act == TRACE_FORGETS ? mapped(f, act->mapping) : find(f, act->socket);
    if (end == NO_END)
        return;
    uint8_t place = gateway_of(end_at(f, end)->place, is_proxied(f));
    add(f, RUNG_GATEWAY, act->act, place, end)->code = act->reason;
    if (act->act == TRACE_RESETS)
        f->reset = act->socket;
    if (act->act == TRACE_DROPS && arriving(f))
        arriving(f)->segment.fate = SEGMENT_KEPT;
}

/* --- users ----------------------------------------------------------------------------
 */

static uint32_t gateway_between_hosts(const struct follower *f, uint32_t from,
                                      uint32_t to)
{
    const struct gateway *g = gateway_between(f->net, from, to);
    return g ? g->host : UINT32_MAX;
}

static void name_hosts(struct follower *f, const struct app_config *app)
{
    uint32_t *hosts = f->out->hosts;
    bool proxied = app->through != FIELD_NO_REFERENCE;
    hosts[PLACE_CLIENT] = app->from;
    hosts[PLACE_INNER] = hosts[PLACE_OUTER] = proxied ? app->through : UINT32_MAX;
    hosts[PLACE_SERVER] = app->to.reference;
    hosts[PLACE_GATEWAY_FIRST] =
        gateway_between_hosts(f, app->from, proxied ? app->through : app->to.reference);
    hosts[PLACE_GATEWAY_SECOND] =
        proxied ? gateway_between_hosts(f, app->through, app->to.reference) : UINT32_MAX;
}

static void begin(struct follower *f, uint32_t session, uint16_t app)
{
    const struct app_config *apps = f->out->plan->config->world.apps.items;
    f->begun = f->on = true;
    f->session = session;
    f->out->app = app;
    f->out->of_app = f->of_app[app];
    f->out->began = net_now(f->net);
    name_hosts(f, &apps[app]);
}

/* The connection to the server that its owner, a proxy or the client itself, has kept for
 * the next request. */
static void adopt_kept(struct follower *f)
{
    const struct tcp_sockets *t = &f->net->sockets;
    for (uint32_t i = 1; i <= t->used; i++) {
        const struct tcp_socket *s = &t->at[i];
        if (s->state == TCP_NO_STATE || s->session != f->session ||
            s->flags & TCP_PASSIVE || is_proxied(f) != !!(s->flags & TCP_UPSTREAM) ||
            find(f, i) != NO_END)
            continue;
        uint32_t peer = s->peer;
        adopt(f, i, is_proxied(f) ? PLACE_OUTER : PLACE_CLIENT);
        if (peer)
            adopt(f, peer, PLACE_SERVER);
        return;
    }
}

static void leave_kept(struct follower *f)
{
    for (uint16_t i = 0; i < f->out->end_count; i++) {
        struct attempt_end *e = end_at(f, i);
        bool kept = e->place == PLACE_SERVER ||
                    e->place == (is_proxied(f) ? PLACE_OUTER : PLACE_CLIENT);
        if (kept && e->closed == SIM_NEVER)
            e->left = true;
    }
}

static void hear_of_it(struct follower *f, enum trace_session what, enum failure code)
{
    struct attempt *a = f->out;
    bool proxy = what == TRACE_CONNECTS || what == TRACE_REUSES || what == TRACE_KEEPS;
    add(f, RUNG_USER, (uint8_t)what, proxy ? PLACE_OUTER : PLACE_CLIENT, NO_END)->code =
        (uint8_t)code;
    if (what == TRACE_TRIES)
        a->tries++;
    if (what == TRACE_FAILS)
        a->failure = (uint8_t)code;
    if (what == TRACE_SUCCEEDS) {
        a->succeeded = true;
        a->success = net_now(f->net);
    }
    if (what == TRACE_REUSES)
        adopt_kept(f);
    if (what == TRACE_KEEPS)
        leave_kept(f);
    if (what == TRACE_SESSION_ENDS)
        f->on = false;
}

static void on_session(void *context, uint32_t session, uint16_t app,
                       enum trace_session what, enum failure code)
{
    struct follower *f = context;
    if (what == TRACE_ARRIVES) {
        f->of_app[app]++;
        if (++f->attempts == f->out->number)
            begin(f, session, app);
    }
    if (f->on && session == f->session)
        hear_of_it(f, what, code);
}

/* --- the run --------------------------------------------------------------------------
 */

/* The time up to here of those that are still there. */
static void count_last_states(struct attempt *a)
{
    for (uint16_t i = 0; i < a->end_count; i++) {
        struct attempt_end *e = &a->ends[i];
        if (e->closed == SIM_NEVER)
            e->spent[e->state] += a->ended - e->since;
    }
}

void attempt_follow(struct attempt *a, const struct trial_plan *plan, uint64_t seed,
                    sim_ns until, uint64_t number)
{
    struct follower *f = memory_new(1, sizeof *f);
    struct walk w;
    *a = (struct attempt){.plan = plan, .seed = seed, .number = number};
    *f = (struct follower){.out = a, .arriving = NO_RUNG};
    struct tracer tracer = {.context = f,
                            .sent = on_sent,
                            .arrived = on_arrived,
                            .stepped = on_stepped,
                            .timer = on_timer,
                            .called = on_called,
                            .chosen = on_chosen,
                            .gateway = on_gateway,
                            .session = on_session};
    walk_begin(&w, plan, seed, 1);
    f->net = world_net(w.world);
    f->net->tracer = &tracer;
    a->over = !walk_until(&w, until, is_over, f) && !a->cut;
    a->ended = world_now(w.world);
    count_last_states(a);
    if (!f->begun)
        a->number = 0;
    walk_end(&w);
    free(f);
}

void attempt_free(struct attempt *a)
{
    free(a->ends);
    free(a->rungs);
    *a = (struct attempt){.number = 0};
}
