#include "sim/scenario/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/scenario/json_scan.h"
#include "sim/scenario/path.h"

/* Characters of a string that a message shows. */
#define SHOWN 60

/* --- origins ---------------------------------------------------------------------- */

void origins_init(struct origins *origins)
{
    *origins = (struct origins){0};
    origins_add(origins, (struct origin){0});
}

void origins_release(struct origins *origins)
{
    free(origins->items);
}

int origins_add(struct origins *origins, struct origin origin)
{
    if (origins->count == origins->capacity) {
        origins->capacity = (uint32_t)memory_grown(origins->capacity, origins->count + 1);
        origins->items =
            memory_resize(origins->items, origins->capacity, sizeof *origins->items);
    }
    origins->items[origins->count] = origin;
    return (int)origins->count++;
}

struct origin origins_of(const struct origins *origins, const cJSON *node)
{
    SIM_ASSERT((uint32_t)node->valueint < origins->count);
    return origins->items[node->valueint];
}

void tree_mark(cJSON *node, int row)
{
    node->valueint = row;
    for (cJSON *child = node->child; child; child = child->next)
        tree_mark(child, row);
}

/* --- parsing ---------------------------------------------------------------------- */

static void *allocate(size_t bytes)
{
    return memory_resize(NULL, bytes, 1);
}

/* Out of memory inside cJSON ends the program as everywhere else. */
static cJSON *parse(const char *text, size_t length)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = allocate, .free_fn = free});
    return cJSON_ParseWithLengthOpts(text, length + 1, NULL, 1);
}

/* Hands the scan's positions to the nodes: both are in document order. */
static void place_nodes(cJSON *node, uint32_t source, const struct json_positions *p,
                        uint32_t *next, struct origins *origins)
{
    SIM_ASSERT(*next < p->count);
    struct json_position at = p->items[(*next)++];
    node->valueint =
        origins_add(origins, (struct origin){{source, at.line, at.column},
                                             {source, at.key_line, at.key_column}});
    for (cJSON *child = node->child; child; child = child->next)
        place_nodes(child, source, p, next, origins);
}

static bool is_comment(const cJSON *member)
{
    return member->string && (strncmp(member->string, "//", 2) == 0 ||
                              strcmp(member->string, "$schema") == 0);
}

static void remove_comments(cJSON *node)
{
    for (cJSON *child = node->child, *next; child; child = next) {
        next = child->next;
        if (is_comment(child))
            tree_remove(node, child);
        else
            remove_comments(child);
    }
}

cJSON *tree_parse(const char *text, size_t length, uint32_t source,
                  struct origins *origins, struct issues *issues)
{
    struct json_positions positions = {0};
    cJSON *tree = NULL;
    if (json_scan(text, length, source, issues, &positions)) {
        tree = parse(text, length);
        if (!tree)
            issues_add(issues, (struct place){.source = source}, "", NULL,
                       "is refused by cJSON %s, though it is JSON", cJSON_Version());
    }
    if (tree) {
        uint32_t next = 0;
        place_nodes(tree, source, &positions, &next, origins);
        SIM_ASSERT(next == positions.count);
        remove_comments(tree);
    }
    free(positions.items);
    return tree;
}

cJSON *tree_parse_own(const char *text)
{
    cJSON *tree = parse(text, strlen(text));
    SIM_ASSERT(tree);
    tree_mark(tree, 0);
    return tree;
}

/* --- editing ---------------------------------------------------------------------- */

static char *own_text(const char *text)
{
    return text ? memory_text(text, strlen(text)) : NULL;
}

cJSON *tree_copy(const cJSON *node)
{
    cJSON *copy = cJSON_CreateNull();
    copy->type = node->type;
    copy->valueint = node->valueint;
    copy->valuedouble = node->valuedouble;
    copy->valuestring = own_text(node->valuestring);
    for (const cJSON *child = node->child; child; child = child->next) {
        if (child->string)
            cJSON_AddItemToObject(copy, child->string, tree_copy(child));
        else
            cJSON_AddItemToArray(copy, tree_copy(child));
    }
    return copy;
}

size_t tree_count(const cJSON *node)
{
    size_t count = 1;
    for (const cJSON *child = node->child; child; child = child->next)
        count += tree_count(child);
    return count;
}

cJSON *tree_member(const cJSON *node, const char *key)
{
    return cJSON_IsObject(node) ? cJSON_GetObjectItemCaseSensitive(node, key) : NULL;
}

void tree_replace(cJSON *parent, cJSON *child, cJSON *value)
{
    free(value->string);
    value->string = own_text(child->string);
    cJSON_ReplaceItemViaPointer(parent, child, value);
}

void tree_put(cJSON *object, const char *key, cJSON *value)
{
    cJSON *old = tree_member(object, key);
    if (old)
        tree_replace(object, old, value);
    else
        cJSON_AddItemToObject(object, key, value);
}

void tree_remove(cJSON *parent, cJSON *child)
{
    cJSON_Delete(cJSON_DetachItemViaPointer(parent, child));
}

cJSON *tree_of_word(const cJSON *node)
{
    cJSON *object = cJSON_CreateObject();
    object->valueint = node->valueint;
    cJSON_AddItemToObject(object, "kind", tree_copy(node));
    return object;
}

static const cJSON *step_down(const cJSON *node, const struct path_step *step)
{
    return cJSON_IsArray(node) && step->index != UINT32_MAX
               ? cJSON_GetArrayItem(node, (int)step->index)
               : tree_member(node, step->key);
}

const cJSON *tree_follow(const cJSON *node, const char *path)
{
    struct path_step step;
    while (path_next(&path, &step)) {
        const cJSON *child = step_down(node, &step);
        if (!child)
            break;
        node = child;
    }
    return node;
}

const cJSON *tree_find(const cJSON *node, const char *path)
{
    struct path_step step;
    while (node && path_next(&path, &step))
        node = step_down(node, &step);
    return *path ? NULL : node;
}

/* --- texts ------------------------------------------------------------------------ */

static bool is_plain_list(const cJSON *list)
{
    for (const cJSON *child = list->child; child; child = child->next)
        if (child->child)
            return false;
    return true;
}

static void write_list(struct json_text *out, const char *key, const cJSON *node,
                       bool flat)
{
    if (flat || is_plain_list(node))
        json_array_begin_flat(out, key);
    else
        json_array_begin(out, key);
    for (const cJSON *child = node->child; child; child = child->next)
        tree_write(out, NULL, child, flat);
    json_array_end(out);
}

static void write_object(struct json_text *out, const char *key, const cJSON *node,
                         bool flat)
{
    if (flat)
        json_object_begin_flat(out, key);
    else
        json_object_begin(out, key);
    for (const cJSON *child = node->child; child; child = child->next)
        tree_write(out, child->string, child, flat);
    json_object_end(out);
}

void tree_write(struct json_text *out, const char *key, const cJSON *node, bool flat)
{
    if (cJSON_IsArray(node))
        write_list(out, key, node, flat);
    else if (cJSON_IsObject(node))
        write_object(out, key, node, flat);
    else if (cJSON_IsString(node))
        json_string(out, key, node->valuestring);
    else if (cJSON_IsNumber(node))
        json_number(out, key, node->valuedouble);
    else if (cJSON_IsBool(node))
        json_bool(out, key, cJSON_IsTrue(node));
    else
        json_null(out, key);
}

const char *tree_quoted(const char *text, char out[TREE_TEXT])
{
    size_t length = strlen(text);
    if (length > SHOWN) {
        length = SHOWN;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    }
    char *cut = memory_text(text, length);
    struct json_text json = {0};
    json_string(&json, NULL, cut);
    snprintf(out, TREE_TEXT, "%s%s", json.bytes, text[length] ? "..." : "");
    json_free(&json);
    free(cut);
    return out;
}

const char *tree_text(const cJSON *node, char out[TREE_TEXT])
{
    char number[NUMBER_TEXT];
    if (cJSON_IsString(node))
        return tree_quoted(node->valuestring, out);
    const char *text = cJSON_IsArray(node)    ? "a list"
                       : cJSON_IsObject(node) ? "an object"
                       : cJSON_IsTrue(node)   ? "true"
                       : cJSON_IsFalse(node)  ? "false"
                       : cJSON_IsNumber(node) ? number_text(node->valuedouble, number)
                                              : "null";
    snprintf(out, TREE_TEXT, "%s", text);
    return out;
}
