/* What a program asks of its sockets before it connects: how the local port is found, and
 * the options that change who may share it and how the connection ends.
 *
 * One table serves the sockets of an application's users ("apps.<app>.socket") and those
 * a proxy opens ("hosts.<host>.proxy.socket").  Names are those of the socket interface.
 */
#ifndef MODELS_SOCKET_OPTIONS_H
#define MODELS_SOCKET_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/field.h"
#include "sim/base/time.h"

/* How the local port is found [KERNEL.md: auto, b0, np, bp]. */
enum socket_bind {
    SOCKET_BIND_CONNECT,  /* connect() on an unbound socket */
    SOCKET_BIND_ZERO,     /* bind(addr, 0), then connect() */
    SOCKET_BIND_NO_PORT,  /* IP_BIND_ADDRESS_NO_PORT, bind(addr, 0), then connect() */
    SOCKET_BIND_EXPLICIT, /* bind(addr, port): a port of `ring`, then connect() */
};

/* "connect", "bind-zero" and so on, as scenarios spell it; NULL after the last. */
const char *socket_bind_name(uint32_t bind);

/* Which of a BSD's ranges connect() and bind(addr, 0) search (IP_PORTRANGE). */
enum socket_port_range {
    SOCKET_PORTS_DEFAULT,
    SOCKET_PORTS_HIGH,
    SOCKET_PORTS_LOW,
};

/* Keep-alive probes; idle 0: off (SO_KEEPALIVE, TCP_KEEPIDLE, _KEEPINTVL, _KEEPCNT). */
struct keep_alive {
    sim_ns idle, interval;
    uint32_t probes;
};

struct socket_options {
    uint32_t bind; /* enum socket_bind */
    bool reuse_address, reuse_port;
    bool randomize;                 /* SO_RANDOMIZE_PORT (Windows) */
    uint32_t port_range;            /* enum socket_port_range */
    uint16_t uid;                   /* SO_REUSEPORT asks for it */
    struct field_range local_range; /* IP_LOCAL_PORT_RANGE; low 0: the system's range */
    struct field_range ring;        /* EXPLICIT: the ports the program itself hands out */
    bool linger_zero;               /* SO_LINGER with 0: close() resets */
    bool no_fin_wait_2;             /* TCP_LINGER2 -1: close() leaves nothing behind */
    sim_ns linger2;                 /* TCP_LINGER2; 0: the system's fin_wait_2 */
    sim_ns user_timeout;            /* TCP_USER_TIMEOUT; 0: off */
    struct keep_alive keep_alive;
};

/* Keys under "socket".  Their defaults are those of a plain socket. */
extern const struct field_table socket_options_fields;

/* A plain socket: connect() finds the port, no option set. */
extern const struct socket_options socket_options_plain;

#endif
