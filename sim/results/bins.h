/* A long series as few moments as a picture can show: its rows in bins of equal time.
 *
 * A series of up to twice as many rows as asked for is left as it is, a bin a row.
 * Lengths are round (20 s, 1 min, 2 h) and hold whole samples.
 */
#ifndef SIM_RESULTS_BINS_H
#define SIM_RESULTS_BINS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/results/series.h"

struct bin {
    sim_ns when; /* the middle of it; of the first and last the ends of the series */
    size_t first, end; /* rows first .. end - 1, at least one */
};

struct bins {
    sim_ns length; /* 0: a bin a row */
    size_t count;
    struct bin *at; /* in order of time; owned */
};

/* A round length of which about `most` cover the series, at least one sample.  The series
 * has two rows or more, not all at one moment. */
sim_ns bins_length(const struct series *s, unsigned most);

/* About `most` bins. */
struct bins bins_of(const struct series *s, unsigned most);
void bins_free(struct bins *bins);

#endif
