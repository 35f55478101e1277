/* IPv4 and IPv6 in one port space: which ports each wildcard meets.
 *
 * While no IPv6 socket holds a port, 0.0.0.0 meets every holder and nothing is kept. From
 * the first IPv6 holder to the last, two sets say what 0.0.0.0 and an IPV6_V6ONLY ::
 * meet.
 *
 *     take, release     nothing without IPv6; else O(kinds of owner on the port)
 *     memory            models/port_set.h, twice, while IPv6 is in use
 *
 * Private to the port space.  {0} is empty.  Source: KERNEL.md C9; that 0.0.0.0 meets an
 * IPv6 address, and not the other way round, is Linux's inet_rcv_saddr_equal().
 */
#ifndef MODELS_PORT_FAMILIES_H
#define MODELS_PORT_FAMILIES_H

#include "models/port_owners.h"

struct port_families {
    uint32_t ipv6; /* holders with an IPv6 address */
    struct port_set
        any; /* ports with a holder that 0.0.0.0 meets, while there are such */
    struct port_set any_ipv6_only; /* and :: with V6ONLY */
};

bool port_owner_is_ipv6(const struct port_owner *owner);

/* Before the owner is added to, after it was removed from `owners`; only needed while
 * there are IPv6 holders, the one in question included. */
void port_families_take(struct port_families *f, const struct port_owners *owners,
                        uint16_t port, const struct port_owner *owner);
void port_families_release(struct port_families *f, const struct port_owners *owners,
                           uint16_t port, const struct port_owner *owner);

/* The ports that a request from this wildcard finds held. */
const struct port_set *port_families_held(const struct port_families *f,
                                          const struct port_owners *owners,
                                          uint32_t wildcard);

void port_families_clear(struct port_families *f);

/* What it allocated, without the struct itself. */
size_t port_families_bytes(const struct port_families *f);

#endif
