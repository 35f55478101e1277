#include "models/alloc/slot_table.h"

#include <stdlib.h>

#include "sim/base/memory.h"

#define SIZE_MIN 4

/* The slot's entry, or the unused one where it would stand.  Slots are hashes already:
 * their low bits spread. */
static struct slot_entry *find(const struct slot_table *t, uint32_t slot)
{
    uint32_t i = slot & (t->size - 1);
    while (t->entries[i].key && t->entries[i].key != slot + 1)
        i = (i + 1) & (t->size - 1);
    return &t->entries[i];
}

static void resize(struct slot_table *t, uint32_t size)
{
    struct slot_table old = *t;
    t->size = size;
    t->entries = memory_new(size, sizeof *t->entries);
    for (uint32_t i = 0; i < old.size; i++)
        if (old.entries[i].key)
            *find(t, old.entries[i].key - 1) = old.entries[i];
    free(old.entries);
}

uint32_t slot_table_get(const struct slot_table *t, uint32_t slot)
{
    return t->used ? find(t, slot)->value : 0;
}

void slot_table_add(struct slot_table *t, uint32_t slot, uint32_t by)
{
    if (t->used >= t->size / 2)
        resize(t, t->size ? t->size * 2 : SIZE_MIN);
    struct slot_entry *entry = find(t, slot);
    t->used += entry->key == 0;
    entry->key = slot + 1;
    entry->value += by;
}

void slot_table_clear(struct slot_table *t)
{
    free(t->entries);
    *t = (struct slot_table){0};
}
