#include "models/port_holders.h"

#include <string.h>

#include "models/gateway.h"
#include "sim/base/bug.h"

/* --- where ----------------------------------------------------------------------------
 */

static const struct gateway *gateway_of(const struct net *net, uint32_t host)
{
    const struct gateways *g = net->gateways;
    for (uint32_t i = 0; g && i < g->count; i++)
        if (g->at[i].host == host)
            return &g->at[i];
    return NULL;
}

bool port_holders_find(struct port_holders *p, const struct net *net,
                       struct port_place place)
{
    const struct host *h = &net->hosts.at[place.host];
    const struct host_pool *pool = &h->pools[place.pool];
    bool ipv6 = place.pool == POOL_TCP6 || place.pool == POOL_UDP6;
    const struct gateway *gateway =
        place.pool == POOL_TCP4 ? gateway_of(net, place.host) : NULL;
    p->gateway = gateway ? (uint16_t)(gateway - net->gateways->at + 1) : 0;
    p->space = NULL;
    if (gateway)
        p->space = net->gateways->pools[gateway->first_pool + place.member].ports;
    else if (pool->members)
        p->space = pool->spaces[place.member].ports;
    p->host = h;
    p->range = pool->rules.range;
    p->member = h->first_member + place.member;
    p->local_address = host_first_address(h, place.member, ipv6) +
                       host_nth_address(h, ipv6, place.address);
    p->pool = place.pool;
    return p->space != NULL;
}

/* --- nobody's ports and listeners -----------------------------------------------------
 */

static bool listens(const struct port_owner *owner, const void *context)
{
    (void)context;
    return owner->origin == PORT_BY_LISTEN;
}

/* Both ends of the window as it is seen from the range. */
static uint32_t inside(const struct port_holders *p, uint32_t port)
{
    uint32_t low = p->window.low, end = p->window.high + 1u;
    return (port < low ? low : port > end ? end : port) - low;
}

static void put_range(struct port_holders *p)
{
    uint32_t size = port_range_size(p->window);
    uint32_t from = inside(p, p->range.low), to = inside(p, p->range.high + 1u);
    memset(p->states, PORT_STATE_OUTSIDE, size);
    memset(p->states + from, PORT_STATE_FREE, to - from);
    if (!host_reserves(p->host->config, p->pool))
        return;
    struct port_set reserved = host_reserved_ports(p->host->config, p->pool);
    for (uint32_t i = 0; i < size; i++)
        if (p->states[i] == PORT_STATE_FREE &&
            port_set_has(&reserved, (uint16_t)(p->window.low + i)))
            p->states[i] = PORT_STATE_RESERVED;
    port_set_clear(&reserved);
}

static void put_listeners(struct port_holders *p)
{
    const struct field_list *listen = &p->host->config->listen;
    for (uint32_t i = 0; p->space && !pool_is_udp(p->pool) && i < listen->count; i++) {
        uint16_t port = ((const uint16_t *)listen->items)[i];
        if (port_range_holds(p->window, port) &&
            port_space_any_owner(p->space, port, listens, NULL))
            p->states[port - p->window.low] = PORT_STATE_LISTEN;
    }
}

/* --- sockets and mappings -------------------------------------------------------------
 */

static const uint8_t of_tcp[TCP_STATE_COUNT] = {
    [TCP_SYN_SENT] = PORT_STATE_SYN_SENT,
    [TCP_SYN_RECEIVED] = PORT_STATE_SYN_RECEIVED,
    [TCP_ESTABLISHED] = PORT_STATE_ESTABLISHED,
    [TCP_FIN_WAIT_1] = PORT_STATE_FIN_WAIT_1,
    [TCP_FIN_WAIT_2] = PORT_STATE_FIN_WAIT_2,
    [TCP_CLOSE_WAIT] = PORT_STATE_CLOSE_WAIT,
    [TCP_CLOSING] = PORT_STATE_CLOSING,
    [TCP_LAST_ACK] = PORT_STATE_LAST_ACK,
    [TCP_TIME_WAIT] = PORT_STATE_TIME_WAIT,
    [TCP_BOUND] = PORT_STATE_BOUND,
};

static const uint8_t of_udp[UDP_STATE_COUNT] = {
    [UDP_UNCONN] = PORT_STATE_UNCONN,
    [UDP_ESTABLISHED] = PORT_STATE_ESTABLISHED,
};

/* An unconfirmed mapping has not taken its port yet. */
static const uint8_t of_nat[NAT_STATE_COUNT] = {
    [NAT_SYN_SENT] = PORT_STATE_SYN_SENT,
    [NAT_SYN_RECEIVED] = PORT_STATE_SYN_RECEIVED,
    [NAT_ESTABLISHED] = PORT_STATE_ESTABLISHED,
    [NAT_FIN_WAIT] = PORT_STATE_FIN_WAIT,
    [NAT_CLOSE_WAIT] = PORT_STATE_CLOSE_WAIT,
    [NAT_LAST_ACK] = PORT_STATE_LAST_ACK,
    [NAT_TIME_WAIT] = PORT_STATE_TIME_WAIT,
    [NAT_CLOSE] = PORT_STATE_CLOSE,
};

/* Whose ports an address has: found by its last bits, which neighbours differ in. */
#define SLOTS 64

struct finder {
    struct port_holders *const *all;
    uint8_t first[SLOTS]; /* index and 1; 0: none */
    uint8_t next[UINT8_MAX];
};

static void add(struct finder *f, uint32_t index)
{
    uint8_t *slot = &f->first[f->all[index]->local_address % SLOTS];
    f->next[index] = *slot;
    *slot = (uint8_t)(index + 1);
}

/* Of holders the earliest in its life stays. */
static inline void put(struct port_holders *p, uint16_t port, uint8_t state)
{
    if (state == PORT_STATE_FREE || !port_range_holds(p->window, port))
        return;
    uint8_t *at = &p->states[port - p->window.low];
    if (!port_state_holds((enum port_state) * at) || state < *at)
        *at = state;
}

static void put_sockets(const struct finder *f, const struct tcp_sockets *t)
{
    for (uint32_t i = 1; i <= t->used; i++) {
        const struct tcp_socket *s = &t->at[i];
        for (uint8_t k = f->first[s->local_address % SLOTS]; k; k = f->next[k - 1]) {
            struct port_holders *p = f->all[k - 1];
            if (s->local_address == p->local_address && s->member == p->member &&
                !(s->flags & (TCP_PASSIVE | TCP_REFLECTED)))
                put(p, s->local_port, of_tcp[s->state]);
        }
    }
}

static void put_queries(const struct finder *f, const struct udp_sockets *t)
{
    for (uint32_t i = 1; i <= t->used; i++) {
        const struct udp_socket *s = &t->at[i];
        for (uint8_t k = f->first[s->local_address % SLOTS]; k; k = f->next[k - 1]) {
            struct port_holders *p = f->all[k - 1];
            if (s->local_address == p->local_address && s->member == p->member)
                put(p, s->local_port, of_udp[s->state]);
        }
    }
}

static void put_mappings(const struct finder *f, const struct nat_mappings *t)
{
    for (uint32_t i = 1; i <= t->used; i++) {
        const struct nat_mapping *m = &t->at[i];
        for (uint8_t k = f->first[m->outside_address % SLOTS]; k; k = f->next[k - 1]) {
            struct port_holders *p = f->all[k - 1];
            if (m->gateway + 1u == p->gateway && m->outside_address == p->local_address)
                put(p, m->outside_port, of_nat[m->state]);
        }
    }
}

/* What is looked for in which of the tables. */
enum table { SOCKETS, QUERIES, MAPPINGS, TABLES };

static enum table table_of(const struct port_holders *p)
{
    return p->gateway ? MAPPINGS : pool_is_udp(p->pool) ? QUERIES : SOCKETS;
}

void port_holders_fill(struct port_holders *const *all, uint32_t count,
                       const struct net *net)
{
    struct finder finders[TABLES] = {{all, {0}, {0}}, {all, {0}, {0}}, {all, {0}, {0}}};
    uint32_t asked[TABLES] = {0};
    SIM_ASSERT(count < UINT8_MAX);
    for (uint32_t k = 0; k < count; k++) {
        put_range(all[k]);
        put_listeners(all[k]);
        asked[table_of(all[k])]++;
        add(&finders[table_of(all[k])], k);
    }
    if (asked[SOCKETS])
        put_sockets(&finders[SOCKETS], &net->sockets);
    if (asked[QUERIES])
        put_queries(&finders[QUERIES], &net->udp_sockets);
    if (asked[MAPPINGS])
        put_mappings(&finders[MAPPINGS], &net->gateways->mappings);
}
