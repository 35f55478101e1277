/* Everything one run leaves behind, as the trial hands it over and as it is read back.
 *
 * A plain struct that points to what others own: whoever fills it keeps the texts and
 * arrays alive while it is used.  Order is kept everywhere: metrics and events are
 * written, read and printed as they stand here.
 */
#ifndef SIM_RESULTS_RUN_RECORD_H
#define SIM_RESULTS_RUN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/time.h"
#include "sim/results/series.h"

enum run_status { RUN_COMPLETE, RUN_INTERRUPTED };

struct run_metric {
    const char *name;  /* whole path, with @phase if it has one */
    const char *unit;  /* "1", "s", "ports" */
    double value;      /* NaN: null, the metric has no value */
    double half_width; /* of its 95 % interval; NaN: null, one replication */
};

enum run_verdict { RUN_HOLDS, RUN_FAILS, RUN_UNDECIDED };

struct run_requirement {
    const char *expression; /* as the scenario states it */
    double value;           /* what the metric was; NaN: null */
    enum run_verdict verdict;
};

/* One line of the log an operator would see.  Absent texts are NULL or "". */
struct run_event {
    sim_ns when;
    const char *host;
    const char *process;
    const char
        *kind; /* "change", "exhaustion-begins", "exhaustion-ends", "first-failure" */
    const char *detail; /* "hosts.proxy.tcp.fin_wait_2 = 1min" */
};

struct run_record {
    const char *version;  /* of the program that ran it; NULL: this one */
    const char *scenario; /* its name */
    uint64_t seed;
    uint32_t replications;
    enum run_status status;
    sim_ns simulated; /* how far it came */
    uint64_t events;
    uint64_t connections;
    uint64_t fingerprint;

    const struct run_metric *metrics;
    size_t metric_count;
    const struct run_requirement *requirements;
    size_t requirement_count;
    const struct run_event *log; /* in order of time */
    size_t log_count;
    const struct series *series;   /* of replication 1 */
    const char *resolved_scenario; /* JSON text */
};

/* "complete", "interrupted"; "holds", "fails", "undecided". */
const char *run_status_name(enum run_status status);
const char *run_verdict_name(enum run_verdict verdict);

/* The other way; false if there is no such word. */
bool run_status_find(const char *name, enum run_status *out);
bool run_verdict_find(const char *name, enum run_verdict *out);

/* NULL when the record has no metric of that name.  Looks through all of them. */
const struct run_metric *run_record_metric(const struct run_record *r, const char *name);

#endif
