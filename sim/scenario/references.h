/* Names that stand for entries of the root's maps: FIELD_REFERENCE, FIELD_ENDPOINT.
 *
 * The types are in types.h; this is their second pass.
 */
#ifndef SIM_SCENARIO_REFERENCES_H
#define SIM_SCENARIO_REFERENCES_H

#include "sim/base/field.h"
#include "sim/scenario/reader.h"

/* Sets every reference that was put off to the index of the entry of that name in the
 * map `target` of `root`, complains of those that name none, and marks them failed.
 * Cost: each map that is named is sorted once. */
void references_resolve(struct reader *r, const struct field_table *table,
                        const void *root);

/* The name of the index-th entry of a map of the root. */
const char *references_name(const struct field_table *table, const void *root,
                            const char *target, uint32_t index);

#endif
