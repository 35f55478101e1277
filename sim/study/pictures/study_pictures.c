#include "sim/study/pictures/study_pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/issues.h"
#include "sim/study/pictures/study_drawing.h"
#include "sim/study/pictures/study_ports.h"

/* --- what all of them share --------------------------------------------------------- */

char *study_picture_name(const struct study_drawing *d, const char *kind, uint32_t metric)
{
    static const char kept[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (d->wanted.count == 1 || (d->wanted.apps && strcmp(kind, "knee") == 0))
        return memory_print("%s", kind);
    char *name = memory_print("%s-%.60s", kind, d->wanted.at[metric].name);
    for (char *p = name; *p; p++)
        if (!strchr(kept, *p))
            *p = '-';
    return name;
}

struct picture_axis study_metric_axis(const struct study_drawing *d, uint32_t metric)
{
    return picture_axis_of_metric(d->wanted.at[metric].name, d->table.units[metric]);
}

struct picture_point study_point_of(const struct table_point *p, uint32_t metric)
{
    if (!p)
        return (struct picture_point){.mean = NAN, .low = NAN, .high = NAN};
    const struct estimate *e = &p->estimates[metric];
    return (struct picture_point){.mean = e->value,
                                  .low = e->value - e->half_width,
                                  .high = e->value + e->half_width};
}

static void set_words(struct study_drawing *d)
{
    const struct store_about *about = store_about(d->store);
    d->words = (struct picture_words){.scenario = about->scenario,
                                      .seed = about->seed,
                                      .replications = UINT32_MAX,
                                      .confidence = about->confidence,
                                      .version = about->version};
    for (uint32_t i = 0; i < d->table.point_count; i++) {
        uint32_t runs = d->table.points[i].runs;
        if (runs < d->words.replications)
            d->words.replications = runs;
        if (runs > d->words.replications_most)
            d->words.replications_most = runs;
    }
}

/* --- heat --------------------------------------------------------------------------- */

/* Over two axes, or one and nothing. */
static bool draw_heat(struct study_drawing *d, uint32_t x, uint32_t y, uint32_t metric)
{
    static const char *const nothing[] = {""};
    const struct study_table *t = &d->table;
    const struct table_axis *across = &t->axes[x], *up = &t->axes[y];
    struct picture_heat h = {.words = d->words,
                             .x = {.label = across->path},
                             .y = {.label = x == y ? "" : up->path},
                             .z = study_metric_axis(d, metric),
                             .x_values = across->values,
                             .y_values = x == y ? nothing : up->values,
                             .x_count = across->count,
                             .y_count = x == y ? 1 : up->count,
                             .bound = d->wanted.at[metric].bound};
    struct picture_point *at = memory_new(h.x_count * h.y_count, sizeof *at);
    bool any = false;
    for (uint32_t j = 0; j < h.y_count; j++)
        for (uint32_t i = 0; i < h.x_count; i++) {
            size_t place = j * h.x_count + i;
            at[place] =
                study_point_of(study_table_at(t, x, i, y, x == y ? i : j), metric);
            any = any || !isnan(at[place].mean);
        }
    h.at = at;
    char *name = study_picture_name(d, "heat", metric);
    bool good = !any || picture_heat(&d->canvas, name, &h);
    free(name);
    free(at);
    return good;
}

static bool draw_heats(struct study_drawing *d, uint32_t x, uint32_t y)
{
    for (uint32_t i = 0; i < d->wanted.count && i < WANTED_MAX; i++)
        if (!draw_heat(d, x, y, i))
            return false;
    return true;
}

/* --- tornado ------------------------------------------------------------------------ */

/* The axis in which a point differs from the base. */
static uint32_t changed(const struct study_table *t, uint32_t base, uint32_t point)
{
    uint32_t axis = 0;
    while (t->points[point].places[axis] == t->points[base].places[axis])
        axis++;
    return axis;
}

static bool draw_tornado(struct study_drawing *d, uint32_t base, uint32_t metric)
{
    const struct study_table *t = &d->table;
    struct picture_tornado picture = {.words = d->words,
                                      .value = study_metric_axis(d, metric),
                                      .base = study_point_of(&t->points[base], metric),
                                      .bound = d->wanted.at[metric].bound};
    struct tornado_row *rows = memory_new(t->point_count, sizeof *rows);
    for (uint32_t axis = 0; axis < t->axis_count; axis++)
        for (uint32_t i = 0; i < t->point_count; i++) {
            if (i == base || changed(t, base, i) != axis)
                continue;
            const char *value = t->axes[axis].values[t->points[i].places[axis]];
            rows[picture.count++] = (struct tornado_row){
                .path = t->axes[axis].path,
                .value = value ? value : "unset",
                .at = study_point_of(&t->points[i], metric),
            };
        }
    picture.rows = rows;
    char *name = study_picture_name(d, "tornado", metric);
    bool good = isnan(picture.base.mean) || picture_tornado(&d->canvas, name, &picture);
    free(name);
    free(rows);
    return good;
}

static bool draw_tornados(struct study_drawing *d, uint32_t base)
{
    for (uint32_t i = 0; i < d->wanted.count && i < WANTED_MAX; i++)
        if (!draw_tornado(d, base, i))
            return false;
    return true;
}

/* --- ecdf --------------------------------------------------------------------------- */

static bool any_moment(const double *moments, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isnan(moments[i]))
            return true;
    return false;
}

/* What tells a point from the others: where it stands, or what was changed alone. */
static char *label_of(const struct study_table *t, const struct table_point *p)
{
    uint32_t base, place = (uint32_t)(p - t->points);
    if (!study_table_is_one_by_one(t, &base))
        return study_table_place(t, p);
    if (place == base)
        return memory_print("as it is");
    const struct table_axis *axis = &t->axes[changed(t, base, place)];
    const char *last = strrchr(axis->path, '.'),
               *value = axis->values[p->places[axis - t->axes]];
    return memory_print("%s %s", last ? last + 1 : axis->path, value ? value : "unset");
}

static bool draw_ecdf(struct study_drawing *d)
{
    const struct study_table *t = &d->table;
    struct picture_ecdf e = {.words = d->words,
                             .what = "failed",
                             .label = d->wanted.moment,
                             .start_s =
                                 d->base ? sim_seconds(d->base->config->warm_up) : 0};
    char *labels[PICTURE_LINES_MAX];
    bool any = false;
    if (!d->wanted.moment || t->point_count > PICTURE_LINES_MAX)
        return true;
    for (uint32_t i = 0; i < t->point_count; i++) {
        const struct table_point *p = &t->points[i];
        if (p->runs < ECDF_RUNS_LEAST)
            continue;
        any = any || any_moment(p->moments, p->runs);
        labels[e.line_count] = label_of(t, p);
        e.lines[e.line_count] =
            (struct ecdf_line){labels[e.line_count], p->moments, p->runs, p->end_s};
        e.line_count++;
    }
    bool good = !any || picture_ecdf(&d->canvas, "ecdf", &e);
    for (unsigned i = 0; i < e.line_count; i++)
        free(labels[i]);
    return good;
}

/* --- a study ------------------------------------------------------------------------ */

/* Which of two axes runs along the bottom of a knee: of sizes, with more values, beside
 * one that has few enough for lines.  False: neither. */
static bool find_bottom(const struct study_table *t, uint32_t *bottom)
{
    for (*bottom = 0; *bottom < 2; ++*bottom) {
        const struct table_axis *a = &t->axes[*bottom], *b = &t->axes[1 - *bottom];
        bool longer = !b->sized || a->count >= b->count;
        if (a->sized && a->count > 2 && longer && b->count <= PICTURE_LINES_MAX)
            return true;
    }
    return false;
}

static bool draw_by_axes(struct study_drawing *d)
{
    const struct study_table *t = &d->table;
    uint32_t base, bottom;
    if (study_table_is_one_by_one(t, &base))
        return draw_tornados(d, base);
    if (t->axis_count == 1)
        return t->axes[0].sized ? study_knees(d, 0, 0) : draw_heats(d, 0, 0);
    if (t->axis_count != 2)
        return true;
    return draw_heats(d, 0, 1) &&
           (!find_bottom(t, &bottom) || study_knees(d, bottom, 1 - bottom));
}

static bool draw_all(struct study_drawing *d, const char *metric)
{
    if (!draw_by_axes(d) || !draw_ecdf(d) ||
        (!metric && !(study_probes(d) && study_predictability(d))))
        return false;
    return d->canvas.drawn->count > 0 || d->canvas.request->only_count > 0 ||
           results_fail(d->canvas.error, 0,
                        "%s: a study of %u axes has no picture; its results.csv can be "
                        "sliced",
                        d->canvas.request->directory, d->table.axis_count);
}

static bool read_table(struct study_drawing *d, struct results_error *error)
{
    const char *names[PICTURE_LINES_MAX];
    for (uint32_t i = 0; i < d->wanted.count; i++)
        names[i] = d->wanted.at[i].name;
    return study_table_read(&d->table, d->store, names, d->wanted.count, d->wanted.moment,
                            error);
}

static bool draw_study(struct study_drawing *d, const struct figures_request *request,
                       const char *metric, struct figures_drawn *drawn,
                       struct results_error *error)
{
    struct issues *issues = issues_new();
    const struct store_about *about = store_about(d->store);
    d->base = trial_plan_read_text(about->scenario, about->resolved,
                                   strlen(about->resolved), NULL, issues);
    bool good = study_wanted_read(&d->wanted, d->store, d->base, metric, error) &&
                read_table(d, error);
    if (good) {
        set_words(d);
        good = canvas_open(&d->canvas, request, drawn, error) && draw_all(d, metric);
        canvas_close(&d->canvas);
    }
    study_table_free(&d->table);
    study_wanted_free(&d->wanted);
    trial_plan_free(d->base);
    issues_free(issues);
    return good;
}

bool study_pictures_draw(const struct figures_request *request, const char *metric,
                         struct figures_drawn *drawn, struct results_error *error)
{
    struct study_drawing d = {.store = store_read(request->directory, error)};
    bool good = d.store && draw_study(&d, request, metric, drawn, error);
    store_close(d.store);
    return good;
}
