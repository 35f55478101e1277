#include "models/port_tuples.h"

#include <stdlib.h>

#include "models/port_hash.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

#define SIZE_MIN 4

static uint32_t home(const struct port_tuples *t, uint32_t local_address,
                     struct port_destination to)
{
    return (uint32_t)port_hash(0, local_address, to) & (t->size - 1);
}

/* The key's slot, or the empty one where it would stand. */
static struct port_tuple *find(const struct port_tuples *t, uint32_t local_address,
                               struct port_destination to)
{
    uint32_t i = home(t, local_address, to);
    for (;; i = (i + 1) & (t->size - 1)) {
        struct port_tuple *slot = &t->slots[i];
        if (slot->ports.count == 0)
            return slot;
        if (slot->local_address == local_address && slot->to.address == to.address &&
            slot->to.port == to.port)
            return slot;
    }
}

static void resize(struct port_tuples *t, uint32_t size)
{
    struct port_tuples old = *t;
    t->size = size;
    t->slots = memory_new(size, sizeof *t->slots);
    for (uint32_t i = 0; i < old.size; i++) {
        const struct port_tuple *slot = &old.slots[i];
        if (slot->ports.count)
            *find(t, slot->local_address, slot->to) = *slot;
    }
    free(old.slots);
}

/* Moves back what stood behind the hole only because the hole was taken. */
static void close_hole(struct port_tuples *t, uint32_t hole)
{
    uint32_t mask = t->size - 1;
    for (uint32_t i = (hole + 1) & mask; t->slots[i].ports.count; i = (i + 1) & mask) {
        uint32_t at_home = home(t, t->slots[i].local_address, t->slots[i].to);
        if (((i - at_home) & mask) < ((i - hole) & mask))
            continue;
        t->slots[hole] = t->slots[i];
        t->slots[i] = (struct port_tuple){0};
        hole = i;
    }
}

const struct port_set *port_tuples_find(const struct port_tuples *t,
                                        uint32_t local_address,
                                        struct port_destination to)
{
    if (t->used == 0)
        return NULL;
    const struct port_tuple *slot = find(t, local_address, to);
    return slot->ports.count ? &slot->ports : NULL;
}

/* The key's slot, made if need be; the caller puts a port into it at once. */
static struct port_tuple *obtain(struct port_tuples *t, uint32_t local_address,
                                 struct port_destination to)
{
    if (t->used >= t->size / 4 * 3)
        resize(t, t->size ? t->size * 2 : SIZE_MIN);
    struct port_tuple *slot = find(t, local_address, to);
    if (slot->ports.count == 0) {
        slot->local_address = local_address;
        slot->to = to;
        t->used++;
    }
    return slot;
}

bool port_tuples_add(struct port_tuples *t, uint32_t local_address,
                     struct port_destination to, uint16_t port)
{
    return port_set_add(&obtain(t, local_address, to)->ports, port);
}

void port_tuples_adopt(struct port_tuples *t, uint32_t local_address,
                       struct port_destination to, struct port_set ports)
{
    struct port_tuple *slot = obtain(t, local_address, to);
    SIM_ASSERT(slot->ports.count == 0 && ports.count > 0);
    slot->ports = ports;
}

bool port_tuples_remove(struct port_tuples *t, uint32_t local_address,
                        struct port_destination to, uint16_t port)
{
    if (t->used == 0)
        return false;
    struct port_tuple *slot = find(t, local_address, to);
    if (!port_set_remove(&slot->ports, port))
        return false;
    if (slot->ports.count == 0) {
        t->used--;
        close_hole(t, (uint32_t)(slot - t->slots));
        if (t->size > SIZE_MIN && t->used < t->size / 8)
            resize(t, t->size / 2);
    }
    return true;
}

void port_tuples_clear(struct port_tuples *t)
{
    for (uint32_t i = 0; i < t->size; i++)
        port_set_clear(&t->slots[i].ports);
    free(t->slots);
    *t = (struct port_tuples){0};
}

size_t port_tuples_bytes(const struct port_tuples *t)
{
    size_t bytes = t->size * sizeof *t->slots;
    for (uint32_t i = 0; i < t->size; i++)
        bytes += port_set_bytes(&t->slots[i].ports);
    return bytes;
}
