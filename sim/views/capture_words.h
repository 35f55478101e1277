/* What a capture's words mean: states of sockets, in every language that translates them.
 *
 * Words are compared folded: capitals, '-' as '_', and every run of bytes beyond ASCII as
 * one '?', so that a German ABHOEREN with its umlaut is one word in UTF-8, in code page
 * 850, in a log that took one for the other, and where the letter was lost.
 */
#ifndef SIM_VIEWS_CAPTURE_WORDS_H
#define SIM_VIEWS_CAPTURE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum capture_state {
    CAPTURE_CLOSED, /* names neither a port nor a peer */
    CAPTURE_LISTEN,
    CAPTURE_SYN_SENT,
    CAPTURE_SYN_RECEIVED,
    CAPTURE_ESTABLISHED,
    CAPTURE_FIN_WAIT_1,
    CAPTURE_FIN_WAIT_2,
    CAPTURE_CLOSE_WAIT,
    CAPTURE_CLOSING,
    CAPTURE_LAST_ACK,
    CAPTURE_TIME_WAIT,
    CAPTURE_BOUND,  /* a port and no connection */
    CAPTURE_UNCONN, /* UDP without a peer */
    CAPTURE_STATE_COUNT
};

/* As metrics and socket tables spell it: "FIN_WAIT_2". */
const char *capture_state_name(enum capture_state state);

/* Whether a process has the descriptor of a socket in that state, as far as the state
 * tells: not after close(). */
bool capture_state_is_owned(enum capture_state state);

/* The state that `length` bytes of a capture name; false if they name none. */
bool capture_state_find(const char *word, size_t length, enum capture_state *out);

/* The state of MSFT_NetTCPConnection's number. */
bool capture_state_number(unsigned number, enum capture_state *out);

#endif
