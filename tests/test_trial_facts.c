/* What is known of a run beforehand: the pools that are used, their knobs, who connects
 * where; nothing of what will go wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/trial/trial_facts.h"
#include "tests/run_text.h"

static const char two_ways[] =
    "{ \"name\": \"ways\", \"duration\": \"1s\", \"hosts\": {"
    "    \"clients\": { \"stack\": \"win10\", \"count\": 5 },"
    "    \"proxy\": { \"stack\": \"proxysg-legacy\", \"max_client_connections\": 700,"
    "      \"addresses\": [\"10.0.0.1\", \"10.0.0.2\"], \"reserved\": [50000, 1024],"
    "      \"proxying\": { \"socket\": { \"bind\": \"explicit\", \"ring\": [20000, "
    "20099] "
    "} } },"
    "    \"office\": { \"stack\": \"openbsd\", \"gateway\": \"lb\" },"
    "    \"lb\": { \"nat\": \"azure-lb\","
    "      \"translation\": { \"allocator\": { \"kind\": \"azure-lb\", \"instances\": 51 "
    "} "
    "} },"
    "    \"web\": {} },"
    "  \"apps\": {"
    "    \"pages\": { \"from\": \"clients\", \"through\": \"proxy\", \"to\": \"web:80\","
    "      \"server_close\": [ { \"kind\": \"never\" } ],"
    "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"1/s\" },"
    "      \"lifetime\": { \"kind\": \"constant\", \"value\": \"1s\" } },"
    "    \"mail\": { \"from\": \"office\", \"to\": \"web:25\","
    "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"1/s\" },"
    "      \"lifetime\": { \"kind\": \"constant\", \"value\": \"1s\" } } } }";

static const struct run_pool *pool_of(const struct trial_facts *f, const char *host)
{
    for (size_t i = 0; i < f->pool_count; i++)
        if (strcmp(f->pools[i].host, host) == 0)
            return &f->pools[i];
    return NULL;
}

static void test_who_opens_connections_or_translates_them_has_a_pool(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(two_ways);
    struct trial_facts f = trial_facts_of(p.plan->config);
    assert_int_equal(f.pool_count, 4);
    assert_non_null(pool_of(&f, "clients"));
    assert_non_null(pool_of(&f, "proxy"));
    assert_non_null(pool_of(&f, "office"));
    assert_non_null(pool_of(&f, "lb"));
    assert_null(pool_of(&f, "web"));
    trial_facts_free(&f);
    text_plan_free(&p);
}

static void test_a_pool_is_described_by_its_knobs(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(two_ways);
    struct trial_facts f = trial_facts_of(p.plan->config);
    const struct run_pool *proxy = pool_of(&f, "proxy"), *office = pool_of(&f, "office");
    assert_string_equal(proxy->pool, "tcp4");
    assert_string_equal(proxy->stack, "proxysg-legacy");
    assert_string_equal(proxy->allocator, "sg-legacy-a");
    assert_string_equal(proxy->scope, "port");
    assert_string_equal(proxy->failure, "EADDRNOTAVAIL");
    assert_true(proxy->exhaustive && !proxy->translates);
    assert_int_equal(proxy->low, 49152);
    assert_int_equal(proxy->high, 65535);
    assert_int_equal(proxy->reserved, 1); /* 1024 lies outside of the range */
    assert_int_equal(proxy->addresses, 2);
    assert_int_equal(proxy->client_limit, 700);
    assert_true(proxy->fin_wait_2 == 600 * SIM_S && proxy->time_wait == 120 * SIM_S);
    assert_int_equal(pool_of(&f, "clients")->members, 5);
    assert_int_equal(pool_of(&f, "clients")->client_limit, 0);
    assert_true(office->fin_wait_2 == SIM_NEVER);
    trial_facts_free(&f);
    text_plan_free(&p);
}

/* MODEL.md A7.5: 51 instances have 512 ports each. */
static void test_a_gateway_tells_the_block_of_an_inside_host(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(two_ways);
    struct trial_facts f = trial_facts_of(p.plan->config);
    const struct run_pool *lb = pool_of(&f, "lb");
    assert_true(lb->translates && !lb->exhaustive);
    assert_int_equal(lb->block, 512);
    assert_string_equal(lb->stack, "azure-lb");
    assert_string_equal(lb->failure, "DROPPED");
    assert_int_equal(pool_of(&f, "office")->block, 0);
    assert_string_equal(pool_of(&f, "office")->gateway, "lb");
    assert_null(lb->gateway);
    trial_facts_free(&f);
    text_plan_free(&p);
}

static void test_an_application_tells_whose_sockets_reach_its_server(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(two_ways);
    struct trial_facts f = trial_facts_of(p.plan->config);
    assert_int_equal(f.app_count, 2);
    const struct run_app *pages = &f.apps[0], *mail = &f.apps[1];
    assert_string_equal(pages->name, "pages");
    assert_string_equal(pages->from, "clients");
    assert_string_equal(pages->through, "proxy");
    assert_string_equal(pages->to, "web:80");
    assert_string_equal(pages->binds, "explicit"); /* the proxy's, not its clients' */
    assert_int_equal(pages->ring_low, 20000);
    assert_int_equal(pages->ring_high, 20099);
    assert_null(mail->through);
    assert_string_equal(mail->binds, "connect");
    assert_int_equal(mail->ring_low, 0);
    trial_facts_free(&f);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_opens_connections_or_translates_them_has_a_pool),
        cmocka_unit_test(test_a_pool_is_described_by_its_knobs),
        cmocka_unit_test(test_a_gateway_tells_the_block_of_an_inside_host),
        cmocka_unit_test(test_an_application_tells_whose_sockets_reach_its_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
