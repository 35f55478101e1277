/* portsim init: a commented scenario to start from. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/stack.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/words.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/init_scenario.h"
#include "sim/cli/option_number.h"
#include "sim/cli/terminal.h"
#include "sim/results/safe_file.h"
#include "sim/scenario/issues.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/schema.h"
#include "sim/scenario/types.h"
#include "sim/scenario/units.h"
#include "sim/trial/trial.h"
#include "sim/views/human.h"

#define SCHEMA "scenario.schema.json"
#define NAME   "my-scenario"
#define ENDING ".json"

enum { KEY_STACK = 1000, KEY_RATE, KEY_DESTINATIONS, KEY_THROUGH, KEY_NAME };

static const struct argp_option options[] = {
    {"stack", KEY_STACK, "STACK", 0,
     "The system whose ports are in question (linux518; portsim list stacks)", 0},
    {"rate", KEY_RATE, "RATE", 0, "Connections a second, as in 40/s or 600/min (100/s)",
     0},
    {"destinations", KEY_DESTINATIONS, "N", 0, "Addresses of the server (1)", 0},
    {"through", KEY_THROUGH, "WHAT", 0,
     "none: the client connects itself (default); proxy: a proxy of that stack does, for "
     "a hundred clients; nat: a gateway translates what the client sends",
     0},
    {"name", KEY_NAME, "NAME", 0, "Of the scenario (that of FILE, or " NAME ")", 0},
    {"quiet", 'q', NULL, 0, "No messages but errors", 0},
    {0}};

struct arguments {
    struct init_wish wish;
    const char *file; /* NULL: standard output */
    bool quiet;
};

/* --- the command line ----------------------------------------------------------------
 */

static uint32_t choose(const char *option, const char *list, const char *text,
                       const char *(*word)(uint32_t index),
                       const struct argp_state *state)
{
    for (uint32_t i = 0; word(i); i++)
        if (strcmp(word(i), text) == 0)
            return i;
    const char *near = words_nearest(text, word);
    argp_error(state, "%s does not know \"%s\"%s%s%s (%s)", option, text,
               near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "",
               list);
    return 0;
}

static double rate_of(const char *text, const struct argp_state *state)
{
    struct unit_fault fault = {.rule = NULL};
    double per_second = 0;
    if (!rate_parse(text, &per_second, &fault))
        argp_error(state, "--rate %s, is \"%s\"%s%s%s", fault.rule, text,
                   fault.suggestion[0] ? "; did you mean \"" : "", fault.suggestion,
                   fault.suggestion[0] ? "\"?" : "");
    if (per_second <= 0 || per_second > INIT_RATE_MAX)
        argp_error(state,
                   "--rate wants more than 0/s and at most %d/s, is \"%s\"; the scenario "
                   "itself may have any",
                   INIT_RATE_MAX, text);
    return per_second;
}

static const char *name_of(const char *text, const struct argp_state *state)
{
    char fit[FIELD_NAME_SIZE];
    if (type_is_name(text, strlen(text)))
        return text;
    type_suggest_name(text, fit);
    argp_error(state, "--name wants small letters, digits, - and _, is \"%s\"%s%s%s",
               text, fit[0] ? "; did you mean \"" : "", fit, fit[0] ? "\"?" : "");
    return text;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    struct init_wish *wish = &a->wish;
    switch (key) {
    case KEY_STACK:
        wish->stack = stack_choice(
            choose("--stack", "portsim list stacks", argument, stack_choice, state));
        break;
    case KEY_RATE:
        wish->per_second = rate_of(argument, state);
        break;
    case KEY_DESTINATIONS:
        wish->destinations = (uint32_t)option_count("--destinations", argument, 1,
                                                    INIT_DESTINATIONS_MAX, state);
        break;
    case KEY_THROUGH:
        wish->through = (enum init_through)choose("--through", "none, proxy or nat",
                                                  argument, init_through_word, state);
        break;
    case KEY_NAME:
        wish->name = name_of(argument, state);
        break;
    case 'q':
        a->quiet = true;
        break;
    case ARGP_KEY_ARG:
        if (a->file)
            argp_error(state, "one file at a time, also got \"%s\"", argument);
        a->file = argument;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "[FILE]",
    .doc = "Writes a scenario to start from, with a comment for each key: to FILE, which "
           "must not exist yet, with " SCHEMA " beside it, by which editors complete and "
           "check as you type; without FILE to the standard output.  It is simulated "
           "once, for its comments to say whether what it requires holds.\v"
           "Example:\n"
           "  portsim init my.json\n"
           "  portsim init --stack win10 --rate 200/s --destinations 4 my.json\n"
           "  portsim init --through proxy --stack proxysg-legacy proxy.json\n"
           "  portsim init --through nat | portsim run -\n"};

/* --- the scenario --------------------------------------------------------------------
 */

/* What share fails in the end; below 0, after a message, if it cannot be read, which
 * would be a bug of ours. */
static double try_it(const struct text *scenario)
{
    const struct scenario_options none = {.library = NULL};
    const struct trial_watch watch = {.keeps = TRIAL_RECORD};
    struct issues *issues = issues_new();
    double share = -1;
    struct trial_plan *plan =
        trial_plan_read_text("init", scenario->bytes, scenario->length, &none, issues);
    if (plan) {
        struct trial_result *r = trial_run(plan, plan->config->seed, 1, &watch);
        const struct run_metric *m = run_record_metric(&r->record, INIT_METRIC);
        share = m && m->value > 0 ? m->value : 0;
        trial_result_free(r);
    } else {
        issues_print(issues, stderr);
    }
    trial_plan_free(plan);
    issues_free(issues);
    return share;
}

/* "shop" of "dir/shop.json", if that can be the name of a scenario; the caller's. */
static char *name_in(const char *file)
{
    const char *slash = file ? strrchr(file, '/') : NULL,
               *name = slash ? slash + 1 : file;
    size_t length = name ? strlen(name) : 0, ending = strlen(ENDING);
    if (length > ending && strcmp(name + length - ending, ENDING) == 0)
        length -= ending;
    return name && length < FIELD_NAME_SIZE && type_is_name(name, length)
               ? memory_text(name, length)
               : memory_text(NAME, strlen(NAME));
}

/* --- the files -----------------------------------------------------------------------
 */

static bool write_schema(const struct safe_directory *d, struct results_error *error)
{
    struct json_text schema = {0};
    schema_write(&schema, &trial_fields);
    bool good = safe_file_write(d, SCHEMA, schema.bytes, schema.length, error);
    json_free(&schema);
    return good;
}

/* Where the file goes; refused if something is there. */
static bool open_place(const char *file, struct safe_directory *d, const char **name,
                       struct results_error *error)
{
    if (!safe_directory_of(d, file, name, error))
        return false;
    return !safe_file_exists(d, *name) ||
           results_fail(error, 0,
                        "%s exists, and is left alone: init writes new files; another "
                        "name, or portsim init without one > FILE",
                        file);
}

static void tell(const struct arguments *a, bool schema, double share)
{
    char percent[HUMAN_TEXT];
    fputs("wrote ", stderr);
    terminal_print(stderr, a->file);
    fprintf(stderr, "%s\n", schema ? ", and " SCHEMA " beside it for your editor" : "");
    if (share > INIT_BOUND)
        fprintf(stderr, "its requirement does not hold yet: %s of the attempts fail\n",
                human_share(share, percent));
    fprintf(stderr, "try   %s check ", program_invocation_name);
    terminal_print(stderr, a->file);
    fprintf(stderr, "\n      %s run ", program_invocation_name);
    terminal_print(stderr, a->file);
    fputc('\n', stderr);
}

static int write_file(const struct arguments *a, const struct text *scenario,
                      const struct safe_directory *d, const char *name, double share)
{
    struct results_error error;
    bool schema = !safe_file_exists(d, SCHEMA);
    if (!safe_file_write(d, name, scenario->bytes, scenario->length, &error) ||
        (schema && !write_schema(d, &error)))
        return io_error(&error);
    if (!a->quiet)
        tell(a, schema, share);
    return EXIT_DONE;
}

static int write_out(const struct arguments *a, const struct text *scenario)
{
    fwrite(scenario->bytes, 1, scenario->length, stdout);
    fflush(stdout);
    if (!a->quiet)
        fprintf(stderr, "%s schema > " SCHEMA " lets an editor complete it\n",
                program_invocation_name);
    return EXIT_DONE;
}

static int init(struct arguments *a)
{
    struct safe_directory d = {.handle = -1};
    struct results_error error;
    const char *name = NULL;
    if (a->file && !open_place(a->file, &d, &name, &error)) {
        safe_directory_close(&d);
        return io_error(&error);
    }
    char *own = name_in(a->file);
    struct text draft = {0}, scenario = {0};
    a->wish.name = a->wish.name ? a->wish.name : own;
    init_scenario_write(&draft, &a->wish, -1);
    double share = try_it(&draft);
    init_scenario_write(&scenario, &a->wish, share);
    int status = EXIT_SCENARIO;
    if (share >= 0)
        status =
            a->file ? write_file(a, &scenario, &d, name, share) : write_out(a, &scenario);
    text_free(&draft);
    text_free(&scenario);
    free(own);
    safe_directory_close(&d);
    return status;
}

static int run(int argc, char **argv)
{
    struct arguments a = {
        .wish = {.stack = "linux518", .per_second = 100, .destinations = 1}};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    return init(&a);
}

const struct command command_init = {
    .name = "init",
    .summary = "a commented scenario to start from",
    .run = run,
};
