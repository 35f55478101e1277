/* A percentile of the runs there could be, from those there were: by order statistics,
 * so that no shape of their distribution is supposed. */
#ifndef SIM_STUDY_ESTIMATE_ORDER_H
#define SIM_STUDY_ESTIMATE_ORDER_H

#include <stddef.h>

struct order_estimate {
    double value;     /* interpolated between neighbours, as bands_quantile() does */
    double low, high; /* -INFINITY, INFINITY: so few runs say nothing on that side */
};

/* `values` in order, at least one.  The interval holds the percentile in at least
 * `confidence` of such studies: as many values lie below it as a binomial number does [W.
 * J. Conover, Practical Nonparametric Statistics, 3.2].  The 95th percentile has an upper
 * end from 72 runs on, at 95 %. */
struct order_estimate estimate_order(const double *values, size_t count, double share,
                                     double confidence);

#endif
