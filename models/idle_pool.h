/* Connections kept open between requests, idle, for each app and each member of the host
 * that opened them: the last used is used again first.
 *
 * That host is the app's proxy where it has one, else its own (client_pool.h).  An idle
 * connection is a session of its own with the socket of that host and the server's.
 *
 * Cost: a proxy's take is a walk over those idle longer toward other addresses of the
 * server; everything else O(1).
 */
#ifndef MODELS_IDLE_POOL_H
#define MODELS_IDLE_POOL_H

#include "models/session_table.h"

struct idle_pool {
    uint32_t newest, oldest; /* sessions; 0: empty */
    uint32_t count;
};

/* Makes the session's connection to its server an idle one: a session of its own, whose
 * number is returned. */
uint32_t idle_pool_keep(struct sessions *s, uint32_t id);

/* The pool the session's connection to its server is kept in, now or later. */
struct idle_pool *idle_pool_of(struct sessions *s, const struct session *x);

/* Gives the session an idle connection of this member: to its own target where a proxy
 * asks, to any where a client does, whose library knows servers by name.  False: there is
 * none. */
bool idle_pool_take(struct sessions *s, uint32_t id, uint32_t member);

/* The connection is idle no more: about to be closed, or gone.  It is still the session's
 * own. */
void idle_pool_leave(struct sessions *s, uint32_t id);

/* Both ends of the connection belong to session `to` from now on, and so does what its
 * server will do in the end. */
void idle_pool_hand_over(struct sessions *s, uint32_t from, uint32_t to);

#endif
