/* Who watches a world step by step: every segment, state, timer, call and choice of port.
 *
 * A tracer is a struct of callbacks; net.tracer is NULL unless somebody watches.  It sees
 * things in the order in which they happen, at net_now(), with the tables of the net as
 * they are at that moment: it may read them and must change nothing.  Members that are
 * NULL are not told.  One callback each:
 *
 *     sent       a segment leaves a socket: what becomes of it, and when it will arrive.
 *                One that a gateway holds until its mapping is confirmed is sent twice
 *     arrived    a segment reaches the host it is for, before anything comes of it
 *     stepped    a socket is about to go through an edge of the state machine
 *     timer      one was started, or has fired; what for is the state's (tcp_waits)
 *     called     what a program did with its descriptor
 *     chosen     a local port was asked for, with its outcome
 *     gateway    what a gateway does beside passing on
 *     session    what users and proxies do
 *
 * Cost without a tracer: one predictable branch at each of these points.
 */
#ifndef MODELS_TRACER_H
#define MODELS_TRACER_H

#include "models/gateway.h"
#include "models/net.h"
#include "sim/base/pool.h"

enum trace_call {
    TRACE_CLOSE,
    TRACE_SHUTDOWN,
    TRACE_ABORT,  /* close() with linger 0 */
    TRACE_LEAK,   /* forgets the descriptor */
    TRACE_VANISH, /* the machine is gone */
    TRACE_BOUND, /* nothing: the connection is over, its port stays with the descriptor */
};

/* Which call asked for a local port, and so had its outcome. */
enum trace_port_call {
    TRACE_CONNECT,   /* connect() on an unbound socket, or without a port */
    TRACE_BIND_ZERO, /* bind(address, 0) */
    TRACE_BIND,      /* bind() to a port the program names */
    TRACE_TRANSLATE, /* a NAT maps an inside flow */
    TRACE_PORT_CALL_COUNT
};

struct trace_choice {
    uint32_t member; /* whose port it is */
    uint32_t socket; /* 0: none was opened */
    uint32_t session;
    uint16_t app;
    bool upstream; /* a proxy's connection to the server */
    uint8_t pool;  /* enum pool */
    uint8_t call;  /* enum trace_port_call */
    uint8_t failure;
    bool takes_over; /* a lingering socket of this tuple yields */
    uint16_t port;   /* 0: none was found */
    uint32_t local_address;
    struct port_destination to;
    uint32_t probes; /* candidates looked at; 0: no search */
};

enum trace_gateway_act {
    TRACE_DROPS,  /* `reason` says why */
    TRACE_HOLDS,  /* a SYN, until its mapping is confirmed */
    TRACE_RESETS, /* answers a stray by RST, in place of who should */
    TRACE_FORGETS,
};

struct trace_gateway {
    uint32_t host;
    uint8_t act;     /* enum trace_gateway_act */
    uint8_t reason;  /* enum gateway_metric, of a drop */
    uint32_t socket; /* that sent the segment or, if none did, that it was for */
    uint32_t mapping;
};

enum trace_session {
    TRACE_ARRIVES,      /* a user comes: a new attempt */
    TRACE_TRIES,        /* the first time, or again */
    TRACE_SUCCEEDS,     /* what it wanted is there */
    TRACE_WAITS,        /* a try failed with `code`; there will be another */
    TRACE_FAILS,        /* the attempt failed with `code` */
    TRACE_CONNECTS,     /* the proxy's own connection: it asks for a port */
    TRACE_REUSES,       /* the proxy takes an idle connection of its pool */
    TRACE_KEEPS,        /* the proxy's connection waits for the next request */
    TRACE_SESSION_ENDS, /* its record is given back: the number is free */
};

struct tracer {
    void *context;
    void (*sent)(void *context, const struct route *r, enum net_event kind,
                 enum segment_fate fate, sim_ns arrives);
    void (*arrived)(void *context, const struct event *e);
    void (*stepped)(void *context, uint32_t socket, enum tcp_input input,
                    enum tcp_state next);
    void (*timer)(void *context, uint32_t socket, bool fired, sim_ns when);
    void (*called)(void *context, uint32_t socket, enum trace_call call);
    void (*chosen)(void *context, const struct trace_choice *choice);
    void (*gateway)(void *context, const struct trace_gateway *act);
    void (*session)(void *context, uint32_t session, uint16_t app,
                    enum trace_session what, enum failure code);
};

#define TRACE_COLD __attribute__((cold))

/* Called where it happens, each behind `if (net->tracer)`.  trace_sent() is in net.h. */
TRACE_COLD void trace_arrived(const struct net *net, const struct event *e);
TRACE_COLD void trace_stepped(const struct net *net, uint32_t socket,
                              enum tcp_input input, enum tcp_state next);
TRACE_COLD void trace_timer_started(const struct net *net, uint32_t socket, sim_ns when);
TRACE_COLD void trace_timer_fired(const struct net *net, uint32_t socket);
TRACE_COLD void trace_called(const struct net *net, uint32_t socket,
                             enum trace_call call);
TRACE_COLD void trace_chosen(const struct net *net, const struct trace_choice *choice);
TRACE_COLD void trace_gateway(const struct net *net, const struct trace_gateway *act);
TRACE_COLD void trace_session(const struct net *net, uint32_t session, uint16_t app,
                              enum trace_session what, enum failure code);

#endif
