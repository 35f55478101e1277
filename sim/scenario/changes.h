/* The changes of a scenario: its tree as it is after each of them.
 *
 * A change is an entry of the root's list "changes": { "at": duration, "set": { path:
 * value } }.  They are applied in order of time to the tree of the resolved scenario, in
 * which every default stands as a value: what a change does not name keeps the value the
 * run began with.
 */
#ifndef SIM_SCENARIO_CHANGES_H
#define SIM_SCENARIO_CHANGES_H

#include "sim/base/field.h"
#include "sim/scenario/arena.h"
#include "sim/scenario/issues.h"
#include "sim/scenario/tree.h"

struct change {
    sim_ns at;
    const cJSON *set; /* an object, in the scenario's own tree */
    uint32_t entry;   /* index in the list */
};

struct changes {
    struct change *items; /* by time, then as written; owned */
    uint32_t count;
};

/* Collects what is a change at all; what is wrong with the others, fields_read says. */
struct changes changes_collect(const cJSON *tree);

/* Applies one change to `tree`, which is `sketchy` if it is not that of a resolved
 * scenario.  False after complaints, each at its path in "set". */
bool changes_apply(const struct field_table *root, cJSON *tree,
                   const struct change *change, bool sketchy,
                   const struct origins *origins, struct issues *issues);

/* Applies all changes, one after the other, and reads the tree after each.  Takes `tree`,
 * that of the resolved scenario, or, if that was `faulty` itself, its tree as far as it
 * goes; then only what is wrong with the settings themselves is told. */
void changes_check(const struct field_table *root, cJSON *tree, bool faulty,
                   const struct changes *changes, const struct origins *origins,
                   struct issues *issues);

#endif
