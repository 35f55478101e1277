/* Every TCP socket of the world, both ends of every connection, in one table.
 *
 * A socket is named by its number; 0 is none.  Numbers are reused first in, first out, so
 * a number that was given back stays unused for as long as possible; four bits of
 * generation travel with a segment and tell a socket from its successor.  The table moves
 * when it grows: keep numbers, not pointers, across a call that may open a socket.
 *
 *     record    56 bytes, asserted
 *     index     one uint32_t an indexed socket at load 1/2 or less: 4-tuple -> number.
 * The accepting side needs it, to find what a SYN meets, and lingering sockets whose
 * tuple may be taken over; segments carry the numbers of both ends
 */
#ifndef MODELS_TCP_SOCKET_H
#define MODELS_TCP_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/tcp_state.h"
#include "sim/base/time.h"
#include "sim/engine/event_queue.h"

struct socket_options;

enum tcp_socket_flags {
    TCP_PASSIVE = 1, /* accepted: holds no ephemeral port */
    TCP_REFLECTED =
        2, /* uses the client's address: its port is the member's reflected one */
    TCP_SILENT = 4,  /* answers nothing from the moment the peer closes */
    TCP_COUNTED = 8, /* counts against max_client_connections */
    TCP_UPSTREAM =
        16,         /* a proxy's connection to the server: the app's other destination */
    TCP_OWNED = 32, /* an application holds it, and hears of it */
    TCP_HALF_CLOSED = 64, /* shut down for sending; the descriptor is still open */
    TCP_MINI = 128,       /* a record of TIME_WAIT or FIN_WAIT_2, no whole socket */
    TCP_INDEXED = 256,   /* found by its tuple: passive, or its tuple may be taken over */
    TCP_IN_LINE = 512,   /* for tcp_tw_reuse: models/takeover.c */
    TCP_YIELDS = 1024,   /* its tuple is in nobody's way any more */
    TCP_COLLIDED = 2048, /* its SYN met a lingering socket at the peer */
    TCP_DESCRIPTOR = 4096, /* a process has it open, though its program may have forgotten
                              it */
};

struct tcp_socket {
    sim_ns since; /* in this state; of TIME_WAIT also since the peer's FIN came again */
    const struct socket_options *options; /* of its program; never NULL */
    uint32_t peer;    /* number of the other end; 0 unknown.  Free: the next free */
    uint32_t session; /* of the application that owns it; 0 none */
    struct event_timer timer;
    uint32_t member;        /* whose socket it is (models/net.h) */
    uint32_t local_address; /* numbers of the world's address table */
    uint32_t remote_address;
    uint16_t local_port;
    uint16_t remote_port;
    uint16_t app;
    uint16_t peer_host; /* number of the host at the other end of the link */
    uint16_t flags;     /* enum tcp_socket_flags */
    uint16_t uid;       /* of the owner, for SO_REUSEPORT */
    uint8_t state;      /* enum tcp_state; TCP_NO_STATE: a free record */
    uint8_t generation : 4, peer_generation : 4;
    uint8_t sent; /* again in this state: retransmissions, or unanswered probes */
    uint8_t held; /* how the port is held: enum port_held; 0 of a passive socket */
};
_Static_assert(sizeof(struct tcp_socket) == 56, "a socket is 56 bytes");

struct tcp_sockets {
    struct tcp_socket *at; /* [1 .. used] */
    uint32_t used, capacity, live;
    uint32_t free_first, free_last;
    uint32_t *index; /* power of two; 0 = empty */
    uint32_t index_size, indexed;
};

void tcp_sockets_init(struct tcp_sockets *t);
void tcp_sockets_free(struct tcp_sockets *t);

/* A zeroed record with a new generation. */
uint32_t tcp_sockets_open(struct tcp_sockets *t);
void tcp_sockets_close(struct tcp_sockets *t, uint32_t socket);

/* The indexed socket of this tuple, 0 when there is none. */
uint32_t tcp_sockets_find(const struct tcp_sockets *t, uint32_t local_address,
                          uint16_t local_port, uint32_t remote_address,
                          uint16_t remote_port);

/* Adds, removes a socket whose tuple is filled in; the flag is the caller's. */
void tcp_sockets_index(struct tcp_sockets *t, uint32_t socket);
void tcp_sockets_unindex(struct tcp_sockets *t, uint32_t socket);

size_t tcp_sockets_bytes(const struct tcp_sockets *t);

#endif
