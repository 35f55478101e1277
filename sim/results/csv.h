/* Cells of CSV files (RFC 4180): what timeseries.csv and events.csv are made of.
 *
 * Writing.  Numbers are the shortest decimals that read back as the same double, the
 * empty cell is "no value"; moments are exact, from whole nanoseconds.  Text is quoted
 * where it must be, and text that a spreadsheet would take for a formula (beginning with
 * = + - @, a tab or a carriage return) gets an apostrophe before it.  Rows end in "\n".
 *
 * Reading is strict and undoes all of that: csv_text_of(written(x)) is x again.
 */
#ifndef SIM_RESULTS_CSV_H
#define SIM_RESULTS_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/base/time.h"
#include "sim/results/safe_file.h"
#include "sim/results/text.h"

/* --- writing ---------------------------------------------------------------------- */

/* {.file = f}, or {.stream = f}, stands before the first cell of a row.  Errors are the
 * file's to keep. */
struct csv_writer {
    struct safe_file *file;
    FILE *stream; /* where there is no file */
    bool begun;   /* the row has a cell */
};

void csv_put_text(struct csv_writer *w, const char *text); /* NULL: an empty cell */
void csv_put_number(struct csv_writer *w, double value);   /* NaN, infinite: empty */
void csv_put_time(struct csv_writer *w, sim_ns when);      /* in seconds */
void csv_end_row(struct csv_writer *w);

/* --- reading ---------------------------------------------------------------------- */

/* The longest cell that is read, in bytes. */
#define CSV_CELL_MAX 65536

enum csv_step {
    CSV_CELL, /* the next cell of the row */
    CSV_ROW,  /* the row has ended */
    CSV_END,  /* the file has ended */
    CSV_BAD,  /* not CSV, or not readable; csv_complaint() says why */
};

struct csv_reader;

/* Reads from a descriptor, which it owns and closes. */
struct csv_reader *csv_reader_new(int handle);
void csv_reader_free(struct csv_reader *r); /* NULL is allowed */

enum csv_step csv_read(struct csv_reader *r);

/* The cell as it stood in the file, without its quotes.  Valid until the next csv_read.
 */
const char *csv_cell(const struct csv_reader *r);

/* Lines are counted from 1. */
size_t csv_line(const struct csv_reader *r);

const char *csv_complaint(const struct csv_reader *r);

/* The text of a cell: without the apostrophe that csv_put_text added. */
const char *csv_text_of(const char *cell);

/* A cell as a number; the empty cell is NaN.  False if it is not a plain decimal. */
bool csv_number_of(const char *cell, double *out);

/* A cell in seconds as a moment, not negative, at most 9 decimals. */
bool csv_time_of(const char *cell, sim_ns *out);

#endif
