#include "sim/scenario/json_scan.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/arena.h"
#include "sim/scenario/json_lexer.h"

struct key {
    const char *text; /* escapes resolved */
    struct place place;
};

struct scan {
    struct json_lexer lexer;
    struct key *keys; /* of all open objects, innermost last */
    size_t key_count, key_capacity;
    struct arena texts; /* of the keys */
    struct json_positions *positions;
};

static bool scan_value(struct scan *s, struct place key);

/* --- containers ------------------------------------------------------------------- */

static bool open_container(struct scan *s, bool array)
{
    if (s->lexer.depth == JSON_SCAN_DEPTH)
        return lexer_stop(&s->lexer, NULL, "lists and objects are nested too deeply");
    s->lexer.levels[s->lexer.depth++] = (struct lexer_level){.array = array};
    s->lexer.at++;
    lexer_skip_space(&s->lexer);
    return true;
}

static void close_container(struct scan *s)
{
    s->lexer.at++;
    s->lexer.depth--;
}

/* After a member: either the container ends here (*done) or another member follows. */
static bool next_member(struct scan *s, char closing, bool *done)
{
    struct json_lexer *lexer = &s->lexer;
    lexer_skip_space(lexer);
    *done = lexer_peek(lexer) == closing;
    if (*done)
        return true;
    if (lexer_peek(lexer) != ',')
        return lexer_expect(lexer, closing == ']' ? "',' or ']'" : "',' or '}'");
    struct place comma = lexer_place(lexer);
    lexer->at++;
    lexer_skip_space(lexer);
    if (lexer_peek(lexer) != closing)
        return true;
    char rule[40];
    snprintf(rule, sizeof rule, "no comma may stand before '%c'", closing);
    lexer_complain_at(lexer, comma, NULL, rule);
    return false;
}

static bool scan_array(struct scan *s)
{
    if (!open_container(s, true))
        return false;
    bool done = lexer_peek(&s->lexer) == ']';
    while (!done) {
        if (!scan_value(s, (struct place){0}) || !next_member(s, ']', &done))
            return false;
        s->lexer.levels[s->lexer.depth - 1].index++;
    }
    close_container(s);
    return true;
}

static bool scan_key(struct scan *s, struct place *place)
{
    struct json_lexer *lexer = &s->lexer;
    if (lexer_peek(lexer) == '/')
        return lexer_expect(lexer, "a key (a comment is a key that begins with \"//\")");
    if (lexer_peek(lexer) != '"')
        return lexer_expect(lexer, "a key in double quotes");
    *place = lexer_place(lexer);
    if (!lexer_string(lexer))
        return false;
    if (s->key_count == s->key_capacity) {
        s->key_capacity = memory_grown(s->key_capacity, s->key_count + 1);
        s->keys = memory_resize(s->keys, s->key_capacity, sizeof *s->keys);
    }
    const char *text = arena_text(&s->texts, lexer->text, lexer->text_length);
    s->keys[s->key_count++] = (struct key){text, *place};
    lexer->levels[lexer->depth - 1].key = text;
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    if (order)
        return order;
    if (x->place.line != y->place.line)
        return x->place.line < y->place.line ? -1 : 1;
    return x->place.column < y->place.column ? -1 : 1;
}

/* Sorts the keys of the object that ends, so that equal ones are neighbours. */
static void refuse_duplicates(struct scan *s, size_t first)
{
    if (s->key_count == first)
        return;
    qsort(s->keys + first, s->key_count - first, sizeof *s->keys, compare_keys);
    for (size_t i = first + 1; i < s->key_count; i++) {
        const struct key *key = &s->keys[i];
        if (strcmp(key[-1].text, key->text) != 0)
            continue;
        s->lexer.levels[s->lexer.depth - 1].key = key->text;
        lexer_complain_at(&s->lexer, key->place, NULL, "the key stands here again");
    }
    s->key_count = first;
}

static bool scan_object(struct scan *s)
{
    if (!open_container(s, false))
        return false;
    size_t first = s->key_count;
    bool done = lexer_peek(&s->lexer) == '}';
    while (!done) {
        struct place key = {0};
        if (!scan_key(s, &key))
            return false;
        lexer_skip_space(&s->lexer);
        if (lexer_peek(&s->lexer) != ':')
            return lexer_expect(&s->lexer, "':' after the key");
        s->lexer.at++;
        lexer_skip_space(&s->lexer);
        if (!scan_value(s, key) || !next_member(s, '}', &done))
            return false;
    }
    refuse_duplicates(s, first);
    close_container(s);
    return true;
}

/* --- values ----------------------------------------------------------------------- */

static bool add_position(struct scan *s, struct place key)
{
    struct json_positions *p = s->positions;
    if (p->count == JSON_SCAN_VALUES)
        return lexer_stop(&s->lexer, NULL, "there are too many values");
    if (p->count == p->capacity) {
        p->capacity = (uint32_t)memory_grown(p->capacity, p->count + 1);
        p->items = memory_resize(p->items, p->capacity, sizeof *p->items);
    }
    struct place place = lexer_place(&s->lexer);
    p->items[p->count++] =
        (struct json_position){place.line, place.column, key.line, key.column};
    return true;
}

/* Characters that begin no value, and what is often meant by them. */
static bool refuse_value(struct scan *s)
{
    static const struct {
        char first;
        const char *rule;
    } habits[] = {
        {'\'', "a text must stand in double quotes"},
        {'/', "JSON has no comments; a key that begins with \"//\" is one here"},
        {'+', "a number must not begin with \"+\""},
        {'.', "a number must begin with a digit"},
    };
    for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
        if (lexer_peek(&s->lexer) == habits[i].first)
            return lexer_stop(&s->lexer, NULL, habits[i].rule);
    return lexer_expect(&s->lexer, "a value");
}

static bool scan_value(struct scan *s, struct place key)
{
    char first = lexer_peek(&s->lexer);
    if (!add_position(s, key))
        return false;
    if (first == '{')
        return scan_object(s);
    if (first == '[')
        return scan_array(s);
    if (first == '"')
        return lexer_string(&s->lexer);
    if (first == '-' || isdigit((unsigned char)first))
        return lexer_number(&s->lexer);
    if (isalpha((unsigned char)first))
        return lexer_word(&s->lexer);
    return refuse_value(s);
}

/* --- the whole text --------------------------------------------------------------- */

/* Marks that editors put before a text. */
static const char *byte_order_mark(const char *text)
{
    static const struct {
        const char *mark, *rule;
    } marks[] = {
        {"\xEF\xBB\xBF", "begins with a byte-order mark; save it as UTF-8 without one"},
        {"\xFF\xFE", "is UTF-16; save it as UTF-8"},
        {"\xFE\xFF", "is UTF-16; save it as UTF-8"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strncmp(text, marks[i].mark, strlen(marks[i].mark)) == 0)
            return marks[i].rule;
    return NULL;
}

static void scan_text(struct scan *s)
{
    struct json_lexer *lexer = &s->lexer;
    const char *mark = byte_order_mark(lexer->at);
    lexer_skip_space(lexer);
    if (mark || lexer->at == lexer->end) {
        lexer_stop(lexer, NULL, mark ? mark : "is empty");
        return;
    }
    if (!scan_value(s, (struct place){0}))
        return;
    lexer_skip_space(lexer);
    if (lexer->at < lexer->end)
        lexer_expect(lexer, "the end of the text");
}

bool json_scan(const char *text, size_t length, uint32_t source, struct issues *issues,
               struct json_positions *positions)
{
    size_t before = issues_count(issues);
    if (length > JSON_SCAN_BYTES) {
        issues_add(issues, (struct place){.source = source}, "", NULL,
                   "is larger than %zu MiB", JSON_SCAN_BYTES >> 20);
        return false;
    }
    struct scan s = {.positions = positions};
    lexer_init(&s.lexer, text, length, source, issues);
    scan_text(&s);
    lexer_release(&s.lexer);
    arena_free(&s.texts);
    free(s.keys);
    return issues_count(issues) == before;
}
