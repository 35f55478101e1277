#include "sim/results/figures.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"
#include "sim/results/picture.h"
#include "sim/results/run_directory.h"
#include "sim/results/safe_file.h"

/* In the order in which they are drawn and named. */
static const struct figure_ops *const figures[] = {
    &figure_states,
    &figure_outcomes,
    &figure_destinations,
};

#define FIGURES (sizeof figures / sizeof figures[0])
_Static_assert(FIGURES <= FIGURES_MAX, "figures_drawn has room for every figure");

/* What a format can show, and how it is known to be whole. */
static const struct {
    const char *name;
    bool (*whole)(const char *bytes, size_t length);
    unsigned moments, x_tics, y_tics;
} formats[] = {
    [FIGURE_SVG] = {"svg", picture_is_svg, 450, 12, 8},
    [FIGURE_PNG] = {"png", picture_is_png, 450, 12, 8},
    [FIGURE_DUMB] = {"dumb", picture_is_plain, 70, 6, 5},
};

/* A drawing at work. */
struct drawing {
    const struct figures_request *request;
    struct figures_drawn *drawn;
    struct figure_source source;
    struct safe_directory plots; /* not open for the terminal */
    struct results_error *error;
};

static unsigned or_default(unsigned value, unsigned otherwise)
{
    return value ? value : otherwise;
}

static void put_canvas(const struct figures_request *r, struct text *script)
{
    gnuplot_set_string(script, "format", formats[r->format].name);
    gnuplot_set_number(script, "columns", or_default(r->columns, 80));
    gnuplot_set_number(script, "rows", or_default(r->rows, 24));
}

/* Runs one figure's script; the picture's bytes are the caller's to free. */
static bool render(const struct drawing *d, const char *name, const struct text *script,
                   struct text *picture)
{
    enum figure_format format = d->request->format;
    if (!gnuplot_run(d->request->scripts, script, GNUPLOT_LIMIT_S, picture, d->error))
        return false;
    if (!formats[format].whole(text_of(picture), picture->length))
        return results_fail(d->error, 0,
                            "gnuplot gave no whole picture of \"%s\" (%zu bytes)", name,
                            picture->length);
    return true;
}

/* gnuplot's page without its form feed and the blanks at the ends of lines. */
static void print_plain(const struct text *picture, FILE *terminal)
{
    const char *line = picture->bytes + (picture->bytes[0] == '\f');
    while (*line) {
        size_t length = strcspn(line, "\n"), inked = length;
        while (inked && line[inked - 1] == ' ')
            inked--;
        fprintf(terminal, "%.*s\n", (int)inked, line);
        line += length + (line[length] == '\n');
    }
}

static bool deliver(struct drawing *d, const char *name, const struct text *picture)
{
    const struct figures_request *r = d->request;
    char *entry = d->drawn->names[d->drawn->count];
    size_t size = sizeof d->drawn->names[0];
    if (r->format == FIGURE_DUMB) {
        print_plain(picture, r->terminal);
        snprintf(entry, size, "%s", name);
    } else {
        char *file = memory_print("%s.%s", name, formats[r->format].name);
        bool written =
            safe_file_write(&d->plots, file, picture->bytes, picture->length, d->error);
        snprintf(entry, size, "plots/%s", file);
        free(file);
        if (!written)
            return false;
    }
    d->drawn->count++;
    return true;
}

static bool draw_one(struct drawing *d, const struct figure_ops *figure)
{
    struct text script = {0}, picture = {0};
    put_canvas(d->request, &script);
    bool good = true;
    if (figure->compose(&d->source, &script)) {
        text_print(&script, "load './%s.gp'\n", figure->name);
        good = render(d, figure->name, &script, &picture) &&
               deliver(d, figure->name, &picture);
    }
    text_free(&script);
    text_free(&picture);
    return good;
}

static bool draw_all(struct drawing *d)
{
    for (size_t i = 0; i < FIGURES; i++)
        if (!draw_one(d, figures[i]))
            return false;
    return d->drawn->count > 0 ||
           results_fail(d->error, 0, "%s recorded nothing that a figure shows",
                        d->request->directory);
}

static bool drawable(const struct drawing *d, const struct series *s)
{
    size_t rows = series_rows(s);
    if (rows >= 2 && series_time(s, rows - 1) > series_time(s, 0))
        return true;
    return results_fail(d->error, 0,
                        "%s has fewer than two samples, too few for a picture",
                        d->request->directory);
}

static bool draw_run(struct drawing *d, const struct run_record *run)
{
    enum figure_format format = d->request->format;
    d->source = (struct figure_source){
        .run = run,
        .series = run->series,
        .unit = axis_time_unit(series_time(run->series, series_rows(run->series) - 1)),
        .pool = figure_pool_find(run),
        .moments = formats[format].moments,
        .x_tics = formats[format].x_tics,
        .y_tics = formats[format].y_tics,
    };
    bool good = draw_all(d);
    figure_pool_free(&d->source.pool);
    return good;
}

static bool open_plots(struct drawing *d)
{
    struct safe_directory run;
    if (d->request->format == FIGURE_DUMB)
        return true;
    if (!safe_directory_open(&run, d->request->directory, d->error))
        return false;
    bool good = safe_directory_enter(&d->plots, &run, "plots", d->error);
    safe_directory_close(&run);
    return good;
}

bool figures_draw(const struct figures_request *request, struct figures_drawn *drawn,
                  struct results_error *error)
{
    struct drawing d = {
        .request = request, .drawn = drawn, .plots = {.handle = -1}, .error = error};
    drawn->count = 0;
    struct stored_run *run = run_directory_read(request->directory, error);
    bool good = run && drawable(&d, run->record.series) && open_plots(&d) &&
                draw_run(&d, &run->record);
    safe_directory_close(&d.plots);
    stored_run_free(run);
    return good;
}
