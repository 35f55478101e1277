/* A against B, run by run: what a change did to each metric, and how sure that is.
 *
 * Runs of the same replication on both sides share their chance (arrivals, lifetimes,
 * peers: sim/engine/random.h), so what is judged is the differences B - A, which vary
 * less than the values do [ECOSYSTEM.md 5: CRN and paired t].  Of every metric:
 *
 *     equal        no run differs
 *     equivalent   the interval of the difference lies inside the margin (two one-sided
 *                  t tests: D. J. Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15
 *                  (1987) 657-680)
 *     better, worse, different
 *                  the interval leaves out zero (paired t) and reaches beyond the margin;
 *                  different where neither way is better
 *     cannot tell  neither; with the runs that would, were the differences what they seem
 *     no data      fewer than two pairs of runs have a value
 *
 * All tests together, over all metrics of all cases: Holm, once over the differences and
 * once over the equivalences, so that a comparison of a thousand metrics that says
 * "worse" of any without cause is one in twenty.  Intervals shown are each metric's own.
 *
 * Not compared is a metric that is null in all runs of both sides, or stayed zero in all
 * of them so that a summary leaves it out.
 */
#ifndef SIM_STUDY_COMPARE_H
#define SIM_STUDY_COMPARE_H

#include "sim/study/compare/compare_metrics.h"
#include "sim/study/compare/compare_side.h"
#include "sim/study/estimate.h"

/* In the order of how soon a reader wants to know. */
enum compare_verdict {
    COMPARE_WORSE,
    COMPARE_BETTER,
    COMPARE_DIFFERENT,
    COMPARE_UNDECIDED,
    COMPARE_NO_DATA,
    COMPARE_EQUIVALENT,
    COMPARE_EQUAL,
    COMPARE_VERDICTS
};

/* "worse", "cannot tell". */
const char *compare_verdict_name(enum compare_verdict verdict);

struct compare_line {
    const char *name, *unit; /* of the side's metric */
    enum compare_better better;
    enum compare_verdict verdict;
    struct estimate a, b;     /* over the pairs */
    struct paired difference; /* B - A */
    double margin;            /* in the metric's unit */
    double p_difference;      /* adjusted; NaN: no data */
    double p_equivalence;     /* adjusted; 1 without a margin */
    uint32_t needed;          /* UNDECIDED: replications in all; UINT32_MAX: no number */
};

/* What is compared under one name: a scenario, or a point of a study. */
struct compare_case {
    char *name;
    struct compare_side a, b;
    struct compare_line *lines; /* in the order of A's metrics */
    uint32_t line_count;
    uint32_t pairs;          /* replications on both sides */
    uint32_t same;           /* of them, runs with one trajectory */
    uint32_t only_a, only_b; /* metrics that the other side does not have */
};

/* How much of a difference nobody minds.  The last whose pattern matches counts. */
struct compare_margin {
    const char *pattern; /* NULL: every metric */
    double value;
    bool relative; /* to A's mean; else in the metric's own unit */
};

struct compare_rule {
    double confidence;
    const struct compare_margin *margins;
    uint32_t margin_count;
};

struct comparison {
    struct compare_case *cases;
    uint32_t case_count;
    double confidence;
    uint32_t verdicts[COMPARE_VERDICTS];
    uint32_t tests;        /* that were corrected for each other */
    double variance_ratio; /* median over the lines that have one; NaN: none has */
};

/* Judges all cases together: fills their lines, and *out, which points to them. */
void compare_judge(struct compare_case *cases, uint32_t count,
                   const struct compare_rule *rule, struct comparison *out);

/* Frees the cases and what they hold. */
void compare_cases_free(struct compare_case *cases, uint32_t count);

#endif
