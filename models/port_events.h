/* A choice that found no port: who runs out toward where, and what Windows logs of it.
 *
 * Called by whoever opens a socket, TCP or UDP, after the host's pool counted the failed
 * choice.  What a Windows host writes into its system log [MODEL.md A4.5; when exactly is
 * inference]:
 *
 *     4231    every port of the TCP pool is in use on that address
 *     4266    the same of the UDP pool
 *     4227    a port would have to be used again toward a destination to which one of
 *             this address's own connections still waits in TIME_WAIT.  It does not say
 *             that no port was found: the pool comes round too fast
 *
 * Each at most once in `tcp.event_pause` for a pool, with the failed choices since.
 *
 * Cost: nothing while ports are found.  The look for TIME_WAITs is one pass over all
 * sockets, at most every 10 s of simulated time.
 */
#ifndef MODELS_PORT_EVENTS_H
#define MODELS_PORT_EVENTS_H

#include "models/port_space.h"
#include "sim/base/pool.h"
#include "sim/base/time.h"

struct net;

/* One event of one pool. */
struct port_event {
    sim_ns next;    /* not before */
    sim_ns looked;  /* for TIME_WAITs; 0: never */
    uint64_t count; /* failed choices since the last one */
};

/* Of one pool of a host. */
struct port_events {
    struct port_event reused, exhausted;
};

struct no_port {
    uint32_t member;
    uint32_t local_address;
    struct port_destination to;
    uint16_t app;
    bool upstream;
    bool udp;
};

struct port_events *port_events_new(const struct net *net); /* of [host][pool] */

void port_events_failed(struct net *net, const struct no_port *x);

#endif
