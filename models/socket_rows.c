#include "models/socket_rows.h"

#include <stdlib.h>

#include "models/app.h"
#include "models/gateway.h"
#include "sim/base/hash.h"
#include "sim/base/memory.h"

static const struct app_config *app_of(const struct socket_scene *scene, uint16_t app)
{
    return &((const struct app_config *)scene->apps->items)[app];
}

static uint32_t host_at(const struct net *net, uint32_t address)
{
    return net->hosts.members[net_address(net, address)->member].host;
}

static const char *name_at(const struct net *net, uint32_t address)
{
    return net->hosts.at[host_at(net, address)].config->name;
}

/* --- sockets --------------------------------------------------------------------------
 */

static struct socket_row row_of(const struct socket_scene *scene,
                                const struct tcp_socket *s)
{
    const struct net *net = scene->net;
    const struct host *h = &net->hosts.at[net->hosts.members[s->member].host];
    const struct process *process = process_of(&net->processes, s);
    struct socket_row row = {.host = h->config->name,
                             .member = s->member - h->first_member,
                             .pool = host_pool_of(s->local_address, false),
                             .state = tcp_state_name(s->state),
                             .app = app_of(scene, s->app)->name,
                             .process = process->name,
                             .local = net_address(net, s->local_address)->ip,
                             .local_port = s->local_port,
                             .ephemeral = !(s->flags & (TCP_PASSIVE | TCP_REFLECTED)),
                             .owned = s->flags & TCP_DESCRIPTOR,
                             .passive = s->flags & TCP_PASSIVE,
                             .since = s->since,
                             .number = (uint32_t)(s - net->sockets.at),
                             .peer_number = s->peer};
    if (row.owned)
        row.pid = process->pid;
    if (s->state == TCP_BOUND) /* toward nobody */
        return row;
    row.remote = net_address(net, s->remote_address)->ip;
    row.remote_port = s->remote_port;
    row.remote_host = name_at(net, s->remote_address);
    return row;
}

static struct socket_row row_of_udp(const struct socket_scene *scene,
                                    const struct udp_socket *s)
{
    const struct net *net = scene->net;
    const struct host *h = &net->hosts.at[net->hosts.members[s->member].host];
    const struct process *process = process_of_users(&net->processes, s->app);
    struct socket_row row = {.host = h->config->name,
                             .member = s->member - h->first_member,
                             .pool = host_pool_of(s->local_address, true),
                             .state = udp_state_name((enum udp_state)s->state),
                             .app = app_of(scene, s->app)->name,
                             .process = process->name,
                             .pid = process->pid,
                             .local = net_address(net, s->local_address)->ip,
                             .local_port = s->local_port,
                             .ephemeral = true,
                             .owned = true,
                             .since = s->since,
                             .number = (uint32_t)(s - net->udp_sockets.at)};
    if (s->state != UDP_ESTABLISHED) /* it hears everybody */
        return row;
    row.remote = net_address(net, s->remote_address)->ip;
    row.remote_port = s->remote_port;
    row.remote_host = name_at(net, s->remote_address);
    return row;
}

/* What the timer that runs in this state is for; see tcp_timer(). */
static enum socket_timer timer_of(const struct tcp_socket *s)
{
    switch ((enum tcp_wait)tcp_waits[s->state]) {
    case TCP_WAITS_FOR_SYN_ACK:
    case TCP_WAITS_FOR_ACK_OF_SYN:
    case TCP_WAITS_FOR_ACK_OF_FIN:
        return SOCKET_TIMER_ON;
    case TCP_WAITS_FOR_FIN:
        return s->flags & TCP_HALF_CLOSED ? SOCKET_TIMER_KEEPALIVE
                                          : SOCKET_TIMER_TIMEWAIT;
    case TCP_WAITS_FOR_2MSL:
        return SOCKET_TIMER_TIMEWAIT;
    case TCP_WAITS_FOR_NOTHING:
        break;
    }
    return SOCKET_TIMER_KEEPALIVE;
}

/* When the timer of each socket is due: the queue alone knows, for a knob turned later
 * moves no deadline. */
struct deadlines {
    const struct tcp_sockets *sockets;
    sim_ns *at; /* by socket; 0: none */
};

static void find_deadline(void *context, const struct event *e)
{
    struct deadlines *d = context;
    if (event_kind(e) != EVENT_TCP_TIMER)
        return;
    uint32_t socket = (uint32_t)e->arg;
    if (d->sockets->at[socket].timer.ticket == event_ticket_of(e))
        d->at[socket] = e->when;
}

void socket_rows_each(const struct socket_scene *scene, socket_see *see, void *context)
{
    const struct tcp_sockets *t = &scene->net->sockets;
    struct deadlines d = {t, memory_new((size_t)t->used + 1, sizeof *d.at)};
    event_queue_each(scene->net->queue, find_deadline, &d);
    for (uint32_t i = 1; i <= t->used; i++) {
        if (t->at[i].state == TCP_NO_STATE)
            continue;
        struct socket_row row = row_of(scene, &t->at[i]);
        if (event_timer_pending(t->at[i].timer)) {
            row.timer = timer_of(&t->at[i]);
            row.ends = d.at[i];
        }
        see(context, &row);
    }
    free(d.at);
    const struct udp_sockets *u = &scene->net->udp_sockets;
    for (uint32_t i = 1; i <= u->used; i++) {
        if (!udp_is_open(&u->at[i]))
            continue;
        struct socket_row row = row_of_udp(scene, &u->at[i]);
        see(context, &row);
    }
}

/* --- listeners ------------------------------------------------------------------------
 */

/* One port of a host at which it accepts, or answers queries. */
struct listener {
    uint32_t host;
    uint16_t port;
    bool udp;
    uint32_t process; /* UINT32_MAX: of none that is known */
};

static int by_host_and_port(const void *a, const void *b)
{
    const struct listener *x = a, *y = b;
    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    if (x->port != y->port)
        return x->port < y->port ? -1 : 1;
    if (x->udp != y->udp)
        return x->udp ? 1 : -1;
    return (x->process > y->process) - (x->process < y->process);
}

static struct listener *listed_ports(const struct socket_scene *scene,
                                     struct listener *out)
{
    const struct hosts *hosts = &scene->net->hosts;
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct field_list *listen = &hosts->at[i].config->listen;
        for (uint32_t k = 0; k < listen->count; k++)
            *out++ = (struct listener){.host = i,
                                       .port = ((const uint16_t *)listen->items)[k],
                                       .process = UINT32_MAX};
    }
    return out;
}

/* Those that apps connect to, and whose they are: models/process.h. */
static struct listener *asked_ports(const struct socket_scene *scene,
                                    struct listener *out)
{
    const struct hosts *hosts = &scene->net->hosts;
    for (uint32_t i = 0; i < scene->apps->count; i++) {
        const struct app_config *a = app_of(scene, (uint16_t)i);
        const struct processes *processes = &scene->net->processes;
        if (host_listens(&hosts->at[a->to.reference], a->to.port))
            *out++ = (struct listener){.host = a->to.reference,
                                       .port = a->to.port,
                                       .udp = a->protocol == APP_UDP,
                                       .process = processes->of[i * 4 + 3]};
        if (a->through == FIELD_NO_REFERENCE)
            continue;
        uint16_t port = hosts->at[a->through].config->proxy_port;
        if (host_listens(&hosts->at[a->through], port))
            *out++ = (struct listener){
                .host = a->through, .port = port, .process = processes->of[i * 4 + 1]};
    }
    return out;
}

static void see_listener(const struct net *net, const struct listener *l, socket_see *see,
                         void *context)
{
    const struct host *h = &net->hosts.at[l->host];
    const struct process *process =
        l->process == UINT32_MAX ? NULL : &net->processes.at[l->process];
    if (process && !process->running)
        return;
    for (uint32_t i = 0; i < h->member_count; i++) {
        struct socket_row row = {.host = h->config->name,
                                 .member = i,
                                 .pool = pool_for(l->udp, h->address_count[0] ? 4 : 6),
                                 .state = l->udp ? udp_state_name(UDP_UNCONN)
                                                 : tcp_state_name(TCP_LISTEN),
                                 .process = process ? process->name : NULL,
                                 .pid = process ? process->pid : 0,
                                 .local_port = l->port,
                                 .owned = true,
                                 .passive = true};
        see(context, &row);
    }
}

/* Of several that are the same port the first, which knows its process; of one that is
 * only listed, and asked for in UDP alone, not the one of TCP. */
static bool is_shown(const struct listener *all, size_t count, size_t i)
{
    const struct listener *l = &all[i], *next = i + 1 < count ? l + 1 : NULL;
    if (i > 0 && l[-1].host == l->host && l[-1].port == l->port && l[-1].udp == l->udp)
        return false;
    return l->process != UINT32_MAX || !next || next->host != l->host ||
           next->port != l->port || !next->udp;
}

void socket_rows_listening(const struct socket_scene *scene, socket_see *see,
                           void *context)
{
    const struct hosts *hosts = &scene->net->hosts;
    size_t room = (size_t)scene->apps->count * 2;
    for (uint32_t i = 0; i < hosts->count; i++)
        room += hosts->at[i].config->listen.count;
    struct listener *all = memory_new(room, sizeof *all);
    size_t count = (size_t)(asked_ports(scene, listed_ports(scene, all)) - all);
    qsort(all, count, sizeof *all, by_host_and_port);
    for (size_t i = 0; i < count; i++)
        if (is_shown(all, count, i))
            see_listener(scene->net, &all[i], see, context);
    free(all);
}

/* --- gateways -------------------------------------------------------------------------
 */

static struct socket_row row_of_mapping(const struct socket_scene *scene,
                                        const struct nat_mapping *m)
{
    const struct net *net = scene->net;
    const struct gateway *g = &net->gateways->at[m->gateway];
    const struct host *h = &net->hosts.at[g->host];
    const struct address *outside = net_address(net, m->outside_address);
    return (struct socket_row){.host = h->config->name,
                               .member = outside->member - h->first_member,
                               .pool = host_pool_of(m->outside_address, false),
                               .state = nat_state_name((enum nat_state)m->state),
                               .app = app_of(scene, m->app >> 1)->name,
                               .local = outside->ip,
                               .remote = net_address(net, m->to.address)->ip,
                               .local_port = m->outside_port,
                               .remote_port = m->to.port,
                               .remote_host = name_at(net, m->to.address),
                               .ephemeral = true,
                               .translated = true};
}

void socket_rows_translated(const struct socket_scene *scene, socket_see *see,
                            void *context)
{
    const struct gateways *g = scene->net->gateways;
    for (uint32_t i = 1; g && i <= g->mappings.used; i++) {
        if (g->mappings.at[i].state == NAT_NO_STATE)
            continue;
        struct socket_row row = row_of_mapping(scene, &g->mappings.at[i]);
        see(context, &row);
    }
}

/* --- alike ----------------------------------------------------------------------------
 *
 * A group is found by two words put together from the record, without looking at what its
 * numbers mean; what they mean is asked once a group, of one of its sockets.
 */

struct alike {
    uint64_t addresses, rest;
    uint64_t count; /* 0: a free slot */
    uint32_t one;   /* of them */
};

struct groups {
    struct alike *slots;
    size_t size, used; /* size: a power of two */
    /* By family and address: the one that stands for it, and whether for others, too. */
    struct standing {
        uint32_t address;
        bool blurred;
    } * standing[2];
};

/* Addresses of one entry and family, of which the first stands for all if they are too
 * many. */
struct entry_addresses {
    uint32_t count, first;
};

static void tell_apart(struct groups *g, const struct net *net, bool ipv6, uint32_t most)
{
    uint32_t total = net->address_count[ipv6], mark = ipv6 ? PORT_IPV6 : 0;
    struct entry_addresses *entries = memory_new(net->hosts.count, sizeof *entries);
    for (uint32_t i = 0; i < total; i++) {
        struct entry_addresses *e = &entries[host_at(net, i | mark)];
        if (e->count++ == 0)
            e->first = i;
    }
    g->standing[ipv6] = memory_new(total, sizeof *g->standing[ipv6]);
    for (uint32_t i = 0; i < total; i++) {
        const struct entry_addresses *e = &entries[host_at(net, i | mark)];
        bool blurred = e->count > most;
        g->standing[ipv6][i] =
            (struct standing){(blurred ? e->first : i) | mark, blurred};
    }
    free(entries);
}

static const struct standing *standing_for(const struct groups *g, uint32_t address)
{
    return &g->standing[host_is_ipv6(address)][address & ~PORT_IPV6];
}

/* Both addresses as one word. */
static uint64_t standing_pair(const struct groups *g, uint32_t local, uint32_t remote)
{
    return (uint64_t)standing_for(g, local)->address << 32 |
           standing_for(g, remote)->address;
}

static struct alike *slot_of(struct groups *g, uint64_t addresses, uint64_t rest)
{
    size_t i = (size_t)hash_mix(hash_mix(addresses) ^ rest) & (g->size - 1);
    while (g->slots[i].count &&
           (g->slots[i].addresses != addresses || g->slots[i].rest != rest))
        i = (i + 1) & (g->size - 1);
    return &g->slots[i];
}

static void grow(struct groups *g)
{
    struct alike *old = g->slots;
    size_t size = g->size;
    g->size = size ? 2 * size : 64;
    g->slots = memory_new(g->size, sizeof *g->slots);
    for (size_t i = 0; i < size; i++)
        if (old[i].count)
            *slot_of(g, old[i].addresses, old[i].rest) = old[i];
    free(old);
}

static void put(struct groups *g, struct alike one)
{
    struct alike *a = slot_of(g, one.addresses, one.rest);
    if (a->count++)
        return;
    one.count = 1;
    *a = one;
    if (++g->used > g->size / 2)
        grow(g);
}

/* Bits of no flag that is shown. */
#define UDP        UINT64_C(32)
#define TRANSLATED UINT64_C(4)
#define OWNED      UINT64_C(8)
#define SHOWN      (UINT64_C(0) | TCP_PASSIVE | TCP_REFLECTED | TCP_UPSTREAM)
_Static_assert(!(SHOWN & (UDP | TRANSLATED | OWNED)) && SHOWN < 256,
               "eight bits tell kinds apart");

static void count_socket(struct groups *g, const struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = &net->sockets.at[socket];
    uint16_t port = s->flags & TCP_PASSIVE ? s->local_port : s->remote_port;
    uint64_t kind = (s->flags & SHOWN) | (s->flags & TCP_DESCRIPTOR ? OWNED : 0);
    put(g,
        (struct alike){.addresses = standing_pair(g, s->local_address, s->remote_address),
                       .rest = (uint64_t)net->hosts.members[s->member].host << 48 |
                               (uint64_t)s->app << 32 | (uint64_t)port << 16 | kind << 8 |
                               s->state,
                       .one = socket});
}

static void count_mapping(struct groups *g, const struct net *net, uint32_t mapping)
{
    const struct nat_mapping *m = &net->gateways->mappings.at[mapping];
    put(g,
        (struct alike){.addresses = standing_pair(g, m->outside_address, m->to.address),
                       .rest = (uint64_t)m->gateway << 48 | (uint64_t)m->app << 32 |
                               (uint64_t)m->to.port << 16 | TRANSLATED << 8 | m->state,
                       .one = mapping});
}

static void count_query(struct groups *g, const struct net *net, uint32_t socket)
{
    const struct udp_socket *s = &net->udp_sockets.at[socket];
    put(g,
        (struct alike){.addresses = standing_pair(g, s->local_address, s->remote_address),
                       .rest = (uint64_t)net->hosts.members[s->member].host << 48 |
                               (uint64_t)s->app << 32 | (uint64_t)s->remote_port << 16 |
                               (UDP | OWNED) << 8 | s->state,
                       .one = socket});
}

static struct socket_row row_of_group(const struct socket_scene *scene,
                                      const struct alike *a)
{
    const struct net *net = scene->net;
    if (net->gateways && a->rest & TRANSLATED << 8)
        return row_of_mapping(scene, &net->gateways->mappings.at[a->one]);
    if (a->rest & UDP << 8)
        return row_of_udp(scene, &net->udp_sockets.at[a->one]);
    return row_of(scene, &net->sockets.at[a->one]);
}

/* The row of one stands for all of the group: without what tells them apart. */
static void see_group(const struct groups *g, const struct socket_scene *scene,
                      const struct alike *a, socket_see_alike *see, void *context)
{
    struct socket_row row = row_of_group(scene, a);
    if (standing_for(g, (uint32_t)(a->addresses >> 32))->blurred)
        row.local.family = 0;
    if (standing_for(g, (uint32_t)a->addresses)->blurred)
        row.remote.family = 0;
    see(context, &row, a->count);
}

void socket_rows_alike(const struct socket_scene *scene, uint32_t most,
                       socket_see_alike *see, void *context)
{
    const struct net *net = scene->net;
    struct groups g = {0};
    for (int ipv6 = 0; ipv6 < 2; ipv6++)
        tell_apart(&g, net, ipv6, most);
    grow(&g);
    for (uint32_t i = 1; i <= net->sockets.used; i++)
        if (net->sockets.at[i].state != TCP_NO_STATE)
            count_socket(&g, net, i);
    for (uint32_t i = 1; i <= net->udp_sockets.used; i++)
        if (udp_is_open(&net->udp_sockets.at[i]))
            count_query(&g, net, i);
    for (uint32_t i = 1; net->gateways && i <= net->gateways->mappings.used; i++)
        if (net->gateways->mappings.at[i].state != NAT_NO_STATE)
            count_mapping(&g, net, i);
    for (size_t i = 0; i < g.size; i++)
        if (g.slots[i].count)
            see_group(&g, scene, &g.slots[i], see, context);
    free(g.slots);
    free(g.standing[0]);
    free(g.standing[1]);
}
