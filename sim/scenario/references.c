#include "sim/scenario/references.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/scenario/schema.h"
#include "sim/scenario/spelling.h"
#include "sim/scenario/table.h"
#include "sim/scenario/types.h"

/* --- reading, first pass ---------------------------------------------------------- */

static bool read_reference(struct reader *r, const struct field *f, const struct spot *at,
                           void *out)
{
    const char *name = cJSON_IsString(at->node) ? at->node->valuestring : "";
    char rule[96];
    snprintf(rule, sizeof rule, "must be the name of an entry of %s", f->target);
    if (!type_is_name(name, strlen(name)))
        return reader_refuse(r, at, NULL, rule);
    reader_refer(r, f, at, name, strlen(name), out);
    return true;
}

/* The port behind the colon; 0 if there is none. */
static uint16_t parse_port(const char *digits)
{
    size_t length = strspn(digits, "0123456789");
    unsigned long port =
        length && length <= 5 && !digits[length] ? strtoul(digits, NULL, 10) : 0;
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

static bool read_endpoint(struct reader *r, const struct field *f, const struct spot *at,
                          void *out)
{
    struct field_endpoint *endpoint = out;
    const char *text = cJSON_IsString(at->node) ? at->node->valuestring : "";
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : 0;
    endpoint->port = colon ? parse_port(colon + 1) : 0;
    char rule[96];
    snprintf(rule, sizeof rule, "must be \"name:port\", the name one of %s", f->target);
    if (!type_is_name(text, length) || !endpoint->port)
        return reader_refuse(r, at, NULL, rule);
    reader_refer(r, f, at, text, length, &endpoint->reference);
    return true;
}

/* --- reading, second pass --------------------------------------------------------- */

struct named {
    const char *name;
    uint32_t index;
};

/* The entries of one map, by name. */
struct map_index {
    const char *target;
    struct named *entries;
    uint32_t count;
    struct map_index *next;
};

static const struct field *map_row(const struct field_table *table, const char *target)
{
    const struct field *row = table_row(table, target);
    SIM_ASSERT(row && row->type == FIELD_MAP);
    return row;
}

static const struct field_list *map_of(const struct field *row, const void *root)
{
    return (const struct field_list *)((const char *)root + row->offset);
}

static const char *entry_name(const struct field *row, const struct field_list *map,
                              uint32_t index)
{
    return (const char *)map->items + index * type_entry_size(row->element);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static struct map_index *make_index(struct arena *arena, const struct field_table *table,
                                    const void *root, const char *target)
{
    const struct field *row = map_row(table, target);
    const struct field_list *map = map_of(row, root);
    struct map_index *index = arena_new(arena, 1, sizeof *index);
    index->target = target;
    index->count = map->count;
    index->entries = arena_new(arena, map->count, sizeof *index->entries);
    for (uint32_t i = 0; i < map->count; i++)
        index->entries[i] = (struct named){entry_name(row, map, i), i};
    qsort(index->entries, map->count, sizeof *index->entries, compare_names);
    return index;
}

/* An entry whose own name was refused, and that is meant here, is not complained of
 * again. */
static bool complain_unknown(struct reader *r, const struct pending_reference *p,
                             const struct map_index *index)
{
    struct spelling spelling = {.word = p->name};
    for (uint32_t i = 0; i < index->count && issues_wanted(r->issues); i++)
        spelling_offer(&spelling, index->entries[i].name);
    if (spelling.nearest && !type_is_name(spelling.nearest, strlen(spelling.nearest)))
        return false;
    char quoted[TREE_TEXT], text[FIELD_NAME_SIZE + 8];
    const char *colon = strchr(p->at->node->valuestring, ':');
    snprintf(text, sizeof text, "%s%.7s", spelling.nearest ? spelling.nearest : "",
             colon ? colon : "");
    return reader_complain(r, p->at, spelling.nearest ? tree_quoted(text, quoted) : NULL,
                           "there is no \"%s\" in %s", p->name, p->field->target);
}

static void resolve(struct reader *r, struct pending_reference *p,
                    const struct map_index *index)
{
    const struct named wanted = {.name = p->name};
    const struct named *found = bsearch(&wanted, index->entries, index->count,
                                        sizeof *index->entries, compare_names);
    if (found)
        *p->out = found->index;
    else
        p->failed = !complain_unknown(r, p, index);
}

void references_resolve(struct reader *r, const struct field_table *table,
                        const void *root)
{
    struct map_index *indexes = NULL;
    for (size_t i = 0; i < r->reference_count; i++) {
        struct pending_reference *p = &r->references[i];
        struct map_index *index = indexes;
        while (index && strcmp(index->target, p->field->target) != 0)
            index = index->next;
        if (!index) {
            index = make_index(&r->scratch, table, root, p->field->target);
            index->next = indexes;
            indexes = index;
        }
        resolve(r, p, index);
    }
}

const char *references_name(const struct field_table *table, const void *root,
                            const char *target, uint32_t index)
{
    const struct field *row = map_row(table, target);
    const struct field_list *map = map_of(row, root);
    SIM_ASSERT(index < map->count);
    return entry_name(row, map, index);
}

/* --- writing ---------------------------------------------------------------------- */

static void write_reference(struct writer *w, const struct field *f, const char *key,
                            const void *value, const cJSON *node)
{
    (void)node;
    json_string(
        w->json, key,
        references_name(w->root_table, w->root, f->target, *(const uint32_t *)value));
}

static void write_endpoint(struct writer *w, const struct field *f, const char *key,
                           const void *value, const cJSON *node)
{
    (void)node;
    const struct field_endpoint *endpoint = value;
    char text[FIELD_NAME_SIZE + 8];
    snprintf(text, sizeof text, "%s:%u",
             references_name(w->root_table, w->root, f->target, endpoint->reference),
             endpoint->port);
    json_string(w->json, key, text);
}

static bool absent_reference(const void *value)
{
    return *(const uint32_t *)value == FIELD_NO_REFERENCE;
}

static bool absent_endpoint(const void *value)
{
    return ((const struct field_endpoint *)value)->reference == FIELD_NO_REFERENCE;
}

static void clear_reference(void *value)
{
    *(uint32_t *)value = FIELD_NO_REFERENCE;
}

static void clear_endpoint(void *value)
{
    ((struct field_endpoint *)value)->reference = FIELD_NO_REFERENCE;
}

/* --- describing ------------------------------------------------------------------- */

static void schema_reference(struct schema *s, const struct field *f)
{
    (void)f;
    json_string(schema_json(s), "type", "string");
    json_string(schema_json(s), "pattern", TYPE_NAME_PATTERN);
}

static void schema_endpoint(struct schema *s, const struct field *f)
{
    (void)f;
    json_string(schema_json(s), "type", "string");
    json_string(schema_json(s), "pattern", "^[a-z0-9_-]{1,63}:[0-9]{1,5}$");
}

const struct type type_reference = {.name = "name of an entry",
                                    .size = sizeof(uint32_t),
                                    .read = read_reference,
                                    .write = write_reference,
                                    .schema = schema_reference,
                                    .absent = absent_reference,
                                    .clear = clear_reference};

const struct type type_endpoint = {.name = "name:port",
                                   .size = sizeof(struct field_endpoint),
                                   .read = read_endpoint,
                                   .write = write_endpoint,
                                   .schema = schema_endpoint,
                                   .absent = absent_endpoint,
                                   .clear = clear_endpoint};
