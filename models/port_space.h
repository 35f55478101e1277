/* Who holds which local port of one host, for one protocol.
 *
 * One bucket a port: the classes of its owners (local address, how they came, socket
 * options) with a count each, so a port shared by a thousand destinations costs no more
 * than one held once.  Tuples are looked up by (local address, destination): a short list
 * of ports while few are held, 65,536 bits from then on, so a destination met once costs
 * a few dozen bytes.
 *
 * An allocator (port_allocator.h) says where to look; this file does the looking, 64
 * ports at a time, and reports the probes a real kernel would have paid: one for each
 * candidate examined, the chosen one included.
 *
 * What counts as taken is the *scope* of the conflict test, chosen for each request:
 *
 *     PORT_SCOPE_PORT   any holder whose local address overlaps (equal, or either
 * wildcard) PORT_SCOPE_TUPLE  a holder of the same local address, port and destination; a
 * listener PORT_SCOPE_MIXED  Linux connect(): any port that bind() gave out, whatever its
 * address; otherwise as TUPLE  [KERNEL.md C1, C4]
 *
 * Reserved ports are never chosen, in any scope.
 *
 *     take, release    O(owner classes of the port) + one hash look-up
 *     scan             O(words of the range) at worst: about 1,000 words for 65,536 ports
 *     memory           4 bytes a port of each touched block of 1,024, 16 bytes an owner
 * class, 8 KiB for each (local address) and (local address, destination) that holds many
 * ports, about 64 bytes where it holds few
 *
 * Addresses are numbers of the world's address table.  Releasing what is not held, and
 * taking the same tuple twice, are bugs.
 */
#ifndef MODELS_PORT_SPACE_H
#define MODELS_PORT_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both ends belong to the range: {49152, 65535} holds 16,384 ports. */
struct port_range {
    uint16_t low, high;
};

static inline uint32_t port_range_size(struct port_range r)
{
    return (uint32_t)r.high - r.low + 1;
}

static inline bool port_range_holds(struct port_range r, uint16_t port)
{
    return port >= r.low && port <= r.high;
}

#define PORT_ANY_ADDRESS UINT32_MAX /* the wildcard, 0.0.0.0 or :: */

struct port_destination {
    uint32_t address;
    uint16_t port; /* 0: no destination yet (bound, listening) */
};

enum port_scope { PORT_SCOPE_PORT, PORT_SCOPE_TUPLE, PORT_SCOPE_MIXED };

/* How a holder came by its port. */
enum port_origin {
    PORT_BY_CONNECT, /* chosen at connect(), or IP_BIND_ADDRESS_NO_PORT */
    PORT_BY_BIND,    /* bind(), explicit or port 0 */
    PORT_BY_LISTEN,
};

enum port_options { /* of the holder's socket */
                    PORT_REUSEADDR = 1,
                    PORT_REUSEPORT = 2,
};

/* One kind of holder of a port.  Equal owners share one record with a count. */
struct port_owner {
    uint32_t local_address; /* or PORT_ANY_ADDRESS */
    uint32_t uid;           /* SO_REUSEPORT asks for it */
    uint8_t origin;         /* enum port_origin */
    uint8_t options;        /* enum port_options */
};

struct port_space;

struct port_space *port_space_new(void);
void port_space_free(struct port_space *s); /* NULL is allowed */

/* Adds or removes one holder. `to.port` 0: no destination. */
void port_space_take(struct port_space *s, uint16_t port, struct port_owner owner,
                     struct port_destination to);
void port_space_release(struct port_space *s, uint16_t port, struct port_owner owner,
                        struct port_destination to);

/* Keeps a port from automatic choice (ip_local_reserved_ports, excluded blocks). */
void port_space_reserve(struct port_space *s, uint16_t port, bool reserved);

/* (local address, port) pairs with any holder, inside `range` or anywhere. */
uint32_t port_space_in_use(const struct port_space *s);

/* Reserved ports inside `range`. */
uint32_t port_space_reserved(const struct port_space *s, struct port_range range);

/* Ports held toward one destination from one local address. */
uint32_t port_space_toward(const struct port_space *s, uint32_t local_address,
                           struct port_destination to);

/* Holders of one port, all classes; `owners` gets up to `size` of them with their counts.
 */
struct port_owner_count {
    struct port_owner owner;
    uint32_t count;
};
uint32_t port_space_owners(const struct port_space *s, uint16_t port,
                           struct port_owner_count *owners, uint32_t size);

size_t port_space_bytes(const struct port_space *s);

/* --- looking --------------------------------------------------------------------------
 */

/* What a search for one request sees: the bit sets that matter, gathered once. Valid
 * until the space changes. */
struct port_set;
struct port_view {
    const struct port_set *sets[6]; /* NULL where none */
    uint32_t count;
    struct port_range range;
};

/* `local_address` may be PORT_ANY_ADDRESS: then every address conflicts. */
struct port_view port_space_view(const struct port_space *s, struct port_range range,
                                 enum port_scope scope, uint32_t local_address,
                                 struct port_destination to);

/* The view of IPCOM000012910D's second stage: a port is taken if a listener or a
 * bind()-only holder has it, or if the tuple is held [MODEL.md A6]. */
struct port_view port_space_view_fallback(const struct port_space *s,
                                          struct port_range range, uint32_t local_address,
                                          struct port_destination to);

bool port_view_free(const struct port_view *v, uint16_t port);

struct port_found {
    uint16_t port;   /* 0: every candidate was taken */
    uint32_t probes; /* candidates examined, the one found included */
};

/* Looks at first, first + step, ... (`step` 1 or more, wrapping inside the view's range
 * by subtracting its size), `candidates` of them at most.  With step 1 and candidates =
 * size: every port once. */
struct port_found port_view_scan(const struct port_view *v, uint16_t first, uint32_t step,
                                 uint32_t candidates);

/* The same downwards, one port at a time. */
struct port_found port_view_scan_down(const struct port_view *v, uint16_t first,
                                      uint32_t candidates);

#endif
