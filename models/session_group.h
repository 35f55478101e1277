/* Several connections that a user opens at once and wants all of: a browser's six.
 *
 * The first is the attempt's own session, its leader; each of the others is a session
 * beside it, with what was drawn for the attempt.  All are opened in one instant.  If one
 * finds no port, or fails before all are made, every one is given back and the try has
 * failed; once all are made each lives for itself [MODEL.md D4: all or nothing].
 *
 * Private to the rooms that move sessions on.  Cost: nothing for apps of one connection;
 * 12 bytes a session where there are others.
 */
#ifndef MODELS_SESSION_GROUP_H
#define MODELS_SESSION_GROUP_H

#include "models/session_table.h"

/* The others of a session's group; meaningful from its opening until all are made. */
struct session_mates {
    uint32_t leader;
    uint32_t next;    /* a ring */
    uint32_t waiting; /* of the leader: connections not made yet */
};

static inline bool session_is_group(struct sessions *s, const struct session *x)
{
    return session_app(s, x)->config->connections > 1;
}

/* The leader's connection is under way: opens the others.  FAILURE_NONE, or the code of
 * the one that found no port, after all were given back. */
enum failure session_group_opens(struct sessions *s, uint32_t leader);

/* A connection of the group is made; with the last of them the attempt has succeeded. */
void session_group_connected(struct sessions *s, uint32_t id);

/* A connection of the group has failed before all were made, and its session has let go
 * of the socket: gives the others back.  Returns the leader, whose try has failed. */
uint32_t session_group_fails(struct sessions *s, uint32_t id);

#endif
