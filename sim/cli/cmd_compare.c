/* portsim compare: runs A and B under common random numbers and judges every metric. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/compare_files.h"
#include "sim/cli/compare_input.h"
#include "sim/cli/complaint.h"
#include "sim/cli/draw.h"
#include "sim/cli/option_number.h"
#include "sim/cli/progress.h"
#include "sim/cli/stop.h"
#include "sim/cli/terminal.h"
#include "sim/results/folder.h"
#include "sim/study/compare/compare_stored.h"

enum {
    KEY_A = 1000,
    KEY_B,
    KEY_SET,
    KEY_SEED,
    KEY_METRIC,
    KEY_MARGIN,
    KEY_CONFIDENCE,
    KEY_BASELINE,
    KEY_WRITE_BASELINE,
    KEY_FORMAT,
    KEY_JSON,
    KEY_ALL,
};

static const struct argp_option options[] = {
    {"a", KEY_A, "PATH=VALUE", 0, "Set a field of A alone; may be repeated", 0},
    {"b", KEY_B, "PATH=VALUE", 0, "Set a field of B alone; may be repeated", 0},
    {"set", KEY_SET, "PATH=VALUE", 0, "Set a field of both; may be repeated", 0},
    {"seed", KEY_SEED, "N", 0,
     "Use this seed (0x... for hexadecimal) instead of the scenario's", 0},
    {"replications", 'r', "R", 0,
     "Runs of each side (default: the scenario's study.replications, at least 10; as "
     "many as the baseline has; of studies, all there are)",
     0},
    {"jobs", 'j', "J", 0, "Runs at the same time (default: the processors there are)", 0},
    {"metric", KEY_METRIC, "PATTERN", 0,
     "Compare these metrics (\"apps.*.failure_ratio\", \"*@outage\") instead of those "
     "that users and allocators are judged by; may be repeated",
     0},
    {"margin", KEY_MARGIN, "[PATTERN=]SIZE", 0,
     "A difference that nobody minds: a share of A (1%, the default) or a size in the "
     "metric's unit; for the metrics of PATTERN alone; may be repeated, the last counts",
     0},
    {"confidence", KEY_CONFIDENCE, "SHARE", 0,
     "Of the verdicts together and of each interval (default 95%)", 0},
    {"baseline", KEY_BASELINE, "FILE", 0,
     "Compare with what FILE says of these scenarios, in place of A", 0},
    {"write-baseline", KEY_WRITE_BASELINE, "FILE", 0,
     "Compare nothing: run the scenarios and write FILE (baseline.json in a folder is "
     "none of its scenarios)",
     0},
    {"format", KEY_FORMAT, "FORMAT", 0, "text (the default), markdown, junit or json", 0},
    {"output", 'o', "DIR", 0,
     "Write comparison.json and the picture of the differences here", 0},
    {"json", KEY_JSON, NULL, 0, "The same as --format json", 0},
    {"all", KEY_ALL, NULL, 0, "List what is equal or equivalent too", 0},
    {"quiet", 'q', NULL, 0, "No progress, and no messages but errors", 0},
    {0}};

struct arguments {
    struct compare_request request;
    struct text_list both, only[2];
    const char *output;         /* directory; NULL: none */
    const char *write_baseline; /* NULL: none */
    char *seed;                 /* "seed=N"; NULL: none */
    struct text_list metrics;   /* patterns */
    struct compare_margin *margins;
    char **patterns; /* of the margins */
    uint32_t margin_count;
    double confidence;           /* 0: the scenario's */
    uint32_t replications, jobs; /* 0: the default */
    const struct compare_format *format;
    bool all, quiet;
};

/* --- margins --------------------------------------------------------------------------
 */

static void keep_margin(struct arguments *a, struct compare_margin m, char *pattern)
{
    size_t size = a->margin_count + 1u;
    m.pattern = pattern;
    a->patterns = memory_resize(a->patterns, size, sizeof *a->patterns);
    a->patterns[a->margin_count] = pattern;
    a->margins = memory_resize(a->margins, size, sizeof *a->margins);
    a->margins[a->margin_count++] = m;
}

static void add_margin(struct arguments *a, const char *text, struct argp_state *state)
{
    const char *equals = strrchr(text, '=');
    struct compare_margin m = {0};
    if (!option_size(equals ? equals + 1 : text, &m.value, &m.relative))
        argp_error(state,
                   "--margin wants [PATTERN=]SIZE, as in 1%% or "
                   "apps.*.failure_ratio=0.001, is \"%s\"",
                   text);
    keep_margin(a, m, equals ? memory_text(text, (size_t)(equals - text)) : NULL);
}

/* --- the command line ----------------------------------------------------------------
 */

/* Whether there are two sides, and only as many as there may be. */
static void check_sides(const struct arguments *a, struct argp_state *state)
{
    const struct compare_request *r = &a->request;
    if (!r->inputs[0])
        argp_error(state, "what? Two scenarios, folders of them or studies, or one "
                          "scenario or folder with --a, --b or --baseline");
    if (r->baseline && a->write_baseline)
        argp_error(state, "--baseline reads, --write-baseline writes: one of them");
    if (r->baseline && a->seed)
        argp_error(state, "a baseline has a seed of its own: no --seed");
    bool alone = r->baseline || a->write_baseline;
    if (alone && (r->inputs[1] || a->only[0].count))
        argp_error(state, "with a baseline there is B alone: one scenario or folder, "
                          "and no --a");
    if (!alone && !r->inputs[1] && !a->only[0].count && !a->only[1].count)
        argp_error(state, "with what? A second scenario, folder or study, or --a, --b "
                          "or --baseline");
    for (size_t i = 0; i < 2; i++)
        if (r->inputs[i] && strcmp(r->inputs[i], "-") == 0)
            argp_error(state, "both sides read their scenario: it must be a file");
}

static void check_together(struct arguments *a, struct argp_state *state)
{
    struct compare_request *r = &a->request;
    check_sides(a, state);
    if (a->seed)
        setting_add(&a->both, a->seed, state);
    r->both = &a->both;
    r->only[0] = &a->only[0];
    r->only[1] = &a->only[1];
    r->alone = a->write_baseline;
    r->metrics = a->metrics.at;
    r->metric_count = a->metrics.count;
}

static void take_input(struct arguments *a, const char *argument,
                       struct argp_state *state)
{
    const char **inputs = a->request.inputs;
    if (inputs[1])
        argp_error(state, "two at a time, also got \"%s\"", argument);
    inputs[inputs[0] ? 1 : 0] = argument;
}

static void take_format(struct arguments *a, const char *name, struct argp_state *state)
{
    a->format = compare_format_find(name);
    if (!a->format)
        argp_error(state, "--format must be text, markdown, junit or json, is \"%s\"",
                   name);
}

/* What the two sides are. */
static error_t parse_sides(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_A:
    case KEY_B:
        setting_add(&a->only[key - KEY_A], argument, state);
        return 0;
    case KEY_SET:
        setting_add(&a->both, argument, state);
        return 0;
    case KEY_SEED:
        setting_seed(&a->seed, argument, state);
        return 0;
    case KEY_BASELINE:
        a->request.baseline = argument;
        return 0;
    case KEY_WRITE_BASELINE:
        a->write_baseline = argument;
        return 0;
    case ARGP_KEY_ARG:
        take_input(a, argument, state);
        return 0;
    case ARGP_KEY_END:
        check_together(a, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* How they are compared, and who hears of it. */
static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'r':
        a->replications = option_replications("--replications", argument, 2, state);
        break;
    case 'j':
        a->jobs = option_jobs(argument, state);
        break;
    case KEY_METRIC:
        text_list_add(&a->metrics, argument);
        break;
    case KEY_MARGIN:
        add_margin(a, argument, state);
        break;
    case KEY_CONFIDENCE:
        a->confidence = option_confidence(argument, state);
        break;
    case 'o':
        a->output = argument;
        break;
    case KEY_FORMAT:
        take_format(a, argument, state);
        break;
    case KEY_JSON:
        take_format(a, "json", state);
        break;
    case KEY_ALL:
        a->all = true;
        break;
    case 'q':
        a->quiet = true;
        break;
    default:
        return parse_sides(key, argument, state);
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "A B\nSCENARIO --a PATH=VALUE --b PATH=VALUE\nSCENARIO --baseline FILE",
    .doc = "Runs A and B with the same users and judges, metric by metric, whether B is "
           "better, worse, equivalent within the margin, or whether nobody can tell.  A "
           "and B are scenarios, folders of scenarios, or one of these with different "
           "settings.  Exit status 1: worse in something.\v"
           "Example:\n"
           "  portsim compare old.json new.json\n"
           "  portsim compare proxysg-outage --b hosts.proxy.tcp.fin_wait_2=1min\n"
           "  portsim compare suite/ --a hosts.h.tcp.allocator=linux41 \\\n"
           "      --b hosts.h.tcp.allocator=linux518 --format markdown\n"
           "  portsim compare suite/ --baseline suite/baseline.json\n"};

/* --- comparing -----------------------------------------------------------------------
 */

/* What comes from the scenarios where the command line says nothing; of stored runs there
 * are as many as there are. */
static void fill_defaults(struct arguments *a, const struct compare_input *input)
{
    uint32_t replications = 10;
    double confidence = 0;
    for (uint32_t i = 0; i < input->count; i++) {
        const struct trial_plan *plan = input->plans[i].b;
        const struct study_config *study = plan ? &plan->config->study : NULL;
        if (study && study->replications > replications)
            replications = study->replications;
        if (study && study->confidence > confidence)
            confidence = study->confidence;
    }
    uint32_t stored = input->replications;
    if (!a->replications || (stored && a->replications > stored))
        a->replications = stored ? stored : replications;
    if (!(a->confidence > 0))
        a->confidence = confidence > 0 ? confidence : 0.95;
    if (!a->jobs)
        a->jobs = workers_default();
}

static uint32_t most_pairs(const struct compare_input *input)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < input->count; i++)
        most = input->cases[i].pairs > most ? input->cases[i].pairs : most;
    return most;
}

/* The margin of every metric, if there is one. */
static double margin_of(const struct arguments *a)
{
    double margin = 0;
    for (uint32_t i = 0; i < a->margin_count; i++)
        if (!a->margins[i].pattern)
            margin = a->margins[i].relative ? a->margins[i].value : 0;
    return margin;
}

/* Whoever interrupted it wants the program to end: no picture then. */
static int write_files(const struct arguments *a, const struct compare_report *report)
{
    struct results_error error;
    if (!compare_write(a->output, report, &error))
        return io_error(&error);
    if (!report->interrupted &&
        !compare_draw(a->output, report, margin_of(a), a->quiet, &error))
        return draw_missed(&error);
    return EXIT_DONE;
}

static int report(const struct arguments *a, const struct compare_input *input,
                  bool whole)
{
    struct compare_rule rule = {.confidence = a->confidence,
                                .margins = a->margins,
                                .margin_count = a->margin_count};
    struct comparison result;
    compare_judge(input->cases, input->count, &rule, &result);
    struct compare_report report = {.result = &result,
                                    .a = input->labels[0],
                                    .b = input->labels[1],
                                    .replications = most_pairs(input),
                                    .interrupted = !whole,
                                    .all = a->all,
                                    .colour = terminal_colours()};
    a->format->print(stdout, &report);
    fflush(stdout);
    int status = a->output ? write_files(a, &report) : EXIT_DONE;
    if (!whole)
        return EXIT_BY_SIGNAL + stop_signal();
    if (status != EXIT_DONE)
        return status;
    return result.verdicts[COMPARE_WORSE] ? EXIT_REQUIREMENT : EXIT_DONE;
}

static int write_baseline(const struct arguments *a, const struct compare_input *input)
{
    struct results_error error;
    if (compare_baseline_write(a->write_baseline, input->cases, input->count, &error))
        return EXIT_DONE;
    return io_error(&error);
}

static int simulate(struct arguments *a, const struct compare_input *input)
{
    struct progress progress;
    struct warm_up_doubts doubts = {.late = false};
    fill_defaults(a, input);
    stop_listen();
    progress_begin(&progress, a->quiet);
    bool whole = compare_run(input->cases, input->count,
                             &(struct compare_order){.plans = input->plans,
                                                     .replications = a->replications,
                                                     .threads = a->jobs,
                                                     .stop = stop_flag(),
                                                     .progress = progress_runs,
                                                     .context = &progress,
                                                     .doubts = &doubts});
    progress_end(&progress);
    warm_up_warn(stderr, &doubts);
    if (!a->write_baseline)
        return report(a, input, whole);
    return whole ? write_baseline(a, input) : EXIT_BY_SIGNAL + stop_signal();
}

/* A place that cannot be written is refused before the work. */
static int prepare(const struct arguments *a)
{
    struct results_error error;
    if ((!a->output || folder_prepare(a->output, &error)) &&
        (!a->write_baseline || baseline_place(a->write_baseline, &error)))
        return EXIT_DONE;
    return io_error(&error);
}

static int compare(struct arguments *a)
{
    struct compare_input input;
    int status = compare_input_open(&a->request, &input);
    if (status == EXIT_DONE)
        status = prepare(a);
    if (status == EXIT_DONE)
        status = simulate(a, &input);
    compare_input_free(&input);
    return status;
}

static int run(int argc, char **argv)
{
    struct arguments a = {.format = &compare_format_text};
    keep_margin(&a, (struct compare_margin){.value = 0.01, .relative = true}, NULL);
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    int status = compare(&a);
    for (uint32_t i = 0; i < a.margin_count; i++)
        free(a.patterns[i]);
    free(a.patterns);
    free(a.margins);
    free(a.seed);
    text_list_free(&a.metrics);
    text_list_free(&a.both);
    text_list_free(&a.only[0]);
    text_list_free(&a.only[1]);
    return status;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "two scenarios under the same users: better, worse, or no telling",
    .run = run,
};
