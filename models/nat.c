#include "models/nat.h"

#include "models/alloc/list.h"

const char *nat_address_choice_name(uint32_t index)
{
    static const char *const words[] = {
        [NAT_ADDRESS_IN_ORDER] = "in-order",
        [NAT_ADDRESS_ROUND_ROBIN] = "round-robin",
        [NAT_ADDRESS_RANDOM] = "random",
        [NAT_ADDRESS_PAIRED] = "paired",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

const char *nat_stray_name(uint32_t index)
{
    static const char *const words[] = {
        [NAT_STRAY_DROPPED] = "dropped",
        [NAT_STRAY_RESET] = "reset",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

/* --- fields ---------------------------------------------------------------------------
 */

#define CHANGES (FIELD_INHERITED | FIELD_CHANGEABLE)

#define TIMEOUT(word, state, text)                                                       \
    {                                                                                    \
        .key = word, .type = FIELD_DURATION,                                             \
        .offset = offsetof(struct nat_translation, timeouts[state]), .min = 0.001,       \
        .max = 604800, .flags = CHANGES,                                                 \
        .change = "mappings under way keep their deadline until the next packet",        \
        .help = text                                                                     \
    }

static const struct field rows[] = {
    {.key = "range",
     .type = FIELD_RANGE,
     .offset = offsetof(struct nat_translation, range),
     .min = 1,
     .max = 65535,
     .flags = CHANGES,
     .change =
         "mappings outside a narrowed range stay; nobody gets their ports after them",
     .help = "outside ports of each address, both ends included; mappings outside a "
             "narrowed range stay"},
    {.key = "allocator",
     .type = FIELD_OBJECT,
     .offset = offsetof(struct nat_translation, allocator),
     .table = &port_allocator_fields,
     .flags = CHANGES,
     .change =
         "starts afresh, knowing what is held; blocks that were dealt out are forgotten",
     .help = "how the outside port of a new flow is chosen; a word of `list allocators`, "
             "or an object with \"kind\" and the allocator's own keys"},
    {.key = "address_choice",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct nat_translation, address_choice),
     .choices = nat_address_choice_name,
     .flags = CHANGES,
     .change = "of mappings made from then on",
     .help = "which of several outside addresses a new flow gets: the next when those "
             "before are exhausted (in-order), each in turn, one at random, or always "
             "the same for an inside host (paired); all but paired try the others when "
             "it has no port"},
    {.key = "confirm_delay",
     .type = FIELD_DURATION,
     .offset = offsetof(struct nat_translation, confirm_delay),
     .min = 0,
     .max = 0.5,
     .flags = CHANGES,
     .change = "of flows that begin from then on",
     .help = "from the choice of a port until other flows see it; who confirms second is "
             "dropped.  The first packet waits as long"},
    {.key = "reopens",
     .type = FIELD_BOOL,
     .offset = offsetof(struct nat_translation, reopens),
     .flags = CHANGES,
     .change = "asked when the next SYN meets a closing mapping",
     .help = "a SYN of the same inside flow ends its mapping in TIME_WAIT or CLOSE; "
             "and allocators may evict it; false: the tuple is held down until its "
             "timer ends, and the SYN gets another"},
    {.key = "stray_from_inside",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct nat_translation, stray_from_inside),
     .choices = nat_stray_name,
     .flags = CHANGES,
     .change = "of strays from then on",
     .help =
         "what an inside host gets for a packet of a flow that is forgotten: nothing, "
         "or RST"},
    {.key = "stray_from_outside",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct nat_translation, stray_from_outside),
     .choices = nat_stray_name,
     .flags = CHANGES,
     .change = "of strays from then on",
     .help = "the same for an outside host"},
    {.key = "max_mappings",
     .type = FIELD_U32,
     .offset = offsetof(struct nat_translation, max_mappings),
     .min = 0,
     .max = 1e9,
     .flags = CHANGES,
     .change = "mappings beyond a lowered limit stay",
     .help = "flows a member of the gateway may know; the next is dropped; 0: no limit"},
    TIMEOUT("syn_sent", NAT_SYN_SENT, "how long a SYN is remembered that has no answer"),
    TIMEOUT("syn_received", NAT_SYN_RECEIVED,
            "the same once SYN+ACK was seen, and no ACK"),
    TIMEOUT("established", NAT_ESTABLISHED, "how long an open connection may be silent"),
    TIMEOUT("fin_wait", NAT_FIN_WAIT, "the same after one FIN"),
    TIMEOUT("close_wait", NAT_CLOSE_WAIT,
            "the same after a FIN that was acknowledged: what a slow closer has"),
    TIMEOUT("last_ack", NAT_LAST_ACK, "the same after a FIN of both"),
    TIMEOUT("time_wait", NAT_TIME_WAIT, "how long the tuple is kept after both closed"),
    TIMEOUT("close", NAT_CLOSE, "how long the tuple is kept after RST"),
    FIELD_END,
};

const struct field_table nat_fields = {
    .what = "translation",
    .size = sizeof(struct nat_translation),
    .rows = rows,
};

/* --- rows -----------------------------------------------------------------------------
 */

#define TIMEOUTS(ss, sr, es, fw, cw, la, tw, cl)                                         \
    {                                                                                    \
        [NAT_SYN_SENT] = (ss)*SIM_S, [NAT_SYN_RECEIVED] = (sr)*SIM_S,                    \
        [NAT_ESTABLISHED] = (es)*SIM_S, [NAT_FIN_WAIT] = (fw)*SIM_S,                     \
        [NAT_CLOSE_WAIT] = (cw)*SIM_S, [NAT_LAST_ACK] = (la)*SIM_S,                      \
        [NAT_TIME_WAIT] = (tw)*SIM_S, [NAT_CLOSE] = (cl)*SIM_S                           \
    }

const struct nat_row nat_rows[] = {
    [NAT_NONE] = {.name = "none", .systems = "no gateway", .source = ""},
    {.name = "netfilter",
     .systems = "Linux SNAT and MASQUERADE; Kubernetes and Docker nodes",
     .source =
         "MODEL.md A7.3, B5 (sysctl defaults); the confirmation delay is chosen "
         "(USERS.md S17); strays by inference: a FIN without a flow is INVALID and "
         "leaves untranslated, a packet to the gateway's own address meets its stack",
     .translation = {.range = {1024, 65535},
                     .allocator = {.kind = PORT_ALLOCATOR_netfilter},
                     .address_choice = NAT_ADDRESS_PAIRED,
                     .confirm_delay = 50 * SIM_US,
                     .reopens = true,
                     .stray_from_outside = NAT_STRAY_RESET,
                     .timeouts = TIMEOUTS(120, 60, 432000, 120, 60, 30, 120, 10)}},
    {.name = "cilium",
     .systems = "Cilium's SNAT in eBPF, with its defaults",
     .source = "MODEL.md A7.4; timers of its connection tracking (8000 s, 60 s SYN, 10 s "
               "once both sides have closed) recalled",
     .translation = {.range = {32768, 65535},
                     .allocator = {.kind = PORT_ALLOCATOR_cilium},
                     .address_choice = NAT_ADDRESS_IN_ORDER,
                     .reopens = true,
                     .timeouts = TIMEOUTS(60, 60, 8000, 8000, 8000, 10, 10, 10)}},
    {.name = "azure-lb",
     .systems = "Azure Load Balancer, default outbound and outbound rules",
     .source =
         "MODEL.md A7.5; silent drop after idle is its default; the 60 s after close "
         "are USERS.md S12's choice, half-open 30 s as in azure-nat (inference)",
     .translation = {.range = {1024, 65023},
                     .allocator = {.kind = PORT_ALLOCATOR_azure_lb},
                     .address_choice = NAT_ADDRESS_IN_ORDER,
                     .timeouts = TIMEOUTS(30, 30, 240, 240, 240, 60, 60, 60)}},
    {.name = "azure-nat",
     .systems = "Azure NAT gateway",
     .source = "MODEL.md A7.6; RST to who speaks on a forgotten flow: "
               "nat-gateway-resource.md, \"TCP reset\"",
     .translation = {.range = {1024, 65535},
                     .allocator = {.kind = PORT_ALLOCATOR_azure_nat},
                     .address_choice = NAT_ADDRESS_RANDOM,
                     .stray_from_inside = NAT_STRAY_RESET,
                     .stray_from_outside = NAT_STRAY_RESET,
                     .max_mappings = 2000000,
                     .timeouts = TIMEOUTS(30, 30, 240, 240, 240, 65, 65, 16)}},
    {.name = "aws-nat",
     .systems = "AWS NAT gateway",
     .source = "MODEL.md A7.7; the 60 s after close are implied by 900 connections/s "
               "(inference), the choice among addresses is unknown (inference)",
     .translation = {.range = {1024, 65535},
                     .allocator = {.kind = PORT_ALLOCATOR_aws_nat},
                     .address_choice = NAT_ADDRESS_RANDOM,
                     .stray_from_inside = NAT_STRAY_RESET,
                     .timeouts = TIMEOUTS(350, 350, 350, 350, 350, 60, 60, 60)}},
    {.name = "gcp-nat",
     .systems = "Google Cloud NAT; gateways made before mid 2026",
     .source = "MODEL.md A7.8 (new gateways: time_wait 30 s); half-closed as transitory, "
               "and RST as time_wait, by inference",
     .translation = {.range = {1024, 65535},
                     .allocator = {.kind = PORT_ALLOCATOR_gcp_static},
                     .address_choice = NAT_ADDRESS_PAIRED,
                     .timeouts = TIMEOUTS(30, 30, 1200, 30, 30, 30, 120, 120)}},
    {.name = "cgnat",
     .systems = "carrier-grade NAT with port blocks",
     .source = "MODEL.md A7.9, B5: RFC 5382 (established 2 h 4 min, transitory 4 min); "
               "an inside host keeps its address (RFC 4787, paired pooling, recalled)",
     .translation = {.range = {1024, 65535},
                     .allocator = {.kind = PORT_ALLOCATOR_cgnat_blocks},
                     .address_choice = NAT_ADDRESS_PAIRED,
                     .timeouts = TIMEOUTS(240, 240, 7440, 240, 240, 240, 240, 240)}},
    {.name = NULL},
};

const char *nat_choice(uint32_t index)
{
    return index < sizeof nat_rows / sizeof nat_rows[0] ? nat_rows[index].name : NULL;
}
