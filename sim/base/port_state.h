/* What a port is held by, in one word: what every picture of single ports is made of.
 *
 * The states of TCP and UDP sockets, and of the flows a gateway translates, in the order
 * of a connection's life; and what a port can be that nobody holds.  Each has one letter,
 * the same in files, in terminals and in plots/colours.gp.
 */
#ifndef SIM_BASE_PORT_STATE_H
#define SIM_BASE_PORT_STATE_H

#include <stdbool.h>

enum port_state {
    PORT_STATE_FREE,
    PORT_STATE_LISTEN, /* from here on somebody holds it */
    PORT_STATE_UNCONN,
    PORT_STATE_BOUND,
    PORT_STATE_SYN_SENT,
    PORT_STATE_SYN_RECEIVED,
    PORT_STATE_ESTABLISHED,
    PORT_STATE_CLOSE_WAIT,
    PORT_STATE_FIN_WAIT, /* of a gateway: a FIN was seen */
    PORT_STATE_FIN_WAIT_1,
    PORT_STATE_FIN_WAIT_2,
    PORT_STATE_CLOSING,
    PORT_STATE_LAST_ACK,
    PORT_STATE_TIME_WAIT,
    PORT_STATE_CLOSE,    /* of a gateway: an RST was seen.  To here it is held */
    PORT_STATE_RESERVED, /* nobody's: never chosen */
    PORT_STATE_OUTSIDE,  /* of the range as it is now */
    PORT_STATE_COUNT
};

static inline bool port_state_holds(enum port_state state)
{
    return state >= PORT_STATE_LISTEN && state <= PORT_STATE_CLOSE;
}

/* "FIN_WAIT_2", "free". */
const char *port_state_name(enum port_state state);

/* 'F', '.'. */
char port_state_letter(enum port_state state);

/* The other way; false if there is no such letter. */
bool port_state_of(char letter, enum port_state *out);

#endif
