/* Connections a proxy keeps open between requests, idle, for each app and each member of
 * the proxy's host: the last used is used again first.
 *
 * An idle connection is a session of its own with the proxy's socket and the server's.
 *
 * Cost: taking one is a walk over those idle longer toward other addresses of the server;
 * everything else O(1).
 */
#ifndef MODELS_PROXY_POOL_H
#define MODELS_PROXY_POOL_H

#include "models/session_table.h"

struct proxy_pool {
    uint32_t newest, oldest; /* sessions; 0: empty */
    uint32_t count;
};

/* Makes the session's connection to its server an idle one: a session of its own, whose
 * number is returned. */
uint32_t proxy_pool_keep(struct sessions *s, uint32_t id);

/* The pool the session's connection to its server is kept in, now or later. */
struct proxy_pool *proxy_pool_of(struct sessions *s, const struct session *x);

/* Gives the session an idle connection of this member of its proxy to its own target;
 * false: there is none. */
bool proxy_pool_take(struct sessions *s, uint32_t id, uint32_t proxy_member);

/* The connection is idle no more: about to be closed, or gone.  It is still the session's
 * own. */
void proxy_pool_leave(struct sessions *s, uint32_t id);

#endif
