/* The scenarios that come with the program. */
#ifndef SIM_CLI_LIBRARY_H
#define SIM_CLI_LIBRARY_H

#include <stdint.h>

#include "sim/cli/reference.h"

/* Their names, in the order of bytes; none without a library. */
struct library_names {
    char **at;
    uint32_t count;
};

struct library_names library_names(void);
void library_names_free(struct library_names *names);

/* The index-th scenario; its summary is its "about".  False after the last. */
bool library_entry(uint32_t index, struct reference_entry *out);

#endif
