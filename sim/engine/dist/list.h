/* Every distribution, in the order `list distributions` prints them: add a line, add a
 * file. */
#ifndef SIM_ENGINE_DIST_LIST_H
#define SIM_ENGINE_DIST_LIST_H

#include "sim/engine/distribution.h"

/* Identifier of the file's struct distribution_<id>; scenarios use its .name. */
#define DISTRIBUTIONS(X)                                                                 \
    X(constant)                                                                          \
    X(exponential)                                                                       \
    X(uniform)                                                                           \
    X(lognormal)                                                                         \
    X(weibull)                                                                           \
    X(gamma)                                                                             \
    X(erlang)                                                                            \
    X(pareto)                                                                            \
    X(empirical)

#define X(id) extern const struct distribution_ops distribution_##id;
DISTRIBUTIONS(X)
#undef X

/* Limits of duration keys, s: what a scenario can state at all, and scales.  A scale
 * stays a hundred times below the longest duration, so that clamping does not bend the
 * distribution. */
#define DURATION_MAX_S 3153600000.0 /* SIM_DURATION_MAX, 100 years */
#define SCALE_MIN_S    1e-9
#define SCALE_MAX_S    31536000.0 /* a year */

#endif
