/* portsim merge: joins the shards of a study into one. */
#include <argp.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/base/json.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/terminal.h"
#include "sim/cli/text_list.h"
#include "sim/study/store/merge.h"

enum { KEY_JSON = 1000 };

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0,
     "Write the joined study here; runs that are there already stay (required)", 0},
    {"json", KEY_JSON, NULL, 0, "Print what was joined as JSON", 0},
    {"quiet", 'q', NULL, 0, "No messages but errors", 0},
    {0}};

struct arguments {
    const char *into;
    struct text_list studies;
    bool json, quiet;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'o':
        a->into = argument;
        break;
    case KEY_JSON:
        a->json = true;
        break;
    case 'q':
        a->quiet = true;
        break;
    case ARGP_KEY_ARG:
        text_list_add(&a->studies, argument);
        break;
    case ARGP_KEY_END:
        if (!a->studies.count)
            argp_error(
                state,
                "which studies? The directories that portsim sweep --shard I/N wrote");
        if (!a->into)
            argp_error(state, "where to?  -o DIR");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "STUDY...",
    .doc = "Joins studies of one scenario, made by `portsim sweep --shard` on several "
           "machines, into the study in DIR.  All or nothing: studies of other "
           "scenarios or versions, and different numbers for the same run, are refused.\v"
           "Example:\n"
           "  portsim sweep my.json --shard 1/2 -o part1\n"
           "  portsim sweep my.json --shard 2/2 -o part2\n"
           "  portsim merge part1 part2 -o study\n"};

/* --- the work -------------------------------------------------------------------------
 */

static void print_json(const struct arguments *a, const struct merge_report *r)
{
    struct json_text j = {0};
    json_object_begin(&j, NULL);
    json_string(&j, "study", a->into);
    json_unsigned(&j, "merged", a->studies.count);
    json_unsigned(&j, "points", r->points);
    json_unsigned(&j, "runs", r->runs);
    json_unsigned(&j, "added", r->added);
    json_string(&j, "status", run_status_name(r->status));
    json_object_end(&j);
    fputs(j.bytes, stdout);
    json_free(&j);
}

static void print_words(const struct arguments *a, const struct merge_report *r)
{
    terminal_print(stdout, a->into);
    printf(": %" PRIu32 " point%s, %" PRIu64 " run%s, %" PRIu64 " of them new\n",
           r->points, r->points == 1 ? "" : "s", r->runs, r->runs == 1 ? "" : "s",
           r->added);
}

/* What may have been forgotten. */
static void warn(const struct merge_report *r)
{
    if (r->fewest != r->most)
        fprintf(stderr,
                "portsim: points have between %" PRIu32 " and %" PRIu32
                " replications: is a shard missing?\n",
                r->fewest, r->most);
    if (r->status == RUN_INTERRUPTED)
        fputs("portsim: one of the studies was interrupted, and so is what they make\n",
              stderr);
}

static int run(int argc, char **argv)
{
    struct arguments a = {.into = NULL};
    struct results_error error;
    struct merge_report report;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    bool good = study_merge(a.into, a.studies.at, a.studies.count, &report, &error);
    int status = good ? EXIT_DONE : io_error(&error);
    if (good && a.json)
        print_json(&a, &report);
    else if (good)
        print_words(&a, &report);
    if (good && !a.quiet)
        warn(&report);
    text_list_free(&a.studies);
    return status;
}

const struct command command_merge = {
    .name = "merge",
    .summary = "join the shards of a study",
    .run = run,
};
