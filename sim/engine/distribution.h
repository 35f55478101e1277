/* Random durations by name: constant, exponential, uniform, lognormal, Weibull, gamma,
 * Erlang, Pareto, empirical table.
 *
 * One file a distribution in sim/engine/dist/, one line in DISTRIBUTIONS (dist/list.h).
 * Each brings its own scenario keys.  Samples use the arithmetic of
 * sim/engine/elementary.h only, so they are the same bits on every CPU and compiler.
 *
 * Common random numbers.  A draw takes one unit from the stream, by inverting the
 * distribution function, so that two scenarios with other parameters stay in step.
 * Exceptions: constant takes none, erlang one for each stage, and gamma rejects, so it
 * takes two or more.
 */
#ifndef SIM_ENGINE_DISTRIBUTION_H
#define SIM_ENGINE_DISTRIBUTION_H

#include "sim/base/field.h"
#include "sim/engine/random.h"

struct distribution_ops {
    /* The first three are at the same time its row in the scenario language. */
    union {
        struct {
            const char *name;                 /* as scenarios spell it: "exponential" */
            const char *summary;              /* one line, with the parameters */
            const struct field_table *fields; /* the distribution's own keys */
        };
        struct field_variant_row row;
    };
    const char *source; /* where the sampling method is written down */

    /* One draw in ns, before rounding and clamping: any double >= 0, also infinity. */
    double (*sample)(const void *config, struct random_stream *s);

    /* Mean and standard deviation in ns, of the distribution before clamping; infinite or
     * NaN where they are (Pareto). */
    double (*mean)(const void *config);
    double (*deviation)(const void *config);
};

/* Every distribution, in the order `list distributions` prints them; NULL ends it. */
extern const struct distribution_ops *const distributions[];

/* NULL when none has that name. */
const struct distribution_ops *distribution_find(const char *name);

/* How a scenario states one: { "kind": "exponential", "mean": "5s" }.  The struct is a
 * struct field_variant; kind indexes distributions[]. */
extern const struct field_table distribution_fields;

/* One draw, rounded to the nearest ns, clamped to 0 .. SIM_DURATION_MAX.  2 to 70 ns;
 * erlang 7 ns a stage, empirical with weights O(values). */
sim_ns distribution_sample(const struct field_variant *d, struct random_stream *s);

double distribution_mean(const struct field_variant *d); /* ns */

#endif
