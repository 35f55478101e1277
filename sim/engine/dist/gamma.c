/* A waiting time of `shape` exponential stages, where their number need not be whole. */
#include <math.h>

#include "sim/engine/dist/list.h"
#include "sim/engine/elementary.h"

struct gamma {
    sim_ns mean;
    double shape;
};

static double mean(const void *config)
{
    const struct gamma *c = config;
    return (double)c->mean;
}

static double deviation(const void *config)
{
    const struct gamma *c = config;
    return mean(config) / sqrt(c->shape);
}

/* Of mean `shape`, for shape >= 1: the cube of a shifted normal variate, accepted with a
 * probability above 0.95. */
static double standard_gamma(double shape, struct random_stream *s)
{
    double d = shape - 1.0 / 3;
    double c = 1 / sqrt(9 * d);
    for (;;) {
        double x = elementary_normal_quantile(random_unit(s));
        double u = random_unit(s);
        double t = 1 + c * x;
        if (t <= 0)
            continue;
        double v = t * t * t;
        if (elementary_log(u) < x * x / 2 + d - d * v + d * elementary_log(v))
            return d * v;
    }
}

/* Below 1, a variate of shape + 1 times u^(1/shape) [Marsaglia and Tsang, section 6]. */
static double sample(const void *config, struct random_stream *s)
{
    const struct gamma *c = config;
    double scale = mean(config) / c->shape;
    if (c->shape >= 1)
        return scale * standard_gamma(c->shape, s);
    double boost = elementary_pow(random_unit(s), 1 / c->shape);
    return scale * boost * standard_gamma(c->shape + 1, s);
}

static const struct field_table fields = {
    .what = "gamma distribution",
    .size = sizeof(struct gamma),
    .rows =
        (const struct field[]){
            {.key = "mean",
             .type = FIELD_DURATION,
             .offset = offsetof(struct gamma, mean),
             .min = SCALE_MIN_S,
             .max = SCALE_MAX_S,
             .flags = FIELD_REQUIRED,
             .help = "mean duration"},
            {.key = "shape",
             .type = FIELD_REAL,
             .offset = offsetof(struct gamma, shape),
             .min = 0.01,
             .max = 10000,
             .flags = FIELD_REQUIRED,
             .help = "1 is exponential; the coefficient of variation is 1/sqrt(shape)"},
            FIELD_END,
        },
};

const struct distribution_ops distribution_gamma = {
    .name = "gamma",
    .summary = "gamma with `mean` and `shape`",
    .fields = &fields,
    .source = "Marsaglia and Tsang, A simple method for generating gamma variables, ACM "
              "TOMS 26(3), 2000",
    .sample = sample,
    .mean = mean,
    .deviation = deviation,
};
