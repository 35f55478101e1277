/* Assignments to a tree: `--set path=value`, and the "set" of a change.
 *
 * A path is followed through the tables and the tree at once.  Objects, lists and bare
 * words that the scenario leaves to their defaults are written out on the way down, so
 * that one key of a default can be set.  An assignment replaces; it does not merge;
 * null takes the value away, back to its default.  The
 * new "kind" of an object drops the keys that belong to its old kind alone.  Whether the
 * value is right is not asked here: the tree is read afterwards.
 */
#ifndef SIM_SCENARIO_SETTINGS_H
#define SIM_SCENARIO_SETTINGS_H

#include <stdbool.h>

#include "sim/base/field.h"
#include "sim/scenario/issues.h"
#include "sim/scenario/tree.h"

struct assignment {
    const char *path;
    const cJSON *value; /* is copied, with its origin */
    struct place place; /* for complaints about the path */
    bool change;        /* of a change: only fields marked FIELD_CHANGEABLE */
    bool sketchy;       /* the tree lacks what a sound one has: say nothing about that */
};

/* Assigns in `tree`, the scenario's root.  False after a complaint, the tree then being
 * unchanged but for defaults written out. */
bool settings_assign(const struct field_table *root, cJSON *tree,
                     const struct assignment *assignment, struct issues *issues);

/* The row of the value that the assignment would set; NULL after a complaint.  Writes out
 * defaults on the way. */
const struct field *settings_row(const struct field_table *root, cJSON *tree,
                                 const struct assignment *assignment,
                                 struct issues *issues);

/* A value as it would stand after "path=": a block of its own.  A string is quoted only
 * where its letters would be read as something else. */
char *settings_text(const cJSON *value);

/* Applies "path=value" texts of a command line, in order.  Their source is called
 * "--set"; complaints go to `issues`. */
void settings_assign_texts(const struct field_table *root, cJSON *tree,
                           const char *const *texts, uint32_t count,
                           struct origins *origins, struct issues *issues);

#endif
