/* Google Cloud NAT, static allocation: every VM has the same number of ports of the
 * outside address, a power of two.
 *
 * The number and its rounding are documented [MODEL.md A7.8]; that the ports of a VM are
 * contiguous, that VMs get theirs in the order in which they first ask, and that the
 * choice among them is uniform, are inferences.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/port_blocks.h"

struct config {
    uint32_t min_ports;
};

static uint32_t block(const void *config, struct port_range range)
{
    const struct config *c = config;
    uint32_t size = 1;
    while (size < c->min_ports)
        size *= 2;
    uint32_t most = port_range_size(range);
    return size < most ? size : most;
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
    (void)config;
    struct port_blocks *b = port_block_pool(state, request->local_address);
    uint32_t owners = port_range_size(request->range) / b->size;
    return port_blocks_pick_own(b, owners ? owners : 1, request, chance);
}

static const struct field rows[] = {
    {.key = "min_ports",
     .type = FIELD_U32,
     .offset = offsetof(struct config, min_ports),
     .fallback = "64",
     .min = 1,
     .max = 65536,
     .help = "ports of each VM, rounded up to a power of two (minPortsPerVm)"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator gcp-static",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_gcp_static = {
    .name = "gcp-static",
    .summary = "64 ports for each VM, or another power of two; any free one of them",
    .systems = "Google Cloud NAT with static port allocation",
    .source = "Google Cloud documentation, ports-and-addresses; MODEL.md A7.8, C15.  The "
              "order of blocks and ports is an inference",
    .order = "uniform over the VM's free ports",
    .state = "whose each block is",
    .cost = "1, failures too",
    .failure = "none: the packet is dropped, reason OUT_OF_RESOURCES",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = false, /* the others' ports stay closed */
    .block = block,
    .fields = &fields,
    .state_size = port_block_pools_size,
    .init = init,
    .free = port_block_pools_free,
    .choose = choose,
};
