/* Why did it fail, who holds the ports, what would help: a judgement of a run by what it
 * left, or of a capture of a real machine.
 *
 * Reads the record alone, never the scenario.  What would help is computed from measured
 * rates and closed forms, and is marked as theory.  Cost: a few passes over the series
 * for each pool.
 */
#ifndef SIM_VIEWS_DIAGNOSE_H
#define SIM_VIEWS_DIAGNOSE_H

#include <stdio.h>

#include "sim/base/json.h"
#include "sim/views/diagnose_causes.h"

#define VERDICT_CAUSES 32

/* A cause that holds. */
struct verdict_cause {
    const struct cause *cause;
    struct weight weight;
};

/* The judgement of one pool. */
struct verdict {
    struct pool_case *figures;
    const struct cause *main; /* NULL: nothing is wrong */
    struct verdict_cause
        causes[VERDICT_CAUSES]; /* that hold: main first, then by share */
    uint32_t count;
    double hurt; /* attempts that failed here, or were slow: which pool comes first */
};

struct diagnosis {
    const struct run_record *record;
    struct verdict *verdicts; /* a pool each, the worst first */
    size_t count;
};

/* The record must outlive it; without pools there are no verdicts. */
struct diagnosis *diagnosis_new(const struct run_record *record);
void diagnosis_free(struct diagnosis *d); /* NULL is allowed */

/* One screen, or with `all` every cause of every pool with the figures for and against.
 */
void diagnosis_print(FILE *out, const struct diagnosis *d, bool all, bool colour);

void diagnosis_json(struct json_text *j, const char *key, const struct diagnosis *d);

#endif
