/* One side of a comparison: chosen metrics of some runs, as a table of numbers.
 *
 * Wherever the runs come from (this minute's, a study, a baseline), a side looks the
 * same; what is compared is the run of the same replication on the other side.
 *
 * Size: 8 bytes a metric and run.
 */
#ifndef SIM_STUDY_COMPARE_SIDE_H
#define SIM_STUDY_COMPARE_SIDE_H

#include "sim/trial/trial_numbers.h"

struct compare_metric {
    char *name, *unit;
    uint32_t row; /* of the trial_numbers it is read from */
    bool shown;   /* a summary of one of the runs has it */
};

struct compare_run {
    uint64_t seed, fingerprint;
    uint32_t replication;
};

/* {0} is empty. */
struct compare_side {
    struct compare_metric *metrics;
    uint32_t metric_count;
    struct compare_run *runs; /* by replication */
    double *values;           /* [run x metric_count + metric]; NaN: null */
    uint32_t run_count, capacity;
    char key[33]; /* of the scenario (key.h); "": not known */
};

/* Adds a metric; before the first run. */
void compare_side_metric(struct compare_side *s, const char *name, const char *unit,
                         uint32_t row);

/* Adds those of `numbers` that the patterns want (compare_metrics.h). */
void compare_side_choose(struct compare_side *s, const struct trial_numbers *numbers,
                         const char *const *patterns, uint32_t count);

/* Adds a run and returns its values, all NaN, to be filled by metric. */
double *compare_side_run(struct compare_side *s, const struct compare_run *run);

/* Adds a run of the plan whose numbers were chosen from. */
void compare_side_add(struct compare_side *s, const struct trial_numbers *numbers);

/* Index of the metric of that name, NUMBERS_NONE if there is none; looks from `hint` on,
 * then from the beginning. */
uint32_t compare_side_find(const struct compare_side *s, const char *name, uint32_t hint);

void compare_side_free(struct compare_side *s);

#endif
