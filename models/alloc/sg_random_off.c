/* ProxySG after tcp-randomize-port disable: one cursor, the test on the tuple.
 *
 * An inference: the vendor recommends the switch to relieve destinations that are not
 * exhausted themselves, which a test on the port could not do [MODEL.md A5].
 */
#include "models/alloc/list.h"
#include "models/alloc/walks.h"

const struct port_allocator_ops port_allocator_sg_random_off = {
    .name = "sg-random-off",
    .summary = "the next port after the last one given whose tuple is free",
    .systems = "Blue Coat ProxySG with port randomisation switched off",
    .source = "inference from TFA42 / KB 000007649; MODEL.md A5, SG-RANDOM-OFF",
    .order = "sequential, upwards, wrapping",
    .state = "one cursor",
    .cost = "1 plus the length of the run of taken tuples; a failure N",
    .failure = "the connection fails and the counter TCP2.214 rises",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true,
    .state_size = walk_cursor_size,
    .choose = walk_sequential,
};
