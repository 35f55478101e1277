/* The counts of a run's sockets over time, as a monitoring loop would have written them
 * down: one line a moment, one column for each kind of socket. */
#ifndef SIM_VIEWS_SOCKETS_SERIES_H
#define SIM_VIEWS_SOCKETS_SERIES_H

#include <stdbool.h>

#include "sim/results/run_record.h"
#include "sim/views/table.h"

/* Counts alike as a table of named columns, for where.h; `rows` is the run_record. */
struct table census_table(const struct run_record *record);

/* True if the sockets of the run were counted every so often, from then to its end. */
bool census_has_every(const struct run_record *record, sim_ns every);

/* Sums over the chosen rows of the census, by moment and kind. */
struct sockets_series;

/* Kinds are what rows say in these columns, the most frequent first; beyond `most` they
 * are one, "others".  Moments are the whole multiples of `every`. */
struct sockets_series *sockets_series_new(const struct run_record *record, sim_ns every,
                                          const size_t *rows, size_t row_count,
                                          const uint32_t *columns, uint32_t column_count,
                                          uint32_t most);
void sockets_series_free(struct sockets_series *s);

/* Columns "t_s", each kind, and "total". */
struct table sockets_series_table(const struct sockets_series *s);

#endif
