#include "models/udp.h"

#include "models/port_binder.h"
#include "models/port_events.h"
#include "models/tracer.h"

/* What an event of EVENT_UDP is about (event_detail); its arg is the socket. */
enum udp_event { UDP_QUERY, UDP_ANSWER, UDP_UNREACHABLE };

static struct udp_socket *socket_at(struct net *net, uint32_t socket)
{
    return &net->udp_sockets.at[socket];
}

static struct host_pool *pool_of(struct net *net, const struct udp_socket *s)
{
    return &net_host(net, s->member)->pools[host_pool_of(s->local_address, true)];
}

/* --- opening and closing --------------------------------------------------------------
 */

/* It has a port, a destination, a process; or, `sign` -1, has them no more. */
static void count(struct net *net, const struct udp_socket *s, int sign)
{
    uint32_t metric = pool_of(net, s)->metric, state = s->state - UDP_UNCONN;
    sim_ns now = net_now(net);
    metrics_shift(net->metrics, metric + HOST_UDP_SOCKETS + state, sign, now);
    metrics_shift(net->metrics, metric + HOST_UDP_OUTGOING + state, sign, now);
    metrics_shift(net->metrics, net->holders[s->app * 2u], sign, now);
    process_count(&net->processes, process_of_users(&net->processes, s->app), sign, now);
}

static void trace_choice(const struct net *net, const struct udp_open *how,
                         const struct host_choice *choice)
{
    bool bound = choice->held & HELD_BY_BIND || choice->stage == PORT_AT_BIND;
    trace_chosen(net, &(struct trace_choice){
                          .member = how->member,
                          .session = how->session,
                          .app = how->app,
                          .pool = (uint8_t)host_pool_of(how->local_address, true),
                          .call = !bound ? TRACE_CONNECT
                                  : how->options->bind == SOCKET_BIND_EXPLICIT
                                      ? TRACE_BIND
                                      : TRACE_BIND_ZERO,
                          .failure = (uint8_t)choice->failure,
                          .port = choice->port,
                          .local_address = how->local_address,
                          .to = how->to,
                          .probes = choice->probes});
}

static struct host_choice take_port(struct net *net, const struct udp_open *how)
{
    static const struct port_destination nowhere = {0, 0};
    struct member *m = net_member(net, how->member);
    struct port_ask ask = {.local_address = how->local_address,
                           .to = how->connected ? how->to : nowhere,
                           .options = how->options,
                           .udp = true};
    struct host_choice choice = host_choose_port(&net->hosts, m, &ask, net_now(net));
    net_mark(net, choice.port);
    if (net->tracer)
        trace_choice(net, how, &choice);
    if (choice.port)
        host_hold_port(&net->hosts, m, &ask, &choice, net_now(net));
    else
        port_events_failed(net, &(struct no_port){.member = how->member,
                                                  .local_address = how->local_address,
                                                  .to = how->to,
                                                  .app = how->app,
                                                  .udp = true});
    return choice;
}

struct udp_opened udp_open(struct net *net, const struct udp_open *how)
{
    struct host_choice choice = take_port(net, how);
    if (!choice.port)
        return (struct udp_opened){.failure = choice.failure};
    uint32_t socket = udp_sockets_open(&net->udp_sockets);
    struct udp_socket *s = socket_at(net, socket);
    s->since = net_now(net);
    s->session = how->session;
    s->member = how->member;
    s->local_address = how->local_address;
    s->local_port = choice.port;
    s->remote_address = how->to.address;
    s->remote_port = how->to.port;
    s->app = how->app;
    s->uid = choice.uid;
    s->held = choice.held;
    s->state = how->connected ? UDP_ESTABLISHED : UDP_UNCONN;
    udp_sockets_index(&net->udp_sockets, socket);
    net->connections++;
    count(net, s, 1);
    return (struct udp_opened){.socket = socket};
}

static struct port_hold hold_of(const struct udp_socket *s)
{
    struct port_hold hold = {.local_address = s->local_address,
                             .port = s->local_port,
                             .uid = s->uid,
                             .held = s->held};
    if (s->state == UDP_ESTABLISHED)
        hold.to = (struct port_destination){s->remote_address, s->remote_port};
    return hold;
}

void udp_close(struct net *net, uint32_t socket)
{
    struct udp_socket *s = socket_at(net, socket);
    struct port_hold hold = hold_of(s);
    host_release_udp(&net->hosts, net_member(net, s->member), &hold, net_now(net));
    count(net, s, -1);
    udp_sockets_unindex(&net->udp_sockets, socket);
    s->session = 0;
    s->state = UDP_CLOSED;
    if (!s->under_way)
        udp_sockets_close(&net->udp_sockets, socket);
}

void udp_leak(struct net *net, uint32_t socket)
{
    socket_at(net, socket)->session = 0;
}

void udp_exit(struct net *net, uint32_t socket)
{
    uint32_t session = socket_at(net, socket)->session;
    if (session)
        net->user->query_orphaned(net->user_context, session);
    udp_close(net, socket);
}

/* --- query and answer -----------------------------------------------------------------
 */

/* False: lost on the way. */
static bool send(struct net *net, uint32_t socket, uint32_t from_host, uint32_t to_host,
                 sim_ns after, enum udp_event what)
{
    struct link *link = net_link(net, from_host, to_host);
    if (link_loses(link))
        return false;
    sim_ns when = net_now(net) + after + link->delay;
    if (after)
        event_queue_push(net->queue, when, EVENT_UDP, (uint8_t)what, socket);
    else
        event_queue_push_lane(net->queue, link->lane, when, EVENT_UDP, (uint8_t)what,
                              socket);
    return true;
}

static uint32_t server_of(const struct net *net, const struct udp_socket *s)
{
    uint32_t member = net_address(net, s->remote_address)->member;
    return net->hosts.members[member].host;
}

void udp_ask(struct net *net, uint32_t socket, sim_ns thinking)
{
    struct udp_socket *s = socket_at(net, socket);
    s->thinking = thinking;
    s->under_way = send(net, socket, net_member(net, s->member)->host, server_of(net, s),
                        0, UDP_QUERY);
}

/* True if something goes back. */
static bool query_arrives(struct net *net, uint32_t socket)
{
    const struct udp_socket *s = socket_at(net, socket);
    uint32_t server = server_of(net, s), client = net_member(net, s->member)->host;
    if (net->hosts.at[server].down)
        return false;
    if (!host_listens(&net->hosts.at[server], s->remote_port) ||
        !process_of_server(&net->processes, s->app)->running)
        return send(net, socket, server, client, 0, UDP_UNREACHABLE);
    return s->thinking != SIM_NEVER &&
           send(net, socket, server, client, s->thinking, UDP_ANSWER);
}

static void late(struct net *net, const struct udp_socket *s)
{
    uint32_t metric = pool_of(net, s)->metric;
    metrics_count(net->metrics, metric + HOST_UDP_LATE_ANSWERS, 1);
    if (udp_sockets_receiver(&net->udp_sockets, s))
        metrics_count(net->metrics, metric + HOST_UDP_STRAY_ANSWERS, 1);
}

struct udp_news udp_arrives(struct net *net, const struct event *e)
{
    uint32_t socket = (uint32_t)e->arg;
    struct udp_socket *s = socket_at(net, socket);
    enum udp_event what = (enum udp_event)event_detail(e);
    s->under_way = what == UDP_QUERY && query_arrives(net, socket);
    if (udp_is_open(s) && what != UDP_QUERY)
        return (struct udp_news){s->session,
                                 what == UDP_ANSWER ? UDP_ANSWERED : UDP_REFUSED};
    if (what == UDP_ANSWER && !net_host(net, s->member)->down)
        late(net, s);
    if (s->state == UDP_CLOSED && !s->under_way)
        udp_sockets_close(&net->udp_sockets, socket);
    return (struct udp_news){0};
}
