/* Requirements as text, and the units in them and everywhere else. */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/scenario/expression.h"
#include "sim/scenario/units.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- expressions ------------------------------------------------------------------ */

static void test_an_expression_has_four_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *metric, *phase;
        enum expression_op op;
        double bound;
    } rows[] = {
        {"apps.pages.failure_ratio@outage >= 0.1", "apps.pages.failure_ratio", "outage",
         EXPRESSION_AT_LEAST, 0.1},
        {"hosts.proxy.tcp4.in_use_max <= 13107", "hosts.proxy.tcp4.in_use_max", "",
         EXPRESSION_AT_MOST, 13107},
        {"a<1", "a", "", EXPRESSION_BELOW, 1},
        {"a>1", "a", "", EXPRESSION_ABOVE, 1},
        {"a==1", "a", "", EXPRESSION_EQUAL, 1},
        {"a!=1", "a", "", EXPRESSION_UNEQUAL, 1},
        {"  a@b  <=\t-1.5e3  ", "a", "b", EXPRESSION_AT_MOST, -1500},
        {"a <= 10%", "a", "", EXPRESSION_AT_MOST, 0.1},
        {"a <= 10 %", "a", "", EXPRESSION_AT_MOST, 0.1},
        {"a <= -10%", "a", "", EXPRESSION_AT_MOST, -0.1},
        {"a <= 1.5s", "a", "", EXPRESSION_AT_MOST, 1.5},
        {"a <= 20ms", "a", "", EXPRESSION_AT_MOST, 0.02},
        {"a <= 2min", "a", "", EXPRESSION_AT_MOST, 120},
        {"a <= 1d", "a", "", EXPRESSION_AT_MOST, 86400},
        {"apps.x.failures.EADDRNOTAVAIL@phase_2-b == 0", "apps.x.failures.EADDRNOTAVAIL",
         "phase_2-b", EXPRESSION_EQUAL, 0},
        {"hosts.h.destinations.web:80.holders.max > 0",
         "hosts.h.destinations.web:80.holders.max", "", EXPRESSION_ABOVE, 0},
        {"hosts.h.tcp4.sockets.FIN-WAIT-2 > 0", "hosts.h.tcp4.sockets.FIN-WAIT-2", "",
         EXPRESSION_ABOVE, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct expression e;
        struct expression_error error;
        if (!expression_parse(rows[i].text, &e, &error))
            fail_msg("%s: column %" PRIu32 ": %s", rows[i].text, error.column,
                     error.message);
        assert_string_equal(e.metric, rows[i].metric);
        assert_string_equal(e.phase, rows[i].phase);
        assert_int_equal(e.op, rows[i].op);
        if (e.bound != rows[i].bound)
            fail_msg("%s: %.17g, expected %.17g", rows[i].text, e.bound, rows[i].bound);
    }
}

static void test_what_is_no_expression_is_refused_at_its_column(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t column;
        const char *message;
    } rows[] = {
        {"", 1, "the metric is missing"},
        {"   ", 4, "the metric is missing"},
        {"<= 1", 1, "the metric is missing"},
        {"a", 2, "expected one of"},
        {"a 1", 3, "expected one of"},
        {"a = 1", 3, "expected one of"},
        {"a => 1", 3, "expected one of"},
        {"a b <= 1", 3, "expected one of"},
        {"a@ <= 1", 3, "the phase is missing"},
        {"a@B <= 1", 3, "the phase is missing"},
        {"a @b <= 1", 3, "expected one of"},
        {"a@1234567890123456789012345678901234567890123456789012345678901234 < 1", 3,
         "the phase is too long"},
        {"a <=", 5, "a number is missing"},
        {"a <= x", 6, "a number is missing"},
        {"a <= .5", 6, "a number is missing"},
        {"a <= +5", 6, "a number is missing"},
        {"a <= --5", 6, "a number is missing"},
        {"a <= inf", 6, "a number is missing"},
        {"a <= nan", 6, "a number is missing"},
        {"a <= 1e999", 6, "the number is too large"},
        {"a <= 5m", 7, "expected \"%\", a unit"},
        {"a <= 5S", 7, "expected \"%\", a unit"},
        {"a <= 5%%", 7, "expected \"%\", a unit"},
        {"a <= 5 furlongs", 8, "expected \"%\", a unit"},
        {"a <= 0x10", 7, "expected \"%\", a unit"},
        {"a <= 5.", 7, "expected \"%\", a unit"},
        {"a <= 5 s or so", 10, "expected the end"},
        {"a <= 5 <= 6", 8, "expected \"%\", a unit"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct expression e;
        struct expression_error error;
        if (expression_parse(rows[i].text, &e, &error))
            fail_msg("%s: accepted", rows[i].text);
        if (error.column != rows[i].column || !strstr(error.message, rows[i].message))
            fail_msg("%s: %" PRIu32 " %s, expected %" PRIu32 " %s", rows[i].text,
                     error.column, error.message, rows[i].column, rows[i].message);
    }
}

static void test_a_metric_longer_than_any_is_refused(void **state)
{
    (void)state;
    char text[EXPRESSION_METRIC_SIZE + 8];
    struct expression e;
    struct expression_error error;
    memset(text, 'a', sizeof text);
    strcpy(text + EXPRESSION_METRIC_SIZE - 1, " < 1");
    assert_true(expression_parse(text, &e, &error));
    memset(text, 'a', EXPRESSION_METRIC_SIZE);
    strcpy(text + EXPRESSION_METRIC_SIZE, " < 1");
    assert_false(expression_parse(text, &e, &error));
    assert_int_equal(error.column, 1);
}

static void test_operators_compare_and_null_meets_nothing(void **state)
{
    (void)state;
    static const struct {
        enum expression_op op;
        bool below, equal, above;
    } rows[] = {
        {EXPRESSION_AT_MOST, true, true, false},  {EXPRESSION_BELOW, true, false, false},
        {EXPRESSION_AT_LEAST, false, true, true}, {EXPRESSION_ABOVE, false, false, true},
        {EXPRESSION_EQUAL, false, true, false},   {EXPRESSION_UNEQUAL, true, false, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(expression_holds(rows[i].op, 1, 2), rows[i].below);
        assert_int_equal(expression_holds(rows[i].op, 2, 2), rows[i].equal);
        assert_int_equal(expression_holds(rows[i].op, 3, 2), rows[i].above);
        assert_false(expression_holds(rows[i].op, (double)NAN, 2));
    }
}

static void test_the_text_of_an_operator_reads_as_itself(void **state)
{
    (void)state;
    for (enum expression_op op = EXPRESSION_AT_MOST; op <= EXPRESSION_UNEQUAL; op++) {
        char text[32];
        struct expression e;
        struct expression_error error;
        snprintf(text, sizeof text, "a %s 1", expression_op_text(op));
        assert_true(expression_parse(text, &e, &error));
        assert_int_equal(e.op, op);
    }
}

/* --- units ------------------------------------------------------------------------ */

static void test_durations_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        sim_ns value;
        const char *written;
    } rows[] = {
        {"0s", 0, "0s"},
        {"0d", 0, "0s"},
        {"1ns", 1, "1ns"},
        {"50us", 50 * SIM_US, "50us"},
        {"1000us", SIM_MS, "1ms"},
        {"240s", 240 * SIM_S, "4min"},
        {"90s", 90 * SIM_S, "90s"},
        {"1.5h", 90 * SIM_MIN, "90min"},
        {"24h", SIM_D, "1d"},
        {"0.1s", 100 * SIM_MS, "100ms"},
        {"0.000000001s", 1, "1ns"},
        {"1.000000001s", SIM_S + 1, "1000000001ns"},
        {"0.3d", 25920 * SIM_S, "432min"},
        {"0.333333333us", -1, NULL},
        {"0.125us", 125, "125ns"},
        {"123456789.987654321s", 123456789987654321, "123456789987654321ns"},
        {"2.500000000000000000000000000s", 2500 * SIM_MS, "2500ms"},
        {"0000000000000000000000001s", SIM_S, "1s"},
        {"36500d", SIM_DURATION_MAX, "36500d"},
        {"36500.000000000000001d", -1, NULL},
        {"36501d", -1, NULL},
        {"9999999999999999999999s", -1, NULL},
        {"999999999999999999d", -1, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        sim_ns value = -1;
        struct unit_fault fault;
        char text[UNITS_TEXT];
        assert_int_equal(duration_parse(rows[i].text, &value, &fault),
                         rows[i].value >= 0);
        if (value != rows[i].value)
            fail_msg("%s: %" PRId64 " ns, expected %" PRId64, rows[i].text, value,
                     rows[i].value);
        if (value >= 0)
            assert_string_equal(duration_text(value, text), rows[i].written);
    }
}

static void test_a_written_duration_reads_back(void **state)
{
    (void)state;
    uint64_t x = 88172645463325252;
    for (int i = 0; i < 10000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        sim_ns value = (sim_ns)(x % (uint64_t)SIM_DURATION_MAX) >> (i % 60), back = -1;
        struct unit_fault fault;
        char text[UNITS_TEXT];
        assert_true(duration_parse(duration_text(value, text), &back, &fault));
        assert_int_equal(back, value);
    }
}

static void test_rates_are_per_second_and_read_back(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } rows[] = {
        {"40/s", 40},
        {"600/min", 10},
        {"200/h", 200.0 / 3600},
        {"86400/d", 1},
        {"0/s", 0},
        {"0.1/s", 0.1},
        {"1e3/s", 1000},
        {"1e-05/s", 1e-05},
        {"2.5E+2/min", 250.0 / 60},
        {"1e300/s", 1e300},
        {"4.9e-324/s", 4.9e-324},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double value = -1, back = -1;
        struct unit_fault fault;
        char text[UNITS_TEXT];
        assert_true(rate_parse(rows[i].text, &value, &fault));
        if (value != rows[i].value)
            fail_msg("%s: %.17g, expected %.17g", rows[i].text, value, rows[i].value);
        assert_true(rate_parse(rate_text(value, text), &back, &fault));
        assert_true(back == value);
    }
}

static void test_no_rate_is_read_from_other_texts(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",      "40",     "/s",    "40/",   "40/us", "40/ms",   "40/m",
        "40s",   "-1/s",   "1e/s",  "1./s",  ".5/s",  "inf/s",   "nan/s",
        "0x1/s", "40/s/s", " 40/s", "40/s ", "1,5/s", "1e999/s",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        double value;
        struct unit_fault fault;
        if (rate_parse(texts[i], &value, &fault))
            fail_msg("\"%s\" is read as %g", texts[i], value);
        assert_non_null(fault.rule);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_expression_has_four_parts),
        cmocka_unit_test(test_what_is_no_expression_is_refused_at_its_column),
        cmocka_unit_test(test_a_metric_longer_than_any_is_refused),
        cmocka_unit_test(test_operators_compare_and_null_meets_nothing),
        cmocka_unit_test(test_the_text_of_an_operator_reads_as_itself),
        cmocka_unit_test(test_durations_are_exact),
        cmocka_unit_test(test_a_written_duration_reads_back),
        cmocka_unit_test(test_rates_are_per_second_and_read_back),
        cmocka_unit_test(test_no_rate_is_read_from_other_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
