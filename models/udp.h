/* UDP: a socket, a query, an answer.
 *
 * Opening a socket takes a local port, or fails as the system says it; then one query is
 * sent, which the server answers where it listens, and refuses elsewhere (ICMP port
 * unreachable).  Closing frees the port at once.  Loss and delay are those of the paths;
 * how long a program waits, and what it does then, is its own affair (udp_session.h).
 *
 * An answer to a socket that is closed by then is late; when another socket has the port,
 * and takes what comes from there, it is a stray as well [U26 of the users: a source port
 * used again too soon].
 *
 * Cost: two events a query.
 */
#ifndef MODELS_UDP_H
#define MODELS_UDP_H

#include "models/net.h"

struct udp_open {
    uint32_t member;
    uint32_t local_address;
    struct port_destination to; /* where the query goes */
    uint32_t session;
    uint16_t app;
    bool connected; /* connect(), so that the system keeps other senders away */
    const struct socket_options *options;
};

struct udp_opened {
    uint32_t socket; /* 0: no local port, and `failure` says which error */
    enum failure failure;
};

struct udp_opened udp_open(struct net *net, const struct udp_open *how);

/* Sends the query.  It is answered `thinking` after it arrived; SIM_NEVER: not at all. */
void udp_ask(struct net *net, uint32_t socket, sim_ns thinking);

void udp_close(struct net *net, uint32_t socket);

/* The program forgets the descriptor: a leak, open until the process ends. */
void udp_leak(struct net *net, uint32_t socket);

/* The system closes it: its process ends, or the host goes down. */
void udp_exit(struct net *net, uint32_t socket);

enum udp_outcome { UDP_NO_NEWS, UDP_ANSWERED, UDP_REFUSED };

/* Handles EVENT_UDP.  What it means to the session that holds the socket, if any. */
struct udp_news {
    uint32_t session;
    enum udp_outcome outcome;
};
struct udp_news udp_arrives(struct net *net, const struct event *e);

#endif
