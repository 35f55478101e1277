#include "sim/results/baseline.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/results/json_read.h"
#include "sim/results/safe_file.h"

#define FORMAT "portsim baseline 1"

/* --- its place ---------------------------------------------------------------------- */

bool baseline_place(const char *path, struct results_error *error)
{
    struct safe_directory d = {.handle = -1};
    const char *name;
    bool there = safe_directory_of(&d, path, &name, error);
    safe_directory_close(&d);
    return there;
}

/* --- writing ------------------------------------------------------------------------ */

/* Bit for bit, so that null is like null. */
static bool same(double a, double b)
{
    uint64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return x == y;
}

static bool never_varies(const struct baseline_metric *m, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (!same(m->values[i], m->values[0]))
            return false;
    return count > 0;
}

static void write_metric(struct json_text *j, const struct baseline_metric *m,
                         uint32_t count)
{
    json_object_begin_flat(j, m->name);
    json_string(j, "unit", m->unit);
    if (never_varies(m, count)) {
        json_number(j, "always", m->values[0]);
    } else {
        json_array_begin(j, "values");
        for (uint32_t i = 0; i < count; i++)
            json_number(j, NULL, m->values[i]);
        json_array_end(j);
    }
    json_object_end(j);
}

static void write_case(struct json_text *j, const struct baseline_case *c)
{
    char text[32];
    json_object_begin(j, c->name);
    json_string(j, "key", c->key);
    snprintf(text, sizeof text, "%" PRIu64, c->seed);
    json_string(j, "seed", text);
    json_array_begin_flat(j, "fingerprints");
    for (uint32_t i = 0; i < c->run_count; i++) {
        snprintf(text, sizeof text, "%016" PRIx64, c->fingerprints[i]);
        json_string(j, NULL, text);
    }
    json_array_end(j);
    json_object_begin(j, "metrics");
    for (uint32_t i = 0; i < c->metric_count; i++)
        write_metric(j, &c->metrics[i], c->run_count);
    json_object_end(j);
    json_object_end(j);
}

bool baseline_write(const char *path, const struct baseline *b,
                    struct results_error *error)
{
    struct safe_directory d = {.handle = -1};
    const char *name;
    if (!safe_directory_of(&d, path, &name, error))
        return false;
    struct json_text j = {0};
    json_object_begin(&j, NULL);
    json_string(&j, "format", FORMAT);
    json_string(&j, "portsim", PORTSIM_VERSION);
    json_object_begin(&j, "cases");
    for (uint32_t i = 0; i < b->case_count; i++)
        write_case(&j, &b->cases[i]);
    json_object_end(&j);
    json_object_end(&j);
    bool written = safe_file_write(&d, name, j.bytes, j.length, error);
    json_free(&j);
    safe_directory_close(&d);
    return written;
}

/* --- reading ------------------------------------------------------------------------ */

static char *copy(const char *text)
{
    return memory_text(text, strlen(text));
}

static double read_value(struct json_source *s, const cJSON *item, const char *key)
{
    if (item && cJSON_IsNumber(item) && isfinite(item->valuedouble))
        return item->valuedouble;
    if (!cJSON_IsNull(item))
        json_complain(s, key, "is neither a number nor null");
    return (double)NAN;
}

static void read_metric(struct json_source *s, const cJSON *item, uint32_t count,
                        struct baseline_metric *out)
{
    const char *name = item->string;
    *out = (struct baseline_metric){.name = copy(name),
                                    .unit = copy(json_get_text(s, item, "unit")),
                                    .values = memory_new(count, sizeof(double))};
    const cJSON *always = cJSON_GetObjectItemCaseSensitive(item, "always");
    const cJSON *each = always ? NULL : json_first(json_get_array(s, item, "values"));
    for (uint32_t i = 0; i < count && !s->failed; i++) {
        out->values[i] = read_value(s, always ? always : each, name);
        each = each ? each->next : NULL;
    }
    if (each)
        json_complain(s, name, "has more values than there are runs");
}

static uint64_t read_fingerprint(struct json_source *s, const cJSON *item)
{
    char *end = NULL;
    const char *text = cJSON_IsString(item) ? item->valuestring : "";
    uint64_t value = strtoull(text, &end, 16);
    if (strlen(text) != 16 || *end)
        json_complain(s, "fingerprints", "are not 16 hexadecimal digits each");
    return value;
}

static uint32_t members(const cJSON *container)
{
    uint32_t count = 0;
    for (const cJSON *item = json_first(container); item; item = item->next)
        count++;
    return count;
}

static void read_case(struct json_source *s, const cJSON *item, struct baseline_case *out)
{
    const cJSON *fingerprints = json_get_array(s, item, "fingerprints");
    const cJSON *metrics = json_get_object(s, item, "metrics");
    *out = (struct baseline_case){
        .name = copy(item->string),
        .key = copy(json_get_text(s, item, "key")),
        .seed = json_get_u64(s, item, "seed"),
        .run_count = members(fingerprints),
    };
    out->fingerprints = memory_new(out->run_count, sizeof *out->fingerprints);
    out->metrics = memory_new(members(metrics), sizeof *out->metrics);
    uint32_t run = 0;
    for (const cJSON *f = json_first(fingerprints); f; f = f->next)
        out->fingerprints[run++] = read_fingerprint(s, f);
    for (const cJSON *m = json_first(metrics); m; m = m->next)
        read_metric(s, m, out->run_count, &out->metrics[out->metric_count++]);
}

static struct baseline *read_tree(struct json_source *s, const cJSON *tree)
{
    struct baseline *b = memory_new(1, sizeof *b);
    b->version = copy(json_get_text(s, tree, "portsim"));
    if (strcmp(json_get_text(s, tree, "format"), FORMAT) != 0)
        json_complain(s, "format", "is not \"" FORMAT "\"");
    const cJSON *cases = s->failed ? NULL : json_get_object(s, tree, "cases");
    b->cases = memory_new(members(cases), sizeof *b->cases);
    for (const cJSON *c = json_first(cases); c; c = c->next)
        read_case(s, c, &b->cases[b->case_count++]);
    return b;
}

struct baseline *baseline_read(const char *path, struct results_error *error)
{
    struct safe_directory d = {.handle = -1};
    const char *name;
    if (!safe_directory_of(&d, path, &name, error))
        return NULL;
    struct baseline *b = NULL;
    struct json_source s = {.path = path, .error = error};
    cJSON *tree = json_read_file(&d, name, error);
    if (tree)
        b = read_tree(&s, tree);
    cJSON_Delete(tree);
    safe_directory_close(&d);
    if (!s.failed)
        return b;
    baseline_free(b);
    return NULL;
}

void baseline_free(struct baseline *b)
{
    for (uint32_t i = 0; b && i < b->case_count; i++) {
        struct baseline_case *c = &b->cases[i];
        for (uint32_t k = 0; k < c->metric_count; k++) {
            free(c->metrics[k].name);
            free(c->metrics[k].unit);
            free(c->metrics[k].values);
        }
        free(c->name);
        free(c->key);
        free(c->fingerprints);
        free(c->metrics);
    }
    if (b) {
        free(b->cases);
        free(b->version);
    }
    free(b);
}
