/* The methods are textbook ones; every coefficient is a fraction that can be read off its
 * series, except for the quantile, whose table is cited.  Evaluation splits a polynomial
 * into even and odd powers: two short chains of operations instead of a long one.
 */
#include "sim/engine/elementary.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "sim/base/bug.h"

/* ln 2 in two parts: the first has 42 bits, so that its product with an exponent (11
 * bits) is exact. */
#define LN2_HIGH 0x1.62e42fefa3800p-1
#define LN2_LOW  0x1.ef35793c76730p-45

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

/* --- log ------------------------------------------------------------------------------
 */

#define SQRT_HALF_BITS UINT64_C(0x3FE6A09E667F3BCD) /* of 1 / sqrt(2) */
#define ONE_BITS       UINT64_C(0x3FF0000000000000)

/* clang-format off */

/* 2/3 z + 2/5 z^2 + ... + 2/21 z^10: of the series of 2 artanh(s) / s in z = s^2, all but
 * the first term.  |s| <= 0.1716, so what is left out is below 2^-60 of the sum. */
static double artanh_rest(double z)
{
    double w = z * z;
    double odd  = 2.0/3 + w*(2.0/7 + w*(2.0/11 + w*(2.0/15 + w*(2.0/19))));
    double even = 2.0/5 + w*(2.0/9 + w*(2.0/13 + w*(2.0/17 + w*(2.0/21))));
    return z * odd + w * even;
}

/* clang-format on */

/* log(2^scale x) for a normal positive x.
 *
 * With x = 2^k m, m in [sqrt(1/2), sqrt(2)), it is (scale + k) ln 2 + log m.  With
 * f = m - 1 and s = f / (2 + f), log m = 2 artanh(s) = 2s + s R [Abramowitz and Stegun
 * 4.1.27].  2s alone would carry the rounding error of the division into the last bit; as
 * 2s = f - s f and s f = f^2/2 - s f^2/2, it is written
 *     log m = f - (h - s (h + R)),  h = f^2/2,
 * where f is exact and the rest is small. */
static double log_of_normal(double x, int scale)
{
    uint64_t bits = bits_of(x);
    uint64_t biased = (bits - SQRT_HALF_BITS + ONE_BITS) >> 52;
    double k = (double)(scale + (int)biased - 1023);
    double f = from_bits(bits - ((biased - 1023) << 52)) - 1;
    double s = f / (2 + f);
    double h = 0.5 * f * f;
    double small = s * (h + artanh_rest(s * s)) + k * LN2_LOW;
    return k * LN2_HIGH - ((h - small) - f);
}

double elementary_log(double x)
{
    if (x >= DBL_MIN && x <= DBL_MAX)
        return log_of_normal(x, 0);
    if (x == 0)
        return -INFINITY;
    if (isnan(x) || x < 0)
        return NAN;
    if (isinf(x))
        return x;
    return log_of_normal(x * 0x1p54, -54);
}

/* --- exp ------------------------------------------------------------------------------
 */

/* clang-format off */

/* 1/2! + r/3! + ... + r^11/13!; |r| <= 0.3466, so what is left out is below 2^-57. */
static double exp_rest(double r)
{
    double w = r * r;
    double even = 1.0/2 + w*(1.0/24 + w*(1.0/720
                + w*(1.0/40320 + w*(1.0/3628800 + w*(1.0/479001600)))));
    double odd  = 1.0/6 + w*(1.0/120 + w*(1.0/5040
                + w*(1.0/362880 + w*(1.0/39916800 + w*(1.0/6227020800)))));
    return even + r * odd;
}

/* clang-format on */

static double power_of_2(int k)
{
    return from_bits((uint64_t)(k + 1023) << 52);
}

/* x = k ln 2 + r + c, where c is what the subtraction rounded away from r;
 * exp x = 2^k (1 + r + r^2/2! + ... + c (1 + r)).  2^k is multiplied in two steps because
 * it may not be a normal number itself. */
double elementary_exp(double x)
{
    if (isnan(x))
        return x;
    if (x > 710)
        return INFINITY;
    if (x < -746)
        return 0;
    int k = (int)(x * 0x1.71547652b82fep+0 + (x < 0 ? -0.5 : 0.5)); /* x / ln 2 */
    double high = x - k * LN2_HIGH;
    double low = k * LN2_LOW;
    double r = high - low;
    double c = (high - r) - low;
    double y = 1 + (r + (r * r * exp_rest(r) + (c + c * r)));
    return y * power_of_2(k / 2) * power_of_2(k - k / 2);
}

double elementary_pow(double x, double y)
{
    return elementary_exp(y * elementary_log(x));
}

/* --- gamma ----------------------------------------------------------------------------
 */

#define HALF_LOG_2PI 0x1.d67f1c864beb5p-1

/* Stirling's series [Abramowitz and Stegun 6.1.40], for x >= 16: the first term left out
 * is below 2e-16. */
static double log_gamma_stirling(double x)
{
    double z = 1 / (x * x);
    double series =
        (1.0 / 12 -
         z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188))))) /
        x;
    return (x - 0.5) * elementary_log(x) - x + HALF_LOG_2PI + series;
}

/* gamma(x) = gamma(x + n) / (x (x + 1) ... (x + n - 1)). */
double elementary_gamma(double x)
{
    SIM_ASSERT(x > 0 && x <= 170);
    int steps = x < 16 ? 16 - (int)x : 0;
    double divisor = 1;
    for (int i = 0; i < steps; i++)
        divisor *= x + i;
    return elementary_exp(log_gamma_stirling(x + steps)) / divisor;
}

/* --- normal quantile ------------------------------------------------------------------
 */

/* Three rational approximations of degree 7 by 7, lowest power first.  M. J. Wichura,
 * "Algorithm AS 241: The percentage points of the normal distribution", Applied
 * Statistics 37(3), 1988, PPND16. */
/* clang-format off */
static const struct rational {
    double numerator[8], denominator[8];
} central = { /* in 0.425^2 - (p - 1/2)^2, for |p - 1/2| <= 0.425 */
    {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3},
    {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3},
}, tail = { /* in t - 1.6, t = sqrt(-log p) <= 5 */
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9},
}, far_tail = { /* in t - 5 */
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15},
};
/* clang-format on */

static double polynomial(const double coefficient[8], double x)
{
    double sum = coefficient[7];
    for (int i = 6; i >= 0; i--)
        sum = sum * x + coefficient[i];
    return sum;
}

static double rational_at(const struct rational *q, double x)
{
    return polynomial(q->numerator, x) / polynomial(q->denominator, x);
}

double elementary_normal_quantile(double p)
{
    SIM_ASSERT(p > 0 && p < 1);
    double q = p - 0.5;
    if (fabs(q) <= 0.425)
        return q * rational_at(&central, 0.425 * 0.425 - q * q);
    double t = sqrt(-elementary_log(q < 0 ? p : 1 - p));
    double x = t <= 5 ? rational_at(&tail, t - 1.6) : rational_at(&far_tail, t - 5);
    return q < 0 ? -x : x;
}
