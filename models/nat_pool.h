/* The outside ports of one gateway member: which are taken, and who chooses the next.
 *
 * The same parts as a host's own ports (port_space.h, port_allocator.h) under the
 * gateway's `translation`, over all its outside addresses; it reports into the host's own
 * metrics of ports.  A NAT's port is taken by a flow: the test is by tuple, or as the
 * allocator is known to test.
 *
 * Cost: a choice is what the allocator's search costs, once for each address tried.
 */
#ifndef MODELS_NAT_POOL_H
#define MODELS_NAT_POOL_H

#include "models/host.h"

struct nat_pool {
    struct port_space *ports; /* NULL until the first flow */
    struct reuse_log *reuse;  /* NULL: not tracked */
    void *allocator;          /* NULL until the first choice */
    struct random_stream chance;
    uint32_t first_address;
    uint32_t next_address; /* round robin */
    uint32_t mappings;
};

/* One flow as the pool sees it. */
struct nat_hold {
    uint32_t address; /* outside */
    uint16_t port;
    uint32_t inside_host;
    struct port_destination to;
};

struct nat_pick {
    uint32_t address;
    uint16_t port; /* 0: none on any address that may be asked */
    bool evicts;   /* the closing holder of this tuple must go first */
    uint32_t probes;
};

/* Chooses without taking; `wanted` is the inside port. */
struct nat_pick nat_pool_choose(struct nat_pool *p, struct hosts *hosts, struct host *h,
                                const struct nat_hold *ask, uint16_t wanted, sim_ns now);

/* True if nobody has taken the tuple since it was chosen. */
bool nat_pool_is_free(const struct nat_pool *p, const struct host *h,
                      const struct nat_hold *hold);

void nat_pool_take(struct nat_pool *p, struct hosts *hosts, const struct host *h,
                   const struct nat_hold *hold, sim_ns now);

/* The flow is closing: allocators that evict may take its tuple away. */
void nat_pool_closing(struct nat_pool *p, const struct nat_hold *hold);

void nat_pool_release(struct nat_pool *p, struct hosts *hosts, const struct host *h,
                      const struct nat_hold *hold, sim_ns now);

/* For allocators that keep time; `now` is a whole second. */
void nat_pool_tick(struct nat_pool *p, const struct host *h, sim_ns now);

/* The host takes a new configuration: a changed allocator starts afresh with the next
 * choice, other ports are reserved.  Mappings stay. */
void nat_pool_reconfigure(struct nat_pool *p, const struct host_config *before,
                          const struct host_config *next);

/* As new: nobody may hold a port. */
void nat_pool_restart(struct nat_pool *p, const struct host_config *config);

/* Frees what it holds, not the struct itself. */
void nat_pool_clear(struct nat_pool *p, const struct host_config *config);

size_t nat_pool_bytes(const struct nat_pool *p);

#endif
