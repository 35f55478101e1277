#include "sim/scenario/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/scenario/containers.h"
#include "sim/scenario/references.h"
#include "sim/scenario/table.h"

/* How the struct of a table began. */
enum beginning {
    BEGUN_EMPTY, /* zeroes */
    BEGUN_BASED, /* a base's bytes */
    BEGUN_KEPT,  /* the same, and every row that is not given keeps them */
};

/* --- rows ------------------------------------------------------------------------- */

/* Reads `text` as the value of a row, which it must be; it counts as written where the
 * object is. */
static void read_fallback(struct reader *r, const struct field *row,
                          const struct spot *at, const char *text, void *self)
{
    cJSON *node = tree_parse_own(text);
    tree_mark(node, at->node->valueint);
    cJSON_AddItemToArray(r->fallbacks, node);
    bool valid = type_of(row)->read(r, row, reader_below(r, at, row->key, 0, node, self),
                                    (char *)self + row->offset);
    SIM_ASSERT(valid);
}

static void keep_variant(struct reader *r, const struct field_table *table,
                         const struct spot *at, struct field_variant *variant);

/* An object without members that counts as written where `at` is. */
static const cJSON *empty_object(struct reader *r, const struct spot *at)
{
    cJSON *node = cJSON_CreateObject();
    node->valueint = at->node->valueint;
    cJSON_AddItemToArray(r->fallbacks, node);
    return node;
}

/* A row whose key is not given. */
static void read_absent(struct reader *r, const struct field *row, const struct spot *at,
                        enum beginning begun, void *self)
{
    void *out = (char *)self + row->offset;
    bool inherited = (row->flags & FIELD_INHERITED) && !row->base;
    if (inherited || begun == BEGUN_KEPT) {
        if (row->type == FIELD_OBJECT && row->table->variants)
            keep_variant(
                r, row->table,
                reader_below(r, at, row->key, 0, empty_object(r, at), self),
                (struct field_variant *)((char *)out + row->table->variant_offset));
    } else if ((row->flags & FIELD_OPTIONAL) && !row->base) {
        if (begun == BEGUN_EMPTY && type_of(row)->clear)
            type_of(row)->clear(out);
    } else {
        SIM_ASSERT(row->fallback || row->base);
        read_fallback(r, row, at, row->fallback ? row->fallback : "{}", self);
    }
}

static void read_rows(struct reader *r, const struct field_table *table,
                      const struct spot *at, enum beginning begun, void *self)
{
    for (const struct field *row = table->rows; row && row->key; row++) {
        const cJSON *node = tree_member(at->node, row->key);
        if (node)
            type_of(row)->read(r, row, reader_below(r, at, row->key, 0, node, self),
                               (char *)self + row->offset);
        else if ((row->flags & FIELD_REQUIRED) && begun != BEGUN_KEPT)
            reader_complain(r, reader_below(r, at, row->key, 0, at->node, self), NULL,
                            "is missing (%s: %s)", type_of(row)->name,
                            row->help ? row->help : table->what);
        else
            read_absent(r, row, at, begun, self);
    }
}

/* --- variants --------------------------------------------------------------------- */

static const char *variant_word(const void *table, uint32_t index)
{
    const struct field_variant_row *row =
        ((const struct field_table *)table)->variants(index);
    return row ? row->name : NULL;
}

static const void *read_config(struct reader *r, const struct field_table *table,
                               const struct spot *at, const void *base)
{
    void *config = arena_new(r->keep, 1, table->size);
    if (base)
        memcpy(config, base, table->size);
    read_rows(r, table, at, base ? BEGUN_KEPT : BEGUN_EMPTY, config);
    return config;
}

/* A variant that a base gave: its kind stays, and what is given for it is read. */
static void keep_variant(struct reader *r, const struct field_table *table,
                         const struct spot *at, struct field_variant *variant)
{
    const struct field_variant_row *row = table->variants(variant->kind);
    SIM_ASSERT(row); /* a base names a kind that there is */
    if (row->table)
        variant->config = read_config(r, row->table, at, variant->config);
}

static void refuse_kind(struct reader *r, const struct field_table *table,
                        const struct spot *at)
{
    const cJSON *kind = tree_member(at->node, "kind");
    const cJSON *node = kind ? kind : at->node;
    const struct spot *below = reader_below(r, at, "kind", 0, node, NULL);
    if (kind || cJSON_IsString(at->node))
        reader_refuse_word(r, kind ? below : at, variant_word, table);
    else
        reader_complain(r, below, NULL, "is missing (the kind of %s)", table->what);
}

static void read_variant(struct reader *r, const struct field_table *table,
                         const struct spot *at, enum beginning begun,
                         struct field_variant *variant)
{
    bool given = cJSON_IsString(at->node) || tree_member(at->node, "kind");
    if (!given && begun != BEGUN_EMPTY) {
        keep_variant(r, table, at, variant);
        return;
    }
    const struct field_variant_row *row = table_kind(table, at->node);
    if (!row) {
        refuse_kind(r, table, at);
        return;
    }
    table_variant(table, row->name, &variant->kind);
    variant->config = row->table ? read_config(r, row->table, at, NULL) : NULL;
}

/* The variant that was read; NULL if the table has none or it was refused. */
static const struct field_variant_row *variant_of(const struct field_table *table,
                                                  const cJSON *node, enum beginning begun,
                                                  const void *self)
{
    if (!table->variants)
        return NULL;
    if (begun != BEGUN_EMPTY && !tree_member(node, "kind"))
        return table->variants(
            ((const struct field_variant *)((const char *)self + table->variant_offset))
                ->kind);
    return table_kind(table, node);
}

/* --- objects ---------------------------------------------------------------------- */

static void refuse_key(struct reader *r, const struct field_table *table,
                       const struct spot *at, const cJSON *child,
                       const struct field_variant_row *variant)
{
    struct path_text path = reader_path(at);
    struct place place = origins_of(r->origins, child).key;
    const struct field_variant_row *owner = table_owner(table, child->string);
    path_add_key(&path, child->string);
    if (owner && variant) {
        issues_add(r->issues, place, path.bytes, NULL,
                   "is a key of kind \"%s\", not of \"%s\"", owner->name, variant->name);
        return;
    }
    char quoted[TREE_TEXT];
    struct spelling spelling = {.word = child->string};
    if (issues_wanted(r->issues))
        table_offer_keys(table, variant, &spelling);
    issues_add(r->issues, place, path.bytes,
               spelling.nearest ? tree_quoted(spelling.nearest, quoted) : NULL,
               "unknown key of %s", table->what);
}

static void refuse_unknown(struct reader *r, const struct field_table *table,
                           const struct spot *at, const struct field_variant_row *variant)
{
    if (!cJSON_IsObject(at->node))
        return;
    for (const cJSON *child = at->node->child; child; child = child->next) {
        bool known =
            table_row(table, child->string) ||
            (table->variants && strcmp(child->string, "kind") == 0) ||
            (variant && variant->table && table_row(variant->table, child->string)) ||
            (!variant && table_owner(table, child->string));
        if (!known)
            refuse_key(r, table, at, child, variant);
    }
}

static enum beginning begin_object(const struct field *f, const struct spot *at,
                                   void *out)
{
    if (f->base)
        memcpy(out, f->base(at->owner), f->table->size);
    else if (!(f->flags & FIELD_INHERITED))
        memset(out, 0, f->table->size);
    return f->base || (f->flags & FIELD_INHERITED) ? BEGUN_BASED : BEGUN_EMPTY;
}

static void put_off_check(struct reader *r, const struct pending_check *check)
{
    if (r->check_count == r->check_capacity) {
        r->check_capacity = memory_grown(r->check_capacity, r->check_count + 1);
        r->checks = memory_resize(r->checks, r->check_capacity, sizeof *r->checks);
    }
    r->checks[r->check_count++] = *check;
}

/* The rules between the keys of an object's kind, which stand in the same object. */
static void put_off_kind_check(struct reader *r, const struct pending_check *object,
                               const struct field_variant_row *kind)
{
    if (!kind || !kind->table || !kind->table->check)
        return;
    const struct field_variant *variant =
        (const void *)((const char *)object->self + object->table->variant_offset);
    struct pending_check own = *object;
    own.table = kind->table;
    own.self = variant->config;
    put_off_check(r, &own);
}

bool object_read(struct reader *r, const struct field *f, const struct spot *at,
                 void *out)
{
    const struct field_table *table = f->table;
    bool word = table_is_word(table);
    if (!cJSON_IsObject(at->node) && !(word && cJSON_IsString(at->node)))
        return reader_refuse(r, at, NULL,
                             word ? "must be a word, or an object with a \"kind\""
                                  : "must be an object");
    struct pending_check check = {.table = table,
                                  .at = at,
                                  .self = out,
                                  .first_reference = r->reference_count,
                                  .first_check = r->check_count};
    size_t before = issues_count(r->issues);
    enum beginning begun = begin_object(f, at, out);
    read_rows(r, table, at, begun, out);
    if (table->variants)
        read_variant(r, table, at, begun,
                     (struct field_variant *)((char *)out + table->variant_offset));
    const struct field_variant_row *kind = variant_of(table, at->node, begun, out);
    refuse_unknown(r, table, at, kind);
    check.end_reference = r->reference_count;
    if (issues_count(r->issues) != before)
        return false;
    put_off_kind_check(r, &check, kind);
    if (table->check)
        put_off_check(r, &check);
    return true;
}

/* --- lists, maps, settings -------------------------------------------------------- */

bool list_read(struct reader *r, const struct field *f, const struct spot *at, void *out)
{
    if (!cJSON_IsArray(at->node))
        return reader_refuse(r, at, NULL, "must be a list");
    size_t count = (size_t)cJSON_GetArraySize(at->node);
    if (!reader_has_length(r, f, at, count, CONTAINER_ENTRIES_MAX, "entries"))
        return false;
    size_t size = type_size(f->element);
    struct field_list *list = out;
    *list = (struct field_list){arena_new(r->keep, count, size), (uint32_t)count};
    bool read = true;
    uint32_t i = 0;
    for (const cJSON *child = at->node->child; child; child = child->next, i++)
        read &= type_of(f->element)
                    ->read(r, f->element, reader_below(r, at, NULL, i, child, at->owner),
                           (char *)list->items + i * size);
    return read;
}

static bool read_entry(struct reader *r, const struct field *element,
                       const struct spot *at, char *entry)
{
    char suggestion[FIELD_NAME_SIZE], quoted[TREE_TEXT];
    bool read =
        type_of(element)->read(r, element, at, entry + type_entry_offset(element));
    snprintf(entry, FIELD_NAME_SIZE, "%s", at->key);
    if (type_is_name(at->key, strlen(at->key)))
        return read;
    type_suggest_name(at->key, suggestion);
    issues_add(r->issues, origins_of(r->origins, at->node).key, reader_path(at).bytes,
               *suggestion ? tree_quoted(suggestion, quoted) : NULL, TYPE_NAME_RULE);
    return false;
}

bool map_read(struct reader *r, const struct field *f, const struct spot *at, void *out)
{
    if (!cJSON_IsObject(at->node))
        return reader_refuse(r, at, NULL, "must be an object of named entries");
    size_t count = (size_t)cJSON_GetArraySize(at->node);
    if (!reader_has_length(r, f, at, count, CONTAINER_ENTRIES_MAX, "entries"))
        return false;
    size_t size = type_entry_size(f->element);
    struct field_list *map = out;
    *map = (struct field_list){arena_new(r->keep, count, size), (uint32_t)count};
    bool read = true;
    char *entry = map->items;
    for (const cJSON *child = at->node->child; child; child = child->next, entry += size)
        read &=
            read_entry(r, f->element,
                       reader_below(r, at, child->string, 0, child, at->owner), entry);
    return read;
}

bool settings_read(struct reader *r, const struct field *f, const struct spot *at,
                   void *out)
{
    if (!cJSON_IsObject(at->node))
        return reader_refuse(r, at, NULL, "must be an object of paths and values");
    size_t count = (size_t)cJSON_GetArraySize(at->node);
    if (!reader_has_length(r, f, at, count, CONTAINER_ENTRIES_MAX, "entries"))
        return false;
    struct field_setting *setting = arena_new(r->keep, count, sizeof *setting);
    *(struct field_list *)out = (struct field_list){setting, (uint32_t)count};
    for (const cJSON *child = at->node->child; child; child = child->next)
        *setting++ = (struct field_setting){
            .path = arena_text(r->keep, child->string, strlen(child->string)),
            .value = child};
    return true;
}

/* --- the second pass -------------------------------------------------------------- */

struct check_context {
    struct reader *reader;
    struct pending_check *check;
};

static void __attribute__((format(printf, 3, 0)))
complain_check(void *context, const char *key, const char *format, va_list args)
{
    const struct check_context *c = context;
    const struct spot *at = c->check->at;
    struct path_text path = reader_path(at);
    char message[512];
    vsnprintf(message, sizeof message, format, args);
    path_add_path(&path, key ? key : "");
    const cJSON *node = tree_follow(at->node, key ? key : "");
    issues_add(c->reader->issues, origins_of(c->reader->origins, node).value, path.bytes,
               NULL, "%s", message);
    c->check->failed = true;
}

/* True if everything inside the object of a check was right. */
static bool may_check(const struct reader *r, size_t index)
{
    const struct pending_check *check = &r->checks[index];
    for (size_t i = check->first_reference; i < check->end_reference; i++)
        if (r->references[i].failed)
            return false;
    for (size_t i = check->first_check; i < index; i++)
        if (r->checks[i].failed)
            return false;
    return true;
}

static void run_checks(struct reader *r)
{
    for (size_t i = 0; i < r->check_count; i++) {
        struct pending_check *check = &r->checks[i];
        struct check_context context = {r, check};
        if (may_check(r, i))
            check->table->check(check->self,
                                &(struct field_check){&context, complain_check});
        else
            check->failed = true;
    }
}

bool fields_read(const struct field_table *table, const cJSON *tree,
                 const struct origins *origins, struct arena *keep, struct issues *issues,
                 void *out)
{
    struct reader r = {.keep = keep, .origins = origins, .issues = issues};
    size_t before = issues_count(issues);
    const struct field row = {.type = FIELD_OBJECT, .table = table};
    const struct spot root = {.node = tree};
    r.fallbacks = cJSON_CreateArray();
    object_read(&r, &row, &root, out);
    references_resolve(&r, table, out);
    run_checks(&r);
    cJSON_Delete(r.fallbacks);
    arena_free(&r.scratch);
    free(r.references);
    free(r.checks);
    return issues_count(issues) == before;
}
