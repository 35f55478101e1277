/* Whose sockets are whose, and how many descriptors each process has open. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/complaints.h"
#include "tests/process_stage.h"

/* --- whose they are ------------------------------------------------------------------
 */

#define ARRIVALS(rate) "\"arrivals\": {\"kind\": \"constant\", \"rate\": \"" rate "\"}"
#define LIFE(value)    "\"lifetime\": {\"kind\": \"constant\", \"value\": \"" value "\"}"

static void test_a_process_is_named_by_its_app_and_its_listener_by_its_port(void **state)
{
    (void)state;
    struct stage s = stage_open(
        "{\"name\": \"p\", \"duration\": \"1h\", \"hosts\": {\"desk\": {\"stack\": "
        "\"win10\"}, \"web\": {\"stack\": \"linux618\"}}, \"apps\": {\"pages\": "
        "{\"from\": \"desk\", \"to\": \"web:80\", " ARRIVALS("1/s") ", " LIFE(
            "1h") "},"
                  "\"mail\": {\"from\": \"desk\", \"to\": \"web:25\", " ARRIVALS(
                      "1/s") ", " LIFE("1h") "}}}");
    stage_run(&s, 1900 * SIM_MS);
    expect_owners(&s, "desk", "pages/1000:ESTABLISHED mail/1004:ESTABLISHED");
    expect_owners(&s, "web", "listener-80/1000:ESTABLISHED listener-25/1001:ESTABLISHED");
    stage_close(&s);
}

static void test_a_scenario_may_name_processes_on_every_end(void **state)
{
    (void)state;
    struct stage s = stage_open(
        "{\"name\": \"p\", \"duration\": \"1h\", \"hosts\": {\"desk\": {\"processes\": "
        "{\"chrome\": {\"pid\": 77}}}, \"gate\": {\"processes\": {\"squid\": "
        "{\"listen\": "
        "[8080], \"handles\": 50}}}, \"web\": {\"processes\": {\"idle\": {}, \"nginx\": "
        "{\"listen\": [80, 443]}}}}, \"apps\": {"
        "\"pages\": {\"from\": \"desk\", \"process\": \"chrome\", \"through\": \"gate\","
        "  \"to\": \"web:80\", " ARRIVALS("1/s") ", " LIFE(
            "1h") "},"
                  "\"secure\": {\"from\": \"desk\", \"process\": \"chrome\","
                  "  \"to\": \"web:443\", " ARRIVALS("1/s") ", " LIFE("1h") "}}}");
    stage_run(&s, 1900 * SIM_MS);
    expect_owners(&s, "desk", "chrome/77:ESTABLISHED");
    expect_owners(&s, "gate", "squid/1000:ESTABLISHED");
    expect_owners(&s, "web", "nginx/1001:ESTABLISHED");
    expect_level(&s, "hosts.desk.processes.chrome.sockets", 2);
    /* The client's and its own, one listener, 50 others. */
    expect_level(&s, "hosts.gate.processes.squid.sockets", 2);
    expect_level(&s, "hosts.gate.processes.squid.handles", 2 + 1 + 50);
    expect_level(&s, "hosts.web.processes.nginx.handles", 2 + 2);
    expect_level(&s, "hosts.web.processes.idle.handles", 0);
    stage_close(&s);
}

static void test_two_processes_share_neither_pid_nor_port(void **state)
{
    (void)state;
    struct issues *found = complaints(
        "{\"name\": \"p\", \"duration\": \"1h\", \"hosts\": {\"a\": {\"processes\": {"
        "\"x\": {\"pid\": 7, \"listen\": [80]}, \"y\": {\"pid\": 7, \"listen\": [25, "
        "80]}}}, \"b\": {}}, \"apps\": {\"p\": {\"from\": \"b\", \"to\": "
        "\"a:80\", " ARRIVALS("1/s") ", " LIFE("1s") "}}}",
        NULL);
    expect_issue(issues_get(found, 0), "hosts.a.processes.y.pid", "is that of \"x\"",
                 NULL);
    expect_issue(issues_get(found, 1), "hosts.a.processes.y.listen[1]",
                 "names port 80, on which \"x\" accepts", NULL);
    issues_free(found);
}

/* --- descriptors ---------------------------------------------------------------------
 */

/* One user at 1 s who stays 1 s; the round trip takes 100 ms. */
static const char one_user[] =
    "{\"name\": \"p\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
    "\"hosts\": {\"c\": {\"stack\": \"%s\", \"tcp\": {\"time_wait\": \"4s\", "
    "  \"timer_hz\": 0}}, \"s\": {\"listen\": [80]}},"
    "\"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:%s\", " ARRIVALS("1/s") ", " LIFE(
        "1s") "%s}},"
              "\"changes\": [{\"at\": \"1s\", \"set\": {\"apps.a.arrivals.rate\": "
              "\"0/s\"}}]}";

struct moment {
    sim_ns at;
    const char *client, *server;
    double client_has, server_has;
    double ports; /* in use at the client */
};

struct play {
    const char *stack, *port, *app; /* of the client; of the server; more keys of it */
};

static void play(const struct play *p, const struct moment *moments)
{
    char *text = memory_print(one_user, p->stack, p->port, p->app);
    struct stage s = stage_open(text);
    for (const struct moment *m = moments; m->client; m++) {
        stage_run(&s, m->at);
        expect_owners(&s, "c", m->client);
        expect_owners(&s, "s", m->server);
        expect_level(&s, "hosts.c.processes.a.sockets", m->client_has);
        char *listener = memory_print("hosts.s.processes.listener-%s.sockets", p->port);
        expect_level(&s, listener, m->server_has);
        free(listener);
        expect_level(&s, "hosts.c.tcp4.in_use", m->ports);
        bool bound = strstr(m->client, "BOUND") != NULL;
        char *holders = memory_print("hosts.c.destinations.s:%s.holders", p->port);
        expect_level(&s, holders, bound ? 0 : m->ports);
        free(holders);
    }
    stage_close(&s);
    free(text);
}

static void test_a_descriptor_opens_with_accept_and_closes_before_time_wait(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {1000 * SIM_MS, "a/1000:SYN_SENT", "", 1, 0, 1},
        {1050 * SIM_MS, "a/1000:SYN_SENT", "listener-80/0:SYN_RECEIVED", 1, 0, 1},
        {1150 * SIM_MS, "a/1000:ESTABLISHED", "listener-80/1000:ESTABLISHED", 1, 1, 1},
        {2100 * SIM_MS, "a/0:FIN_WAIT_1", "listener-80/1000:ESTABLISHED", 0, 1, 1},
        {2150 * SIM_MS, "a/0:FIN_WAIT_1", "listener-80/0:LAST_ACK", 0, 0, 1},
        {2250 * SIM_MS, "a/0:TIME_WAIT", "", 0, 0, 1},
        {6200 * SIM_MS, "", "", 0, 0, 0},
        {0}};
    play(&(struct play){"win10", "80", ""}, moments);
}

static void test_a_server_that_never_closes_keeps_its_descriptor(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2150 * SIM_MS, "a/0:FIN_WAIT_1", "listener-80/1000:CLOSE_WAIT", 0, 1, 1},
        {1 * SIM_H, "", "listener-80/1000:CLOSE_WAIT", 0, 1, 0},
        {0}};
    play(&(struct play){"plain", "80", ", \"server_close\": [{\"kind\": \"never\"}]"},
         moments);
}

/* --- leaks ---------------------------------------------------------------------------
 */

#define LEAKS(kind) ", \"leaks\": {\"" kind "\": 1}"
#define RING        ", \"socket\": {\"bind\": \"explicit\", \"ring\": [5000, 5010]}"

/* MODEL.md A4.4. */
static void test_on_windows_a_port_outlives_time_wait_with_its_descriptor(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2100 * SIM_MS, "a/1000:FIN_WAIT_1", "listener-80/1000:ESTABLISHED", 1, 1, 1},
        {2200 * SIM_MS, "a/1000:TIME_WAIT", "listener-80/0:LAST_ACK", 1, 0, 1},
        {6199 * SIM_MS, "a/1000:TIME_WAIT", "", 1, 0, 1},
        {6200 * SIM_MS, "a/1000:BOUND", "", 1, 0, 1},
        {1 * SIM_H, "a/1000:BOUND", "", 1, 0, 1},
        {0}};
    play(&(struct play){"win10", "80", LEAKS("after_time_wait")}, moments);
}

/* KERNEL.md R1: the port is free while the descriptor is still open. */
static void test_on_linux_a_descriptor_outlives_its_port(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2200 * SIM_MS, "a/1000:TIME_WAIT", "listener-80/0:LAST_ACK", 1, 0, 1},
        {6200 * SIM_MS, "", "", 1, 0, 0},
        {1 * SIM_H, "", "", 1, 0, 0},
        {0}};
    play(&(struct play){"linux618", "80", LEAKS("after_time_wait")}, moments);
}

/* KERNEL.md R1: an explicitly bound number is kept until close(). */
static void test_on_linux_a_port_given_to_bind_outlives_its_connection(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2200 * SIM_MS, "a/1000:TIME_WAIT", "listener-80/0:LAST_ACK", 1, 0, 1},
        {6200 * SIM_MS, "a/1000:BOUND", "", 1, 0, 1},
        {0}};
    play(&(struct play){"linux618", "80", LEAKS("after_time_wait") RING}, moments);
}

static void test_a_refused_socket_nobody_closes_is_bound_on_windows_alone(void **state)
{
    (void)state;
    static const struct moment windows[] = {
        {1099 * SIM_MS, "a/1000:SYN_SENT", "", 1, 0, 1},
        {1100 * SIM_MS, "a/1000:BOUND", "", 1, 0, 1},
        {1 * SIM_H, "a/1000:BOUND", "", 1, 0, 1},
        {0}};
    static const struct moment others[] = {
        {1099 * SIM_MS, "a/1000:SYN_SENT", "", 1, 0, 1},
        {1100 * SIM_MS, "", "", 1, 0, 0},
        {0}};
    play(&(struct play){"win10", "81", LEAKS("after_failure")}, windows);
    play(&(struct play){"linux618", "81", LEAKS("after_failure")}, others);
    play(&(struct play){"freebsd14", "81", LEAKS("after_failure") RING}, others);
}

static void test_a_client_that_misses_the_end_stays_in_close_wait(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2150 * SIM_MS, "a/1000:CLOSE_WAIT", "listener-80/0:FIN_WAIT_1", 1, 0, 1},
        {1 * SIM_H, "a/1000:CLOSE_WAIT", "", 1, 0, 1},
        {0}};
    play(&(struct play){"win10", "80",
                        LEAKS("close_wait") ", \"closes_first\": \"server\""},
         moments);
}

/* KERNEL.md F3. */
static void test_a_half_closed_descriptor_waits_in_fin_wait_2_without_limit(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2200 * SIM_MS, "a/1000:FIN_WAIT_2", "listener-80/1000:CLOSE_WAIT", 1, 1, 1},
        {1 * SIM_H, "a/1000:FIN_WAIT_2", "listener-80/1000:CLOSE_WAIT", 1, 1, 1},
        {0}};
    play(&(struct play){"linux618", "80",
                        LEAKS("half_closed") ", \"server_close\": [{\"kind\": "
                                             "\"never\"}]"},
         moments);
}

static void test_a_half_closed_descriptor_is_closed_when_the_peer_closes(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2100 * SIM_MS, "a/1000:FIN_WAIT_1", "listener-80/1000:ESTABLISHED", 1, 1, 1},
        {2200 * SIM_MS, "a/0:TIME_WAIT", "listener-80/0:LAST_ACK", 0, 0, 1},
        {6200 * SIM_MS, "", "", 0, 0, 0},
        {0}};
    play(&(struct play){"win10", "80", LEAKS("half_closed")}, moments);
}

/* An attempt that found no port leaves a descriptor, too. */
static void test_a_connection_nobody_closes_stays_established_on_both_ends(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2100 * SIM_MS, "a/1000:ESTABLISHED", "listener-80/1000:ESTABLISHED", 1, 1, 1},
        {1 * SIM_H, "a/1000:ESTABLISHED", "listener-80/1000:ESTABLISHED", 1, 1, 1},
        {0}};
    play(&(struct play){"win10", "80", LEAKS("never_closed")}, moments);
    play(&(struct play){"linux618", "80", LEAKS("never_closed")}, moments);
}

static void test_a_leak_without_a_port_is_a_descriptor_all_the_same(void **state)
{
    (void)state;
    struct stage s = stage_open(
        "{\"name\": \"p\", \"duration\": \"1h\", \"hosts\": {\"c\": {\"stack\": "
        "\"win10\", \"tcp\": {\"range\": [5000, 5004]}}, \"s\": {}}, \"apps\": {\"a\": "
        "{\"from\": \"c\", \"to\": \"s:80\", " ARRIVALS("1/s") ", " LIFE("1h")
            LEAKS("after_failure") "}}}");
    stage_run(&s, 12500 * SIM_MS);
    expect_level(&s, "hosts.c.tcp4.in_use", 5);
    expect_level(&s, "hosts.c.processes.a.sockets", 12);
    stage_close(&s);
}

/* Of a proxy's connections to its server, the share that its leaks say. */
static void test_a_proxy_leaks_the_connections_to_its_servers(void **state)
{
    (void)state;
    struct stage s = stage_open(
        "{\"name\": \"p\", \"duration\": \"1h\", \"hosts\": {\"c\": {}, \"p\": "
        "{\"stack\": \"win10\", \"proxying\": {\"leaks\": {\"close_wait\": 1, "
        "\"after_failure\": 1}}}, \"s\": {\"listen\": [80]}}, \"apps\": {"
        "\"well\": {\"from\": \"c\", \"through\": \"p\", \"to\": \"s:80\","
        "  \"closes_first\": \"server\", " ARRIVALS("1/s") ", " LIFE(
            "100ms") "},"
                     "\"ill\": {\"from\": \"c\", \"through\": \"p\", \"to\": "
                     "\"s:81\", " ARRIVALS("1/s") ", " LIFE("100ms") "}}}");
    stage_run(&s, 10900 * SIM_MS);
    expect_level(&s, "hosts.p.tcp4.outgoing.CLOSE_WAIT", 10);
    expect_level(&s, "hosts.p.tcp4.outgoing.BOUND", 10);
    expect_level(&s, "hosts.p.processes.proxy.sockets", 20);
    stage_close(&s);
}

/* Nothing but the descriptors differs: the same segments, timers and ports. */
static void test_a_leak_moves_nobody_elses_chance(void **state)
{
    (void)state;
    static const char *const leaks[] = {
        "", LEAKS("after_failure"), LEAKS("close_wait"),
        ", \"leaks\": {\"after_time_wait\": 0.4, \"close_wait\": 0.3}"};
    uint64_t fingerprint = 0;
    for (size_t i = 0; i < sizeof leaks / sizeof leaks[0]; i++) {
        char *text = memory_print(
            "{\"name\": \"p\", \"duration\": \"100s\", \"hosts\": {\"c\": {\"stack\": "
            "\"linux618\"}, \"s\": {}}, \"apps\": {\"a\": {\"from\": \"c\", \"to\": "
            "\"s:80\", \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"20/s\"},"
            "\"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"}%s}}}",
            leaks[i]);
        struct stage s = stage_open(text);
        stage_run(&s, 100 * SIM_S);
        uint64_t found = world_totals(s.world).fingerprint;
        if (i && found != fingerprint)
            fail_msg("with%s the run is another", leaks[i]);
        fingerprint = found;
        stage_close(&s);
        free(text);
    }
}

static void test_two_ways_to_leak_at_the_close_are_at_most_all_closes(void **state)
{
    (void)state;
    char *text = memory_print(one_user, "plain", "80",
                              ", \"leaks\": {\"after_time_wait\": 0.6, "
                              "\"half_closed\": 0.5}");
    struct issues *found = complaints(text, NULL);
    expect_issue(issues_get(found, 0), "apps.a.leaks.half_closed",
                 "together at most 1, are 1.1", NULL);
    issues_free(found);
    free(text);
}

/* --- a naive recount -----------------------------------------------------------------
 */

static void count_all_along(struct stage *s)
{
    for (sim_ns now = 0; now < 30 * SIM_S; now += 237 * SIM_MS) {
        stage_run(s, now);
        expect_recounts(s);
    }
    assert_true(stage_level(s, "hosts.c.processes.near.sockets") > 20);
}

static void test_descriptors_counted_one_by_one_are_those_found_by_walking(void **state)
{
    (void)state;
    in_every_busy_world(count_all_along, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_process_is_named_by_its_app_and_its_listener_by_its_port),
        cmocka_unit_test(test_a_scenario_may_name_processes_on_every_end),
        cmocka_unit_test(test_two_processes_share_neither_pid_nor_port),
        cmocka_unit_test(test_a_descriptor_opens_with_accept_and_closes_before_time_wait),
        cmocka_unit_test(test_a_server_that_never_closes_keeps_its_descriptor),
        cmocka_unit_test(test_on_windows_a_port_outlives_time_wait_with_its_descriptor),
        cmocka_unit_test(test_on_linux_a_descriptor_outlives_its_port),
        cmocka_unit_test(test_on_linux_a_port_given_to_bind_outlives_its_connection),
        cmocka_unit_test(test_a_refused_socket_nobody_closes_is_bound_on_windows_alone),
        cmocka_unit_test(test_a_client_that_misses_the_end_stays_in_close_wait),
        cmocka_unit_test(test_a_half_closed_descriptor_waits_in_fin_wait_2_without_limit),
        cmocka_unit_test(test_a_half_closed_descriptor_is_closed_when_the_peer_closes),
        cmocka_unit_test(test_a_connection_nobody_closes_stays_established_on_both_ends),
        cmocka_unit_test(test_a_leak_without_a_port_is_a_descriptor_all_the_same),
        cmocka_unit_test(test_a_proxy_leaks_the_connections_to_its_servers),
        cmocka_unit_test(test_a_leak_moves_nobody_elses_chance),
        cmocka_unit_test(test_two_ways_to_leak_at_the_close_are_at_most_all_closes),
        cmocka_unit_test(test_descriptors_counted_one_by_one_are_those_found_by_walking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
