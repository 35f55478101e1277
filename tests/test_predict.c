/* What closed forms say of a scenario, against simulations of it: what is called exact
 * lies inside the interval of the runs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/study/estimate.h"
#include "sim/theory/theory.h"
#include "tests/loss_system.h"

/* The prediction, which must be there. */
static double predicted(const struct trial_plan *plan, const char *metric, bool exact)
{
    double value = NAN;
    const char *formula = NULL;
    bool is_exact = false;
    if (!theory_predict(plan, metric, &value, &formula, &is_exact))
        fail_msg("no closed form for %s", metric);
    if (is_exact != exact)
        fail_msg("%s by %s is called %s", metric, formula,
                 is_exact ? "exact" : "approximate");
    return value;
}

enum { RUNS = 10 };

/* Each inside the 99 % interval of the runs. */
static void assert_inside(const struct trial_plan *plan, bool exact,
                          const char *const metrics[])
{
    struct trial_result *runs[RUNS];
    const struct trial_numbers *numbers[RUNS];
    for (uint32_t i = 0; i < RUNS; i++) {
        runs[i] =
            trial_run(plan, 1, i + 1, &(struct trial_watch){.keeps = TRIAL_NUMBERS});
        numbers[i] = runs[i]->numbers;
    }
    for (; *metrics; metrics++) {
        double value = predicted(plan, *metrics, exact);
        uint32_t row = trial_numbers_find(numbers[0], *metrics);
        assert_int_not_equal(row, NUMBERS_NONE);
        struct estimate seen = estimate_number(numbers, RUNS, row, 0.99);
        printf("  %s: %.6g, simulated %.6g +- %.2g\n", *metrics, value, seen.value,
               seen.half_width);
        /* What is the same in every run differs by rounding alone. */
        assert_true(fabs(value - seen.value) <= seen.half_width + 1e-9 * fabs(value));
    }
    for (uint32_t i = 0; i < RUNS; i++)
        trial_result_free(runs[i]);
}

static void test_a_loss_system_is_predicted_in_all_its_numbers(void **state)
{
    (void)state;
    struct loss_system system = {.ports = 64,
                                 .load = 60,
                                 .lifetime = LIFETIME_LOGNORMAL,
                                 .warm_up_s = 20,
                                 .measured_s = 600};
    struct text_plan p = loss_system_plan(&system);
    static const char *const metrics[] = {"apps.a.failure_ratio",
                                          "apps.a.attempts",
                                          "apps.a.successes_per_s",
                                          "apps.a.open",
                                          "hosts.client.tcp4.in_use",
                                          "hosts.client.tcp4.outgoing.ESTABLISHED",
                                          "hosts.client.tcp4.allocation_failures",
                                          "hosts.client.tcp4.reuse_interval_s",
                                          "hosts.client.tcp4.capacity",
                                          NULL};
    assert_inside(p.plan, true, metrics);
    text_plan_free(&p);
}

static void test_a_bounded_redraw_is_predicted_with_its_probes(void **state)
{
    (void)state;
    struct loss_system system = {.ports = 256,
                                 .load = 240,
                                 .lifetime = LIFETIME_EXPONENTIAL,
                                 .allocator = "{\"kind\": \"sg-legacy-b\", \"tries\": 8}",
                                 .warm_up_s = 20,
                                 .measured_s = 200};
    struct text_plan p = loss_system_plan(&system);
    static const char *const metrics[] = {"apps.a.failure_ratio",
                                          "hosts.client.tcp4.probes",
                                          "hosts.client.tcp4.in_use", NULL};
    assert_inside(p.plan, true, metrics);
    text_plan_free(&p);
}

/* Who comes again in the same instant finds the range as full as it was: the attempts
 * fail as if nobody did, and each failure counts four times. */
static void test_retries_without_a_pause_change_nothing_but_their_number(void **state)
{
    (void)state;
    struct loss_system system = {.ports = 64,
                                 .load = 60,
                                 .lifetime = LIFETIME_EXPONENTIAL,
                                 .on_failure = "{\"retries\": 3, \"backoff\": \"0s\"}",
                                 .warm_up_s = 20,
                                 .measured_s = 600};
    struct text_plan p = loss_system_plan(&system);
    static const char *const metrics[] = {"apps.a.failure_ratio",
                                          "apps.a.try_failure_ratio",
                                          "apps.a.tries_per_attempt",
                                          "hosts.client.tcp4.in_use",
                                          "hosts.client.tcp4.allocation_failures",
                                          NULL};
    assert_inside(p.plan, true, metrics);
    assert_true(fabs(predicted(p.plan, "apps.a.failure_ratio", true) - 0.0603627) < 5e-8);
    text_plan_free(&p);
}

/* A NAT gateway of 64 ports toward one destination, 60 s after each close; who is dropped
 * sends no SYN again.  At 61.2 s each, 1/s is 61.2 erlang. */
static void test_a_gateway_loses_as_its_outside_ports_say(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"nat\", \"duration\": \"6h\", \"warm_up\": \"20min\", "
        "\"sample_every\": \"10min\", \"network\": {\"rtt\": \"100ms\"}, \"hosts\": "
        "{\"inside\": {\"gateway\": \"nat\", \"tcp\": {\"syn\": {\"rto\": \"3s\", "
        "\"retries\": 0, \"linear\": 0}}}, \"nat\": {\"nat\": \"aws-nat\", "
        "\"translation\": {\"allocator\": {\"kind\": \"aws-nat\", \"per_destination\": "
        "64}}}, \"api\": {}}, \"apps\": {\"a\": {\"from\": \"inside\", \"to\": "
        "\"api:443\", \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"1/s\"}, "
        "\"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"}}}}");
    static const char *const metrics[] = {"apps.a.failure_ratio", "hosts.nat.tcp4.in_use",
                                          NULL};
    assert_inside(p.plan, false, metrics);
    assert_true(fabs(predicted(p.plan, "apps.a.failure_ratio", false) -
                     erlang_b(64, 61.2)) < 1e-9);
    text_plan_free(&p);
}

static void test_where_no_form_applies_nothing_is_predicted(void **state)
{
    (void)state;
    double value = 0;
    const char *formula = NULL;
    bool exact = false;
    struct text_plan p = text_plan_file("load-test-back-to-back");
    assert_false(
        theory_predict(p.plan, "apps.none.failure_ratio", &value, &formula, &exact));
    assert_false(theory_predict(p.plan, "hosts.none.tcp4.in_use@absent", &value, &formula,
                                &exact));
    text_plan_free(&p);
    struct loss_system system = {.ports = 64,
                                 .load = 60,
                                 .lifetime = LIFETIME_CONSTANT,
                                 .warm_up_s = 20,
                                 .measured_s = 60};
    p = loss_system_plan(&system);
    assert_false(
        theory_predict(p.plan, "apps.a.connect_delay_s.p99", &value, &formula, &exact));
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_loss_system_is_predicted_in_all_its_numbers),
        cmocka_unit_test(test_a_bounded_redraw_is_predicted_with_its_probes),
        cmocka_unit_test(test_retries_without_a_pause_change_nothing_but_their_number),
        cmocka_unit_test(test_a_gateway_loses_as_its_outside_ports_say),
        cmocka_unit_test(test_where_no_form_applies_nothing_is_predicted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
