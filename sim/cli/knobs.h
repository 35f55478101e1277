/* The knobs of a scenario: every key that `changes` may set in mid-run, and what becomes
 * of those who are there already.  Read from the field tables.
 */
#ifndef SIM_CLI_KNOBS_H
#define SIM_CLI_KNOBS_H

#include "sim/cli/reference.h"

/* The index-th knob, in the order of the tables; false after the last. */
bool knob_entry(uint32_t index, struct reference_entry *out);

#endif
