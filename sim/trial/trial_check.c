#include "sim/trial/trial_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/app.h"
#include "models/host_config.h"
#include "sim/base/memory.h"
#include "sim/trial/trial_config.h"

#define SERIES_ROWS_MAX 10000000

/* Which value a complaint is about: "hosts.web.addresses[1]". */
struct key {
    char text[FIELD_NAME_SIZE + 64];
};

/* --- time ---------------------------------------------------------------------- */

static void check_times(const struct trial_config *t, const struct field_check *check)
{
    if (t->warm_up >= t->duration)
        field_complain(check, "warm_up", "must be shorter than the run (%g s), is %g s",
                       sim_seconds(t->duration), sim_seconds(t->warm_up));
    if (t->duration / t->sample_every > SERIES_ROWS_MAX)
        field_complain(check, "sample_every",
                       "makes %lld rows of a run of %g s; at most %d",
                       (long long)(t->duration / t->sample_every),
                       sim_seconds(t->duration), SERIES_ROWS_MAX);
}

static void check_changes(const struct trial_config *t, const struct field_check *check)
{
    const struct change_config *change = t->changes.items;
    for (uint32_t i = 0; i < t->changes.count; i++) {
        struct key key;
        snprintf(key.text, sizeof key.text, "changes[%u].at", (unsigned)i);
        if (change[i].at > t->duration)
            field_complain(check, key.text,
                           "comes after the end of the run (%g s), at %g s",
                           sim_seconds(t->duration), sim_seconds(change[i].at));
    }
}

static void check_phases(const struct trial_config *t, const struct field_check *check)
{
    const struct phase_config *phase = t->phases.items;
    for (uint32_t i = 0; i < t->phases.count; i++) {
        struct key key;
        snprintf(key.text, sizeof key.text, "phases.%s[1]", phase[i].name);
        if (phase[i].window.end > t->duration)
            field_complain(check, key.text,
                           "comes after the end of the run (%g s), at %g s",
                           sim_seconds(t->duration), sim_seconds(phase[i].window.end));
    }
}

/* --- addresses ----------------------------------------------------------------- */

struct given_address {
    struct ip_address ip;
    uint32_t host, entry;
};

static int by_address(const void *a, const void *b)
{
    const struct given_address *x = a, *y = b;
    int order = memcmp(x->ip.bytes, y->ip.bytes, sizeof x->ip.bytes);
    if (order)
        return order;
    return x->host != y->host ? (x->host < y->host ? -1 : 1)
                              : (x->entry > y->entry) - (x->entry < y->entry);
}

static uint32_t collect_addresses(const struct field_list *hosts,
                                  struct given_address **out)
{
    const struct host_config *host = hosts->items;
    uint32_t room = 0, count = 0;
    for (uint32_t i = 0; i < hosts->count; i++)
        room += host[i].addresses.count;
    *out = memory_new(room, sizeof **out);
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct ip_address *ip = host[i].addresses.items;
        for (uint32_t k = 0; k < host[i].addresses.count; k++)
            (*out)[count++] = (struct given_address){ip[k], i, k};
    }
    qsort(*out, count, sizeof **out, by_address);
    return count;
}

/* A host's own repetitions are its table's business. */
static void check_addresses(const struct trial_config *t, const struct field_check *check)
{
    const struct host_config *host = t->world.hosts.items;
    struct given_address *given;
    uint32_t count = collect_addresses(&t->world.hosts, &given);
    for (uint32_t i = 1; i < count; i++) {
        const struct given_address *a = &given[i - 1], *b = &given[i];
        struct key key;
        snprintf(key.text, sizeof key.text, "hosts.%s.addresses[%u]", host[b->host].name,
                 (unsigned)b->entry);
        if (ip_address_equal(&a->ip, &b->ip))
            field_complain(check, key.text, "belongs to \"%s\" already",
                           host[a->host].name);
    }
    free(given);
}

/* --- paths --------------------------------------------------------------------- */

struct pair {
    uint32_t low, high, entry;
};

static int by_pair(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

/* Two hosts have one path between them. */
static void check_paths(const struct trial_config *t, const struct field_check *check)
{
    const struct path_config *path = t->world.paths.items;
    uint32_t count = t->world.paths.count;
    struct pair *pairs = memory_new(count, sizeof *pairs);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *end = path[i].between.items;
        bool risen = end[0] < end[1];
        pairs[i] = (struct pair){end[!risen], end[risen], i};
    }
    qsort(pairs, count, sizeof *pairs, by_pair);
    for (uint32_t i = 1; i < count; i++) {
        struct key key;
        snprintf(key.text, sizeof key.text, "paths[%u].between",
                 (unsigned)pairs[i].entry);
        if (pairs[i - 1].low == pairs[i].low && pairs[i - 1].high == pairs[i].high)
            field_complain(check, key.text, "names the same two hosts as paths[%u]",
                           (unsigned)pairs[i - 1].entry);
    }
    free(pairs);
}

/* --- gateways ------------------------------------------------------------------ */

static void check_gateway_of(const struct trial_config *t, uint32_t index,
                             const struct field_check *check)
{
    const struct host_config *hosts = t->world.hosts.items, *h = &hosts[index];
    struct key key;
    snprintf(key.text, sizeof key.text, "hosts.%s.gateway", h->name);
    if (h->gateway == index)
        field_complain(check, key.text, "must be another host");
    else if (hosts[h->gateway].nat == NAT_NONE)
        field_complain(check, key.text,
                       "must be a host with \"nat\"; \"%s\" translates nothing",
                       hosts[h->gateway].name);
    else if (h->nat != NAT_NONE)
        field_complain(check, key.text,
                       "has no effect: \"%s\" is a gateway itself, and gateways stand in "
                       "no chain",
                       h->name);
}

/* Whether `from` can open a connection to `to`; `key` names the end that is asked for. */
static void check_way(const struct trial_config *t, const char *app, const char *key,
                      uint32_t from, uint32_t to, const struct field_check *check)
{
    const struct host_config *hosts = t->world.hosts.items;
    uint32_t gateway = hosts[to].gateway;
    struct key path;
    snprintf(path.text, sizeof path.text, "apps.%s.%s", app, key);
    if (hosts[to].nat != NAT_NONE)
        field_complain(check, path.text,
                       "must not be a gateway: \"%s\" ends no connection",
                       hosts[to].name);
    else if (gateway != FIELD_NO_REFERENCE && hosts[from].gateway != gateway)
        field_complain(check, path.text,
                       "cannot be reached from \"%s\": \"%s\" is behind the gateway "
                       "\"%s\"",
                       hosts[from].name, hosts[to].name, hosts[gateway].name);
}

static void check_app(const struct trial_config *t, const struct app_config *a,
                      const struct field_check *check)
{
    const struct host_config *hosts = t->world.hosts.items;
    struct key key;
    uint32_t gateway = hosts[a->from].gateway;
    snprintf(key.text, sizeof key.text, "apps.%s.protocol", a->name);
    if (app_pool(a) == POOL_UDP4 && gateway != FIELD_NO_REFERENCE &&
        hosts[a->to.reference].gateway != gateway)
        field_complain(
            check, key.text,
            "must be tcp: \"%s\" stands between \"%s\" and \"%s\", and gateways "
            "translate no UDP",
            hosts[gateway].name, hosts[a->from].name, hosts[a->to.reference].name);
    snprintf(key.text, sizeof key.text, "apps.%s.from", a->name);
    if (hosts[a->from].nat != NAT_NONE)
        field_complain(check, key.text,
                       "must not be a gateway: \"%s\" opens no connection",
                       hosts[a->from].name);
    if (a->through != FIELD_NO_REFERENCE)
        check_way(t, a->name, "through", a->from, a->through, check);
    check_way(t, a->name, "to", a->through != FIELD_NO_REFERENCE ? a->through : a->from,
              a->to.reference, check);
}

static void check_gateways(const struct trial_config *t, const struct field_check *check)
{
    const struct host_config *hosts = t->world.hosts.items;
    const struct path_config *path = t->world.paths.items;
    const struct app_config *app = t->world.apps.items;
    for (uint32_t i = 0; i < t->world.hosts.count; i++)
        if (hosts[i].gateway != FIELD_NO_REFERENCE)
            check_gateway_of(t, i, check);
    for (uint32_t i = 0; i < t->world.paths.count; i++)
        for (uint32_t k = 0; k < 2; k++) {
            struct key key;
            snprintf(key.text, sizeof key.text, "paths[%u].between[%u]", (unsigned)i,
                     (unsigned)k);
            if (hosts[((const uint32_t *)path[i].between.items)[k]].nat != NAT_NONE)
                field_complain(check, key.text,
                               "must not be a gateway: it sits at the inside end of the "
                               "path between the hosts behind it and the servers");
        }
    for (uint32_t i = 0; i < t->world.apps.count; i++)
        check_app(t, &app[i], check);
}

void trial_check(const void *self, const struct field_check *check)
{
    const struct trial_config *t = self;
    if (t->version != 1)
        field_complain(check, "version", "must be 1, is %u", (unsigned)t->version);
    check_times(t, check);
    check_changes(t, check);
    check_phases(t, check);
    check_addresses(t, check);
    check_paths(t, check);
    check_gateways(t, check);
}
