/* Truth values and numbers: FIELD_BOOL, FIELD_U16, FIELD_U32, FIELD_U64, FIELD_REAL. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/schema.h"
#include "sim/scenario/types.h"
#include "sim/scenario/units.h"

/* 2^53: beyond, a JSON number is not exact. */
#define EXACT_MAX 9007199254740992.0

/* --- bool ------------------------------------------------------------------------- */

static bool read_bool(struct reader *r, const struct field *f, const struct spot *at,
                      void *out)
{
    (void)f;
    const cJSON *node = at->node;
    if (!cJSON_IsBool(node)) {
        const char *word = cJSON_IsString(node) ? node->valuestring : "";
        bool yes = (cJSON_IsNumber(node) && node->valuedouble == 1) ||
                   strcasecmp(word, "true") == 0 || strcasecmp(word, "yes") == 0;
        bool no = (cJSON_IsNumber(node) && node->valuedouble == 0) ||
                  strcasecmp(word, "false") == 0 || strcasecmp(word, "no") == 0;
        return reader_refuse(r, at,
                             yes  ? "true"
                             : no ? "false"
                                  : NULL,
                             "must be true or false");
    }
    *(bool *)out = cJSON_IsTrue(node);
    return true;
}

static void write_bool(struct writer *w, const struct field *f, const char *key,
                       const void *value, const cJSON *node)
{
    (void)f, (void)node;
    json_bool(w->json, key, *(const bool *)value);
}

static void schema_bool(struct schema *s, const struct field *f)
{
    (void)f;
    json_string(schema_json(s), "type", "boolean");
}

const struct type type_bool = {.name = "true or false",
                               .size = sizeof(bool),
                               .read = read_bool,
                               .write = write_bool,
                               .schema = schema_bool};

/* --- numbers ---------------------------------------------------------------------- */

/* A number at `at`; a string that holds one is a suggestion. */
static bool read_number(struct reader *r, const struct spot *at, const char *rule,
                        double *out)
{
    const cJSON *node = at->node;
    if (cJSON_IsNumber(node)) {
        *out = node->valuedouble;
        return true;
    }
    const char *text = cJSON_IsString(node) ? node->valuestring : "";
    size_t length = units_number(text);
    return reader_refuse(r, at, length && !text[length] ? text : NULL, rule);
}

static void schema_limits(struct schema *s, const struct field *f, double min, double max)
{
    json_number(schema_json(s), "minimum", field_limited(f) ? f->min : min);
    json_number(schema_json(s), "maximum", field_limited(f) ? f->max : max);
}

static bool read_whole(struct reader *r, const struct field *f, const struct spot *at,
                       double max, double *out)
{
    const struct field own = {.min = 0, .max = max};
    if (!read_number(r, at, "must be a whole number", out))
        return false;
    if (*out != floor(*out))
        return reader_refuse(r, at, NULL, "must be a whole number");
    return reader_within(r, field_limited(f) ? f : &own, at, *out);
}

static bool read_u16(struct reader *r, const struct field *f, const struct spot *at,
                     void *out)
{
    double number = 0;
    if (!read_whole(r, f, at, UINT16_MAX, &number))
        return false;
    *(uint16_t *)out = (uint16_t)number;
    return true;
}

static void write_u16(struct writer *w, const struct field *f, const char *key,
                      const void *value, const cJSON *node)
{
    (void)f, (void)node;
    json_unsigned(w->json, key, *(const uint16_t *)value);
}

static void schema_u16(struct schema *s, const struct field *f)
{
    json_string(schema_json(s), "type", "integer");
    schema_limits(s, f, 0, UINT16_MAX);
}

const struct type type_u16 = {.name = "whole number",
                              .size = sizeof(uint16_t),
                              .read = read_u16,
                              .write = write_u16,
                              .schema = schema_u16};

static bool read_u32(struct reader *r, const struct field *f, const struct spot *at,
                     void *out)
{
    double number = 0;
    if (!read_whole(r, f, at, UINT32_MAX, &number))
        return false;
    *(uint32_t *)out = (uint32_t)number;
    return true;
}

static void write_u32(struct writer *w, const struct field *f, const char *key,
                      const void *value, const cJSON *node)
{
    (void)f, (void)node;
    json_unsigned(w->json, key, *(const uint32_t *)value);
}

static void schema_u32(struct schema *s, const struct field *f)
{
    json_string(schema_json(s), "type", "integer");
    schema_limits(s, f, 0, UINT32_MAX);
}

const struct type type_u32 = {.name = "whole number",
                              .size = sizeof(uint32_t),
                              .read = read_u32,
                              .write = write_u32,
                              .schema = schema_u32};

/* --- u64: a number up to 2^53, or a string ---------------------------------------- */

#define U64_RULE "must be a whole number, beyond 2^53 as a string (\"123\" or \"0x7b\")"

static bool parse_u64(const char *text, uint64_t *out)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    size_t length = strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");
    if (length == 0 || digits[length])
        return false;
    errno = 0;
    *out = strtoull(digits, NULL, hex ? 16 : 10);
    return errno == 0;
}

static bool read_u64(struct reader *r, const struct field *f, const struct spot *at,
                     void *out)
{
    const cJSON *node = at->node;
    uint64_t value = 0;
    double number = cJSON_IsNumber(node) ? node->valuedouble : 0;
    bool fits = number >= 0 && number <= EXACT_MAX && number == floor(number);
    if (cJSON_IsNumber(node) && fits)
        value = (uint64_t)number;
    else if (!cJSON_IsString(node) || !parse_u64(node->valuestring, &value))
        return reader_refuse(r, at, NULL, U64_RULE);
    if (!reader_within(r, f, at, (double)value))
        return false;
    *(uint64_t *)out = value;
    return true;
}

static void write_u64(struct writer *w, const struct field *f, const char *key,
                      const void *value, const cJSON *node)
{
    (void)f, (void)node;
    json_u64(w->json, key, *(const uint64_t *)value);
}

static void schema_u64(struct schema *s, const struct field *f)
{
    struct json_text *json = schema_json(s);
    json_array_begin(json, "anyOf");
    json_object_begin(json, NULL);
    json_string(json, "type", "integer");
    schema_limits(s, f, 0, EXACT_MAX);
    json_object_end(json);
    json_object_begin(json, NULL);
    json_string(json, "type", "string");
    json_string(json, "pattern", "^([0-9]+|0[xX][0-9a-fA-F]+)$");
    json_object_end(json);
    json_array_end(json);
}

const struct type type_u64 = {.name = "whole number, or a string of one",
                              .size = sizeof(uint64_t),
                              .read = read_u64,
                              .write = write_u64,
                              .schema = schema_u64};

/* --- real ------------------------------------------------------------------------- */

static bool read_real(struct reader *r, const struct field *f, const struct spot *at,
                      void *out)
{
    double number = 0;
    if (!read_number(r, at, "must be a number", &number) ||
        !reader_within(r, f, at, number))
        return false;
    *(double *)out = number;
    return true;
}

static void write_real(struct writer *w, const struct field *f, const char *key,
                       const void *value, const cJSON *node)
{
    (void)f, (void)node;
    json_number(w->json, key, *(const double *)value);
}

static void schema_real(struct schema *s, const struct field *f)
{
    json_string(schema_json(s), "type", "number");
    if (field_limited(f))
        schema_limits(s, f, 0, 0);
}

const struct type type_real = {.name = "number",
                               .size = sizeof(double),
                               .read = read_real,
                               .write = write_real,
                               .schema = schema_real};
