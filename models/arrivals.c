#include "models/arrivals.h"

#include <math.h>

#include "sim/engine/elementary.h"

static const struct field_table rate_fields = {
    .what = "arrivals",
    .size = sizeof(struct arrivals_rate),
    .rows =
        (const struct field[]){
            {.key = "rate",
             .type = FIELD_RATE,
             .offset = offsetof(struct arrivals_rate, rate),
             .min = 0,
             .max = 1e8,
             .flags = FIELD_REQUIRED,
             .help = "users a second; \"0/s\": nobody"},
            FIELD_END,
        },
};

static const struct field_table trace_fields = {
    .what = "arrivals",
    .size = sizeof(struct arrivals_trace),
    .rows =
        (const struct field[]){
            {.key = "file",
             .type = FIELD_TEXT,
             .offset = offsetof(struct arrivals_trace, file),
             .min = 1,
             .max = 1000,
             .flags = FIELD_REQUIRED,
             .help = "CSV with a column t_s, perhaps life_s; relative to the scenario"},
            FIELD_END,
        },
};

static const struct field_variant_row *arrivals_row(uint32_t index)
{
    static const struct field_variant_row rows[] = {
        [ARRIVALS_POISSON] = {"poisson", "independent users: exponential distances",
                              &rate_fields},
        [ARRIVALS_CONSTANT] = {"constant", "at constant distances", &rate_fields},
        [ARRIVALS_TRACE] = {"trace", "as recorded in a file", &trace_fields},
    };
    return index < sizeof rows / sizeof rows[0] ? &rows[index] : NULL;
}

const struct field_table arrivals_fields = {
    .what = "arrivals",
    .size = sizeof(struct field_variant),
    .rows = (const struct field[]){FIELD_END},
    .variants = arrivals_row,
};

/* Distances are drawn in whole nanoseconds, at least one, so that time always goes on. */
static sim_ns after(sim_ns now, double distance_ns)
{
    if (distance_ns >= (double)SIM_DURATION_MAX)
        return SIM_NEVER;
    sim_ns distance = llround(distance_ns);
    return now + (distance > 0 ? distance : 1);
}

sim_ns arrivals_next(const struct field_variant *arrivals,
                     const struct arrival_trace *trace, uint32_t index, sim_ns now,
                     struct random_stream *chance)
{
    const struct arrivals_rate *rate = arrivals->config;
    switch ((enum arrivals_kind)arrivals->kind) {
    case ARRIVALS_POISSON:
        return rate->rate > 0
                   ? after(now, -elementary_log(random_unit(chance)) * 1e9 / rate->rate)
                   : SIM_NEVER;
    case ARRIVALS_CONSTANT:
        return rate->rate > 0 ? after(now, 1e9 / rate->rate) : SIM_NEVER;
    case ARRIVALS_TRACE:
        if (index >= trace->count)
            return SIM_NEVER;
        return trace->rows[index].at > now ? trace->rows[index].at : now;
    }
    return SIM_NEVER;
}
