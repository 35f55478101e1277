#include "models/host.h"

#include <stdlib.h>
#include <string.h>

#include "models/bind_rules.h"
#include "models/host_ports.h"
#include "models/tw_queue.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/base/pool.h"

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
    X(TIME_WAIT)                                                                         \
    X(BOUND)

/* What TCP and UDP pools have in common, first of all. */
#define POOL_ROWS                                                                        \
    {.name = "capacity",                                                                 \
     .unit = "ports",                                                                    \
     .kind = METRIC_LEVEL,                                                               \
     .flags = METRIC_SERIES,                                                             \
     .help = "(range - reserved) x local addresses x members"},                          \
        {.name = "in_use",                                                               \
         .unit = "ports",                                                                \
         .kind = METRIC_LEVEL,                                                           \
         .flags = METRIC_SERIES | METRIC_MAX_NAME,                                       \
         .help = "ports with any holder"},                                               \
        {.name = "allocations",                                                          \
         .unit = "1",                                                                    \
         .kind = METRIC_COUNT,                                                           \
         .flags = METRIC_SERIES,                                                         \
         .help = "local ports chosen"},                                                  \
        {.name = "allocation_failures",                                                  \
         .unit = "1",                                                                    \
         .kind = METRIC_COUNT,                                                           \
         .flags = METRIC_SERIES,                                                         \
         .help = "choices that found no port"},                                          \
        {.name = "probes",                                                               \
         .unit = "probes",                                                               \
         .kind = METRIC_SAMPLE,                                                          \
         .help = "candidates examined by a choice, failed ones included"},               \
        {.name = "search_time_s",                                                        \
         .unit = "s",                                                                    \
         .kind = METRIC_SAMPLE,                                                          \
         .flags = METRIC_QUIET,                                                          \
         .help = "what a choice would cost a real host: probes x tcp.ns_per_probe; "     \
                 "null where that is not known"},                                        \
        {.name = "reuse_interval_s",                                                     \
         .unit = "s",                                                                    \
         .kind = METRIC_SAMPLE,                                                          \
         .help = "rest of a port between two holders; null for entries of over 100 "     \
                 "members"},

const struct metric_def host_udp_metrics[HOST_UDP_METRIC_COUNT] = {
    POOL_ROWS //
    {.name = "late_answers",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "answers that came after their socket was closed"},
    {.name = "stray_answers",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "those of them that another socket got, which had the port by then"},
    STATE_ROW(UNCONN) STATE_ROW(ESTABLISHED) OUTGOING_ROW(UNCONN)
        OUTGOING_ROW(ESTABLISHED)};

const struct metric_def host_metrics[HOST_METRIC_COUNT] = {
    POOL_ROWS //
    {.name = "peer_collisions",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET,
     .help = "connects that met a lingering socket at the peer"},
    {.name = "collision_delay_s",
     .unit = "s",
     .kind = METRIC_SAMPLE,
     .flags = METRIC_QUIET,
     .help = "what such a connect waited beyond its round trip"},
    {.name = "collision_failures",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET,
     .help = "such connects that were refused, timed out or given up"},
    {.name = "time_wait_overflow",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "TIME_WAITs and FIN_WAIT_2s dropped at once, over max_tw_buckets"},
    {.name = "takeovers",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "connects that took the tuple of an own TIME_WAIT or FIN_WAIT_2 record"},
    {.name = "refused_connections",
     .unit = "1",
     .kind = METRIC_COUNT,
     .flags = METRIC_QUIET | METRIC_SERIES,
     .help = "SYNs refused: over max_client_connections, or nothing listens"},
    STATES(STATE_ROW) STATES(OUTGOING_ROW)};

static bool is_ipv6(enum pool pool)
{
    return pool == POOL_TCP6 || pool == POOL_UDP6;
}

static void set_capacity(struct hosts *hosts, const struct host *h, enum pool pool,
                         sim_ns now)
{
    const struct host_pool *p = &h->pools[pool];
    int64_t usable = p->rules.usable;
    int64_t capacity = usable * h->address_count[is_ipv6(pool)] * h->member_count;
    uint32_t metric = p->metric + HOST_CAPACITY;
    metrics_shift(hosts->metrics, metric,
                  capacity - metrics_level(hosts->metrics, metric), now);
}

static struct pool_rules tcp_rules(const struct host_config *config)
{
    const struct stack *tcp = &config->tcp;
    return (struct pool_rules){.allocator = &tcp->allocator,
                               .bind_allocator = &tcp->bind_allocator,
                               .binds = &bind_rules[tcp->bind_rules],
                               .scope = stack_scope(tcp),
                               .exhausted = (enum failure)(tcp->exhausted + 1),
                               .exhausted_bind = (enum failure)(tcp->exhausted_bind + 1),
                               .ns_per_probe = tcp->ns_per_probe,
                               .bound_until_empty = tcp->bound_until_empty};
}

static struct pool_rules udp_rules(const struct host_config *config)
{
    const struct udp_stack *udp = &config->udp;
    bool linux = config->tcp.bind_rules == BIND_RULES_LINUX;
    return (struct pool_rules){.allocator = &udp->allocator,
                               .bind_allocator = &udp->bind_allocator,
                               .binds = linux ? &bind_rules_linux_udp
                                              : &bind_rules[config->tcp.bind_rules],
                               .scope = stack_scope_of(udp->scope, &udp->allocator),
                               .exhausted = (enum failure)(udp->exhausted + 1),
                               .exhausted_bind = (enum failure)(udp->exhausted_bind + 1),
                               .ns_per_probe = config->tcp.ns_per_probe};
}

static void configure(struct hosts *hosts, struct host *h,
                      const struct host_config *config, sim_ns now)
{
    h->config = config;
    for (int i = 0; i < POOL_COUNT; i++) {
        struct pool_rules *rules = &h->pools[i].rules;
        if (!h->pools[i].members)
            continue;
        *rules = pool_is_udp((enum pool)i) ? udp_rules(config) : tcp_rules(config);
        rules->range = host_range(config, (enum pool)i);
        rules->usable = host_usable_ports(config, (enum pool)i);
        set_capacity(hosts, h, (enum pool)i, now);
    }
}

struct random_stream host_stream(const struct hosts *hosts, const struct host *h,
                                 enum pool pool, uint32_t member, const char *purpose)
{
    char *path = pool == POOL_TCP4
                     ? memory_print("hosts.%s[%u]", h->config->name, (unsigned)member)
                     : memory_print("hosts.%s[%u].%s", h->config->name, (unsigned)member,
                                    pool_name(pool));
    struct random_stream stream =
        random_stream_make(hosts->seed, hosts->replication, path, purpose);
    free(path);
    return stream;
}

static void declare(struct hosts *hosts, struct host *h, enum pool pool)
{
    struct host_pool *p = &h->pools[pool];
    char *prefix = memory_print("hosts.%s.%s", h->config->name, pool_name(pool));
    p->metric =
        pool_is_udp(pool)
            ? metrics_declare(hosts->metrics, prefix, host_udp_metrics,
                              HOST_UDP_METRIC_COUNT)
            : metrics_declare(hosts->metrics, prefix, host_metrics, HOST_METRIC_COUNT);
    if (h->config->predictability)
        p->predict = port_predict_new(hosts->metrics, prefix, h->member_count);
    if (h->config->probes_by_occupancy) {
        p->probes = probe_log_new();
        probe_log_declare(p->probes, hosts->metrics, prefix);
    }
    free(prefix);
}

static void open_pool(struct hosts *hosts, struct host *h, enum pool pool)
{
    struct host_pool *p = &h->pools[pool];
    declare(hosts, h, pool);
    p->members = memory_new(h->member_count, sizeof *p->members);
    for (uint32_t i = 0; i < h->member_count; i++)
        p->members[i] =
            (struct member_pool){.first_address = host_first_address(h, i, is_ipv6(pool)),
                                 .chance = host_stream(hosts, h, pool, i, "ports")};
    bool shares = is_ipv6(pool) && !h->config->tcp.families_apart;
    struct member_pool *ipv4 =
        h->pools[pool == POOL_TCP6 ? POOL_TCP4 : POOL_UDP4].members;
    p->spaces = shares && ipv4 ? ipv4 : p->members;
}

static struct host host_of(const struct host_config *config, const struct host_use *use)
{
    struct host h = {.config = config, .member_count = config->count};
    for (int family = 0; family < 2; family++) {
        uint32_t given = host_given_addresses(config, family);
        h.first_address[family] = use->first_address[family];
        h.address_room[family] = use->address_room[family];
        h.address_count[family] = given ? given : 1;
    }
    return h;
}

void hosts_init(struct hosts *hosts, const struct field_list *configs,
                const struct host_use *uses, struct metrics *metrics, struct notes *notes,
                uint64_t seed, uint32_t replication)
{
    const struct host_config *config = configs->items;
    *hosts = (struct hosts){.count = configs->count,
                            .metrics = metrics,
                            .notes = notes,
                            .seed = seed,
                            .replication = replication};
    hosts->at = memory_new(configs->count, sizeof *hosts->at);
    for (uint32_t i = 0; i < configs->count; i++) {
        struct host *h = &hosts->at[i];
        *h = host_of(&config[i], &uses[i]);
        h->number = i;
        h->first_member = hosts->member_count;
        hosts->member_count += config[i].count;
        for (int pool = 0; pool < POOL_COUNT; pool++)
            if (pool == POOL_TCP4 || uses[i].pools >> pool & 1)
                open_pool(hosts, h, (enum pool)pool);
        h->configured = &config[i];
        configure(hosts, h, &config[i], 0);
    }
    hosts->members = memory_new(hosts->member_count, sizeof *hosts->members);
    for (uint32_t i = 0; i < hosts->count; i++)
        for (uint32_t k = 0; k < hosts->at[i].member_count; k++)
            hosts->members[hosts->at[i].first_member + k].host = i;
}

void hosts_free(struct hosts *hosts)
{
    for (uint32_t i = 0; i < hosts->member_count; i++) {
        port_space_free(hosts->members[i].reflected);
        tw_queue_free(hosts->members[i].reusable);
    }
    for (uint32_t i = 0; i < hosts->count; i++) {
        host_ports_free(&hosts->at[i]);
        free(hosts->at[i].booted);
        free(hosts->at[i].addresses[0]);
        free(hosts->at[i].addresses[1]);
    }
    free(hosts->members);
    free(hosts->at);
    *hosts = (struct hosts){0};
}

/* The configuration without what the system reads only when it boots. */
static struct host_config *before_boot(const struct host *h,
                                       const struct host_config *next)
{
    if (next->tcp.timer_change != TIMER_CHANGE_BOOT)
        return NULL;
    struct host_config *config = memory_new(1, sizeof *config);
    *config = *next;
    config->tcp = stack_before_boot(&next->tcp, &h->config->tcp);
    return config;
}

void hosts_reconfigure(struct hosts *hosts, const struct field_list *configs, sim_ns now)
{
    const struct host_config *config = configs->items;
    for (uint32_t i = 0; i < hosts->count; i++) {
        struct host *h = &hosts->at[i];
        struct host before = *h;
        h->configured = &config[i];
        h->booted = before_boot(h, &config[i]);
        configure(hosts, h, h->booted ? h->booted : &config[i], now);
        host_ports_reconfigure(h, &before);
        free(before.booted);
    }
}

void host_boots(struct hosts *hosts, struct host *h, sim_ns now)
{
    if (!h->booted)
        return;
    configure(hosts, h, h->configured, now);
    free(h->booted);
    h->booted = NULL;
}

uint32_t host_first_address(const struct host *h, uint32_t member, bool ipv6)
{
    return h->first_address[ipv6] +
           member / h->config->share_address * h->address_room[ipv6];
}

void host_use_addresses(struct host *h, bool ipv6, const uint32_t *distances,
                        uint32_t count)
{
    h->addresses[ipv6] =
        memory_resize(h->addresses[ipv6], count, sizeof *h->addresses[ipv6]);
    memcpy(h->addresses[ipv6], distances, count * sizeof *distances);
    h->address_count[ipv6] = count;
}

uint32_t host_source_address(struct hosts *hosts, struct member *m, enum pool pool)
{
    const struct host *h = &hosts->at[m->host];
    struct member_pool *p = host_member_pool(hosts, m, pool);
    uint32_t pick = 0, count = h->address_count[is_ipv6(pool)];
    if (count > 1 && h->config->source == HOST_SOURCE_ROUND_ROBIN)
        pick = p->next_source++ % count;
    else if (count > 1 && h->config->source == HOST_SOURCE_RANDOM)
        pick = random_below(&p->chance, count);
    return p->first_address + host_nth_address(h, is_ipv6(pool), pick);
}

/* --- spells of exhaustion ----------------------------------------------------------
 */

void host_note_failed_choice(struct hosts *hosts, struct host *h, enum pool pool,
                             sim_ns now)
{
    metrics_count(hosts->metrics, h->pools[pool].metric + HOST_ALLOCATION_FAILURES, 1);
    if (spell_meets(&h->pools[pool].exhaustion, now))
        notes_add(hosts->notes, (struct note){.when = now,
                                              .kind = NOTE_EXHAUSTION_BEGINS,
                                              .host = h->number,
                                              .pool = (uint8_t)pool});
}

static void settle(struct hosts *hosts, struct host *h, enum pool pool)
{
    struct spell *spell = &h->pools[pool].exhaustion;
    notes_add(hosts->notes, (struct note){.when = spell->last,
                                          .kind = NOTE_EXHAUSTION_ENDS,
                                          .host = h->number,
                                          .pool = (uint8_t)pool,
                                          .value = spell->count});
    *spell = (struct spell){0};
}

void hosts_settle(struct hosts *hosts, sim_ns now)
{
    for (uint32_t i = 0; i < hosts->count; i++)
        for (int pool = 0; pool < POOL_COUNT; pool++)
            if (spell_is_over(&hosts->at[i].pools[pool].exhaustion, now))
                settle(hosts, &hosts->at[i], (enum pool)pool);
}

/* --- the rest -------------------------------------------------------------------------
 */

void host_count_state(struct hosts *hosts, const struct tcp_socket *s, uint8_t from,
                      uint8_t to, sim_ns now)
{
    struct metrics *metrics = hosts->metrics;
    uint32_t first = host_tcp_pool(hosts, s)->metric + HOST_SOCKETS;
    bool outgoing = !(s->flags & (TCP_PASSIVE | TCP_REFLECTED));
    const uint32_t apart = HOST_OUTGOING - HOST_SOCKETS;
    hosts->at[hosts->members[s->member].host].transitions[from][to]++;
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
    for (uint32_t i = 0; i < hosts->count; i++)
        host_ports_tick(&hosts->at[i], now);
}

void hosts_log_probes(struct hosts *hosts)
{
    for (uint32_t i = 0; i < hosts->count; i++)
        for (int pool = 0; pool < POOL_COUNT; pool++) {
            struct host_pool *p = &hosts->at[i].pools[pool];
            if (p->members && !p->probes)
                p->probes = probe_log_new();
        }
}

size_t hosts_bytes(const struct hosts *hosts)
{
    size_t bytes =
        hosts->count * sizeof *hosts->at + hosts->member_count * sizeof *hosts->members;
    for (uint32_t i = 0; i < hosts->member_count; i++) {
        const struct member *m = &hosts->members[i];
        bytes += m->reflected ? port_space_bytes(m->reflected) : 0;
        bytes += m->reusable ? tw_queue_bytes(m->reusable) : 0;
    }
    for (uint32_t i = 0; i < hosts->count; i++)
        bytes += host_ports_bytes(&hosts->at[i]);
    return bytes;
}
