#include "models/host_ports.h"

#include <stdlib.h>

#include "models/port_binder.h"
#include "models/port_ring.h"
#include "models/reuse_log.h"
#include "sim/base/memory.h"

/* A program that finds a port of its ring in use tries the next: HAProxy so often [2.6
 * proto_tcp.c tcp_connect_server(); recalled]. */
#define RING_ATTEMPTS 10

struct member_binding {
    void *allocator; /* state of the host's bind_allocator */
    struct random_stream chance;
    struct port_ring **rings; /* of the programs: one for each range */
    uint32_t ring_count;
};

static const struct port_destination nowhere = {0, 0};

static const struct port_allocator_ops *ops_of(const struct field_variant *allocator)
{
    return port_allocators[allocator->kind];
}

static void close_state(const struct field_variant *allocator, void **state)
{
    port_allocator_close(ops_of(allocator), allocator->config, *state);
    *state = NULL;
}

/* --- reserved ports and listeners -----------------------------------------------------
 */

void host_ports_reserve(struct port_space *ports, const struct host_config *config,
                        enum pool pool)
{
    struct port_set reserved = host_reserved_ports(config, pool);
    for (uint32_t port = 0; port < PORT_COUNT; port++) {
        bool reserve = port_set_has(&reserved, (uint16_t)port);
        if (port_space_is_reserved(ports, (uint16_t)port) != reserve)
            port_space_reserve(ports, (uint16_t)port, reserve);
    }
    port_set_clear(&reserved);
}

/* The process that would accept there does not run. */
static bool is_deserted(const struct host_config *config, uint16_t port)
{
    const struct process_config *p = process_listening(&config->processes, port);
    return p && !p->running;
}

/* Listeners inside the range stand in the way of whoever looks for a port there
 * [KERNEL.md C12]; the others in nobody's. */
static void set_listeners(struct port_space *ports, const struct host_config *config,
                          struct port_range range, uint32_t wildcard, bool listen)
{
    struct port_owner listener = {.local_address = wildcard, .origin = PORT_BY_LISTEN};
    const uint16_t *port = config->listen.items;
    for (uint32_t i = 0; i < config->listen.count; i++) {
        if (!port_range_holds(range, port[i]) || is_deserted(config, port[i]))
            continue;
        if (listen)
            port_space_take(ports, port[i], listener, nowhere);
        else
            port_space_release(ports, port[i], listener, nowhere);
    }
}

/* --- a member's rooms -----------------------------------------------------------------
 */

/* Where a member's ports of one pool are found. */
struct place {
    struct host *host;
    struct host_pool *pool;
    struct member_pool *own;   /* its addresses and their history */
    struct member_pool *space; /* its ports, their allocator, its programs' rings */
};

static inline struct place place_of(struct hosts *hosts, const struct member *m,
                                    enum pool pool)
{
    struct host *h = &hosts->at[m->host];
    size_t index = (size_t)(m - hosts->members) - h->first_member;
    struct host_pool *p = &h->pools[pool];
    return (struct place){h, p, &p->members[index], &p->spaces[index]};
}

/* The address of its listeners in the ports of a pool: 0.0.0.0 while IPv6 is not used. */
static uint32_t wildcard_of(const struct host *h, enum pool pool)
{
    bool meets_ipv6 =
        pool == POOL_TCP6 || h->pools[POOL_TCP6].spaces == h->pools[pool].members;
    return meets_ipv6 ? PORT_ANY_IPV6 : PORT_ANY_ADDRESS;
}

static void open_ports(const struct place *at, enum pool pool)
{
    const struct pool_rules *rules = &at->pool->rules;
    struct port_space *ports = at->space->ports = port_space_new();
    if (rules->bound_until_empty)
        port_space_bound_until_empty(ports);
    if (host_reserves(at->host->config, pool))
        host_ports_reserve(ports, at->host->config, pool);
    if (!pool_is_udp(pool))
        set_listeners(ports, at->host->config, rules->range, wildcard_of(at->host, pool),
                      true);
}

static struct member_binding *binding_of(struct hosts *hosts, const struct place *at)
{
    struct member_pool *space = at->space;
    if (!space->binding) {
        uint32_t index = (uint32_t)(space - at->pool->spaces);
        enum pool pool = (enum pool)(at->pool - at->host->pools);
        space->binding = memory_new(1, sizeof *space->binding);
        space->binding->chance = host_stream(hosts, at->host, pool, index, "binds");
    }
    return space->binding;
}

static void close_binding(const struct pool_rules *rules, struct member_pool *p)
{
    if (!p->binding)
        return;
    close_state(rules->bind_allocator, &p->binding->allocator);
    for (uint32_t i = 0; i < p->binding->ring_count; i++)
        port_ring_free(p->binding->rings[i]);
    free(p->binding->rings);
    free(p->binding);
}

static void free_member(const struct pool_rules *rules, struct member_pool *p)
{
    port_space_free(p->ports);
    reuse_log_free(p->reuse);
    close_state(rules->allocator, &p->allocator);
    close_binding(rules, p);
}

void host_ports_free(const struct host *h)
{
    for (int i = 0; i < POOL_COUNT; i++) {
        const struct host_pool *p = &h->pools[i];
        for (uint32_t k = 0; p->members && k < h->member_count; k++)
            free_member(&p->rules, &p->members[k]);
        port_predict_free(p->predict);
        probe_log_free(p->probes);
        free(p->members);
    }
}

static void restart_member(const struct pool_rules *rules, struct member_pool *p)
{
    free_member(rules, p);
    p->ports = NULL;
    p->reuse = NULL;
    p->binding = NULL;
}

void host_restart(struct host *h)
{
    for (int i = 0; i < POOL_COUNT; i++)
        for (uint32_t k = 0; h->pools[i].members && k < h->member_count; k++)
            restart_member(&h->pools[i].rules, &h->pools[i].members[k]);
}

static void reconfigure_member(const struct host *h, const struct host *before,
                               enum pool pool, struct member_pool *p)
{
    const struct pool_rules *now = &h->pools[pool].rules,
                            *was = &before->pools[pool].rules;
    if (!port_allocator_same(was->allocator, now->allocator))
        close_state(was->allocator, &p->allocator);
    if (p->binding && !port_allocator_same(was->bind_allocator, now->bind_allocator))
        close_state(was->bind_allocator, &p->binding->allocator);
    if (p->ports && !host_reserves_the_same(before->config, h->config))
        host_ports_reserve(p->ports, h->config, pool);
    if (!p->ports || pool_is_udp(pool))
        return;
    uint32_t wildcard = wildcard_of(h, pool);
    set_listeners(p->ports, before->config, was->range, wildcard, false);
    set_listeners(p->ports, h->config, now->range, wildcard, true);
}

void host_ports_reconfigure(const struct host *h, const struct host *before)
{
    for (int i = 0; i < POOL_COUNT; i++)
        for (uint32_t k = 0; h->pools[i].members && k < h->member_count; k++)
            reconfigure_member(h, before, (enum pool)i, &h->pools[i].members[k]);
}

static bool keeps_time(const struct field_variant *allocator, sim_ns now)
{
    const struct port_allocator_ops *ops = ops_of(allocator);
    return ops->on_tick && now % ops->tick == 0;
}

static void tick(const struct field_variant *allocator, void *state, sim_ns now,
                 struct random_stream *chance)
{
    if (state)
        ops_of(allocator)->on_tick(state, allocator->config, now, chance);
}

static void tick_pool(const struct host *h, const struct host_pool *p, sim_ns now)
{
    const struct pool_rules *rules = &p->rules;
    bool connects = keeps_time(rules->allocator, now);
    bool binds = keeps_time(rules->bind_allocator, now);
    for (uint32_t i = 0; (connects || binds) && i < h->member_count; i++) {
        struct member_pool *m = &p->members[i];
        if (connects)
            tick(rules->allocator, m->allocator, now, &m->chance);
        if (binds && m->binding)
            tick(rules->bind_allocator, m->binding->allocator, now, &m->binding->chance);
    }
}

void host_ports_tick(const struct host *h, sim_ns now)
{
    for (int i = 0; i < POOL_COUNT; i++)
        if (h->pools[i].members)
            tick_pool(h, &h->pools[i], now);
}

static size_t member_bytes(const struct member_pool *p)
{
    size_t bytes = sizeof *p;
    bytes += p->ports ? port_space_bytes(p->ports) : 0;
    bytes += p->reuse ? reuse_log_bytes(p->reuse) : 0;
    for (uint32_t i = 0; p->binding && i < p->binding->ring_count; i++)
        bytes += port_ring_bytes(p->binding->rings[i]);
    return bytes;
}

size_t host_ports_bytes(const struct host *h)
{
    size_t bytes = 0;
    for (int i = 0; i < POOL_COUNT; i++) {
        const struct host_pool *p = &h->pools[i];
        for (uint32_t k = 0; p->members && k < h->member_count; k++)
            bytes += member_bytes(&p->members[k]);
        bytes += port_predict_bytes(p->predict) + probe_log_bytes(p->probes);
    }
    return bytes;
}

/* --- choosing -------------------------------------------------------------------------
 */

static struct port_chooser chooser_of(const struct pool_rules *rules,
                                      const struct field_variant *allocator, void **state,
                                      struct random_stream *chance)
{
    const struct port_allocator_ops *ops = ops_of(allocator);
    if (!*state)
        *state = port_allocator_open(ops, allocator->config, rules->range, chance);
    return (struct port_chooser){
        .ops = ops, .config = allocator->config, .state = *state, .chance = chance};
}

/* Who answers the member's sockets of this kind. */
static struct port_binder binder_of(struct hosts *hosts, const struct place *at,
                                    const struct socket_options *options)
{
    const struct pool_rules *rules = &at->pool->rules;
    struct member_pool *space = at->space;
    struct port_binder b = {
        .space = space->ports, .range = rules->range, .rules = rules->binds};
    switch ((enum socket_bind)options->bind) {
    case SOCKET_BIND_CONNECT:
    case SOCKET_BIND_NO_PORT:
        b.chooser =
            chooser_of(rules, rules->allocator, &space->allocator, &space->chance);
        b.chooser.scope = rules->scope;
        b.chooser.exhausted = rules->exhausted;
        break;
    case SOCKET_BIND_ZERO:
        binding_of(hosts, at);
        b.chooser = chooser_of(rules, rules->bind_allocator, &space->binding->allocator,
                               &space->binding->chance);
        b.chooser.scope = PORT_SCOPE_PORT;
        b.chooser.exhausted = rules->exhausted_bind;
        break;
    case SOCKET_BIND_EXPLICIT:
        break;
    }
    return b;
}

static struct port_ring *ring_of(struct member_binding *binding, struct field_range range)
{
    for (uint32_t i = 0; i < binding->ring_count; i++) {
        struct port_range has = port_ring_range(binding->rings[i]);
        if (has.low == range.low && has.high == range.high)
            return binding->rings[i];
    }
    binding->rings = memory_resize(binding->rings, binding->ring_count + 1,
                                   sizeof(struct port_ring *));
    struct port_ring *ring = port_ring_new((struct port_range){range.low, range.high});
    binding->rings[binding->ring_count++] = ring;
    return ring;
}

/* The next port of the program's ring that bind() grants.  An empty ring fails without a
 * call [MODEL.md 0.4: haproxy-ring]. */
static struct port_outcome choose_from_ring(const struct port_binder *b,
                                            struct port_call *call,
                                            struct port_ring *ring)
{
    struct port_outcome out = {.failure = FAILURE_EADDRNOTAVAIL};
    for (uint32_t probes = 1; probes <= RING_ATTEMPTS; probes++) {
        call->port = port_ring_take(ring);
        if (!call->port)
            return out;
        out = port_binder_call(b, call);
        out.probes = probes;
        if (out.port)
            return out;
        port_ring_give(ring, call->port);
        if (out.stage == PORT_AT_CONNECT)
            return out;
    }
    return out;
}

/* By the rules of the socket's options. */
static struct port_outcome choose_by_options(struct hosts *hosts, const struct place *at,
                                             const struct port_ask *ask, sim_ns now)
{
    const struct socket_options *options = ask->options;
    struct port_binder binder = binder_of(hosts, at, options);
    struct port_call call = {.now = now,
                             .options = options,
                             .bind_address = ask->local_address,
                             .local_address = ask->local_address,
                             .to = ask->to,
                             .udp = ask->udp};
    if (options->bind == SOCKET_BIND_EXPLICIT)
        return choose_from_ring(&binder, &call,
                                ring_of(binding_of(hosts, at), options->ring));
    return port_binder_call(&binder, &call);
}

static bool is_plain(const struct socket_options *o)
{
    return !(o->bind | o->uid | o->local_range.low | o->local_range.high |
             o->reuse_address | o->reuse_port | o->randomize | o->port_range);
}

/* What choose_by_options() comes to for nearly every socket, at half the cost. */
static struct port_outcome choose_plainly(const struct place *at,
                                          const struct port_ask *ask, sim_ns now)
{
    const struct pool_rules *rules = &at->pool->rules;
    struct member_pool *space = at->space;
    struct port_chooser chooser =
        chooser_of(rules, rules->allocator, &space->allocator, &space->chance);
    struct port_request request = {.now = now,
                                   .space = space->ports,
                                   .range = rules->range,
                                   .local_address = ask->local_address,
                                   .to = ask->to,
                                   .flags = ask->udp ? PORT_ASK_UDP : 0,
                                   .mode = PORT_MODE_AUTOBIND,
                                   .scope = (uint8_t)rules->scope};
    struct port_answer answer =
        chooser.ops->choose(chooser.state, chooser.config, &request, chooser.chance);
    return (struct port_outcome){
        .port = answer.port,
        .probes = answer.probes,
        .takes_over = port_space_yields(space->ports, answer.port, ask->local_address,
                                        ask->to) != PORT_YIELDS_NOT,
        .failure = answer.port ? FAILURE_NONE : rules->exhausted};
}

/* How many ports the request could not have: where its tuple counts those held toward its
 * destination, else the holders of any, in the mean of the member's addresses. */
static uint32_t taken_for(const struct place *at, const struct port_ask *ask)
{
    bool by_tuple = at->pool->rules.scope != PORT_SCOPE_PORT && ask->to.port &&
                    ask->options->bind != SOCKET_BIND_ZERO;
    if (by_tuple)
        return port_space_toward(at->space->ports, ask->local_address, ask->to);
    return port_space_in_use(at->space->ports) /
           at->host->address_count[host_is_ipv6(ask->local_address)];
}

struct host_choice host_choose_port(struct hosts *hosts, struct member *m,
                                    const struct port_ask *ask, sim_ns now)
{
    enum pool pool = host_pool_of(ask->local_address, ask->udp);
    struct place at = place_of(hosts, m, pool);
    uint32_t metric = at.pool->metric, ns_per_probe = at.pool->rules.ns_per_probe;
    if (!at.space->ports)
        open_ports(&at, pool);
    struct port_outcome out = is_plain(ask->options)
                                  ? choose_plainly(&at, ask, now)
                                  : choose_by_options(hosts, &at, ask, now);
    metrics_sample(hosts->metrics, metric + HOST_PROBES, out.probes);
    if (at.pool->probes)
        probe_log_note(at.pool->probes, taken_for(&at, ask), at.pool->rules.usable,
                       out.probes, out.port);
    if (ns_per_probe)
        metrics_sample(hosts->metrics, metric + HOST_SEARCH_TIME,
                       (sim_ns)out.probes * ns_per_probe);
    if (out.port == 0) {
        host_note_failed_choice(hosts, at.host, pool, now);
        return (struct host_choice){
            .failure = out.failure, .stage = out.stage, .probes = out.probes};
    }
    metrics_count(hosts->metrics, metric + HOST_ALLOCATIONS, 1);
    bool bound = out.owner.origin == PORT_BY_BIND;
    bool alone = ask->udp && at.pool->rules.scope == PORT_SCOPE_PORT;
    bool of_ring = ask->options->bind == SOCKET_BIND_EXPLICIT;
    return (struct host_choice){
        .port = out.port,
        .held = (uint8_t)(out.owner.options | (bound ? HELD_BY_BIND : 0) |
                          (alone ? HELD_ALONE : 0) | (of_ring ? HELD_RING : 0)),
        .uid = (uint16_t)out.owner.uid,
        .takes_over = out.takes_over,
        .stage = out.stage,
        .probes = out.probes};
}

/* --- taking and giving back -----------------------------------------------------------
 */

static struct port_owner owner_of(uint32_t local_address, uint8_t held, uint16_t uid)
{
    return (struct port_owner){.local_address = local_address,
                               .uid = uid,
                               .origin =
                                   held & HELD_BY_BIND ? PORT_BY_BIND : PORT_BY_CONNECT,
                               .options = held & (PORT_REUSEADDR | PORT_REUSEPORT)};
}

/* The allocator that chose the port, and its state; NULL when there is none (a ring's
 * port) or it has forgotten. */
static void *state_of(const struct place *at, uint8_t held,
                      const struct field_variant **allocator)
{
    *allocator = at->pool->rules.allocator;
    if (!(held & HELD_BY_BIND))
        return at->space->allocator;
    *allocator = at->pool->rules.bind_allocator;
    return held & HELD_RING ? NULL : at->space->binding->allocator;
}

/* How long the port has rested, unless nobody keeps count. */
static void sample_rest(struct hosts *hosts, const struct place *at,
                        uint32_t local_address, uint16_t port, sim_ns now)
{
    sim_ns rest =
        reuse_log_rest(at->own->reuse, local_address - at->own->first_address, port, now);
    if (rest >= 0)
        metrics_sample(hosts->metrics, at->pool->metric + HOST_REUSE_INTERVAL, rest);
}

void host_hold_port(struct hosts *hosts, struct member *m, const struct port_ask *ask,
                    const struct host_choice *choice, sim_ns now)
{
    enum pool pool = host_pool_of(ask->local_address, ask->udp);
    struct place at = place_of(hosts, m, pool);
    struct port_space *ports = at.space->ports;
    uint32_t before = port_space_in_use(ports);
    port_space_take(ports, choice->port,
                    owner_of(ask->local_address, choice->held, choice->uid),
                    choice->held & HELD_ALONE ? nowhere : ask->to);
    const struct field_variant *allocator;
    void *state = state_of(&at, choice->held, &allocator);
    if (ops_of(allocator)->taken && state)
        ops_of(allocator)->taken(state, allocator->config, choice->port, 0, now);
    if (at.pool->predict)
        port_predict_note(at.pool->predict, (uint32_t)(at.own - at.pool->members),
                          ask->local_address, ask->to, at.pool->rules.range,
                          choice->port);
    if (port_space_in_use(ports) == before)
        return;
    metrics_shift(hosts->metrics, at.pool->metric + HOST_IN_USE, 1, now);
    if (at.own->reuse)
        sample_rest(hosts, &at, ask->local_address, choice->port, now);
}

void host_yield_port(struct hosts *hosts, struct member *m, const struct tcp_socket *s,
                     enum port_yields yields)
{
    /* Nobody can bind to a port whose holder shares it with nobody. */
    if (yields == PORT_YIELDS_TO_BIND && !(s->held & (HELD_REUSEADDR | HELD_REUSEPORT)))
        return;
    struct place at = place_of(hosts, m, host_pool_of(s->local_address, false));
    port_space_yield(
        at.space->ports, s->local_port, owner_of(s->local_address, s->held, s->uid),
        (struct port_destination){s->remote_address, s->remote_port}, yields);
}

static void give_to_ring(const struct member_binding *binding, uint16_t port)
{
    for (uint32_t i = 0; i < binding->ring_count; i++)
        if (port_ring_give(binding->rings[i], port))
            return;
}

void host_descriptor_closed(struct hosts *hosts, struct member *m,
                            const struct tcp_socket *s)
{
    if (!(s->held & HELD_RING))
        return;
    struct place at = place_of(hosts, m, host_pool_of(s->local_address, false));
    give_to_ring(at.space->binding, s->local_port);
}

struct host_choice host_take_reflected(struct hosts *hosts, struct member *m,
                                       uint32_t client_address, uint16_t port,
                                       struct port_destination to)
{
    const struct host *h = &hosts->at[m->host];
    uint32_t metric = h->pools[host_pool_of(client_address, false)].metric;
    if (!m->reflected)
        m->reflected = port_space_new();
    struct port_view view = port_space_view(m->reflected, (struct port_range){port, port},
                                            PORT_SCOPE_TUPLE, client_address, to);
    if (!port_view_free(&view, port)) {
        /* No pool is exhausted: it is this one tuple that is taken. */
        metrics_count(hosts->metrics, metric + HOST_ALLOCATION_FAILURES, 1);
        return (struct host_choice){.failure = FAILURE_EADDRINUSE};
    }
    metrics_count(hosts->metrics, metric + HOST_ALLOCATIONS, 1);
    port_space_take(
        m->reflected, port,
        (struct port_owner){.local_address = client_address, .origin = PORT_BY_BIND}, to);
    return (struct host_choice){.port = port};
}

/* The port rests from now on. */
static void log_rest(const struct place *at, uint32_t local_address, uint16_t port,
                     sim_ns now)
{
    struct member_pool *own = at->own;
    if (!own->reuse)
        own->reuse = reuse_log_new(at->host->address_room[host_is_ipv6(local_address)]);
    reuse_log_released(own->reuse, local_address - own->first_address, port, now);
}

static void give_back(struct hosts *hosts, const struct place *at,
                      const struct port_hold *s, sim_ns now)
{
    struct port_space *ports = at->space->ports;
    uint32_t before = port_space_in_use(ports);
    port_space_release(ports, s->port, owner_of(s->local_address, s->held, s->uid),
                       s->held & HELD_ALONE ? nowhere : s->to);
    if (port_space_in_use(ports) != before) {
        metrics_shift(hosts->metrics, at->pool->metric + HOST_IN_USE, -1, now);
        if (at->host->member_count <= HOST_REUSE_MEMBERS)
            log_rest(at, s->local_address, s->port, now);
    }
    const struct field_variant *allocator;
    void *state = state_of(at, s->held, &allocator);
    if (ops_of(allocator)->released && state)
        ops_of(allocator)->released(state, allocator->config, s->port, 0, now);
}

void host_keep_port(struct hosts *hosts, struct member *m, const struct tcp_socket *s)
{
    struct place at = place_of(hosts, m, host_pool_of(s->local_address, false));
    struct port_space *ports = at.space->ports;
    struct port_owner owner = owner_of(s->local_address, s->held, s->uid);
    struct port_destination to = {s->remote_address, s->remote_port};
    port_space_take(ports, s->local_port, owner, nowhere);
    port_space_release(ports, s->local_port, owner, to);
}

void host_release_port(struct hosts *hosts, struct member *m, const struct tcp_socket *s,
                       sim_ns now)
{
    if (s->flags & TCP_REFLECTED) {
        port_space_release(m->reflected, s->local_port,
                           (struct port_owner){.local_address = s->local_address,
                                               .origin = PORT_BY_BIND},
                           (struct port_destination){s->remote_address, s->remote_port});
        return;
    }
    struct place at = place_of(hosts, m, host_pool_of(s->local_address, false));
    give_back(hosts, &at,
              &(struct port_hold){.local_address = s->local_address,
                                  .to = {s->remote_address, s->remote_port},
                                  .port = s->local_port,
                                  .uid = s->uid,
                                  .held = s->held},
              now);
}

void host_release_udp(struct hosts *hosts, struct member *m, const struct port_hold *hold,
                      sim_ns now)
{
    struct place at = place_of(hosts, m, host_pool_of(hold->local_address, true));
    give_back(hosts, &at, hold, now);
    if (hold->held & HELD_RING)
        give_to_ring(at.space->binding, hold->port);
}
