/* The scenarios that come with the program. */
#ifndef SIM_CLI_LIBRARY_H
#define SIM_CLI_LIBRARY_H

#include "sim/cli/reference.h"

/* The index-th scenario of the library by name; false after the last, or without a
 * library. The summary is its "about", valid until the next call. */
bool library_entry(uint32_t index, struct reference_entry *out);

#endif
