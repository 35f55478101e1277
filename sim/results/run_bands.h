/* bands.csv: what the replications of a run did over time, in bins of equal time.
 *
 *     metric,t_s,low,median,high,mean,runs
 *
 * A row a metric and bin: the middle of the bin, the 5th percentile, median, 95th
 * percentile and mean over the runs that have a value there, and how many these are.
 * Rows of one metric stand together, by time; a bin without a value has no row.
 */
#ifndef SIM_RESULTS_RUN_BANDS_H
#define SIM_RESULTS_RUN_BANDS_H

#include "sim/results/csv_rows.h"
#include "sim/results/run_record.h"

#define RUN_BANDS "bands.csv"

struct run_band {
    const char *metric;
    sim_ns when;
    double low, median, high, mean;
    uint32_t runs; /* at least 1 */
};

extern const struct csv_columns run_band_columns;

/* What a row read back must be (run_tables.h). */
bool run_band_sound(const void *row);

/* The rows of one metric, one later than the other; {0} is none. */
struct run_band_rows {
    const struct run_band *at;
    size_t count;
};

struct run_band_rows run_bands_of(const struct run_record *r, const char *metric);

#endif
