#include "sim/scenario/changes.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/scenario/fields.h"
#include "sim/scenario/path.h"
#include "sim/scenario/settings.h"
#include "sim/scenario/units.h"

static int compare_changes(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->entry < y->entry ? -1 : 1;
}

struct changes changes_collect(const cJSON *tree)
{
    struct changes changes = {0};
    const cJSON *list = tree_member(tree, "changes");
    const cJSON *entry = cJSON_IsArray(list) ? list->child : NULL;
    changes.items = memory_new((size_t)cJSON_GetArraySize(list), sizeof(struct change));
    for (uint32_t i = 0; entry; entry = entry->next, i++) {
        struct unit_fault fault;
        sim_ns when = 0;
        const cJSON *at = tree_member(entry, "at");
        const cJSON *set = tree_member(entry, "set");
        if (cJSON_IsString(at) && duration_parse(at->valuestring, &when, &fault) &&
            cJSON_IsObject(set))
            changes.items[changes.count++] = (struct change){when, set, i};
    }
    qsort(changes.items, changes.count, sizeof(struct change), compare_changes);
    return changes;
}

bool changes_apply(const struct field_table *root, cJSON *tree,
                   const struct change *change, bool sketchy,
                   const struct origins *origins, struct issues *issues)
{
    bool applied = true;
    for (const cJSON *value = change->set->child; value; value = value->next)
        applied &=
            settings_assign(root, tree,
                            &(struct assignment){.path = value->string,
                                                 .value = value,
                                                 .place = origins_of(origins, value).key,
                                                 .change = true,
                                                 .sketchy = sketchy},
                            issues);
    return applied;
}

/* --- checking --------------------------------------------------------------------- */

static bool same_place(struct place a, struct place b)
{
    return a.source == b.source && a.line == b.line && a.column == b.column;
}

/* True if something inside `node` was written at `place`. */
static bool written_in(const cJSON *node, struct place place,
                       const struct origins *origins)
{
    struct origin origin = origins_of(origins, node);
    if (same_place(origin.value, place) || same_place(origin.key, place))
        return true;
    for (const cJSON *child = node->child; child; child = child->next)
        if (written_in(child, place, origins))
            return true;
    return false;
}

/* Passes on what is wrong after a change: a fault in a value it sets, where it stands; a
 * fault elsewhere, which it has caused, at its "set". */
static void pass_on(const struct change *change, struct issues *found, bool faulty,
                    const struct origins *origins, struct issues *issues)
{
    const struct issue *issue;
    for (size_t i = 0; (issue = issues_get(found, i)); i++) {
        if (written_in(change->set, issue->place, origins)) {
            issues_add(issues, issue->place, issue->path, issue->suggestion, "%s",
                       issue->message);
        } else if (!faulty) {
            struct path_text path = {.length = 0};
            path_add_key(&path, "changes");
            path_add_index(&path, change->entry);
            issues_add(issues, origins_of(origins, change->set).key, path.bytes, NULL,
                       "after it, %s: %s", issue->path, issue->message);
        }
    }
}

/* Reads the tree only for what can be said against it. */
static bool check_after(const struct field_table *root, const cJSON *tree,
                        const struct change *change, bool faulty,
                        const struct origins *origins, struct issues *issues)
{
    struct arena unused = {0};
    struct issues *found = issues_new();
    bool right = fields_read(root, tree, origins, &unused, found,
                             arena_new(&unused, 1, root->size));
    pass_on(change, found, faulty, origins, issues);
    issues_free(found);
    arena_free(&unused);
    return right;
}

void changes_check(const struct field_table *root, cJSON *tree, bool faulty,
                   const struct changes *changes, const struct origins *origins,
                   struct issues *issues)
{
    bool sketchy = faulty;
    for (uint32_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        bool right = changes_apply(root, tree, change, sketchy, origins, issues);
        right &= check_after(root, tree, change, faulty, origins, issues);
        faulty |= !right;
    }
    cJSON_Delete(tree);
}
