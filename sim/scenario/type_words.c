/* Names, texts, choices, addresses and ranges of ports: FIELD_NAME, FIELD_TEXT,
 * FIELD_CHOICE, FIELD_ADDRESS, FIELD_RANGE. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/schema.h"
#include "sim/scenario/types.h"

#define TEXT_MAX ((size_t)65536)

/* --- names ------------------------------------------------------------------------ */

bool type_is_name(const char *text, size_t length)
{
    if (length == 0 || length >= FIELD_NAME_SIZE)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) &&
            text[i] != '_' && text[i] != '-')
            return false;
    return true;
}

void type_suggest_name(const char *text, char out[FIELD_NAME_SIZE])
{
    size_t length = strlen(text);
    if (length >= FIELD_NAME_SIZE)
        length = 0;
    for (size_t i = 0; i < length; i++) {
        char c = (char)tolower((unsigned char)text[i]);
        out[i] = type_is_name(&c, 1) ? c : '_';
    }
    out[length] = '\0';
}

static bool read_name(struct reader *r, const struct field *f, const struct spot *at,
                      void *out)
{
    (void)f;
    const char *text = cJSON_IsString(at->node) ? at->node->valuestring : "";
    char suggestion[FIELD_NAME_SIZE];
    type_suggest_name(text, suggestion);
    if (!type_is_name(text, strlen(text)))
        return reader_refuse_text(r, at, suggestion, TYPE_NAME_RULE);
    snprintf(out, FIELD_NAME_SIZE, "%s", text);
    return true;
}

static void write_name(struct writer *w, const struct field *f, const char *key,
                       const void *value, const cJSON *node)
{
    (void)f, (void)node;
    json_string(w->json, key, value);
}

static void schema_name(struct schema *s, const struct field *f)
{
    (void)f;
    json_string(schema_json(s), "type", "string");
    json_string(schema_json(s), "pattern", TYPE_NAME_PATTERN);
}

static bool absent_name(const void *value)
{
    return *(const char *)value == '\0';
}

const struct type type_name = {.name = "name",
                               .size = FIELD_NAME_SIZE,
                               .read = read_name,
                               .write = write_name,
                               .schema = schema_name,
                               .absent = absent_name};

/* --- texts ------------------------------------------------------------------------ */

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static bool read_text(struct reader *r, const struct field *f, const struct spot *at,
                      void *out)
{
    if (!cJSON_IsString(at->node))
        return reader_refuse(r, at, NULL, "must be a text");
    const char *text = at->node->valuestring;
    if (!reader_has_length(r, f, at, count_characters(text), TEXT_MAX, "characters"))
        return false;
    *(const char **)out = arena_text(r->keep, text, strlen(text));
    return true;
}

static void write_text(struct writer *w, const struct field *f, const char *key,
                       const void *value, const cJSON *node)
{
    (void)f, (void)node;
    json_string(w->json, key, *(const char *const *)value);
}

static void schema_text(struct schema *s, const struct field *f)
{
    json_string(schema_json(s), "type", "string");
    schema_lengths(s, f, TEXT_MAX, "minLength", "maxLength");
}

static bool absent_text(const void *value)
{
    return !*(const char *const *)value;
}

const struct type type_text = {.name = "text",
                               .size = sizeof(const char *),
                               .read = read_text,
                               .write = write_text,
                               .schema = schema_text,
                               .absent = absent_text};

/* --- choices ---------------------------------------------------------------------- */

static const char *choice_word(const void *field, uint32_t index)
{
    return ((const struct field *)field)->choices(index);
}

static bool read_choice(struct reader *r, const struct field *f, const struct spot *at,
                        void *out)
{
    const char *word = cJSON_IsString(at->node) ? at->node->valuestring : "";
    for (uint32_t i = 0; f->choices(i); i++) {
        if (strcmp(f->choices(i), word) == 0) {
            *(uint32_t *)out = i;
            return true;
        }
    }
    return reader_refuse_word(r, at, choice_word, f);
}

static void write_choice(struct writer *w, const struct field *f, const char *key,
                         const void *value, const cJSON *node)
{
    (void)node;
    json_string(w->json, key, f->choices(*(const uint32_t *)value));
}

static void schema_choice(struct schema *s, const struct field *f)
{
    struct json_text *json = schema_json(s);
    json_array_begin_flat(json, "enum");
    for (uint32_t i = 0; f->choices(i); i++)
        json_string(json, NULL, f->choices(i));
    json_array_end(json);
}

const struct type type_choice = {.name = "word",
                                 .size = sizeof(uint32_t),
                                 .read = read_choice,
                                 .write = write_choice,
                                 .schema = schema_choice};

/* --- addresses -------------------------------------------------------------------- */

static bool read_address(struct reader *r, const struct field *f, const struct spot *at,
                         void *out)
{
    (void)f;
    struct ip_address address;
    if (!cJSON_IsString(at->node) || !ip_address_parse(at->node->valuestring, &address))
        return reader_refuse(r, at, NULL,
                             "must be an IP address (\"10.0.0.1\" or \"2001:db8::1\")");
    *(struct ip_address *)out = address;
    return true;
}

static void write_address(struct writer *w, const struct field *f, const char *key,
                          const void *value, const cJSON *node)
{
    (void)f, (void)node;
    char text[IP_ADDRESS_TEXT];
    json_string(w->json, key, ip_address_text(value, text));
}

static void schema_address(struct schema *s, const struct field *f)
{
    (void)f;
    struct json_text *json = schema_json(s);
    json_string(json, "type", "string");
    json_string(json, "pattern",
                "^([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$");
}

static bool absent_address(const void *value)
{
    return ((const struct ip_address *)value)->family == 0;
}

const struct type type_address = {.name = "IP address",
                                  .size = sizeof(struct ip_address),
                                  .read = read_address,
                                  .write = write_address,
                                  .schema = schema_address,
                                  .absent = absent_address};

/* --- ranges of ports -------------------------------------------------------------- */

static const struct field any_port = {.min = 0, .max = UINT16_MAX};

static bool read_port(struct reader *r, const struct field *f, const struct spot *at,
                      uint16_t *out)
{
    const cJSON *node = at->node;
    if (!cJSON_IsNumber(node) || node->valuedouble != floor(node->valuedouble))
        return reader_refuse(r, at, NULL, "must be a port number");
    if (!reader_within(r, field_limited(f) ? f : &any_port, at, node->valuedouble))
        return false;
    *out = (uint16_t)node->valuedouble;
    return true;
}

static bool read_range(struct reader *r, const struct field *f, const struct spot *at,
                       void *out)
{
    const cJSON *low = at->node->child;
    if (!cJSON_IsArray(at->node) || !low || !low->next || low->next->next)
        return reader_refuse(r, at, NULL, "must be a range [low, high] of ports");
    struct field_range range = {0, 0};
    bool right = read_port(r, f, reader_below(r, at, NULL, 0, low, NULL), &range.low);
    right &= read_port(r, f, reader_below(r, at, NULL, 1, low->next, NULL), &range.high);
    if (!right)
        return false;
    if (range.low > range.high) {
        char swapped[32];
        snprintf(swapped, sizeof swapped, "[%u, %u]", range.high, range.low);
        return reader_complain(r, at, swapped, "must have its low end first, is [%u, %u]",
                               range.low, range.high);
    }
    *(struct field_range *)out = range;
    return true;
}

static void write_range(struct writer *w, const struct field *f, const char *key,
                        const void *value, const cJSON *node)
{
    (void)f, (void)node;
    const struct field_range *range = value;
    json_array_begin_flat(w->json, key);
    json_unsigned(w->json, NULL, range->low);
    json_unsigned(w->json, NULL, range->high);
    json_array_end(w->json);
}

static void schema_range(struct schema *s, const struct field *f)
{
    struct json_text *json = schema_json(s);
    const struct field *port = field_limited(f) ? f : &any_port;
    json_string(json, "type", "array");
    json_object_begin_flat(json, "items");
    json_string(json, "type", "integer");
    json_number(json, "minimum", port->min);
    json_number(json, "maximum", port->max);
    json_object_end(json);
    json_integer(json, "minItems", 2);
    json_integer(json, "maxItems", 2);
}

const struct type type_range = {.name = "range [low, high] of ports",
                                .size = sizeof(struct field_range),
                                .read = read_range,
                                .write = write_range,
                                .schema = schema_range};
