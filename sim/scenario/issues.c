#include "sim/scenario/issues.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

/* An excerpt shows this many characters, of which so many before the place. */
#define EXCERPT_WIDTH  76
#define EXCERPT_BEFORE 50

struct source {
    char *name;
    char *text;
    size_t length;
};

struct issues {
    struct source *sources;
    uint32_t source_count;
    struct issue *items;
    size_t kept, capacity;
    size_t count;
    bool sorted;
    bool unreadable;
};

struct issues *issues_new(void)
{
    struct issues *issues = memory_new(1, sizeof *issues);
    issues->sorted = true;
    return issues;
}

void issues_free(struct issues *issues)
{
    if (!issues)
        return;
    for (uint32_t i = 0; i < issues->source_count; i++) {
        free(issues->sources[i].name);
        free(issues->sources[i].text);
    }
    for (size_t i = 0; i < issues->kept; i++) {
        free(issues->items[i].path);
        free(issues->items[i].message);
        free(issues->items[i].suggestion);
    }
    free(issues->sources);
    free(issues->items);
    free(issues);
}

uint32_t issues_source(struct issues *issues, const char *name, char *text, size_t length)
{
    issues->sources =
        memory_resize(issues->sources, issues->source_count + 1, sizeof(struct source));
    issues->sources[issues->source_count++] = (struct source){
        .name = memory_text(name, strlen(name)), .text = text, .length = length};
    return issues->source_count;
}

const char *issues_source_name(const struct issues *issues, uint32_t source)
{
    SIM_ASSERT(source >= 1 && source <= issues->source_count);
    return issues->sources[source - 1].name;
}

uint32_t issues_source_named(const struct issues *issues, const char *name)
{
    for (uint32_t i = 0; i < issues->source_count; i++)
        if (strcmp(issues->sources[i].name, name) == 0)
            return i + 1;
    return 0;
}

static char *print_text(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    SIM_ASSERT(length >= 0);
    char *text = memory_new((size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void issues_add(struct issues *issues, struct place place, const char *path,
                const char *suggestion, const char *format, ...)
{
    issues->count++;
    if (issues->kept == ISSUES_KEPT)
        return;
    if (issues->kept == issues->capacity) {
        issues->capacity = memory_grown(issues->capacity, issues->kept + 1);
        issues->items =
            memory_resize(issues->items, issues->capacity, sizeof(struct issue));
    }
    va_list args;
    va_start(args, format);
    issues->items[issues->kept++] = (struct issue){
        .place = place,
        .path = memory_text(path, strlen(path)),
        .message = print_text(format, args),
        .suggestion = suggestion ? memory_text(suggestion, strlen(suggestion)) : NULL,
    };
    va_end(args);
    issues->sorted = false;
}

void issues_unreadable(struct issues *issues)
{
    issues->unreadable = true;
}

bool issues_is_unreadable(const struct issues *issues)
{
    return issues->unreadable;
}

size_t issues_count(const struct issues *issues)
{
    return issues->count;
}

bool issues_wanted(const struct issues *issues)
{
    return issues->kept < ISSUES_KEPT;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_places(const struct place *a, const struct place *b)
{
    if (a->source != b->source)
        return compare_numbers(a->source, b->source);
    if (a->line != b->line)
        return compare_numbers(a->line, b->line);
    return compare_numbers(a->column, b->column);
}

/* Insertion sort: stable, and files are read nearly in order. */
static void sort(struct issues *issues)
{
    for (size_t i = 1; i < issues->kept; i++) {
        struct issue moved = issues->items[i];
        size_t at = i;
        for (; at > 0 && compare_places(&issues->items[at - 1].place, &moved.place) > 0;
             at--)
            issues->items[at] = issues->items[at - 1];
        issues->items[at] = moved;
    }
    issues->sorted = true;
}

const struct issue *issues_get(struct issues *issues, size_t index)
{
    if (!issues->sorted)
        sort(issues);
    return index < issues->kept ? &issues->items[index] : NULL;
}

const char *issues_place_text(const struct issues *issues, struct place place, char *out,
                              size_t size)
{
    if (place.source == 0)
        snprintf(out, size, "%s", "");
    else if (place.line == 0)
        snprintf(out, size, "%s", issues_source_name(issues, place.source));
    else
        snprintf(out, size, "%s:%u:%u", issues_source_name(issues, place.source),
                 (unsigned)place.line, (unsigned)place.column);
    return out;
}

/* Characters that do not stand for themselves on a terminal become '?', a tab a space. */
static const char *print_character(const char *p, const char *end, FILE *out)
{
    uint32_t code;
    size_t length = utf8_decode(p, end, &code);
    if (length == 0 || utf8_unsafe(code))
        fputc(code == '\t' ? ' ' : '?', out);
    else
        fwrite(p, 1, length, out);
    return p + (length ? length : 1);
}

static void print_safely(const char *text, FILE *out)
{
    for (const char *p = text, *end = text + strlen(text); p < end;)
        p = print_character(p, end, out);
}

/* The bytes of the line-th line, without its end. */
static const char *find_line(const struct source *source, uint32_t line, const char **end)
{
    const char *p = source->text;
    const char *last = source->text + source->length;
    for (uint32_t i = 1; i < line; i++) {
        const char *found = memchr(p, '\n', (size_t)(last - p));
        p = found ? found + 1 : last;
    }
    const char *found = memchr(p, '\n', (size_t)(last - p));
    *end = found ? found : last;
    if (*end > p && (*end)[-1] == '\r')
        (*end)--;
    return p;
}

static const char *skip_characters(const char *p, const char *end, uint32_t count)
{
    uint32_t code;
    for (uint32_t i = 0; i < count && p < end; i++) {
        size_t length = utf8_decode(p, end, &code);
        p += length ? length : 1;
    }
    return p;
}

static void print_excerpt(const struct issues *issues, struct place place, FILE *out)
{
    if (place.source == 0 || place.line == 0)
        return;
    const struct source *source = &issues->sources[place.source - 1];
    if (!source->text)
        return;
    const char *end;
    const char *p = find_line(source, place.line, &end);
    uint32_t before = place.column - 1;
    for (; before > 0 && p < end && (*p == ' ' || *p == '\t'); p++)
        before--;
    if (before > EXCERPT_BEFORE) {
        p = skip_characters(p, end, before - EXCERPT_BEFORE);
        before = EXCERPT_BEFORE;
    }
    fprintf(out, "%8u | ", (unsigned)place.line);
    for (uint32_t i = 0; i < EXCERPT_WIDTH && p < end; i++)
        p = print_character(p, end, out);
    fprintf(out, "\n%8s | %*s^\n", "", (int)before, "");
}

static void print_issue(const struct issues *issues, const struct issue *issue, FILE *out)
{
    char place[PATH_MAX];
    if (issue->place.source) {
        print_safely(issues_place_text(issues, issue->place, place, sizeof place), out);
        fputs(": ", out);
    }
    if (*issue->path) {
        print_safely(issue->path, out);
        fputs(": ", out);
    }
    print_safely(issue->message, out);
    if (issue->suggestion) {
        fputs("; did you mean ", out);
        print_safely(issue->suggestion, out);
        fputc('?', out);
    }
    fputc('\n', out);
    print_excerpt(issues, issue->place, out);
}

void issues_print(struct issues *issues, FILE *out)
{
    for (size_t i = 0; i < ISSUES_PRINTED && issues_get(issues, i); i++)
        print_issue(issues, issues_get(issues, i), out);
    if (issues->count > ISSUES_PRINTED)
        fprintf(out, "... and %zu more\n", issues->count - ISSUES_PRINTED);
}
