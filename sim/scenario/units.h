/* Durations and rates as scenarios write them: "240s", "1.5h", "50us"; "40/s", "600/min".
 *
 * Durations are exact: whole nanoseconds, by integer arithmetic.  A bare "m" is nobody's
 * unit.  The texts written here read back as the same value.
 */
#ifndef SIM_SCENARIO_UNITS_H
#define SIM_SCENARIO_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/time.h"

struct unit {
    const char *name; /* "min" */
    sim_ns length;
    bool rate; /* may stand after the slash of a rate */
};

/* From ns to d; ends with a row without a name. */
extern const struct unit units[];

/* NULL when no unit has that name. */
const struct unit *units_find(const char *name);

#define UNITS_TEXT 48

/* What is wrong with a text, and what may have been meant ("": no idea). */
struct unit_fault {
    const char *rule; /* "must be a duration with a unit (...)" */
    char suggestion[UNITS_TEXT];
};

/* On failure they return false, fill *fault and leave *out alone.  A rate is per second.
 */
bool duration_parse(const char *text, sim_ns *out, struct unit_fault *fault);
bool rate_parse(const char *text, double *out, struct unit_fault *fault);

/* In the largest unit that keeps it whole: "4min", "90s", "0s".  Returns `out`. */
const char *duration_text(sim_ns duration, char out[UNITS_TEXT]);

/* "40/s".  Returns `out`. */
const char *rate_text(double per_second, char out[UNITS_TEXT]);

/* Characters of the decimal number that `text` begins with, exponent included; 0: none.
 * No sign, no hexadecimal, no "inf". */
size_t units_number(const char *text);

#endif
