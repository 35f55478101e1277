/* A host at run time: its members, their pools of ports, allocators and counters.
 *
 * An entry of `hosts` with a count is one struct host with that many members; each member
 * has its own ports, allocator state and addresses, and all report into the entry's
 * metrics.  Of the four pools (sim/base/pool.h) a host has tcp4, and those it is used
 * with; each has its own range, rules, counters and spells of exhaustion.  This room
 * chooses, takes and gives back ports, and says when a pool ran dry; it knows nothing of
 * segments and states beyond counting them.
 *
 * Cost: a choice is what the allocator's search costs; take and release about 50 ns each.
 */
#ifndef MODELS_HOST_H
#define MODELS_HOST_H

#include "models/host_config.h"
#include "models/notes.h"
#include "models/port_allocator.h"
#include "models/port_predict.h"
#include "models/probe_log.h"
#include "models/socket_options.h"
#include "models/spell.h"
#include "models/tcp_socket.h"
#include "models/udp_socket.h"
#include "sim/base/metrics.h"
#include "sim/base/pool.h"
#include "sim/engine/random.h"

enum host_metric {
    HOST_CAPACITY,
    HOST_IN_USE,
    HOST_ALLOCATIONS,
    HOST_ALLOCATION_FAILURES,
    HOST_PROBES,
    HOST_SEARCH_TIME,
    HOST_REUSE_INTERVAL,
    HOST_PEER_COLLISIONS,
    HOST_COLLISION_DELAY,
    HOST_COLLISION_FAILURES,
    HOST_TIME_WAIT_OVERFLOW,
    HOST_TAKEOVERS,
    HOST_REFUSED,
    HOST_SOCKETS, /* + state - TCP_SYN_SENT: all sockets in that state */
    HOST_OUTGOING = HOST_SOCKETS + TCP_STATE_COUNT - TCP_SYN_SENT, /* of those with an
                                                                      ephemeral port */
    HOST_METRIC_COUNT = HOST_OUTGOING + TCP_STATE_COUNT - TCP_SYN_SENT
};

/* Of a UDP pool; up to HOST_REUSE_INTERVAL as above. */
enum host_udp_metric {
    HOST_UDP_LATE_ANSWERS = HOST_REUSE_INTERVAL + 1,
    HOST_UDP_STRAY_ANSWERS,
    HOST_UDP_SOCKETS, /* + state - UDP_UNCONN */
    HOST_UDP_OUTGOING = HOST_UDP_SOCKETS + UDP_STATE_COUNT - UDP_UNCONN,
    HOST_UDP_METRIC_COUNT = HOST_UDP_OUTGOING + UDP_STATE_COUNT - UDP_UNCONN
};

/* One row for each of enum host_metric, under "hosts.<host>.<pool>"; of UDP pools for
 * each of enum host_udp_metric. */
extern const struct metric_def host_metrics[HOST_METRIC_COUNT];
extern const struct metric_def host_udp_metrics[HOST_UDP_METRIC_COUNT];

struct reuse_log;
struct member_binding;
struct tw_queue;

/* The ports of one member in one pool. */
struct member_pool {
    struct port_space *ports; /* on its own addresses; NULL until the first connection */
    struct reuse_log *reuse;  /* when ports became free; NULL: not tracked */
    void *allocator;          /* state of the pool's allocator */
    struct member_binding *binding; /* of sockets that bind; NULL until the first */
    struct random_stream chance;    /* the allocator's */
    uint32_t first_address;
    uint32_t next_source; /* round robin over its addresses */
};

struct member {
    struct port_space *reflected; /* on clients' addresses; NULL until the first */
    struct tw_queue *reusable;    /* takeover.h; NULL until the first */
    uint32_t host;
    uint32_t accepted; /* client connections held open */
    uint32_t records;  /* of TIME_WAIT and FIN_WAIT_2, both ends: tcp.c */
};

/* What the system does with the ports of a pool, as the host's configuration says. */
struct pool_rules {
    const struct field_variant *allocator;      /* of connect() */
    const struct field_variant *bind_allocator; /* of bind(addr, 0) */
    const struct bind_rules *binds;
    enum port_scope scope; /* of connect(); bind(addr, 0) looks for a port of its own */
    enum failure exhausted, exhausted_bind; /* what the two say without a port */
    struct port_range range;
    uint32_t usable; /* ports of it that are not reserved */
    uint32_t ns_per_probe;
    bool bound_until_empty;
};

/* A pool of every member alike. */
struct host_pool {
    struct pool_rules rules;
    struct member_pool *members;  /* one each; NULL: the host has no such pool */
    struct member_pool *spaces;   /* whose ports, allocator and binding serve them: their
                                    own, or IPv4's where the families share */
    uint32_t metric;              /* of the first of enum host_metric */
    struct spell exhaustion;      /* of choices that found no port */
    struct port_predict *predict; /* NULL: the host does not ask for it */
    struct probe_log *probes;     /* NULL: nobody does */
};

struct host {
    const struct host_config *config;     /* as it runs */
    const struct host_config *configured; /* as the scenario says by now; outlives the
                                             run, which `config` may not */
    struct host_config *booted; /* config, where timers wait for a boot; or NULL */
    bool down;                  /* without power: models/power.h */
    uint32_t number;
    uint32_t first_member, member_count;
    uint32_t first_address[2]; /* IPv4, IPv6 */
    uint32_t address_room[2];  /* addresses a member ever has */
    uint32_t address_count[2]; /* that it uses now */
    uint32_t *addresses[2];    /* which of them; NULL: the first ones */
    struct host_pool pools[POOL_COUNT];
    /* How often its sockets of TCP went from one state to another, since the beginning.
     */
    uint64_t transitions[TCP_STATE_COUNT][TCP_STATE_COUNT];
};

/* Members of larger entries do not log when ports become free: it costs up to 512 KiB
 * each. */
#define HOST_REUSE_MEMBERS 100

struct hosts {
    struct host *at;
    uint32_t count;
    struct member *members;
    uint32_t member_count;
    struct metrics *metrics;
    struct notes *notes;
    uint64_t seed;
    uint32_t replication;
};

/* What the world says of one entry: the pools it is used with, beside tcp4 (bits of enum
 * pool), whether it needs an IPv6 address, the number of the first address of each
 * family, and how many a member ever has. */
struct host_use {
    uint32_t pools;
    bool ipv6;
    uint32_t first_address[2];
    uint32_t address_room[2];
};

/* Builds all hosts of `configs` (list of struct host_config, which must outlive them),
 * one of `uses` for each.  Allocator states are set up on streams of (seed, replication,
 * host and member, pool). */
void hosts_init(struct hosts *hosts, const struct field_list *configs,
                const struct host_use *uses, struct metrics *metrics, struct notes *notes,
                uint64_t seed, uint32_t replication);
void hosts_free(struct hosts *hosts);

/* Takes new configurations in mid-run: same entries, changed values.  Holders outside a
 * narrowed range stay; a changed allocator starts afresh. */
void hosts_reconfigure(struct hosts *hosts, const struct field_list *configs, sim_ns now);

/* The host comes up again: its pools, allocators and the programs' rings are as new.  All
 * its sockets must be gone. */
void host_restart(struct host *h);

/* Takes what has waited for a boot. */
void host_boots(struct hosts *hosts, struct host *h, sim_ns now);

/* Of the number of an address: those of IPv6 have the bit PORT_IPV6. */
static inline bool host_is_ipv6(uint32_t address)
{
    return address & PORT_IPV6;
}

/* Which pool the ports of an address are in. */
static inline enum pool host_pool_of(uint32_t address, bool udp)
{
    return (enum pool)((udp ? POOL_UDP4 : POOL_TCP4) + host_is_ipv6(address));
}

/* A member's ports in a pool that its host has. */
static inline struct member_pool *host_member_pool(const struct hosts *hosts,
                                                   const struct member *m, enum pool pool)
{
    const struct host *h = &hosts->at[m->host];
    return &h->pools[pool].members[m - hosts->members - h->first_member];
}

/* The pool a TCP socket counts in. */
static inline struct host_pool *host_tcp_pool(struct hosts *hosts,
                                              const struct tcp_socket *s)
{
    struct host *h = &hosts->at[hosts->members[s->member].host];
    return &h->pools[host_pool_of(s->local_address, false)];
}

/* The number of a member's first address of that family; the entry's addresses follow one
 * another. */
uint32_t host_first_address(const struct host *h, uint32_t member, bool ipv6);

/* The distance from there of the n-th address that members use at present, n <
 * address_count. */
static inline uint32_t host_nth_address(const struct host *h, bool ipv6, uint32_t n)
{
    return h->addresses[ipv6] ? h->addresses[ipv6][n] : n;
}

/* From now on members use these of their addresses, `count` distances from the first.
 * Holders on the others stay. */
void host_use_addresses(struct host *h, bool ipv6, const uint32_t *distances,
                        uint32_t count);

/* The local address the member's next outgoing connection from this pool uses. */
uint32_t host_source_address(struct hosts *hosts, struct member *m, enum pool pool);

/* How a socket holds its port: what the port space must be told again on release. */
enum port_held {
    HELD_REUSEADDR = PORT_REUSEADDR,
    HELD_REUSEPORT = PORT_REUSEPORT,
    HELD_ALONE = 32,   /* no tuple: UDP, where the port counts and not the destination */
    HELD_BY_BIND = 64, /* bind() chose it, else connect() */
    HELD_RING = 128,   /* a port of the program's own ring: goes back at close() */
};

struct host_choice {
    uint16_t port; /* 0: none */
    uint8_t held;  /* enum port_held */
    uint16_t uid;
    /* A lingering socket of this very tuple yields: it must be gone before
     * host_hold_port(). */
    bool takes_over;
    uint8_t stage; /* enum port_stage: the call that chose or failed */
    enum failure failure;
    uint32_t probes;
};

/* What a socket asks when it needs a local port; one that binds does so to that address.
 */
struct port_ask {
    uint32_t local_address;
    struct port_destination to; /* port 0: it does not connect (UDP) */
    const struct socket_options *options;
    bool udp;
};

/* What a socket of UDP holds. */
struct port_hold {
    uint32_t local_address;
    struct port_destination to;
    uint16_t port;
    uint16_t uid;
    uint8_t held; /* enum port_held */
};

/* Chooses a port without taking it: bind() and connect() in one, by the options.  Counts
 * the choice, its probes, its failure. */
struct host_choice host_choose_port(struct hosts *hosts, struct member *m,
                                    const struct port_ask *ask, sim_ns now);

/* Takes the port that was chosen; nothing may happen to the member's ports in between but
 * the end of the socket that yields. */
void host_hold_port(struct hosts *hosts, struct member *m, const struct port_ask *ask,
                    const struct host_choice *choice, sim_ns now);

/* The tuple of this lingering socket may be taken over from now on: the next choice that
 * meets it says `takes_over`. */
void host_yield_port(struct hosts *hosts, struct member *m, const struct tcp_socket *s,
                     enum port_yields yields);

/* The program closed the descriptor: a port of its own ring goes back to the ring,
 * whatever the kernel still holds.  Called once for every active socket. */
void host_descriptor_closed(struct hosts *hosts, struct member *m,
                            const struct tcp_socket *s);

/* Takes this very port on a client's address, if the tuple is free: a reflecting proxy.
 */
struct host_choice host_take_reflected(struct hosts *hosts, struct member *m,
                                       uint32_t client_address, uint16_t port,
                                       struct port_destination to);

/* Gives back the port of an active socket. */
void host_release_port(struct hosts *hosts, struct member *m, const struct tcp_socket *s,
                       sim_ns now);

/* Closes a socket of UDP: its port is free at once, one of a ring is back there. */
void host_release_udp(struct hosts *hosts, struct member *m, const struct port_hold *hold,
                      sim_ns now);

/* The connection of an active socket is over and its descriptor keeps the port: toward
 * nobody from now on. */
void host_keep_port(struct hosts *hosts, struct member *m, const struct tcp_socket *s);

/* Counts a socket's way from one state to another; TCP_CLOSED stands for none. */
void host_count_state(struct hosts *hosts, const struct tcp_socket *s, uint8_t from,
                      uint8_t to, sim_ns now);

/* True if the host accepts on `port`. */
bool host_listens(const struct host *h, uint16_t port);

/* Lets allocators that keep time do so; called every second of simulated time. */
void hosts_tick(struct hosts *hosts, sim_ns now);

/* Ends the spells of exhaustion that nobody has met for 10 s; one that still goes on when
 * the run ends has no end.  Called every second of simulated time. */
void hosts_settle(struct hosts *hosts, sim_ns now);

/* Keeps what choices cost from now on, of every pool: probe_log.h. */
void hosts_log_probes(struct hosts *hosts);

size_t hosts_bytes(const struct hosts *hosts);

#endif
