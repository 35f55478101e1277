/* The numbers of a run: what users met, where they met it, what the pools held; and all
 * metrics, folded away. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/run_study.h"
#include "sim/views/finding.h"
#include "sim/views/human.h"
#include "sim/views/report.h"
#include "sim/views/report_table.h"

#define POOLS       64
#define PHASES      12
#define METRICS_MAX 20000 /* rows; summary.json has the rest */

typedef const char *interval_text(double value, double half_width,
                                  char out[HUMAN_INTERVAL]);

static const struct run_metric *find_of_app(const struct run_record *r, const char *app,
                                            const char *rest)
{
    char *name = memory_print("apps.%s.%s", app, rest);
    const struct run_metric *m = run_record_metric(r, name);
    free(name);
    return m;
}

/* A metric in its cell; `none` where it has no value. */
static void put_metric(struct html *h, const struct run_metric *m, interval_text *text,
                       const char *none)
{
    char cell[HUMAN_INTERVAL];
    report_number(h, m && !isnan(m->value) ? text(m->value, m->half_width, cell) : none);
}

/* --- what there is to say of them ------------------------------------------------------
 */

static void put_how_many(struct html *h, const struct run_record *r)
{
    char warm_up[HUMAN_TEXT];
    if (!r->study)
        return;
    html_open(h, "p", NULL);
    html_print(h,
               "%" PRIu32 " replication%s: %s. ± is half of the %g %% interval of the "
               "mean.",
               r->replications, r->replications == 1 ? "" : "s", r->study->reason,
               100 * r->study->confidence);
    if (!isnan(r->study->warm_up_s))
        html_print(h, " A warm-up of %s, found by MSER-5, is left out.",
                   human_seconds(r->study->warm_up_s, warm_up));
    html_close(h, "p");
}

/* --- applications --------------------------------------------------------------------
 */

/* "57,099 EADDRNOTAVAIL, 3 ETIMEDOUT": in the order of the record. */
static void put_codes(struct html *h, const struct run_record *r, const char *app)
{
    char *prefix = memory_print("apps.%s.failures.", app), count[HUMAN_TEXT];
    const char *between = "";
    html_open(h, "td", "words");
    for (size_t i = 0; i < r->metric_count; i++) {
        const struct run_metric *m = &r->metrics[i];
        const char *code = m->name + strlen(prefix);
        if (strncmp(m->name, prefix, strlen(prefix)) != 0 || strpbrk(code, "@.") ||
            strstr(code, "_per_s") || !(m->value > 0))
            continue;
        html_text(h, between);
        html_open(h, "span", "whole");
        html_print(h, "%s %s", human_count(m->value, count), code);
        html_close(h, "span");
        between = ", ";
    }
    html_close(h, "td");
    free(prefix);
}

/* "3 of 20 (8 % to 36 %)". */
static void put_failing(struct html *h, const struct run_record *r, const char *app)
{
    const struct run_failing *f = NULL;
    char low[HUMAN_TEXT], high[HUMAN_TEXT];
    for (size_t i = 0; i < r->study->failing_count; i++)
        if (strcmp(r->study->failing[i].app, app) == 0)
            f = &r->study->failing[i];
    if (!f) {
        report_number(h, "-");
        return;
    }
    html_open(h, "td", "number");
    html_print(h, "%" PRIu32 " of %" PRIu32 " (%s to %s)", f->runs, r->replications,
               human_share(f->low, low), human_share(f->high, high));
    html_close(h, "td");
}

static void put_app(struct html *h, const struct run_record *r, const char *app)
{
    report_row_begin(h, app);
    put_metric(h, find_of_app(r, app, "attempts"), human_count_interval, "-");
    put_metric(h, find_of_app(r, app, "failure_ratio"), human_share_interval, "-");
    put_metric(h, find_of_app(r, app, "first_failure_s"), human_seconds_interval,
               "never");
    put_metric(h, find_of_app(r, app, "connect_delay_s.p99"), human_seconds_interval,
               "-");
    put_codes(h, r, app);
    if (r->study)
        put_failing(h, r, app);
    report_row_end(h);
}

static void put_apps(struct html *h, const struct run_record *r)
{
    static const struct report_column columns[] = {
        {"application", false},      {"attempts", true},  {"share that fails", true},
        {"first failure", true},     {"delay p99", true}, {"failed with", false},
        {"runs with failures", true}};
    if (!r->app_count)
        return;
    html_leaf(h, "h3", NULL, "Applications");
    report_table_begin(h, "What the users of each application met", columns,
                       r->study ? 7 : 6);
    for (size_t i = 0; i < r->app_count; i++)
        put_app(h, r, r->apps[i].name);
    report_table_end(h);
}

/* --- phases --------------------------------------------------------------------------
 */

/* The first application's failure ratios name the phases. */
static uint32_t phases_of(const struct run_record *r, const char *out[PHASES])
{
    uint32_t count = 0;
    if (!r->app_count)
        return 0;
    char *prefix = memory_print("apps.%s.failure_ratio@", r->apps[0].name);
    for (size_t i = 0; i < r->metric_count && count < PHASES; i++)
        if (strncmp(r->metrics[i].name, prefix, strlen(prefix)) == 0)
            out[count++] = r->metrics[i].name + strlen(prefix);
    free(prefix);
    return count;
}

static void put_phases(struct html *h, const struct run_record *r)
{
    const char *phases[PHASES];
    struct report_column columns[PHASES + 1] = {{"application", false}};
    uint32_t count = phases_of(r, phases);
    if (!count)
        return;
    for (uint32_t i = 0; i < count; i++)
        columns[i + 1] = (struct report_column){phases[i], true};
    html_leaf(h, "h3", NULL, "Share of attempts that fail, by phase");
    report_table_begin(h, "Share of attempts that fail, by phase", columns, count + 1);
    for (size_t a = 0; a < r->app_count; a++) {
        report_row_begin(h, r->apps[a].name);
        for (uint32_t i = 0; i < count; i++) {
            char *rest = memory_print("failure_ratio@%s", phases[i]);
            put_metric(h, find_of_app(r, r->apps[a].name, rest), human_share_interval,
                       "-");
            free(rest);
        }
        report_row_end(h);
    }
    report_table_end(h);
}

/* --- pools ---------------------------------------------------------------------------
 */

/* "cifs:445 88.4 %", each in one piece. */
static void put_holders(struct html *h, const struct finding_holder *holders,
                        uint32_t count)
{
    html_open(h, "td", "words");
    for (uint32_t i = 0; i < count; i++) {
        char share[HUMAN_TEXT];
        html_text(h, i ? ", " : "");
        html_open(h, "span", "whole");
        html_print(h, "%s %s", holders[i].name, human_share(holders[i].share, share));
        html_close(h, "span");
    }
    html_close(h, "td");
}

static void put_pool(struct html *h, const struct finding *f)
{
    char text[HUMAN_TEXT], *name = memory_print("%s %s", f->host, pool_name(f->pool));
    report_row_begin(h, name);
    report_number(h, human_count(f->capacity, text));
    report_number(h, human_count(f->in_use_max, text));
    report_number(h, human_share(f->fullest, text));
    report_number(h, human_count(f->choices, text));
    report_number(h, human_count(f->failed_choices, text));
    put_holders(h, f->states, f->state_count);
    put_holders(h, f->destinations, f->destination_count);
    report_row_end(h);
    free(name);
}

static void put_pools(struct html *h, const struct report_run *run)
{
    static const struct report_column columns[] = {
        {"host", false},    {"ports", true},           {"most in use", true},
        {"fullest", true},  {"ports asked for", true}, {"not found", true},
        {"held by", false}, {"toward", false}};
    struct finding *list = memory_new(POOLS, sizeof *list);
    uint32_t count = findings_of(run->first, list, POOLS);
    if (count) {
        html_leaf(h, "h3", NULL,
                  run->record->replications > 1 ? "Ports, in replication 1" : "Ports");
        report_table_begin(h, "What each host's ports were held by", columns,
                           sizeof columns / sizeof *columns);
        for (uint32_t i = 0; i < count; i++)
            put_pool(h, &list[i]);
        report_table_end(h);
    }
    free(list);
}

/* --- all metrics ---------------------------------------------------------------------
 */

static void put_all(struct html *h, const struct run_record *r)
{
    static const struct report_column columns[] = {
        {"metric", false}, {"value", true}, {"unit", false}};
    size_t shown = r->metric_count < METRICS_MAX ? r->metric_count : METRICS_MAX;
    html_open(h, "details", NULL);
    html_open(h, "summary", NULL);
    html_print(h, "All %zu metrics", r->metric_count);
    html_close(h, "summary");
    report_table_begin(h, "Metrics of the whole run, and of its phases (@phase)", columns,
                       3);
    for (size_t i = 0; i < shown; i++) {
        const struct run_metric *m = &r->metrics[i];
        char value[HUMAN_INTERVAL];
        report_row_begin_path(h, m->name);
        report_number(h, human_value_interval(m->value, m->half_width, m->unit, value));
        report_cell(h, strcmp(m->unit, "1") == 0 || strcmp(m->unit, "s") == 0 ? ""
                                                                              : m->unit);
        report_row_end(h);
    }
    report_table_end(h);
    if (shown < r->metric_count)
        html_leaf(h, "p", "faint", "summary.json has the others.");
    html_close(h, "details");
}

void report_numbers(struct html *h, const struct report_run *run)
{
    put_how_many(h, run->record);
    put_apps(h, run->record);
    put_phases(h, run->record);
    put_pools(h, run);
    put_all(h, run->record);
}
