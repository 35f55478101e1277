#include "models/tcp.h"

#include "models/gateway.h"
#include "models/port_binder.h"
#include "models/takeover.h"
#include "models/tracer.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* --- segments out ---------------------------------------------------------------------
 */

static void send(struct net *net, struct route r, enum net_event kind)
{
    struct link *link = net_link(net, r.from_host, r.to_host);
    if (link->gateway && !gateway_passes(net, &r, kind)) {
        if (net->tracer)
            trace_sent(net, r, kind, SEGMENT_KEPT, net_now(net));
        return;
    }
    net_transmit(net, link, r, kind);
}

static struct route route_from(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    return (struct route){.from = socket,
                          .from_generation = s->generation,
                          .from_host = net_member(net, s->member)->host,
                          .to = s->peer,
                          .to_generation = s->peer_generation,
                          .to_host = s->peer_host};
}

static void send_to_peer(struct net *net, uint32_t socket, enum net_event kind)
{
    struct route r = route_from(net, socket);
    if (r.to)
        send(net, r, kind);
}

/* A SYN knows its sender only; who is there is found when it arrives. */
static void send_syn(struct net *net, uint32_t socket)
{
    struct route r = route_from(net, socket);
    r.to = 0;
    r.to_generation = 0;
    send(net, r, EVENT_SYN);
}

/* An RST to `socket` from its peer's address, where no socket answers. */
static void send_reset_to(struct net *net, uint32_t socket)
{
    struct route r = route_from(net, socket);
    if (net->hosts.at[r.to_host].down)
        return;
    send(net,
         (struct route){.from_host = r.to_host,
                        .to = socket,
                        .to_generation = r.from_generation,
                        .to_host = r.from_host},
         EVENT_RST);
}

/* Whoever has seen the peer's FIN acknowledges it with its own. */
static enum net_event fin_kind(uint8_t state)
{
    return state == TCP_LAST_ACK || state == TCP_CLOSING ? EVENT_FIN_ACK : EVENT_FIN;
}

static void send_what_the_edge_says(struct net *net, uint32_t socket, enum tcp_sends what)
{
    switch (what) {
    case TCP_SENDS_NOTHING:
        break;
    case TCP_SENDS_SYN:
        send_syn(net, socket);
        break;
    case TCP_SENDS_SYN_ACK:
        send_to_peer(net, socket, EVENT_SYN_ACK);
        break;
    case TCP_SENDS_ACK:
        send_to_peer(net, socket, EVENT_ACK);
        break;
    case TCP_SENDS_FIN:
        send_to_peer(net, socket, fin_kind(net_socket(net, socket)->state));
        break;
    case TCP_SENDS_ACK_OF_FIN:
        send_to_peer(net, socket, EVENT_ACK_OF_FIN);
        break;
    case TCP_SENDS_RST:
        send_to_peer(net, socket, EVENT_RST);
        break;
    }
}

/* --- timers ---------------------------------------------------------------------------
 */

static event_lane wheel_lane(struct net *net, const struct stack *stack, sim_ns delay)
{
    for (uint32_t i = 0; i < net->wheel_lane_count; i++) {
        const struct wheel_lane *w = &net->wheel_lanes[i];
        if (w->delay == delay && w->hz == stack->timer_hz &&
            w->phase == stack->timer_phase)
            return w->lane;
    }
    net->wheel_lanes = memory_resize(net->wheel_lanes, net->wheel_lane_count + 1,
                                     sizeof *net->wheel_lanes);
    struct wheel_lane *w = &net->wheel_lanes[net->wheel_lane_count++];
    *w = (struct wheel_lane){.hz = stack->timer_hz,
                             .phase = stack->timer_phase,
                             .delay = delay,
                             .lane = event_queue_lane_own(net->queue)};
    return w->lane;
}

static void start_timer(struct net *net, uint32_t socket, sim_ns delay)
{
    struct tcp_socket *s = net_socket(net, socket);
    const struct stack *stack = net_stack(net, s->member);
    event_lane lane = stack->timer_hz ? wheel_lane(net, stack, delay)
                                      : event_queue_lane(net->queue, delay);
    sim_ns when = stack_timer(stack, net_now(net), delay);
    if (net->tracer)
        trace_timer_started(net, socket, when);
    s->timer.ticket =
        event_queue_push_lane(net->queue, lane, when, EVENT_TCP_TIMER, 0, socket);
}

static const struct retransmission *schedule(const struct stack *stack, uint8_t state)
{
    switch ((enum tcp_wait)tcp_waits[state]) {
    case TCP_WAITS_FOR_SYN_ACK:
        return &stack->syn;
    case TCP_WAITS_FOR_ACK_OF_SYN:
        return &stack->syn_ack;
    case TCP_WAITS_FOR_ACK_OF_FIN:
        return &stack->fin;
    case TCP_WAITS_FOR_NOTHING:
    case TCP_WAITS_FOR_FIN:
    case TCP_WAITS_FOR_2MSL:
        break;
    }
    SIM_BUG("a state without retransmission");
}

/* The round trip the socket's connection has measured by the time it closes. */
static sim_ns round_trip(struct net *net, const struct tcp_socket *s)
{
    uint32_t host = net_member(net, s->member)->host;
    return net_link(net, host, s->peer_host)->delay +
           net_link(net, s->peer_host, host)->delay;
}

/* The first wait of the SYN, SYN+ACK or FIN the socket waits on. */
static sim_ns base_wait(struct net *net, const struct tcp_socket *s,
                        const struct retransmission *r)
{
    bool fin = tcp_waits[s->state] == TCP_WAITS_FOR_ACK_OF_FIN;
    return retransmission_base(r, fin ? round_trip(net, s) : 0,
                               stack_tick(net_stack(net, s->member)));
}

static struct unanswered unanswered(struct net *net, const struct tcp_socket *s,
                                    const struct retransmission *r)
{
    const struct stack *stack = net_stack(net, s->member);
    struct unanswered x = {.since = s->since,
                           .now = net_now(net),
                           .counted_from = s->since,
                           .base = base_wait(net, s, r),
                           .user_timeout = s->options->user_timeout,
                           .retries =
                               s->flags & TCP_HALF_CLOSED ? r->retries_open : r->retries,
                           .sent = s->sent};
    if (s->sent && r->loss_probe && r->at.count == 0) /* not before the probe is out */
        x.counted_from = stack_timer(stack, stack_timer(stack, s->since, x.base), x.base);
    return x;
}

static void wait_for_answer(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    const struct retransmission *r = schedule(net_stack(net, s->member), s->state);
    if (s->sent == 0) { /* most are answered before it ends */
        start_timer(net, socket, retransmission_first(r, base_wait(net, s, r)));
        return;
    }
    struct unanswered x = unanswered(net, s, r);
    start_timer(net, socket, retransmission_wait(r, &x));
}

/* The first probe, or the next one, of a connection whose peer may be gone. */
static void start_keep_alive(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    const struct keep_alive *k = &s->options->keep_alive;
    if (k->idle)
        start_timer(net, socket, s->sent ? k->interval : k->idle);
}

/* What is left of `fin_wait_2` for a socket nobody owns [KERNEL.md F1, F2; MODEL.md B2:
 * at least 3.5 RTO on Linux, whose RTO is the FIN's]. */
static sim_ns fin_wait_2(struct net *net, const struct tcp_socket *s)
{
    const struct stack *stack = net_stack(net, s->member);
    sim_ns timeout = s->options->linger2 ? s->options->linger2 : stack->fin_wait_2;
    if (!stack->fin_wait_2_split)
        return timeout;
    sim_ns rto = retransmission_base(&stack->fin, round_trip(net, s), stack_tick(stack));
    return timeout > 4 * rto - rto / 2 ? timeout : 4 * rto - rto / 2;
}

/* True while FIN_WAIT_2 stays a whole socket before it becomes a record [F2]. */
static bool waits_whole(struct net *net, const struct tcp_socket *s)
{
    sim_ns split = net_stack(net, s->member)->fin_wait_2_split;
    return split && fin_wait_2(net, s) > split;
}

static bool fin_wait_2_unlimited(struct net *net, const struct tcp_socket *s)
{
    return net_stack(net, s->member)->fin_wait_2_unlimited && !s->options->linger2;
}

static void wait_for_fin(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    if (s->flags & TCP_HALF_CLOSED) {
        start_keep_alive(net, socket);
        return;
    }
    if (fin_wait_2_unlimited(net, s))
        return;
    sim_ns wait = fin_wait_2(net, s);
    sim_ns split = net_stack(net, s->member)->fin_wait_2_split;
    start_timer(net, socket, split && wait > split ? wait - split : wait);
}

static void start_wait(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    switch ((enum tcp_wait)tcp_waits[s->state]) {
    case TCP_WAITS_FOR_NOTHING:
        start_keep_alive(net, socket);
        break;
    case TCP_WAITS_FOR_SYN_ACK:
    case TCP_WAITS_FOR_ACK_OF_SYN:
    case TCP_WAITS_FOR_ACK_OF_FIN:
        wait_for_answer(net, socket);
        break;
    case TCP_WAITS_FOR_FIN:
        wait_for_fin(net, socket);
        break;
    case TCP_WAITS_FOR_2MSL:
        start_timer(net, socket, net_stack(net, s->member)->time_wait);
        break;
    }
}

/* --- records --------------------------------------------------------------------------
 *
 * TIME_WAIT, and FIN_WAIT_2 that nobody owns, are small records rather than sockets.  A
 * member keeps only so many of them: one more is not made, and its port is free at once
 * [KERNEL.md B1].
 */

static bool becomes_record(struct net *net, struct tcp_socket *s)
{
    struct host *h = net_host(net, s->member);
    struct member *m = net_member(net, s->member);
    if (s->flags & TCP_MINI)
        return true; /* FIN_WAIT_2 that goes on as TIME_WAIT */
    if (m->records >= h->config->tcp.max_tw_buckets) {
        metrics_count(net->metrics,
                      host_tcp_pool(&net->hosts, s)->metric + HOST_TIME_WAIT_OVERFLOW, 1);
        return false;
    }
    s->flags |= TCP_MINI;
    m->records++;
    return true;
}

/* Where the edge really leads when it leads into FIN_WAIT_2 or TIME_WAIT. */
static struct tcp_edge lingering_edge(struct net *net, struct tcp_socket *s,
                                      struct tcp_edge edge)
{
    if (edge.next == TCP_FIN_WAIT_2) {
        if (s->flags & TCP_HALF_CLOSED)
            return edge;
        if (s->options->no_fin_wait_2)
            return (struct tcp_edge){TCP_CLOSED, TCP_SENDS_RST, TCP_TELLS_NOTHING};
        if (fin_wait_2_unlimited(net, s) || waits_whole(net, s))
            return edge;
    }
    if (!becomes_record(net, s))
        edge.next = TCP_CLOSED;
    return edge;
}

/* --- one step of the machine ----------------------------------------------------------
 */

static void count_holder(struct net *net, const struct tcp_socket *s, int change)
{
    bool upstream = s->flags & TCP_UPSTREAM;
    metrics_shift(net->metrics, net->holders[s->app * 2u + upstream], change,
                  net_now(net));
}

/* --- descriptors ----------------------------------------------------------------------
 */

static void open_descriptor(struct net *net, struct tcp_socket *s)
{
    s->flags |= TCP_DESCRIPTOR;
    process_count(&net->processes, process_of(&net->processes, s), 1, net_now(net));
}

static void close_descriptor(struct net *net, struct tcp_socket *s)
{
    if (!(s->flags & TCP_DESCRIPTOR))
        return; /* never accepted */
    s->flags &= (uint16_t)~TCP_DESCRIPTOR;
    process_count(&net->processes, process_of(&net->processes, s), -1, net_now(net));
}

static bool is_leaked(const struct tcp_socket *s)
{
    return (s->flags & (TCP_OWNED | TCP_DESCRIPTOR)) == TCP_DESCRIPTOR;
}

static bool keeps_port(struct net *net, const struct tcp_socket *s)
{
    if (!is_leaked(s) || s->flags & (TCP_PASSIVE | TCP_REFLECTED))
        return false;
    switch ((enum stack_bound)net_stack(net, s->member)->bound_state) {
    case STACK_BOUND_NONE:
        break;
    case STACK_BOUND_EXPLICIT:
        return s->held & HELD_RING;
    case STACK_BOUND_ALL:
        return true;
    }
    return false;
}

/* The connection is over, and what is left is a descriptor with its port.  Segments that
 * were meant for the connection find nobody: it has another generation. */
static void stay_bound(struct net *net, struct tcp_socket *s)
{
    if (net->tracer)
        trace_called(net, (uint32_t)(s - net->sockets.at), TRACE_BOUND);
    host_keep_port(&net->hosts, net_member(net, s->member), s);
    count_holder(net, s, -1);
    s->flags &= TCP_DESCRIPTOR | TCP_UPSTREAM;
    s->generation = (s->generation + 1u) & 15u;
    s->peer = 0;
    s->remote_address = 0;
    s->remote_port = 0;
    host_count_state(&net->hosts, s, s->state, TCP_BOUND, net_now(net));
    s->state = TCP_BOUND;
}

static void end_connection(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    struct member *m = net_member(net, s->member);
    if (s->flags & TCP_COUNTED)
        m->accepted--;
    if (s->flags & TCP_MINI)
        m->records--;
    if (s->flags & TCP_COLLIDED)
        metrics_count(net->metrics,
                      host_tcp_pool(&net->hosts, s)->metric + HOST_COLLISION_FAILURES, 1);
    if (s->flags & TCP_INDEXED)
        tcp_sockets_unindex(&net->sockets, socket);
}

static void release(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    struct member *m = net_member(net, s->member);
    end_connection(net, socket);
    if (keeps_port(net, s)) {
        stay_bound(net, s);
        return;
    }
    if (!(s->flags & TCP_PASSIVE)) {
        host_release_port(&net->hosts, m, s, net_now(net));
        if (s->flags & TCP_OWNED) /* it failed: its owner closes it at once */
            host_descriptor_closed(&net->hosts, m, s);
        if (s->remote_port) /* else it was BOUND */
            count_holder(net, s, -1);
    }
    if (s->flags & TCP_OWNED)
        close_descriptor(net, s);
    else if (is_leaked(s))
        process_of(&net->processes, s)->stale++;
    tcp_sockets_close(&net->sockets, socket);
}

static void tell(struct net *net, uint32_t socket, enum tcp_tells what)
{
    const struct tcp_user *user = net->user;
    void *context = net->user_context;
    if (what == TCP_TELLS_ACCEPTED)
        open_descriptor(net, net_socket(net, socket));
    if (!(net_socket(net, socket)->flags & TCP_OWNED))
        return; /* closed meanwhile: nobody listens */
    switch (what) {
    case TCP_TELLS_NOTHING:
        break;
    case TCP_TELLS_ACCEPTED:
        user->accepted(context, socket);
        break;
    case TCP_TELLS_CONNECTED:
        user->connected(context, socket);
        break;
    case TCP_TELLS_PEER_CLOSED:
        user->peer_closed(context, socket);
        break;
    case TCP_TELLS_REFUSED:
        user->failed(context, socket, FAILURE_ECONNREFUSED);
        break;
    case TCP_TELLS_RESET:
        user->failed(context, socket, FAILURE_ECONNRESET);
        break;
    case TCP_TELLS_TIMED_OUT:
        user->failed(context, socket, FAILURE_ETIMEDOUT);
        break;
    case TCP_TELLS_ENDED:
        user->ended(context, socket);
        break;
    }
}

static void offer_tuple(struct net *net, uint32_t socket)
{
    uint16_t flags = net_socket(net, socket)->flags;
    if (flags & TCP_MINI && !(flags & TCP_OWNED))
        takeover_offer(net, socket);
}

/* The table's edge, but for the abort of a stack that then waits in TIME_WAIT. */
static struct tcp_edge edge_of(struct net *net, const struct tcp_socket *s,
                               enum tcp_input input)
{
    struct tcp_edge edge = tcp_edges[s->state][input];
    if (input == TCP_IN_ABORT && edge.sends == TCP_SENDS_RST &&
        net_stack(net, s->member)->rst_sender_time_wait)
        edge.next = TCP_TIME_WAIT;
    return edge;
}

/* False when RFC 9293 has no edge for that input: nothing happened. */
static bool step(struct net *net, uint32_t socket, enum tcp_input input)
{
    struct tcp_socket *s = net_socket(net, socket);
    struct tcp_edge edge = edge_of(net, s, input);
    if (edge.next == TCP_NO_STATE)
        return false;
    bool lingers = edge.next == TCP_FIN_WAIT_2 || edge.next == TCP_TIME_WAIT;
    if (lingers)
        edge = lingering_edge(net, s, edge);
    bool dropped = lingers && edge.next == TCP_CLOSED;
    if (net->tracer)
        trace_stepped(net, socket, input, (enum tcp_state)edge.next);
    host_count_state(&net->hosts, s, s->state, edge.next, net_now(net));
    s->state = edge.next;
    s->since = net_now(net);
    s->sent = 0;
    event_timer_cancel(&s->timer);
    send_what_the_edge_says(net, socket, edge.sends);
    if (edge.next != TCP_CLOSED)
        start_wait(net, socket);
    if (lingers && !dropped)
        offer_tuple(net, socket);
    if (edge.tells)
        tell(net, socket, edge.tells);
    if (dropped)
        tell(net, socket, TCP_TELLS_ENDED);
    if (edge.next == TCP_CLOSED)
        release(net, socket);
    return true;
}

/* --- calls ----------------------------------------------------------------------------
 */

/* Its tuple is taken over; nothing is sent. */
static void end_lingering(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    metrics_count(net->metrics, host_tcp_pool(&net->hosts, s)->metric + HOST_TAKEOVERS,
                  1);
    step(net, socket,
         s->state == TCP_TIME_WAIT ? TCP_IN_TIME_WAIT_OVER : TCP_IN_FIN_WAIT_2_OVER);
}

/* The local port of a connection, taken. */
static struct host_choice take_port(struct net *net, const struct tcp_open *how)
{
    struct member *m = net_member(net, how->member);
    if (how->reflected)
        return host_take_reflected(&net->hosts, m, how->local_address, how->local_port,
                                   how->to);
    struct port_ask ask = {
        .local_address = how->local_address, .to = how->to, .options = how->options};
    if (m->reusable)
        takeover_ripen(net, m);
    struct host_choice choice = host_choose_port(&net->hosts, m, &ask, net_now(net));
    if (choice.takes_over)
        end_lingering(net, takeover_find(net, how->local_address, choice.port, how->to));
    if (choice.port)
        host_hold_port(&net->hosts, m, &ask, &choice, net_now(net));
    else
        port_events_failed(net, &(struct no_port){.member = how->member,
                                                  .local_address = how->local_address,
                                                  .to = how->to,
                                                  .app = how->app,
                                                  .upstream = how->upstream});
    return choice;
}

/* Tells the tracer of a connection's local port; `socket` is 0 if there is none. */
TRACE_COLD static void trace_port(const struct net *net, const struct tcp_open *how,
                                  const struct host_choice *choice, uint32_t socket)
{
    static const uint8_t asks[] = {[SOCKET_BIND_CONNECT] = TRACE_CONNECT,
                                   [SOCKET_BIND_NO_PORT] = TRACE_CONNECT,
                                   [SOCKET_BIND_ZERO] = TRACE_BIND_ZERO,
                                   [SOCKET_BIND_EXPLICIT] = TRACE_BIND};
    bool connects = choice->stage == PORT_AT_CONNECT && !choice->port;
    trace_chosen(net, &(struct trace_choice){
                          .member = how->member,
                          .socket = socket,
                          .session = how->session,
                          .app = how->app,
                          .upstream = how->upstream,
                          .pool = (uint8_t)host_pool_of(how->local_address, false),
                          .call = how->reflected ? TRACE_BIND
                                  : connects     ? TRACE_CONNECT
                                                 : asks[how->options->bind],
                          .failure = (uint8_t)choice->failure,
                          .takes_over = choice->takes_over,
                          .port = choice->port,
                          .local_address = how->local_address,
                          .to = how->to,
                          .probes = choice->probes});
}

struct tcp_opened tcp_connect(struct net *net, const struct tcp_open *how)
{
    struct host_choice choice = take_port(net, how);
    net_mark(net, choice.port);
    if (!choice.port) {
        if (net->tracer)
            trace_port(net, how, &choice, 0);
        return (struct tcp_opened){.failure = choice.failure};
    }
    uint32_t socket = tcp_sockets_open(&net->sockets);
    struct tcp_socket *s = net_socket(net, socket);
    s->options = how->options;
    s->session = how->session;
    s->member = how->member;
    s->local_address = how->local_address;
    s->local_port = choice.port;
    s->remote_address = how->to.address;
    s->remote_port = how->to.port;
    s->app = how->app;
    s->held = choice.held;
    s->uid = choice.uid;
    s->peer_host =
        (uint16_t)net_member(net, net_address(net, how->to.address)->member)->host;
    s->flags = (uint16_t)(TCP_OWNED | (how->reflected ? TCP_REFLECTED : 0) |
                          (how->upstream ? TCP_UPSTREAM : 0));
    s->state = TCP_CLOSED;
    open_descriptor(net, s);
    net->connections++;
    count_holder(net, s, 1);
    if (net->tracer)
        trace_port(net, how, &choice, socket);
    step(net, socket, TCP_IN_ACTIVE_OPEN);
    return (struct tcp_opened){.socket = socket};
}

static void disown(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    s->session = 0;
    s->flags &= (uint16_t) ~(TCP_OWNED | TCP_HALF_CLOSED);
    close_descriptor(net, s);
    if (s->held) /* plain sockets and passive ones hold theirs by 0 */
        host_descriptor_closed(&net->hosts, net_member(net, s->member), s);
    if (s->flags & TCP_COUNTED) {
        s->flags &= (uint16_t)~TCP_COUNTED;
        net_member(net, s->member)->accepted--;
    }
}

/* The FIN of a half-closed socket is out: what its descriptor held back begins. */
static void close_half_closed(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    if (s->state == TCP_TIME_WAIT)
        offer_tuple(net, socket);
    if (s->state != TCP_FIN_WAIT_2)
        return;
    event_timer_cancel(&s->timer);
    if (s->options->no_fin_wait_2) {
        step(net, socket, TCP_IN_ABORT);
    } else if (!fin_wait_2_unlimited(net, s) && !waits_whole(net, s) &&
               !becomes_record(net, s)) {
        step(net, socket, TCP_IN_FIN_WAIT_2_OVER);
    } else {
        start_wait(net, socket);
        offer_tuple(net, socket);
    }
}

void tcp_close(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    if (s->options->linger_zero) {
        tcp_abort(net, socket);
        return;
    }
    if (net->tracer)
        trace_called(net, socket, TRACE_CLOSE);
    bool shut = s->flags & TCP_HALF_CLOSED;
    disown(net, socket);
    if (shut) {
        close_half_closed(net, socket);
        return;
    }
    bool legal = step(net, socket, TCP_IN_CLOSE);
    SIM_ASSERT(legal);
}

void tcp_shutdown(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    SIM_ASSERT(s->state == TCP_ESTABLISHED || s->state == TCP_CLOSE_WAIT);
    if (net->tracer)
        trace_called(net, socket, TRACE_SHUTDOWN);
    s->flags |= TCP_HALF_CLOSED;
    step(net, socket, TCP_IN_CLOSE);
}

void tcp_abort(struct net *net, uint32_t socket)
{
    if (net->tracer)
        trace_called(net, socket, TRACE_ABORT);
    disown(net, socket);
    uint8_t state = net_socket(net, socket)->state;
    if (state == TCP_TIME_WAIT || state == TCP_CLOSED)
        return; /* TIME_WAIT outlives its descriptor in any case */
    bool legal = step(net, socket, TCP_IN_ABORT);
    SIM_ASSERT(legal);
}

void tcp_leak_without_port(struct net *net, uint16_t app, bool upstream)
{
    struct process *p = process_of(
        &net->processes,
        &(struct tcp_socket){.app = app, .flags = upstream ? TCP_UPSTREAM : 0});
    process_count(&net->processes, p, 1, net_now(net));
    p->stale++;
}

void tcp_leak(struct net *net, uint32_t socket)
{
    if (net->tracer)
        trace_called(net, socket, TRACE_LEAK);
    struct tcp_socket *s = net_socket(net, socket);
    s->session = 0;
    s->flags &= (uint16_t)~TCP_OWNED;
}

void tcp_exit(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    bool of_listener = s->state == TCP_SYN_RECEIVED; /* no descriptor yet */
    bool silent = s->flags & TCP_SILENT;
    bool resets = net_stack(net, s->member)->exit_resets &&
                  (s->state == TCP_ESTABLISHED || s->state == TCP_CLOSE_WAIT);
    if (s->flags & TCP_OWNED)
        net->user->orphaned(net->user_context, socket);
    if (of_listener || silent)
        tcp_vanish(net, socket);
    else if (resets)
        tcp_abort(net, socket);
    else
        tcp_close(net, socket);
}

void tcp_vanish(struct net *net, uint32_t socket)
{
    if (net->tracer)
        trace_called(net, socket, TRACE_VANISH);
    disown(net, socket);
    struct tcp_socket *s = net_socket(net, socket);
    host_count_state(&net->hosts, s, s->state, TCP_CLOSED, net_now(net));
    event_timer_cancel(&s->timer);
    s->state = TCP_CLOSED;
    release(net, socket);
}

/* --- segments in ----------------------------------------------------------------------
 */

static bool same_socket(struct net *net, uint32_t socket, uint8_t generation)
{
    const struct tcp_socket *s = net_socket(net, socket);
    return s->state != TCP_NO_STATE && s->generation == generation;
}

/* A SYN as the server sees it. */
struct syn {
    uint32_t client;
    uint32_t address; /* where it comes from: the client's own, or a gateway's */
    uint16_t port;
};

static void accept_syn(struct net *net, const struct syn *syn, uint32_t server_member)
{
    uint32_t socket = tcp_sockets_open(&net->sockets);
    const struct tcp_socket *c = net_socket(net, syn->client);
    struct tcp_socket *s = net_socket(net, socket);
    s->options = &socket_options_plain;
    s->peer = syn->client;
    s->peer_generation = c->generation & 15u;
    s->peer_host = (uint16_t)net_member(net, c->member)->host;
    s->member = server_member;
    s->session = c->session;
    s->local_address = c->remote_address;
    s->local_port = c->remote_port;
    s->remote_address = syn->address;
    s->remote_port = syn->port;
    s->app = c->app;
    s->flags = (uint16_t)(TCP_PASSIVE | TCP_INDEXED | TCP_COUNTED | TCP_OWNED |
                          (c->flags & TCP_UPSTREAM));
    s->state = TCP_LISTEN;
    net_member(net, server_member)->accepted++;
    tcp_sockets_index(&net->sockets, socket);
    net->user->arrived(net->user_context, socket, s->session);
    step(net, socket, TCP_IN_SYN);
}

/* Asks the sender of a SYN, from a socket that has its tuple but is not its peer. */
static void challenge(struct net *net, uint32_t lingering, uint32_t client)
{
    struct route r = route_from(net, lingering), back = route_from(net, client);
    r.to = client;
    r.to_generation = back.from_generation;
    r.to_host = back.from_host;
    send(net, r, EVENT_CHALLENGE_ACK);
}

/* A SYN meets a socket that still has its tuple [MODEL.md B1; KERNEL.md F6, S2].  True
 * when the tuple is free now and the SYN can be accepted. */
static bool meet_lingering(struct net *net, uint32_t client, uint32_t lingering)
{
    struct tcp_socket *old = net_socket(net, lingering);
    struct tcp_socket *c = net_socket(net, client);
    /* The same SYN once more.  In any other state it is not the peer whose number and
     * four bits of generation these are: it was established, which the client is not. */
    if (old->state == TCP_SYN_RECEIVED && old->peer == client &&
        old->peer_generation == c->generation) {
        send_to_peer(net, lingering, EVENT_SYN_ACK);
        return false;
    }
    if (!(c->flags & TCP_COLLIDED))
        metrics_count(net->metrics,
                      host_tcp_pool(&net->hosts, c)->metric + HOST_PEER_COLLISIONS, 1);
    c->flags |= TCP_COLLIDED;
    if (old->state != TCP_TIME_WAIT) {
        challenge(net, lingering, client);
        return false;
    }
    switch ((enum syn_in_time_wait)net_stack(net, old->member)->syn_in_time_wait) {
    case SYN_ACCEPTED:
        return step(net, lingering, TCP_IN_TIME_WAIT_OVER);
    case SYN_CHALLENGED:
        challenge(net, lingering, client);
        return false;
    case SYN_DROPPED:
        return false;
    }
    return false;
}

/* The process that would accept the connection of `c` runs. */
static bool is_accepting(struct net *net, const struct tcp_socket *c)
{
    return net->processes.stopped == 0 || process_called(&net->processes, c)->running;
}

/* `mapping`: of the gateway it passed; 0: none. */
static void syn_arrives(struct net *net, uint32_t client, uint8_t generation,
                        uint32_t mapping, uint8_t mapping_generation)
{
    /* An old duplicate, of a connection that went on or away, is not acted upon. */
    if (!same_socket(net, client, generation) ||
        net_socket(net, client)->state != TCP_SYN_SENT)
        return;
    const struct tcp_socket *c = net_socket(net, client);
    struct syn syn = {client, c->local_address, c->local_port};
    if (mapping &&
        !gateway_translates(net, mapping, mapping_generation, &syn.address, &syn.port))
        return;
    uint32_t server = net_address(net, c->remote_address)->member;
    const struct host *h = net_host(net, server);
    if (h->down)
        return;
    uint32_t lingering = tcp_sockets_find(&net->sockets, c->remote_address,
                                          c->remote_port, syn.address, syn.port);
    if (lingering && !meet_lingering(net, client, lingering))
        return;
    if (!host_listens(h, c->remote_port) || !is_accepting(net, c) ||
        net_member(net, server)->accepted >= h->config->max_client_connections) {
        enum pool pool = host_pool_of(c->remote_address, false);
        metrics_count(net->metrics, h->pools[pool].metric + HOST_REFUSED, 1);
        send_reset_to(net, client);
        return;
    }
    accept_syn(net, &syn, server);
}

/* What it cost to meet a lingering socket: the time beyond the usual round trip. */
static void collision_survived(struct net *net, struct tcp_socket *s)
{
    s->flags &= (uint16_t)~TCP_COLLIDED;
    metrics_sample(net->metrics,
                   host_tcp_pool(&net->hosts, s)->metric + HOST_COLLISION_DELAY,
                   net_now(net) - s->since - round_trip(net, s));
}

static void syn_ack_arrives(struct net *net, uint32_t socket, uint32_t sender,
                            uint8_t sender_generation)
{
    struct tcp_socket *s = net_socket(net, socket);
    if (s->state == TCP_SYN_SENT) {
        s->peer = sender;
        s->peer_generation = sender_generation & 15u;
        if (s->flags & TCP_COLLIDED)
            collision_survived(net, s);
        step(net, socket, TCP_IN_SYN_ACK);
    } else if (s->peer == sender && s->peer_generation == sender_generation) {
        send_to_peer(net, socket, EVENT_ACK); /* ours was lost */
    }
}

static void fin_arrives(struct net *net, uint32_t socket, bool acknowledges)
{
    struct tcp_socket *s = net_socket(net, socket);
    if (s->flags & TCP_SILENT)
        return;
    if (s->state == TCP_SYN_RECEIVED)
        step(net, socket, TCP_IN_ACK_OF_SYN); /* every FIN carries an ACK */
    if (acknowledges)
        step(net, socket, TCP_IN_ACK_OF_FIN);
    /* Acknowledging our FIN may have closed the socket or moved it on. */
    s = net_socket(net, socket);
    if (s->state != TCP_NO_STATE && !step(net, socket, TCP_IN_FIN))
        send_to_peer(net, socket, EVENT_ACK_OF_FIN); /* a FIN again: our ACK was lost */
}

static void rst_arrives(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    if (s->state == TCP_TIME_WAIT && net_stack(net, s->member)->rfc1337)
        return;
    step(net, socket, TCP_IN_RST);
}

/* The peer has an old connection of this tuple and asks who we are: we answer with RST,
 * which ends the old one, and send the SYN again. */
static void challenge_arrives(struct net *net, uint32_t socket, uint32_t sender,
                              uint8_t sender_generation)
{
    struct tcp_socket *s = net_socket(net, socket);
    if (s->state != TCP_SYN_SENT)
        return;
    struct route r = route_from(net, socket);
    r.to = sender;
    r.to_generation = sender_generation;
    send(net, r, EVENT_RST);
    sim_ns soon = net_stack(net, s->member)->challenged_retry;
    if (soon) {
        event_timer_cancel(&s->timer);
        start_timer(net, socket, soon);
    }
}

/* The peer is there: silence is counted from now. */
static void probe_answered(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    bool probing = tcp_waits[s->state] == TCP_WAITS_FOR_NOTHING ||
                   (s->state == TCP_FIN_WAIT_2 && s->flags & TCP_HALF_CLOSED);
    if (!probing)
        return;
    s->sent = 0;
    event_timer_cancel(&s->timer);
    start_keep_alive(net, socket);
}

void tcp_segment(struct net *net, const struct event *e)
{
    uint32_t socket = (uint32_t)e->arg, sender = (uint32_t)(e->arg >> 32);
    uint8_t generation = event_detail(e) & 15, sender_generation = event_detail(e) >> 4;
    enum net_event kind = event_kind(e);
    if (net->tracer)
        trace_arrived(net, e);
    if (kind == EVENT_SYN) {
        syn_arrives(net, sender, sender_generation, socket, generation);
        return;
    }
    if (net->gateways && !gateway_admits(net, e))
        return;
    if (!same_socket(net, socket, generation)) {
        /* No socket has this tuple any more: RST to whoever still believes in it. */
        if (kind != EVENT_RST && same_socket(net, sender, sender_generation))
            send_reset_to(net, sender);
        return;
    }
    switch (kind) {
    case EVENT_SYN_ACK:
        syn_ack_arrives(net, socket, sender, sender_generation);
        break;
    case EVENT_ACK:
        step(net, socket, TCP_IN_ACK_OF_SYN);
        break;
    case EVENT_FIN:
    case EVENT_FIN_ACK:
        fin_arrives(net, socket, kind == EVENT_FIN_ACK);
        break;
    case EVENT_ACK_OF_FIN:
        step(net, socket, TCP_IN_ACK_OF_FIN);
        break;
    case EVENT_RST:
        rst_arrives(net, socket);
        break;
    case EVENT_CHALLENGE_ACK:
        challenge_arrives(net, socket, sender, sender_generation);
        break;
    case EVENT_PROBE:
        if (!(net_socket(net, socket)->flags & TCP_SILENT))
            send_to_peer(net, socket, EVENT_PROBE_ANSWER);
        break;
    case EVENT_PROBE_ANSWER:
        probe_answered(net, socket);
        break;
    case EVENT_SYN:
    case EVENT_TCP_TIMER:
    case EVENT_SESSION:
    case EVENT_ARRIVAL:
    case EVENT_NAT:
    case EVENT_UDP:
    case EVENT_SECOND:
        SIM_BUG("not a segment");
    }
}

/* --- timers in ------------------------------------------------------------------------
 */

static void retransmit(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    const struct retransmission *r = schedule(net_stack(net, s->member), s->state);
    struct unanswered x = unanswered(net, s, r);
    if (retransmission_over(r, &x)) {
        step(net, socket, TCP_IN_GIVE_UP);
        return;
    }
    s->sent++;
    switch ((enum tcp_wait)tcp_waits[s->state]) {
    case TCP_WAITS_FOR_SYN_ACK:
        send_syn(net, socket);
        break;
    case TCP_WAITS_FOR_ACK_OF_SYN:
        send_to_peer(net, socket, EVENT_SYN_ACK);
        break;
    case TCP_WAITS_FOR_ACK_OF_FIN:
        send_what_the_edge_says(net, socket, TCP_SENDS_FIN);
        break;
    case TCP_WAITS_FOR_NOTHING:
    case TCP_WAITS_FOR_FIN:
    case TCP_WAITS_FOR_2MSL:
        SIM_BUG("a state without retransmission");
    }
    wait_for_answer(net, socket);
}

/* KERNEL.md S3; TCP_USER_TIMEOUT counts in place of the number of probes [tcp(7)]. */
static bool keep_alive_over(const struct tcp_socket *s)
{
    const struct keep_alive *k = &s->options->keep_alive;
    sim_ns user_timeout = s->options->user_timeout;
    if (s->sent == 0 || user_timeout == 0)
        return s->sent >= k->probes;
    return s->sent == UINT8_MAX || k->idle + s->sent * k->interval >= user_timeout;
}

static void keep_alive(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    if (keep_alive_over(s)) {
        step(net, socket, TCP_IN_GIVE_UP);
        return;
    }
    s->sent++;
    send_to_peer(net, socket, EVENT_PROBE);
    start_keep_alive(net, socket);
}

/* The time of an orphan FIN_WAIT_2 is over, or the first half of it [KERNEL.md F2]. */
static void fin_wait_2_passed(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    bool whole = !(s->flags & TCP_MINI);
    if (whole && !waits_whole(net, s)) {
        step(net, socket, TCP_IN_ABORT); /* the knob was turned below the split */
        return;
    }
    if (whole && becomes_record(net, s)) {
        wait_for_fin(net, socket);
        offer_tuple(net, socket);
        return;
    }
    step(net, socket, TCP_IN_FIN_WAIT_2_OVER);
}

static void move_timer(struct net *net, uint32_t socket, sim_ns length)
{
    struct tcp_socket *s = net_socket(net, socket);
    sim_ns when = stack_timer(net_stack(net, s->member), s->since, length);
    if (when < net_now(net))
        when = net_now(net);
    if (net->tracer)
        trace_timer_started(net, socket, when);
    s->timer.ticket = event_queue_push(net->queue, when, EVENT_TCP_TIMER, 0, socket);
}

void tcp_timers_changed(struct net *net, uint32_t host, const struct stack *before)
{
    const struct stack *now = &net->hosts.at[host].config->tcp;
    bool time_wait = now->time_wait != before->time_wait;
    bool fin_wait_2_too = now->fin_wait_2 != before->fin_wait_2;
    if (now->timer_change != TIMER_CHANGE_RUNNING || !(time_wait || fin_wait_2_too))
        return;
    for (uint32_t i = 1; i <= net->sockets.used; i++) {
        const struct tcp_socket *s = net_socket(net, i);
        if (!event_timer_pending(s->timer) || s->state == TCP_NO_STATE ||
            net_member(net, s->member)->host != host)
            continue;
        if (s->state == TCP_TIME_WAIT && time_wait)
            move_timer(net, i, now->time_wait);
        if (s->state == TCP_FIN_WAIT_2 && !(s->flags & TCP_HALF_CLOSED) && fin_wait_2_too)
            move_timer(net, i, fin_wait_2(net, s));
    }
}

bool tcp_timer(struct net *net, const struct event *e)
{
    uint32_t socket = (uint32_t)e->arg;
    struct tcp_socket *s = net_socket(net, socket);
    if (!event_timer_due(&s->timer, e))
        return false;
    if (net->tracer)
        trace_timer_fired(net, socket);
    switch ((enum tcp_wait)tcp_waits[s->state]) {
    case TCP_WAITS_FOR_SYN_ACK:
    case TCP_WAITS_FOR_ACK_OF_SYN:
    case TCP_WAITS_FOR_ACK_OF_FIN:
        retransmit(net, socket);
        break;
    case TCP_WAITS_FOR_FIN:
        if (s->flags & TCP_HALF_CLOSED)
            keep_alive(net, socket);
        else
            fin_wait_2_passed(net, socket);
        break;
    case TCP_WAITS_FOR_2MSL:
        step(net, socket, TCP_IN_TIME_WAIT_OVER);
        break;
    case TCP_WAITS_FOR_NOTHING:
        keep_alive(net, socket);
        break;
    }
    return true;
}
