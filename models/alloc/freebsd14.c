/* FreeBSD 13 and 14: the search of freebsd12, but at connect() it is given the
 * destination and tests the tuple (freebsd.h).
 *
 * The current ip(4) knows `randomized` but neither randomcps nor randomtime: later
 * releases draw at every rate (inference from the manual's silence); for those,
 * "rate_switch": false.
 */
#include "models/alloc/freebsd.h"
#include "models/alloc/list.h"

const struct port_allocator_ops port_allocator_freebsd14 = {
    .name = "freebsd14",
    .summary = "as freebsd12, but the tuple has to be free, not the port",
    .systems = "FreeBSD 13 and 14",
    .source = "FreeBSD 14 sys/netinet/in_pcb.c in_pcb_lport_dest(); ip(4); MODEL.md A2.3",
    .order = "upwards, wrapping, from a random start or, at high rates, from the cursor",
    .state = "a cursor for each range, choices in this second, quiet time to come",
    .cost = "1 plus the run of taken tuples at the start; a failure N",
    .failure = "EADDRNOTAVAIL",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true,
    .fields = &freebsd_fields,
    .state_size = freebsd_state_size,
    .choose = freebsd_choose,
    .tick = SIM_S,
    .on_tick = freebsd_tick,
};
