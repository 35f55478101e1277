#include "models/host_config.h"

#include <stdio.h>
#include <string.h>

#include "models/bind_rules.h"

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

static const struct field a_port_range = {.type = FIELD_RANGE, .min = 1, .max = 65535};

static const struct field a_process = {.type = FIELD_OBJECT, .table = &process_fields};

static const void *stack_of(const void *host)
{
    return &stack_rows[((const struct host_config *)host)->stack_row].stack;
}

static const void *udp_of(const void *host)
{
    return &stack_rows[((const struct host_config *)host)->stack_row].udp;
}

static const void *proxy_of(const void *host)
{
    return &proxy_rows[((const struct host_config *)host)->proxy_row].proxy;
}

static const void *translation_of(const void *host)
{
    return &nat_rows[((const struct host_config *)host)->nat].translation;
}

/* The key of one entry of a list: "addresses[1]". */
struct entry_key {
    char text[32];
};

static struct entry_key entry_key(const char *list, uint32_t index)
{
    struct entry_key key;
    snprintf(key.text, sizeof key.text, "%s[%u]", list, (unsigned)index);
    return key;
}

/* 0/8, multicast and what lies beyond belong to no host; of IPv6 the unspecified address,
 * multicast, and IPv4 addresses in IPv6 clothes. */
static bool is_unicast(const struct ip_address *a)
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    static const uint8_t unspecified[16];
    if (a->family == 4)
        return a->bytes[0] >= 1 && a->bytes[0] <= 223;
    return a->bytes[0] != 0xFF && memcmp(a->bytes, mapped, sizeof mapped) != 0 &&
           memcmp(a->bytes, unspecified, sizeof unspecified) != 0;
}

static void check_address(const struct field_check *check, const struct field_list *list,
                          uint32_t index)
{
    const struct ip_address *addresses = list->items;
    struct entry_key key = entry_key("addresses", index);
    if (!is_unicast(&addresses[index]))
        field_complain(check, key.text, "must be an address that a host can have");
    for (uint32_t i = 0; i < index; i++)
        if (ip_address_equal(&addresses[i], &addresses[index])) {
            field_complain(check, key.text, "repeats entry [%u]", (unsigned)i);
            return;
        }
}

static void check_addresses(const struct host_config *h, const struct field_check *check)
{
    if (h->count > 1 && h->addresses.count)
        field_complain(check, "addresses",
                       "can only be given for a single host; %u members get theirs from "
                       "10.128.0.0/9 and fd00::/8",
                       (unsigned)h->count);
    for (uint32_t i = 0; i < h->addresses.count; i++)
        check_address(check, &h->addresses, i);
}

uint32_t host_given_addresses(const struct host_config *h, bool ipv6)
{
    const struct ip_address *address = h->addresses.items;
    uint32_t count = 0;
    for (uint32_t i = 0; i < h->addresses.count; i++)
        count += address[i].family == (ipv6 ? 6 : 4);
    return count;
}

static void check_ports(const struct field_check *check, const char *key,
                        const struct field_list *list)
{
    const uint16_t *port = list->items;
    uint64_t seen[(UINT16_MAX + 1) / 64] = {0};
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t bit = UINT64_C(1) << port[i] % 64;
        if (seen[port[i] / 64] & bit)
            field_complain(check, entry_key(key, i).text, "names port %u again",
                           (unsigned)port[i]);
        seen[port[i] / 64] |= bit;
    }
}

struct port_range host_range(const struct host_config *h, enum pool pool)
{
    const struct dynamic_port *d = &h->dynamicport.of[pool];
    if (d->num)
        return dynamic_port_range(d);
    struct field_range range = h->tcp.range;
    if (pool == POOL_TCP4 && h->nat != NAT_NONE)
        range = h->translation.range;
    else if (pool_is_udp(pool) && h->udp.range.low)
        range = h->udp.range;
    return (struct port_range){range.low, range.high};
}

static void add_ranges(struct port_set *set, const struct field_list *ranges)
{
    const struct field_range *range = ranges->items;
    for (uint32_t i = 0; i < ranges->count; i++)
        for (uint32_t p = range[i].low; p <= range[i].high; p++)
            port_set_add(set, (uint16_t)p);
}

struct port_set host_reserved_ports(const struct host_config *h, enum pool pool)
{
    const uint16_t *port = h->reserved.items;
    struct port_set reserved = {0};
    for (uint32_t i = 0; i < h->reserved.count; i++)
        port_set_add(&reserved, port[i]);
    add_ranges(&reserved, &h->reserved_ranges);
    add_ranges(&reserved, pool_is_udp(pool) ? &h->excluded_udp : &h->excluded_tcp);
    return reserved;
}

bool host_reserves(const struct host_config *h, enum pool pool)
{
    const struct field_list *excluded =
        pool_is_udp(pool) ? &h->excluded_udp : &h->excluded_tcp;
    return h->reserved.count || h->reserved_ranges.count || excluded->count;
}

static bool same_items(const struct field_list *a, const struct field_list *b,
                       size_t size)
{
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->items, b->items, a->count * size) == 0);
}

bool host_reserves_the_same(const struct host_config *a, const struct host_config *b)
{
    return same_items(&a->reserved, &b->reserved, sizeof(uint16_t)) &&
           same_items(&a->reserved_ranges, &b->reserved_ranges,
                      sizeof(struct field_range)) &&
           same_items(&a->excluded_tcp, &b->excluded_tcp, sizeof(struct field_range)) &&
           same_items(&a->excluded_udp, &b->excluded_udp, sizeof(struct field_range));
}

uint32_t host_usable_ports(const struct host_config *h, enum pool pool)
{
    struct port_range range = host_range(h, pool);
    struct port_set reserved = host_reserved_ports(h, pool);
    uint32_t usable = port_range_size(range) - port_set_count_in(&reserved, range);
    port_set_clear(&reserved);
    return usable;
}

/* The row of a host that translates nothing is all zero, so any key that was set shows.
 */
static bool is_all_zero(const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    while (size && *byte == 0) {
        byte++;
        size--;
    }
    return size == 0;
}

static void check_translation(const struct host_config *h,
                              const struct field_check *check)
{
    if (h->nat == NAT_NONE && !is_all_zero(&h->translation, sizeof h->translation))
        field_complain(check, "translation", "has no effect without \"nat\"");
}

/* Which key takes ports from a pool. */
static const char *reserving_key(const struct host_config *h, enum pool pool)
{
    const struct field_list *excluded =
        pool_is_udp(pool) ? &h->excluded_udp : &h->excluded_tcp;
    if (excluded->count)
        return pool_is_udp(pool) ? "excluded_udp" : "excluded_tcp";
    return h->reserved.count ? "reserved" : "reserved_ranges";
}

static void check_pools(const struct host_config *h, const struct field_check *check)
{
    if (dynamic_ports_set(&h->dynamicport) && h->tcp.bind_rules != BIND_RULES_WINDOWS)
        field_complain(
            check, "dynamicport",
            "is for Windows stacks, not for \"%s\": its range is tcp.range, or "
            "udp.range",
            stack_rows[h->stack_row].name);
    for (int pool = 0; pool < POOL_COUNT; pool++) {
        struct port_range range = host_range(h, (enum pool)pool);
        if (host_usable_ports(h, (enum pool)pool))
            continue;
        field_complain(check, reserving_key(h, (enum pool)pool),
                       "leaves no port of the range %u-%u", (unsigned)range.low,
                       (unsigned)range.high);
        break;
    }
}

static void check_host(const void *self, const struct field_check *check)
{
    const struct host_config *h = self;
    check_translation(h, check);
    check_addresses(h, check);
    if (h->share_address > h->count)
        field_complain(check, "share_address", "must be at most count (%u), is %u",
                       (unsigned)h->count, (unsigned)h->share_address);
    check_ports(check, "listen", &h->listen);
    processes_check(&h->processes, check);
    check_ports(check, "reserved", &h->reserved);
    check_pools(h, check);
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
             .change = "it gives the defaults of the keys under tcp; change those",
             .help =
                 "the system, a word of `list stacks`; gives every default under tcp"},
            {.key = "count",
             .type = FIELD_U32,
             .offset = offsetof(struct host_config, count),
             .min = 1,
             .max = 1000000,
             .fallback = "1",
             .change = "members are built at the start",
             .help = "members of this entry, alike; metrics are their sums"},
            {.key = "running",
             .type = FIELD_BOOL,
             .offset = offsetof(struct host_config, running),
             .fallback = "true",
             .flags = FIELD_CHANGEABLE,
             .change = "off: all its sockets are gone, or the flows it translates, and "
                       "nobody is told; on again: it comes up with every port free, and "
                       "with what was set for a boot",
             .help = "whether it has power"},
            {.key = "share_address",
             .type = FIELD_U32,
             .offset = offsetof(struct host_config, share_address),
             .min = 1,
             .max = 1000000,
             .fallback = "1",
             .change = "members are built at the start",
             .help =
                 "members behind one public address (a NAT that keeps ports), each with "
                 "ports of its own"},
            {.key = "addresses",
             .type = FIELD_LIST,
             .offset = offsetof(struct host_config, addresses),
             .element = &an_address,
             .max = 4096,
             .fallback = "[]",
             .flags = FIELD_CHANGEABLE,
             .change =
                 "holders on an address that is taken away stay until they are done",
             .help =
                 "local addresses; each has the whole range of ports.  Empty: one, given "
                 "by the world"},
            {.key = "source",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct host_config, source),
             .choices = source_choice,
             .fallback = "\"round-robin\"",
             .flags = FIELD_CHANGEABLE,
             .change = "of connections from then on",
             .help = "which of several addresses the next connection uses"},
            {.key = "listen",
             .type = FIELD_LIST,
             .offset = offsetof(struct host_config, listen),
             .element = &a_port,
             .max = 1024,
             .fallback = "[]",
             .flags = FIELD_CHANGEABLE,
             .change = "accepted connections stay",
             .help =
                 "ports that accept; a SYN to any other is refused.  Empty: all accept"},
            {.key = "proxy_port",
             .type = FIELD_U16,
             .offset = offsetof(struct host_config, proxy_port),
             .min = 1,
             .max = 65535,
             .fallback = "8080",
             .change = "clients know their proxy by it",
             .help = "where clients reach this host when an app goes through it"},
            {.key = "proxy",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct host_config, proxy_row),
             .choices = proxy_choice,
             .fallback = "\"explicit\"",
             .change = "it gives the defaults of the keys under proxying; change those",
             .help = "the proxy program when an app goes through this host, a word of "
                     "`list proxies`; gives every default under proxying"},
            {.key = "proxying",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct host_config, proxying),
             .table = &proxy_fields,
             .base = proxy_of,
             .flags = FIELD_CHANGEABLE,
             .fallback = "{}",
             .change = "of connections that begin from then on; timers under way keep "
                       "their deadline",
             .help = "the proxy program's choices and timeouts, each overridable"},
            {.key = "max_client_connections",
             .type = FIELD_U32,
             .offset = offsetof(struct host_config, max_client_connections),
             .min = 0,
             .max = 1e9,
             .fallback = "1000000000",
             .flags = FIELD_CHANGEABLE,
             .change = "connections beyond a lowered limit stay",
             .help =
                 "accepted connections a member may hold open; a SYN beyond is refused"},
            {.key = "reflect_client_ip",
             .type = FIELD_BOOL,
             .offset = offsetof(struct host_config, reflect_client_ip),
             .fallback = "false",
             .change = "port spaces are built with it",
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
             .flags = FIELD_CHANGEABLE,
             .change = "who holds such a port keeps it",
             .help = "ports never chosen automatically (ip_local_reserved_ports)"},
            {.key = "reserved_ranges",
             .type = FIELD_LIST,
             .offset = offsetof(struct host_config, reserved_ranges),
             .element = &a_port_range,
             .max = 1024,
             .fallback = "[]",
             .flags = FIELD_CHANGEABLE,
             .change = "who holds such a port keeps it",
             .help = "the same, as ranges: [[40000, 49999]] (ip_local_reserved_ports, "
                     "excluded blocks of Windows)"},
            {.key = "excluded_tcp",
             .type = FIELD_LIST,
             .offset = offsetof(struct host_config, excluded_tcp),
             .element = &a_port_range,
             .max = 1024,
             .fallback = "[]",
             .flags = FIELD_CHANGEABLE,
             .change = "who holds such a port keeps it",
             .help = "ranges never chosen for TCP (netsh int ipv4 add excludedportrange "
                     "tcp)"},
            {.key = "excluded_udp",
             .type = FIELD_LIST,
             .offset = offsetof(struct host_config, excluded_udp),
             .element = &a_port_range,
             .max = 1024,
             .fallback = "[]",
             .flags = FIELD_CHANGEABLE,
             .change = "who holds such a port keeps it",
             .help = "the same for UDP"},
            {.key = "predictability",
             .type = FIELD_BOOL,
             .offset = offsetof(struct host_config, predictability),
             .fallback = "false",
             .help = "measure how well the next port could be guessed: the metrics "
                     "next_port_bits and others; 768 KiB"},
            {.key = "probes_by_occupancy",
             .type = FIELD_BOOL,
             .offset = offsetof(struct host_config, probes_by_occupancy),
             .fallback = "false",
             .help = "report what choices of a port cost by how full the ports were: the "
                     "metrics probes_at.50 and others, for the picture `probes' of a "
                     "study; a single run has it in probes.csv anyway"},
            {.key = "processes",
             .type = FIELD_MAP,
             .offset = offsetof(struct host_config, processes),
             .element = &a_process,
             .max = 100,
             .fallback = "{}",
             .help = "processes by name: their numbers, handles, ports, and whether they "
                     "run; apps name theirs by `process`.  Who is not named here has no "
                     "other handles and always runs"},
            {.key = "tcp",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct host_config, tcp),
             .table = &stack_fields,
             .base = stack_of,
             .fallback = "{}",
             .help = "the stack's numbers, each overridable"},
            {.key = "udp",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct host_config, udp),
             .table = &udp_stack_fields,
             .base = udp_of,
             .fallback = "{}",
             .help = "what the stack does with the ports of UDP, each overridable"},
            {.key = "dynamicport",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct host_config, dynamicport),
             .table = &dynamic_ports_fields,
             .fallback = "{}",
             .flags = FIELD_CHANGEABLE,
             .change = "holders outside a narrowed range stay",
             .help = "Windows: the dynamic ranges of netsh, for each pool that has its "
                     "own, in place of tcp.range"},
            {.key = "nat",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct host_config, nat),
             .choices = nat_choice,
             .flags = FIELD_OPTIONAL,
             .change = "a host is a gateway or is none",
             .help =
                 "makes the host a gateway, a word of `list nats`: it translates what "
                 "the hosts behind it send, and ends no connection itself"},
            {.key = "translation",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct host_config, translation),
             .table = &nat_fields,
             .base = translation_of,
             .flags = FIELD_OPTIONAL,
             .help = "the gateway's numbers, each overridable"},
            {.key = "gateway",
             .type = FIELD_REFERENCE,
             .offset = offsetof(struct host_config, gateway),
             .target = "hosts",
             .flags = FIELD_OPTIONAL,
             .change = "routes are built at the start",
             .help = "the host that translates what this one sends to hosts that are not "
                     "behind the same gateway; it sits at this end of the path"},
            FIELD_END,
        },
};
