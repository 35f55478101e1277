/* What no tuning can blur: the sharp features of MODEL.md D10 that only a whole world
 * shows.  The others stand with their allocators: 2 in test_alloc_linux518.c and
 * test_theory_probes.c, 3 in test_alloc_freebsd.c, 5 in test_alloc_rfc6056.c, 6 and 7 in
 * test_theory_allocators.c, 8 in test_alloc_clouds.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/run_text.h"

/* The metric of one run of the text, which is freed. */
static double metric_of(char *text, const char *metric)
{
    struct text_plan p = text_plan_read(text);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    double value = result_metric(r, metric);
    trial_result_free(r);
    text_plan_free(&p);
    free(text);
    return value;
}

/* --- 1 and 4: who else fails ----------------------------------------------------------
 */

/* 1,000 ports, all wanted at once and kept toward x; then a look at y, which is idle. */
static double failures_of_the_idle(const char *allocator, unsigned idle_users)
{
    return metric_of(
        memory_print(
            "{\"name\": \"idle\", \"duration\": \"40s\", \"network\": {\"rtt\": \"0s\"},"
            "\"hosts\": {\"client\": {\"tcp\": {\"range\": [50000, 50999], "
            "  \"allocator\": \"%s\"}}, \"x\": {}, \"y\": {}},"
            "\"apps\": {"
            " \"busy\": {\"from\": \"client\", \"to\": \"x:80\", "
            "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
            "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}},"
            " \"idle\": {\"from\": \"client\", \"to\": \"y:80\", "
            "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"0/s\"},"
            "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}}},"
            "\"changes\": [{\"at\": \"20s\", \"set\": {\"apps.idle.arrivals.rate\": "
            "\"%u/s\"}}]}",
            allocator, idle_users),
        "apps.idle.failure_ratio");
}

static void test_an_idle_destination_fails_with_legacy_and_not_with_reworked(void **state)
{
    (void)state;
    assert_true(failures_of_the_idle("sg-legacy-a", 10) >= 1);
    assert_true(failures_of_the_idle("sg-legacy-b", 10) >= 1);
    assert_true(failures_of_the_idle("sg-reworked", 10) <= 0);
    assert_true(failures_of_the_idle("sg-random-off", 10) <= 0);
}

/* Of 2,000 users in 20 s exactly the first 1,000 find a tuple to y. */
static void
test_ipcom_gives_n_for_each_destination_where_its_base_gives_none(void **state)
{
    (void)state;
    assert_true(failures_of_the_idle("bsd44", 50) >= 1);
    assert_true(failures_of_the_idle("ipcom", 49) <= 0);
    double half = failures_of_the_idle("ipcom", 100);
    /* The user at the very end of the run is the one over. */
    assert_true(half > 0.499 && half < 0.501);
}

/* --- 9: what a FIN_WAIT_2 of 60 s buys ------------------------------------------------
 */

/* Users toward a server that never closes; nothing but FIN_WAIT_2 holds the 600 ports,
 * but for the moment in which a reused one clears the server's CLOSE_WAIT away. */
static double failures_at(const char *rate, const char *fin_wait_2, const char *duration)
{
    return metric_of(
        memory_print(
            "{\"name\": \"stuck\", \"duration\": \"%s\", \"network\": {\"rtt\": \"0s\"},"
            "\"hosts\": {\"client\": {\"tcp\": {\"range\": [50000, 50599], "
            "  \"fin_wait_2\": \"%s\", \"challenged_retry\": \"1ms\"}}, \"server\": {}},"
            "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
            "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"%s\"},"
            "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"0s\"},"
            "  \"server_close\": [{\"kind\": \"never\"}]}}}",
            duration, fin_wait_2, rate),
        "apps.a.failures");
}

static void test_a_tenth_of_fin_wait_2_carries_ten_times_the_rate(void **state)
{
    (void)state;
    assert_true(failures_at("0.99/s", "600s", "2000s") <= 0);
    assert_true(failures_at("1.01/s", "600s", "2000s") >= 1);
    assert_true(failures_at("9.9/s", "60s", "200s") <= 0);
    assert_true(failures_at("10.1/s", "60s", "200s") >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_an_idle_destination_fails_with_legacy_and_not_with_reworked),
        cmocka_unit_test(
            test_ipcom_gives_n_for_each_destination_where_its_base_gives_none),
        cmocka_unit_test(test_a_tenth_of_fin_wait_2_carries_ten_times_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
