#include "models/nat_state.h"

/* clang-format off */
#define ROW(ss, sr, es, fw, cw, la, tw, cl)                                              \
    {                                                                                    \
        [NAT_SYN_SENT] = ss, [NAT_SYN_RECEIVED] = sr, [NAT_ESTABLISHED] = es,            \
        [NAT_FIN_WAIT] = fw, [NAT_CLOSE_WAIT] = cw, [NAT_LAST_ACK] = la,                 \
        [NAT_TIME_WAIT] = tw, [NAT_CLOSE] = cl                                           \
    }
#define NO NAT_NO_STATE
#define SS NAT_SYN_SENT
#define SR NAT_SYN_RECEIVED
#define ES NAT_ESTABLISHED
#define FW NAT_FIN_WAIT
#define CW NAT_CLOSE_WAIT
#define LA NAT_LAST_ACK
#define TW NAT_TIME_WAIT
#define CL NAT_CLOSE

/* Linux net/netfilter/nf_conntrack_proto_tcp.c, tcp_conntracks[], without the rows of
 * simultaneous open.  A SYN in TIME_WAIT or CLOSE begins a new flow: gateway.c.  A
 * SYN+ACK that answers a SYN the table ignored proves a new connection; the kernel
 * compares sequence numbers, here the half-closed states go back to SYN_RECEIVED. */
const uint8_t nat_edges[NAT_DIRECTION_COUNT][NAT_SEGMENT_COUNT][NAT_STATE_COUNT] = {
    [NAT_OUTWARD] = {                 /*  SS  SR  ES  FW  CW  LA  TW  CL  */
        [NAT_SYN]         =            ROW(SS, NO, NO, NO, NO, NO, NO, NO),
        [NAT_SYN_AND_ACK] =            ROW(NO, NO, NO, NO, NO, NO, NO, NO),
        [NAT_FIN]         =            ROW(NO, FW, FW, LA, LA, LA, TW, CL),
        [NAT_ACK]         =            ROW(NO, ES, ES, CW, CW, TW, TW, CL),
        [NAT_RST]         =            ROW(CL, CL, CL, CL, CL, CL, CL, CL),
    },
    [NAT_INWARD] = {
        [NAT_SYN]         =            ROW(NO, NO, NO, NO, NO, NO, NO, NO),
        [NAT_SYN_AND_ACK] =            ROW(SR, NO, NO, SR, SR, SR, NO, NO),
        [NAT_FIN]         =            ROW(NO, FW, FW, LA, LA, LA, TW, CL),
        [NAT_ACK]         =            ROW(NO, SR, ES, CW, CW, TW, TW, CL),
        [NAT_RST]         =            ROW(CL, CL, CL, CL, CL, CL, CL, CL),
    },
};
/* clang-format on */

const char *nat_state_name(enum nat_state state)
{
    static const char *const names[NAT_STATE_COUNT] = {
        [NAT_NO_STATE] = "none",           [NAT_UNCONFIRMED] = "UNCONFIRMED",
        [NAT_SYN_SENT] = "SYN_SENT",       [NAT_SYN_RECEIVED] = "SYN_RECEIVED",
        [NAT_ESTABLISHED] = "ESTABLISHED", [NAT_FIN_WAIT] = "FIN_WAIT",
        [NAT_CLOSE_WAIT] = "CLOSE_WAIT",   [NAT_LAST_ACK] = "LAST_ACK",
        [NAT_TIME_WAIT] = "TIME_WAIT",     [NAT_CLOSE] = "CLOSE",
    };
    return names[state];
}
