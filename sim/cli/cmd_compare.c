/* portsim compare: runs A and B under common random numbers and judges every metric. */
#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/compare_format.h"
#include "sim/cli/compare_input.h"
#include "sim/cli/stop.h"
#include "sim/cli/terminal.h"

enum {
    KEY_A = 1000,
    KEY_B,
    KEY_SET,
    KEY_SEED,
    KEY_REPLICATIONS,
    KEY_METRIC,
    KEY_MARGIN,
    KEY_CONFIDENCE,
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
    {"replications", KEY_REPLICATIONS, "R", 0,
     "Runs of each side (default: the scenario's study.replications, at least 10)", 0},
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
    {"format", KEY_FORMAT, "FORMAT", 0, "text (the default), markdown, junit or json", 0},
    {"json", KEY_JSON, NULL, 0, "The same as --format json", 0},
    {"all", KEY_ALL, NULL, 0, "List what is equal or equivalent too", 0},
    {"quiet", 'q', NULL, 0, "No progress, and no messages but errors", 0},
    {0}};

struct arguments {
    struct compare_request request;
    struct setting_texts both, only[2];
    char *seed;           /* "seed=N"; NULL: none */
    const char **metrics; /* patterns */
    uint32_t metric_count;
    struct compare_margin *margins;
    char **patterns; /* of the margins */
    uint32_t margin_count;
    double confidence;           /* 0: the scenario's */
    uint32_t replications, jobs; /* 0: the default */
    const struct compare_format *format;
    bool all, quiet;
};

/* --- numbers on the command line -----------------------------------------------------
 */

/* "1%" is 0.01 and relative, "0.5" itself; false if it is neither, or negative. */
static bool read_size(const char *text, double *value, bool *relative)
{
    char *end;
    *value = strtod(text, &end);
    end += strspn(end, " ");
    *relative = *end == '%';
    if (*relative)
        *value /= 100;
    return end > text && end[*relative] == '\0' && *value >= 0 && isfinite(*value);
}

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
    if (!read_size(equals ? equals + 1 : text, &m.value, &m.relative))
        argp_error(state,
                   "--margin wants [PATTERN=]SIZE, as in 1%% or "
                   "apps.*.failure_ratio=0.001, is \"%s\"",
                   text);
    keep_margin(a, m, equals ? memory_text(text, (size_t)(equals - text)) : NULL);
}

static double read_confidence(const char *text, const struct argp_state *state)
{
    double value;
    bool relative;
    if (!read_size(text, &value, &relative) || value < 0.5 || value > 0.9999)
        argp_error(state, "--confidence must be from 50%% to 99.99%%, is \"%s\"", text);
    return value;
}

#define MOST 100000

static uint32_t read_count(const char *option, const char *text, uint32_t least,
                           const struct argp_state *state)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || value < least || value > MOST)
        argp_error(state, "--%s must be a number from %u to %u, is \"%s\"", option,
                   (unsigned)least, (unsigned)MOST, text);
    return (uint32_t)value;
}

/* --- the command line ----------------------------------------------------------------
 */

static void check_together(struct arguments *a, struct argp_state *state)
{
    struct compare_request *r = &a->request;
    if (!r->inputs[0])
        argp_error(state, "what? Two scenarios or folders of them, or one with --a or "
                          "--b");
    if (!r->inputs[1] && !a->only[0].count && !a->only[1].count)
        argp_error(state, "with what? A second scenario or folder, or --a or --b");
    for (size_t i = 0; i < 2; i++)
        if (r->inputs[i] && strcmp(r->inputs[i], "-") == 0)
            argp_error(state, "both sides read their scenario: it must be a file");
    if (a->seed)
        setting_texts_add(&a->both, a->seed, state);
    r->both = &a->both;
    r->only[0] = &a->only[0];
    r->only[1] = &a->only[1];
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

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_A:
    case KEY_B:
        setting_texts_add(&a->only[key - KEY_A], argument, state);
        break;
    case KEY_SET:
        setting_texts_add(&a->both, argument, state);
        break;
    case KEY_SEED:
        free(a->seed);
        a->seed = setting_seed(argument, state);
        break;
    case KEY_REPLICATIONS:
        a->replications = read_count("replications", argument, 2, state);
        break;
    case 'j':
        a->jobs = read_count("jobs", argument, 1, state);
        break;
    case KEY_METRIC:
        a->metrics = memory_resize(a->metrics, a->metric_count + 1u, sizeof *a->metrics);
        a->metrics[a->metric_count++] = argument;
        break;
    case KEY_MARGIN:
        add_margin(a, argument, state);
        break;
    case KEY_CONFIDENCE:
        a->confidence = read_confidence(argument, state);
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
    case ARGP_KEY_ARG:
        take_input(a, argument, state);
        break;
    case ARGP_KEY_END:
        check_together(a, state);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "A B\nSCENARIO --a PATH=VALUE --b PATH=VALUE",
    .doc = "Runs A and B with the same users and judges, metric by metric, whether B is "
           "better, worse, equivalent within the margin, or whether nobody can tell.  A "
           "and B are scenarios, folders of scenarios, or one of these with different "
           "settings.  Exit status 1: worse in something.\v"
           "Example:\n"
           "  portsim compare old.json new.json\n"
           "  portsim compare proxysg-outage --b hosts.proxy.tcp.fin_wait_2=1min\n"
           "  portsim compare suite/ --a hosts.h.tcp.allocator=linux41 \\\n"
           "      --b hosts.h.tcp.allocator=linux518 --format markdown\n"};

/* --- comparing -----------------------------------------------------------------------
 */

/* What comes from the scenarios where the command line says nothing. */
static void fill_defaults(struct arguments *a, const struct compare_input *input)
{
    uint32_t replications = 10;
    double confidence = 0;
    for (uint32_t i = 0; i < input->count; i++) {
        const struct study_config *study = &input->plans[i].b->config->study;
        if (study->replications > replications)
            replications = study->replications;
        confidence = confidence > study->confidence ? confidence : study->confidence;
    }
    if (!a->replications)
        a->replications = replications;
    if (!(a->confidence > 0))
        a->confidence = confidence;
    if (!a->jobs)
        a->jobs = workers_default();
}

static bool any_matches(const struct compare_input *input, const char *pattern)
{
    for (uint32_t i = 0; i < input->count; i++) {
        const struct compare_side *sides[] = {&input->cases[i].a, &input->cases[i].b};
        for (size_t s = 0; s < 2; s++)
            for (uint32_t k = 0; k < sides[s]->metric_count; k++)
                if (compare_matches(pattern, sides[s]->metrics[k].name))
                    return true;
    }
    return false;
}

/* False, with a message, if a --metric is none in any of the scenarios. */
static bool choose_metrics(const struct arguments *a, struct compare_input *input)
{
    for (uint32_t i = 0; i < input->count; i++) {
        struct compare_case *c = &input->cases[i];
        const struct compare_plans *plans = &input->plans[i];
        if (plans->a)
            compare_run_choose(&c->a, plans->a, a->metrics, a->metric_count);
        compare_run_choose(&c->b, plans->b, a->metrics, a->metric_count);
    }
    for (uint32_t i = 0; i < a->metric_count; i++)
        if (!any_matches(input, a->metrics[i])) {
            fputs("portsim: no metric is like \"", stderr);
            terminal_print(stderr, a->metrics[i]);
            fputs("\" (`portsim list metrics')\n", stderr);
            return false;
        }
    return true;
}

static int report(const struct arguments *a, const struct compare_input *input,
                  bool whole)
{
    struct compare_rule rule = {.confidence = a->confidence,
                                .margins = a->margins,
                                .margin_count = a->margin_count};
    struct comparison result;
    compare_judge(input->cases, input->count, &rule, &result);
    a->format->print(stdout, &(struct compare_report){.result = &result,
                                                      .a = input->labels[0],
                                                      .b = input->labels[1],
                                                      .replications = a->replications,
                                                      .interrupted = !whole,
                                                      .all = a->all,
                                                      .colour = terminal_colours()});
    if (!whole)
        return EXIT_BY_SIGNAL + stop_signal();
    return result.verdicts[COMPARE_WORSE] ? EXIT_REQUIREMENT : EXIT_DONE;
}

static int compare(struct arguments *a)
{
    struct compare_input input;
    int status = compare_input_open(&a->request, &input);
    if (status == EXIT_DONE && !choose_metrics(a, &input))
        status = EXIT_USAGE;
    if (status == EXIT_DONE) {
        fill_defaults(a, &input);
        stop_listen();
        bool whole = compare_run(input.cases, input.count,
                                 &(struct compare_order){.plans = input.plans,
                                                         .replications = a->replications,
                                                         .threads = a->jobs,
                                                         .stop = stop_flag()});
        status = report(a, &input, whole);
    }
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
    free(a.metrics);
    free(a.seed);
    free(a.both.at);
    free(a.only[0].at);
    free(a.only[1].at);
    return status;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "two scenarios under the same users: better, worse, or no telling",
    .run = run,
};
