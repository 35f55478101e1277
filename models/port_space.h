/* Who holds which local port of one host, for one protocol.
 *
 * One bucket a port: the kinds of its owners (local address, how they came, socket
 * options) with a count each, so a port shared by a thousand destinations costs no more
 * than one held once.  Tuples are looked up by (local address, destination): a short list
 * of ports while few are held, 65,536 bits from then on, so a destination met once costs
 * a few dozen bytes.
 *
 * An allocator (port_allocator.h) says where to look; the view of one request
 * (port_view.h) does the looking, 64 ports at a time, and reports the probes a real
 * kernel would have paid: one for each candidate examined, the chosen one included.
 *
 * What counts as taken is the *scope* of the conflict test, chosen for each request; enum
 * port_scope says what each of them tests.  Reserved ports are never free, in any scope.
 *
 *     take, release    O(kinds of owner on the port); up to two hash look-ups once the
 *                      holders differ in destination or local address.  With the choice
 *                      58 ns for the three, 100 toward a thousand destinations
 *     yield, closing   two hash look-ups, and 64 to 170 bytes for each destination with
 *                      such holders; nothing for who has none
 *     view             one hash look-up, or two
 *     scan             O(words of the range): at worst 1,000 for 65,536 ports
 *     memory           under 1 KiB for a host with a dozen connections to one place.
 *                      Grown: 8 KiB for all holders while they share destination and
 *                      local address; later as much again for each (local address,
 *                      destination) with over 18 ports, 64 to 170 bytes where there are
 *                      fewer, and for each local address if there are several; 4 bytes
 *                      a port of each block of 1,024 with a port of several holders; 20
 *                      bytes for each further kind of owner on a port
 *
 * Addresses are numbers of the world's address table; IPv4 and IPv6 share the space
 * (models/port_families.h says what that costs while IPv6 is in use).  Releasing what is
 * not held, and taking the same tuple twice, are bugs.
 */
#ifndef MODELS_PORT_SPACE_H
#define MODELS_PORT_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/port_range.h"
#include "models/port_view.h"

/* IPv4 and IPv6 share one space [KERNEL.md C9].  The numbers of IPv6 addresses have this
 * bit; a v4-mapped address counts as the IPv4 one. */
#define PORT_IPV6 0x80000000u

/* The wildcards.  Who overlaps whom:
 *
 *     0.0.0.0           IPv4 addresses; IPv6 ones of sockets without IPV6_V6ONLY
 *     ::                everybody
 *     :: with V6ONLY    IPv6 addresses
 *
 * and a request from one IPv6 address overlaps both kinds of ::, not 0.0.0.0. */
#define PORT_ANY_ADDRESS   UINT32_MAX
#define PORT_ANY_IPV6      (UINT32_MAX - 1)
#define PORT_ANY_IPV6_ONLY (UINT32_MAX - 2)

struct port_destination {
    uint32_t address;
    uint16_t port; /* 0: no destination yet (bound, listening) */
};

/* What makes a port taken for a request.  "Here" is where the request's local address
 * overlaps the holder's.  A request that lacks a local address or a destination has no
 * tuple yet, so every scope then tests as PORT. */
enum port_scope {
    PORT_SCOPE_PORT,  /* any holder here */
    PORT_SCOPE_TUPLE, /* a holder here toward the same destination; a listener anywhere */
    PORT_SCOPE_MIXED, /* Linux connect(): whoever called bind() or listen(), anywhere; a
                         holder here toward the same destination [KERNEL.md C1, C4] */
};

/* How a holder came by its port. */
enum port_origin {
    PORT_BY_CONNECT, /* chosen at connect(), or IP_BIND_ADDRESS_NO_PORT */
    PORT_BY_BIND,    /* bind(), explicit or port 0 */
    PORT_BY_LISTEN,  /* has no destination */
};

enum port_options { /* of the holder's socket */
                    PORT_REUSEADDR = 1,
                    PORT_REUSEPORT = 2,
                    PORT_V6ONLY = 4, /* IPV6_V6ONLY */
};

/* One kind of holder of a port.  Equal owners share one record with a count. */
struct port_owner {
    uint32_t local_address; /* or a wildcard */
    uint32_t uid;           /* SO_REUSEPORT asks for it */
    uint8_t origin;         /* enum port_origin */
    uint8_t options;        /* enum port_options */
};

/* True if a request from `local_address` meets that owner. */
bool port_owner_is_here(const struct port_owner *owner, uint32_t local_address);

/* Who may have the tuple of a lingering holder, TIME_WAIT or what becomes of it. */
enum port_yields {
    PORT_YIELDS_NOT,
    PORT_YIELDS_TO_BIND, /* a socket that was bound to the port before it connects
                            [KERNEL.md T5] */
    PORT_YIELDS_TO_ALL,  /* connect()'s own choice, too [KERNEL.md T3] */
};

struct port_space;

struct port_space *port_space_new(void);
void port_space_free(struct port_space *s); /* NULL is allowed */

/* Adds or removes one holder.  `to.port` 0: no destination; of such there may be many. */
void port_space_take(struct port_space *s, uint16_t port, struct port_owner owner,
                     struct port_destination to);
void port_space_release(struct port_space *s, uint16_t port, struct port_owner owner,
                        struct port_destination to);

/* The tuple of this holder may be taken over from now on.  To PORT_YIELDS_TO_ALL a search
 * meets the tuple as free.  Nothing else changes: the holder counts, and blocks bind(),
 * as before.  It must be released before somebody else takes the tuple. */
void port_space_yield(struct port_space *s, uint16_t port, struct port_owner owner,
                      struct port_destination to, enum port_yields yields);

/* What port_space_yield() said of the tuple; PORT_YIELDS_NOT also when nobody holds it.
 */
enum port_yields port_space_yields(const struct port_space *s, uint16_t port,
                                   uint32_t local_address, struct port_destination to);

/* True if that very tuple is held by who does not yield to all. */
bool port_space_holds(const struct port_space *s, uint16_t port, uint32_t local_address,
                      struct port_destination to);

/* Linux before 6.18: a port that was bound once stays so until nobody at all holds it
 * [KERNEL.md C8].  To be said before the first holder comes. */
void port_space_bound_until_empty(struct port_space *s);

/* Keeps a port from automatic choice (ip_local_reserved_ports, excluded blocks).  Holders
 * may be on it all the same: an explicit bind() is not an automatic choice. */
void port_space_reserve(struct port_space *s, uint16_t port, bool reserved);

/* Says that the holder of this tuple is closing, or no longer is: it still holds the
 * tuple, but some searches may take it away (netfilter's).  Release forgets it. */
void port_space_closing(struct port_space *s, uint16_t port, uint32_t local_address,
                        struct port_destination to, bool closing);

/* The ports whose holder toward `to` is closing; NULL when there are none.  Valid until
 * the space changes. */
const struct port_set *port_space_closing_toward(const struct port_space *s,
                                                 uint32_t local_address,
                                                 struct port_destination to);

/* (local address, port) pairs with any holder; the wildcard counts as an address. */
uint32_t port_space_in_use(const struct port_space *s);

/* Reserved ports inside `range`. */
uint32_t port_space_reserved(const struct port_space *s, struct port_range range);

/* Keeps `port` from automatic choice? */
bool port_space_is_reserved(const struct port_space *s, uint16_t port);

/* Holders whose socket has SO_REUSEADDR or SO_REUSEPORT: without any, nothing can be
 * shared. */
uint32_t port_space_sharers(const struct port_space *s);

/* Ports held toward one destination (with a port) from one local address. */
uint32_t port_space_toward(const struct port_space *s, uint32_t local_address,
                           struct port_destination to);

/* Holders of one port by kind; `owners` gets up to `size` of them with their counts.
 * Returns how many kinds there are. */
struct port_owner_count {
    struct port_owner owner;
    uint32_t count;
};
uint32_t port_space_owners(const struct port_space *s, uint16_t port,
                           struct port_owner_count *owners, uint32_t size);

/* True if `is` holds of any kind of owner of the port. */
bool port_space_any_owner(const struct port_space *s, uint16_t port,
                          bool (*is)(const struct port_owner *owner, const void *context),
                          const void *context);

/* Bytes the space holds now.  Walks the tables. */
size_t port_space_bytes(const struct port_space *s);

/* --- looking: what a search for one request sees, valid until the space changes -------
 */

/* `local_address` may be a wildcard. */
struct port_view port_space_view(const struct port_space *s, struct port_range range,
                                 enum port_scope scope, uint32_t local_address,
                                 struct port_destination to);

/* The view of IPCOM000012910D's second stage: a port is taken if a listener or a
 * bind()-only holder has it, on any address, or if the tuple is held [MODEL.md A6].
 * The request must have a tuple: neither the wildcard nor port 0. */
struct port_view port_space_view_fallback(const struct port_space *s,
                                          struct port_range range, uint32_t local_address,
                                          struct port_destination to);

#endif
