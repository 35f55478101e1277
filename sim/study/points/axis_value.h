/* Values of an axis, in the order in which a table has them.
 *
 * A value is the text of a setting.  Numbers come first, by size, then durations, then
 * rates, each by size whatever their unit ("90s" before "2min"), then everything else as
 * texts; no value at all comes before them.  Two texts of one size are in the order of
 * their bytes, so the order is total.
 */
#ifndef SIM_STUDY_AXIS_VALUE_H
#define SIM_STUDY_AXIS_VALUE_H

#include <stdbool.h>

/* As strcmp(); NULL: no value. */
int axis_value_compare(const char *a, const char *b);

/* True if the value is a plain number. */
bool axis_value_number(const char *text, double *out);

/* The size of a number (unit ""), a duration in seconds ("s") or a rate ("/s"); false of
 * any other text. */
bool axis_value_size(const char *text, double *size, const char **unit);

#endif
