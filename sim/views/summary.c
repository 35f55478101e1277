#include "sim/views/summary.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "sim/views/finding.h"
#include "sim/views/human.h"

#define FINDINGS 32
#define APPS     16
#define PHASES   8
#define CHANGES  8

struct names {
    char at[APPS][FINDING_NAME];
    uint32_t count;
};

struct screen {
    FILE *out;
    const struct run_record *record;
    const char *bold, *red, *green, *plain; /* escape sequences, or "" */
};

/* --- finding names in the record ----------------------------------------------- */

static void add_name(struct names *names, uint32_t limit, const char *text, size_t length)
{
    if (names->count == limit || length >= FINDING_NAME)
        return;
    for (uint32_t i = 0; i < names->count; i++)
        if (strlen(names->at[i]) == length && memcmp(names->at[i], text, length) == 0)
            return;
    snprintf(names->at[names->count++], FINDING_NAME, "%.*s", (int)length, text);
}

static void read_names(const struct run_record *record, struct names *apps,
                       struct names *phases)
{
    static const char before[] = "apps.", after[] = ".failure_ratio";
    for (size_t i = 0; i < record->metric_count; i++) {
        const char *name = record->metrics[i].name;
        const char *end = strstr(name, after);
        if (strncmp(name, before, sizeof before - 1) != 0 || !end)
            continue;
        add_name(apps, APPS, name + sizeof before - 1,
                 (size_t)(end - name) - (sizeof before - 1));
        const char *phase = end + sizeof after - 1;
        if (*phase == '@')
            add_name(phases, PHASES, phase + 1, strlen(phase + 1));
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

static void print_holders(const struct screen *s, const char *lead,
                          const struct finding_holder *holders, uint32_t count)
{
    char share[HUMAN_TEXT];
    if (!count)
        return;
    fprintf(s->out, "  %s ", lead);
    for (uint32_t i = 0; i < count; i++)
        fprintf(s->out, "%s%s %s", i ? ", " : "", holders[i].name,
                human_share(holders[i].share, share));
    fputc('\n', s->out);
}

static void print_exhausted(const struct screen *s, const struct finding *f)
{
    char begin[HUMAN_TEXT], end[HUMAN_TEXT], failed[HUMAN_TEXT], choices[HUMAN_TEXT],
        share[HUMAN_TEXT], capacity[HUMAN_TEXT];
    fprintf(s->out, "%s%s ran out of its %s local ports at %s", s->red, f->host,
            human_count(f->capacity, capacity), human_duration(f->begin, begin));
    if (f->recovered)
        fprintf(s->out, " and was well again at %s", human_duration(f->end, end));
    else
        fputs(" and had not recovered at the end", s->out);
    fprintf(s->out, "%s\n  %s of %s choices (%s) found no port", s->plain,
            human_count(f->failed_choices, failed), human_count(f->choices, choices),
            human_share(f->failed_choices / f->choices, share));
    if (f->spells > 1)
        fprintf(s->out, ", in %" PRIu32 " spells", f->spells);
    fputc('\n', s->out);
    print_holders(s, "ports were held by", f->states, f->state_count);
    print_holders(s, "toward            ", f->destinations, f->destination_count);
}

static void print_findings(const struct screen *s)
{
    struct finding findings[FINDINGS];
    uint32_t count = findings_of(s->record, findings, FINDINGS);
    char most[HUMAN_TEXT], capacity[HUMAN_TEXT], share[HUMAN_TEXT];
    if (count && !findings[0].exhausted)
        fprintf(s->out, "%sno host ran out of local ports%s\n", s->green, s->plain);
    for (uint32_t i = 0; i < count; i++) {
        const struct finding *f = &findings[i];
        if (f->exhausted) {
            print_exhausted(s, f);
        } else if (i == 0) {
            fprintf(s->out, "  the fullest was %s: %s of %s ports at most (%s)\n",
                    f->host, human_count(f->in_use_max, most),
                    human_count(f->capacity, capacity),
                    human_share(f->in_use_max / f->capacity, share));
            print_holders(s, "ports were held by", f->states, f->state_count);
        }
    }
    fputc('\n', s->out);
}

static void print_changes(const struct screen *s)
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
        fprintf(s->out, "%s %-12s %.90s%s\n", printed ? "        " : "changed ",
                human_duration(e->when, when), e->detail,
                strlen(e->detail) > 90 ? "..." : "");
        printed++;
    }
    if (more)
        fprintf(s->out, "         and %" PRIu32 " more\n", more);
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
        fprintf(s->out, "%s%s %s", i ? ", " : "  ", human_count(most[i], count), best[i]);
}

static void print_apps(const struct screen *s, const struct names *apps)
{
    fprintf(s->out, "%s%-16s %12s %12s %9s %16s %12s%s\n", s->bold, "app", "attempts",
            "failures", "share", "first failure", "delay p99", s->plain);
    for (uint32_t i = 0; i < apps->count; i++) {
        const char *app = apps->at[i];
        const struct run_record *r = s->record;
        char attempts[HUMAN_TEXT], failures[HUMAN_TEXT], share[HUMAN_TEXT],
            first[HUMAN_TEXT], delay[HUMAN_TEXT];
        fprintf(
            s->out, "%-16.24s %12s %12s %9s %16s %12s", app,
            human_count(finding_metric(r, "apps.%s.attempts", app), attempts),
            human_count(finding_metric(r, "apps.%s.failures", app), failures),
            human_share(finding_metric(r, "apps.%s.failure_ratio", app), share),
            human_seconds(finding_metric(r, "apps.%s.first_failure_s", app), first),
            human_seconds(finding_metric(r, "apps.%s.connect_delay_s.p99", app), delay));
        print_codes(s, app);
        fputc('\n', s->out);
    }
    fputc('\n', s->out);
}

static void print_phases(const struct screen *s, const struct names *apps,
                         const struct names *phases)
{
    if (!phases->count)
        return;
    fprintf(s->out, "%s%-16s", s->bold, "share that fails");
    for (uint32_t p = 0; p < phases->count; p++)
        fprintf(s->out, " %12.16s", phases->at[p]);
    fprintf(s->out, "%s\n", s->plain);
    for (uint32_t a = 0; a < apps->count; a++) {
        fprintf(s->out, "%-16.24s", apps->at[a]);
        for (uint32_t p = 0; p < phases->count; p++) {
            char share[HUMAN_TEXT];
            fprintf(s->out, " %12s",
                    human_share(finding_metric(s->record, "apps.%s.failure_ratio@%s",
                                               apps->at[a], phases->at[p]),
                                share));
        }
        fputc('\n', s->out);
    }
    fputc('\n', s->out);
}

static void print_requirements(const struct screen *s)
{
    const struct run_record *r = s->record;
    size_t holding = 0;
    if (!r->requirement_count)
        return;
    for (size_t i = 0; i < r->requirement_count; i++)
        holding += r->requirements[i].verdict == RUN_HOLDS;
    bool all = holding == r->requirement_count;
    fprintf(s->out, "%s%zu of %zu requirements hold%s\n", all ? s->green : s->red,
            holding, r->requirement_count, s->plain);
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
    struct names apps = {0}, phases = {0};
    read_names(record, &apps, &phases);
    print_head(&s);
    print_findings(&s);
    print_changes(&s);
    print_apps(&s, &apps);
    print_phases(&s, &apps, &phases);
    print_requirements(&s);
}
