/* The numbers of stored runs or studies against those of the first: paired where their
 * replications are (sim/study/compare). */
#ifndef SIM_CLI_REPORT_DIFFERENCES_H
#define SIM_CLI_REPORT_DIFFERENCES_H

#include "sim/results/html.h"
#include "sim/results/run_record.h"
#include "sim/study/compare/compare.h"

/* One of several, against the first. */
struct report_difference {
    struct compare_case *cases; /* owned */
    uint32_t count;
    struct comparison result; /* points to them */
};

/* Of one run each way there is a difference, but no interval. */
void report_difference_of_runs(struct report_difference *d, const struct run_record *a,
                               const struct run_record *b);

/* Of two studies on the disk, point by point.  False on an error. */
bool report_difference_of_studies(struct report_difference *d, const char *a,
                                  const char *b, struct results_error *error);

void report_difference_free(struct report_difference *d);

/* "B is worse in 2 of 14 metrics ...", and the metrics that differ in a table, the others
 * folded away.  `a` and `b` are what the two are called. */
void report_difference_put(struct html *h, const struct report_difference *d,
                           const char *a, const char *b);

#endif
