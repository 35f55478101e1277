/* A keyed hash of (local address, destination): 64 bits that look random.
 *
 * For tables, and for allocators that hide where they start (RFC 6056 section 3.3.3 asks
 * for a keyed hash; Linux uses SipHash).  Nobody here tries to guess: it has to spread
 * like those, not to keep a secret.
 */
#ifndef MODELS_PORT_HASH_H
#define MODELS_PORT_HASH_H

#include "models/port_space.h"
#include "sim/base/hash.h"
#include "sim/engine/random.h"

/* A key of its own for one host. */
static inline uint64_t port_hash_key(struct random_stream *chance)
{
    uint64_t high = random_u32(chance);
    return high << 32 | random_u32(chance);
}

static inline uint64_t port_hash(uint64_t key, uint32_t local_address,
                                 struct port_destination to)
{
    uint64_t addresses = (uint64_t)local_address << 32 | to.address;
    return hash_join(hash_join(key, addresses), to.port);
}

#endif
