/* What happened when: the lines of the log that matter, and the first of those that come
 * again and again. */
#include <stdlib.h>
#include <string.h>

#include "sim/views/human.h"
#include "sim/views/report.h"
#include "sim/views/report_table.h"

#define EVENTS 60 /* rows */
#define AGAIN  3  /* of lines alike */

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* The same thing at the same place again: "tcp4: ..." of a pool, whatever the numbers. */
static bool is_alike(const struct run_event *a, const struct run_event *b)
{
    const char *x = a->detail ? a->detail : "", *y = b->detail ? b->detail : "";
    size_t length = strcspn(x, ":");
    return same_text(a->kind, b->kind) && same_text(a->host, b->host) &&
           same_text(a->process, b->process) && length == strcspn(y, ":") &&
           strncmp(x, y, length) == 0;
}

/* How often it happened among the rows that are shown. */
static unsigned count_alike(const struct run_record *r, const size_t *rows, size_t count,
                            const struct run_event *e)
{
    unsigned alike = 0;
    for (size_t i = 0; i < count; i++)
        alike += is_alike(&r->log[rows[i]], e);
    return alike;
}

/* Changes always; of the rest the first few of each kind.  Returns how many. */
static size_t choose(const struct run_record *r, size_t rows[EVENTS])
{
    size_t count = 0;
    for (size_t i = 0; i < r->log_count && count < EVENTS; i++) {
        const struct run_event *e = &r->log[i];
        if (same_text(e->kind, "change") || count_alike(r, rows, count, e) < AGAIN)
            rows[count++] = i;
    }
    return count;
}

static void put_event(struct html *h, const struct run_event *e)
{
    char when[HUMAN_TEXT];
    report_row_begin_at(h, human_duration(e->when, when));
    report_cell(h, e->kind);
    report_cell(h, e->host ? e->host : "");
    report_cell(h, e->process ? e->process : "");
    report_words(h, e->detail ? e->detail : "");
    report_row_end(h);
}

void report_events(struct html *h, const struct report_run *run)
{
    static const struct report_column columns[] = {{"when", true},
                                                   {"what", false},
                                                   {"host", false},
                                                   {"process", false},
                                                   {"in detail", false}};
    const struct run_record *r = run->record;
    size_t rows[EVENTS], count = choose(r, rows);
    if (!count) {
        html_leaf(h, "p", "faint", "Nothing that an operator would have seen.");
        return;
    }
    report_table_begin(h,
                       r->replications > 1 ? "The log of replication 1"
                                           : "The log, as an operator would see it",
                       columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < count; i++)
        put_event(h, &r->log[rows[i]]);
    report_table_end(h);
    if (count < r->log_count) {
        html_open(h, "p", "faint");
        html_print(h, "%zu lines more, most of them the same again, are in events.csv.",
                   r->log_count - count);
        html_close(h, "p");
    }
}
