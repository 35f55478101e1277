#include "models/port_owners.h"

#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* A port's number: three bits that say how to read the other 29. */
#define KIND_BITS 3
#define CHAINED   PORT_OWNER_KINDS /* not a kind: the rest names the first record */
#define REST_MAX  (UINT32_MAX >> KIND_BITS)
_Static_assert(CHAINED == (1 << KIND_BITS) - 1, "kinds and CHAINED fill the bits");

static uint32_t kind_of(uint32_t number)
{
    return number & CHAINED;
}

static uint32_t rest_of(uint32_t number)
{
    return number >> KIND_BITS;
}

static uint32_t number_from(uint32_t kind, uint32_t rest)
{
    SIM_ASSERT(rest <= REST_MAX);
    return rest << KIND_BITS | kind;
}

/* What the number of nearly every held port is: one holder of the first kind.  Those
 * ports have no number in the map: an eighth of a byte in place of four. */
#define ONCE (1u << KIND_BITS)

static uint32_t number_of(const struct port_owners *o, uint16_t port)
{
    if (!port_set_has(&o->held, port))
        return 0;
    uint32_t number = port_map_get(&o->ports, port);
    return number ? number : ONCE;
}

/* `before` is what number_of() says now; 0 for who was not held until now. */
static void set_number(struct port_owners *o, uint16_t port, uint32_t before,
                       uint32_t number)
{
    uint32_t mapped_before = before == ONCE ? 0 : before;
    uint32_t mapped = number == ONCE ? 0 : number;
    if (mapped != mapped_before)
        port_map_set(&o->ports, port, mapped);
}

static bool same_owner(const struct port_owner *a, const struct port_owner *b)
{
    return a->local_address == b->local_address && a->uid == b->uid &&
           a->origin == b->origin && a->options == b->options;
}

/* The owner's number among the kinds; CHAINED when it came too late to have one. */
static uint32_t find_kind(const struct port_owners *o, const struct port_owner *owner)
{
    for (uint32_t i = 0; i < o->kind_count; i++)
        if (same_owner(&o->kinds[i], owner))
            return i;
    return CHAINED;
}

static uint32_t learn_kind(struct port_owners *o, const struct port_owner *owner)
{
    uint32_t kind = find_kind(o, owner);
    if (kind != CHAINED || o->kind_count == PORT_OWNER_KINDS)
        return kind;
    o->kinds[o->kind_count] = *owner;
    return o->kind_count++;
}

/* --- chains ---------------------------------------------------------------------------
 */

static uint32_t new_record(struct port_owners *o, struct port_owner_record r)
{
    uint32_t i = o->unused;
    if (i) {
        o->unused = o->records[i].next;
    } else {
        i = ++o->used;
        if (i >= o->capacity) {
            o->capacity = (uint32_t)memory_grown(o->capacity, i + 1);
            o->records = memory_resize(o->records, o->capacity, sizeof *o->records);
        }
    }
    o->records[i] = r;
    return i;
}

/* Returns the chain's new head. */
static uint32_t chain_add(struct port_owners *o, uint32_t head,
                          const struct port_owner *owner, uint32_t count)
{
    for (uint32_t i = head; i; i = o->records[i].next) {
        if (same_owner(&o->records[i].owner, owner)) {
            o->records[i].count += count;
            return head;
        }
    }
    return new_record(o, (struct port_owner_record){*owner, count, head});
}

/* Takes one holder out of the chain; returns its new head, 0 when nobody is left. */
static uint32_t chain_remove(struct port_owners *o, uint32_t head,
                             const struct port_owner *owner)
{
    uint32_t *link = &head;
    while (*link && !same_owner(&o->records[*link].owner, owner))
        link = &o->records[*link].next;
    uint32_t i = *link;
    SIM_ASSERT(i != 0);
    if (--o->records[i].count == 0) {
        *link = o->records[i].next;
        o->records[i].next = o->unused;
        o->unused = i;
    }
    return head;
}

/* Head of the port's holders as a chain, whatever form they had. */
static uint32_t as_chain(struct port_owners *o, uint32_t number)
{
    if (number == 0 || kind_of(number) == CHAINED)
        return rest_of(number);
    return chain_add(o, 0, &o->kinds[kind_of(number)], rest_of(number));
}

/* --- verbs ----------------------------------------------------------------------------
 */

bool port_owners_add(struct port_owners *o, uint16_t port, struct port_owner owner)
{
    bool is_new = port_set_add(&o->held, port);
    uint32_t number = is_new ? 0 : number_of(o, port);
    uint32_t kind = learn_kind(o, &owner);
    if (kind != CHAINED && (is_new || kind_of(number) == kind))
        set_number(o, port, number, number_from(kind, rest_of(number) + 1));
    else
        set_number(o, port, number,
                   number_from(CHAINED, chain_add(o, as_chain(o, number), &owner, 1)));
    return is_new;
}

static unsigned facts_of(const struct port_owner *owner, uint32_t local_address)
{
    return PORT_HAS_OWNER |
           (owner->local_address == local_address ? PORT_HAS_OWNER_HERE : 0u) |
           (owner->origin != PORT_BY_CONNECT ? PORT_HAS_BOUND : 0u) |
           (owner->origin == PORT_BY_LISTEN ? PORT_HAS_LISTENER : 0u);
}

static unsigned facts_of_chain(const struct port_owners *o, uint32_t head,
                               uint32_t local_address)
{
    unsigned facts = 0;
    for (uint32_t i = head; i; i = o->records[i].next)
        facts |= facts_of(&o->records[i].owner, local_address);
    return facts;
}

static void let_go(struct port_owners *o, uint16_t port)
{
    port_set_remove(&o->held, port);
    if (o->held.count == 0)
        port_owners_clear(o);
}

unsigned port_owners_remove(struct port_owners *o, uint16_t port, struct port_owner owner)
{
    uint32_t number = number_of(o, port);
    uint32_t kind = kind_of(number), rest;
    SIM_ASSERT(number != 0);
    if (kind == CHAINED) {
        rest = chain_remove(o, rest_of(number), &owner);
    } else {
        SIM_ASSERT(same_owner(&o->kinds[kind], &owner));
        rest = rest_of(number) - 1;
    }
    set_number(o, port, number, rest ? number_from(kind, rest) : 0);
    if (rest)
        return kind == CHAINED ? facts_of_chain(o, rest, owner.local_address)
                               : facts_of(&owner, owner.local_address);
    let_go(o, port);
    return 0;
}

uint32_t port_owners_list(const struct port_owners *o, uint16_t port,
                          struct port_owner_count *out, uint32_t size)
{
    uint32_t number = number_of(o, port), found = 0;
    if (number != 0 && kind_of(number) != CHAINED) {
        if (size)
            out[0] =
                (struct port_owner_count){o->kinds[kind_of(number)], rest_of(number)};
        return 1;
    }
    for (uint32_t i = rest_of(number); i; i = o->records[i].next, found++)
        if (found < size)
            out[found] =
                (struct port_owner_count){o->records[i].owner, o->records[i].count};
    return found;
}

bool port_owners_any(const struct port_owners *o, uint16_t port,
                     bool (*is)(const struct port_owner *owner, const void *context),
                     const void *context)
{
    uint32_t number = number_of(o, port);
    if (number != 0 && kind_of(number) != CHAINED)
        return is(&o->kinds[kind_of(number)], context);
    for (uint32_t i = rest_of(number); i; i = o->records[i].next)
        if (is(&o->records[i].owner, context))
            return true;
    return false;
}

void port_owners_clear(struct port_owners *o)
{
    port_map_clear(&o->ports);
    port_set_clear(&o->held);
    free(o->records);
    *o = (struct port_owners){0};
}

size_t port_owners_bytes(const struct port_owners *o)
{
    return port_map_bytes(&o->ports) + port_set_bytes(&o->held) +
           o->capacity * sizeof *o->records;
}
