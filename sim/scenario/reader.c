#include "sim/scenario/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/spelling.h"

const struct spot *reader_below(struct reader *r, const struct spot *at, const char *key,
                                uint32_t index, const cJSON *node, const void *owner)
{
    struct spot *spot = arena_new(&r->scratch, 1, sizeof *spot);
    *spot =
        (struct spot){.up = at, .key = key, .index = index, .node = node, .owner = owner};
    return spot;
}

static void add_steps(struct path_text *path, const struct spot *at)
{
    if (!at->up)
        return;
    add_steps(path, at->up);
    if (at->key)
        path_add_key(path, at->key);
    else
        path_add_index(path, at->index);
}

struct path_text reader_path(const struct spot *at)
{
    struct path_text path = {0};
    add_steps(&path, at);
    return path;
}

bool reader_complain(struct reader *r, const struct spot *at, const char *suggestion,
                     const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    issues_add(r->issues, origins_of(r->origins, at->node).value, reader_path(at).bytes,
               suggestion, "%s", message);
    return false;
}

bool reader_refuse(struct reader *r, const struct spot *at, const char *suggestion,
                   const char *rule)
{
    char text[TREE_TEXT];
    return reader_complain(r, at, suggestion, "%s, is %s", rule,
                           tree_text(at->node, text));
}

bool reader_refuse_text(struct reader *r, const struct spot *at, const char *suggestion,
                        const char *rule)
{
    char quoted[TREE_TEXT];
    if (!suggestion || !*suggestion)
        return reader_refuse(r, at, NULL, rule);
    return reader_refuse(r, at, tree_quoted(suggestion, quoted), rule);
}

bool reader_refuse_word(struct reader *r, const struct spot *at,
                        const char *(*word)(const void *context, uint32_t index),
                        const void *context)
{
    struct spelling spelling = {.word = cJSON_IsString(at->node) ? at->node->valuestring
                                                                 : ""};
    uint32_t count = 0;
    for (; word(context, count); count++)
        spelling_offer(&spelling, word(context, count));
    char rule[400] = "must be a word that is known here";
    size_t length = 0;
    for (uint32_t i = 0;
         i < count && count <= READER_WORDS_LISTED && length < sizeof rule; i++)
        length += (size_t)snprintf(rule + length, sizeof rule - length, "%s\"%s\"",
                                   i == 0           ? "must be "
                                   : i + 1 == count ? " or "
                                                    : ", ",
                                   word(context, i));
    if (count > READER_WORDS_LISTED && !spelling.nearest) {
        const bool kind = at->key && strcmp(at->key, "kind") == 0;
        snprintf(rule, sizeof rule,
                 "must be a word that is known here (portsim explain %.300s)",
                 reader_path(kind ? at->up : at).bytes);
    }
    return reader_refuse_text(r, at, spelling.nearest, rule);
}

bool reader_within(struct reader *r, const struct field *f, const struct spot *at,
                   double number)
{
    if (!field_limited(f) || (number >= f->min && number <= f->max))
        return true;
    char low[NUMBER_TEXT], high[NUMBER_TEXT], is[NUMBER_TEXT];
    return reader_complain(r, at, NULL, "must be between %s and %s, is %s",
                           number_text(f->min, low), number_text(f->max, high),
                           number_text(number, is));
}

bool reader_has_length(struct reader *r, const struct field *f, const struct spot *at,
                       size_t length, size_t own_limit, const char *what)
{
    size_t least = field_limited(f) ? (size_t)f->min : 0;
    size_t most = field_limited(f) ? (size_t)f->max : own_limit;
    if (length >= least && length <= most)
        return true;
    if (least == most)
        return reader_complain(r, at, NULL, "must have %zu %s, has %zu", most, what,
                               length);
    if (length > most)
        return reader_complain(r, at, NULL, "must have %zu or fewer %s, has %zu", most,
                               what, length);
    return reader_complain(r, at, NULL, "must have %zu or more %s, has %zu", least, what,
                           length);
}

void reader_refer(struct reader *r, const struct field *f, const struct spot *at,
                  const char *name, size_t length, uint32_t *out)
{
    if (r->reference_count == r->reference_capacity) {
        r->reference_capacity =
            memory_grown(r->reference_capacity, r->reference_count + 1);
        r->references =
            memory_resize(r->references, r->reference_capacity, sizeof *r->references);
    }
    *out = FIELD_NO_REFERENCE;
    r->references[r->reference_count++] = (struct pending_reference){
        .field = f, .at = at, .name = arena_text(&r->scratch, name, length), .out = out};
}
