/* Lays one tree over another, by the rules of extends.h. */
#ifndef SIM_SCENARIO_MERGE_H
#define SIM_SCENARIO_MERGE_H

#include "sim/base/field.h"
#include "sim/scenario/issues.h"
#include "sim/scenario/tree.h"

/* Changes `below` to what it is with `over` on top; both are objects of the table `root`,
 * which tells kinds apart.  Takes `over`. */
void merge_trees(const struct field_table *root, cJSON *below, cJSON *over,
                 const struct origins *origins, struct issues *issues);

#endif
