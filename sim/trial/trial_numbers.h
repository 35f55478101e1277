/* A run reduced to its numbers: what a study keeps of it.
 *
 * Every reading of every window, those that stayed zero too (a summary leaves some of
 * them out), in one order for all runs of a plan: numbers of two replications are
 * compared by index.  Quantiles come with the histogram they were read from, so that
 * those of several runs can be joined exactly.
 *
 * Size: 8 bytes a reading and window, and the histograms; nothing grows with simulated
 * time.
 */
#ifndef SIM_TRIAL_TRIAL_NUMBERS_H
#define SIM_TRIAL_TRIAL_NUMBERS_H

#include "sim/base/metrics.h"
#include "sim/results/run_record.h"
#include "sim/trial/trial_course.h"
#include "sim/trial/windows.h"

#define NUMBERS_NONE UINT32_MAX

/* What is known of a number beforehand; the same in all runs of a plan. */
struct number_row {
    const char *name; /* "apps.web.failure_ratio@outage" */
    const char *unit;
    uint32_t samples;  /* index of its samples; NUMBERS_NONE: not a quantile */
    uint32_t share_of; /* row of the count that a ratio is a share of; NUMBERS_NONE */
    uint8_t percent;   /* of a quantile; else 0 */
    uint8_t of_parts;  /* enum metric_of_parts */
    bool may_hide;     /* a summary leaves it out while it is zero in the whole run */
};

struct trial_numbers {
    uint32_t count;
    struct number_row *rows;
    double *values;                 /* NaN: null */
    struct metric_samples *samples; /* by number_row.samples */
    uint32_t sample_count;
    bool *hidden; /* a summary of this run leaves it out */

    /* Those of the first rows, which name no phase, in each part of the window; NULL: the
     * run was not cut up. */
    double *parts; /* [row * part_count + part] */
    uint32_t part_rows, part_count;

    struct trial_course *course; /* NULL: not kept, or it came from another process */

    uint64_t seed;
    uint32_t replication;
    enum run_status status;
    sim_ns simulated;
    uint64_t events, connections, fingerprint;
    char *texts; /* names and units */
};

/* Reads them all; every segment of a window must have ended, or its numbers are null. */
struct trial_numbers *trial_numbers_read(const struct metrics *m,
                                         const struct windows *windows);
/* Fills `parts`, each of whose segments must have ended.  `watched`: only the rows of
 * these names ("@phase" behind them does not count), the others being NaN; NULL: all. */
void trial_numbers_read_parts(struct trial_numbers *n, const struct metrics *m,
                              const struct windows *windows, char *const *watched,
                              uint32_t watched_count);

void trial_numbers_free(struct trial_numbers *n); /* NULL is allowed */

/* Index of the number of that name (phase included), NUMBERS_NONE if there is none.
 * Looks through all of them. */
uint32_t trial_numbers_find(const struct trial_numbers *n, const char *name);

/* True if both have the same rows, which runs of one plan always have. */
bool trial_numbers_alike(const struct trial_numbers *a, const struct trial_numbers *b);

#endif
