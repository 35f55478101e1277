/* Axes for people: round tics, thousands separators, time in the unit that fits. */
#ifndef SIM_RESULTS_AXIS_H
#define SIM_RESULTS_AXIS_H

#include "sim/base/time.h"
#include "sim/results/text.h"

/* The longest text made here, with the terminating zero. */
#define AXIS_TEXT 64

/* "16,384"; "0.25" with two decimals. */
const char *axis_grouped(double value, unsigned decimals, char out[AXIS_TEXT]);

/* A share of 1 as a percentage with as many digits as matter: "73 %", "8.4 %", "0.03 %",
 * "0 %" only for nothing at all, "100 %" only for all. */
const char *axis_percent(double share, char out[AXIS_TEXT]);

/* The smallest of 1, 2, 5 times a power of ten that needs at most `most` steps to cover
 * `span`. */
double axis_step(double span, unsigned most);

/* The unit a run's time axis is in. */
struct time_unit {
    const char *name; /* "s", "min", "h", "d" */
    sim_ns length;
};

/* Seconds up to 10 min, minutes up to 5 h, hours up to 5 d, days beyond. */
struct time_unit axis_time_unit(sim_ns run);

/* Like axis_step, but in steps that clocks have: 5, 10, 15, 20, 30 min; 6, 12, 24 h. */
double axis_time_step(struct time_unit unit, double span, unsigned most);

/* The shortest such step, of any unit, that is at least that long. */
sim_ns axis_round_up(sim_ns least);

/* A moment, with three significant digits or the whole number: "12.5 min", "7,200 s"; in
 * a smaller unit where it is less than one of this: "38 s". */
const char *axis_moment(sim_ns when, struct time_unit unit, char out[AXIS_TEXT]);

/* Appends the gnuplot command `set <axis>tics (...)` with a labelled tic at every
 * multiple of `step` from 0 to `max`. */
void axis_tics(struct text *script, const char *axis, double max, double step);

#endif
