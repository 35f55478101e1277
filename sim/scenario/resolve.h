/* The resolved scenario: a struct written back as JSON, every default filled in.
 *
 * Keys stand in the order of the tables, entries of maps in the order of the file;
 * durations are in the largest unit that keeps them whole, numbers the shortest that read
 * back as the same.  Reading the text gives an equal struct, and writing that the same
 * bytes.  Left out is what says "none": an optional key that was not given and is zero, a
 * reference to nothing.
 */
#ifndef SIM_SCENARIO_RESOLVE_H
#define SIM_SCENARIO_RESOLVE_H

#include <stdio.h>

#include "sim/base/field.h"
#include "sim/base/json.h"
#include "sim/scenario/issues.h"
#include "sim/scenario/tree.h"

/* `tree` is what `root` was read from: it tells which optional keys were given. */
void resolve_write(struct json_text *out, const struct field_table *table,
                   const void *root, const cJSON *tree);

/* One line a value of `resolved`, the tree of a text from resolve_write():
 * "path = value  # origin", where it was written in `tree`, or why it was not. */
void resolve_print_origins(FILE *out, const struct field_table *table,
                           const cJSON *resolved, const cJSON *tree,
                           const struct origins *origins, const struct issues *issues);

#endif
