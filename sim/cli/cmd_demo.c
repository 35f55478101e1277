/* portsim demo: a first run without a file: the ProxySG outage, told and drawn. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/run.h"

#define DEMO "proxysg-outage"

static error_t parse(int key, char *argument, struct argp_state *state)
{
    const char **name = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (*name)
            argp_error(state, "one scenario at a time, also got \"%s\"", argument);
        if (strchr(argument, '/'))
            argp_error(state,
                       "NAME is one of `portsim list scenarios'; for a file: "
                       "portsim run %s --plots",
                       argument);
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
           "portsim was first built for, and draws it.  Writes runs/demo-NAME, in place "
           "of what an earlier demo left there.\v"
           "Example:\n  portsim demo\n  portsim demo linux-churn-replay\n"};

/* Two commands to try next, as this program was called. */
static char *epilogue(const char *name, const char *directory)
{
    const char *program = program_invocation_name;
    bool outage = strcmp(name, DEMO) == 0;
    return memory_print("\ntry next:\n"
                        "  %s plot %s --format dumb\n"
                        "        the same figures in this terminal\n"
                        "  %s %s\n"
                        "        %s\n",
                        program, directory, program,
                        outage ? "run " DEMO
                                 " --set hosts.proxy.stack=proxysg-reworked --plots"
                               : "list scenarios",
                        outage ? "would the reworked port selection have helped?"
                               : "what else there is to run");
}

static int run(int argc, char **argv)
{
    const char *name = NULL;
    argp_parse(&argp, argc, argv, 0, NULL, &name);
    name = name ? name : DEMO;
    char *directory = memory_print("runs/demo-%s", name);
    char *next = epilogue(name, directory);
    struct run_order order = {.scenario = name,
                              .directory = directory,
                              .overwrite = true,
                              .plots = true,
                              .format = FIGURE_PNG,
                              .epilogue = next};
    int status = run_scenario(&order);
    free(next);
    free(directory);
    return status;
}

const struct command command_demo = {
    .name = "demo",
    .summary = "a first run without a file: a proxy runs out of ports and recovers",
    .run = run,
};
