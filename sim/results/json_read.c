#include "sim/results/json_read.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The deepest file of a run directory has 4. */
#define DEPTH_MAX 16

/* The largest whole number that a double holds with all its neighbours. */
#define EXACT_MAX 9007199254740992.0

/* cJSON recurses up to 1000 deep; our files never need that. */
static bool shallow(const char *json)
{
    unsigned depth = 0;
    bool quoted = false;
    for (const char *p = json; *p; p++) {
        if (quoted && *p == '\\' && p[1])
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (!quoted && (*p == '{' || *p == '['))
            depth++;
        else if (!quoted && (*p == '}' || *p == ']'))
            depth--;
        if (depth > DEPTH_MAX)
            return false;
    }
    return true;
}

cJSON *json_read_file(const struct safe_directory *d, const char *name,
                      struct results_error *error)
{
    size_t length;
    char *json = safe_file_read(d, name, JSON_READ_MAX, &length, error);
    if (!json)
        return NULL;
    cJSON *tree = NULL;
    if (strlen(json) == length && shallow(json))
        tree = cJSON_ParseWithLengthOpts(json, length + 1, NULL, 1);
    free(json);
    if (cJSON_IsObject(tree))
        return tree;
    cJSON_Delete(tree);
    results_fail(error, 0, "%s/%s is damaged: it is not a JSON object", d->path, name);
    return NULL;
}

void json_complain(struct json_source *s, const char *key, const char *complaint)
{
    if (!s->failed)
        results_fail(s->error, 0, "%s is damaged: \"%s\" %s", s->path, key, complaint);
    s->failed = true;
}

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *json_get_text(struct json_source *s, const cJSON *object, const char *key)
{
    const cJSON *item = member(object, key);
    if (cJSON_IsString(item))
        return item->valuestring;
    json_complain(s, key, "is not a text");
    return "";
}

uint64_t json_get_count(struct json_source *s, const cJSON *object, const char *key)
{
    const cJSON *item = member(object, key);
    double value = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (value >= 0 && value <= EXACT_MAX && value == floor(value))
        return (uint64_t)value;
    json_complain(s, key, "is not a whole number");
    return 0;
}

uint64_t json_get_u64(struct json_source *s, const cJSON *object, const char *key)
{
    const cJSON *item = member(object, key);
    if (!cJSON_IsString(item))
        return json_get_count(s, object, key);
    char *end;
    errno = 0;
    uint64_t value = strtoull(item->valuestring, &end, 10);
    if (!errno && *end == '\0' && isdigit((unsigned char)item->valuestring[0]))
        return value;
    json_complain(s, key, "is not a whole number");
    return 0;
}

double json_get_number(struct json_source *s, const cJSON *object, const char *key)
{
    const cJSON *item = member(object, key);
    if (cJSON_IsNull(item))
        return (double)NAN;
    if (cJSON_IsNumber(item) && isfinite(item->valuedouble))
        return item->valuedouble;
    json_complain(s, key, "is neither a number nor null");
    return (double)NAN;
}

bool json_get_bool(struct json_source *s, const cJSON *object, const char *key)
{
    const cJSON *item = member(object, key);
    if (!cJSON_IsBool(item))
        json_complain(s, key, "is neither true nor false");
    return cJSON_IsTrue(item);
}

const cJSON *json_get_object(struct json_source *s, const cJSON *object, const char *key)
{
    const cJSON *item = member(object, key);
    if (cJSON_IsObject(item))
        return item;
    json_complain(s, key, "is not an object");
    return NULL;
}

const cJSON *json_get_array(struct json_source *s, const cJSON *object, const char *key)
{
    const cJSON *item = member(object, key);
    if (cJSON_IsArray(item))
        return item;
    json_complain(s, key, "is not an array");
    return NULL;
}

const cJSON *json_first(const cJSON *container)
{
    return container ? container->child : NULL;
}
