/* Users who open several connections at once, all or nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/theory/theory.h"
#include "tests/run_text.h"

/* One host of `ports` ports whose users open six connections at once, one user a second,
 * for 2 s; nothing lingers. */
static struct text_plan users(unsigned ports, const char *duration, const char *server,
                              const char *more)
{
    char text[2000];
    snprintf(text, sizeof text,
             "{\"name\": \"group\", \"duration\": \"%s\", \"network\": {\"rtt\": "
             "\"100ms\"}, \"hosts\": {\"h\": {\"tcp\": {\"range\": [1024, %u], "
             "\"time_wait\": \"0s\"}}, \"x\": {%s}}, \"apps\": {\"a\": {\"from\": \"h\", "
             "\"to\": \"x:80\", \"connections\": 6, \"arrivals\": {\"kind\": "
             "\"constant\", \"rate\": \"1/s\"}, \"lifetime\": {\"kind\": \"constant\", "
             "\"value\": \"2s\"}%s}}}",
             duration, 1023 + ports, server, more);
    return text_plan_read(text);
}

static double metric(const struct text_plan *p, const char *name)
{
    struct trial_result *r = trial_run(p->plan, 1, 1, NULL);
    double value = result_metric(r, name);
    trial_result_free(r);
    return value;
}

/* The k-th user comes after k s and is connected 100 ms later: 100 in 100.5 s. */
static void test_six_connections_are_one_attempt(void **state)
{
    (void)state;
    struct text_plan p = users(100, "100500ms", "", "");
    assert_true(metric(&p, "apps.a.attempts") == 100);
    assert_true(metric(&p, "apps.a.successes") == 100);
    assert_true(metric(&p, "apps.a.tries") == 100);
    assert_true(metric(&p, "hosts.h.tcp4.allocations") == 600);
    assert_true(metric(&p, "apps.a.open.max") == 12);         /* of the last two users */
    assert_true(metric(&p, "hosts.h.tcp4.in_use_max") == 18); /* one more is closing */
    text_plan_free(&p);
}

/* Five ports for six: five are chosen each time, and all given back at once. */
static void test_who_cannot_have_all_keeps_none(void **state)
{
    (void)state;
    struct text_plan p = users(5, "100500ms", "", "");
    assert_true(metric(&p, "apps.a.failures") == 100);
    assert_true(metric(&p, "hosts.h.tcp4.allocations") == 500);
    assert_true(metric(&p, "hosts.h.tcp4.allocation_failures") == 100);
    assert_true(metric(&p, "hosts.h.tcp4.in_use_max") == 5);
    assert_true(metric(&p, "hosts.h.tcp4.in_use") == 0);
    text_plan_free(&p);
}

/* Nothing listens: the first RST ends the try, 100 ms after the SYNs; the others meet
 * nobody. */
static void test_one_refusal_ends_the_try_for_all(void **state)
{
    (void)state;
    struct text_plan p = users(100, "100500ms", "\"listen\": [443]", "");
    assert_true(metric(&p, "apps.a.failures.ECONNREFUSED") == 100);
    assert_true(metric(&p, "apps.a.failures") == 100);
    assert_true(metric(&p, "hosts.h.tcp4.in_use_max") == 6);
    text_plan_free(&p);
}

/* Twelve ports serve two users, each of whom has hers for 2.2 s; the third and the fourth
 * come 200 ms too early, and find six the second time. */
static void test_a_try_after_a_failure_opens_all_of_them_again(void **state)
{
    (void)state;
    struct text_plan p = users(
        12, "4900ms", "", ", \"on_failure\": {\"retries\": 1, \"backoff\": \"300ms\"}");
    assert_true(metric(&p, "apps.a.attempts") == 4);
    assert_true(metric(&p, "apps.a.successes") == 4);
    assert_true(metric(&p, "apps.a.failed_tries") == 2);
    assert_true(metric(&p, "hosts.h.tcp4.in_use_max") == 12);
    text_plan_free(&p);
}

/* MODEL.md D4: C = 20, b = (1, 4), a = (6, 2): 0.0397906 and 0.197382, inside the 99 %
 * interval of the runs. */
static void test_kaufman_roberts_holds(void **state)
{
    (void)state;
    static const char lifetime[] = "{\"kind\": \"exponential\", \"mean\": \"1s\"}";
    char text[1500];
    snprintf(text, sizeof text,
             "{\"name\": \"kr\", \"duration\": \"2020s\", \"warm_up\": \"20s\", "
             "\"sample_every\": \"100s\", \"network\": {\"rtt\": \"0s\"}, \"hosts\": "
             "{\"h\": {\"tcp\": {\"range\": [1024, 1043], \"time_wait\": \"0s\", "
             "\"scope\": \"port\"}}, \"x\": {}, \"y\": {}}, \"apps\": {\"one\": "
             "{\"from\": \"h\", \"to\": \"x:80\", \"arrivals\": {\"kind\": \"poisson\", "
             "\"rate\": \"6/s\"}, \"lifetime\": %s}, \"four\": {\"from\": \"h\", \"to\": "
             "\"y:80\", \"connections\": 4, \"arrivals\": {\"kind\": \"poisson\", "
             "\"rate\": \"2/s\"}, \"lifetime\": %s}}}",
             lifetime, lifetime);
    struct text_plan p = text_plan_read(text);
    static const struct {
        const char *metric;
        double check_value;
    } rows[] = {{"apps.one.failure_ratio", 0.0397906},
                {"apps.four.failure_ratio", 0.197382},
                {"hosts.h.tcp4.in_use", 6 * (1 - 0.0397906) + 8 * (1 - 0.197382)}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double value = NAN;
        const char *formula = NULL;
        bool exact = false;
        assert_true(theory_predict(p.plan, rows[i].metric, &value, &formula, &exact));
        assert_true(exact);
        /* Six digits were printed. */
        assert_true(fabs(value - rows[i].check_value) < 1e-5 * rows[i].check_value);
        struct estimate seen = replicate(p.plan, 30, rows[i].metric, 0.99);
        printf("  %s: %.5f +- %.5f, by %s %.5f\n", rows[i].metric, seen.value,
               seen.half_width, formula, value);
        assert_true(fabs(seen.value - value) <= seen.half_width);
        assert_true(seen.half_width < 0.05 * value);
    }
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_six_connections_are_one_attempt),
        cmocka_unit_test(test_who_cannot_have_all_keeps_none),
        cmocka_unit_test(test_one_refusal_ends_the_try_for_all),
        cmocka_unit_test(test_a_try_after_a_failure_opens_all_of_them_again),
        cmocka_unit_test(test_kaufman_roberts_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
