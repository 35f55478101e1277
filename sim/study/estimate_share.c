/* Clopper and Pearson's interval.  Its ends are quantiles of beta distributions; those of
 * GSL 2.7.1 are wrong or NaN for many arguments (4 of 366: DESIGN.md 3), its
 * probabilities are not, so they are inverted here. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>

#include "sim/base/bug.h"
#include "sim/study/estimate.h"

struct beta {
    double a, b, probability;
};

static double excess(double x, void *context)
{
    const struct beta *beta = context;
    return gsl_cdf_beta_P(x, beta->a, beta->b) - beta->probability;
}

/* The x at which the distribution reaches the probability, by Brent's method. */
static double beta_inverse(double a, double b, double probability)
{
    enum { STEPS = 200 }; /* bisection alone takes about 60 */
    struct beta beta = {a, b, probability};
    gsl_function function = {excess, &beta};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    SIM_ASSERT(solver);
    gsl_root_fsolver_set(solver, &function, 0, 1);
    int state = GSL_CONTINUE;
    for (int i = 0; i < STEPS && state == GSL_CONTINUE; i++) {
        gsl_root_fsolver_iterate(solver);
        state = gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
                                       gsl_root_fsolver_x_upper(solver), 1e-15, 1e-13);
    }
    double x = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    return round(x * 1e12) / 1e12; /* as estimate_t() */
}

struct interval estimate_share(uint32_t successes, uint32_t n, double confidence)
{
    SIM_ASSERT(successes <= n && confidence > 0 && confidence < 1);
    double tail = (1 - confidence) / 2, k = successes;
    return (struct interval){
        .low = successes > 0 ? beta_inverse(k, n - k + 1, tail) : 0,
        .high = successes < n ? beta_inverse(k + 1, n - k, 1 - tail) : 1,
    };
}
