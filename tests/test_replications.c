/* Several runs as one record: the same whatever the threads, as many as asked for or as
 * precise as asked for, with verdicts on intervals; warm-up and batches of the long run.
 *
 * All runs are of one small host: ten ports, users twice as many as it can serve.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/run_study.h"
#include "sim/study/replications.h"
#include "sim/study/verdict.h"
#include "tests/run_text.h"

/* The host with members of the root more, and so long a run. */
static struct text_plan small_plan(unsigned seconds, const char *more)
{
    char *text = memory_print(
        "{ \"name\": \"small\", \"duration\": \"%us\", %s"
        "  \"hosts\": {"
        "    \"client\": { \"tcp\": { \"range\": [50000, 50009], \"time_wait\": \"4s\" } "
        "},"
        "    \"server\": {} },"
        "  \"phases\": { \"late\": [\"50s\", \"100s\"] },"
        "  \"apps\": { \"pages\": {"
        "    \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"4/s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } } }",
        seconds, more);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

static struct replications *replicate_on(const struct text_plan *p, unsigned threads)
{
    return replications_run(
        &(struct replications_order){.plan = p->plan, .threads = threads});
}

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static const struct run_metric *metric(const struct replications *r, const char *name)
{
    const struct run_metric *m = run_record_metric(&r->record, name);
    if (!m)
        fail_msg("there is no %s", name);
    return m;
}

static void expect_same(const struct run_record *a, const struct run_record *b)
{
    assert_int_equal(a->replications, b->replications);
    assert_true(a->fingerprint == b->fingerprint);
    assert_string_equal(a->study->reason, b->study->reason);
    assert_int_equal(a->metric_count, b->metric_count);
    for (size_t i = 0; i < a->metric_count; i++) {
        assert_string_equal(a->metrics[i].name, b->metrics[i].name);
        assert_true(same_bits(a->metrics[i].value, b->metrics[i].value));
        assert_true(same_bits(a->metrics[i].half_width, b->metrics[i].half_width));
        assert_int_equal(a->metrics[i].runs, b->metrics[i].runs);
    }
    for (size_t i = 0; i < a->study->run_count; i++)
        assert_true(a->study->runs[i].fingerprint == b->study->runs[i].fingerprint);
}

/* --- replications ------------------------------------------------------------------ */

static void test_threads_change_nothing(void **state)
{
    (void)state;
    struct text_plan p = small_plan(300, "\"study\": { \"replications\": 7 },");
    struct replications *alone = replicate_on(&p, 1);
    assert_int_equal(alone->record.replications, 7);
    assert_int_equal(alone->record.study->run_count, 7);
    for (unsigned threads = 2; threads <= 5; threads++) {
        struct replications *together = replicate_on(&p, threads);
        expect_same(&alone->record, &together->record);
        assert_true(alone->events == together->events);
        replications_free(together);
    }
    replications_free(alone);
    text_plan_free(&p);
}

static void test_values_are_means_of_the_runs_and_the_rest_is_of_the_first(void **state)
{
    (void)state;
    struct text_plan p = small_plan(300, "\"study\": { \"replications\": 4 },");
    struct replications *r = replicate_on(&p, 2);
    double sum = 0, squares = 0;
    for (uint32_t i = 1; i <= 4; i++) {
        struct trial_result *one = trial_run(p.plan, 1, i, NULL);
        double value = result_metric(one, "apps.pages.failure_ratio");
        sum += value;
        squares += value * value;
        assert_true(r->record.study->runs[i - 1].fingerprint == one->record.fingerprint);
        if (i == 1) {
            assert_true(r->record.fingerprint == one->record.fingerprint);
            assert_int_equal(r->record.log_count, one->record.log_count);
            assert_int_equal(series_rows(r->record.series),
                             series_rows(one->record.series));
        }
        trial_result_free(one);
    }
    const struct run_metric *m = metric(r, "apps.pages.failure_ratio");
    double deviation = sqrt((squares - sum * sum / 4) / 3);
    assert_true(fabs(m->value - sum / 4) < 1e-12);
    /* t with 3 degrees at 95 %: 3.18245 (any table). */
    assert_true(fabs(m->half_width - 3.18245 * deviation / 2) < 1e-6);
    assert_int_equal(m->runs, 4);
    replications_free(r);
    text_plan_free(&p);
}

/* Few users: in some runs nobody fails, in others somebody does. */
static void test_what_stayed_zero_in_some_runs_is_zero_there(void **state)
{
    (void)state;
    struct text_plan p =
        small_plan(100, "\"study\": { \"replications\": 12 }, \"warm_up\": \"99700ms\",");
    struct replications *r = replicate_on(&p, 2);
    const struct run_metric *m = metric(r, "apps.pages.failures.EADDRNOTAVAIL");
    const struct run_study *study = r->record.study;
    size_t at = (size_t)(m - r->record.metrics), failing = 0;
    for (size_t i = 0; i < 12; i++) {
        assert_true(study->runs[i].values[at] >= 0); /* and no null */
        failing += study->runs[i].values[at] > 0;
    }
    assert_true(failing > 0 && failing < 12);
    assert_int_equal(m->runs, 12);
    assert_int_equal(study->failing[0].runs, failing);
    assert_true(study->failing[0].low < (double)failing / 12 &&
                (double)failing / 12 < study->failing[0].high);
    /* A moment that never came is null: the mean is of those runs in which it did. */
    assert_int_equal(metric(r, "apps.pages.first_failure_s")->runs, failing);
    replications_free(r);
    text_plan_free(&p);
}

/* --- precision --------------------------------------------------------------------- */

static void test_precision_ends_at_the_first_number_that_has_it(void **state)
{
    (void)state;
    struct text_plan p = small_plan(200, "\"study\": { \"precision\": 0.01 },");
    struct replications *r = replicate_on(&p, 3), *again = replicate_on(&p, 1);
    uint32_t n = r->record.replications;
    assert_true(n > STUDY_LEAST && n < 200);
    assert_true(r->record.study->reached && !r->imprecise);
    const struct run_metric *m = metric(r, "apps.pages.failure_ratio");
    assert_true(m->half_width <= 0.01 / 1.01 * m->value);
    expect_same(&r->record, &again->record);
    replications_free(again);
    text_plan_free(&p);
    char *text = memory_print("\"study\": { \"replications\": %u },", n - 1);
    struct text_plan fewer = small_plan(200, text);
    struct replications *before = replicate_on(&fewer, 2);
    m = metric(before, "apps.pages.failure_ratio");
    assert_true(m->half_width > 0.01 / 1.01 * m->value);
    replications_free(before);
    text_plan_free(&fewer);
    free(text);
    replications_free(r);
}

static void test_a_precision_out_of_reach_ends_at_the_cap(void **state)
{
    (void)state;
    struct text_plan p = small_plan(
        100, "\"study\": { \"precision\": 0.0001, \"max_replications\": 12 },");
    struct replications *r = replicate_on(&p, 2);
    assert_int_equal(r->record.replications, 12);
    assert_true(r->imprecise && !r->record.study->reached);
    assert_int_equal(r->record.status, RUN_COMPLETE);
    assert_non_null(strstr(r->record.study->reason, "the most allowed"));
    replications_free(r);
    text_plan_free(&p);
}

/* --- stopping ---------------------------------------------------------------------- */

struct stopper {
    volatile sig_atomic_t flag;
    uint32_t after;
};

static void count(void *context, uint32_t done, uint32_t most)
{
    struct stopper *s = context;
    (void)most;
    if (done == s->after)
        s->flag = 2;
}

static void test_what_had_ended_before_the_stop_is_kept(void **state)
{
    (void)state;
    struct text_plan p = small_plan(100, "\"study\": { \"replications\": 9 },");
    struct stopper s = {.after = 4};
    struct replications *r = replications_run(&(struct replications_order){
        .plan = p.plan, .threads = 1, .stop = &s.flag, .progress = count, .context = &s});
    assert_int_equal(r->record.status, RUN_INTERRUPTED);
    assert_int_equal(r->record.replications, 4);
    assert_non_null(strstr(r->record.study->reason, "interrupted; 9 were asked for"));
    struct text_plan four = small_plan(100, "\"study\": { \"replications\": 4 },");
    struct replications *whole = replicate_on(&four, 1);
    for (size_t i = 0; i < whole->record.metric_count; i++)
        assert_true(same_bits(whole->record.metrics[i].half_width,
                              r->record.metrics[i].half_width));
    replications_free(whole);
    text_plan_free(&four);
    replications_free(r);
    text_plan_free(&p);
}

static void test_stopped_in_the_first_run_it_is_that_run(void **state)
{
    (void)state;
    struct text_plan p = small_plan(40000, "\"study\": { \"replications\": 3 },");
    volatile sig_atomic_t stop = 2;
    for (unsigned threads = 1; threads < 3; threads++) {
        struct replications *r = replications_run(&(struct replications_order){
            .plan = p.plan, .threads = threads, .stop = &stop});
        assert_int_equal(r->record.status, RUN_INTERRUPTED);
        assert_int_equal(r->record.replications, 1);
        assert_true(r->record.simulated < 40000 * SIM_S);
        assert_null(r->record.study);
        replications_free(r);
    }
    text_plan_free(&p);
}

/* --- verdicts ---------------------------------------------------------------------- */

static void test_a_verdict_needs_the_whole_interval(void **state)
{
    (void)state;
    static const struct {
        enum expression_op op;
        double value, half_width;
        enum run_verdict verdict; /* against 10 */
    } cases[] = {
        {EXPRESSION_AT_MOST, 9, 1, RUN_HOLDS},
        {EXPRESSION_AT_MOST, 9, 1.5, RUN_UNDECIDED},
        {EXPRESSION_AT_MOST, 11, 0.5, RUN_FAILS},
        {EXPRESSION_AT_MOST, 11, 1, RUN_UNDECIDED},
        {EXPRESSION_BELOW, 9, 1, RUN_UNDECIDED},
        {EXPRESSION_BELOW, 11, 1, RUN_FAILS},
        {EXPRESSION_AT_LEAST, 11, 1, RUN_HOLDS},
        {EXPRESSION_ABOVE, 11, 1, RUN_UNDECIDED},
        {EXPRESSION_ABOVE, 12, 1, RUN_HOLDS},
        {EXPRESSION_EQUAL, 10, 0, RUN_HOLDS},
        {EXPRESSION_EQUAL, 10, 1, RUN_UNDECIDED},
        {EXPRESSION_EQUAL, 12, 1, RUN_FAILS},
        {EXPRESSION_UNEQUAL, 12, 1, RUN_HOLDS},
        {EXPRESSION_UNEQUAL, 10, 1, RUN_UNDECIDED},
        {EXPRESSION_UNEQUAL, 10, 0, RUN_FAILS},
        {EXPRESSION_AT_MOST, 9, (double)NAN, RUN_UNDECIDED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct estimate e = {
            .value = cases[i].value, .half_width = cases[i].half_width, .n = 5};
        if (verdict_of(cases[i].op, 10, &e) != cases[i].verdict)
            fail_msg("case %zu: is %s", i,
                     run_verdict_name(verdict_of(cases[i].op, 10, &e)));
    }
}

static void test_no_data_meets_no_requirement(void **state)
{
    (void)state;
    struct estimate none = {(double)NAN, (double)NAN, (double)NAN, 0, 5};
    struct estimate some = {9, 0.1, 1, 4, 1};
    assert_int_equal(verdict_of(EXPRESSION_AT_MOST, 10, &none), RUN_FAILS);
    assert_int_equal(verdict_of(EXPRESSION_UNEQUAL, 10, &none), RUN_FAILS);
    assert_int_equal(verdict_of(EXPRESSION_AT_MOST, 10, &some), RUN_UNDECIDED);
    assert_int_equal(verdict_of(EXPRESSION_AT_MOST, 8, &some), RUN_FAILS);
}

static void test_requirements_of_a_study_are_judged_by_intervals(void **state)
{
    (void)state;
    struct text_plan p =
        small_plan(200, "\"study\": { \"replications\": 5 },"
                        "\"require\": [ \"apps.pages.failure_ratio >= 30%\","
                        "  \"apps.pages.failure_ratio <= 30%\","
                        "  \"apps.pages.attempts != 800\","
                        "  \"hosts.client.tcp4.in_use_max@late == 10\" ],");
    struct replications *r = replicate_on(&p, 2);
    const struct run_requirement *q = r->record.requirements;
    assert_int_equal(q[0].verdict, RUN_HOLDS);
    assert_int_equal(q[1].verdict, RUN_FAILS);
    assert_int_equal(q[2].verdict, RUN_UNDECIDED); /* 800 are expected */
    assert_int_equal(q[3].verdict, RUN_HOLDS);
    assert_true(!r->all_hold && !r->none_fails);
    assert_true(q[0].half_width > 0 && q[0].runs == 5);
    replications_free(r);
    text_plan_free(&p);
}

/* --- the long run ------------------------------------------------------------------ */

static void test_a_long_run_loses_its_beginning(void **state)
{
    (void)state;
    /* In use rises from nothing within a few seconds: a few per cent of the run. */
    struct text_plan p =
        small_plan(400, "\"study\": { \"kind\": \"steady\", \"replications\": 3,"
                        "  \"watch\": [ \"hosts.client.tcp4.in_use\" ] },");
    struct replications *r = replicate_on(&p, 2);
    double cut = r->record.study->warm_up_s;
    if (!(cut >= 4 && cut <= 40))
        fail_msg("a warm-up of %g s", cut);
    assert_true(p.plan->config->warm_up == (sim_ns)llround(cut * 1e9));
    assert_int_equal(r->record.study->warning_count, 0);
    /* The stored scenario states it, so that the run can be had again. */
    assert_non_null(strstr(r->record.resolved_scenario, "\"warm_up\": \""));
    assert_null(strstr(r->record.resolved_scenario, "\"warm_up\": \"0s\""));
    replications_free(r);
    text_plan_free(&p);
}

static void test_a_stated_warm_up_is_left_alone(void **state)
{
    (void)state;
    struct text_plan p =
        small_plan(100, "\"warm_up\": \"30s\", \"study\": { \"kind\": \"steady\" },");
    assert_false(replications_is_one(p.plan));
    struct replications *r = replicate_on(&p, 1);
    assert_true(isnan(r->record.study->warm_up_s));
    assert_true(p.plan->config->warm_up == 30 * SIM_S);
    replications_free(r);
    text_plan_free(&p);
}

/* The load grows to the very end: there is no long run to speak of. */
static void test_a_transient_that_never_ends_is_warned_of(void **state)
{
    (void)state;
    struct text_plan p =
        small_plan(200, "\"changes\": [ { \"at\": \"140s\", \"set\": {"
                        "  \"apps.pages.arrivals.rate\": \"40/s\" } } ],"
                        "\"study\": { \"kind\": \"steady\","
                        "  \"watch\": [ \"apps.pages.attempts_per_s\" ] },");
    struct replications *r = replicate_on(&p, 2);
    assert_int_equal(r->record.study->warning_count, 1);
    assert_non_null(strstr(r->record.study->warnings[0], "too short for an answer"));
    assert_true(p.plan->config->warm_up == 100 * SIM_S);
    replications_free(r);
    text_plan_free(&p);
}

static void test_moments_and_extremes_tell_no_warm_up(void **state)
{
    (void)state;
    struct text_plan p =
        small_plan(200, "\"study\": { \"kind\": \"steady\","
                        "  \"watch\": [ \"apps.pages.first_failure_s\" ] },");
    struct replications *r = replicate_on(&p, 2);
    assert_int_equal(r->record.study->warning_count, 1);
    assert_non_null(strstr(r->record.study->warnings[0], "only moments and extremes"));
    assert_true(p.plan->config->warm_up == 0);
    replications_free(r);
    text_plan_free(&p);
}

static void test_batches_of_one_run_give_its_intervals(void **state)
{
    (void)state;
    struct text_plan p =
        small_plan(4000, "\"warm_up\": \"40s\","
                         "\"study\": { \"kind\": \"steady\", \"batches\": 20 },"
                         "\"require\": [ \"apps.pages.failure_ratio >= 30%\" ],");
    struct replications *r = replicate_on(&p, 2);
    struct trial_result *one = trial_run(p.plan, 1, 1, NULL);
    const struct run_metric *ratio = metric(r, "apps.pages.failure_ratio");
    const struct run_metric *attempts = metric(r, "apps.pages.attempts");
    assert_int_equal(r->record.replications, 1);
    assert_int_equal(r->record.study->run_count, 0);
    /* The values are those of the run, ... */
    assert_true(same_bits(ratio->value, result_metric(one, "apps.pages.failure_ratio")));
    assert_true(same_bits(attempts->value, result_metric(one, "apps.pages.attempts")));
    /* ... a Poisson count of 15,840 has a deviation of 126, so t(19) = 2.093 of them
     * are 263; the estimate from 20 batches is within a half of it (chi-square, 0.2 %) */
    assert_in_range((uint64_t)attempts->half_width, 263 / 2, 263 * 3 / 2);
    assert_true(ratio->half_width > 0 && ratio->half_width < 0.05);
    /* ... and parts tell nothing of an extreme, or of a phase. */
    assert_true(isnan(metric(r, "hosts.client.tcp4.in_use_max")->half_width));
    assert_true(isnan(metric(r, "apps.pages.failure_ratio@late")->half_width));
    assert_int_equal(r->record.requirements[0].verdict, RUN_HOLDS);
    trial_result_free(one);
    replications_free(r);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_values_are_means_of_the_runs_and_the_rest_is_of_the_first),
        cmocka_unit_test(test_what_stayed_zero_in_some_runs_is_zero_there),
        cmocka_unit_test(test_precision_ends_at_the_first_number_that_has_it),
        cmocka_unit_test(test_a_precision_out_of_reach_ends_at_the_cap),
        cmocka_unit_test(test_what_had_ended_before_the_stop_is_kept),
        cmocka_unit_test(test_stopped_in_the_first_run_it_is_that_run),
        cmocka_unit_test(test_a_verdict_needs_the_whole_interval),
        cmocka_unit_test(test_no_data_meets_no_requirement),
        cmocka_unit_test(test_requirements_of_a_study_are_judged_by_intervals),
        cmocka_unit_test(test_a_long_run_loses_its_beginning),
        cmocka_unit_test(test_a_stated_warm_up_is_left_alone),
        cmocka_unit_test(test_a_transient_that_never_ends_is_warned_of),
        cmocka_unit_test(test_moments_and_extremes_tell_no_warm_up),
        cmocka_unit_test(test_batches_of_one_run_give_its_intervals),
    };
    return cmocka_run_group_tests_name("replications", tests, NULL, NULL);
}
