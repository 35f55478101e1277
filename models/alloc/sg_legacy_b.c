/* ProxySG before the fixes, second model: a few random draws, the test on the port.
 *
 * An inference, a variant of sg-legacy-a: it fails before the range is full, with
 * probability rho^tries at occupancy rho [MODEL.md A5, D5].
 */
#include "models/alloc/list.h"
#include "models/alloc/walks.h"

static const struct field rows[] = {
    {.key = "tries",
     .type = FIELD_U32,
     .offset = offsetof(struct walk_tries, tries),
     .fallback = "32",
     .min = 1,
     .max = 65536,
     .help = "random ports looked at before the choice fails"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator sg-legacy-b",
    .size = sizeof(struct walk_tries),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_sg_legacy_b = {
    .name = "sg-legacy-b",
    .summary = "a random port nobody holds at all, out of a bounded number of draws",
    .systems = "Blue Coat ProxySG, SGOS 5.4 and 5.5 before the reworked randomisation",
    .source = "inference from TFA42 / KB 000007649; MODEL.md A5, SG-LEGACY-B",
    .order = "uniform and independent, repetitions allowed",
    .state = "none",
    .cost = "at most `tries`",
    .failure =
        "the connection fails and the counter TCP2.214 rises, also while ports are "
        "free",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = false,
    .fields = &fields,
    .choose = walk_redraw_tries,
};
