/* What all figures share: the words around them, the time axis, the marks on it, the
 * value axis, and the choice of rows. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"

/* Vertical lines, and lines of text about them under the picture. */
#define MARKS_MAX      20
#define MARK_LINES_MAX 5

/* Rows for their numbers, and the width of a number in shares of the axis. */
#define MARK_ROWS  4
#define MARK_WIDTH 0.028

/* A range of which less than this is used would be an empty picture. */
#define VISIBLE_SHARE 0.04

void figure_moment(const struct figure_source *source, sim_ns when, struct text *script)
{
    gnuplot_number(script, (double)when / (double)source->unit.length);
}

/* --- words ------------------------------------------------------------------------ */

/* Continuation bytes of UTF-8 stay with what they continue. */
static bool inside_character(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

const char *figure_short(const char *name, char out[FIGURE_SHORT])
{
    enum { WHOLE = 18, HEAD = 9, TAIL = 7 };
    size_t length = strlen(name), head = HEAD;
    const char *tail = name + (length > TAIL ? length - TAIL : 0);
    if (length <= WHOLE) {
        snprintf(out, FIGURE_SHORT, "%s", name);
        return out;
    }
    while (head > 0 && inside_character(name[head]))
        head--;
    while (inside_character(*tail))
        tail++;
    snprintf(out, FIGURE_SHORT, "%.*s\xE2\x80\xA6%s", (int)head, name, tail);
    return out;
}

static sim_ns first_time(const struct figure_source *source)
{
    return series_time(source->series, 0);
}

static sim_ns last_time(const struct figure_source *source)
{
    return series_time(source->series, series_rows(source->series) - 1);
}

static void put_source(const struct figure_source *source, struct text *script)
{
    const struct run_record *run = source->run;
    struct text line = {0};
    char moment[AXIS_TEXT];
    text_print(&line, "%s, seed %" PRIu64, run->scenario, run->seed);
    text_print(&line,
               run->replications > 1 ? ", replication 1 of %" PRIu32
                                     : ", %" PRIu32 " replication",
               run->replications);
    if (run->status == RUN_INTERRUPTED)
        text_print(&line, ", interrupted at %s",
                   axis_moment(run->simulated, source->unit, moment));
    text_print(&line, ", portsim %s", run->version ? run->version : PORTSIM_VERSION);
    gnuplot_set_string(script, "source", text_of(&line));
    text_free(&line);
}

/* --- marks ------------------------------------------------------------------------ */

/* Changes at one moment share a mark. */
struct mark {
    sim_ns when;
    struct text text;
};

static unsigned collect_marks(const struct run_record *run, struct mark marks[MARKS_MAX],
                              unsigned *left_out)
{
    unsigned count = 0;
    for (size_t i = 0; i < run->log_count; i++) {
        const struct run_event *e = &run->log[i];
        if (!e->kind || strcmp(e->kind, "change") != 0)
            continue;
        bool same = count > 0 && marks[count - 1].when == e->when;
        if (!same && count == MARKS_MAX) {
            ++*left_out;
            continue;
        }
        if (!same)
            marks[count++] = (struct mark){.when = e->when};
        text_print(&marks[count - 1].text, "%s%s", same ? "; " : "",
                   e->detail ? e->detail : "");
    }
    return count;
}

static void put_mark_lines(const struct figure_source *source, const struct mark *marks,
                           unsigned count, unsigned left_out, struct text *script)
{
    char *lines[MARK_LINES_MAX];
    unsigned shown = count <= MARK_LINES_MAX ? count : MARK_LINES_MAX - 1;
    for (unsigned i = 0; i < shown; i++) {
        char moment[AXIS_TEXT];
        lines[i] = memory_print("%u  at %s: %s", i + 1,
                                axis_moment(marks[i].when, source->unit, moment),
                                text_of(&marks[i].text));
    }
    unsigned hidden = count - shown + left_out;
    if (hidden)
        lines[shown++] =
            memory_print("and %u more changes, listed in events.csv", hidden);
    gnuplot_set_number(script, "mark_lines", shown);
    gnuplot_set_strings(script, "mark_line", (const char *const *)lines, shown);
    for (unsigned i = 0; i < shown; i++)
        free(lines[i]);
}

/* Numbers that would cover each other stand in rows above the axis. */
static void put_mark_rows(const struct figure_source *source, const double *at,
                          unsigned count, struct text *script)
{
    double span = sim_seconds(last_time(source) - first_time(source)) /
                  sim_seconds(source->unit.length);
    double last[MARK_ROWS], row_of[MARKS_MAX];
    for (unsigned row = 0; row < MARK_ROWS; row++)
        last[row] = -span;
    for (unsigned i = 0; i < count; i++) {
        unsigned row = 0;
        while (row < MARK_ROWS - 1 && at[i] - last[row] < MARK_WIDTH * span)
            row++;
        last[row] = at[i];
        row_of[i] = row;
    }
    gnuplot_set_numbers(script, "mark_row", row_of, count);
}

static void put_marks(const struct figure_source *source, struct text *script)
{
    struct mark marks[MARKS_MAX];
    unsigned left_out = 0;
    unsigned count = collect_marks(source->run, marks, &left_out);
    gnuplot_set_number(script, "marks", count);
    double at[MARKS_MAX];
    for (unsigned i = 0; i < count; i++)
        at[i] = (double)marks[i].when / (double)source->unit.length;
    gnuplot_set_numbers(script, "mark_at", at, count);
    put_mark_rows(source, at, count, script);
    put_mark_lines(source, marks, count, left_out, script);
    for (unsigned i = 0; i < count; i++)
        text_free(&marks[i].text);
}

/* --- axes ------------------------------------------------------------------------- */

static void put_time_axis(const struct figure_source *source, struct text *script)
{
    double unit = (double)source->unit.length;
    double from = (double)first_time(source) / unit,
           to = (double)last_time(source) / unit;
    text_print(script, "set xlabel 'simulated time (%s)'\nset xrange [",
               source->unit.name);
    gnuplot_number(script, from);
    text_add(script, ":", 1);
    gnuplot_number(script, to);
    text_add(script, "]\n", 2);
    axis_tics(script, "x", to, axis_time_step(source->unit, to - from, source->x_tics));
}

static void put_words(const struct figure_source *source, struct figure_words *words,
                      struct text *script)
{
    canvas_words(source->canvas, text_of(&words->headline), text_of(&words->detail),
                 script);
    gnuplot_set_string(script, "y_label", words->y_label);
    text_free(&words->headline);
    text_free(&words->detail);
    put_source(source, script);
}

void figure_head(const struct figure_source *source, struct figure_words *words,
                 struct text *script)
{
    put_words(source, words, script);
    put_time_axis(source, script);
    put_marks(source, script);
}

void figure_head_timeless(const struct figure_source *source, struct figure_words *words,
                          struct text *script)
{
    put_words(source, words, script);
    text_print(script, "marks = 0\nmark_lines = 0\n");
}

/* The capacity as steps: its first moment, its changes, its last moment; of an unknown
 * one nothing. */
static void put_limits(const struct figure_source *source, struct text *script)
{
    const struct series *s = source->series;
    uint32_t column = source->pool.capacity;
    size_t last = series_rows(s) - 1;
    text_print(script, "$limits << EOD\n");
    for (size_t row = 0; column != SERIES_NONE && row <= last; row++) {
        double value = series_value(s, row, column);
        if (row > 0 && row < last && value == series_value(s, row - 1, column))
            continue;
        figure_moment(source, series_time(s, row), script);
        text_add(script, " ", 1);
        gnuplot_number(script, value);
        text_add(script, "\n", 1);
    }
    text_print(script, "EOD\n");
}

void figure_value_axis(const struct figure_source *source, double peak,
                       struct text *script)
{
    char number[AXIS_TEXT];
    const struct series *s = source->series;
    uint32_t column = source->pool.capacity;
    double largest = column == SERIES_NONE ? 0 : figure_peak(s, column);
    double last = largest > 0 ? series_value(s, series_rows(s) - 1, column) : 0;
    bool shown = largest > 0 && peak >= VISIBLE_SHARE * largest;
    double top = fmax(fmax(peak, shown ? largest : 0), 1) * 1.08;
    gnuplot_set_number(script, "top", top);
    gnuplot_set_number(script, "capacity_shown", shown);
    gnuplot_set_number(script, "capacity", last);
    gnuplot_set_string(script, "capacity_text", axis_grouped(last, 0, number));
    put_limits(source, script);
    axis_tics(script, "y", top, fmax(axis_step(top, source->y_tics), 1));
}

/* --- courses ---------------------------------------------------------------------- */

/* Of the height of the picture: two pixels of five hundred. */
#define UNSEEN 0.004

/* A character is that much of a terminal's picture. */
#define UNSEEN_PLAIN 0.04

struct course figure_course(const struct figure_source *source, unsigned lines,
                            course_line *line, const void *figure, double peak)
{
    const struct figures_request *request = source->canvas->request;
    bool plain = request && request->format == FIGURE_DUMB;
    return course_of(source->series, source->moments, lines, line, figure,
                     peak * (plain ? UNSEEN_PLAIN : UNSEEN));
}

char *figure_course_label(const char *label, const struct course *course)
{
    char length[AXIS_TEXT];
    if (course->length == 0)
        return memory_print("%s", label);
    struct time_unit unit = axis_time_unit(course->length);
    return memory_print("%s (means of %s)", label,
                        axis_moment(course->length, unit, length));
}
