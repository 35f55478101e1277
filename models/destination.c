#include "models/destination.h"

#include <stdlib.h>

#include "models/app.h"
#include "models/gateway.h"
#include "models/net.h"
#include "sim/base/memory.h"

const struct metric_def destination_metric = {.name = "holders",
                                              .unit = "ports",
                                              .kind = METRIC_LEVEL,
                                              .flags = METRIC_SERIES,
                                              .help = "local ports held toward the "
                                                      "destination"};

/* --- set-up ---------------------------------------------------------------------------
 */

static uint32_t declare(struct net *net, uint32_t host, uint32_t to, uint16_t port)
{
    char *prefix =
        memory_print("hosts.%s.destinations.%s:%u", net->hosts.at[host].config->name,
                     net->hosts.at[to].config->name, (unsigned)port);
    uint32_t metric = metrics_declare(net->metrics, prefix, &destination_metric, 1);
    free(prefix);
    return metric;
}

/* The number of (host, destination), made when it is met for the first time. */
static uint32_t number_of(struct net *net, uint32_t host, uint32_t to, uint16_t port)
{
    struct destinations *all = &net->destinations;
    for (uint32_t i = 0; i < all->count; i++) {
        const struct destination *d = &all->at[i];
        if (d->host == host && d->to_host == to && d->to_port == port)
            return i;
    }
    all->at = memory_resize(all->at, all->count + 1, sizeof *all->at);
    all->at[all->count] = (struct destination){.host = host,
                                               .to_host = to,
                                               .to_port = port,
                                               .metric = declare(net, host, to, port)};
    return all->count++;
}

/* Both legs of an app: of a direct one they are the same. */
struct legs {
    uint32_t from[2], to[2];
    uint16_t port[2];
};

static struct legs legs_of(const struct net *net, const struct app_config *a)
{
    struct legs legs = {.from = {a->from, a->from},
                        .to = {a->to.reference, a->to.reference},
                        .port = {a->to.port, a->to.port}};
    if (a->through == FIELD_NO_REFERENCE)
        return legs;
    legs.to[0] = legs.from[1] = a->through;
    legs.port[0] = net->hosts.at[a->through].config->proxy_port;
    return legs;
}

static void name_destinations(struct net *net, const struct app_config *apps,
                              uint32_t count)
{
    for (uint32_t i = 0; i < count * 2; i++) {
        struct legs legs = legs_of(net, &apps[i / 2]);
        uint32_t leg = i % 2;
        uint32_t number = number_of(net, legs.from[leg], legs.to[leg], legs.port[leg]);
        net->destinations.of[i] = number;
        net->holders[i] = net->destinations.at[number].metric;
    }
}

static void name_translated(struct net *net, const struct app_config *apps,
                            uint32_t count)
{
    for (uint32_t i = 0; net->gateways && i < count * 2; i++) {
        struct legs legs = legs_of(net, &apps[i / 2]);
        uint32_t leg = i % 2;
        const struct gateway *g = gateway_between(net, legs.from[leg], legs.to[leg]);
        uint32_t number =
            g ? number_of(net, g->host, legs.to[leg], legs.port[leg]) : DESTINATION_NONE;
        net->destinations.translated[i] = number;
        net->gateways->holders[i] = g ? net->destinations.at[number].metric : UINT32_MAX;
    }
}

void destinations_init(struct net *net, const struct field_list *apps)
{
    size_t slots = (size_t)apps->count * 2;
    net->holders = memory_new(slots, sizeof *net->holders);
    net->destinations = (struct destinations){
        .of = memory_new(slots, sizeof(uint32_t)),
        .translated = memory_new(slots, sizeof(uint32_t)),
    };
    name_destinations(net, apps->items, apps->count);
    name_translated(net, apps->items, apps->count);
}

void destinations_free(struct net *net)
{
    free(net->holders);
    free(net->destinations.at);
    free(net->destinations.of);
    free(net->destinations.translated);
    net->holders = NULL;
    net->destinations = (struct destinations){0};
}

/* --- spells ---------------------------------------------------------------------------
 */

static void note(struct net *net, const struct destination *d, enum pool pool,
                 struct note note)
{
    note.host = d->host;
    note.to_host = d->to_host;
    note.to_port = d->to_port;
    note.pool = (uint8_t)pool;
    notes_add(net->hosts.notes, note);
}

void destination_failed(struct net *net, uint32_t number, enum pool pool)
{
    struct destination *d = &net->destinations.at[number];
    sim_ns now = net_now(net);
    if (spell_meets(&d->spells[pool], now))
        note(net, d, pool,
             (struct note){.when = now, .kind = NOTE_DESTINATION_EXHAUSTED});
}

static void settle(struct net *net, struct destination *d, enum pool pool)
{
    struct spell *spell = &d->spells[pool];
    note(net, d, pool,
         (struct note){.when = spell->last,
                       .kind = NOTE_DESTINATION_RECOVERS,
                       .value = spell->count});
    *spell = (struct spell){0};
}

/* While its pool is exhausted, a destination that few talk to may be silent for a while
 * without being well. */
#define PAUSE_OF_FEW (5 * 60 * SIM_S)

static bool is_over(const struct net *net, const struct destination *d, int pool)
{
    const struct spell *spell = &d->spells[pool];
    sim_ns now = net_now(net);
    bool exhausted = net->hosts.at[d->host].pools[pool].exhaustion.count > 0;
    return spell_is_over(spell, now) && (!exhausted || now - spell->last >= PAUSE_OF_FEW);
}

void destinations_settle(struct net *net)
{
    for (uint32_t i = 0; i < net->destinations.count; i++) {
        struct destination *d = &net->destinations.at[i];
        for (int pool = 0; pool < POOL_COUNT; pool++)
            if (is_over(net, d, pool))
                settle(net, d, (enum pool)pool);
    }
}
