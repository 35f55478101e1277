/* portsim events: the log of a run. */
#include <argp.h>
#include <stdio.h>

#include "sim/base/words.h"
#include "sim/cli/command.h"
#include "sim/cli/directory.h"
#include "sim/cli/option_number.h"
#include "sim/results/run_directory.h"
#include "sim/scenario/units.h"
#include "sim/views/events.h"

enum { KEY_JSON = 1000, KEY_CSV, KEY_HOST, KEY_PROCESS, KEY_FROM, KEY_UNTIL };

struct arguments {
    const char *directory;
    struct events_filter filter;
    enum events_format format;
};

static const struct argp_option options[] = {
    {"kind", 'k', "KIND", 0,
     "Only this kind, a word of `list events', or all that begin with it: exhaustion, "
     "event",
     0},
    {"host", KEY_HOST, "HOST", 0, "Only this host", 0},
    {"process", KEY_PROCESS, "NAME", 0, "Only this process, or application", 0},
    {"from", KEY_FROM, "TIME", 0, "Not before: 20min, 1.5h", 0},
    {"until", KEY_UNTIL, "TIME", 0, "Not after", 0},
    {"csv", KEY_CSV, NULL, 0, "Print CSV, as in events.csv", 0},
    {"json", KEY_JSON, NULL, 0, "Print JSON", 0},
    {0}};

static void set_kind(struct arguments *a, const char *word, struct argp_state *state)
{
    const char *near = words_nearest(word, events_kind_name);
    if (!events_kind_exists(word))
        argp_error(state, "there is no kind \"%s\" of event%s%s%s", word,
                   near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    a->filter.kind = word;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'k':
        set_kind(a, argument, state);
        break;
    case KEY_HOST:
        a->filter.host = argument;
        break;
    case KEY_PROCESS:
        a->filter.process = argument;
        break;
    case KEY_FROM:
        a->filter.from = option_duration("--from", argument, state);
        break;
    case KEY_UNTIL:
        a->filter.until = option_duration("--until", argument, state);
        break;
    case KEY_CSV:
        a->format = EVENTS_CSV;
        break;
    case KEY_JSON:
        a->format = EVENTS_JSON;
        break;
    default:
        return directory_argument(key, argument, state, &a->directory);
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DIR",
    .doc = "Prints the log of the run in DIR: when ports ran out and for whom, what the "
           "systems logged, who failed first and with which code, which knobs were "
           "turned.\vExample:\n"
           "  portsim events runs/proxysg-outage --host proxy --from 20min\n"};

static int run(int argc, char **argv)
{
    struct arguments a = {.filter.until = SIM_NEVER};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct stored_run *stored = directory_read(a.directory);
    if (!stored)
        return EXIT_IO;
    bool exists = !a.filter.host || directory_has_host(&stored->record, a.filter.host);
    if (exists)
        events_print(stdout, &stored->record, &a.filter, a.format);
    stored_run_free(stored);
    return exists ? EXIT_DONE : EXIT_USAGE;
}

const struct command command_events = {
    .name = "events",
    .summary = "print the log of a run: what ran out, when, and for whom",
    .run = run,
};
