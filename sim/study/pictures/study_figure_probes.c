/* Picture "probes": what a choice of a port costs, over the share of the ports taken.
 *
 * The axis of shares is stretched toward full: its places are log10 of 1/(1 - a), the
 * price of drawing anew, so that 90, 99 and 99.9 % are as far apart as they are dear.
 */
#include <math.h>
#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/port_pictures.h"
#include "sim/study/pictures/study_figure.h"

/* Where the points of a full range stand, apart from all others; and their distance. */
#define FULL_PLACE  2.62
#define FULL_SPREAD 0.045

/* The shares that the legend tells of. */
#define CELLS 4
static const double told[CELLS] = {0.5, 0.9, 0.99, 1};
#define TOLD_ASIDE 0.99 /* not in the title, which has no room for all */

static double place_of(double taken)
{
    return -log10(1 - taken);
}

static bool is_full(const struct probes_point *p)
{
    return p->low >= 1;
}

/* Of a band its middle. */
static double place(const struct probes_point *p)
{
    return place_of((p->low + p->high) / 2);
}

/* --- words -------------------------------------------------------------------------- */

/* The mean cost at a share; NaN if nothing was chosen then. */
static double cost_at(const struct probes_line *line, double taken)
{
    for (size_t i = 0; i < line->count; i++) {
        const struct probes_point *p = &line->points[i];
        bool holds = is_full(p) ? taken >= 1 : p->low <= taken && taken < p->high;
        if (holds)
            return p->mean.mean;
    }
    return NAN;
}

/* "1.7", "460", "1,024"; "-" of what is not known. */
static const char *cost(double value, char out[AXIS_TEXT])
{
    if (isnan(value)) {
        out[0] = '-';
        out[1] = '\0';
        return out;
    }
    bool whole = value >= 9.95 || fabs(value - round(value)) < 0.05;
    return axis_grouped(value, whole ? 0 : 1, out);
}

/* The highest of the told shares, not full, that all lines know. */
static double share_of_all(const struct picture_probes *p)
{
    for (int i = CELLS - 2; i >= 0; i--) {
        bool all = true;
        for (unsigned k = 0; k < p->line_count; k++)
            all = all && !isnan(cost_at(&p->lines[k], told[i]));
        if (all && told[i] <= 0.9)
            return told[i];
    }
    return NAN;
}

/* "with 90 % of 1,024 ports taken, linux518 looks at 341 in the mean, bsd44 at 5.3". */
static void tell_extremes(const struct picture_probes *p, double taken, struct text *out)
{
    char ports[AXIS_TEXT], most[AXIS_TEXT], least[AXIS_TEXT];
    unsigned dear = 0, cheap = 0;
    for (unsigned i = 1; i < p->line_count; i++) {
        double value = cost_at(&p->lines[i], taken);
        dear = value > cost_at(&p->lines[dear], taken) ? i : dear;
        cheap = value < cost_at(&p->lines[cheap], taken) ? i : cheap;
    }
    text_print(out, "With %g %% of %s ports taken, %s looks at %s in the mean, %s at %s",
               100 * taken, axis_grouped(p->ports, 0, ports), p->lines[dear].label,
               cost(cost_at(&p->lines[dear], taken), most), p->lines[cheap].label,
               cost(cost_at(&p->lines[cheap], taken), least));
}

/* "linux518 looks at 177 ports with 50 % taken, at 318 with 90 %, at 1,024 when full". */
static void tell_one(const struct probes_line *line, struct text *out)
{
    char value[AXIS_TEXT];
    bool first = true;
    text_print(out, "%s looks", line->label);
    for (int i = 0; i < CELLS; i++) {
        double mean = cost_at(line, told[i]);
        if (isnan(mean) || told[i] == TOLD_ASIDE)
            continue;
        text_print(out, "%s at %s%s", first ? "" : ",", cost(mean, value),
                   !first         ? ""
                   : mean < 1.005 ? " port"
                                  : " ports");
        text_print(out, told[i] < 1 ? " with %g %%%s" : " when full", 100 * told[i],
                   first ? " taken" : "");
        first = false;
    }
    const struct probes_point *last = &line->points[line->count - 1];
    if (first)
        text_print(out, " at %s of its ports with %.2g %% taken",
                   cost(last->mean.mean, value), 100 * last->low);
}

static void put_words(struct canvas *c, const struct picture_probes *p,
                      struct text *script)
{
    struct text headline = {0}, detail = {0};
    char ports[AXIS_TEXT];
    double taken = p->line_count > 1 ? share_of_all(p) : NAN;
    if (isnan(taken))
        tell_one(&p->lines[0], &headline);
    else
        tell_extremes(p, taken, &headline);
    text_print(
        &detail, "%s%scandidates that a choice examines, failed ones included; %s ports",
        p->where ? p->where : "", p->where ? ": " : "", axis_grouped(p->ports, 0, ports));
    if (p->left_out)
        text_print(&detail, "; %u more are not shown", p->left_out);
    study_head(c, &p->words, &headline, &detail, "ports looked at", script);
}

/* Names, and beside each what it pays at the told shares. */
static void put_legend(const struct picture_probes *p, struct text *script)
{
    const char *names[PROBES_LINES_MAX], *curves[PROBES_CURVES_MAX];
    char cells[PROBES_LINES_MAX * CELLS][AXIS_TEXT];
    const char *texts[PROBES_LINES_MAX * CELLS];
    for (unsigned i = 0; i < p->line_count; i++) {
        names[i] = p->lines[i].label;
        for (unsigned k = 0; k < CELLS; k++)
            texts[i * CELLS + k] =
                cost(cost_at(&p->lines[i], told[k]), cells[i * CELLS + k]);
    }
    for (unsigned i = 0; i < p->curve_count; i++)
        curves[i] = p->curves[i].name;
    gnuplot_set_number(script, "lines", p->line_count);
    gnuplot_set_strings(script, "label_of", names, p->line_count);
    gnuplot_set_strings(script, "cell_of", texts, p->line_count * CELLS);
    gnuplot_set_number(script, "curves", p->curve_count);
    gnuplot_set_strings(script, "curve_of", curves, p->curve_count);
}

/* --- axes and data ------------------------------------------------------------------ */

static void put_axes(const struct picture_probes *p, struct text *script)
{
    static const double tics[] = {0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99};
    double top = 10;
    for (unsigned i = 0; i < p->line_count; i++)
        for (size_t k = 0; k < p->lines[i].count; k++)
            top = fmax(top, fmax(p->lines[i].points[k].mean.mean,
                                 p->lines[i].points[k].p99)); /* the number of two */
    text_print(script, "set logscale y\nset yrange [0.9:%g]\n", top * 1.6);
    text_print(script, "set xrange [0:%g]\nset xtics (", FULL_PLACE + 0.2);
    for (size_t i = 0; i < sizeof tics / sizeof tics[0]; i++) {
        text_print(script, "\"%g\" ", 100 * tics[i]);
        gnuplot_number(script, place_of(tics[i]));
        text_print(script, ", ");
    }
    text_print(script, "\"full\" %g)\nfull_from = %g\n", FULL_PLACE, FULL_PLACE - 0.22);
}

/* Place, mean, low, high, p99; a point of full ports stands alone. */
static void put_line(const struct picture_probes *p, unsigned i, struct text *script)
{
    const struct probes_line *line = &p->lines[i];
    double middle = (p->line_count - 1) / 2.0;
    for (size_t k = 0; k < line->count; k++) {
        const struct probes_point *at = &line->points[k];
        bool full = is_full(at);
        if (full)
            text_print(script, "\n");
        study_row(
            script,
            (const double[]){full ? FULL_PLACE + FULL_SPREAD * (i - middle) : place(at),
                             at->mean.mean, at->mean.low, at->mean.high, at->p99, full},
            6);
    }
    text_print(script, "\n\n");
}

static void put_data(const struct picture_probes *p, struct text *script)
{
    text_print(script, "$data << EOD\n");
    for (unsigned i = 0; i < p->line_count; i++)
        put_line(p, i, script);
    text_print(script, "EOD\n$theory << EOD\n");
    for (unsigned i = 0; i < p->curve_count; i++) {
        const struct probes_curve *curve = &p->curves[i];
        for (size_t k = 0; k < curve->count; k++)
            study_row(script,
                      (const double[]){place_of(curve->taken[k]), curve->mean[k],
                                       curve->p99 ? curve->p99[k] : NAN},
                      3);
        text_print(script, "\n\n");
    }
    text_print(script, "EOD\n");
}

bool picture_probes(struct canvas *c, const char *name, const struct picture_probes *p)
{
    SIM_ASSERT(p->line_count > 0 && p->lines[0].count > 0);
    struct text script = {0};
    put_words(c, p, &script);
    put_axes(p, &script);
    put_legend(p, &script);
    put_data(p, &script);
    bool good = canvas_finish(c, "probes", name, &script);
    text_free(&script);
    return good;
}
