/* How a gateway translates addresses and ports (NAT, SNAT, masquerading), as numbers: the
 * outside ports and who chooses them, what it keeps of a flow and how long, what it says
 * to packets of flows it does not know.
 *
 * Gateways are rows, as stacks are (stack.h): a host names one by "nat", and every number
 * can be overridden under "translation".  What a row does at run time: gateway.h.
 */
#ifndef MODELS_NAT_H
#define MODELS_NAT_H

#include "models/nat_state.h"
#include "sim/base/field.h"
#include "sim/base/time.h"

/* Which of several outside addresses a new flow gets. */
enum nat_address_choice {
    NAT_ADDRESS_IN_ORDER, /* the next one when those before have no port */
    NAT_ADDRESS_ROUND_ROBIN,
    NAT_ADDRESS_RANDOM,
    NAT_ADDRESS_PAIRED, /* an inside host always has the same, and no other */
};

/* What happens to a packet of a flow that has no mapping, and is no SYN from inside. */
enum nat_stray { NAT_STRAY_DROPPED, NAT_STRAY_RESET };

struct nat_translation {
    struct field_range range;
    struct field_variant allocator; /* kind indexes port_allocators[] */
    uint32_t address_choice;        /* enum nat_address_choice */
    sim_ns confirm_delay;           /* from the choice of a port until others see it */
    bool reopens; /* a SYN of the same inside flow ends its TIME_WAIT or CLOSE */
    uint32_t stray_from_inside, stray_from_outside; /* enum nat_stray */
    uint32_t max_mappings;                          /* of a gateway member; 0: no limit */
    sim_ns timeouts[NAT_STATE_COUNT]; /* by enum nat_state, SYN_SENT to CLOSE */
};

/* Keys under "translation". */
extern const struct field_table nat_fields;

struct nat_row {
    const char *name;    /* "netfilter" */
    const char *systems; /* what it stands for */
    const char *source;  /* of the numbers */
    struct nat_translation translation;
};

#define NAT_NONE 0 /* the row of a host that translates nothing: all zero */

/* Every kind of gateway, in the order `list nats` prints them; ends with a row without a
 * name. */
extern const struct nat_row nat_rows[];

/* For field tables: the name of the index-th row, NULL after the last. */
const char *nat_choice(uint32_t index);
const char *nat_address_choice_name(uint32_t index);
const char *nat_stray_name(uint32_t index);

#endif
