#include "sim/scenario/table.h"

#include <string.h>

const struct field *table_row(const struct field_table *table, const char *key)
{
    for (const struct field *row = table->rows; row && row->key; row++)
        if (strcmp(row->key, key) == 0)
            return row;
    return NULL;
}

const struct field_variant_row *table_variant(const struct field_table *table,
                                              const char *name, uint32_t *index)
{
    const struct field_variant_row *row;
    for (*index = 0; table->variants && (row = table->variants(*index)); ++*index)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

bool table_is_word(const struct field_table *table)
{
    return table->variants && !(table->rows && table->rows->key);
}

const char *table_kind_word(const struct field_table *table, const cJSON *node)
{
    if (cJSON_IsString(node))
        return node->valuestring;
    const cJSON *kind = tree_member(node, "kind");
    if (kind)
        return cJSON_GetStringValue(kind);
    return table->variant_fallback;
}

const struct field_variant_row *table_kind(const struct field_table *table,
                                           const cJSON *node)
{
    uint32_t index;
    const char *word = table_kind_word(table, node);
    return word ? table_variant(table, word, &index) : NULL;
}

static const struct field *variant_row(const struct field_variant_row *variant,
                                       const char *key)
{
    return variant && variant->table ? table_row(variant->table, key) : NULL;
}

const struct field_variant_row *table_owner(const struct field_table *table,
                                            const char *key)
{
    const struct field_variant_row *variant;
    for (uint32_t i = 0; table->variants && (variant = table->variants(i)); i++)
        if (variant_row(variant, key))
            return variant;
    return NULL;
}

const struct field *table_find(const struct field_table *table, const cJSON *node,
                               const char *key)
{
    const struct field *row = table_row(table, key);
    if (row || !table->variants)
        return row;
    const struct field_variant_row *variant = table_kind(table, node);
    return variant_row(variant ? variant : table_owner(table, key), key);
}

static void offer_rows(const struct field_table *table, struct spelling *spelling)
{
    for (const struct field *row = table->rows; row && row->key; row++)
        spelling_offer(spelling, row->key);
}

void table_offer_keys(const struct field_table *table,
                      const struct field_variant_row *variant, struct spelling *spelling)
{
    offer_rows(table, spelling);
    if (table->variants)
        spelling_offer(spelling, "kind");
    if (variant && variant->table)
        offer_rows(variant->table, spelling);
}

void table_drop_kind(const struct field_table *table, cJSON *node, const char *kind)
{
    uint32_t index;
    const struct field_variant_row *next = table_variant(table, kind, &index);
    const struct field_variant_row *present = table_kind(table, node);
    if (!next || !present || next == present)
        return;
    for (cJSON *child = node->child, *after; child; child = after) {
        after = child->next;
        if (!table_row(table, child->string) && variant_row(present, child->string) &&
            !variant_row(next, child->string))
            tree_remove(node, child);
    }
}
