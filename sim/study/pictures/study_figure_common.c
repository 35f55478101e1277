/* What the pictures of studies share: numbers in words, axes, and the text around. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/study_figure.h"

/* --- words -------------------------------------------------------------------------- */

static bool has_unit(const struct picture_axis *axis)
{
    return !axis->percent && axis->unit && *axis->unit && strcmp(axis->unit, "1") != 0;
}

/* Four digits, or all of a whole number. */
static const char *number(double value, char out[AXIS_TEXT])
{
    if (fabs(value) >= 1000)
        return axis_grouped(value, 0, out);
    snprintf(out, AXIS_TEXT, "%.4g", value);
    return out;
}

/* Three digits; what rounds to nothing says so. */
static const char *percent(double share, char out[AXIS_TEXT])
{
    bool tiny = fabs(share) > 0 && fabs(share) < 5e-6;
    snprintf(out, AXIS_TEXT, tiny ? "< 0.001 %%" : "%.3g %%", 100 * share);
    return out;
}

const char *study_value(const struct picture_axis *axis, double value,
                        char out[AXIS_TEXT])
{
    char bare[AXIS_TEXT];
    if (axis->percent)
        return percent(value, out);
    bool space = has_unit(axis) && axis->unit[0] != '/';
    snprintf(out, AXIS_TEXT, "%.40s%s%.20s", number(value, bare), space ? " " : "",
             has_unit(axis) ? axis->unit : "");
    return out;
}

const char *study_half(const struct picture_axis *axis, double half, char out[AXIS_TEXT])
{
    char digits[AXIS_TEXT];
    snprintf(digits, sizeof digits, "%.1e", half);
    return study_value(axis, strtod(digits, NULL), out);
}

const char *study_short_name(const char *path)
{
    const char *last = strrchr(path, '.');
    return last ? last + 1 : path;
}

char *study_axis_label(const struct picture_axis *axis)
{
    return has_unit(axis) ? memory_print("%s (%s)", axis->label, axis->unit)
                          : memory_print("%s", axis->label);
}

struct picture_axis picture_axis_of_metric(const char *name, const char *unit)
{
    size_t length = strcspn(name, "@");
    static const char ratio[] = "ratio";
    size_t tail = sizeof ratio - 1;
    bool percent = length >= tail && strncmp(name + length - tail, ratio, tail) == 0;
    return (struct picture_axis){.label = name, .unit = unit, .percent = percent};
}

void study_source(const struct picture_words *w, struct text *script)
{
    struct text line = {0};
    text_print(&line, "%s, seed %" PRIu64 ", %" PRIu32, w->scenario, w->seed,
               w->replications);
    if (w->replications_most > w->replications)
        text_print(&line, " to %" PRIu32, w->replications_most);
    text_print(&line, " replication%s%s",
               w->replications_most + w->replications > 1 ? "s" : "", ", ");
    if (w->replications > 1 && w->confidence > 0)
        text_print(&line, "%g %% intervals, ", 100 * w->confidence);
    text_print(&line, "portsim %s", w->version ? w->version : PORTSIM_VERSION);
    gnuplot_set_string(script, "source", text_of(&line));
    text_free(&line);
}

void study_head(struct canvas *c, const struct picture_words *words,
                struct text *headline, struct text *detail, const char *y_label,
                struct text *script)
{
    canvas_begin(c, script);
    canvas_words(c, words->headline ? words->headline : text_of(headline),
                 words->detail ? words->detail : text_of(detail), script);
    gnuplot_set_string(script, "y_label", y_label);
    study_source(words, script);
    text_print(script, "marks = 0\nmark_lines = 0\n");
    text_free(headline);
    text_free(detail);
}

/* --- bounds ------------------------------------------------------------------------- */

/* A bound of less than this share of the height could not be seen on a linear axis. */
#define VISIBLE_BOUND 0.03

/* How far below the bound a logarithmic axis goes. */
#define FLOOR_SHARE 0.01

double study_floor(struct picture_axis *axis, const struct picture_bound *bound,
                   double low, double high)
{
    axis->log = bound->is && bound->value > 0 && bound->value < VISIBLE_BOUND * high;
    return axis->log ? bound->value * FLOOR_SHARE : fmin(0, low);
}

bool study_meets(const struct picture_bound *bound, double value)
{
    return bound->at_most ? value <= bound->value : value >= bound->value;
}

bool study_open(const struct picture_bound *bound, const struct picture_point *p)
{
    bool ranged = !isnan(p->low) && !isnan(p->high);
    return ranged && study_meets(bound, p->low) != study_meets(bound, p->high);
}

const char *study_bound(const struct picture_axis *axis,
                        const struct picture_bound *bound, char out[AXIS_TEXT])
{
    char value[AXIS_TEXT];
    const char *sign = bound->exactly ? "=" : bound->at_most ? "≤" : "≥";
    snprintf(out, AXIS_TEXT, "%s %.50s", sign, study_value(axis, bound->value, value));
    return out;
}

/* --- axes --------------------------------------------------------------------------- */

void study_span_add(struct study_span *span, double value)
{
    if (isnan(value))
        return;
    span->low = span->any ? fmin(span->low, value) : value;
    span->high = span->any ? fmax(span->high, value) : value;
    span->any = true;
}

/* A tic, labelled without its unit, which the axis' label names; a label is a format to
 * gnuplot, so its per cent signs are doubled. */
static void put_tic(struct text *script, const struct picture_axis *axis, double value,
                    bool first)
{
    char label[AXIS_TEXT];
    if (axis->percent)
        snprintf(label, sizeof label, "%.6g %%%%", 100 * value);
    else
        number(value, label);
    text_print(script, "%s\"%s\" ", first ? "" : ", ", label);
    gnuplot_number(script, value);
}

static void put_linear_tics(struct text *script, const struct picture_axis *axis,
                            double low, double high, unsigned most)
{
    double step = axis_step(high - low, most);
    long first = lround(ceil(low / step - 1e-9)),
         last = lround(floor(high / step + 1e-9));
    for (long i = first; i <= last; i++)
        put_tic(script, axis, (double)i * step, i == first);
}

/* At 1, 2, 5 of each decade where there are few, else at each, or each second ... */
static void put_log_tics(struct text *script, const struct picture_axis *axis, double low,
                         double high, unsigned most)
{
    static const double steps[] = {1, 2, 5};
    double decades = log10(high / low);
    int fine = decades * 3 <= most ? 3 : 1;
    int stride = (int)ceil(decades / most);
    bool first = true;
    for (int k = (int)floor(log10(low) + 1e-9); k <= (int)ceil(log10(high)); k += stride)
        for (int i = 0; i < fine; i++) {
            double value = steps[i] * pow(10, k);
            if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9))
                continue;
            put_tic(script, axis, value, first);
            first = false;
        }
}

void study_axis(const char *direction, const struct picture_axis *axis, double low,
                double high, unsigned most, struct text *script)
{
    text_print(script, "set %srange [", direction);
    gnuplot_number(script, low);
    text_add(script, ":", 1);
    gnuplot_number(script, high);
    text_print(script, "]\n");
    if (axis->log)
        text_print(script, "set logscale %s\n", direction);
    text_print(script, "set %stics (", direction);
    bool wide = axis->log && high >= 10 * low;
    (wide ? put_log_tics : put_linear_tics)(script, axis, low, high, most);
    text_print(script, ")\n");
}

/* Not by gnuplot_set_string, which caps what it takes for a user's words. */
void study_panel(const char *name, struct text *axes, struct text *script)
{
    for (size_t i = 0; i < axes->length; i++)
        if (axes->bytes[i] == '\n')
            axes->bytes[i] = ';';
    SIM_ASSERT(!strchr(text_of(axes), '\''));
    text_print(script, "%s = '%s'\n", name, text_of(axes));
    text_free(axes);
}

void study_row(struct text *script, const double *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        text_add(script, " ", i > 0);
        gnuplot_number(script, values[i]);
    }
    text_add(script, "\n", 1);
}
