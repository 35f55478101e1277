/* Processes that end, hosts that lose power: what becomes of every socket, by hand.
 *
 * A script says whose sockets each host has at a moment, after all events and changes of
 * that moment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/process_stage.h"

/* --- the script ----------------------------------------------------------------------
 */

/* One user at 1 s who stays 1 s, with one port; the round trip takes 100 ms, TIME_WAIT 4
 * s, FIN_WAIT_2 6 s; SYN and FIN are sent again after 1 s and given up after 3. */
static const char one_user[] =
    "{\"name\": \"power\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
    "\"hosts\": {\"c\": {\"stack\": \"%s\", \"processes\": {\"a\": {\"pid\": 9}},"
    "    \"tcp\": {\"range\": [50000, 50000], \"time_wait\": \"4s\", \"fin_wait_2\": "
    "\"6s\","
    "      \"timer_hz\": 0, \"fin_wait_2_split\": \"0s\","
    "      \"syn\": {\"at\": [\"1s\"], \"give_up\": \"3s\"},"
    "      \"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}},"
    "  \"s\": {\"listen\": [80], \"processes\": {\"web\": {\"pid\": 7, \"listen\": "
    "[80]}},"
    "    \"stack\": \"%s\", \"tcp\": {\"timer_hz\": 0, \"time_wait\": \"4s\", "
    "      \"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}}},"
    "\"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:80\","
    "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
    "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}%s}},"
    "\"changes\": [{\"at\": \"1s\", \"set\": {\"apps.a.arrivals.rate\": \"0/s\"}}%s]}";

#define SET(when, path, value)                                                           \
    ", {\"at\": \"" when "\", \"set\": {\"hosts." path ".running\": " value "}}"
#define CLIENT_STOPS(when) SET(when, "c.processes.a", "false")
#define SERVER_STOPS(when) SET(when, "s.processes.web", "false")
#define NEVER              ", \"server_close\": [{\"kind\": \"never\"}]"

struct moment {
    sim_ns at;
    const char *client, *server;
};

struct play {
    const char *client, *server; /* stacks; NULL: "plain" */
    const char *app, *changes;   /* more members of either; NULL: none */
};

static struct stage open_play(const struct play *p)
{
    char *text = memory_print(one_user, p->client ? p->client : "plain",
                              p->server ? p->server : "plain", p->app ? p->app : "",
                              p->changes ? p->changes : "");
    struct stage s = stage_open(text);
    free(text);
    return s;
}

/* The stage afterwards, the caller's to close. */
static struct stage play(const struct play *p, const struct moment *moments)
{
    struct stage s = open_play(p);
    for (const struct moment *m = moments; m->client; m++) {
        stage_run(&s, m->at);
        expect_owners(&s, "c", m->client);
        expect_owners(&s, "s", m->server);
    }
    return s;
}

static void play_through(const struct play *p, const struct moment *moments)
{
    struct stage s = play(p, moments);
    stage_close(&s);
}

static void expect_count(const struct stage *s, const char *name, uint64_t expected)
{
    uint64_t count = stage_count(s, name);
    if (count != expected)
        fail_msg("%s is %llu, should be %llu", name, (unsigned long long)count,
                 (unsigned long long)expected);
}

/* --- a process ends, state by state --------------------------------------------------
 */

static void test_a_process_that_ends_in_syn_sent_leaves_nothing(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {1020 * SIM_MS, "", ""}, {1 * SIM_MIN, "", ""}, {0}};
    struct stage s = play(&(struct play){.changes = CLIENT_STOPS("1020ms")}, moments);
    expect_level(&s, "hosts.c.tcp4.in_use", 0);
    expect_count(&s, "apps.a.attempts", 1);
    expect_count(&s, "apps.a.stopped", 1);
    expect_count(&s, "apps.a.successes", 0);
    expect_count(&s, "apps.a.failures", 0);
    stage_close(&s);
}

static void test_a_process_that_ends_closes_its_connections_with_a_fin(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {1500 * SIM_MS, "a/0:FIN_WAIT_1", "web/7:ESTABLISHED"},
        {1550 * SIM_MS, "a/0:FIN_WAIT_1", "web/0:LAST_ACK"},
        {1600 * SIM_MS, "a/0:TIME_WAIT", "web/0:LAST_ACK"},
        {1650 * SIM_MS, "a/0:TIME_WAIT", ""},
        {5599 * SIM_MS, "a/0:TIME_WAIT", ""},
        {5600 * SIM_MS, "", ""},
        {0}};
    struct stage s = play(&(struct play){.changes = CLIENT_STOPS("1500ms")}, moments);
    expect_count(&s, "apps.a.stopped", 0); /* the attempt had succeeded */
    expect_level(&s, "apps.a.open", 0);
    stage_close(&s);
}

static void test_on_windows_a_process_that_ends_resets_its_connections(void **state)
{
    (void)state;
    static const struct moment moments[] = {{1500 * SIM_MS, "", "web/7:ESTABLISHED"},
                                            {1549 * SIM_MS, "", "web/7:ESTABLISHED"},
                                            {1550 * SIM_MS, "", ""},
                                            {0}};
    play_through(&(struct play){.client = "win10", .changes = CLIENT_STOPS("1500ms")},
                 moments);
}

static void test_linger_0_resets_also_when_its_process_ends(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {1500 * SIM_MS, "", "web/7:ESTABLISHED"}, {1550 * SIM_MS, "", ""}, {0}};
    play_through(&(struct play){.app = ", \"socket\": {\"linger_zero\": true}",
                                .changes = CLIENT_STOPS("1500ms")},
                 moments);
}

static void test_what_was_closed_already_goes_on_without_its_process(void **state)
{
    (void)state;
    static const struct moment fin_wait_1[] = {
        {2100 * SIM_MS, "a/0:FIN_WAIT_1", "web/7:ESTABLISHED"},
        {2200 * SIM_MS, "a/0:TIME_WAIT", "web/0:LAST_ACK"},
        {6200 * SIM_MS, "", ""},
        {0}};
    static const struct moment time_wait[] = {
        {2300 * SIM_MS, "a/0:TIME_WAIT", ""}, {6200 * SIM_MS, "", ""}, {0}};
    static const struct moment fin_wait_2[] = {
        {3000 * SIM_MS, "a/0:FIN_WAIT_2", "web/7:CLOSE_WAIT"},
        {8199 * SIM_MS, "a/0:FIN_WAIT_2", "web/7:CLOSE_WAIT"},
        {8200 * SIM_MS, "", "web/7:CLOSE_WAIT"},
        {0}};
    play_through(&(struct play){.changes = CLIENT_STOPS("2100ms")}, fin_wait_1);
    play_through(&(struct play){.changes = CLIENT_STOPS("2300ms")}, time_wait);
    play_through(&(struct play){.app = NEVER, .changes = CLIENT_STOPS("3s")}, fin_wait_2);
}

/* KERNEL.md F3, F1: without limit while somebody has the descriptor, then its own. */
static void test_a_half_closed_socket_becomes_an_orphan_with_a_timer(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {19999 * SIM_MS, "a/9:FIN_WAIT_2", "web/7:CLOSE_WAIT"},
        {20 * SIM_S, "a/0:FIN_WAIT_2", "web/7:CLOSE_WAIT"},
        {25999 * SIM_MS, "a/0:FIN_WAIT_2", "web/7:CLOSE_WAIT"},
        {26 * SIM_S, "", "web/7:CLOSE_WAIT"},
        {0}};
    play_through(&(struct play){.app = NEVER ", \"leaks\": {\"half_closed\": 1}",
                                .changes = CLIENT_STOPS("20s")},
                 moments);
}

static void test_a_leak_in_close_wait_ends_with_its_process(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {9 * SIM_S, "a/9:CLOSE_WAIT", "web/0:FIN_WAIT_2"},
        {10 * SIM_S, "a/0:LAST_ACK", "web/0:FIN_WAIT_2"},
        {10100 * SIM_MS, "", "web/0:TIME_WAIT"},
        {0}};
    struct stage s =
        play(&(struct play){.app = ", \"closes_first\": \"server\", \"leaks\": "
                                   "{\"close_wait\": 1}",
                            .changes = CLIENT_STOPS("10s")},
             moments);
    expect_level(&s, "hosts.c.processes.a.sockets", 0);
    expect_level(&s, "hosts.c.tcp4.in_use", 0);
    stage_close(&s);
}

/* "Stop the suspect and watch the ports come back." */
static void test_bound_ports_come_back_when_their_process_ends(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {9999 * SIM_MS, "a/9:BOUND", ""}, {10 * SIM_S, "", ""}, {0}};
    struct stage s = play(&(struct play){.client = "win10",
                                         .app = ", \"leaks\": {\"after_time_wait\": 1}",
                                         .changes = CLIENT_STOPS("10s")},
                          moments);
    expect_level(&s, "hosts.c.tcp4.in_use", 0);
    expect_level(&s, "hosts.c.tcp4.sockets.BOUND", 0);
    expect_level(&s, "hosts.c.processes.a.handles", 0);
    stage_close(&s);
}

static void test_descriptors_without_a_socket_end_with_their_process(void **state)
{
    (void)state;
    static const struct moment moments[] = {{9999 * SIM_MS, "", ""}, {0}};
    struct stage s = play(&(struct play){.client = "linux618",
                                         .app = ", \"leaks\": {\"after_time_wait\": 1}",
                                         .changes = CLIENT_STOPS("10s")},
                          moments);
    expect_level(&s, "hosts.c.processes.a.sockets", 1);
    stage_run(&s, 10 * SIM_S);
    expect_level(&s, "hosts.c.processes.a.sockets", 0);
    stage_close(&s);
}

/* --- a server ends -------------------------------------------------------------------
 */

static void test_a_listener_that_ends_forgets_who_was_not_accepted_yet(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {1060 * SIM_MS, "a/9:SYN_SENT", ""},
        {1100 * SIM_MS, "a/9:ESTABLISHED", ""},
        {1199 * SIM_MS, "a/9:ESTABLISHED", ""},
        {1200 * SIM_MS, "", ""}, /* the ACK met nobody: RST */
        {0}};
    struct stage s = play(&(struct play){.changes = SERVER_STOPS("1060ms")}, moments);
    expect_count(&s, "apps.a.resets", 1);
    stage_close(&s);
}

static void test_a_server_that_ends_closes_first(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {1500 * SIM_MS, "a/9:ESTABLISHED", "web/0:FIN_WAIT_1"},
        {1550 * SIM_MS, "a/0:LAST_ACK", "web/0:FIN_WAIT_1"},
        {1600 * SIM_MS, "a/0:LAST_ACK", "web/0:TIME_WAIT"},
        {1650 * SIM_MS, "", "web/0:TIME_WAIT"},
        {5600 * SIM_MS, "", ""},
        {0}};
    play_through(&(struct play){.changes = SERVER_STOPS("1500ms")}, moments);
}

/* What the server never closed, its end closes: the cause of CLOSE_WAIT is gone. */
static void test_a_server_that_ends_closes_what_it_never_closed(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {3000 * SIM_MS, "a/0:FIN_WAIT_2", "web/0:LAST_ACK"},
        {3050 * SIM_MS, "a/0:TIME_WAIT", "web/0:LAST_ACK"},
        {3100 * SIM_MS, "a/0:TIME_WAIT", ""},
        {0}};
    play_through(&(struct play){.app = NEVER, .changes = SERVER_STOPS("3s")}, moments);
}

static void test_a_port_refuses_until_its_process_runs_again(void **state)
{
    (void)state;
    static const char changes[] =
        SERVER_STOPS("500ms") SET("1500ms", "s.processes.web", "true");
    static const struct moment moments[] = {
        {1050 * SIM_MS, "a/9:SYN_SENT", ""},
        {1100 * SIM_MS, "", ""},
        {1600 * SIM_MS, "a/9:SYN_SENT", ""},
        {1700 * SIM_MS, "a/9:ESTABLISHED", "web/0:SYN_RECEIVED"},
        {1750 * SIM_MS, "a/9:ESTABLISHED", "web/7:ESTABLISHED"},
        {0}};
    struct stage s = play(&(struct play){.app = ", \"on_failure\": {\"retries\": 1, "
                                                "\"backoff\": \"500ms\"}",
                                         .changes = changes},
                          moments);
    expect_count(&s, "hosts.s.tcp4.refused_connections", 1);
    stage_close(&s);
}

/* KERNEL.md C12: a listener inside the range is in the way, as long as it is one. */
static void test_the_port_of_a_listener_that_ends_may_be_given_out(void **state)
{
    (void)state;
    struct stage s = stage_open(
        "{\"name\": \"l\", \"duration\": \"1h\", \"hosts\": {\"c\": {\"listen\": [5002], "
        "\"processes\": {\"rpc\": {\"listen\": [5002]}}, \"tcp\": {\"range\": [5000, "
        "5004]}}, \"s\": {}}, \"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:80\", "
        "\"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"lifetime\": "
        "{\"kind\": \"constant\", \"value\": \"1h\"}}}, \"changes\": ["
        "{\"at\": \"10s\", \"set\": {\"hosts.c.processes.rpc.running\": false}}]}");
    stage_run(&s, 9500 * SIM_MS);
    expect_level(&s, "hosts.c.tcp4.in_use", 4);
    stage_run(&s, 12 * SIM_S);
    expect_level(&s, "hosts.c.tcp4.in_use", 5);
    stage_close(&s);
}

/* --- users of a program that has ended -----------------------------------------------
 */

static void test_nobody_comes_while_the_program_does_not_run(void **state)
{
    (void)state;
    struct stage s = open_play(&(struct play){
        .changes = ", {\"at\": \"1s\", \"set\": {\"apps.a.arrivals.rate\": \"1/s\"}}" //
        CLIENT_STOPS("3500ms") SET("6500ms", "c.processes.a", "true")});
    stage_run(&s, 3400 * SIM_MS);
    expect_count(&s, "apps.a.attempts", 3);
    stage_run(&s, 6400 * SIM_MS);
    expect_count(&s, "apps.a.attempts", 3);
    stage_run(&s, 8400 * SIM_MS);
    expect_count(&s, "apps.a.attempts", 5);
    stage_close(&s);
}

static void test_an_attempt_does_not_outlive_its_program_between_two_tries(void **state)
{
    (void)state;
    struct stage s =
        open_play(&(struct play){.app = ", \"on_failure\": {\"retries\": 5, "
                                        "\"backoff\": \"2s\"}",
                                 .changes = SERVER_STOPS("500ms") CLIENT_STOPS("2s")
                                     SET("2500ms", "c.processes.a", "true")});
    stage_run(&s, 1 * SIM_MIN);
    expect_count(&s, "apps.a.tries", 1);
    expect_count(&s, "apps.a.stopped", 1);
    expect_count(&s, "apps.a.failures", 0);
    stage_close(&s);
}

static void test_a_process_that_begins_again_has_another_number(void **state)
{
    (void)state;
    struct stage s = stage_open(
        "{\"name\": \"pids\", \"duration\": \"1h\", \"hosts\": {\"c\": {\"stack\": "
        "\"win10\", \"processes\": {\"a\": {}, \"other\": {\"pid\": 1004}}}, \"s\": {}},"
        "\"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:80\", \"arrivals\": {\"kind\": "
        "\"constant\", \"rate\": \"1/s\"}, \"lifetime\": {\"kind\": \"constant\", "
        "\"value\": \"1h\"}}}, \"changes\": [{\"at\": \"2500ms\", \"set\": "
        "{\"hosts.c.processes.a.running\": false}}, {\"at\": \"2500ms\", \"set\": "
        "{\"hosts.c.processes.a.running\": true}}]}");
    stage_run(&s, 2400 * SIM_MS);
    expect_owners(&s, "c", "a/1000:ESTABLISHED");
    stage_run(&s, 3900 * SIM_MS);
    expect_owners(&s, "c", "a/1008:ESTABLISHED");
    stage_close(&s);
}

/* Of one name, asked for every second: what was tried in the network.  The first change
 * changes nothing: those that follow begin with a comma. */
static uint64_t tries_with_a_cache(const char *consulted, const char *changes)
{
    char *text = memory_print(
        "{\"name\": \"cache\", \"duration\": \"1h\", \"hosts\": {\"c\": {\"processes\": "
        "{\"a\": {}}}, \"s\": {\"processes\": {\"web\": {\"listen\": [80]}}}}, \"apps\": "
        "{\"a\": {\"from\": \"c\", \"to\": \"s:80\", \"cache\": {\"names\": 1, "
        "\"consulted\": \"%s\"}, \"arrivals\": {\"kind\": \"constant\", \"rate\": "
        "\"1/s\"},"
        "\"lifetime\": {\"kind\": \"constant\", \"value\": \"100ms\"}}}, \"changes\": ["
        "{\"at\": \"0.5s\", \"set\": {\"apps.a.lifetime.value\": \"100ms\"}}%s]}",
        consulted, changes);
    struct stage s = stage_open(text);
    free(text);
    stage_run(&s, 9500 * SIM_MS);
    expect_count(&s, "apps.a.successes", 9);
    uint64_t tries = stage_count(&s, "apps.a.tries");
    stage_close(&s);
    return tries;
}

static void
test_names_are_forgotten_with_their_resolver_and_credentials_are_not(void **st)
{
    (void)st;
    static const char restart[] =
        SET("4500ms", "c.processes.a", "false") SET("4600ms", "c.processes.a", "true");
    static const char reboot[] = SET("4500ms", "c", "false") SET("4600ms", "c", "true");
    assert_int_equal(tries_with_a_cache("first", ""), 1);
    assert_int_equal(tries_with_a_cache("first", restart), 2);
    assert_int_equal(tries_with_a_cache("first", reboot), 2);
    /* The domain does not answer any more: the machine vouches for who was there. */
    char *and_then = memory_print("%s" SERVER_STOPS("4700ms"), reboot);
    assert_int_equal(tries_with_a_cache("on-failure", and_then), 9);
    free(and_then);
}

/* --- a proxy ends --------------------------------------------------------------------
 */

static struct stage proxy_stage(const char *proxy, const char *app, const char *changes)
{
    char *text = memory_print(
        "{\"name\": \"proxy\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
        "\"hosts\": {\"c\": {}, \"p\": {%s, \"processes\": {\"squid\": {\"listen\": "
        "[8080]}}}, \"s\": {\"listen\": [80]}}, \"apps\": {\"a\": {\"from\": \"c\","
        "  \"through\": \"p\", \"to\": \"s:80\", \"arrivals\": {\"kind\": \"constant\","
        "  \"rate\": \"1/s\"}, \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}"
        "%s}}, \"changes\": [{\"at\": \"1s\", \"set\": {\"apps.a.arrivals.rate\": "
        "\"0/s\"}}%s]}",
        proxy, app, changes);
    struct stage s = stage_open(text);
    free(text);
    return s;
}

#define PROXY_STOPS(when) SET(when, "p.processes.squid", "false")

static void test_a_client_learns_by_a_fin_that_its_proxy_has_ended(void **state)
{
    (void)state;
    struct stage s = proxy_stage("\"stack\": \"plain\"", "", PROXY_STOPS("1180ms"));
    stage_run(&s, 1200 * SIM_MS); /* it waits for the proxy's answer */
    expect_owners(&s, "p", "squid/0:FIN_WAIT_1");
    stage_run(&s, 1300 * SIM_MS);
    expect_count(&s, "apps.a.failures.EOF", 1);
    stage_run(&s, 10 * SIM_MIN);
    expect_level(&s, "hosts.p.processes.squid.sockets", 0);
    expect_level(&s, "hosts.p.tcp4.in_use", 0);
    stage_close(&s);
}

static void test_idle_connections_of_a_proxy_end_with_it(void **state)
{
    (void)state;
    struct stage s =
        proxy_stage("\"proxy\": \"nginx-http-keepalive\"", "", PROXY_STOPS("5s"));
    stage_run(&s, 4900 * SIM_MS);
    expect_owners(&s, "p", "squid/1000:ESTABLISHED");
    expect_level(&s, "apps.a.idle", 1);
    stage_run(&s, 5 * SIM_S);
    expect_level(&s, "apps.a.idle", 0);
    expect_level(&s, "hosts.p.processes.squid.sockets", 0);
    stage_close(&s);
}

/* --- a host loses power --------------------------------------------------------------
 */

static void test_a_host_that_goes_down_tells_nobody(void **state)
{
    (void)state;
    static const struct moment server_down[] = {
        {1500 * SIM_MS, "a/9:ESTABLISHED", ""},
        {2099 * SIM_MS, "a/9:ESTABLISHED", ""},
        {2100 * SIM_MS, "a/0:FIN_WAIT_1", ""},
        {5099 * SIM_MS, "a/0:FIN_WAIT_1", ""},
        {5100 * SIM_MS, "", ""}, /* nobody acknowledges, and nobody resets */
        {0}};
    static const struct moment client_down[] = {{1500 * SIM_MS, "", "web/7:ESTABLISHED"},
                                                {1 * SIM_H, "", "web/7:ESTABLISHED"},
                                                {0}};
    play_through(&(struct play){.changes = SET("1500ms", "s", "false")}, server_down);
    play_through(&(struct play){.changes = SET("1500ms", "c", "false")}, client_down);
}

static void test_a_syn_to_a_host_that_is_down_is_lost(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {3999 * SIM_MS, "a/9:SYN_SENT", ""}, {4 * SIM_S, "", ""}, {0}};
    struct stage s = play(&(struct play){.changes = SET("500ms", "s", "false")}, moments);
    expect_count(&s, "apps.a.failures.ETIMEDOUT", 1);
    stage_close(&s);
}

/* Also one that is on its way when the host goes down. */
static void test_what_is_on_its_way_to_a_host_that_goes_down_is_lost(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2199 * SIM_MS, "a/0:FIN_WAIT_1", ""},
        {3099 * SIM_MS, "a/0:FIN_WAIT_1", ""},
        {3200 * SIM_MS, "", ""}, /* the second FIN meets the host that is up again */
        {0}};
    play_through(
        &(struct play){.changes = SET("2120ms", "s", "false") SET("2500ms", "s", "true")},
        moments);
}

static void test_a_host_that_was_restarted_resets_old_connections(void **state)
{
    (void)state;
    static const struct moment moments[] = {{2100 * SIM_MS, "a/0:FIN_WAIT_1", ""},
                                            {2199 * SIM_MS, "a/0:FIN_WAIT_1", ""},
                                            {2200 * SIM_MS, "", ""},
                                            {0}};
    play_through(
        &(struct play){.changes = SET("1500ms", "s", "false") SET("1600ms", "s", "true")},
        moments);
}

/* The one port again, after a restart: the server still has the old connection.  SYN,
 * challenge ACK, RST, and the SYN again [KERNEL.md F6]. */
static void test_a_restarted_client_frees_its_old_connection_at_the_server(void **state)
{
    (void)state;
    static const char changes[] =
        SET("1500ms", "c", "false") SET("1600ms", "c", "true") //
        ", {\"at\": \"1600ms\", \"set\": {\"apps.a.arrivals.rate\": \"1/s\"}}"
        ", {\"at\": \"2600ms\", \"set\": {\"apps.a.arrivals.rate\": \"0/s\"}}";
    static const struct moment moments[] = {
        {1600 * SIM_MS, "", "web/7:ESTABLISHED"},
        {2600 * SIM_MS, "a/9:SYN_SENT", "web/7:ESTABLISHED"},
        {2749 * SIM_MS, "a/9:SYN_SENT", "web/7:ESTABLISHED"},
        {2750 * SIM_MS, "a/9:SYN_SENT", ""},
        {3700 * SIM_MS, "a/9:ESTABLISHED", "web/0:SYN_RECEIVED"},
        {0}};
    play_through(&(struct play){.changes = changes}, moments);
}

/* W6: reboot frees everything, TIME_WAIT and BOUND included. */
static void test_a_restart_frees_every_port(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2300 * SIM_MS, "a/9:TIME_WAIT", ""}, {2400 * SIM_MS, "", ""}, {0}};
    struct stage s = play(
        &(struct play){.client = "win10",
                       .app = ", \"leaks\": {\"after_time_wait\": 1}",
                       .changes = SET("2400ms", "c", "false") SET("3s", "c", "true")},
        moments);
    stage_run(&s, 3 * SIM_S);
    expect_level(&s, "hosts.c.tcp4.in_use", 0);
    expect_level(&s, "hosts.c.processes.a.sockets", 0);
    stage_close(&s);
}

/* Users at 1, 2 and 3 s; the gateway is down from 1.5 to 2.5 s. */
static void test_a_gateway_that_goes_down_forgets_its_flows(void **state)
{
    (void)state;
    struct stage s = stage_open(
        "{\"name\": \"g\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
        "\"hosts\": {\"gw\": {\"nat\": \"netfilter\"}, \"s\": {\"listen\": [80]},"
        "  \"c\": {\"gateway\": \"gw\", \"tcp\": {\"syn\": {\"at\": [\"1s\"],"
        "    \"give_up\": \"3s\"}, \"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}}},"
        "\"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:80\", \"arrivals\": {\"kind\":"
        "  \"constant\", \"rate\": \"1/s\"}, \"lifetime\": {\"kind\": \"constant\","
        "  \"value\": \"10s\"}}}, \"changes\": ["
        "{\"at\": \"1500ms\", \"set\": {\"hosts.gw.running\": false}},"
        "{\"at\": \"2500ms\", \"set\": {\"hosts.gw.running\": true}},"
        "{\"at\": \"3s\", \"set\": {\"apps.a.arrivals.rate\": \"0/s\"}}]}");
    stage_run(&s, 1400 * SIM_MS);
    expect_level(&s, "hosts.gw.nat.mappings", 1);
    stage_run(&s, 2400 * SIM_MS);
    expect_level(&s, "hosts.gw.nat.mappings", 0);
    expect_level(&s, "hosts.gw.tcp4.in_use", 0);
    expect_count(&s, "hosts.gw.nat.drops.without_power", 1); /* the second user's SYN */
    stage_run(&s, 3900 * SIM_MS);
    expect_owners(&s, "c", "a/1000:ESTABLISHED");
    expect_level(&s, "hosts.gw.nat.mappings", 2); /* of the other two */
    expect_count(&s, "apps.a.successes", 3);
    stage_run(&s, 1 * SIM_MIN);
    /* The first user's FIN, twice: its server never learns. */
    expect_count(&s, "hosts.gw.nat.drops.stray", 2);
    expect_owners(&s, "s", "listener-80/1000:ESTABLISHED");
    expect_level(&s, "hosts.s.processes.listener-80.sockets", 1);
    stage_close(&s);
}

/* --- a busy world --------------------------------------------------------------------
 */

/* Every process of the world, false or true. */
#define ALL(value)                                                                       \
    "\"hosts.c.processes.near.running\": " value                                         \
    ", \"hosts.c.processes.far.running\": " value                                        \
    ", \"hosts.c.processes.keeper.running\": " value                                     \
    ", \"hosts.c.processes.names.running\": " value                                      \
    ", \"hosts.p.processes.proxy.running\": " value                                      \
    ", \"hosts.s.processes.web.running\": " value                                        \
    ", \"hosts.s.processes.dns.running\": " value                                        \
    ", \"hosts.s.processes.files.running\": " value
#define HOSTS(value)                                                                     \
    "\"hosts.c.running\": " value ", \"hosts.p.running\": " value                        \
    ", \"hosts.s.running\": " value
#define AT(when, set) "{\"at\": \"" when "\", \"set\": {" set "}}"

static void expect_balance(const struct stage *s, const char *app)
{
    char *name[5];
    static const char *const metrics[] = {"attempts", "successes", "failures", "stopped",
                                          "open"};
    for (size_t i = 0; i < 5; i++)
        name[i] = memory_print("apps.%s.%s", app, metrics[i]);
    assert_true(stage_count(s, name[0]) > 0);
    assert_int_equal(stage_count(s, name[0]), stage_count(s, name[1]) +
                                                  stage_count(s, name[2]) +
                                                  stage_count(s, name[3]));
    expect_level(s, name[4], 0);
    for (size_t i = 0; i < 5; i++)
        free(name[i]);
}

static void expect_balances(const struct stage *s)
{
    static const char *const apps[] = {"near", "far", "keeper", "names"};
    for (size_t i = 0; i < sizeof apps / sizeof apps[0]; i++)
        expect_balance(s, apps[i]);
}

static void see_ownerless(void *context, const struct socket_row *row)
{
    (void)context;
    if (row->owned)
        fail_msg("%s still has %s in %s", row->host, row->process, row->state);
}

static void expect_nothing_left(struct stage *s)
{
    static const char *const pools[] = {"hosts.c.tcp4.in_use", "hosts.c.udp4.in_use",
                                        "hosts.p.tcp4.in_use"};
    stage_run(s, 20 * SIM_S);
    world_sockets(s->world, see_ownerless, NULL);
    expect_recounts(s);
    expect_balances(s);
    stage_run(s, 2 * SIM_H);
    for (size_t i = 0; i < 3; i++)
        expect_level(s, pools[i], 0);
    assert_int_equal(world_totals(s->world).live, 0);
}

static void test_when_every_process_has_ended_only_the_systems_sockets_are_left(void **st)
{
    (void)st;
    in_every_busy_world(expect_nothing_left,
                        ", \"changes\": [" AT("20s", ALL("false")) "]");
}

/* Ends, begins, restarts at one moment, hosts down and up, one after the other. */
static void count_through_the_storm(struct stage *s)
{
    for (sim_ns now = 0; now < 40 * SIM_S; now += 237 * SIM_MS) {
        stage_run(s, now);
        expect_recounts(s);
    }
    assert_true(stage_level(s, "hosts.c.processes.near.sockets") > 0);
    stage_run(s, 40 * SIM_S);
    expect_balances(s);
    stage_run(s, 2 * SIM_H);
    assert_int_equal(world_totals(s->world).live, 0);
}

static void test_descriptors_add_up_through_restarts_and_power_failures(void **state)
{
    (void)state;
    in_every_busy_world(
        count_through_the_storm,
        ", \"changes\": [" AT("5s", ALL("false")) "," AT("7s", ALL("true")) "," //
        AT("12s", "\"hosts.p.processes.proxy.running\": false") ","             //
        AT("12s", "\"hosts.p.processes.proxy.running\": true") ","              //
        AT("15s", "\"hosts.s.processes.web.running\": false") ","               //
        AT("17s", "\"hosts.s.processes.web.running\": true") ","                //
        AT("20s", "\"hosts.c.running\": false") ","                             //
        AT("22s", "\"hosts.c.running\": true") ","                              //
        AT("24s", "\"hosts.p.running\": false") ","                             //
        AT("26s", "\"hosts.p.running\": true") ","                              //
        AT("28s", "\"hosts.s.running\": false") ","                             //
        AT("31s", "\"hosts.s.running\": true") ","                              //
        AT("33s", HOSTS("false")) "," AT("34s", HOSTS("true")) ","              //
        AT("40s", HOSTS("false")) "]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_process_that_ends_in_syn_sent_leaves_nothing),
        cmocka_unit_test(test_a_process_that_ends_closes_its_connections_with_a_fin),
        cmocka_unit_test(test_on_windows_a_process_that_ends_resets_its_connections),
        cmocka_unit_test(test_linger_0_resets_also_when_its_process_ends),
        cmocka_unit_test(test_what_was_closed_already_goes_on_without_its_process),
        cmocka_unit_test(test_a_half_closed_socket_becomes_an_orphan_with_a_timer),
        cmocka_unit_test(test_a_leak_in_close_wait_ends_with_its_process),
        cmocka_unit_test(test_bound_ports_come_back_when_their_process_ends),
        cmocka_unit_test(test_descriptors_without_a_socket_end_with_their_process),
        cmocka_unit_test(test_a_listener_that_ends_forgets_who_was_not_accepted_yet),
        cmocka_unit_test(test_a_server_that_ends_closes_first),
        cmocka_unit_test(test_a_server_that_ends_closes_what_it_never_closed),
        cmocka_unit_test(test_a_port_refuses_until_its_process_runs_again),
        cmocka_unit_test(test_the_port_of_a_listener_that_ends_may_be_given_out),
        cmocka_unit_test(test_nobody_comes_while_the_program_does_not_run),
        cmocka_unit_test(test_an_attempt_does_not_outlive_its_program_between_two_tries),
        cmocka_unit_test(test_a_process_that_begins_again_has_another_number),
        cmocka_unit_test(
            test_names_are_forgotten_with_their_resolver_and_credentials_are_not),
        cmocka_unit_test(test_a_client_learns_by_a_fin_that_its_proxy_has_ended),
        cmocka_unit_test(test_idle_connections_of_a_proxy_end_with_it),
        cmocka_unit_test(test_a_host_that_goes_down_tells_nobody),
        cmocka_unit_test(test_a_syn_to_a_host_that_is_down_is_lost),
        cmocka_unit_test(test_what_is_on_its_way_to_a_host_that_goes_down_is_lost),
        cmocka_unit_test(test_a_host_that_was_restarted_resets_old_connections),
        cmocka_unit_test(test_a_restarted_client_frees_its_old_connection_at_the_server),
        cmocka_unit_test(test_a_restart_frees_every_port),
        cmocka_unit_test(test_a_gateway_that_goes_down_forgets_its_flows),
        cmocka_unit_test(
            test_when_every_process_has_ended_only_the_systems_sockets_are_left),
        cmocka_unit_test(test_descriptors_add_up_through_restarts_and_power_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
