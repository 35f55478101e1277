#include "models/nat_pool.h"

#include "models/host_ports.h"
#include "models/reuse_log.h"
#include "sim/base/bug.h"

static const struct port_allocator_ops *ops_of(const struct host_config *config)
{
    return port_allocators[config->translation.allocator.kind];
}

static struct port_owner owner_of(const struct nat_hold *hold)
{
    return (struct port_owner){.local_address = hold->address, .origin = PORT_BY_CONNECT};
}

static void open_pool(struct nat_pool *p, const struct host *h)
{
    if (!p->ports) {
        p->ports = port_space_new();
        host_ports_reserve(p->ports, h->config, POOL_TCP4);
        if (h->member_count <= HOST_REUSE_MEMBERS)
            p->reuse = reuse_log_new(h->address_room[0]);
    }
    if (!p->allocator)
        p->allocator = port_allocator_open(ops_of(h->config),
                                           h->config->translation.allocator.config,
                                           h->pools[POOL_TCP4].rules.range, &p->chance);
}

/* --- choosing -------------------------------------------------------------------------
 */

/* The outside address that is asked first, counted from the member's first. */
static uint32_t first_choice(struct nat_pool *p, const struct host *h,
                             uint32_t inside_host)
{
    switch ((enum nat_address_choice)h->config->translation.address_choice) {
    case NAT_ADDRESS_IN_ORDER:
        break;
    case NAT_ADDRESS_ROUND_ROBIN:
        return p->next_address++ % h->address_count[0];
    case NAT_ADDRESS_RANDOM:
        return h->address_count[0] > 1 ? random_below(&p->chance, h->address_count[0])
                                       : 0;
    case NAT_ADDRESS_PAIRED:
        return inside_host % h->address_count[0];
    }
    return 0;
}

/* As a choice finds the outside ports: those held toward its destination where the test
 * asks for the tuple; in the mean of the addresses. */
static uint32_t taken_for(const struct nat_pool *p, const struct host *h,
                          const struct port_request *request)
{
    uint32_t taken = 0, addresses = h->address_count[0];
    SIM_ASSERT(addresses > 0);
    if (request->scope == PORT_SCOPE_PORT)
        return port_space_in_use(p->ports) / addresses;
    for (uint32_t i = 0; i < addresses; i++)
        taken += port_space_toward(
            p->ports, p->first_address + host_nth_address(h, false, i), request->to);
    return taken / addresses;
}

struct nat_pick nat_pool_choose(struct nat_pool *p, struct hosts *hosts, struct host *h,
                                const struct nat_hold *ask, uint16_t wanted, sim_ns now)
{
    const struct nat_translation *t = &h->config->translation;
    const struct port_allocator_ops *ops = ops_of(h->config);
    open_pool(p, h);
    struct port_request request = {.now = now,
                                   .space = p->ports,
                                   .range = h->pools[POOL_TCP4].rules.range,
                                   .to = ask->to,
                                   .wanted = wanted,
                                   .inside_host = ask->inside_host,
                                   .flags = PORT_ASK_MAY_EVICT,
                                   .mode = PORT_MODE_TRANSLATE,
                                   .scope = (uint8_t)ops->scope};
    uint32_t first = first_choice(p, h, ask->inside_host);
    uint32_t tries = t->address_choice == NAT_ADDRESS_PAIRED ? 1 : h->address_count[0];
    struct port_answer answer = {.port = 0};
    uint32_t probes = 0;
    for (uint32_t i = 0; i < tries && answer.port == 0; i++) {
        request.local_address =
            p->first_address +
            host_nth_address(h, false, (first + i) % h->address_count[0]);
        answer = ops->choose(p->allocator, t->allocator.config, &request, &p->chance);
        probes += answer.probes;
    }
    metrics_sample(hosts->metrics, h->pools[POOL_TCP4].metric + HOST_PROBES, probes);
    if (h->pools[POOL_TCP4].probes)
        probe_log_note(h->pools[POOL_TCP4].probes, taken_for(p, h, &request),
                       h->pools[POOL_TCP4].rules.usable, probes, answer.port);
    if (answer.port)
        metrics_count(hosts->metrics, h->pools[POOL_TCP4].metric + HOST_ALLOCATIONS, 1);
    else
        host_note_failed_choice(hosts, h, POOL_TCP4, now);
    return (struct nat_pick){request.local_address, answer.port, answer.evicts, probes};
}

bool nat_pool_is_free(const struct nat_pool *p, const struct host *h,
                      const struct nat_hold *hold)
{
    struct port_view view =
        port_space_view(p->ports, (struct port_range){hold->port, hold->port},
                        ops_of(h->config)->scope, hold->address, hold->to);
    return port_view_free(&view, hold->port);
}

/* --- taking and giving back -----------------------------------------------------------
 */

/* For a host that wants to know how well its ports can be guessed. */
static void note_port(const struct nat_pool *p, const struct host *h,
                      const struct nat_hold *hold)
{
    uint32_t member = (p->first_address - h->first_address[0]) / h->address_room[0];
    port_predict_note(h->pools[POOL_TCP4].predict, member, hold->address, hold->to,
                      h->pools[POOL_TCP4].rules.range, hold->port);
}

void nat_pool_take(struct nat_pool *p, struct hosts *hosts, const struct host *h,
                   const struct nat_hold *hold, sim_ns now)
{
    const struct port_allocator_ops *ops = ops_of(h->config);
    uint32_t before = port_space_in_use(p->ports);
    port_space_take(p->ports, hold->port, owner_of(hold), hold->to);
    if (ops->taken && p->allocator)
        ops->taken(p->allocator, h->config->translation.allocator.config, hold->port,
                   hold->inside_host, now);
    if (h->pools[POOL_TCP4].predict)
        note_port(p, h, hold);
    if (port_space_in_use(p->ports) == before)
        return;
    metrics_shift(hosts->metrics, h->pools[POOL_TCP4].metric + HOST_IN_USE, 1, now);
    sim_ns rest = p->reuse ? reuse_log_rest(p->reuse, hold->address - p->first_address,
                                            hold->port, now)
                           : -1;
    if (rest >= 0)
        metrics_sample(hosts->metrics, h->pools[POOL_TCP4].metric + HOST_REUSE_INTERVAL,
                       rest);
}

void nat_pool_closing(struct nat_pool *p, const struct nat_hold *hold)
{
    port_space_closing(p->ports, hold->port, hold->address, hold->to, true);
}

void nat_pool_release(struct nat_pool *p, struct hosts *hosts, const struct host *h,
                      const struct nat_hold *hold, sim_ns now)
{
    const struct port_allocator_ops *ops = ops_of(h->config);
    uint32_t before = port_space_in_use(p->ports);
    port_space_release(p->ports, hold->port, owner_of(hold), hold->to);
    if (port_space_in_use(p->ports) != before) {
        metrics_shift(hosts->metrics, h->pools[POOL_TCP4].metric + HOST_IN_USE, -1, now);
        if (p->reuse)
            reuse_log_released(p->reuse, hold->address - p->first_address, hold->port,
                               now);
    }
    if (ops->released && p->allocator)
        ops->released(p->allocator, h->config->translation.allocator.config, hold->port,
                      hold->inside_host, now);
}

/* --- the rest -------------------------------------------------------------------------
 */

void nat_pool_tick(struct nat_pool *p, const struct host *h, sim_ns now)
{
    const struct port_allocator_ops *ops = ops_of(h->config);
    if (ops->on_tick && p->allocator && now % ops->tick == 0)
        ops->on_tick(p->allocator, h->config->translation.allocator.config, now,
                     &p->chance);
}

static void close_allocator(struct nat_pool *p, const struct host_config *config)
{
    port_allocator_close(ops_of(config), config->translation.allocator.config,
                         p->allocator);
    p->allocator = NULL;
}

void nat_pool_reconfigure(struct nat_pool *p, const struct host_config *before,
                          const struct host_config *next)
{
    if (!port_allocator_same(&before->translation.allocator,
                             &next->translation.allocator))
        close_allocator(p, before);
    if (p->ports && !host_reserves_the_same(before, next))
        host_ports_reserve(p->ports, next, POOL_TCP4);
}

void nat_pool_clear(struct nat_pool *p, const struct host_config *config)
{
    close_allocator(p, config);
    port_space_free(p->ports);
    reuse_log_free(p->reuse);
}

void nat_pool_restart(struct nat_pool *p, const struct host_config *config)
{
    nat_pool_clear(p, config);
    p->ports = NULL;
    p->reuse = NULL;
    p->next_address = 0;
}

size_t nat_pool_bytes(const struct nat_pool *p)
{
    return (p->ports ? port_space_bytes(p->ports) : 0) +
           (p->reuse ? reuse_log_bytes(p->reuse) : 0);
}
