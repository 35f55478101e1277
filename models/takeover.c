#include "models/takeover.h"

#include <stdlib.h>

#include "models/tw_queue.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

static bool is_loopback(const struct net *net, uint32_t address)
{
    static const struct ip_address ipv6 = {.family = 6, .bytes = {[15] = 1}};
    const struct ip_address *ip = &net_address(net, address)->ip;
    return ip->family == 4 ? ip->bytes[0] == 127 : ip_address_equal(ip, &ipv6);
}

static bool reuses(const struct net *net, const struct stack *stack,
                   const struct tcp_socket *s)
{
    if (s->state != TCP_TIME_WAIT || s->held & HELD_BY_BIND)
        return false;
    if (stack->tw_reuse == TW_REUSE_LOOPBACK)
        return is_loopback(net, s->local_address) || is_loopback(net, s->remote_address);
    return stack->tw_reuse == TW_REUSE_ON;
}

static bool had_timestamps(const struct net *net, const struct stack *stack,
                           const struct tcp_socket *s)
{
    return stack->timestamps && net->hosts.at[s->peer_host].config->tcp.timestamps;
}

static void index_once(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    if (s->flags & TCP_INDEXED)
        return;
    s->flags |= TCP_INDEXED;
    tcp_sockets_index(&net->sockets, socket);
}

static void wait_in_line(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    struct member *m = net_member(net, s->member);
    s->flags |= TCP_IN_LINE;
    if (!m->reusable)
        m->reusable = tw_queue_new();
    tw_queue_put(m->reusable, (struct tw_entry){s->since, socket, s->generation});
}

void takeover_offer(struct net *net, uint32_t socket)
{
    struct tcp_socket *s = net_socket(net, socket);
    const struct stack *stack = net_stack(net, s->member);
    bool shared = s->held & (HELD_REUSEADDR | HELD_REUSEPORT);
    bool reused = stack->tw_reuse != TW_REUSE_OFF && !(s->flags & TCP_YIELDS) &&
                  reuses(net, stack, s);
    if (!shared && !reused)
        return;
    if (s->flags & (TCP_PASSIVE | TCP_REFLECTED) || !had_timestamps(net, stack, s))
        return;
    if (shared && !(s->flags & TCP_INDEXED))
        host_yield_port(&net->hosts, net_member(net, s->member), s, PORT_YIELDS_TO_BIND);
    index_once(net, socket);
    if (reused)
        wait_in_line(net, socket);
}

void takeover_ripen(struct net *net, struct member *m)
{
    const struct stack *stack = &net->hosts.at[m->host].config->tcp;
    struct tw_entry e;
    while (stack->tw_reuse != TW_REUSE_OFF &&
           tw_queue_take(m->reusable, net_now(net) - stack->tw_reuse_delay, &e)) {
        struct tcp_socket *s = net_socket(net, e.socket);
        if (s->state != TCP_TIME_WAIT || s->generation != e.generation ||
            s->since != e.began)
            continue;
        s->flags |= TCP_YIELDS;
        host_yield_port(&net->hosts, m, s, PORT_YIELDS_TO_ALL);
    }
}

uint32_t takeover_find(struct net *net, uint32_t local_address, uint16_t local_port,
                       struct port_destination to)
{
    uint32_t socket =
        tcp_sockets_find(&net->sockets, local_address, local_port, to.address, to.port);
    SIM_ASSERT(socket != 0);
    return socket;
}

static int by_age(const void *a, const void *b)
{
    const struct tw_entry *x = a, *y = b;
    if (x->began != y->began)
        return x->began < y->began ? -1 : 1;
    return x->socket < y->socket ? -1 : 1;
}

void takeover_reconfigure(struct net *net)
{
    const struct tcp_sockets *t = &net->sockets;
    struct tw_entry *waiting = memory_new(t->live + 1, sizeof *waiting);
    size_t count = 0;
    for (uint32_t i = 1; i <= t->used; i++)
        if (t->at[i].state == TCP_TIME_WAIT &&
            !(t->at[i].flags & (TCP_PASSIVE | TCP_OWNED | TCP_IN_LINE)))
            waiting[count++] = (struct tw_entry){.began = t->at[i].since, .socket = i};
    qsort(waiting, count, sizeof *waiting, by_age);
    for (size_t i = 0; i < count; i++)
        takeover_offer(net, waiting[i].socket);
    free(waiting);
}
