/* The four pools of a host: which of them share ports, and which know nothing of each
 * other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/run_text.h"

/* A host with a hundred ports, and two apps on it: `first` comes 1,000 times a second
 * from the beginning, `second` as often from 1 s on; all of them stay. */
static struct trial_result *two_apps(const char *client, const char *first,
                                     const char *second)
{
    char *text = memory_print(
        "{\"name\": \"pools\", \"duration\": \"2s\", \"network\": {\"rtt\": \"1ms\"},"
        "\"hosts\": {\"client\": {%s, \"tcp\": {\"range\": [50000, 50099]}},"
        "  \"server\": {\"stack\": \"linux618\"}},"
        "\"apps\": {"
        "  \"first\": {\"from\": \"client\", \"to\": \"server:80\", %s,"
        "    \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1000/s\"},"
        "    \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}},"
        "  \"second\": {\"from\": \"client\", \"to\": \"server:80\", %s,"
        "    \"arrivals\": {\"kind\": \"constant\", \"rate\": \"0.001/s\"},"
        "    \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}}},"
        "\"changes\": [{\"at\": \"1s\", \"set\": {\"apps.second.arrivals.rate\": "
        "\"1000/s\"}}]}",
        client, first, second);
    struct text_plan p = text_plan_read(text);
    free(text);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    text_plan_free(&p);
    return r;
}

#define IPV4 "\"family\": \"ipv4\""
#define IPV6 "\"family\": \"ipv6\""
#define BIND "\"socket\": {\"bind\": \"bind-zero\"}"

struct sharing_case {
    const char *client, *first, *second;
    int first_gets, second_gets;
};

static void expect_shares(const struct sharing_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct trial_result *r = two_apps(rows[i].client, rows[i].first, rows[i].second);
        assert_int_equal(result_metric(r, "apps.first.successes"), rows[i].first_gets);
        assert_int_equal(result_metric(r, "apps.second.successes"), rows[i].second_gets);
        trial_result_free(r);
    }
}

#define ROWS(rows) rows, sizeof rows / sizeof rows[0]

/* KERNEL.md C4, C5, C9. */
static void test_linux_has_one_port_space_for_both_families(void **state)
{
    (void)state;
    static const struct sharing_case rows[] = {
        {"\"stack\": \"linux618\"", IPV4, IPV4, 100, 0},
        {"\"stack\": \"linux618\"", IPV4, IPV6, 100, 100},
        {"\"stack\": \"linux618\"", IPV6, IPV4, 100, 100},
        {"\"stack\": \"linux618\"", IPV4 ", " BIND, IPV6, 100, 0},
        {"\"stack\": \"linux618\"", IPV6 ", " BIND, IPV4, 100, 0},
        {"\"stack\": \"linux618\"", IPV4 ", " BIND, IPV6 ", " BIND, 100, 100},
    };
    expect_shares(ROWS(rows));
}

static void test_windows_has_a_pool_for_each_family(void **state)
{
    (void)state;
    static const struct sharing_case rows[] = {
        {"\"stack\": \"win10\"", IPV4, IPV4, 100, 0},
        {"\"stack\": \"win10\"", IPV4, IPV6, 100, 100},
        {"\"stack\": \"win10\"", IPV6 ", " BIND, IPV4, 100, 100},
    };
    expect_shares(ROWS(rows));
}

/* A listener inside the range stands in the way of both families. */
static void test_listeners_accept_on_both_families(void **state)
{
    (void)state;
    static const struct sharing_case rows[] = {
        {"\"stack\": \"linux618\", \"listen\": [50007]", IPV4, IPV6, 99, 99},
        {"\"stack\": \"win10\", \"listen\": [50007]", IPV4, IPV6, 99, 99},
        {"\"stack\": \"bsd44\", \"listen\": [50007]", IPV6, IPV4, 99, 99},
        {"\"stack\": \"win10\", \"reserved\": [50007]", IPV6, IPV4, 99, 99},
    };
    expect_shares(ROWS(rows));
}

/* --- IPv6 is TCP as ever --------------------------------------------------------------
 */

static struct trial_result *churn(const char *family, const char *stack)
{
    char *text = memory_print(
        "{\"name\": \"mirror\", \"duration\": \"5min\", \"network\": {\"rtt\": \"20ms\"},"
        "\"hosts\": {\"users\": {\"stack\": \"win10\", \"count\": 20},"
        "  \"proxy\": {\"stack\": \"%s\", \"tcp\": {\"range\": [50000, 50499]}},"
        "  \"server\": {\"stack\": \"plain\","
        "    \"addresses\": [\"192.0.2.1\", \"2001:db8::1\"]}},"
        "\"apps\": {\"a\": {\"from\": \"users\", \"through\": \"proxy\","
        "  \"to\": \"server:80\", \"family\": \"%s\","
        "  \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"15/s\"},"
        "  \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"3s\"}}}}",
        stack, family);
    struct text_plan p = text_plan_read(text);
    free(text);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    text_plan_free(&p);
    return r;
}

/* A search that draws nothing gives the same trajectory in either family. */
static void test_a_run_in_ipv6_mirrors_the_same_run_in_ipv4(void **state)
{
    (void)state;
    static const char *const metrics[] = {"in_use",
                                          "in_use_max",
                                          "allocations",
                                          "allocation_failures",
                                          "probes",
                                          "reuse_interval_s",
                                          "capacity",
                                          "sockets.TIME_WAIT",
                                          "outgoing.ESTABLISHED"};
    struct trial_result *v4 = churn("ipv4", "bsd44"), *v6 = churn("ipv6", "bsd44");
    assert_true(result_metric(v4, "hosts.proxy.tcp4.allocation_failures") > 0);
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++) {
        char *a = memory_print("hosts.proxy.tcp4.%s", metrics[i]);
        char *b = memory_print("hosts.proxy.tcp6.%s", metrics[i]);
        assert_true(result_metric(v4, a) == result_metric(v6, b));
        free(a);
        free(b);
    }
    assert_true(result_metric(v4, "apps.a.failures") ==
                result_metric(v6, "apps.a.failures"));
    assert_null(run_record_metric(&v4->record, "hosts.proxy.tcp6.capacity"));
    assert_int_equal(result_metric(v6, "hosts.proxy.tcp4.allocations"), 0);
    trial_result_free(v4);
    trial_result_free(v6);
}

/* A gateway translates IPv4; IPv6 goes through it as it is. */
static void test_a_gateway_routes_ipv6(void **state)
{
    (void)state;
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        char *text = memory_print(
            "{\"name\": \"routed\", \"duration\": \"10s\", \"network\": {\"rtt\": "
            "\"1ms\"},"
            "\"hosts\": {\"users\": {\"stack\": \"linux618\", \"gateway\": \"gw\"},"
            "  \"gw\": {\"stack\": \"linux618\", \"nat\": \"netfilter\","
            "    \"translation\": {\"range\": [40000, 40003]}},"
            "  \"server\": {\"stack\": \"linux618\"}},"
            "\"apps\": {\"a\": {\"from\": \"users\", \"to\": \"server:80\","
            "  \"family\": \"ipv%d\","
            "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"10/s\"},"
            "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}}}}",
            ipv6 ? 6 : 4);
        struct text_plan p = text_plan_read(text);
        struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
        assert_int_equal(result_metric(r, "apps.a.successes"), ipv6 ? 99 : 4);
        assert_int_equal(result_metric(r, "hosts.gw.nat.mappings.max"), ipv6 ? 0 : 4);
        trial_result_free(r);
        text_plan_free(&p);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linux_has_one_port_space_for_both_families),
        cmocka_unit_test(test_windows_has_a_pool_for_each_family),
        cmocka_unit_test(test_listeners_accept_on_both_families),
        cmocka_unit_test(test_a_run_in_ipv6_mirrors_the_same_run_in_ipv4),
        cmocka_unit_test(test_a_gateway_routes_ipv6),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
