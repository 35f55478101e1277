/* Google Cloud NAT, dynamic allocation: a VM begins with few ports and gets twice as many
 * whenever it finds all of its own taken, up to a maximum; what it no longer uses goes
 * back to the pool.
 *
 * Minimum, maximum and doubling are documented [MODEL.md A7.8].  Inferences: ports are
 * dealt out in blocks of the minimum; at most one doubling happens in each `pace`; a
 * block beyond the first goes back when its last port is given back.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/port_blocks.h"

struct config {
    uint32_t min_ports;
    uint32_t max_ports;
    sim_ns pace;
};

static void init(void *state, const void *config, struct port_range range,
                 struct random_stream *chance)
{
    (void)chance;
    const struct config *c = config;
    uint32_t most = port_range_size(range);
    port_block_pools_init(state, range, c->min_ports < most ? c->min_ports : most, 0);
}

static uint32_t most_ports(const void *config, struct port_range range)
{
    const struct config *c = config;
    uint32_t most = port_range_size(range);
    return c->max_ports < most ? c->max_ports : most;
}

/* Doubles what the owner has, as far as the maximum and the pool allow. */
static bool grow(struct port_blocks *b, const struct config *c, uint32_t owner,
                 const struct port_request *request)
{
    const struct port_block_owner *o = &b->owners[owner];
    if (o->blocks && request->now - o->since < c->pace)
        return false;
    uint32_t most = c->max_ports / b->size;
    uint32_t target = o->blocks ? 2 * o->blocks : 1;
    uint32_t before = o->blocks;
    target = target < most || before == 0 ? target : most;
    while (o->blocks < target &&
           port_blocks_claim(b, owner, request->range, request->now))
        continue;
    return o->blocks > before;
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct port_blocks *b = port_block_pool(state, request->local_address);
    uint32_t owner = port_blocks_owner(b, request->inside_host);
    struct port_answer answer = port_blocks_pick(b, owner, request, chance);
    if (answer.port == 0 && grow(b, config, owner, request))
        answer = port_blocks_pick(b, owner, request, chance);
    return answer;
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
    if (b->at[block].holders == 0 && o->blocks > 1)
        port_blocks_disown(b, block);
}

static void check(const void *self, const struct field_check *check)
{
    const struct config *c = self;
    if (c->max_ports < c->min_ports)
        field_complain(check, "max_ports", "%u is less than min_ports, %u", c->max_ports,
                       c->min_ports);
}

static const struct field rows[] = {
    {.key = "min_ports",
     .type = FIELD_U32,
     .offset = offsetof(struct config, min_ports),
     .fallback = "32",
     .min = 1,
     .max = 65536,
     .help = "ports a VM begins with (minPortsPerVm): a power of two"},
    {.key = "max_ports",
     .type = FIELD_U32,
     .offset = offsetof(struct config, max_ports),
     .fallback = "65536",
     .min = 1,
     .max = 65536,
     .help = "ports a VM may have (maxPortsPerVm)"},
    {.key = "pace",
     .type = FIELD_DURATION,
     .offset = offsetof(struct config, pace),
     .fallback = "\"1s\"",
     .min = 0,
     .max = 3600,
     .help = "least time between two doublings of a VM's ports: chosen, not documented"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator gcp-dynamic",
    .size = sizeof(struct config),
    .rows = rows,
    .check = check,
};

const struct port_allocator_ops port_allocator_gcp_dynamic = {
    .name = "gcp-dynamic",
    .summary = "32 ports for each VM, doubled while it is short of them, then given back",
    .systems = "Google Cloud NAT with dynamic port allocation",
    .source = "Google Cloud documentation, ports-and-addresses; MODEL.md A7.8, C15.  "
              "Blocks, pace and shrinking are inferences",
    .order = "uniform over the VM's free ports",
    .state = "whose each block is, and how many connections it has",
    .cost = "1, failures too",
    .failure = "none: the packet is dropped, reason OUT_OF_RESOURCES",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = false, /* doubling takes its time, and the others' ports stay closed */
    .block = most_ports,
    .fields = &fields,
    .state_size = port_block_pools_size,
    .init = init,
    .free = port_block_pools_free,
    .choose = choose,
    .taken = port_block_pools_taken,
    .released = released,
};
