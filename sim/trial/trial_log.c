#include "sim/trial/trial_log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "models/failure.h"
#include "models/gateway.h"
#include "models/host_config.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/text.h"

/* --- names --------------------------------------------------------------------- */

static const char *host_name(const struct trial_plan *plan, uint32_t number)
{
    return ((const struct host_config *)plan->config->world.hosts.items)[number].name;
}

static const struct app_config *app_of(const struct trial_plan *plan, uint32_t number)
{
    return (const struct app_config *)plan->config->world.apps.items + number;
}

/* --- words --------------------------------------------------------------------- */

#define FAILED_BEFORE "choices that failed since the event before: {value}"

/* {pool} is "tcp4", or "tcp4 toward cifs:445" of a note with a destination; {value} and
 * {limit} are the note's; {value choice} is "1 choice" or "2 choices"; {code} is a
 * failure's name and {help} what it means; {reason} is that of a drop. */
static const char *const words[NOTE_COUNT] = {
    [NOTE_EXHAUSTION_BEGINS] = "{pool}: a choice found no local port",
    [NOTE_EXHAUSTION_ENDS] = "{pool}: {value choice} found no local port",
    [NOTE_DESTINATION_EXHAUSTED] = "{pool}: a choice found no local port",
    [NOTE_DESTINATION_RECOVERS] = "{pool}: {value choice} found no local port",
    [NOTE_POOL_FILLS] = "{pool}: 80 % reached, {value} of {limit} ports in use",
    [NOTE_POOL_EMPTIES] = "{pool}: below 75 % again, {value} of {limit} ports in use",
    [NOTE_HANDLES] = "{value handle}",
    [NOTE_FIRST_FAILURE] = "{code}",
    [NOTE_LAST_FAILURE] = "{value attempt} failed in all",
    [NOTE_FIRST_ERRNO] = "{code}: {help}",
    [NOTE_RESETS_BEGIN] = "an open connection was reset",
    [NOTE_RESETS_END] = "{value connection} reset while open",
    [NOTE_EVENT_4227] = ("{pool}: a port would have to be used again to the same place "
                         "while it waits in TIME_WAIT; " FAILED_BEFORE),
    [NOTE_EVENT_4231] = ("{pool}: all dynamic TCP ports are in use; " FAILED_BEFORE),
    [NOTE_EVENT_4266] = ("{pool}: all dynamic UDP ports are in use; " FAILED_BEFORE),
    [NOTE_DROPS_BEGIN] = "a packet is dropped: {reason}",
    [NOTE_DROPS_END] = "{value packet} dropped: {reason}",
    [NOTE_PROCESS_STOPS] = "stops; the system closes {value descriptor}",
    [NOTE_PROCESS_STARTS] = "runs again",
    [NOTE_HOST_DOWN] = "{value socket} gone without a word",
    [NOTE_HOST_UP] = "every port is free",
    [NOTE_CACHE_RUNS_OUT] = "an attempt failed: the cache has no answer any more",
};

static const char *const drop_reasons[GATEWAY_METRIC_COUNT] = {
    [GATEWAY_NO_PORT] = "no outside port is free for it",
    [GATEWAY_TABLE_FULL] = "the table of mappings is full",
    [GATEWAY_INSERT_FAILED] =
        "another flow has taken its tuple meanwhile (insert_failed)",
    [GATEWAY_STRAYS] = "its flow is not known any more",
    [GATEWAY_WITHOUT_POWER] = "the gateway is down",
};

/* Of one destination "tcp4 toward cifs:445", of the whole pool "tcp4". */
static void add_pool(struct text *t, const struct trial_plan *plan, const struct note *n)
{
    text_print(t, "%s", pool_name((enum pool)n->pool));
    if (note_kind_members(n->kind) & NOTE_HAS_TO)
        text_print(t, " toward %s:%u", host_name(plan, n->to_host), (unsigned)n->to_port);
}

/* What stands for the part in braces; `length` bytes of it. */
static void add_part(struct text *t, const struct trial_plan *plan, const struct note *n,
                     const char *part, size_t length)
{
    enum failure code = (enum failure)n->code;
    if (strncmp(part, "pool", length) == 0)
        add_pool(t, plan, n);
    else if (strncmp(part, "value", length) == 0)
        text_print(t, "%" PRIu64, n->value);
    else if (strncmp(part, "value ", 6) == 0)
        text_print(t, "%" PRIu64 " %.*s%s", n->value, (int)length - 6, part + 6,
                   n->value == 1 ? "" : "s");
    else if (strncmp(part, "limit", length) == 0)
        text_print(t, "%" PRIu64, n->limit);
    else if (strncmp(part, "code", length) == 0)
        text_print(t, "%s", failure_name(code));
    else if (strncmp(part, "reason", length) == 0)
        text_print(t, "%s", drop_reasons[n->code]);
    else if (strncmp(part, "help", length) == 0)
        text_print(t, "%s", failure_help(code));
    else
        SIM_BUG("no such part of a note");
}

/* The words of a note, as a block. */
static char *detail_of(const struct trial_plan *plan, const struct note *n)
{
    struct text t = {0};
    for (const char *w = words[n->kind]; *w;) {
        size_t plain = strcspn(w, "{"), part = strcspn(w + plain, "}");
        text_add(&t, w, plain);
        w += plain;
        if (*w == '{') {
            add_part(&t, plan, n, w + 1, part - 1);
            w += part + 1;
        }
    }
    return t.bytes;
}

/* --- lines --------------------------------------------------------------------- */

static const char *keep(struct trial_log *log, char *text)
{
    return log->texts[log->text_count++] = text;
}

static struct run_event note_row(struct trial_log *log, const struct trial_plan *plan,
                                 const struct note *n)
{
    unsigned members = note_kind_members(n->kind);
    struct run_event row = {.when = n->when, .kind = note_kind_name(n->kind)};
    if (members & NOTE_OF_HOST)
        row.host = host_name(plan, n->host);
    if (n->process)
        row.process = keep(log, memory_text(n->process, strlen(n->process)));
    if (members & NOTE_OF_APP) {
        row.host = host_name(plan, app_of(plan, n->app)->from);
        row.process = app_of(plan, n->app)->name;
    }
    row.detail = keep(log, detail_of(plan, n));
    return row;
}

/* A change under "hosts.<name>." is a line of that host. */
static struct run_event change_row(struct trial_log *log, sim_ns when, const char *text)
{
    static const char hosts[] = "hosts.";
    struct run_event row = {.when = when, .kind = "change", .detail = text};
    if (strncmp(text, hosts, strlen(hosts)) == 0) {
        const char *name = text + strlen(hosts);
        row.host = keep(log, memory_text(name, strcspn(name, ".")));
    }
    return row;
}

/* --- order --------------------------------------------------------------------- */

/* A line of the log before it is sorted. */
struct log_line {
    struct run_event event;
    size_t written; /* among those of one moment, the order in which they were written */
};

static int by_moment(const void *a, const void *b)
{
    const struct log_line *x = a, *y = b;
    if (x->event.when != y->event.when)
        return x->event.when < y->event.when ? -1 : 1;
    return x->written < y->written ? -1 : 1;
}

static size_t collect(struct trial_log *log, const struct trial_plan *plan,
                      const struct notes *notes, sim_ns until, struct log_line *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i < notes->count; i++, count++)
        out[count] = (struct log_line){note_row(log, plan, &notes->at[i]), count};
    for (uint32_t i = 0; i < plan->change_count; i++) {
        const struct plan_change *c = &plan->changes[i];
        for (uint32_t k = 0; k < c->text_count && c->at <= until; k++, count++)
            out[count] = (struct log_line){change_row(log, c->at, c->texts[k]), count};
    }
    return count;
}

struct trial_log trial_log_of(const struct trial_plan *plan, const struct notes *notes,
                              sim_ns until)
{
    size_t room = notes->count;
    for (uint32_t i = 0; i < plan->change_count; i++)
        room += plan->changes[i].text_count;
    struct trial_log log = {.texts = memory_new(2 * room, sizeof *log.texts)};
    struct log_line *lines = memory_new(room, sizeof *lines);
    log.count = collect(&log, plan, notes, until, lines);
    qsort(lines, log.count, sizeof *lines, by_moment);
    log.rows = memory_new(log.count, sizeof *log.rows);
    for (size_t i = 0; i < log.count; i++)
        log.rows[i] = lines[i].event;
    free(lines);
    return log;
}

void trial_log_free(struct trial_log *log)
{
    for (size_t i = 0; i < log->text_count; i++)
        free(log->texts[i]);
    free(log->texts);
    free(log->rows);
    *log = (struct trial_log){0};
}
