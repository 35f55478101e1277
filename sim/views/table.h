/* Tables that operators read: rows of named columns, whatever they are rows of.
 *
 * A table owns nothing: it knows columns by name and asks for each cell when it is
 * wanted.  Rows can be chosen (where.h), counted (count_by.h) and written as aligned
 * text, CSV or JSON.  What a cell holds may come from a hostile file: what would disturb
 * a terminal or a spreadsheet is written harmlessly.
 */
#ifndef SIM_VIEWS_TABLE_H
#define SIM_VIEWS_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/base/address.h"

enum cell_kind {
    CELL_TEXT, /* a text, a port behind it: "cifs:445" */
    CELL_NUMBER,
    CELL_SECONDS,
    CELL_PERCENT, /* written with one decimal */
    CELL_FLAG,
    CELL_ADDRESS, /* an address, a port, or both */
};

struct cell {
    const char *text;          /* TEXT; NULL: none */
    double number;             /* of the kinds that are one: NaN is none; FLAG: 0 or 1 */
    struct ip_address address; /* ADDRESS; family 0: any */
    uint16_t port;             /* ADDRESS, TEXT; 0: any, none */
};

struct table_column {
    const char *name;
    const char *alias; /* another name for it; NULL: none */
    const char *help;
    enum cell_kind kind;
};

struct table {
    const struct table_column *columns;
    uint32_t column_count;
    struct cell (*cell)(const void *rows, size_t row, uint32_t column);
    const void *rows;
    size_t row_count;
};

#define TABLE_NO_COLUMN UINT32_MAX

/* By name or alias. */
uint32_t table_column_named(const struct table *t, const char *name);

/* The columns of a comma-separated list, in its order; 0 with a sentence in `complaint`
 * if one of them is none, or there are more than `limit`. */
#define TABLE_COMPLAINT 200
uint32_t table_columns_named(const struct table *t, const char *list, uint32_t *out,
                             uint32_t limit, char complaint[TABLE_COMPLAINT]);

/* A cell as text; cut if it is longer. */
#define CELL_SIZE 128
const char *cell_text(const struct table *t, size_t row, uint32_t column,
                      char out[CELL_SIZE]);

/* Which rows and columns are written, in this order. */
struct table_choice {
    const size_t *rows;
    size_t row_count;
    const uint32_t *columns;
    uint32_t column_count;
};

/* A form in which a table is written. */
typedef void table_writer(FILE *out, const struct table *t,
                          const struct table_choice *choice);

table_writer table_print; /* aligned text */
table_writer table_csv;
table_writer table_json; /* an array of objects, one a row */

/* Writes all columns of these rows; NULL: of the first `count` rows. */
void table_write(FILE *out, const struct table *t, const size_t *rows, size_t count,
                 table_writer *writer);

#endif
