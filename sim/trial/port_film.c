#include "sim/trial/port_film.h"

#include <stdlib.h>
#include <string.h>

#include "models/gateway.h"
#include "models/host_config.h"
#include "models/port_allocator.h"
#include "sim/base/memory.h"

#define PORTS_A_RECORD 4 /* that cost as much as one record: measured, about */

#define FULL 9 /* the digit of a cell all of whose ports are held */

/* --- opening --------------------------------------------------------------------------
 */

static const struct host_config *config_of(const struct trial_config *config,
                                           uint32_t host)
{
    return &((const struct host_config *)config->world.hosts.items)[host];
}

static void widen(struct port_range *r, struct port_range by)
{
    r->low = by.low < r->low ? by.low : r->low;
    r->high = by.high > r->high ? by.high : r->high;
}

/* All ports that are ever in the range. */
static struct port_range window_of(const struct trial_plan *plan, struct port_place place)
{
    struct port_range r = host_range(config_of(plan->config, place.host), place.pool);
    for (uint32_t i = 0; i < plan->change_count; i++)
        widen(&r, host_range(config_of(plan->changes[i].config, place.host), place.pool));
    return r;
}

static bool goes_by_parity(const struct host_config *h, enum pool pool)
{
    const struct field_variant *allocator = h->nat != NAT_NONE && pool == POOL_TCP4
                                                ? &h->translation.allocator
                                            : pool_is_udp(pool) ? &h->udp.allocator
                                                                : &h->tcp.allocator;
    return port_allocators[allocator->kind]->by_parity;
}

void port_camera_open(struct port_camera *c, const struct trial_plan *plan,
                      struct port_place place, uint32_t most)
{
    struct port_range window = window_of(plan, place);
    bool by_parity = goes_by_parity(config_of(plan->config, place.host), place.pool);
    *c = (struct port_camera){.place = place};
    c->grid = film_grid_of(window.low, window.high, by_parity, most);
    c->ports.window = window;
    c->ports.states = memory_new(port_range_size(window), 1);
    c->states = memory_new((size_t)c->grid.cells + 1, 1);
    c->filled = memory_new((size_t)c->grid.cells + 1, 1);
}

void port_camera_close(struct port_camera *c)
{
    free(c->ports.states);
    free(c->states);
    free(c->filled);
    *c = (struct port_camera){.used = false};
}

/* --- looking --------------------------------------------------------------------------
 */

uint64_t port_cameras_cost(const struct port_camera *all, uint32_t count,
                           const struct net *net)
{
    uint64_t cost = net->sockets.used + net->udp_sockets.used;
    cost += net->gateways ? net->gateways->mappings.used : 0;
    for (uint32_t i = 0; i < count; i++)
        if (all[i].used)
            cost += port_range_size(all[i].ports.window) / PORTS_A_RECORD;
    return cost;
}

/* How many ports of a cell are in each state. */
struct cell_count {
    uint32_t of[PORT_STATE_COUNT];
};

/* The state that holds most; of equals the earliest in a connection's life. */
static enum port_state largest(const struct cell_count *n)
{
    int best = PORT_STATE_LISTEN;
    for (int i = PORT_STATE_LISTEN; i <= PORT_STATE_CLOSE; i++)
        if (n->of[i] > n->of[best])
            best = i;
    return (enum port_state)best;
}

/* A cell that nobody holds is free if it has a port that can be chosen. */
static enum port_state empty(const struct cell_count *n)
{
    if (n->of[PORT_STATE_FREE])
        return PORT_STATE_FREE;
    return n->of[PORT_STATE_RESERVED] ? PORT_STATE_RESERVED : PORT_STATE_OUTSIDE;
}

static void put_cell(struct port_camera *c, uint32_t cell, const struct cell_count *n)
{
    uint32_t held = 0, free_ports = n->of[PORT_STATE_FREE];
    for (int i = PORT_STATE_LISTEN; i <= PORT_STATE_CLOSE; i++)
        held += n->of[i];
    uint32_t digit = held == 0         ? 0
                     : free_ports == 0 ? FULL
                                       : (held * (FULL - 1u) + held + free_ports - 1) /
                                             (held + free_ports);
    c->held += held;
    c->states[cell] = port_state_letter(held ? largest(n) : empty(n));
    c->filled[cell] = (char)('0' + digit);
}

static void put_cells(struct port_camera *c)
{
    const struct film_grid *g = &c->grid;
    const uint8_t *states = c->ports.states;
    uint32_t size = port_range_size(c->ports.window);
    c->held = 0;
    for (uint32_t i = 0; i < g->cells; i++) {
        struct cell_count n = {{0}};
        uint32_t from = (uint32_t)film_cell_low(g, i) - g->low;
        for (uint32_t k = 0; k < g->group && from < size; k++, from += g->step)
            n.of[states[from]]++;
        put_cell(c, i, &n);
    }
    c->capacity = host_usable_ports(c->ports.host->config, c->place.pool);
}

void port_cameras_look(struct port_camera *all, uint32_t count, const struct net *net)
{
    struct port_holders **used = memory_new(count, sizeof(struct port_holders *));
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        all[i].used |= port_holders_find(&all[i].ports, net, all[i].place);
        if (all[i].used)
            used[n++] = &all[i].ports;
    }
    port_holders_fill(used, n, net);
    free(used);
    for (uint32_t i = 0; i < count; i++)
        if (all[i].used)
            put_cells(&all[i]);
}

struct run_film_row port_camera_row(const struct port_camera *c, const struct net *net,
                                    sim_ns when, struct texts *texts)
{
    char local[IP_ADDRESS_TEXT];
    ip_address_text(&net_address(net, c->ports.local_address)->ip, local);
    return (struct run_film_row){.host = texts_keep(texts, c->ports.host->config->name),
                                 .pool = pool_name(c->place.pool),
                                 .local = texts_keep(texts, local),
                                 .low = c->grid.low,
                                 .high = c->grid.high,
                                 .group = c->grid.group,
                                 .step = c->grid.step,
                                 .when = when,
                                 .held = c->held,
                                 .capacity = c->capacity,
                                 .states = c->states,
                                 .filled = c->filled};
}
