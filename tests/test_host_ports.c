/* Hosts and their local ports: what is reserved, who listens, which sockets bind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "models/host_config.h"
#include "models/port_allocator.h"
#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/run_text.h"
#include "tests/sockets_seen.h"

/* Users at 1 s, 2 s, ... toward two addresses in turn, who stay; `client` and `app` are
 * more keys. */
static struct text_plan users_who_stay(const char *client, const char *app)
{
    char *text = memory_print(
        "{\"name\": \"ports\", \"duration\": \"1h\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {\"stack\": \"linux618\", %s},"
        "  \"server\": {\"stack\": \"linux618\","
        "    \"addresses\": [\"192.0.2.1\", \"192.0.2.2\"]}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, %s}}}",
        client, app);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

/* The client's sockets at this moment. */
static void expect_at(sim_ns when, const char *client, const char *app,
                      const char *sockets)
{
    struct text_plan p = users_who_stay(client, app);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    world_run(w, when, UINT64_MAX);
    expect_sockets(w, "client", sockets);
    world_free(w);
    text_plan_free(&p);
}

struct holders {
    unsigned on[65536]; /* the client's sockets, by port */
};

static void count_holder(void *context, const struct socket_row *row)
{
    struct holders *h = context;
    h->on[row->local_port] += row->ephemeral;
}

/* The client holds every port of `ports` so many times, and no other. */
static void expect_holders(const char *client, const char *app, struct port_range ports,
                           unsigned times)
{
    struct text_plan p = users_who_stay(client, app);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    struct holders *h = memory_new(1, sizeof *h);
    world_run(w, 10 * SIM_S, UINT64_MAX);
    world_sockets(w, count_holder, h);
    for (uint32_t port = 0; port < 65536; port++)
        assert_int_equal(h->on[port],
                         port_range_holds(ports, (uint16_t)port) ? times : 0);
    free(h);
    world_free(w);
    text_plan_free(&p);
}

#define STAY     "\"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}"
#define EXPLICIT "\"socket\": {\"bind\": \"explicit\", \"ring\": [20000, 20003]}"

static double capacity_of(const char *client)
{
    struct text_plan p = users_who_stay(client, STAY);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    double capacity = result_metric(r, "hosts.client.tcp4.capacity");
    trial_result_free(r);
    text_plan_free(&p);
    return capacity;
}

static void test_reserved_ports_and_ranges_count_once(void **state)
{
    (void)state;
    assert_int_equal(capacity_of("\"tcp\": {\"range\": [50000, 50009]}"), 10);
    assert_int_equal(
        capacity_of("\"tcp\": {\"range\": [50000, 50009]}, \"reserved\": [50002, 49000],"
                    "\"reserved_ranges\": [[50001, 50003], [50003, 50004]]"),
        6);
}

/* Toward each of two destinations one port is left. */
static void test_reserved_ranges_and_listeners_are_passed_by(void **state)
{
    (void)state;
    expect_holders("\"tcp\": {\"range\": [50000, 50005]}, \"listen\": [50000, 22],"
                   "\"reserved_ranges\": [[50002, 50005]]",
                   STAY, (struct port_range){50001, 50001}, 2);
}

/* KERNEL.md C1, C2: two destinations double what connect() gives, not what bind() does.
 */
static void test_who_binds_gets_a_port_once(void **state)
{
    (void)state;
    static const struct {
        const char *mode;
        unsigned times;
    } rows[] = {{"connect", 2}, {"bind-no-port", 2}, {"bind-zero", 1}};
    for (uint32_t i = 0; i < 3; i++) {
        char *app = memory_print(STAY ", \"socket\": {\"bind\": \"%s\"}", rows[i].mode);
        expect_holders("\"tcp\": {\"range\": [50000, 50001]}", app,
                       (struct port_range){50000, 50001}, rows[i].times);
        free(app);
    }
}

static void test_an_own_range_narrows_the_systems(void **state)
{
    (void)state;
    expect_holders("\"tcp\": {\"range\": [50000, 50009]}",
                   STAY ", \"socket\": {\"local_range\": [50008, 60000]}",
                   (struct port_range){50008, 50009}, 2);
}

/* The ring is the program's: its ports need not be in the system's range, and none is
 * used twice, whatever the destination. */
static void test_a_ring_is_empty_when_all_its_ports_are_out(void **state)
{
    (void)state;
    expect_holders("\"count\": 1", STAY ", " EXPLICIT, (struct port_range){20000, 20003},
                   1);
}

/* The server closes first, so the client keeps no port: in the tenth second user 10 has
 * the second port of the third lap. */
static void test_a_ring_goes_round(void **state)
{
    (void)state;
    expect_at(10 * SIM_S + 1, "\"count\": 1",
              "\"lifetime\": {\"kind\": \"constant\", \"value\": \"500ms\"},"
              "\"closes_first\": \"server\", " EXPLICIT,
              "20001:ESTABLISHED");
}

/* PROXIES.md 2: the program's ring has the port again when the descriptor is closed; that
 * the kernel still holds it in TIME_WAIT is found out by bind(): here without
 * SO_REUSEADDR, so users 5 to 10 have none. */
static void test_a_ring_meets_what_the_kernel_still_holds(void **state)
{
    (void)state;
    expect_at(10 * SIM_S + 1, "\"count\": 1",
              "\"lifetime\": {\"kind\": \"constant\", \"value\": \"500ms\"}, " EXPLICIT,
              "20000:TIME_WAIT 20001:TIME_WAIT 20002:TIME_WAIT 20003:TIME_WAIT");
}

/* A user id matters to SO_REUSEPORT alone, but with one the choice goes by the rules of
 * options; without, by the short cut. */
static void test_a_plain_socket_is_served_as_by_the_rules(void **state)
{
    (void)state;
    static const char *const sockets[] = {"{}", "{\"uid\": 1}"};
    uint64_t fingerprints[2];
    for (uint32_t i = 0; i < 2; i++) {
        char *app = memory_print(STAY ", \"socket\": %s", sockets[i]);
        struct text_plan p = users_who_stay("\"tcp\": {\"range\": [50000, 50999]}", app);
        struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
        fingerprints[i] = r->record.fingerprint;
        assert_true(result_metric(r, "apps.a.failures") > 1000);
        trial_result_free(r);
        text_plan_free(&p);
        free(app);
    }
    assert_true(fingerprints[0] == fingerprints[1]);
}

/* The user of 1 s gets the port that nobody listens on, those of 2 to 5 s none; then the
 * listener moves to that very port, and the user of 6 s gets the one it left. */
static void test_a_listener_that_moves_leaves_its_port(void **state)
{
    (void)state;
    char *text = memory_print(
        "{\"name\": \"listener\", \"duration\": \"1h\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {\"stack\": \"linux618\", \"listen\": [50001],"
        "    \"tcp\": {\"range\": [50000, 50001]}},"
        "  \"server\": {\"stack\": \"linux618\"}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, " STAY "}},"
        "\"changes\": [{\"at\": \"5500ms\", \"set\": {\"hosts.client.listen\": "
        "[50000]}}]}");
    struct text_plan p = text_plan_read(text);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    assert_int_equal(result_metric(r, "apps.a.successes"), 2);
    assert_int_equal(result_metric(r, "apps.a.first_failure_s"), 2);
    assert_int_equal(result_metric(r, "hosts.client.tcp4.in_use_max"), 2);
    trial_result_free(r);
    text_plan_free(&p);
    free(text);
}

/* Two readings of one text: other addresses, the same content. */
static void test_allocators_are_the_same_by_content(void **state)
{
    (void)state;
    static const struct {
        const char *allocator;
        bool same; /* as the first */
    } rows[] = {
        {"{\"kind\": \"ipcom\", \"base\": \"bsd44\"}", true},
        {"{\"kind\": \"ipcom\", \"base\": {\"kind\": \"bsd44\"}}", true},
        {"\"ipcom\"", true},
        {"{\"kind\": \"ipcom\", \"base\": \"linux518\"}", false},
        {"\"bsd44\"", false},
    };
    struct text_plan plans[5];
    const struct host_config *hosts[5];
    for (uint32_t i = 0; i < 5; i++) {
        char *client = memory_print("\"tcp\": {\"allocator\": %s}", rows[i].allocator);
        plans[i] = users_who_stay(client, STAY);
        hosts[i] = plans[i].plan->config->world.hosts.items;
        free(client);
        if (port_allocator_same(&hosts[0]->tcp.allocator, &hosts[i]->tcp.allocator) !=
            rows[i].same)
            fail_msg("%s", rows[i].allocator);
    }
    for (uint32_t i = 0; i < 5; i++)
        text_plan_free(&plans[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reserved_ports_and_ranges_count_once),
        cmocka_unit_test(test_reserved_ranges_and_listeners_are_passed_by),
        cmocka_unit_test(test_who_binds_gets_a_port_once),
        cmocka_unit_test(test_an_own_range_narrows_the_systems),
        cmocka_unit_test(test_a_ring_is_empty_when_all_its_ports_are_out),
        cmocka_unit_test(test_a_ring_goes_round),
        cmocka_unit_test(test_a_ring_meets_what_the_kernel_still_holds),
        cmocka_unit_test(test_a_plain_socket_is_served_as_by_the_rules),
        cmocka_unit_test(test_a_listener_that_moves_leaves_its_port),
        cmocka_unit_test(test_allocators_are_the_same_by_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
