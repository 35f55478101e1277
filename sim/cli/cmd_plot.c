/* portsim plot: draws the figures of a run directory, or the pictures of a study. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/directory.h"
#include "sim/cli/draw.h"
#include "sim/cli/figure_kinds.h"
#include "sim/cli/run.h"
#include "sim/results/program.h"

enum { KEY_ONLY = 1000, KEY_OPEN, KEY_SCRIPTS };

struct arguments {
    const char *directory;
    const char *metric; /* NULL: what the requirements speak of */
    enum figure_format format;
    struct text_list only; /* none: every kind there is data for */
    bool open, with_scripts;
};

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "svg (the default), png, or dumb for the terminal", 0},
    {"only", KEY_ONLY, "KIND,...", 0,
     "Only these kinds of pictures (portsim list figures); may be repeated", 0},
    {"metric", 'm', "NAME", 0,
     "of a study: what to draw (default: what its requirements speak of, else the "
     "failure "
     "ratios)",
     0},
    {"open", KEY_OPEN, NULL, 0, "Show what was drawn, with xdg-open or open", 0},
    {"scripts", KEY_SCRIPTS, NULL, 0,
     "Keep beside each picture the gnuplot script, with its data, that draws it", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'f':
        if (!run_format(argument, &a->format))
            argp_error(state, "--format must be svg, png or dumb, is \"%s\"", argument);
        break;
    case KEY_ONLY:
        figure_choice_add(&a->only, argument, state);
        break;
    case 'm':
        a->metric = argument;
        break;
    case KEY_OPEN:
        a->open = true;
        break;
    case KEY_SCRIPTS:
        a->with_scripts = true;
        break;
    case ARGP_KEY_END:
        if (a->format == FIGURE_DUMB && (a->open || a->with_scripts))
            argp_error(state, "%s wants files, and --format=dumb leaves none: svg or png",
                       a->open ? "--open" : "--scripts");
        return directory_argument(key, argument, state, &a->directory);
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
        "failed first.  `portsim list figures' names the kinds, `portsim explain KIND' "
        "says what each needs.\vExample:\n"
        "  portsim plot runs/proxysg-cifs-finwait2 --format png\n"
        "  portsim plot runs/proxysg-cifs-finwait2 --only states --open\n"
        "  portsim plot my-study --metric apps.web.failure_ratio --format dumb\n"};

/* Draws; what was drawn is named and shown even where more was asked for. */
static int plot(const struct arguments *a, struct figures_drawn *drawn)
{
    struct results_error error;
    struct draw_order order = {.directory = a->directory,
                               .format = a->format,
                               .metric = a->metric,
                               .only = a->only.at,
                               .only_count = a->only.count,
                               .with_scripts = a->with_scripts};
    if (!draw(&order, drawn, &error))
        return io_error(&error);
    int status = EXIT_DONE;
    for (unsigned i = 0; i < drawn->count; i++) {
        if (!drawn->at[i].path)
            continue;
        char *file = memory_print("%s/%s", a->directory, drawn->at[i].path);
        puts(file);
        if (a->open && status == EXIT_DONE && !program_show(file, &error))
            status = io_error(&error);
        free(file);
    }
    if (!figure_kinds_met(a->only.at, a->only.count, a->directory, drawn, &error))
        status = io_error(&error);
    return status;
}

static int run(int argc, char **argv)
{
    struct arguments a = {.format = FIGURE_SVG};
    struct figures_drawn drawn = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    int status = plot(&a, &drawn);
    figures_drawn_free(&drawn);
    text_list_free(&a.only);
    return status;
}

const struct command command_plot = {
    .name = "plot",
    .summary = "draw the figures of a run or a study (SVG, PNG, terminal)",
    .run = run,
};
