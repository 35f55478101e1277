/* FreeBSD 9 to 12: connect() binds first, so the test is on the port (freebsd.h). */
#include "models/alloc/freebsd.h"
#include "models/alloc/list.h"

const struct port_allocator_ops port_allocator_freebsd12 = {
    .name = "freebsd12",
    .summary = "a random start below 11 choices a second, above it the next port",
    .systems = "FreeBSD 9 to 12",
    .source = "FreeBSD 12.x sys/netinet/in_pcb.c in_pcb_lport(), ipport_tick(); "
              "MODEL.md A2.2",
    .order = "upwards, wrapping, from a random start or, at high rates, from the cursor",
    .state = "a cursor for each range, choices in this second, quiet time to come",
    .cost = "1 plus the run of taken ports at the start; a failure N",
    .failure = "EADDRNOTAVAIL",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .fields = &freebsd_fields,
    .state_size = freebsd_state_size,
    .choose = freebsd_choose,
    .tick = SIM_S,
    .on_tick = freebsd_tick,
};
