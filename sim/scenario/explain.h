/* The reference of the scenario language as plain text, from the field tables. */
#ifndef SIM_SCENARIO_EXPLAIN_H
#define SIM_SCENARIO_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/base/field.h"

/* Prints each key of a table: its type with its limits, its default, whether `changes`
 * may set it, its help; then the kinds of its variant with theirs.  Errors of `out` are
 * the caller's to check. */
void explain_table(FILE *out, const struct field_table *table);

/* The same for a table and all below it, each once, in the order they are met. */
void explain_tables(FILE *out, const struct field_table *root);

/* Prints every row of that key in `root` and all below it, each under the name of its
 * table.  False if there is none. */
bool explain_key(FILE *out, const struct field_table *root, const char *key);

/* The table of that name (its `what`) among `root` and all below it; NULL: none. */
const struct field_table *explain_find(const struct field_table *root, const char *what);

#endif
