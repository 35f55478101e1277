#include "tests/statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

double uniform_chance(const uint32_t *counts, uint32_t cells)
{
    double total = 0, square = 0;
    for (uint32_t i = 0; i < cells; i++)
        total += counts[i];
    double expected = total / cells;
    assert_true(expected >= 5);
    for (uint32_t i = 0; i < cells; i++)
        square += (counts[i] - expected) * (counts[i] - expected) / expected;
    return gsl_cdf_chisq_Q(square, cells - 1);
}

void assert_uniform(const uint32_t *counts, uint32_t cells)
{
    double p = uniform_chance(counts, cells);
    if (p < TEST_UNLIKELY)
        fail_msg("not uniform over %u cells, p = %g", cells, p);
}

void assert_share(uint32_t hits, uint32_t tries, double p)
{
    double low = gsl_cdf_binomial_P(hits, p, tries);
    double high = hits ? gsl_cdf_binomial_Q(hits - 1, p, tries) : 1;
    if (low < TEST_UNLIKELY / 2 || high < TEST_UNLIKELY / 2)
        fail_msg("%u of %u is not a share of %g (tails %g, %g)", hits, tries, p, low,
                 high);
}

/* B. P. Welford, Technometrics 4 (1962). */
void sample_add(struct sample *s, double value)
{
    double distance = value - s->mean;
    s->mean += distance / ++s->count;
    s->squares += distance * (value - s->mean);
}

void assert_mean(const struct sample *s, double expected)
{
    double deviation = sqrt(s->squares / (s->count - 1.0) / s->count);
    double limit = gsl_cdf_ugaussian_Qinv(TEST_UNLIKELY / 2) * deviation;
    if (!(fabs(s->mean - expected) <= limit))
        fail_msg("mean of %u is %g, more than %g from %g", s->count, s->mean, limit,
                 expected);
}
