/* When bind() to a port that has holders succeeds, and what is said when it does not: one
 * row a family of systems.
 *
 * "Refused" below is by a holder whose address overlaps the caller's.
 */
#ifndef MODELS_BIND_RULES_H
#define MODELS_BIND_RULES_H

#include "models/failure.h"
#include "models/port_space.h"

struct bind_rules {
    const char *name; /* as scenarios spell it */
    const char *source;
    bool address_shares;      /* not refused if both have SO_REUSEADDR and none listens */
    bool address_narrows;     /* SO_REUSEADDR: refused by the same address only, not by a
                                 wildcard beside it */
    bool port_shares;         /* not refused if both have SO_REUSEPORT and the same uid */
    bool has_tuples;          /* connect() on a bound port asks for a free 4-tuple: TCP */
    enum failure refused;     /* bind() */
    enum failure tuple_taken; /* connect() on a bound port */
};

enum bind_rules_kind { BIND_RULES_LINUX, BIND_RULES_BSD, BIND_RULES_WINDOWS };

/* By enum bind_rules_kind. */
extern const struct bind_rules bind_rules[];

/* UDP on Linux [KERNEL.md P10]. */
extern const struct bind_rules bind_rules_linux_udp;

/* For field tables: the name of the index-th row, NULL after the last. */
const char *bind_rules_choice(uint32_t index);

/* True if bind(local_address, port) by a socket with these enum port_options is refused.
 * The same question is asked again by listen(). */
bool bind_refused(const struct bind_rules *rules, const struct port_space *space,
                  uint16_t port, uint32_t local_address, uint8_t options, uint32_t uid);

#endif
