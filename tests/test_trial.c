/* One run of a plan: it is a function of (plan, seed, replication) and nothing else, and
 * its samples, phases, changes and warm-up are right at both ends of the run.
 *
 * All runs are of one small host: ten ports, users twice as many as it can serve.
 */
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"
#include "tests/run_text.h"

/* --- the scenario -------------------------------------------------------------- */

#define SECONDS 2000 /* of every run */

/* The host of these tests with some members more: "\"warm_up\": \"10s\",". */
static struct text_plan small_plan(const char *more)
{
    char *text = memory_print(
        "{ \"name\": \"small\", \"duration\": \"%ds\", \"network\": { \"rtt\": \"8ms\" },"
        "  %s"
        "  \"hosts\": {"
        "    \"client\": { \"tcp\": { \"range\": [50000, 50009], \"time_wait\": \"4s\" } "
        "},"
        "    \"server\": {} },"
        "  \"apps\": { \"pages\": {"
        "    \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"4/s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } } }",
        SECONDS, more);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

static struct trial_result *run_once(const struct text_plan *p)
{
    return trial_run(p->plan, 1, 1, NULL);
}

/* --- comparing records --------------------------------------------------------- */

/* Values are compared bit by bit: null equals null, and nothing else does. */
static void expect_same_bits(const char *what, double a, double b)
{
    if (memcmp(&a, &b, sizeof a) != 0)
        fail_msg("%s: %.17g in one run, %.17g in the other", what, a, b);
}

static void expect_same_text(const char *a, const char *b)
{
    assert_string_equal(a ? a : "(none)", b ? b : "(none)");
}

static void expect_same_series(const struct series *a, const struct series *b)
{
    assert_int_equal(series_columns(a), series_columns(b));
    assert_int_equal(series_rows(a), series_rows(b));
    for (uint32_t c = 0; c < series_columns(a); c++) {
        assert_string_equal(series_name(a, c), series_name(b, c));
        for (size_t row = 0; row < series_rows(a); row++) {
            assert_int_equal(series_time(a, row), series_time(b, row));
            expect_same_bits(series_name(a, c), series_value(a, row, c),
                             series_value(b, row, c));
        }
    }
}

static void expect_same_log(const struct run_record *a, const struct run_record *b)
{
    assert_int_equal(a->log_count, b->log_count);
    for (size_t i = 0; i < a->log_count; i++) {
        assert_int_equal(a->log[i].when, b->log[i].when);
        expect_same_text(a->log[i].host, b->log[i].host);
        expect_same_text(a->log[i].process, b->log[i].process);
        expect_same_text(a->log[i].kind, b->log[i].kind);
        expect_same_text(a->log[i].detail, b->log[i].detail);
    }
}

static void expect_same_metrics(const struct run_record *a, const struct run_record *b)
{
    assert_int_equal(a->metric_count, b->metric_count);
    for (size_t i = 0; i < a->metric_count; i++) {
        assert_string_equal(a->metrics[i].name, b->metrics[i].name);
        assert_string_equal(a->metrics[i].unit, b->metrics[i].unit);
        expect_same_bits(a->metrics[i].name, a->metrics[i].value, b->metrics[i].value);
    }
    assert_int_equal(a->requirement_count, b->requirement_count);
    for (size_t i = 0; i < a->requirement_count; i++) {
        assert_string_equal(a->requirements[i].expression, b->requirements[i].expression);
        expect_same_bits("a requirement", a->requirements[i].value,
                         b->requirements[i].value);
        assert_int_equal(a->requirements[i].verdict, b->requirements[i].verdict);
    }
}

static void expect_same_record(const struct run_record *a, const struct run_record *b)
{
    assert_string_equal(a->scenario, b->scenario);
    assert_string_equal(a->resolved_scenario, b->resolved_scenario);
    assert_int_equal(a->seed, b->seed);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->simulated, b->simulated);
    assert_int_equal(a->events, b->events);
    assert_int_equal(a->connections, b->connections);
    assert_int_equal(a->fingerprint, b->fingerprint);
    expect_same_metrics(a, b);
    expect_same_series(a->series, b->series);
    expect_same_log(a, b);
}

/* --- a function of plan, seed and replication ---------------------------------- */

#define EVERYTHING                                                                       \
    "\"warm_up\": \"100s\", \"phases\": { \"late\": [\"1000s\", \"2000s\"] },"           \
    "\"changes\": [ { \"at\": \"500s\","                                                 \
    "                 \"set\": { \"hosts.client.tcp.time_wait\": \"1s\" } } ],"          \
    "\"require\": [ \"apps.pages.failure_ratio@late <= 0.5\" ],"

static void test_a_second_run_gives_the_same_record(void **state)
{
    (void)state;
    struct text_plan p = small_plan(EVERYTHING);
    struct trial_result *a = run_once(&p), *b = run_once(&p);
    assert_true(a->record.log_count > 0);
    expect_same_record(&a->record, &b->record);
    trial_result_free(a);
    trial_result_free(b);
    text_plan_free(&p);
}

static void test_the_plan_read_again_gives_the_same_record(void **state)
{
    (void)state;
    struct text_plan p = small_plan(EVERYTHING), q = text_plan_read(p.plan->resolved);
    struct trial_result *a = run_once(&p), *b = run_once(&q);
    expect_same_record(&a->record, &b->record);
    trial_result_free(a);
    trial_result_free(b);
    text_plan_free(&p);
    text_plan_free(&q);
}

static void test_seeds_and_replications_differ_from_each_other(void **state)
{
    (void)state;
    enum { RUNS = 6 };
    static const struct {
        uint64_t seed;
        uint32_t replication;
    } runs[RUNS] = {{1, 1}, {1, 2}, {1, 3}, {2, 1}, {2, 2}, {UINT64_MAX, 1}};
    struct text_plan p = small_plan("");
    uint64_t seen[RUNS];
    for (size_t i = 0; i < RUNS; i++) {
        struct trial_result *r =
            trial_run(p.plan, runs[i].seed, runs[i].replication, NULL);
        assert_int_equal(r->record.seed, runs[i].seed);
        seen[i] = r->record.fingerprint;
        trial_result_free(r);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(seen[i], seen[k]);
    }
    text_plan_free(&p);
}

static void test_a_changed_timer_sees_the_same_users(void **state)
{
    (void)state;
    struct text_plan p = small_plan("");
    struct text_plan q = small_plan(
        "\"changes\": [ { \"at\": \"1s\","
        "                 \"set\": { \"hosts.client.tcp.time_wait\": \"0s\" } } ],");
    struct trial_result *a = run_once(&p), *b = run_once(&q);
    assert_int_not_equal(a->record.fingerprint, b->record.fingerprint);
    expect_same_bits("attempts", result_metric(a, "apps.pages.attempts"),
                     result_metric(b, "apps.pages.attempts"));
    trial_result_free(a);
    trial_result_free(b);
    text_plan_free(&p);
    text_plan_free(&q);
}

struct thread_run {
    const struct trial_plan *plan;
    uint32_t replication;
    struct trial_result *result;
};

static void *run_in_thread(void *argument)
{
    struct thread_run *t = argument;
    t->result = trial_run(t->plan, 1, t->replication, NULL);
    return NULL;
}

static void test_two_threads_give_what_one_after_the_other_gives(void **state)
{
    (void)state;
    enum { THREADS = 2 };
    struct text_plan p = small_plan(EVERYTHING);
    struct thread_run runs[THREADS];
    pthread_t threads[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        runs[i] = (struct thread_run){.plan = p.plan, .replication = i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, run_in_thread, &runs[i]), 0);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        struct trial_result *alone = trial_run(p.plan, 1, i + 1, NULL);
        expect_same_record(&runs[i].result->record, &alone->record);
        trial_result_free(alone);
        trial_result_free(runs[i].result);
    }
    text_plan_free(&p);
}

/* --- what a record holds ------------------------------------------------------- */

static void test_metrics_keep_their_units_after_the_run(void **state)
{
    (void)state;
    static const struct {
        const char *metric, *unit;
    } expected[] = {
        {"hosts.client.tcp4.capacity", "ports"},
        {"hosts.client.tcp4.sockets.TIME_WAIT", "sockets"},
        {"apps.pages.attempts", "1"},
        {"apps.pages.connect_delay_s.p99", "s"},
        {"apps.pages.attempts@late", "1"},
    };
    struct text_plan p = small_plan(EVERYTHING);
    struct trial_result *r = run_once(&p);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct run_metric *m = run_record_metric(&r->record, expected[i].metric);
        assert_non_null(m);
        assert_string_equal(m->unit, expected[i].unit);
    }
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_a_requirement_that_fails_says_so_with_its_value(void **state)
{
    (void)state;
    struct text_plan p = small_plan("\"require\": [ \"apps.pages.attempts >= 1\","
                                    "  \"apps.pages.failure_ratio <= 1%\" ],");
    struct trial_result *r = run_once(&p);
    const struct run_requirement *q = r->record.requirements;
    assert_int_equal(r->record.requirement_count, 2);
    assert_int_equal(q[0].verdict, RUN_HOLDS);
    assert_int_equal(q[1].verdict, RUN_FAILS);
    expect_same_bits(q[1].expression, q[1].value,
                     result_metric(r, "apps.pages.failure_ratio"));
    assert_false(r->all_hold);
    trial_result_free(r);
    text_plan_free(&p);
}

/* --- samples ------------------------------------------------------------------- */

static void expect_rows(const char *every, size_t rows, sim_ns last)
{
    char more[80];
    snprintf(more, sizeof more, "\"sample_every\": \"%s\",", every);
    struct text_plan p = small_plan(more);
    struct trial_result *r = run_once(&p);
    assert_int_equal(series_rows(r->record.series), rows);
    assert_int_equal(series_time(r->record.series, 0), 0);
    assert_int_equal(series_time(r->record.series, rows - 1), last);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_samples_stand_at_both_ends_and_never_beyond(void **state)
{
    (void)state;
    expect_rows("1s", SECONDS + 1, SECONDS * SIM_S);
    expect_rows("2000s", 2, SECONDS * SIM_S);
    expect_rows("300s", 7, 1800 * SIM_S);
    expect_rows("2001s", 1, 0);
    expect_rows("10000h", 1, 0);
}

static void test_sampling_does_not_change_the_trajectory(void **state)
{
    (void)state;
    struct text_plan p = small_plan("\"sample_every\": \"100ms\",");
    struct text_plan q = small_plan("\"sample_every\": \"10000h\",");
    struct trial_result *a = run_once(&p), *b = run_once(&q);
    assert_int_equal(a->record.fingerprint, b->record.fingerprint);
    expect_same_metrics(&a->record, &b->record);
    trial_result_free(a);
    trial_result_free(b);
    text_plan_free(&p);
    text_plan_free(&q);
}

/* --- windows ------------------------------------------------------------------- */

static void test_phases_may_begin_at_0_and_end_at_the_end(void **state)
{
    (void)state;
    struct text_plan p =
        small_plan("\"phases\": { \"all\": [\"0s\", \"2000s\"],"
                   "  \"first\": [\"0s\", \"700s\"], \"second\": [\"700s\", \"2000s\"],"
                   "  \"moment\": [\"0s\", \"1ns\"] },");
    struct trial_result *r = run_once(&p);
    double whole = result_metric(r, "apps.pages.attempts");
    assert_true(whole > 0);
    expect_same_bits("all", result_metric(r, "apps.pages.attempts@all"), whole);
    expect_same_bits("first and second",
                     result_metric(r, "apps.pages.attempts@first") +
                         result_metric(r, "apps.pages.attempts@second"),
                     whole);
    expect_same_bits("moment", result_metric(r, "apps.pages.attempts@moment"), 0);
    expect_same_bits("capacity", result_metric(r, "hosts.client.tcp4.capacity@moment"),
                     10);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_the_warm_up_is_left_out_of_what_names_no_phase(void **state)
{
    (void)state;
    struct text_plan p = small_plan("\"warm_up\": \"700s\","
                                    "\"phases\": { \"early\": [\"0s\", \"700s\"],"
                                    "  \"rest\": [\"700s\", \"2000s\"] },");
    struct trial_result *r = run_once(&p);
    static const char *const metrics[] = {"apps.pages.attempts", "apps.pages.failures",
                                          "hosts.client.tcp4.in_use",
                                          "apps.pages.first_failure_s"};
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s@rest", metrics[i]);
        expect_same_bits(name, result_metric(r, metrics[i]), result_metric(r, name));
    }
    assert_true(result_metric(r, "apps.pages.attempts@early") > 0);
    assert_true(result_metric(r, "apps.pages.first_failure_s") >= 700);
    trial_result_free(r);
    text_plan_free(&p);
}

/* --- changes ------------------------------------------------------------------- */

static const char *const time_wait_set = "\"set\": { \"hosts.client.tcp.time_wait\": ";

static struct text_plan plan_with_change(const char *at, const char *time_wait)
{
    char *more = memory_print("\"changes\": [ { \"at\": \"%s\", %s\"%s\" } } ],", at,
                              time_wait_set, time_wait);
    struct text_plan p = small_plan(more);
    free(more);
    return p;
}

static void expect_logged_change(const struct trial_result *r, sim_ns when)
{
    size_t changes = 0;
    for (size_t i = 0; i < r->record.log_count; i++) {
        const struct run_event *e = &r->record.log[i];
        if (strcmp(e->kind, "change") != 0)
            continue;
        assert_int_equal(e->when, when);
        assert_string_equal(e->detail, "hosts.client.tcp.time_wait = 1s");
        changes++;
    }
    assert_int_equal(changes, 1);
}

static void test_a_change_at_0_is_the_same_as_saying_so_at_once(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    struct text_plan p = plan_with_change("0s", "1s"), q = small_plan("");
    static const char *const set[] = {"hosts.client.tcp.time_wait=1s"};
    struct scenario_options options = {.settings = set, .setting_count = 1};
    struct trial_plan *said = trial_plan_read_text(
        "said", q.plan->resolved, strlen(q.plan->resolved), &options, issues);
    assert_non_null(said);
    struct trial_result *a = run_once(&p), *b = trial_run(said, 1, 1, NULL);
    expect_logged_change(a, 0);
    assert_int_equal(a->record.fingerprint, b->record.fingerprint);
    expect_same_metrics(&a->record, &b->record);
    trial_result_free(a);
    trial_result_free(b);
    trial_plan_free(said);
    issues_free(issues);
    text_plan_free(&p);
    text_plan_free(&q);
}

static void test_a_change_at_the_end_is_logged_and_changes_nothing(void **state)
{
    (void)state;
    struct text_plan p = plan_with_change("2000s", "1s"), q = small_plan("");
    struct trial_result *a = run_once(&p), *b = run_once(&q);
    expect_logged_change(a, SECONDS * SIM_S);
    assert_int_equal(a->record.fingerprint, b->record.fingerprint);
    expect_same_metrics(&a->record, &b->record);
    expect_same_series(a->record.series, b->record.series);
    trial_result_free(a);
    trial_result_free(b);
    text_plan_free(&p);
    text_plan_free(&q);
}

static void test_changes_of_one_moment_are_made_and_logged_as_written(void **state)
{
    (void)state;
    struct text_plan p = small_plan(
        "\"changes\": ["
        "  { \"at\": \"5s\", \"set\": { \"hosts.client.tcp.time_wait\": \"9s\" } },"
        "  { \"at\": \"5s\", \"set\": { \"hosts.client.tcp.time_wait\": \"1s\" } } ],");
    struct text_plan q = plan_with_change("5s", "1s");
    struct trial_result *a = run_once(&p), *b = run_once(&q);
    assert_int_equal(a->record.fingerprint, b->record.fingerprint);
    const struct run_event *first = NULL, *second = NULL;
    for (size_t i = 0; i < a->record.log_count; i++)
        if (strcmp(a->record.log[i].kind, "change") == 0) {
            first = second;
            second = &a->record.log[i];
        }
    assert_non_null(first);
    assert_string_equal(first->detail, "hosts.client.tcp.time_wait = 9s");
    assert_string_equal(second->detail, "hosts.client.tcp.time_wait = 1s");
    trial_result_free(a);
    trial_result_free(b);
    text_plan_free(&p);
    text_plan_free(&q);
}

/* --- being watched ------------------------------------------------------------- */

struct watcher {
    volatile sig_atomic_t stop;
    sim_ns stop_at, seen;
    unsigned calls;
};

static void watch_progress(void *context, sim_ns now, sim_ns end, uint64_t events)
{
    (void)events;
    struct watcher *w = context;
    assert_true(now >= w->seen && now <= end);
    assert_int_equal(end, SECONDS * SIM_S);
    w->seen = now;
    w->calls++;
    if (now >= w->stop_at)
        w->stop = 1;
}

static struct trial_result *watched(const struct text_plan *p, struct watcher *w)
{
    struct trial_watch watch = {
        .stop = &w->stop, .progress = watch_progress, .context = w};
    return trial_run(p->plan, 1, 1, &watch);
}

static void test_watching_does_not_change_the_record(void **state)
{
    (void)state;
    struct text_plan p = small_plan(EVERYTHING);
    struct watcher w = {.stop_at = SIM_NEVER};
    struct trial_result *a = watched(&p, &w), *b = run_once(&p);
    assert_int_equal(w.seen, SECONDS * SIM_S);
    assert_true(w.calls > 1);
    expect_same_record(&a->record, &b->record);
    trial_result_free(a);
    trial_result_free(b);
    text_plan_free(&p);
}

static void test_a_stopped_run_is_marked_and_promises_nothing(void **state)
{
    (void)state;
    struct text_plan p = small_plan(EVERYTHING);
    struct watcher w = {.stop_at = 400 * SIM_S};
    struct trial_result *r = watched(&p, &w);
    assert_int_equal(r->record.status, RUN_INTERRUPTED);
    assert_true(r->record.simulated >= 400 * SIM_S);
    assert_true(r->record.simulated < 500 * SIM_S);
    assert_int_equal(r->record.requirements[0].verdict, RUN_UNDECIDED);
    assert_false(r->all_hold);
    assert_true(result_metric(r, "apps.pages.attempts") > 0);
    assert_true(isnan(result_metric(r, "apps.pages.attempts@late")));
    for (size_t i = 0; i < r->record.log_count; i++)
        assert_string_not_equal(r->record.log[i].kind, "change");
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_a_run_stopped_before_it_began_is_a_record_too(void **state)
{
    (void)state;
    struct text_plan p = small_plan(EVERYTHING);
    struct watcher w = {.stop = 1, .stop_at = SIM_NEVER};
    struct trial_result *r = watched(&p, &w);
    assert_int_equal(r->record.status, RUN_INTERRUPTED);
    assert_true(r->record.simulated < 100 * SIM_S);
    assert_true(isnan(result_metric(r, "apps.pages.attempts")));
    trial_result_free(r);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_second_run_gives_the_same_record),
        cmocka_unit_test(test_the_plan_read_again_gives_the_same_record),
        cmocka_unit_test(test_seeds_and_replications_differ_from_each_other),
        cmocka_unit_test(test_a_changed_timer_sees_the_same_users),
        cmocka_unit_test(test_two_threads_give_what_one_after_the_other_gives),
        cmocka_unit_test(test_metrics_keep_their_units_after_the_run),
        cmocka_unit_test(test_a_requirement_that_fails_says_so_with_its_value),
        cmocka_unit_test(test_samples_stand_at_both_ends_and_never_beyond),
        cmocka_unit_test(test_sampling_does_not_change_the_trajectory),
        cmocka_unit_test(test_phases_may_begin_at_0_and_end_at_the_end),
        cmocka_unit_test(test_the_warm_up_is_left_out_of_what_names_no_phase),
        cmocka_unit_test(test_a_change_at_0_is_the_same_as_saying_so_at_once),
        cmocka_unit_test(test_a_change_at_the_end_is_logged_and_changes_nothing),
        cmocka_unit_test(test_changes_of_one_moment_are_made_and_logged_as_written),
        cmocka_unit_test(test_watching_does_not_change_the_record),
        cmocka_unit_test(test_a_stopped_run_is_marked_and_promises_nothing),
        cmocka_unit_test(test_a_run_stopped_before_it_began_is_a_record_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
