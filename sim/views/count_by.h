/* Rows of a table counted by what some of their columns say, the most first. */
#ifndef SIM_VIEWS_COUNT_BY_H
#define SIM_VIEWS_COUNT_BY_H

#include <stdbool.h>

#include "sim/views/table.h"

#define COUNT_BY_MAX 8

struct count_group {
    size_t row;     /* one of them */
    uint64_t count; /* of them all */
};

struct counts {
    struct count_group *groups; /* the most first, then in the order of their texts */
    size_t count;
    uint64_t total;
    const struct table *table;
    uint32_t columns[COUNT_BY_MAX];
    uint32_t column_count;
};

/* Rows that say the same in every one of these columns are one group.  A row counts as
 * much as its number in the column `weight`; TABLE_NO_COLUMN: as one.  `table` must
 * outlive the counts. */
struct counts count_by(const struct table *table, const size_t *rows, size_t row_count,
                       const uint32_t *columns, uint32_t column_count, uint32_t weight);
void counts_free(struct counts *c);

/* Whether two rows of the table are of one group. */
bool counts_alike(const struct counts *c, size_t a, size_t b);

/* The groups as a table: the columns they were counted by, then "count" and "share", in
 * percent of the total.  Valid as long as the counts. */
struct counts_table {
    struct table table;
    struct table_column columns[COUNT_BY_MAX + 2];
};
void counts_table(const struct counts *c, struct counts_table *out);

#endif
