/* portsim list: the names of what the program knows. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/words.h"
#include "sim/cli/command.h"
#include "sim/cli/reference.h"

#define SCREEN 100 /* columns of a line */

struct arguments {
    const char *kind;
    bool json;
};

enum { KEY_JSON = 1000 };

static const struct argp_option options[] = {
    {"json", KEY_JSON, NULL, 0, "Print everything known as JSON", 0}, {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
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
            argp_error(state, "which list?");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "allocators|stacks|distributions|metrics|failures|scenarios",
    .doc = "Prints what the program knows of a kind, from the tables it itself uses.  "
           "`portsim explain NAME` tells all about one of them.\v"
           "Example:\n  portsim list allocators\n"};

static const char *kind_name(uint32_t index)
{
    return reference_kinds[index].name;
}

static void print_line(const struct reference_entry *e, int width)
{
    int room = SCREEN - width - 2;
    int length = (int)strlen(e->summary);
    printf("%-*s  %.*s%s\n", width, e->name, length > room ? room - 3 : room, e->summary,
           length > room ? "..." : "");
}

static void print_lines(const struct reference_kind *kind)
{
    int width = 0;
    struct reference_entry *e = memory_new(1, sizeof *e);
    for (uint32_t i = 0; kind->entry(i, e); i++) {
        int length = (int)strlen(e->name);
        width = length > width ? length : width;
        memset(e, 0, sizeof *e);
    }
    if (width > SCREEN / 2)
        width = SCREEN / 2;
    for (uint32_t i = 0; kind->entry(i, e); i++) {
        print_line(e, width);
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

static int run(int argc, char **argv)
{
    struct arguments a = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    for (const struct reference_kind *kind = reference_kinds; kind->name; kind++) {
        if (strcmp(kind->name, a.kind) != 0)
            continue;
        if (a.json)
            print_json(kind);
        else
            print_lines(kind);
        return EXIT_DONE;
    }
    const char *near = words_nearest(a.kind, kind_name);
    fprintf(stderr, "portsim list: there is no list \"%.60s\"; ", a.kind);
    if (near)
        fprintf(stderr, "did you mean \"%s\"?\n", near);
    else
        fprintf(stderr, "it is one of %s\n", argp.args_doc);
    return EXIT_USAGE;
}

const struct command command_list = {
    .name = "list",
    .summary = "allocators, stacks, distributions, metrics, failures, scenarios",
    .run = run,
};
