/* What follows from the ways of real proxies when ports, descriptors or patience run out:
 * PROXIES.md, the second table of section 1 and the consequences of section 3.
 *
 * Consequences that need many connections are scenarios of the library (haproxy-*,
 * nginx-*, which-proxy-pays-time-wait), whose requirements tests/test_library.c holds.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/proxy.h"
#include "sim/base/memory.h"
#include "tests/run_text.h"

/* --- the stage ------------------------------------------------------------------------
 */

/* Users of one application through one proxy, no delay anywhere. */
struct stage {
    const char *row, *fields; /* of the proxy */
    const char *host;         /* more keys of its host; NULL: none */
    const char *range;        /* NULL: ten ports */
    const char *rate, *life;
    const char *app;    /* more keys of the application; NULL: none */
    const char *server; /* of the server's host; NULL: none */
    const char *more;   /* of the scenario; NULL: none */
    const char *until;
};

static struct trial_result *run(const struct stage *s)
{
    char *text = memory_print(
        "{\"name\": \"limits\", \"duration\": \"%s\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"c\": {}, \"p\": {\"proxy\": \"%s\", \"proxying\": {%s}, %s"
        "  \"tcp\": {\"time_wait\": \"60s\", \"fin_wait_2\": "
        "  \"60s\", \"range\": %s}}, \"s\": {%s}},"
        "\"apps\": {\"a\": {\"from\": \"c\", \"through\": \"p\", \"to\": \"s:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"%s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"%s\"} %s}} %s}",
        s->until, s->row, s->fields, s->host ? s->host : "",
        s->range ? s->range : "[5000, 5009], \"allocator\": \"bsd44\"",
        s->server ? s->server : "", s->rate, s->life, s->app ? s->app : "",
        s->more ? s->more : "");
    struct text_plan p = text_plan_read(text);
    struct trial_result *r = trial_run(p.plan, p.plan->config->seed, 1, NULL);
    text_plan_free(&p);
    free(text);
    return r;
}

static void expect(const struct trial_result *r, const char *name, double expected)
{
    double value = result_metric(r, name);
    if (fabs(value - expected) > 1e-9 * (1 + fabs(expected)))
        fail_msg("%s is %.12g, should be %.12g", name, value, expected);
}

#define NEVER ", \"server_close\": [{\"kind\": \"never\"}]"

/* --- no port left ---------------------------------------------------------------------
 */

/* Ten ports held for an hour: the eleventh and twelfth user, at 11 and 12 s.  Each
 * program answers in its own way, at once; what it tried again, it tried in the same
 * instant. */
static void test_what_a_client_sees_when_the_proxy_has_no_port(void **state)
{
    (void)state;
    static const struct {
        const char *row, *metric;
        double choices; /* without a port, for each client */
    } rows[] = {
        {"explicit", "apps.a.failures.EADDRNOTAVAIL", 1},
        {"haproxy-tcp", "apps.a.failures.EOF", 4},
        {"haproxy-http", "apps.a.failures.HTTP_503", 4},
        {"haproxy-http-keepalive", "apps.a.failures.HTTP_503", 4},
        {"nginx-stream", "apps.a.failures.ECONNRESET", 1},
        {"nginx-http", "apps.a.failures.HTTP_502", 1},
        {"nginx-http-keepalive", "apps.a.failures.HTTP_502", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial_result *r = run(&(struct stage){.row = rows[i].row,
                                                     .fields = "",
                                                     .rate = "1/s",
                                                     .life = "1h",
                                                     .until = "12500ms"});
        expect(r, "apps.a.successes", 10);
        expect(r, "apps.a.failures", 2);
        expect(r, rows[i].metric, 2);
        expect(r, "apps.a.first_failure_s", 11);
        expect(r, "apps.a.last_failure_s", 12);
        expect(r, "hosts.p.tcp4.allocation_failures", 2 * rows[i].choices);
        trial_result_free(r);
    }
    assert_null(proxy_choice(sizeof rows / sizeof rows[0])); /* no row is missing */
}

/* PROXIES.md 3.5. */
static void test_retries_on_exhaustion_change_nothing(void **state)
{
    (void)state;
    double successes = 0;
    for (int retries = 0; retries <= 100; retries += 50) {
        char *fields = memory_print("\"retries\": %d", retries);
        struct trial_result *r = run(&(struct stage){.row = "haproxy-tcp",
                                                     .fields = fields,
                                                     .rate = "1/s",
                                                     .life = "1s",
                                                     .until = "10min"});
        double now = result_metric(r, "apps.a.successes");
        assert_true(retries == 0 || !(fabs(now - successes) > 0));
        assert_true(now < 300);
        successes = now;
        expect(r, "hosts.p.tcp4.allocation_failures",
               result_metric(r, "apps.a.failures") * (retries + 1));
        trial_result_free(r);
        free(fields);
    }
}

/* A failure on the server's side leaves a TIME_WAIT on the proxy's listening port, where
 * it closes first, and takes no port. */
static void test_a_failure_costs_the_proxy_no_port(void **state)
{
    (void)state;
    struct trial_result *r = run(&(struct stage){.row = "haproxy-tcp",
                                                 .fields = "",
                                                 .range = "[5000, 5000]",
                                                 .rate = "1/s",
                                                 .life = "1h",
                                                 .until = "31s"});
    expect(r, "apps.a.failures.EOF", 30);
    expect(r, "hosts.p.tcp4.sockets.TIME_WAIT.max", 30);
    expect(r, "hosts.p.tcp4.in_use_max", 1);
    trial_result_free(r);
}

static void test_a_refusing_server_is_reported_in_the_same_words(void **state)
{
    (void)state;
    static const struct {
        const char *row, *metric;
    } rows[] = {{"explicit", "apps.a.failures.ECONNREFUSED"},
                {"haproxy-tcp", "apps.a.failures.EOF"},
                {"nginx-http", "apps.a.failures.HTTP_502"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial_result *r = run(&(struct stage){.row = rows[i].row,
                                                     .fields = "",
                                                     .server = "\"listen\": [443]",
                                                     .rate = "1/s",
                                                     .life = "1s",
                                                     .until = "5s"});
        expect(r, rows[i].metric, 5);
        expect(r, "hosts.s.tcp4.refused_connections", 5);
        trial_result_free(r);
    }
}

/* --- what a held half costs -----------------------------------------------------------
 */

/* PROXIES.md 3.11: the client has gone, its session has not.  Of six places, five are
 * held half open from 2, 3 .. 6 s on; the users of 7, 8, ... 11 s are refused, but for
 * one that finds the first place free again: timeout server 8 s after the last data, at 2
 * s. */
static void test_a_held_half_is_a_session_of_maxconn(void **state)
{
    (void)state;
    struct stage stage = {.row = "haproxy-tcp",
                          .fields = "\"server_timeout\": \"8s\"",
                          .host = "\"max_client_connections\": 6,",
                          .rate = "1/s",
                          .life = "1s",
                          .app = NEVER,
                          .until = "9500ms"};
    struct trial_result *r = run(&stage);
    expect(r, "apps.a.successes", 6);
    expect(r, "apps.a.failures.ECONNREFUSED", 3);
    expect(r, "hosts.p.tcp4.sockets.CLOSE_WAIT.max", 6);
    expect(r, "hosts.p.tcp4.outgoing.FIN_WAIT_2.max", 6);
    trial_result_free(r);
    stage.row = "nginx-stream"; /* the kernel holds the port, nobody the session */
    stage.fields = "";
    r = run(&stage);
    expect(r, "apps.a.successes", 9);
    expect(r, "hosts.p.tcp4.outgoing.FIN_WAIT_2.max", 8);
    trial_result_free(r);
}

/* PROXIES.md 3.7: a server hangs until 99.5 s; the halves held until then turn into
 * TIME_WAIT all at once, and nobody gets a port before those end, a minute later. */
static void test_repairing_the_server_does_not_repair_the_proxy(void **state)
{
    (void)state;
    struct trial_result *r = run(&(struct stage){
        .row = "haproxy-tcp",
        .fields = "\"server_timeout\": \"1h\"",
        .rate = "1/s",
        .life = "1s",
        .app = ", \"server_close\": [{\"kind\": \"hangs\", \"until\": \"99500ms\"}]",
        .more = ", \"phases\": {\"hung\": [\"11s\", \"99s\"], \"repaired\": [\"100s\", "
                "\"159s\"], \"well\": [\"159600ms\", \"169600ms\"]}",
        .until = "175s"});
    expect(r, "apps.a.successes@hung", 0);
    expect(r, "apps.a.successes@repaired", 0);
    expect(r, "hosts.p.tcp4.outgoing.FIN_WAIT_2.max@hung", 10);
    expect(r, "hosts.p.tcp4.outgoing.TIME_WAIT.max@repaired", 10);
    expect(r, "apps.a.successes@well", 10);
    trial_result_free(r);
}

/* PROXIES.md 3.7: FIN_WAIT_2s that are there keep their timer, new ones have the new one;
 * a wider range is there for the next connect(). */
static void test_knobs_turned_act_on_new_closes_and_new_connects(void **state)
{
    (void)state;
    struct stage stage = {
        .row = "nginx-stream",
        .fields = "",
        .rate = "1/s",
        .life = "1s",
        .app = NEVER,
        .more =
            ", \"changes\": [{\"at\": \"20500ms\", \"set\": {\"hosts.p.tcp.fin_wait_2\": "
            "\"1s\"}}], \"phases\": {\"before\": [\"20500ms\", \"61500ms\"],"
            "\"after\": [\"61500ms\", \"121s\"]}",
        .until = "121s"};
    struct trial_result *r = run(&stage);
    expect(r, "apps.a.successes@before", 0); /* the first ten ports: 62 .. 71 s */
    expect(r, "apps.a.failures@after", 0);   /* 2 s each from then on */
    trial_result_free(r);
    stage.more = ", \"changes\": [{\"at\": \"20500ms\", \"set\": {\"hosts.p.tcp.range\": "
                 "[5000, 5019]}}], \"phases\": {\"wide\": [\"20500ms\", \"30500ms\"],"
                 "\"full\": [\"30500ms\", \"61500ms\"]}";
    r = run(&stage);
    expect(r, "apps.a.successes@wide", 10);
    expect(r, "apps.a.successes@full", 0);
    trial_result_free(r);
}

/* PROXIES.md 3.7 and 3.6: the range is the kernel's, the ring is HAProxy's own. */
static void test_a_wider_range_does_not_widen_a_ring(void **state)
{
    (void)state;
    struct trial_result *r = run(&(struct stage){
        .row = "haproxy-tcp",
        .fields = "\"socket\": {\"bind\": \"explicit\", \"reuse_address\": true, "
                  "\"ring\": [7000, 7009]}",
        .rate = "1/s",
        .life = "1h",
        .more = ", \"changes\": [{\"at\": \"20500ms\", \"set\": {\"hosts.p.tcp.range\": "
                "[5000, 9999]}}], \"phases\": {\"wide\": [\"20500ms\", \"30500ms\"]}",
        .until = "31s"});
    expect(r, "apps.a.successes", 10);
    expect(r, "apps.a.failures.EOF@wide", 10);
    trial_result_free(r);
}

/* PROXIES.md 3.8, on the timer grid of Linux: 1,000 ports at 50/s last 20 s; then nobody
 * gets one before the first TIME_WAITs end at 61.5 s at the earliest, and from 63.6 s at
 * the latest everybody does, until they are gone again. */
static void test_after_a_hard_start_all_succeed_or_none(void **state)
{
    (void)state;
    struct trial_result *r =
        run(&(struct stage){.row = "haproxy-tcp",
                            .host = "\"stack\": \"linux518\",",
                            .fields = "",
                            .range = "[50000, 50999], \"allocator\": \"linux518\"",
                            .rate = "50/s",
                            .life = "1s",
                            .more = ", \"phases\": {\"first\": [\"0s\", \"19900ms\"],"
                                    "\"gap\": [\"20100ms\", \"60900ms\"],"
                                    "\"second\": [\"63600ms\", \"81s\"]}",
                            .until = "82s"});
    expect(r, "apps.a.failures@first", 0);
    expect(r, "apps.a.successes@gap", 0);
    expect(r, "apps.a.failures@second", 0);
    trial_result_free(r);
}

/* --- idle connections -----------------------------------------------------------------
 */

/* Overlapping users of 10 s each, one a second: ten connections, and from then on none is
 * made any more; without keep-alive the ports would be gone after ten users. */
static void test_an_idle_connection_serves_the_next_request(void **state)
{
    (void)state;
    struct stage stage = {.row = "nginx-http-keepalive",
                          .fields = "",
                          .rate = "1/s",
                          .life = "9500ms",
                          .until = "1000500ms"};
    struct trial_result *r = run(&stage);
    expect(r, "apps.a.attempts", 1000);
    expect(r, "apps.a.successes", 1000);
    expect(r, "apps.a.reused", 990);
    expect(r, "hosts.p.tcp4.allocations", 10);
    expect(r, "hosts.p.tcp4.in_use_max", 10);
    trial_result_free(r);
    stage.row = "nginx-http";
    r = run(&stage);
    assert_true(result_metric(r, "apps.a.failures") > 800);
    trial_result_free(r);
}

static void test_a_connection_is_closed_after_its_last_request(void **state)
{
    (void)state;
    struct trial_result *r = run(&(struct stage){.row = "nginx-http-keepalive",
                                                 .fields = "\"keepalive_requests\": 25",
                                                 .rate = "1/s",
                                                 .life = "500ms",
                                                 .until = "100700ms"});
    expect(r, "apps.a.successes", 100);
    expect(r, "hosts.p.tcp4.allocations", 4);
    expect(r, "apps.a.reused", 96);
    trial_result_free(r);
}

/* Three users at once, for 2.5 s each; room for two idle ones.  The third to end makes
 * the first, idle for longest, go by FIN; HAProxy's rule resets the third instead. */
static void test_an_idle_connection_too_many_is_closed(void **state)
{
    (void)state;
    struct stage stage = {.row = "nginx-http-keepalive",
                          .fields = "\"keepalive\": 2",
                          .rate = "1/s",
                          .life = "2500ms",
                          .more = ", \"changes\": [{\"at\": \"3500ms\", \"set\": "
                                  "{\"apps.a.arrivals.rate\": \"0/s\"}}]",
                          .until = "30s"};
    struct trial_result *r = run(&stage);
    expect(r, "apps.a.successes", 3);
    expect(r, "apps.a.idle.max", 2);
    expect(r, "hosts.p.tcp4.outgoing.TIME_WAIT.max", 1);
    trial_result_free(r);
    stage.fields =
        "\"keepalive\": 2, \"overflow\": \"newest\", \"close_mode\": \"reset\"";
    r = run(&stage);
    expect(r, "apps.a.idle.max", 2);
    expect(r, "hosts.p.tcp4.outgoing.ESTABLISHED.max", 3);
    expect(r, "hosts.p.tcp4.in_use_max", 3);
    trial_result_free(r);
}

/* Users of 1, 2, 3 and 4 s go to the addresses in turn: the one of 3 s finds the first's
 * connection, the one of 4 s the second's. */
static void test_an_idle_connection_serves_its_own_server(void **state)
{
    (void)state;
    struct trial_result *r =
        run(&(struct stage){.row = "nginx-http-keepalive",
                            .fields = "",
                            .server = "\"addresses\": [\"192.0.2.1\", \"192.0.2.2\"]",
                            .rate = "1/s",
                            .life = "500ms",
                            .until = "4700ms"});
    expect(r, "apps.a.reused", 2);
    expect(r, "apps.a.idle.max", 2);
    expect(r, "hosts.p.tcp4.allocations", 2);
    trial_result_free(r);
}

/* Keep-alive turned off in mid-run: who is idle is still used, and then closed. */
static void test_keepalive_can_be_turned_off_in_mid_run(void **state)
{
    (void)state;
    struct trial_result *r = run(&(struct stage){
        .row = "nginx-http-keepalive",
        .fields = "",
        .rate = "1/s",
        .life = "500ms",
        .more =
            ", \"changes\": [{\"at\": \"5700ms\", \"set\": {\"hosts.p.proxying.keepalive"
            "\": 0}}], \"phases\": {\"off\": [\"5700ms\", \"9700ms\"]}",
        .until = "70s"});
    expect(r, "apps.a.reused@off", 0);
    expect(r, "hosts.p.tcp4.allocations@off", 4);
    trial_result_free(r);
}

/* One port, two users a second who stay 900 ms: every other finds the connection idle,
 * 100 ms after it became so; those in between come again after 100, 300 and 700 ms, just
 * too late. */
static void test_retrying_users_meet_idle_connections(void **state)
{
    (void)state;
    struct trial_result *r =
        run(&(struct stage){.row = "nginx-http-keepalive",
                            .fields = "\"keepalive\": 1",
                            .range = "[5000, 5000]",
                            .rate = "2/s",
                            .life = "900ms",
                            .app = ", \"on_failure\": {\"retries\": 3, \"backoff\": "
                                   "\"100ms\", \"factor\": 2}",
                            .until = "60800ms"});
    expect(r, "apps.a.attempts", 121);
    expect(r, "apps.a.successes", 61);
    expect(r, "apps.a.reused", 60);
    expect(r, "apps.a.failures.HTTP_502", 60);
    expect(r, "apps.a.tries", 61 + 4 * 60);
    expect(r, "hosts.p.tcp4.allocations", 1);
    trial_result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_client_sees_when_the_proxy_has_no_port),
        cmocka_unit_test(test_retries_on_exhaustion_change_nothing),
        cmocka_unit_test(test_a_failure_costs_the_proxy_no_port),
        cmocka_unit_test(test_a_refusing_server_is_reported_in_the_same_words),
        cmocka_unit_test(test_a_held_half_is_a_session_of_maxconn),
        cmocka_unit_test(test_repairing_the_server_does_not_repair_the_proxy),
        cmocka_unit_test(test_knobs_turned_act_on_new_closes_and_new_connects),
        cmocka_unit_test(test_a_wider_range_does_not_widen_a_ring),
        cmocka_unit_test(test_after_a_hard_start_all_succeed_or_none),
        cmocka_unit_test(test_an_idle_connection_serves_the_next_request),
        cmocka_unit_test(test_a_connection_is_closed_after_its_last_request),
        cmocka_unit_test(test_an_idle_connection_too_many_is_closed),
        cmocka_unit_test(test_an_idle_connection_serves_its_own_server),
        cmocka_unit_test(test_keepalive_can_be_turned_off_in_mid_run),
        cmocka_unit_test(test_retrying_users_meet_idle_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
