/* The states of one translated flow, as a middlebox that reads the segments passing by
 * knows them: no clock, no table, no side effect.
 *
 * The states and edges are those of Linux connection tracking; other gateways document
 * timers that fit the same states [MODEL.md A7.5-A7.9, B5].  A gateway sees what is sent,
 * not what arrives: an ACK lost behind it counts as seen.
 */
#ifndef MODELS_NAT_STATE_H
#define MODELS_NAT_STATE_H

#include <stdint.h>

enum nat_state {
    NAT_NO_STATE,    /* 0: a free record; as an edge: the segment changes nothing */
    NAT_UNCONFIRMED, /* a port is chosen and not yet taken */
    NAT_SYN_SENT,
    NAT_SYN_RECEIVED,
    NAT_ESTABLISHED,
    NAT_FIN_WAIT,   /* a FIN was seen */
    NAT_CLOSE_WAIT, /* and acknowledged */
    NAT_LAST_ACK,   /* FINs were seen in both directions */
    NAT_TIME_WAIT,
    NAT_CLOSE, /* an RST was seen */
    NAT_STATE_COUNT
};

/* What a segment is to the gateway. */
enum nat_segment {
    NAT_SYN,
    NAT_SYN_AND_ACK,
    NAT_FIN, /* with or without ACK */
    NAT_ACK,
    NAT_RST,
    NAT_SEGMENT_COUNT
};

enum nat_direction { NAT_OUTWARD, NAT_INWARD, NAT_DIRECTION_COUNT };

/* The state after a segment; NAT_NO_STATE: it passes and changes nothing. */
extern const uint8_t nat_edges[NAT_DIRECTION_COUNT][NAT_SEGMENT_COUNT][NAT_STATE_COUNT];

/* "TIME_WAIT" and so on. */
const char *nat_state_name(enum nat_state state);

#endif
