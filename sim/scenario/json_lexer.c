#include "sim/scenario/json_lexer.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/utf8.h"
#include "sim/scenario/path.h"

/* The largest whole number that a double holds together with its neighbours: 2^53. */
#define EXACT_DIGITS "9007199254740992"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

void lexer_init(struct json_lexer *lexer, const char *text, size_t length,
                uint32_t source, struct issues *issues)
{
    *lexer = (struct json_lexer){.at = text,
                                 .end = text + length,
                                 .mark = text,
                                 .place = {source, 1, 1},
                                 .issues = issues};
}

void lexer_release(struct json_lexer *lexer)
{
    free(lexer->text);
}

struct place lexer_place(struct json_lexer *lexer)
{
    for (; lexer->mark < lexer->at; lexer->mark++) {
        if (*lexer->mark == '\n') {
            lexer->place.line++;
            lexer->place.column = 1;
        } else if (((unsigned char)*lexer->mark & 0xC0) != 0x80) {
            lexer->place.column++;
        }
    }
    return lexer->place;
}

void lexer_skip_space(struct json_lexer *lexer)
{
    while (lexer->at < lexer->end && memchr(" \t\r\n", *lexer->at, 4))
        lexer->at++;
}

char lexer_peek(const struct json_lexer *lexer)
{
    return lexer->at < lexer->end ? *lexer->at : '\0';
}

/* --- complaints ------------------------------------------------------------------- */

void lexer_complain_at(struct json_lexer *lexer, struct place place,
                       const char *suggestion, const char *rule)
{
    struct path_text path = {0};
    for (unsigned i = 0; i < lexer->depth && issues_wanted(lexer->issues); i++) {
        if (lexer->levels[i].array)
            path_add_index(&path, lexer->levels[i].index);
        else if (lexer->levels[i].key)
            path_add_key(&path, lexer->levels[i].key);
    }
    issues_add(lexer->issues, place, path.bytes, suggestion, "%s", rule);
}

void lexer_complain(struct json_lexer *lexer, const char *suggestion, const char *rule)
{
    lexer_complain_at(lexer, lexer_place(lexer), suggestion, rule);
}

bool lexer_stop(struct json_lexer *lexer, const char *suggestion, const char *rule)
{
    lexer_complain(lexer, suggestion, rule);
    return false;
}

bool lexer_expect(struct json_lexer *lexer, const char *what)
{
    char found[32] = "the end of the text", message[160];
    if (lexer->at < lexer->end) {
        uint32_t code;
        size_t length = utf8_decode(lexer->at, lexer->end, &code);
        if (length == 0 || utf8_unsafe(code))
            snprintf(found, sizeof found, "byte 0x%02X", (unsigned char)*lexer->at);
        else if (code < 0x80)
            snprintf(found, sizeof found, "'%c'", *lexer->at);
        else
            snprintf(found, sizeof found, "'%.*s' (U+%04X)", (int)length, lexer->at,
                     (unsigned)code);
    }
    snprintf(message, sizeof message, "expected %s, found %s", what, found);
    return lexer_stop(lexer, NULL, message);
}

/* --- strings ---------------------------------------------------------------------- */

/* Four hexadecimal digits at `p`; false if they are not. */
static bool read_hex(const struct json_lexer *lexer, const char *p, uint32_t *code)
{
    *code = 0;
    if (lexer->end - p < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        if (!isxdigit((unsigned char)p[i]))
            return false;
        int digit = p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10;
        *code = *code << 4 | (uint32_t)digit;
    }
    return true;
}

static bool surrogate(uint32_t code, uint32_t first)
{
    return code >= first && code <= first + 0x3FF;
}

/* \uXXXX, perhaps a pair.  What cannot be kept becomes '?'. */
static bool read_unicode(struct json_lexer *lexer, uint32_t *code)
{
    const char *next = lexer->at + 6;
    uint32_t low;
    if (!read_hex(lexer, lexer->at + 2, code))
        return lexer_stop(lexer, NULL, "\\u needs four hexadecimal digits");
    if (surrogate(*code, 0xD800) && lexer->end - next >= 6 && next[0] == '\\' &&
        next[1] == 'u' && read_hex(lexer, next + 2, &low) && surrogate(low, 0xDC00)) {
        *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
        next += 6;
    } else if (surrogate(*code, 0xD800) || surrogate(*code, 0xDC00)) {
        lexer_complain(lexer, NULL, "half of a surrogate pair stands alone");
        *code = '?';
    } else if (*code == 0) {
        lexer_complain(lexer, NULL, "a text must not contain \\u0000");
        *code = '?';
    }
    lexer->at = next;
    return true;
}

static bool read_escape(struct json_lexer *lexer, uint32_t *code)
{
    static const char pairs[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    char letter = lexer->end - lexer->at > 1 ? lexer->at[1] : '\0';
    if (letter == 'u')
        return read_unicode(lexer, code);
    for (const char *pair = pairs; *pair; pair += 2) {
        if (letter != pair[0])
            continue;
        *code = (uint32_t)pair[1];
        lexer->at += 2;
        return true;
    }
    return lexer_stop(lexer, NULL,
                      "a backslash must be followed by one of \" \\ / b f n r t u");
}

static bool read_character(struct json_lexer *lexer, uint32_t *code)
{
    if (*lexer->at == '\\')
        return read_escape(lexer, code);
    size_t length = utf8_decode(lexer->at, lexer->end, code);
    const char *refused = NULL;
    if (length == 0)
        refused = "a byte that is not UTF-8";
    else if (*code < 0x20)
        refused = "a control character (a line end, a tab) must be written as an escape";
    if (refused) {
        lexer_complain(lexer, NULL, refused);
        *code = '?';
    }
    lexer->at += length ? length : 1;
    return true;
}

/* Room for one more character and the terminating zero. */
static char *text_end(struct json_lexer *lexer)
{
    if (lexer->text_capacity < lexer->text_length + 5) {
        lexer->text_capacity = memory_grown(lexer->text_capacity, lexer->text_length + 5);
        lexer->text = memory_resize(lexer->text, lexer->text_capacity, 1);
    }
    return lexer->text + lexer->text_length;
}

bool lexer_string(struct json_lexer *lexer)
{
    struct place opened = lexer_place(lexer);
    lexer->text_length = 0;
    lexer->at++;
    while (lexer->at < lexer->end && *lexer->at != '"') {
        uint32_t code;
        if (!read_character(lexer, &code))
            return false;
        lexer->text_length += utf8_encode(code, text_end(lexer));
    }
    *text_end(lexer) = '\0';
    if (lexer->at == lexer->end) {
        lexer_complain_at(lexer, opened, NULL, "a string without closing quote");
        return false;
    }
    lexer->at++;
    return true;
}

/* --- numbers and words ------------------------------------------------------------ */

static const char *skip_digits(const struct json_lexer *lexer, const char *p)
{
    while (p < lexer->end && isdigit((unsigned char)*p))
        p++;
    return p;
}

/* What the number at the lexer lacks; NULL if nothing.  Sets where it ends and whether it
 * has neither point nor exponent. */
static const char *number_fault(const struct json_lexer *lexer, const char **end,
                                bool *whole)
{
    const char *begin = lexer->at + (*lexer->at == '-');
    const char *p = skip_digits(lexer, begin);
    if (p == begin)
        return "a number needs a digit after \"-\"";
    if (p - begin > 1 && *begin == '0')
        return "a number must not begin with a needless 0";
    const char *point = p;
    if (p < lexer->end && *p == '.') {
        p = skip_digits(lexer, p + 1);
        if (p == point + 1)
            return "a number needs a digit after the point";
    }
    if (p < lexer->end && (*p == 'e' || *p == 'E')) {
        const char *digits = p + 1;
        digits += digits < lexer->end && (*digits == '+' || *digits == '-');
        p = skip_digits(lexer, digits);
        if (p == digits)
            return "a number needs a digit in its exponent";
    }
    *whole = p == point;
    *end = p;
    return NULL;
}

/* A whole number that a double cannot hold exactly. */
static bool beyond_exact(const char *digits, size_t length)
{
    size_t exact = sizeof EXACT_DIGITS - 1;
    return length > exact || (length == exact && memcmp(digits, EXACT_DIGITS, exact) > 0);
}

bool lexer_number(struct json_lexer *lexer)
{
    bool whole;
    const char *end;
    const char *fault = number_fault(lexer, &end, &whole);
    if (fault)
        return lexer_stop(lexer, NULL, fault);
    size_t length = (size_t)(end - lexer->at);
    size_t sign = *lexer->at == '-';
    if (length > JSON_SCAN_NUMBER)
        return lexer_stop(lexer, NULL, "a number of more characters than anyone needs");
    if (whole && beyond_exact(lexer->at + sign, length - sign)) {
        char text[JSON_SCAN_NUMBER + 3];
        snprintf(text, sizeof text, "\"%.*s\"", (int)length, lexer->at);
        lexer_complain(lexer, text,
                       "a whole number beyond 2^53 must be written as a string");
    } else if (!isfinite(strtod(lexer->at, NULL))) {
        lexer_complain(lexer, NULL, "a number too large to be kept");
    }
    lexer->at = end;
    return true;
}

static const char *const words[] = {"true", "false", "null"};

/* A word that is none of the three: a guess at what was meant. */
static bool refuse_word(struct json_lexer *lexer, size_t length)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (length == strlen(words[i]) && strncasecmp(lexer->at, words[i], length) == 0)
            return lexer_stop(lexer, words[i],
                              "true, false and null are written in small letters");
    char quoted[48];
    snprintf(quoted, sizeof quoted, "\"%.*s\"", length < 40 ? (int)length : 40,
             lexer->at);
    return lexer_stop(lexer, quoted, "a text must stand in double quotes");
}

bool lexer_word(struct json_lexer *lexer)
{
    const char *p = lexer->at;
    while (p < lexer->end && (isalnum((unsigned char)*p) || *p == '_' || *p == '-'))
        p++;
    size_t length = (size_t)(p - lexer->at);
    for (size_t i = 0; i < COUNT(words); i++) {
        if (length == strlen(words[i]) && memcmp(lexer->at, words[i], length) == 0) {
            lexer->at = p;
            return true;
        }
    }
    return refuse_word(lexer, length);
}
