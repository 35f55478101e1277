/* Users, retries, proxies, limits and faults: what an application sees, and that nothing
 * is left over once everybody has gone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/proxy.h"
#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/run_text.h"
#include "tests/statistics.h"

static struct trial_result *run_text(const char *text, struct text_plan *p)
{
    *p = text_plan_read(text);
    return trial_run(p->plan, p->plan->config->seed, 1, NULL);
}

static void expect_metric(const struct trial_result *r, const char *name, double expected)
{
    double value = result_metric(r, name);
    if (fabs(value - expected) > 1e-9 * (1 + fabs(expected)))
        fail_msg("%s is %.12g, should be %.12g", name, value, expected);
}

static void done(struct trial_result *r, struct text_plan *p)
{
    trial_result_free(r);
    text_plan_free(p);
}

#define LIFE(s)  "\"lifetime\": {\"kind\": \"constant\", \"value\": \"" s "\"}"
#define EVERY(s) "\"arrivals\": {\"kind\": \"constant\", \"rate\": \"" s "\"}"

/* --- retries --------------------------------------------------------------------------
 */

/* One port, held 100 s by the user of 10 s.  The user of 20 s tries at 20, 21 and 23 s
 * (wait 1 s, then twice as long) and fails for good; so does each after. */
static void test_an_attempt_counts_once_with_all_its_tries(void **state)
{
    (void)state;
    struct text_plan p;
    struct trial_result *r =
        run_text("{\"name\": \"r\", \"duration\": \"55s\", \"network\": {\"rtt\": "
                 "\"0s\"}, \"hosts\": "
                 "{\"c\": {\"tcp\": {\"range\": [5000, 5000]}}, \"s\": {}}, \"apps\": "
                 "{\"a\": {\"from\": "
                 "\"c\", \"to\": \"s:80\", " EVERY("6/min") ", " LIFE(
                     "100s") ", \"on_failure\": "
                             "{\"retries\": 2, \"backoff\": \"1s\"}}}}",
                 &p);
    expect_metric(r, "apps.a.attempts", 5);
    expect_metric(r, "apps.a.successes", 1);
    expect_metric(r, "apps.a.failures", 4);
    expect_metric(r, "apps.a.tries", 1 + 4 * 3);
    expect_metric(r, "apps.a.failures.EADDRNOTAVAIL", 4);
    expect_metric(r, "apps.a.first_failure_s", 23);
    expect_metric(r, "apps.a.last_failure_s", 53);
    expect_metric(r, "hosts.c.tcp4.allocation_failures", 12);
    done(r, &p);
}

/* The port is free again at 12 s (life 1 s, TIME_WAIT 1 s): the user of 11 s fails at 11
 * s and 11.5 s, and gets it at 12.5 s: a delay of 1.5 s. */
static void test_a_retry_may_succeed_and_its_delay_counts(void **state)
{
    (void)state;
    struct text_plan p;
    struct trial_result *r = run_text(
        "{\"name\": \"r\", \"duration\": \"30s\", \"network\": "
        "{\"rtt\": \"0s\"}, \"hosts\": "
        "{\"c\": {\"tcp\": {\"range\": [5000, 5000], \"time_wait\": "
        "\"1s\"}}, \"s\": {}}, "
        "\"apps\": {\"a\": {\"from\": \"c\", \"to\": "
        "\"s:80\", " EVERY("6/min") ", " LIFE("1s") "}, \"b\": "
                                                    "{\"from\": "
                                                    "\"c\", \"to\": "
                                                    "\"s:80\","
                                                    " " EVERY("327."
                                                              "27272"
                                                              "72727"
                                                              "2725/"
                                                              "h") ", " LIFE("1s") ", "
                                                                                   "\"on_"
                                                                                   "failu"
                                                                                   "re\":"
                                                                                   " {"
                                                                                   "\"ret"
                                                                                   "ries"
                                                                                   "\": "
                                                                                   "5, "
                                                                                   "\"bac"
                                                                                   "koff"
                                                                                   "\": "
                                                                                   "\"500"
                                                                                   "ms\"}"
                                                                                   "}}}",
        &p);
    expect_metric(r, "apps.b.successes", 2);
    assert_true(fabs(result_metric(r, "apps.b.connect_delay_s.max") - 1.5) < 0.001);
    done(r, &p);
}

/* One port, held for ever by the user of 10 s; the user of 20 s tries again between 22
 * and 24 s, half of the wait being chance, and fails for good. */
static void test_jitter_takes_its_share_of_a_wait_and_no_more(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"r\", \"duration\": \"29s\", \"network\": {\"rtt\": \"0s\"}, "
        "\"hosts\": {\"c\": {\"tcp\": {\"range\": [5000, 5000]}}, \"s\": {}}, \"apps\": "
        "{\"a\": {\"from\": \"c\", \"to\": \"s:80\", " EVERY("6/min") ", " LIFE(
            "100s") ", \"on_failure\": {\"retries\": 1, \"backoff\": \"4s\", "
                    "\"jitter\": 0.5}}}}");
    struct sample waits = {0};
    for (uint32_t seed = 1; seed <= 200; seed++) {
        struct trial_result *r = trial_run(p.plan, seed, 1, NULL);
        double wait = result_metric(r, "apps.a.first_failure_s") - 20;
        assert_true(wait >= 2 && wait <= 4);
        sample_add(&waits, wait);
        trial_result_free(r);
    }
    text_plan_free(&p);
    assert_mean(&waits, 3);
    /* Uniform over 2 s: variance 1/3, of 200 estimated within 3.9 standard errors, each
     * sqrt(0.8 / 200) of it. */
    assert_true(fabs(waits.squares / (waits.count - 1) * 3 - 1) < 3.9 * sqrt(0.8 / 200));
}

/* --- through a proxy ------------------------------------------------------------------
 */

/* The proxy has one port; the second user reaches the proxy, is told that it cannot
 * connect on, and counts a failure with the proxy's code. */
static void test_the_proxys_failure_reaches_its_client(void **state)
{
    (void)state;
    struct text_plan p;
    struct trial_result *r = run_text(
        "{\"name\": \"p\", \"duration\": \"25s\", \"network\": {\"rtt\": \"100ms\"}, "
        "\"hosts\": {\"c\": {}, \"p\": {\"tcp\": {\"range\": [5000, 5000], "
        "\"exhausted\": "
        "\"EAGAIN\"}}, \"s\": {}}, \"apps\": {\"a\": {\"from\": \"c\", \"through\": "
        "\"p\", "
        "\"to\": \"s:80\", " EVERY("6/min") ", " LIFE("100s") "}}}",
        &p);
    expect_metric(r, "apps.a.attempts", 2);
    expect_metric(r, "apps.a.successes", 1);
    expect_metric(r, "apps.a.failures.EAGAIN", 1);
    /* Two round trips to connect, half of one for SYN and ACK each way: 10 + 0.1 (to the
     * proxy)
     * + 0.05 (its ACK) + 0.1 (on to the server) + 0.05 (the answer) after the user's
     * arrival. */
    expect_metric(r, "apps.a.connect_delay_s", 0.3);
    /* SYN, SYN+ACK, ACK, and the proxy's FIN: 20.2 s. */
    expect_metric(r, "apps.a.first_failure_s", 20.2);
    expect_metric(r, "hosts.p.tcp4.allocation_failures", 1);
    expect_metric(r, "hosts.c.destinations.p:8080.holders.max", 2);
    expect_metric(r, "hosts.p.destinations.s:80.holders.max", 1);
    done(r, &p);
}

static void test_a_proxy_at_its_limit_refuses_clients(void **state)
{
    (void)state;
    struct text_plan p;
    struct trial_result *r = run_text(
        "{\"name\": \"p\", \"duration\": \"100s\", \"hosts\": {\"c\": {}, \"p\": "
        "{\"max_client_connections\": 2}, \"s\": {}}, \"apps\": {\"a\": {\"from\": "
        "\"c\", "
        "\"through\": \"p\", \"to\": \"s:80\", " EVERY("6/min") ", " LIFE("35s") "}}}",
        &p);
    /* Users at 10, 20, ... 100 s.  10 and 20 are in; 30 and 40 are refused; 45 s frees
     * one place and 55 s the other: 50 and 60 are in, 70 and 80 refused, 90 and 100 in.
     */
    expect_metric(r, "apps.a.failures.ECONNREFUSED", 4);
    expect_metric(r, "hosts.p.tcp4.refused_connections", 4);
    done(r, &p);
}

/* --- addresses ------------------------------------------------------------------------
 */

static void test_each_address_brings_the_whole_range(void **state)
{
    (void)state;
    struct text_plan p;
    struct trial_result *r = run_text(
        "{\"name\": \"m\", \"duration\": \"100s\", \"hosts\": {\"c\": {\"addresses\": "
        "[\"10.0.0.1\", \"10.0.0.2\", \"10.0.0.3\"], \"reserved\": [5001], \"tcp\": "
        "{\"range\": "
        "[5000, 5009], \"scope\": \"port\"}}, \"s\": {}}, \"apps\": {\"a\": {\"from\": "
        "\"c\", "
        "\"to\": \"s:80\", " EVERY("1/s") ", " LIFE("1h") "}}}",
        &p);
    expect_metric(r, "hosts.c.tcp4.capacity", 27);
    expect_metric(r, "hosts.c.tcp4.in_use_max", 27);
    expect_metric(r, "apps.a.successes", 27);
    expect_metric(r, "apps.a.failures", 73);
    done(r, &p);
}

static void test_a_second_destination_doubles_tuples_but_not_ports(void **state)
{
    (void)state;
    static const struct {
        const char *scope;
        double successes, in_use;
    } rows[] = {{"tuple", 20, 10}, {"port", 10, 10}};
    for (size_t i = 0; i < 2; i++) {
        char *text = memory_print(
            "{\"name\": \"m\", \"duration\": \"100s\", \"hosts\": {\"c\": {\"tcp\": "
            "{\"range\": "
            "[5000, 5009], \"scope\": \"%s\"}}, \"s\": {\"addresses\": [\"192.0.2.1\", "
            "\"192.0.2.2\"]}}, \"apps\": {\"a\": {\"from\": \"c\", \"to\": "
            "\"s:80\", " EVERY("1/s") ", " LIFE("1h") "}}}",
            rows[i].scope);
        struct text_plan p;
        struct trial_result *r = run_text(text, &p);
        expect_metric(r, "apps.a.successes", rows[i].successes);
        expect_metric(r, "hosts.c.tcp4.in_use_max", rows[i].in_use);
        done(r, &p);
        free(text);
    }
}

/* --- nothing is left ------------------------------------------------------------------
 */

/* Nor may the proxy keep a half that its client or its server has left; where segments
 * are lost, one whose end nobody tells it of stays. */
static double halves_held(const struct trial_result *r)
{
    static const char *const states[] = {"ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT_2"};
    double held = 0;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        char *name = memory_print("hosts.p.tcp4.sockets.%s.max@late", states[i]);
        const struct run_metric *m = run_record_metric(&r->record, name);
        held += m ? m->value : 0; /* a state nobody was ever in is left out */
        free(name);
    }
    return held;
}

/* Left out of the results while it is zero. */
static double quiet_metric(const struct trial_result *r, const char *name)
{
    const struct run_metric *m = run_record_metric(&r->record, name);
    return m ? m->value : 0;
}

/* A busy, faulty world: loss, retries, a proxy, every way to close, every order of
 * closing. Users stop coming at 60 s; an hour later every timer has run out, and no
 * socket, no port and no open connection may be left, but for those that faulty servers
 * keep by design. */
static void expect_nothing_left(const char *closes_first, const char *server_close,
                                const char *through, const char *proxy, double loss)
{
    char *text = memory_print(
        "{\"name\": \"left\", \"duration\": \"2h\", \"sample_every\": \"1h\", \"hosts\": "
        "{\"c\": {\"count\": 3, \"stack\": \"win10\", \"tcp\": {\"range\": [5000, "
        "5040]}}, "
        "\"p\": {\"stack\": \"bsd44\", %s \"tcp\": {\"range\": [6000, 6060]}}, \"s\": "
        "{\"stack\": "
        "\"linux518\"}}, \"paths\": [{\"between\": [\"c\", \"s\"], \"loss\": %g}, "
        "{\"between\": "
        "[\"c\", \"p\"], \"loss\": %g}, {\"between\": [\"p\", \"s\"], \"loss\": %g}], "
        "\"apps\": "
        "{\"a\": {\"from\": \"c\", %s \"to\": \"s:80\", \"arrivals\": {\"kind\": "
        "\"poisson\", "
        "\"rate\": \"20/s\"}, \"lifetime\": {\"kind\": \"exponential\", \"mean\": "
        "\"500ms\"}, "
        "\"closes_first\": \"%s\", \"server_close\": [{\"kind\": %s}], \"on_failure\": "
        "{\"retries\": 2, \"backoff\": \"100ms\"}}}, \"changes\": [{\"at\": \"1min\", "
        "\"set\": "
        "{\"apps.a.arrivals.rate\": \"0/s\"}}], \"phases\": {\"late\": [\"100min\", "
        "\"120min\"]}}",
        proxy, loss, loss, loss, through, closes_first, server_close);
    struct text_plan p;
    struct trial_result *r = run_text(text, &p);
    double attempts = result_metric(r, "apps.a.attempts");
    double ended =
        result_metric(r, "apps.a.successes") + result_metric(r, "apps.a.failures");
    assert_true(attempts > 900);
    if (fabs(attempts - ended) > 0 || result_metric(r, "apps.a.open.max@late") > 0 ||
        quiet_metric(r, "apps.a.idle.max@late") > 0 ||
        quiet_metric(r, "apps.a.in_line.max@late") > 0 ||
        result_metric(r, "hosts.c.tcp4.in_use_max@late") > 0 ||
        result_metric(r, "hosts.p.tcp4.in_use_max@late") > 0 ||
        (loss <= 0 && halves_held(r) > 0))
        fail_msg("first %s, server %s, %s %s loss %g: %g attempts, %g ended; late: %g "
                 "open, %g and %g ports",
                 closes_first, server_close, through, proxy, loss, attempts, ended,
                 result_metric(r, "apps.a.open.max@late"),
                 result_metric(r, "hosts.c.tcp4.in_use_max@late"),
                 result_metric(r, "hosts.p.tcp4.in_use_max@late"));
    done(r, &p);
    free(text);
}

/* The same through a proxy of that row. */
static void expect_nothing_left_by(const char *row, const char *fields,
                                   const char *closes_first, const char *server_close,
                                   double loss)
{
    char *proxy = memory_print("\"proxy\": \"%s\", \"proxying\": {%s},", row, fields);
    expect_nothing_left(closes_first, server_close,
                        "\"quiet\": \"200ms\", \"through\": \"p\",", proxy, loss);
    free(proxy);
}

/* The same with connections kept for the next request: none may be idle at the end, and
 * nobody in line. */
static void expect_nothing_left_in_pools(const char *closes_first,
                                         const char *server_close, double loss)
{
    static const char *const pools[] = {
        "\"pool\": {\"idle\": \"1s\"},",
        "\"pool\": {\"connections\": 3, \"requests\": 7, \"idle\": \"100ms\", \"wait\": "
        "\"800ms\"},",
        "\"pool\": {\"connections\": 1, \"requests\": 1, \"wait\": \"0s\"},"};
    for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++)
        expect_nothing_left(closes_first, server_close, pools[i], "", loss);
}

static void test_nobody_and_nothing_is_left_when_all_have_gone(void **state)
{
    (void)state;
    static const char *const closers[] = {"client", "server", "both"};
    static const char *const closes[] = {
        "\"prompt\"",
        "\"late\", \"delay\": {\"kind\": \"exponential\", \"mean\": \"20s\"}",
        "\"hangs\", \"until\": \"2min\"",
        "\"never\"",
        "\"reset\"",
        "\"silent\""};
    static const double losses[] = {0, 0.2};
    for (size_t c = 0; c < 3; c++)
        for (size_t k = 0; k < sizeof closes / sizeof closes[0]; k++)
            for (size_t l = 0; l < 2; l++) {
                expect_nothing_left(closers[c], closes[k], "", "", losses[l]);
                expect_nothing_left_in_pools(closers[c], closes[k], losses[l]);
                for (const struct proxy_row *row = proxy_rows; row->name; row++)
                    expect_nothing_left_by(row->name, "", closers[c], closes[k],
                                           losses[l]);
                expect_nothing_left_by("nginx-stream",
                                       "\"half_close\": true, \"proxy_timeout\": \"20s\"",
                                       closers[c], closes[k], losses[l]);
                expect_nothing_left_by("haproxy-tcp",
                                       "\"nolinger\": true, \"server_timeout\": \"1s\"",
                                       closers[c], closes[k], losses[l]);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_attempt_counts_once_with_all_its_tries),
        cmocka_unit_test(test_a_retry_may_succeed_and_its_delay_counts),
        cmocka_unit_test(test_jitter_takes_its_share_of_a_wait_and_no_more),
        cmocka_unit_test(test_the_proxys_failure_reaches_its_client),
        cmocka_unit_test(test_a_proxy_at_its_limit_refuses_clients),
        cmocka_unit_test(test_each_address_brings_the_whole_range),
        cmocka_unit_test(test_a_second_destination_doubles_tuples_but_not_ports),
        cmocka_unit_test(test_nobody_and_nothing_is_left_when_all_have_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
