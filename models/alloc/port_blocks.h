/* Ports dealt out in blocks: what NAT pools do that give each inside host ports of its
 * own.  One pool for each outside address that is asked for, all alike.
 *
 * The blocks lie side by side from the low end of the range the pool began with, and a
 * search sees of each what lies in the range of its request; ports below that low end,
 * after a change, are in blocks beyond the last.  An inside host owns any number of
 * blocks; the newest one is its active block.  A block remembers how many of its ports
 * are held (a port toward two destinations counts twice) and when the last of them was
 * given back.
 *
 *     pool              O(addresses)
 *     owner             one look-up
 *     claim             O(blocks of the pool above the lowest free one)
 *     pick              O(blocks looked at, and their words); mostly a draw or two
 *                       for who owns much of the pool
 *     taken, released   O(1)
 *     memory            24 bytes a block, 32 to 64 an inside host that asked
 *
 * Holders that came before the pool did (a changed allocator) may be given back to it:
 * a block never counts below zero.
 */
#ifndef MODELS_ALLOC_PORT_BLOCKS_H
#define MODELS_ALLOC_PORT_BLOCKS_H

#include "models/alloc/slot_table.h"
#include "models/port_allocator.h"

struct port_block {
    uint32_t owner;   /* number of the owner + 1; 0: nobody */
    uint32_t last;    /* the same of its last owner; 0: none yet */
    uint32_t older;   /* the owner's block before this one + 1; 0: its first */
    uint32_t holders; /* connections on its ports */
    sim_ns rested;    /* when its last port was given back; 0: none yet */
};

/* An inside host that has asked for a port. */
struct port_block_owner {
    uint32_t active; /* its newest block + 1; 0: none */
    uint32_t blocks;
    sim_ns since; /* when the newest block became its own */
};

struct port_blocks {
    uint32_t size;     /* ports of a block */
    uint16_t low;      /* first port of block 0 */
    uint32_t count;    /* blocks, all 65,536 ports' worth */
    uint32_t lowest;   /* all below are owned */
    sim_ns quarantine; /* how long a block rests before another host may have it */
    struct port_block *at;
    struct port_block_owner *owners; /* in the order in which they first asked */
    uint32_t owner_count, owner_capacity;
    struct slot_table numbers; /* inside host to its number + 1 */
};

void port_blocks_init(struct port_blocks *b, struct port_range range, uint32_t size,
                      sim_ns quarantine);
void port_blocks_clear(struct port_blocks *b);

/* The inside host's number, given at its first question. */
uint32_t port_blocks_owner(struct port_blocks *b, uint32_t inside_host);

/* Gives the owner the lowest block that is to be had: with ports in the range, nobody's,
 * and rested long enough unless it was this owner's before.  False: there is none. */
bool port_blocks_claim(struct port_blocks *b, uint32_t owner, struct port_range range,
                       sim_ns now);

/* Takes a block from its owner; its ports need not be free. */
void port_blocks_disown(struct port_blocks *b, uint32_t block);

/* One of the free ports of the owner's active block, or of all its blocks, each as
 * likely; by one candidate. */
struct port_answer port_blocks_pick_active(const struct port_blocks *b, uint32_t owner,
                                           const struct port_request *request,
                                           struct random_stream *chance);
struct port_answer port_blocks_pick(const struct port_blocks *b, uint32_t owner,
                                    const struct port_request *request,
                                    struct random_stream *chance);

/* The same where the first `owners` hosts to ask get one block each, for ever. */
struct port_answer port_blocks_pick_own(struct port_blocks *b, uint32_t owners,
                                        const struct port_request *request,
                                        struct random_stream *chance);

/* The block of the port. */
uint32_t port_blocks_of(const struct port_blocks *b, uint16_t port);

/* A connection on the port began or ended; returns the block. */
uint32_t port_blocks_taken(struct port_blocks *b, uint16_t port);
uint32_t port_blocks_released(struct port_blocks *b, uint16_t port, sim_ns now);

/* --- the pools of all addresses: the state of an allocator ----------------------------
 */

struct port_block_pool {
    uint32_t local_address;
    struct port_blocks blocks;
};

struct port_block_pools {
    struct port_range range; /* what each pool begins with */
    uint32_t size;
    sim_ns quarantine;
    struct port_block_pool *at;
    uint32_t count;
};

void port_block_pools_init(struct port_block_pools *p, struct port_range range,
                           uint32_t size, sim_ns quarantine);

/* The pool of the address, new if need be.  Valid until the next call. */
struct port_blocks *port_block_pool(struct port_block_pools *p, uint32_t local_address);

/* The pool in which the inside host owns the block of that port; NULL when there is none
 * (any more).  Who owns it on two addresses is told of the first. */
struct port_blocks *port_block_pool_owning(struct port_block_pools *p,
                                           uint32_t inside_host, uint16_t port);

/* Of struct port_allocator_ops. */
size_t port_block_pools_size(const void *config);
void port_block_pools_free(void *state, const void *config);
void port_block_pools_taken(void *state, const void *config, uint16_t port,
                            uint32_t inside_host, sim_ns now);

#endif
