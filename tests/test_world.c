/* The world as it is built from a scenario: who has which address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/run_text.h"

/* Local addresses of the sockets of one host, by member. */
struct addresses {
    const char *host;
    char at[8][IP_ADDRESS_TEXT];
};

static void see(void *context, const struct socket_row *row)
{
    struct addresses *seen = context;
    if (strcmp(row->host, seen->host) != 0)
        return;
    assert_true(row->member < 8);
    ip_address_text(&row->local, seen->at[row->member]);
}

/* 500 users a second for a second: every member of "users" has a socket at its end. */
static struct addresses addresses_of(const char *host, const char *users)
{
    char *text = memory_print(
        "{ \"name\": \"addresses\", \"duration\": \"1s\","
        "  \"hosts\": { \"users\": %s, \"web\": { \"addresses\": [\"192.0.2.1\"] },"
        "    \"idle\": {} },"
        "  \"apps\": { \"pages\": { \"from\": \"users\", \"to\": \"web:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"500/s\" },"
        "    \"lifetime\": { \"kind\": \"constant\", \"value\": \"9s\" } } } }",
        users);
    struct text_plan p = text_plan_read(text);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    struct addresses seen = {.host = host};
    assert_true(world_run(w, SIM_S, UINT64_MAX));
    world_sockets(w, see, &seen);
    world_free(w);
    text_plan_free(&p);
    free(text);
    return seen;
}

static void test_hosts_have_the_addresses_they_were_given(void **state)
{
    (void)state;
    struct addresses web = addresses_of("web", "{}");
    assert_string_equal(web.at[0], "192.0.2.1");
    struct addresses users = addresses_of("users", "{ \"addresses\": [\"10.1.2.3\"] }");
    assert_string_equal(users.at[0], "10.1.2.3");
}

static void test_hosts_without_addresses_get_one_a_member(void **state)
{
    (void)state;
    static const char *const ways[] = {"{ \"count\": 3 }",
                                       "{ \"count\": 3, \"addresses\": [] }"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct addresses users = addresses_of("users", ways[i]);
        assert_string_equal(users.at[0], "10.128.0.1");
        assert_string_equal(users.at[1], "10.128.0.2");
        assert_string_equal(users.at[2], "10.128.0.3");
    }
}

static void test_members_behind_one_address_share_it(void **state)
{
    (void)state;
    struct addresses users =
        addresses_of("users", "{ \"count\": 4, \"share_address\": 2 }");
    assert_string_equal(users.at[0], "10.128.0.1");
    assert_string_equal(users.at[1], "10.128.0.1");
    assert_string_equal(users.at[2], "10.128.0.2");
    assert_string_equal(users.at[3], "10.128.0.2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts_have_the_addresses_they_were_given),
        cmocka_unit_test(test_hosts_without_addresses_get_one_a_member),
        cmocka_unit_test(test_members_behind_one_address_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
