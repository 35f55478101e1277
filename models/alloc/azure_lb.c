/* Azure Load Balancer, default outbound rules: every instance of the pool has a block of
 * ports of each frontend address, as large as the size of the pool allows.
 *
 * The table of sizes, 64,000 ports for each frontend address, 8 ports for each rule and
 * the manual number are documented [MODEL.md A7.5].  That a block is contiguous, that the
 * instances get theirs in the order in which they first ask, and that the choice inside
 * it is uniform, are inferences; none of them changes how many connections fit.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/port_blocks.h"

#define FRONTEND_PORTS 64000 /* of one frontend address */
#define RULE_PORTS     8
#define INSTANCES_MAX  1000

struct config {
    uint32_t instances;
    uint32_t ports; /* 0: by the table */
    uint32_t rules;
};

/* What the size of the pool gives [MODEL.md A7.5, the table]. */
static const struct {
    uint32_t instances; /* up to so many */
    uint32_t ports;
} sizes[] = {{50, 1024}, {100, 512}, {200, 256},
             {400, 128}, {800, 64},  {INSTANCES_MAX, 32}};

static uint32_t ports_by_table(uint32_t instances)
{
    uint32_t i = 0;
    while (instances > sizes[i].instances)
        i++;
    return sizes[i].ports;
}

/* Ports of the range that may be dealt out at all. */
static uint32_t ports_to_share(const struct config *c, struct port_range range)
{
    uint32_t ports = port_range_size(range);
    ports = ports < FRONTEND_PORTS ? ports : FRONTEND_PORTS;
    return ports > c->rules * RULE_PORTS ? ports - c->rules * RULE_PORTS : 0;
}

static uint32_t block(const void *config, struct port_range range)
{
    const struct config *c = config;
    uint32_t size = c->ports ? c->ports : ports_by_table(c->instances);
    uint32_t most = ports_to_share(c, range);
    return size < most || most == 0 ? size : most;
}

static void init(void *state, const void *config, struct port_range range,
                 struct random_stream *chance)
{
    (void)chance;
    port_block_pools_init(state, range, block(config, range), 0);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    const struct config *c = config;
    struct port_blocks *b = port_block_pool(state, request->local_address);
    uint32_t blocks = ports_to_share(c, request->range) / b->size;
    uint32_t owners = c->instances < blocks ? c->instances : blocks;
    return port_blocks_pick_own(b, owners, request, chance);
}

static void check(const void *self, const struct field_check *check)
{
    const struct config *c = self;
    if (c->ports % RULE_PORTS)
        field_complain(check, "ports", "Azure deals out multiples of %d, not %u",
                       RULE_PORTS, c->ports);
}

static const struct field rows[] = {
    {.key = "instances",
     .type = FIELD_U32,
     .offset = offsetof(struct config, instances),
     .fallback = "50",
     .min = 1,
     .max = INSTANCES_MAX,
     .help = "size of the backend pool: 1-50 give each instance 1024 ports, -100 512, "
             "-200 256, -400 128, -800 64, -1000 32"},
    {.key = "ports",
     .type = FIELD_U32,
     .offset = offsetof(struct config, ports),
     .fallback = "0",
     .min = 0,
     .max = FRONTEND_PORTS,
     .help = "ports of each instance on each frontend address, a multiple of 8; 0: by "
             "the size of the pool"},
    {.key = "rules",
     .type = FIELD_U32,
     .offset = offsetof(struct config, rules),
     .fallback = "0",
     .min = 0,
     .max = 8000,
     .help = "load-balancing and NAT rules of the frontend address: 8 ports each"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator azure-lb",
    .size = sizeof(struct config),
    .rows = rows,
    .check = check,
};

const struct port_allocator_ops port_allocator_azure_lb = {
    .name = "azure-lb",
    .summary = "a block for each instance, by the size of the pool; any free port of it",
    .systems = "Microsoft Azure, load balancer with outbound rules",
    .source = "Azure documentation, load-balancer-outbound-connections; MODEL.md A7.5, "
              "C15.  The order of blocks and ports is an inference",
    .order = "uniform over the free ports of the instance's block",
    .state = "whose each block is",
    .cost = "1, failures too",
    .failure = "none: the packet is dropped, and a metric counts it",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = false, /* the others' blocks stay closed */
    .block = block,
    .fields = &fields,
    .state_size = port_block_pools_size,
    .init = init,
    .free = port_block_pools_free,
    .choose = choose,
};
