/* How likely what was counted is, if what is claimed is true.
 *
 * Tests use fixed seeds, so a claim that holds holds always; the probability only says
 * how far from the claim a count may lie.  TEST_UNLIKELY is that limit everywhere.
 */
#ifndef TESTS_STATISTICS_H
#define TESTS_STATISTICS_H

#include <stdint.h>

#define TEST_UNLIKELY 1e-4

/* Fails unless the counts may come from a uniform choice among the cells (chi-square; at
 * least 5 expected in each). */
void assert_uniform(const uint32_t *counts, uint32_t cells);

/* The probability of counts as uneven as these, or more, if each cell is as likely. */
double uniform_chance(const uint32_t *counts, uint32_t cells);

/* Fails unless `hits` out of `tries` independent ones may have probability p each (both
 * tails of the binomial distribution). */
void assert_share(uint32_t hits, uint32_t tries, double p);

/* A sample's mean and its deviation, one value after the other.  {0} is empty. */
struct sample {
    uint32_t count;
    double mean, squares; /* of the distances from the mean */
};

void sample_add(struct sample *s, double value);

/* Fails unless the sample may have this mean (normal approximation, its own deviation).
 */
void assert_mean(const struct sample *s, double expected);

#endif
