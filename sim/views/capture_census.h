/* A capture counted: the same rows of sockets alike that a run keeps of its moments, and
 * which ports of the range are held, by whom toward whom.
 *
 * Cost: O(n log n) of the sockets, for the ports each counted once.
 */
#ifndef SIM_VIEWS_CAPTURE_CENSUS_H
#define SIM_VIEWS_CAPTURE_CENSUS_H

#include <stddef.h>
#include <stdint.h>

#include "models/port_range.h"
#include "sim/base/pool.h"
#include "sim/results/run_record.h"
#include "sim/views/capture_sockets.h"

/* Ports that one local address holds toward one destination, or without any (BOUND, UDP
 * without a peer: destination ""). */
struct capture_pair {
    enum pool pool;
    const char *local, *destination;
    uint32_t ports;    /* of the range, each once */
    uint32_t sockets;  /* that hold them */
    uint32_t even;     /* of the ports, those an even number above the range's low end */
    const char *state; /* of most of the sockets */
    const char *process; /* of more than half of them; "": of none */
};

/* What is held of one pool of the machine. */
struct capture_use {
    uint32_t sockets;   /* that hold a port of the range */
    uint32_t ports;     /* held by any, each once */
    uint32_t addresses; /* local ones that hold one, loopback not counted */
    uint32_t outside;   /* connections with neither a listener nor a port of the range */
};

struct capture_census {
    struct run_census_row *rows; /* by host, pool and the texts */
    size_t count;
    struct capture_pair *pairs; /* most ports first */
    size_t pair_count;
    struct capture_use use[POOL_COUNT];

    char *texts; /* what `rows` and `pairs` point into, beside the sockets' own */
};

/* Counts sockets alike.  A socket was accepted if a listener has its local port, or if
 * that port lies outside of `range` and below the remote one; every other holds its local
 * port, one of the range if it lies in there.  The census lives no longer than `s` and
 * `host`. */
void capture_census_take(const struct capture_sockets *s, struct port_range range,
                         const char *host, struct capture_census *out);
void capture_census_free(struct capture_census *c);

#endif
