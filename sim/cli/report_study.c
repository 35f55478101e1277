/* The page of a study: its points, what was required of each, its pictures, and how to go
 * on with it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/report_page.h"
#include "sim/results/resolved.h"
#include "sim/scenario/issues.h"
#include "sim/study/pictures/pictures.h"
#include "sim/study/pictures/study_table.h"
#include "sim/study/pictures/study_wanted.h"
#include "sim/study/verdict.h"
#include "sim/views/human.h"
#include "sim/views/report_table.h"

/* Requirements, or metrics without any, that have room in a table. */
#define COLUMNS PICTURE_LINES_MAX

/* One column of the table of points. */
struct study_column {
    char *title;                             /* "apps.web.failure_ratio@late <= 0.01" */
    char *metric;                            /* with its phase */
    const struct plan_requirement *required; /* NULL: a metric alone */
};

struct study_page {
    const char *directory;
    struct study_store *store;
    struct issues *issues;
    struct trial_plan *base; /* NULL: it cannot be read any more */
    struct study_wanted wanted;
    struct study_column columns[COLUMNS];
    uint32_t column_count;
    struct study_table table;
    struct figures_drawn drawn;
    char *no_pictures;
};

/* --- reading -------------------------------------------------------------------------
 */

static void take_columns(struct study_page *p)
{
    uint32_t count = p->base ? p->base->requirement_count : 0;
    for (uint32_t i = 0; i < count && i < COLUMNS; i++) {
        const struct plan_requirement *r = &p->base->requirements[i];
        p->columns[p->column_count++] = (struct study_column){
            .title = memory_print("%s", r->text),
            .metric = memory_print("%s%s%s", r->metric, r->phase ? "@" : "",
                                   r->phase ? r->phase : ""),
            .required = r};
    }
    for (uint32_t i = 0; count == 0 && i < p->wanted.count && i < COLUMNS; i++)
        p->columns[p->column_count++] =
            (struct study_column){.title = memory_print("%s", p->wanted.at[i].name),
                                  .metric = memory_print("%s", p->wanted.at[i].name)};
}

static bool read_page(struct study_page *p, struct results_error *error)
{
    const char *metrics[COLUMNS];
    p->store = store_read(p->directory, error);
    if (!p->store)
        return false;
    const struct store_about *about = store_about(p->store);
    p->issues = issues_new();
    p->base = trial_plan_read_text(about->scenario, about->resolved,
                                   strlen(about->resolved), NULL, p->issues);
    if (!study_wanted_read(&p->wanted, p->store, p->base, NULL, error))
        return false;
    take_columns(p);
    for (uint32_t i = 0; i < p->column_count; i++)
        metrics[i] = p->columns[i].metric;
    if (!study_table_read(&p->table, p->store, metrics, p->column_count, NULL, error))
        return false;
    p->no_pictures = report_draw(p->directory, NULL, REPORT_WIDE, &p->drawn);
    return true;
}

static void close_page(struct study_page *p)
{
    for (uint32_t i = 0; i < p->column_count; i++) {
        free(p->columns[i].title);
        free(p->columns[i].metric);
    }
    study_table_free(&p->table);
    study_wanted_free(&p->wanted);
    trial_plan_free(p->base);
    if (p->issues)
        issues_free(p->issues);
    store_close(p->store);
    figures_drawn_free(&p->drawn);
    free(p->no_pictures);
}

/* --- the head ------------------------------------------------------------------------
 */

static enum run_verdict judge(const struct study_page *p, uint32_t point, uint32_t column)
{
    const struct plan_requirement *r = p->columns[column].required;
    return verdict_of((enum expression_op)r->op, r->bound,
                      &p->table.points[point].estimates[column]);
}

/* "holds at 4 of 9 points, undecided at 1: apps.web.failure_ratio <= 0.01". */
static void put_requirement(struct html *h, const struct study_page *p, uint32_t column)
{
    uint32_t counts[3] = {0}, all = p->table.point_count;
    for (uint32_t i = 0; i < all; i++)
        counts[judge(p, i, column)]++;
    html_open(h, "p",
              counts[RUN_HOLDS] == all ? "verdict good"
              : counts[RUN_HOLDS]      ? "verdict unknown"
                                       : "verdict bad");
    report_path(h, p->columns[column].title);
    html_print(h, " holds at %" PRIu32 " of %" PRIu32 " points", counts[RUN_HOLDS], all);
    if (counts[RUN_UNDECIDED])
        html_print(h, ", undecided at %" PRIu32, counts[RUN_UNDECIDED]);
    html_close(h, "p");
}

static void put_facts(struct html *h, const struct study_page *p, bool named)
{
    const struct store_about *about = store_about(p->store);
    uint32_t runs = 0;
    for (uint32_t i = 0; i < p->table.point_count; i++)
        runs += p->table.points[i].runs;
    html_open(h, "p", "faint");
    if (named)
        html_print(h, "%s, ", about->scenario);
    html_print(h,
               "a study of %" PRIu32 " points, %" PRIu32 " runs, seed %" PRIu64
               ", portsim %s",
               p->table.point_count, runs, about->seed, about->version);
    html_close(h, "p");
}

static void put_head(struct html *h, const struct study_page *p)
{
    const struct store_about *about = store_about(p->store);
    char *question = resolved_text(about->resolved, "question");
    char *words = resolved_text(about->resolved, "about");
    bool asked = question && *question;
    html_open(h, "header", NULL);
    html_leaf(h, "h1", NULL, asked ? question : about->scenario);
    put_facts(h, p, asked);
    if (about->status == RUN_INTERRUPTED)
        html_leaf(h, "p", "verdict bad",
                  "Interrupted. What follows is of the runs that were done by then.");
    for (uint32_t i = 0; i < p->column_count; i++)
        if (p->columns[i].required)
            put_requirement(h, p, i);
    if (words && *words)
        html_leaf(h, "p", NULL, words);
    html_close(h, "header");
    free(words);
    free(question);
}

/* --- points --------------------------------------------------------------------------
 */

static void put_estimate(struct html *h, const struct study_page *p, uint32_t point,
                         uint32_t column)
{
    static const char *const classes[] = {[RUN_HOLDS] = "number good",
                                          [RUN_FAILS] = "number bad",
                                          [RUN_UNDECIDED] = "number unknown"};
    const struct estimate *e = &p->table.points[point].estimates[column];
    const char *unit = p->table.units[column] ? p->table.units[column] : "1";
    bool share = picture_axis_of_metric(p->columns[column].metric, unit).percent;
    char value[HUMAN_INTERVAL];
    if (share)
        human_share_interval(e->value, e->half_width, value);
    else
        human_value_interval(e->value, e->half_width, unit, value);
    if (!p->columns[column].required) {
        report_number(h, value);
        return;
    }
    enum run_verdict verdict = judge(p, point, column);
    html_open(h, "td", classes[verdict]);
    html_print(h, "%s, %s", value, run_verdict_name(verdict));
    html_close(h, "td");
}

static void put_points(struct html *h, const struct study_page *p)
{
    struct report_column columns[COLUMNS + 2] = {{"point", false}, {"runs", true}};
    char *caption = memory_print("Means over the runs of each point, ± half of the %g %% "
                                 "interval",
                                 100 * store_about(p->store)->confidence);
    for (uint32_t i = 0; i < p->column_count; i++)
        columns[i + 2] = (struct report_column){p->columns[i].title, true};
    report_table_begin(h, caption, columns, p->column_count + 2);
    for (uint32_t i = 0; i < p->table.point_count; i++) {
        const struct table_point *point = &p->table.points[i];
        char *place = study_table_place(&p->table, point), runs[HUMAN_TEXT];
        report_row_begin_whole(h, *place ? place : "the scenario as it is");
        report_number(h, human_count(point->runs, runs));
        for (uint32_t k = 0; k < p->column_count; k++)
            put_estimate(h, p, i, k);
        report_row_end(h);
        free(place);
    }
    report_table_end(h);
    free(caption);
    html_leaf(h, "p", "faint", "results.csv has every metric of every point.");
}

/* --- axes ----------------------------------------------------------------------------
 */

static void put_axes(struct html *h, const struct study_page *p)
{
    static const struct report_column columns[] = {{"axis", false}, {"values", false}};
    const struct study_table *t = &p->table;
    if (!t->axis_count)
        return;
    report_table_begin(h, "What varies", columns, 2);
    for (uint32_t i = 0; i < t->axis_count; i++) {
        struct text values = {0};
        for (uint32_t k = 0; k < t->axes[i].count; k++)
            text_print(&values, "%s%s", k ? ", " : "",
                       t->axes[i].values[k] ? t->axes[i].values[k] : "unset");
        report_row_begin_path(h, t->axes[i].path);
        report_words(h, text_of(&values));
        report_row_end(h);
        text_free(&values);
    }
    report_table_end(h);
}

static void put_scenario(struct html *h, const struct study_page *p)
{
    put_axes(h, p);
    report_json(h, store_about(p->store)->resolved);
}

/* --- again ---------------------------------------------------------------------------
 */

/* A value that stands in --vary as it is, for a shell too. */
static bool is_plain(const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_./+%";
    return value && *value && strspn(value, plain) == strlen(value);
}

/* Whether --vary of each axis, with all its values, gives these points and no others. */
static bool is_whole(const struct study_table *t, bool one_by_one)
{
    size_t all = 1;
    for (uint32_t i = 0; i < t->axis_count; i++) {
        all = one_by_one ? all + t->axes[i].count - 1 : all * t->axes[i].count;
        for (uint32_t k = 0; k < t->axes[i].count; k++)
            if (!is_plain(t->axes[i].values[k]))
                return false;
    }
    return t->axis_count == store_axis_count(t->store) && all == t->point_count;
}

static uint32_t most_runs(const struct study_table *t)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < t->point_count; i++)
        most = t->points[i].runs > most ? t->points[i].runs : most;
    return most;
}

static void put_command(struct html *h, const struct study_table *t, bool one_by_one)
{
    report_pre_begin(h, "the command");
    html_print(h, "portsim sweep scenario.json -o . --replications %" PRIu32,
               most_runs(t));
    if (one_by_one)
        html_text(h, " --design one-at-a-time");
    for (uint32_t i = 0; i < t->axis_count; i++) {
        html_print(h, " \\\n    --vary %s=", t->axes[i].path);
        for (uint32_t k = 0; k < t->axes[i].count; k++)
            html_print(h, "%s%s", k ? "," : "", t->axes[i].values[k]);
    }
    html_close(h, "pre");
}

static void put_again(struct html *h, const struct study_page *p)
{
    const struct store_about *about = store_about(p->store);
    uint32_t base;
    bool one_by_one = p->table.axis_count && study_table_is_one_by_one(&p->table, &base);
    if (is_whole(&p->table, one_by_one)) {
        html_leaf(h, "p", NULL,
                  "In this directory: goes on where the study ended, and runs nothing "
                  "that is done. More values or replications add to it.");
        put_command(h, &p->table, one_by_one);
    } else {
        html_leaf(h, "p", NULL,
                  "The portsim sweep that made the study goes on where it ended, and "
                  "runs nothing that is done. More values or replications add to it.");
    }
    html_open(h, "dl", NULL);
    html_leaf(h, "dt", NULL, "seed");
    html_open(h, "dd", NULL);
    html_print(h, "%" PRIu64, about->seed);
    html_close(h, "dd");
    html_leaf(h, "dt", NULL, "portsim");
    html_leaf(h, "dd", NULL, about->version);
    html_leaf(h, "dt", NULL, "key of the scenario");
    html_leaf(h, "dd", NULL, about->key);
    html_close(h, "dl");
}

/* --- all of it -----------------------------------------------------------------------
 */

static void put_pictures(struct html *h, const struct study_page *p)
{
    report_drawn(h, &p->drawn, p->no_pictures);
}

static const struct {
    struct report_part part;
    void (*show)(struct html *h, const struct study_page *p);
} sections[] = {
    {{"points", "Points"}, put_points},
    {{"pictures", "Pictures"}, put_pictures},
    {{"scenario", "Scenario"}, put_scenario},
    {{"again", "How to go on"}, put_again},
};

#define SECTIONS (sizeof sections / sizeof *sections)

static void put_page(struct html *h, const struct study_page *p)
{
    struct html_head head = {.title = store_about(p->store)->scenario,
                             .style = report_style};
    struct report_part parts[SECTIONS + 1] = {{0}};
    for (size_t i = 0; i < SECTIONS; i++)
        parts[i] = sections[i].part;
    html_page_begin(h, &head);
    html_open(h, "main", NULL);
    put_head(h, p);
    report_contents(h, parts);
    for (size_t i = 0; i < SECTIONS; i++) {
        report_section(h, &sections[i].part);
        sections[i].show(h, p);
        html_close(h, "section");
    }
    html_close(h, "main");
    html_page_end(h, &head);
}

bool report_study_page(const char *directory, struct text *page,
                       struct results_error *error)
{
    struct study_page p = {.directory = directory};
    struct html h = {0};
    bool good = read_page(&p, error);
    if (good)
        put_page(&h, &p);
    text_add(page, text_of(&h.text), h.text.length);
    text_free(&h.text);
    close_page(&p);
    return good;
}
