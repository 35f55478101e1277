#include "models/port_families.h"

bool port_owner_is_ipv6(const struct port_owner *owner)
{
    return owner->local_address & PORT_IPV6 && owner->local_address != PORT_ANY_ADDRESS;
}

static bool is_ipv6_only(const struct port_owner *owner)
{
    return owner->local_address == PORT_ANY_IPV6_ONLY ||
           (port_owner_is_ipv6(owner) && owner->options & PORT_V6ONLY);
}

bool port_owner_is_here(const struct port_owner *owner, uint32_t local_address)
{
    switch (local_address) {
    case PORT_ANY_IPV6:
        return true;
    case PORT_ANY_ADDRESS:
        return !is_ipv6_only(owner);
    case PORT_ANY_IPV6_ONLY:
        return port_owner_is_ipv6(owner);
    default:
        return owner->local_address == local_address ||
               owner->local_address == PORT_ANY_IPV6 ||
               owner->local_address ==
                   (local_address & PORT_IPV6 ? PORT_ANY_IPV6_ONLY : PORT_ANY_ADDRESS);
    }
}

static bool is_here(const struct port_owner *owner, const void *local_address)
{
    return port_owner_is_here(owner, *(const uint32_t *)local_address);
}

static void leave(struct port_set *set, uint32_t wildcard,
                  const struct port_owners *owners, uint16_t port)
{
    if (!port_owners_any(owners, port, is_here, &wildcard))
        port_set_remove(set, port);
}

void port_families_take(struct port_families *f, const struct port_owners *owners,
                        uint16_t port, const struct port_owner *owner)
{
    if (f->ipv6 == 0)
        f->any = port_set_copy(&owners->held);
    f->ipv6 += port_owner_is_ipv6(owner);
    if (port_owner_is_here(owner, PORT_ANY_ADDRESS))
        port_set_add(&f->any, port);
    if (port_owner_is_here(owner, PORT_ANY_IPV6_ONLY))
        port_set_add(&f->any_ipv6_only, port);
}

void port_families_release(struct port_families *f, const struct port_owners *owners,
                           uint16_t port, const struct port_owner *owner)
{
    f->ipv6 -= port_owner_is_ipv6(owner);
    if (f->ipv6 == 0) {
        port_families_clear(f);
        return;
    }
    leave(&f->any, PORT_ANY_ADDRESS, owners, port);
    leave(&f->any_ipv6_only, PORT_ANY_IPV6_ONLY, owners, port);
}

const struct port_set *port_families_held(const struct port_families *f,
                                          const struct port_owners *owners,
                                          uint32_t wildcard)
{
    if (wildcard == PORT_ANY_IPV6_ONLY)
        return &f->any_ipv6_only;
    return wildcard == PORT_ANY_ADDRESS && f->ipv6 ? &f->any : &owners->held;
}

void port_families_clear(struct port_families *f)
{
    port_set_clear(&f->any);
    port_set_clear(&f->any_ipv6_only);
    *f = (struct port_families){0};
}

size_t port_families_bytes(const struct port_families *f)
{
    return port_set_bytes(&f->any) + port_set_bytes(&f->any_ipv6_only);
}
