#include "models/alloc/sharing.h"

#include "models/bind_rules.h"

#define BOTH (PORT_ASK_REUSEADDR | PORT_ASK_REUSEPORT)
_Static_assert(PORT_ASK_REUSEADDR == (int)PORT_REUSEADDR &&
                   PORT_ASK_REUSEPORT == (int)PORT_REUSEPORT,
               "what a socket asks for is what its holder has set");

/* The relaxed search of bind(addr, 0) passes the holder's port by. */
static bool keeps_it(const struct port_owner *holder, const void *context)
{
    const struct port_request *request = context;
    if (!port_owner_is_here(holder, request->local_address))
        return false;
    unsigned common = request->flags & holder->options & BOTH;
    if (request->uid != holder->uid)
        common &= ~(unsigned)PORT_REUSEPORT;
    return common != PORT_REUSEADDR || holder->origin == PORT_BY_LISTEN;
}

bool sharing_allows(const struct port_request *request, uint16_t port,
                    enum port_sharing rule)
{
    if (port_space_is_reserved(request->space, port))
        return false;
    if (rule == PORT_SHARE_UDP)
        return !bind_refused(&bind_rules_linux_udp, request->space, port,
                             request->local_address, request->flags & BOTH, request->uid);
    return !port_space_any_owner(request->space, port, keeps_it, request);
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
