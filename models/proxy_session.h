/* A proxy's part in the sessions of its clients: it connects on, passes closes on, waits,
 * gives up, and keeps idle connections to servers, all as its row says (models/proxy.h).
 *
 * The last data of a connection is where its lifetime ends, less the app's `quiet`: data
 * is a duration here.
 *
 * Cost: nothing for sessions without a proxy; a second timer while a half is awaited.
 */
#ifndef MODELS_PROXY_SESSION_H
#define MODELS_PROXY_SESSION_H

#include "models/session_table.h"

/* The session goes through a proxy, and that knows where answers end. */
bool proxy_session_is_http(struct sessions *s, const struct session *x);

/* The proxy has accepted its client. */
void proxy_session_connects_on(struct sessions *s, uint32_t id);

/* The proxy's connection to the server is there. */
void proxy_session_connected(struct sessions *s, uint32_t id);

/* The proxy's connection to the server is gone: it could not be made, or was reset. */
void proxy_session_failed(struct sessions *s, uint32_t id, enum failure code);

/* The client's connection to the proxy is gone. */
void proxy_session_client_gone(struct sessions *s, uint32_t id);

/* The proxy ends both its connections, as far as it has them: its client has given up, or
 * it waits for nobody any longer. */
void proxy_session_end(struct sessions *s, uint32_t id);

/* The other end of the proxy's socket has closed; ROLE_INNER or ROLE_OUTER. */
void proxy_session_side_closed(struct sessions *s, uint32_t id, enum role role);

/* The server has sent the last byte of its answer: what the proxy and the client do. */
void proxy_session_answer_ends(struct sessions *s, uint32_t id);

/* The session has succeeded.  When the proxy would end a silent connection before its
 * lifetime is over: how long from now; 0: it would not. */
sim_ns proxy_session_cut(struct sessions *s, const struct session *x);

/* Handles SESSION_CUT, _IDLE_OVER, _HELD_OVER and _ANSWER_WHOLE. */
void proxy_session_event(struct sessions *s, uint32_t id, enum session_event what);

#endif
