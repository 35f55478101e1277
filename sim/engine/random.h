/* Chance: one counter-based stream for each (seed, replication, component, purpose).
 *
 * Philox4x32-10 of Random123 [Salmon et al., SC'11], keyed by a hash of the four.  Adding
 * a client, or drawing once more in one place, shifts nobody else's numbers, and two
 * scenarios under comparison share their arrivals.  A stream is a plain value of 40
 * bytes: copy it to fork it, no freeing.  Its period is 2^130 draws.
 *
 * `random_gsl_type` wraps the same numbers as a gsl_rng_type, so that every gsl_ran_*
 * works; results themselves are drawn with plain arithmetic of our own (distribution.h),
 * because glibc's log and exp differ between CPUs in the last bit.
 */
#ifndef SIM_ENGINE_RANDOM_H
#define SIM_ENGINE_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

struct random_stream {
    uint32_t key[2];
    uint64_t counter; /* blocks drawn */
    uint32_t block[4];
    uint32_t used; /* of `block`: 0..4 */
};

/* `component` is a path ("apps.shares"), `purpose` a word ("arrivals"). */
struct random_stream random_stream_make(uint64_t seed, uint32_t replication,
                                        const char *component, const char *purpose);

uint32_t random_u32(struct random_stream *s);

/* Uniform in the open interval (0, 1): (k + 1/2) / 2^53 with k of 53 bits. */
double random_unit(struct random_stream *s);

/* Uniform over 0 .. n-1, without bias; n >= 1. */
uint32_t random_below(struct random_stream *s, uint32_t n);

/* Philox as a GSL generator; gsl_rng_set() takes the seed as the seed of a stream. */
extern const gsl_rng_type *const random_gsl_type;

#endif
