/* portsim demo: a first run without a file: one screen of words, numbers and a picture.
 */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/demo.h"
#include "sim/cli/library.h"
#include "sim/cli/run.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/spelling.h"

enum { KEY_LIST = 1000 };

static const struct argp_option options[] = {
    {"list", KEY_LIST, NULL, 0, "Name the demos, one a line", 0},
    {"quiet", 'q', NULL, 0, "No messages but errors", 0},
    {0}};

struct arguments {
    const char *name; /* NULL: the first demo */
    bool list, quiet;
};

static void take_name(struct arguments *a, const char *name, struct argp_state *state)
{
    if (a->name)
        argp_error(state, "one demo at a time, also got \"%s\"", name);
    if (strchr(name, '/'))
        argp_error(state,
                   "NAME is a demo or one of `portsim list scenarios'; for a file: "
                   "portsim run %s --plots",
                   name);
    a->name = name;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_LIST:
        a->list = true;
        break;
    case 'q':
        a->quiet = true;
        break;
    case ARGP_KEY_ARG:
        take_name(a, argument, state);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "[NAME]",
    .doc = "Shows on one screen, in a second or two, how ports run out: exhaustion (also "
           "without a NAME), allocators, leak or nat.  With the NAME of any scenario of "
           "the library it runs and draws that.  Writes runs/demo-NAME, in place of what "
           "an earlier demo left there.\v"
           "Example:\n"
           "  portsim demo\n"
           "  portsim demo leak\n"
           "  portsim demo --list\n"
           "  portsim demo proxysg-outage\n"};

static int list(void)
{
    const struct demo *d;
    for (uint32_t i = 0; (d = demo_at(i)) != NULL; i++)
        printf("%-12s%s\n", d->name, d->summary);
    return EXIT_DONE;
}

/* False, after a message, if the library has no such scenario.  Where there is no library
 * at all, who reads the scenario will say so. */
static bool is_known(const char *name)
{
    const struct demo *d;
    struct library_names names = library_names();
    struct spelling spelling = {.word = name};
    bool known = names.count == 0;
    for (uint32_t i = 0; (d = demo_at(i)) != NULL; i++)
        spelling_offer(&spelling, d->name);
    for (uint32_t i = 0; i < names.count; i++) {
        spelling_offer(&spelling, names.at[i]);
        known |= strcmp(names.at[i], name) == 0;
    }
    if (!known) {
        fputs("portsim: there is no demo or scenario \"", stderr);
        terminal_print(stderr, name);
        fputc('"', stderr);
        if (spelling.nearest)
            fprintf(stderr, "; did you mean \"%s\"?\n", spelling.nearest);
        else
            fputs(" (portsim demo --list, portsim list scenarios)\n", stderr);
    }
    library_names_free(&names);
    return known;
}

/* Any other scenario of the library, drawn. */
static int run_any(const struct arguments *a)
{
    char *directory = memory_print("runs/demo-%s", a->name);
    char *next =
        memory_print("\ntry next:\n"
                     "  %s plot %s --format dumb\n"
                     "        the same figures in this terminal\n"
                     "  %s list scenarios\n"
                     "        what else there is to run\n",
                     program_invocation_name, directory, program_invocation_name);
    int status = run_scenario(&(struct run_order){.scenario = a->name,
                                                  .directory = directory,
                                                  .overwrite = true,
                                                  .quiet = a->quiet,
                                                  .plots = true,
                                                  .without = true,
                                                  .format = FIGURE_PNG,
                                                  .epilogue = next});
    free(next);
    free(directory);
    return status;
}

static int run(int argc, char **argv)
{
    struct arguments a = {.name = NULL};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    if (a.list)
        return list();
    const struct demo *demo = a.name ? demo_find(a.name) : demo_at(0);
    if (demo)
        return demo_show(demo, a.quiet);
    return a.name && is_known(a.name) ? run_any(&a) : EXIT_USAGE;
}

const struct command command_demo = {
    .name = "demo",
    .summary = "a first run without a file: how ports run out, on one screen",
    .run = run,
};
