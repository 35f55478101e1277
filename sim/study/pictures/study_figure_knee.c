/* Picture "knee": where a metric turns as one thing is varied. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/study_figure.h"

/* --- extent ------------------------------------------------------------------------- */

struct extent {
    struct study_span x, y;
};

static struct extent extent_of(const struct picture_knee *k)
{
    struct extent e = {0};
    for (unsigned i = 0; i < k->line_count; i++)
        for (size_t p = 0; p < k->lines[i].count; p++) {
            const struct picture_point *point = &k->lines[i].points[p];
            study_span_add(&e.x, point->x);
            study_span_add(&e.y, point->mean);
            study_span_add(&e.y, point->high);
        }
    for (size_t i = 0; i < k->theory_count; i++)
        study_span_add(&e.y, k->theory[i].mean);
    if (k->bound.is)
        study_span_add(&e.y, k->bound.value);
    return e;
}

/* --- words -------------------------------------------------------------------------- */

/* How a line stands to the bound. */
struct standing {
    size_t met, open; /* points that meet it; whose runs do not tell */
    size_t changes;   /* from met to not met, or back */
    size_t last;      /* the last point that meets it, or the first, of one change */
    bool first_meets;
};

static struct standing standing_of(const struct picture_knee *k,
                                   const struct knee_line *line)
{
    struct standing s = {0};
    bool before = false;
    for (size_t i = 0; i < line->count; i++) {
        bool meets = study_meets(&k->bound, line->points[i].mean);
        s.met += meets;
        s.open += study_open(&k->bound, &line->points[i]);
        s.changes += i > 0 && meets != before;
        s.first_meets = i == 0 ? meets : s.first_meets;
        before = meets;
    }
    s.last = s.first_meets ? s.met - 1 : line->count - s.met;
    return s;
}

/* "up to 27/s", "at every point", "at 3 of 8 points". */
static void tell_standing(const struct picture_knee *k, const struct knee_line *line,
                          struct text *out)
{
    char value[AXIS_TEXT];
    struct standing s = standing_of(k, line);
    if (s.changes == 1)
        text_print(out, "%s %s", s.first_meets ? "up to" : "from",
                   study_value(&k->x, line->points[s.last].x, value));
    else if (s.met == 0 || s.met == line->count)
        text_print(out, "at %s point", s.met ? "every" : "no");
    else
        text_print(out, "at %zu of %zu points", s.met, line->count);
}

/* "apps.web.failure_ratio ≤ 0.1 % up to 27/s; at 2 points the runs do not tell"; of many
 * lines the sum. */
static void tell_bound(const struct picture_knee *k, struct text *out)
{
    char bound[AXIS_TEXT];
    size_t all = 0, met = 0, open = 0;
    for (unsigned i = 0; i < k->line_count; i++) {
        struct standing s = standing_of(k, &k->lines[i]);
        all += k->lines[i].count;
        met += s.met;
        open += s.open;
    }
    text_print(out, "%s %s ", k->y.label, study_bound(&k->y, &k->bound, bound));
    if (k->line_count == 1)
        tell_standing(k, &k->lines[0], out);
    else
        text_print(out, "at %zu of %zu points", met, all);
    if (open)
        text_print(out, "; at %zu point%s the runs do not tell", open,
                   open > 1 ? "s" : "");
}

/* "met: web up to 27/s, dns at every point". */
static void tell_lines(const struct picture_knee *k, struct text *out)
{
    for (unsigned i = 0; i < k->line_count; i++) {
        text_print(out, "%s%s ", i ? ", " : "met: ", k->lines[i].label);
        tell_standing(k, &k->lines[i], out);
    }
}

/* "shares: 0 % at rate 20/s, 31 % at 40/s". */
static void tell_change(const struct picture_knee *k, struct text *out)
{
    char from[AXIS_TEXT], to[AXIS_TEXT], first[AXIS_TEXT], last[AXIS_TEXT];
    const struct knee_line *line = &k->lines[0];
    const struct picture_point *a = &line->points[0], *b = &line->points[line->count - 1];
    text_print(out, "%s: %s at %s %s, %s at %s",
               k->line_count > 1 ? line->label : k->y.label,
               study_value(&k->y, a->mean, from), study_short_name(k->x.label),
               study_value(&k->x, a->x, first), study_value(&k->y, b->mean, to),
               study_value(&k->x, b->x, last));
}

static void put_words(struct canvas *c, const struct picture_knee *k, struct text *script)
{
    struct text headline = {0}, detail = {0};
    char *label = study_axis_label(&k->y), *x_label = study_axis_label(&k->x);
    (k->bound.is ? tell_bound : tell_change)(k, &headline);
    if (k->bound.is)
        (k->line_count > 1 ? tell_lines : tell_change)(k, &detail);
    study_head(c, &k->words, &headline, &detail, label, script);
    gnuplot_set_string(script, "x_label", x_label);
    free(label);
    free(x_label);
}

static void put_legend(const struct picture_knee *k, struct text *script)
{
    const char *labels[PICTURE_LINES_MAX];
    for (unsigned i = 0; i < k->line_count; i++)
        labels[i] = k->lines[i].label;
    gnuplot_set_number(script, "lines", k->line_count);
    gnuplot_set_strings(script, "label_of", labels, k->line_count);
    gnuplot_set_number(script, "theories", k->theory_count > 0);
    gnuplot_set_string(script, "theory_name", k->theory_name ? k->theory_name : "");
}

/* --- axes, marks -------------------------------------------------------------------- */

/* The height above which there is room for the words of answer and marks, a row each. */
static double top_of(const struct picture_knee *k, double floor, double high, bool log)
{
    double free = 1 - 0.06 - 0.055 * ((double)k->mark_count + k->answered);
    if (log)
        return floor * pow(fmax(high / floor, 10), 1 / free);
    return floor + fmax((high - floor) / free, 1e-12);
}

/* Returns the lowest value shown. */
static double put_axes(const struct canvas *c, const struct picture_knee *k,
                       const struct extent *e, struct text *script)
{
    struct canvas_room room = canvas_room(c->request->format);
    struct picture_axis x = k->x, y = k->y;
    double floor = study_floor(&y, &k->bound, e->y.low, e->y.high);
    double margin = 0.02 * (e->x.high - e->x.low);
    if (margin <= 0) /* a single place */
        margin = fmax(fabs(e->x.high) / 2, 1);
    x.log = x.log && e->x.low > 0 && e->x.high > e->x.low;
    double spread = x.log ? pow(e->x.high / e->x.low, 0.02) : 1;
    study_axis("x", &x, x.log ? e->x.low / spread : e->x.low - margin,
               x.log ? e->x.high * spread : e->x.high + margin, room.x_tics, script);
    study_axis("y", &y, floor, top_of(k, floor, e->y.high, y.log), room.y_tics, script);
    gnuplot_set_number(script, "floor_shown", y.log);
    gnuplot_set_number(script, "floor", floor);
    return floor;
}

static void put_bound(const struct picture_knee *k, const struct extent *e,
                      struct text *script)
{
    char value[AXIS_TEXT];
    char *text = k->bound.is
                     ? memory_print("required: %s", study_bound(&k->y, &k->bound, value))
                     : memory_print(" ");
    gnuplot_set_number(script, "bounds", k->bound.is);
    gnuplot_set_number(script, "bound", k->bound.value);
    gnuplot_set_number(script, "bound_high", k->bound.value > 0.6 * e->y.high);
    gnuplot_set_string(script, "bound_text", text);
    free(text);
}

/* A letter of the words at a vertical line, and their distance from it, in shares of the
 * width: 7 and 8 of 690 pixels (plots/common.gp). */
#define LETTER   (7 / 690.0)
#define DISTANCE (8 / 690.0)

/* Where a place stands in the width. */
static double share_of(const struct picture_knee *k, const struct extent *e, double x)
{
    double low = e->x.low, high = e->x.high;
    if (high <= low)
        return 0.5;
    return k->x.log && low > 0 ? log(x / low) / log(high / low)
                               : (x - low) / (high - low);
}

/* Whether the words of a mark would leave the picture, or meet the answer's line, over
 * this part of the width. */
static bool blocked(const struct picture_knee *k, const struct extent *e, double from,
                    double to)
{
    double answer = share_of(k, e, k->answer.x);
    return from < 0 || to > 1 || (k->answered && answer > from && answer < to);
}

/* True of a place whose words stand to its left: those of the right half, unless the
 * other side alone is free. */
static bool is_late(const struct picture_knee *k, const struct extent *e, double x,
                    const char *words)
{
    double at = share_of(k, e, x), width = DISTANCE + LETTER * (double)strlen(words);
    bool left = blocked(k, e, at - width, at), right = blocked(k, e, at, at + width);
    return left == right ? at > 0.5 : right;
}

struct place {
    const struct knee_mark *mark;
    bool late;
};

/* The outer ones first, each side by itself: a line that ends at the row of its words
 * then meets no others. */
static int by_row(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->late != b->late)
        return a->late - b->late;
    int order = (a->mark->x > b->mark->x) - (a->mark->x < b->mark->x);
    return a->late ? -order : order;
}

/* Marks outside of what was simulated are left out. */
static void put_marks(const struct picture_knee *k, const struct extent *e,
                      struct text *script)
{
    struct place places[PICTURE_MARKS_MAX] = {{NULL, false}};
    double at[PICTURE_MARKS_MAX], late[PICTURE_MARKS_MAX];
    const char *texts[PICTURE_MARKS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < k->mark_count; i++) {
        const struct knee_mark *m = &k->marks[i];
        if (m->x >= e->x.low && m->x <= e->x.high)
            places[count++] = (struct place){m, is_late(k, e, m->x, m->text)};
    }
    qsort(places, count, sizeof places[0], by_row);
    for (unsigned i = 0; i < count; i++) {
        at[i] = places[i].mark->x;
        late[i] = places[i].late;
        texts[i] = places[i].mark->text;
    }
    gnuplot_set_number(script, "places", count);
    gnuplot_set_numbers(script, "place_at", at, count);
    gnuplot_set_numbers(script, "place_late", late, count);
    gnuplot_set_strings(script, "place_text", texts, count);
}

static void put_answer(const struct picture_knee *k, const struct extent *e,
                       struct text *script)
{
    char value[AXIS_TEXT];
    char *text = k->answered
                     ? memory_print("answer: %s", study_value(&k->x, k->answer.x, value))
                     : memory_print(" ");
    bool ranged = k->answered && k->answer.low < k->answer.high;
    gnuplot_set_number(script, "answers", k->answered);
    gnuplot_set_number(script, "answer", k->answer.x);
    gnuplot_set_number(script, "answer_late", is_late(k, e, k->answer.x, text));
    gnuplot_set_number(script, "answer_low", ranged ? k->answer.low : k->answer.x);
    gnuplot_set_number(script, "answer_high", ranged ? k->answer.high : k->answer.x);
    gnuplot_set_string(script, "answer_text", text);
    free(text);
}

/* --- data --------------------------------------------------------------------------- */

/* Lines: x, mean, low, high, and whether it stands on the floor for being less. */
static void put_data(const struct picture_knee *k, double floor, struct text *script)
{
    text_print(script, "$data << EOD\n");
    for (unsigned i = 0; i < k->line_count; i++) {
        for (size_t p = 0; p < k->lines[i].count; p++) {
            const struct picture_point *point = &k->lines[i].points[p];
            bool ranged = !isnan(point->low) && !isnan(point->high);
            double low = ranged ? point->low : point->mean;
            double high = ranged ? point->high : point->mean;
            study_row(script,
                      (const double[]){point->x, fmax(point->mean, floor),
                                       fmax(low, floor), fmax(high, floor),
                                       point->mean < floor},
                      5);
        }
        text_print(script, "\n\n");
    }
    text_print(script, "EOD\n$theory << EOD\n");
    for (size_t i = 0; i < k->theory_count; i++)
        study_row(script, (const double[]){k->theory[i].x, k->theory[i].mean}, 2);
    text_print(script, "EOD\n");
}

bool picture_knee(struct canvas *c, const char *name, const struct picture_knee *k)
{
    SIM_ASSERT(k->line_count > 0 && k->line_count <= PICTURE_LINES_MAX);
    SIM_ASSERT(k->lines[0].count > 0 && k->mark_count <= PICTURE_MARKS_MAX);
    struct text script = {0};
    struct extent e = extent_of(k);
    put_words(c, k, &script);
    put_legend(k, &script);
    double floor = put_axes(c, k, &e, &script);
    put_bound(k, &e, &script);
    put_marks(k, &e, &script);
    put_answer(k, &e, &script);
    put_data(k, floor, &script);
    bool good = canvas_finish(c, "knee", name, &script);
    text_free(&script);
    return good;
}
