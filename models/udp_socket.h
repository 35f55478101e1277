/* Every UDP socket of the world that asks, in one table.
 *
 * A socket is named by its number; 0 is none.  Servers have none: one socket of theirs
 * answers everybody.  A record stays until the answer to its query has come or been lost,
 * also when the program has closed the socket long before: so an event can name it, and
 * an answer that comes too late finds out who has the port by then.
 *
 *     record    48 bytes
 *     index     one uint32_t a slot, at most two records a slot: (address, port) -> the
 *               sockets that are open there
 */
#ifndef MODELS_UDP_SOCKET_H
#define MODELS_UDP_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/time.h"

/* As ss has them. */
enum udp_state {
    UDP_NO_STATE, /* a free record */
    UDP_CLOSED,   /* only an answer is under way */
    UDP_UNCONN,   /* any answer to its port is for it */
    UDP_ESTABLISHED,
    UDP_STATE_COUNT
};

struct udp_socket {
    sim_ns since;     /* it was opened */
    sim_ns thinking;  /* of the server; SIM_NEVER: it does not answer */
    uint32_t session; /* of the user that holds it; 0: none.  Free: the next free */
    uint32_t next;    /* in the same slot of the index */
    uint32_t member;
    uint32_t local_address; /* numbers of the world's address table */
    uint32_t remote_address;
    uint16_t local_port;
    uint16_t remote_port;
    uint16_t app;
    uint16_t uid;
    uint8_t state;  /* enum udp_state */
    uint8_t held;   /* enum port_held */
    bool under_way; /* its query, or the answer */
};
_Static_assert(sizeof(struct udp_socket) == 48, "a socket of UDP is 48 bytes");

static inline bool udp_is_open(const struct udp_socket *s)
{
    return s->state >= UDP_UNCONN;
}

struct udp_sockets {
    struct udp_socket *at; /* [1 .. used] */
    uint32_t used, capacity, live;
    uint32_t free;
    uint32_t *index; /* power of two; 0 = empty */
    uint32_t index_size, indexed;
};

void udp_sockets_free(struct udp_sockets *t);

/* A zeroed record. */
uint32_t udp_sockets_open(struct udp_sockets *t);
void udp_sockets_close(struct udp_sockets *t, uint32_t socket);

/* Makes a socket with address and port findable, and no longer so. */
void udp_sockets_index(struct udp_sockets *t, uint32_t socket);
void udp_sockets_unindex(struct udp_sockets *t, uint32_t socket);

/* The first open socket that would get what `from` sends to this socket's port; 0: none.
 * `from` is where the socket itself sent its query. */
uint32_t udp_sockets_receiver(const struct udp_sockets *t, const struct udp_socket *s);

size_t udp_sockets_bytes(const struct udp_sockets *t);

const char *udp_state_name(enum udp_state state); /* "UNCONN", "ESTABLISHED" */

#endif
