/* Picture "convergence": left, how a metric settles over time, averaged over the runs;
 * right, how well its mean is known after so many runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"
#include "sim/study/estimate.h"
#include "sim/study/pictures/study_figure.h"

/* Neighbours on either side of the moving mean, as a share of the bins: enough to see the
 * trend, few enough to see where it ends. */
#define REACH_SHARE 0.06

/* Errors beyond these shares of the mean stand at the edge of the axis. */
#define ERROR_MOST  2.0
#define ERROR_LEAST 1e-6

/* What the picture says, before it is drawn. */
struct finding {
    double *means;  /* of the course, by bin */
    double cut_s;   /* MSER-5's */
    bool settles;   /* before half of the run is over */
    double *errors; /* after 1, 2, ... runs; NaN: not known */
    size_t reached; /* the first number of runs as precise as asked for; 0: none */
    double error;   /* of the whole study; NaN: not known */
    struct time_unit unit;
};

void convergence_moving_mean(const double *values, size_t count, size_t reach,
                             double *out)
{
    for (size_t i = 0; i < count; i++) {
        size_t side = i < reach ? i : reach;
        double sum = 0;
        for (size_t k = i - side; k <= i + side && i + reach < count; k++)
            sum += values[k];
        out[i] = i + reach < count ? sum / (double)(2 * side + 1) : (double)NAN;
    }
}

/* How far the mean found may be off the true one, as a share of that: what `precision`
 * speaks of [A. M. Law, Simulation Modeling and Analysis, 9.4.1]. */
static double error_of(double mean, double half_width)
{
    double share = half_width / fabs(mean);
    if (isnan(share) || mean == 0)
        return NAN;
    return share < 1 ? share / (1 - share) : INFINITY;
}

static sim_ns bin_length(const struct run_band_rows *course)
{
    return course->count > 1 ? course->at[1].when - course->at[0].when : 0;
}

static void find_cut(const struct picture_convergence *p, struct finding *f)
{
    const struct run_band_rows *course = &p->course;
    f->means = memory_new(course->count, sizeof *f->means);
    for (size_t i = 0; i < course->count; i++)
        f->means[i] = course->at[i].mean;
    size_t cut = mser5(f->means, course->count);
    f->settles = course->count >= MSER5_LEAST && cut < course->count / 2;
    if (f->settles && cut > 0)
        f->cut_s = sim_seconds(course->at[cut].when - bin_length(course) / 2);
}

static void find_errors(const struct picture_convergence *p, struct finding *f)
{
    f->errors = memory_new(p->count, sizeof *f->errors);
    for (size_t n = 1; n <= p->count; n++) {
        struct estimate e = estimate_mean(p->values, n, p->words.confidence);
        f->errors[n - 1] = error_of(e.value, e.half_width);
        if (!f->reached && n >= STUDY_LEAST && f->errors[n - 1] <= p->precision)
            f->reached = n;
    }
    f->error = error_of(p->mean, p->half_width);
}

/* --- words -------------------------------------------------------------------------- */

/* "web.failure_ratio": a title has little room. */
static const char *short_name(const char *metric)
{
    const char *dot = strchr(metric, '.');
    return dot ? dot + 1 : metric;
}

/* "after 12 runs web.failure_ratio, 12.1 % in the mean, is known to ±1.8 %". */
static void tell_precision(const struct picture_convergence *p, const struct finding *f,
                           struct text *out)
{
    char mean[AXIS_TEXT], error[AXIS_TEXT];
    if (p->count)
        text_print(out, "after %zu runs", p->count);
    else
        text_print(out, "one run in %u batches:", (unsigned)p->batches);
    text_print(out, " %s (mean %s) ", short_name(p->metric.label),
               study_value(&p->metric, p->mean, mean));
    if (isfinite(f->error))
        text_print(out, "is known to ±%s",
                   study_half(&(struct picture_axis){.percent = true}, f->error, error));
    else
        text_print(out, "is not known yet");
}

static const char *moment(const struct finding *f, double seconds, char out[AXIS_TEXT])
{
    return axis_moment((sim_ns)llround(seconds * 1e9), f->unit, out);
}

/* What counts of a run, and what MSER-5 says of that. */
static void tell_beginning(const struct picture_convergence *p, const struct finding *f,
                           struct text *headline, struct text *detail)
{
    char when[AXIS_TEXT];
    if (p->warm_up_s > 0)
        text_print(headline, "; warm-up: %s", moment(f, p->warm_up_s, when));
    text_print(detail, "%s",
               p->steady          ? "asked for is the long run"
               : p->warm_up_s > 0 ? "runs count from their warm-up on"
                                  : "runs count from their beginning on");
    if (!f->settles)
        text_print(detail, "; MSER-5 does not see it settle within half of a run");
    else if (f->cut_s > 0)
        text_print(detail, "; MSER-5 would leave out the first %s",
                   moment(f, f->cut_s, when));
    else
        text_print(detail, "; MSER-5 would leave nothing out");
}

/* The words over the panels. */
static void put_titles(const struct picture_convergence *p, struct text *script)
{
    char bin[AXIS_TEXT];
    sim_ns length = bin_length(&p->course);
    char *left = memory_print("mean of %s in bins of %s; thick: its moving mean",
                              p->count ? "all runs" : "the run",
                              axis_moment(length, axis_time_unit(length), bin));
    gnuplot_set_string(script, "left_title", left);
    gnuplot_set_string(script, "right_title",
                       "how far the mean may be off, after so many runs");
    free(left);
}

static void put_words(struct canvas *c, const struct picture_convergence *p,
                      const struct finding *f, struct text *script)
{
    struct text headline = {0}, detail = {0};
    tell_precision(p, f, &headline);
    tell_beginning(p, f, &headline, &detail);
    char *label = study_axis_label(&p->metric);
    study_head(c, &p->words, &headline, &detail, label, script);
    put_titles(p, script);
    free(label);
}

/* --- data --------------------------------------------------------------------------- */

static void put_course(const struct picture_convergence *p, const struct finding *f,
                       struct text *script)
{
    size_t count = p->course.count;
    double unit = sim_seconds(f->unit.length);
    double *moving = memory_new(count, sizeof *moving);
    size_t reach = (size_t)(REACH_SHARE * (double)count) + 1;
    convergence_moving_mean(f->means, count, reach, moving);
    text_print(script, "$course << EOD\n");
    for (size_t i = 0; i < count; i++)
        study_row(script,
                  (const double[]){sim_seconds(p->course.at[i].when) / unit, f->means[i],
                                   moving[i]},
                  3);
    text_print(script, "EOD\n");
    free(moving);
}

static void put_errors(const struct picture_convergence *p, const struct finding *f,
                       struct text *script)
{
    text_print(script, "$errors << EOD\n");
    for (size_t n = 2; n <= p->count; n++)
        if (!isnan(f->errors[n - 1]) && f->errors[n - 1] > 0)
            study_row(
                script,
                (const double[]){(double)n,
                                 fmin(fmax(f->errors[n - 1], ERROR_LEAST), ERROR_MOST)},
                2);
    text_print(script, "EOD\n");
}

static void put_left(const struct canvas *c, const struct picture_convergence *p,
                     const struct finding *f, struct text *script)
{
    struct canvas_room room = canvas_room(c->request->format);
    struct text axes = {0};
    struct study_span span = {0};
    double unit = sim_seconds(f->unit.length), end = p->end_s / unit;
    for (size_t i = 0; i < p->course.count; i++)
        study_span_add(&span, f->means[i]);
    double top = span.high + 0.08 * (span.high - fmin(span.low, 0));
    text_print(&axes, "set xrange [0:");
    gnuplot_number(&axes, end);
    text_print(&axes, "]\n");
    axis_tics(&axes, "x", end, axis_time_step(f->unit, end, room.x_tics / 2));
    study_axis("y", &p->metric, fmin(span.low, 0), top > 0 ? top : 1, 6, &axes);
    study_panel("left_axes", &axes, script);
    char *label = memory_print("simulated time (%s)", f->unit.name);
    gnuplot_set_string(script, "time_label", label);
    gnuplot_set_number(script, "last", end);
    gnuplot_set_number(script, "warm_up", p->warm_up_s / unit);
    gnuplot_set_number(script, "cut", f->cut_s / unit);
    gnuplot_set_number(script, "steady", p->steady);
    free(label);
}

/* From the tenth below the least error or precision to the most. */
static void put_right(const struct picture_convergence *p, const struct finding *f,
                      struct text *script)
{
    char text[AXIS_TEXT];
    struct text axes = {0};
    struct study_span span = {0};
    for (size_t n = 2; n <= p->count; n++)
        if (f->errors[n - 1] > 0)
            study_span_add(&span, fmin(fmax(f->errors[n - 1], ERROR_LEAST), ERROR_MOST));
    if (p->precision > 0)
        study_span_add(&span, p->precision);
    double low = span.any ? span.low / 1.6 : 0.01, high = span.any ? span.high * 1.6 : 1;
    study_axis("x", &(struct picture_axis){.unit = NULL}, 2, fmax((double)p->count, 7), 5,
               &axes);
    study_axis("y", &(struct picture_axis){.percent = true, .log = true}, low, high, 9,
               &axes);
    study_panel("right_axes", &axes, script);
    gnuplot_set_number(script, "precision", p->precision);
    gnuplot_set_number(script, "reached", (double)f->reached);
    char *asked =
        memory_print("asked for: %s", study_value(&(struct picture_axis){.percent = true},
                                                  p->precision, text));
    char *there = memory_print("%zu runs", f->reached);
    gnuplot_set_string(script, "asked_text", asked);
    gnuplot_set_string(script, "reached_text", there);
    free(asked);
    free(there);
}

bool picture_convergence(struct canvas *c, const char *name,
                         const struct picture_convergence *p)
{
    SIM_ASSERT(p->course.count > 1 || p->count > 1);
    struct text script = {0};
    struct finding f = {.unit = axis_time_unit((sim_ns)llround(p->end_s * 1e9))};
    find_cut(p, &f);
    find_errors(p, &f);
    put_words(c, p, &f, &script);
    gnuplot_set_number(&script, "courses", p->course.count > 1);
    gnuplot_set_number(&script, "studies", p->count > 1);
    put_left(c, p, &f, &script);
    put_right(p, &f, &script);
    put_course(p, &f, &script);
    put_errors(p, &f, &script);
    bool good = canvas_finish(c, "convergence", name, &script);
    text_free(&script);
    free(f.means);
    free(f.errors);
    return good;
}
