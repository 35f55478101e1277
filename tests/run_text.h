/* Scenarios written in a test: read, run, asked for a metric. */
#ifndef TESTS_RUN_TEXT_H
#define TESTS_RUN_TEXT_H

#include "sim/scenario/issues.h"
#include "sim/study/estimate.h"
#include "sim/trial/trial.h"

struct text_plan {
    struct trial_plan *plan;
    struct issues *issues;
};

/* Fails the test, with all complaints, when the text is not a good scenario. */
struct text_plan text_plan_read(const char *text);
void text_plan_free(struct text_plan *p);

/* Reads a file of scenarios/. */
struct text_plan text_plan_file(const char *name);

/* Value of a metric of a result; fails the test when there is none of that name. */
double result_metric(const struct trial_result *r, const char *name);

/* The mean of `metric` over replications 1 .. n, with its interval of that confidence. */
struct estimate replicate(const struct trial_plan *plan, uint32_t n, const char *metric,
                          double confidence);

/* True when the environment asks for a quick run (PORTSIM_QUICK): sanitizers are slow. */
bool quick_run(void);

/* True when it asks for a long one (PORTSIM_LONG, make test-long): counts large enough to
 * be published. */
bool long_run(void);

#endif
