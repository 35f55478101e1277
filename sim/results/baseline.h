/* A baseline: what metrics of some scenarios were, run by run, in one small file to be
 * committed beside the code it watches.
 *
 *     { "format": "portsim baseline 1", "portsim": "0.1.0", "cases": {
 *         "load-080": { "key": "9f...", "seed": "1", "fingerprints": ["7b..."],
 *           "metrics": { "hosts.h.tcp4.probes": { "unit": "probes", "values": [8.4] },
 *                        "apps.h.failure_ratio": { "unit": "1", "always": 0.0 } } } } }
 *
 * Values of single runs, not their means: the runs of today are compared with those of
 * the same replication.  Numbers come back bit for bit.  "always": in every run.
 */
#ifndef SIM_RESULTS_BASELINE_H
#define SIM_RESULTS_BASELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/results/error.h"

struct baseline_metric {
    char *name, *unit;
    double *values; /* of each run; NaN: null */
};

struct baseline_case {
    char *name;
    char *key; /* of the scenario; "": not known */
    uint64_t seed;
    uint64_t *fingerprints; /* of replications 1 .. run_count */
    uint32_t run_count;
    struct baseline_metric *metrics;
    uint32_t metric_count;
};

struct baseline {
    char *version; /* of the program that ran it; not looked at by baseline_write() */
    struct baseline_case *cases;
    uint32_t case_count;
};

/* Whether a baseline may be called so and its folder is there: before anything is
 * simulated for it. */
bool baseline_place(const char *path, struct results_error *error);

/* Whole or not at all; an earlier file of that name is replaced. */
bool baseline_write(const char *path, const struct baseline *b,
                    struct results_error *error);

/* NULL on an error. */
struct baseline *baseline_read(const char *path, struct results_error *error);

void baseline_free(struct baseline *b); /* NULL is allowed */

#endif
