/* When an application's users come: Poisson, at constant distances, in bursts, or as
 * recorded. */
#ifndef MODELS_ARRIVALS_H
#define MODELS_ARRIVALS_H

#include "sim/base/field.h"
#include "sim/base/time.h"
#include "sim/engine/random.h"

enum arrivals_kind {
    ARRIVALS_POISSON,
    ARRIVALS_CONSTANT,
    ARRIVALS_ON_OFF,
    ARRIVALS_TRACE,
};

struct arrivals_rate {
    double rate; /* per second; 0: nobody comes */
};

/* Users come while it is on, as if the pauses were cut out of time. */
struct arrivals_on_off {
    double rate;      /* while it is on */
    uint32_t spacing; /* ARRIVALS_POISSON or _CONSTANT */
    sim_ns first, on, off;
    uint32_t bursts; /* 0: without end */
};

struct arrivals_trace {
    const char
        *file; /* CSV with a column t_s, perhaps life_s; relative to the scenario */
};

/* `config` is struct arrivals_rate, _on_off or _trace. */
extern const struct field_table arrivals_fields;

/* A recorded arrival. */
struct arrival {
    sim_ns at;
    sim_ns life; /* -1: drawn from the application's lifetime */
};

/* A recording, read by whoever may open files; sorted by `at`. */
struct arrival_trace {
    struct arrival *rows;
    uint32_t count;
};

/* The arrival after the moment `now`, SIM_NEVER when there is none.  `index` counts the
 * arrivals of a trace so far. */
sim_ns arrivals_next(const struct field_variant *arrivals,
                     const struct arrival_trace *trace, uint32_t index, sim_ns now,
                     struct random_stream *chance);

/* Whether a change left them as they were.  The file of a trace is not changeable. */
bool arrivals_same(const struct field_variant *a, const struct field_variant *b);

#endif
