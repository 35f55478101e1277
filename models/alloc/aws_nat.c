/* AWS NAT gateway: 1024-65535, but at most 55,000 connections from one address to one
 * destination.
 *
 * AWS documents the limit, not the order of the ports: a uniform choice among the free
 * ones is an inference [MODEL.md A7.7].  The limit and a hold of 60 s after the close
 * give the documented rate of about 900/s: 55,000 / 60 = 917.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/walks.h"

struct config {
    uint32_t per_destination;
};

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)state;
    const struct config *c = config;
    if (walk_is_full_toward(request, c->per_destination))
        return (struct port_answer){.probes = 1};
    struct port_view view = port_request_view(request);
    return walk_pick(&view, chance);
}

static const struct field rows[] = {
    {.key = "per_destination",
     .type = FIELD_U32,
     .offset = offsetof(struct config, per_destination),
     .fallback = "55000",
     .min = 1,
     .max = 65536,
     .help = "connections at once from one outside address to one destination"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator aws-nat",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_aws_nat = {
    .name = "aws-nat",
    .summary = "any free port, up to 55,000 of them toward one destination",
    .systems = "Amazon Web Services, NAT gateway",
    .source =
        "AWS NAT gateway basics and VPC troubleshooting pages; MODEL.md A7.7, C14.  "
        "The order is an inference",
    .order = "uniform over the free ports",
    .state = "none",
    .cost = "1, failures too",
    .failure = "none: the packet is dropped; the metric ErrorPortAllocation counts it",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true, /* up to the limit toward one destination */
    .fields = &fields,
    .choose = choose,
};
