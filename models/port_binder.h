/* How a socket gets its local port: bind() and connect() as a system answers them.
 *
 * Pure calls over a port space: nothing is taken.  The caller takes what it was given
 * with port_space_take(), after the holder that yields, if there is one, is gone; a UDP
 * socket without a destination, for it holds no tuple.
 *
 * The four ways of enum socket_bind:
 *
 *     connect        connect() chooses the port
 *     bind-no-port   the same, from the address that was bound
 *     bind-zero      bind() chooses the port, connect() needs its tuple free
 *     explicit       bind() to a port the program names, then the same
 *
 * Cost: what the allocator's search costs; an explicit bind() O(kinds of owner on the
 * port).  Source: KERNEL.md C1-C14, T2-T5.
 */
#ifndef MODELS_PORT_BINDER_H
#define MODELS_PORT_BINDER_H

#include "models/bind_rules.h"
#include "models/port_allocator.h"
#include "models/socket_options.h"

/* Who chooses: an allocator that is open. */
struct port_chooser {
    const struct port_allocator_ops *ops;
    const void *config;
    void *state;
    struct random_stream *chance;
    enum port_scope scope;
    enum failure exhausted; /* what the call says when nothing is found */
};

/* One system's calls over one space. */
struct port_binder {
    const struct port_space *space;
    const struct bind_rules *rules;
    struct port_range range;
    struct port_chooser chooser; /* of the call that chooses: connect(), bind(addr, 0) */
};

/* What one socket asks for. */
struct port_call {
    sim_ns now;
    const struct socket_options *options;
    uint32_t bind_address;      /* what bind() is given: an address or a wildcard */
    uint32_t local_address;     /* of the connection */
    struct port_destination to; /* port 0: it binds and does not connect */
    uint16_t port;              /* SOCKET_BIND_EXPLICIT: which */
    bool ipv6_only;
    bool udp;
};

enum port_stage { PORT_AT_BIND, PORT_AT_CONNECT };

struct port_outcome {
    uint16_t port; /* 0: none, and `failure` was said by the call `stage` */
    uint8_t stage; /* enum port_stage: the call that chose or failed */
    /* A lingering holder of this very tuple must go before the port is taken. */
    bool takes_over;
    enum failure failure;
    uint32_t probes;         /* 0: no search */
    struct port_owner owner; /* to take the port with */
};

struct port_outcome port_binder_call(const struct port_binder *b,
                                     const struct port_call *call);

/* IP_LOCAL_PORT_RANGE: each end of a socket's own range that lies inside the system's
 * replaces that end; others are ignored [KERNEL.md C13]. */
struct port_range port_binder_range(struct port_range system, struct field_range own);

#endif
