/* Always the same duration. */
#include "sim/engine/dist/list.h"

struct constant {
    sim_ns value;
};

static double mean(const void *config)
{
    const struct constant *c = config;
    return (double)c->value;
}

static double deviation(const void *config)
{
    (void)config;
    return 0;
}

static double sample(const void *config, struct random_stream *s)
{
    (void)s;
    return mean(config);
}

static const struct field_table fields = {
    .what = "constant distribution",
    .size = sizeof(struct constant),
    .rows =
        (const struct field[]){
            {.key = "value",
             .type = FIELD_DURATION,
             .offset = offsetof(struct constant, value),
             .min = 0,
             .max = DURATION_MAX_S,
             .flags = FIELD_REQUIRED,
             .help = "the duration"},
            FIELD_END,
        },
};

const struct distribution_ops distribution_constant = {
    .name = "constant",
    .summary = "always `value`",
    .fields = &fields,
    .source = "no chance involved",
    .sample = sample,
    .mean = mean,
    .deviation = deviation,
};
