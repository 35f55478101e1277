/* Every duration between two bounds alike. */
#include <math.h>

#include "sim/engine/dist/list.h"

struct uniform {
    sim_ns low, high;
};

static double width(const struct uniform *c)
{
    return (double)(c->high - c->low);
}

static double sample(const void *config, struct random_stream *s)
{
    const struct uniform *c = config;
    return (double)c->low + width(c) * random_unit(s);
}

static double mean(const void *config)
{
    const struct uniform *c = config;
    return (double)c->low + width(c) / 2;
}

static double deviation(const void *config)
{
    return width(config) / sqrt(12);
}

static void check(const void *self, const struct field_check *complaints)
{
    const struct uniform *c = self;
    if (c->low > c->high)
        field_complain(complaints, "high",
                       "must not be less than \"low\" (%g s), is %g s",
                       sim_seconds(c->low), sim_seconds(c->high));
}

static const struct field_table fields = {
    .what = "uniform distribution",
    .size = sizeof(struct uniform),
    .check = check,
    .rows =
        (const struct field[]){
            {.key = "low",
             .type = FIELD_DURATION,
             .offset = offsetof(struct uniform, low),
             .min = 0,
             .max = DURATION_MAX_S,
             .flags = FIELD_REQUIRED,
             .help = "shortest duration"},
            {.key = "high",
             .type = FIELD_DURATION,
             .offset = offsetof(struct uniform, high),
             .min = 0,
             .max = DURATION_MAX_S,
             .flags = FIELD_REQUIRED,
             .help = "longest duration"},
            FIELD_END,
        },
};

const struct distribution_ops distribution_uniform = {
    .name = "uniform",
    .summary = "uniform between `low` and `high`",
    .fields = &fields,
    .source = "Devroye, Non-Uniform Random Variate Generation, 1986, II.2.1: inversion",
    .sample = sample,
    .mean = mean,
    .deviation = deviation,
};
