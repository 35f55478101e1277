/* ProxySG with the reworked randomisation: RFC 6056 algorithm 1, the test on the tuple.
 *
 * An inference: the vendor says that only the application that exhausted its own tuples
 * still fails, not how the search works [MODEL.md A5].
 */
#include "models/alloc/list.h"
#include "models/alloc/walks.h"

const struct port_allocator_ops port_allocator_sg_reworked = {
    .name = "sg-reworked",
    .summary = "a random start, then upwards to the first port whose tuple is free",
    .systems = "Symantec ProxySG with the reworked randomisation (bug 139449 fixed)",
    .source = "inference from TFA42 / KB 000007649; MODEL.md A5, SG-REWORKED",
    .order = "from a uniform start upwards, wrapping",
    .state = "none",
    .cost = "1 plus the run of taken tuples at the start; a failure N",
    .failure = "the connection fails and the counter TCP2.214 rises",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true,
    .choose = walk_random_start,
};
