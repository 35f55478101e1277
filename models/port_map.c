#include "models/port_map.h"

#include <stdlib.h>

#include "sim/base/memory.h"

/* Where the port stands in the list; `count` when it does not. */
static uint32_t place(const struct port_map *m, uint16_t port)
{
    uint32_t i = 0;
    while (i < m->count && m->few[i].port != port)
        i++;
    return i;
}

uint32_t port_map_get(const struct port_map *m, uint16_t port)
{
    if (m->blocks) {
        const uint32_t *block = m->blocks[port / PORT_MAP_BLOCK];
        return block ? block[port % PORT_MAP_BLOCK] : 0;
    }
    uint32_t i = place(m, port);
    return i < m->count ? m->few[i].number : 0;
}

static void set_in_block(struct port_map *m, uint16_t port, uint32_t number)
{
    uint32_t **block = &m->blocks[port / PORT_MAP_BLOCK];
    if (!*block) {
        *block = memory_new(PORT_MAP_BLOCK, sizeof **block);
        m->touched++;
    }
    uint32_t *at = &(*block)[port % PORT_MAP_BLOCK];
    m->count += (uint32_t)(number != 0) - (uint32_t)(*at != 0);
    *at = number;
}

static void become_many(struct port_map *m)
{
    struct port_map_entry *few = m->few;
    uint32_t count = m->count;
    *m = (struct port_map){.blocks = memory_new(PORT_MAP_BLOCKS, sizeof *m->blocks)};
    for (uint32_t i = 0; i < count; i++)
        set_in_block(m, few[i].port, few[i].number);
    free(few);
}

static void append(struct port_map *m, uint16_t port, uint32_t number)
{
    if (m->count == m->capacity) {
        m->capacity = (uint16_t)memory_grown(m->capacity, m->count + 1);
        m->few = memory_resize(m->few, m->capacity, sizeof *m->few);
    }
    m->few[m->count++] = (struct port_map_entry){port, number};
}

void port_map_set(struct port_map *m, uint16_t port, uint32_t number)
{
    if (m->blocks) {
        set_in_block(m, port, number);
        if (m->count == 0)
            port_map_clear(m);
        return;
    }
    uint32_t i = place(m, port);
    if (i < m->count && number != 0) {
        m->few[i].number = number;
    } else if (i < m->count) {
        m->few[i] = m->few[--m->count];
    } else if (number != 0 && m->count < PORT_MAP_FEW) {
        append(m, port, number);
    } else if (number != 0) {
        become_many(m);
        set_in_block(m, port, number);
    }
}

void port_map_clear(struct port_map *m)
{
    for (uint32_t i = 0; m->blocks && i < PORT_MAP_BLOCKS; i++)
        free(m->blocks[i]);
    free(m->blocks);
    free(m->few);
    *m = (struct port_map){0};
}

size_t port_map_bytes(const struct port_map *m)
{
    size_t blocks = m->blocks ? PORT_MAP_BLOCKS * sizeof *m->blocks : 0;
    return blocks + m->capacity * sizeof *m->few +
           m->touched * PORT_MAP_BLOCK * sizeof **m->blocks;
}
