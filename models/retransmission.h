/* When an unanswered segment is sent again, and when a stack stops trying.
 *
 * Two ways to say it: an explicit list of moments, or the numbers every stack has: a
 * first wait that doubles, and a number of retries.  Retries are a time in disguise: a
 * stack gives up at the first expiry not earlier than the moment at which `retries`
 * retransmissions by pure doubling would have been waited for, (2^(retries+1) - 1) x rto
 * [KERNEL.md X1, X4: tcp_model_timeout()].  Without linear timeouts and probes that is
 * exactly `retries` retransmissions, as RFC 1122 counts them.
 *
 * Pure arithmetic: no clock, no socket.
 */
#ifndef MODELS_RETRANSMISSION_H
#define MODELS_RETRANSMISSION_H

#include "sim/base/field.h"
#include "sim/base/time.h"

struct retransmission {
    struct field_list at; /* sim_ns, rising; empty: by the numbers below */
    sim_ns give_up;       /* from the first time; 0: by `retries` alone */
    uint32_t retries;
    uint32_t retries_open; /* while the descriptor is open; only of a FIN */
    sim_ns rto, rto_max;   /* first and longest wait */
    uint32_t linear;       /* first waits that do not double */
    bool loss_probe;       /* the first is a probe, and counts as no retry */
    bool rtt_added;        /* to rto; else rto is a floor */
};

/* Keys under "syn", "syn_ack" and "fin". */
extern const struct field_table retransmission_fields;

/* One unanswered segment. */
struct unanswered {
    sim_ns since;        /* sent for the first time */
    sim_ns now;          /* sent for the last time, or the timer's expiry */
    sim_ns counted_from; /* retries and user timeout: `since`, or the first
                            retransmission after a probe */
    sim_ns base;         /* first wait: retransmission_base() */
    sim_ns user_timeout; /* TCP_USER_TIMEOUT; 0: none */
    uint32_t retries;
    uint32_t sent; /* again, so far */
};

/* The first wait on a path of round trip `rtt` (0: not measured yet), in whole ticks;
 * tick 0: exact.  With the round trip added it is always a little more than rto: of whole
 * milliseconds where the clock has no ticks. */
sim_ns retransmission_base(const struct retransmission *r, sim_ns rtt, sim_ns tick);

/* The wait for the first expiry, of which nothing but the schedule and the first wait
 * need be known. */
static inline sim_ns retransmission_first(const struct retransmission *r, sim_ns base)
{
    if (r->at.count)
        return *(const sim_ns *)r->at.items;
    return r->give_up && r->give_up < base ? r->give_up : base;
}

/* How long to wait from now for the next expiry; at least 1 ns. */
sim_ns retransmission_wait(const struct retransmission *r, const struct unanswered *x);

/* At an expiry: true when nothing is sent any more. */
bool retransmission_over(const struct retransmission *r, const struct unanswered *x);

/* The plan on paper, without round trip and timer wheel: writes at most `size` moments,
 * returns how many there are, and says when it ends. */
uint32_t retransmission_plan(const struct retransmission *r, sim_ns *at, uint32_t size,
                             sim_ns *end);

#endif
