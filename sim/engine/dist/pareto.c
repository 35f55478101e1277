/* A power-law tail: P(longer than x) = (minimum / x)^shape.  File sizes, long sessions.
 *
 * With `shape` up to 1 the mean is infinite, up to 2 the deviation: sample means then
 * keep growing with the length of a run, as far as the clamp at 100 years.
 */
#include <math.h>

#include "sim/engine/dist/list.h"
#include "sim/engine/elementary.h"

struct pareto {
    sim_ns minimum;
    double shape;
};

static double sample(const void *config, struct random_stream *s)
{
    const struct pareto *c = config;
    return (double)c->minimum * elementary_pow(random_unit(s), -1 / c->shape);
}

static double mean(const void *config)
{
    const struct pareto *c = config;
    return c->shape > 1 ? (double)c->minimum * c->shape / (c->shape - 1) : INFINITY;
}

static double deviation(const void *config)
{
    const struct pareto *c = config;
    if (c->shape <= 1)
        return NAN;
    return c->shape > 2 ? mean(config) / sqrt(c->shape * (c->shape - 2)) : INFINITY;
}

static const struct field_table fields = {
    .what = "pareto distribution",
    .size = sizeof(struct pareto),
    .rows =
        (const struct field[]){
            {.key = "minimum",
             .type = FIELD_DURATION,
             .offset = offsetof(struct pareto, minimum),
             .min = SCALE_MIN_S,
             .max = SCALE_MAX_S,
             .flags = FIELD_REQUIRED,
             .help = "shortest duration"},
            {.key = "shape",
             .type = FIELD_REAL,
             .offset = offsetof(struct pareto, shape),
             .min = 0.1,
             .max = 100,
             .flags = FIELD_REQUIRED,
             .help = "exponent of the tail; up to 1 the mean is infinite"},
            FIELD_END,
        },
};

const struct distribution_ops distribution_pareto = {
    .name = "pareto",
    .summary = "Pareto from `minimum` on, with tail exponent `shape`",
    .fields = &fields,
    .source = "Devroye, Non-Uniform Random Variate Generation, 1986, II.2.1: inversion",
    .sample = sample,
    .mean = mean,
    .deviation = deviation,
};
