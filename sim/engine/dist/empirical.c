/* One of the durations of a table, as measured; without weights all alike.
 *
 * A draw without weights is O(1), with weights O(values).
 */
#include <math.h>

#include "sim/base/bug.h"
#include "sim/engine/dist/list.h"

#define VALUES_MAX 100000

struct empirical {
    struct field_list values;  /* of sim_ns */
    struct field_list weights; /* of double, as many; or none */
};

static double value_at(const struct empirical *c, uint32_t i)
{
    return (double)((const sim_ns *)c->values.items)[i];
}

static double weight_at(const struct empirical *c, uint32_t i)
{
    return c->weights.count ? ((const double *)c->weights.items)[i] : 1;
}

static double total_weight(const struct empirical *c)
{
    SIM_ASSERT(c->weights.count == 0 || c->weights.count == c->values.count);
    double sum = 0;
    for (uint32_t i = 0; i < c->values.count; i++)
        sum += weight_at(c, i);
    return sum;
}

/* The value on which `left` of the total weight falls.  What rounding leaves over at the
 * end goes to the last value that has weight. */
static double value_by_weight(const struct empirical *c, double left)
{
    double last = 0;
    for (uint32_t i = 0; i < c->values.count; i++) {
        double weight = weight_at(c, i);
        if (weight == 0)
            continue;
        last = value_at(c, i);
        if (left < weight)
            break;
        left -= weight;
    }
    return last;
}

static double sample(const void *config, struct random_stream *s)
{
    const struct empirical *c = config;
    double u = random_unit(s);
    if (c->weights.count)
        return value_by_weight(c, u * total_weight(c));
    return value_at(c, (uint32_t)(u * c->values.count)); /* u <= 1 - 2^-53: below count */
}

static double mean(const void *config)
{
    const struct empirical *c = config;
    double sum = 0;
    for (uint32_t i = 0; i < c->values.count; i++)
        sum += weight_at(c, i) * value_at(c, i);
    return sum / total_weight(c);
}

static double deviation(const void *config)
{
    const struct empirical *c = config;
    double centre = mean(config), sum = 0;
    for (uint32_t i = 0; i < c->values.count; i++)
        sum += weight_at(c, i) * (value_at(c, i) - centre) * (value_at(c, i) - centre);
    return sqrt(sum / total_weight(c));
}

static void check(const void *self, const struct field_check *complaints)
{
    const struct empirical *c = self;
    if (c->weights.count == 0)
        return;
    if (c->weights.count != c->values.count)
        field_complain(complaints, "weights",
                       "must be as many as \"values\" (%u), are %u",
                       (unsigned)c->values.count, (unsigned)c->weights.count);
    else if (total_weight(c) == 0)
        field_complain(complaints, "weights", "must not all be 0");
}

static const struct field value_row = {
    .type = FIELD_DURATION,
    .min = 0,
    .max = DURATION_MAX_S,
    .help = "a duration",
};

static const struct field weight_row = {
    .type = FIELD_REAL,
    .min = 0,
    .max = 1e12,
    .help = "how often it comes, relative to the others",
};

static const struct field_table fields = {
    .what = "empirical distribution",
    .size = sizeof(struct empirical),
    .check = check,
    .rows =
        (const struct field[]){
            {.key = "values",
             .type = FIELD_LIST,
             .offset = offsetof(struct empirical, values),
             .element = &value_row,
             .min = 1,
             .max = VALUES_MAX,
             .flags = FIELD_REQUIRED,
             .help = "the durations"},
            {.key = "weights",
             .type = FIELD_LIST,
             .offset = offsetof(struct empirical, weights),
             .element = &weight_row,
             .min = 1,
             .max = VALUES_MAX,
             .flags = FIELD_OPTIONAL,
             .help = "one for each value; without them all values are alike"},
            FIELD_END,
        },
};

const struct distribution_ops distribution_empirical = {
    .name = "empirical",
    .summary = "one of `values`, by `weights`",
    .fields = &fields,
    .source = "Devroye, Non-Uniform Random Variate Generation, 1986, III.2: sequential "
              "search",
    .sample = sample,
    .mean = mean,
    .deviation = deviation,
};
