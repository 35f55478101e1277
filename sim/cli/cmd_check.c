/* portsim check: reads scenarios and says everything that is wrong with them. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/cli/read.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/scenario.h"
#include "sim/study/points/points.h"

enum { KEY_SET = 1000, KEY_RESOLVED, KEY_ORIGINS };

struct arguments {
    char **scenarios;
    int count;
    struct text_list settings;
    bool resolved, origins, quiet;
};

static const struct argp_option options[] = {
    {"resolved", KEY_RESOLVED, NULL, 0,
     "Print the resolved scenario, every default filled in", 0},
    {"origins", KEY_ORIGINS, NULL, 0, "Print each value with where it comes from", 0},
    {"set", KEY_SET, "PATH=VALUE", 0, "Set a field of each scenario; may be repeated", 0},
    {"quiet", 'q', NULL, 0, "Say nothing of good scenarios", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_RESOLVED:
        a->resolved = true;
        break;
    case KEY_ORIGINS:
        a->origins = true;
        break;
    case KEY_SET:
        setting_add(&a->settings, argument, state);
        break;
    case 'q':
        a->quiet = true;
        break;
    case ARGP_KEY_ARGS:
        a->scenarios = state->argv + state->next;
        a->count = state->argc - state->next;
        break;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which scenarios? Files, or names of `portsim list "
                          "scenarios'");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "SCENARIO...",
    .doc = "Reads scenarios and prints every error at once, with file, line, column and "
           "path.  Simulates nothing.\v"
           "Example:\n  portsim check scenarios/*.json\n"
           "  portsim check --resolved teaching-mini\n"};

/* The points of its own sweep.  Standard input cannot be read once more for each. */
static bool check_sweep(const struct arguments *a, const char *name,
                        const struct trial_plan *plan, struct issues *issues)
{
    const struct sweep_config *sweep = &plan->config->sweep;
    struct study_axes axes = {0};
    struct study_points points = {.count = 0};
    char *path = places_scenario(name), *library = places_folder("scenarios");
    struct scenario_options read_with = {.library = library,
                                         .settings = a->settings.at,
                                         .setting_count = a->settings.count};
    struct points_order order = {.path = path,
                                 .options = &read_with,
                                 .axes = &axes,
                                 .where = sweep->where,
                                 .where_name = "sweep.where",
                                 .design = (enum sweep_design)sweep->design};
    bool right = study_axes_add_config(&axes, plan, issues);
    if (right && sweep->vary.count && strcmp(path, "-") != 0)
        right = study_points_read(&points, &order, plan, issues);
    if (!right)
        issues_print(issues, stderr);
    study_points_free(&points);
    study_axes_free(&axes);
    free(library);
    free(path);
    return right;
}

static int check(const struct arguments *a, const char *name)
{
    struct issues *issues;
    int status = EXIT_DONE;
    struct trial_plan *plan = read_plan(name, &a->settings, &issues, &status);
    if (plan && a->resolved)
        fputs(plan->resolved, stdout);
    if (plan && a->origins)
        scenario_print_origins(plan->scenario, stdout);
    bool right = plan && check_sweep(a, name, plan, issues);
    if (plan && !right)
        status = EXIT_SCENARIO;
    if (right && !a->quiet && !a->resolved && !a->origins) {
        terminal_print(stdout, name);
        puts(": ok");
    }
    trial_plan_free(plan);
    issues_free(issues);
    return status;
}

static int run(int argc, char **argv)
{
    struct arguments a = {0};
    int worst = EXIT_DONE;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    for (int i = 0; i < a.count; i++) {
        int status = check(&a, a.scenarios[i]);
        if (status > worst)
            worst = status;
    }
    text_list_free(&a.settings);
    return worst;
}

const struct command command_check = {
    .name = "check",
    .summary = "read scenarios and print everything that is wrong with them",
    .run = run,
};
