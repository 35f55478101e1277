/* The parts that TCP works with: clock, sockets, hosts, links, addresses.
 *
 * Owned by the world (world.h); everything in it belongs to one trial and one thread.
 */
#ifndef MODELS_NET_H
#define MODELS_NET_H

#include "models/destination.h"
#include "models/failure.h"
#include "models/host.h"
#include "models/path.h"
#include "models/port_events.h"
#include "models/process.h"
#include "models/tcp_socket.h"
#include "sim/base/address.h"
#include "sim/base/metrics.h"
#include "sim/engine/event_queue.h"

/* What the event loop dispatches on. */
enum net_event {
    EVENT_SYN, /* segments: arg is receiver | sender << 32, detail their generations; a
                  SYN knows no receiver, but the mapping of a gateway it passed */
    EVENT_SYN_ACK,
    EVENT_ACK, /* of the SYN+ACK */
    EVENT_FIN,
    EVENT_FIN_ACK, /* a FIN that also acknowledges the receiver's */
    EVENT_ACK_OF_FIN,
    EVENT_RST,
    EVENT_CHALLENGE_ACK, /* RFC 5961: "is that you?" */
    EVENT_TCP_TIMER,     /* arg: socket */
    EVENT_SESSION,       /* arg: session; detail: what of it (session.c) */
    EVENT_ARRIVAL,       /* arg: app */
    EVENT_SECOND, /* once a second: allocators that keep time, ends of exhaustion */
    EVENT_PROBE,  /* segments again: keep-alive, and what answers it */
    EVENT_PROBE_ANSWER,
    EVENT_NAT, /* arg: mapping of a gateway (gateway.c) */
    EVENT_UDP, /* arg: socket; detail: what of it (udp.c) */
};

struct address {
    struct ip_address ip;
    uint32_t member; /* who answers there; of a shared address the first */
};

/* The lanes of timers rounded up to a wheel: one for each (hz, phase, delay). */
struct wheel_lane {
    uint32_t hz;
    event_lane lane;
    sim_ns phase, delay;
};

/* What TCP tells the application layer; sockets are given by number.  Only sockets that
 * an application holds are spoken of. */
struct tcp_user {
    /* A SYN made a socket at the listener, in SYN_RECEIVED, for the session of its peer.
     */
    void (*arrived)(void *context, uint32_t socket, uint32_t session);
    void (*accepted)(void *context, uint32_t socket);
    void (*connected)(void *context, uint32_t socket);
    void (*peer_closed)(void *context, uint32_t socket);
    /* The socket is about to disappear: connect() failed, the peer reset it, or nobody
     * answers any more. */
    void (*failed)(void *context, uint32_t socket, enum failure code);
    /* The socket is about to disappear, closed by both ends: only after tcp_shutdown().
     */
    void (*ended)(void *context, uint32_t socket);
    /* The process that has the socket is no more, or its machine: whoever speaks for it
     * forgets it. */
    void (*orphaned)(void *context, uint32_t socket);
    /* The same of a session's socket of UDP. */
    void (*query_orphaned)(void *context, uint32_t session);
};

struct gateways;
struct tracer;

struct net {
    struct event_queue *queue;
    struct metrics *metrics;
    struct tcp_sockets sockets;
    struct udp_sockets udp_sockets;
    struct hosts hosts;
    struct processes processes;
    struct address *addresses[2]; /* IPv4, IPv6; look there by net_address() */
    uint32_t address_count[2];
    struct link *links; /* [from host * hosts.count + to host] */
    struct wheel_lane *wheel_lanes;
    uint32_t wheel_lane_count;
    uint32_t *holders; /* metric of each destination: [app * 2 + upstream] */
    struct destinations destinations;
    struct port_events *port_events; /* what hosts log: [host * POOL_COUNT + pool] */
    struct gateways *gateways;       /* NULL: nobody translates */
    const struct tcp_user *user;
    void *user_context;
    uint64_t fingerprint;
    uint64_t connections;        /* sockets opened by connect() */
    const struct tracer *tracer; /* NULL: nobody watches (tracer.h) */
};

static inline sim_ns net_now(const struct net *net)
{
    return event_queue_now(net->queue);
}

static inline struct tcp_socket *net_socket(struct net *net, uint32_t socket)
{
    return &net->sockets.at[socket];
}

static inline struct member *net_member(struct net *net, uint32_t member)
{
    return &net->hosts.members[member];
}

static inline struct host *net_host(struct net *net, uint32_t member)
{
    return &net->hosts.at[net->hosts.members[member].host];
}

/* `address`: a number as sockets have it. */
static inline struct address *net_address(const struct net *net, uint32_t address)
{
    return &net->addresses[host_is_ipv6(address)][address & ~PORT_IPV6];
}

static inline const struct stack *net_stack(struct net *net, uint32_t member)
{
    return &net_host(net, member)->config->tcp;
}

static inline struct link *net_link(struct net *net, uint32_t from_host, uint32_t to_host)
{
    return &net->links[from_host * net->hosts.count + to_host];
}

/* Who sends a segment to whom.  `from` 0: no socket sends it (an RST on behalf of none).
 */
struct route {
    uint32_t from, to;
    uint32_t from_host, to_host;
    uint8_t from_generation, to_generation;
};

/* Tells the tracer, who must be there. */
__attribute__((cold)) void trace_sent(const struct net *net, struct route r,
                                      enum net_event kind, enum segment_fate fate,
                                      sim_ns arrives);

/* Puts a segment on the link, which may lose it. */
static inline void net_transmit(struct net *net, struct link *link, struct route r,
                                enum net_event kind)
{
    bool lost = link_loses(link);
    if (lost || ((kind == EVENT_FIN || kind == EVENT_FIN_ACK) && link_eats(link))) {
        if (net->tracer)
            trace_sent(net, r, kind, lost ? SEGMENT_LOST : SEGMENT_EATEN, net_now(net));
        return;
    }
    if (net->tracer)
        trace_sent(net, r, kind, SEGMENT_CARRIED, net_now(net) + link->delay);
    event_queue_push_lane(net->queue, link->lane, net_now(net) + link->delay,
                          (uint8_t)kind,
                          (uint8_t)(r.from_generation << 4 | r.to_generation),
                          (uint64_t)r.from << 32 | r.to);
}

/* Folds one more number into the fingerprint of the trajectory. */
static inline void net_mark(struct net *net, uint64_t value)
{
    uint64_t x = (net->fingerprint ^ value) * 0x9E3779B97F4A7C15u;
    net->fingerprint = x ^ x >> 29;
}

#endif
