/* Reads a tree into a struct through a field table, and complains of all that is wrong.
 *
 * Every error is collected and reading goes on: a wrong value keeps the zero bytes its
 * field had, or its base's.  Keys are read in the order of the table, so that a row's
 * base() sees the rows before it.  After the tree, references are resolved by name in
 * the root's maps; then the checks of all tables run whose objects were read without
 * complaint, innermost first.
 *
 * How a key that is not given gets its value, by the flags of its row:
 *
 *     REQUIRED    a complaint
 *     OPTIONAL    left as it is: zero, FIELD_NO_REFERENCE, or what a base gave
 *     INHERITED   left as a base gave it; a variant whose config is NULL there gets the
 *                 defaults of its table
 *     otherwise   `fallback` is read like a value; an object with a base() and no
 *                 fallback is read as if it were {}
 *
 * An object row begins as base() says; without one, an INHERITED row begins as the
 * enclosing struct's base gave it, and any other with zeroes.  An object that was begun
 * from a base and gives no "kind" keeps the base's variant, and of its config what it
 * does not set.
 *
 * Cost: about 160 ns a value, defaults included; 40 bytes a value while reading.
 */
#ifndef SIM_SCENARIO_FIELDS_H
#define SIM_SCENARIO_FIELDS_H

#include "sim/base/field.h"
#include "sim/scenario/arena.h"
#include "sim/scenario/issues.h"
#include "sim/scenario/tree.h"

/* Fills `out`, of table->size zero bytes.  What it points to is allocated in `keep`;
 * FIELD_SETTINGS point into `tree`.  True if there was nothing to complain of. */
bool fields_read(const struct field_table *table, const cJSON *tree,
                 const struct origins *origins, struct arena *keep, struct issues *issues,
                 void *out);

#endif
