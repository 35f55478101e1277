/* The states of a socket, for `list states` and `explain TIME_WAIT`. */
#ifndef SIM_CLI_STATES_H
#define SIM_CLI_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/cli/reference.h"

/* The index-th state that a table of sockets can show; false after the last.  How it is
 * entered and left is read from the machine itself, how long it lasts from the stacks. */
bool state_entry(uint32_t index, struct reference_entry *out);

#endif
