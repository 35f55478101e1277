/* How often each size of a whole number occurred: buckets of at most 1/32 of their value.
 *
 * Log-linear: 32 buckets an octave, values below 64 exact, so the middle of a bucket is
 * within 1.6 % of every value in it (1/64).  Counts are integers: merging is exact and
 * order does not matter.  Covers 0 .. INT64_MAX.
 *
 *     add        about 2 ns
 *     memory     256 bytes for each octave between the smallest and the largest value
 *
 * A histogram is a block that grows, so the verbs that may grow it return its new
 * address; NULL is the empty one.  Free it with free().
 */
#ifndef SIM_BASE_HISTOGRAM_H
#define SIM_BASE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_OCTAVE  32 /* buckets */
#define HISTOGRAM_BUCKETS (59 * HISTOGRAM_OCTAVE)

struct histogram {
    uint32_t first; /* bucket of counts[0]; a multiple of HISTOGRAM_OCTAVE */
    uint32_t width; /* buckets in `counts`; a multiple of HISTOGRAM_OCTAVE */
    uint64_t counts[];
};

/* The bucket of a value >= 0, and the smallest value and the middle of a bucket. */
static inline uint32_t histogram_bucket(int64_t value)
{
    int shift = 58 - __builtin_clzll((uint64_t)value | HISTOGRAM_OCTAVE);
    return (uint32_t)shift * HISTOGRAM_OCTAVE + (uint32_t)((uint64_t)value >> shift);
}
int64_t histogram_low(uint32_t bucket);
double histogram_middle(uint32_t bucket);

/* Makes the block cover `bucket`. */
struct histogram *histogram_cover(struct histogram *h, uint32_t bucket);

/* Counts one value >= 0. */
static inline struct histogram *histogram_add(struct histogram *h, int64_t value)
{
    uint32_t bucket = histogram_bucket(value);
    if (!h || bucket - h->first >= h->width)
        h = histogram_cover(h, bucket);
    h->counts[bucket - h->first]++;
    return h;
}

/* Adds the counts of `from`, which may be NULL, to `into`. */
struct histogram *histogram_merge(struct histogram *into, const struct histogram *from);

/* The middle of the bucket that holds the `rank`-th smallest value, 1 being the smallest.
 * There must be as many. */
double histogram_at_rank(const struct histogram *h, uint64_t rank);

#endif
