/* portsim run: simulates a scenario, prints the summary, writes a run directory. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/run.h"

enum { KEY_SET = 1000, KEY_SEED, KEY_OVERWRITE, KEY_JSON };

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0, "Write the run directory here (default: runs/NAME)", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace an earlier run in DIR", 0},
    {"set", KEY_SET, "PATH=VALUE", 0, "Set a field of the scenario; may be repeated", 0},
    {"seed", KEY_SEED, "N", 0, "Use this seed instead of the scenario's", 0},
    {"plots", 'p', "FORMAT", OPTION_ARG_OPTIONAL,
     "Draw the figures too: svg (the default), png or dumb", 0},
    {"json", KEY_JSON, NULL, 0, "Print summary.json instead of the summary", 0},
    {"quiet", 'q', NULL, 0, "No progress and no messages but errors", 0},
    {0}};

static void add_setting(struct run_order *order, char *text, struct argp_state *state)
{
    if (!strchr(text, '='))
        argp_error(state, "--set wants PATH=VALUE, is \"%s\"", text);
    order->settings = memory_resize(order->settings, order->setting_count + 1u,
                                    sizeof *order->settings);
    order->settings[order->setting_count++] = text;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct run_order *order = state->input;
    switch (key) {
    case 'o':
        order->directory = argument;
        break;
    case KEY_OVERWRITE:
        order->overwrite = true;
        break;
    case KEY_SET:
        add_setting(order, argument, state);
        break;
    case KEY_SEED:
        add_setting(order, memory_print("seed=%s", argument), state);
        break;
    case 'p':
        order->plots = true;
        if (!run_format(argument ? argument : "svg", &order->format))
            argp_error(state, "--plots must be svg, png or dumb, is \"%s\"", argument);
        break;
    case KEY_JSON:
        order->json = true;
        break;
    case 'q':
        order->quiet = true;
        break;
    case ARGP_KEY_ARG:
        if (order->scenario)
            argp_error(state, "one scenario at a time, also got \"%s\"", argument);
        order->scenario = argument;
        break;
    case ARGP_KEY_END:
        if (!order->scenario)
            argp_error(state, "which scenario?");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "SCENARIO",
    .doc =
        "Simulates SCENARIO, a file or a name of `portsim list scenarios`, prints what "
        "happened and writes a run directory.\v"
        "Example:\n"
        "  portsim run scenarios/proxysg-cifs-finwait2.json --set "
        "hosts.proxy.tcp.fin_wait_2=1min -o /tmp/knob --plots\n"};

static int run(int argc, char **argv)
{
    struct run_order order = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &order);
    int status = run_scenario(&order);
    free(order.settings);
    return status;
}

const struct command command_run = {
    .name = "run",
    .summary = "simulate a scenario, print what happened, write a run directory",
    .run = run,
};
