/* Connections that a program keeps for its requests: a client-side pool with keep-alive.
 *
 * With a pool every attempt of an app is a request.  One that finds an idle connection is
 * sent over it at once; else it opens a connection, as far as the pool's limit allows, or
 * waits in line for one.  A connection serves so many requests, stays idle so long, and
 * is then closed by whoever closes first.  Where that is the server, a request may be
 * sent while its FIN is under way: the answer is RST, and the try fails with ECONNRESET.
 *
 * Each member of the app's host has a pool of its own.  A gateway on the way takes an
 * idle connection for a busy one.  Idle connections are models/idle_pool.h; this room
 * counts connections and keeps the line.  Private to the rooms that move sessions on.
 *
 * Cost: O(1) a request, and nothing for apps without a pool.
 */
#ifndef MODELS_CLIENT_POOL_H
#define MODELS_CLIENT_POOL_H

#include "models/session_table.h"

struct client_pool {
    uint32_t open;  /* connections, idle ones and those being opened included */
    uint32_t *line; /* sessions that wait: a ring of `room`, from `first` on */
    uint32_t first, count, room;
};

/* The session's next try: it succeeds over an idle connection, opens another, or waits in
 * line. */
void client_pool_tries(struct sessions *s, uint32_t id);

/* The session's request is over.  True: its connection is idle now, or serves the first
 * in line.  False: it has served its number of requests and must be closed. */
bool client_pool_takes_back(struct sessions *s, uint32_t id);

/* Handles SESSION_IDLE_OVER, _IN_LINE, _PLACE and _UNHEARD. */
void client_pool_event(struct sessions *s, uint32_t id, enum session_event what);

/* A connection of the session's pool is gone, or could not be opened; the first in line
 * may open another: SESSION_PLACE, at once. */
void client_pool_ended(struct sessions *s, const struct session *x);

/* The session waits no longer; if it had a place already, the next gets it. */
void client_pool_withdraw(struct sessions *s, uint32_t id);

/* The app's limit has been changed: as many of those in line as may open connections. */
void client_pool_resized(struct sessions *s, struct app *a);

size_t client_pools_bytes(const struct sessions *s, const struct app *a);
void client_pools_free(struct sessions *s, struct app *a);

#endif
