/* The formats of our own: a table to read, CSV and JSON with every column. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/views/human.h"
#include "sim/views/sockets.h"

static size_t *all_rows(size_t count)
{
    size_t *rows = memory_new(count, sizeof *rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = i;
    return rows;
}

static bool of_one_host(const struct sockets_view *v)
{
    for (size_t i = 1; i < v->count; i++)
        if (strcmp(v->rows[i].host, v->rows[0].host) != 0)
            return false;
    return true;
}

static void print_readable(FILE *out, const struct sockets_view *v)
{
    static const char shown[] =
        "host,proto,local,remote,state,timer,left,process,pid,age";
    struct table t = sockets_table(v);
    uint32_t columns[16];
    char unused[TABLE_COMPLAINT], count[HUMAN_TEXT];
    uint32_t n = table_columns_named(&t, shown, columns, 16, unused);
    bool one = of_one_host(v);
    size_t *rows = all_rows(v->count);
    struct table_choice choice = {rows, v->count, columns + one, n - one};
    table_print(out, &t, &choice);
    free(rows);
    fprintf(out, "\n%s socket%s\n", human_count((double)v->count, count),
            v->count == 1 ? "" : "s");
    sockets_print_pools(out, v);
}

static void print_csv(FILE *out, const struct sockets_view *v)
{
    struct table t = sockets_table(v);
    table_write(out, &t, NULL, v->count, table_csv);
}

static void print_json(FILE *out, const struct sockets_view *v)
{
    struct table t = sockets_table(v);
    table_write(out, &t, NULL, v->count, table_json);
}

const struct sockets_format sockets_format_table = {
    "table", "what an operator asks first, and how full the pools are", print_readable,
    false};
const struct sockets_format sockets_format_csv = {"csv", "every column", print_csv,
                                                  false};
const struct sockets_format sockets_format_json = {"json", "every column", print_json,
                                                   false};
