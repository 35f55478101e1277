/* portsim diagnose: why a run failed, who held the ports, what would help. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/cli/command.h"
#include "sim/cli/diagnose_capture.h"
#include "sim/cli/directory.h"
#include "sim/cli/terminal.h"
#include "sim/results/run_directory.h"
#include "sim/views/diagnose.h"

enum { KEY_ALL = 1000, KEY_JSON };

struct arguments {
    const char *directory;
    bool all, json;
    struct capture_arguments capture; /* in the place of a directory */
};

static const struct argp_option options[] = {
    {"all", KEY_ALL, NULL, 0,
     "Every pool, and every cause with the figures for and against it", 0},
    {"json", KEY_JSON, NULL, 0, "Print the judgement as JSON", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_ALL:
        a->all = true;
        break;
    case KEY_JSON:
        a->json = true;
        break;
    case ARGP_KEY_END:
        if (!a->directory && !a->capture.path)
            argp_error(state, "which run directory, or which capture?");
        if (a->directory && (a->capture.path || a->capture.has_details))
            argp_error(state,
                       "a run directory and an option of captures: which of them?");
        break;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->capture;
        break;
    default:
        return directory_argument(key, argument, state, &a->directory);
    }
    return 0;
}

static const struct argp_child capture_options[] = {{&capture_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DIR\n--ss FILE\n--netstat FILE\n--powershell FILE",
    .children = capture_options,
    .doc =
        "Judges the run in DIR by its results alone: did a pool of ports run dry, since "
        "when, what holds the ports, who suffers although innocent, what would help "
        "(computed from the rates of the run by closed forms: theory) and what would "
        "only put it off.  Or judges what ss, netstat or Get-NetTCPConnection printed on "
        "a real machine, as far as a single snapshot can tell.\v"
        "Example:\n"
        "  portsim run proxysg-cifs-finwait2 -o out\n"
        "  portsim diagnose out\n"
        "  sudo ss -tuanp | portsim diagnose --ss - --range 32768-60999\n"
        "  portsim diagnose --netstat netstat.txt --snapshot 3\n"};

static void print_json(const struct diagnosis *d)
{
    struct json_text j = {0};
    diagnosis_json(&j, NULL, d);
    fwrite(j.bytes, 1, j.length, stdout);
    json_free(&j);
}

static int print_diagnosis(const struct run_record *record, const struct arguments *a)
{
    if (record->pool_count == 0) {
        fprintf(
            stderr,
            "portsim: %s does not say which pools its hosts have (no host opens a "
            "connection, or it was written by an earlier portsim): nothing to judge\n",
            a->directory);
        return EXIT_IO;
    }
    struct diagnosis *d = diagnosis_new(record);
    if (a->json)
        print_json(d);
    else
        diagnosis_print(stdout, d, a->all, terminal_colours());
    diagnosis_free(d);
    return EXIT_DONE;
}

static int run(int argc, char **argv)
{
    struct arguments a = {.directory = NULL};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    if (a.capture.path)
        return diagnose_capture(&a.capture, a.all, a.json);
    struct stored_run *stored = directory_read(a.directory);
    if (!stored)
        return EXIT_IO;
    int status = print_diagnosis(&stored->record, &a);
    stored_run_free(stored);
    return status;
}

const struct command command_diagnose = {
    .name = "diagnose",
    .summary = "why a run failed: who held the ports, who suffers, what would help",
    .run = run,
};
