/* Which sockets a run counts and keeps: the same as its metrics say, at the right
 * moments, without a trace in what happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/tcp_state.h"
#include "sim/base/memory.h"
#include "tests/run_text.h"

/* A small outage: ten ports, of which servers that never close hold more and more, and a
 * gateway for half of the users. */
static struct text_plan outage(const char *more)
{
    char *text = memory_print(
        "{ \"name\": \"outage\", \"duration\": \"100s\","
        "  \"network\": { \"rtt\": \"8ms\" }, %s"
        "  \"hosts\": {"
        "    \"client\": { \"tcp\": { \"range\": [50000, 50009], \"time_wait\": \"4s\","
        "                            \"fin_wait_2\": \"60s\" } },"
        "    \"inside\": { \"count\": 3, \"gateway\": \"gw\" },"
        "    \"gw\": { \"nat\": \"netfilter\" },"
        "    \"server\": { \"listen\": [80, 443] }, \"other\": {} },"
        "  \"apps\": {"
        "    \"pages\": { \"from\": \"client\", \"to\": \"server:80\","
        "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"1/s\" },"
        "      \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" },"
        "      \"server_close\": [ { \"share\": 0.5, \"kind\": \"never\" },"
        "                          { \"share\": 0.5, \"kind\": \"prompt\" } ] },"
        "    \"calls\": { \"from\": \"inside\", \"to\": \"other:5060\","
        "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"2/s\" },"
        "      \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } },"
        "  \"changes\": [ { \"at\": \"70s\", \"set\": { \"hosts.client.tcp.fin_wait_2\":"
        "                   \"5s\" } } ],"
        "  \"phases\": { \"early\": [\"5s\", \"20s\"] } }",
        more);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

/* --- the counts ----------------------------------------------------------------------
 */

/* Sockets counted at a moment, of a host, in a state (NULL: any) that pass a test. */
static uint64_t counted(const struct run_record *r, sim_ns when, const char *host,
                        const char *state, bool ephemeral_only)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < r->census_count; i++) {
        const struct run_census_row *c = &r->census[i];
        if (c->when == when && strcmp(c->host, host) == 0 &&
            (!state || strcmp(c->state, state) == 0) && (c->ephemeral || !ephemeral_only))
            sum += c->count;
    }
    return sum;
}

/* A level as the time series has it at that moment. */
static uint64_t level(const struct run_record *r, sim_ns when, const char *name)
{
    uint32_t column = series_find(r->series, name);
    if (column == SERIES_NONE)
        fail_msg("no column %s", name);
    for (size_t row = 0; row < series_rows(r->series); row++)
        if (series_time(r->series, row) == when)
            return (uint64_t)series_value(r->series, row, column);
    fail_msg("no sample at %.3f s", sim_seconds(when));
    return 0;
}

static void test_counts_are_the_levels_of_the_metrics_at_that_moment(void **state)
{
    (void)state;
    static const char *const hosts[] = {"client", "inside", "server", "other"};
    struct text_plan p = outage("\"sockets\": { \"every\": \"5s\" },");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    uint64_t seen = 0;
    for (sim_ns t = 5 * SIM_S; t <= 100 * SIM_S; t += 5 * SIM_S)
        for (size_t h = 0; h < sizeof hosts / sizeof hosts[0]; h++)
            for (int s = TCP_SYN_SENT; s < TCP_STATE_COUNT; s++) {
                const char *name = tcp_state_name((enum tcp_state)s);
                char *metric = memory_print("hosts.%s.tcp4.sockets.%s", hosts[h], name);
                uint64_t count = counted(&r->record, t, hosts[h], name, false);
                assert_int_equal(count, level(&r->record, t, metric));
                seen += count;
                free(metric);
            }
    assert_true(seen > 100);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_flows_of_a_gateway_are_counted_by_its_states(void **state)
{
    (void)state;
    struct text_plan p = outage("");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    sim_ns end = 100 * SIM_S;
    uint64_t open = counted(&r->record, end, "gw", "ESTABLISHED", true);
    assert_int_equal(open, level(&r->record, end, "hosts.gw.nat.mappings.ESTABLISHED"));
    assert_int_equal(counted(&r->record, end, "gw", NULL, true),
                     level(&r->record, end, "hosts.gw.nat.mappings"));
    assert_true(counted(&r->record, end, "gw", NULL, true) > 10);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_a_host_that_accepts_everywhere_listens_where_apps_connect(void **state)
{
    (void)state;
    struct text_plan p = outage("");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    sim_ns end = 100 * SIM_S;
    assert_int_equal(counted(&r->record, end, "server", "LISTEN", false), 2);
    assert_int_equal(counted(&r->record, end, "other", "LISTEN", false), 1);
    assert_int_equal(counted(&r->record, end, "client", "LISTEN", false), 0);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_the_first_failure_is_counted_at_its_very_event(void **state)
{
    (void)state;
    struct text_plan p = outage("");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    sim_ns failed = 0;
    for (size_t i = 0; i < r->record.log_count && !failed; i++)
        if (strcmp(r->record.log[i].kind, "first-failure") == 0)
            failed = r->record.log[i].when;
    assert_true(failed > 0);
    assert_int_equal(counted(&r->record, failed, "client", NULL, true), 10);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_phases_changes_and_the_end_are_counted(void **state)
{
    (void)state;
    static const sim_ns moments[] = {5 * SIM_S, 20 * SIM_S, 70 * SIM_S, 100 * SIM_S};
    struct text_plan p = outage("");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++)
        assert_true(counted(&r->record, moments[i], "server", "LISTEN", false) == 2);
    trial_result_free(r);
    text_plan_free(&p);
}

/* --- what is kept --------------------------------------------------------------------
 */

static const struct run_snapshot *kept(const struct run_record *r, const char *name)
{
    for (size_t i = 0; i < r->snapshot_count; i++)
        if (strcmp(r->snapshots[i].name, name) == 0)
            return &r->snapshots[i];
    fail_msg("%s was not kept", name);
    return NULL;
}

#define ALL_MOMENTS                                                                      \
    "\"sockets\": { \"at\": [ \"10s\", \"10000ms\", \"early\", \"first-failure\","       \
    "                         \"first-exhaustion\", \"change-1\", \"end\" ] },"

static void test_every_moment_asked_for_is_kept_once(void **state)
{
    (void)state;
    struct text_plan p = outage(ALL_MOMENTS);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    assert_int_equal(r->record.snapshot_count, 6);
    assert_int_equal(kept(&r->record, "T10")->when, 10 * SIM_S);
    assert_int_equal(kept(&r->record, "early")->when, 20 * SIM_S);
    assert_int_equal(kept(&r->record, "change-1")->when, 70 * SIM_S);
    assert_int_equal(kept(&r->record, "end")->when, 100 * SIM_S);
    for (size_t i = 1; i < r->record.snapshot_count; i++)
        assert_true(r->record.snapshots[i - 1].when <= r->record.snapshots[i].when);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_what_is_kept_adds_up_to_what_is_counted(void **state)
{
    (void)state;
    struct text_plan p = outage(ALL_MOMENTS);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    for (size_t i = 0; i < r->record.snapshot_count; i++) {
        const struct run_snapshot *s = &r->record.snapshots[i];
        uint64_t total = 0;
        for (size_t k = 0; k < r->record.census_count; k++)
            if (r->record.census[k].when == s->when)
                total += r->record.census[k].count;
        assert_int_equal(total, s->count);
    }
    trial_result_free(r);
    text_plan_free(&p);
}

/* The knob is turned at 70 s: what waits in FIN_WAIT_2 keeps the deadline it began with,
 * and its row says so. */
static void test_a_row_knows_when_its_timer_really_ends(void **state)
{
    (void)state;
    struct text_plan p = outage("\"sockets\": { \"at\": [ \"71s\" ] },");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    const struct run_snapshot *s = kept(&r->record, "T71");
    int waiting = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct socket_row *row = &s->rows[i];
        if (strcmp(row->state, "FIN_WAIT_2") != 0)
            continue;
        assert_int_equal(row->timer, SOCKET_TIMER_TIMEWAIT);
        assert_int_equal(row->ends - row->since,
                         row->since < 70 * SIM_S ? 60 * SIM_S : 5 * SIM_S);
        waiting++;
    }
    assert_true(waiting >= 5);
    trial_result_free(r);
    text_plan_free(&p);
}

/* --- the run -------------------------------------------------------------------------
 */

static void test_looking_leaves_no_trace_in_the_run(void **state)
{
    (void)state;
    struct text_plan plain = outage("");
    struct text_plan looked = outage("\"sockets\": { \"every\": \"137ms\","
                                     " \"at\": [ \"1s\", \"first-failure\" ] },");
    struct trial_result *a = trial_run(plain.plan, 1, 1, NULL);
    struct trial_result *b = trial_run(looked.plan, 1, 1, NULL);
    assert_true(a->record.fingerprint == b->record.fingerprint);
    assert_int_equal(a->record.events, b->record.events);
    trial_result_free(a);
    trial_result_free(b);
    text_plan_free(&plain);
    text_plan_free(&looked);
}

static void test_a_watcher_may_end_the_run_when_all_is_kept(void **state)
{
    (void)state;
    struct text_plan p =
        outage("\"sockets\": { \"at\": [ \"first-failure\", \"9s\" ] },");
    struct trial_watch watch = {.until_kept = true};
    struct trial_result *r = trial_run(p.plan, 1, 1, &watch);
    const struct run_snapshot *last = &r->record.snapshots[1];
    assert_int_equal(r->record.snapshot_count, 2);
    assert_int_equal(r->record.status, RUN_INTERRUPTED);
    assert_int_equal(r->record.simulated, last->when);
    trial_result_free(r);
    text_plan_free(&p);
}

static void expect_refused(const char *sockets, const char *why)
{
    char *text = memory_print(
        "{ \"name\": \"x\", \"duration\": \"100s\", \"sockets\": %s,"
        "  \"hosts\": { \"a\": {}, \"b\": {} },"
        "  \"apps\": { \"p\": { \"from\": \"a\", \"to\": \"b:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"1/s\" },"
        "    \"lifetime\": { \"kind\": \"constant\", \"value\": \"1s\" } } } }",
        sockets);
    struct issues *issues = issues_new();
    struct trial_plan *plan =
        trial_plan_read_text("test", text, strlen(text), NULL, issues);
    assert_null(plan);
    assert_int_equal(issues_count(issues), 1);
    assert_non_null(strstr(issues_get(issues, 0)->message, why));
    issues_free(issues);
    free(text);
}

static void test_a_moment_that_never_comes_is_refused(void **state)
{
    (void)state;
    expect_refused("{ \"at\": [ \"101s\" ] }", "the run is over after 100s");
    expect_refused("{ \"at\": [ \"change-1\" ] }", "must be a time");
    expect_refused("{ \"at\": [ \"lunch\" ] }", "must be a time");
    expect_refused("{ \"at\": [ \"10\" ] }", "must be a time");
    expect_refused("{ \"every\": \"1us\" }", "more than 100000 times");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_are_the_levels_of_the_metrics_at_that_moment),
        cmocka_unit_test(test_flows_of_a_gateway_are_counted_by_its_states),
        cmocka_unit_test(test_a_host_that_accepts_everywhere_listens_where_apps_connect),
        cmocka_unit_test(test_the_first_failure_is_counted_at_its_very_event),
        cmocka_unit_test(test_phases_changes_and_the_end_are_counted),
        cmocka_unit_test(test_every_moment_asked_for_is_kept_once),
        cmocka_unit_test(test_what_is_kept_adds_up_to_what_is_counted),
        cmocka_unit_test(test_a_row_knows_when_its_timer_really_ends),
        cmocka_unit_test(test_looking_leaves_no_trace_in_the_run),
        cmocka_unit_test(test_a_watcher_may_end_the_run_when_all_is_kept),
        cmocka_unit_test(test_a_moment_that_never_comes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
