/* Ageing: `shape` below 1, what has lasted lasts longer; above 1, it wears out. */
#include <math.h>

#include "sim/engine/dist/list.h"
#include "sim/engine/elementary.h"

struct weibull {
    sim_ns scale;
    double shape;
};

static double sample(const void *config, struct random_stream *s)
{
    const struct weibull *c = config;
    double exponential = -elementary_log(random_unit(s));
    return (double)c->scale * elementary_pow(exponential, 1 / c->shape);
}

static double mean(const void *config)
{
    const struct weibull *c = config;
    return (double)c->scale * elementary_gamma(1 + 1 / c->shape);
}

static double deviation(const void *config)
{
    const struct weibull *c = config;
    double first = elementary_gamma(1 + 1 / c->shape);
    double second = elementary_gamma(1 + 2 / c->shape);
    return (double)c->scale * sqrt(second - first * first);
}

static const struct field_table fields = {
    .what = "weibull distribution",
    .size = sizeof(struct weibull),
    .rows =
        (const struct field[]){
            {.key = "scale",
             .type = FIELD_DURATION,
             .offset = offsetof(struct weibull, scale),
             .min = SCALE_MIN_S,
             .max = SCALE_MAX_S,
             .flags = FIELD_REQUIRED,
             .help = "the duration that 1/e of all exceed"},
            {.key = "shape",
             .type = FIELD_REAL,
             .offset = offsetof(struct weibull, shape),
             .min = 0.1,
             .max = 100,
             .flags = FIELD_REQUIRED,
             .help = "1 is exponential; less, a longer tail; more, narrower"},
            FIELD_END,
        },
};

const struct distribution_ops distribution_weibull = {
    .name = "weibull",
    .summary = "Weibull with `scale` and `shape`",
    .fields = &fields,
    .source = "Devroye, Non-Uniform Random Variate Generation, 1986, II.2.1: inversion",
    .sample = sample,
    .mean = mean,
    .deviation = deviation,
};
