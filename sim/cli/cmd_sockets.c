/* portsim sockets: the socket table of a run at a moment, or how it went over time. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/words.h"
#include "sim/cli/command.h"
#include "sim/cli/directory.h"
#include "sim/cli/option_number.h"
#include "sim/cli/question.h"
#include "sim/cli/replay.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/units.h"
#include "sim/views/human.h"
#include "sim/views/sockets.h"
#include "sim/views/sockets_series.h"

enum {
    KEY_AT = 1000,
    KEY_EVERY,
    KEY_HOST,
    KEY_MEMBER,
    KEY_AS,
    KEY_WHERE,
    KEY_COUNT_BY,
};

#define NO_MEMBER UINT32_MAX

/* Kinds of sockets that have a column of their own in a table to read. */
#define KINDS_READ 8
#define KINDS_KEPT 1000

struct arguments {
    const char *directory;
    const char *at;   /* NULL: the end */
    sim_ns every;     /* 0: at one moment */
    const char *host; /* NULL: all */
    uint32_t member;
    const struct sockets_format *format;
    const char *where, *count_by; /* NULL: none */
    bool quiet;
};

static const struct argp_option options[] = {
    {"at", KEY_AT, "MOMENT", 0,
     "When: 10min, 600, first-failure, first-exhaustion, a phase (its end), change-1, "
     "end "
     "(the default)",
     0},
    {"every", KEY_EVERY, "TIME", 0,
     "Instead: how many there were every so often, by --count-by (default: state)", 0},
    {"host", KEY_HOST, "HOST", 0, "Only this host's", 0},
    {"member", KEY_MEMBER, "N", 0, "Only this member's of the host, from 0", 0},
    {"where", KEY_WHERE, "EXPR", 0,
     "Only those for which it holds: 'state == TIME_WAIT and remote ~ 192.0.2.0/24'", 0},
    {"count-by", KEY_COUNT_BY, "COLUMNS", 0,
     "Count them by what these columns say: state,process", 0},
    {"as", KEY_AS, "FORMAT", 0,
     "table (the default), ss, netstat, netstat-ano, netstat-anob, netstat-anobq, csv, "
     "json",
     0},
    {"quiet", 'q', NULL, 0, "No messages but errors", 0},
    {0}};

/* --- arguments -----------------------------------------------------------------------
 */

static const char *format_name(uint32_t index)
{
    const struct sockets_format *f = sockets_format_at(index);
    return f ? f->name : NULL;
}

static void set_format(struct arguments *a, const char *word, struct argp_state *state)
{
    const char *near = words_nearest(word, format_name);
    a->format = sockets_format_find(word);
    if (!a->format)
        argp_error(state,
                   "--as does not know \"%s\"%s%s%s (table, ss, netstat, netstat-ano, "
                   "netstat-anob, netstat-anobq, csv or json)",
                   word, near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

static void set_every(struct arguments *a, const char *word, struct argp_state *state)
{
    a->every = option_duration("--every", word, state);
    if (a->every == 0)
        argp_error(state, "--every must be longer than 0s");
}

static void set_member(struct arguments *a, const char *word, struct argp_state *state)
{
    if (!*word || word[strspn(word, "0123456789")] || strlen(word) > 9)
        argp_error(state, "--member wants a whole number, is \"%s\"", word);
    a->member = (uint32_t)strtoul(word, NULL, 10);
}

/* What only the whole command line can tell. */
static void check_together(const struct arguments *a, struct argp_state *state)
{
    bool own = strcmp(a->format->name, "table") == 0 ||
               strcmp(a->format->name, "csv") == 0 ||
               strcmp(a->format->name, "json") == 0;
    if (!a->directory)
        argp_error(state, "which run directory?");
    if (a->at && a->every)
        argp_error(state, "--at is one moment and --every many: give one of them");
    if (!own && (a->count_by || a->every))
        argp_error(state, "counts are printed as table, csv or json, not as %s",
                   a->format->name);
    if (a->member != NO_MEMBER && !a->host)
        argp_error(state, "--member of which --host?");
    if (a->member != NO_MEMBER && a->every)
        argp_error(state, "--every counts the members of an entry together");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_AT:
        a->at = argument;
        break;
    case KEY_EVERY:
        set_every(a, argument, state);
        break;
    case KEY_HOST:
        a->host = argument;
        break;
    case KEY_MEMBER:
        set_member(a, argument, state);
        break;
    case KEY_WHERE:
        a->where = argument;
        break;
    case KEY_COUNT_BY:
        a->count_by = argument;
        break;
    case KEY_AS:
        set_format(a, argument, state);
        break;
    case 'q':
        a->quiet = true;
        break;
    case ARGP_KEY_END:
        check_together(a, state);
        break;
    default:
        return directory_argument(key, argument, state, &a->directory);
    }
    return 0;
}

/* --- choosing ------------------------------------------------------------------------
 */

/* The rows of a table that --host and --where leave. */
static size_t *choose(const struct arguments *a, const struct question *q,
                      const struct table *t, size_t *count)
{
    size_t *rows = where_rows(q->where, t, count), kept = 0;
    uint32_t host = table_column_named(t, "host"),
             member = table_column_named(t, "member");
    for (size_t i = 0; i < *count; i++)
        if ((!a->host || strcmp(t->cell(t->rows, rows[i], host).text, a->host) == 0) &&
            (a->member == NO_MEMBER ||
             t->cell(t->rows, rows[i], member).number == a->member))
            rows[kept++] = rows[i];
    *count = kept;
    return rows;
}

/* A host that had no sockets is told from one that is not there. */
static bool host_exists(const struct arguments *a, const struct run_record *r)
{
    return !a->host || directory_has_host(r, a->host);
}

/* --- printing ------------------------------------------------------------------------
 */

static void write_table(const struct arguments *a, const struct table *t)
{
    table_writer *writer = strcmp(a->format->name, "csv") == 0    ? table_csv
                           : strcmp(a->format->name, "json") == 0 ? table_json
                                                                  : table_print;
    table_write(stdout, t, NULL, t->row_count, writer);
}

static void print_counts(const struct arguments *a, const struct question *q,
                         const struct sockets_view *view)
{
    size_t count;
    struct table t = sockets_table(view);
    size_t *rows = where_rows(NULL, &t, &count);
    struct counts c =
        count_by(&t, rows, count, q->columns, q->column_count, TABLE_NO_COLUMN);
    struct counts_table counts;
    counts_table(&c, &counts);
    write_table(a, &counts.table);
    if (strcmp(a->format->name, "table") == 0) {
        char total[HUMAN_TEXT];
        printf("\n%s socket%s\n", human_count((double)c.total, total),
               c.total == 1 ? "" : "s");
        sockets_print_pools(stdout, view);
    }
    counts_free(&c);
    free(rows);
}

/* The chosen rows as a view of their own, host by host. */
static void print_chosen(const struct arguments *a, const struct question *q,
                         const struct sockets_view *all)
{
    size_t count;
    struct table t = sockets_table(all);
    size_t *rows = choose(a, q, &t, &count);
    struct socket_row *kept = memory_new(count, sizeof *kept);
    for (size_t i = 0; i < count; i++)
        kept[i] = all->rows[rows[i]];
    sockets_by_host(kept, count);
    struct sockets_view view = {all->record, all->when, kept, count};
    if (a->count_by)
        print_counts(a, q, &view);
    else
        sockets_print(stdout, a->format, &view);
    free(kept);
    free(rows);
}

static int print_moment(const struct arguments *a, struct replay *replay)
{
    int status = EXIT_USAGE;
    struct question q;
    struct sockets_view view = {.record = &replay->stored->record};
    struct table t = sockets_table(&view);
    if (question_read(&q, a->where, a->count_by, &t)) {
        const struct run_snapshot *s =
            replay_moment(replay, a->at ? a->at : "end", &status);
        if (s) {
            view = (struct sockets_view){view.record, s->when, s->rows, s->count};
            print_chosen(a, &q, &view);
        }
    }
    question_free(&q);
    return status;
}

static void print_over_time(const struct arguments *a, const struct question *q,
                            const struct run_record *record)
{
    size_t count;
    struct table t = census_table(record);
    size_t *rows = choose(a, q, &t, &count);
    uint32_t most = strcmp(a->format->name, "table") == 0 ? KINDS_READ : KINDS_KEPT;
    struct sockets_series *s = sockets_series_new(record, a->every, rows, count,
                                                  q->columns, q->column_count, most);
    struct table series = sockets_series_table(s);
    write_table(a, &series);
    sockets_series_free(s);
    free(rows);
}

static int print_series(const struct arguments *a, struct replay *replay)
{
    int status = EXIT_USAGE;
    struct question q;
    struct table t = census_table(&replay->stored->record);
    if (question_read(&q, a->where, a->count_by ? a->count_by : "state", &t)) {
        const struct run_record *record = replay_counts(replay, a->every, &status);
        if (record)
            print_over_time(a, &q, record);
    }
    question_free(&q);
    return status;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DIR",
    .doc = "Prints which sockets there were in the run in DIR at a moment, in the layout "
           "of the tool you know, filtered and counted; or how many over time.  A moment "
           "that the run did not keep is simulated again.\vExample:\n"
           "  portsim sockets runs/outage --at first-failure --count-by process\n"
           "  portsim sockets runs/outage --at 15min --host proxy --as ss\n"
           "  portsim sockets runs/outage --host proxy --count-by remote,state\n"
           "  portsim sockets runs/outage --every 60s --host proxy\n"};

static int run(int argc, char **argv)
{
    struct arguments a = {.member = NO_MEMBER, .format = sockets_format_find("table")};
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct stored_run *stored = directory_read(a.directory);
    if (!stored)
        return EXIT_IO;
    struct replay replay = {.stored = stored, .directory = a.directory, .quiet = a.quiet};
    int status = EXIT_USAGE;
    if (host_exists(&a, &stored->record))
        status = a.every ? print_series(&a, &replay) : print_moment(&a, &replay);
    replay_free(&replay);
    stored_run_free(stored);
    return status;
}

const struct command command_sockets = {
    .name = "sockets",
    .summary = "the sockets of a run at a moment: as ss or netstat, or counted",
    .run = run,
};
