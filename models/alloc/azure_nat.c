/* Azure NAT gateway: a port that nobody holds at all; only when there is none left, one
 * that is held toward other destinations.  At most 50,000 toward one destination.
 *
 * "At random among ports not in use" is documented, and so is the reuse toward another
 * destination [MODEL.md A7.6]; that the second choice is uniform, too, is an inference.
 * The hold-downs (65 s after FIN, 16 s after RST, ...) are the gateway's: they hold the
 * tuple and so count here.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/walks.h"

struct config {
    uint32_t per_destination;
};

static struct port_answer pick(const struct port_request *request, enum port_scope scope,
                               struct random_stream *chance)
{
    struct port_request asked = *request;
    asked.scope = (uint8_t)scope;
    struct port_view view = port_request_view(&asked);
    return walk_pick(&view, chance);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)state;
    const struct config *c = config;
    if (walk_is_full_toward(request, c->per_destination))
        return (struct port_answer){.probes = 1};
    struct port_answer unused = pick(request, PORT_SCOPE_PORT, chance);
    if (unused.port || request->scope == PORT_SCOPE_PORT)
        return unused;
    struct port_answer shared = pick(request, (enum port_scope)request->scope, chance);
    shared.probes += unused.probes;
    return shared;
}

static const struct field rows[] = {
    {.key = "per_destination",
     .type = FIELD_U32,
     .offset = offsetof(struct config, per_destination),
     .fallback = "50000",
     .min = 1,
     .max = 65536,
     .help = "connections at once from one outside address to one destination"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator azure-nat",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_azure_nat = {
    .name = "azure-nat",
    .summary = "a random unused port; when all are in use, one used toward others",
    .systems = "Microsoft Azure, NAT gateway",
    .source = "Azure documentation, nat-gateway-resource; MODEL.md A7.6.  The uniform "
              "second choice is an inference",
    .order = "uniform over the unused ports; then over those used toward others",
    .state = "none",
    .cost = "1; 2 when no port is unused",
    .failure = "none: the packet is dropped, and a metric counts it",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true, /* up to the limit toward one destination */
    .fields = &fields,
    .choose = choose,
};
