/* log, exp, pow, gamma and the normal quantile against the C library's long double and
 * GSL, and against a checksum that another compiler or option would break. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_exp.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>

#include "sim/base/hash.h"
#include "sim/engine/elementary.h"
#include "tests/expect_bug.h"

_Static_assert(LDBL_MANT_DIG > DBL_MANT_DIG, "the oracle must know more bits");

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The i-th of a fixed sequence of numbers in (0, 1). */
static double unit(uint64_t i)
{
    return ((double)(hash_mix(i) >> 12) + 0.5) * 0x1p-52;
}

/* |got - exact| in units of the last place of the exact value. */
static double error_in_ulps(double got, long double exact)
{
    double size = fabs((double)exact);
    double ulp = size < DBL_MIN ? 0x1p-1074 : nextafter(size, INFINITY) - size;
    return (double)(fabsl(got - exact) / (long double)ulp);
}

/* --- log ------------------------------------------------------------------------------
 */

/* What samplers feed it, any positive number, and neighbours of 1 at every distance. */
static double log_argument(uint64_t i)
{
    switch (i % 3) {
    case 0:
        return unit(i);
    case 1:
        return from_bits(1 + hash_mix(i) % (bits_of(INFINITY) - 1));
    default:
        return 1 + (unit(i) - 0.5) * ldexp(1, -(int)(i / 3 % 53));
    }
}

static void test_log_is_within_one_ulp(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 3000000; i++) {
        double x = log_argument(i);
        double error = error_in_ulps(elementary_log(x), logl(x));
        if (!(error < 1))
            fail_msg("log(%a) is %.2f ulp off", x, error);
    }
}

/* Two numbers within an ulp of the same third one. */
static void test_log_agrees_with_gsl(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 300000; i++) {
        double x = log_argument(i);
        assert_true(error_in_ulps(elementary_log(x), gsl_sf_log(x)) <= 2);
    }
}

static void test_log_at_the_edges(void **state)
{
    (void)state;
    assert_true(elementary_log(1) == 0);
    assert_true(elementary_log(0.0) == -INFINITY);
    assert_true(elementary_log(-0.0) == -INFINITY);
    assert_true(elementary_log(INFINITY) == INFINITY);
    assert_true(isnan(elementary_log(-1)));
    assert_true(isnan(elementary_log(-INFINITY)));
    assert_true(isnan(elementary_log(NAN)));
    assert_true(error_in_ulps(elementary_log(0x1p-1074), logl(0x1p-1074)) < 1);
    assert_true(error_in_ulps(elementary_log(DBL_MAX), logl(DBL_MAX)) < 1);
}

/* --- exp ------------------------------------------------------------------------------
 */

static double exp_argument(uint64_t i)
{
    switch (i % 3) {
    case 0:
        return -745.13 + unit(i) * (745.13 + 709.78);
    case 1:
        return 2 * unit(i) - 1;
    default:
        return (2 * unit(i) - 1) * ldexp(1, -(int)(i / 3 % 60));
    }
}

static void test_exp_is_within_one_ulp(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 3000000; i++) {
        double x = exp_argument(i);
        double error = error_in_ulps(elementary_exp(x), expl(x));
        if (!(error < 1))
            fail_msg("exp(%a) is %.2f ulp off", x, error);
    }
}

static void test_exp_agrees_with_gsl(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 300000; i++) {
        double x = (exp_argument(i) + 18) / 2; /* GSL refuses subnormal results */
        assert_true(error_in_ulps(elementary_exp(x), gsl_sf_exp(x)) <= 2);
    }
}

static void test_exp_at_the_edges(void **state)
{
    (void)state;
    assert_true(elementary_exp(0.0) == 1);
    assert_true(elementary_exp(-0.0) == 1);
    assert_true(elementary_exp(0x1.62e42fefa39efp+9) < INFINITY); /* 1024 ln 2, below */
    assert_true(elementary_exp(0x1.62e42fefa39f0p+9) == INFINITY);
    assert_true(elementary_exp(1e300) == INFINITY);
    assert_true(elementary_exp(INFINITY) == INFINITY);
    assert_true(elementary_exp(-745.13) == 0x1p-1074);
    assert_true(elementary_exp(-745.14) == 0);
    assert_true(elementary_exp(-1e300) == 0);
    assert_true(elementary_exp(-INFINITY) == 0);
    assert_true(isnan(elementary_exp(NAN)));
}

/* --- what stands on them --------------------------------------------------------------
 */

static void test_pow_is_as_good_as_its_exponent_allows(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 300000; i++) {
        double x = log_argument(i), y = 20 * (2 * unit(i + 7) - 1);
        long double exact = powl(x, y);
        if (exact > DBL_MAX || exact < DBL_MIN)
            continue;
        double bound = 0x1p-51 * (1 + fabs(y * (double)logl(x)));
        if (fabs((double)(elementary_pow(x, y) / exact - 1)) > bound)
            fail_msg("pow(%a, %a)", x, y);
    }
    assert_true(elementary_pow(0, 0.5) == 0);
    assert_true(elementary_pow(1, 1e300) == 1);
}

static void test_gamma_is_within_its_bounds(void **state)
{
    (void)state;
    for (int i = 0; i <= 4000; i++) {
        double x = 0.001 * pow(170000, i / 4000.0);
        double error = fabs((double)(elementary_gamma(x) / tgammal(x) - 1));
        if (error > (x <= 20 ? 2e-14 : 5e-13))
            fail_msg("gamma(%g) is off by %g", x, error);
        assert_true(fabs(elementary_gamma(x) / gsl_sf_gamma(x) - 1) < 1e-12);
    }
}

static void gamma_of(void *x)
{
    elementary_gamma(*(double *)x);
}

static void quantile_of(void *p)
{
    elementary_normal_quantile(*(double *)p);
}

static void test_arguments_outside_are_bugs(void **state)
{
    (void)state;
    double zero = 0, one = 1, large = 170.5;
    expect_bug(gamma_of, &zero);
    expect_bug(gamma_of, &large);
    expect_bug(quantile_of, &zero);
    expect_bug(quantile_of, &one);
}

/* Wichura states 1e-16 for the approximation.  Two polynomials of degree 7 with positive
 * terms, a division, a product and a logarithm under a root round at most 33 times. */
static void test_normal_quantiles_agree_with_gsl(void **state)
{
    (void)state;
    const double bound = 2 * 33 * 0x1p-53; /* GSL's own rounding counts as well */
    for (uint64_t i = 0; i < 300000; i++) {
        double p = i % 2 ? unit(i) : exp(-700 * unit(i));
        double exact = gsl_cdf_ugaussian_Pinv(p);
        if (fabs(elementary_normal_quantile(p) - exact) > bound * fabs(exact))
            fail_msg("quantile of %a is %a, by GSL %a", p, elementary_normal_quantile(p),
                     exact);
    }
}

static void test_normal_quantiles_are_antisymmetric(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        double p = unit(i) / 2 + 0.5;
        assert_true(elementary_normal_quantile(p) == -elementary_normal_quantile(1 - p));
    }
    assert_true(elementary_normal_quantile(0.5) == 0);
}

/* --- the same bits --------------------------------------------------------------------
 */

/* Golden: one bit of 400,000 results moves it.  The same with gcc and clang, at every
 * level of optimisation. */
static void test_every_machine_gets_the_same_bits(void **state)
{
    (void)state;
    uint64_t hash = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        hash = hash_join(hash, bits_of(elementary_log(log_argument(i))));
        hash = hash_join(hash, bits_of(elementary_exp(exp_argument(i))));
        hash = hash_join(hash, bits_of(elementary_gamma(170 * unit(i))));
        hash = hash_join(hash, bits_of(elementary_normal_quantile(unit(i))));
    }
    if (hash != UINT64_C(0x88b5bd7b2342e7e7))
        fail_msg("the checksum is 0x%016llx", (unsigned long long)hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_is_within_one_ulp),
        cmocka_unit_test(test_log_agrees_with_gsl),
        cmocka_unit_test(test_log_at_the_edges),
        cmocka_unit_test(test_exp_is_within_one_ulp),
        cmocka_unit_test(test_exp_agrees_with_gsl),
        cmocka_unit_test(test_exp_at_the_edges),
        cmocka_unit_test(test_pow_is_as_good_as_its_exponent_allows),
        cmocka_unit_test(test_gamma_is_within_its_bounds),
        cmocka_unit_test(test_arguments_outside_are_bugs),
        cmocka_unit_test(test_normal_quantiles_agree_with_gsl),
        cmocka_unit_test(test_normal_quantiles_are_antisymmetric),
        cmocka_unit_test(test_every_machine_gets_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
