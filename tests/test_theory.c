/* The whole simulator against queueing theory [MODEL.md D].  Every tolerance is an
 * interval the runs themselves give. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/run_text.h"

/* Erlang B by its recursion [MODEL.md D1, source 69]. */
static double erlang_b(unsigned servers, double load)
{
    double b = 1;
    for (unsigned n = 1; n <= servers; n++)
        b = load * b / (n + load * b);
    return b;
}

/* One host, `ports` ports, one destination; a connection holds its port for its lifetime
 * and nothing else: no round trip, no TIME_WAIT.  Times in units of 1 s mean. */
static struct text_plan loss_system(unsigned ports, double load, const char *lifetime,
                                    double duration_s, const char *extra)
{
    char *text =
        memory_print("{\"name\": \"loss\", \"duration\": \"%.0fs\", \"warm_up\": \"20s\","
                     "\"sample_every\": \"%.0fs\", \"network\": {\"rtt\": \"0s\"},"
                     "\"hosts\": {\"client\": {\"tcp\": {\"range\": [1024, %u], "
                     "\"time_wait\": \"0s\"}},"
                     "            \"x\": {}, \"y\": {}},"
                     "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"x:80\","
                     "  \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"%.17g/s\"},"
                     "  \"lifetime\": %s}%s}}",
                     duration_s, duration_s, 1024 + ports - 1, load, lifetime, extra);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

static const struct {
    const char *name, *json;
} lifetimes[] = {
    {"exponential", "{\"kind\": \"exponential\", \"mean\": \"1s\"}"},
    {"constant", "{\"kind\": \"constant\", \"value\": \"1s\"}"},
    {"lognormal", "{\"kind\": \"lognormal\", \"mean\": \"1s\", \"cv\": 1}"},
};

/* Erlang B holds for any holding time (insensitivity), so for all three. */
static void expect_erlang_b(unsigned ports, double load, double check_value,
                            uint32_t replications, double duration_s)
{
    double expected = erlang_b(ports, load);
    assert_true(fabs(expected - check_value) < 1e-5 * check_value + 1e-9);
    for (size_t i = 0; i < sizeof lifetimes / sizeof lifetimes[0]; i++) {
        struct text_plan p =
            loss_system(ports, load, lifetimes[i].json, duration_s + 20, "");
        struct estimate loss =
            replicate(p.plan, replications, "apps.a.failure_ratio", 0.99);
        text_plan_free(&p);
        printf("  (%u, %g) %s: %.6f +- %.6f, Erlang B %.6f\n", ports, load,
               lifetimes[i].name, loss.mean, loss.half_width, expected);
        assert_true(loss.half_width <= 0.05 * expected);
        assert_true(fabs(loss.mean - expected) <= loss.half_width);
    }
}

/* Check values: MODEL.md D1. */
static void test_loss_is_erlang_b_with_10_ports(void **state)
{
    (void)state;
    expect_erlang_b(10, 8, 0.121661, 20, 3000);
}

static void test_loss_is_erlang_b_with_64_ports(void **state)
{
    (void)state;
    expect_erlang_b(64, 60, 0.0603627, 20, 1500);
}

static void test_loss_is_erlang_b_with_1024_ports(void **state)
{
    (void)state;
    if (quick_run())
        skip();
    expect_erlang_b(1024, 1000, 0.0119887, 20, 800);
}

static void test_loss_is_erlang_b_with_4096_ports(void **state)
{
    (void)state;
    if (quick_run())
        skip();
    expect_erlang_b(4096, 4096, 0.0123639, 20, 220);
}

/* D4: 1,000 ports and 600 erlang to each of two destinations.  Under port scope one
 * system of 1,200 erlang; under tuple scope two of 600, which lose nothing that could be
 * seen. */
static const char second_app[] =
    ", \"b\": {\"from\": \"client\", \"to\": \"y:80\","
    "\"arrivals\": {\"kind\": \"poisson\", \"rate\": \"600/s\"},"
    "\"lifetime\": {\"kind\": \"exponential\", \"mean\": "
    "\"1s\"}}";

static void test_port_scope_shares_the_loss_and_tuple_scope_does_not(void **state)
{
    (void)state;
    double expected = erlang_b(1000, 1200);
    assert_true(fabs(expected - 0.1706) < 5e-5);
    static const char *const scopes[] = {"port", "tuple"};
    for (int i = 0; i < 2; i++) {
        char *extra =
            memory_print("%s}, \"changes\": [{\"at\": \"0s\", \"set\": "
                         "{\"hosts.client.tcp.scope\": \"%s\"}}], \"phases\": {",
                         second_app, scopes[i]);
        struct text_plan p = loss_system(1000, 600, lifetimes[0].json, 120, extra);
        struct estimate a = replicate(p.plan, 10, "apps.a.failure_ratio", 0.99);
        struct estimate b = replicate(p.plan, 10, "apps.b.failure_ratio", 0.99);
        if (i == 0) {
            assert_true(fabs(a.mean - expected) <= a.half_width);
            assert_true(fabs(b.mean - expected) <= b.half_width);
            assert_true(a.half_width < 0.02 * expected && b.half_width < 0.02 * expected);
        } else {
            assert_true(a.mean <= 0 && b.mean <= 0);
        }
        text_plan_free(&p);
        free(extra);
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
    struct text_plan p =
        loss_system(PORTS, rate, "{\"kind\": \"constant\", \"value\": \"1h\"}", 100, "");
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

/* D6: mean rest of a port = mean number of free ports / rate of granted attempts, by
 * Little's law over the free ports, whatever the allocator. */
static void test_ports_rest_as_long_as_littles_law_says(void **state)
{
    (void)state;
    static const char *const allocators[] = {"rfc6056-alg1", "rfc6056-alg2", "bsd44"};
    for (size_t i = 0; i < 3; i++) {
        char *extra =
            memory_print("}, \"changes\": [{\"at\": \"0s\", \"set\": "
                         "{\"hosts.client.tcp.allocator\": \"%s\"}}], \"phases\": {",
                         allocators[i]);
        struct text_plan p = loss_system(256, 200, lifetimes[0].json, 2000, extra);
        struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
        double granted = result_metric(r, "hosts.client.tcp4.allocations_per_s");
        double free_ports = 256 - result_metric(r, "hosts.client.tcp4.in_use");
        double rest = result_metric(r, "hosts.client.tcp4.reuse_interval_s");
        /* Rests that begin before or end after the window: at most one a port and end, of
         * about 396,000 rests in it: 2 x 256 / 396,000 = 0.13 %. */
        assert_true(fabs(rest * granted / free_ports - 1) < 0.0013);
        trial_result_free(r);
        text_plan_free(&p);
        free(extra);
    }
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
        cmocka_unit_test(test_loss_is_erlang_b_with_4096_ports),
        cmocka_unit_test(test_port_scope_shares_the_loss_and_tuple_scope_does_not),
        cmocka_unit_test(test_time_to_exhaustion_is_erlang_distributed),
        cmocka_unit_test(test_ports_rest_as_long_as_littles_law_says),
        cmocka_unit_test(test_time_wait_population_is_rate_times_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
