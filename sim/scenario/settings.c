#include "sim/scenario/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/utf8.h"
#include "sim/scenario/path.h"
#include "sim/scenario/table.h"
#include "sim/scenario/types.h"

/* One step of a path that has been taken. */
struct cursor {
    const struct assignment *assignment;
    struct issues *issues;
    struct path_text path;
    const struct field *row;         /* of the value reached */
    cJSON *node;                     /* the value; NULL: not given */
    cJSON *parent;                   /* its object or list */
    char key[PATH_TEXT];             /* its key in an object */
    const struct field_table *kinds; /* it is the "kind" of an object of this table */
    bool changeable;                 /* a row on the way was */
};

/* Rows for what has none in a table. */
static const struct field kind_row = {.type = FIELD_NAME};
static const struct field port_row = {.type = FIELD_U16};
static const struct field time_row = {.type = FIELD_DURATION};

static bool __attribute__((format(printf, 3, 4)))
complain(struct cursor *c, const char *suggestion, const char *format, ...)
{
    char message[400], quoted[TREE_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    issues_add(c->issues, c->assignment->place, c->path.bytes,
               suggestion ? tree_quoted(suggestion, quoted) : NULL, "%s", message);
    return false;
}

/* --- one step down ---------------------------------------------------------------- */

static bool refuse_key(struct cursor *c, const struct field_table *table, const char *key)
{
    const struct field_variant_row *variant = table_kind(table, c->node);
    const struct field_variant_row *owner = table_owner(table, key);
    struct spelling spelling = {.word = key};
    if (owner && variant)
        return complain(c, NULL, "is a key of kind \"%s\", not of \"%s\"", owner->name,
                        variant->name);
    table_offer_keys(table, variant, &spelling);
    return complain(c, spelling.nearest, "unknown key of %s", table->what);
}

static bool enter_object(struct cursor *c, const char *key)
{
    const struct field_table *table = c->row->table;
    const struct field *row = table_find(table, c->node, key);
    if (table->variants && strcmp(key, "kind") == 0) {
        c->kinds = table;
        row = &kind_row;
    }
    path_add_key(&c->path, key);
    if (!row)
        return refuse_key(c, table, key);
    c->parent = c->node;
    c->node = tree_member(c->parent, key);
    c->row = row;
    return true;
}

/* Names the entries there are, unless one of them is likely meant. */
static bool refuse_entry(struct cursor *c, const char *key)
{
    struct spelling spelling = {.word = key};
    char names[256] = "";
    size_t length = 0;
    for (const cJSON *child = c->node->child; child; child = child->next) {
        spelling_offer(&spelling, child->string);
        if (length < sizeof names)
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%.63s",
                                       length ? ", " : ", only ", child->string);
    }
    if (spelling.nearest || length >= sizeof names)
        names[0] = '\0';
    return complain(c, spelling.nearest, "there is no \"%.63s\" here%s", key, names);
}

/* --set may add an entry, a change may not: the world is built. */
static bool enter_map(struct cursor *c, const char *key, bool last)
{
    cJSON *entry = tree_member(c->node, key);
    if (!entry && (!last || c->assignment->change))
        return refuse_entry(c, key);
    path_add_key(&c->path, key);
    c->parent = c->node;
    c->node = entry;
    c->row = c->row->element;
    return true;
}

/* An entry of a list, or an end of a range or window. */
static bool enter_list(struct cursor *c, const struct path_step *step,
                       const struct field *element)
{
    cJSON *entry =
        step->index == UINT32_MAX ? NULL : cJSON_GetArrayItem(c->node, (int)step->index);
    if (!entry)
        return complain(c, NULL, "has %d entries, counted from [0], and no \"%.40s\"",
                        cJSON_GetArraySize(c->node), step->key);
    path_add_index(&c->path, step->index);
    c->parent = c->node;
    c->node = entry;
    c->row = element;
    return true;
}

static bool enter(struct cursor *c, const struct path_step *step, bool last)
{
    bool entered;
    c->kinds = NULL;
    snprintf(c->key, sizeof c->key, "%s", step->key);
    if (c->row->type == FIELD_OBJECT)
        entered = enter_object(c, step->key);
    else if (c->row->type == FIELD_MAP)
        entered = enter_map(c, step->key, last);
    else if (c->row->type == FIELD_LIST)
        entered = enter_list(c, step, c->row->element);
    else if (c->row->type == FIELD_RANGE)
        entered = enter_list(c, step, &port_row);
    else if (c->row->type == FIELD_WINDOW)
        entered = enter_list(c, step, &time_row);
    else
        return complain(c, NULL, "is a %s and has nothing below it",
                        type_of(c->row)->name);
    c->changeable |= entered && (c->row->flags & FIELD_CHANGEABLE);
    return entered;
}

/* --- what defaults leave unsaid --------------------------------------------------- */

static bool is_object_row(const struct field *row)
{
    return row->type == FIELD_OBJECT || row->type == FIELD_MAP;
}

static bool is_list_row(const struct field *row)
{
    return row->type == FIELD_LIST || row->type == FIELD_RANGE ||
           row->type == FIELD_WINDOW;
}

/* Writes a default out, so that something below it can be set. */
static bool write_out(struct cursor *c)
{
    cJSON *value = NULL;
    if (c->row->fallback)
        value = tree_parse_own(c->row->fallback);
    else if (is_object_row(c->row))
        value = cJSON_CreateObject();
    else if (c->assignment->sketchy)
        return false;
    else
        return complain(c, NULL, "is not given in this scenario; set it as a whole");
    tree_put(c->parent, c->key, value);
    c->node = value;
    return true;
}

/* Makes the value reached one that has something below it. */
static bool open_value(struct cursor *c)
{
    if (!c->node && (is_object_row(c->row) || is_list_row(c->row)) && !write_out(c))
        return false;
    if (cJSON_IsString(c->node) && c->row->type == FIELD_OBJECT &&
        table_is_word(c->row->table)) {
        cJSON *object = tree_of_word(c->node);
        tree_replace(c->parent, c->node, object);
        c->node = object;
    }
    bool right = is_object_row(c->row) ? cJSON_IsObject(c->node)
                 : is_list_row(c->row) ? cJSON_IsArray(c->node)
                                       : true;
    char text[TREE_TEXT];
    return right || complain(c, NULL, "must be %s, is %s",
                             is_object_row(c->row) ? "an object" : "a list",
                             tree_text(c->node, text));
}

/* --- assignment ------------------------------------------------------------------- */

static bool has_changeable(const struct field_table *table)
{
    for (const struct field *row = table->rows; row && row->key; row++)
        if (row->flags & FIELD_CHANGEABLE)
            return true;
    return false;
}

static bool may_change(struct cursor *c)
{
    if (!c->assignment->change || c->changeable)
        return true;
    if (c->row->type == FIELD_OBJECT && has_changeable(c->row->table))
        return complain(c, NULL, "cannot be changed as a whole; name the keys below it");
    return complain(c, NULL, "cannot be changed while the run is under way%s%s",
                    c->row->change ? ": " : "", c->row->change ? c->row->change : "");
}

static void put(struct cursor *c)
{
    const cJSON *value = c->assignment->value;
    if (cJSON_IsNull(value) && cJSON_IsObject(c->parent)) {
        if (c->node)
            tree_remove(c->parent, c->node);
        return;
    }
    if (c->kinds && cJSON_IsString(value))
        table_drop_kind(c->kinds, c->parent, value->valuestring);
    if (cJSON_IsArray(c->parent))
        tree_replace(c->parent, c->node, tree_copy(value));
    else
        tree_put(c->parent, c->key, tree_copy(value));
}

/* Goes down to the value of the path; false after a complaint. */
static bool reach(struct cursor *c, const struct field *root, cJSON *tree)
{
    const char *at = c->assignment->path;
    struct path_step step;
    c->row = root;
    c->node = tree;
    while (path_next(&at, &step))
        if (!open_value(c) || !enter(c, &step, *at == '\0'))
            return false;
    return (!*at && at != c->assignment->path) ||
           complain(c, NULL, "is no path to a value: \"%.200s\"", c->assignment->path);
}

bool settings_assign(const struct field_table *root, cJSON *tree,
                     const struct assignment *assignment, struct issues *issues)
{
    const struct field row = {.type = FIELD_OBJECT, .table = root};
    struct cursor c = {.assignment = assignment, .issues = issues};
    if (!reach(&c, &row, tree) || !may_change(&c))
        return false;
    put(&c);
    return true;
}

const struct field *settings_row(const struct field_table *root, cJSON *tree,
                                 const struct assignment *assignment,
                                 struct issues *issues)
{
    const struct field row = {.type = FIELD_OBJECT, .table = root};
    struct cursor c = {.assignment = assignment, .issues = issues};
    return reach(&c, &row, tree) ? c.row : NULL;
}

/* --- the command line ------------------------------------------------------------- */

static bool is_clean(const char *text)
{
    uint32_t code;
    for (const char *p = text, *end = text + strlen(text); p < end;) {
        size_t length = utf8_decode(p, end, &code);
        if (length == 0 || code < 0x20)
            return false;
        p += length;
    }
    return true;
}

/* The value as JSON, or as a string where it is not JSON; NULL if it is neither. */
static cJSON *parse_value(const char *text)
{
    struct issues *unused = issues_new();
    struct origins nowhere;
    origins_init(&nowhere);
    cJSON *value = tree_parse(text, strlen(text), 0, &nowhere, unused);
    origins_release(&nowhere);
    issues_free(unused);
    return value || !is_clean(text) ? value : cJSON_CreateString(text);
}

char *settings_text(const cJSON *value)
{
    struct json_text json = {0};
    if (cJSON_IsString(value) && is_clean(value->valuestring)) {
        cJSON *again = parse_value(value->valuestring);
        bool itself =
            cJSON_IsString(again) && strcmp(again->valuestring, value->valuestring) == 0;
        cJSON_Delete(again);
        if (itself)
            return memory_text(value->valuestring, strlen(value->valuestring));
    }
    tree_write(&json, NULL, value, true);
    json.bytes[strcspn(json.bytes, "\n")] = '\0';
    return json.bytes;
}

static void assign_text(const struct field_table *root, cJSON *tree, const char *text,
                        struct place place, struct origins *origins,
                        struct issues *issues)
{
    char quoted[TREE_TEXT];
    const char *equals = strchr(text, '=');
    cJSON *value = equals ? parse_value(equals + 1) : NULL;
    if (!value) {
        issues_add(issues, place, "", NULL, "must be path=value, is %s",
                   tree_quoted(text, quoted));
        return;
    }
    char *path = memory_text(text, (size_t)(equals - text));
    tree_mark(value, origins_add(origins, (struct origin){place, place}));
    settings_assign(root, tree,
                    &(struct assignment){.path = path, .value = value, .place = place},
                    issues);
    cJSON_Delete(value);
    free(path);
}

void settings_assign_texts(const struct field_table *root, cJSON *tree,
                           const char *const *texts, uint32_t count,
                           struct origins *origins, struct issues *issues)
{
    uint32_t source = count ? issues_source(issues, "--set", NULL, 0) : 0;
    for (uint32_t i = 0; i < count; i++)
        assign_text(root, tree, texts[i],
                    (struct place){.source = source, .column = i + 1}, origins, issues);
}
