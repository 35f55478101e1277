/* The scenario of a page, and how to run it again. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/resolved.h"
#include "sim/results/run_study.h"
#include "sim/views/human.h"
#include "sim/views/report.h"
#include "sim/views/report_table.h"

/* --- hosts ---------------------------------------------------------------------------
 */

static const char *timer_text(sim_ns t, char out[HUMAN_TEXT])
{
    return t == SIM_NEVER ? "no limit" : human_duration(t, out);
}

static void put_pool(struct html *h, const struct run_pool *p)
{
    char *name = memory_print("%s %s", p->host, p->pool), text[HUMAN_TEXT];
    report_row_begin(h, name);
    report_cell(h, p->stack);
    report_number(h, human_count(p->members, text));
    report_number(h, human_count(p->addresses, text));
    html_open(h, "td", "number");
    html_print(h, "%u-%u", (unsigned)p->low, (unsigned)p->high);
    html_close(h, "td");
    report_cell(h, p->allocator);
    report_cell(h, p->scope);
    report_number(h, timer_text(p->time_wait, text));
    report_number(h, timer_text(p->fin_wait_2, text));
    report_row_end(h);
    free(name);
}

static void put_pools(struct html *h, const struct run_record *r)
{
    static const struct report_column columns[] = {
        {"host", false},      {"stack", false},    {"hosts", true},
        {"addresses", true},  {"range", true},     {"allocator", false},
        {"conflicts", false}, {"TIME_WAIT", true}, {"FIN_WAIT_2", true}};
    if (!r->pool_count)
        return;
    report_table_begin(h, "Where ports are taken, as it was when the run began", columns,
                       sizeof columns / sizeof *columns);
    for (size_t i = 0; i < r->pool_count; i++)
        put_pool(h, &r->pools[i]);
    report_table_end(h);
}

/* --- applications --------------------------------------------------------------------
 */

static void put_of_app(struct html *h, const struct run_record *r, const char *app,
                       const char *key)
{
    char *text = resolved_of_app(r->resolved_scenario, app, key);
    report_words(h, text ? text : "-");
    free(text);
}

static void put_apps(struct html *h, const struct run_record *r)
{
    static const struct report_column columns[] = {
        {"application", false}, {"from", false},     {"through", false},
        {"to", false},          {"arrivals", false}, {"lifetime", false}};
    if (!r->app_count)
        return;
    report_table_begin(h, "Who opens connections, and where to", columns,
                       sizeof columns / sizeof *columns);
    for (size_t i = 0; i < r->app_count; i++) {
        const struct run_app *a = &r->apps[i];
        report_row_begin(h, a->name);
        report_cell(h, a->from);
        report_cell(h, a->through ? a->through : "-");
        report_cell(h, a->to);
        put_of_app(h, r, a->name, "arrivals");
        put_of_app(h, r, a->name, "lifetime");
        report_row_end(h);
    }
    report_table_end(h);
}

void report_scenario(struct html *h, const struct report_run *run)
{
    const struct run_record *r = run->record;
    put_pools(h, r);
    put_apps(h, r);
    if (!r->resolved_scenario) {
        html_leaf(h, "p", "faint", "Its scenario.json was taken away.");
        return;
    }
    report_json(h, r->resolved_scenario);
}

/* --- again ---------------------------------------------------------------------------
 */

static void put_fact(struct html *h, const char *name, const char *value)
{
    html_leaf(h, "dt", NULL, name);
    html_leaf(h, "dd", NULL, value);
}

static bool all_hold(const struct run_record *r)
{
    for (size_t i = 0; i < r->requirement_count; i++)
        if (r->requirements[i].verdict != RUN_HOLDS)
            return false;
    return true;
}

/* Whether there is a first failure to look at. */
static bool failed(const struct run_record *r)
{
    for (size_t i = 0; i < r->log_count; i++)
        if (strcmp(r->log[i].kind, "first-failure") == 0)
            return true;
    return false;
}

static const char *status_of(const struct run_record *r)
{
    if (r->status == RUN_INTERRUPTED)
        return "130 or 143: interrupted, this is what was done by then";
    if (!all_hold(r))
        return "1: done, but not every requirement holds";
    if (r->study && r->study->precision > 0 && !r->study->reached)
        return "7: done, but the precision asked for was not reached";
    return r->requirement_count ? "0: done, and every requirement holds" : "0: done";
}

void report_again(struct html *h, const struct report_run *run)
{
    const struct run_record *r = run->record;
    char text[HUMAN_TEXT];
    html_leaf(h, "p", NULL,
              "scenario.json beside this page is the whole scenario, its seed included. "
              "The same version gives the same bytes, on any machine and any number of "
              "threads:");
    report_pre_begin(h, "the command");
    html_text(h, "portsim run scenario.json -o again");
    html_close(h, "pre");
    html_open(h, "dl", NULL);
    snprintf(text, sizeof text, "%" PRIu64, r->seed);
    put_fact(h, "seed", text);
    snprintf(text, sizeof text, "%" PRIu32, r->replications);
    put_fact(h, "replications", text);
    put_fact(h, "portsim", r->version ? r->version : PORTSIM_VERSION);
    snprintf(text, sizeof text, "%016" PRIx64, r->fingerprint);
    put_fact(h, "fingerprint", text);
    put_fact(h, "exit status", status_of(r));
    html_close(h, "dl");
    html_leaf(h, "p", NULL, "To look further, in this directory:");
    report_pre_begin(h, "commands");
    html_text(h, "portsim diagnose --all .\n");
    html_print(h, "portsim sockets . --at %s --count-by state,remote\n",
               failed(r) ? "first-failure" : "end");
    html_text(h, "portsim events .\nportsim plot . --open");
    html_close(h, "pre");
}
