#include "models/power.h"

#include "models/gateway.h"
#include "models/tcp.h"
#include "models/udp.h"

/* --- processes ------------------------------------------------------------------------
 */

/* What the process has open, and what waits at its listeners. */
static bool is_of(struct net *net, const struct tcp_socket *s, const struct process *p)
{
    bool holds = s->flags & TCP_DESCRIPTOR || s->state == TCP_SYN_RECEIVED;
    return s->state != TCP_NO_STATE && holds && process_of(&net->processes, s) == p;
}

static bool is_users(struct net *net, const struct udp_socket *s, const struct process *p)
{
    return udp_is_open(s) && process_of_users(&net->processes, s->app) == p;
}

static void process_stops(struct net *net, struct process *p)
{
    int64_t open = process_sockets(&net->processes, p);
    for (uint32_t i = 1; i <= net->sockets.used; i++)
        if (is_of(net, net_socket(net, i), p))
            tcp_exit(net, i);
    for (uint32_t i = 1; i <= net->udp_sockets.used; i++)
        if (is_users(net, &net->udp_sockets.at[i], p))
            udp_exit(net, i);
    process_ends(&net->processes, p, net_now(net));
    notes_add(net->hosts.notes, (struct note){.when = net_now(net),
                                              .kind = NOTE_PROCESS_STOPS,
                                              .host = p->host,
                                              .process = p->name,
                                              .value = (uint64_t)open});
}

static void process_starts(struct net *net, struct process *p)
{
    process_begins(&net->processes, p, net_now(net));
    notes_add(net->hosts.notes, (struct note){.when = net_now(net),
                                              .kind = NOTE_PROCESS_STARTS,
                                              .host = p->host,
                                              .process = p->name});
}

/* --- hosts ----------------------------------------------------------------------------
 */

static void lose(struct net *net, uint32_t socket)
{
    const struct tcp_socket *s = net_socket(net, socket);
    if (!(s->flags & TCP_PASSIVE))
        gateway_quiet(net, socket);
    if (s->flags & TCP_OWNED)
        net->user->orphaned(net->user_context, socket);
    tcp_vanish(net, socket);
}

static void host_goes_down(struct net *net, struct host *h)
{
    uint64_t gone = 0;
    h->down = true;
    for (uint32_t i = 1; i <= net->sockets.used; i++) {
        const struct tcp_socket *s = net_socket(net, i);
        if (s->state == TCP_NO_STATE || net_host(net, s->member) != h)
            continue;
        lose(net, i);
        gone++;
    }
    for (uint32_t i = 1; i <= net->udp_sockets.used; i++) {
        const struct udp_socket *s = &net->udp_sockets.at[i];
        if (!udp_is_open(s) || net_host(net, s->member) != h)
            continue;
        udp_exit(net, i);
        gone++;
    }
    gateway_forgets(net, h);
    for (uint32_t i = 0; i < net->processes.count; i++) {
        struct process *p = &net->processes.at[i];
        if (p->host == h->number && p->running)
            process_ends(&net->processes, p, net_now(net));
    }
    notes_add(net->hosts.notes, (struct note){.when = net_now(net),
                                              .kind = NOTE_HOST_DOWN,
                                              .host = h->number,
                                              .value = gone});
}

static void host_comes_up(struct net *net, struct host *h)
{
    h->down = false;
    host_restart(h);
    host_boots(&net->hosts, h, net_now(net));
    notes_add(
        net->hosts.notes,
        (struct note){.when = net_now(net), .kind = NOTE_HOST_UP, .host = h->number});
    for (uint32_t i = 0; i < net->processes.count; i++) {
        struct process *p = &net->processes.at[i];
        if (p->host == h->number && process_should_run(&net->processes, p))
            process_begins(&net->processes, p, net_now(net));
    }
}

/* --- both -----------------------------------------------------------------------------
 */

void power_reconfigure(struct net *net, const struct field_list *hosts)
{
    const struct host_config *config = hosts->items;
    net->processes.hosts = hosts;
    for (uint32_t i = 0; i < net->hosts.count; i++) {
        struct host *h = &net->hosts.at[i];
        if (h->down && config[i].running)
            host_comes_up(net, h);
        else if (!h->down && !config[i].running)
            host_goes_down(net, h);
    }
    for (uint32_t i = 0; i < net->processes.count; i++) {
        struct process *p = &net->processes.at[i];
        bool should = process_should_run(&net->processes, p);
        if (net->hosts.at[p->host].down || p->running == should)
            continue;
        if (should)
            process_starts(net, p);
        else
            process_stops(net, p);
    }
}
