/* portsim demo: a first run without a file: the ProxySG outage, told and drawn. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/run.h"

#define DEMO        "proxysg-outage"
#define OTHER_STACK "run " DEMO " --set hosts.proxy.stack=proxysg-reworked --plots"

static error_t parse(int key, char *argument, struct argp_state *state)
{
    const char **name = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        *name = argument;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "[NAME]",
    .doc = "Runs a scenario of the library, without a NAME the outage of a ProxySG that "
           "portsim was first built for, and draws it.\v"
           "Example:\n  portsim demo\n  portsim demo linux-churn-replay\n"};

static int run(int argc, char **argv)
{
    const char *name = DEMO;
    argp_parse(&argp, argc, argv, 0, NULL, &name);
    char *epilogue = memory_print(
        "\ntry next:\n"
        "  ./portsim plot runs/%s --format dumb\n"
        "        the same figures in this terminal\n"
        "  ./portsim %s\n"
        "        %s\n",
        name, strcmp(name, DEMO) == 0 ? OTHER_STACK : "list scenarios",
        strcmp(name, DEMO) == 0 ? "would the reworked port selection have helped?"
                                : "what else there is to run");
    struct run_order order = {.scenario = name,
                              .overwrite = true,
                              .plots = true,
                              .format = FIGURE_PNG,
                              .epilogue = epilogue};
    char *directory = memory_print("runs/%s", name);
    order.directory = directory;
    int status = run_scenario(&order);
    free(directory);
    free(epilogue);
    return status;
}

const struct command command_demo = {
    .name = "demo",
    .summary = "a first run without a file: a proxy runs out of ports and recovers",
    .run = run,
};
