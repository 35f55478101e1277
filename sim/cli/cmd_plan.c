/* portsim plan: how far can a number be turned until a requirement no longer holds? */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/json.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/draw.h"
#include "sim/cli/option_number.h"
#include "sim/cli/places.h"
#include "sim/cli/plan_print.h"
#include "sim/cli/read.h"
#include "sim/cli/stop.h"
#include "sim/cli/terminal.h"
#include "sim/results/folder.h"
#include "sim/scenario/expression.h"
#include "sim/scenario/scenario.h"
#include "sim/study/plan/plan_files.h"
#include "sim/study/plan/plan_picture.h"

enum {
    KEY_VARY = 1000,
    KEY_REQUIRE,
    KEY_CONFIDENCE,
    KEY_PRECISION,
    KEY_REPLICATIONS,
    KEY_MAX_REPLICATIONS,
    KEY_STEP,
    KEY_SET,
    KEY_SEED,
    KEY_JSON,
};

/* Runs of a value at first and at most: 10 are the fewest behind an interval that is
 * believed [ECOSYSTEM.md 5], and 160 narrow it to a quarter. */
#define LEAST 10
#define MOST  160

static const struct argp_option options[] = {
    {"vary", KEY_VARY, "PATH=LOW..HIGH", 0,
     "What to turn: a number, rate or duration; of a list of addresses how many, of a "
     "range of ports how many.  \"A=LOW..HIGH;B=LOW..HIGH\" turns B in step with A; "
     ":log behind HIGH steps by ratios; A=V,W,X tries these values alone",
     0},
    {"require", KEY_REQUIRE, "EXPR", 0,
     "What must hold: 'METRIC[@PHASE] <= NUMBER'; several must hold together", 0},
    {"confidence", KEY_CONFIDENCE, "P", 0, "That the threshold is where is said (95%)",
     0},
    {"precision", KEY_PRECISION, "P", 0,
     "How near the two ends of the answer must be, as a share of it (1%; 0 for whole "
     "numbers); asked for and not reached: exit status 7",
     0},
    {"step", KEY_STEP, "VALUE", 0,
     "The distance of the values tried (1, or about a thousandth of the range)", 0},
    {"replications", KEY_REPLICATIONS, "N", 0, "Runs of a value at first (10)", 0},
    {"max-replications", KEY_MAX_REPLICATIONS, "N", 0,
     "Runs of a value near the threshold at most (160)", 0},
    {"jobs", 'j', "J", 0, "Runs at the same time (as many as there are processors)", 0},
    {"set", KEY_SET, "PATH=VALUE", 0, "Set a field of the scenario; may be repeated", 0},
    {"seed", KEY_SEED, "N", 0,
     "Use this seed (0x... for hexadecimal) instead of the scenario's", 0},
    {"output", 'o', "DIR", 0, "Write plan.json, points.csv and the picture here", 0},
    {"json", KEY_JSON, NULL, 0, "Print plan.json instead of the text", 0},
    {"quiet", 'q', NULL, 0, "No progress, and no messages but errors", 0},
    {0}};

struct arguments {
    const char *scenario, *vary, *step, *output;
    struct text_list settings;
    char *seed;
    struct text_list require;
    double confidence;
    double precision; /* below 0: not given */
    uint32_t least, most, jobs;
    bool json, quiet;
};

static void check_together(struct arguments *a, struct argp_state *state)
{
    if (strcmp(a->scenario, "-") == 0)
        argp_error(state, "the scenario is read once for each value: it must be a file");
    if (!a->vary)
        argp_error(state, "--vary PATH=LOW..HIGH says what to turn");
    if (!a->require.count)
        argp_error(state, "--require 'METRIC <= NUMBER' says what must hold");
    if (a->most < a->least)
        a->most = a->least;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_VARY:
        if (a->vary)
            argp_error(state, "one --vary; join those that turn together with \";\"");
        a->vary = argument;
        break;
    case KEY_REQUIRE:
        text_list_add(&a->require, argument);
        break;
    case KEY_CONFIDENCE:
        a->confidence = option_confidence(argument, state);
        break;
    case KEY_PRECISION:
        a->precision = option_precision(argument, true, state);
        break;
    case KEY_STEP:
        a->step = argument;
        break;
    case KEY_REPLICATIONS:
        a->least = option_replications("--replications", argument, 2, state);
        break;
    case KEY_MAX_REPLICATIONS:
        a->most = option_replications("--max-replications", argument, 2, state);
        break;
    case 'j':
        a->jobs = option_jobs(argument, state);
        break;
    case KEY_SET:
        setting_add(&a->settings, argument, state);
        break;
    case KEY_SEED:
        setting_seed(&a->seed, argument, state);
        break;
    case 'o':
        a->output = argument;
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
        "Finds the largest (or smallest) value between LOW and HIGH that still meets the "
        "requirement, by bisection over simulations with common random numbers, and says "
        "between which two values the threshold lies.  Exit status 1 if both ends meet "
        "or neither does, 7 if an end, or the precision asked for, is too near the "
        "threshold.\v"
        "Example:\n"
        "  portsim plan proxysg-cifs-finwait2 --vary apps.shares.arrivals.rate=5/s..60/s "
        "--require 'apps.pages.failure_ratio <= 0.1%'\n"
        "  portsim plan my.json --vary hosts.proxy.addresses=1..8 "
        "--require 'apps.web.failures <= 0' -o addresses\n"};

/* --- doing it ------------------------------------------------------------------------
 */

/* Requirements that a bisection can use: one side meets, the other does not. */
static bool can_turn(const struct trial_plan *base)
{
    for (uint32_t i = 0; i < base->requirement_count; i++) {
        enum expression_op op = (enum expression_op)base->requirements[i].op;
        if (op != EXPRESSION_EQUAL && op != EXPRESSION_UNEQUAL)
            continue;
        fprintf(stderr,
                "portsim: --require: \"%s\" can hold at a single value only; "
                "write it with <=, <, >= or >\n",
                base->requirements[i].text);
        return false;
    }
    return true;
}

static void tell(void *context, const struct plan_points *points,
                 const struct plan_point *point)
{
    const struct arguments *a = context;
    plan_print_point(stderr, points, point, a->confidence);
}

static int status_of(const struct arguments *a, const struct plan_question *q,
                     const struct plan_answer *answer)
{
    const struct plan_found *f = &answer->found;
    if (answer->unreadable)
        return EXIT_SCENARIO;
    if (stop_signal())
        return EXIT_BY_SIGNAL + stop_signal();
    if (f->outcome == PLAN_END_UNDECIDED)
        return EXIT_PRECISION;
    if (f->outcome != PLAN_LARGEST && f->outcome != PLAN_SMALLEST)
        return EXIT_REQUIREMENT;
    bool asked = a->precision >= 0;
    return asked && f->tied && !plan_precise(q->axes, a->precision, f->meets, f->fails)
               ? EXIT_PRECISION
               : EXIT_DONE;
}

/* Whoever interrupted the plan wants the program to end: no picture then. */
static bool draw_answer(const struct arguments *a, const struct plan_question *q,
                        const struct plan_answer *answer, struct results_error *error)
{
    struct figures_request request;
    struct figures_drawn drawn = {0};
    char *scripts = draw_request(a->output, FIGURE_SVG, &request, error);
    bool well = scripts && plan_picture(&request, q, answer, &drawn, error);
    if (well && !a->quiet)
        draw_tell(a->output, &drawn);
    figures_drawn_free(&drawn);
    free(scripts);
    return well;
}

static int show(const struct arguments *a, const struct plan_question *q,
                const struct plan_answer *answer)
{
    struct results_error error;
    struct json_text json = {0};
    if (a->json) {
        plan_json(&json, q, answer);
        fputs(json.bytes, stdout);
    } else {
        plan_print(stdout, q, answer);
    }
    json_free(&json);
    fflush(stdout);
    warm_up_warn(stderr, &answer->points.doubts);
    int status = status_of(a, q, answer);
    if (!a->output)
        return status;
    if (!plan_files_write(a->output, q, answer, &error))
        return io_error(&error);
    if (!stop_signal() && !draw_answer(a, q, answer, &error)) {
        int missed = draw_missed(&error);
        status = missed == EXIT_DONE ? status : missed;
    }
    return status;
}

static int ask(const struct arguments *a, struct plan_question *q)
{
    struct plan_answer answer;
    bool whole = q->axes->at[0].step >= 1 && q->axes->at[0].unit[0] == '\0';
    q->rule = (struct plan_rule){a->confidence, a->least, a->most};
    q->precision = a->precision >= 0 ? a->precision : whole ? 0 : 0.01;
    q->workers = (struct workers){.threads = a->jobs, .stop = stop_flag()};
    if (!a->quiet && isatty(STDERR_FILENO)) {
        q->tell = tell;
        q->context = (void *)a;
    }
    stop_listen();
    plan_ask(q, &answer);
    if (answer.unreadable)
        issues_print(q->issues, stderr);
    int status = answer.unreadable ? EXIT_SCENARIO : show(a, q, &answer);
    plan_answer_free(&answer);
    return status;
}

/* A place that cannot be written is refused before the work. */
static int prepare(const struct arguments *a)
{
    struct results_error error;
    return !a->output || folder_prepare(a->output, &error) ? EXIT_DONE : io_error(&error);
}

static int plan(struct arguments *a)
{
    struct issues *issues;
    struct plan_axes axes = {0};
    int status = EXIT_SCENARIO;
    char *require = setting_list("require", &a->require);
    char *path = places_scenario(a->scenario), *library = places_folder("scenarios");
    if (a->seed)
        text_list_add(&a->settings, a->seed);
    text_list_add(&a->settings, require);
    struct trial_plan *base = read_plan(a->scenario, &a->settings, &issues, &status);
    struct scenario_options read_with = {.library = library,
                                         .settings = a->settings.at,
                                         .setting_count = a->settings.count};
    struct plan_question q = {.path = path,
                              .options = &read_with,
                              .base = base,
                              .axes = &axes,
                              .issues = issues};
    if (base && !can_turn(base)) {
        status = EXIT_USAGE;
    } else if (base && !plan_axes_read(&axes, a->vary, a->step, base, issues)) {
        issues_print(issues, stderr);
        status = EXIT_USAGE;
    } else if (base) {
        status = prepare(a);
        if (status == EXIT_DONE)
            status = ask(a, &q);
    }
    plan_axes_free(&axes);
    trial_plan_free(base);
    issues_free(issues);
    free(library);
    free(path);
    free(require);
    return status;
}

static int run(int argc, char **argv)
{
    struct arguments a = {.confidence = 0.95,
                          .precision = -1,
                          .least = LEAST,
                          .most = MOST,
                          .jobs = workers_default()};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    int status = plan(&a);
    text_list_free(&a.settings);
    free(a.seed);
    text_list_free(&a.require);
    return status;
}

const struct command command_plan = {
    .name = "plan",
    .summary = "how far a number can be turned until a requirement no longer holds",
    .run = run,
};
