/* 4.4BSD-Lite2 in_pcbbind(): one cursor for the host, always upwards.
 *
 * The original has no counter: with every port busy it loops for ever.  Here it stops
 * after one lap, when the cursor stands where it stood [MODEL.md A2.1].
 */
#include "models/alloc/list.h"
#include "models/alloc/walks.h"

const struct port_allocator_ops port_allocator_bsd44 = {
    .name = "bsd44",
    .summary = "the next port after the last one given, one cursor for the whole host",
    .systems = "4.4BSD-Lite2 and its early descendants",
    .source = "4.4BSD-Lite2 sys/netinet/in_pcb.c in_pcbbind(); MODEL.md A2.1.  Stopping "
              "after one lap is an inference: the original loops for ever",
    .order = "sequential, upwards, wrapping",
    .state = "one cursor",
    .cost = "1 plus the length of the run of taken ports; a failure N",
    .failure = "EADDRNOTAVAIL (inference: the original does not return)",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .state_size = walk_cursor_size,
    .choose = walk_sequential,
};
