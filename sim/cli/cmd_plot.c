/* portsim plot: draws the figures of a run directory. */
#include <argp.h>
#include <stdio.h>

#include "sim/cli/command.h"
#include "sim/cli/directory.h"
#include "sim/cli/run.h"

struct arguments {
    const char *directory;
    enum figure_format format;
};

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "svg (the default), png, or dumb for the terminal", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'f':
        if (!run_format(argument, &a->format))
            argp_error(state, "--format must be svg, png or dumb, is \"%s\"", argument);
        break;
    default:
        return directory_argument(key, argument, state, &a->directory);
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DIR",
    .doc =
        "Draws the figures of the run in DIR, into DIR/plots, or as characters on the "
        "terminal.\vExample:\n  portsim plot runs/proxysg-cifs-finwait2 --format png\n"};

static int run(int argc, char **argv)
{
    struct arguments a = {.format = FIGURE_SVG};
    struct figures_drawn drawn = {0};
    struct results_error error;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    if (!run_draw(a.directory, a.format, &drawn, &error)) {
        fprintf(stderr, "portsim: %s\n", error.text);
        return EXIT_IO;
    }
    for (unsigned i = 0; i < drawn.count && a.format != FIGURE_DUMB; i++)
        printf("%s/%s\n", a.directory, drawn.names[i]);
    return EXIT_DONE;
}

const struct command command_plot = {
    .name = "plot",
    .summary = "draw the figures of a run directory (SVG, PNG, terminal)",
    .run = run,
};
