/* The scenario language as JSON Schema (draft 2020-12), from the field tables.
 *
 * What a schema can say is said: types, limits of numbers and lengths, patterns of
 * durations, rates and names, words, required keys, kinds and their keys, no others.
 * What it cannot is left to `check`: limits of durations and rates, the order within a
 * range or window, whether a referred name exists, rules between keys.  A scenario that
 * `check` accepts is accepted by the schema.
 *
 * A file that extends another need not be complete and may use null to remove: the
 * schema has a second form of every table for it.
 */
#ifndef SIM_SCENARIO_SCHEMA_H
#define SIM_SCENARIO_SCHEMA_H

#include "sim/base/field.h"
#include "sim/base/json.h"

/* Writes the schema of scenarios whose root is `root`. */
void schema_write(struct json_text *out, const struct field_table *root);

/* --- for the types ---------------------------------------------------------------- */

struct schema;

/* What the schema is being written to. */
struct json_text *schema_json(struct schema *s);

/* Limits of a length, by the keywords given; `most` may be NULL. */
void schema_lengths(struct schema *s, const struct field *f, size_t own_limit,
                    const char *least, const char *most);

#endif
