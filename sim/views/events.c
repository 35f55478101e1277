#include "sim/views/events.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/results/csv.h"
#include "sim/views/human.h"

/* --- kinds ---------------------------------------------------------------------- */

const struct events_kind events_kinds[] = {
    {"exhaustion-begins",
     "a choice found no local port: of the whole pool, or toward one "
     "destination"},
    {"exhaustion-ends", "the last such choice of a spell: none failed for 10 s after it"},
    {"threshold",
     "80 % of a pool are in use, or less than 75 % again; a process has "
     "3,000 or 10,000 handles; as a monitor sees it that looks every second"},
    {"first-failure", "the first attempt of an application that failed for good"},
    {"last-failure", "the last one of the run, and how many there were"},
    {"first-errno", "a code that a try of an application failed with for the first time"},
    {"resets-begin", "an open connection of an application was reset"},
    {"resets-end", "the last one of a spell: none was for 10 s after it"},
    {"event-4227", "Windows: a port would have to be used again to the same destination "
                   "while it waits in TIME_WAIT; at most once in tcp.event_pause"},
    {"event-4231", "Windows: all dynamic TCP ports are in use; likewise"},
    {"event-4266", "Windows: all dynamic UDP ports are in use; likewise"},
    {"drops-begin", "a gateway did not pass a packet on; one spell for each reason"},
    {"drops-end", "the last such packet: there was none for 10 s after it"},
    {"process-stops", "a process ended, and the system closed what it had open"},
    {"process-starts", "it runs again"},
    {"host-down", "a host lost power: its sockets are gone, and nobody was told"},
    {"host-up", "it runs again, with all its ports free"},
    {"cache-runs-out", "the first attempt that failed for want of an entry in the cache"},
    {"change", "a knob was turned, or a fault repaired, as `changes` says"},
    {NULL, NULL},
};

const char *events_kind_name(uint32_t index)
{
    return events_kinds[index].name;
}

/* --- filter --------------------------------------------------------------------- */

static bool is_of_kind(const char *word, const char *kind)
{
    size_t length = strlen(word);
    return strncmp(kind, word, length) == 0 &&
           (kind[length] == '\0' || kind[length] == '-');
}

bool events_kind_exists(const char *word)
{
    const struct events_kind *kind = events_kinds;
    while (kind->name && !is_of_kind(word, kind->name))
        kind++;
    return kind->name;
}

static bool is_name(const char *wanted, const char *name)
{
    return !wanted || (name && strcmp(wanted, name) == 0);
}

bool events_match(const struct events_filter *f, const struct run_event *e)
{
    return (!f->kind || is_of_kind(f->kind, e->kind)) && is_name(f->host, e->host) &&
           is_name(f->process, e->process) && e->when >= f->from && e->when <= f->until;
}

/* --- text ----------------------------------------------------------------------- */

#define COLUMNS 5

/* Cells of one line; the times in texts of their own. */
struct cells {
    char seconds[HUMAN_TEXT], clock[HUMAN_TEXT];
    const char *at[COLUMNS];
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void fill_cells(struct cells *c, const struct run_event *e)
{
    sim_ns s = e->when / SIM_S;
    snprintf(c->seconds, sizeof c->seconds, "%" PRId64 ".%03" PRId64, s,
             e->when % SIM_S / SIM_MS);
    snprintf(c->clock, sizeof c->clock, "%" PRId64 ":%02" PRId64 ":%02" PRId64, s / 3600,
             s / 60 % 60, s % 60);
    c->at[0] = c->seconds;
    c->at[1] = c->clock;
    c->at[2] = or_empty(e->host);
    c->at[3] = or_empty(e->process);
    c->at[4] = e->kind;
}

static const struct cells header = {
    .at = {"seconds", "time", "host", "process", "event"}};

static void widen(unsigned *widths, const struct cells *c)
{
    for (int i = 0; i < COLUMNS; i++) {
        unsigned width = human_columns(c->at[i]);
        if (width > widths[i])
            widths[i] = width;
    }
}

/* Times stand to the right of their columns, words to the left. */
static void print_cells(FILE *out, const struct cells *c, const unsigned *widths,
                        const char *detail)
{
    for (int i = 0; i < COLUMNS; i++) {
        int space = (int)(widths[i] - human_columns(c->at[i]));
        if (i < 2)
            fprintf(out, "%*s", space, "");
        human_print(out, c->at[i]);
        fprintf(out, "%*s", i < 2 ? 2 : space + 2, "");
    }
    human_print(out, detail);
    fputc('\n', out);
}

static void print_text(FILE *out, const struct run_record *record,
                       const struct events_filter *filter)
{
    unsigned widths[COLUMNS] = {0};
    struct cells c;
    size_t matches = 0;
    widen(widths, &header);
    for (size_t i = 0; i < record->log_count; i++) {
        if (!events_match(filter, &record->log[i]))
            continue;
        fill_cells(&c, &record->log[i]);
        widen(widths, &c);
        matches++;
    }
    if (record->log_count == 0)
        fputs("no events: no choice of a port failed, nothing else went wrong, and no "
              "knob was turned\n",
              out);
    else if (matches == 0)
        fprintf(out, "none of the %zu events of the run matches\n", record->log_count);
    else
        print_cells(out, &header, widths, "detail");
    for (size_t i = 0; i < record->log_count; i++) {
        const struct run_event *e = &record->log[i];
        if (!events_match(filter, e))
            continue;
        fill_cells(&c, e);
        print_cells(out, &c, widths, or_empty(e->detail));
    }
}

/* --- CSV and JSON ----------------------------------------------------------------- */

static void print_csv(FILE *out, const struct run_record *record,
                      const struct events_filter *filter)
{
    static const char *const columns[] = {"t_s", "host", "process", "kind", "detail"};
    struct csv_writer w = {.stream = out};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        csv_put_text(&w, columns[i]);
    csv_end_row(&w);
    for (size_t i = 0; i < record->log_count; i++) {
        const struct run_event *e = &record->log[i];
        if (!events_match(filter, e))
            continue;
        csv_put_time(&w, e->when);
        csv_put_text(&w, e->host);
        csv_put_text(&w, e->process);
        csv_put_text(&w, e->kind);
        csv_put_text(&w, e->detail);
        csv_end_row(&w);
    }
}

static void print_json(FILE *out, const struct run_record *record,
                       const struct events_filter *filter)
{
    struct json_text j = {0};
    json_object_begin(&j, NULL);
    json_string(&j, "scenario", record->scenario);
    json_array_begin(&j, "events");
    for (size_t i = 0; i < record->log_count; i++) {
        const struct run_event *e = &record->log[i];
        if (!events_match(filter, e))
            continue;
        json_object_begin_flat(&j, NULL);
        json_number(&j, "t_s", sim_seconds(e->when));
        json_string(&j, "host", e->host && *e->host ? e->host : NULL);
        json_string(&j, "process", e->process && *e->process ? e->process : NULL);
        json_string(&j, "kind", e->kind);
        json_string(&j, "detail", or_empty(e->detail));
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    fwrite(j.bytes, 1, j.length, out);
    json_free(&j);
}

void events_print(FILE *out, const struct run_record *record,
                  const struct events_filter *filter, enum events_format format)
{
    switch (format) {
    case EVENTS_TEXT:
        print_text(out, record, filter);
        break;
    case EVENTS_CSV:
        print_csv(out, record, filter);
        break;
    case EVENTS_JSON:
        print_json(out, record, filter);
        break;
    }
}
