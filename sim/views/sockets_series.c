#include "sim/views/sockets_series.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/views/count_by.h"

/* --- the census as a table -----------------------------------------------------------
 */

enum column {
    MOMENT,
    HOST,
    POOL,
    PROCESS,
    PID,
    STATE,
    LOCAL,
    REMOTE,
    DESTINATION,
    EPHEMERAL,
    OWNED,
    COUNT,
    COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
    [MOMENT] = {"t_s", NULL, "moment", CELL_SECONDS},
    [HOST] = {"host", NULL, "entry of the scenario", CELL_TEXT},
    [POOL] = {"pool", NULL, "tcp4, tcp6, udp4, udp6", CELL_TEXT},
    [PROCESS] = {"process", "owner", "whose descriptors they are or were", CELL_TEXT},
    [PID] = {"pid", NULL, "0: the kernel's", CELL_NUMBER},
    [STATE] = {"state", NULL, "RFC 9293, BOUND, UNCONN", CELL_TEXT},
    [LOCAL] = {"local", NULL, "address, and port where it accepts", CELL_TEXT},
    [REMOTE] = {"remote", NULL, "address, and port where it connects to", CELL_TEXT},
    [DESTINATION] = {"destination", NULL, "host:port they were opened to", CELL_TEXT},
    [EPHEMERAL] = {"ephemeral", NULL, "each holds a port of the range", CELL_FLAG},
    [OWNED] = {"owned", NULL, "a process has the descriptors", CELL_FLAG},
    [COUNT] = {"count", NULL, "how many are alike", CELL_NUMBER},
};

static struct cell census_cell(const void *rows, size_t row, uint32_t column)
{
    const struct run_record *r = rows;
    const struct run_census_row *c = &r->census[row];
    const char *const texts[COLUMN_COUNT] = {[HOST] = c->host,
                                             [POOL] = c->pool,
                                             [PROCESS] = c->process,
                                             [STATE] = c->state,
                                             [LOCAL] = c->local,
                                             [REMOTE] = c->remote,
                                             [DESTINATION] = c->destination};
    const double numbers[COLUMN_COUNT] = {[MOMENT] = sim_seconds(c->when),
                                          [PID] = c->pid,
                                          [EPHEMERAL] = c->ephemeral,
                                          [OWNED] = c->owned,
                                          [COUNT] = (double)c->count};
    return (struct cell){.text = texts[column], .number = numbers[column]};
}

struct table census_table(const struct run_record *record)
{
    return (struct table){.columns = columns,
                          .column_count = COLUMN_COUNT,
                          .cell = census_cell,
                          .rows = record,
                          .row_count = record->census_count};
}

bool census_has_every(const struct run_record *record, sim_ns every)
{
    sim_ns next = every;
    for (size_t i = 0; i < record->census_count; i++)
        if (record->census[i].when == next)
            next += every;
    return next > record->simulated;
}

/* --- over time -----------------------------------------------------------------------
 */

struct sockets_series {
    struct table_column *columns; /* t_s, the kinds, total */
    uint32_t column_count;
    char (*names)[CELL_SIZE]; /* of the kinds */
    double *values;           /* [moment][column] */
    size_t moments;
};

/* What the row says, its cells joined by blanks. */
static void name_kind(const struct counts *c, const struct count_group *g,
                      char out[CELL_SIZE])
{
    char text[CELL_SIZE];
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < c->column_count && used < CELL_SIZE; i++)
        used += (size_t)snprintf(out + used, CELL_SIZE - used, "%s%s", i ? " " : "",
                                 cell_text(c->table, g->row, c->columns[i], text));
    if (!*out)
        snprintf(out, CELL_SIZE, "(none)");
}

static void name_columns(struct sockets_series *s, const struct counts *c, uint32_t kinds)
{
    s->column_count = kinds + 2;
    s->columns = memory_new(s->column_count, sizeof *s->columns);
    s->names = memory_new(kinds, sizeof *s->names);
    s->columns[0] = (struct table_column){"t_s", NULL, "moment", CELL_NUMBER};
    for (uint32_t i = 0; i < kinds; i++) {
        if (i + 1 == kinds && kinds < c->count)
            snprintf(s->names[i], CELL_SIZE, "others");
        else
            name_kind(c, &c->groups[i], s->names[i]);
        s->columns[i + 1] = (struct table_column){s->names[i], NULL, "", CELL_NUMBER};
    }
    s->columns[kinds + 1] = (struct table_column){"total", NULL, "", CELL_NUMBER};
}

/* Which kind the row is of; those without a column of their own are the last. */
static uint32_t kind_of(const struct counts *c, size_t row, uint32_t kinds)
{
    uint32_t i = 0;
    while (i + 1 < kinds && !counts_alike(c, c->groups[i].row, row))
        i++;
    return i;
}

static void add_row(struct sockets_series *s, const struct counts *c, sim_ns every,
                    const struct run_census_row *row, size_t number)
{
    if (row->when % every != 0 || row->when == 0)
        return;
    double *line = &s->values[(size_t)(row->when / every - 1) * s->column_count];
    line[1 + kind_of(c, number, s->column_count - 2)] += (double)row->count;
    line[s->column_count - 1] += (double)row->count;
}

struct sockets_series *sockets_series_new(const struct run_record *record, sim_ns every,
                                          const size_t *rows, size_t row_count,
                                          const uint32_t *by, uint32_t by_count,
                                          uint32_t most)
{
    struct sockets_series *s = memory_new(1, sizeof *s);
    struct table t = census_table(record);
    struct counts c = count_by(&t, rows, row_count, by, by_count, COUNT);
    name_columns(s, &c, c.count > most ? most : (uint32_t)c.count);
    s->moments = (size_t)(record->simulated / every);
    s->values = memory_new(s->moments * s->column_count, sizeof *s->values);
    for (size_t i = 0; i < s->moments; i++)
        s->values[i * s->column_count] = sim_seconds((sim_ns)(i + 1) * every);
    for (size_t i = 0; i < row_count; i++)
        add_row(s, &c, every, &record->census[rows[i]], rows[i]);
    counts_free(&c);
    return s;
}

void sockets_series_free(struct sockets_series *s)
{
    free(s->columns);
    free(s->names);
    free(s->values);
    free(s);
}

static struct cell series_cell(const void *rows, size_t row, uint32_t column)
{
    const struct sockets_series *s = rows;
    return (struct cell){.number = s->values[row * s->column_count + column]};
}

struct table sockets_series_table(const struct sockets_series *s)
{
    return (struct table){.columns = s->columns,
                          .column_count = s->column_count,
                          .cell = series_cell,
                          .rows = s,
                          .row_count = s->moments};
}
