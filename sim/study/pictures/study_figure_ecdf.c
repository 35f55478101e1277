/* Picture "ecdf": how many runs have failed by when, with those that never did.
 *
 * All runs of a line end at one moment, so the share of runs that failed by then is the
 * Kaplan-Meier estimate too; the band is Clopper and Pearson's at each moment by itself.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/study/estimate.h"
#include "sim/study/pictures/study_figure.h"

/* Runs that failed, the earliest first. */
struct failed {
    double *at;
    size_t count;
};

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static struct failed failed_of(const struct ecdf_line *line)
{
    struct failed f = {.at = memory_new(line->count, sizeof *f.at)};
    for (size_t i = 0; i < line->count; i++)
        if (!isnan(line->seconds[i]))
            f.at[f.count++] = line->seconds[i];
    qsort(f.at, f.count, sizeof *f.at, by_size);
    return f;
}

static double latest_end(const struct picture_ecdf *e)
{
    double end = 0;
    for (unsigned i = 0; i < e->line_count; i++)
        end = fmax(end, e->lines[i].end_s);
    return end;
}

/* --- words -------------------------------------------------------------------------- */

static const char *moment(double seconds, struct time_unit unit, char out[AXIS_TEXT])
{
    return axis_moment((sim_ns)llround(seconds * 1e9), unit, out);
}

/* "half of 40 runs have failed by 35.2 min", "3 of 40 runs have failed". */
static void tell_share(const struct ecdf_line *line, const struct failed *f,
                       const char *what, struct time_unit unit, struct text *out)
{
    char when[AXIS_TEXT];
    if (2 * f->count >= line->count && f->count)
        text_print(out, "half of %zu runs have %s by %s", line->count, what,
                   moment(f->at[(line->count + 1) / 2 - 1], unit, when));
    else if (f->count)
        text_print(out, "%zu of %zu runs have %s", f->count, line->count, what);
    else
        text_print(out, "none of %zu runs has %s", line->count, what);
}

/* "half of 40 runs have failed by 35.2 min, 3 had not at the end (60 min)". */
static void tell_line(const struct ecdf_line *line, const char *what,
                      struct time_unit unit, struct text *out)
{
    char end[AXIS_TEXT];
    struct failed f = failed_of(line);
    size_t never = line->count - f.count;
    tell_share(line, &f, what, unit, out);
    if (!f.count)
        text_print(out, " by the end (%s)", moment(line->end_s, unit, end));
    else if (never)
        text_print(out, ", %zu had not at the end (%s)", never,
                   moment(line->end_s, unit, end));
    else
        text_print(out, ", all by %s", moment(f.at[f.count - 1], unit, end));
    free(f.at);
}

/* Whether runs of `a` fail more often than those of `b`, or as often but sooner: half of
 * those that did. */
static bool is_worse(const struct ecdf_line *a, const struct ecdf_line *b)
{
    struct failed x = failed_of(a), y = failed_of(b);
    double share = (double)x.count / (double)a->count,
           other = (double)y.count / (double)b->count;
    bool worse = share > other ||
                 (share == other && x.count && x.at[x.count / 2] < y.at[y.count / 2]);
    free(x.at);
    free(y.at);
    return worse;
}

/* The line that fails soonest, and the one that lasts longest. */
static void tell_lines(const struct picture_ecdf *e, struct time_unit unit,
                       struct text *out)
{
    unsigned worst = 0, best = 0;
    for (unsigned i = 1; i < e->line_count; i++) {
        worst = is_worse(&e->lines[i], &e->lines[worst]) ? i : worst;
        best = is_worse(&e->lines[best], &e->lines[i]) ? i : best;
    }
    const unsigned told[] = {worst, best};
    for (size_t i = 0; i < (worst == best ? 1 : 2); i++) {
        const struct ecdf_line *line = &e->lines[told[i]];
        struct failed f = failed_of(line);
        text_print(out, "%s%s: ", i ? "; " : "", line->label);
        tell_share(line, &f, e->what, unit, out);
        free(f.at);
    }
}

static void put_words(struct canvas *c, const struct picture_ecdf *e,
                      struct time_unit unit, struct text *script)
{
    struct text headline = {0}, detail = {0};
    if (e->line_count > 1)
        tell_lines(e, unit, &headline);
    else
        tell_line(&e->lines[0], e->what, unit, &headline);
    text_print(&detail, "%s of each run, in order", e->label);
    if (e->start_s > 0)
        text_print(&detail, "; counted from the end of the warm-up");
    if (e->line_count == 1)
        text_print(&detail, "; band: where the share of all such runs may be");
    char *label = memory_print("runs that have %s", e->what);
    char *x_label = memory_print("simulated time (%s)", unit.name);
    study_head(c, &e->words, &headline, &detail, label, script);
    gnuplot_set_string(script, "x_label", x_label);
    free(label);
    free(x_label);
}

static size_t never_of(const struct ecdf_line *line)
{
    size_t never = 0;
    for (size_t i = 0; i < line->count; i++)
        never += isnan(line->seconds[i]) ? 1 : 0;
    return never;
}

/* "web", "dns: 6 of 40 never". */
static void put_legend(const struct picture_ecdf *e, struct text *script)
{
    char *labels[PICTURE_LINES_MAX];
    for (unsigned i = 0; i < e->line_count; i++) {
        const struct ecdf_line *line = &e->lines[i];
        size_t never = never_of(line);
        labels[i] =
            never ? memory_print("%s: %zu of %zu never", line->label, never, line->count)
                  : memory_print("%s", line->label);
    }
    gnuplot_set_number(script, "lines", e->line_count);
    gnuplot_set_strings(script, "label_of", (const char *const *)labels, e->line_count);
    gnuplot_set_number(script, "theories", e->theory_count > 0);
    gnuplot_set_string(script, "theory_name", e->theory_name ? e->theory_name : "");
    for (unsigned i = 0; i < e->line_count; i++)
        free(labels[i]);
}

/* --- data --------------------------------------------------------------------------- */

/* Time and share of the steps of a line. */
static void put_steps(const struct ecdf_line *line, double start, double unit,
                      struct text *script)
{
    struct failed f = failed_of(line);
    double all = (double)line->count;
    study_row(script, (const double[]){start / unit, 0}, 2);
    for (size_t k = 0; k < f.count; k++)
        study_row(script, (const double[]){f.at[k] / unit, (double)(k + 1) / all}, 2);
    study_row(script, (const double[]){line->end_s / unit, (double)f.count / all}, 2);
    text_print(script, "\n\n");
    free(f.at);
}

/* Time, low and high at both ends of each step. */
static void put_band(const struct picture_ecdf *e, double unit, struct text *script)
{
    const struct ecdf_line *line = &e->lines[0];
    struct failed f = failed_of(line);
    text_print(script, "$band << EOD\n");
    for (size_t k = 0; k <= f.count; k++) {
        double from = k ? f.at[k - 1] : e->start_s,
               to = k < f.count ? f.at[k] : line->end_s;
        struct interval band =
            estimate_share((uint32_t)k, (uint32_t)line->count, e->words.confidence);
        study_row(script, (const double[]){from / unit, band.low, band.high}, 3);
        study_row(script, (const double[]){to / unit, band.low, band.high}, 3);
    }
    text_print(script, "EOD\n");
    free(f.at);
}

static void put_data(const struct picture_ecdf *e, double unit, struct text *script)
{
    text_print(script, "$data << EOD\n");
    for (unsigned i = 0; i < e->line_count; i++)
        put_steps(&e->lines[i], e->start_s, unit, script);
    text_print(script, "EOD\n$theory << EOD\n");
    for (size_t i = 0; i < e->theory_count; i++)
        study_row(script, (const double[]){e->theory[i].x / unit, e->theory[i].mean}, 2);
    text_print(script, "EOD\n");
    put_band(e, unit, script);
}

/* The marks at the ends of lines some of whose runs never failed. */
static void put_ends(const struct picture_ecdf *e, double unit, struct text *script)
{
    double at[PICTURE_LINES_MAX], share[PICTURE_LINES_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < e->line_count; i++) {
        const struct ecdf_line *line = &e->lines[i];
        size_t never = never_of(line);
        if (!never)
            continue;
        at[count] = line->end_s / unit;
        share[count++] = 1 - (double)never / (double)line->count;
    }
    gnuplot_set_number(script, "ends", count);
    gnuplot_set_numbers(script, "end_at", at, count);
    gnuplot_set_numbers(script, "end_share", share, count);
}

bool picture_ecdf(struct canvas *c, const char *name, const struct picture_ecdf *e)
{
    SIM_ASSERT(e->line_count > 0 && e->line_count <= PICTURE_LINES_MAX);
    struct text script = {0};
    struct canvas_room room = canvas_room(c->request->format);
    double end = latest_end(e);
    struct time_unit unit = axis_time_unit((sim_ns)llround(end * 1e9));
    double length = sim_seconds(unit.length);
    put_words(c, e, unit, &script);
    put_legend(e, &script);
    text_print(&script, "set xrange [");
    gnuplot_number(&script, e->start_s / length);
    text_print(&script, ":");
    gnuplot_number(&script, end / length);
    text_print(&script, "]\n");
    axis_tics(&script, "x", end / length,
              axis_time_step(unit, end / length, room.x_tics));
    study_axis("y", &(struct picture_axis){.percent = true}, 0, 1.04, 6, &script);
    put_data(e, length, &script);
    put_ends(e, length, &script);
    bool good = canvas_finish(c, "ecdf", name, &script);
    text_free(&script);
    return good;
}
