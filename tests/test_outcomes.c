/* Outcomes read from a series: nothing is lost between columns, codes and bins. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/results/outcomes.h"

/* Adds rows of these values, `step` apart. */
static void add_rows(struct series *s, sim_ns step, const double *values, int rows)
{
    for (int i = 0; i < rows; i++)
        series_append(s, i * step, values + (size_t)i * series_columns(s));
}

static void test_a_rate_counts_for_the_time_before_its_row(void **state)
{
    (void)state;
    struct series *s = series_new();
    series_add(s, "apps.a.attempts_per_s");
    series_add(s, "apps.a.failures_per_s");
    /* The first row's rates are of no time at all. */
    add_rows(s, 10 * SIM_S, (double[]){99, 99, 4, 0, 6, 2, (double)NAN, (double)NAN}, 4);
    struct outcomes o = outcomes_of(s);
    assert_int_equal(o.app_count, 1);
    assert_string_equal(o.apps[0].name, "a");
    assert_true(o.apps[0].attempted == 100);
    assert_true(o.apps[0].failed == 20);
    assert_int_equal(o.apps[0].first_failed, 2);
    assert_true(o.without == 20); /* no code was recorded */
    outcomes_free(&o);
    series_free(s);
}

static void test_the_worst_application_comes_first(void **state)
{
    (void)state;
    struct series *s = series_new();
    static const char *const names[] = {"calm", "bad", "quiet", "worse"};
    for (int i = 0; i < 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "apps.%s.attempts_per_s", names[i]);
        series_add(s, name);
        snprintf(name, sizeof name, "apps.%s.failures_per_s", names[i]);
        series_add(s, name);
    }
    double row[] = {9, 0, 5, 1, 9, 0, 5, 3};
    series_append(s, 0, row);
    series_append(s, SIM_S, row);
    struct outcomes o = outcomes_of(s);
    static const char *const order[] = {"worse", "bad", "calm", "quiet"};
    for (int i = 0; i < 4; i++)
        assert_string_equal(o.apps[i].name, order[i]);
    outcomes_free(&o);
    series_free(s);
}

/* Fifteen codes of one application, one of the other: the commonest ten are told apart,
 * the failures of all others are kept together. */
static struct series *many_codes(void)
{
    struct series *s = series_new();
    char name[64];
    double row[32] = {0};
    int columns = 0;
    series_add(s, "apps.a.attempts_per_s");
    series_add(s, "apps.a.successes_per_s");
    series_add(s, "apps.a.failures_per_s");
    row[columns++] = 200;
    row[columns++] = 80;
    row[columns++] = 120; /* 1 + 2 + ... + 15 */
    for (int i = 1; i <= 15; i++) {
        snprintf(name, sizeof name, "apps.a.failures.CODE%02d_per_s", i);
        series_add(s, name);
        row[columns++] = i;
    }
    series_add(s, "apps.b.attempts_per_s");
    series_add(s, "apps.b.failures_per_s");
    series_add(s, "apps.b.failures.CODE03_per_s");
    row[columns++] = 40;
    row[columns++] = 40;
    row[columns++] = 40;
    for (int i = 0; i <= 100; i++)
        series_append(s, i * SIM_S, row);
    return s;
}

static void test_codes_are_ranked_over_all_applications(void **state)
{
    (void)state;
    struct series *s = many_codes();
    struct outcomes o = outcomes_of(s);
    assert_int_equal(o.code_count, 15);
    assert_int_equal(o.shown, OUTCOMES_CODES);
    assert_string_equal(o.codes[0].name, "CODE03");
    assert_true(o.codes[0].total == 4300);
    assert_string_equal(o.codes[1].name, "CODE15");
    /* Left out: codes 1, 2, 4, 5 and 6. */
    assert_true(o.without == 1800);
    assert_int_equal(outcomes_values(&o), 2 + OUTCOMES_CODES + 1);
    outcomes_free(&o);
    series_free(s);
}

static void test_bins_hold_every_attempt_and_failure(void **state)
{
    (void)state;
    struct series *s = many_codes();
    struct outcomes o = outcomes_of(s);
    static const sim_ns lengths[] = {SIM_S, 7 * SIM_S, 30 * SIM_S, 1000 * SIM_S};
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++)
        for (size_t a = 0; a < o.app_count; a++) {
            size_t count;
            struct outcome_bin *bins = outcomes_bins(&o, &o.apps[a], lengths[k], &count);
            double seconds = 0, attempts = 0, failures = 0;
            for (size_t i = 0; i < count; i++) {
                seconds += bins[i].seconds;
                attempts += bins[i].value[0];
                for (size_t v = 2; v < outcomes_values(&o); v++)
                    failures += bins[i].value[v];
            }
            assert_true(seconds == 100);
            assert_true(attempts == o.apps[a].attempted);
            assert_true(failures == o.apps[a].failed);
            free(bins);
        }
    outcomes_free(&o);
    series_free(s);
}

static void test_a_run_without_applications_has_no_outcomes(void **state)
{
    (void)state;
    struct series *s = series_new();
    series_add(s, "apps..attempts_per_s"); /* a name is never empty */
    series_add(s, "hosts.a.tcp4.in_use");
    series_append(s, 0, (double[]){1, 1});
    series_append(s, 1, (double[]){1, 1});
    struct outcomes o = outcomes_of(s);
    assert_int_equal(o.app_count, 0);
    assert_int_equal(o.code_count, 0);
    assert_int_equal(outcomes_values(&o), 2);
    outcomes_free(&o);
    series_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_rate_counts_for_the_time_before_its_row),
        cmocka_unit_test(test_the_worst_application_comes_first),
        cmocka_unit_test(test_codes_are_ranked_over_all_applications),
        cmocka_unit_test(test_bins_hold_every_attempt_and_failure),
        cmocka_unit_test(test_a_run_without_applications_has_no_outcomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
