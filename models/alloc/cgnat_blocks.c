/* Carrier-grade NAT with port-block allocation: a subscriber gets a block of ports, and
 * another one when that has none left, up to a number of blocks.
 *
 * As Junos documents it [MODEL.md A7.9]: new connections use the active block.  It stops
 * being active when it runs out of ports, or when its time is over; a block that is not
 * active and has no port in use goes back to the pool.  Inferences: the pool deals out
 * its lowest block; a block whose time is over goes back as soon as it is unused; at the
 * maximum of blocks any free port of theirs is used.
 *
 * RFC 6888 REQ-8: a block rests before another subscriber may have it.  RFC 4787 REQ-1
 * (endpoint-independent mapping): a port is one inside endpoint's, whatever the
 * destination.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/port_blocks.h"

struct config {
    uint32_t block_size;
    uint32_t max_blocks;
    sim_ns active_timeout; /* 0: none */
    sim_ns quarantine;
};

static void init(void *state, const void *config, struct port_range range,
                 struct random_stream *chance)
{
    (void)chance;
    const struct config *c = config;
    uint32_t most = port_range_size(range);
    port_block_pools_init(state, range, c->block_size < most ? c->block_size : most,
                          c->quarantine);
}

static uint32_t most_ports(const void *config, struct port_range range)
{
    const struct config *c = config;
    uint64_t most = (uint64_t)c->block_size * c->max_blocks;
    return most < port_range_size(range) ? (uint32_t)most : port_range_size(range);
}

static bool is_over(const struct config *c, const struct port_block_owner *o, sim_ns now)
{
    return c->active_timeout && o->active && now - o->since >= c->active_timeout;
}

/* Takes back the active blocks whose time is over and that nobody uses. */
static void collect_unused(struct port_blocks *b, const struct config *c, sim_ns now)
{
    for (uint32_t i = 0; c->active_timeout && i < b->owner_count; i++) {
        uint32_t active = b->owners[i].active;
        if (is_over(c, &b->owners[i], now) && b->at[active - 1].holders == 0)
            port_blocks_disown(b, active - 1);
    }
}

static bool obtain_block(struct port_blocks *b, const struct config *c, uint32_t owner,
                         const struct port_request *request)
{
    if (b->owners[owner].blocks >= c->max_blocks)
        return false;
    collect_unused(b, c, request->now);
    return port_blocks_claim(b, owner, request->range, request->now);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct port_blocks *b = port_block_pool(state, request->local_address);
    const struct config *c = config;
    uint32_t owner = port_blocks_owner(b, request->inside_host);
    if (is_over(c, &b->owners[owner], request->now))
        obtain_block(b, c, owner, request);
    struct port_answer answer = port_blocks_pick_active(b, owner, request, chance);
    if (answer.port)
        return answer;
    if (obtain_block(b, c, owner, request))
        return port_blocks_pick_active(b, owner, request, chance);
    return port_blocks_pick(b, owner, request, chance);
}

static void released(void *state, const void *config, uint16_t port, uint32_t inside_host,
                     sim_ns now)
{
    (void)config;
    struct port_blocks *b = port_block_pool_owning(state, inside_host, port);
    if (!b)
        return;
    uint32_t block = port_blocks_released(b, port, now);
    const struct port_block_owner *o = &b->owners[b->at[block].owner - 1];
    if (b->at[block].holders == 0 && o->active != block + 1)
        port_blocks_disown(b, block);
}

static void check(const void *self, const struct field_check *check)
{
    const struct config *c = self;
    if (c->active_timeout && c->active_timeout < 120 * SIM_S)
        field_complain(check, "active_timeout", "0, or 120 s and more [Junos]");
}

static const struct field rows[] = {
    {.key = "block_size",
     .type = FIELD_U32,
     .offset = offsetof(struct config, block_size),
     .fallback = "128",
     .min = 1,
     .max = 60000,
     .help = "ports of a block"},
    {.key = "max_blocks",
     .type = FIELD_U32,
     .offset = offsetof(struct config, max_blocks),
     .fallback = "8",
     .min = 1,
     .max = 512,
     .help = "blocks a subscriber may have"},
    {.key = "active_timeout",
     .type = FIELD_DURATION,
     .offset = offsetof(struct config, active_timeout),
     .fallback = "\"0s\"",
     .min = 0,
     .max = 86400,
     .help = "how long a block is the active one; \"0s\": until it is full; else 120 s "
             "and more"},
    {.key = "quarantine",
     .type = FIELD_DURATION,
     .offset = offsetof(struct config, quarantine),
     .fallback = "\"120s\"",
     .min = 0,
     .max = 86400,
     .help = "rest of a block before another subscriber may have it (RFC 6888 REQ-8)"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator cgnat-blocks",
    .size = sizeof(struct config),
    .rows = rows,
    .check = check,
};

const struct port_allocator_ops port_allocator_cgnat_blocks = {
    .name = "cgnat-blocks",
    .summary = "blocks of 128 ports for each subscriber, another when one is full, 8 at "
               "most",
    .systems = "carrier-grade NAT with port-block allocation; the defaults are Junos'",
    .source = "Junos secured-port-block-allocation; RFC 6888 REQ-8, RFC 4787 REQ-1; "
              "MODEL.md A7.9.  The order of blocks and ports is an inference",
    .order = "uniform over the free ports of the active block",
    .state = "whose each block is, its connections and when it was last used",
    .cost = "1, failures too",
    .failure = "none: the packet is dropped, and the NAT logs that it is out of ports",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = false, /* the others' blocks stay closed */
    .block = most_ports,
    .fields = &fields,
    .state_size = port_block_pools_size,
    .init = init,
    .free = port_block_pools_free,
    .choose = choose,
    .taken = port_block_pools_taken,
    .released = released,
};
