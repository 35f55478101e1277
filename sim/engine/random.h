/* Chance: one counter-based stream for each (seed, replication, component, purpose).
 *
 * Philox4x32-10 of Random123 [Salmon et al., SC'11], keyed by a hash of the four.  Adding
 * a client, or drawing once more in one place, shifts nobody else's numbers, and two
 * scenarios under comparison share their arrivals.  A stream is a plain value of 40
 * bytes: copy it to fork it, no freeing.  Its period is 2^66 draws of 32 bits; a draw
 * costs about 3 ns.
 *
 * `random_gsl_type` wraps the same numbers as a gsl_rng_type, so that every gsl_ran_*
 * works; results themselves are drawn with plain arithmetic of our own (distribution.h),
 * because glibc's log and exp differ between CPUs in the last bit.
 */
#ifndef SIM_ENGINE_RANDOM_H
#define SIM_ENGINE_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

/* Only random_stream_make() makes one. */
struct random_stream {
    uint32_t key[2];
    uint64_t counter; /* blocks drawn */
    uint32_t block[4];
    uint32_t used; /* of `block`: 0..4 */
};
_Static_assert(sizeof(struct random_stream) == 40, "a stream is 40 bytes");

/* `component` is a path ("apps.shares"), `purpose` a word ("arrivals").  The same four
 * give the same numbers for ever: goldens depend on it. */
struct random_stream random_stream_make(uint64_t seed, uint32_t replication,
                                        const char *component, const char *purpose);

/* A stretch of 2^24 blocks of a stream by its number, up to 2^40: for what belongs to one
 * user among many, who draws late or never.  Streams that are drawn from in parts are not
 * drawn from in order: part 0 is their beginning. */
struct random_stream random_stream_part(const struct random_stream *s, uint64_t part);

uint32_t random_u32(struct random_stream *s);

/* Uniform in the open interval (0, 1): (k + 1/2) / 2^52 with k of 52 bits, exactly.  Two
 * draws. */
double random_unit(struct random_stream *s);

/* Uniform over 0 .. n-1, without bias; n >= 1.  One draw, rarely more. */
uint32_t random_below(struct random_stream *s, uint32_t n);

/* Philox as a GSL generator; gsl_rng_set() takes the seed, all 64 bits of it, as the seed
 * of a stream.  Its state is a struct random_stream, so a stream at hand becomes a
 * generator by  gsl_rng r = {random_gsl_type, &stream}. */
extern const gsl_rng_type *const random_gsl_type;

#endif
