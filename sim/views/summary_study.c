/* The screen of several runs: how many and why, what happened in the first, and what all
 * of them say, each number with its interval. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/run_study.h"
#include "sim/views/human.h"
#include "sim/views/summary_parts.h"

/* --- cells: an interval holds characters of two bytes ------------------------------ */

static void put_right(FILE *out, const char *text, unsigned width)
{
    unsigned columns = human_columns(text);
    fprintf(out, " %*s%s", columns < width ? (int)(width - columns) : 0, "", text);
}

typedef const char *interval_text(double value, double half_width,
                                  char out[HUMAN_INTERVAL]);

static const struct run_metric *find(const struct screen *s, const char *format, ...)
{
    va_list args;
    char name[512];
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    return run_record_metric(s->record, name);
}

static void put_cell(FILE *out, const struct run_metric *m, interval_text *text,
                     unsigned width)
{
    char cell[HUMAN_INTERVAL];
    put_right(out, m ? text(m->value, m->half_width, cell) : "-", width);
}

/* --- head -------------------------------------------------------------------------- */

static void print_how_many(const struct screen *s)
{
    const struct run_record *r = s->record;
    char *why = memory_print("%" PRIu32 " replication%s: %s", r->replications,
                             r->replications == 1 ? "" : "s", r->study->reason);
    char *text = why;
    text += strcspn(text, " ");
    int column = fprintf(s->out, "%.*s", (int)(text - why), why);
    summary_wrap(s->out, text + 1, column, 2);
    free(why);
}

static void print_warnings(const struct screen *s)
{
    for (size_t i = 0; i < s->record->study->warning_count; i++) {
        int column = fprintf(s->out, "%swarning:", s->red) - (int)strlen(s->red);
        summary_wrap(s->out, s->record->study->warnings[i], column, 2);
        fputs(s->plain, s->out);
    }
}

static void print_head(const struct screen *s)
{
    const struct run_record *r = s->record;
    char simulated[HUMAN_TEXT], warm_up[HUMAN_TEXT];
    fprintf(s->out, "%s%s%s  seed %" PRIu64 ", %s simulated in each, %s%s\n\n", s->bold,
            r->scenario, s->plain, r->seed, human_duration(r->simulated, simulated),
            r->study->kind, r->status == RUN_INTERRUPTED ? "  (interrupted)" : "");
    print_how_many(s);
    if (!isnan(r->study->warm_up_s))
        fprintf(s->out, "warm-up of %s, found by MSER-5\n",
                human_seconds(r->study->warm_up_s, warm_up));
    print_warnings(s);
    fputc('\n', s->out);
}

/* What happened, as only one run can tell it. */
static void print_first(const struct screen *s)
{
    struct run_metric *metrics = memory_new(s->record->metric_count, sizeof *metrics);
    struct run_record first = run_study_first(s->record, metrics);
    struct screen screen = *s;
    screen.record = &first;
    if (s->record->replications > 1)
        fprintf(s->out, "%sin replication 1%s\n", s->bold, s->plain);
    summary_findings(&screen);
    free(metrics);
}

/* --- apps -------------------------------------------------------------------------- */

static void print_failing(const struct screen *s, const char *app)
{
    const struct run_study *study = s->record->study;
    char low[HUMAN_TEXT], high[HUMAN_TEXT], delay[HUMAN_INTERVAL];
    const struct run_metric *p99 = find(s, "apps.%s.connect_delay_s.p99", app);
    fprintf(s->out, "  delay p99 %s",
            p99 ? human_seconds_interval(p99->value, p99->half_width, delay) : "-");
    for (size_t i = 0; i < study->failing_count; i++) {
        const struct run_failing *f = &study->failing[i];
        if (strcmp(f->app, app) == 0)
            fprintf(s->out,
                    "; attempts failed in %" PRIu32 " of %" PRIu32 " runs (%s to %s)",
                    f->runs, s->record->replications, human_share(f->low, low),
                    human_share(f->high, high));
    }
    fputc('\n', s->out);
}

static void print_apps(const struct screen *s)
{
    int width = summary_app_width(s);
    fprintf(s->out, "%s%-*s %20s %16s %22s%s\n", s->bold, width, "app", "attempts",
            "share that fails", "first failure", s->plain);
    for (uint32_t i = 0; i < s->apps.count; i++) {
        const char *app = s->apps.at[i];
        fprintf(s->out, "%-*.*s", width, width, app);
        put_cell(s->out, find(s, "apps.%s.attempts", app), human_count_interval, 20);
        put_cell(s->out, find(s, "apps.%s.failure_ratio", app), human_share_interval, 16);
        put_cell(s->out, find(s, "apps.%s.first_failure_s", app), human_seconds_interval,
                 22);
        fputc('\n', s->out);
        print_failing(s, app);
        summary_face(s, app);
    }
    if (s->apps.more)
        fprintf(s->out, "and %" PRIu32 " more\n", s->apps.more);
    fprintf(s->out, "± is half of the %g %% interval of the mean\n\n",
            100 * s->record->study->confidence);
}

/* --- phases ------------------------------------------------------------------------ */

static void print_phase_cell(const struct screen *s, const char *app, const char *phase,
                             unsigned width)
{
    put_cell(s->out, find(s, "apps.%s.failure_ratio@%s", app, phase),
             human_share_interval, width);
}

static const struct phase_cells phase_cells = {
    .a_line = 3, .width = 19, .print = print_phase_cell};

/* --- requirements ------------------------------------------------------------------ */

static void print_requirements(const struct screen *s)
{
    const struct run_record *r = s->record;
    summary_holding(s);
    for (size_t i = 0; i < r->requirement_count; i++) {
        const struct run_requirement *q = &r->requirements[i];
        char value[HUMAN_INTERVAL];
        if (q->verdict == RUN_HOLDS)
            continue;
        fprintf(s->out, "  %s: %s; it was %s", run_verdict_name(q->verdict),
                q->expression, human_value_interval(q->value, q->half_width, "1", value));
        if (q->runs < r->replications)
            fprintf(s->out, " in %" PRIu32 " of %" PRIu32 " runs", q->runs,
                    r->replications);
        fputc('\n', s->out);
    }
}

void summary_study_print(const struct screen *s)
{
    print_head(s);
    print_first(s);
    summary_changes(s);
    print_apps(s);
    summary_phases(s, &phase_cells);
    print_requirements(s);
}
