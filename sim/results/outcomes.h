/* What became of the attempts of each application, read from a series.
 *
 * Columns are those of PRODUCT's metric names: apps.<app>.attempts_per_s,
 * .successes_per_s, .failures_per_s, .failures.<CODE>_per_s.  A rate is that of the time
 * since the row before it.
 */
#ifndef SIM_RESULTS_OUTCOMES_H
#define SIM_RESULTS_OUTCOMES_H

#include <stddef.h>
#include <stdint.h>

#include "sim/results/series.h"

/* Codes that are told apart; the failures of all others are counted together. */
#define OUTCOMES_CODES 10

struct outcome_app {
    char *name; /* owned */
    uint32_t attempts, successes, failures;
    uint32_t
        code[OUTCOMES_CODES]; /* of outcomes.codes; SERIES_NONE: it has not that one */
    double attempted, failed; /* in the whole run */
    size_t first_failed;      /* row; 0 when none failed */
};

struct outcome_code {
    char *name;   /* owned */
    double total; /* over all applications */
};

struct outcomes {
    const struct series *series;
    struct outcome_app *apps; /* the most failures first */
    size_t app_count;
    struct outcome_code *codes; /* the most frequent first; none without failures */
    size_t code_count;
    size_t shown;   /* codes told apart */
    double without; /* failures of the other codes, or of none */
};

/* Reads a series of at least two rows, which must outlive the result. */
struct outcomes outcomes_of(const struct series *series);
void outcomes_free(struct outcomes *o);

/* Values of one bin: attempts, successes, then failures by code, the others' last. */
#define OUTCOME_VALUES (2 + OUTCOMES_CODES + 1)

/* How many of them are of use: two, the codes told apart, and one more if there are
 * failures without such a code. */
size_t outcomes_values(const struct outcomes *o);

/* What happened in one stretch of time. */
struct outcome_bin {
    double seconds; /* covered by rows; 0: none */
    double value[OUTCOME_VALUES];
};

/* One application's outcomes in bins of equal `length` from the first row on; `*count` of
 * them, the caller's to free.  A row counts where the middle of its time lies. */
struct outcome_bin *outcomes_bins(const struct outcomes *o, const struct outcome_app *app,
                                  sim_ns length, size_t *count);

#endif
