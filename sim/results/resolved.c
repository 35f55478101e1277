#include "sim/results/resolved.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/results/text.h"

static cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

char *resolved_text(const char *json, const char *key)
{
    cJSON *root = json ? cJSON_Parse(json) : NULL;
    const cJSON *member = get(root, key);
    char *text = cJSON_IsString(member)
                     ? memory_text(member->valuestring, strlen(member->valuestring))
                     : NULL;
    cJSON_Delete(root);
    return text;
}

/* --- in words ------------------------------------------------------------------------
 */

/* Texts without their quotes, whole numbers without a point. */
static void put_value(struct text *t, const cJSON *value)
{
    char number[NUMBER_TEXT];
    double v = value->valuedouble;
    if (cJSON_IsString(value))
        text_print(t, "%s", value->valuestring);
    else if (cJSON_IsNumber(value) && fabs(v) < 1e15 && v - floor(v) <= 0)
        text_print(t, "%.0f", v);
    else if (cJSON_IsNumber(value))
        text_print(t, "%s", number_text(v, number));
    else if (cJSON_IsBool(value))
        text_print(t, cJSON_IsTrue(value) ? "yes" : "no");
    else
        text_print(t, cJSON_IsNull(value) ? "none" : "...");
}

/* The kind, then "key value" of the other members that are no containers. */
static void put_object(struct text *t, const cJSON *object)
{
    const cJSON *kind = get(object, "kind");
    if (kind)
        put_value(t, kind);
    for (const cJSON *m = object->child; m; m = m->next) {
        if (m == kind || cJSON_IsObject(m) || cJSON_IsArray(m))
            continue;
        text_print(t, "%s%s ", t->length ? ", " : "", m->string);
        put_value(t, m);
    }
}

char *resolved_of_app(const char *json, const char *app, const char *key)
{
    cJSON *root = json ? cJSON_Parse(json) : NULL;
    const cJSON *member = get(get(get(root, "apps"), app), key);
    struct text t = {0};
    if (cJSON_IsObject(member))
        put_object(&t, member);
    else if (member)
        put_value(&t, member);
    char *text = t.length ? memory_text(text_of(&t), t.length) : NULL;
    text_free(&t);
    cJSON_Delete(root);
    return text;
}

/* --- several ---------------------------------------------------------------------------
 */

#define RESOLVED_DEPTH 32

static bool is_for_people(const char *key)
{
    static const char *const keys[] = {"about", "question", "name", "$schema"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

/* A value in a cell; the caller's to free. */
static char *cell_of(const cJSON *value)
{
    struct text t = {0};
    if (!value)
        return NULL;
    if (cJSON_IsObject(value) || cJSON_IsArray(value)) {
        char *json = cJSON_PrintUnformatted(value);
        text_print(&t, "%s", json ? json : "...");
        cJSON_free(json);
    } else {
        put_value(&t, value);
    }
    char *cell = memory_text(text_of(&t), t.length);
    text_free(&t);
    return cell;
}

static bool same_cells(char *const *cells, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (!cells[0] != !cells[i] || (cells[0] && strcmp(cells[0], cells[i]) != 0))
            return false;
    return true;
}

/* Adds the path if the values there differ. */
static void compare_values(struct resolved_differences *d, const char *path,
                           const cJSON *const *values)
{
    char **cells = memory_new(d->scenarios, sizeof *cells);
    for (uint32_t i = 0; i < d->scenarios; i++)
        cells[i] = cell_of(values[i]);
    if (!same_cells(cells, d->scenarios)) {
        d->at = memory_resize(d->at, d->count + 1u, sizeof *d->at);
        d->at[d->count++] =
            (struct resolved_difference){memory_text(path, strlen(path)), cells};
        return;
    }
    for (uint32_t i = 0; i < d->scenarios; i++)
        free(cells[i]);
    free(cells);
}

static bool all_objects(const cJSON *const *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!values[i] || !cJSON_IsObject(values[i]))
            return false;
    return true;
}

/* Whether an earlier one of the objects has the key, so that it was compared already. */
static bool was_met(const cJSON *const *values, uint32_t before, const char *key)
{
    for (uint32_t i = 0; i < before; i++)
        if (get(values[i], key))
            return true;
    return false;
}

static void compare_at(struct resolved_differences *d, const char *path,
                       const cJSON *const *values, unsigned depth)
{
    if (depth == RESOLVED_DEPTH || !all_objects(values, d->scenarios)) {
        compare_values(d, path, values);
        return;
    }
    const cJSON **members = memory_new(d->scenarios, sizeof(cJSON *));
    for (uint32_t i = 0; i < d->scenarios; i++)
        for (const cJSON *m = values[i]->child; m; m = m->next) {
            if ((depth == 0 && is_for_people(m->string)) || was_met(values, i, m->string))
                continue;
            for (uint32_t k = 0; k < d->scenarios; k++)
                members[k] = get(values[k], m->string);
            char *inner = memory_print("%s%s%s", path, depth ? "." : "", m->string);
            compare_at(d, inner, members, depth + 1);
            free(inner);
        }
    free(members);
}

struct resolved_differences resolved_compare(const char *const *jsons, uint32_t count)
{
    struct resolved_differences d = {.scenarios = count};
    cJSON **roots = memory_new(count, sizeof(cJSON *));
    for (uint32_t i = 0; i < count; i++)
        roots[i] = jsons[i] ? cJSON_Parse(jsons[i]) : NULL;
    if (all_objects((const cJSON *const *)roots, count))
        compare_at(&d, "", (const cJSON *const *)roots, 0);
    for (uint32_t i = 0; i < count; i++)
        cJSON_Delete(roots[i]);
    free(roots);
    return d;
}

void resolved_differences_free(struct resolved_differences *d)
{
    for (uint32_t i = 0; i < d->count; i++) {
        for (uint32_t k = 0; k < d->scenarios; k++)
            free(d->at[i].values[k]);
        free(d->at[i].values);
        free(d->at[i].path);
    }
    free(d->at);
    *d = (struct resolved_differences){0};
}
