/* The whole simulator against queueing theory [MODEL.md D].  Every tolerance is an
 * interval the runs themselves give. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/loss_system.h"

/* Check values: MODEL.md D1; with 4,096 ports in test_theory_large.c. */
static void test_loss_is_erlang_b_with_10_ports(void **state)
{
    (void)state;
    loss_system_is_erlang_b(10, 8, 0.121661, 20, 3000);
}

static void test_loss_is_erlang_b_with_64_ports(void **state)
{
    (void)state;
    loss_system_is_erlang_b(64, 60, 0.0603627, 20, 1500);
}

static void test_loss_is_erlang_b_with_1024_ports(void **state)
{
    (void)state;
    if (quick_run())
        skip();
    loss_system_is_erlang_b(1024, 1000, 0.0119887, 20, 800);
}

/* D4: 1,000 ports and 600 erlang to each of two destinations.  Under port scope one
 * system of 1,200 erlang; under tuple scope two of 600, which lose nothing that could be
 * seen. */
static void test_port_scope_shares_the_loss_and_tuple_scope_does_not(void **state)
{
    (void)state;
    double expected = erlang_b(1000, 1200);
    assert_true(fabs(expected - 0.1706) < 5e-5);
    static const char *const scopes[] = {"port", "tuple"};
    for (int i = 0; i < 2; i++) {
        struct loss_system system = {.ports = 1000,
                                     .load = 600,
                                     .lifetime = LIFETIME_EXPONENTIAL,
                                     .scope = scopes[i],
                                     .two_destinations = true,
                                     .warm_up_s = 20,
                                     .measured_s = 100};
        struct text_plan p = loss_system_plan(&system);
        struct estimate a = replicate(p.plan, 10, "apps.a.failure_ratio", 0.99);
        struct estimate b = replicate(p.plan, 10, "apps.b.failure_ratio", 0.99);
        if (i == 0) {
            assert_true(fabs(a.value - expected) <= a.half_width);
            assert_true(fabs(b.value - expected) <= b.half_width);
            assert_true(a.half_width < 0.02 * expected && b.half_width < 0.02 * expected);
        } else {
            assert_true(a.value <= 0 && b.value <= 0);
        }
        text_plan_free(&p);
    }
}

/* D9: nothing is given back before the end, so the N-th arrival fills the range:
 * Erlang(N, lambda), mean N / lambda, deviation sqrt(N) / lambda; the next arrival fails.
 */
static void test_time_to_exhaustion_is_erlang_distributed(void **state)
{
    (void)state;
    enum { PORTS = 2000, RUNS = 40 };
    const double rate = 50; /* full at 40 s, after the warm-up of 20 s */
    struct loss_system system = {.ports = PORTS,
                                 .load = rate,
                                 .lifetime =
                                     "{\"kind\": \"constant\", \"value\": \"1h\"}",
                                 .warm_up_s = 20,
                                 .measured_s = 80};
    struct text_plan p = loss_system_plan(&system);
    double sum = 0, squares = 0;
    for (uint32_t i = 1; i <= RUNS; i++) {
        struct trial_result *r = trial_run(p.plan, 1, i, NULL);
        double first = result_metric(r, "apps.a.first_failure_s");
        assert_true(first > 0);
        sum += first;
        squares += first * first;
        trial_result_free(r);
    }
    text_plan_free(&p);
    double mean = sum / RUNS, deviation = sqrt((squares - sum * mean) / (RUNS - 1));
    double expected = (PORTS + 1) / rate, spread = sqrt(PORTS + 1) / rate;
    /* 99 % of a normal mean lies within 2.58 standard errors. */
    assert_true(fabs(mean - expected) <= 2.58 * spread / sqrt(RUNS));
    /* 99 % of chi-square(39) lies between 20.0 and 65.5. */
    double chi = (RUNS - 1) * deviation * deviation / (spread * spread);
    printf("  mean %.3f s of %.3f s, chi-square %.1f\n", mean, expected, chi);
    assert_true(chi > 20.0 && chi < 65.5);
}

/* D3: before exhaustion the number in TIME_WAIT is rate x TIME_WAIT. */
static void test_time_wait_population_is_rate_times_length(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"tw\", \"duration\": \"2000s\", \"warm_up\": \"200s\","
        "\"sample_every\": \"100s\", \"hosts\": {\"client\": {\"tcp\": {\"time_wait\": "
        "\"60s\"}}, \"server\": {}}, \"apps\": {\"a\": {\"from\": \"client\", \"to\": "
        "\"server:80\", \"arrivals\": {\"kind\": \"constant\", \"rate\": \"50/s\"}, "
        "\"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}}}}");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    /* Every 20 ms one comes and one goes: 3,000 at any moment, give or take the one. */
    double waiting = result_metric(r, "hosts.client.tcp4.sockets.TIME_WAIT");
    assert_true(fabs(waiting - 3000) <= 1);
    trial_result_free(r);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loss_is_erlang_b_with_10_ports),
        cmocka_unit_test(test_loss_is_erlang_b_with_64_ports),
        cmocka_unit_test(test_loss_is_erlang_b_with_1024_ports),
        cmocka_unit_test(test_port_scope_shares_the_loss_and_tuple_scope_does_not),
        cmocka_unit_test(test_time_to_exhaustion_is_erlang_distributed),
        cmocka_unit_test(test_time_wait_population_is_rate_times_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
