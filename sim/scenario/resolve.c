#include "sim/scenario/resolve.h"

#include <string.h>

#include "sim/base/bug.h"
#include "sim/scenario/containers.h"
#include "sim/scenario/path.h"
#include "sim/scenario/table.h"

/* --- objects ---------------------------------------------------------------------- */

static bool is_zero(const void *value, size_t size)
{
    const unsigned char *bytes = value;
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

/* True if a value is written at all. */
static bool is_there(const struct field *row, const void *value, const cJSON *node)
{
    const struct type *type = type_of(row);
    if (type->absent && type->absent(value))
        return false;
    if ((row->flags & FIELD_OPTIONAL) && row->base)
        return !is_zero(value, type_size(row));
    return node || !(row->flags & FIELD_OPTIONAL) || !is_zero(value, type_size(row));
}

static void write_rows(struct writer *w, const struct field_table *table,
                       const void *self, const cJSON *node)
{
    for (const struct field *row = table->rows; row && row->key; row++) {
        const void *value = (const char *)self + row->offset;
        const cJSON *given = tree_member(node, row->key);
        /* Below a default object, what it says decides which optional keys were given. */
        bool defaulted = !given && row->fallback && (row->table || row->element);
        cJSON *fallback = defaulted ? tree_parse_own(row->fallback) : NULL;
        const cJSON *said = given ? given : fallback;
        if (is_there(row, value, said))
            type_of(row)->write(w, row, row->key, value, said);
        cJSON_Delete(fallback);
    }
}

static void write_variant(struct writer *w, const struct field_table *table,
                          const void *self, const cJSON *node)
{
    const struct field_variant *variant =
        (const struct field_variant *)((const char *)self + table->variant_offset);
    const struct field_variant_row *row = table->variants(variant->kind);
    SIM_ASSERT(row && (variant->config || !row->table));
    json_string(w->json, "kind", row->name);
    if (row->table)
        write_rows(w, row->table, variant->config, node);
}

/* The bare word for an object that has nothing but a kind; NULL if it has more. */
static const char *word_of(const struct field_table *table, const void *self)
{
    if (!table_is_word(table))
        return NULL;
    const struct field_variant *variant =
        (const struct field_variant *)((const char *)self + table->variant_offset);
    const struct field_variant_row *row = table->variants(variant->kind);
    SIM_ASSERT(row);
    return row->table ? NULL : row->name;
}

void object_write(struct writer *w, const struct field *f, const char *key,
                  const void *value, const cJSON *node)
{
    const char *word = word_of(f->table, value);
    if (word) {
        json_string(w->json, key, word);
        return;
    }
    json_object_begin(w->json, key);
    write_rows(w, f->table, value, node);
    if (f->table->variants)
        write_variant(w, f->table, value, node);
    json_object_end(w->json);
}

/* --- lists, maps, settings -------------------------------------------------------- */

static bool is_plain(const struct field *element)
{
    return element->type != FIELD_OBJECT && element->type != FIELD_LIST &&
           element->type != FIELD_MAP;
}

void list_write(struct writer *w, const struct field *f, const char *key,
                const void *value, const cJSON *node)
{
    const struct field_list *list = value;
    const char *item = list->items;
    const cJSON *child = cJSON_IsArray(node) ? node->child : NULL;
    if (is_plain(f->element))
        json_array_begin_flat(w->json, key);
    else
        json_array_begin(w->json, key);
    for (uint32_t i = 0; i < list->count; i++, item += type_size(f->element)) {
        type_of(f->element)->write(w, f->element, NULL, item, child);
        child = child ? child->next : NULL;
    }
    json_array_end(w->json);
}

void map_write(struct writer *w, const struct field *f, const char *key,
               const void *value, const cJSON *node)
{
    const struct field_list *map = value;
    const char *entry = map->items;
    const cJSON *child = cJSON_IsObject(node) ? node->child : NULL;
    json_object_begin(w->json, key);
    for (uint32_t i = 0; i < map->count; i++, entry += type_entry_size(f->element)) {
        type_of(f->element)
            ->write(w, f->element, entry, entry + type_entry_offset(f->element), child);
        child = child ? child->next : NULL;
    }
    json_object_end(w->json);
}

void settings_write(struct writer *w, const struct field *f, const char *key,
                    const void *value, const cJSON *node)
{
    (void)f, (void)node;
    const struct field_list *list = value;
    const struct field_setting *settings = list->items;
    json_object_begin(w->json, key);
    for (uint32_t i = 0; i < list->count; i++)
        tree_write(w->json, settings[i].path, settings[i].value, false);
    json_object_end(w->json);
}

void resolve_write(struct json_text *out, const struct field_table *table,
                   const void *root, const cJSON *tree)
{
    const struct field row = {.type = FIELD_OBJECT, .table = table};
    struct writer w = {.json = out, .root_table = table, .root = root};
    object_write(&w, &row, NULL, root, tree);
}

/* --- origins ---------------------------------------------------------------------- */

struct listing {
    FILE *out;
    const struct origins *origins;
    const struct issues *issues;
};

/* A value of the resolved tree, and what the scenario says there. */
struct listed {
    const struct field *row; /* NULL: of no table, inside `set` */
    const cJSON *resolved;
    const cJSON *given;
    bool inherited; /* if it is not given: from a base, not from a fallback */
    const struct path_text *path;
};

static void print_value(const struct listing *l, const struct listed *v)
{
    struct json_text json = {0};
    char place[PATH_TEXT];
    const char *origin = v->inherited ? "inherited" : "default";
    if (v->given && origins_of(l->origins, v->given).value.source)
        origin = issues_place_text(l->issues, origins_of(l->origins, v->given).value,
                                   place, sizeof place);
    tree_write(&json, NULL, v->resolved, true);
    json.length -= json.bytes[json.length - 1] == '\n';
    fprintf(l->out, "%s = %.*s  # %s\n", v->path->bytes, (int)json.length, json.bytes,
            origin);
    json_free(&json);
}

static const struct field *row_below(const struct listed *v, const cJSON *child)
{
    if (!v->row || v->row->type == FIELD_SETTINGS)
        return NULL;
    if (v->row->type == FIELD_LIST || v->row->type == FIELD_MAP)
        return v->row->element;
    return child->string && v->row->type == FIELD_OBJECT
               ? table_find(v->row->table, v->resolved, child->string)
               : NULL;
}

/* What the scenario says below: a bare word is the "kind" of an object. */
static const cJSON *given_below(const struct listed *v, const cJSON *child,
                                uint32_t index)
{
    if (!child->string)
        return cJSON_IsArray(v->given) ? cJSON_GetArrayItem(v->given, (int)index) : NULL;
    if (cJSON_IsString(v->given) && strcmp(child->string, "kind") == 0)
        return v->given;
    return tree_member(v->given, child->string);
}

/* Lists of plain values are one value, and so is what `set` assigns. */
static bool is_leaf(const struct listed *v)
{
    if (!v->resolved->child || !v->row)
        return true;
    return v->row->type == FIELD_LIST ? is_plain(v->row->element)
                                      : cJSON_IsArray(v->resolved);
}

static void print_values(const struct listing *l, const struct listed *v)
{
    if (is_leaf(v)) {
        print_value(l, v);
        return;
    }
    uint32_t index = 0;
    for (const cJSON *child = v->resolved->child; child; child = child->next, index++) {
        struct path_text path = *v->path;
        if (child->string)
            path_add_key(&path, child->string);
        else
            path_add_index(&path, index);
        const struct field *row = row_below(v, child);
        print_values(
            l, &(struct listed){.row = row,
                                .resolved = child,
                                .given = given_below(v, child, index),
                                .inherited = (row && (row->flags & FIELD_INHERITED)) ||
                                             (!v->given && v->inherited),
                                .path = &path});
    }
}

void resolve_print_origins(FILE *out, const struct field_table *table,
                           const cJSON *resolved, const cJSON *tree,
                           const struct origins *origins, const struct issues *issues)
{
    const struct field row = {.type = FIELD_OBJECT, .table = table};
    const struct listing l = {out, origins, issues};
    const struct path_text path = {.length = 0};
    const struct listed all = {
        .row = &row, .resolved = resolved, .given = tree, .path = &path};
    print_values(&l, &all);
}
