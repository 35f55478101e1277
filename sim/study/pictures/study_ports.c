/* What the pictures of the choice of ports have in common. */
#include "sim/study/pictures/study_ports.h"

#include <stdlib.h>
#include <string.h>

#include "models/host_config.h"
#include "sim/base/memory.h"

static const struct host_config *host_called(const struct trial_plan *plan,
                                             const char *name)
{
    const struct field_list *hosts = &plan->config->world.hosts;
    const struct host_config *at = hosts->items;
    for (uint32_t i = 0; i < hosts->count; i++)
        if (strcmp(at[i].name, name) == 0)
            return &at[i];
    return NULL;
}

const struct field_variant *study_allocator(const struct trial_plan *plan,
                                            const char *host, const char *pool,
                                            uint32_t *ports)
{
    enum pool which;
    const struct host_config *h = host_called(plan, host);
    if (!h || !pool_find(pool, &which))
        return NULL;
    *ports = host_usable_ports(h, which);
    if (pool_is_udp(which))
        return &h->udp.allocator;
    return h->nat == NAT_NONE ? &h->tcp.allocator : &h->translation.allocator;
}

const struct run_pool *study_run_pool(const struct run_record *r, const char *host,
                                      const char *pool)
{
    for (size_t i = 0; i < r->pool_count; i++)
        if (strcmp(r->pools[i].host, host) == 0 && strcmp(r->pools[i].pool, pool) == 0)
            return &r->pools[i];
    return NULL;
}

char *study_point_label(const struct study_table *t, const struct table_point *p)
{
    if (t->axis_count != 1)
        return study_table_place(t, p);
    const char *value = t->axes[0].values[p->places[0]];
    return memory_print("%s", value ? value : "unset");
}

/* "hosts.client.tcp4" of "hosts.client.tcp4.probes_at.90", if that is its end. */
static char *before(const char *whole, const char *name)
{
    size_t length = strlen(whole), tail = strlen(name);
    if (strncmp(whole, "hosts.", 6) != 0 || length <= tail + 1 ||
        whole[length - tail - 1] != '.' || strcmp(whole + length - tail, name) != 0)
        return NULL;
    return memory_text(whole, length - tail - 1);
}

char *study_find_pool(const struct study_drawing *d, const char *name)
{
    struct store_runs runs = {0};
    struct results_error unused = {0};
    char *found = NULL;
    if (!d->table.point_count ||
        !store_load(d->store, d->table.points[0].in_store, &runs, &unused))
        return NULL;
    const struct trial_numbers *run = runs.count ? runs.at[0] : NULL;
    for (uint32_t i = 0; run && !found && i < run->count; i++)
        found = before(run->rows[i].name, name);
    store_runs_free(&runs);
    return found;
}
