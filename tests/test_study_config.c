/* "study" of a scenario: its defaults, what it watches, what is said against a bad one,
 * and a warm-up that is found later. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/complaints.h"
#include "tests/run_text.h"

/* Two apps on one small host, with members of the root more: "\"study\": {...},". */
static char *small_text(const char *more)
{
    return memory_print(
        "{ \"name\": \"small\", \"duration\": \"500s\", %s"
        "  \"hosts\": { \"client\": { \"tcp\": { \"range\": [50000, 50009] } },"
        "    \"server\": {} },"
        "  \"phases\": { \"late\": [\"400s\", \"500s\"] },"
        "  \"apps\": {"
        "    \"pages\": { \"from\": \"client\", \"to\": \"server:80\","
        "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"1/s\" },"
        "      \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } },"
        "    \"mails\": { \"from\": \"client\", \"to\": \"server:25\","
        "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"1/s\" },"
        "      \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } } }",
        more);
}

static struct text_plan small_plan(const char *more)
{
    char *text = small_text(more);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

static void expect_watch(const char *more, const char *const *expected, uint32_t count)
{
    struct text_plan p = small_plan(more);
    assert_int_equal(p.plan->watch_count, count);
    for (uint32_t i = 0; i < count; i++)
        assert_string_equal(p.plan->watch[i], expected[i]);
    text_plan_free(&p);
}

static void test_a_scenario_that_says_nothing_is_one_terminating_run(void **state)
{
    (void)state;
    struct text_plan p = small_plan("");
    const struct study_config *c = &p.plan->config->study;
    assert_int_equal(c->kind, STUDY_TERMINATING);
    assert_int_equal(c->replications, 1);
    assert_int_equal(c->batches, 0);
    assert_true(c->precision <= 0);
    assert_true(c->confidence == 0.95);
    text_plan_free(&p);
}

static void test_what_is_watched_is_asked_for_or_required_or_fails(void **state)
{
    (void)state;
    expect_watch(
        "", (const char *const[]){"apps.pages.failure_ratio", "apps.mails.failure_ratio"},
        2);
    expect_watch(
        "\"require\": [ \"apps.pages.failures <= 5\","
        "  \"apps.mails.failure_ratio@late <= 1%\","
        "  \"apps.pages.failures >= 0\" ],",
        (const char *const[]){"apps.pages.failures", "apps.mails.failure_ratio@late"}, 2);
    expect_watch("\"require\": [ \"apps.pages.failures <= 5\" ],"
                 "\"study\": { \"watch\": [ \"apps.mails.successes@late\" ] },",
                 (const char *const[]){"apps.mails.successes@late"}, 1);
}

static void test_a_bad_study_is_refused_with_its_rule(void **state)
{
    (void)state;
    static const struct {
        const char *study, *path, *says, *meant;
    } cases[] = {
        {"\"batches\": 20", "study.batches", "this one is terminating", NULL},
        {"\"kind\": \"steady\", \"batches\": 3", "study.batches", "at least 5", NULL},
        {"\"kind\": \"steady\", \"batches\": 20, \"replications\": 5", "study.batches",
         "are parts of one run", NULL},
        {"\"precision\": 0.02, \"max_replications\": 9", "study.max_replications",
         "must be at least 10", NULL},
        {"\"precision\": 0.02, \"replications\": 300", "study.max_replications",
         "must be at least 300 where a precision is asked for, is 200", NULL},
        {"\"replications\": 0", "study.replications", "must be between 1 and 100000",
         NULL},
        {"\"precision\": \"2%\"", "study.precision", "must be a number", NULL},
        {"\"watch\": [ \"apps.page.failures\" ]", "study.watch[0]",
         "there is no metric \"apps.page.failures\"", "apps.pages.failures"},
        {"\"watch\": [ \"apps.pages.failures\", \"apps.pages.failures@lat\" ]",
         "study.watch[1]", "there is no phase \"lat\"", "late"},
        {"\"watch\": [ \"apps.pages.failures@\" ]", "study.watch[0]",
         "names no phase after the @", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *more = memory_print("\"study\": { %s },", cases[i].study);
        char *text = small_text(more);
        struct issues *issues = issues_new();
        struct trial_plan *plan =
            trial_plan_read_text("small", text, strlen(text), NULL, issues);
        assert_null(plan);
        expect_issue(issues_get(issues, 0), cases[i].path, cases[i].says, cases[i].meant);
        issues_free(issues);
        free(text);
        free(more);
    }
}

static void test_a_warm_up_found_later_is_as_if_written(void **state)
{
    (void)state;
    struct text_plan later = small_plan(""),
                     written = small_plan("\"warm_up\": \"90s\",");
    struct trial_result *whole = trial_run(later.plan, 1, 1, NULL);
    trial_plan_warm_up(later.plan, 90 * SIM_S);
    struct trial_result *a = trial_run(later.plan, 1, 1, NULL);
    struct trial_result *b = trial_run(written.plan, 1, 1, NULL);
    assert_string_equal(a->record.resolved_scenario, b->record.resolved_scenario);
    assert_true(result_metric(a, "apps.pages.attempts") ==
                result_metric(b, "apps.pages.attempts"));
    assert_true(result_metric(whole, "apps.pages.attempts") >
                result_metric(a, "apps.pages.attempts"));
    assert_true(whole->record.fingerprint == a->record.fingerprint);
    trial_result_free(whole);
    trial_result_free(a);
    trial_result_free(b);
    text_plan_free(&later);
    text_plan_free(&written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_scenario_that_says_nothing_is_one_terminating_run),
        cmocka_unit_test(test_what_is_watched_is_asked_for_or_required_or_fails),
        cmocka_unit_test(test_a_bad_study_is_refused_with_its_rule),
        cmocka_unit_test(test_a_warm_up_found_later_is_as_if_written),
    };
    return cmocka_run_group_tests_name("study_config", tests, NULL, NULL);
}
