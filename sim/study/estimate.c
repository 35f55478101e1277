#include "sim/study/estimate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* --- Student's t -------------------------------------------------------------------- */

double estimate_t(double confidence, uint32_t degrees)
{
    SIM_ASSERT(confidence > 0 && confidence < 1 && degrees > 0);
    double t = gsl_cdf_tdist_Qinv((1 - confidence) / 2, degrees);
    return round(t * 1e10) / 1e10;
}

/* An estimate whose variance is that of one of its n runs. */
static struct estimate with_interval(double value, double variance, uint32_t n,
                                     uint32_t missing, double confidence)
{
    struct estimate e = {
        .value = value, .half_width = NAN, .variance = NAN, .n = n, .missing = missing};
    if (n >= 2) {
        e.variance = variance;
        e.half_width = estimate_t(confidence, n - 1) * sqrt(variance / n);
    }
    return e;
}

uint32_t estimate_more(const struct estimate *e, double wanted, double confidence)
{
    if (isnan(e->variance))
        return 0;
    double unit = sqrt(e->variance);
    uint32_t low = e->n, high = UINT32_MAX;
    if (estimate_t(confidence, low - 1) * unit <= wanted * sqrt(low))
        return low;
    if (!(wanted > 0) || estimate_t(confidence, high - 1) * unit > wanted * sqrt(high))
        return UINT32_MAX;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (estimate_t(confidence, middle - 1) * unit <= wanted * sqrt(middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* --- means -------------------------------------------------------------------------- */

/* Mean and sum of squared distances from it, in two passes.  Values that are all the same
 * have that mean and no variance, to the last bit. */
struct moments {
    double mean, squares;
    uint32_t n, missing;
};

static struct moments moments_of(const double *values, size_t count)
{
    struct moments m = {.mean = NAN};
    double sum = 0, least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        bool missing = isnan(values[i]);
        m.missing += missing;
        m.n += !missing;
        sum += missing ? 0 : values[i];
        least = fmin(least, values[i]); /* of a NaN and a number: the number */
        most = fmax(most, values[i]);
    }
    if (m.n)
        m.mean = least < most ? sum / m.n : least;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            m.squares += (values[i] - m.mean) * (values[i] - m.mean);
    return m;
}

struct estimate estimate_mean(const double *values, size_t count, double confidence)
{
    struct moments m = moments_of(values, count);
    return with_interval(m.mean, m.squares / (m.n - 1.0), m.n, m.missing, confidence);
}

/* --- quantiles ---------------------------------------------------------------------- */

/* All samples, and those of one run that is taken away again. */
struct joined {
    struct metric_samples all;
    const struct metric_samples *without; /* NULL: of none */
};

static uint64_t count_in(const struct histogram *h, uint32_t bucket)
{
    return h && bucket - h->first < h->width ? h->counts[bucket - h->first] : 0;
}

static uint64_t joined_in(const struct joined *j, uint32_t bucket)
{
    uint64_t own = j->without ? count_in(j->without->buckets, bucket) : 0;
    return count_in(j->all.buckets, bucket) - own;
}

/* Whole values in [low, high], as far as any were reported. */
struct span {
    double low, high;
};

static struct span bucket_span(const struct joined *j, uint32_t bucket)
{
    double high = 2 * histogram_middle(bucket) - (double)histogram_low(bucket);
    return (struct span){fmax((double)histogram_low(bucket), (double)j->all.min),
                         fmin(high, (double)j->all.max)};
}

/* The bucket that holds the rank-th smallest value (from 1), which becomes the rank among
 * its own. */
static uint32_t bucket_of(const struct joined *j, double *rank)
{
    const struct histogram *h = j->all.buckets;
    for (uint32_t bucket = h->first; bucket < h->first + h->width; bucket++) {
        double count = (double)joined_in(j, bucket);
        if (*rank <= count)
            return bucket;
        *rank -= count;
    }
    SIM_BUG("a joined histogram holds every rank up to its count");
}

/* The quantile as if the values of a bucket stood evenly in it.  Without this a jackknife
 * would see steps: no change at all, or a whole bucket. */
static double smooth_quantile(const struct joined *j, unsigned percent)
{
    uint64_t count = j->all.count - (j->without ? j->without->count : 0);
    double rank = fmax(1, percent / 100.0 * (double)count);
    uint32_t bucket = bucket_of(j, &rank);
    struct span s = bucket_span(j, bucket);
    return s.low + (s.high - s.low) * (rank - 0.5) / (double)joined_in(j, bucket);
}

/* Variance of one run, so that variance / n is the jackknife's of the joined quantile:
 * B. Efron and C. Stein, Annals of Statistics 9 (1981) 586-596.  NaN of fewer than two
 * runs. */
static double jackknife_variance(const struct metric_samples *const *samples,
                                 size_t count, struct joined *j, unsigned percent)
{
    double *values = memory_new(count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        j->without = samples[i];
        bool some = samples[i]->count && samples[i]->count < j->all.count;
        values[i] = some ? smooth_quantile(j, percent) : NAN;
    }
    struct moments m = moments_of(values, count);
    free(values);
    return m.n < 2 ? NAN : m.squares * (m.n - 1.0);
}

/* How far the value may lie from the true one for being read from a bucket. */
static double resolution(const struct joined *j, unsigned percent)
{
    uint64_t nearest = (percent * j->all.count + 99) / 100;
    double rank = (double)nearest;
    struct span s = bucket_span(j, bucket_of(j, &rank));
    return (s.high - s.low) / 2;
}

struct estimate estimate_quantile(const struct metric_samples *const *samples,
                                  size_t count, unsigned percent, double confidence)
{
    struct joined j = {0};
    uint32_t n = 0;
    for (size_t i = 0; i < count; i++) {
        n += samples[i]->count > 0;
        metric_samples_merge(&j.all, samples[i]);
    }
    double unit = j.all.in_ns ? 1e-9 : 1;
    double variance = jackknife_variance(samples, count, &j, percent);
    struct estimate e =
        with_interval(metric_samples_quantile(&j.all, percent), variance * unit * unit, n,
                      (uint32_t)count - n, confidence);
    j.without = NULL;
    if (n >= 2)
        e.half_width += resolution(&j, percent) * unit;
    free(j.all.buckets);
    return e;
}

/* --- numbers of runs -----------------------------------------------------------------
 */

static struct estimate number_quantile(const struct trial_numbers *const *runs,
                                       size_t count, const struct number_row *row,
                                       double confidence)
{
    const struct metric_samples **samples = memory_new(count, sizeof(void *));
    for (size_t i = 0; i < count; i++)
        samples[i] = &runs[i]->samples[row->samples];
    struct estimate e = estimate_quantile(samples, count, row->percent, confidence);
    free(samples);
    return e;
}

/* The largest share of which none among so many is still likely. */
static double most_of_none(double events, double confidence)
{
    double share = -expm1(log((1 - confidence) / 2) / events);
    return round(share * 1e12) / 1e12; /* as estimate_t() */
}

void estimate_never(struct estimate *e, double events, double confidence)
{
    bool never = e->n >= 2 && fabs(e->value) <= 0 && e->variance <= 0;
    if (never && events > 0)
        e->half_width = most_of_none(events, confidence);
}

/* In all runs that have the share. */
static double events_of(const struct trial_numbers *const *runs, size_t count,
                        uint32_t row)
{
    double sum = 0;
    uint32_t of = runs[0]->rows[row].share_of;
    for (size_t i = 0; i < count; i++)
        sum += isnan(runs[i]->values[row]) ? 0 : runs[i]->values[of];
    return sum;
}

struct estimate estimate_number(const struct trial_numbers *const *runs, size_t count,
                                uint32_t row, double confidence)
{
    if (count && runs[0]->rows[row].percent)
        return number_quantile(runs, count, &runs[0]->rows[row], confidence);
    double *values = memory_new(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = runs[i]->values[row];
    struct estimate e = estimate_mean(values, count, confidence);
    if (count && runs[0]->rows[row].share_of != NUMBERS_NONE)
        estimate_never(&e, events_of(runs, count, row), confidence);
    free(values);
    return e;
}

/* --- A against B -------------------------------------------------------------------- */

static double variance_of(const double *values, size_t count)
{
    return estimate_mean(values, count, 0.5).variance;
}

/* The two-sided probability of a mean as far from 0 as this one, if the true one is 0. */
static double p_value_of(const struct estimate *e)
{
    if (e->n < 2)
        return NAN;
    if (e->variance <= 0)
        return fabs(e->value) > 0 ? 0 : 1;
    double t = fabs(e->value) / sqrt(e->variance / e->n);
    double p = 2 * gsl_cdf_tdist_Q(t, e->n - 1.0);
    return round(p * 1e12) / 1e12; /* as estimate_t() */
}

static double ratio_won(double a, double b, double difference)
{
    if (difference > 0)
        return (a + b) / difference;
    return a + b > 0 ? INFINITY : NAN;
}

struct paired estimate_paired(const double *a, const double *b, size_t count,
                              double confidence)
{
    double *left = memory_new(3 * count, sizeof *left);
    double *right = left + count, *difference = right + count;
    for (size_t i = 0; i < count; i++) {
        difference[i] = a[i] - b[i]; /* NaN if either is */
        left[i] = isnan(difference[i]) ? NAN : a[i];
        right[i] = isnan(difference[i]) ? NAN : b[i];
    }
    struct paired p = {.difference = estimate_mean(difference, count, confidence)};
    p.n = p.difference.n;
    p.p_value = p_value_of(&p.difference);
    p.variance_ratio = ratio_won(variance_of(left, count), variance_of(right, count),
                                 p.difference.variance);
    free(left);
    return p;
}

/* --- several comparisons --------------------------------------------------------------
 */

static int by_value(const void *left, const void *right)
{
    double a = **(double *const *)left, b = **(double *const *)right;
    return (a > b) - (a < b);
}

void estimate_holm(double *p_values, size_t count)
{
    double **sorted = memory_new(count, sizeof *sorted);
    size_t m = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(p_values[i]))
            sorted[m++] = &p_values[i];
    qsort(sorted, m, sizeof *sorted, by_value);
    double least = 0;
    for (size_t i = 0; i < m; i++) {
        least = fmax(least, fmin(1, (double)(m - i) * *sorted[i]));
        *sorted[i] = least;
    }
    free(sorted);
}

/* --- when to stop --------------------------------------------------------------------
 */

enum precision precision_state(const struct precision_rule *rule,
                               const struct estimate *e)
{
    uint32_t runs = e->n + e->missing;
    double share = rule->relative / (1 + rule->relative);
    bool precise = rule->relative <= 0 || e->variance <= 0 ||
                   e->half_width <= share * fabs(e->value);
    if (runs >= rule->least && precise)
        return PRECISION_REACHED;
    return runs >= rule->most ? PRECISION_CAP : PRECISION_GO_ON;
}
