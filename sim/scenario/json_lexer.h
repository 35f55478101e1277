/* The words of a JSON text: strings, numbers, true, false, null; and where they stand.
 *
 * A part of json_scan.h, which holds the grammar of containers.  Functions that return
 * false have complained, and the scan cannot go on; what can be passed over (a byte that
 * is not UTF-8, half a surrogate pair) is complained of and passed over.
 */
#ifndef SIM_SCENARIO_JSON_LEXER_H
#define SIM_SCENARIO_JSON_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/scenario/issues.h"
#include "sim/scenario/json_scan.h"

/* A container that is open, and which of its values is under way. */
struct lexer_level {
    bool array;
    uint32_t index;  /* array */
    const char *key; /* object; NULL before the first */
};

struct json_lexer {
    const char *at, *end; /* what is next */
    const char *mark;     /* up to here `place` is counted */
    struct place place;
    struct lexer_level levels[JSON_SCAN_DEPTH];
    unsigned depth;
    char *text; /* of the last string, escapes resolved, zero-terminated; owned */
    size_t text_length, text_capacity;
    struct issues *issues;
};

void lexer_init(struct json_lexer *lexer, const char *text, size_t length,
                uint32_t source, struct issues *issues);
void lexer_release(struct json_lexer *lexer);

/* The place of what is next. */
struct place lexer_place(struct json_lexer *lexer);

void lexer_skip_space(struct json_lexer *lexer);

/* The next character, 0 at the end. */
char lexer_peek(const struct json_lexer *lexer);

/* Each begins at what is next, which decides which of them is called: '"', a digit or
 * '-', a letter. */
bool lexer_string(struct json_lexer *lexer);
bool lexer_number(struct json_lexer *lexer);
bool lexer_word(struct json_lexer *lexer);

/* Complains at what is next, or at a place.  lexer_expect says "expected <what>, found
 * ...".  The last two return false. */
void lexer_complain(struct json_lexer *lexer, const char *suggestion, const char *rule);
void lexer_complain_at(struct json_lexer *lexer, struct place place,
                       const char *suggestion, const char *rule);
bool lexer_stop(struct json_lexer *lexer, const char *suggestion, const char *rule);
bool lexer_expect(struct json_lexer *lexer, const char *what);

#endif
