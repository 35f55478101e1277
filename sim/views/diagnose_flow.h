/* How many connections come through a pool a second, how long each holds its port, and so
 * how many ports all of the demand would need: Little's law and N/(L+T) on measured
 * figures [MODEL.md D2].
 *
 * A connection that waits for a timer holds its port for that timer's length; so the
 * sockets that wait now are those that came to it within the last so many seconds, and
 * dividing by the ports chosen in that time gives the share that comes to it.  With that
 * share the need at another setting of the timer can be told.  Exact in the fluid limit
 * of a steady load; who reads the results is told that it is theory.
 */
#ifndef SIM_VIEWS_DIAGNOSE_FLOW_H
#define SIM_VIEWS_DIAGNOSE_FLOW_H

#include "sim/views/diagnose_case.h"

struct flow flow_of(const struct pool_case *c);

/* Ports needed if FIN_WAIT_2 and TIME_WAIT lasted so long, and `closing` of the
 * connections that now stay half closed were closed by both ends (and wait in TIME_WAIT).
 * INFINITY where nothing ends; NaN where it is not known. */
double flow_need(const struct pool_case *c, sim_ns fin_wait_2, sim_ns time_wait,
                 double closing);

/* Are sockets of UDP kept that nobody closes?  They have no state that tells: by how long
 * they live. */
bool flow_leaks_udp(const struct pool_case *c);

/* How long a timer of that length lasts in the mean on the pool's system: Linux rounds up
 * to its timer wheel [KERNEL.md section 4]. */
double flow_timer(const struct run_pool *pool, sim_ns length);

#endif
