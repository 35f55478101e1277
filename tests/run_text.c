#include "tests/run_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"

static struct text_plan must_be_good(struct text_plan p)
{
    if (!p.plan) {
        issues_print(p.issues, stderr);
        fail_msg("the scenario of this test is not good");
    }
    return p;
}

struct text_plan text_plan_read(const char *text)
{
    struct text_plan p = {.issues = issues_new()};
    p.plan = trial_plan_read_text("test", text, strlen(text), NULL, p.issues);
    return must_be_good(p);
}

struct text_plan text_plan_file(const char *name)
{
    struct text_plan p = {.issues = issues_new()};
    struct scenario_options options = {.library = "scenarios"};
    char *path = memory_print("scenarios/%s.json", name);
    p.plan = trial_plan_read(path, &options, p.issues);
    free(path);
    return must_be_good(p);
}

void text_plan_free(struct text_plan *p)
{
    trial_plan_free(p->plan);
    issues_free(p->issues);
}

double result_metric(const struct trial_result *r, const char *name)
{
    const struct run_metric *m = run_record_metric(&r->record, name);
    if (!m)
        fail_msg("no metric %s", name);
    return m->value;
}

struct estimate replicate(const struct trial_plan *plan, uint32_t n, const char *metric,
                          double confidence)
{
    double *values = memory_new(n, sizeof *values);
    for (uint32_t i = 0; i < n; i++) {
        struct trial_result *r = trial_run(plan, plan->config->seed, i + 1, NULL);
        values[i] = result_metric(r, metric);
        trial_result_free(r);
    }
    struct estimate e = estimate_mean(values, n, confidence);
    free(values);
    return e;
}

static bool asked_for(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

bool quick_run(void)
{
    return asked_for("PORTSIM_QUICK");
}

bool long_run(void)
{
    return asked_for("PORTSIM_LONG");
}
