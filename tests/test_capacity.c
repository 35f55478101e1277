/* The capacity along an axis: N / E[H] of a single pool, whatever is lost on the way. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/study/pictures/capacity.h"
#include "sim/theory/theory.h"
#include "tests/loss_system.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool fullness(const struct loss_system *system, const char *metric, double *value)
{
    struct text_plan p = loss_system_plan(system);
    bool known = theory_fullness(p.plan, metric, value);
    text_plan_free(&p);
    return known;
}

static struct picture_point point_at(const struct loss_system *system, double x)
{
    struct picture_point p = {.x = x};
    assert_true(fullness(system, "apps.a.failure_ratio", &p.mean));
    return p;
}

static double capacity_along(const struct picture_point *points, size_t count)
{
    struct capacity_line line = {.along = points, .count = count};
    double x = NAN;
    assert_true(capacity_of(&line, &x));
    return x;
}

/* --- claims ---------------------------------------------------------------------------
 */

static const struct loss_system pool = {.ports = 64,
                                        .load = 60,
                                        .lifetime = LIFETIME_EXPONENTIAL,
                                        .warm_up_s = 20,
                                        .measured_s = 600};

static void test_a_pool_is_as_full_as_its_load(void **state)
{
    (void)state;
    static const char *const metrics[] = {"apps.a.failure_ratio", "apps.a.open",
                                          "hosts.client.tcp4.in_use"};
    for (size_t i = 0; i < COUNT(metrics); i++) {
        double value = NAN;
        assert_true(fullness(&pool, metrics[i], &value));
        assert_true(fabs(value - 60.0 / 64) < 1e-12);
    }
}

/* 90 erlang on 64 ports lose 30 % of the attempts, and all of them come again. */
static void test_those_who_come_again_ask_for_no_more(void **state)
{
    (void)state;
    struct loss_system again = pool;
    again.load = 90;
    again.on_failure = "{\"retries\": 3, \"backoff\": \"10s\"}";
    double value = NAN;
    assert_true(fullness(&again, "apps.a.failure_ratio", &value));
    assert_true(fabs(value - 90.0 / 64) < 1e-12);
}

static void test_where_theory_knows_no_load_it_says_none(void **state)
{
    (void)state;
    static const char *const metrics[] = {
        "apps.b.failure_ratio", "hosts.none.tcp4.in_use", "hosts.client.udp4.in_use",
        "apps.a.failure_ratio@absent"};
    double value;
    for (size_t i = 0; i < COUNT(metrics); i++)
        assert_false(fullness(&pool, metrics[i], &value));
    struct text_plan leaks = text_plan_file("windows-closewait-leak");
    assert_false(theory_fullness(leaks.plan, "hosts.client.tcp4.in_use", &value));
    text_plan_free(&leaks);
}

/* Lives of 1 s, so 64 ports carry 64/s, between points that are far from it. */
static void test_a_rate_crosses_at_ports_over_holding_time(void **state)
{
    (void)state;
    static const double rates[] = {10, 40, 90, 200};
    struct picture_point points[COUNT(rates)];
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct loss_system s = pool;
        s.load = rates[i];
        points[i] = point_at(&s, rates[i]);
    }
    assert_true(fabs(capacity_along(points, COUNT(rates)) - 64) < 1e-9);
}

static void test_ports_cross_at_the_load(void **state)
{
    (void)state;
    static const unsigned ports[] = {16, 50, 100, 400};
    struct picture_point points[COUNT(ports)];
    for (size_t i = 0; i < COUNT(ports); i++) {
        struct loss_system s = pool;
        s.ports = ports[i];
        points[i] = point_at(&s, ports[i]);
    }
    assert_true(fabs(capacity_along(points, COUNT(ports)) - 60) < 1e-9);
}

static void test_what_never_crosses_or_crosses_twice_has_no_mark(void **state)
{
    (void)state;
    static const struct picture_point below[] = {{.x = 1, .mean = 0.2},
                                                 {.x = 2, .mean = 0.9}},
                                      hill[] = {{.x = 1, .mean = 0.5},
                                                {.x = 2, .mean = 1.5},
                                                {.x = 3, .mean = 0.5}};
    const struct capacity_line lines[] = {{.along = below, .count = COUNT(below)},
                                          {.along = hill, .count = COUNT(hill)},
                                          {.along = hill, .count = 1}};
    struct texts texts = {0};
    for (unsigned i = 0; i < COUNT(lines); i++) {
        struct picture_knee k = {.x = {.unit = "/s"}};
        capacity_mark(&k, &lines[i], 1, &texts);
        assert_int_equal(k.mark_count, 0);
    }
    texts_free(&texts);
}

static void test_lines_of_one_capacity_share_a_mark(void **state)
{
    (void)state;
    static const struct picture_point slow[] = {{.x = 1, .mean = 0.5},
                                                {.x = 3, .mean = 1.5}},
                                      fast[] = {{.x = 1, .mean = 0.8},
                                                {.x = 3, .mean = 2.4}};
    const struct capacity_line lines[] = {
        {"web", slow, 2}, {"mail", slow, 2}, {"dns", fast, 2}};
    struct texts texts = {0};
    struct picture_knee same = {.x = {.unit = "/s"}}, apart = {.x = {.unit = "s"}};
    capacity_mark(&same, lines, 2, &texts);
    assert_int_equal(same.mark_count, 1);
    assert_string_equal(same.marks[0].text, "capacity: 2/s");
    capacity_mark(&apart, lines + 1, 2, &texts);
    assert_int_equal(apart.mark_count, 2);
    assert_string_equal(apart.marks[0].text, "mail, load = ports: 2 s");
    assert_string_equal(apart.marks[1].text, "dns, load = ports: 1.25 s");
    texts_free(&texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pool_is_as_full_as_its_load),
        cmocka_unit_test(test_those_who_come_again_ask_for_no_more),
        cmocka_unit_test(test_where_theory_knows_no_load_it_says_none),
        cmocka_unit_test(test_a_rate_crosses_at_ports_over_holding_time),
        cmocka_unit_test(test_ports_cross_at_the_load),
        cmocka_unit_test(test_what_never_crosses_or_crosses_twice_has_no_mark),
        cmocka_unit_test(test_lines_of_one_capacity_share_a_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
