/* portsim sweep: a scenario at every combination of some values, many times each. */
#include <argp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/option_number.h"
#include "sim/cli/sweep_order.h"
#include "sim/trial/sweep_config.h"

enum {
    KEY_VARY = 1000,
    KEY_WHERE,
    KEY_DESIGN,
    KEY_SET,
    KEY_SEED,
    KEY_METRIC,
    KEY_SHARD,
    KEY_LIST,
    KEY_ESTIMATE,
    KEY_JSON,
};

static const struct argp_option options[] = {
    {"vary", KEY_VARY, "PATH=VALUES", 0,
     "An axis: PATH=A,B,C or PATH=LOW:HIGH:STEPS, with :log behind it in steps of equal "
     "ratio; \"P=1,2;Q=3,4\" steps P and Q together.  May be repeated; stands for the "
     "scenario's own \"sweep\"",
     0},
    {"where", KEY_WHERE, "EXPR", 0,
     "Only the points for which this holds: comparisons of axes with values or one "
     "another, and, or, not",
     0},
    {"design", KEY_DESIGN, "DESIGN", 0,
     "grid: every value with every other (default); one-at-a-time: the scenario as it "
     "is, and each value alone",
     0},
    {"replications", 'r', "R", 0, "Runs of each point (the scenario's; 10)", 0},
    {"jobs", 'j', "J", 0,
     "Runs at the same time (as many as there are processors; under mpirun one a rank)",
     0},
    {"output", 'o', "STUDY", 0,
     "The study's directory (studies/NAME; of a share studies/NAME-I-of-N)", 0},
    {"shard", KEY_SHARD, "I/N", 0,
     "Only the I-th of N shares of the runs, to be joined by portsim merge; auto or "
     "auto/N takes I from Slurm, Kubernetes or GNU parallel",
     0},
    {"list", KEY_LIST, NULL, 0, "Print the points and what is missing, and run nothing",
     0},
    {"estimate", KEY_ESTIMATE, NULL, 0,
     "Print what it will take, from a run of a few points, and keep nothing", 0},
    {"metric", KEY_METRIC, "METRIC[@PHASE]", 0,
     "Print this one at the end (those of \"require\"; failure ratios); may be repeated",
     0},
    {"set", KEY_SET, "PATH=VALUE", 0, "Set a field of the scenario; may be repeated", 0},
    {"seed", KEY_SEED, "N", 0,
     "Use this seed (0x... for hexadecimal) instead of the scenario's", 0},
    {"json", KEY_JSON, NULL, 0, "Print results.json (or the list) instead of a table", 0},
    {"quiet", 'q', NULL, 0, "No progress, and no messages but errors", 0},
    {0}};

static void read_shard(struct sweep_arguments *a, const char *text,
                       struct argp_state *state)
{
    struct results_error error;
    if (!shard_read(text, &a->shard, &error))
        argp_error(state, "%s", error.text);
}

static void check_design(const char *word, struct argp_state *state)
{
    for (uint32_t i = 0; i < SWEEP_DESIGNS; i++)
        if (strcmp(word, sweep_design_word(i)) == 0)
            return;
    argp_error(state, "--design must be grid or one-at-a-time, is \"%s\"", word);
}

static void check_together(const struct sweep_arguments *a, struct argp_state *state)
{
    if (strcmp(a->scenario, "-") == 0)
        argp_error(state, "the scenario is read once for each point: it must be a file");
    if (a->list && a->estimate)
        argp_error(state, "--list and --estimate are two questions: one at a time");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct sweep_arguments *a = state->input;
    switch (key) {
    case KEY_VARY:
        text_list_add(&a->vary, argument);
        break;
    case KEY_WHERE:
        a->where = argument;
        break;
    case KEY_DESIGN:
        check_design(argument, state);
        a->design = argument;
        break;
    case 'r':
        a->replications = (uint32_t)option_count("--replications", argument, 1,
                                                 SWEEP_REPLICATIONS_MAX, state);
        break;
    case 'j':
        a->jobs = option_jobs(argument, state);
        break;
    case 'o':
        a->directory = argument;
        break;
    case KEY_SHARD:
        read_shard(a, argument, state);
        break;
    case KEY_LIST:
        a->list = true;
        break;
    case KEY_ESTIMATE:
        a->estimate = true;
        break;
    case KEY_METRIC:
        text_list_add(&a->metrics, argument);
        break;
    case KEY_SET:
        setting_add(&a->settings, argument, state);
        break;
    case KEY_SEED:
        setting_seed(&a->seed, argument, state);
        break;
    case KEY_JSON:
        a->json = true;
        break;
    case 'q':
        a->quiet = true;
        break;
    case ARGP_KEY_SUCCESS:
        check_together(a, state);
        break;
    default:
        return scenario_argument(key, argument, state, &a->scenario);
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "SCENARIO",
    .doc =
        "Runs SCENARIO at every combination of the values of its axes, each many times, "
        "into a study: a directory that holds every run, results.csv, results.json and "
        "replications.csv.  The same command goes on where an interrupted one ended, and "
        "one with more values or replications adds to what there is.\v"
        "Example:\n"
        "  portsim sweep proxysg-cifs-finwait2 --replications 20 -o knee \\\n"
        "      --vary apps.shares.arrivals.rate=20/s:60/s:9 \\\n"
        "      --metric apps.pages.failure_ratio@outage\n"
        "  portsim sweep my.json --list --vary 'hosts.a.count=1,10,100' \\\n"
        "      --vary apps.x.arrivals.rate=10/s:1000/s:7:log\n"};

static int run(int argc, char **argv)
{
    struct sweep_arguments a = {.argc = argc};
    char **given = memory_new((size_t)argc + 1, sizeof *given);
    memcpy(given, argv, (size_t)argc * sizeof *given); /* argp sorts them */
    a.argv = given;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    int status = sweep_command(&a);
    free(given);
    text_list_free(&a.settings);
    text_list_free(&a.vary);
    text_list_free(&a.metrics);
    free(a.seed);
    return status;
}

const struct command command_sweep = {
    .name = "sweep",
    .summary = "a scenario at many values, many times each, into a study",
    .run = run,
};
