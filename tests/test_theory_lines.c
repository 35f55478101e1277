/* What `portsim theory` says of scenarios of the library, against simulations of them:
 * every line that is called exact lies inside the interval of the runs, and those of
 * MODEL.md D that no metric shows have its values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/study/estimate.h"
#include "sim/theory/lines.h"
#include "tests/run_text.h"

enum { RUNS = 5 };

/* Some hundred lines are looked at: one in ten thousand may leave its interval by
 * chance. */
#define CONFIDENCE 0.9999

/* Takes the plan. */
static void exact_lines_hold(struct text_plan p)
{
    const char *scenario = p.plan->config->name;
    struct theory_lines lines = theory_lines_of(p.plan);
    struct trial_result *runs[RUNS];
    const struct trial_numbers *numbers[RUNS];
    uint32_t exact = 0;
    for (uint32_t i = 0; i < RUNS; i++) {
        runs[i] = trial_run(p.plan, p.plan->config->seed, i + 1,
                            &(struct trial_watch){.keeps = TRIAL_NUMBERS});
        numbers[i] = runs[i]->numbers;
    }
    for (uint32_t i = 0; i < lines.count; i++) {
        const struct theory_line *l = &lines.at[i];
        if (l->doubt || !l->metric)
            continue;
        uint32_t row = trial_numbers_find(numbers[0], l->metric);
        assert_int_not_equal(row, NUMBERS_NONE);
        struct estimate seen = estimate_number(numbers, RUNS, row, CONFIDENCE);
        /* What is the same in every run differs by rounding alone. */
        if (fabs(seen.value - l->value) > seen.half_width + 1e-9 * l->value)
            fail_msg("%s: %s is %g by %s, simulated %g +- %g", scenario, l->metric,
                     l->value, l->formula, seen.value, seen.half_width);
        exact++;
    }
    printf("  %s: %u lines\n", scenario, (unsigned)exact);
    assert_true(exact > 0);
    for (uint32_t i = 0; i < RUNS; i++)
        trial_result_free(runs[i]);
    theory_lines_free(&lines);
    text_plan_free(&p);
}

static void test_ten_ports_are_as_theory_says(void **state)
{
    (void)state;
    exact_lines_hold(text_plan_file("teaching-mini"));
}

static void test_a_proxy_of_windows_2003_is_as_theory_says(void **state)
{
    (void)state;
    if (quick_run())
        skip();
    exact_lines_hold(text_plan_file("windows-2003-proxy"));
}

/* The value of a line; fails the test where it is not said. */
static double line(const struct theory_lines *t, const char *about, const char *quantity)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (strcmp(t->at[i].about, about) == 0 &&
            strcmp(t->at[i].quantity, quantity) == 0)
            return t->at[i].value;
    fail_msg("%s: nothing is said of \"%s\"", about, quantity);
    return NAN;
}

/* One host of N ports and two destinations, the first of which is asked `rate` times a
 * second by connections of 2 s. */
static struct text_plan one_host(unsigned ports, const char *tcp, double rate,
                                 const char *more)
{
    char text[2000];
    snprintf(text, sizeof text,
             "{\"name\": \"t\", \"duration\": \"3h\", \"warm_up\": \"1h\", \"network\": "
             "{\"rtt\": \"0s\"}, \"hosts\": {\"h\": {\"tcp\": {\"range\": [1024, %u], "
             "%s}}, \"x\": {}, \"y\": {}}, \"apps\": {\"a\": {\"from\": \"h\", \"to\": "
             "\"x:80\", \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"%g/s\"}, "
             "\"lifetime\": {\"kind\": \"constant\", \"value\": \"2s\"}}%s}}",
             1023 + ports, tcp, rate, more);
    return text_plan_read(text);
}

/* MODEL.md D2: 100 connections a second, L 2 s, TIME_WAIT 120 s, FIN_WAIT_2 600 s: 8.7 %
 * of the peers may never close; 16,384 ports / 122 s. */
static void test_the_limits_are_those_of_the_model(void **state)
{
    (void)state;
    struct text_plan p =
        one_host(16384, "\"time_wait\": \"120s\", \"fin_wait_2\": \"600s\"", 100, "");
    struct theory_lines t = theory_lines_of(p.plan);
    const char *to_x = "hosts.h.tcp4 to x:80";
    assert_true(fabs(line(&t, to_x, "share of peers that may never close") - 0.087) <
                0.0005);
    assert_true(fabs(line(&t, to_x, "rate that fills its ports") - 16384 / 122.) < 1e-9);
    theory_lines_free(&t);
    text_plan_free(&p);
}

/* MODEL.md D4: N = 1000 and 1,200 erlang together lose 0.1706; apart, 9e-51. */
static void test_both_scopes_are_told(void **state)
{
    (void)state;
    static const char second[] =
        ", \"b\": {\"from\": \"h\", \"to\": \"y:80\", \"arrivals\": {\"kind\": "
        "\"poisson\", \"rate\": \"300/s\"}, \"lifetime\": {\"kind\": \"constant\", "
        "\"value\": \"2s\"}}";
    struct text_plan p =
        one_host(1000, "\"time_wait\": \"0s\", \"scope\": \"tuple\"", 300, second);
    struct theory_lines t = theory_lines_of(p.plan);
    const char *to_x = "hosts.h.tcp4 to x:80";
    assert_true(fabs(line(&t, to_x, "the same, if a port served one destination only") -
                     0.1706) < 5e-5);
    double apart = line(&t, to_x, "choices that find no port");
    assert_true(apart > 8.5e-51 && apart < 9.5e-51);
    theory_lines_free(&t);
    text_plan_free(&p);
}

/* MODEL.md D9: 16,384 ports are gone after 163.8 s at 100/s. */
static void test_the_time_to_exhaustion_is_that_of_the_model(void **state)
{
    (void)state;
    struct text_plan p = one_host(16384, "\"time_wait\": \"240s\"", 100, "");
    struct theory_lines t = theory_lines_of(p.plan);
    const char *to_x = "hosts.h.tcp4 to x:80";
    assert_true(fabs(line(&t, to_x, "first failure, from empty ports") - 163.85) < 1e-9);
    assert_true(
        fabs(line(&t, to_x, "until all are free again, once nobody comes") - 240) < 1e-9);
    theory_lines_free(&t);
    text_plan_free(&p);
}

/* Twenty seconds for 200 ports at 10/s, and nothing comes back before; when the 201st
 * comes is inside the interval of the runs. */
static void test_the_first_failure_comes_with_the_user_after_the_last_port(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"fill\", \"duration\": \"50s\", \"hosts\": {\"h\": {\"tcp\": "
        "{\"range\": [1024, 1223], \"time_wait\": \"60s\"}}, \"x\": {}}, \"apps\": "
        "{\"a\": {\"from\": \"h\", \"to\": \"x:80\", \"arrivals\": {\"kind\": "
        "\"poisson\", \"rate\": \"10/s\"}, \"lifetime\": {\"kind\": \"constant\", "
        "\"value\": \"1s\"}}}}");
    struct theory_lines t = theory_lines_of(p.plan);
    const struct theory_line *said = NULL;
    for (uint32_t i = 0; i < t.count; i++)
        if (t.at[i].metric && strcmp(t.at[i].metric, "apps.a.first_failure_s") == 0)
            said = &t.at[i];
    assert_non_null(said);
    assert_null(said->doubt);
    assert_true(fabs(said->value - 20.1) < 1e-9);
    theory_lines_free(&t);
    exact_lines_hold(p);
}

/* MODEL.md D7: 100/s, a peer that waits 240 s, 6,000 of 28,232 ports busy: with 60 s of
 * one's own, 55 % of random choices collide.  Here the server closes first, and the
 * holder has nothing of its own; busy are the 100 x 2 s that live. */
static void test_collisions_are_exponential_in_the_peer_s_memory(void **state)
{
    (void)state;
    struct text_plan p = one_host(
        28232, "\"allocator\": \"rfc6056-alg1\"", 5,
        ", \"b\": {\"from\": \"h\", \"to\": \"y:80\", \"closes_first\": \"server\", "
        "\"arrivals\": {\"kind\": \"poisson\", \"rate\": \"100/s\"}, \"lifetime\": "
        "{\"kind\": \"constant\", \"value\": \"2s\"}}");
    struct theory_lines t = theory_lines_of(p.plan);
    double wait = 240; /* of the stack "plain" */
    double expected = 1 - exp(-100 * wait / (28232 - 200));
    assert_true(fabs(line(&t, "apps.b", "connects that meet the peer's TIME_WAIT") -
                     expected) < 1e-6);
    theory_lines_free(&t);
    text_plan_free(&p);
}

static void test_where_nothing_applies_it_is_said_why(void **state)
{
    (void)state;
    struct text_plan p = text_plan_file("load-test-back-to-back");
    struct theory_lines t = theory_lines_of(p.plan);
    bool said = false;
    for (uint32_t i = 0; i < t.gap_count; i++)
        said = said || strcmp(t.gaps[i].why, "bursts have no steady state") == 0;
    assert_true(said);
    theory_lines_free(&t);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_ports_are_as_theory_says),
        cmocka_unit_test(test_a_proxy_of_windows_2003_is_as_theory_says),
        cmocka_unit_test(test_the_limits_are_those_of_the_model),
        cmocka_unit_test(test_both_scopes_are_told),
        cmocka_unit_test(test_the_time_to_exhaustion_is_that_of_the_model),
        cmocka_unit_test(test_the_first_failure_comes_with_the_user_after_the_last_port),
        cmocka_unit_test(test_collisions_are_exponential_in_the_peer_s_memory),
        cmocka_unit_test(test_where_nothing_applies_it_is_said_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
