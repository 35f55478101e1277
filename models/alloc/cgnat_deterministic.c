/* Carrier-grade NAT whose ports follow from the subscriber's number, so that nothing
 * needs to be logged: floor(ports / (C + D)) each, for C subscribers of one outside
 * address; what D leaves over, at the top of the range, is a pool for whoever has used up
 * his own.
 *
 * RFC 7422 with the formula as MODEL.md A7.9 has it; Junos' deterministic NAPT44 is D = 0
 * with C = private over public addresses, rounded up.  Subscriber s is number s modulo C
 * of an outside address.  Inference: the choice among the subscriber's ports is uniform.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/walks.h"

struct config {
    uint32_t compression; /* C */
    uint32_t dynamic;     /* D */
};

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static struct port_answer pick_between(struct port_view *view, uint32_t first,
                                       uint32_t count, struct random_stream *chance)
{
    if (count == 0)
        return (struct port_answer){.probes = 1};
    view->range = (struct port_range){(uint16_t)first, (uint16_t)(first + count - 1)};
    return walk_pick(view, chance);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)state;
    const struct config *c = config;
    uint32_t ports = port_range_size(request->range);
    uint32_t each = ports / (c->compression + c->dynamic);
    each = each ? each : 1; /* a range too small for all serves the first ones */
    uint32_t dealt_out = smaller(each * c->compression, ports);
    uint32_t first = smaller(request->inside_host % c->compression * each, dealt_out);
    struct port_view view = port_request_view(request);
    struct port_answer own = pick_between(&view, request->range.low + first,
                                          smaller(each, dealt_out - first), chance);
    if (own.port || c->dynamic == 0)
        return own;
    struct port_answer shared =
        pick_between(&view, request->range.low + dealt_out, ports - dealt_out, chance);
    shared.probes += own.probes;
    return shared;
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
    .state = "none",
    .cost = "1, or 2 with a shared pool; failures too",
    .failure = "none: the packet is dropped",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = false, /* the others' ports stay closed */
    .fields = &fields,
    .choose = choose,
};
