/* Which rows of a table are meant: expressions over its columns, as in
 *
 *     state == FIN_WAIT_2 and remote == 192.0.2.10:445
 *     not (process ~ list or age < 10min) and local ~ 10.0.0.0/8
 *
 * A comparison is a column, one of == != < <= > >= ~ and a value.  Text is equal or not,
 * and ~ asks for its beginning.  Numbers and lengths of time ("10min", or seconds) are
 * compared.  An address with or without its port is equal or not; ~ asks whether it lies
 * in a prefix ("10.0.0.0/8") or begins so.  A column of yes and no stands alone, or is
 * == yes.  Values with blanks or signs stand in quotes.  `and` binds more than `or`.
 */
#ifndef SIM_VIEWS_WHERE_H
#define SIM_VIEWS_WHERE_H

#include <stdbool.h>

#include "sim/views/table.h"

struct where;

struct where_error {
    char message[TABLE_COMPLAINT];
    size_t at; /* byte of the expression */
};

/* NULL on an error.  `table` must outlive the expression, which may be asked about any
 * table of the same columns. */
struct where *where_parse(const char *text, const struct table *table,
                          struct where_error *error);
void where_free(struct where *w); /* NULL is allowed */

bool where_holds(const struct where *w, const struct table *table, size_t row);

/* The rows for which it holds, all of them if it is NULL: the caller's to free. */
size_t *where_rows(const struct where *w, const struct table *table, size_t *count);

/* The complaint, the expression with a mark under the place, and the columns there are.
 */
void where_explain(FILE *out, const char *text, const struct table *table,
                   const struct where_error *error);

#endif
