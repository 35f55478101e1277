/* log, exp and what follows from them, the same bits on every machine.
 *
 * glibc chooses among several exp, log and pow by the features of the CPU, and their last
 * bits differ; a sampled duration that is rounded the other way changes a whole run.  So
 * the variates of results are made of these.  They use +, -, *, / and comparisons of
 * doubles only, which IEEE 754 defines to the bit, and no fused operations
 * (-ffp-contract=off), so compiler and optimisation level do not matter either.  sqrt()
 * of the C library is exact by the same standard and may be used beside them.
 */
#ifndef SIM_ENGINE_ELEMENTARY_H
#define SIM_ENGINE_ELEMENTARY_H

/* Natural logarithm, within 1 ulp.  0 gives -infinity, a negative number or NaN gives
 * NaN, infinity infinity; subnormal numbers are as exact as others.  About 6 ns. */
double elementary_log(double x);

/* Within 1 ulp, also where the result is subnormal.  Beyond 709.78 infinity, below
 * -745.13 zero, NaN gives NaN.  About 7 ns. */
double elementary_exp(double x);

/* x to the power y as exp(y log x), for x > 0, and for x = 0 with y > 0.  The relative
 * error grows with the exponent: at most 2^-51 (1 + |y log x|). */
double elementary_pow(double x, double y);

/* The gamma function for 0 < x <= 170; relative error below 5e-13, 2e-14 up to x = 20. */
double elementary_gamma(double x);

/* The x below which a standard normal variate lies with probability p, 0 < p < 1;
 * relative error below 4e-15.  Antisymmetric about 1/2 to the bit.  About 10 ns. */
double elementary_normal_quantile(double p);

#endif
