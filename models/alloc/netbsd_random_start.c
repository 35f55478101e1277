/* NetBSD "random_start": RFC 6056 algorithm 1, the test on the port. */
#include "models/alloc/list.h"
#include "models/alloc/netbsd.h"

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct port_answer answer = walk_random_start(NULL, config, request, chance);
    return netbsd_or_bsd(answer, request, state);
}

const struct port_allocator_ops port_allocator_netbsd_random_start = {
    .name = "netbsd-random-start",
    .summary = "a random start, then upwards to the first free port",
    .systems = "NetBSD with anonportalgo random_start",
    .source = "NetBSD sys/netinet/portalgo.c (commit 08770e5b) algo_random_start(); "
              "MODEL.md A2.6, the fall back an inference",
    .order = "from a uniform start upwards, wrapping",
    .state = "netbsd-bsd's cursor",
    .cost = "1 plus the run of taken ports at the start; a failure 2 N",
    .failure = NETBSD_FAILURE,
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .state_size = walk_cursor_size,
    .choose = choose,
};
