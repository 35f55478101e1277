/* Users of an application that speaks UDP: a query in place of a connection.
 *
 * Everything else about a session is as with TCP (session.h): a try takes a port and
 * sends a query; with the answer the attempt has succeeded, and the socket is held for
 * the app's lifetime; no answer in time, or a refusal, is a failed try.  Private to the
 * rooms that move sessions on.
 */
#ifndef MODELS_UDP_SESSION_H
#define MODELS_UDP_SESSION_H

#include "models/session_table.h"

static inline bool session_is_udp(struct sessions *s, const struct session *x)
{
    return session_app(s, x)->config->protocol == APP_UDP;
}

/* The next try. */
void udp_session_tries(struct sessions *s, uint32_t id);

/* Closes the socket, or forgets it. */
void udp_session_close(struct sessions *s, uint32_t id);

/* Handles EVENT_UDP. */
void udp_session_event(struct sessions *s, const struct event *e);

#endif
