/* The holders of every port of a host by kind: struct port_owner, with a count each.
 *
 * Nearly all ports of nearly all hosts have holders of one kind, and a host has few
 * kinds: the first PORT_OWNER_KINDS it meets are known by a number, and a port whose
 * holders are all of one of them is one word, number and count.  One holder of the first
 * kind, the commonest of all, is no more than the bit that says the port is held.  Any
 * other port is a chain of records.
 *
 *     add, remove           O(kinds on the port)
 *     memory                models/port_set.h and models/port_map.h, and 20 bytes for
 *                           each kind on a port that has several, or one that came
 *                           after the first seven
 *
 * Private to the port space.  {0} is empty.
 */
#ifndef MODELS_PORT_OWNERS_H
#define MODELS_PORT_OWNERS_H

#include "models/port_map.h"
#include "models/port_set.h"
#include "models/port_space.h"

#define PORT_OWNER_KINDS 7

struct port_owner_record {
    struct port_owner owner;
    uint32_t count;
    uint32_t next; /* of the same port, or of the unused ones; 0 = last */
};

struct port_owners {
    struct port_set held;  /* ports with a holder */
    struct port_map ports; /* of those: 0, one holder of the first kind; kind | count <<
                              3; CHAINED | record << 3 */
    uint32_t kind_count;
    struct port_owner kinds[PORT_OWNER_KINDS];
    struct port_owner_record *records; /* [1 .. used] */
    uint32_t used, capacity, unused;   /* `unused`: head of those given back */
};

/* True if nobody held the port before. */
bool port_owners_add(struct port_owners *o, uint16_t port, struct port_owner owner);

enum port_owner_facts {
    PORT_HAS_OWNER = 1,
    PORT_HAS_OWNER_HERE = 2, /* with the same local address */
    PORT_HAS_BOUND = 4,      /* who called bind() or listen() */
    PORT_HAS_LISTENER = 8,
};

/* Returns what is true of the port without the owner: a set of enum port_owner_facts,
 * `here` being the owner's local address.  Removing what was not added is a bug. */
unsigned port_owners_remove(struct port_owners *o, uint16_t port,
                            struct port_owner owner);

/* The kinds on the port, up to `size` of them in `out`; returns how many there are. */
uint32_t port_owners_list(const struct port_owners *o, uint16_t port,
                          struct port_owner_count *out, uint32_t size);

/* True if `is` holds of any kind on the port. */
bool port_owners_any(const struct port_owners *o, uint16_t port,
                     bool (*is)(const struct port_owner *owner, const void *context),
                     const void *context);

void port_owners_clear(struct port_owners *o);

/* What it allocated, without the struct itself. */
size_t port_owners_bytes(const struct port_owners *o);

#endif
