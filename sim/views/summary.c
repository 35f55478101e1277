#include "sim/views/summary.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "models/faces.h"
#include "sim/views/finding.h"
#include "sim/views/human.h"
#include "sim/views/summary_parts.h"

#define FINDINGS 32
#define CHANGES  8
#define DETAIL   58 /* columns of what a change did */
#define NAME     20 /* columns of the name of an app, at most */

/* --- finding names in the record ----------------------------------------------- */

static void add_name(struct summary_names *names, uint32_t limit, const char *text,
                     size_t length)
{
    if (names->count == limit || length >= FINDING_NAME)
        names->more++;
    else
        snprintf(names->at[names->count++], FINDING_NAME, "%.*s", (int)length, text);
}

/* Every app has one failure_ratio for the whole run, and one for each phase; those of the
 * first app tell the phases. */
static void read_names(const struct run_record *record, struct summary_names *apps,
                       struct summary_names *phases)
{
    static const char before[] = "apps.", after[] = ".failure_ratio";
    for (size_t i = 0; i < record->metric_count; i++) {
        const char *name = record->metrics[i].name;
        const char *end = strstr(name, after);
        if (strncmp(name, before, sizeof before - 1) != 0 || !end)
            continue;
        const char *app = name + sizeof before - 1, *phase = end + sizeof after - 1;
        size_t length = (size_t)(end - app);
        if (*phase == '\0')
            add_name(apps, SUMMARY_APPS, app, length);
        else if (apps->count && strlen(apps->at[0]) == length &&
                 memcmp(apps->at[0], app, length) == 0)
            add_name(phases, SUMMARY_PHASES, phase + 1, strlen(phase + 1));
    }
}

/* --- parts of the screen ------------------------------------------------------- */

static void print_head(const struct screen *s)
{
    const struct run_record *r = s->record;
    char simulated[HUMAN_TEXT], events[HUMAN_TEXT], connections[HUMAN_TEXT];
    fprintf(
        s->out, "%s%s%s  seed %" PRIu64 ", %s simulated, %s connections, %s events%s\n\n",
        s->bold, r->scenario, s->plain, r->seed, human_duration(r->simulated, simulated),
        human_count((double)r->connections, connections),
        human_count((double)r->events, events),
        r->status == RUN_INTERRUPTED ? "  (interrupted)" : "");
}

/* As many as fit on a line; the rest are smaller. */
static void print_holders(const struct screen *s, const char *lead,
                          const struct finding_holder *holders, uint32_t count)
{
    int column = count ? fprintf(s->out, "  %s", lead) : 0;
    for (uint32_t i = 0; i < count; i++) {
        char share[HUMAN_TEXT], text[HUMAN_TEXT + sizeof holders[i].name];
        int length = snprintf(text, sizeof text, "%s %s", holders[i].name,
                              human_share(holders[i].share, share));
        if (i && column + 2 + length > SUMMARY_WIDTH)
            break;
        column += fprintf(s->out, "%s%s", i ? ", " : " ", text);
    }
    if (count)
        fputc('\n', s->out);
}

/* A search may fail with ports left: one that gives up early, a limit for each
 * destination, a block that is spent. */
static bool ports_were_left(const struct finding *f)
{
    return f->in_use_max < f->capacity;
}

/* TCP over IPv4 goes without saying. */
static const char *words_of(enum pool pool)
{
    static const char *const words[POOL_COUNT] = {[POOL_TCP4] = "",
                                                  [POOL_TCP6] = " of TCP over IPv6",
                                                  [POOL_UDP4] = " of UDP",
                                                  [POOL_UDP6] = " of UDP over IPv6"};
    return words[pool];
}

static void print_exhausted(const struct screen *s, const struct finding *f)
{
    char begin[HUMAN_TEXT], end[HUMAN_TEXT], failed[HUMAN_TEXT], choices[HUMAN_TEXT],
        share[HUMAN_TEXT], most[HUMAN_TEXT], capacity[HUMAN_TEXT];
    human_count(f->capacity, capacity);
    fprintf(s->out, "%s%s ", s->red, f->host);
    if (ports_were_left(f))
        fprintf(s->out, "found no port%s", words_of(f->pool));
    else
        fprintf(s->out, "ran out of its %s local port%s%s", capacity,
                f->capacity > 1 ? "s" : "", words_of(f->pool));
    if (f->spells > 1)
        fprintf(s->out, " %" PRIu32 " times", f->spells);
    fprintf(s->out, ", from %s to %s%s\n", human_duration(f->begin, begin),
            f->recovered ? human_duration(f->end, end) : "the end", s->plain);
    if (ports_were_left(f))
        fprintf(s->out, "  though at most %s of its %s were in use\n",
                human_count(f->in_use_max, most), capacity);
    fprintf(s->out, "  %s of %s choices (%s) found no port\n",
            human_count(f->failed_choices, failed), human_count(f->choices, choices),
            human_share(f->failed_choices / f->choices, share));
    print_holders(s, "ports were held by", f->states, f->state_count);
    print_holders(s, "toward            ", f->destinations, f->destination_count);
}

void summary_findings(const struct screen *s)
{
    struct finding findings[FINDINGS];
    uint32_t count = findings_of(s->record, findings, FINDINGS);
    char most[HUMAN_TEXT], capacity[HUMAN_TEXT], share[HUMAN_TEXT];
    if (!count)
        fputs("no host opened a connection\n", s->out);
    else if (!findings[0].exhausted)
        fprintf(s->out, "%sno host ran out of local ports%s\n", s->green, s->plain);
    for (uint32_t i = 0; i < count; i++) {
        const struct finding *f = &findings[i];
        if (f->exhausted) {
            print_exhausted(s, f);
        } else if (i == 0) {
            fprintf(s->out, "  the fullest was %s: %s of %s ports%s at most (%s)\n",
                    f->host, human_count(f->in_use_max, most),
                    human_count(f->capacity, capacity), words_of(f->pool),
                    human_share(f->fullest, share));
            print_holders(s, "ports were held by", f->states, f->state_count);
        }
    }
    fputc('\n', s->out);
}

void summary_changes(const struct screen *s)
{
    uint32_t printed = 0, more = 0;
    for (size_t i = 0; i < s->record->log_count; i++) {
        const struct run_event *e = &s->record->log[i];
        char when[HUMAN_TEXT];
        if (strcmp(e->kind, "change") != 0)
            continue;
        if (printed == CHANGES) {
            more++;
            continue;
        }
        bool cut = strlen(e->detail) > DETAIL;
        fprintf(s->out, "%s %-12s %.*s%s\n", printed ? "       " : "changed",
                human_duration(e->when, when), cut ? DETAIL - 3 : DETAIL, e->detail,
                cut ? "..." : "");
        printed++;
    }
    if (more)
        fprintf(s->out, "        and %" PRIu32 " more\n", more);
    if (printed)
        fputc('\n', s->out);
}

/* The codes of an app's failures, most frequent first: at most two. */
static void print_codes(const struct screen *s, const char *app)
{
    char prefix[FINDING_NAME + 32], count[HUMAN_TEXT];
    const char *best[2] = {NULL, NULL};
    double most[2] = {0, 0};
    snprintf(prefix, sizeof prefix, "apps.%s.failures.", app);
    for (size_t i = 0; i < s->record->metric_count; i++) {
        const struct run_metric *m = &s->record->metrics[i];
        size_t length = strlen(m->name);
        if (strncmp(m->name, prefix, strlen(prefix)) != 0 || strchr(m->name, '@') ||
            (length > 6 && strcmp(m->name + length - 6, "_per_s") == 0) ||
            !(m->value > 0))
            continue;
        int at = m->value > most[0] ? 0 : m->value > most[1] ? 1 : 2;
        if (at == 0) {
            best[1] = best[0];
            most[1] = most[0];
        }
        if (at < 2) {
            best[at] = m->name + strlen(prefix);
            most[at] = m->value;
        }
    }
    for (int i = 0; i < 2 && best[i]; i++)
        fprintf(s->out, "%s%s %s", i ? ", " : "  with ", human_count(most[i], count),
                best[i]);
    if (best[0])
        fputc('\n', s->out);
}

void summary_wrap(FILE *out, const char *text, int column, int indent)
{
    for (const char *word = text; *word;) {
        int length = (int)strcspn(word, " ");
        if (column + 1 + length > SUMMARY_WIDTH)
            column = fprintf(out, "\n%*s", indent, "") - 1;
        column += fprintf(out, " %.*s", length, word);
        word += length + (word[length] == ' ');
    }
    fputc('\n', out);
}

/* A face that accepts tells what goes on working: it has no words for a failure. */
void summary_face(const struct screen *s, const char *name)
{
    const struct run_record *r = s->record;
    const struct run_app *app = r->apps;
    while (app < r->apps + r->app_count && strcmp(app->name, name) != 0)
        app++;
    const struct face *f = app < r->apps + r->app_count ? face_find(app->face) : NULL;
    if (!f || f->direction == FACE_IN ||
        !(finding_metric(r, "apps.%s.failures", name) > 0))
        return;
    int column = fprintf(s->out, "  %s:", f->called);
    summary_wrap(s->out, f->symptom, column, 3);
}

int summary_app_width(const struct screen *s)
{
    size_t width = strlen("share that fails");
    for (uint32_t i = 0; i < s->apps.count; i++)
        width = strlen(s->apps.at[i]) > width ? strlen(s->apps.at[i]) : width;
    return width < NAME ? (int)width : NAME;
}

static void print_app(const struct screen *s, const char *app, int width)
{
    const struct run_record *r = s->record;
    char attempts[HUMAN_TEXT], failures[HUMAN_TEXT], share[HUMAN_TEXT], first[HUMAN_TEXT],
        delay[HUMAN_TEXT];
    fprintf(s->out, "%-*.*s %11s %11s %8s %14s %10s\n", width, width, app,
            human_count(finding_metric(r, "apps.%s.attempts", app), attempts),
            human_count(finding_metric(r, "apps.%s.failures", app), failures),
            human_share(finding_metric(r, "apps.%s.failure_ratio", app), share),
            human_seconds(finding_metric(r, "apps.%s.first_failure_s", app), first),
            human_seconds(finding_metric(r, "apps.%s.connect_delay_s.p99", app), delay));
    print_codes(s, app);
    summary_face(s, app);
}

static void print_apps(const struct screen *s)
{
    int width = summary_app_width(s);
    fprintf(s->out, "%s%-*s %11s %11s %8s %14s %10s%s\n", s->bold, width, "app",
            "attempts", "failures", "share", "first failure", "delay p99", s->plain);
    for (uint32_t i = 0; i < s->apps.count; i++)
        print_app(s, s->apps.at[i], width);
    if (s->apps.more)
        fprintf(s->out, "and %" PRIu32 " more\n", s->apps.more);
    fputc('\n', s->out);
}

/* The share of attempts that fail in the phases [first, end) of each app. */
static void print_phase_block(const struct screen *s, const struct phase_cells *cells,
                              uint32_t first, uint32_t end)
{
    int width = summary_app_width(s);
    fprintf(s->out, "%s%-*s", s->bold, width, "share that fails");
    for (uint32_t p = first; p < end; p++)
        fprintf(s->out, " %*.*s", (int)cells->width, (int)cells->width, s->phases.at[p]);
    fprintf(s->out, "%s\n", s->plain);
    for (uint32_t a = 0; a < s->apps.count; a++) {
        fprintf(s->out, "%-*.*s", width, width, s->apps.at[a]);
        for (uint32_t p = first; p < end; p++)
            cells->print(s, s->apps.at[a], s->phases.at[p], cells->width);
        fputc('\n', s->out);
    }
}

void summary_phases(const struct screen *s, const struct phase_cells *cells)
{
    for (uint32_t first = 0; first < s->phases.count; first += cells->a_line) {
        uint32_t end = first + cells->a_line;
        print_phase_block(s, cells, first, end < s->phases.count ? end : s->phases.count);
    }
    if (s->phases.more)
        fprintf(s->out, "and %" PRIu32 " more phases\n", s->phases.more);
    if (s->phases.count)
        fputc('\n', s->out);
}

static void print_phase_cell(const struct screen *s, const char *app, const char *phase,
                             unsigned width)
{
    char share[HUMAN_TEXT];
    double value = finding_metric(s->record, "apps.%s.failure_ratio@%s", app, phase);
    fprintf(s->out, " %*s", (int)width, human_share(value, share));
}

static const struct phase_cells phase_cells = {
    .a_line = 5, .width = 11, .print = print_phase_cell};

void summary_holding(const struct screen *s)
{
    const struct run_record *r = s->record;
    size_t holding = 0;
    for (size_t i = 0; i < r->requirement_count; i++)
        holding += r->requirements[i].verdict == RUN_HOLDS;
    bool all = holding == r->requirement_count;
    if (r->requirement_count)
        fprintf(s->out, "%s%zu of %zu requirements hold%s\n", all ? s->green : s->red,
                holding, r->requirement_count, s->plain);
}

static void print_requirements(const struct screen *s)
{
    const struct run_record *r = s->record;
    summary_holding(s);
    for (size_t i = 0; i < r->requirement_count; i++) {
        const struct run_requirement *q = &r->requirements[i];
        char value[HUMAN_TEXT];
        if (q->verdict != RUN_HOLDS)
            fprintf(s->out, "  %s: %s; it was %s\n", run_verdict_name(q->verdict),
                    q->expression, human_value(q->value, "1", value));
    }
}

void summary_print(FILE *out, const struct run_record *record, bool colour)
{
    struct screen s = {.out = out,
                       .record = record,
                       .bold = colour ? "\033[1m" : "",
                       .red = colour ? "\033[1;31m" : "",
                       .green = colour ? "\033[1;32m" : "",
                       .plain = colour ? "\033[0m" : ""};
    read_names(record, &s.apps, &s.phases);
    if (record->study) {
        summary_study_print(&s);
        return;
    }
    print_head(&s);
    summary_findings(&s);
    summary_changes(&s);
    print_apps(&s);
    summary_phases(&s, &phase_cells);
    print_requirements(&s);
}
