/* portsim plot: draws the figures of a run directory, or the pictures of a study. */
#include <argp.h>
#include <stdio.h>

#include "sim/cli/command.h"
#include "sim/cli/directory.h"
#include "sim/cli/draw.h"
#include "sim/cli/run.h"

struct arguments {
    const char *directory;
    const char *metric; /* NULL: what the requirements speak of */
    enum figure_format format;
};

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "svg (the default), png, or dumb for the terminal", 0},
    {"metric", 'm', "NAME", 0,
     "of a study: what to draw (default: what its requirements speak of, else the "
     "failure "
     "ratios)",
     0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'f':
        if (!run_format(argument, &a->format))
            argp_error(state, "--format must be svg, png or dumb, is \"%s\"", argument);
        break;
    case 'm':
        a->metric = argument;
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
        "Draws the figures of the run in DIR, or the pictures of the study in DIR, into "
        "DIR/plots, or as characters on the terminal.  A study of one axis gets a knee, "
        "of "
        "two a heat map, of single changes a tornado; ten runs and more show when they "
        "failed first.\vExample:\n"
        "  portsim plot runs/proxysg-cifs-finwait2 --format png\n"
        "  portsim plot my-study --metric apps.web.failure_ratio --format dumb\n"};

static int run(int argc, char **argv)
{
    struct arguments a = {.format = FIGURE_SVG};
    struct figures_drawn drawn = {0};
    struct results_error error;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct draw_order order = {
        .directory = a.directory, .format = a.format, .metric = a.metric};
    int status = EXIT_DONE;
    if (!draw(&order, &drawn, &error)) {
        fprintf(stderr, "portsim: %s\n", error.text);
        status = error.asked ? EXIT_USAGE : EXIT_IO;
    }
    for (unsigned i = 0; i < drawn.count && status == EXIT_DONE; i++)
        if (drawn.at[i].path)
            printf("%s/%s\n", a.directory, drawn.at[i].path);
    figures_drawn_free(&drawn);
    return status;
}

const struct command command_plot = {
    .name = "plot",
    .summary = "draw the figures of a run or a study (SVG, PNG, terminal)",
    .run = run,
};
