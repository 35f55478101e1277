#include "sim/engine/random.h"

#include <Random123/philox.h>

#include "sim/base/bug.h"
#include "sim/base/hash.h"

struct random_stream random_stream_make(uint64_t seed, uint32_t replication,
                                        const char *component, const char *purpose)
{
    uint64_t key = hash_mix(seed);
    key = hash_join(key, replication);
    key = hash_join(key, hash_text(component));
    key = hash_join(key, hash_text(purpose));
    return (struct random_stream){.key = {(uint32_t)key, (uint32_t)(key >> 32)},
                                  .used = 4};
}

struct random_stream random_stream_part(const struct random_stream *s, uint64_t part)
{
    return (struct random_stream){
        .key = {s->key[0], s->key[1]}, .counter = part << 24, .used = 4};
}

/* The block of the present count, [Salmon et al.] section 3.4 with ten rounds. */
static void next_block(struct random_stream *s)
{
    philox4x32_ctr_t counter = {{(uint32_t)s->counter, (uint32_t)(s->counter >> 32)}};
    philox4x32_key_t key = {{s->key[0], s->key[1]}};
    philox4x32_ctr_t block = philox4x32_R(10, counter, key);
    for (int i = 0; i < 4; i++)
        s->block[i] = block.v[i];
    s->counter++;
    s->used = 0;
}

uint32_t random_u32(struct random_stream *s)
{
    if (s->used == 4)
        next_block(s);
    return s->block[s->used++];
}

/* 52 bits and not 53: the half would be rounded away from a larger k, up to 1.0. */
double random_unit(struct random_stream *s)
{
    uint64_t high = random_u32(s);
    uint64_t k = (high << 32 | random_u32(s)) >> 12;
    return ((double)k + 0.5) * 0x1p-52;
}

/* D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019,
 * algorithm 5. */
uint32_t random_below(struct random_stream *s, uint32_t n)
{
    SIM_ASSERT(n > 0);
    uint64_t product = (uint64_t)random_u32(s) * n;
    if ((uint32_t)product < n) {
        uint32_t unfair = (0 - n) % n; /* 2^32 mod n low parts are one too many */
        while ((uint32_t)product < unfair)
            product = (uint64_t)random_u32(s) * n;
    }
    return (uint32_t)(product >> 32);
}

/* --- as a GSL generator ---------------------------------------------------------------
 */

static void gsl_set(void *state, unsigned long seed)
{
    *(struct random_stream *)state = random_stream_make(seed, 0, "", "");
}

static unsigned long gsl_get(void *state)
{
    return random_u32(state);
}

static double gsl_get_double(void *state)
{
    return random_unit(state);
}

static const gsl_rng_type philox = {
    .name = "philox4x32-10",
    .max = UINT32_MAX,
    .min = 0,
    .size = sizeof(struct random_stream),
    .set = gsl_set,
    .get = gsl_get,
    .get_double = gsl_get_double,
};

const gsl_rng_type *const random_gsl_type = &philox;
