#include "models/addresses.h"

#include <stdlib.h>

#include "models/world.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* Addresses the scenario does not give begin here: the upper half of 10/8, and fd00::/8,
 * the addresses anybody may use inside [RFC 4193]. */
static const struct ip_address first_given[2] = {
    {.family = 4, .bytes = {10, 128, 0, 1}},
    {.family = 6, .bytes = {0xFD, [15] = 1}},
};

static bool is_of(const struct ip_address *ip, bool ipv6)
{
    return ip->family == (ipv6 ? 6 : 4);
}

static uint32_t count_of(const struct field_list *list, bool ipv6)
{
    const struct ip_address *ip = list->items;
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        count += is_of(&ip[i], ipv6);
    return count;
}

/* --- numbering ------------------------------------------------------------------------
 */

/* How many addresses of a family the members of an entry get from the world. */
static uint32_t given_by_the_world(const struct host_config *h, bool ipv6,
                                   const struct host_use *use)
{
    if (host_given_addresses(h, ipv6) || (ipv6 && !use->ipv6))
        return 0;
    return (h->count + h->share_address - 1) / h->share_address;
}

static struct address *list(const struct field_list *own, bool ipv6, uint32_t member,
                            struct address *next)
{
    const struct ip_address *ip = own->items;
    for (uint32_t k = 0; k < own->count; k++)
        if (is_of(&ip[k], ipv6))
            *next++ = (struct address){.ip = ip[k], .member = member};
    return next;
}

/* Says where each host's addresses of a family begin, and how many there are in all. */
static uint32_t place(const struct world_config *config, bool ipv6, struct host_use *uses)
{
    const struct host_config *h = config->hosts.items;
    uint32_t total = 0;
    for (uint32_t i = 0; i < config->hosts.count; i++) {
        uint32_t given = given_by_the_world(&h[i], ipv6, &uses[i]);
        uint32_t own = host_given_addresses(&h[i], ipv6) + count_of(&h[i].later, ipv6);
        uses[i].first_address[ipv6] = total | (ipv6 ? PORT_IPV6 : 0);
        uses[i].address_room[ipv6] = h[i].count > 1 ? 1 : given + own;
        total += given + own;
    }
    return total;
}

/* Fills the table of one family. */
static void fill(struct net *net, const struct world_config *config, bool ipv6,
                 struct host_use *uses)
{
    const struct host_config *h = config->hosts.items;
    uint32_t total = place(config, ipv6, uses), given = 0, member = 0;
    struct address *table = memory_new(total, sizeof *table), *next = table;
    for (uint32_t i = 0; i < config->hosts.count; member += h[i++].count) {
        uint32_t count = given_by_the_world(&h[i], ipv6, &uses[i]);
        for (uint32_t k = 0; k < count; k++)
            *next++ = (struct address){.ip = ip_address_add(first_given[ipv6], given++),
                                       .member = member + k * h[i].share_address};
        next = list(&h[i].addresses, ipv6, member, next);
        next = list(&h[i].later, ipv6, member, next);
    }
    net->addresses[ipv6] = table;
    net->address_count[ipv6] = total;
}

static void add_use(struct host_use *use, const struct app_config *a, bool has_pool)
{
    use->ipv6 |= a->family == APP_IPV6;
    if (has_pool)
        use->pools |= 1u << app_pool(a);
}

struct host_use *addresses_number(struct net *net, const struct world_config *config)
{
    const struct app_config *a = config->apps.items;
    struct host_use *uses = memory_new(config->hosts.count, sizeof *uses);
    for (uint32_t i = 0; i < config->apps.count; i++) {
        add_use(&uses[a[i].from], &a[i], true);
        /* A server answers all queries from one socket, and needs no pool for it. */
        add_use(&uses[a[i].to.reference], &a[i], a[i].protocol == APP_TCP);
        if (a[i].through != FIELD_NO_REFERENCE)
            add_use(&uses[a[i].through], &a[i], true);
    }
    fill(net, config, false, uses);
    fill(net, config, true, uses);
    return uses;
}

/* --- changes --------------------------------------------------------------------------
 */

/* How far an address, which has a place, lies from the host's first.  Looks at place
 * `hint` first. */
static uint32_t distance_of(const struct net *net, const struct host *h, bool ipv6,
                            const struct ip_address *ip, uint32_t hint)
{
    for (uint32_t i = 0; i < h->address_room[ipv6]; i++) {
        uint32_t place = (hint + i) % h->address_room[ipv6];
        if (ip_address_equal(&net_address(net, h->first_address[ipv6] + place)->ip, ip))
            return place;
    }
    SIM_BUG("an address without a place");
}

static void change(struct net *net, struct host *h, const struct host_config *config,
                   bool ipv6)
{
    const struct ip_address *ip = config->addresses.items;
    uint32_t count = 0;
    uint32_t *distances = memory_new(config->addresses.count, sizeof *distances);
    for (uint32_t i = 0; i < config->addresses.count; i++) {
        if (!is_of(&ip[i], ipv6))
            continue;
        distances[count] = distance_of(net, h, ipv6, &ip[i], count);
        count++;
    }
    if (count)
        host_use_addresses(h, ipv6, distances, count);
    else if (h->addresses[ipv6]) /* back to the one the world gave it */
        host_use_addresses(h, ipv6, &(uint32_t){0}, 1);
    free(distances);
}

void addresses_change(struct net *net, const struct world_config *config)
{
    const struct host_config *configs = config->hosts.items;
    for (uint32_t i = 0; i < config->hosts.count; i++)
        for (int ipv6 = 0; ipv6 < 2; ipv6++)
            change(net, &net->hosts.at[i], &configs[i], ipv6);
}
