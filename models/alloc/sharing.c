#include "models/alloc/sharing.h"

#include <stdlib.h>

#include "sim/base/memory.h"

#define BOTH (PORT_ASK_REUSEADDR | PORT_ASK_REUSEPORT)
_Static_assert(PORT_ASK_REUSEADDR == (int)PORT_REUSEADDR &&
                   PORT_ASK_REUSEPORT == (int)PORT_REUSEPORT,
               "what a socket asks for is what its holder has set");

/* Options that both sockets have set. */
static unsigned common_options(const struct port_request *request,
                               const struct port_owner *holder)
{
    unsigned common = request->flags & holder->options & BOTH;
    if (request->uid != holder->uid)
        common &= ~(unsigned)PORT_REUSEPORT;
    return common;
}

static bool shares_with(const struct port_request *request,
                        const struct port_owner *holder, enum port_sharing rule)
{
    unsigned common = common_options(request, holder);
    if (rule == PORT_SHARE_UDP)
        return common != 0;
    return common == PORT_REUSEADDR && holder->origin != PORT_BY_LISTEN;
}

static bool all_share(const struct port_request *request,
                      const struct port_owner_count *holders, uint32_t count,
                      enum port_sharing rule)
{
    for (uint32_t i = 0; i < count; i++)
        if (port_owner_is_here(&holders[i].owner, request->local_address) &&
            !shares_with(request, &holders[i].owner, rule))
            return false;
    return true;
}

bool sharing_allows(const struct port_request *request, uint16_t port,
                    enum port_sharing rule)
{
    enum { FEW = 8 };
    struct port_owner_count few[FEW];
    if (port_space_is_reserved(request->space, port))
        return false;
    uint32_t kinds = port_space_owners(request->space, port, few, FEW);
    if (kinds <= FEW)
        return all_share(request, few, kinds, rule);
    struct port_owner_count *many = memory_new(kinds, sizeof *many);
    port_space_owners(request->space, port, many, kinds);
    bool allowed = all_share(request, many, kinds, rule);
    free(many);
    return allowed;
}

struct port_found sharing_walk(const struct port_request *request,
                               struct port_range range, struct port_walk walk,
                               enum port_sharing rule)
{
    uint32_t wrap = walk.wrap ? walk.wrap : port_range_size(range);
    uint32_t port = walk.first;
    for (uint32_t i = 0; i < walk.candidates; i++, port += walk.step) {
        if (port > range.high)
            port -= wrap;
        if (sharing_allows(request, (uint16_t)port, rule))
            return (struct port_found){(uint16_t)port, i + 1};
    }
    return (struct port_found){.probes = walk.candidates};
}
