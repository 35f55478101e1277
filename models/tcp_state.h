/* The TCP state machine of RFC 9293 as a table: no clock, no socket, no side effect.
 *
 * Segments are inputs; data is only a duration.  A segment that carries two meanings is
 * two inputs: a FIN that also acknowledges ours is ACK_OF_FIN, then FIN (note 2 of figure
 * 5). The edges are those of RFC 9293 section 3.3.2 and 3.10, and the few that every
 * deployed system adds: FIN_WAIT_2 and the retransmitting states end by a timer of the
 * system [MODEL.md B1, B2, B4].  BOUND is no state of RFC 9293: a socket that Windows
 * shows like one [MODEL.md A4.4]; tcp.c enters it where the connection of a descriptor
 * that nobody closes is over.
 */
#ifndef MODELS_TCP_STATE_H
#define MODELS_TCP_STATE_H

#include <stdint.h>

enum tcp_state {
    TCP_NO_STATE, /* 0: "no such edge" */
    TCP_CLOSED,
    TCP_LISTEN,
    TCP_SYN_SENT,
    TCP_SYN_RECEIVED,
    TCP_ESTABLISHED,
    TCP_FIN_WAIT_1, /* we closed first; our FIN is not acknowledged */
    TCP_FIN_WAIT_2, /* acknowledged; the peer has not closed */
    TCP_CLOSE_WAIT, /* the peer closed first; we have not */
    TCP_CLOSING,    /* both closed at once */
    TCP_LAST_ACK,   /* the peer closed first, then we */
    TCP_TIME_WAIT,
    TCP_BOUND, /* no connection any more, but a descriptor that holds its port */
    TCP_STATE_COUNT
};

enum tcp_input {
    TCP_IN_ACTIVE_OPEN,  /* connect() */
    TCP_IN_PASSIVE_OPEN, /* listen() */
    TCP_IN_SYN,
    TCP_IN_SYN_ACK,
    TCP_IN_ACK_OF_SYN,
    TCP_IN_CLOSE, /* close() or shutdown(SHUT_WR) */
    TCP_IN_FIN,
    TCP_IN_ACK_OF_FIN,
    TCP_IN_RST,
    TCP_IN_ABORT,   /* close() with linger 0 */
    TCP_IN_GIVE_UP, /* retransmissions used up (R2, orphan limit) */
    TCP_IN_FIN_WAIT_2_OVER,
    TCP_IN_TIME_WAIT_OVER,
    TCP_INPUT_COUNT
};

/* What an edge sends. */
enum tcp_sends {
    TCP_SENDS_NOTHING,
    TCP_SENDS_SYN,
    TCP_SENDS_SYN_ACK,
    TCP_SENDS_ACK, /* of the SYN+ACK */
    TCP_SENDS_FIN,
    TCP_SENDS_ACK_OF_FIN,
    TCP_SENDS_RST,
};

/* What an edge tells the application that owns the socket. */
enum tcp_tells {
    TCP_TELLS_NOTHING,
    TCP_TELLS_CONNECTED,   /* connect() returns 0 */
    TCP_TELLS_ACCEPTED,    /* accept() returns the socket */
    TCP_TELLS_PEER_CLOSED, /* read() returns 0 */
    TCP_TELLS_REFUSED,     /* connect() says ECONNREFUSED */
    TCP_TELLS_RESET,       /* read() says ECONNRESET */
    TCP_TELLS_TIMED_OUT,   /* connect() or read() says ETIMEDOUT */
    TCP_TELLS_ENDED,       /* nothing is left but the descriptor */
};

struct tcp_edge {
    uint8_t next;  /* enum tcp_state; 0: RFC 9293 has no such edge */
    uint8_t sends; /* enum tcp_sends */
    uint8_t tells; /* enum tcp_tells */
};

/* Indexed by [state][input]. */
extern const struct tcp_edge tcp_edges[TCP_STATE_COUNT][TCP_INPUT_COUNT];

/* Which timer a state waits on. */
enum tcp_wait {
    TCP_WAITS_FOR_NOTHING,
    TCP_WAITS_FOR_SYN_ACK,    /* retransmits SYN */
    TCP_WAITS_FOR_ACK_OF_SYN, /* retransmits SYN+ACK */
    TCP_WAITS_FOR_ACK_OF_FIN, /* retransmits FIN */
    TCP_WAITS_FOR_FIN,        /* FIN_WAIT_2, once nobody owns the socket */
    TCP_WAITS_FOR_2MSL,
};
extern const uint8_t tcp_waits[TCP_STATE_COUNT]; /* enum tcp_wait */

/* "TIME_WAIT" and so on, as in RFC 9293 with underscores. */
const char *tcp_state_name(enum tcp_state state);
const char *tcp_input_name(enum tcp_input input);

#endif
