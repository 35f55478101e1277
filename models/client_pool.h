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

enum pool_answer {
    POOL_CONNECTS, /* the session may open a connection: it has its place */
    POOL_REUSES,   /* it has got an idle one */
    POOL_STALE,    /* the same, but the server has just closed it */
    POOL_WAITS,    /* it stands in line, its timer running: SESSION_IN_LINE */
    POOL_REFUSES,  /* nobody may wait */
};

enum pool_answer client_pool_ask(struct sessions *s, uint32_t id);

/* The session's request is over.  False: its connection has served its number and must be
 * closed.  True: it is idle now (*next is 0), or belongs to *next, the first in line. */
bool client_pool_takes_back(struct sessions *s, uint32_t id, uint32_t *next);

/* A connection of the session's pool is gone, or could not be opened; the first in line
 * may open another: SESSION_PLACE, at once. */
void client_pool_ended(struct sessions *s, const struct session *x);

/* The session waits no longer; if it had a place already, the next gets it. */
void client_pool_withdraw(struct sessions *s, uint32_t id);

/* The app's limit has been changed: as many of those in line as may open connections. */
void client_pool_resized(struct sessions *s, struct app *a);

void client_pools_free(struct sessions *s, struct app *a);

#endif
