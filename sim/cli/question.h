/* --where and --count-by of the commands that show a table: what is asked of its rows. */
#ifndef SIM_CLI_QUESTION_H
#define SIM_CLI_QUESTION_H

#include "sim/views/count_by.h"
#include "sim/views/where.h"

/* {0} asks for all rows, uncounted. */
struct question {
    struct where *where; /* NULL: all rows */
    uint32_t columns[COUNT_BY_MAX];
    uint32_t column_count; /* 0: not counted */
};

/* Reads both texts, of which either may be NULL, for tables with the columns of `t`,
 * which must outlive the question.  False after a message that lists the columns. */
bool question_read(struct question *q, const char *where, const char *count_by,
                   const struct table *t);
void question_free(struct question *q);

#endif
