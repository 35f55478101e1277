/* An allocator in steady state: Poisson attempts toward one destination, exponential
 * holding times, blocked attempts lost (M/M/N/N), as MODEL.md D5's table was made.
 *
 * Holding times without memory need no clock: each step is an attempt or the end of any
 * of the connections, by their rates.
 */
#ifndef TESTS_PORT_STEADY_H
#define TESTS_PORT_STEADY_H

#include "tests/port_lab.h"
#include "tests/statistics.h"

/* Means of batches of attempts, so that neighbours' likeness does not pass for certainty.
 */
struct port_steady {
    struct sample probes; /* of an attempt */
    struct sample loss;   /* share of attempts that found no port */
};

/* `attempts` at `offered` erlang, after as many as fill and mix the range. */
struct port_steady port_steady_run(struct port_lab *lab, double offered,
                                   uint32_t attempts);

/* Fails unless the sample may have a mean within `noise` (relative) of `published`. */
void assert_mean_near(const struct sample *s, double published, double noise);

#endif
