/* The page of several directories: what was different, what came of it, and their
 * pictures side by side. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/report_differences.h"
#include "sim/cli/report_page.h"
#include "sim/results/resolved.h"
#include "sim/study/store/store.h"
#include "sim/views/diagnose_words.h"
#include "sim/views/human.h"
#include "sim/views/report_table.h"

#define MOST 26 /* letters */

/* One of the directories. */
struct compared {
    char *name; /* "B after": its letter, and what its folder is called */
    struct report_source source; /* of a run */
    struct study_store *store;   /* of a study */
    struct figures_drawn drawn;  /* of a study */
    char *no_pictures;           /* of a study */
};

struct comparison_page {
    const char *const *directories;
    uint32_t count;
    bool studies;
    struct compared *at;
    struct report_difference *differences; /* of each against the first; [0] is empty */
    const char **scenarios;                /* resolved; NULL: taken away */
};

/* --- reading -------------------------------------------------------------------------
 */

/* The last part of a path, which is all that a page tells of it. */
static char *name_of(const char *directory, uint32_t index)
{
    size_t end = strlen(directory);
    while (end > 1 && directory[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin && directory[begin - 1] != '/')
        begin--;
    return memory_print("%c %.*s", 'A' + (int)index, (int)(end - begin),
                        directory + begin);
}

static bool read_one(struct comparison_page *p, uint32_t i, struct results_error *error)
{
    struct compared *c = &p->at[i];
    const char *directory = p->directories[i];
    c->name = name_of(directory, i);
    if (!p->studies) {
        if (!report_source_open(&c->source, directory, REPORT_NARROW, error))
            return false;
        p->scenarios[i] = c->source.stored->record.resolved_scenario;
        if (i)
            report_difference_of_runs(&p->differences[i], &p->at[0].source.stored->record,
                                      &c->source.stored->record);
        return true;
    }
    c->store = store_read(directory, error);
    if (!c->store)
        return false;
    p->scenarios[i] = store_about(c->store)->resolved;
    c->no_pictures = report_draw(directory, NULL, REPORT_NARROW, &c->drawn);
    return i == 0 || report_difference_of_studies(&p->differences[i], p->directories[0],
                                                  directory, error);
}

static bool read_all(struct comparison_page *p, struct results_error *error)
{
    p->studies = store_is_study(p->directories[0]);
    if (p->count > MOST)
        return results_refuse(error, "at most %d directories fit on a page", MOST);
    for (uint32_t i = 1; i < p->count; i++)
        if (store_is_study(p->directories[i]) != p->studies)
            return results_refuse(error,
                                  "runs are compared with runs, studies with studies: "
                                  "%s is not what %s is",
                                  p->directories[i], p->directories[0]);
    for (uint32_t i = 0; i < p->count; i++)
        if (!read_one(p, i, error))
            return false;
    return true;
}

static void close_all(struct comparison_page *p)
{
    for (uint32_t i = 0; i < p->count; i++) {
        struct compared *c = &p->at[i];
        report_difference_free(&p->differences[i]);
        report_source_free(&c->source);
        store_close(c->store);
        figures_drawn_free(&c->drawn);
        free(c->no_pictures);
        free(c->name);
    }
    free(p->at);
    free(p->differences);
    free(p->scenarios);
}

static const char *scenario_of(const struct comparison_page *p, uint32_t i)
{
    return p->studies ? store_about(p->at[i].store)->scenario
                      : p->at[i].source.stored->record.scenario;
}

static const struct figures_drawn *drawn_of(const struct comparison_page *p, uint32_t i)
{
    return p->studies ? &p->at[i].drawn : &p->at[i].source.drawn;
}

/* --- columns, one each ---------------------------------------------------------------
 */

static void begin_table(struct html *h, const struct comparison_page *p,
                        const char *caption, const char *first, bool numbers)
{
    struct report_column columns[MOST + 1] = {{first, false}};
    for (uint32_t i = 0; i < p->count; i++)
        columns[i + 1] = (struct report_column){p->at[i].name, numbers};
    report_table_begin(h, caption, columns, p->count + 1);
}

/* --- the head ------------------------------------------------------------------------
 */

static void put_verdict(struct html *h, const struct compared *c)
{
    const struct diagnosis *d = c->source.diagnosis;
    struct verdict_words w;
    if (!d || !d->count)
        return;
    verdict_words_of(&w, d->verdicts);
    html_open(h, "p", w.bad ? "verdict bad" : "verdict good");
    html_print(h, "%s: %s", c->name, text_of(&w.headline));
    html_close(h, "p");
    verdict_words_free(&w);
}

static void put_head(struct html *h, const struct comparison_page *p)
{
    html_open(h, "header", NULL);
    html_open(h, "h1", NULL);
    html_print(h, "%s: %" PRIu32 " %s side by side", scenario_of(p, 0), p->count,
               p->studies ? "studies" : "runs");
    html_close(h, "h1");
    for (uint32_t i = 0; i < p->count; i++)
        put_verdict(h, &p->at[i]);
    char *about = resolved_text(p->scenarios[0], "about");
    if (about && *about) {
        html_open(h, "p", NULL);
        html_print(h, "%s: %s", p->at[0].name, about);
        html_close(h, "p");
    }
    free(about);
    html_close(h, "header");
}

/* --- what was different --------------------------------------------------------------
 */

static void put_settings(struct html *h, const struct comparison_page *p)
{
    struct resolved_differences d = resolved_compare(p->scenarios, p->count);
    if (!d.count)
        html_leaf(h, "p", NULL, "The scenarios are the same.");
    else
        begin_table(h, p, "Where the scenarios differ", "path", false);
    for (uint32_t i = 0; i < d.count; i++) {
        report_row_begin_path(h, d.at[i].path);
        for (uint32_t k = 0; k < p->count; k++)
            report_cell(h, d.at[i].values[k] ? d.at[i].values[k] : "none");
        report_row_end(h);
    }
    if (d.count)
        report_table_end(h);
    resolved_differences_free(&d);
}

/* --- requirements --------------------------------------------------------------------
 */

static const struct run_requirement *find(const struct run_record *r, const char *what)
{
    for (size_t i = 0; i < r->requirement_count; i++)
        if (strcmp(r->requirements[i].expression, what) == 0)
            return &r->requirements[i];
    return NULL;
}

static void put_cell(struct html *h, const struct run_requirement *q)
{
    static const char *const classes[] = {[RUN_HOLDS] = "number good",
                                          [RUN_FAILS] = "number bad",
                                          [RUN_UNDECIDED] = "number unknown"};
    char value[HUMAN_INTERVAL];
    if (!q) {
        report_number(h, "not required");
        return;
    }
    html_open(h, "td", classes[q->verdict]);
    html_print(h, "%s, %s", human_value_interval(q->value, q->half_width, "1", value),
               run_verdict_name(q->verdict));
    html_close(h, "td");
}

/* Those of the first, then what only later ones require. */
static void put_requirements(struct html *h, const struct comparison_page *p)
{
    bool any = false;
    for (uint32_t i = 0; i < p->count; i++) {
        const struct run_record *r = &p->at[i].source.stored->record;
        for (size_t k = 0; k < r->requirement_count; k++) {
            const char *what = r->requirements[k].expression;
            bool met = false;
            for (uint32_t j = 0; j < i && !met; j++)
                met = find(&p->at[j].source.stored->record, what);
            if (met)
                continue;
            if (!any)
                begin_table(h, p, "Which requirement holds where", "requirement", true);
            any = true;
            report_row_begin_path(h, what);
            for (uint32_t j = 0; j < p->count; j++)
                put_cell(h, find(&p->at[j].source.stored->record, what));
            report_row_end(h);
        }
    }
    if (any)
        report_table_end(h);
    else
        html_leaf(h, "p", "faint", "No requirements.");
}

/* --- differences ---------------------------------------------------------------------
 */

static void put_differences(struct html *h, const struct comparison_page *p)
{
    for (uint32_t i = 1; i < p->count; i++) {
        html_open(h, "h3", NULL);
        html_print(h, "%s against %s", p->at[i].name, p->at[0].name);
        html_close(h, "h3");
        report_difference_put(h, &p->differences[i], p->at[0].name, p->at[i].name);
    }
}

/* --- pictures ------------------------------------------------------------------------
 */

static const struct figure_drawn *find_picture(const struct figures_drawn *d,
                                               const char *name)
{
    for (unsigned i = 0; i < d->count; i++)
        if (strcmp(d->at[i].name, name) == 0)
            return &d->at[i];
    return NULL;
}

static void put_row(struct html *h, const struct comparison_page *p, const char *name)
{
    html_open(h, "div", "beside");
    for (uint32_t i = 0; i < p->count; i++) {
        const struct figure_drawn *d = find_picture(drawn_of(p, i), name);
        if (d)
            report_picture(h, d, p->at[i].name);
    }
    html_close(h, "div");
}

static void put_pictures(struct html *h, const struct comparison_page *p)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct figures_drawn *d = drawn_of(p, i);
        const char *missing =
            p->studies ? p->at[i].no_pictures : p->at[i].source.no_pictures;
        for (unsigned k = 0; k < d->count; k++) {
            bool met = false;
            for (uint32_t j = 0; j < i && !met; j++)
                met = find_picture(drawn_of(p, j), d->at[k].name);
            if (!met)
                put_row(h, p, d->at[k].name);
        }
        if (missing) {
            html_open(h, "p", "bad");
            html_print(h, "%s: pictures are missing: %s.", p->at[i].name, missing);
            html_close(h, "p");
        }
    }
}

/* --- again ---------------------------------------------------------------------------
 */

static void put_fact(struct html *h, const struct comparison_page *p, const char *name,
                     void (*print)(struct html *h, const struct comparison_page *p,
                                   uint32_t i))
{
    report_row_begin(h, name);
    for (uint32_t i = 0; i < p->count; i++) {
        html_open(h, "td", "number");
        print(h, p, i);
        html_close(h, "td");
    }
    report_row_end(h);
}

static void print_seed(struct html *h, const struct comparison_page *p, uint32_t i)
{
    html_print(h, "%" PRIu64,
               p->studies ? store_about(p->at[i].store)->seed
                          : p->at[i].source.stored->record.seed);
}

static void print_version(struct html *h, const struct comparison_page *p, uint32_t i)
{
    const char *version = p->studies ? store_about(p->at[i].store)->version
                                     : p->at[i].source.stored->record.version;
    html_text(h, version ? version : PORTSIM_VERSION);
}

static void print_scenario(struct html *h, const struct comparison_page *p, uint32_t i)
{
    html_text(h, scenario_of(p, i));
}

static void print_status(struct html *h, const struct comparison_page *p, uint32_t i)
{
    html_text(h, run_status_name(p->studies ? store_about(p->at[i].store)->status
                                            : p->at[i].source.stored->record.status));
}

static void print_runs(struct html *h, const struct comparison_page *p, uint32_t i)
{
    html_print(h, "%" PRIu32, p->at[i].source.stored->record.replications);
}

static void print_fingerprint(struct html *h, const struct comparison_page *p, uint32_t i)
{
    html_print(h, "%016" PRIx64, p->at[i].source.stored->record.fingerprint);
}

static void put_again(struct html *h, const struct comparison_page *p)
{
    begin_table(h, p, "Where the numbers are from", "", true);
    put_fact(h, p, "scenario", print_scenario);
    put_fact(h, p, "seed", print_seed);
    if (!p->studies) {
        put_fact(h, p, "replications", print_runs);
        put_fact(h, p, "fingerprint", print_fingerprint);
    }
    put_fact(h, p, "status", print_status);
    put_fact(h, p, "portsim", print_version);
    report_table_end(h);
    html_leaf(h, "p", NULL,
              p->studies ? "portsim report of one of these directories shows its points "
                           "and how to go on with it."
                         : "portsim report of one of these directories shows all of it; "
                           "in each, portsim run scenario.json -o again gives the same "
                           "bytes.");
}

/* --- all of it -----------------------------------------------------------------------
 */

static const struct {
    struct report_part part;
    void (*show)(struct html *h, const struct comparison_page *p);
    bool of_studies;
} sections[] = {
    {{"settings", "What was set differently"}, put_settings, true},
    {{"requirements", "Requirements"}, put_requirements, false},
    {{"differences", "Differences"}, put_differences, true},
    {{"pictures", "Pictures"}, put_pictures, true},
    {{"again", "How to see it again"}, put_again, true},
};

#define SECTIONS (sizeof sections / sizeof *sections)

static void put_page(struct html *h, const struct comparison_page *p)
{
    char *title = memory_print("%s, compared", scenario_of(p, 0));
    struct html_head head = {.title = title, .style = report_style};
    struct report_part parts[SECTIONS + 1] = {{0}};
    unsigned count = 0;
    for (size_t i = 0; i < SECTIONS; i++)
        if (sections[i].of_studies || !p->studies)
            parts[count++] = sections[i].part;
    html_page_begin(h, &head);
    html_open(h, "main", "wide");
    put_head(h, p);
    report_contents(h, parts);
    for (size_t i = 0; i < SECTIONS; i++) {
        if (!sections[i].of_studies && p->studies)
            continue;
        report_section(h, &sections[i].part);
        sections[i].show(h, p);
        html_close(h, "section");
    }
    html_close(h, "main");
    html_page_end(h, &head);
    free(title);
}

bool report_comparison_page(const char *const *directories, uint32_t count,
                            struct text *page, struct results_error *error)
{
    struct comparison_page p = {.directories = directories, .count = count};
    struct html h = {0};
    p.at = memory_new(count, sizeof *p.at);
    p.differences = memory_new(count, sizeof *p.differences);
    p.scenarios = memory_new(count, sizeof(char *));
    bool good = read_all(&p, error);
    if (good)
        put_page(&h, &p);
    text_add(page, text_of(&h.text), h.text.length);
    text_free(&h.text);
    close_all(&p);
    return good;
}
