#include "models/world.h"

#include <stdlib.h>

#include "models/addresses.h"
#include "models/gateway.h"
#include "models/power.h"
#include "models/session.h"
#include "models/socket_rows.h"
#include "models/takeover.h"
#include "models/tcp.h"
#include "models/udp_session.h"
#include "models/watch.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

struct world {
    const struct world_config *config;
    struct net net;
    struct sessions sessions;
    struct notes notes;
    struct watch watch;
    uint64_t events;
    bool pause_at_notes;
};

/* --- links ----------------------------------------------------------------------------
 */

static void set_link(struct world *w, uint32_t from, uint32_t to, sim_ns rtt, double loss,
                     double fin_eaten)
{
    struct link *l = net_link(&w->net, from, to);
    if (l->delay != rtt / 2 || !l->lane)
        l->lane = event_queue_lane(w->net.queue, rtt / 2);
    l->delay = rtt / 2;
    l->loss = loss;
    l->fin_eaten = fin_eaten;
}

static void set_links(struct world *w)
{
    const struct network_config *network = &w->config->network;
    const struct path_config *path = w->config->paths.items;
    uint32_t hosts = w->config->hosts.count;
    for (uint32_t a = 0; a < hosts; a++)
        for (uint32_t b = 0; b < hosts; b++)
            set_link(w, a, b, network->rtt, network->loss, 0);
    for (uint32_t i = 0; i < w->config->paths.count; i++) {
        const struct path_config *p = &path[i];
        const uint32_t *end = p->between.items;
        for (int way = 0; way < 2; way++) {
            uint32_t from = end[way], to = end[1 - way];
            double eaten = p->eats_fin_from == from ? p->eats_fin_share : 0;
            set_link(w, from, to, p->rtt, p->loss, eaten);
        }
    }
}

static void open_links(struct world *w, uint64_t seed, uint32_t replication)
{
    const struct host_config *h = w->config->hosts.items;
    uint32_t hosts = w->config->hosts.count;
    w->net.links = memory_new((size_t)hosts * hosts, sizeof *w->net.links);
    for (uint32_t a = 0; a < hosts; a++)
        for (uint32_t b = 0; b < hosts; b++) {
            char *path = memory_print("paths.%s>%s", h[a].name, h[b].name);
            net_link(&w->net, a, b)->chance =
                random_stream_make(seed, replication, path, "loss");
            free(path);
        }
    set_links(w);
}

/* --- life -----------------------------------------------------------------------------
 */

static void next_second(struct world *w)
{
    struct event_queue *q = w->net.queue;
    event_queue_push_lane(q, event_queue_lane(q, SIM_S), event_queue_now(q) + SIM_S,
                          EVENT_SECOND, 0, 0);
}

struct world *world_new(const struct world_config *config,
                        const struct arrival_trace *traces, uint64_t seed,
                        uint32_t replication)
{
    struct world *w = memory_new(1, sizeof *w);
    struct net *net = &w->net;
    w->config = config;
    net->queue = event_queue_new();
    net->metrics = metrics_new();
    net->user = &sessions_tcp_user;
    net->user_context = &w->sessions;
    tcp_sockets_init(&net->sockets);
    struct host_use *uses = addresses_number(net, config);
    hosts_init(&net->hosts, &config->hosts, uses, net->metrics, &w->notes, seed,
               replication);
    free(uses);
    open_links(w, seed, replication);
    processes_init(&net->processes, &config->hosts, &config->apps, net->metrics);
    gateways_init(net, config->apps.count, seed, replication);
    destinations_init(net, &config->apps);
    net->port_events = port_events_new(net);
    watch_init(&w->watch, net);
    sessions_init(&w->sessions, net, &w->notes, &config->apps, traces, seed, replication);
    power_reconfigure(net, &config->hosts);
    next_second(w);
    return w;
}

void world_free(struct world *w)
{
    if (!w)
        return;
    sessions_free(&w->sessions);
    destinations_free(&w->net);
    gateways_free(&w->net);
    processes_free(&w->net.processes);
    hosts_free(&w->net.hosts);
    tcp_sockets_free(&w->net.sockets);
    udp_sockets_free(&w->net.udp_sockets);
    metrics_free(w->net.metrics);
    event_queue_free(w->net.queue);
    free(w->net.addresses[0]);
    free(w->net.addresses[1]);
    free(w->net.links);
    free(w->net.port_events);
    watch_free(&w->watch);
    free(w->net.wheel_lanes);
    notes_free(&w->notes);
    free(w);
}

static void second(struct world *w)
{
    sim_ns now = net_now(&w->net);
    hosts_tick(&w->net.hosts, now);
    gateways_tick(&w->net);
    hosts_settle(&w->net.hosts, now);
    destinations_settle(&w->net);
    sessions_settle(&w->sessions, now);
    watch_look(&w->watch, &w->net);
    next_second(w);
}

/* False if the event was cancelled. */
static bool handle(struct world *w, const struct event *e)
{
    switch ((enum net_event)event_kind(e)) {
    case EVENT_SYN:
    case EVENT_SYN_ACK:
    case EVENT_ACK:
    case EVENT_FIN:
    case EVENT_FIN_ACK:
    case EVENT_ACK_OF_FIN:
    case EVENT_RST:
    case EVENT_CHALLENGE_ACK:
    case EVENT_PROBE:
    case EVENT_PROBE_ANSWER:
        tcp_segment(&w->net, e);
        return true;
    case EVENT_TCP_TIMER:
        return tcp_timer(&w->net, e);
    case EVENT_SESSION:
        return sessions_event(&w->sessions, e);
    case EVENT_ARRIVAL:
        return sessions_arrival(&w->sessions, e);
    case EVENT_NAT:
        return gateway_event(&w->net, e);
    case EVENT_UDP:
        udp_session_event(&w->sessions, e);
        return true;
    case EVENT_SECOND:
        second(w);
        return true;
    }
    SIM_BUG("an event of no known kind");
}

enum world_pause world_run(struct world *w, sim_ns until, uint64_t budget)
{
    struct event e;
    uint32_t noted = w->pause_at_notes ? w->notes.count : UINT32_MAX;
    for (; budget; budget--) {
        if (!event_queue_pop(w->net.queue, until, &e))
            return WORLD_ARRIVED;
        if (!handle(w, &e))
            continue;
        w->events++;
        net_mark(&w->net, (uint64_t)e.when);
        net_mark(&w->net, (uint64_t)event_kind(&e) << 56 ^ e.arg);
        if (w->notes.count > noted)
            return WORLD_NOTED;
    }
    return WORLD_BUDGET_SPENT;
}

void world_pause_at_notes(struct world *w)
{
    w->pause_at_notes = true;
}

void world_reconfigure(struct world *w, const struct world_config *config)
{
    struct hosts *hosts = &w->net.hosts;
    struct stack *before = memory_new(hosts->count, sizeof *before);
    for (uint32_t i = 0; i < hosts->count; i++)
        before[i] = hosts->at[i].config->tcp;
    w->config = config;
    addresses_change(&w->net, config);
    hosts_reconfigure(hosts, &config->hosts, net_now(&w->net));
    for (uint32_t i = 0; i < hosts->count; i++)
        tcp_timers_changed(&w->net, i, &before[i]);
    free(before);
    power_reconfigure(&w->net, &config->hosts);
    takeover_reconfigure(&w->net);
    gateways_reconfigure(&w->net, &config->hosts);
    set_links(w);
    sessions_reconfigure(&w->sessions, &config->apps);
}

void world_end(struct world *w)
{
    sessions_end(&w->sessions);
}

sim_ns world_now(const struct world *w)
{
    return net_now(&w->net);
}

const sim_ns *world_clock(const struct world *w)
{
    return event_queue_clock(w->net.queue);
}

struct metrics *world_metrics(struct world *w)
{
    return w->net.metrics;
}

const struct notes *world_notes(const struct world *w)
{
    return &w->notes;
}

struct net *world_net(struct world *w)
{
    return &w->net;
}

struct socket_scene world_scene(const struct world *w)
{
    return (struct socket_scene){.net = &w->net, .apps = &w->config->apps};
}

void world_sockets(const struct world *w,
                   void (*see)(void *context, const struct socket_row *), void *context)
{
    struct socket_scene scene = world_scene(w);
    socket_rows_each(&scene, see, context);
}

struct world_totals world_totals(const struct world *w)
{
    const struct net *net = &w->net;
    return (struct world_totals){.events = w->events,
                                 .connections = net->connections,
                                 .fingerprint = net->fingerprint,
                                 .live = net->sockets.live + net->udp_sockets.live,
                                 .records = net->sockets.used};
}

size_t world_bytes(const struct world *w)
{
    const struct net *net = &w->net;
    return tcp_sockets_bytes(&net->sockets) + udp_sockets_bytes(&net->udp_sockets) +
           hosts_bytes(&net->hosts) + gateways_bytes(net) +
           event_queue_bytes(net->queue) + sessions_bytes(&w->sessions);
}
