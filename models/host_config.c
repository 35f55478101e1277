#include "models/host_config.h"

static const char *source_choice(uint32_t index)
{
    static const char *const words[] = {
        [HOST_SOURCE_FIRST] = "first",
        [HOST_SOURCE_ROUND_ROBIN] = "round-robin",
        [HOST_SOURCE_RANDOM] = "random",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const struct field an_address = {.type = FIELD_ADDRESS};
static const struct field a_port = {.type = FIELD_U16, .min = 1, .max = 65535};

static const void *stack_of(const void *host)
{
    return &stack_rows[((const struct host_config *)host)->stack_row].stack;
}

static void check_host(const void *self, const struct field_check *check)
{
    const struct host_config *h = self;
    const struct ip_address *addresses = h->addresses.items;
    if (h->count > 1 && h->addresses.count)
        field_complain(check, "addresses",
                       "can only be given for a single host; %u members get theirs from "
                       "10.128.0.0/9",
                       (unsigned)h->count);
    if (h->share_address > h->count)
        field_complain(check, "share_address", "must be at most count (%u), is %u",
                       (unsigned)h->count, (unsigned)h->share_address);
    for (uint32_t i = 0; i < h->addresses.count; i++)
        if (addresses[i].family != 4)
            field_complain(check, "addresses", "must be IPv4: there is no tcp6 pool");
    for (uint32_t i = 0; i < h->addresses.count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (ip_address_equal(&addresses[i], &addresses[k]))
                field_complain(check, "addresses", "entry %u repeats entry %u",
                               (unsigned)i + 1, (unsigned)k + 1);
}

const struct field_table host_fields = {
    .what = "host",
    .size = sizeof(struct host_config),
    .check = check_host,
    .rows =
        (const struct field[]){
            {.key = "stack",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct host_config, stack_row),
             .choices = stack_choice,
             .fallback = "\"plain\"",
             .help =
                 "the system, a word of `list stacks`; gives every default under tcp"},
            {.key = "count",
             .type = FIELD_U32,
             .offset = offsetof(struct host_config, count),
             .min = 1,
             .max = 1000000,
             .fallback = "1",
             .help = "members of this entry, alike; metrics are their sums"},
            {.key = "share_address",
             .type = FIELD_U32,
             .offset = offsetof(struct host_config, share_address),
             .min = 1,
             .max = 1000000,
             .fallback = "1",
             .help =
                 "members behind one public address (a NAT that keeps ports), each with "
                 "ports of its own"},
            {.key = "addresses",
             .type = FIELD_LIST,
             .offset = offsetof(struct host_config, addresses),
             .element = &an_address,
             .max = 4096,
             .fallback = "[]",
             .help =
                 "local addresses; each has the whole range of ports.  Empty: one, given "
                 "by the world"},
            {.key = "source",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct host_config, source),
             .choices = source_choice,
             .fallback = "\"round-robin\"",
             .flags = FIELD_CHANGEABLE,
             .help = "which of several addresses the next connection uses"},
            {.key = "listen",
             .type = FIELD_LIST,
             .offset = offsetof(struct host_config, listen),
             .element = &a_port,
             .max = 1024,
             .fallback = "[]",
             .flags = FIELD_CHANGEABLE,
             .help =
                 "ports that accept; a SYN to any other is refused.  Empty: all accept"},
            {.key = "proxy_port",
             .type = FIELD_U16,
             .offset = offsetof(struct host_config, proxy_port),
             .min = 1,
             .max = 65535,
             .fallback = "8080",
             .help = "where clients reach this host when an app goes through it"},
            {.key = "max_client_connections",
             .type = FIELD_U32,
             .offset = offsetof(struct host_config, max_client_connections),
             .min = 0,
             .max = 1e9,
             .fallback = "1000000000",
             .flags = FIELD_CHANGEABLE,
             .help =
                 "accepted connections a member may hold open; a SYN beyond is refused"},
            {.key = "reflect_client_ip",
             .type = FIELD_BOOL,
             .offset = offsetof(struct host_config, reflect_client_ip),
             .fallback = "false",
             .help =
                 "as a proxy: connect on with the client's address and a port computed "
                 "from the client's"},
            {.key = "reflect_offset",
             .type = FIELD_U16,
             .offset = offsetof(struct host_config, reflect_offset),
             .min = 0,
             .max = 65535,
             .fallback = "17407",
             .help =
                 "added to the client's port, wrapping past 65535 to 1024 (Broadcom KB "
                 "174576: 17407)"},
            {.key = "reserved",
             .type = FIELD_LIST,
             .offset = offsetof(struct host_config, reserved),
             .element = &a_port,
             .max = 65535,
             .fallback = "[]",
             .help = "ports never chosen automatically (ip_local_reserved_ports)"},
            {.key = "tcp",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct host_config, tcp),
             .table = &stack_fields,
             .base = stack_of,
             .fallback = "{}",
             .help = "the stack's numbers, each overridable"},
            FIELD_END,
        },
};
