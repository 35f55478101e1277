/* portsim run: simulates a scenario, prints the summary, writes a run directory. */
#include <argp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/option_number.h"
#include "sim/cli/run.h"

enum {
    KEY_SET = 1000,
    KEY_SEED,
    KEY_REPLICATIONS,
    KEY_PRECISION,
    KEY_OVERWRITE,
    KEY_JSON,
    KEY_TRACE_BIND,
    KEY_SOCKETS_AT,
    KEY_SOCKETS_EVERY,
    KEY_METRIC,
};

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0,
     "Write the run directory here (default: the first free of runs/NAME, "
     "runs/NAME-2, ...)",
     0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace an earlier run in DIR (runs/NAME)", 0},
    {"set", KEY_SET, "PATH=VALUE", 0, "Set a field of the scenario; may be repeated", 0},
    {"seed", KEY_SEED, "N", 0,
     "Use this seed (0x... for hexadecimal) instead of the scenario's", 0},
    {"replications", KEY_REPLICATIONS, "R", 0,
     "Simulate it so many times, each with random numbers of its own, and print means "
     "with intervals; with --precision at least so many",
     0},
    {"precision", KEY_PRECISION, "P", 0,
     "Replicate until the metrics that study.watch names (else those of require, else "
     "every failure_ratio) are known to within P of their mean (2% or 0.02); at least "
     "10 times, at most study.max_replications times",
     0},
    {"jobs", 'j', "J", 0, "Runs at the same time (default: the processors there are)", 0},
    {"plots", 'p', "FORMAT", OPTION_ARG_OPTIONAL,
     "Draw the figures too: svg (the default), png or dumb", 0},
    {"trace-bind", KEY_TRACE_BIND, "KIND", OPTION_ARG_OPTIONAL,
     "Keep every choice of a local port with its status in binds.csv: all (the default) "
     "or failures; `portsim binds' reads them",
     0},
    {"sockets-at", KEY_SOCKETS_AT, "MOMENT", 0,
     "Keep all sockets of this moment (10min, first-failure, a phase, change-1, end) "
     "instead of those of the scenario's sockets.at; may be repeated",
     0},
    {"sockets-every", KEY_SOCKETS_EVERY, "TIME", 0,
     "Count the sockets every so often, for `portsim sockets --every`", 0},
    {"metric", KEY_METRIC, "PATTERN", 0,
     "Print these metrics below the summary (\"hosts.*.probes\", \"*@outage\"); may be "
     "repeated",
     0},
    {"json", KEY_JSON, NULL, 0, "Print summary.json instead of the summary", 0},
    {"quiet", 'q', NULL, 0, "No progress, and no messages but errors", 0},
    {0}};

/* What a run was asked to do, and a text made for it. */
struct arguments {
    struct run_order order;
    char *seed; /* "seed=N"; NULL: none */
    struct text_list moments;
    char *sockets_at, *sockets_every; /* settings; NULL: none */
    char *replications, *precision;   /* likewise */
};

/* "--plots png" is two arguments, of which the second looks like a scenario. */
static void refuse_format(const char *first, const char *second, struct argp_state *state)
{
    enum figure_format unused;
    if (run_format(first, &unused) || run_format(second, &unused))
        argp_error(state, "the format wants an equals sign: --plots=%s",
                   run_format(second, &unused) ? second : first);
}

/* What only the whole command line can tell. */
static void check_together(struct arguments *a, struct argp_state *state)
{
    struct run_order *order = &a->order;
    if (order->json && order->plots && order->format == FIGURE_DUMB)
        argp_error(state, "--json and --plots=dumb both want the standard output");
    if (order->json && order->metrics.count)
        argp_error(state, "--json prints all metrics; --metric has no place in it");
    if (a->moments.count)
        a->sockets_at = setting_list("sockets.at", &a->moments);
    const char *const settings[] = {a->seed, a->sockets_at, a->sockets_every,
                                    a->replications, a->precision};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (settings[i])
            setting_add(&order->settings, settings[i], state);
}

/* A share of the mean as a setting. */
static char *setting_precision(const char *text, const struct argp_state *state)
{
    char number[NUMBER_TEXT];
    double share = option_precision(text, false, state);
    return memory_print("study.precision=%s", number_text(share, number));
}

static enum trial_binds_wanted binds_wanted(const char *word,
                                            const struct argp_state *state)
{
    if (!word || strcmp(word, "all") == 0)
        return BINDS_ALL;
    if (strcmp(word, "failures") != 0)
        argp_error(state, "--trace-bind must be all or failures, is \"%s\"", word);
    return BINDS_FAILURES;
}

/* The options that are settings in other words. */
static error_t parse_setting(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    struct run_order *order = &a->order;
    switch (key) {
    case KEY_SET:
        setting_add(&order->settings, argument, state);
        return 0;
    case KEY_SEED:
        setting_seed(&a->seed, argument, state);
        return 0;
    case KEY_REPLICATIONS:
        free(a->replications);
        a->replications = memory_print(
            "study.replications=%u",
            (unsigned)option_replications("--replications", argument, 1, state));
        return 0;
    case KEY_PRECISION:
        free(a->precision);
        a->precision = setting_precision(argument, state);
        return 0;
    case KEY_SOCKETS_AT:
        text_list_add(&a->moments, argument);
        return 0;
    case KEY_SOCKETS_EVERY:
        free(a->sockets_every);
        a->sockets_every = memory_print("sockets.every=%s", argument);
        return 0;
    case ARGP_KEY_ARG:
        if (order->scenario)
            refuse_format(order->scenario, argument, state);
        return scenario_argument(key, argument, state, &order->scenario);
    default:
        return scenario_argument(key, argument, state, &order->scenario);
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    struct run_order *order = &a->order;
    switch (key) {
    case 'o':
        order->directory = argument;
        break;
    case KEY_OVERWRITE:
        order->overwrite = true;
        break;
    case 'j':
        order->jobs = option_jobs(argument, state);
        break;
    case 'p':
        order->plots = true;
        if (!run_format(argument ? argument : "svg", &order->format))
            argp_error(state, "--plots must be svg, png or dumb, is \"%s\"", argument);
        break;
    case KEY_TRACE_BIND:
        order->binds = binds_wanted(argument, state);
        break;
    case KEY_METRIC:
        text_list_add(&order->metrics, argument);
        break;
    case KEY_JSON:
        order->json = true;
        break;
    case 'q':
        order->quiet = true;
        break;
    case ARGP_KEY_SUCCESS:
        check_together(a, state);
        break;
    default:
        return parse_setting(key, argument, state);
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "SCENARIO",
    .doc = "Simulates SCENARIO, a file (- is standard input) or a name of `portsim list "
           "scenarios`, prints what happened and writes a run directory.\v"
           "With several replications the screen and summary.json hold means with 95 % "
           "intervals (study.confidence), replications.csv a row a run, and everything "
           "else is of replication 1.  A requirement then holds if its whole interval "
           "does.  Exit status 1 if one fails or is undecided, 7 if the precision was "
           "not reached.\n\n"
           "Example:\n"
           "  portsim run proxysg-cifs-finwait2\n"
           "  portsim run my.json --set hosts.proxy.tcp.fin_wait_2=1min --plots\n"
           "  portsim run proxysg-outage --replications 20 --jobs 2\n"
           "  portsim run my.json --precision 2%\n"
           "  portsim run port-reuse-order --metric 'hosts.*.reuse_interval_s.min'\n"};

static int run(int argc, char **argv)
{
    struct arguments a = {.seed = NULL};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    int status = run_scenario(&a.order);
    text_list_free(&a.order.settings);
    text_list_free(&a.order.metrics);
    free(a.seed);
    text_list_free(&a.moments);
    free(a.sockets_at);
    free(a.sockets_every);
    free(a.replications);
    free(a.precision);
    return status;
}

const struct command command_run = {
    .name = "run",
    .summary = "simulate a scenario, print what happened, write a run directory",
    .run = run,
};
