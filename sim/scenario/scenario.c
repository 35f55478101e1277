#include "sim/scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/scenario/arena.h"
#include "sim/scenario/changes.h"
#include "sim/scenario/extends.h"
#include "sim/scenario/fields.h"
#include "sim/scenario/resolve.h"
#include "sim/scenario/settings.h"

/* Every change is tried when a scenario is read: at most so many values are read for
 * that, some seconds' worth. */
#define CHANGES_VALUES_MAX ((size_t)30000000)

struct scenario {
    const struct field_table *table;
    struct issues *issues;
    struct origins origins;
    struct loader loader; /* knows the folders of the files */
    struct arena arena;   /* what structs point to */
    cJSON *tree;          /* as written, extended and set */
    void *root;
    cJSON *resolved; /* as read, every default written out, without "changes" */
    struct changes changes;
    cJSON **changed; /* trees after changes, which structs point to */
    size_t changed_count;
};

/* --- reading ---------------------------------------------------------------------- */

static struct scenario *scenario_new(const struct field_table *root,
                                     const struct scenario_options *options,
                                     struct issues *issues)
{
    struct scenario *s = memory_new(1, sizeof *s);
    s->table = root;
    s->issues = issues;
    origins_init(&s->origins);
    s->loader = (struct loader){.root = root,
                                .library = options->library,
                                .origins = &s->origins,
                                .issues = issues};
    return s;
}

static cJSON *parse_resolved(const struct scenario *s)
{
    struct json_text json = {0};
    scenario_write(s, s->root, &json);
    cJSON *tree = tree_parse_own(json.bytes);
    json_free(&json);
    return tree;
}

/* What changes are applied to.  Without their own list, which would make the work
 * quadratic in its length. */
static cJSON *without_changes(cJSON *tree)
{
    cJSON *list = tree_member(tree, "changes");
    if (list)
        tree_remove(tree, list);
    return tree;
}

static void check_changes(struct scenario *s, bool faulty)
{
    const cJSON *list = tree_member(s->tree, "changes");
    if (!list)
        return;
    s->changes = changes_collect(s->tree);
    cJSON *tree = faulty ? without_changes(tree_copy(s->tree)) : tree_copy(s->resolved);
    if (s->changes.count && tree_count(tree) > CHANGES_VALUES_MAX / s->changes.count) {
        cJSON_Delete(tree);
        issues_add(s->issues, origins_of(&s->origins, list).value, "changes", NULL,
                   "has %u entries, too many for a scenario of this size",
                   (unsigned)s->changes.count);
        return;
    }
    changes_check(s->table, tree, faulty, &s->changes, &s->origins, s->issues);
}

/* Everything after the files: what is wrong goes to the issues. */
static void interpret(struct scenario *s, const struct scenario_options *options)
{
    settings_assign_texts(s->table, s->tree, options->settings, options->setting_count,
                          &s->origins, s->issues);
    s->root = arena_new(&s->arena, 1, s->table->size);
    bool right =
        fields_read(s->table, s->tree, &s->origins, &s->arena, s->issues, s->root);
    if (right)
        s->resolved = without_changes(parse_resolved(s));
    check_changes(s, !right);
}

/* Takes `tree`.  NULL, and no scenario, if there were complaints since `before`. */
static struct scenario *finish(struct scenario *s, cJSON *tree,
                               const struct scenario_options *options, size_t before)
{
    s->tree = tree;
    if (tree)
        interpret(s, options);
    if (issues_count(s->issues) == before)
        return s;
    scenario_free(s);
    return NULL;
}

static const struct scenario_options no_options;

struct scenario *scenario_read_file(const char *path, const struct field_table *root,
                                    const struct scenario_options *options,
                                    struct issues *issues)
{
    size_t before = issues_count(issues);
    options = options ? options : &no_options;
    struct scenario *s = scenario_new(root, options, issues);
    return finish(s, extends_load_file(&s->loader, path), options, before);
}

struct scenario *scenario_read_text(const char *name, const char *text, size_t length,
                                    const struct field_table *root,
                                    const struct scenario_options *options,
                                    struct issues *issues)
{
    size_t before = issues_count(issues);
    options = options ? options : &no_options;
    struct scenario *s = scenario_new(root, options, issues);
    return finish(s, extends_load_text(&s->loader, name, text, length), options, before);
}

void scenario_free(struct scenario *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->changed_count; i++)
        cJSON_Delete(s->changed[i]);
    free(s->changed);
    free(s->changes.items);
    cJSON_Delete(s->resolved);
    cJSON_Delete(s->tree);
    arena_free(&s->arena);
    extends_release(&s->loader);
    origins_release(&s->origins);
    free(s);
}

const void *scenario_root(const struct scenario *s)
{
    return s->root;
}

/* --- changes ---------------------------------------------------------------------- */

uint32_t scenario_change_count(const struct scenario *s)
{
    return s->changes.count;
}

sim_ns scenario_change_at(const struct scenario *s, uint32_t index)
{
    SIM_ASSERT(index < s->changes.count);
    return s->changes.items[index].at;
}

uint32_t scenario_change_entry(const struct scenario *s, uint32_t index)
{
    SIM_ASSERT(index < s->changes.count);
    return s->changes.items[index].entry;
}

struct field_list scenario_change_settings(struct scenario *s, uint32_t index)
{
    SIM_ASSERT(index < s->changes.count);
    const cJSON *set = s->changes.items[index].set;
    size_t count = (size_t)cJSON_GetArraySize(set);
    struct field_setting *settings = arena_new(&s->arena, count, sizeof *settings);
    struct field_list list = {settings, (uint32_t)count};
    for (const cJSON *value = set->child; value; value = value->next)
        *settings++ = (struct field_setting){.path = value->string, .value = value};
    return list;
}

const void *scenario_after_change(struct scenario *s, uint32_t count)
{
    SIM_ASSERT(count <= s->changes.count);
    cJSON *tree = tree_copy(s->resolved);
    bool right = true;
    for (uint32_t i = 0; i < count; i++)
        right &= changes_apply(s->table, tree, &s->changes.items[i], false, &s->origins,
                               s->issues);
    void *root = arena_new(&s->arena, 1, s->table->size);
    right &= fields_read(s->table, tree, &s->origins, &s->arena, s->issues, root);
    SIM_ASSERT(right); /* all changes were tried when the scenario was read */
    s->changed = memory_resize(s->changed, s->changed_count + 1, sizeof(cJSON *));
    s->changed[s->changed_count++] = tree;
    return root;
}

char *scenario_setting_text(const struct field_setting *setting)
{
    const cJSON *value = setting->value;
    if (cJSON_IsString(value))
        return memory_print("%s = %s", setting->path, value->valuestring);
    struct json_text json = {0};
    tree_write(&json, NULL, value, true);
    json.bytes[strcspn(json.bytes, "\n")] = '\0';
    char *text = memory_print("%s = %s", setting->path, json.bytes);
    json_free(&json);
    return text;
}

/* --- results ---------------------------------------------------------------------- */

void scenario_write(const struct scenario *s, const void *root, struct json_text *out)
{
    resolve_write(out, s->table, root, s->tree);
}

void scenario_print_origins(const struct scenario *s, FILE *out)
{
    cJSON *resolved = parse_resolved(s);
    resolve_print_origins(out, s->table, resolved, s->tree, &s->origins, s->issues);
    cJSON_Delete(resolved);
}

const struct field *scenario_field(const struct scenario *s, const char *const *settings,
                                   uint32_t setting_count, const char *path,
                                   struct place place, struct issues *issues)
{
    struct origins nowhere;
    struct issues *unused = issues_new();
    cJSON *tree = tree_copy(s->tree);
    origins_init(&nowhere);
    settings_assign_texts(s->table, tree, settings, setting_count, &nowhere, unused);
    const struct field *row = settings_row(
        s->table, tree, &(struct assignment){.path = path, .place = place}, issues);
    origins_release(&nowhere);
    issues_free(unused);
    cJSON_Delete(tree);
    return row;
}

char *scenario_value_text(const struct scenario *s, const char *path)
{
    const cJSON *value = tree_find(s->resolved, path);
    if (!value) /* "changes" stand there alone */
        value = tree_find(s->tree, path);
    return value ? settings_text(value) : NULL;
}

struct place scenario_place(const struct scenario *s, const char *path)
{
    return origins_of(&s->origins, tree_follow(s->tree, path)).value;
}

const char *scenario_folder(const struct scenario *s, const char *path)
{
    return extends_folder(&s->loader, scenario_place(s, path).source);
}
