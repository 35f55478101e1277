/* Structs as rows of CSV: one table says which member stands in which column, for
 * writing and for reading. */
#ifndef SIM_RESULTS_CSV_ROWS_H
#define SIM_RESULTS_CSV_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/texts.h"
#include "sim/results/csv.h"
#include "sim/results/error.h"

enum csv_member {
    CSV_MEMBER_TIME,    /* sim_ns */
    CSV_MEMBER_TEXT,    /* const char *; the empty cell is "" */
    CSV_MEMBER_NAME,    /* const char *; the empty cell is NULL */
    CSV_MEMBER_U16,     /* uint16_t */
    CSV_MEMBER_U32,     /* uint32_t */
    CSV_MEMBER_U64,     /* uint64_t, up to 2^53 */
    CSV_MEMBER_NUMBER,  /* double; the empty cell is NaN */
    CSV_MEMBER_FLAG,    /* bool: 0 or 1 */
    CSV_MEMBER_ADDRESS, /* struct ip_address; the empty cell: family 0 */
    CSV_MEMBER_WORD,    /* int-sized enum: one of `words` */
};

struct csv_column {
    const char *name;
    enum csv_member member;
    size_t offset;
    const char *const *words; /* WORD; NULL ends them */
};

struct csv_columns {
    const struct csv_column *at;
    size_t count;
    size_t size; /* of the struct */
};

/* The header, then `count` rows. */
void csv_rows_write(const struct csv_columns *columns, const void *rows, size_t count,
                    struct safe_file *file);

/* Further rows of the same file. */
void csv_rows_append(const struct csv_columns *columns, const void *rows, size_t count,
                     struct safe_file *file);

/* Reads what csv_rows_write wrote, strictly.  *rows is the caller's to free; its texts
 * are kept in `texts`.  False on an error, with no rows. */
bool csv_rows_read(const struct csv_columns *columns, const struct safe_directory *d,
                   const char *name, struct texts *texts, void **rows, size_t *count,
                   struct results_error *error);

#endif
