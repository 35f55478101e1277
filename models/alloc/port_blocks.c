#include "models/alloc/port_blocks.h"

#include <stdlib.h>

#include "models/alloc/walks.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

static const struct port_answer no_port = {.probes = 1};

void port_blocks_init(struct port_blocks *b, struct port_range range, uint32_t size,
                      sim_ns quarantine)
{
    SIM_ASSERT(size >= 1 && size <= PORT_COUNT);
    uint32_t count = (PORT_COUNT + size - 1) / size;
    *b = (struct port_blocks){.size = size,
                              .low = range.low,
                              .count = count,
                              .quarantine = quarantine,
                              .at = memory_new(count, sizeof *b->at)};
}

void port_blocks_clear(struct port_blocks *b)
{
    free(b->at);
    free(b->owners);
    slot_table_clear(&b->numbers);
    *b = (struct port_blocks){0};
}

uint32_t port_blocks_owner(struct port_blocks *b, uint32_t inside_host)
{
    uint32_t known = slot_table_get(&b->numbers, inside_host);
    if (known)
        return known - 1;
    if (b->owner_count == b->owner_capacity) {
        b->owner_capacity = (uint32_t)memory_grown(b->owner_capacity, b->owner_count + 1);
        b->owners = memory_resize(b->owners, b->owner_capacity, sizeof *b->owners);
    }
    b->owners[b->owner_count++] = (struct port_block_owner){0};
    slot_table_add(&b->numbers, inside_host, b->owner_count);
    return b->owner_count - 1;
}

/* --- whose ---------------------------------------------------------------------------
 */

/* The block's ports inside `range`; false when there are none. */
static bool ports_of(const struct port_blocks *b, uint32_t block, struct port_range range,
                     struct port_range *ports)
{
    uint32_t first = (b->low + block * b->size) % PORT_COUNT;
    uint32_t last = first + b->size - 1;
    first = first > range.low ? first : range.low;
    last = last < range.high ? last : range.high;
    *ports = (struct port_range){(uint16_t)first, (uint16_t)last};
    return first <= last;
}

static bool is_to_be_had(const struct port_blocks *b, uint32_t block, uint32_t owner,
                         struct port_range range, sim_ns now)
{
    const struct port_block *candidate = &b->at[block];
    struct port_range ports;
    if (candidate->owner || !ports_of(b, block, range, &ports))
        return false;
    return candidate->last == 0 || candidate->last == owner + 1 ||
           now - candidate->rested >= b->quarantine;
}

/* One past the last block that may have ports of the range: `count` where the range goes
 * round the end of the blocks. */
static uint32_t end_of(const struct port_blocks *b, struct port_range range)
{
    uint32_t first = port_blocks_of(b, range.low), last = port_blocks_of(b, range.high);
    return first <= last ? last + 1 : b->count;
}

bool port_blocks_claim(struct port_blocks *b, uint32_t owner, struct port_range range,
                       sim_ns now)
{
    uint32_t block = b->lowest, end = end_of(b, range);
    while (block < end && !is_to_be_had(b, block, owner, range, now))
        block++;
    if (block >= end)
        return false;
    struct port_block_owner *o = &b->owners[owner];
    b->at[block].owner = b->at[block].last = owner + 1;
    b->at[block].older = o->active;
    o->active = block + 1;
    o->blocks++;
    o->since = now;
    while (b->lowest < b->count && b->at[b->lowest].owner)
        b->lowest++;
    return true;
}

void port_blocks_disown(struct port_blocks *b, uint32_t block)
{
    SIM_ASSERT(b->at[block].owner);
    struct port_block_owner *o = &b->owners[b->at[block].owner - 1];
    uint32_t *link = &o->active;
    while (*link != block + 1)
        link = &b->at[*link - 1].older;
    *link = b->at[block].older;
    b->at[block].owner = 0;
    o->blocks--;
    b->lowest = block < b->lowest ? block : b->lowest;
}

/* --- looking --------------------------------------------------------------------------
 */

struct port_answer port_blocks_pick_active(const struct port_blocks *b, uint32_t owner,
                                           const struct port_request *request,
                                           struct random_stream *chance)
{
    uint32_t active = b->owners[owner].active;
    struct port_view view = port_request_view(request);
    if (active == 0 || !ports_of(b, active - 1, request->range, &view.range))
        return no_port;
    return walk_pick(&view, chance);
}

/* Free ports of the blocks from the active one, `block`, to their owner's oldest. */
static uint32_t count_free(const struct port_blocks *b, uint32_t block,
                           const struct port_request *request, struct port_view *view)
{
    uint32_t free = 0;
    for (uint32_t i = block; i; i = b->at[i - 1].older)
        if (ports_of(b, i - 1, request->range, &view->range))
            free += port_view_count(view);
    return free;
}

/* The free port number `n` of those that count_free() counts. */
static uint16_t nth_free(const struct port_blocks *b, uint32_t block,
                         const struct port_request *request, struct port_view *view,
                         uint32_t n)
{
    for (uint32_t i = block; i; i = b->at[i - 1].older) {
        if (!ports_of(b, i - 1, request->range, &view->range))
            continue;
        uint32_t free = port_view_count(view);
        if (n < free)
            return port_view_nth(view, n);
        n -= free;
    }
    return 0;
}

/* A draw from the whole range that happens to be one of the owner's free ports, which it
 * soon is for who owns many blocks; 0: none was. */
static uint16_t draw(const struct port_blocks *b, uint32_t owner,
                     const struct port_view *view, struct random_stream *chance)
{
    uint32_t size = port_range_size(view->range);
    for (uint32_t i = 0; i < 8; i++) {
        uint16_t port = (uint16_t)(view->range.low + random_below(chance, size));
        if (b->at[port_blocks_of(b, port)].owner == owner + 1 &&
            port_view_free(view, port))
            return port;
    }
    return 0;
}

static bool has_free(const struct port_view *view)
{
    struct port_walk walk = {
        .first = view->range.low, .step = 1, .candidates = port_range_size(view->range)};
    return port_view_scan(view, walk).port != 0;
}

struct port_answer port_blocks_pick(const struct port_blocks *b, uint32_t owner,
                                    const struct port_request *request,
                                    struct random_stream *chance)
{
    uint32_t block = b->owners[owner].active;
    if (block == 0)
        return no_port;
    struct port_view view = port_request_view(request);
    if (!has_free(&view)) /* one look at a full range, not one for each block */
        return no_port;
    struct port_answer answer = {.port = draw(b, owner, &view, chance), .probes = 1};
    if (answer.port)
        return answer;
    uint32_t free = count_free(b, block, request, &view);
    if (free)
        answer.port = nth_free(b, block, request, &view, random_below(chance, free));
    return answer;
}

struct port_answer port_blocks_pick_own(struct port_blocks *b, uint32_t owners,
                                        const struct port_request *request,
                                        struct random_stream *chance)
{
    uint32_t owner = port_blocks_owner(b, request->inside_host);
    if (owner < owners && b->owners[owner].active == 0)
        port_blocks_claim(b, owner, request->range, request->now);
    return port_blocks_pick_active(b, owner, request, chance);
}

/* --- holders --------------------------------------------------------------------------
 */

uint32_t port_blocks_of(const struct port_blocks *b, uint16_t port)
{
    return (uint16_t)(port - b->low) / b->size;
}

uint32_t port_blocks_taken(struct port_blocks *b, uint16_t port)
{
    uint32_t block = port_blocks_of(b, port);
    b->at[block].holders++;
    return block;
}

uint32_t port_blocks_released(struct port_blocks *b, uint16_t port, sim_ns now)
{
    uint32_t block = port_blocks_of(b, port);
    if (b->at[block].holders)
        b->at[block].holders--;
    b->at[block].rested = now;
    return block;
}

/* --- pools ----------------------------------------------------------------------------
 */

void port_block_pools_init(struct port_block_pools *p, struct port_range range,
                           uint32_t size, sim_ns quarantine)
{
    *p =
        (struct port_block_pools){.range = range, .size = size, .quarantine = quarantine};
}

struct port_blocks *port_block_pool(struct port_block_pools *p, uint32_t local_address)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (p->at[i].local_address == local_address)
            return &p->at[i].blocks;
    p->at = memory_resize(p->at, p->count + 1, sizeof *p->at);
    struct port_block_pool *pool = &p->at[p->count++];
    pool->local_address = local_address;
    port_blocks_init(&pool->blocks, p->range, p->size, p->quarantine);
    return &pool->blocks;
}

struct port_blocks *port_block_pool_owning(struct port_block_pools *p,
                                           uint32_t inside_host, uint16_t port)
{
    for (uint32_t i = 0; i < p->count; i++) {
        struct port_blocks *b = &p->at[i].blocks;
        uint32_t number = slot_table_get(&b->numbers, inside_host);
        if (number && b->at[port_blocks_of(b, port)].owner == number)
            return b;
    }
    return NULL;
}

size_t port_block_pools_size(const void *config)
{
    (void)config;
    return sizeof(struct port_block_pools);
}

void port_block_pools_free(void *state, const void *config)
{
    (void)config;
    struct port_block_pools *p = state;
    for (uint32_t i = 0; i < p->count; i++)
        port_blocks_clear(&p->at[i].blocks);
    free(p->at);
}

void port_block_pools_taken(void *state, const void *config, uint16_t port,
                            uint32_t inside_host, sim_ns now)
{
    (void)config;
    (void)now;
    struct port_blocks *b = port_block_pool_owning(state, inside_host, port);
    if (b)
        port_blocks_taken(b, port);
}
