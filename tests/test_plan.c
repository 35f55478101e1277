/* portsim plan, as its users meet it. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/scratch.h"

/* 20 ports, connections of 1 s on average that leave nothing behind: Erlang B. */
static const char small_pool[] =
    "{ \"name\": \"small-pool\", \"duration\": \"60s\", \"warm_up\": \"10s\","
    "  \"network\": { \"rtt\": \"0s\" },"
    "  \"hosts\": { \"proxy\": { \"tcp\": { \"range\": [50000, 50019],"
    "                                       \"time_wait\": \"0s\" } }, \"server\": {} },"
    "  \"apps\": { \"web\": { \"from\": \"proxy\", \"to\": \"server:80\","
    "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"15/s\" },"
    "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } } }";

#define RATE "--vary", "apps.web.arrivals.rate=4/s..40/s", "--precision", "4%"
#define LOSS "--require", "apps.web.failure_ratio <= 5%"

struct stage {
    char *folder, *scenario;
};

static struct stage stage_new(void)
{
    struct stage s = {.folder = scratch_new()};
    scratch_put(s.folder, "pool.json", small_pool, strlen(small_pool));
    s.scenario = memory_print("%s/pool.json", s.folder);
    return s;
}

static void stage_free(struct stage *s)
{
    free(s->scenario);
    scratch_free(s->folder);
}

static struct ended plan_run(const struct program *p, int status)
{
    struct ended e = program_run(p);
    expect_status(&e, status);
    return e;
}

/* --- answers --------------------------------------------------------------------------
 */

/* B(20, 15.2493) is 5 %. */
static void test_the_largest_rate_is_named_with_what_speaks_for_it(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct ended e =
        plan_run(&(struct program){.args = {"plan", s.scenario, RATE, LOSS, "-q"}}, 0);
    expect_says(e.out, "is the largest that meets\n  apps.web.failure_ratio <= 5%,");
    expect_says(e.out,
                "with 95 % confidence the threshold is between them, at about 15.");
    expect_says(e.out, "\n           4/s      10   0 ± 0.18 %");
    expect_silence(e.err);
    ended_free(&e);
    stage_free(&s);
}

static void
test_the_fewest_ports_and_addresses_are_found_from_the_other_side(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct ended ports =
        plan_run(&(struct program){.args = {"plan", s.scenario, "--vary",
                                            "hosts.proxy.tcp.range=10..40", LOSS, "-q"}},
                 0);
    /* B(19, 15) is 7.0 %, B(20, 15) 4.6 %. */
    expect_says(ports.out, "hosts.proxy.tcp.range = 20 ports is the smallest that meets");
    expect_says(ports.out, "and 19 ports do not");
    ended_free(&ports);
    struct ended addresses =
        plan_run(&(struct program){.args = {"plan", s.scenario, "--set",
                                            "apps.web.arrivals.rate=40/s", "--vary",
                                            "hosts.proxy.addresses=1..5", LOSS, "-q"}},
                 0);
    /* Two pools of 20 at 20 erlang each lose 16 %, three at 13.3 lose 2.3 %. */
    expect_says(addresses.out, "hosts.proxy.addresses = 3 is the smallest that meets");
    ended_free(&addresses);
    stage_free(&s);
}

static void test_several_requirements_hold_together(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct ended e =
        plan_run(&(struct program){.args = {"plan", s.scenario, RATE, LOSS, "--require",
                                            "hosts.proxy.tcp4.in_use <= 9", "--precision",
                                            "5%", "-q"}},
                 0);
    expect_says(e.out, "failure_ratio <= 5% and hosts.proxy.tcp4.in_use <= 9,");
    /* 9 erlang, of which 20 ports lose next to none; the interval is 4 % wide. */
    const char *about = strstr(e.out, "at about ");
    assert_non_null(about);
    assert_true(fabs(strtod(about + 9, NULL) - 9) <= 0.04 * 9);
    ended_free(&e);
    stage_free(&s);
}

static void test_any_number_of_threads_gives_the_same_bytes(void **state)
{
    (void)state;
    struct stage s = stage_new();
    char *one = memory_print("%s/one", s.folder),
         *four = memory_print("%s/four", s.folder);
    struct ended a = plan_run(&(struct program){.args = {"plan", s.scenario, RATE, LOSS,
                                                         "-q", "-j1", "-o", one}},
                              0);
    struct ended b = plan_run(&(struct program){.args = {"plan", s.scenario, RATE, LOSS,
                                                         "-q", "-j4", "-o", four}},
                              0);
    assert_string_equal(a.out, b.out);
    char *picture = scratch_get(one, "plots/knee.svg");
    assert_non_null(picture);
    expect_says(picture, "capacity: ");
    free(picture);
    static const char *const files[] = {"plan.json", "points.csv"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *x = scratch_get(one, files[i]), *y = scratch_get(four, files[i]);
        assert_non_null(x);
        assert_non_null(y);
        assert_string_equal(x, y);
        free(x);
        free(y);
    }
    ended_free(&a);
    ended_free(&b);
    free(one);
    free(four);
    stage_free(&s);
}

/* 30/s on 11 ports fail, 31/s on 60 do not. */
static void test_a_requirement_that_turns_more_than_once_is_said_to(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct ended e = plan_run(
        &(struct program){.args = {"plan", s.scenario, "--vary",
                                   "apps.web.arrivals.rate=1/s,30/s,31/s,35/s,200/s;"
                                   "hosts.proxy.tcp.range=10,11,60,61,62",
                                   LOSS, "-q"}},
        0);
    expect_says(e.out, "apps.web.arrivals.rate = 1/s is the largest that meets");
    expect_says(e.out, "not monotone: 31/s beyond meets it again");
    expect_says(e.out, "turns round between 30/s and 31/s");
    ended_free(&e);
    stage_free(&s);
}

/* --- no answers -----------------------------------------------------------------------
 */

static void test_ends_that_agree_are_refused_with_what_they_gave(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct ended fail = plan_run(
        &(struct program){.args = {"plan", s.scenario, "--vary",
                                   "apps.web.arrivals.rate=25/s..40/s", LOSS, "-q"}},
        1);
    expect_says(fail.out, "no answer: neither end meets apps.web.failure_ratio <= 5%");
    expect_says(fail.out, "at 25/s: apps.web.failure_ratio 2");
    ended_free(&fail);
    struct ended meet = plan_run(
        &(struct program){.args = {"plan", s.scenario, "--vary",
                                   "apps.web.arrivals.rate=1/s..8/s", LOSS, "-q"}},
        1);
    expect_says(meet.out, "no answer: both ends meet apps.web.failure_ratio <= 5%");
    ended_free(&meet);
    stage_free(&s);
}

static void test_an_end_at_the_threshold_is_said_to_be_one(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct ended e =
        plan_run(&(struct program){.args = {"plan", s.scenario, "--vary",
                                            "apps.web.arrivals.rate=15.25/s..40/s", LOSS,
                                            "--max-replications", "20", "-q"}},
                 7);
    expect_says(e.out, "an end is too near the threshold to begin from");
    ended_free(&e);
    stage_free(&s);
}

/* Of an attempt a minute, every other run of 50 s has none. */
static void test_a_value_that_some_runs_lack_meets_nothing(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct ended e =
        plan_run(&(struct program){.args = {"plan", s.scenario, "--vary",
                                            "apps.web.arrivals.rate=0.0166667/s..400/s",
                                            "--require", "apps.web.failure_ratio <= 60%",
                                            "--max-replications", "20", "-q"}},
                 7);
    expect_says(e.out, "apps.web.failure_ratio 0 ± ");
    expect_says(e.out, " of 20 runs, null in the others (undecided)");
    ended_free(&e);
    stage_free(&s);
}

static void test_a_precision_that_is_not_reached_is_status_7(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct ended e =
        plan_run(&(struct program){.args = {"plan", s.scenario, RATE, LOSS, "--precision",
                                            "0.1%", "--max-replications", "20", "-q"}},
                 7);
    expect_says(e.out, "nearer to the threshold 20 runs of a value do not tell");
    ended_free(&e);
    stage_free(&s);
}

static void test_an_interrupted_plan_says_what_it_knows(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct program p = {.args = {"plan", s.scenario, "--set", "duration=90h", RATE, LOSS,
                                 "-q", "-o", s.folder}};
    struct running r = program_start(&p);
    program_wait_for_handler(&r);
    assert_int_equal(kill(r.child, SIGINT), 0);
    struct ended e = program_finish(&r, &p);
    expect_status(&e, 130);
    expect_says(e.out, "interrupted before both ends were known");
    char *json = scratch_get(s.folder, "plan.json");
    assert_non_null(json);
    expect_says(json, "\"status\": \"interrupted\"");
    free(json);
    ended_free(&e);
    stage_free(&s);
}

/* --- bad input ------------------------------------------------------------------------
 */

static void test_what_cannot_be_asked_is_told_before_anything_runs(void **state)
{
    (void)state;
    struct stage s = stage_new();
    static const struct {
        const char *vary, *require, *says;
        int status;
    } cases[] = {
        {"apps.web.arivals.rate=1/s..2/s", "apps.web.failures <= 0",
         "did you mean \"arrivals\"?", 2},
        {"apps.web.arrivals.rate=1/s..2/s", "apps.web.failurs <= 0",
         "did you mean apps.web.failures?", 3},
        {"apps.web.arrivals.rate=1/s..2/s", "apps.web.failures == 0",
         "can hold at a single value only", 2},
        {"apps.web.arrivals.rate=1/s..2/s", "apps.web.failures@late <= 0",
         "there is no phase \"late\"", 3},
        {"apps.web.arrivals.rate=1/s..2/s", "apps.web.failure_ratio <= 5s",
         "\"apps.web.failure_ratio\" is a plain number, not a time", 3},
        {"apps.web.arrivals.rate=1/s..2/s", "hosts.proxy.tcp4.in_use <= 50%",
         "\"hosts.proxy.tcp4.in_use\" is in ports, not a share", 3},
        {"hosts.proxy.count=1..2;hosts.proxy.addresses=1..2", "apps.web.failures <= 0",
         "can only be given for a single host", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ended e = plan_run(
            &(struct program){.args = {"plan", s.scenario, "--vary", cases[i].vary,
                                       "--require", cases[i].require, "-q"}},
            cases[i].status);
        expect_silence(e.out);
        expect_says(e.err, cases[i].says);
        ended_free(&e);
    }
    stage_free(&s);
}

static void test_a_place_that_cannot_be_written_is_refused_before_the_work(void **state)
{
    (void)state;
    struct stage s = stage_new();
    struct program p = {.args = {"plan", s.scenario, RATE, LOSS, "-q", "-o", s.scenario}};
    struct ended e = plan_run(&p, 4);
    expect_silence(e.out);
    expect_says(e.err, "cannot open the directory");
    ended_free(&e);
    stage_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_largest_rate_is_named_with_what_speaks_for_it),
        cmocka_unit_test(
            test_the_fewest_ports_and_addresses_are_found_from_the_other_side),
        cmocka_unit_test(test_several_requirements_hold_together),
        cmocka_unit_test(test_any_number_of_threads_gives_the_same_bytes),
        cmocka_unit_test(test_a_requirement_that_turns_more_than_once_is_said_to),
        cmocka_unit_test(test_ends_that_agree_are_refused_with_what_they_gave),
        cmocka_unit_test(test_an_end_at_the_threshold_is_said_to_be_one),
        cmocka_unit_test(test_a_value_that_some_runs_lack_meets_nothing),
        cmocka_unit_test(test_a_precision_that_is_not_reached_is_status_7),
        cmocka_unit_test(test_an_interrupted_plan_says_what_it_knows),
        cmocka_unit_test(test_what_cannot_be_asked_is_told_before_anything_runs),
        cmocka_unit_test(test_a_place_that_cannot_be_written_is_refused_before_the_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
