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

void host_ports_reserve(struct port_space *ports, const struct host_config *config)
{
    struct port_set reserved = host_reserved_ports(config);
    for (uint32_t port = 0; reserved.count && port < PORT_COUNT; port++)
        if (port_set_has(&reserved, (uint16_t)port))
            port_space_reserve(ports, (uint16_t)port, true);
    port_set_clear(&reserved);
}

/* Listeners inside the range stand in the way of whoever looks for a port there
 * [KERNEL.md C12]; the others in nobody's. */
static void set_listeners(struct port_space *ports, const struct host_config *config,
                          struct port_range range, bool listen)
{
    static const struct port_owner listener = {.local_address = PORT_ANY_ADDRESS,
                                               .origin = PORT_BY_LISTEN};
    const uint16_t *port = config->listen.items;
    for (uint32_t i = 0; i < config->listen.count; i++) {
        if (!port_range_holds(range, port[i]))
            continue;
        if (listen)
            port_space_take(ports, port[i], listener, nowhere);
        else
            port_space_release(ports, port[i], listener, nowhere);
    }
}

/* --- a member's rooms -----------------------------------------------------------------
 */

static void open_ports(const struct host *h, struct member *m)
{
    m->ports = port_space_new();
    if (h->config->tcp.bound_until_empty)
        port_space_bound_until_empty(m->ports);
    host_ports_reserve(m->ports, h->config);
    set_listeners(m->ports, h->config, h->range, true);
    if (h->member_count <= HOST_REUSE_MEMBERS)
        m->reuse = reuse_log_new(h->address_count);
}

static struct member_binding *binding_of(struct hosts *hosts, const struct host *h,
                                         struct member *m)
{
    if (!m->binding) {
        uint32_t index = (uint32_t)(m - &hosts->members[h->first_member]);
        char *path = memory_print("hosts.%s[%u]", h->config->name, (unsigned)index);
        m->binding = memory_new(1, sizeof *m->binding);
        m->binding->chance =
            random_stream_make(hosts->seed, hosts->replication, path, "binds");
        free(path);
    }
    return m->binding;
}

static void close_binding(const struct host_config *config, struct member *m)
{
    if (!m->binding)
        return;
    close_state(&config->tcp.bind_allocator, &m->binding->allocator);
    for (uint32_t i = 0; i < m->binding->ring_count; i++)
        port_ring_free(m->binding->rings[i]);
    free(m->binding->rings);
    free(m->binding);
}

void host_ports_free(const struct host *h, struct member *m)
{
    port_space_free(m->ports);
    port_space_free(m->reflected);
    reuse_log_free(m->reuse);
    close_state(&h->config->tcp.allocator, &m->allocator);
    close_binding(h->config, m);
}

static void reconfigure_member(const struct host *h, struct member *m,
                               const struct stack *before)
{
    const struct stack *tcp = &h->config->tcp;
    if (!port_allocator_same(&before->allocator, &tcp->allocator))
        close_state(&before->allocator, &m->allocator);
    if (m->binding && !port_allocator_same(&before->bind_allocator, &tcp->bind_allocator))
        close_state(&before->bind_allocator, &m->binding->allocator);
}

void host_ports_reconfigure(struct hosts *hosts, const struct host *h,
                            const struct host_config *before, struct port_range range)
{
    for (uint32_t i = 0; i < h->member_count; i++) {
        struct member *m = &hosts->members[h->first_member + i];
        reconfigure_member(h, m, &before->tcp);
        if (!m->ports)
            continue;
        set_listeners(m->ports, before, range, false);
        set_listeners(m->ports, h->config, h->range, true);
    }
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

void host_ports_tick(struct hosts *hosts, const struct host *h, sim_ns now)
{
    const struct stack *tcp = &h->config->tcp;
    bool connects = keeps_time(&tcp->allocator, now);
    bool binds = keeps_time(&tcp->bind_allocator, now);
    for (uint32_t i = 0; (connects || binds) && i < h->member_count; i++) {
        struct member *m = &hosts->members[h->first_member + i];
        if (connects)
            tick(&tcp->allocator, m->allocator, now, &m->chance);
        if (binds && m->binding)
            tick(&tcp->bind_allocator, m->binding->allocator, now, &m->binding->chance);
    }
}

size_t host_ports_bytes(const struct member *m)
{
    size_t bytes = 0;
    bytes += m->ports ? port_space_bytes(m->ports) : 0;
    bytes += m->reflected ? port_space_bytes(m->reflected) : 0;
    bytes += m->reuse ? reuse_log_bytes(m->reuse) : 0;
    for (uint32_t i = 0; m->binding && i < m->binding->ring_count; i++)
        bytes += port_ring_bytes(m->binding->rings[i]);
    return bytes;
}

/* --- choosing -------------------------------------------------------------------------
 */

static struct port_chooser chooser_of(const struct host *h,
                                      const struct field_variant *allocator, void **state,
                                      struct random_stream *chance)
{
    const struct port_allocator_ops *ops = ops_of(allocator);
    if (!*state)
        *state = port_allocator_open(ops, allocator->config, h->range, chance);
    return (struct port_chooser){
        .ops = ops, .config = allocator->config, .state = *state, .chance = chance};
}

/* Who answers the member's sockets of this kind. */
static struct port_binder binder_of(struct hosts *hosts, const struct host *h,
                                    struct member *m,
                                    const struct socket_options *options)
{
    const struct stack *tcp = &h->config->tcp;
    struct port_binder b = {
        .space = m->ports, .range = h->range, .rules = &bind_rules[tcp->bind_rules]};
    switch ((enum socket_bind)options->bind) {
    case SOCKET_BIND_CONNECT:
    case SOCKET_BIND_NO_PORT:
        b.chooser = chooser_of(h, &tcp->allocator, &m->allocator, &m->chance);
        b.chooser.scope = h->scope;
        b.chooser.exhausted = (enum failure)(tcp->exhausted + 1);
        break;
    case SOCKET_BIND_ZERO:
        binding_of(hosts, h, m);
        b.chooser = chooser_of(h, &tcp->bind_allocator, &m->binding->allocator,
                               &m->binding->chance);
        b.chooser.scope = PORT_SCOPE_PORT;
        b.chooser.exhausted = (enum failure)(tcp->exhausted_bind + 1);
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
static struct port_outcome choose_by_options(struct hosts *hosts, const struct host *h,
                                             struct member *m, const struct port_ask *ask,
                                             sim_ns now)
{
    const struct socket_options *options = ask->options;
    struct port_binder binder = binder_of(hosts, h, m, options);
    struct port_call call = {.now = now,
                             .options = options,
                             .bind_address = ask->local_address,
                             .local_address = ask->local_address,
                             .to = ask->to};
    if (options->bind == SOCKET_BIND_EXPLICIT)
        return choose_from_ring(&binder, &call,
                                ring_of(binding_of(hosts, h, m), options->ring));
    return port_binder_call(&binder, &call);
}

static bool is_plain(const struct socket_options *o)
{
    return !(o->bind | o->uid | o->local_range.low | o->local_range.high |
             o->reuse_address | o->reuse_port | o->randomize | o->port_range);
}

/* What choose_by_options() comes to for nearly every socket, at half the cost. */
static struct port_outcome choose_plainly(const struct host *h, struct member *m,
                                          const struct port_ask *ask, sim_ns now)
{
    const struct stack *tcp = &h->config->tcp;
    struct port_chooser chooser =
        chooser_of(h, &tcp->allocator, &m->allocator, &m->chance);
    struct port_request request = {.now = now,
                                   .space = m->ports,
                                   .range = h->range,
                                   .local_address = ask->local_address,
                                   .to = ask->to,
                                   .mode = PORT_MODE_AUTOBIND,
                                   .scope = (uint8_t)h->scope};
    struct port_answer answer =
        chooser.ops->choose(chooser.state, chooser.config, &request, chooser.chance);
    return (struct port_outcome){
        .port = answer.port,
        .probes = answer.probes,
        .takes_over = port_space_yields(m->ports, answer.port, ask->local_address,
                                        ask->to) != PORT_YIELDS_NOT,
        .failure = answer.port ? FAILURE_NONE : (enum failure)(tcp->exhausted + 1)};
}

struct host_choice host_choose_port(struct hosts *hosts, struct member *m,
                                    const struct port_ask *ask, sim_ns now)
{
    struct host *h = &hosts->at[m->host];
    if (!m->ports)
        open_ports(h, m);
    struct port_outcome out = is_plain(ask->options)
                                  ? choose_plainly(h, m, ask, now)
                                  : choose_by_options(hosts, h, m, ask, now);
    metrics_sample(hosts->metrics, h->metric + HOST_PROBES, out.probes);
    if (h->config->tcp.ns_per_probe)
        metrics_sample(hosts->metrics, h->metric + HOST_SEARCH_TIME,
                       (sim_ns)out.probes * h->config->tcp.ns_per_probe);
    if (out.port == 0) {
        host_note_failed_choice(hosts, h, now);
        return (struct host_choice){
            .failure = out.failure, .stage = out.stage, .probes = out.probes};
    }
    metrics_count(hosts->metrics, h->metric + HOST_ALLOCATIONS, 1);
    bool bound = out.owner.origin == PORT_BY_BIND;
    bool of_ring = ask->options->bind == SOCKET_BIND_EXPLICIT;
    return (struct host_choice){.port = out.port,
                                .held = (uint8_t)(out.owner.options |
                                                  (bound ? HELD_BY_BIND : 0) |
                                                  (of_ring ? HELD_RING : 0)),
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
static void *state_of(const struct host *h, const struct member *m, uint8_t held,
                      const struct field_variant **allocator)
{
    *allocator = &h->config->tcp.allocator;
    if (!(held & HELD_BY_BIND))
        return m->allocator;
    *allocator = &h->config->tcp.bind_allocator;
    return held & HELD_RING ? NULL : m->binding->allocator;
}

void host_hold_port(struct hosts *hosts, struct member *m, const struct port_ask *ask,
                    const struct host_choice *choice, sim_ns now)
{
    struct host *h = &hosts->at[m->host];
    uint32_t before = port_space_in_use(m->ports);
    port_space_take(m->ports, choice->port,
                    owner_of(ask->local_address, choice->held, choice->uid), ask->to);
    const struct field_variant *allocator;
    void *state = state_of(h, m, choice->held, &allocator);
    if (ops_of(allocator)->taken && state)
        ops_of(allocator)->taken(state, allocator->config, choice->port, 0, now);
    if (h->predict)
        port_predict_note(h->predict, (uint32_t)(m - hosts->members) - h->first_member,
                          ask->local_address, ask->to, h->range, choice->port);
    if (port_space_in_use(m->ports) == before)
        return;
    metrics_shift(hosts->metrics, h->metric + HOST_IN_USE, 1, now);
    if (!m->reuse)
        return;
    sim_ns rest = reuse_log_rest(m->reuse, ask->local_address - m->first_address,
                                 choice->port, now);
    if (rest >= 0)
        metrics_sample(hosts->metrics, h->metric + HOST_REUSE_INTERVAL, rest);
}

void host_yield_port(struct hosts *hosts, struct member *m, const struct tcp_socket *s,
                     enum port_yields yields)
{
    (void)hosts;
    /* Nobody can bind to a port whose holder shares it with nobody. */
    if (yields == PORT_YIELDS_TO_BIND && !(s->held & (HELD_REUSEADDR | HELD_REUSEPORT)))
        return;
    port_space_yield(m->ports, s->local_port, owner_of(s->local_address, s->held, s->uid),
                     (struct port_destination){s->remote_address, s->remote_port},
                     yields);
}

void host_descriptor_closed(struct hosts *hosts, struct member *m,
                            const struct tcp_socket *s)
{
    (void)hosts;
    if (!(s->held & HELD_RING))
        return;
    for (uint32_t i = 0; i < m->binding->ring_count; i++)
        if (port_ring_give(m->binding->rings[i], s->local_port))
            return;
}

struct host_choice host_take_reflected(struct hosts *hosts, struct member *m,
                                       uint32_t client_address, uint16_t port,
                                       struct port_destination to)
{
    const struct host *h = &hosts->at[m->host];
    if (!m->reflected)
        m->reflected = port_space_new();
    struct port_view view = port_space_view(m->reflected, (struct port_range){port, port},
                                            PORT_SCOPE_TUPLE, client_address, to);
    if (!port_view_free(&view, port)) {
        /* No pool is exhausted: it is this one tuple that is taken. */
        metrics_count(hosts->metrics, h->metric + HOST_ALLOCATION_FAILURES, 1);
        return (struct host_choice){.failure = FAILURE_EADDRINUSE};
    }
    metrics_count(hosts->metrics, h->metric + HOST_ALLOCATIONS, 1);
    port_space_take(
        m->reflected, port,
        (struct port_owner){.local_address = client_address, .origin = PORT_BY_BIND}, to);
    return (struct host_choice){.port = port};
}

void host_release_port(struct hosts *hosts, struct member *m, const struct tcp_socket *s,
                       sim_ns now)
{
    struct host *h = &hosts->at[m->host];
    struct port_destination to = {s->remote_address, s->remote_port};
    if (s->flags & TCP_REFLECTED) {
        port_space_release(m->reflected, s->local_port,
                           (struct port_owner){.local_address = s->local_address,
                                               .origin = PORT_BY_BIND},
                           to);
        return;
    }
    uint32_t before = port_space_in_use(m->ports);
    port_space_release(m->ports, s->local_port,
                       owner_of(s->local_address, s->held, s->uid), to);
    if (port_space_in_use(m->ports) != before) {
        metrics_shift(hosts->metrics, h->metric + HOST_IN_USE, -1, now);
        if (m->reuse)
            reuse_log_released(m->reuse, s->local_address - m->first_address,
                               s->local_port, now);
    }
    const struct field_variant *allocator;
    void *state = state_of(h, m, s->held, &allocator);
    if (ops_of(allocator)->released && state)
        ops_of(allocator)->released(state, allocator->config, s->local_port, 0, now);
}
