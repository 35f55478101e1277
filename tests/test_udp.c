/* UDP: sockets that ask, servers that answer, and pools that run out. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/socket_rows.h"
#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/complaints.h"
#include "tests/loss_system.h"
#include "tests/run_text.h"
#include "tests/sockets_seen.h"

/* Queries at 1 s, 2 s, ... over a path of 20 ms; each keeps its socket for 10 s. */
static struct text_plan queries(const char *client, const char *server, const char *app)
{
    char *text = memory_print(
        "{\"name\": \"udp\", \"duration\": \"100s\", \"network\": {\"rtt\": \"20ms\"},"
        "\"hosts\": {\"client\": {%s},"
        "  \"server\": {\"stack\": \"linux618\", %s}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:53\","
        "  \"protocol\": \"udp\", \"arrivals\": {\"kind\": \"constant\", \"rate\": "
        "\"1/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"10s\"}, %s}}}",
        client, server, app);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

#define LINUX   "\"stack\": \"linux618\", \"udp\": {\"range\": [50000, 50003]}"
#define WIDE    "\"stack\": \"bsd44\", \"udp\": {\"range\": [50000, 50099]}"
#define ANSWERS "\"listen\": [53]"
#define ONE_TRY "\"on_failure\": {\"retries\": 0}"

static struct trial_result *run_queries(const char *client, const char *server,
                                        const char *app)
{
    struct text_plan p = queries(client, server, app);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    text_plan_free(&p);
    return r;
}

static void expect(struct trial_result *r, const char *metric, double value)
{
    double is = result_metric(r, metric);
    if (is < value || is > value)
        fail_msg("%s is %g, not %g", metric, is, value);
}

/* Answered at 1.02 s, closed at 11.02 s, and free at once: the pool of four holds the
 * queries of 1 s to 4 s until then. */
static void test_a_port_is_held_for_the_query_and_the_lifetime(void **state)
{
    (void)state;
    struct trial_result *r = run_queries(LINUX, ANSWERS, ONE_TRY);
    expect(r, "hosts.client.udp4.capacity", 4);
    expect(r, "hosts.client.udp4.in_use_max", 4);
    expect(r, "apps.a.connect_delay_s.min", 0.02);
    expect(r, "apps.a.connect_delay_s.max", 0.02);
    expect(r, "apps.a.attempts", 100);
    /* Four of every 11: those of 1..4 s, 12..15 s, ... 89..92 s; that of 100 s has a port
     * and no answer yet. */
    expect(r, "apps.a.successes", 36);
    expect(r, "apps.a.failures.EAGAIN", 63);
    expect(r, "hosts.client.udp4.allocation_failures", 63);
    expect(r, "hosts.client.tcp4.in_use_max", 0);
    trial_result_free(r);
}

/* KERNEL.md C3: who binds hears EADDRINUSE, and of Windows MODEL.md 0.2. */
static void test_each_system_has_its_words_for_an_exhausted_pool(void **state)
{
    (void)state;
    static const struct {
        const char *stack, *bind, *code;
    } rows[] = {
        {"linux618", "connect", "EAGAIN"},
        {"linux618", "bind-zero", "EADDRINUSE"},
        {"win10", "connect", "WSAENOBUFS"},
        {"win10", "bind-zero", "WSAEADDRINUSE"},
        {"freebsd14", "connect", "EADDRNOTAVAIL"},
        {"netbsd", "connect", "EAGAIN"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *client = memory_print(
            "\"stack\": \"%s\", \"udp\": {\"range\": [50000, 50003]}", rows[i].stack);
        char *app = memory_print("\"socket\": {\"bind\": \"%s\"}", rows[i].bind);
        char *metric = memory_print("apps.a.failures.%s", rows[i].code);
        struct trial_result *r = run_queries(client, ANSWERS, app);
        expect(r, metric, 63);
        trial_result_free(r);
        free(client);
        free(app);
        free(metric);
    }
}

static void expect_at(sim_ns when, const char *client, const char *app,
                      const char *sockets)
{
    struct text_plan p = queries(client, ANSWERS, app);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    world_run(w, when, UINT64_MAX);
    expect_sockets(w, "client", sockets);
    world_free(w);
    text_plan_free(&p);
}

/* ss calls who did not connect() UNCONN. */
static void test_sockets_are_rows_as_ss_has_them(void **state)
{
    (void)state;
    expect_at(2500 * SIM_MS, WIDE, ONE_TRY, "50000:ESTABLISHED 50001:ESTABLISHED");
    expect_at(2500 * SIM_MS, WIDE, "\"udp\": {\"connected\": false}",
              "50000:UNCONN 50001:UNCONN");
    expect_at(11500 * SIM_MS, WIDE, ONE_TRY,
              "50001:ESTABLISHED 50002:ESTABLISHED 50003:ESTABLISHED 50004:ESTABLISHED "
              "50005:ESTABLISHED 50006:ESTABLISHED 50007:ESTABLISHED 50008:ESTABLISHED "
              "50009:ESTABLISHED 50010:ESTABLISHED");
}

/* What accepts and answers, as "port:pool:state", in the order of the ports. */
static void see_listener(void *context, const struct socket_row *row)
{
    char *line = context;
    size_t length = strlen(line);
    if (strcmp(row->host, "server") == 0)
        snprintf(line + length, 200 - length, "%s%u:%s:%s", length ? " " : "",
                 (unsigned)row->local_port, pool_name(row->pool), row->state);
}

static void test_servers_answer_queries_from_a_socket_that_is_unconnected(void **state)
{
    (void)state;
    struct text_plan p = queries(WIDE, "\"listen\": [80, 53, 443]", ONE_TRY);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    struct socket_scene scene = world_scene(w);
    char line[200] = "";
    socket_rows_listening(&scene, see_listener, line);
    assert_string_equal(line, "53:udp4:UNCONN 80:tcp4:LISTEN 443:tcp4:LISTEN");
    world_free(w);
    text_plan_free(&p);
}

/* One socket a port whatever the destination [KERNEL.md P10], but by tuple in FreeBSD 14
 * [MODEL.md A2.3]. */
static void test_a_second_destination_doubles_only_what_freebsd_has(void **state)
{
    (void)state;
    static const struct {
        const char *stack;
        int held;
    } rows[] = {{"linux618", 4}, {"win10", 4}, {"openbsd", 4}, {"freebsd14", 8}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *client = memory_print(
            "\"stack\": \"%s\", \"udp\": {\"range\": [50000, 50003]}", rows[i].stack);
        struct trial_result *r =
            run_queries(client, "\"addresses\": [\"192.0.2.1\", \"192.0.2.2\"]", ONE_TRY);
        expect(r, "hosts.client.udp4.outgoing.ESTABLISHED.max", rows[i].held);
        trial_result_free(r);
        free(client);
    }
}

/* 4 ports from 1 s on, 8 from 30.5 s, 2 from 60.5 s, of which the holders of the others
 * know nothing; the allocator is another one from then on. */
static void test_the_ports_of_udp_change_in_mid_run(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"udp\", \"duration\": \"100s\", \"network\": {\"rtt\": \"20ms\"},"
        "\"hosts\": {\"client\": {\"stack\": \"linux618\","
        "    \"udp\": {\"range\": [50000, 50003]}}, \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:53\","
        "  \"protocol\": \"udp\", \"arrivals\": {\"kind\": \"constant\", \"rate\": "
        "\"10/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"10s\"}}},"
        "\"changes\": [{\"at\": \"30.5s\", \"set\": {"
        "    \"hosts.client.udp.range\": [50000, 50007]}},"
        "  {\"at\": \"60.5s\", \"set\": {\"hosts.client.udp.range\": [50002, 50003],"
        "    \"hosts.client.udp.allocator\": \"bsd44\"}}],"
        "\"phases\": {\"four\": [\"20s\", \"30s\"], \"eight\": [\"50s\", \"60s\"],"
        "  \"two\": [\"80s\", \"90s\"]}}");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    expect(r, "hosts.client.udp4.in_use_max@four", 4);
    expect(r, "hosts.client.udp4.in_use_max@eight", 8);
    expect(r, "hosts.client.udp4.capacity@two", 2);
    expect(r, "hosts.client.udp4.in_use_max@two", 2);
    trial_result_free(r);
    text_plan_free(&p);
}

/* --- no answer ------------------------------------------------------------------------
 */

static void test_a_port_nobody_listens_on_refuses(void **state)
{
    (void)state;
    struct trial_result *r = run_queries(WIDE, "\"listen\": [80]", ONE_TRY);
    expect(r, "apps.a.failures.ECONNREFUSED", 99);
    expect(r, "hosts.client.udp4.in_use_max", 1);
    trial_result_free(r);
}

/* Tries at 1 s, 1 + 5 + 1 s, 1 + 5 + 1 + 5 + 2 s; each holds a port for its 5 s. */
static void test_a_query_without_an_answer_times_out_and_is_sent_again(void **state)
{
    (void)state;
    struct trial_result *r = run_queries(
        WIDE, ANSWERS, "\"udp\": {\"unanswered\": 1}, \"on_failure\": {\"retries\": 2}");
    expect(r, "apps.a.successes", 0);
    expect(r, "apps.a.first_failure_s", 1 + 5 + 1 + 5 + 2 + 5);
    expect(r, "apps.a.failures.ETIMEDOUT", 100 - 18);
    expect(r, "hosts.client.udp4.in_use_max", 15);
    trial_result_free(r);
}

/* Half of the queries reach the server, half of the answers the client. */
static void test_paths_lose_queries_and_answers(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"lossy\", \"duration\": \"1000s\","
        "\"network\": {\"rtt\": \"20ms\", \"loss\": 0.5},"
        "\"hosts\": {\"client\": {\"stack\": \"linux618\"}, \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:53\","
        "  \"protocol\": \"udp\", \"arrivals\": {\"kind\": \"poisson\", \"rate\": "
        "\"10/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"0s\"}}}}");
    struct estimate e = replicate(p.plan, 10, "apps.a.failure_ratio", 0.99);
    assert_true(fabs(e.value - 0.75) <= e.half_width && e.half_width < 0.01);
    text_plan_free(&p);
}

/* The server thinks for 3 s, the client waits for 1 s: its query of t s times out at
 * t + 1 s, and the answer comes at t + 3.02 s, when on a single port the query of t + 3 s
 * has it. */
static void test_a_late_answer_meets_who_has_the_port_by_then(void **state)
{
    (void)state;
    static const struct {
        const char *range, *connected;
        int stray;
    } rows[] = {
        {"[50000, 50000]", "true", 96},
        {"[50000, 50000]", "false", 96},
        {"[50000, 50009]", "true", 0}, /* the port rests for ten more queries */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *client =
            memory_print("\"stack\": \"bsd44\", \"udp\": {\"range\": %s}", rows[i].range);
        char *app = memory_print(
            "\"udp\": {\"timeout\": \"990ms\", \"connected\": %s, \"server_thinks\":"
            " {\"kind\": \"constant\", \"value\": \"3s\"}}",
            rows[i].connected);
        struct trial_result *r = run_queries(client, ANSWERS, app);
        expect(r, "hosts.client.udp4.late_answers", 96);
        if (rows[i].stray)
            expect(r, "hosts.client.udp4.stray_answers", rows[i].stray);
        else
            assert_null(run_record_metric(&r->record, "hosts.client.udp4.stray_answers"));
        trial_result_free(r);
        free(client);
        free(app);
    }
}

static void test_what_only_connections_have_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *key, *path, *says;
    } rows[] = {
        {"\"closes_first\": \"server\"", "apps.a.closes_first", "must be client"},
        {"\"quiet\": \"1s\"", "apps.a.quiet", "has no effect with protocol udp"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = memory_print(
            "{\"name\": \"udp\", \"duration\": \"1s\", \"hosts\": {\"c\": {}, \"s\": {}},"
            "\"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:53\", \"protocol\": \"udp\","
            "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
            "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}, %s}}}",
            rows[i].key);
        struct issues *found = complaints(text, NULL);
        expect_issue(issues_get(found, 0), rows[i].path, rows[i].says, NULL);
        issues_free(found);
        free(text);
    }
}

/* --- leaks and processes --------------------------------------------------------------
 */

static void test_a_leaked_socket_keeps_its_port_until_its_process_ends(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"leak\", \"duration\": \"100s\", \"network\": {\"rtt\": \"20ms\"},"
        "\"hosts\": {\"client\": {\"stack\": \"win10\","
        "    \"processes\": {\"resolver\": {\"handles\": 100}}}, \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:53\","
        "  \"process\": \"resolver\", \"protocol\": \"udp\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"100ms\"},"
        "  \"leaks\": {\"never_closed\": 1}}},"
        "\"changes\": [{\"at\": \"50.5s\","
        "  \"set\": {\"hosts.client.processes.resolver.running\": false}}],"
        "\"phases\": {\"runs\": [\"50.2s\", \"50.4s\"], \"stopped\": [\"60s\", "
        "\"70s\"]}}");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    expect(r, "hosts.client.udp4.in_use@runs", 50);
    expect(r, "hosts.client.processes.resolver.sockets@runs", 50);
    expect(r, "hosts.client.processes.resolver.handles@runs", 150);
    expect(r, "hosts.client.udp4.in_use@stopped", 0);
    expect(r, "hosts.client.processes.resolver.sockets@stopped", 0);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_a_host_that_goes_down_loses_its_queries(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"down\", \"duration\": \"100s\", \"network\": {\"rtt\": \"20ms\"},"
        "\"hosts\": {\"client\": {\"stack\": \"win10\"}, \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:53\","
        "  \"protocol\": \"udp\", \"arrivals\": {\"kind\": \"constant\", \"rate\": "
        "\"10/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}}},"
        "\"changes\": [{\"at\": \"20.01s\", \"set\": {\"hosts.client.running\": false}},"
        "  {\"at\": \"50s\", \"set\": {\"hosts.client.running\": true}},"
        "  {\"at\": \"80s\", \"set\": {\"hosts.server.running\": false}}],"
        "\"phases\": {\"down\": [\"30s\", \"40s\"], \"mute\": [\"90s\", \"100s\"]}}");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    expect(r, "hosts.client.udp4.in_use@down", 0);
    expect(r, "apps.a.successes@mute", 0);
    assert_true(result_metric(r, "apps.a.failures.ETIMEDOUT@mute") > 0);
    trial_result_free(r);
    text_plan_free(&p);
}

/* --- closed forms ---------------------------------------------------------------------
 */

/* A UDP pool is M/G/N/N over all its destinations [MODEL.md D1, D4]: 20 ports, 8 erlang
 * to each of two. */
static void test_a_pool_loses_as_erlang_says_of_all_destinations_together(void **state)
{
    (void)state;
    static const char *const stacks[] = {"plain", "linux618", "win10"};
    double expected = erlang_b(20, 16);
    for (size_t i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        char *text = memory_print(
            "{\"name\": \"erlang\", \"duration\": \"1020s\", \"warm_up\": \"20s\","
            "\"sample_every\": \"20s\", \"network\": {\"rtt\": \"0s\"},"
            "\"hosts\": {\"client\": {\"stack\": \"%s\","
            "    \"udp\": {\"range\": [40000, 40019]}}, \"one\": {}, \"two\": {}},"
            "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"one:53\","
            "    \"protocol\": \"udp\","
            "    \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"8/s\"},"
            "    \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"}},"
            "  \"b\": {\"from\": \"client\", \"to\": \"two:53\", \"protocol\": \"udp\","
            "    \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"8/s\"},"
            "    \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}}}}",
            stacks[i]);
        struct text_plan p = text_plan_read(text);
        struct estimate a = replicate(p.plan, 10, "apps.a.failure_ratio", 0.999);
        struct estimate b = replicate(p.plan, 10, "apps.b.failure_ratio", 0.999);
        assert_true(fabs(a.value - expected) <= a.half_width);
        assert_true(fabs(b.value - expected) <= b.half_width);
        assert_true(a.half_width < 0.15 * expected && b.half_width < 0.15 * expected);
        text_plan_free(&p);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_port_is_held_for_the_query_and_the_lifetime),
        cmocka_unit_test(test_each_system_has_its_words_for_an_exhausted_pool),
        cmocka_unit_test(test_sockets_are_rows_as_ss_has_them),
        cmocka_unit_test(test_servers_answer_queries_from_a_socket_that_is_unconnected),
        cmocka_unit_test(test_a_second_destination_doubles_only_what_freebsd_has),
        cmocka_unit_test(test_the_ports_of_udp_change_in_mid_run),
        cmocka_unit_test(test_a_port_nobody_listens_on_refuses),
        cmocka_unit_test(test_a_query_without_an_answer_times_out_and_is_sent_again),
        cmocka_unit_test(test_paths_lose_queries_and_answers),
        cmocka_unit_test(test_a_late_answer_meets_who_has_the_port_by_then),
        cmocka_unit_test(test_what_only_connections_have_is_refused),
        cmocka_unit_test(test_a_leaked_socket_keeps_its_port_until_its_process_ends),
        cmocka_unit_test(test_a_host_that_goes_down_loses_its_queries),
        cmocka_unit_test(test_a_pool_loses_as_erlang_says_of_all_destinations_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
