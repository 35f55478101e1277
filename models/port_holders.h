/* The ports of one address of a host, each with the state that holds it.
 *
 * Reads the tables of the net and changes nothing.  Of several sockets on one port,
 * toward several destinations, the one that counts is the earliest in its life: an open
 * connection before one in TIME_WAIT.
 *
 *     find    O(1)
 *     fill    one pass over the records of sockets and mappings for all views together,
 *             1 to 2 ns each; a copy of the range for each view, and with reserved ports
 *             a look-up a port
 */
#ifndef MODELS_PORT_HOLDERS_H
#define MODELS_PORT_HOLDERS_H

#include <stdint.h>

#include "models/net.h"
#include "sim/base/port_state.h"

/* Which ports: those of a pool of a host's member on its n-th address. */
struct port_place {
    uint32_t host, member, address;
    enum pool pool;
};

/* These ports as they are now; valid until the world goes on. */
struct port_holders {
    struct port_range window; /* the ports to look at */
    uint8_t *states;          /* enum port_state of each port of the window */

    /* Filled in by port_holders_find(). */
    const struct port_space *space; /* NULL: nobody has a port, or ever had */
    const struct host *host;
    struct port_range range; /* the host chooses from, now */
    uint32_t member;         /* of the net */
    uint32_t local_address;
    uint16_t gateway; /* number of it and 1; 0: none */
    enum pool pool;
};

/* False while the pool has not been used, or not since its host was last switched on. */
bool port_holders_find(struct port_holders *p, const struct net *net,
                       struct port_place place);

/* Fills the states of all of them; each must have been looked for. */
void port_holders_fill(struct port_holders *const *all, uint32_t count,
                       const struct net *net);

#endif
