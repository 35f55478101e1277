#include "tests/naive_ports.h"

#include <stdlib.h>

#include "sim/base/memory.h"

static bool same_place(struct port_destination a, struct port_destination b)
{
    return a.address == b.address && a.port == b.port;
}

static bool same_kind(struct port_owner a, struct port_owner b)
{
    return a.local_address == b.local_address && a.uid == b.uid && a.origin == b.origin &&
           a.options == b.options;
}

void naive_take(struct naive_ports *n, uint16_t port, struct port_owner owner,
                struct port_destination to)
{
    struct naive_holder *h = memory_new(1, sizeof *h);
    *h = (struct naive_holder){owner, to, PORT_YIELDS_NOT, n->on[port]};
    n->on[port] = h;
    n->was_bound[port] |= owner.origin != PORT_BY_CONNECT;
}

bool naive_release(struct naive_ports *n, uint16_t port, struct port_owner owner,
                   struct port_destination to)
{
    for (struct naive_holder **h = &n->on[port]; *h; h = &(*h)->next) {
        if (same_kind((*h)->owner, owner) && same_place((*h)->to, to)) {
            struct naive_holder *gone = *h;
            *h = gone->next;
            free(gone);
            n->was_bound[port] &= n->on[port] != NULL;
            return true;
        }
    }
    return false;
}

void naive_yield(struct naive_ports *n, uint16_t port, struct port_owner owner,
                 struct port_destination to, enum port_yields yields)
{
    for (struct naive_holder *h = n->on[port]; h; h = h->next)
        if (same_kind(h->owner, owner) && same_place(h->to, to))
            h->yields = yields;
}

enum port_yields naive_yields(const struct naive_ports *n, uint16_t port,
                              uint32_t local_address, struct port_destination to)
{
    for (const struct naive_holder *h = n->on[port]; h; h = h->next)
        if (h->owner.local_address == local_address && same_place(h->to, to))
            return h->yields;
    return PORT_YIELDS_NOT;
}

bool naive_holds(const struct naive_ports *n, uint16_t port, uint32_t local_address,
                 struct port_destination to)
{
    for (const struct naive_holder *h = n->on[port]; h; h = h->next)
        if (h->owner.local_address == local_address && same_place(h->to, to))
            return true;
    return false;
}

/* --- the scopes -----------------------------------------------------------------------
 */

static bool is_wildcard(uint32_t address)
{
    return address == PORT_ANY_ADDRESS || address == PORT_ANY_IPV6 ||
           address == PORT_ANY_IPV6_ONLY;
}

static bool is_ipv6(uint32_t address)
{
    return address != PORT_ANY_ADDRESS && address & PORT_IPV6;
}

static bool has_only_ipv6(struct port_owner owner)
{
    return owner.local_address == PORT_ANY_IPV6_ONLY ||
           (is_ipv6(owner.local_address) && owner.options & PORT_V6ONLY);
}

/* Who asks, down; who holds, across: an IPv4 address, 0.0.0.0, an IPv6 address, the same
 * with V6ONLY, ::, :: with V6ONLY.  `=`: if the addresses are the same. */
static bool is_here(const struct naive_holder *h, const struct naive_question *q)
{
    static const char table[6][7] = {
        "=1  1 ", "111 1 ", "  ==11", "  ==11", "111111", "  1111",
    };
    uint32_t asks = q->local_address, holds = h->owner.local_address;
    unsigned row = asks == PORT_ANY_ADDRESS     ? 1
                   : asks == PORT_ANY_IPV6      ? 4
                   : asks == PORT_ANY_IPV6_ONLY ? 5
                   : is_ipv6(asks)              ? 2
                                                : 0;
    unsigned column = holds == PORT_ANY_ADDRESS     ? 1
                      : holds == PORT_ANY_IPV6      ? 4
                      : holds == PORT_ANY_IPV6_ONLY ? 5
                      : !is_ipv6(holds)             ? 0
                      : has_only_ipv6(h->owner)     ? 3
                                                    : 2;
    char rule = table[row][column];
    return rule == '1' || (rule == '=' && asks == holds);
}

static bool conflicts(const struct naive_ports *n, uint16_t port,
                      const struct naive_holder *h, const struct naive_question *q)
{
    bool same_tuple =
        is_here(h, q) && same_place(h->to, q->to) && h->yields != PORT_YIELDS_TO_ALL;
    if (q->fallback)
        return same_tuple || h->to.port == 0;
    bool has_tuple = !is_wildcard(q->local_address) && q->to.port != 0;
    if (q->scope == PORT_SCOPE_PORT || !has_tuple)
        return is_here(h, q);
    if (q->scope == PORT_SCOPE_MIXED)
        return same_tuple || h->owner.origin != PORT_BY_CONNECT ||
               (n->bound_until_empty && n->was_bound[port]);
    return same_tuple || h->owner.origin == PORT_BY_LISTEN;
}

bool naive_is_free(const struct naive_ports *n, const struct naive_question *q,
                   uint16_t port)
{
    for (const struct naive_holder *h = n->on[port]; h; h = h->next)
        if (conflicts(n, port, h, q))
            return false;
    return !n->reserved[port];
}

/* --- walks ----------------------------------------------------------------------------
 */

struct port_found naive_walk(const struct naive_ports *n, const struct naive_question *q,
                             struct port_range range, struct port_walk walk)
{
    uint32_t port = walk.first;
    for (uint32_t probes = 1; probes <= walk.candidates; probes++) {
        if (naive_is_free(n, q, (uint16_t)port))
            return (struct port_found){(uint16_t)port, probes};
        port += walk.step;
        if (port > range.high)
            port -= walk.wrap ? walk.wrap : port_range_size(range);
    }
    return (struct port_found){.probes = walk.candidates};
}

struct port_found naive_walk_down(const struct naive_ports *n,
                                  const struct naive_question *q, struct port_range range,
                                  uint16_t first, uint32_t candidates)
{
    uint16_t port = first;
    for (uint32_t probes = 1; probes <= candidates; probes++) {
        if (naive_is_free(n, q, port))
            return (struct port_found){port, probes};
        port = port == range.low ? range.high : (uint16_t)(port - 1);
    }
    return (struct port_found){.probes = candidates};
}

/* --- counting -------------------------------------------------------------------------
 */

static bool is_first_of_its_address(const struct naive_ports *n, uint32_t port,
                                    const struct naive_holder *h)
{
    for (const struct naive_holder *g = n->on[port]; g != h; g = g->next)
        if (g->owner.local_address == h->owner.local_address)
            return false;
    return true;
}

uint32_t naive_in_use(const struct naive_ports *n)
{
    uint32_t pairs = 0;
    for (uint32_t port = 0; port < PORT_COUNT; port++)
        for (const struct naive_holder *h = n->on[port]; h; h = h->next)
            pairs += is_first_of_its_address(n, port, h);
    return pairs;
}

uint32_t naive_owners(const struct naive_ports *n, uint16_t port, struct port_owner owner)
{
    uint32_t count = 0;
    for (const struct naive_holder *h = n->on[port]; h; h = h->next)
        count += same_kind(h->owner, owner);
    return count;
}

void naive_free(struct naive_ports *n)
{
    for (uint32_t port = 0; port < PORT_COUNT; port++) {
        while (n->on[port]) {
            struct naive_holder *next = n->on[port]->next;
            free(n->on[port]);
            n->on[port] = next;
        }
    }
}
