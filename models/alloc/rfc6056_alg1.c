/* RFC 6056 algorithm 1, simple port randomization: a random start, then a walk. */
#include "models/alloc/list.h"
#include "models/alloc/walks.h"

const struct port_allocator_ops port_allocator_rfc6056_alg1 = {
    .name = "rfc6056-alg1",
    .summary = "a random start, then upwards to the first free port",
    .systems = "NetBSD random_start; OpenBSD, macOS and illumos in the main",
    .source = "RFC 6056 section 3.3.1, which leaves the scope of the test to the host; "
              "MODEL.md A1",
    .order = "from a uniform start upwards, wrapping",
    .state = "none",
    .cost = "1 plus the run of taken ports at the start, and runs grow; a failure N",
    .failure = "the system's: EADDRNOTAVAIL on the BSDs",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true,
    .choose = walk_random_start,
};
