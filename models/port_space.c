#include "models/port_space.h"

#include <stdlib.h>

#include "models/port_families.h"
#include "models/port_owners.h"
#include "models/port_tuples.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* The key under which `tuples` keeps all ports of a local address. */
static const struct port_destination anywhere = {0, 0};

/* While all holders share one local address, the ports held there are the ports held at
 * all and need no set of their own; while they share a destination too, neither do those
 * held toward it.  Most hosts are like that: a port is then one bit, in one place. */
struct port_space {
    struct port_owners owners; /* everybody */
    uint32_t in_use;
    uint32_t wildcard;          /* holders whose local address is a wildcard */
    uint32_t sharers;           /* holders with SO_REUSEADDR or SO_REUSEPORT */
    uint32_t sole_address;      /* what the holders share, */
    struct port_destination to; /* while one_address and one_tuple say so */
    bool one_address, one_tuple;
    struct port_tuples tuples;  /* by (local address, destination), and `anywhere` */
    struct port_tuples closing; /* of those, the ones whose holder is closing */
    struct port_tuples yielded; /* that yield to all; not in `tuples` */

    struct port_set listening; /* ports with a holder by listen() */
    struct port_set reserved;
    struct port_set bound;          /* by bind() or listen() */
    struct port_owners open_owners; /* of everybody, who has no destination */
    struct port_families families;
    bool bound_until_empty;
};

struct port_space *port_space_new(void)
{
    return memory_new(1, sizeof(struct port_space));
}

void port_space_free(struct port_space *s)
{
    if (!s)
        return;
    port_tuples_clear(&s->tuples);
    port_tuples_clear(&s->closing);
    port_tuples_clear(&s->yielded);
    port_families_clear(&s->families);
    port_owners_clear(&s->owners);
    port_owners_clear(&s->open_owners);
    port_set_clear(&s->listening);
    port_set_clear(&s->reserved);
    port_set_clear(&s->bound);
    free(s);
}

/* --- what the holders share -----------------------------------------------------------
 */

static bool is_sole_tuple(const struct port_space *s, uint32_t local_address,
                          struct port_destination to)
{
    return s->sole_address == local_address && s->to.address == to.address &&
           s->to.port == to.port;
}

static void stop_sharing_tuple(struct port_space *s)
{
    s->one_tuple = false;
    port_tuples_adopt(&s->tuples, s->sole_address, s->to, port_set_copy(&s->owners.held));
}

/* Gives what the holders share its own sets if the next one does not share it. */
static void stop_sharing(struct port_space *s, uint32_t local_address,
                         struct port_destination to)
{
    if (s->one_tuple && !is_sole_tuple(s, local_address, to))
        stop_sharing_tuple(s);
    if (s->one_address && s->sole_address != local_address) {
        s->one_address = false;
        port_tuples_adopt(&s->tuples, s->sole_address, anywhere,
                          port_set_copy(&s->owners.held));
    }
}

static void share_with(struct port_space *s, uint32_t local_address,
                       struct port_destination to)
{
    if (s->owners.held.count) {
        stop_sharing(s, local_address, to);
        return;
    }
    s->sole_address = local_address;
    s->to = to;
    s->one_address = true;
    s->one_tuple = to.port != 0;
}

/* The ports held toward `to`, or `anywhere`, from this address; NULL when there are none.
 */
static const struct port_set *held_toward(const struct port_space *s,
                                          uint32_t local_address,
                                          struct port_destination to)
{
    if (s->one_address && to.port == 0)
        return s->sole_address == local_address ? &s->owners.held : NULL;
    if (s->one_tuple)
        return is_sole_tuple(s, local_address, to) ? &s->owners.held : NULL;
    return port_tuples_find(&s->tuples, local_address, to);
}

/* --- taking and giving back -----------------------------------------------------------
 */

static void take_open(struct port_space *s, uint16_t port, struct port_owner owner)
{
    port_owners_add(&s->open_owners, port, owner);
    if (owner.origin == PORT_BY_LISTEN)
        port_set_add(&s->listening, port);
}

static void release_open(struct port_space *s, uint16_t port, struct port_owner owner)
{
    unsigned facts = port_owners_remove(&s->open_owners, port, owner);
    if (owner.origin == PORT_BY_LISTEN && !(facts & PORT_HAS_LISTENER))
        port_set_remove(&s->listening, port);
}

static bool may_share(const struct port_owner *owner)
{
    return owner->options & (PORT_REUSEADDR | PORT_REUSEPORT);
}

void port_space_take(struct port_space *s, uint16_t port, struct port_owner owner,
                     struct port_destination to)
{
    SIM_ASSERT(to.port == 0 || owner.origin != PORT_BY_LISTEN);
    share_with(s, owner.local_address, to);
    if (s->families.ipv6 || port_owner_is_ipv6(&owner))
        port_families_take(&s->families, &s->owners, port, &owner);
    bool is_first = port_owners_add(&s->owners, port, owner);
    if (to.port == 0) {
        take_open(s, port, owner);
    } else {
        bool is_new = s->one_tuple
                          ? is_first
                          : port_tuples_add(&s->tuples, owner.local_address, to, port);
        SIM_ASSERT(is_new);
    }
    s->in_use += s->one_address
                     ? is_first
                     : port_tuples_add(&s->tuples, owner.local_address, anywhere, port);
    s->wildcard += owner.local_address >= PORT_ANY_IPV6_ONLY;
    s->sharers += may_share(&owner);
    if (owner.origin != PORT_BY_CONNECT)
        port_set_add(&s->bound, port);
}

static void release_tuple(struct port_space *s, uint16_t port, uint32_t local_address,
                          struct port_destination to)
{
    bool was_held = s->one_tuple
                        ? is_sole_tuple(s, local_address, to)
                        : port_tuples_remove(&s->tuples, local_address, to, port);
    SIM_ASSERT(was_held);
}

/* The tuple's holder goes.  True if its tuple was in nobody's way any more. */
static bool forget_closing(struct port_space *s, uint16_t port, uint32_t local_address,
                           struct port_destination to)
{
    if (s->closing.used)
        port_tuples_remove(&s->closing, local_address, to, port);
    return s->yielded.used && port_tuples_remove(&s->yielded, local_address, to, port);
}

void port_space_release(struct port_space *s, uint16_t port, struct port_owner owner,
                        struct port_destination to)
{
    if (to.port == 0)
        release_open(s, port, owner);
    else if (!forget_closing(s, port, owner.local_address, to))
        release_tuple(s, port, owner.local_address, to);
    unsigned facts = port_owners_remove(&s->owners, port, owner);
    if (!(facts & PORT_HAS_OWNER_HERE))
        s->in_use -= s->one_address ||
                     port_tuples_remove(&s->tuples, owner.local_address, anywhere, port);
    s->wildcard -= owner.local_address >= PORT_ANY_IPV6_ONLY;
    s->sharers -= may_share(&owner);
    if (s->bound_until_empty
            ? !(facts & PORT_HAS_OWNER)
            : owner.origin != PORT_BY_CONNECT && !(facts & PORT_HAS_BOUND))
        port_set_remove(&s->bound, port);
    if (s->families.ipv6)
        port_families_release(&s->families, &s->owners, port, &owner);
}

void port_space_bound_until_empty(struct port_space *s)
{
    SIM_ASSERT(s->owners.held.count == 0);
    s->bound_until_empty = true;
}

/* --- lingering holders ----------------------------------------------------------------
 */

void port_space_yield(struct port_space *s, uint16_t port, struct port_owner owner,
                      struct port_destination to, enum port_yields yields)
{
    SIM_ASSERT(port_space_holds(s, port, owner.local_address, to));
    if (yields == PORT_YIELDS_TO_BIND) {
        port_tuples_add(&s->closing, owner.local_address, to, port);
        return;
    }
    SIM_ASSERT(yields == PORT_YIELDS_TO_ALL);
    if (s->one_tuple)
        stop_sharing_tuple(s);
    forget_closing(s, port, owner.local_address, to);
    port_tuples_remove(&s->tuples, owner.local_address, to, port);
    port_tuples_add(&s->yielded, owner.local_address, to, port);
}

bool port_space_holds(const struct port_space *s, uint16_t port, uint32_t local_address,
                      struct port_destination to)
{
    SIM_ASSERT(to.port != 0);
    const struct port_set *held = held_toward(s, local_address, to);
    return held && port_set_has(held, port);
}

static bool has_tuple(const struct port_tuples *t, uint16_t port, uint32_t local_address,
                      struct port_destination to)
{
    const struct port_set *ports = port_tuples_find(t, local_address, to);
    return ports && port_set_has(ports, port);
}

enum port_yields port_space_yields(const struct port_space *s, uint16_t port,
                                   uint32_t local_address, struct port_destination to)
{
    if (s->yielded.used && has_tuple(&s->yielded, port, local_address, to))
        return PORT_YIELDS_TO_ALL;
    if (s->closing.used && has_tuple(&s->closing, port, local_address, to))
        return PORT_YIELDS_TO_BIND;
    return PORT_YIELDS_NOT;
}

void port_space_reserve(struct port_space *s, uint16_t port, bool reserved)
{
    if (reserved)
        port_set_add(&s->reserved, port);
    else
        port_set_remove(&s->reserved, port);
}

void port_space_closing(struct port_space *s, uint16_t port, uint32_t local_address,
                        struct port_destination to, bool closing)
{
    if (closing)
        port_tuples_add(&s->closing, local_address, to, port);
    else
        port_tuples_remove(&s->closing, local_address, to, port);
}

/* --- counting -------------------------------------------------------------------------
 */

uint32_t port_space_in_use(const struct port_space *s)
{
    return s->in_use;
}

uint32_t port_space_reserved(const struct port_space *s, struct port_range range)
{
    return port_set_count_in(&s->reserved, range);
}

bool port_space_is_reserved(const struct port_space *s, uint16_t port)
{
    return port_set_has(&s->reserved, port);
}

uint32_t port_space_sharers(const struct port_space *s)
{
    return s->sharers;
}

uint32_t port_space_toward(const struct port_space *s, uint32_t local_address,
                           struct port_destination to)
{
    SIM_ASSERT(to.port != 0);
    const struct port_set *ports = held_toward(s, local_address, to);
    const struct port_set *yielded = port_tuples_find(&s->yielded, local_address, to);
    return (ports ? ports->count : 0) + (yielded ? yielded->count : 0);
}

const struct port_set *port_space_closing_toward(const struct port_space *s,
                                                 uint32_t local_address,
                                                 struct port_destination to)
{
    return port_tuples_find(&s->closing, local_address, to);
}

uint32_t port_space_owners(const struct port_space *s, uint16_t port,
                           struct port_owner_count *owners, uint32_t size)
{
    return port_owners_list(&s->owners, port, owners, size);
}

bool port_space_any_owner(const struct port_space *s, uint16_t port,
                          bool (*is)(const struct port_owner *owner, const void *context),
                          const void *context)
{
    return port_owners_any(&s->owners, port, is, context);
}

size_t port_space_bytes(const struct port_space *s)
{
    return sizeof *s + port_tuples_bytes(&s->tuples) + port_tuples_bytes(&s->closing) +
           port_tuples_bytes(&s->yielded) + port_families_bytes(&s->families) +
           port_owners_bytes(&s->owners) + port_owners_bytes(&s->open_owners) +
           port_set_bytes(&s->listening) + port_set_bytes(&s->reserved) +
           port_set_bytes(&s->bound);
}

/* --- looking --------------------------------------------------------------------------
 */

/* Hides the ports held toward `to`, or `anywhere`, from this address or a wildcard that
 * overlaps it. */
static void hide_held_here(const struct port_space *s, struct port_view *v,
                           uint32_t local_address, struct port_destination to)
{
    port_view_hide(v, held_toward(s, local_address, to));
    if (!s->wildcard)
        return;
    port_view_hide(v, held_toward(s, PORT_ANY_IPV6, to));
    port_view_hide(
        v, held_toward(
               s, local_address & PORT_IPV6 ? PORT_ANY_IPV6_ONLY : PORT_ANY_ADDRESS, to));
}

struct port_view port_space_view(const struct port_space *s, struct port_range range,
                                 enum port_scope scope, uint32_t local_address,
                                 struct port_destination to)
{
    struct port_view v = port_view_of(range);
    port_view_hide(&v, &s->reserved);
    if (local_address >= PORT_ANY_IPV6_ONLY) {
        port_view_hide(&v, port_families_held(&s->families, &s->owners, local_address));
    } else if (scope == PORT_SCOPE_PORT || to.port == 0) {
        hide_held_here(s, &v, local_address, anywhere);
    } else {
        hide_held_here(s, &v, local_address, to);
        port_view_hide(&v, scope == PORT_SCOPE_MIXED ? &s->bound : &s->listening);
    }
    return v;
}

struct port_view port_space_view_fallback(const struct port_space *s,
                                          struct port_range range, uint32_t local_address,
                                          struct port_destination to)
{
    SIM_ASSERT(local_address < PORT_ANY_IPV6_ONLY && to.port != 0);
    struct port_view v = port_view_of(range);
    port_view_hide(&v, &s->reserved);
    port_view_hide(&v, &s->open_owners.held);
    hide_held_here(s, &v, local_address, to);
    return v;
}
