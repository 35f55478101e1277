#include "models/tcp_state.h"

/* clang-format off */
#define TO(next, sends, tells) {TCP_##next, TCP_SENDS_##sends, TCP_TELLS_##tells}

const struct tcp_edge tcp_edges[TCP_STATE_COUNT][TCP_INPUT_COUNT] = {
    [TCP_CLOSED] = {
        [TCP_IN_ACTIVE_OPEN]     = TO(SYN_SENT,     SYN,        NOTHING),
        [TCP_IN_PASSIVE_OPEN]    = TO(LISTEN,       NOTHING,    NOTHING),
    },
    [TCP_LISTEN] = {
        [TCP_IN_SYN]             = TO(SYN_RECEIVED, SYN_ACK,    NOTHING),
        [TCP_IN_ACTIVE_OPEN]     = TO(SYN_SENT,     SYN,        NOTHING),
        [TCP_IN_CLOSE]           = TO(CLOSED,       NOTHING,    NOTHING),
    },
    [TCP_SYN_SENT] = {
        [TCP_IN_SYN_ACK]         = TO(ESTABLISHED,  ACK,        CONNECTED),
        [TCP_IN_SYN]             = TO(SYN_RECEIVED, SYN_ACK,    NOTHING), /* simultaneous open */
        [TCP_IN_RST]             = TO(CLOSED,       NOTHING,    REFUSED),
        [TCP_IN_CLOSE]           = TO(CLOSED,       NOTHING,    NOTHING),
        [TCP_IN_ABORT]           = TO(CLOSED,       NOTHING,    NOTHING),
        [TCP_IN_GIVE_UP]         = TO(CLOSED,       NOTHING,    TIMED_OUT),
    },
    [TCP_SYN_RECEIVED] = {
        [TCP_IN_ACK_OF_SYN]      = TO(ESTABLISHED,  NOTHING,    ACCEPTED),
        [TCP_IN_CLOSE]           = TO(FIN_WAIT_1,   FIN,        NOTHING),
        [TCP_IN_RST]             = TO(CLOSED,       NOTHING,    RESET), /* back to LISTEN, whose socket is another */
        [TCP_IN_ABORT]           = TO(CLOSED,       RST,        NOTHING),
        [TCP_IN_GIVE_UP]         = TO(CLOSED,       NOTHING,    TIMED_OUT),
    },
    [TCP_ESTABLISHED] = {
        [TCP_IN_CLOSE]           = TO(FIN_WAIT_1,   FIN,        NOTHING),
        [TCP_IN_FIN]             = TO(CLOSE_WAIT,   ACK_OF_FIN, PEER_CLOSED),
        [TCP_IN_RST]             = TO(CLOSED,       NOTHING,    RESET),
        [TCP_IN_ABORT]           = TO(CLOSED,       RST,        NOTHING),
        [TCP_IN_GIVE_UP]         = TO(CLOSED,       RST,        TIMED_OUT), /* keep-alive */
    },
    [TCP_FIN_WAIT_1] = {
        [TCP_IN_ACK_OF_FIN]      = TO(FIN_WAIT_2,   NOTHING,    NOTHING),
        [TCP_IN_FIN]             = TO(CLOSING,      ACK_OF_FIN, PEER_CLOSED),
        [TCP_IN_RST]             = TO(CLOSED,       NOTHING,    RESET),
        [TCP_IN_ABORT]           = TO(CLOSED,       RST,        NOTHING),
        [TCP_IN_GIVE_UP]         = TO(CLOSED,       NOTHING,    TIMED_OUT),
    },
    [TCP_FIN_WAIT_2] = {
        [TCP_IN_FIN]             = TO(TIME_WAIT,    ACK_OF_FIN, PEER_CLOSED),
        [TCP_IN_RST]             = TO(CLOSED,       NOTHING,    RESET),
        [TCP_IN_ABORT]           = TO(CLOSED,       RST,        NOTHING),
        [TCP_IN_GIVE_UP]         = TO(CLOSED,       RST,        TIMED_OUT), /* keep-alive */
        [TCP_IN_FIN_WAIT_2_OVER] = TO(CLOSED,       NOTHING,    NOTHING), /* silent [KERNEL.md F1] */
    },
    [TCP_CLOSE_WAIT] = {
        [TCP_IN_CLOSE]           = TO(LAST_ACK,     FIN,        NOTHING),
        [TCP_IN_RST]             = TO(CLOSED,       NOTHING,    RESET),
        [TCP_IN_ABORT]           = TO(CLOSED,       RST,        NOTHING),
        [TCP_IN_GIVE_UP]         = TO(CLOSED,       RST,        TIMED_OUT), /* keep-alive */
    },
    [TCP_CLOSING] = {
        [TCP_IN_ACK_OF_FIN]      = TO(TIME_WAIT,    NOTHING,    NOTHING),
        [TCP_IN_RST]             = TO(CLOSED,       NOTHING,    RESET),
        [TCP_IN_ABORT]           = TO(CLOSED,       NOTHING,    NOTHING),
        [TCP_IN_GIVE_UP]         = TO(CLOSED,       NOTHING,    TIMED_OUT),
    },
    [TCP_LAST_ACK] = {
        [TCP_IN_ACK_OF_FIN]      = TO(CLOSED,       NOTHING,    ENDED),
        [TCP_IN_RST]             = TO(CLOSED,       NOTHING,    RESET),
        [TCP_IN_ABORT]           = TO(CLOSED,       NOTHING,    NOTHING),
        [TCP_IN_GIVE_UP]         = TO(CLOSED,       NOTHING,    TIMED_OUT),
    },
    [TCP_TIME_WAIT] = {
        [TCP_IN_FIN]             = TO(TIME_WAIT,    ACK_OF_FIN, NOTHING), /* restarts 2 MSL */
        [TCP_IN_RST]             = TO(CLOSED,       NOTHING,    ENDED), /* unless RFC 1337: tcp.c */
        [TCP_IN_TIME_WAIT_OVER]  = TO(CLOSED,       NOTHING,    ENDED),
    },
    [TCP_BOUND] = {
        [TCP_IN_CLOSE]           = TO(CLOSED,       NOTHING,    NOTHING),
        [TCP_IN_ABORT]           = TO(CLOSED,       NOTHING,    NOTHING),
    },
};

const uint8_t tcp_waits[TCP_STATE_COUNT] = {
    [TCP_SYN_SENT]     = TCP_WAITS_FOR_SYN_ACK,
    [TCP_SYN_RECEIVED] = TCP_WAITS_FOR_ACK_OF_SYN,
    [TCP_FIN_WAIT_1]   = TCP_WAITS_FOR_ACK_OF_FIN,
    [TCP_CLOSING]      = TCP_WAITS_FOR_ACK_OF_FIN,
    [TCP_LAST_ACK]     = TCP_WAITS_FOR_ACK_OF_FIN,
    [TCP_FIN_WAIT_2]   = TCP_WAITS_FOR_FIN,
    [TCP_TIME_WAIT]    = TCP_WAITS_FOR_2MSL,
};
/* clang-format on */

const char *tcp_state_name(enum tcp_state state)
{
    static const char *const names[TCP_STATE_COUNT] = {
        [TCP_NO_STATE] = "none",
        [TCP_CLOSED] = "CLOSED",
        [TCP_LISTEN] = "LISTEN",
        [TCP_SYN_SENT] = "SYN_SENT",
        [TCP_SYN_RECEIVED] = "SYN_RECEIVED",
        [TCP_ESTABLISHED] = "ESTABLISHED",
        [TCP_FIN_WAIT_1] = "FIN_WAIT_1",
        [TCP_FIN_WAIT_2] = "FIN_WAIT_2",
        [TCP_CLOSE_WAIT] = "CLOSE_WAIT",
        [TCP_CLOSING] = "CLOSING",
        [TCP_LAST_ACK] = "LAST_ACK",
        [TCP_TIME_WAIT] = "TIME_WAIT",
        [TCP_BOUND] = "BOUND",
    };
    return names[state];
}

const char *tcp_input_name(enum tcp_input input)
{
    static const char *const names[TCP_INPUT_COUNT] = {
        [TCP_IN_ACTIVE_OPEN] = "active open",
        [TCP_IN_PASSIVE_OPEN] = "passive open",
        [TCP_IN_SYN] = "SYN",
        [TCP_IN_SYN_ACK] = "SYN+ACK",
        [TCP_IN_ACK_OF_SYN] = "ACK of SYN",
        [TCP_IN_CLOSE] = "close",
        [TCP_IN_FIN] = "FIN",
        [TCP_IN_ACK_OF_FIN] = "ACK of FIN",
        [TCP_IN_RST] = "RST",
        [TCP_IN_ABORT] = "abort",
        [TCP_IN_GIVE_UP] = "give up",
        [TCP_IN_FIN_WAIT_2_OVER] = "FIN_WAIT_2 over",
        [TCP_IN_TIME_WAIT_OVER] = "TIME_WAIT over",
    };
    return names[input];
}
