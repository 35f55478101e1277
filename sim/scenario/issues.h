/* What is wrong with a scenario: every complaint, with its place, its path and a way out.
 *
 * Readers add issues and go on; whoever called them prints all at once, sorted by place:
 *
 *     scenarios/x.json:12:17: hosts.proxy.tcp.fin_wait_2: must be a duration with a unit,
 *     is 600; did you mean "600s"?                                  (on one line)
 *        12 |   "fin_wait_2": 600
 *           |                 ^
 *
 * Texts that scenarios come from (files, the command line) are sources: numbered from 1
 * in the order they were opened, which is also the order of printing.  Names, paths and
 * values of a hostile file cannot disturb the terminal: control characters are printed as
 * '?'.  At most ISSUES_KEPT are kept, the rest is counted.
 *
 * Cost: one small allocation an issue; printing looks up each excerpt by a scan of its
 * source.
 */
#ifndef SIM_SCENARIO_ISSUES_H
#define SIM_SCENARIO_ISSUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ISSUES_KEPT    1000
#define ISSUES_PRINTED 100

struct place {
    uint32_t source; /* 0: in no text, such as a default */
    uint32_t line;   /* from 1; 0: the source as a whole */
    uint32_t column; /* from 1, in characters; with line 0 only an order */
};

struct issue {
    struct place place;
    char *path;       /* "hosts.proxy.tcp.fin_wait_2"; "" for the whole scenario */
    char *message;    /* names the rule and the value; no full stop */
    char *suggestion; /* as it could be written, quotes included; NULL: none */
};

struct issues;

struct issues *issues_new(void);
void issues_free(struct issues *issues);

/* Registers a source under the name to print and returns its number.  Takes `text`, a
 * malloc block of `length` bytes, for excerpts; NULL: none are shown. */
uint32_t issues_source(struct issues *issues, const char *name, char *text,
                       size_t length);

const char *issues_source_name(const struct issues *issues, uint32_t source);

/* The first source of that name; 0 if there is none. */
uint32_t issues_source_named(const struct issues *issues, const char *name);

/* `path` and `suggestion` are copied; a suggestion of NULL is none. */
void issues_add(struct issues *issues, struct place place, const char *path,
                const char *suggestion, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Marks that an input could not be read at all: the caller's exit status is that of
 * input/output, not that of a bad scenario. */
void issues_unreadable(struct issues *issues);
bool issues_is_unreadable(const struct issues *issues);

/* All that were added, kept or not. */
size_t issues_count(const struct issues *issues);

/* False once further issues are only counted: readers save themselves costly texts. */
bool issues_wanted(const struct issues *issues);

/* The index-th in order of place, then of addition; NULL past the last one kept. */
const struct issue *issues_get(struct issues *issues, size_t index);

/* `<source>:<line>:<column>`, or the source's name alone where there is no line; "" for
 * a place in no text.  Returns `out`. */
const char *issues_place_text(const struct issues *issues, struct place place, char *out,
                              size_t size);

/* Prints the first ISSUES_PRINTED, with excerpts, and how many more there are.  Errors of
 * `out` are the caller's to check. */
void issues_print(struct issues *issues, FILE *out);

#endif
