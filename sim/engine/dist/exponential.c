/* Without memory: how long until something that happens at a constant rate. */
#include "sim/engine/dist/list.h"
#include "sim/engine/elementary.h"

struct exponential {
    sim_ns mean;
};

static double mean(const void *config)
{
    const struct exponential *c = config;
    return (double)c->mean;
}

static double sample(const void *config, struct random_stream *s)
{
    return mean(config) * -elementary_log(random_unit(s));
}

static const struct field_table fields = {
    .what = "exponential distribution",
    .size = sizeof(struct exponential),
    .rows =
        (const struct field[]){
            {.key = "mean",
             .type = FIELD_DURATION,
             .offset = offsetof(struct exponential, mean),
             .min = SCALE_MIN_S,
             .max = SCALE_MAX_S,
             .flags = FIELD_REQUIRED,
             .help = "mean duration"},
            FIELD_END,
        },
};

const struct distribution_ops distribution_exponential = {
    .name = "exponential",
    .summary = "exponential with `mean`",
    .fields = &fields,
    .source = "Devroye, Non-Uniform Random Variate Generation, 1986, II.2.1: inversion",
    .sample = sample,
    .mean = mean,
    .deviation = mean, /* they are equal */
};
