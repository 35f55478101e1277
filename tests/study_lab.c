#include "tests/study_lab.h"

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
#include "sim/study/store/store_export.h"
#include "tests/scratch.h"

/* In an order that is not that of the table. */
static const char *const rates[] = {"12/s", "150/min", "5/s"};
static const char *const waits[] = {"4s", "1500ms"};

#define RATE "apps.pages.arrivals.rate"
#define WAIT "hosts.client.tcp.time_wait"

static struct trial_plan *read_plan_of(struct study_lab *lab, const char *text,
                                       const char *const *settings, uint32_t count)
{
    struct scenario_options options = {.settings = settings, .setting_count = count};
    struct trial_plan *plan =
        trial_plan_read_text("lab", text, strlen(text), &options, lab->issues);
    if (!plan) {
        issues_print(lab->issues, stderr);
        fail_msg("the scenario of this test is not good");
    }
    return plan;
}

struct study_lab study_lab_new(const char *more)
{
    struct study_lab lab = {.issues = issues_new()};
    char *text = memory_print(
        "{ \"name\": \"lab\", \"duration\": \"100s\", %s \"network\": { \"rtt\": \"8ms\" "
        "}, \"phases\": { \"late\": [\"80s\", \"100s\"] },"
        "  \"hosts\": { \"client\": { \"tcp\": { \"time_wait\": \"4s\","
        "    \"range\": [50000, 50009] } }, \"server\": {} },"
        "  \"apps\": { \"pages\": { \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"4/s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } } }",
        more);
    lab.base = read_plan_of(&lab, text, NULL, 0);
    for (uint32_t i = 0; i < LAB_POINTS; i++) {
        struct lab_point *p = &lab.points[i];
        p->settings[0] = memory_print(RATE "=%s", rates[i % 3]);
        p->settings[1] = memory_print(WAIT "=%s", waits[i / 3]);
        p->plan = read_plan_of(&lab, text, (const char *const *)p->settings, 2);
        study_key(p->plan, p->key);
    }
    free(text);
    return lab;
}

void study_lab_free(struct study_lab *lab)
{
    for (uint32_t i = 0; i < LAB_POINTS; i++) {
        trial_plan_free(lab->points[i].plan);
        free(lab->points[i].settings[0]);
        free(lab->points[i].settings[1]);
    }
    trial_plan_free(lab->base);
    issues_free(lab->issues);
}

struct trial_numbers *study_lab_run(const struct study_lab *lab, uint32_t point,
                                    uint32_t replication)
{
    const struct trial_plan *plan = lab->points[point].plan;
    struct trial_result *r = trial_run(plan, plan->config->seed, replication,
                                       &(struct trial_watch){.keeps = TRIAL_NUMBERS});
    struct trial_numbers *numbers = r->numbers;
    r->numbers = NULL;
    trial_result_free(r);
    return numbers;
}

uint32_t study_lab_put_point(const struct study_lab *lab, struct study_store *store,
                             uint32_t point)
{
    const struct lab_point *p = &lab->points[point];
    struct results_error error;
    uint32_t number =
        store_point(store, p->key, (const char *const *)p->settings, 2, &error);
    if (number == STORE_NONE)
        fail_msg("%s", error.text);
    return number;
}

struct study_store *study_lab_open(const struct study_lab *lab, const char *directory)
{
    struct results_error error;
    struct study_store *store = store_open(directory, lab->base, &error);
    if (!store)
        fail_msg("%s", error.text);
    return store;
}

/* --- a whole study ------------------------------------------------------------------ */

struct labour {
    struct study_store *store;
    struct results_error *error;
    bool failed;
};

static bool done(void *context, struct study_job *job)
{
    struct labour *l = context;
    l->failed = !store_put(l->store, job->point, job->numbers, l->error);
    return !l->failed;
}

/* What is missing of this shard; the points of other shards are known too. */
static bool collect(const struct study_lab *lab, struct study_store *store,
                    const struct lab_work *work, struct study_job *jobs, size_t *count,
                    struct results_error *error)
{
    bool *missing = memory_new(work->replications, sizeof *missing);
    uint32_t job = 0;
    bool good = true;
    *count = 0;
    for (uint32_t i = 0; i < LAB_POINTS && good; i++) {
        const struct lab_point *p = &lab->points[i];
        uint32_t point =
            store_point(store, p->key, (const char *const *)p->settings, 2, error);
        good = point != STORE_NONE &&
               store_missing(store, point, work->replications, missing, error);
        for (uint32_t k = 0; k < work->replications && good; k++, job++)
            if (missing[k] && (!work->shards || job % work->shards == work->shard))
                jobs[(*count)++] = (struct study_job){.plan = p->plan,
                                                      .seed = p->plan->config->seed,
                                                      .replication = k + 1,
                                                      .point = point};
    }
    free(missing);
    return good;
}

static bool work_in(const struct study_lab *lab, struct study_store *store,
                    const struct lab_work *work, struct results_error *error)
{
    static const char *const axes[] = {RATE, WAIT};
    struct labour labour = {.store = store, .error = error};
    struct workers workers = {.threads = work->threads, .done = done, .context = &labour};
    struct study_job *jobs = memory_new(LAB_POINTS * work->replications, sizeof *jobs);
    size_t count;
    bool good = store_axes(store, axes, 2, error) &&
                collect(lab, store, work, jobs, &count, error);
    if (good) {
        workers_run(&workers, jobs, count);
        good = !labour.failed && store_export(store, RUN_COMPLETE, error);
    }
    free(jobs);
    return good;
}

bool study_lab_work(const struct study_lab *lab, const char *directory,
                    const struct lab_work *work, struct results_error *error)
{
    struct study_store *store = store_open(directory, lab->base, error);
    bool good = store && work_in(lab, store, work, error);
    store_close(store);
    return good;
}

void expect_same_exports(const char *a, const char *b)
{
    static const char *const files[] = {STUDY_SCENARIO, STUDY_RESULTS, STUDY_RESULTS_JSON,
                                        STUDY_RUNS};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *x = scratch_get(a, files[i]), *y = scratch_get(b, files[i]);
        assert_non_null(x);
        assert_non_null(y);
        if (strcmp(x, y) != 0)
            fail_msg("%s of %s and %s differ", files[i], a, b);
        free(x);
        free(y);
    }
}
