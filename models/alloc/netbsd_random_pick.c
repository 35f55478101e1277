/* NetBSD "random_pick": RFC 6056 algorithm 2, the test on the port. */
#include "models/alloc/list.h"
#include "models/alloc/netbsd.h"

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)config;
    struct port_answer answer =
        walk_redraw(request, port_range_size(request->range), chance);
    return netbsd_or_bsd(answer, request, state);
}

const struct port_allocator_ops port_allocator_netbsd_random_pick = {
    .name = "netbsd-random-pick",
    .summary = "a random port, drawn anew until one is free; after N draws netbsd-bsd",
    .systems = "NetBSD with anonportalgo random_pick",
    .source = "NetBSD sys/netinet/portalgo.c (commit 08770e5b) algo_random_pick(); "
              "MODEL.md A2.6, the fall back an inference",
    .order = "uniform and independent, N times; then downwards from netbsd-bsd's cursor",
    .state = "netbsd-bsd's cursor",
    .cost = "N / free ports in the mean; a failure 2 N",
    .failure = NETBSD_FAILURE,
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .state_size = walk_cursor_size,
    .choose = choose,
};
