/* A table of up to 2^32 - 1 counters that start at 0, of which few ever move.
 *
 * Linux keeps 65,536 of them for the whole machine (256 KiB); a simulated host that talks
 * to three servers keeps three.  Open addressing, at most half full.
 *
 *     get, add    one look-up; add doubles the table now and then
 *     memory      8 bytes a place: 16 to 32 bytes for each counter that moved
 *
 * {0} is empty.
 */
#ifndef MODELS_ALLOC_SLOT_TABLE_H
#define MODELS_ALLOC_SLOT_TABLE_H

#include <stdint.h>

struct slot_entry {
    uint32_t key; /* slot + 1; 0: unused */
    uint32_t value;
};

struct slot_table {
    struct slot_entry *entries; /* `size` of them: a power of two, or 0 */
    uint32_t size;
    uint32_t used;
};

uint32_t slot_table_get(const struct slot_table *t, uint32_t slot);

/* Counts modulo 2^32. */
void slot_table_add(struct slot_table *t, uint32_t slot, uint32_t by);

/* All counters are 0 again; the memory is given back. */
void slot_table_clear(struct slot_table *t);

#endif
