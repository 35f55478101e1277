/* A whole number of exponential stages, one after the other. */
#include <math.h>

#include "sim/engine/dist/list.h"
#include "sim/engine/elementary.h"

#define UNITS_A_LOG 16 /* their product is at least 2^-848, a normal number */

struct erlang {
    sim_ns mean;
    uint32_t stages;
};

static double mean(const void *config)
{
    const struct erlang *c = config;
    return (double)c->mean;
}

static double deviation(const void *config)
{
    const struct erlang *c = config;
    return mean(config) / sqrt(c->stages);
}

/* The sum of -log(u) is -log of the product. */
static double sample(const void *config, struct random_stream *s)
{
    const struct erlang *c = config;
    double sum = 0;
    for (uint32_t left = c->stages; left > 0;) {
        double product = 1;
        for (int i = 0; i < UNITS_A_LOG && left > 0; i++, left--)
            product *= random_unit(s);
        sum -= elementary_log(product);
    }
    return mean(config) / c->stages * sum;
}

static const struct field_table fields = {
    .what = "erlang distribution",
    .size = sizeof(struct erlang),
    .rows =
        (const struct field[]){
            {.key = "mean",
             .type = FIELD_DURATION,
             .offset = offsetof(struct erlang, mean),
             .min = SCALE_MIN_S,
             .max = SCALE_MAX_S,
             .flags = FIELD_REQUIRED,
             .help = "mean duration of all stages together"},
            {.key = "stages",
             .type = FIELD_U32,
             .offset = offsetof(struct erlang, stages),
             .min = 1,
             .max = 1000,
             .flags = FIELD_REQUIRED,
             .help = "exponential stages, all of the same mean"},
            FIELD_END,
        },
};

const struct distribution_ops distribution_erlang = {
    .name = "erlang",
    .summary = "Erlang with `mean` and `stages`",
    .fields = &fields,
    .source =
        "Devroye, Non-Uniform Random Variate Generation, 1986, chapter IX.3: the sum of "
        "exponential variates",
    .sample = sample,
    .mean = mean,
    .deviation = deviation,
};
