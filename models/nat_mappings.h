/* Every translated flow of the world in one table: whose it is, what it looks like
 * outside, how far it has come.
 *
 * A mapping is named by its number; 0 is none.  Numbers are reused; four bits of
 * generation travel with a SYN and tell a mapping from its successor.  The table moves
 * when it grows: keep numbers, not pointers, across a call that may open a mapping.
 *
 * A mapping is found from either side by the flow as that side sees it.  Inside, the
 * member counts too: members may share an address.
 *
 *     record     44 bytes, asserted
 *     index      two of one uint32_t a mapping at load 1/2 or less
 *     find       one look-up, a comparison for each mapping on the way
 */
#ifndef MODELS_NAT_MAPPINGS_H
#define MODELS_NAT_MAPPINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/port_space.h"
#include "sim/engine/event_queue.h"

enum nat_side { NAT_INSIDE, NAT_OUTSIDE, NAT_SIDE_COUNT };

struct nat_mapping {
    uint32_t member;         /* whose flow it is */
    uint32_t inside_address; /* numbers of the world's address table */
    uint32_t outside_address;
    struct port_destination to;
    struct event_timer timer; /* end of UNCONFIRMED, or of the time to live */
    uint32_t sender;          /* UNCONFIRMED: socket of the SYN.  Free: the next free */
    uint32_t inside_host;     /* number among those behind the gateway member */
    uint16_t inside_port, outside_port;
    uint16_t gateway;   /* number in struct gateways */
    uint16_t app;       /* and which of its two destinations, as in net.holders */
    uint8_t state;      /* enum nat_state; NAT_NO_STATE: a free record */
    uint8_t generation; /* four bits */
    uint8_t sender_generation;
    uint8_t found; /* 1 << enum nat_side: it is in that index */
};
_Static_assert(sizeof(struct nat_mapping) == 44, "a mapping is 44 bytes");

/* A flow as one side sees it. */
struct nat_flow {
    uint32_t member; /* 0 outside */
    uint32_t address;
    struct port_destination to;
    uint16_t port;
};

struct nat_mappings {
    struct nat_mapping *at; /* [1 .. used] */
    uint32_t used, capacity, live;
    uint32_t free;
    struct nat_index {
        uint32_t *slots; /* power of two; 0 = empty */
        uint32_t size, count;
    } index[NAT_SIDE_COUNT];
};

void nat_mappings_init(struct nat_mappings *t);
void nat_mappings_free(struct nat_mappings *t);

/* A zeroed record with a new generation, in neither index. */
uint32_t nat_mappings_open(struct nat_mappings *t);

/* Takes it out of the indexes it is in. */
void nat_mappings_close(struct nat_mappings *t, uint32_t mapping);

/* Makes it findable from a side; its flow there is filled in and stays. */
void nat_mappings_show(struct nat_mappings *t, uint32_t mapping, enum nat_side side);
void nat_mappings_hide(struct nat_mappings *t, uint32_t mapping, enum nat_side side);

/* 0 when there is none. */
uint32_t nat_mappings_find(const struct nat_mappings *t, enum nat_side side,
                           const struct nat_flow *flow);

size_t nat_mappings_bytes(const struct nat_mappings *t);

#endif
