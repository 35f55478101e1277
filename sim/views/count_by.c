#include "sim/views/count_by.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/memory.h"

/* --- grouping ------------------------------------------------------------------------
 *
 * Rows that say the same have the same text in every column; a group is found by the hash
 * of its texts, and compared.
 */

struct grouping {
    const struct table *table;
    const uint32_t *columns;
    uint32_t column_count;
    struct count_group *groups;
    size_t count, capacity;
    size_t *slots; /* by hash: number of a group + 1; 0: free */
    size_t size;   /* a power of two */
};

static uint64_t hash_row(const struct grouping *g, size_t row)
{
    char text[CELL_SIZE];
    uint64_t hash = 0;
    for (uint32_t i = 0; i < g->column_count; i++)
        hash = hash_join(hash, hash_text(cell_text(g->table, row, g->columns[i], text)));
    return hash;
}

static int compare_rows(const struct grouping *g, size_t a, size_t b)
{
    char x[CELL_SIZE], y[CELL_SIZE];
    for (uint32_t i = 0; i < g->column_count; i++) {
        int order = strcmp(cell_text(g->table, a, g->columns[i], x),
                           cell_text(g->table, b, g->columns[i], y));
        if (order != 0)
            return order;
    }
    return 0;
}

static size_t *slot_of(struct grouping *g, size_t row)
{
    size_t i = (size_t)hash_row(g, row) & (g->size - 1);
    while (g->slots[i] && compare_rows(g, g->groups[g->slots[i] - 1].row, row) != 0)
        i = (i + 1) & (g->size - 1);
    return &g->slots[i];
}

static void grow(struct grouping *g)
{
    g->size = g->size ? 2 * g->size : 64;
    free(g->slots);
    g->slots = memory_new(g->size, sizeof *g->slots);
    for (size_t i = 0; i < g->count; i++)
        *slot_of(g, g->groups[i].row) = i + 1;
}

static void add(struct grouping *g, size_t row, uint64_t weight)
{
    size_t *slot = slot_of(g, row);
    if (*slot) {
        g->groups[*slot - 1].count += weight;
        return;
    }
    if (g->count == g->capacity) {
        g->capacity = memory_grown(g->capacity, g->count + 1);
        g->groups = memory_resize(g->groups, g->capacity, sizeof *g->groups);
    }
    g->groups[g->count++] = (struct count_group){row, weight};
    *slot = g->count;
    if (2 * g->count > g->size)
        grow(g);
}

/* --- order ---------------------------------------------------------------------------
 *
 * A merge sort, for the comparison needs the table and qsort() has no place for it.
 */

static bool comes_first(const struct grouping *g, const struct count_group *a,
                        const struct count_group *b)
{
    return a->count != b->count ? a->count > b->count
                                : compare_rows(g, a->row, b->row) <= 0;
}

static void sort(const struct grouping *g, struct count_group *groups,
                 struct count_group *room, size_t count)
{
    if (count < 2)
        return;
    size_t half = count / 2, a = 0, b = half;
    sort(g, groups, room, half);
    sort(g, groups + half, room, count - half);
    memcpy(room, groups, count * sizeof *room);
    for (size_t i = 0; i < count; i++) {
        bool left = b == count || (a < half && comes_first(g, &room[a], &room[b]));
        groups[i] = left ? room[a++] : room[b++];
    }
}

struct counts count_by(const struct table *table, const size_t *rows, size_t row_count,
                       const uint32_t *columns, uint32_t column_count, uint32_t weight)
{
    struct grouping g = {
        .table = table, .columns = columns, .column_count = column_count};
    struct counts c = {.table = table, .column_count = column_count};
    memcpy(c.columns, columns, column_count * sizeof *columns);
    g.capacity = 64;
    g.groups = memory_new(g.capacity, sizeof *g.groups);
    grow(&g);
    for (size_t i = 0; i < row_count; i++) {
        uint64_t by = weight == TABLE_NO_COLUMN
                          ? 1
                          : (uint64_t)table->cell(table->rows, rows[i], weight).number;
        add(&g, rows[i], by);
        c.total += by;
    }
    struct count_group *room = memory_new(g.count, sizeof *room);
    sort(&g, g.groups, room, g.count);
    free(room);
    free(g.slots);
    c.groups = g.groups;
    c.count = g.count;
    return c;
}

bool counts_alike(const struct counts *c, size_t a, size_t b)
{
    struct grouping g = {
        .table = c->table, .columns = c->columns, .column_count = c->column_count};
    return compare_rows(&g, a, b) == 0;
}

void counts_free(struct counts *c)
{
    free(c->groups);
    *c = (struct counts){0};
}

/* --- as a table ----------------------------------------------------------------------
 */

static struct cell counts_cell(const void *rows, size_t row, uint32_t column)
{
    const struct counts *c = rows;
    const struct count_group *g = &c->groups[row];
    if (column < c->column_count)
        return c->table->cell(c->table->rows, g->row, c->columns[column]);
    double count = (double)g->count;
    return (struct cell){
        .number = column == c->column_count ? count : 100 * count / (double)c->total};
}

void counts_table(const struct counts *c, struct counts_table *out)
{
    for (uint32_t i = 0; i < c->column_count; i++)
        out->columns[i] = c->table->columns[c->columns[i]];
    out->columns[c->column_count] = (struct table_column){
        .name = "count", .kind = CELL_NUMBER, .help = "how many are alike"};
    out->columns[c->column_count + 1] = (struct table_column){
        .name = "share", .kind = CELL_PERCENT, .help = "of all that were counted"};
    out->table = (struct table){.columns = out->columns,
                                .column_count = c->column_count + 2,
                                .cell = counts_cell,
                                .rows = c,
                                .row_count = c->count};
}
