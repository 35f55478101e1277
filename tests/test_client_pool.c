/* Connections that a program keeps for its requests: each rule by hand, the line against
 * Erlang's formulas. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/loss_system.h"
#include "tests/run_text.h"
#include "tests/sockets_seen.h"

/* --- the stage ------------------------------------------------------------------------
 */

/* Requests at a constant distance from client "c" to server "s". */
struct stage {
    const char *every;    /* a rate */
    const char *lasts;    /* a request */
    const char *duration; /* of the run */
    const char *rtt;
    const char *pool; /* its keys */
    const char *more; /* of the app, and then of the scenario: after a comma, or "" */
    const char *rest;
};

static struct text_plan stage_plan(const struct stage *s)
{
    char *text = memory_print(
        "{\"name\": \"pool\", \"duration\": \"%s\", \"network\": {\"rtt\": \"%s\"}, "
        "\"hosts\": {\"c\": {\"tcp\": {\"range\": [5000, 5999], \"allocator\": "
        "\"bsd44\", \"time_wait\": \"60s\"}, \"processes\": {\"a\": {}}}, \"s\": "
        "{\"tcp\": {\"time_wait\": "
        "\"60s\"}}}, \"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:80\", \"arrivals\": "
        "{\"kind\": \"constant\", \"rate\": \"%s\"}, \"lifetime\": {\"kind\": "
        "\"constant\", \"value\": \"%s\"}, \"pool\": {%s}%s}}%s}",
        s->duration, s->rtt, s->every, s->lasts, s->pool, s->more ? s->more : "",
        s->rest ? s->rest : "");
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

struct expected {
    const char *metric; /* of app a, or from "hosts." on; NULL ends the list */
    double value;
};

/* Left out of the results while it is zero. */
static double quiet_metric(const struct trial_result *r, const char *name)
{
    const struct run_metric *m = run_record_metric(&r->record, name);
    return m ? m->value : 0;
}

static void expect_run(const struct stage *s, const struct expected *expected)
{
    struct text_plan p = stage_plan(s);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    for (; expected->metric; expected++) {
        bool whole = expected->metric[0] == 'h';
        char *name = memory_print("%s%s", whole ? "" : "apps.a.", expected->metric);
        double value = quiet_metric(r, name);
        if (!(fabs(value - expected->value) <= 1e-6))
            fail_msg("%s is %.9g, should be %.9g", name, value, expected->value);
        free(name);
    }
    trial_result_free(r);
    text_plan_free(&p);
}

/* --- connections ----------------------------------------------------------------------
 */

/* 23 requests, one after the other: 5 + 5 + 5 + 5 + 3. */
static void test_a_connection_serves_its_number_of_requests_and_is_closed(void **state)
{
    (void)state;
    const struct stage stage = {.every = "1/s",
                                .lasts = "100ms",
                                .duration = "23.5s",
                                .rtt = "0s",
                                .pool = "\"requests\": 5"};
    static const struct expected expected[] = {{"attempts", 23},
                                               {"successes", 23},
                                               {"opened", 5},
                                               {"reused", 18},
                                               {"hosts.c.tcp4.allocations", 5},
                                               {"idle.max", 1},
                                               {"hosts.c.tcp4.sockets.TIME_WAIT.max", 4},
                                               {NULL, 0}};
    expect_run(&stage, expected);
}

/* A request that finds a connection has no handshake to wait for. */
static void test_a_request_over_an_idle_connection_takes_no_time(void **state)
{
    (void)state;
    const struct stage stage = {.every = "1/s",
                                .lasts = "100ms",
                                .duration = "20.5s",
                                .rtt = "200ms",
                                .pool = ""};
    static const struct expected expected[] = {{"opened", 1},
                                               {"reused", 19},
                                               {"connect_delay_s.max", 0.2},
                                               {"connect_delay_s", 0.2 / 20},
                                               {NULL, 0}};
    expect_run(&stage, expected);
}

/* The user comes at 10 s, is served from 10.1 to 11.1 s, and for 5 s nobody comes. */
static void test_an_idle_connection_is_closed_by_whoever_closes_first(void **state)
{
    (void)state;
    static const struct {
        const char *closes_first, *client, *server;
    } rows[] = {{"client", "5000:FIN_WAIT_1", "5000:ESTABLISHED"},
                {"server", "5000:ESTABLISHED", "5000:FIN_WAIT_1"},
                {"both", "5000:FIN_WAIT_1", "5000:FIN_WAIT_1"}};
    for (size_t i = 0; i < 3; i++) {
        char *more = memory_print(", \"closes_first\": \"%s\"", rows[i].closes_first);
        const struct stage stage = {.every = "6/min",
                                    .lasts = "1s",
                                    .duration = "30s",
                                    .rtt = "100ms",
                                    .pool = "\"idle\": \"5s\"",
                                    .more = more};
        struct text_plan p = stage_plan(&stage);
        struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
        world_run(w, 16099 * SIM_MS, UINT64_MAX);
        expect_sockets(w, "c", "5000:ESTABLISHED");
        expect_sockets(w, "s", "5000:ESTABLISHED");
        world_run(w, 16100 * SIM_MS, UINT64_MAX);
        expect_sockets(w, "c", rows[i].client);
        expect_sockets(w, "s", rows[i].server);
        world_free(w);
        text_plan_free(&p);
        free(more);
    }
}

/* Requests of 2.5 s need three connections.  From 11 s on they last 100 ms: that of 11 s
 * goes over 5001, free since 10.5 s, that of 12 s over 5002, free since 11.5 s, and those
 * from 13 s on over 5000, free since 12.5 s, so that the other two end after 5 s. */
static void test_the_connection_used_last_is_used_first(void **state)
{
    (void)state;
    const struct stage stage = {
        .every = "1/s",
        .lasts = "2.5s",
        .duration = "1h",
        .rtt = "0s",
        .pool = "\"idle\": \"5s\"",
        .rest =
            ", \"changes\": [{\"at\": \"10500ms\", \"set\": {\"apps.a.lifetime.value\": "
            "\"100ms\"}}]"};
    struct text_plan p = stage_plan(&stage);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    world_run(w, 10400 * SIM_MS, UINT64_MAX);
    expect_sockets(w, "c", "5000:ESTABLISHED 5001:ESTABLISHED 5002:ESTABLISHED");
    world_reconfigure(w, &p.plan->changes[0].config->world);
    world_run(w, 16099 * SIM_MS, UINT64_MAX);
    expect_sockets(w, "c", "5000:ESTABLISHED 5001:ESTABLISHED 5002:ESTABLISHED");
    world_run(w, 17099 * SIM_MS, UINT64_MAX);
    expect_sockets(w, "c", "5000:ESTABLISHED 5001:TIME_WAIT 5002:ESTABLISHED");
    world_run(w, 1000 * SIM_S, UINT64_MAX);
    expect_sockets(w, "c", "5000:ESTABLISHED");
    world_free(w);
    text_plan_free(&p);
}

/* Requests every 6.12 s, each of 1 s: the connection is idle from 7.22 s on, the server
 * closes it at 12.22 s, its FIN is there at 12.27 s, and the second request is sent at
 * 12.24 s. */
static void test_a_request_that_meets_the_servers_fin_is_reset(void **state)
{
    (void)state;
#define EVERY_6120MS "588.2352941176471/h"
    struct stage stage = {.every = EVERY_6120MS,
                          .lasts = "1s",
                          .duration = "13s",
                          .rtt = "100ms",
                          .pool = "\"idle\": \"5s\"",
                          .more = ", \"closes_first\": \"server\""};
    static const struct expected failed[] = {{"attempts", 2},
                                             {"successes", 1},
                                             {"failures.ECONNRESET", 1},
                                             {"stale", 1},
                                             {"reused", 1},
                                             {"first_failure_s", 12.27},
                                             {"hosts.c.tcp4.sockets.TIME_WAIT.max", 0},
                                             {"hosts.s.tcp4.sockets.TIME_WAIT.max", 0},
                                             {NULL, 0}};
    expect_run(&stage, failed);
    stage.more = ", \"closes_first\": \"server\", \"on_failure\": {\"retries\": 1, "
                 "\"backoff\": \"0s\"}";
    static const struct expected repeated[] = {
        {"successes", 2},
        {"stale", 1},
        {"opened", 2},
        {"connect_delay_s.max", 0.13}, /* 30 ms to meet the FIN, and a handshake */
        {NULL, 0}};
    expect_run(&stage, repeated);
}

/* The same where the server disappears without a word: RST, a round trip later. */
static void test_a_request_to_a_server_that_forgot_the_connection_is_reset(void **state)
{
    (void)state;
    const struct stage stage = {.every = "6/min",
                                .lasts = "1s",
                                .duration = "20.5s",
                                .rtt = "100ms",
                                .pool = "\"idle\": \"5s\"",
                                .more =
                                    ", \"closes_first\": \"server\", \"vanishes\": 1"};
    static const struct expected expected[] = {{"successes", 1},
                                               {"failures.ECONNRESET", 1},
                                               {"stale", 1},
                                               {"first_failure_s", 20.1},
                                               {NULL, 0}};
    expect_run(&stage, expected);
}

/* --- the line -------------------------------------------------------------------------
 */

/* One connection, requests of 10 s every 4 s that wait for 7 s: those of 4, 8 and 20 s
 * are served at 4, 14 and 24 s; those of 12 and 16 s give up at 19 and 23 s. */
static void test_a_request_waits_in_line_and_no_longer_than_it_may(void **state)
{
    (void)state;
    const struct stage stage = {.every = "15/min",
                                .lasts = "10s",
                                .duration = "24.5s",
                                .rtt = "0s",
                                .pool = "\"connections\": 1, \"wait\": \"7s\""};
    static const struct expected expected[] = {{"attempts", 6},
                                               {"successes", 3},
                                               {"failures.POOL_TIMEOUT", 2},
                                               {"first_failure_s", 19},
                                               {"last_failure_s", 23},
                                               {"opened", 1},
                                               {"reused", 2},
                                               {"connect_delay_s", (0 + 6 + 4) / 3.0},
                                               {"in_line.max", 2},
                                               {NULL, 0}};
    expect_run(&stage, expected);
}

static void test_without_a_wait_a_busy_pool_refuses_at_once(void **state)
{
    (void)state;
    const struct stage stage = {.every = "15/min",
                                .lasts = "10s",
                                .duration = "21s",
                                .rtt = "0s",
                                .pool = "\"connections\": 1, \"wait\": \"0s\""};
    static const struct expected expected[] = {{"successes", 2}, /* at 4 and 16 s */
                                               {"failures.POOL_TIMEOUT", 3},
                                               {"first_failure_s", 8},
                                               {"in_line.max", 0},
                                               {NULL, 0}};
    expect_run(&stage, expected);
}

/* Connections that serve one request each: the next in line opens his own. */
static void test_the_place_of_a_closed_connection_goes_to_the_first_in_line(void **state)
{
    (void)state;
    const struct stage stage = {
        .every = "15/min",
        .lasts = "10s",
        .duration = "15.5s",
        .rtt = "1s",
        .pool = "\"connections\": 1, \"requests\": 1, \"wait\": \"50s\""};
    /* From 4 + 1 to 15 s; the user of 8 s begins to connect then. */
    static const struct expected expected[] = {{"attempts", 3},    {"successes", 1},
                                               {"opened", 2},      {"reused", 0},
                                               {"in_line.max", 2}, {NULL, 0}};
    expect_run(&stage, expected);
}

/* The first connection is taken from 4 s on; at 10 s the pool may have three. */
static void test_a_larger_pool_lets_those_in_line_connect(void **state)
{
    (void)state;
    const struct stage stage = {.every = "1/s",
                                .lasts = "1h",
                                .duration = "20.5s",
                                .rtt = "0s",
                                .pool = "\"connections\": 1, \"wait\": \"1h\"",
                                .rest = ", \"changes\": [{\"at\": \"10500ms\", \"set\": "
                                        "{\"apps.a.pool.connections\": 3}}]"};
    static const struct expected expected[] = {{"successes", 3},
                                               {"opened", 3},
                                               {"connect_delay_s.max", 8.5},
                                               {"in_line.max", 17},
                                               {NULL, 0}};
    expect_run(&stage, expected);
}

static void test_a_stopped_program_leaves_nobody_in_line(void **state)
{
    (void)state;
    const struct stage stage = {
        .every = "1/s",
        .lasts = "1h",
        .duration = "30.5s",
        .rtt = "0s",
        .pool = "\"connections\": 2, \"wait\": \"1h\"",
        .rest = ", \"changes\": [{\"at\": \"10500ms\", \"set\": "
                "{\"hosts.c.processes.a.running\": false}}, {\"at\": \"20500ms\", "
                "\"set\": {\"hosts.c.processes.a.running\": true}}], \"phases\": "
                "{\"stopped\": [\"11s\", \"20s\"]}"};
    /* Users of 1 to 10 s: two served, eight stopped in line; of 21 to 30 s the same, but
     * that these still wait at the end. */
    static const struct expected expected[] = {
        {"attempts", 20}, {"successes", 4},        {"stopped", 8},     {"failures", 0},
        {"opened", 4},    {"open.max@stopped", 0}, {"in_line.max", 8}, {NULL, 0}};
    expect_run(&stage, expected);
}

/* Programs and machines stop and begin on both ends, sockets are forgotten, the pool's
 * knobs are turned, segments are lost: every attempt has one end, and nobody is left. */
static void test_no_attempt_is_lost_or_counted_twice_whatever_happens(void **state)
{
    (void)state;
    static const char text[] =
        "{\"name\": \"pool\", \"duration\": \"60s\", \"hosts\": {\"c\": {\"count\": 3, "
        "\"tcp\": {\"range\": [5000, 5010], \"time_wait\": \"1s\"}, \"processes\": "
        "{\"a\": {}}}, \"s\": {\"count\": 2, \"processes\": {\"srv\": {\"listen\": "
        "[80]}}}}, \"paths\": [{\"between\": [\"c\", \"s\"], \"rtt\": \"40ms\", "
        "\"loss\": "
        "0.05}], \"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:80\", \"arrivals\": "
        "{\"kind\": \"poisson\", \"rate\": \"50/s\"}, \"lifetime\": {\"kind\": "
        "\"exponential\", \"mean\": \"200ms\"}, \"closes_first\": \"server\", \"leaks\": "
        "{\"close_wait\": 0.2, \"after_failure\": 0.1, \"never_closed\": 0.05, "
        "\"half_closed\": 0.1, \"after_time_wait\": 0.1}, \"on_failure\": {\"retries\": "
        "2, "
        "\"backoff\": \"100ms\"}, \"pool\": {\"connections\": 4, \"requests\": 9, "
        "\"idle\": \"150ms\", \"wait\": \"400ms\"}, \"local\": 0.1}}, \"changes\": ["
        "{\"at\": \"5s\", \"set\": {\"hosts.c.running\": false}},"
        "{\"at\": \"7s\", \"set\": {\"hosts.c.running\": true}},"
        "{\"at\": \"10s\", \"set\": {\"hosts.s.running\": false}},"
        "{\"at\": \"14s\", \"set\": {\"hosts.s.running\": true}},"
        "{\"at\": \"20s\", \"set\": {\"hosts.s.processes.srv.running\": false}},"
        "{\"at\": \"22s\", \"set\": {\"hosts.s.processes.srv.running\": true}},"
        "{\"at\": \"25s\", \"set\": {\"hosts.c.processes.a.running\": false}},"
        "{\"at\": \"27s\", \"set\": {\"hosts.c.processes.a.running\": true}},"
        "{\"at\": \"30s\", \"set\": {\"apps.a.pool.connections\": 1}},"
        "{\"at\": \"35s\", \"set\": {\"apps.a.pool.connections\": 0, "
        "\"apps.a.closes_first\": \"client\", \"apps.a.pool.requests\": 3}},"
        "{\"at\": \"40s\", \"set\": {\"apps.a.closes_first\": \"both\"}},"
        "{\"at\": \"50s\", \"set\": {\"apps.a.arrivals.rate\": \"0/s\"}}], \"phases\": "
        "{\"late\": [\"59s\", \"60s\"]}}";
    struct text_plan p = text_plan_read(text);
    for (uint32_t seed = 1; seed <= 20; seed++) {
        struct trial_result *r = trial_run(p.plan, seed, 1, NULL);
        double ended = quiet_metric(r, "apps.a.successes") +
                       quiet_metric(r, "apps.a.failures") +
                       quiet_metric(r, "apps.a.stopped");
        if (fabs(ended - quiet_metric(r, "apps.a.attempts")) > 0 ||
            quiet_metric(r, "apps.a.open.max@late") > 0 ||
            quiet_metric(r, "apps.a.idle.max@late") > 0 ||
            quiet_metric(r, "apps.a.in_line.max@late") > 0)
            fail_msg("seed %u: %g attempts, %g ended", (unsigned)seed,
                     quiet_metric(r, "apps.a.attempts"), ended);
        assert_true(quiet_metric(r, "apps.a.stopped") > 0);
        assert_true(quiet_metric(r, "apps.a.reused") > 0);
        trial_result_free(r);
    }
    text_plan_free(&p);
}

/* --- theory ---------------------------------------------------------------------------
 */

static struct text_plan queue_plan(const char *wait)
{
    char *text = memory_print(
        "{\"name\": \"queue\", \"duration\": \"3100s\", \"warm_up\": \"100s\", "
        "\"sample_every\": \"3100s\", \"network\": {\"rtt\": \"0s\"}, \"hosts\": {\"c\": "
        "{}, \"s\": {}}, \"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:80\", "
        "\"arrivals\": {\"kind\": \"poisson\", \"rate\": \"8/s\"}, \"lifetime\": "
        "{\"kind\": \"exponential\", \"mean\": \"1s\"}, \"pool\": {\"connections\": 10, "
        "\"idle\": \"1h\", \"wait\": \"%s\"}}}}",
        wait);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

static void expect_estimate(const struct text_plan *p, const char *metric,
                            double expected, double precision)
{
    struct estimate e = replicate(p->plan, 20, metric, 0.99);
    printf("  %s: %.5f +- %.5f, theory %.5f\n", metric, e.value, e.half_width, expected);
    assert_true(e.half_width <= precision * expected);
    assert_true(fabs(e.value - expected) <= e.half_width);
}

/* M/M/10/10: who finds all connections busy is lost. */
static void test_a_pool_without_a_line_is_erlangs_loss_system(void **state)
{
    (void)state;
    struct text_plan p = queue_plan("0s");
    expect_estimate(&p, "apps.a.failure_ratio", erlang_b(10, 8), 0.05);
    text_plan_free(&p);
}

/* M/M/10 with patience without end: Erlang C, and C / (10 - 8) s of waiting on average,
 * which is in line 8 times that many. */
static void test_a_pool_with_a_line_is_erlangs_delay_system(void **state)
{
    (void)state;
    double b = erlang_b(10, 8), c = b / (1 - 0.8 * (1 - b));
    struct text_plan p = queue_plan("24h");
    expect_estimate(&p, "apps.a.connect_delay_s", c / 2, 0.1);
    expect_estimate(&p, "apps.a.in_line", 8 * c / 2, 0.1);
    text_plan_free(&p);
}

/* M/M/10 + D, patience t: with d = exp(-2 t), the share that gives up is that of Barrer
 * (Operations Research 5, 1957): the chance to find all busy, and a wait beyond t. */
static void test_users_who_give_up_after_a_while_are_barrers(void **state)
{
    (void)state;
    const double t = 0.5, rho = 0.8, rate = 8;
    double b = erlang_b(10, 8), d = exp(-(10 - rate) * t);
    /* States below 10 weigh (1 - b) / b of state 10; of the virtual wait w >= 0 the
     * density goes on with the slope rate - 10 as long as w < t. */
    double busy = (1 - d) / (1 - rho) + d;
    double share = d / ((1 - b) / b + busy);
    struct text_plan p = queue_plan("500ms");
    expect_estimate(&p, "apps.a.failure_ratio", share, 0.1);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_connection_serves_its_number_of_requests_and_is_closed),
        cmocka_unit_test(test_a_request_over_an_idle_connection_takes_no_time),
        cmocka_unit_test(test_an_idle_connection_is_closed_by_whoever_closes_first),
        cmocka_unit_test(test_the_connection_used_last_is_used_first),
        cmocka_unit_test(test_a_request_that_meets_the_servers_fin_is_reset),
        cmocka_unit_test(test_a_request_to_a_server_that_forgot_the_connection_is_reset),
        cmocka_unit_test(test_a_request_waits_in_line_and_no_longer_than_it_may),
        cmocka_unit_test(test_without_a_wait_a_busy_pool_refuses_at_once),
        cmocka_unit_test(test_the_place_of_a_closed_connection_goes_to_the_first_in_line),
        cmocka_unit_test(test_a_larger_pool_lets_those_in_line_connect),
        cmocka_unit_test(test_a_stopped_program_leaves_nobody_in_line),
        cmocka_unit_test(test_no_attempt_is_lost_or_counted_twice_whatever_happens),
        cmocka_unit_test(test_a_pool_without_a_line_is_erlangs_loss_system),
        cmocka_unit_test(test_a_pool_with_a_line_is_erlangs_delay_system),
        cmocka_unit_test(test_users_who_give_up_after_a_while_are_barrers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
