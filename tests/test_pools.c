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

/* --- Windows' ranges ------------------------------------------------------------------
 */

/* 10/s to stay from the beginning; `client` are more keys, `app` too, `rest` others of
 * the scenario. */
static struct trial_result *windows(const char *client, const char *app, const char *rest)
{
    char *text = memory_print(
        "{\"name\": \"windows\", \"duration\": \"100s\","
        "\"network\": {\"rtt\": \"1ms\"},"
        "\"hosts\": {\"client\": {\"stack\": \"win10\", %s}, \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\", %s,"
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"10/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}}}%s}",
        client, app, rest);
    struct text_plan p = text_plan_read(text);
    free(text);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    text_plan_free(&p);
    return r;
}

static void test_each_pool_has_the_dynamic_range_that_netsh_gives_it(void **state)
{
    (void)state;
    static const struct {
        const char *dynamicport, *app, *pool;
        int capacity;
    } rows[] = {
        {"{}", "\"protocol\": \"tcp\"", "tcp4", 16384},
        {"{\"tcp4\": {\"start\": 1025, \"num\": 3976}}", IPV4, "tcp4", 3976},
        {"{\"tcp4\": {\"start\": 1025, \"num\": 255}}", IPV4, "tcp4", 255},
        {"{\"tcp4\": {\"start\": 65281, \"num\": 255}}", IPV4, "tcp4", 255},
        {"{\"tcp4\": {\"start\": 1025, \"num\": 64511}}", IPV4, "tcp4", 64511},
        {"{\"tcp4\": {\"start\": 1025, \"num\": 255}}", IPV6, "tcp6", 16384},
        {"{\"tcp6\": {\"start\": 2000, \"num\": 300}}", IPV6, "tcp6", 300},
        {"{\"udp4\": {\"start\": 2000, \"num\": 300}}", "\"protocol\": \"udp\"", "udp4",
         300},
        {"{\"udp6\": {\"start\": 2000, \"num\": 300}}",
         "\"protocol\": \"udp\", \"family\": \"ipv6\"", "udp6", 300},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *client = memory_print("\"dynamicport\": %s", rows[i].dynamicport);
        char *capacity = memory_print("hosts.client.%s.capacity", rows[i].pool);
        char *in_use = memory_print("hosts.client.%s.in_use_max", rows[i].pool);
        struct trial_result *r = windows(client, rows[i].app, "");
        int held = rows[i].capacity < 1000 ? rows[i].capacity : 1000;
        assert_int_equal(result_metric(r, capacity), rows[i].capacity);
        assert_int_equal(result_metric(r, in_use), held);
        trial_result_free(r);
        free(client);
        free(capacity);
        free(in_use);
    }
}

/* 255 ports are full after 25.5 s, and so are 300 more; those below stay held. */
static void test_a_dynamic_range_may_change_in_mid_run(void **state)
{
    (void)state;
    struct trial_result *r = windows(
        "\"dynamicport\": {\"tcp4\": {\"start\": 20000, \"num\": 255}}", IPV4,
        ", \"changes\": [{\"at\": \"40.05s\", \"set\": {"
        "\"hosts.client.dynamicport.tcp4.start\": 10000,"
        "\"hosts.client.dynamicport.tcp4.num\": 300}}],"
        "\"phases\": {\"full\": [\"39s\", \"40s\"], \"again\": [\"90s\", \"100s\"]}");
    assert_int_equal(result_metric(r, "hosts.client.tcp4.in_use@full"), 255);
    assert_int_equal(result_metric(r, "hosts.client.tcp4.capacity@again"), 300);
    assert_int_equal(result_metric(r, "hosts.client.tcp4.in_use@again"), 555);
    assert_int_equal(result_metric(r, "apps.a.successes"), 555);
    trial_result_free(r);
}

/* [MODEL.md A4.2]: blocks are of one protocol, and the walk passes over them. */
static void test_excluded_blocks_are_of_one_protocol(void **state)
{
    (void)state;
    static const struct {
        const char *app;
        int held;
    } rows[] = {{"\"protocol\": \"tcp\"", 200}, {"\"protocol\": \"udp\"", 299}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial_result *r =
            windows("\"dynamicport\": {\"tcp4\": {\"start\": 20000, \"num\": 300},"
                    "  \"udp4\": {\"start\": 20000, \"num\": 300}},"
                    "\"excluded_tcp\": [[20050, 20148]], \"reserved\": [20299]",
                    rows[i].app, "");
        assert_int_equal(result_metric(r, "apps.a.successes"), rows[i].held);
        trial_result_free(r);
    }
}

/* [MODEL.md A4.2, A4.3]: a socket that asks for a random port makes the choice hard to
 * guess; connect() without bind() uses the auto-reuse range, if there is one. */
static void test_what_sockets_of_windows_may_ask_for(void **state)
{
    (void)state;
    struct trial_result *r = windows("\"predictability\": true", IPV4, "");
    assert_true(result_metric(r, "hosts.client.tcp4.next_port_bits") < 0.1);
    trial_result_free(r);
    r = windows("\"predictability\": true", "\"socket\": {\"randomize\": true}", "");
    assert_true(result_metric(r, "hosts.client.tcp4.next_port_bits") > 8);
    trial_result_free(r);
    static const char range[] = "\"tcp\": {\"range\": [50000, 50099], \"allocator\":"
                                " {\"kind\": \"win10\", \"auto_reuse_range\": [10000, "
                                "10049]}}";
    r = windows(range, IPV4, "");
    assert_int_equal(result_metric(r, "apps.a.successes"), 50);
    trial_result_free(r);
    r = windows(range, BIND, "");
    assert_int_equal(result_metric(r, "apps.a.successes"), 50 + 50);
    trial_result_free(r);
}

/* --- protocols ------------------------------------------------------------------------
 */

/* KERNEL.md C10. */
static void test_tcp_and_udp_have_pools_of_their_own(void **state)
{
    (void)state;
    static const struct sharing_case rows[] = {
        {"\"stack\": \"linux618\"", IPV4 ", " BIND, "\"protocol\": \"udp\"", 100, 100},
        {"\"stack\": \"linux618\"", "\"protocol\": \"udp\"", IPV4, 100, 100},
        {"\"stack\": \"win10\"", IPV4, "\"protocol\": \"udp\", " IPV6, 100, 100},
        {"\"stack\": \"win10\"", "\"protocol\": \"udp\"", "\"protocol\": \"udp\", " IPV6,
         100, 100},
        {"\"stack\": \"bsd44\"", "\"protocol\": \"udp\"", IPV4, 100, 100},
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
        cmocka_unit_test(test_each_pool_has_the_dynamic_range_that_netsh_gives_it),
        cmocka_unit_test(test_a_dynamic_range_may_change_in_mid_run),
        cmocka_unit_test(test_excluded_blocks_are_of_one_protocol),
        cmocka_unit_test(test_what_sockets_of_windows_may_ask_for),
        cmocka_unit_test(test_tcp_and_udp_have_pools_of_their_own),
        cmocka_unit_test(test_a_run_in_ipv6_mirrors_the_same_run_in_ipv4),
        cmocka_unit_test(test_a_gateway_routes_ipv6),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
