#include "models/port_space.h"

#include <stdlib.h>

#include "models/port_owners.h"
#include "models/port_tuples.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* The key under which `tuples` keeps all ports of a local address. */
static const struct port_destination anywhere = {0, 0};

struct port_space {
    struct port_tuples tuples;      /* by (local address, destination), and `anywhere` */
    struct port_owners owners;      /* everybody */
    struct port_owners open_owners; /* of those, who have no destination */

    /* Ports with a holder of some sort, whatever its address. */
    struct port_set held;
    struct port_set bound;     /* by bind() or listen() */
    struct port_set open;      /* without a destination */
    struct port_set listening; /* by listen() */
    struct port_set reserved;

    uint32_t in_use;
    uint32_t wildcard; /* holders whose local address is the wildcard */
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
    port_owners_clear(&s->owners);
    port_owners_clear(&s->open_owners);
    struct port_set *sets[] = {&s->held, &s->bound, &s->open, &s->listening,
                               &s->reserved};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        port_set_clear(sets[i]);
    free(s);
}

/* --- taking and giving back -----------------------------------------------------------
 */

static void take_open(struct port_space *s, uint16_t port, struct port_owner owner)
{
    port_owners_add(&s->open_owners, port, owner);
    port_set_add(&s->open, port);
    if (owner.origin == PORT_BY_LISTEN)
        port_set_add(&s->listening, port);
}

static void release_open(struct port_space *s, uint16_t port, struct port_owner owner)
{
    port_owners_remove(&s->open_owners, port, owner);
    unsigned facts = port_owners_facts(&s->open_owners, port, owner.local_address);
    if (!(facts & PORT_HAS_OWNER))
        port_set_remove(&s->open, port);
    if (owner.origin == PORT_BY_LISTEN && !(facts & PORT_HAS_LISTENER))
        port_set_remove(&s->listening, port);
}

void port_space_take(struct port_space *s, uint16_t port, struct port_owner owner,
                     struct port_destination to)
{
    if (to.port) {
        SIM_ASSERT(owner.origin != PORT_BY_LISTEN);
        bool is_new = port_tuples_add(&s->tuples, owner.local_address, to, port);
        SIM_ASSERT(is_new);
    } else {
        take_open(s, port, owner);
    }
    port_owners_add(&s->owners, port, owner);
    port_set_add(&s->held, port);
    s->in_use += port_tuples_add(&s->tuples, owner.local_address, anywhere, port);
    s->wildcard += owner.local_address == PORT_ANY_ADDRESS;
    if (owner.origin != PORT_BY_CONNECT)
        port_set_add(&s->bound, port);
}

void port_space_release(struct port_space *s, uint16_t port, struct port_owner owner,
                        struct port_destination to)
{
    if (to.port) {
        bool was_held = port_tuples_remove(&s->tuples, owner.local_address, to, port);
        SIM_ASSERT(was_held);
    } else {
        release_open(s, port, owner);
    }
    port_owners_remove(&s->owners, port, owner);
    s->wildcard -= owner.local_address == PORT_ANY_ADDRESS;
    unsigned facts = port_owners_facts(&s->owners, port, owner.local_address);
    if (!(facts & PORT_HAS_OWNER))
        port_set_remove(&s->held, port);
    if (!(facts & PORT_HAS_OWNER_HERE))
        s->in_use -= port_tuples_remove(&s->tuples, owner.local_address, anywhere, port);
    if (owner.origin != PORT_BY_CONNECT && !(facts & PORT_HAS_BOUND))
        port_set_remove(&s->bound, port);
}

void port_space_reserve(struct port_space *s, uint16_t port, bool reserved)
{
    if (reserved)
        port_set_add(&s->reserved, port);
    else
        port_set_remove(&s->reserved, port);
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

uint32_t port_space_toward(const struct port_space *s, uint32_t local_address,
                           struct port_destination to)
{
    SIM_ASSERT(to.port != 0);
    const struct port_set *ports = port_tuples_find(&s->tuples, local_address, to);
    return ports ? ports->count : 0;
}

uint32_t port_space_owners(const struct port_space *s, uint16_t port,
                           struct port_owner_count *owners, uint32_t size)
{
    return port_owners_list(&s->owners, port, owners, size);
}

size_t port_space_bytes(const struct port_space *s)
{
    return sizeof *s + port_tuples_bytes(&s->tuples) + port_owners_bytes(&s->owners) +
           port_owners_bytes(&s->open_owners) + port_set_bytes(&s->held) +
           port_set_bytes(&s->bound) + port_set_bytes(&s->open) +
           port_set_bytes(&s->listening) + port_set_bytes(&s->reserved);
}

/* --- looking --------------------------------------------------------------------------
 */

/* Hides the ports held toward `to`, or `anywhere`, from this address or the wildcard. */
static void hide_held_here(const struct port_space *s, struct port_view *v,
                           uint32_t local_address, struct port_destination to)
{
    port_view_hide(v, port_tuples_find(&s->tuples, local_address, to));
    if (s->wildcard && local_address != PORT_ANY_ADDRESS)
        port_view_hide(v, port_tuples_find(&s->tuples, PORT_ANY_ADDRESS, to));
}

struct port_view port_space_view(const struct port_space *s, struct port_range range,
                                 enum port_scope scope, uint32_t local_address,
                                 struct port_destination to)
{
    struct port_view v = port_view_of(range);
    port_view_hide(&v, &s->reserved);
    if (local_address == PORT_ANY_ADDRESS) {
        port_view_hide(&v, &s->held);
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
    SIM_ASSERT(local_address != PORT_ANY_ADDRESS && to.port != 0);
    struct port_view v = port_view_of(range);
    port_view_hide(&v, &s->reserved);
    port_view_hide(&v, &s->open);
    hide_held_here(s, &v, local_address, to);
    return v;
}
