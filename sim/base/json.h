/* Writes JSON into a text in memory: two spaces an indent, keys in the order given.
 *
 * The one place where numbers become text: the shortest decimal that reads back as the
 * same double, always with a decimal point, whatever the locale; NaN and infinities
 * become null. Strings are escaped for RFC 8259; bytes that are not UTF-8 become U+FFFD.
 *
 * `key` is NULL inside arrays and for the outermost value.  Misnesting is a bug.
 */
#ifndef SIM_BASE_JSON_H
#define SIM_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH 64

/* {0} is an empty text. */
struct json_text {
    char *bytes; /* zero-terminated once something was written */
    size_t length;
    size_t capacity;
    unsigned depth;
    bool filled[JSON_DEPTH]; /* the container at this depth has a member */
    bool array[JSON_DEPTH];
    bool flat[JSON_DEPTH]; /* written on one line */
};

void json_object_begin(struct json_text *j, const char *key);
void json_object_end(struct json_text *j);
void json_array_begin(struct json_text *j, const char *key);
void json_array_end(struct json_text *j);

/* The container opened next, and all inside it, stands on one line. */
void json_object_begin_flat(struct json_text *j, const char *key);
void json_array_begin_flat(struct json_text *j, const char *key);

void json_string(struct json_text *j, const char *key, const char *text); /* NULL: null */
void json_number(struct json_text *j, const char *key, double value);
void json_integer(struct json_text *j, const char *key, int64_t value);
void json_unsigned(struct json_text *j, const char *key, uint64_t value);
void json_u64(struct json_text *j, const char *key,
              uint64_t value); /* beyond 2^53, where doubles round, as a string */
void json_bool(struct json_text *j, const char *key, bool value);
void json_null(struct json_text *j, const char *key);

void json_free(struct json_text *j);

#define NUMBER_TEXT 32

/* The number formatter by itself, for CSV: "" for NaN and infinities. */
const char *number_text(double value, char out[NUMBER_TEXT]);

#endif
