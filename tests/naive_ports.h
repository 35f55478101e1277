/* The oracle of the port space: a list of holders for each port, asked one port at a
 * time.
 *
 * Shares no code with models/port_space.c but the types of its questions, and knows the
 * scopes from the words of their definition.
 *
 *     take           O(1)
 *     release, free  O(holders of the port)
 *     walk           that, for each candidate
 */
#ifndef TESTS_NAIVE_PORTS_H
#define TESTS_NAIVE_PORTS_H

#include "models/port_space.h"

struct naive_holder {
    struct port_owner owner;
    struct port_destination to;
    enum port_yields yields;
    struct naive_holder *next; /* on the same port */
};

/* {0} is empty. */
struct naive_ports {
    struct naive_holder *on[PORT_COUNT];
    bool reserved[PORT_COUNT];
    bool was_bound[PORT_COUNT]; /* since somebody holds it */
    bool bound_until_empty;     /* Linux before 6.18 */
};

/* What somebody who looks for a port wants to know. */
struct naive_question {
    uint32_t local_address;
    struct port_destination to;
    enum port_scope scope;
    bool fallback; /* IPCOM000012910D's second stage; `scope` is not asked */
};

void naive_take(struct naive_ports *n, uint16_t port, struct port_owner owner,
                struct port_destination to);

/* False when nobody of that kind holds it. */
bool naive_release(struct naive_ports *n, uint16_t port, struct port_owner owner,
                   struct port_destination to);

void naive_yield(struct naive_ports *n, uint16_t port, struct port_owner owner,
                 struct port_destination to, enum port_yields yields);

enum port_yields naive_yields(const struct naive_ports *n, uint16_t port,
                              uint32_t local_address, struct port_destination to);

/* True if that tuple is held by an owner with that very address. */
bool naive_holds(const struct naive_ports *n, uint16_t port, uint32_t local_address,
                 struct port_destination to);

bool naive_is_free(const struct naive_ports *n, const struct naive_question *q,
                   uint16_t port);

struct port_found naive_walk(const struct naive_ports *n, const struct naive_question *q,
                             struct port_range range, struct port_walk walk);

struct port_found naive_walk_down(const struct naive_ports *n,
                                  const struct naive_question *q, struct port_range range,
                                  uint16_t first, uint32_t candidates);

/* (local address, port) pairs with a holder. */
uint32_t naive_in_use(const struct naive_ports *n);

/* Holders of exactly this kind on the port. */
uint32_t naive_owners(const struct naive_ports *n, uint16_t port,
                      struct port_owner owner);

void naive_free(struct naive_ports *n);

#endif
