#include "sim/scenario/merge.h"

#include <stdlib.h>
#include <string.h>

#include "sim/scenario/arena.h"
#include "sim/scenario/path.h"
#include "sim/scenario/table.h"

struct merge {
    const struct origins *origins;
    struct issues *issues;
};

/* The members of an object by key: cJSON's own look-up is linear.  Keys are copies, for
 * merging frees members while others are still looked up. */
struct member {
    const char *key;
    cJSON *node;
};

struct members {
    struct member *items;
    size_t count;
    struct arena arena;
};

static int compare_members(const void *a, const void *b)
{
    return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static struct members index_members(const cJSON *object)
{
    struct members m = {.count = 0};
    m.items = arena_new(&m.arena, (size_t)cJSON_GetArraySize(object), sizeof *m.items);
    for (cJSON *child = object->child; child; child = child->next)
        m.items[m.count++] = (struct member){
            arena_text(&m.arena, child->string, strlen(child->string)), child};
    qsort(m.items, m.count, sizeof *m.items, compare_members);
    return m;
}

static cJSON *find_member(const struct members *m, const char *key)
{
    const struct member wanted = {.key = key};
    const struct member *found =
        bsearch(&wanted, m->items, m->count, sizeof *m->items, compare_members);
    return found ? found->node : NULL;
}

static const struct field *row_below(const struct field *row, const cJSON *node,
                                     const char *key)
{
    if (!row)
        return NULL;
    if (row->type == FIELD_MAP)
        return row->element;
    return row->type == FIELD_OBJECT ? table_find(row->table, node, key) : NULL;
}

static void merge_objects(const struct merge *m, const struct field *row, cJSON *below,
                          cJSON *over, const struct path_text *path);

/* Prepares an object to be laid under another of perhaps another kind. */
static void change_kind(const struct field *row, cJSON *below, const cJSON *over)
{
    if (!row || row->type != FIELD_OBJECT || !row->table->variants)
        return;
    const cJSON *kind = tree_member(over, "kind");
    if (!cJSON_IsString(kind))
        return;
    table_drop_kind(row->table, below, kind->valuestring);
    tree_put(below, "kind", tree_copy(kind));
}

/* `over` is a member that `below` has too; both stay where they are or are replaced. */
static void merge_member(const struct merge *m, const struct field *row, cJSON *parent,
                         cJSON *below, cJSON *over, const struct path_text *path)
{
    bool word = row && row->type == FIELD_OBJECT && table_is_word(row->table);
    if (cJSON_IsString(below) && cJSON_IsObject(over) && word) {
        cJSON *object = tree_of_word(below);
        tree_replace(parent, below, object);
        below = object;
    }
    if (!cJSON_IsObject(below) || !cJSON_IsObject(over)) {
        tree_replace(parent, below, over);
        return;
    }
    change_kind(row, below, over);
    merge_objects(m, row, below, over, path);
}

static void remove_member(const struct merge *m, cJSON *parent, cJSON *below,
                          const cJSON *over, const struct path_text *path)
{
    if (below)
        tree_remove(parent, below);
    else
        issues_add(m->issues, origins_of(m->origins, over).value, path->bytes, NULL,
                   "null removes what the extended file gives, but it gives nothing");
}

/* `old` is the member of `below` with the key of `child`, if there is one.  Takes
 * `child`. */
static void merge_pair(const struct merge *m, const struct field *row, cJSON *below,
                       cJSON *old, cJSON *child, const struct path_text *path)
{
    struct path_text longer = *path;
    path_add_key(&longer, child->string);
    if (cJSON_IsNull(child)) {
        remove_member(m, below, old, child, &longer);
        cJSON_Delete(child);
    } else if (old) {
        merge_member(m, row_below(row, below, child->string), below, old, child, &longer);
    } else {
        char *key = child->string;
        child->string = NULL;
        cJSON_AddItemToObject(below, key, child);
        free(key);
    }
}

/* Takes `over`. */
static void merge_objects(const struct merge *m, const struct field *row, cJSON *below,
                          cJSON *over, const struct path_text *path)
{
    struct members members = index_members(below);
    below->valueint = over->valueint;
    while (over->child) {
        cJSON *child = cJSON_DetachItemViaPointer(over, over->child);
        merge_pair(m, row, below, find_member(&members, child->string), child, path);
    }
    arena_free(&members.arena);
    cJSON_Delete(over);
}

void merge_trees(const struct field_table *root, cJSON *below, cJSON *over,
                 const struct origins *origins, struct issues *issues)
{
    const struct merge m = {origins, issues};
    const struct field row = {.type = FIELD_OBJECT, .table = root};
    const struct path_text path = {.length = 0};
    merge_objects(&m, &row, below, over, &path);
}
