/* The commands of portsim: one file each, one line in COMMANDS.
 *
 * A command parses its own arguments with argp, prints its result on stdout and
 * everything else on stderr, and returns an exit status.
 */
#ifndef SIM_CLI_COMMAND_H
#define SIM_CLI_COMMAND_H

enum exit_status {
    EXIT_DONE = 0,
    EXIT_REQUIREMENT = 1, /* ran, but a requirement failed */
    EXIT_USAGE = 2,       /* bad command line */
    EXIT_SCENARIO = 3,    /* bad scenario */
    EXIT_IO = 4,          /* input, output, gnuplot */
    /* 5: a bug (sim/base/bug.h); 6: out of memory (sim/base/memory.h) */
    EXIT_PRECISION = 7,   /* the precision asked for was not reached */
    EXIT_BY_SIGNAL = 128, /* + 2 or 15: interrupted, partial results kept and marked */
};

struct command {
    const char *name;
    const char *summary;               /* one line */
    int (*run)(int argc, char **argv); /* argv[0] is "portsim NAME" */
};

/* In the order of `portsim --help`, under the headings of GROUP. */
#define COMMANDS(GROUP, X)                                                               \
    GROUP("Start here")                                                                  \
    X(demo)                                                                              \
    X(init)                                                                              \
    GROUP("One run")                                                                     \
    X(run)                                                                               \
    X(check)                                                                             \
    X(plot)                                                                              \
    X(report)                                                                            \
    GROUP("What an operator sees")                                                       \
    X(diagnose)                                                                          \
    X(sockets)                                                                           \
    X(events)                                                                            \
    X(trace)                                                                             \
    X(watch)                                                                             \
    X(binds)                                                                             \
    GROUP("Many runs")                                                                   \
    X(sweep)                                                                             \
    X(merge)                                                                             \
    X(compare)                                                                           \
    X(plan)                                                                              \
    X(theory)                                                                            \
    GROUP("Reference")                                                                   \
    X(list)                                                                              \
    X(explain)                                                                           \
    X(schema)

#define GROUP(heading)
#define X(name) extern const struct command command_##name;
COMMANDS(GROUP, X)
#undef X
#undef GROUP

#endif
