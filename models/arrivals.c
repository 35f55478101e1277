#include "models/arrivals.h"

#include <math.h>

#include "sim/engine/elementary.h"

#define RATE(of)                                                                         \
    {                                                                                    \
        .key = "rate", .type = FIELD_RATE, .offset = offsetof(of, rate), .min = 0,       \
        .max = 1e8, .flags = FIELD_REQUIRED, .help = "users a second; \"0/s\": nobody"   \
    }

static const struct field_table rate_fields = {
    .what = "arrivals",
    .size = sizeof(struct arrivals_rate),
    .rows = (const struct field[]){RATE(struct arrivals_rate), FIELD_END},
};

static const char *spacing_choice(uint32_t index)
{
    static const char *const words[] = {
        [ARRIVALS_POISSON] = "poisson", [ARRIVALS_CONSTANT] = "constant"};
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const struct field_table on_off_fields = {
    .what = "arrivals",
    .size = sizeof(struct arrivals_on_off),
    .rows =
        (const struct field[]){
            RATE(struct arrivals_on_off),
            {.key = "spacing",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct arrivals_on_off, spacing),
             .choices = spacing_choice,
             .fallback = "\"poisson\"",
             .help = "whether users come at random or at constant distances"},
            {.key = "first",
             .type = FIELD_DURATION,
             .offset = offsetof(struct arrivals_on_off, first),
             .max = 31536000,
             .fallback = "\"0s\"",
             .help = "when in the run the first burst begins"},
            {.key = "on",
             .type = FIELD_DURATION,
             .offset = offsetof(struct arrivals_on_off, on),
             .min = 0.001,
             .max = 31536000,
             .flags = FIELD_REQUIRED,
             .help = "how long a burst lasts"},
            {.key = "off",
             .type = FIELD_DURATION,
             .offset = offsetof(struct arrivals_on_off, off),
             .max = 31536000,
             .flags = FIELD_REQUIRED,
             .help = "how long the pause after it lasts"},
            {.key = "bursts",
             .type = FIELD_U32,
             .offset = offsetof(struct arrivals_on_off, bursts),
             .fallback = "0",
             .help = "how many bursts there are; 0: without end"},
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
        [ARRIVALS_ON_OFF] = {"on-off", "in bursts with pauses between them",
                             &on_off_fields},
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

static double distance_ns(enum arrivals_kind kind, double rate,
                          struct random_stream *chance)
{
    return kind == ARRIVALS_POISSON ? -elementary_log(random_unit(chance)) * 1e9 / rate
                                    : 1e9 / rate;
}

/* Distances are drawn in whole nanoseconds, at least one, so that time always goes on. */
static sim_ns after(sim_ns now, double distance)
{
    if (distance >= (double)SIM_DURATION_MAX)
        return SIM_NEVER;
    sim_ns whole = llround(distance);
    return now + (whole > 0 ? whole : 1);
}

/* The same clockwork as without pauses, on a clock that stands still during them. */
static sim_ns next_on(const struct arrivals_on_off *a, sim_ns now, double distance)
{
    sim_ns period = a->on + a->off, since = now > a->first ? now - a->first : 0;
    sim_ns within = since % period < a->on ? since % period : a->on;
    sim_ns next = after(since / period * a->on + within, distance);
    sim_ns burst = next == SIM_NEVER ? 0 : next / a->on;
    if (next == SIM_NEVER || burst >= SIM_DURATION_MAX / period ||
        (a->bursts && burst >= a->bursts))
        return SIM_NEVER;
    return a->first + burst * period + next % a->on;
}

sim_ns arrivals_next(const struct field_variant *arrivals,
                     const struct arrival_trace *trace, uint32_t index, sim_ns now,
                     struct random_stream *chance)
{
    const struct arrivals_rate *rate = arrivals->config;
    const struct arrivals_on_off *on_off = arrivals->config;
    enum arrivals_kind kind = (enum arrivals_kind)arrivals->kind;
    switch (kind) {
    case ARRIVALS_POISSON:
    case ARRIVALS_CONSTANT:
        return rate->rate > 0 ? after(now, distance_ns(kind, rate->rate, chance))
                              : SIM_NEVER;
    case ARRIVALS_ON_OFF:
        return on_off->rate > 0 ? next_on(on_off, now,
                                          distance_ns((enum arrivals_kind)on_off->spacing,
                                                      on_off->rate, chance))
                                : SIM_NEVER;
    case ARRIVALS_TRACE:
        if (index >= trace->count)
            return SIM_NEVER;
        return trace->rows[index].at > now ? trace->rows[index].at : now;
    }
    return SIM_NEVER;
}

bool arrivals_same(const struct field_variant *a, const struct field_variant *b)
{
    const struct arrivals_rate *p = a->config, *q = b->config;
    const struct arrivals_on_off *x = a->config, *y = b->config;
    if (a->kind != b->kind)
        return false;
    switch ((enum arrivals_kind)a->kind) {
    case ARRIVALS_POISSON:
    case ARRIVALS_CONSTANT:
        return !(p->rate < q->rate || p->rate > q->rate);
    case ARRIVALS_ON_OFF:
        return !(x->rate < y->rate || x->rate > y->rate) && x->spacing == y->spacing &&
               x->first == y->first && x->on == y->on && x->off == y->off &&
               x->bursts == y->bursts;
    case ARRIVALS_TRACE:
        return true;
    }
    return true;
}
