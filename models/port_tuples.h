/* The ports held by each (local address, destination): a hash table of port sets.
 *
 * Open addressing with linear probing, 64 bytes a slot, at most three quarters full; a
 * key whose set empties leaves the table, so a destination met once costs nothing for
 * long. Nothing ever walks the table, so its order reaches no result.
 *
 *     find, add, remove    one look-up, then models/port_set.h
 *     memory               64 bytes a slot; doubles, and halves below one eighth
 *
 * Private to the port space.  {0} is empty.
 */
#ifndef MODELS_PORT_TUPLES_H
#define MODELS_PORT_TUPLES_H

#include "models/port_set.h"
#include "models/port_space.h"

struct port_tuple {
    struct port_set ports; /* empty: an unused slot */
    uint32_t local_address;
    struct port_destination to;
};
_Static_assert(sizeof(struct port_tuple) == 64, "a slot is as large as a cache line");

struct port_tuples {
    struct port_tuple *slots; /* `size` of them: a power of two, or 0 */
    uint32_t size;
    uint32_t used;
};

/* NULL when no port is held.  Valid until the next change. */
const struct port_set *port_tuples_find(const struct port_tuples *t,
                                        uint32_t local_address,
                                        struct port_destination to);

/* True if the port was not held before. */
bool port_tuples_add(struct port_tuples *t, uint32_t local_address,
                     struct port_destination to, uint16_t port);

/* The key, which had no ports, gets those of `ports`, a set of its own from now on. */
void port_tuples_adopt(struct port_tuples *t, uint32_t local_address,
                       struct port_destination to, struct port_set ports);

/* True if the port was held. */
bool port_tuples_remove(struct port_tuples *t, uint32_t local_address,
                        struct port_destination to, uint16_t port);

void port_tuples_clear(struct port_tuples *t);

/* What it allocated, without the struct itself.  Walks the table. */
size_t port_tuples_bytes(const struct port_tuples *t);

#endif
