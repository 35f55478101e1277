#include "sim/cli/demo.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/draw.h"
#include "sim/cli/read.h"
#include "sim/cli/simulation.h"
#include "sim/cli/stop.h"
#include "sim/cli/terminal.h"
#include "sim/results/run_directory.h"
#include "sim/theory/lines.h"
#include "sim/views/human.h"

/* One screen is 24 rows of 80 columns, the last row the prompt's. */
#define SCREEN_ROWS    24u
#define SCREEN_COLUMNS 80u

/* Rows that say where the files are and what to try next. */
#define TAIL_ROWS 3u

/* Fewer show no curve; more leave the numbers out of sight. */
#define PICTURE_ROWS_LEAST 11u
#define PICTURE_ROWS_MOST  20u

#define RUNS 2

/* A demo at work. */
struct showing {
    const struct demo *demo;
    char *directory;
    struct trial_plan *plans[RUNS]; /* as it is, turned; NULL: no second run */
    struct issues *issues[RUNS];
    struct simulation done[RUNS];
    struct theory_lines theory;
    unsigned width;
};

/* --- the numbers ---------------------------------------------------------------------
 */

/* A value as one cell, without its interval where there is no room. */
static void seconds_text(double value, double half_width, char out[HUMAN_INTERVAL])
{
    char text[HUMAN_TEXT];
    if (isnan(value))
        snprintf(out, HUMAN_INTERVAL, "never");
    else if (value < 100 && isnan(half_width))
        snprintf(out, HUMAN_INTERVAL, value < 10 ? "%.2f s" : "%.1f s", value);
    else if (value < 100)
        snprintf(out, HUMAN_INTERVAL, value < 10 ? "%.2f ± %.2f s" : "%.1f ± %.1f s",
                 value, half_width);
    else if (isnan(half_width))
        human_seconds(value, out);
    else
        snprintf(out, HUMAN_INTERVAL, "%s ± %.0f s", human_seconds(value, text),
                 ceil(half_width));
}

static void value_text(double value, double half_width, char out[HUMAN_INTERVAL])
{
    int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    if (isnan(value))
        snprintf(out, HUMAN_INTERVAL, "-");
    else if (isnan(half_width))
        snprintf(out, HUMAN_INTERVAL, "%.*f", decimals, value);
    else
        snprintf(out, HUMAN_INTERVAL, "%.*f ± %.*f", decimals, value, decimals,
                 half_width);
}

static void format_value(enum demo_format format, double value, double half_width,
                         char out[HUMAN_INTERVAL])
{
    if (!(half_width > 0)) /* all runs agree */
        half_width = (double)NAN;
    switch (format) {
    case DEMO_SHARE: /* of none there is nothing to doubt on a screen as small as this */
        if (value <= 0 || value >= 1)
            snprintf(out, HUMAN_INTERVAL, "%.0f %%", 100 * value);
        else
            human_share_interval(value, half_width, out);
        return;
    case DEMO_SECONDS:
        seconds_text(value, half_width, out);
        return;
    case DEMO_COUNT:
        human_count_interval(value, half_width, out);
        return;
    case DEMO_VALUE:
        value_text(value, half_width, out);
        return;
    }
}

/* The metric of a column: its name stands for the '*'. */
static char *metric_of(const struct demo_number *number, const struct demo_column *column)
{
    const char *star = strchr(number->metric, '*');
    if (!star || !column->name)
        return memory_text(number->metric, strlen(number->metric));
    return memory_print("%.*s%s%s", (int)(star - number->metric), number->metric,
                        column->name, star + 1);
}

static void theory_text(const struct showing *s, const struct demo_number *number,
                        char out[HUMAN_INTERVAL])
{
    out[0] = '\0';
    for (uint32_t i = 0; number->quantity && i < s->theory.count; i++) {
        const struct theory_line *line = &s->theory.at[i];
        if (!line->phase && strcmp(line->about, number->about) == 0 &&
            strcmp(line->quantity, number->quantity) == 0)
            format_value(number->format, line->value, (double)NAN, out);
    }
}

static void cell_text(const struct showing *s, const struct demo_number *number,
                      const struct demo_column *column, bool interval,
                      char out[HUMAN_INTERVAL])
{
    if (column->from == DEMO_THEORY) {
        theory_text(s, number, out);
        return;
    }
    char *name = metric_of(number, column);
    const struct run_metric *m =
        run_record_metric(s->done[column->from == DEMO_TURNED].record, name);
    format_value(number->format, m ? m->value : (double)NAN,
                 m && interval ? m->half_width : (double)NAN, out);
    free(name);
    char *sign = terminal_utf8() ? NULL : strstr(out, "±");
    if (sign)
        memcpy(sign, "+-", 2); /* as long as the sign is in UTF-8 */
}

/* --- the table -----------------------------------------------------------------------
 */

struct table_of {
    char cells[DEMO_NUMBERS][DEMO_COLUMNS][HUMAN_INTERVAL];
    unsigned label, widths[DEMO_COLUMNS];
    uint32_t columns; /* that have room */
};

static unsigned total(const struct table_of *t)
{
    unsigned sum = t->label;
    for (uint32_t c = 0; c < t->columns; c++)
        sum += 2 + t->widths[c];
    return sum;
}

static void fill(const struct showing *s, bool interval, struct table_of *t)
{
    const struct demo *d = s->demo;
    *t = (struct table_of){.label = 0};
    for (uint32_t c = 0; d->columns[c].title; c++, t->columns++) {
        t->widths[c] = human_columns(d->columns[c].title);
        for (uint32_t n = 0; d->numbers[n].label; n++) {
            cell_text(s, &d->numbers[n], &d->columns[c], interval, t->cells[n][c]);
            unsigned width = human_columns(t->cells[n][c]);
            t->widths[c] = width > t->widths[c] ? width : t->widths[c];
        }
    }
    for (uint32_t n = 0; d->numbers[n].label; n++) {
        unsigned width = human_columns(d->numbers[n].label);
        t->label = width > t->label ? width : t->label;
    }
}

static void print_cell(FILE *out, const char *text, unsigned width)
{
    fprintf(out, "%*s%s", (int)(2 + width - human_columns(text)), "", text);
}

/* In a narrow window without the intervals, then without the last columns. */
static void print_table(FILE *out, const struct showing *s)
{
    struct table_of t;
    const struct demo *d = s->demo;
    bool bold = terminal_colours();
    fill(s, true, &t);
    if (total(&t) > s->width)
        fill(s, false, &t);
    while (t.columns > 1 && total(&t) > s->width)
        t.columns--;
    fprintf(out, "%s%*s", bold ? "\033[1m" : "", (int)t.label, "");
    for (uint32_t c = 0; c < t.columns; c++)
        print_cell(out, d->columns[c].title, t.widths[c]);
    fputs(bold ? "\033[0m\n" : "\n", out);
    for (uint32_t n = 0; d->numbers[n].label; n++) {
        fprintf(out, "%-*s", (int)t.label, d->numbers[n].label);
        for (uint32_t c = 0; c < t.columns; c++)
            print_cell(out, t.cells[n][c], t.widths[c]);
        fputc('\n', out);
    }
}

/* --- the screen ----------------------------------------------------------------------
 */

/* Prints the words and numbers; how many rows they took. */
static unsigned print_words(const struct showing *s)
{
    char *text = NULL;
    size_t length = 0;
    unsigned rows = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return 0;
    terminal_wrap(out, 0, 0, s->width, s->demo->story);
    print_table(out, s);
    fclose(out);
    for (size_t i = 0; i < length; i++)
        rows += text[i] == '\n';
    fwrite(text, 1, length, stdout);
    free(text);
    return rows;
}

static bool draw_as(const struct showing *s, enum figure_format format, unsigned rows,
                    struct figures_drawn *drawn, struct results_error *error)
{
    const char *const only[] = {s->demo->picture};
    return draw(&(struct draw_order){.directory = s->directory,
                                     .format = format,
                                     .only = only,
                                     .only_count = 1,
                                     .columns = s->width,
                                     .rows = rows},
                drawn, error);
}

/* The picture, as characters here and as a file. */
static int show_picture(const struct showing *s, unsigned used,
                        struct figures_drawn *drawn)
{
    struct results_error error;
    struct figures_drawn here = {0};
    unsigned window = terminal_rows(), rest = used + TAIL_ROWS + 1;
    unsigned screen = window > SCREEN_ROWS ? window : SCREEN_ROWS;
    unsigned rows = rest < screen ? screen - rest : 0;
    rows = rows < PICTURE_ROWS_LEAST ? PICTURE_ROWS_LEAST : rows;
    rows = rows > PICTURE_ROWS_MOST ? PICTURE_ROWS_MOST : rows;
    bool good = draw_as(s, FIGURE_DUMB, rows, &here, &error) &&
                draw_as(s, FIGURE_PNG, 0, drawn, &error);
    figures_drawn_free(&here);
    fflush(stdout);
    return good ? EXIT_DONE : draw_missed(&error);
}

static void tell(const struct showing *s, const struct figures_drawn *drawn)
{
    const char *program = program_invocation_name;
    fflush(stdout);
    fprintf(stderr, "results in %s%s%s\n", s->directory,
            drawn->count ? ", this picture in its " : "",
            drawn->count ? drawn->at[0].path : "");
    fprintf(stderr, "try   %s diagnose %s\n", program, s->directory);
    fprintf(stderr, "      %s %s\n", program, s->demo->next);
}

static int show(const struct showing *s, bool quiet)
{
    struct figures_drawn drawn = {0};
    int status = show_picture(s, print_words(s), &drawn);
    if (!quiet)
        tell(s, &drawn);
    figures_drawn_free(&drawn);
    return status;
}

/* --- the runs ------------------------------------------------------------------------
 */

static bool read_run(struct showing *s, unsigned run, int *status)
{
    struct text_list settings = {0};
    char *study = memory_print("study.replications=%u", (unsigned)s->demo->replications);
    text_list_add(&settings, study);
    if (run)
        text_list_add(&settings, s->demo->setting);
    s->plans[run] = read_plan(s->demo->scenario, &settings, &s->issues[run], status);
    text_list_free(&settings);
    free(study);
    return s->plans[run] != NULL;
}

static int simulate_and_show(struct showing *s, struct run_directory *target, bool quiet)
{
    struct results_error error;
    const struct simulation_order order = {.quiet = true};
    stop_listen();
    for (unsigned i = 0; i < RUNS && s->plans[i] && !stop_signal(); i++)
        s->done[i] = simulate(s->plans[i], &order);
    if (!run_directory_write(target, s->done[0].record, &error))
        return io_error(&error);
    if (stop_signal())
        return EXIT_BY_SIGNAL + stop_signal();
    s->theory = theory_lines_of(s->plans[0]);
    int status = show(s, quiet);
    theory_lines_free(&s->theory);
    return status;
}

int demo_show(const struct demo *demo, bool quiet)
{
    struct results_error error;
    unsigned columns = terminal_columns();
    struct showing s = {
        .demo = demo,
        .directory = memory_print("runs/demo-%s", demo->name),
        .width = columns && columns < SCREEN_COLUMNS ? columns : SCREEN_COLUMNS,
    };
    int status = EXIT_DONE;
    if (read_run(&s, 0, &status) && (!demo->setting || read_run(&s, 1, &status))) {
        struct run_directory *target = run_directory_prepare(s.directory, true, &error);
        status = target ? simulate_and_show(&s, target, quiet) : io_error(&error);
        run_directory_free(target);
    }
    for (unsigned i = 0; i < RUNS; i++) {
        simulation_free(&s.done[i]);
        trial_plan_free(s.plans[i]);
        issues_free(s.issues[i]);
    }
    free(s.directory);
    return status;
}
