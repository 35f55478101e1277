/* One long run: how much to cut off its front, and what its batches say. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/study/estimate.h"

/* --- MSER-5 --------------------------------------------------------------------------
 */

enum { GROUP = 5, LEFT_LEAST = 5 /* groups: fewer agree with each other by accident */ };

/* Mean of what is a number; NaN of nothing. */
static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) {
            sum += values[i];
            n++;
        }
    return n ? sum / (double)n : NAN;
}

/* From the last group to the first, so that each step adds one value to mean and squares
 * (Welford).  Of equal cuts the smaller one. */
size_t mser5(const double *series, size_t count)
{
    if (count < MSER5_LEAST)
        return 0;
    double mean = 0, squares = 0, n = 0, best = INFINITY;
    size_t cut = 0;
    for (size_t g = count / GROUP; g-- > 0;) {
        double value = mean_of(series + g * GROUP, GROUP);
        if (isnan(value))
            continue;
        double distance = value - mean;
        mean += distance / ++n;
        squares += distance * (value - mean);
        double error = squares / (n * n);
        if (n >= LEFT_LEAST && error <= best) {
            best = error;
            cut = g * GROUP;
        }
    }
    return cut;
}

/* --- batches -------------------------------------------------------------------------
 */

static double lag1_of(const double *values, size_t count, double mean)
{
    double products = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        double here = values[i] - mean;
        squares += isnan(here) ? 0 : here * here;
        double product = i + 1 < count ? here * (values[i + 1] - mean) : NAN;
        products += isnan(product) ? 0 : product;
    }
    return squares > 0 ? products / squares : 0;
}

struct batch_means batch_means(const double *series, size_t count, size_t batches,
                               double confidence)
{
    SIM_ASSERT(batches >= 2 && batches <= count);
    size_t length = count / batches;
    const double *first = series + (count - length * batches);
    double *means = memory_new(batches, sizeof *means);
    for (size_t i = 0; i < batches; i++)
        means[i] = mean_of(first + i * length, length);
    struct batch_means b = {.mean = estimate_mean(means, batches, confidence),
                            .lag1 = NAN};
    if (b.mean.n >= 3) {
        /* Of independent values lag1 is nearly normal, about -1/n, with deviation
         * 1/sqrt(n); 1.645 of them leave 5 % above. */
        double n = b.mean.n;
        b.lag1 = lag1_of(means, batches, b.mean.value);
        b.correlated = b.lag1 > (1.645 * sqrt(n) - 1) / n;
    }
    free(means);
    return b;
}
