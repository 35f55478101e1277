/* The codes a simulated failure is reported and counted by: errno names and symbols.
 *
 * A simulated failure is an ordinary value, not an error of the program.  FAILURE_NONE is
 * 0.
 */
#ifndef MODELS_FAILURE_H
#define MODELS_FAILURE_H

#include <stdint.h>

/* X(symbol, what a user of that system sees); by system: MODEL.md 0.2 */
#define FAILURES(X)                                                                      \
    X(EADDRNOTAVAIL, "connect() found no local port")                                    \
    X(EADDRINUSE, "bind() found no local port, or the tuple exists")                     \
    X(EAGAIN, "no local port: UDP on Linux, NetBSD's default")                           \
    X(WSAEADDRINUSE, "Windows: no local port at bind, 10048")                            \
    X(WSAENOBUFS, "Windows: no buffer space, 10055")                                     \
    X(ECONNREFUSED, "the peer answered the SYN with RST")                                \
    X(ECONNRESET, "the connection was reset while it was being used")                    \
    X(ETIMEDOUT, "no answer until the stack, or the user, gave up")                      \
    X(DROPPED, "a middlebox had no mapping and dropped the packet silently")             \
    X(EOF, "a proxy closed before the first byte")                                       \
    X(HTTP_502, "a proxy answered 502 Bad Gateway")                                      \
    X(HTTP_503, "a proxy answered 503 Service Unavailable")                              \
    X(POOL_TIMEOUT, "no connection of the program's own pool became free in time")

enum failure {
    FAILURE_NONE,
#define X(symbol, help) FAILURE_##symbol,
    FAILURES(X)
#undef X
        FAILURE_COUNT
};

/* "EADDRNOTAVAIL"; "" for FAILURE_NONE. */
const char *failure_name(enum failure code);
const char *failure_help(enum failure code);

/* For field tables: the name of the index-th code, from 0 = EADDRNOTAVAIL; NULL ends it.
 */
const char *failure_choice(uint32_t index);

#endif
