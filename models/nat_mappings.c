#include "models/nat_mappings.h"

#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

#define GENERATIONS 15 /* four bits of a SYN's event */

void nat_mappings_init(struct nat_mappings *t)
{
    *t = (struct nat_mappings){0};
    for (int side = 0; side < NAT_SIDE_COUNT; side++) {
        t->index[side].size = 16;
        t->index[side].slots =
            memory_new(t->index[side].size, sizeof *t->index[side].slots);
    }
}

void nat_mappings_free(struct nat_mappings *t)
{
    free(t->at);
    for (int side = 0; side < NAT_SIDE_COUNT; side++)
        free(t->index[side].slots);
    *t = (struct nat_mappings){0};
}

uint32_t nat_mappings_open(struct nat_mappings *t)
{
    uint32_t mapping = t->free;
    if (mapping) {
        t->free = t->at[mapping].sender;
    } else {
        if (t->used + 1 >= t->capacity) {
            t->capacity = (uint32_t)memory_grown(t->capacity, (size_t)t->used + 2);
            t->at = memory_resize(t->at, t->capacity, sizeof *t->at);
        }
        mapping = ++t->used;
        t->at[mapping] = (struct nat_mapping){0};
    }
    uint8_t generation = (t->at[mapping].generation + 1) & GENERATIONS;
    t->at[mapping] = (struct nat_mapping){.generation = generation};
    t->live++;
    return mapping;
}

void nat_mappings_close(struct nat_mappings *t, uint32_t mapping)
{
    struct nat_mapping *m = &t->at[mapping];
    for (int side = 0; side < NAT_SIDE_COUNT; side++)
        if (m->found & 1u << side)
            nat_mappings_hide(t, mapping, (enum nat_side)side);
    *m = (struct nat_mapping){.generation = m->generation, .sender = t->free};
    t->free = mapping;
    t->live--;
}

/* --- index ----------------------------------------------------------------------------
 */

static struct nat_flow flow_of(const struct nat_mapping *m, enum nat_side side)
{
    if (side == NAT_OUTSIDE)
        return (struct nat_flow){
            .address = m->outside_address, .port = m->outside_port, .to = m->to};
    return (struct nat_flow){.member = m->member,
                             .address = m->inside_address,
                             .port = m->inside_port,
                             .to = m->to};
}

static bool same_flow(const struct nat_flow *a, const struct nat_flow *b)
{
    return a->port == b->port && a->address == b->address && a->member == b->member &&
           a->to.address == b->to.address && a->to.port == b->to.port;
}

static uint32_t home(const struct nat_index *index, const struct nat_flow *f)
{
    uint64_t x = (uint64_t)f->to.address << 32 | (uint32_t)f->to.port << 16 | f->port;
    uint64_t who = (uint64_t)f->member << 32 | f->address;
    x = (x ^ who * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93u;
    return (uint32_t)(x >> 32) & (index->size - 1);
}

static uint32_t home_of(const struct nat_mappings *t, uint32_t mapping,
                        enum nat_side side)
{
    struct nat_flow flow = flow_of(&t->at[mapping], side);
    return home(&t->index[side], &flow);
}

uint32_t nat_mappings_find(const struct nat_mappings *t, enum nat_side side,
                           const struct nat_flow *flow)
{
    const struct nat_index *index = &t->index[side];
    uint32_t mask = index->size - 1;
    for (uint32_t i = home(index, flow); index->slots[i]; i = (i + 1) & mask) {
        struct nat_flow there = flow_of(&t->at[index->slots[i]], side);
        if (same_flow(&there, flow))
            return index->slots[i];
    }
    return 0;
}

static void put(struct nat_mappings *t, uint32_t mapping, enum nat_side side)
{
    struct nat_index *index = &t->index[side];
    uint32_t i = home_of(t, mapping, side);
    while (index->slots[i])
        i = (i + 1) & (index->size - 1);
    index->slots[i] = mapping;
}

static void grow(struct nat_mappings *t, enum nat_side side)
{
    struct nat_index *index = &t->index[side];
    uint32_t *old = index->slots, old_size = index->size;
    index->size *= 2;
    index->slots = memory_new(index->size, sizeof *index->slots);
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i])
            put(t, old[i], side);
    free(old);
}

void nat_mappings_show(struct nat_mappings *t, uint32_t mapping, enum nat_side side)
{
    if (t->index[side].count >= t->index[side].size / 2)
        grow(t, side);
    put(t, mapping, side);
    t->index[side].count++;
    t->at[mapping].found |= (uint8_t)(1u << side);
}

/* Linear probing without tombstones: what follows moves up into the gap. */
void nat_mappings_hide(struct nat_mappings *t, uint32_t mapping, enum nat_side side)
{
    struct nat_index *index = &t->index[side];
    uint32_t mask = index->size - 1;
    uint32_t gap = home_of(t, mapping, side);
    while (index->slots[gap] != mapping) {
        SIM_ASSERT(index->slots[gap] != 0);
        gap = (gap + 1) & mask;
    }
    for (uint32_t i = (gap + 1) & mask; index->slots[i]; i = (i + 1) & mask) {
        uint32_t from = home_of(t, index->slots[i], side);
        if (((i - from) & mask) >= ((i - gap) & mask)) {
            index->slots[gap] = index->slots[i];
            gap = i;
        }
    }
    index->slots[gap] = 0;
    index->count--;
    t->at[mapping].found &= (uint8_t) ~(1u << side);
}

size_t nat_mappings_bytes(const struct nat_mappings *t)
{
    size_t bytes = (size_t)t->capacity * sizeof *t->at;
    for (int side = 0; side < NAT_SIDE_COUNT; side++)
        bytes += (size_t)t->index[side].size * sizeof *t->index[side].slots;
    return bytes;
}
