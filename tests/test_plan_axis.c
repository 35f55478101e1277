/* What a plan can vary, the values on the way, and what is said of what cannot be. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/study/plan/plan_axis.h"
#include "sim/trial/trial_plan.h"
#include "tests/complaints.h"

static const char scenario[] =
    "{ \"name\": \"axes\", \"duration\": \"10s\", \"hosts\": {"
    "  \"clients\": { \"count\": 3 },"
    "  \"proxy\": { \"addresses\": [\"192.0.2.1\", \"192.0.2.7\"],"
    "               \"tcp\": { \"range\": [50000, 50099] } },"
    "  \"other\": { \"addresses\": [\"192.0.2.8\"] },"
    "  \"server\": {} },"
    " \"apps\": { \"web\": { \"from\": \"clients\", \"through\": \"proxy\","
    "   \"to\": \"server:80\", \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"5/s\" "
    "},"
    "   \"lifetime\": { \"kind\": \"constant\", \"value\": \"1s\" },"
    "   \"vanishes\": 0.1 } } }";

/* The scenario, and the axes of one text. */
struct read {
    struct issues *issues;
    struct trial_plan *plan;
    struct plan_axes axes;
    bool right;
};

static struct read read_axes(const char *vary, const char *step)
{
    struct read r = {.issues = issues_new()};
    r.plan =
        trial_plan_read_text("axes.json", scenario, strlen(scenario), NULL, r.issues);
    if (!r.plan)
        issues_print(r.issues, stderr);
    assert_non_null(r.plan);
    r.right = plan_axes_read(&r.axes, vary, step, r.plan, r.issues);
    return r;
}

static void done(struct read *r)
{
    plan_axes_free(&r->axes);
    trial_plan_free(r->plan);
    issues_free(r->issues);
}

static void expect_setting(const struct read *r, uint32_t axis, uint32_t position,
                           const char *expected)
{
    char *setting = plan_axis_setting(&r->axes, axis, position);
    assert_string_equal(setting, expected);
    free(setting);
}

static void expect_complaint(const char *vary, const char *step, uint32_t column,
                             const char *says)
{
    struct read r = read_axes(vary, step);
    if (r.right)
        fail_msg("%s: nothing is said against it", vary);
    const struct issue *issue = issues_get(r.issues, 0);
    assert_non_null(issue);
    if (issue->place.column != column || !strstr(issue->message, says))
        fail_msg("%s: column %u: %s", vary, (unsigned)issue->place.column,
                 issue->message);
    done(&r);
}

/* --- values --------------------------------------------------------------------------
 */

static void test_a_rate_has_about_a_thousand_round_steps(void **state)
{
    (void)state;
    struct read r = read_axes("apps.web.arrivals.rate=10/s..200/s", NULL);
    assert_true(r.right);
    assert_int_equal(r.axes.positions, 1901);
    expect_setting(&r, 0, 0, "apps.web.arrivals.rate=10/s");
    expect_setting(&r, 0, 3, "apps.web.arrivals.rate=10.3/s");
    expect_setting(&r, 0, 1900, "apps.web.arrivals.rate=200/s");
    done(&r);
}

static void test_values_keep_the_unit_of_the_low_end(void **state)
{
    (void)state;
    struct read r = read_axes("hosts.proxy.tcp.fin_wait_2=30s..10min", "30s");
    assert_true(r.right);
    assert_int_equal(r.axes.positions, 20);
    expect_setting(&r, 0, 19, "hosts.proxy.tcp.fin_wait_2=600s");
    done(&r);
    r = read_axes("apps.web.arrivals.rate=60/min..5/s", "1/s");
    assert_true(r.right);
    assert_int_equal(r.axes.positions, 5);
    expect_setting(&r, 0, 1, "apps.web.arrivals.rate=120/min");
    expect_setting(&r, 0, 4, "apps.web.arrivals.rate=300/min");
    done(&r);
}

static void test_the_last_step_may_be_a_short_one(void **state)
{
    (void)state;
    struct read r = read_axes("hosts.clients.count=1..10", "4");
    assert_true(r.right);
    assert_int_equal(r.axes.positions, 4);
    expect_setting(&r, 0, 2, "hosts.clients.count=9");
    expect_setting(&r, 0, 3, "hosts.clients.count=10");
    done(&r);
}

static void test_ratios_come_in_four_digits_and_end_where_they_should(void **state)
{
    (void)state;
    struct read r = read_axes("apps.web.vanishes=0.001..1:log", NULL);
    assert_true(r.right);
    expect_setting(&r, 0, 0, "apps.web.vanishes=0.001");
    expect_setting(&r, 0, r.axes.positions - 1, "apps.web.vanishes=1");
    for (uint32_t i = 1; i < r.axes.positions; i++) {
        double ratio =
            plan_axis_value(&r.axes, 0, i) / plan_axis_value(&r.axes, 0, i - 1);
        assert_true(ratio > 1.004 && ratio < 1.006);
    }
    done(&r);
}

static void test_addresses_are_those_of_the_scenario_and_then_free_ones(void **state)
{
    (void)state;
    struct read r = read_axes("hosts.proxy.addresses=1..4", NULL);
    assert_true(r.right);
    assert_int_equal(r.axes.positions, 4);
    expect_setting(&r, 0, 0, "hosts.proxy.addresses=[\"192.0.2.1\"]");
    expect_setting(&r, 0, 3,
                   "hosts.proxy.addresses=[\"192.0.2.1\", \"192.0.2.7\", "
                   "\"192.0.2.9\", \"192.0.2.10\"]");
    done(&r);
    r = read_axes("hosts.server.addresses=1..3", NULL);
    assert_true(r.right);
    expect_setting(&r, 0, 1, "hosts.server.addresses=[\"10.0.0.1\", \"10.0.0.2\"]");
    done(&r);
}

static void test_ports_are_counted_from_the_low_end_and_then_below_it(void **state)
{
    (void)state;
    struct read r = read_axes("hosts.proxy.tcp.range=100..20000", NULL);
    assert_true(r.right);
    expect_setting(&r, 0, 0, "hosts.proxy.tcp.range=[50000, 50099]");
    expect_setting(&r, 0, 15436, "hosts.proxy.tcp.range=[50000, 65535]");
    expect_setting(&r, 0, 15437, "hosts.proxy.tcp.range=[49999, 65535]");
    done(&r);
}

static void test_axes_in_lockstep_pass_their_ends_together(void **state)
{
    (void)state;
    struct read r =
        read_axes("hosts.clients.count=1..11;apps.web.arrivals.rate=10/s..110/s", NULL);
    assert_true(r.right);
    assert_int_equal(r.axes.positions, 11);
    expect_setting(&r, 1, 0, "apps.web.arrivals.rate=10/s");
    expect_setting(&r, 1, 4, "apps.web.arrivals.rate=50/s");
    expect_setting(&r, 1, 10, "apps.web.arrivals.rate=110/s");
    done(&r);
}

static void test_values_may_be_listed(void **state)
{
    (void)state;
    struct read r =
        read_axes("hosts.clients.count=1,2,4,8;apps.web.arrivals.rate=1/s..7/s", NULL);
    assert_true(r.right);
    assert_int_equal(r.axes.positions, 4);
    expect_setting(&r, 0, 2, "hosts.clients.count=4");
    expect_setting(&r, 1, 2, "apps.web.arrivals.rate=5/s");
    expect_setting(&r, 0, 3, "hosts.clients.count=8");
    done(&r);
}

/* --- what cannot be ------------------------------------------------------------------
 */

static void test_what_is_wrong_is_said_where_it_stands(void **state)
{
    (void)state;
    expect_complaint("apps.web.arivals.rate=1/s..2/s", NULL, 1, "unknown key");
    expect_complaint("apps.web.arrivals.rate", NULL, 1, "PATH=LOW..HIGH");
    expect_complaint("apps.web.arrivals.rate=10/s", NULL, 24, "PATH=LOW..HIGH");
    expect_complaint("apps.web.arrivals.rate=10/s..5/s", NULL, 24, "range is empty");
    expect_complaint("apps.web.arrivals.rate=10..20", NULL, 24, "must be a rate");
    expect_complaint("hosts.clients.count=1..2.5", NULL, 24, "whole number");
    expect_complaint("hosts.clients.count=0..5", NULL, 21, "at least 1");
    expect_complaint("hosts.clients.count=1..9000000", NULL, 24, "at most 1000000");
    expect_complaint("hosts.clients.count=1..5:log", NULL, 21, "fractions");
    expect_complaint("hosts.clients.count=1..5:cubic", NULL, 25, "\":log\" only");
    expect_complaint("hosts.clients.running=0..1", NULL, 1, "true or false");
    expect_complaint("hosts.clients.listen=1..5", NULL, 1, "something else");
    expect_complaint("hosts.proxy.tcp.range=0..5", NULL, 23, "at least 1");
    expect_complaint("hosts.clients.count=1,8,4", NULL, 25, "from the least on");
    expect_complaint("hosts.clients.count=1,2,", NULL, 25, "PATH=LOW..HIGH");
    expect_complaint("hosts.clients.count=1,2", "1", 1, "listed values");
    expect_complaint("hosts.clients.count=1..3;apps.web.arrivals.rate=1/s,2/s", NULL, 1,
                     "lists 2 values, in step with 3");
    expect_complaint("apps.web.arrivals.rate=1/s..9/s", "0/s", 1, "above 0");
    expect_complaint("apps.web.arrivals.rate=1/s..9/s", "1s", 1, "must be a rate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_rate_has_about_a_thousand_round_steps),
        cmocka_unit_test(test_values_keep_the_unit_of_the_low_end),
        cmocka_unit_test(test_the_last_step_may_be_a_short_one),
        cmocka_unit_test(test_ratios_come_in_four_digits_and_end_where_they_should),
        cmocka_unit_test(test_addresses_are_those_of_the_scenario_and_then_free_ones),
        cmocka_unit_test(test_ports_are_counted_from_the_low_end_and_then_below_it),
        cmocka_unit_test(test_axes_in_lockstep_pass_their_ends_together),
        cmocka_unit_test(test_values_may_be_listed),
        cmocka_unit_test(test_what_is_wrong_is_said_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
