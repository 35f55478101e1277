/* What a run directory of several replications says beside the metrics: "study" of
 * summary.json, and replications.csv, one row a replication.
 *
 *     replication,seed,fingerprint,events,connections,<every metric of the summary>
 *
 * A metric that a replication has no value of is an empty cell; one that stayed zero
 * there, and was left out of its own summary, is 0.
 */
#ifndef SIM_RESULTS_RUN_STUDY_H
#define SIM_RESULTS_RUN_STUDY_H

#include "sim/base/json.h"
#include "sim/base/texts.h"
#include "sim/results/error.h"
#include "sim/results/json_read.h"
#include "sim/results/run_record.h"

#define RUN_REPLICATIONS "replications.csv"

/* One run of several. */
struct run_replication {
    uint32_t number;
    uint64_t fingerprint, events, connections;
    const double *values; /* by metric of the record; NaN: null */
};

/* How many of the runs had a failure, and between which shares that puts those of all
 * runs there could be. */
struct run_failing {
    const char *app;
    uint32_t runs;
    double low, high;
};

struct run_study {
    const char *kind;            /* "terminating", "steady" */
    const char *reason;          /* why so many runs: a sentence without its full stop */
    double confidence;           /* of the intervals */
    double precision;            /* asked for, half-width / mean; 0: none was */
    bool reached;                /* that precision */
    uint32_t batches;            /* of one run; 0: replications */
    double warm_up_s;            /* found by MSER-5; NaN: nobody looked for it */
    const char *const *warnings; /* sentences */
    size_t warning_count;
    const struct run_failing *failing; /* by app of the record */
    size_t failing_count;
    const struct run_replication *runs; /* by number; none of a run in batches */
    size_t run_count;
};

/* The first replication alone, with its own metrics in `metrics`, which has room for
 * those of the record; of one run the record as it is. */
struct run_record run_study_first(const struct run_record *r, struct run_metric *metrics);

/* Writes the member "study". */
void run_study_write(struct json_text *j, const struct run_study *study);

void run_replications_write(const struct run_record *r, struct safe_file *file);

/* The way back.  {0} is none; owns what `study` points to, but for texts of the JSON. */
struct stored_study {
    struct run_study study;
    const char **warnings;
    struct run_failing *failing;
    struct run_replication *runs;
    double *values;
};

/* Reads "study" of a summary. */
void run_study_read(struct json_source *s, const cJSON *summary,
                    struct stored_study *out);

/* Reads the rows of a record whose metrics and study are read. */
bool run_replications_read(const struct run_record *r, struct stored_study *out,
                           const struct safe_directory *d, struct results_error *error);

void stored_study_free(struct stored_study *s);

#endif
