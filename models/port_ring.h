/* The ports a program hands out itself: first in, first out.
 *
 * A ring begins with all ports of its range, in order.  The head is taken; a port that is
 * given back goes to the tail, so the one that rested longest is used first.  Source:
 * HAProxy 2.6 include/haproxy/port_range.h, for `source addr:low-high`; PROXIES.md 2.
 *
 *     take, give    O(1)
 *     memory        2 bytes a port, and models/port_set.h for those that are out
 *
 * Includes port sets and nothing above them.
 */
#ifndef MODELS_PORT_RING_H
#define MODELS_PORT_RING_H

#include "models/port_set.h"

struct port_ring;

struct port_ring *port_ring_new(struct port_range range);
void port_ring_free(struct port_ring *r); /* NULL is allowed */

struct port_range port_ring_range(const struct port_ring *r);

/* The port that rested longest; 0: all are out. */
uint16_t port_ring_take(struct port_ring *r);

/* False if the port was not out. */
bool port_ring_give(struct port_ring *r, uint16_t port);

/* Ports that are in. */
uint32_t port_ring_count(const struct port_ring *r);

size_t port_ring_bytes(const struct port_ring *r);

#endif
