#include "sim/study/estimate_order.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "sim/study/bands.h"

struct order_estimate estimate_order(const double *values, size_t count, double share,
                                     double confidence)
{
    double tail = (1 - confidence) / 2;
    unsigned n = (unsigned)count, below = 0, above = n + 1;
    /* P(at most `below` - 1 values are smaller) and P(at least `above` are), each at most
     * half of what may be missed. */
    while (below < n && gsl_cdf_binomial_P(below, share, n) <= tail)
        below++;
    while (above > 1 && gsl_cdf_binomial_Q(above - 2, share, n) <= tail)
        above--;
    return (struct order_estimate){.value = bands_quantile(values, count, share),
                                   .low = below ? values[below - 1] : -INFINITY,
                                   .high = above <= n ? values[above - 1] : INFINITY};
}
