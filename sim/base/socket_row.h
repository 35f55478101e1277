/* One socket as an operator would see it: what every view of sockets is made of. */
#ifndef SIM_BASE_SOCKET_ROW_H
#define SIM_BASE_SOCKET_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/address.h"
#include "sim/base/pool.h"
#include "sim/base/time.h"

/* What a socket waits for; `ss -o` has a word for each. */
enum socket_timer {
    SOCKET_TIMER_OFF,
    SOCKET_TIMER_ON,        /* a SYN, SYN+ACK or FIN is sent again */
    SOCKET_TIMER_KEEPALIVE, /* a probe */
    SOCKET_TIMER_TIMEWAIT,  /* TIME_WAIT or FIN_WAIT_2 ends */
};

struct socket_row {
    const char *host;    /* entry of the scenario */
    uint32_t member;     /* of that entry, from 0 */
    enum pool pool;      /* protocol and family */
    const char *state;   /* RFC 9293 name, BOUND; of UDP "UNCONN" or "ESTABLISHED" */
    const char *app;     /* on whose behalf */
    const char *process; /* whose descriptor it is or was; NULL: the kernel's */
    uint32_t pid;        /* 0: the kernel's, as of a closed socket in TIME_WAIT */
    struct ip_address local, remote; /* family 0: any */
    uint16_t local_port, remote_port;
    const char *remote_host; /* entry that has the remote address; NULL: any, or none */
    bool ephemeral;          /* holds a port of the host's range */
    bool owned;              /* a process has its descriptor */
    bool passive;            /* it listens, or was accepted */
    bool translated;         /* no socket, but a flow a gateway translates */
    sim_ns since;            /* in this state */
    enum socket_timer timer;
    sim_ns ends;          /* when the timer fires; with OFF: 0 */
    uint32_t number;      /* of the socket */
    uint32_t peer_number; /* of the other end; 0: unknown */
};

#endif
