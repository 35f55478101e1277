/* The four pools of local ports: TCP and UDP, IPv4 and IPv6, each with its own range. */
#ifndef SIM_BASE_POOL_H
#define SIM_BASE_POOL_H

#include <stdbool.h>
#include <stdint.h>

enum pool { POOL_TCP4, POOL_TCP6, POOL_UDP4, POOL_UDP6, POOL_COUNT };

/* "tcp4" and so on, as metrics and results spell them. */
const char *pool_name(enum pool pool);

/* The other way; false if there is no such word. */
bool pool_find(const char *name, enum pool *out);

/* `family` is that of struct ip_address: 4 or 6. */
static inline enum pool pool_for(bool udp, uint8_t family)
{
    return (enum pool)((udp ? POOL_UDP4 : POOL_TCP4) + (family == 6));
}

static inline bool pool_is_udp(enum pool pool)
{
    return pool >= POOL_UDP4;
}

#endif
