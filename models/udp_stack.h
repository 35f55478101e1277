/* What one operating system does with the local ports of UDP: range, choice, errors.
 *
 * A part of each row of systems (models/stack.h); every field can be overridden under a
 * host's "udp" key.  Sources: KERNEL.md P10, C3, C10; MODEL.md 0.2, A2, A3.9, A4.2; rows
 * that only repeat what the system does for TCP say so in models/stack_rows.c.
 */
#ifndef MODELS_UDP_STACK_H
#define MODELS_UDP_STACK_H

#include "sim/base/field.h"

struct udp_stack {
    struct field_range range;       /* low 0: that of TCP */
    struct field_variant allocator; /* kind indexes port_allocators[] */
    uint32_t scope;                 /* enum stack_scope */
    uint32_t
        exhausted; /* enum failure - 1: what connect() and sendto() say without a port
                    */
    struct field_variant bind_allocator; /* the same for bind(addr, 0); scope is port */
    uint32_t exhausted_bind;             /* enum failure - 1: what that says */
};

/* Keys under "udp". */
extern const struct field_table udp_stack_fields;

#endif
