/* `run --trace-bind` and `portsim binds`: every choice of a port is kept with what the
 * system said, and can be asked about as a netsh trace can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/manifest.h"
#include "sim/trial/trial.h"
#include "tests/program.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

/* --- what is kept ---------------------------------------------------------------------
 */

/* Ten ports for ten minutes, from the first second on. */
static const char ten_ports[] =
    "{\"name\": \"ten\", \"duration\": \"10min\", \"hosts\": {"
    " \"client\": {\"stack\": \"linux518\", \"tcp\": {\"range\": [50000, 50009]}},"
    " \"server\": {\"listen\": [80]}},"
    "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
    "  \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"2/s\"},"
    "  \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"}}}}";

static struct trial_result *traced(const struct trial_plan *plan,
                                   enum trial_binds_wanted wanted)
{
    return trial_run(plan, plan->config->seed, 1, &(struct trial_watch){.binds = wanted});
}

static struct run_bind bind_at(const struct trial_result *r, size_t i)
{
    return r->record.binds->row(r->record.binds->context, i);
}

static size_t count_status(const struct trial_result *r, const char *status)
{
    size_t count = 0;
    for (size_t i = 0; i < r->record.binds->count; i++)
        count += strcmp(bind_at(r, i).status, status) == 0;
    return count;
}

static void test_every_choice_is_kept_once(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(ten_ports);
    struct trial_result *all = traced(p.plan, BINDS_ALL);
    double found = result_metric(all, "hosts.client.tcp4.allocations"),
           failed = result_metric(all, "hosts.client.tcp4.allocation_failures");
    assert_true(failed > 100);
    assert_true((double)all->record.binds->count == found + failed);
    assert_true((double)count_status(all, "EADDRNOTAVAIL") == failed);
    assert_true((double)count_status(all, "0") == found);
    trial_result_free(all);
    text_plan_free(&p);
}

static void test_only_failures_are_kept_if_one_wants_only_those(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(ten_ports);
    struct trial_result *r = traced(p.plan, BINDS_FAILURES);
    double failed = result_metric(r, "hosts.client.tcp4.allocation_failures");
    assert_true((double)r->record.binds->count == failed);
    for (size_t i = 0; i < r->record.binds->count; i++) {
        struct run_bind b = bind_at(r, i);
        assert_int_equal(b.local_port, 0);
        assert_int_equal(b.probes, 10); /* all there are */
        assert_string_equal(b.host, "client");
        assert_string_equal(b.call, "connect");
    }
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_who_keeps_binds_simulates_the_same(void **state)
{
    (void)state;
    struct text_plan p = text_plan_file("teaching-mini");
    struct trial_result *with = traced(p.plan, BINDS_ALL);
    struct trial_result *without = traced(p.plan, BINDS_NONE);
    assert_true(with->record.fingerprint == without->record.fingerprint);
    assert_null(without->record.binds);
    trial_result_free(with);
    trial_result_free(without);
    text_plan_free(&p);
}

/* The database refuses: no bind fails.  Later no port is left: both processes are told
 * so, and by nothing else. */
static void test_windows_says_0x209_when_and_only_when_no_port_is_left(void **state)
{
    (void)state;
    struct text_plan p = text_plan_file("windows-bind-trace");
    struct trial_result *r = traced(p.plan, BINDS_ALL);
    size_t orders = 0, copies = 0;
    for (size_t i = 0; i < r->record.binds->count; i++) {
        struct run_bind b = bind_at(r, i);
        bool failed = b.local_port == 0;
        assert_string_equal(b.status, failed ? "0x209" : "0x0");
        assert_string_equal(b.name,
                            failed ? "STATUS_TOO_MANY_ADDRESSES" : "STATUS_SUCCESS");
        assert_true(!failed || b.when > 10 * SIM_MIN);
        assert_true(b.pid > 0 && b.pid % 4 == 0);
        orders += failed && strcmp(b.process, "w3wp") == 0;
        copies += failed && strcmp(b.process, "sync-job") == 0;
    }
    assert_true((double)orders == result_metric(r, "apps.orders.failures.WSAENOBUFS"));
    assert_true((double)copies == result_metric(r, "apps.copies.failures.WSAENOBUFS"));
    assert_true(orders > 0 && copies > 0);
    trial_result_free(r);
    text_plan_free(&p);
}

/* bind(0) and connect() of clients, and the flows a gateway translates, for nobody. */
static void test_each_choice_names_its_call(void **state)
{
    (void)state;
    struct text_plan p =
        text_plan_read("{\"name\": \"calls\", \"duration\": \"10s\", \"hosts\": {"
                       " \"inside\": {\"stack\": \"linux518\", \"gateway\": \"nat\"},"
                       " \"nat\": {\"nat\": \"netfilter\"},"
                       " \"server\": {\"listen\": [80]}},"
                       "\"apps\": {"
                       " \"a\": {\"from\": \"inside\", \"to\": \"server:80\","
                       "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
                       "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}},"
                       " \"b\": {\"from\": \"inside\", \"to\": \"server:80\","
                       "  \"socket\": {\"bind\": \"bind-zero\"},"
                       "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
                       "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}}}}");
    struct trial_result *r = traced(p.plan, BINDS_ALL);
    size_t connects = 0, binds = 0, flows = 0;
    for (size_t i = 0; i < r->record.binds->count; i++) {
        struct run_bind b = bind_at(r, i);
        bool flow = strcmp(b.call, "translate") == 0;
        assert_string_equal(b.host, flow ? "nat" : "inside");
        assert_true(flow ? !b.process && !b.pid : b.pid >= 1000);
        assert_string_equal(flow ? "" : b.process, flow ? "" : b.app);
        connects += strcmp(b.call, "connect") == 0 && *b.app == 'a';
        binds += strcmp(b.call, "bind-zero") == 0 && *b.app == 'b';
        flows += flow;
    }
    assert_int_equal(connects, 10);
    assert_int_equal(binds, 10);
    assert_int_equal(flows, 20);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_no_more_than_the_limit_is_kept_and_all_are_counted(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"flood\", \"duration\": \"1001s\", \"hosts\": {"
        " \"client\": {\"tcp\": {\"range\": [50000, 50000], \"time_wait\": \"1h\"}},"
        " \"server\": {\"listen\": [80]}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1000/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}}}}");
    struct trial_result *r = traced(p.plan, BINDS_ALL);
    assert_int_equal(r->record.binds->count, BINDS_MAX);
    assert_int_equal(r->record.binds->asked, 1001 * 1000);
    trial_result_free(r);
    text_plan_free(&p);
}

/* --- on the disk, and the command -----------------------------------------------------
 */

static struct ended portsim(const char *const *args)
{
    struct program p = {.args = {NULL}};
    for (size_t i = 0; args[i]; i++)
        p.args[i] = args[i];
    return program_run(&p);
}

#define PORTSIM(...) portsim((const char *const[]){__VA_ARGS__, NULL})

static void expect_run(const char *directory, const char *option)
{
    struct ended e = PORTSIM("run", "windows-bind-trace", "-o", directory, "--overwrite",
                             "-q", option);
    expect_status(&e, 0);
    ended_free(&e);
}

static void test_the_filter_of_the_guide_names_both_processes(void **state)
{
    (void)state;
    char *folder = scratch_new(), *run = memory_print("%s/r", folder);
    expect_run(run, "--trace-bind");
    struct ended e = PORTSIM("binds", run, "--where", "status == 0x209", "--count-by",
                             "process,name", "--csv");
    expect_status(&e, 0);
    expect_says(e.out, "process,name,count,share\nsync-job,STATUS_TOO_MANY_ADDRESSES,");
    expect_says(e.out, "\nw3wp,STATUS_TOO_MANY_ADDRESSES,");
    ended_free(&e);
    e = PORTSIM("binds", run, "--failures", "--where", "t < 10min");
    expect_status(&e, 0);
    expect_says(e.out, "\n0 of ");
    ended_free(&e);
    free(run);
    scratch_free(folder);
}

static void test_binds_belong_to_the_run_and_go_with_it(void **state)
{
    (void)state;
    char *folder = scratch_new(), *run = memory_print("%s/r", folder);
    char *file = memory_print("%s/" RUN_BINDS, run);
    expect_run(run, "--trace-bind=failures");
    assert_int_equal(access(file, F_OK), 0);
    struct safe_directory d;
    struct results_error error;
    struct manifest m = {0};
    assert_true(safe_directory_open(&d, run, &error));
    assert_true(manifest_read(&m, &d, MANIFEST_COMPLETE, &error));
    assert_non_null(manifest_find(&m, RUN_BINDS));
    safe_directory_close(&d);
    expect_run(run, NULL);
    assert_int_equal(access(file, F_OK), -1);
    struct ended e = PORTSIM("binds", run);
    expect_status(&e, 4);
    expect_says(e.err, "kept no choices of ports: portsim run --trace-bind does");
    ended_free(&e);
    free(file);
    free(run);
    scratch_free(folder);
}

static void test_bad_questions_end_with_2_and_say_why(void **state)
{
    (void)state;
    char *folder = scratch_new(), *run = memory_print("%s/r", folder);
    expect_run(run, "--trace-bind");
    const struct {
        const char *args[5];
        const char *says;
    } bad[] = {
        {{"binds"}, "which run directory?"},
        {{"binds", "a", "b"}, "one directory at a time, also got \"b\""},
        {{"binds", run, "--where", "colour == red"}, "colour"},
        {{"binds", run, "--count-by", "process,colour"}, "colour"},
        {{"run", "teaching-mini", "--trace-bind=none"}, "all or failures, is \"none\""},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ended e = portsim(bad[i].args);
        expect_status(&e, 2);
        expect_silence(e.out);
        expect_says(e.err, bad[i].says);
        ended_free(&e);
    }
    free(run);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_choice_is_kept_once),
        cmocka_unit_test(test_only_failures_are_kept_if_one_wants_only_those),
        cmocka_unit_test(test_who_keeps_binds_simulates_the_same),
        cmocka_unit_test(test_windows_says_0x209_when_and_only_when_no_port_is_left),
        cmocka_unit_test(test_each_choice_names_its_call),
        cmocka_unit_test(test_no_more_than_the_limit_is_kept_and_all_are_counted),
        cmocka_unit_test(test_the_filter_of_the_guide_names_both_processes),
        cmocka_unit_test(test_binds_belong_to_the_run_and_go_with_it),
        cmocka_unit_test(test_bad_questions_end_with_2_and_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
