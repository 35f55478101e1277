#include "sim/trial/later_addresses.h"

#include <stdlib.h>
#include <string.h>

#include "models/host_config.h"
#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"

static bool has(const struct field_list *list, const struct ip_address *ip)
{
    const struct ip_address *own = list->items;
    for (uint32_t i = 0; i < list->count; i++)
        if (ip_address_equal(&own[i], ip))
            return true;
    return false;
}

static void add_missing(struct host_config *host, const struct field_list *addresses)
{
    const struct ip_address *ip = addresses->items;
    for (uint32_t i = 0; i < addresses->count; i++) {
        if (has(&host->addresses, &ip[i]) || has(&host->later, &ip[i]))
            continue;
        struct ip_address *later =
            memory_resize(host->later.items, host->later.count + 1, sizeof *later);
        later[host->later.count] = ip[i];
        host->later = (struct field_list){later, host->later.count + 1};
    }
}

static void refuse_none_left(const struct trial_plan *plan, uint32_t change,
                             const struct host_config *before,
                             const struct host_config *after, struct issues *issues)
{
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        if (!host_given_addresses(before, ipv6) || host_given_addresses(after, ipv6))
            continue;
        char *path = memory_print(
            "changes[%u].set", (unsigned)scenario_change_entry(plan->scenario, change));
        issues_add(issues, scenario_place(plan->scenario, path), path, NULL,
                   "leaves \"%s\" no %s address: a host that was given one keeps one",
                   before->name, ipv6 ? "IPv6" : "IPv4");
        free(path);
    }
}

/* Hosts of the plan's own, so that they can know more. */
static struct host_config *own_hosts(struct trial_plan *plan)
{
    size_t size = plan->config->world.hosts.count * sizeof(struct host_config);
    struct host_config *hosts = memory_new(1, size);
    memcpy(hosts, plan->config->world.hosts.items, size);
    plan->own->world.hosts.items = hosts;
    return hosts;
}

void later_addresses_find(struct trial_plan *plan, struct issues *issues)
{
    if (!plan->change_count)
        return;
    struct host_config *hosts = own_hosts(plan);
    for (uint32_t c = 0; c < plan->change_count; c++) {
        const struct host_config *after = plan->changes[c].config->world.hosts.items;
        for (uint32_t i = 0; i < plan->config->world.hosts.count; i++) {
            refuse_none_left(plan, c, &hosts[i], &after[i], issues);
            add_missing(&hosts[i], &after[i].addresses);
        }
    }
}

void later_addresses_free(struct trial_plan *plan)
{
    const struct trial_config *read = scenario_root(plan->scenario);
    struct host_config *hosts = plan->own->world.hosts.items;
    if (hosts == read->world.hosts.items)
        return;
    for (uint32_t i = 0; i < plan->own->world.hosts.count; i++)
        free(hosts[i].later.items);
    free(hosts);
}
