#include "models/port_events.h"

#include "models/net.h"
#include "sim/base/memory.h"

struct port_events *port_events_new(const struct net *net)
{
    return memory_new((size_t)net->hosts.count * POOL_COUNT, sizeof(struct port_events));
}

static enum pool pool_of(const struct no_port *x)
{
    return host_pool_of(x->local_address, x->udp);
}

static void log_event(struct net *net, struct port_event *e, const struct no_port *x,
                      enum note_kind kind)
{
    uint32_t number = net->destinations.of[x->app * 2u + x->upstream];
    const struct destination *d = &net->destinations.at[number];
    sim_ns now = net_now(net);
    notes_add(net->hosts.notes, (struct note){.when = now,
                                              .kind = kind,
                                              .host = d->host,
                                              .to_host = d->to_host,
                                              .to_port = d->to_port,
                                              .pool = (uint8_t)pool_of(x),
                                              .value = e->count});
    e->next = now + net_stack(net, x->member)->event_pause;
    e->count = 0;
}

/* True if the member has no port left on that address, whatever the destination. */
static bool all_in_use(struct net *net, const struct no_port *x)
{
    const struct host *h = net_host(net, x->member);
    const struct host_pool *p = &h->pools[pool_of(x)];
    const struct port_space *ports = p->spaces[x->member - h->first_member].ports;
    struct port_view view =
        port_space_view(ports, p->rules.range, PORT_SCOPE_PORT, x->local_address, x->to);
    return port_view_count(&view) == 0;
}

static bool waits_toward(const struct net *net, const struct no_port *x)
{
    for (uint32_t i = 1; i <= net->sockets.used; i++) {
        const struct tcp_socket *s = &net->sockets.at[i];
        if (s->state == TCP_TIME_WAIT && s->member == x->member &&
            !(s->flags & TCP_PASSIVE) && s->local_address == x->local_address &&
            s->remote_address == x->to.address && s->remote_port == x->to.port)
            return true;
    }
    return false;
}

static bool looks_again(struct port_event *e, sim_ns now)
{
    if (e->looked && now - e->looked < SPELL_PAUSE)
        return false;
    e->looked = now;
    return true;
}

void port_events_failed(struct net *net, const struct no_port *x)
{
    enum pool pool = pool_of(x);
    sim_ns now = net_now(net);
    destination_failed(net, net->destinations.of[x->app * 2u + x->upstream], pool);
    enum port_events_kind logs =
        (enum port_events_kind)net_stack(net, x->member)->port_events;
    if (logs == PORT_EVENTS_NONE)
        return;
    uint32_t host = net_member(net, x->member)->host;
    struct port_events *e = &net->port_events[host * POOL_COUNT + pool];
    e->exhausted.count++;
    e->reused.count++;
    if (now >= e->exhausted.next && (logs == PORT_EVENTS_WINDOWS || !x->udp) &&
        all_in_use(net, x))
        log_event(net, &e->exhausted, x, x->udp ? NOTE_EVENT_4266 : NOTE_EVENT_4231);
    if (now >= e->reused.next && logs == PORT_EVENTS_WINDOWS && !x->udp &&
        looks_again(&e->reused, now) && waits_toward(net, x))
        log_event(net, &e->reused, x, NOTE_EVENT_4227);
}
