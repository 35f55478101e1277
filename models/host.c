#include "models/host.h"

#include <stdlib.h>
#include <string.h>

#include "models/reuse_log.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* A spell of exhaustion ends when no choice failed for this long: shorter pauses are the
 * bunches in which a full pool frees its ports (TIME_WAIT grids, retries). */
#define EXHAUSTION_PAUSE (10 * SIM_S)

#define STATE_ROW(state)                                                                 \
    {.name = "sockets." #state,                                                          \
     .unit = "sockets",                                                                  \
     .kind = METRIC_LEVEL,                                                               \
     .flags = METRIC_SERIES | METRIC_QUIET,                                              \
     .help = "sockets in " #state},
#define OUTGOING_ROW(state)                                                              \
    {.name = "outgoing." #state,                                                         \
     .unit = "sockets",                                                                  \
     .kind = METRIC_LEVEL,                                                               \
     .flags = METRIC_SERIES | METRIC_QUIET,                                              \
     .help = "sockets in " #state " that hold an ephemeral port"},

#define STATES(X)                                                                        \
    X(SYN_SENT)                                                                          \
    X(SYN_RECEIVED)                                                                      \
    X(ESTABLISHED)                                                                       \
    X(FIN_WAIT_1)                                                                        \
    X(FIN_WAIT_2)                                                                        \
    X(CLOSE_WAIT)                                                                        \
    X(CLOSING)                                                                           \
    X(LAST_ACK)                                                                          \
    X(TIME_WAIT)

const struct metric_def host_metrics[HOST_METRIC_COUNT] = {
    {.name = "capacity",
     .unit = "ports",
     .kind = METRIC_LEVEL,
     .flags = METRIC_SERIES,
     .help = "(range - reserved) x local addresses x members"},
    {.name = "in_use",
     .unit = "ports",
     .kind = METRIC_LEVEL,
     .flags = METRIC_SERIES | METRIC_MAX_NAME,
     .help = "ports with any holder"},
    {.name = "allocations",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_SERIES,
     .help = "local ports chosen"},
    {.name = "allocation_failures",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_SERIES,
     .help = "choices that found no port"},
    {.name = "probes",
     .unit = "probes",
     .kind = METRIC_SAMPLE,
     .help = "candidates examined by a choice, failed ones included"},
    {.name = "reuse_interval_s",
     .unit = "s",
     .kind = METRIC_SAMPLE,
     .help = "rest of a port between two holders; null for entries of over 100 members"},
    {.name = "peer_collisions",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET,
     .help = "SYNs that met a lingering socket at the peer"},
    {.name = "refused_connections",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "SYNs refused: over max_client_connections, or nothing listens"},
    STATES(STATE_ROW) STATES(OUTGOING_ROW)};

static const struct port_allocator_ops *allocator(const struct host *h)
{
    return port_allocators[h->config->tcp.allocator.kind];
}

/* Forgets what the allocator remembers; it starts afresh with the next choice. */
static void close_allocator(const struct host *h, struct member *m)
{
    port_allocator_close(allocator(h), h->config->tcp.allocator.config, m->allocator);
    m->allocator = NULL;
}

static void set_capacity(struct hosts *hosts, struct host *h, sim_ns now)
{
    const uint16_t *reserved = h->config->reserved.items;
    int64_t usable = port_range_size(h->range);
    for (uint32_t i = 0; i < h->config->reserved.count; i++)
        usable -= port_range_holds(h->range, reserved[i]);
    int64_t capacity = usable * h->address_count * h->member_count;
    uint32_t metric = h->metric + HOST_CAPACITY;
    metrics_shift(hosts->metrics, metric,
                  capacity - metrics_level(hosts->metrics, metric), now);
}

static void configure(struct hosts *hosts, struct host *h,
                      const struct host_config *config, sim_ns now)
{
    h->config = config;
    h->range = (struct port_range){config->tcp.range.low, config->tcp.range.high};
    h->scope = stack_scope(&config->tcp);
    set_capacity(hosts, h, now);
}

static void declare(struct hosts *hosts, struct host *h)
{
    char *prefix = memory_print("hosts.%s.tcp4", h->config->name);
    h->metric = metrics_declare(hosts->metrics, prefix, host_metrics, HOST_METRIC_COUNT);
    free(prefix);
}

static void add_members(struct hosts *hosts, struct host *h, uint32_t first_address,
                        uint64_t seed, uint32_t replication)
{
    for (uint32_t i = 0; i < h->member_count; i++) {
        char *path = memory_print("hosts.%s[%u]", h->config->name, (unsigned)i);
        hosts->members[h->first_member + i] = (struct member){
            .host = h->number,
            .first_address =
                first_address + i / h->config->share_address * h->address_count,
            .chance = random_stream_make(seed, replication, path, "ports")};
        free(path);
    }
}

void hosts_init(struct hosts *hosts, const struct field_list *configs,
                const uint32_t *first_address, struct metrics *metrics,
                struct notes *notes, uint64_t seed, uint32_t replication)
{
    const struct host_config *config = configs->items;
    *hosts = (struct hosts){.count = configs->count, .metrics = metrics, .notes = notes};
    hosts->at = memory_new(configs->count, sizeof *hosts->at);
    for (uint32_t i = 0; i < configs->count; i++) {
        struct host *h = &hosts->at[i];
        *h = (struct host){.config = &config[i],
                           .number = i,
                           .first_member = hosts->member_count,
                           .member_count = config[i].count,
                           .address_count =
                               config[i].addresses.count ? config[i].addresses.count : 1};
        hosts->member_count += config[i].count;
        declare(hosts, h);
        configure(hosts, h, &config[i], 0);
    }
    hosts->members = memory_new(hosts->member_count, sizeof *hosts->members);
    for (uint32_t i = 0; i < hosts->count; i++)
        add_members(hosts, &hosts->at[i], first_address[i], seed, replication);
}

void hosts_free(struct hosts *hosts)
{
    for (uint32_t i = 0; i < hosts->member_count; i++) {
        port_space_free(hosts->members[i].ports);
        port_space_free(hosts->members[i].reflected);
        reuse_log_free(hosts->members[i].reuse);
        close_allocator(&hosts->at[hosts->members[i].host], &hosts->members[i]);
    }
    free(hosts->members);
    free(hosts->at);
    *hosts = (struct hosts){0};
}

static bool same_allocator(const struct host_config *a, const struct host_config *b)
{
    const struct field_variant *x = &a->tcp.allocator, *y = &b->tcp.allocator;
    if (x->kind != y->kind)
        return false;
    const struct field_table *fields = port_allocators[x->kind]->fields;
    return !fields || memcmp(x->config, y->config, fields->size) == 0;
}

void hosts_reconfigure(struct hosts *hosts, const struct field_list *configs, sim_ns now)
{
    const struct host_config *config = configs->items;
    for (uint32_t i = 0; i < hosts->count; i++) {
        struct host *h = &hosts->at[i];
        bool keeps = same_allocator(h->config, &config[i]);
        for (uint32_t k = 0; k < h->member_count && !keeps; k++)
            close_allocator(h, &hosts->members[h->first_member + k]);
        configure(hosts, h, &config[i], now);
    }
}

uint32_t host_source_address(struct hosts *hosts, struct member *m)
{
    const struct host *h = &hosts->at[m->host];
    uint32_t pick = 0;
    if (h->address_count > 1 && h->config->source == HOST_SOURCE_ROUND_ROBIN)
        pick = m->next_source++ % h->address_count;
    else if (h->address_count > 1 && h->config->source == HOST_SOURCE_RANDOM)
        pick = random_below(&m->chance, h->address_count);
    return m->first_address + pick;
}

/* --- ports ----------------------------------------------------------------------------
 */

static void open_ports(struct hosts *hosts, struct member *m)
{
    const struct host *h = &hosts->at[m->host];
    const uint16_t *reserved = h->config->reserved.items;
    m->ports = port_space_new();
    for (uint32_t i = 0; i < h->config->reserved.count; i++)
        port_space_reserve(m->ports, reserved[i], true);
    if (h->member_count <= HOST_REUSE_MEMBERS)
        m->reuse = reuse_log_new(h->address_count);
}

static void note_failed_choice(struct hosts *hosts, struct host *h, sim_ns now)
{
    struct exhaustion *e = &h->exhaustion;
    metrics_count(hosts->metrics, h->metric + HOST_ALLOCATION_FAILURES, 1);
    if (e->failures == 0) {
        e->first = now;
        notes_add(hosts->notes, (struct note){now, NOTE_EXHAUSTION_BEGINS, h->number, 0});
    }
    e->failures++;
    e->last = now;
}

static void settle(struct hosts *hosts, struct host *h)
{
    struct exhaustion *e = &h->exhaustion;
    notes_add(hosts->notes,
              (struct note){e->last, NOTE_EXHAUSTION_ENDS, h->number, e->failures});
    *e = (struct exhaustion){0};
}

void hosts_settle(struct hosts *hosts, sim_ns now)
{
    for (uint32_t i = 0; i < hosts->count; i++) {
        struct exhaustion *e = &hosts->at[i].exhaustion;
        if (e->failures && now - e->last >= EXHAUSTION_PAUSE)
            settle(hosts, &hosts->at[i]);
    }
}

static struct port_owner owner_of(uint32_t local_address, uint8_t held, uint16_t uid)
{
    return (struct port_owner){.local_address = local_address,
                               .uid = uid,
                               .origin =
                                   held & HELD_BY_BIND ? PORT_BY_BIND : PORT_BY_CONNECT,
                               .options = held & (PORT_REUSEADDR | PORT_REUSEPORT)};
}

struct host_choice host_choose_port(struct hosts *hosts, struct member *m,
                                    const struct port_ask *ask, sim_ns now)
{
    struct host *h = &hosts->at[m->host];
    const struct port_allocator_ops *ops = allocator(h);
    const void *config = h->config->tcp.allocator.config;
    if (!m->ports)
        open_ports(hosts, m);
    if (!m->allocator)
        m->allocator = port_allocator_open(ops, config, h->range, &m->chance);
    struct port_request request = {.now = now,
                                   .space = m->ports,
                                   .range = h->range,
                                   .local_address = ask->local_address,
                                   .to = ask->to,
                                   .mode = PORT_MODE_AUTOBIND,
                                   .scope = (uint8_t)h->scope};
    struct port_answer answer = ops->choose(m->allocator, config, &request, &m->chance);
    metrics_sample(hosts->metrics, h->metric + HOST_PROBES, answer.probes);
    if (answer.port == 0) {
        note_failed_choice(hosts, h, now);
        return (struct host_choice){.failure =
                                        (enum failure)(h->config->tcp.exhausted + 1)};
    }
    metrics_count(hosts->metrics, h->metric + HOST_ALLOCATIONS, 1);
    return (struct host_choice){.port = answer.port};
}

void host_hold_port(struct hosts *hosts, struct member *m, const struct port_ask *ask,
                    const struct host_choice *choice, sim_ns now)
{
    struct host *h = &hosts->at[m->host];
    const struct port_allocator_ops *ops = allocator(h);
    uint32_t before = port_space_in_use(m->ports);
    port_space_take(m->ports, choice->port,
                    owner_of(ask->local_address, choice->held, choice->uid), ask->to);
    if (ops->taken)
        ops->taken(m->allocator, h->config->tcp.allocator.config, choice->port, 0, now);
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
    const struct port_allocator_ops *ops = allocator(h);
    if (ops->released && m->allocator)
        ops->released(m->allocator, h->config->tcp.allocator.config, s->local_port, 0,
                      now);
}

/* --- the rest -------------------------------------------------------------------------
 */

void host_count_state(struct hosts *hosts, const struct tcp_socket *s, uint8_t from,
                      uint8_t to, sim_ns now)
{
    struct metrics *metrics = hosts->metrics;
    uint32_t first = hosts->at[hosts->members[s->member].host].metric + HOST_SOCKETS;
    bool outgoing = !(s->flags & (TCP_PASSIVE | TCP_REFLECTED));
    const uint32_t apart = HOST_OUTGOING - HOST_SOCKETS;
    if (from >= TCP_SYN_SENT) {
        metrics_shift(metrics, first + from - TCP_SYN_SENT, -1, now);
        if (outgoing)
            metrics_shift(metrics, first + apart + from - TCP_SYN_SENT, -1, now);
    }
    if (to >= TCP_SYN_SENT) {
        metrics_shift(metrics, first + to - TCP_SYN_SENT, 1, now);
        if (outgoing)
            metrics_shift(metrics, first + apart + to - TCP_SYN_SENT, 1, now);
    }
}

bool host_listens(const struct host *h, uint16_t port)
{
    const uint16_t *ports = h->config->listen.items;
    uint32_t count = h->config->listen.count;
    for (uint32_t i = 0; i < count; i++)
        if (ports[i] == port)
            return true;
    return count == 0;
}

void hosts_tick(struct hosts *hosts, sim_ns now)
{
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct host *h = &hosts->at[i];
        const struct port_allocator_ops *ops = allocator(h);
        for (uint32_t k = 0; ops->on_tick && k < h->member_count; k++) {
            struct member *m = &hosts->members[h->first_member + k];
            if (m->allocator && now % ops->tick == 0)
                ops->on_tick(m->allocator, h->config->tcp.allocator.config, now,
                             &m->chance);
        }
    }
}

size_t hosts_bytes(const struct hosts *hosts)
{
    size_t bytes =
        hosts->count * sizeof *hosts->at + hosts->member_count * sizeof *hosts->members;
    for (uint32_t i = 0; i < hosts->member_count; i++) {
        const struct member *m = &hosts->members[i];
        bytes += m->ports ? port_space_bytes(m->ports) : 0;
        bytes += m->reflected ? port_space_bytes(m->reflected) : 0;
        bytes += m->reuse ? reuse_log_bytes(m->reuse) : 0;
    }
    return bytes;
}
