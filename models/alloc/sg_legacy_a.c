/* ProxySG before the fixes, first model: RFC 6056 algorithm 1 with the test on the port.
 *
 * An inference: no source shows the code.  It is the simplest search that explains why a
 * destination that holds every port keeps all others from connecting [MODEL.md A5].
 */
#include "models/alloc/list.h"
#include "models/alloc/walks.h"

const struct port_allocator_ops port_allocator_sg_legacy_a = {
    .name = "sg-legacy-a",
    .summary = "a random start, then upwards to the first port nobody holds at all",
    .systems = "Blue Coat ProxySG, SGOS 5.4 and 5.5 before the reworked randomisation",
    .source = "inference from TFA42 / KB 000007649; MODEL.md A5, SG-LEGACY-A",
    .order = "from a uniform start upwards, wrapping",
    .state = "none",
    .cost = "1 plus the run of taken ports at the start; a failure N",
    .failure = "the connection fails and the counter TCP2.214 rises",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .choose = walk_random_start,
};
