/* The values of a range, spelled as its ends are: from 100/s to 500/s in 9 steps.
 *
 * Whole numbers stay whole, each once; others are rounded to six digits of the distance
 * to the next, so that what is written is short and is what is simulated.  The ends are
 * those that were given.  The same text on every machine.
 */
#ifndef SIM_STUDY_AXIS_RANGE_H
#define SIM_STUDY_AXIS_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/field.h"

#define AXIS_VALUES_MAX 10000
#define AXIS_COMPLAINT  200

struct axis_range {
    const char *low, *high; /* as a scenario would write them */
    const char *steps;      /* a whole number */
    bool logarithmic;
};

/* True of fields between whose values there are others. */
bool axis_has_ranges(enum field_type type);

/* The values, each a block of its own in a block; NULL with a sentence in `complaint`. */
char **axis_range_values(const struct axis_range *range, enum field_type type,
                         uint32_t *count, char complaint[AXIS_COMPLAINT]);

#endif
