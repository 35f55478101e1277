/* portsim theory: what closed forms say of a scenario, beside what runs of it found. */
#include <argp.h>
#include <stdio.h>

#include "sim/cli/command.h"
#include "sim/cli/read.h"
#include "sim/cli/terminal.h"
#include "sim/cli/theory_print.h"

enum { KEY_SET = 1000, KEY_JSON };

struct arguments {
    const char *scenario;
    const char *directory; /* NULL: theory alone */
    struct text_list settings;
    bool json;
};

static const struct argp_option options[] = {
    {"set", KEY_SET, "PATH=VALUE", 0, "Set a field of the scenario; may be repeated", 0},
    {"json", KEY_JSON, NULL, 0, "Print JSON", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_SET:
        setting_add(&a->settings, argument, state);
        break;
    case KEY_JSON:
        a->json = true;
        break;
    case ARGP_KEY_ARG:
        if (a->directory)
            argp_error(state, "one scenario and one run directory are enough");
        *(a->scenario ? &a->directory : &a->scenario) = argument;
        break;
    default:
        return scenario_argument(key, argument, state, &a->scenario);
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "SCENARIO [DIR]",
    .doc =
        "Prints what queueing theory says of a scenario, as far as closed forms reach: "
        "loss (Erlang B), the rate that fills the ports (N / (L + T)), what holds them, "
        "what other rates, ranges and scopes would lose, what searches cost, how soon "
        "ports are used again, how long until they run out.  Each line says whether it "
        "is exact here, or why it is not; where nothing applies, that is said as well.  "
        "With the directory of a run, or of a study that has runs of this very scenario, "
        "what was simulated stands beside it, and of several replications whether the "
        "two agree.\v"
        "Exit status 1: a form that is exact lies outside the interval of the runs.\n\n"
        "Example:\n"
        "  portsim theory which-address-to-add\n"
        "  portsim theory proxysg-low-port --set hosts.proxy.tcp.fin_wait_2=1min\n"
        "  portsim run teaching-mini --replications 20 -o mini\n"
        "  portsim theory teaching-mini mini\n"};

static int show(const struct arguments *a, const struct trial_plan *plan)
{
    struct theory_runs *runs = a->directory ? theory_runs_open(a->directory, plan) : NULL;
    if (a->directory && !runs)
        return EXIT_IO;
    struct theory_lines lines = theory_lines_of(plan);
    const struct theory_page page = {.scenario = plan->config->name,
                                     .lines = &lines,
                                     .runs = runs,
                                     .colours = terminal_colours()};
    if (a->json)
        theory_json(stdout, &page);
    else
        theory_print(stdout, &page);
    int status = theory_agrees(&page) ? EXIT_DONE : EXIT_REQUIREMENT;
    theory_lines_free(&lines);
    theory_runs_close(runs);
    return status;
}

static int run(int argc, char **argv)
{
    struct arguments a = {0};
    struct issues *issues;
    int status = EXIT_DONE;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct trial_plan *plan = read_plan(a.scenario, &a.settings, &issues, &status);
    if (plan)
        status = show(&a, plan);
    trial_plan_free(plan);
    issues_free(issues);
    text_list_free(&a.settings);
    return status;
}

const struct command command_theory = {
    .name = "theory",
    .summary = "closed forms of a scenario: loss, limits, populations; beside a run",
    .run = run,
};
