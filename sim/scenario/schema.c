#include "sim/scenario/schema.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/scenario/containers.h"
#include "sim/scenario/table.h"

#define NAME_SIZE 80

/* A table that is referred to, under "$defs". */
struct definition {
    const struct field_table *table;
    char name[NAME_SIZE];
};

struct schema {
    struct json_text *json;
    struct definition *definitions; /* in the order they were met */
    size_t count, capacity;
    bool partial; /* of a file that extends another: nothing required, null removes */
};

struct json_text *schema_json(struct schema *s)
{
    return s->json;
}

void schema_lengths(struct schema *s, const struct field *f, size_t own_limit,
                    const char *least, const char *most)
{
    if (field_limited(f) && f->min > 0 && !s->partial)
        json_integer(s->json, least, (int64_t)f->min);
    if (most)
        json_integer(s->json, most,
                     field_limited(f) ? (int64_t)f->max : (int64_t)own_limit);
}

/* --- definitions ------------------------------------------------------------------ */

/* "close behaviour" becomes "close-behaviour"; the index keeps equal names apart. */
static void name_definition(struct definition *d, size_t index)
{
    size_t length = 0;
    for (const char *p = d->table->what; *p && length < NAME_SIZE - 24; p++)
        d->name[length++] = isalnum((unsigned char)*p) ? *p : '-';
    snprintf(d->name + length, NAME_SIZE - length, "-%zu", index);
}

static const char *definition_of(struct schema *s, const struct field_table *table)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->definitions[i].table == table)
            return s->definitions[i].name;
    if (s->count == s->capacity) {
        s->capacity = memory_grown(s->capacity, s->count + 1);
        s->definitions =
            memory_resize(s->definitions, s->capacity, sizeof *s->definitions);
    }
    s->definitions[s->count].table = table;
    name_definition(&s->definitions[s->count], s->count);
    return s->definitions[s->count++].name;
}

static void write_reference(struct schema *s, const struct field_table *table)
{
    char *target =
        memory_print("#/$defs/%s%s", definition_of(s, table), s->partial ? "-part" : "");
    json_string(s->json, "$ref", target);
    free(target);
}

/* --- rows ------------------------------------------------------------------------- */

static void write_description(struct schema *s, const struct field *row)
{
    bool changeable = row->flags & FIELD_CHANGEABLE;
    char *text =
        memory_print("%s%s%s%s%s", row->help ? row->help : "",
                     changeable ? " (can be set by changes" : "",
                     changeable && row->change ? ": " : "",
                     changeable && row->change ? row->change : "", changeable ? ")" : "");
    if (*text)
        json_string(s->json, "description", text);
    free(text);
}

static void write_default(struct schema *s, const struct field *row)
{
    if (!row->fallback)
        return;
    cJSON *fallback = tree_parse_own(row->fallback);
    tree_write(s->json, "default", fallback, true);
    cJSON_Delete(fallback);
}

/* In a partial file any member may be null instead. */
static void begin_value(struct schema *s, const char *key)
{
    json_object_begin(s->json, key);
    if (s->partial) {
        json_array_begin(s->json, "anyOf");
        json_object_begin(s->json, NULL);
    }
}

static void end_value(struct schema *s)
{
    if (s->partial) {
        json_object_end(s->json);
        json_object_begin_flat(s->json, NULL);
        json_string(s->json, "type", "null");
        json_object_end(s->json);
        json_array_end(s->json);
    }
    json_object_end(s->json);
}

static void write_properties(struct schema *s, const struct field_table *table)
{
    for (const struct field *row = table->rows; row && row->key; row++) {
        begin_value(s, row->key);
        write_description(s, row);
        write_default(s, row);
        type_of(row)->schema(s, row);
        end_value(s);
    }
}

static bool requires_any(const struct field_table *table)
{
    for (const struct field *row = table ? table->rows : NULL; row && row->key; row++)
        if (row->flags & FIELD_REQUIRED)
            return true;
    return false;
}

static void add_required(struct schema *s, const struct field_table *table)
{
    for (const struct field *row = table ? table->rows : NULL; row && row->key; row++)
        if (row->flags & FIELD_REQUIRED)
            json_string(s->json, NULL, row->key);
}

/* The keys that the table, and the variant's table, cannot do without. */
static void write_required(struct schema *s, const struct field_table *table,
                           const struct field_table *variant)
{
    if (s->partial || !(requires_any(table) || requires_any(variant)))
        return;
    json_array_begin_flat(s->json, "required");
    add_required(s, table);
    add_required(s, variant);
    json_array_end(s->json);
}

/* Nothing but the properties named, and comments. */
static void close_properties(struct schema *s)
{
    json_object_begin_flat(s->json, "patternProperties");
    json_object_begin(s->json, "^//");
    json_object_end(s->json);
    json_object_end(s->json);
    json_bool(s->json, "additionalProperties", false);
}

/* --- tables ----------------------------------------------------------------------- */

static void allow_schema_key(struct schema *s)
{
    json_object_begin(s->json, "$schema");
    json_object_end(s->json);
}

/* True if the bare word of a variant is enough: nothing of its table is required. */
static bool may_be_word(const struct field_table *table,
                        const struct field_variant_row *variant)
{
    return table_is_word(table) && !requires_any(variant->table);
}

static void write_kinds(struct schema *s, const struct field_table *table, bool words)
{
    const struct field_variant_row *variant;
    json_array_begin_flat(s->json, "enum");
    for (uint32_t i = 0; (variant = table->variants(i)); i++)
        if (!words || may_be_word(table, variant))
            json_string(s->json, NULL, variant->name);
    json_array_end(s->json);
}

/* if "kind" is this variant's, then these keys.  Without "required" the test also holds
 * for an object without a kind, which then is the fallback. */
static void write_variant(struct schema *s, const struct field_table *table,
                          const struct field_variant_row *variant)
{
    bool fallback =
        table->variant_fallback && strcmp(table->variant_fallback, variant->name) == 0;
    json_object_begin(s->json, NULL);
    json_object_begin_flat(s->json, "if");
    json_object_begin(s->json, "properties");
    json_object_begin(s->json, "kind");
    json_string(s->json, "const", variant->name);
    json_object_end(s->json);
    json_object_end(s->json);
    if (!fallback || s->partial) {
        json_array_begin(s->json, "required");
        json_string(s->json, NULL, "kind");
        json_array_end(s->json);
    }
    json_object_end(s->json);
    json_object_begin(s->json, "then");
    json_string(s->json, "description", variant->summary);
    json_object_begin(s->json, "properties");
    allow_schema_key(s);
    json_object_begin(s->json, "kind");
    json_object_end(s->json);
    write_properties(s, table);
    if (variant->table)
        write_properties(s, variant->table);
    json_object_end(s->json);
    close_properties(s);
    write_required(s, table, variant->table);
    json_object_end(s->json);
    json_object_end(s->json);
}

static void write_variants(struct schema *s, const struct field_table *table)
{
    const struct field_variant_row *variant;
    json_object_begin(s->json, "properties");
    json_object_begin(s->json, "kind");
    write_kinds(s, table, false);
    json_object_end(s->json);
    json_object_end(s->json);
    json_array_begin(s->json, "allOf");
    for (uint32_t i = 0; (variant = table->variants(i)); i++)
        write_variant(s, table, variant);
    json_array_end(s->json);
}

static void write_object(struct schema *s, const struct field_table *table, bool is_root)
{
    json_string(s->json, "type", "object");
    if (table->variants) {
        write_variants(s, table);
        return;
    }
    json_object_begin(s->json, "properties");
    allow_schema_key(s);
    if (is_root) {
        json_object_begin_flat(s->json, "extends");
        json_string(s->json, "description",
                    "a file or preset that gives what is not given here");
        json_string(s->json, "type", "string");
        json_object_end(s->json);
    }
    write_properties(s, table);
    json_object_end(s->json);
    close_properties(s);
    write_required(s, table, NULL);
}

static void write_definition(struct schema *s, const struct definition *d, bool is_root)
{
    char *key = memory_print("%s%s", d->name, s->partial ? "-part" : "");
    json_object_begin(s->json, key);
    json_string(s->json, "title", d->table->what);
    if (table_is_word(d->table)) {
        json_array_begin(s->json, "anyOf");
        json_object_begin(s->json, NULL);
        write_kinds(s, d->table, true);
        json_object_end(s->json);
        json_object_begin(s->json, NULL);
        write_object(s, d->table, is_root);
        json_object_end(s->json);
        json_array_end(s->json);
    } else {
        write_object(s, d->table, is_root);
    }
    json_object_end(s->json);
    free(key);
}

/* --- containers ------------------------------------------------------------------- */

void object_schema(struct schema *s, const struct field *f)
{
    write_reference(s, f->table);
    bool inherits = f->base || (f->flags & FIELD_INHERITED);
    if (!f->table->variants || f->table->variant_fallback || inherits || s->partial)
        return;
    json_array_begin_flat(s->json, "required");
    json_string(s->json, NULL, "kind");
    json_array_end(s->json);
}

/* Lists are replaced as a whole: their entries are complete even in a partial file. */
void list_schema(struct schema *s, const struct field *f)
{
    bool partial = s->partial;
    json_string(s->json, "type", "array");
    s->partial = false;
    json_object_begin(s->json, "items");
    type_of(f->element)->schema(s, f->element);
    json_object_end(s->json);
    schema_lengths(s, f, CONTAINER_ENTRIES_MAX, "minItems", "maxItems");
    s->partial = partial;
}

void map_schema(struct schema *s, const struct field *f)
{
    json_string(s->json, "type", "object");
    json_object_begin(s->json, "patternProperties");
    json_object_begin(s->json, "^//");
    json_object_end(s->json);
    begin_value(s, TYPE_NAME_PATTERN);
    type_of(f->element)->schema(s, f->element);
    end_value(s);
    json_object_end(s->json);
    json_object_begin(s->json, "properties");
    allow_schema_key(s);
    json_object_end(s->json);
    json_bool(s->json, "additionalProperties", false);
    /* No most: comments would count. */
    schema_lengths(s, f, CONTAINER_ENTRIES_MAX, "minProperties", NULL);
}

void settings_schema(struct schema *s, const struct field *f)
{
    (void)f;
    json_string(s->json, "type", "object");
}

/* --- the whole -------------------------------------------------------------------- */

/* Writing a definition meets further tables, which join the end of the list. */
static void write_definitions(struct schema *s)
{
    json_object_begin(s->json, "$defs");
    for (size_t i = 0; i < s->count; i++) {
        struct definition d = s->definitions[i];
        s->partial = false;
        write_definition(s, &d, i == 0);
        s->partial = true;
        write_definition(s, &d, i == 0);
    }
    json_object_end(s->json);
}

static void write_branch(struct schema *s, const char *key,
                         const struct field_table *root, bool partial)
{
    s->partial = partial;
    json_object_begin_flat(s->json, key);
    write_reference(s, root);
    json_object_end(s->json);
}

void schema_write(struct json_text *out, const struct field_table *root)
{
    struct schema s = {.json = out};
    json_object_begin(out, NULL);
    json_string(out, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_string(out, "title", root->what);
    json_object_begin_flat(out, "if");
    json_array_begin(out, "required");
    json_string(out, NULL, "extends");
    json_array_end(out);
    json_object_end(out);
    write_branch(&s, "then", root, true);
    write_branch(&s, "else", root, false);
    write_definitions(&s);
    json_object_end(out);
    free(s.definitions);
}
