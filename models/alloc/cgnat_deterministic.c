/* Carrier-grade NAT whose ports follow from the subscriber's number, so that nothing
 * needs to be logged: floor(ports / (C + D)) each, for C subscribers of one outside
 * address; what D leaves over, at the top of the range, is a pool for whoever has used up
 * his own.
 *
 * RFC 7422 with the formula as MODEL.md A7.9 has it; Junos' deterministic NAPT44 is D = 0
 * with C = private over public addresses, rounded up.  The subscribers of an address are
 * numbered as they first ask; there is nothing for one more than C.  Inference: the
 * choice among the subscriber's ports is uniform.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/port_blocks.h"
#include "models/alloc/walks.h"

struct config {
    uint32_t compression; /* C */
    uint32_t dynamic;     /* D */
};

static uint32_t own_ports(const void *config, struct port_range range)
{
    const struct config *c = config;
    uint32_t each = port_range_size(range) / (c->compression + c->dynamic);
    return each ? each : 1;
}

static void init(void *state, const void *config, struct port_range range,
                 struct random_stream *chance)
{
    (void)chance;
    port_block_pools_init(state, range, own_ports(config, range), 0);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    const struct config *c = config;
    struct port_blocks *b = port_block_pool(state, request->local_address);
    struct port_answer own = port_blocks_pick_own(b, c->compression, request, chance);
    uint32_t shared = b->low + c->compression * b->size;
    if (own.port || c->dynamic == 0 || shared > request->range.high)
        return own;
    struct port_request rest = *request;
    if (shared > rest.range.low)
        rest.range.low = (uint16_t)shared;
    struct port_view view = port_request_view(&rest);
    struct port_answer answer = walk_pick(&view, chance);
    answer.probes += own.probes;
    return answer;
}

static const struct field rows[] = {
    {.key = "compression",
     .type = FIELD_U32,
     .offset = offsetof(struct config, compression),
     .fallback = "16",
     .min = 1,
     .max = 65535,
     .help = "subscribers of one outside address (C, private over public addresses)"},
    {.key = "dynamic",
     .type = FIELD_U32,
     .offset = offsetof(struct config, dynamic),
     .fallback = "0",
     .min = 0,
     .max = 65535,
     .help = "subscribers' worth of ports kept for those who need more (D)"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator cgnat-deterministic",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_cgnat_deterministic = {
    .name = "cgnat-deterministic",
    .summary = "ports that follow from the subscriber's number; any free one of them",
    .systems = "carrier-grade NAT by RFC 7422; Junos deterministic NAPT44",
    .source = "RFC 7422 section 2; Junos deterministic-nat pages; RFC 4787 REQ-1; "
              "MODEL.md A7.9.  The order is an inference",
    .order = "uniform over the subscriber's free ports; then over the shared ones",
    .state = "the subscribers' numbers",
    .cost = "1, or 2 with a shared pool; failures too",
    .failure = "none: the packet is dropped",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = false, /* the others' ports stay closed */
    .block = own_ports,
    .fields = &fields,
    .state_size = port_block_pools_size,
    .init = init,
    .free = port_block_pools_free,
    .choose = choose,
};
