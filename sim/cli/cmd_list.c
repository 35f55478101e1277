/* portsim list: the names of what the program knows. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/words.h"
#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/cli/reference.h"
#include "sim/cli/reference_print.h"
#include "sim/cli/terminal.h"

struct arguments {
    const char *kind;
    bool json;
    bool all; /* every fact of each */
};

enum { KEY_JSON = 1000 };

#define KINDS                                                                            \
    "allocators, stacks, states, proxies, nats, faces, distributions, metrics, "         \
    "failures, events, knobs, figures, scenarios"

static const struct argp_option options[] = {
    {"long", 'l', NULL, 0, "Print everything known of each", 0},
    {"json", KEY_JSON, NULL, 0, "Print the same as JSON", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'l':
        a->all = true;
        break;
    case KEY_JSON:
        a->json = true;
        break;
    case ARGP_KEY_ARG:
        if (a->kind)
            argp_error(state, "one list at a time, also got \"%s\"", argument);
        a->kind = argument;
        break;
    case ARGP_KEY_END:
        if (!a->kind)
            argp_error(state, "which list? One of " KINDS);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "KIND",
    .doc =
        "Prints what the program knows of a KIND, from the tables it itself uses: " KINDS
        ".  `portsim explain NAME` tells all about one of them.\v"
        "Example:\n  portsim list allocators\n  portsim list stacks --long\n"};

static const char *kind_name(uint32_t index)
{
    return reference_kinds[index].name;
}

/* One sentence, or question, is enough for a list. */
static void cut_after_sentence(char *text)
{
    for (char *p = text; (p = strpbrk(p, ".?")); p++)
        if (p[1] == ' ' && p[2] >= 'A' && p[2] <= 'Z') {
            p[1] = '\0';
            return;
        }
}

static int widest_name(const struct reference_kind *kind, struct reference_entry *e)
{
    int width = 0;
    for (uint32_t i = 0; kind->entry(i, e); i++) {
        int length = (int)strlen(e->name);
        width = length > width ? length : width;
        memset(e, 0, sizeof *e);
    }
    return width;
}

/* In two columns: broken into lines on a terminal, else one line each, for grep. */
static void print_lines(const struct reference_kind *kind)
{
    struct reference_entry *e = memory_new(1, sizeof *e);
    int width = widest_name(kind, e);
    for (uint32_t i = 0; kind->entry(i, e); i++) {
        unsigned column = (unsigned)printf("%-*s  ", width, e->name);
        cut_after_sentence(e->summary);
        terminal_wrap(stdout, column, (unsigned)width + 2, terminal_columns(),
                      e->summary);
        memset(e, 0, sizeof *e);
    }
    free(e);
}

/* All facts, as `explain` prints them, one entry after the other. */
static void print_all(const struct reference_kind *kind)
{
    struct reference_entry *e = memory_new(1, sizeof *e);
    for (uint32_t i = 0; kind->entry(i, e); i++) {
        if (i)
            putchar('\n');
        e->fields = NULL; /* keys are for explain: a list of them all helps nobody */
        reference_print(e, kind->singular);
        memset(e, 0, sizeof *e);
    }
    free(e);
}

static void print_json(const struct reference_kind *kind)
{
    struct json_text j = {0};
    struct reference_entry *e = memory_new(1, sizeof *e);
    json_array_begin(&j, NULL);
    for (uint32_t i = 0; kind->entry(i, e); i++) {
        json_object_begin(&j, NULL);
        json_string(&j, "name", e->name);
        json_string(&j, "summary", e->summary);
        for (uint32_t k = 0; k < e->fact_count; k++)
            json_string(&j, e->facts[k].label, e->facts[k].text);
        json_object_end(&j);
        memset(e, 0, sizeof *e);
    }
    json_array_end(&j);
    fwrite(j.bytes, 1, j.length, stdout);
    json_free(&j);
    free(e);
}

/* An empty list of scenarios wants an explanation. */
static int look_for_library(void)
{
    char *library = places_folder("scenarios");
    int status = library ? EXIT_DONE : EXIT_IO;
    if (!library) {
        char *missing = places_missing();
        fprintf(stderr, "portsim: %s\n", missing);
        free(missing);
    }
    free(library);
    return status;
}

static int run(int argc, char **argv)
{
    struct arguments a = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    for (const struct reference_kind *kind = reference_kinds; kind->name; kind++) {
        if (strcmp(kind->name, a.kind) != 0)
            continue;
        if (a.json)
            print_json(kind);
        else if (a.all)
            print_all(kind);
        else
            print_lines(kind);
        return strcmp(a.kind, "scenarios") == 0 ? look_for_library() : EXIT_DONE;
    }
    const char *near = words_nearest(a.kind, kind_name);
    fputs("portsim list: there is no list \"", stderr);
    terminal_print(stderr, a.kind);
    fputs("\"; ", stderr);
    if (near)
        fprintf(stderr, "did you mean \"%s\"?\n", near);
    else
        fputs("it is one of " KINDS "\n", stderr);
    return EXIT_USAGE;
}

const struct command command_list = {
    .name = "list",
    .summary = "allocators, stacks, proxies, metrics, failures, scenarios ...",
    .run = run,
};
