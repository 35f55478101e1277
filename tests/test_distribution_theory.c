/* Every distribution against theory: moments and distribution functions.
 *
 * Bounds follow from the number of draws at a false alarm of 1e-4 each; seeds are fixed.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "sim/engine/distribution.h"
#include "tests/distribution_cases.h"

#define FALSE_ALARM 1e-4
#define DRAWS       200000

/* --- moments --------------------------------------------------------------------------
 */

static double variance_of(const struct distribution_case *c)
{
    double (*m)(int, double, double) = distribution_theory_of(c->name)->moment;
    return m(2, c->a, c->b) - pow(m(1, c->a, c->b), 2);
}

/* E (x - mean)^4. */
static double fourth_of(const struct distribution_case *c)
{
    double (*m)(int, double, double) = distribution_theory_of(c->name)->moment;
    double mean = m(1, c->a, c->b);
    return m(4, c->a, c->b) - 4 * mean * m(3, c->a, c->b) +
           6 * mean * mean * m(2, c->a, c->b) - 3 * pow(mean, 4);
}

/* The differences of moments cancel digits, most where the deviation is small. */
static void assert_close(const struct distribution_case *c, const char *what, double got,
                         double expected)
{
    if (got == expected || fabs(got - expected) <= 1e-9 * fabs(expected))
        return;
    if (!isfinite(got) && !isfinite(expected))
        return;
    fail_msg("%s(%g, %g): the %s is %.15g, by theory %.15g", c->name, c->a, c->b, what,
             got, expected);
}

static void test_stated_moments_are_those_of_theory(void **state)
{
    (void)state;
    for (size_t i = 0; i < distribution_case_count; i++) {
        const struct distribution_case *c = &distribution_cases[i];
        struct field_variant v = distribution_configured(c);
        const struct distribution_ops *d = distributions[v.kind];
        assert_close(c, "mean", distribution_mean(&v) / 1e9,
                     distribution_theory_of(c->name)->moment(1, c->a, c->b));
        assert_close(c, "deviation", d->deviation(v.config) / 1e9, sqrt(variance_of(c)));
        distribution_release(v);
    }
}

/* Fails unless `got` lies within the interval around `expected` that a sample leaves with
 * probability FALSE_ALARM. */
static void assert_within(const struct distribution_case *c, const char *what, double got,
                          double expected, double standard_error)
{
    double z = gsl_cdf_ugaussian_Qinv(FALSE_ALARM / 2);
    if (!(fabs(got - expected) <= z * standard_error))
        fail_msg("%s(%g, %g): the sample %s is %.9g, by theory %.9g +- %.2g", c->name,
                 c->a, c->b, what, got, expected, standard_error);
}

/* The mean has a standard error if the second moment is finite, the variance if the
 * fourth is; of a Pareto they may not be. */
static void compare_sample_moments(const struct distribution_case *c, const double *draws)
{
    double (*moment)(int, double, double) = distribution_theory_of(c->name)->moment;
    double mean = moment(1, c->a, c->b), variance = variance_of(c);
    double sum = 0, squares = 0;
    for (size_t k = 0; k < DRAWS; k++) {
        sum += draws[k] - mean;
        squares += (draws[k] - mean) * (draws[k] - mean);
    }
    if (isfinite(moment(2, c->a, c->b)))
        assert_within(c, "mean", mean + sum / DRAWS, mean, sqrt(variance / DRAWS));
    if (isfinite(moment(4, c->a, c->b)))
        assert_within(c, "variance", squares / DRAWS, variance,
                      sqrt((fourth_of(c) - variance * variance) / DRAWS));
}

static void test_sample_moments_are_those_of_theory(void **state)
{
    (void)state;
    for (size_t i = 0; i < distribution_case_count; i++) {
        double *draws = distribution_draws(&distribution_cases[i], DRAWS);
        compare_sample_moments(&distribution_cases[i], draws);
        free(draws);
    }
}

/* --- distribution functions -----------------------------------------------------------
 */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The largest distance between the sample's distribution function and theory's. */
static double kolmogorov_distance(const struct distribution_case *c, double *draws,
                                  size_t count)
{
    double (*cdf)(double, double, double) = distribution_theory_of(c->name)->cdf;
    double distance = 0;
    qsort(draws, count, sizeof draws[0], by_value);
    for (size_t i = 0; i < count; i++) {
        double p = cdf(draws[i], c->a, c->b);
        distance = fmax(distance, fabs(p - (double)i / (double)count));
        distance = fmax(distance, fabs(p - (double)(i + 1) / (double)count));
    }
    return distance;
}

/* P(distance > e) <= 2 exp(-2 n e^2) for every n [Massart, Annals of Probability 18(3),
 * 1990]. */
static void test_draws_follow_their_distribution_function(void **state)
{
    (void)state;
    const double bound = sqrt(log(2 / FALSE_ALARM) / (2.0 * DRAWS));
    for (size_t i = 0; i < distribution_case_count; i++) {
        const struct distribution_case *c = &distribution_cases[i];
        if (!distribution_theory_of(c->name)->cdf)
            continue;
        double *draws = distribution_draws(c, DRAWS);
        double distance = kolmogorov_distance(c, draws, DRAWS);
        if (distance > bound)
            fail_msg("%s(%g, %g): Kolmogorov distance %.5f, not below %.5f", c->name,
                     c->a, c->b, distance, bound);
        free(draws);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stated_moments_are_those_of_theory),
        cmocka_unit_test(test_sample_moments_are_those_of_theory),
        cmocka_unit_test(test_draws_follow_their_distribution_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
