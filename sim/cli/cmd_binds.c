/* portsim binds: which local ports a run asked for, and what it was told. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/directory.h"
#include "sim/cli/question.h"
#include "sim/results/run_directory.h"
#include "sim/views/binds.h"
#include "sim/views/human.h"

enum { KEY_WHERE = 1000, KEY_FAILURES, KEY_COUNT_BY, KEY_CSV, KEY_JSON };

struct arguments {
    const char *directory, *where, *count_by;
    bool failures;
    table_writer *print;
};

static const struct argp_option options[] = {
    {"where", KEY_WHERE, "EXPR", 0,
     "Only those for which it holds: 'status == 0x209 and host == server'", 0},
    {"failures", KEY_FAILURES, NULL, 0, "Only those that found no port", 0},
    {"count-by", KEY_COUNT_BY, "COLUMNS", 0,
     "Count them by what these columns say: process,status", 0},
    {"csv", KEY_CSV, NULL, 0, "Print CSV", 0},
    {"json", KEY_JSON, NULL, 0, "Print JSON", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_WHERE:
        a->where = argument;
        break;
    case KEY_FAILURES:
        a->failures = true;
        break;
    case KEY_COUNT_BY:
        a->count_by = argument;
        break;
    case KEY_CSV:
        a->print = table_csv;
        break;
    case KEY_JSON:
        a->print = table_json;
        break;
    default:
        return directory_argument(key, argument, state, &a->directory);
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "DIR",
    .doc = "Prints every choice of a local port in the run in DIR: who asked by which "
           "call, which port it got after how many probes, or why none.  The run must "
           "have kept them (run --trace-bind).\vExample:\n"
           "  portsim run windows-bind-trace -o r --trace-bind=failures\n"
           "  portsim binds r --where 'status == 0x209' --count-by host,process\n"
           "which asks what this filter asks of a netsh trace of a real machine:\n"
           "  Wscore_MicrosoftWindowsWinsockAFD.AFD_EVENT_BIND\n"
           "    .Status.LENTStatus.Code == 0x209\n"};

/* --- the work -------------------------------------------------------------------------
 */

/* The rows that --where and --failures leave. */
static size_t *choose(const struct arguments *a, const struct question *q,
                      const struct stored_binds *binds, const struct table *t,
                      size_t *count)
{
    size_t *rows = where_rows(q->where, t, count), kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (!a->failures || binds_failed(binds, rows[i]))
            rows[kept++] = rows[i];
    *count = kept;
    return rows;
}

static void print_counts(const struct arguments *a, const struct question *q,
                         const struct table *t, const size_t *rows, size_t count)
{
    struct counts c =
        count_by(t, rows, count, q->columns, q->column_count, TABLE_NO_COLUMN);
    struct counts_table counts;
    counts_table(&c, &counts);
    table_write(stdout, &counts.table, NULL, counts.table.row_count, a->print);
    counts_free(&c);
}

/* Not in formats that programs read. */
static void print_total(const struct arguments *a, const struct stored_binds *binds,
                        size_t count)
{
    char of[HUMAN_TEXT], all[HUMAN_TEXT];
    if (a->print != table_print)
        return;
    printf("\n%s of %s choices\n", human_count((double)count, of),
           human_count((double)binds->count, all));
    if (binds->count == BINDS_MAX)
        printf("(the run kept no more than these)\n");
}

static int print(const struct arguments *a, const struct stored_binds *binds)
{
    size_t count;
    struct question q;
    struct table t = binds_table(binds);
    if (!question_read(&q, a->where, a->count_by, &t))
        return EXIT_USAGE;
    size_t *rows = choose(a, &q, binds, &t, &count);
    if (a->count_by)
        print_counts(a, &q, &t, rows, count);
    else
        table_write(stdout, &t, rows, count, a->print);
    print_total(a, binds, count);
    free(rows);
    question_free(&q);
    return EXIT_DONE;
}

static int run(int argc, char **argv)
{
    struct arguments a = {.print = table_print};
    struct results_error error;
    struct stored_binds binds = {.rows = NULL};
    int status;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct stored_run *stored = run_directory_read(a.directory, &error);
    if (stored && run_binds_read(a.directory, &binds, &error))
        status = print(&a, &binds);
    else
        status = io_error(&error);
    stored_binds_free(&binds);
    stored_run_free(stored);
    return status;
}

const struct command command_binds = {
    .name = "binds",
    .summary = "the choices of local ports that a run kept, and what they were told",
    .run = run,
};
