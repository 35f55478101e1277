/* Gateways at work: hosts that translate what the hosts behind them send.
 *
 * A gateway ends no connection and adds no delay.  It sits at the inside end of the path:
 * what an inside host sends passes it at once, what comes back passes it on arrival, and
 * the path's delay and loss lie between it and the server.  So a segment lost on the path
 * was seen on its way out, and not on its way in.
 *
 * The first SYN of a flow chooses an outside address and port (nat_pool.h).  With a
 * confirmation delay others do not see the choice until it is over; a flow that finds its
 * tuple taken then is dropped, and the client's stack sends its SYN again.  Each segment
 * of a known flow moves its state (nat_state.h) and sets its timer anew.  An open
 * connection counts as busy until gateway_quiet() says that it has fallen silent.
 *
 * Nothing here tells anybody of a drop: the user sees what the client's stack makes of
 * silence, an operator sees the metrics.
 *
 *     a segment through a gateway    one or two look-ups (nat_mappings.h), one timer
 *     any other                      one comparison
 *     memory                         44 bytes a mapping, 4 to 16 in each of two indexes,
 *                                    and the ports of the pool
 */
#ifndef MODELS_GATEWAY_H
#define MODELS_GATEWAY_H

#include "models/nat_mappings.h"
#include "models/nat_pool.h"
#include "models/net.h"

enum gateway_metric {
    GATEWAY_MAPPINGS,
    GATEWAY_CREATED,
    GATEWAY_PER_HOST,
    GATEWAY_DROPPED,
    GATEWAY_NO_PORT,
    GATEWAY_TABLE_FULL,
    GATEWAY_INSERT_FAILED,
    GATEWAY_STRAYS,
    GATEWAY_WITHOUT_POWER,
    GATEWAY_EVICTIONS,
    GATEWAY_EXPIRED_IDLE,
    GATEWAY_EXPIRED_HALF_OPEN,
    GATEWAY_EXPIRED_HALF_CLOSED,
    GATEWAY_STATES, /* + state - NAT_UNCONFIRMED */
    GATEWAY_METRIC_COUNT = GATEWAY_STATES + NAT_STATE_COUNT - NAT_UNCONFIRMED
};

/* One row for each of enum gateway_metric, under "hosts.<host>.nat". */
extern const struct metric_def gateway_metrics[GATEWAY_METRIC_COUNT];

/* Reasons for a drop: GATEWAY_NO_PORT .. GATEWAY_WITHOUT_POWER. */
#define GATEWAY_REASONS (GATEWAY_WITHOUT_POWER - GATEWAY_NO_PORT + 1)

struct gateway {
    const struct host_config *config;
    uint32_t host;
    uint32_t metric;       /* of the first of enum gateway_metric */
    uint32_t first_pool;   /* one for each member of the host */
    uint32_t first_inside; /* of the hosts behind it, in `held` */
    struct spell drops[GATEWAY_REASONS];
};

struct gateways {
    struct gateway *at;
    uint32_t count;
    struct nat_pool *pools;
    uint32_t pool_count;
    uint32_t *place;   /* [host]: its first member's number behind its gateway */
    uint32_t *held;    /* mappings of each inside host */
    uint32_t *holders; /* as net.holders, of the gateway; UINT32_MAX: passes none */
    struct nat_mappings mappings;
};

/* Opens the gateways among the hosts of `net` and marks the links they stand on; none:
 * net.gateways stays NULL.  The caller fills `holders`, two of them for each app. */
void gateways_init(struct net *net, uint32_t apps, uint64_t seed, uint32_t replication);
void gateways_free(struct net *net);

/* Takes new configurations in mid-run.  Mappings stay, and keep their deadline; a changed
 * allocator starts afresh. */
void gateways_reconfigure(struct net *net, const struct field_list *hosts);

/* Once a second. */
void gateways_tick(struct net *net);

/* The gateway at the beginning of the way between two hosts; NULL: none. */
const struct gateway *gateway_between(struct net *net, uint32_t from, uint32_t to);

/* Outward: called for every segment sent over a link with a gateway.  False: the gateway
 * keeps it.  A SYN that passes gets its mapping as receiver. */
bool gateway_passes(struct net *net, struct route *r, enum net_event kind);

/* Inward: called for every segment but SYN as it arrives, in worlds with gateways. False:
 * a gateway keeps it. */
bool gateway_admits(struct net *net, const struct event *e);

/* Where a SYN comes from that passed a gateway.  False if the mapping is gone. */
bool gateway_translates(struct net *net, uint32_t mapping, uint8_t generation,
                        uint32_t *address, uint16_t *port);

/* Nothing more will be heard of this connection, or not for a while: the idle timer
 * begins, and any segment that passes after all begins it anew.  Without effect when no
 * gateway knows the connection.  Not told of, and so busy to a gateway: the connections
 * that a proxy keeps idle for the next request. */
void gateway_quiet(struct net *net, uint32_t socket);

/* The host goes down: if it is a gateway, it forgets every flow, and what its allocators
 * remember.  While it is down it passes nothing on. */
void gateway_forgets(struct net *net, const struct host *h);

/* Handles EVENT_NAT; false if the timer was cancelled and nothing happened. */
bool gateway_event(struct net *net, const struct event *e);

size_t gateways_bytes(const struct net *net);

#endif
