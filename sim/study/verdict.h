/* A requirement judged over several runs: by the whole interval of its metric.
 *
 *     holds      it does at every value of the interval
 *     fails      it does at none
 *     undecided  at some; or too few runs have a value, so that there is no interval
 *
 * A share that must be 0 and was 0 in every run holds: its interval reaches beyond 0, but
 * no number of runs could show more.
 *
 * A run without a value meets no requirement: of such a metric the verdict is never
 * "holds", and "fails" if no run has one.
 */
#ifndef SIM_STUDY_VERDICT_H
#define SIM_STUDY_VERDICT_H

#include "sim/results/run_record.h"
#include "sim/scenario/expression.h"
#include "sim/study/estimate.h"

enum run_verdict verdict_of(enum expression_op op, double bound,
                            const struct estimate *e);

#endif
