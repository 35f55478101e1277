#include "sim/base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

static void append(struct json_text *j, const char *bytes, size_t length)
{
    if (j->length + length + 1 > j->capacity) {
        j->capacity = memory_grown(j->capacity, j->length + length + 1);
        j->bytes = memory_resize(j->bytes, j->capacity, 1);
    }
    memcpy(j->bytes + j->length, bytes, length);
    j->length += length;
    j->bytes[j->length] = '\0';
}

static void append_text(struct json_text *j, const char *text)
{
    append(j, text, strlen(text));
}

static void append_escaped(struct json_text *j, const char *text)
{
    static const char shorthand[] = "\bb\tt\nn\ff\rr\"\"\\\\";
    append(j, "\"", 1);
    for (const char *p = text, *end = text + strlen(text); *p;) {
        const char *pair = NULL;
        for (const char *s = shorthand; *s && !pair; s += 2)
            if (*p == s[0])
                pair = s;
        char escape[8];
        uint32_t code;
        size_t length = utf8_decode(p, end, &code);
        if (pair) {
            snprintf(escape, sizeof escape, "\\%c", pair[1]);
            append_text(j, escape);
        } else if (code < 0x20 || code == 0x7F) {
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)code);
            append_text(j, escape);
        } else if (length == 0) {
            append_text(j, "\xEF\xBF\xBD");
        } else {
            append(j, p, length);
        }
        p += length ? length : 1;
    }
    append(j, "\"", 1);
}

static void new_line(struct json_text *j)
{
    append(j, "\n", 1);
    for (unsigned i = 0; i < j->depth; i++)
        append(j, "  ", 2);
}

/* What stands before a value: comma, line break, key. */
static void lead(struct json_text *j, const char *key)
{
    if (j->depth == 0)
        return;
    unsigned at = j->depth - 1;
    SIM_ASSERT(j->array[at] == (key == NULL));
    if (j->filled[at])
        append(j, ",", 1);
    if (!j->flat[at])
        new_line(j);
    else if (j->filled[at] || !j->array[at])
        append(j, " ", 1);
    j->filled[at] = true;
    if (key) {
        append_escaped(j, key);
        append(j, ": ", 2);
    }
}

static void begin(struct json_text *j, const char *key, bool array, bool flat)
{
    lead(j, key);
    SIM_ASSERT(j->depth < JSON_DEPTH);
    append(j, array ? "[" : "{", 1);
    bool parent_flat = j->depth && j->flat[j->depth - 1];
    j->filled[j->depth] = false;
    j->array[j->depth] = array;
    j->flat[j->depth] = flat || parent_flat;
    j->depth++;
}

static void end(struct json_text *j, bool array)
{
    SIM_ASSERT(j->depth > 0 && j->array[j->depth - 1] == array);
    j->depth--;
    if (j->filled[j->depth] && !j->flat[j->depth])
        new_line(j);
    else if (j->filled[j->depth] && !array)
        append(j, " ", 1);
    append(j, array ? "]" : "}", 1);
    if (j->depth == 0)
        append(j, "\n", 1);
}

void json_object_begin(struct json_text *j, const char *key)
{
    begin(j, key, false, false);
}

void json_object_end(struct json_text *j)
{
    end(j, false);
}

void json_array_begin(struct json_text *j, const char *key)
{
    begin(j, key, true, false);
}

void json_array_end(struct json_text *j)
{
    end(j, true);
}

void json_object_begin_flat(struct json_text *j, const char *key)
{
    begin(j, key, false, true);
}

void json_array_begin_flat(struct json_text *j, const char *key)
{
    begin(j, key, true, true);
}

void json_string(struct json_text *j, const char *key, const char *text)
{
    if (!text) {
        json_null(j, key);
        return;
    }
    lead(j, key);
    append_escaped(j, text);
}

const char *number_text(double value, char out[NUMBER_TEXT])
{
    out[0] = '\0';
    if (!isfinite(value))
        return out;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, NUMBER_TEXT, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    return out;
}

void json_number(struct json_text *j, const char *key, double value)
{
    char text[NUMBER_TEXT];
    lead(j, key);
    append_text(j, isfinite(value) ? number_text(value, text) : "null");
}

void json_integer(struct json_text *j, const char *key, int64_t value)
{
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, "%" PRId64, value);
    lead(j, key);
    append_text(j, text);
}

void json_unsigned(struct json_text *j, const char *key, uint64_t value)
{
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, "%" PRIu64, value);
    lead(j, key);
    append_text(j, text);
}

void json_u64(struct json_text *j, const char *key, uint64_t value)
{
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, "%" PRIu64, value);
    if (value <= (uint64_t)1 << 53)
        json_unsigned(j, key, value);
    else
        json_string(j, key, text);
}

void json_bool(struct json_text *j, const char *key, bool value)
{
    lead(j, key);
    append_text(j, value ? "true" : "false");
}

void json_null(struct json_text *j, const char *key)
{
    lead(j, key);
    append_text(j, "null");
}

void json_free(struct json_text *j)
{
    free(j->bytes);
    *j = (struct json_text){0};
}
