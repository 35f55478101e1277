/* Users who come again, against the fixed points of queueing theory [MODEL.md D8, source
 * 74]: what is lost is offered once more, as if it were fresh.  Exact in the limit of
 * slow retries; ours wait for ten holding times and more, and dozens of generations of
 * retries go before what is counted. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/loss_system.h"

enum { RUNS = 12 };

/* The chance p that a try is lost when users make up to `tries` of them: each offers
 * 1 + p + p^2 ... , and p is Erlang B's of all.  Halved until it is known to 1e-12. */
static double loss_of_a_try(unsigned ports, double load, unsigned tries)
{
    double low = 0, high = 1;
    while (high - low > 1e-12) {
        double p = (low + high) / 2;
        double each = p < 1 ? (1 - pow(p, tries)) / (1 - p) : tries;
        *(erlang_b(ports, load * each) > p ? &low : &high) = p;
    }
    return low;
}

static void expect_within(const struct trial_plan *plan, const char *metric,
                          double expected)
{
    struct estimate e = replicate(plan, RUNS, metric, 0.99);
    printf("  %s: %.5f +- %.5f, theory %.5f\n", metric, e.value, e.half_width, expected);
    assert_true(e.half_width <= 0.05 * expected);
    assert_true(fabs(e.value - expected) <= e.half_width);
}

/* USERS.md S21, on 512 ports: 18,440 erlang on 16,384 ports is an overload of 12.5 %. */
static void test_three_slow_retries_lose_p_to_the_fourth(void **state)
{
    (void)state;
    if (quick_run())
        skip();
    double large = loss_of_a_try(16384, 18440, 4);
    assert_true(fabs(large - 0.578) < 5e-4);
    assert_true(fabs(pow(large, 4) - 0.112) < 5e-4);
    assert_true(fabs((1 - pow(large, 4)) / (1 - large) - 2.10) < 5e-3);
    const double load = 512 * 18440.0 / 16384;
    double p = loss_of_a_try(512, load, 4);
    struct loss_system system = {
        .ports = 512,
        .load = load,
        .lifetime = LIFETIME_EXPONENTIAL,
        .on_failure =
            "{\"retries\": 3, \"backoff\": \"20s\", \"factor\": 1, \"jitter\": 1}",
        .warm_up_s = 300,
        .measured_s = 150};
    struct text_plan plan = loss_system_plan(&system);
    expect_within(plan.plan, "apps.a.try_failure_ratio", p);
    expect_within(plan.plan, "apps.a.failure_ratio", pow(p, 4));
    expect_within(plan.plan, "apps.a.tries_per_attempt", (1 - pow(p, 4)) / (1 - p));
    text_plan_free(&plan);
}

/* All four tries of the same instant meet the same ports: the last three are for nothing,
 * and users fail as without them. */
static void test_retries_in_the_same_instant_save_nobody(void **state)
{
    (void)state;
    struct loss_system system = {.ports = 64,
                                 .load = 72,
                                 .lifetime = LIFETIME_EXPONENTIAL,
                                 .on_failure = "{\"retries\": 3, \"backoff\": \"0s\"}",
                                 .warm_up_s = 20,
                                 .measured_s = 400};
    double p = erlang_b(64, 72);
    struct text_plan plan = loss_system_plan(&system);
    expect_within(plan.plan, "apps.a.failure_ratio", p);
    expect_within(plan.plan, "apps.a.tries_per_attempt", 1 + 3 * p);
    text_plan_free(&plan);
}

/* Check values: MODEL.md D8.  The scenario retry-storm has the case of 64 ports. */
static void test_users_who_insist_lose_cohens_share_of_their_tries(void **state)
{
    (void)state;
    assert_true(fabs(loss_of_a_try(64, 60, 100000) - 0.162039) < 1e-6);
    double p = loss_of_a_try(10, 8, 100000);
    assert_true(fabs(p - 0.236178) < 1e-6);
    struct loss_system system = {.ports = 10,
                                 .load = 8,
                                 .lifetime = LIFETIME_EXPONENTIAL,
                                 .on_failure = "{\"retries\": 100, \"backoff\": \"200s\","
                                               " \"factor\": 1, \"jitter\": 1}",
                                 .warm_up_s = 4000,
                                 .measured_s = 4000};
    struct text_plan plan = loss_system_plan(&system);
    expect_within(plan.plan, "apps.a.try_failure_ratio", p);
    text_plan_free(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_slow_retries_lose_p_to_the_fourth),
        cmocka_unit_test(test_retries_in_the_same_instant_save_nobody),
        cmocka_unit_test(test_users_who_insist_lose_cohens_share_of_their_tries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
