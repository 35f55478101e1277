/* One named thing as `explain` and `list --long` print it: facts, then its own keys. */
#ifndef SIM_CLI_REFERENCE_PRINT_H
#define SIM_CLI_REFERENCE_PRINT_H

#include "sim/cli/reference.h"

/* To stdout; `singular` says what it is: "allocator". */
void reference_print(const struct reference_entry *e, const char *singular);

/* The keys of a table, to stdout. */
void reference_print_keys(const struct field_table *table);

/* The width of the terminal; 80 where there is none. */
unsigned reference_columns(void);

#endif
