/* Simulated time: whole nanoseconds in a signed 64-bit integer.
 *
 * There is no floating time anywhere.  A sampled duration is rounded once, where it is
 * drawn.  A bare time is `sim_ns`: `when` names a moment since the start of the run,
 * `delay` a length.  The range is 292 years; every duration a scenario may state is at
 * most SIM_DURATION_MAX, so that a moment plus a delay cannot overflow.
 */
#ifndef SIM_BASE_TIME_H
#define SIM_BASE_TIME_H

#include <stdint.h>

typedef int64_t sim_ns;

#define SIM_US  ((sim_ns)1000)
#define SIM_MS  (1000 * SIM_US)
#define SIM_S   (1000 * SIM_MS)
#define SIM_MIN (60 * SIM_S)
#define SIM_H   (60 * SIM_MIN)
#define SIM_D   (24 * SIM_H)

/* Later than any moment of any run. */
#define SIM_NEVER INT64_MAX

/* The longest duration a scenario can state, and the longest a distribution can draw. */
#define SIM_DURATION_MAX (100 * 365 * SIM_D)

static inline double sim_seconds(sim_ns t)
{
    return (double)t / 1e9;
}

#endif
