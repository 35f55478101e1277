/* Questions about field tables: which row has that key, which variant does an object
 * mean.
 *
 * Field tables are sim/base/field.h's.  All look-ups are linear: a table has tens of
 * rows.
 */
#ifndef SIM_SCENARIO_TABLE_H
#define SIM_SCENARIO_TABLE_H

#include <stdbool.h>

#include "sim/base/field.h"
#include "sim/scenario/spelling.h"
#include "sim/scenario/tree.h"

/* The table's own row of that key, its variants not looked at; NULL: none. */
const struct field *table_row(const struct field_table *table, const char *key);

/* The variant of that name and its index; NULL: none. */
const struct field_variant_row *table_variant(const struct field_table *table,
                                              const char *name, uint32_t *index);

/* True if the table has nothing but a variant, so that a bare word can stand for it. */
bool table_is_word(const struct field_table *table);

/* The word that picks the variant of `node`: the bare word, its "kind", the table's
 * fallback; NULL if there is none.  It need not name a variant. */
const char *table_kind_word(const struct field_table *table, const cJSON *node);

/* The variant that `node` means; NULL: none, or unknown. */
const struct field_variant_row *table_kind(const struct field_table *table,
                                           const cJSON *node);

/* The row of a key of the object `node`: the table's own or its variant's.  If the
 * variant is not known, the first variant that has the key. */
const struct field *table_find(const struct field_table *table, const cJSON *node,
                               const char *key);

/* The variant a key would belong to; NULL: none has it. */
const struct field_variant_row *table_owner(const struct field_table *table,
                                            const char *key);

/* Offers every key of an object of the table; `variant` is its variant, NULL: none or
 * unknown. */
void table_offer_keys(const struct field_table *table,
                      const struct field_variant_row *variant, struct spelling *spelling);

/* For an object that is to become another kind: takes away the keys that belong to its
 * present variant and not to the one called `kind`. */
void table_drop_kind(const struct field_table *table, cJSON *node, const char *kind);

#endif
