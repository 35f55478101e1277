/* The sockets of one snapshot, kept compactly until it is known which range they took
 * their ports from (capture_census.h).
 *
 * 20 bytes a socket, and every address and process once.
 */
#ifndef SIM_VIEWS_CAPTURE_SOCKETS_H
#define SIM_VIEWS_CAPTURE_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/views/capture_format.h"
#include "sim/views/capture_texts.h"

/* A socket of a snapshot. */
struct capture_kept {
    uint32_t local, remote; /* texts of addresses */
    uint32_t owner;         /* text of PID and process: "1036 svchost.exe"; 0: nobody */
    uint16_t local_port, remote_port;
    uint8_t state; /* enum capture_state */
    bool udp : 1, six : 1, owned : 1, guessed_tcp : 1;
};
_Static_assert(sizeof(struct capture_kept) == 20, "2 million sockets are 40 MB");

struct capture_sockets {
    struct capture_kept *at;
    size_t count, capacity;
    struct capture_texts texts; /* number 0 is "" */
};

void capture_sockets_init(struct capture_sockets *s);
void capture_sockets_free(struct capture_sockets *s);

/* Forgets the sockets: another snapshot begins. */
void capture_sockets_clear(struct capture_sockets *s);

void capture_sockets_add(struct capture_sockets *s, const struct capture_socket *socket);

/* The process of the socket added last. */
void capture_sockets_own(struct capture_sockets *s, const struct capture_socket *owner);

/* What ss printed without Netid is UDP when nothing in it can only be TCP. */
void capture_sockets_settle(struct capture_sockets *s);

#endif
