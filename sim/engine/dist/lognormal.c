/* A product of many small influences: skewed, with a long tail; session lengths.
 *
 * Stated by mean and coefficient of variation, as measurements are reported.  The
 * logarithm is normal with  sigma^2 = log(1 + cv^2),  mu = log(mean) - sigma^2 / 2.
 */
#include <math.h>

#include "sim/engine/dist/list.h"
#include "sim/engine/elementary.h"

struct lognormal {
    sim_ns mean;
    double cv;
};

static double mean(const void *config)
{
    const struct lognormal *c = config;
    return (double)c->mean;
}

static double deviation(const void *config)
{
    const struct lognormal *c = config;
    return mean(config) * c->cv;
}

static double sample(const void *config, struct random_stream *s)
{
    const struct lognormal *c = config;
    double variance = elementary_log(1 + c->cv * c->cv);
    double normal = elementary_normal_quantile(random_unit(s));
    return mean(config) * elementary_exp(sqrt(variance) * normal - variance / 2);
}

static const struct field_table fields = {
    .what = "lognormal distribution",
    .size = sizeof(struct lognormal),
    .rows =
        (const struct field[]){
            {.key = "mean",
             .type = FIELD_DURATION,
             .offset = offsetof(struct lognormal, mean),
             .min = SCALE_MIN_S,
             .max = SCALE_MAX_S,
             .flags = FIELD_REQUIRED,
             .help = "mean duration"},
            {.key = "cv",
             .type = FIELD_REAL,
             .offset = offsetof(struct lognormal, cv),
             .min = 0,
             .max = 100,
             .flags = FIELD_REQUIRED,
             .help = "coefficient of variation: standard deviation / mean"},
            FIELD_END,
        },
};

const struct distribution_ops distribution_lognormal = {
    .name = "lognormal",
    .summary = "lognormal with `mean` and coefficient of variation `cv`",
    .fields = &fields,
    .source = "exp of a normal variate; that by inversion, Wichura, Applied Statistics "
              "37(3), 1988, AS 241",
    .sample = sample,
    .mean = mean,
    .deviation = deviation,
};
