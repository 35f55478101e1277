#include "models/udp_stack.h"

#include "models/failure.h"
#include "models/port_allocator.h"
#include "models/stack.h"

#define CHANGES (FIELD_INHERITED | FIELD_CHANGEABLE)

const struct field_table udp_stack_fields = {
    .what = "udp",
    .size = sizeof(struct udp_stack),
    .rows =
        (const struct field[]){
            {.key = "range",
             .type = FIELD_RANGE,
             .offset = offsetof(struct udp_stack, range),
             .min = 1,
             .max = 65535,
             .flags = FIELD_OPTIONAL | FIELD_CHANGEABLE,
             .change = "holders outside a narrowed range stay",
             .help = "local ports of UDP sockets, both ends included; that of tcp if not "
                     "given"},
            {.key = "allocator",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct udp_stack, allocator),
             .table = &port_allocator_fields,
             .flags = CHANGES,
             .change = "starts afresh, knowing what is held",
             .help = "how connect() and sendto() choose the port of a socket that has "
                     "none; a word of `list allocators`, or an object"},
            {.key = "scope",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct udp_stack, scope),
             .choices = stack_scope_choice,
             .flags = CHANGES,
             .change = "of choices from then on",
             .help = "when a port counts as taken, as tcp.scope: nearly everywhere by "
                     "any holder (port), whatever the destinations"},
            {.key = "exhausted",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct udp_stack, exhausted),
             .choices = failure_choice,
             .flags = FIELD_INHERITED,
             .change = "a system has its words",
             .help = "what connect() and sendto() report when no local port is found"},
            {.key = "bind_allocator",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct udp_stack, bind_allocator),
             .table = &port_allocator_fields,
             .flags = CHANGES,
             .change = "starts afresh, knowing what is held",
             .help = "how bind(addr, 0) chooses a port; the test is by port"},
            {.key = "exhausted_bind",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct udp_stack, exhausted_bind),
             .choices = failure_choice,
             .flags = FIELD_INHERITED,
             .change = "a system has its words",
             .help = "what bind(addr, 0) reports when no local port is found"},
            FIELD_END,
        },
};
