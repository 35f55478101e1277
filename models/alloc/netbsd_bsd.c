/* NetBSD "bsd", the default: one cursor for the host, downwards from the top. */
#include "models/alloc/list.h"
#include "models/alloc/netbsd.h"

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)config;
    (void)chance;
    struct port_view view = port_request_view(request);
    return walk_down_from_cursor(&view, state);
}

const struct port_allocator_ops port_allocator_netbsd_bsd = {
    .name = "netbsd-bsd",
    .summary = "the next port below the last one given, one cursor for the whole host",
    .systems = "NetBSD, as shipped",
    .source = "NetBSD sys/netinet/portalgo.c (commit 08770e5b) algo_bsd(); MODEL.md A2.6",
    .order = "sequential, downwards, wrapping",
    .state = "one cursor",
    .cost = "1 plus the length of the run of taken ports; a failure N",
    .failure = NETBSD_FAILURE,
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .state_size = walk_cursor_size,
    .choose = choose,
};
