/* RFC 6056 algorithm 2, another simple port randomization: draws, and draws again.
 *
 * With one of N ports free it fails with probability (1 - 1/N)^N, 0.368 [MODEL.md A1].
 */
#include "models/alloc/list.h"
#include "models/alloc/walks.h"

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)state;
    (void)config;
    return walk_redraw(request, port_range_size(request->range), chance);
}

const struct port_allocator_ops port_allocator_rfc6056_alg2 = {
    .name = "rfc6056-alg2",
    .summary = "a random port, drawn anew until one is free, N times at most",
    .systems = "NetBSD random_pick; RIOT-OS for UDP",
    .source = "RFC 6056 section 3.3.2, which leaves the scope of the test to the host; "
              "MODEL.md A1",
    .order = "uniform and independent, repetitions allowed",
    .state = "none",
    .cost = "N / free ports in the mean; a failure N",
    .failure = "the system's: EADDRNOTAVAIL on the BSDs, also while a few ports are free",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = false,
    .choose = choose,
};
