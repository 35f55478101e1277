/* How long a connection holds its local port, in the mean, state by state.
 *
 * Follows the connection of one app on one of its legs through what TCP, the proxy and
 * both ends do [MODEL.md B6]: round trips, the lifetime, who closes first, how the other
 * end answers, FIN_WAIT_2 and TIME_WAIT of the stack, on the timer wheel where it has
 * one.  A function of the configuration alone.
 *
 * Cost: microseconds; a late close that is neither constant nor exponential 0.2 ms.
 */
#ifndef SIM_THEORY_HOLD_H
#define SIM_THEORY_HOLD_H

#include "models/host_config.h"
#include "models/tcp_state.h"
#include "sim/trial/trial_config.h"

/* Which of an app's connections. */
enum theory_leg {
    LEG_CLIENT,  /* the user's: to the server, or to the proxy */
    LEG_OUTER,   /* the proxy's, to the server */
    LEG_GATEWAY, /* neither: what a gateway keeps of one of them (mapping.h) */
    LEG_COUNT
};

struct theory_hold {
    double in[TCP_STATE_COUNT]; /* s in each state of TCP */
    double total;               /* s in all: the mean holding time */
    double lingers;             /* s of it after the close, until a timer ends */
    double open;                /* s the user calls it open */
    double answered;            /* share of queries answered in time; of TCP 1 */
    double kept;                /* share that is never given back */
    double refused;             /* s, of one whose proxy finds no port for it */
    bool haunts;                /* peers keep their ends when the holder's is gone */
    double longest;             /* s, the longest timer it can end with */
    double takeable;    /* s of TIME_WAIT after which tw_reuse takes it; else NaN */
    const char *doubt;  /* why the means are approximate; NULL: exact */
    const char *cannot; /* why there is no closed form; NULL: there is one */
};

/* The doubt of who connects to peers that keep their ends. */
extern const char theory_haunted[];

/* What `host` holds for the app on that leg. */
struct theory_hold theory_hold_of(const struct trial_config *config,
                                  const struct app_config *app, enum theory_leg leg);

/* The round trip between two hosts, s; the loss of the path. */
double theory_rtt(const struct trial_config *config, uint32_t a, uint32_t b);

/* How long a timer of that length runs in the mean, s: on a timer wheel a little more. */
double theory_timer(const struct stack *s, sim_ns length);

#endif
