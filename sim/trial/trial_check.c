#include "sim/trial/trial_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
}
