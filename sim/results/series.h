/* What was sampled during one run: columns of doubles by name, one row a sample.
 *
 * Columns are declared before the first row; rows come in order of time.  NaN is "no
 * value".  Rows are kept in blocks of 512 KiB or less, which never move:
 *
 *     append       one copy of the row; amortised O(columns)
 *     value        O(1)
 *     memory       8 bytes a value and 8 a row, at most one block more
 *
 * As CSV: the header `t_s` and the names, then the rows.  Nothing here is tied to metrics
 * or hosts: a name is a text.
 */
#ifndef SIM_RESULTS_SERIES_H
#define SIM_RESULTS_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/time.h"
#include "sim/results/error.h"
#include "sim/results/safe_file.h"

struct series;

/* A column that is not there. */
#define SERIES_NONE UINT32_MAX

struct series *series_new(void);
void series_free(struct series *s); /* NULL is allowed */

/* Declares a column and returns its number: 0, 1, ...  Only before the first row.  The
 * name is copied. */
uint32_t series_add(struct series *s, const char *name);

/* Adds a row: one value a column, in the order of declaration.  `when` is not earlier
 * than the last row's. */
void series_append(struct series *s, sim_ns when, const double *values);

uint32_t series_columns(const struct series *s);
const char *series_name(const struct series *s, uint32_t column);

/* SERIES_NONE when no column has that name.  Looks through all of them. */
uint32_t series_find(const struct series *s, const char *name);

size_t series_rows(const struct series *s);
sim_ns series_time(const struct series *s, size_t row);
double series_value(const struct series *s, size_t row, uint32_t column);

/* Bytes held now. */
size_t series_bytes(const struct series *s);

/* Writes all of it as CSV.  Errors are the file's to keep. */
void series_write(const struct series *s, struct safe_file *file);

/* Reads what series_write wrote, strictly.  `handle` is closed in any case; `path` is for
 * messages.  NULL on an error. */
struct series *series_read(int handle, const char *path, struct results_error *error);

#endif
