/* portsim explain: all that is known of one name. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/reference.h"
#include "sim/cli/reference_print.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/explain.h"
#include "sim/scenario/spelling.h"
#include "sim/trial/trial_config.h"

static error_t parse(int key, char *argument, struct argp_state *state)
{
    const char **name = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (*name)
            argp_error(state, "one name at a time, also got \"%s\"", argument);
        *name = argument;
        break;
    case ARGP_KEY_END:
        if (!*name)
            argp_error(state, "which name?");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "NAME",
    .doc =
        "Prints all that is known of an allocator, stack, state of a socket, proxy, "
        "distribution, metric, failure code, kind of picture or scenario, of a part of "
        "the scenario language (scenario, host, app, path, tcp, ...), or of one of its "
        "keys.\v"
        "Example:\n  portsim explain linux518\n  portsim explain FIN_WAIT_2\n"
        "  portsim explain host\n"
        "  portsim explain hosts.proxy.tcp.fin_wait_2\n"};

/* What a reading adds to the name of its metric. */
static bool is_reading(const char *end)
{
    static const char *const readings[] = {"",     ".p1",  ".p50", ".p99",
                                           ".min", ".max", "_max", "_per_s"};
    size_t length = strcspn(end, "@"); /* a phase */
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++)
        if (strlen(readings[i]) == length && memcmp(readings[i], end, length) == 0)
            return true;
    return false;
}

/* "apps.pages.failures@outage" is a reading of "apps.<app>.failures". */
static bool is_reading_of(const char *name, const char *metric)
{
    for (;; name++, metric++) {
        if (*metric == '<') {
            metric += strcspn(metric, ".");
            name += strcspn(name, ".");
        }
        for (; *metric && *metric != '.' && *metric == *name; metric++)
            name++;
        if (*metric == '\0')
            return is_reading(name);
        if (*metric != '.' || *name != '.')
            return false;
    }
}

/* A metric is also found by the last part of its name, and by what it is called in a
 * scenario. */
static bool is_called(const struct reference_entry *e, const char *name)
{
    const char *last = strrchr(e->name, '.');
    return strcmp(e->name, name) == 0 || (last && strcmp(last + 1, name) == 0) ||
           is_reading_of(name, e->name);
}

/* Between two meanings of a word. */
static void begin_meaning(unsigned *meanings)
{
    if ((*meanings)++)
        putchar('\n');
}

static void explain_entries(const char *name, unsigned *meanings)
{
    struct reference_entry *e = memory_new(1, sizeof *e);
    for (const struct reference_kind *kind = reference_kinds; kind->name; kind++) {
        for (uint32_t i = 0; kind->entry(i, e); i++) {
            if (is_called(e, name)) {
                begin_meaning(meanings);
                reference_print(e, kind->singular);
            }
            memset(e, 0, sizeof *e);
        }
    }
    free(e);
}

/* Tables are known by the name of one thing; "hosts" is "host" too. */
static void explain_part(const char *name, unsigned *meanings)
{
    size_t length = strlen(name);
    const struct field_table *table = explain_find(&trial_fields, name);
    if (!table && length > 1 && name[length - 1] == 's') {
        char *one = memory_text(name, length - 1);
        table = explain_find(&trial_fields, one);
        free(one);
    }
    if (!table)
        return;
    begin_meaning(meanings);
    reference_print_keys(table);
}

/* A key, or a path that ends in one. */
static void explain_last_key(const char *name, unsigned *meanings)
{
    const char *dot = strrchr(name, '.');
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        memory_exhausted(0);
    bool found = explain_key(out, &trial_fields, dot ? dot + 1 : name);
    fclose(out);
    if (found) {
        begin_meaning(meanings);
        terminal_wrap_lines(stdout, reference_columns(), text);
    }
    free(text);
}

/* The nearest of all names there are. */
static void suggest(const char *name)
{
    struct reference_entry *e = memory_new(1, sizeof *e);
    char nearest[sizeof e->name];
    struct spelling spelling = {.word = name};
    for (const struct reference_kind *kind = reference_kinds; kind->name; kind++)
        for (uint32_t i = 0; kind->entry(i, e); i++) {
            spelling_offer(&spelling, e->name);
            if (spelling.nearest == e->name)
                spelling.nearest = memcpy(nearest, e->name, sizeof nearest);
            memset(e, 0, sizeof *e);
        }
    fputs("portsim explain: nothing is called \"", stderr);
    terminal_print(stderr, name);
    fputc('"', stderr);
    if (spelling.nearest)
        fprintf(stderr, "; did you mean \"%s\"?", spelling.nearest);
    fputs(
        "\nNames are printed by portsim list allocators, stacks, states, proxies, nats, "
        "faces, distributions, metrics, failures, figures, scenarios; the keys of a "
        "scenario by portsim explain scenario, host, tcp, app.\n",
        stderr);
    free(e);
}

static int run(int argc, char **argv)
{
    const char *name = NULL;
    argp_parse(&argp, argc, argv, 0, NULL, &name);
    unsigned meanings = 0;
    explain_entries(name, &meanings);
    explain_part(name, &meanings);
    explain_last_key(name, &meanings);
    if (meanings)
        return EXIT_DONE;
    suggest(name);
    return EXIT_USAGE;
}

const struct command command_explain = {
    .name = "explain",
    .summary = "all that is known of one name: allocator, stack, metric, key ...",
    .run = run,
};
