/* Lingering sockets whose tuple a new connect() of the same host may have.
 *
 * Linux gives away the tuple of a TIME_WAIT that had timestamps: to a socket that was
 * bound to the port before, at once and also that of a FIN_WAIT_2 record [KERNEL.md T5];
 * to connect()'s own choice with tcp_tw_reuse, after tcp_tw_reuse_delay [T3].  A search
 * then meets such a tuple as a free one [T4].  A record whose descriptor is still open,
 * after shutdown(), waits for close() here, as it does not on Linux.
 *
 * A host that can give nothing away pays one test a TIME_WAIT and one a connect().
 */
#ifndef MODELS_TAKEOVER_H
#define MODELS_TAKEOVER_H

#include "models/net.h"

/* The socket has become a record that nobody owns: TIME_WAIT, or an orphan FIN_WAIT_2. */
void takeover_offer(struct net *net, uint32_t socket);

/* Before the member chooses a port: those that are old enough now yield theirs. */
void takeover_ripen(struct net *net, struct member *m);

/* The lingering socket of a tuple that yields. */
uint32_t takeover_find(struct net *net, uint32_t local_address, uint16_t local_port,
                       struct port_destination to);

/* After a change: a host that reuses TIME_WAITs from now on may have some. */
void takeover_reconfigure(struct net *net);

#endif
