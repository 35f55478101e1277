#include "sim/results/figures.h"

#include "sim/results/canvas.h"
#include "sim/results/figure.h"

/* In the order in which they are drawn and named. */
static const struct figure_ops *const figures[] = {
    &figure_states, &figure_outcomes, &figure_destinations,
    &figure_ports,  &figure_reuse,    &figure_transitions,
};

#define FIGURES (sizeof figures / sizeof figures[0])

const struct figure_kind *figures_kind(uint32_t index)
{
    return index < FIGURES ? &figures[index]->kind : NULL;
}

/* A drawing at work. */
struct drawing {
    struct canvas canvas;
    struct figure_source source;
};

static bool draw_one(struct drawing *d, const struct figure_ops *figure)
{
    struct text script = {0};
    canvas_begin(&d->canvas, &script);
    bool good = !figure->compose(&d->source, &script) ||
                canvas_finish(&d->canvas, figure->kind.name, figure->kind.name, &script);
    text_free(&script);
    return good;
}

/* Whether the series is enough for a time axis. */
static bool is_long_enough(const struct series *s)
{
    size_t rows = series_rows(s);
    return rows >= 2 && series_time(s, rows - 1) > series_time(s, 0);
}

static bool drawable(const char *directory, const struct run_record *run,
                     struct results_error *error)
{
    return is_long_enough(run->series) || run->transition_count ||
           run->distribution_count ||
           results_fail(error, 0, "%s has fewer than two samples, too few for a picture",
                        directory);
}

static bool draw_all(struct drawing *d)
{
    bool timed = is_long_enough(d->source.series);
    for (size_t i = 0; i < FIGURES; i++)
        if ((timed || figures[i]->timeless) && !draw_one(d, figures[i]))
            return false;
    return true;
}

static bool draw_run(struct drawing *d, const struct run_record *run)
{
    struct canvas_room room = canvas_room(d->canvas.request->format);
    size_t rows = series_rows(run->series);
    d->source = (struct figure_source){
        .canvas = &d->canvas,
        .run = run,
        .series = run->series,
        .unit = axis_time_unit(rows ? series_time(run->series, rows - 1) : 0),
        .pool = figure_pool_find(run),
        .moments = room.moments,
        .x_tics = room.x_tics,
        .y_tics = room.y_tics,
    };
    bool good = draw_all(d);
    figure_pool_free(&d->source.pool);
    return good;
}

bool figures_draw(const struct figures_request *request, const struct run_record *run,
                  struct figures_drawn *drawn, struct results_error *error)
{
    struct drawing d = {.canvas = {.plots = {.handle = -1}}};
    bool good = drawable(request->directory, run, error) &&
                canvas_open(&d.canvas, request, drawn, error) && draw_run(&d, run);
    canvas_close(&d.canvas);
    return good;
}
