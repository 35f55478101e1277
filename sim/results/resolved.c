#include "sim/results/resolved.h"

#include <cjson/cJSON.h>
#include <math.h>
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
