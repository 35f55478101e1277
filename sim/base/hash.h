/* Hashes of our own, the same on every machine and for ever: keys of random streams and
 * slots of hash tables.  Not for secrets. */
#ifndef SIM_BASE_HASH_H
#define SIM_BASE_HASH_H

#include <stdint.h>

/* FNV-1a, 64 bits [Fowler, Noll, Vo; RFC 9923]. */
static inline uint64_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001B3);
    return hash;
}

/* A bijection whose every output bit depends on every input bit: the finaliser of
 * SplitMix64 [Steele, Lea, Flood, OOPSLA 2014], mix 13 of Stafford. */
static inline uint64_t hash_mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* The hash of what `hash` stands for, followed by `value`. */
static inline uint64_t hash_join(uint64_t hash, uint64_t value)
{
    return hash_mix((hash + UINT64_C(0x9E3779B97F4A7C15)) ^ value);
}

#endif
