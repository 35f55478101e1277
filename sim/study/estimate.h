/* What many runs say together: means, quantiles, differences and shares, each with its
 * interval [ECOSYSTEM.md 5].
 *
 *     a metric            mean over the replications, Student's t with n - 1 degrees
 *     a ratio             likewise, of each replication's own ratio: the attempts of one
 *                         run are correlated, so they do not count one by one
 *     a quantile          of the joined histograms; half-width by the jackknife
 *     A against B         the paired differences, by t; the variance that pairing won
 *     runs that failed    Clopper and Pearson: runs are independent, so these do count
 *     many comparisons    Holm
 *     one long run        MSER-5 for what is cut off its front; means of batches
 *
 * NaN stands for "this run has no such value" (no failure, so no first failure): such
 * values are left out and counted.  Everything is computed in the order it is given in,
 * which is that of the replications: the same bytes however many threads ran them.
 *
 * docs/STATISTICS.md derives it and shows how often the intervals hold what they claim.
 */
#ifndef SIM_STUDY_ESTIMATE_H
#define SIM_STUDY_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/trial/trial_numbers.h"

struct estimate {
    double value;      /* NaN when n is 0 */
    double half_width; /* of the interval around it; NaN when n < 2 */
    double variance;   /* of one run's value; NaN when n < 2 */
    uint32_t n;        /* runs that have the value */
    uint32_t missing;  /* runs that have none */
};

/* Two-sided quantile of Student's t: P(|T| <= it) = confidence.  Rounded to a multiple of
 * 1e-10, because the last bits of GSL's differ from machine to machine. */
double estimate_t(double confidence, uint32_t degrees);

struct estimate estimate_mean(const double *values, size_t count, double confidence);

/* The quantile of all samples joined; entries of `samples` may be empty.  The half-width
 * is that of the jackknife over runs, with quantiles interpolated inside their bucket,
 * and on top of it what the bucket does not tell apart. */
struct estimate estimate_quantile(const struct metric_samples *const *samples,
                                  size_t count, unsigned percent, double confidence);

/* The row `row` of the numbers of `count` runs of one plan: quantile or mean; of a share
 * that was never seen with what so many events leave open. */
struct estimate estimate_number(const struct trial_numbers *const *runs, size_t count,
                                uint32_t row, double confidence);

/* What a share of `events` leaves open if it was 0 in every run: Clopper and Pearson's
 * interval of none among so many, were they independent.  They are not quite, so this is
 * the least that is not known; half-widths are never below it.  Changes nothing of a
 * share that was seen. */
void estimate_never(struct estimate *e, double events, double confidence);

/* Replications needed in all for a half-width of `wanted`, if the variance is what it
 * seems to be: never less than there are.  0: nothing is known of the variance;
 * UINT32_MAX: no number is enough. */
uint32_t estimate_more(const struct estimate *e, double wanted, double confidence);

/* --- A against B -------------------------------------------------------------------- */

struct paired {
    struct estimate difference; /* of a - b, run by run; `missing`: pairs */
    double variance_ratio;      /* (var a + var b) / var(a - b): runs that pairing saved.
                                   Infinite if only the difference never varies, NaN if
                                   nothing does */
    double p_value;             /* that a and b have one mean: two-sided t; NaN: n < 2 */
    uint32_t n;                 /* pairs in which both have a value */
};

/* a[i] and b[i] are of the same replication. */
struct paired estimate_paired(const double *a, const double *b, size_t count,
                              double confidence);

/* Adjusts the p-values of several comparisons in place, so that whoever believes those
 * below 5 % is misled once or more in 5 % of such studies: S. Holm, Scandinavian Journal
 * of Statistics 6 (1979) 65-70.  NaN stays, and counts for nothing. */
void estimate_holm(double *p_values, size_t count);

/* --- a share of independent runs -----------------------------------------------------
 */

struct interval {
    double low, high;
};

/* C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413: never covers less than
 * it claims.  [0, 1] of no runs. */
struct interval estimate_share(uint32_t successes, uint32_t n, double confidence);

/* --- one long run --------------------------------------------------------------------
 */

/* Fewer values than these are too few to see a transient in. */
#define MSER5_LEAST 50

/* How many values to cut off the front of a series, a multiple of 5: where what is left
 * gives its mean the least standard error.  K. P. White, Simulation 69 (1997) 323-334.
 * A cut beyond half of the series means that the run is too short for any answer [Hoad
 * and Robinson, WSC 2011].  NaN values are left out; 0 of fewer than MSER5_LEAST. */
size_t mser5(const double *series, size_t count);

/* Means of batches of one run, taken as if they were independent, and the sign that they
 * are not. */
struct batch_means {
    struct estimate mean;
    double lag1;     /* correlation of a batch with the next; NaN of fewer than 3 */
    bool correlated; /* lag1 is larger than that of 95 % of independent series: take
                        longer batches, or do not believe the half-width */
};

/* Cuts `series` into `batches` of one length, at least 2; what does not fit is left out
 * at the front.  With as many batches as values each is a batch of its own. */
struct batch_means batch_means(const double *series, size_t count, size_t batches,
                               double confidence);

/* --- when to stop --------------------------------------------------------------------
 */

/* Replicate until the half-width is small beside the mean. */
struct precision_rule {
    double relative;   /* wanted: 0.02 is 2 %; 0: run `least` */
    double confidence; /* of the half-width it is judged by */
    uint32_t least;    /* replications before it is asked at all */
    uint32_t most;
};

enum precision { PRECISION_GO_ON, PRECISION_REACHED, PRECISION_CAP };

/* Reached: half-width <= g / (1 + g) of the mean found, with g = rule->relative, so that
 * the error is at most g of the true mean [A. M. Law, Simulation Modeling and Analysis,
 * 9.4.1].  A value that never varies is as precise as can be, a share that is always 0
 * too; one that is missing in all runs never is. */
enum precision precision_state(const struct precision_rule *rule,
                               const struct estimate *e);

#endif
