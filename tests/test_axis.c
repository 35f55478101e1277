/* Axes: numbers, shares, steps and moments as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/results/axis.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void test_thousands_are_set_apart(void **state)
{
    (void)state;
    static const struct {
        double value;
        unsigned decimals;
        const char *text;
    } cases[] = {
        {0, 0, "0"},          {999, 0, "999"},        {1000, 0, "1,000"},
        {16384, 0, "16,384"}, {-16384, 0, "-16,384"}, {1234567.25, 2, "1,234,567.25"},
        {0.5, 1, "0.5"},      {999.6, 0, "1,000"},    {1e15, 0, "1,000,000,000,000,000"},
        {1e300, 0, "1e+300"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[AXIS_TEXT];
        assert_string_equal(axis_grouped(cases[i].value, cases[i].decimals, text),
                            cases[i].text);
    }
}

/* A share is "0 %" or "100 %" only when it is exactly that. */
static void test_shares_do_not_round_to_nothing_or_all(void **state)
{
    (void)state;
    static const struct {
        double share;
        const char *text;
    } cases[] = {
        {0, "0 %"},         {1e-9, "below 0.01 %"}, {0.0003, "0.03 %"},
        {0.001, "0.1 %"},   {0.084, "8.4 %"},       {0.0999, "10 %"},
        {0.2118, "21 %"},   {0.734, "73 %"},        {0.985, "98 %"},
        {0.9912, "99.1 %"}, {0.9996, "99.96 %"},    {0.9999999, "above 99.99 %"},
        {1, "100 %"},       {1.5, "150 %"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[AXIS_TEXT];
        assert_string_equal(axis_percent(cases[i].share, text), cases[i].text);
    }
}

static void test_steps_are_round_and_few_enough(void **state)
{
    (void)state;
    for (double span = 1e-6; span < 1e12; span *= 1.37)
        for (unsigned most = 1; most <= 12; most++) {
            double step = axis_step(span, most);
            assert_true(step * most >= span * (1 - 1e-6));
            /* The next smaller round step would not do. */
            assert_true(step / 2.5 * most < span * (1 + 1e-6));
        }
    assert_true(axis_step(17694.7, 8) == 5000);
    assert_true(axis_step(1, 5) == 0.2);
}

static void test_times_use_the_unit_that_fits(void **state)
{
    (void)state;
    static const struct {
        sim_ns run;
        const char *unit;
    } cases[] = {
        {SIM_MS, "s"},      {10 * SIM_MIN, "s"}, {10 * SIM_MIN + 1, "min"},
        {5 * SIM_H, "min"}, {6 * SIM_H, "h"},    {5 * SIM_D, "h"},
        {400 * SIM_D, "d"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(axis_time_unit(cases[i].run).name, cases[i].unit);
}

static void test_time_steps_are_those_of_clocks(void **state)
{
    (void)state;
    struct time_unit min = axis_time_unit(2 * SIM_H), h = axis_time_unit(2 * SIM_D);
    assert_true(axis_time_step(min, 120, 12) == 10);
    assert_true(axis_time_step(min, 90, 6) == 15);
    assert_true(axis_time_step(h, 48, 12) == 6);
    assert_true(axis_time_step(h, 83, 6) == 24);
    assert_true(axis_time_step(axis_time_unit(SIM_S), 1, 5) == 0.2);
    assert_int_equal(axis_round_up(40 * SIM_S), SIM_MIN);
    assert_int_equal(axis_round_up(30 * SIM_S), 30 * SIM_S);
    assert_int_equal(axis_round_up(3 * SIM_MS), 5 * SIM_MS);
    assert_int_equal(axis_round_up(13 * SIM_MIN), 15 * SIM_MIN);
}

static void test_moments_are_read_at_a_glance(void **state)
{
    (void)state;
    static const struct {
        sim_ns when, run;
        const char *text;
    } cases[] = {
        {0, SIM_H, "0 min"},
        {38 * SIM_S, SIM_H, "38 s"},
        {749 * SIM_S, 2 * SIM_H, "12.5 min"},
        {20 * SIM_MIN, 2 * SIM_H, "20 min"},
        {7200 * SIM_S, 2 * SIM_H, "120 min"},
        {549 * SIM_S, 10 * SIM_MIN, "549 s"},
        {SIM_S / 4, 10 * SIM_S, "0.25 s"},
        {2000 * SIM_D, 2000 * SIM_D, "2,000 d"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[AXIS_TEXT];
        assert_string_equal(
            axis_moment(cases[i].when, axis_time_unit(cases[i].run), text),
            cases[i].text);
    }
}

static void test_tics_stand_at_every_step(void **state)
{
    (void)state;
    struct text script = {0};
    axis_tics(&script, "y", 17694.72, 5000);
    assert_string_equal(text_of(&script), "set ytics (\"0\" 0, \"5,000\" 5000, "
                                          "\"10,000\" 10000, \"15,000\" 15000)\n");
    text_free(&script);
    axis_tics(&script, "x", 0.5, 0.2);
    assert_string_equal(text_of(&script),
                        "set xtics (\"0.0\" 0, \"0.2\" 0.2, \"0.4\" 0.4)\n");
    text_free(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thousands_are_set_apart),
        cmocka_unit_test(test_shares_do_not_round_to_nothing_or_all),
        cmocka_unit_test(test_steps_are_round_and_few_enough),
        cmocka_unit_test(test_times_use_the_unit_that_fits),
        cmocka_unit_test(test_time_steps_are_those_of_clocks),
        cmocka_unit_test(test_moments_are_read_at_a_glance),
        cmocka_unit_test(test_tics_stand_at_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
