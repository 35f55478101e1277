/* The carrier-grade NAT of VPP (fd.io): random ports, 20 of them at most.
 *
 * The source is the documentation of its limit [MODEL.md A7.9]; that each candidate is a
 * draw of its own, and that ports are given out whatever the destination, are
 * inferences (RFC 4787 REQ-1 asks for the latter).
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/walks.h"

static const struct field rows[] = {
    {.key = "tries",
     .type = FIELD_U32,
     .offset = offsetof(struct walk_tries, tries),
     .fallback = "20",
     .min = 1,
     .max = 65536,
     .help = "random ports looked at before the packet is dropped"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator vpp-cgn",
    .size = sizeof(struct walk_tries),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_vpp_cgn = {
    .name = "vpp-cgn",
    .summary = "a random port nobody holds, out of 20 draws",
    .systems = "VPP (fd.io) 16.09, carrier-grade NAT",
    .source = "VPP 16.09 cnat_ports.h; MODEL.md A7.9.  Independent draws and the test on "
              "the port are inferences",
    .order = "uniform and independent, repetitions allowed",
    .state = "none",
    .cost = "at most `tries`",
    .failure = "none: the packet is dropped",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = false,
    .fields = &fields,
    .choose = walk_redraw_tries,
};
