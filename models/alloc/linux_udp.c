/* Linux UDP, bind(addr, 0) and connect() alike: a uniform start, then upwards.
 *
 * No parity, no memory, and no tuples: a port is used once for an address, whatever the
 * destinations [KERNEL.md P10, C3].  Sockets that have all set SO_REUSEADDR, or all
 * SO_REUSEPORT under one user, share any port: the first candidate will do, so ports are
 * drawn at random with repetition and the choice never fails.
 *
 * The kernel draws a start and an odd stride over a table of hash slots; what comes out
 * was measured to be the first free port upwards of a uniform one [KERNEL.md P10].
 */
#include "models/alloc/list.h"
#include "models/alloc/sharing.h"
#include "models/alloc/walks.h"

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct port_request here = *request;
    here.scope = PORT_SCOPE_PORT;
    bool may_share = (request->flags & (PORT_ASK_REUSEADDR | PORT_ASK_REUSEPORT)) &&
                     port_space_sharers(request->space);
    if (!may_share)
        return walk_random_start(state, config, &here, chance);
    uint32_t size = port_range_size(request->range);
    struct port_walk walk = {
        .first = (uint16_t)(request->range.low + random_below(chance, size)),
        .step = 1,
        .candidates = size};
    struct port_found found = sharing_walk(&here, request->range, walk, PORT_SHARE_UDP);
    return (struct port_answer){.port = found.port, .probes = found.probes};
}

const struct port_allocator_ops port_allocator_linux_udp = {
    .name = "linux-udp",
    .summary = "Linux UDP: a uniform start, then upwards; shared where all allow it",
    .systems = "Linux UDP, bind(addr, 0) and connect() without bind()",
    .source = "Linux 6.x net/ipv4/udp.c udp_lib_get_port(); MODEL.md A3.9; KERNEL.md "
              "P10, C3 (measured on 6.18)",
    .order = "from a uniform start upwards, wrapping",
    .state = "none",
    .cost = "1 plus the run of taken ports at the start; a failure N",
    .failure = "connect() says EAGAIN, bind(addr, 0) EADDRINUSE",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .choose = choose,
};
