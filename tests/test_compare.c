/* What a comparison says of numbers that are known: each verdict, its margin, its
 * correction for the others, and the runs it still needs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/engine/random.h"
#include "sim/study/compare/compare.h"

#define RUNS 10

/* A metric that is shown, with values of its own on each side. */
struct column {
    const char *name;
    double a[RUNS], b[RUNS];
};

static void fill(struct compare_side *s, const struct column *columns, uint32_t count,
                 bool is_b)
{
    for (uint32_t i = 0; i < count; i++) {
        compare_side_metric(s, columns[i].name, "1", i);
        s->metrics[i].shown = true;
    }
    for (uint32_t r = 0; r < RUNS; r++) {
        struct compare_run run = {.replication = r + 1, .seed = 1, .fingerprint = r};
        double *values = compare_side_run(s, &run);
        for (uint32_t i = 0; i < count; i++)
            values[i] = is_b ? columns[i].b[r] : columns[i].a[r];
    }
}

static struct comparison judge(const struct column *columns, uint32_t count,
                               double margin)
{
    struct compare_case *c = memory_new(1, sizeof *c);
    struct comparison result;
    struct compare_margin everywhere = {.value = margin, .relative = true};
    struct compare_rule rule = {
        .confidence = 0.95, .margins = &everywhere, .margin_count = 1};
    c->name = memory_text("case", 4);
    fill(&c->a, columns, count, false);
    fill(&c->b, columns, count, true);
    compare_judge(c, 1, &rule, &result);
    return result;
}

/* Alternately `by` above and below `middle`. */
static void zigzag(double out[RUNS], double middle, double by)
{
    for (int i = 0; i < RUNS; i++)
        out[i] = middle + (i % 2 ? by : -by);
}

/* B - A is `shift`, give or take `noise`; A varies by 5. */
static struct column shifted(const char *name, double shift, double noise)
{
    struct column c = {.name = name};
    double wobble[RUNS];
    zigzag(c.a, 100, 5);
    for (int i = 0; i < RUNS; i++)
        wobble[i] = i / 2 % 2 ? noise : -noise;
    for (int i = 0; i < RUNS; i++)
        c.b[i] = c.a[i] + shift + wobble[i];
    return c;
}

static enum compare_verdict verdict_of(const char *name, double shift, double noise,
                                       double margin)
{
    struct column c = shifted(name, shift, noise);
    struct comparison r = judge(&c, 1, margin);
    assert_int_equal(r.cases[0].line_count, 1);
    enum compare_verdict verdict = r.cases[0].lines[0].verdict;
    compare_cases_free(r.cases, 1);
    return verdict;
}

#define PROBES "hosts.h.tcp4.probes"
#define REST   "hosts.h.tcp4.reuse_interval_s.p1"
#define IN_USE "hosts.h.tcp4.in_use"

static void test_more_probes_are_worse_and_fewer_are_better(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(PROBES, 5, 1, 0.01), COMPARE_WORSE);
    assert_int_equal(verdict_of(PROBES, -5, 1, 0.01), COMPARE_BETTER);
}

static void test_a_longer_rest_of_a_port_is_better(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(REST, 5, 1, 0.01), COMPARE_BETTER);
    assert_int_equal(verdict_of(REST, -5, 1, 0.01), COMPARE_WORSE);
}

static void test_what_nobody_minds_is_only_different(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(IN_USE, 5, 1, 0.01), COMPARE_DIFFERENT);
    assert_int_equal(verdict_of(IN_USE, -5, 1, 0.01), COMPARE_DIFFERENT);
}

static void test_a_sure_difference_inside_the_margin_is_equivalent(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(PROBES, 0.5, 0.1, 0.01), COMPARE_EQUIVALENT);
    assert_int_equal(verdict_of(PROBES, 0.5, 0.1, 0.001), COMPARE_WORSE);
}

/* Both sure of itself and small: what no single metric would leave open, twenty do. */
static void test_a_sure_difference_that_is_minor_is_neither_better_nor_worse(void **state)
{
    (void)state;
    struct column columns[20];
    static char names[20][40];
    for (uint32_t i = 0; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "hosts.h%u.tcp4.probes", (unsigned)i);
        columns[i] = shifted(names[i], 0.65, 0.35);
    }
    struct comparison r = judge(columns, 1, 0.01);
    assert_int_equal(r.cases[0].lines[0].verdict, COMPARE_EQUIVALENT);
    compare_cases_free(r.cases, 1);
    r = judge(columns, 20, 0.01);
    assert_true(r.cases[0].lines[0].p_difference < 0.05);
    assert_true(r.cases[0].lines[0].p_equivalence > 0.05);
    assert_int_equal(r.cases[0].lines[0].verdict, COMPARE_UNDECIDED);
    assert_true(r.cases[0].lines[0].needed > RUNS);
    compare_cases_free(r.cases, 1);
}

static void test_a_difference_that_chance_explains_cannot_be_told(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(PROBES, 0.5, 3, 0.01), COMPARE_UNDECIDED);
}

static void test_the_same_numbers_are_equal_whatever_the_margin(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(PROBES, 0, 0, 0), COMPARE_EQUAL);
    assert_int_equal(verdict_of(PROBES, 0, 0, 0.01), COMPARE_EQUAL);
}

static void test_a_constant_difference_needs_no_test(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(PROBES, 5, 0, 0.01), COMPARE_WORSE);
    assert_int_equal(verdict_of(PROBES, 0.5, 0, 0.01), COMPARE_EQUIVALENT);
}

/* The verdict agrees with the interval that is printed: 95 %, both ends. */
static void test_equivalence_is_the_interval_inside_the_margin(void **state)
{
    (void)state;
    struct column c = shifted(PROBES, 0.5, 0.4);
    struct comparison r = judge(&c, 1, 0.01);
    const struct compare_line *line = &r.cases[0].lines[0];
    double reach =
        fabs(line->difference.difference.value) + line->difference.difference.half_width;
    assert_true(fabs(line->margin - 1) < 1e-9);
    compare_cases_free(r.cases, 1);
    assert_int_equal(verdict_of(PROBES, 0.5, 0.4, 1.001 * reach / 100),
                     COMPARE_EQUIVALENT);
    assert_int_not_equal(verdict_of(PROBES, 0.5, 0.4, 0.999 * reach / 100),
                         COMPARE_EQUIVALENT);
}

static void test_pairing_is_worth_the_variance_it_takes_away(void **state)
{
    (void)state;
    struct column c = shifted(PROBES, 5, 1);
    struct comparison r = judge(&c, 1, 0.01);
    /* Of ten wobbles six are -1: their variance is 1 - 0.2^2, on top of 25 on each side;
     * all of it times 10 / 9. */
    double expected = (25 + 25 + 0.96) / 0.96;
    assert_true(fabs(r.cases[0].lines[0].difference.variance_ratio - expected) < 1e-6);
    assert_true(fabs(r.variance_ratio - r.cases[0].lines[0].difference.variance_ratio) <
                1e-9);
    compare_cases_free(r.cases, 1);
}

/* One metric at p = 2 % is told apart by itself, and not among twenty. */
static void test_many_metrics_are_judged_together(void **state)
{
    (void)state;
    struct column columns[20];
    static char names[20][40];
    columns[0] = shifted(PROBES, 3.2, 3);
    assert_int_equal(verdict_of(PROBES, 3.2, 3, 0.01), COMPARE_WORSE);
    for (uint32_t i = 1; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "hosts.h%u.tcp4.probes", (unsigned)i);
        columns[i] = shifted(names[i], 0.7, 3);
    }
    struct comparison r = judge(columns, 20, 0.01);
    assert_int_equal(r.tests, 20);
    assert_int_equal(r.cases[0].lines[0].verdict, COMPARE_UNDECIDED);
    compare_cases_free(r.cases, 1);
}

static void test_a_run_without_a_value_makes_no_pair(void **state)
{
    (void)state;
    struct column c = shifted(PROBES, 5, 1);
    c.a[0] = NAN;
    c.b[3] = NAN;
    struct comparison r = judge(&c, 1, 0.01);
    const struct compare_line *line = &r.cases[0].lines[0];
    assert_int_equal(line->difference.n, RUNS - 2);
    assert_int_equal(line->a.n, RUNS - 2);
    assert_int_equal(line->verdict, COMPARE_WORSE);
    compare_cases_free(r.cases, 1);
}

static void test_a_value_on_one_side_alone_is_no_data(void **state)
{
    (void)state;
    struct column c = shifted(PROBES, 5, 1);
    for (int i = 0; i < RUNS; i++)
        c.a[i] = NAN;
    struct comparison r = judge(&c, 1, 0.01);
    assert_int_equal(r.cases[0].line_count, 1);
    assert_int_equal(r.cases[0].lines[0].verdict, COMPARE_NO_DATA);
    compare_cases_free(r.cases, 1);
    for (int i = 0; i < RUNS; i++)
        c.b[i] = NAN;
    r = judge(&c, 1, 0.01);
    assert_int_equal(r.cases[0].line_count, 0);
    compare_cases_free(r.cases, 1);
}

static void test_only_runs_of_one_replication_make_a_pair(void **state)
{
    (void)state;
    struct compare_case *c = memory_new(1, sizeof *c);
    struct comparison r;
    struct compare_rule rule = {.confidence = 0.95};
    compare_side_metric(&c->a, PROBES, "1", 0);
    compare_side_metric(&c->b, PROBES, "1", 0);
    c->a.metrics[0].shown = true;
    for (uint32_t i = 1; i <= 6; i++) {
        struct compare_run run = {.replication = i};
        if (i != 3)
            *compare_side_run(&c->a, &run) = i;
        if (i >= 2)
            *compare_side_run(&c->b, &run) = i + 1;
    }
    compare_judge(c, 1, &rule, &r);
    assert_int_equal(c->pairs, 4); /* 2, 4, 5, 6 */
    assert_true(fabs(c->lines[0].difference.difference.value - 1) < 1e-12);
    assert_true(fabs(c->lines[0].a.value - 4.25) < 1e-12);
    compare_cases_free(r.cases, 1);
}

/* With as many runs as were said to be needed, a difference that stays as it seems is
 * told. */
static void test_the_runs_that_are_said_to_be_needed_are_enough(void **state)
{
    (void)state;
    struct column c = shifted(PROBES, 1.5, 3);
    struct comparison r = judge(&c, 1, 0.01);
    const struct compare_line *line = &r.cases[0].lines[0];
    assert_int_equal(line->verdict, COMPARE_UNDECIDED);
    assert_true(line->needed > RUNS);
    double seems = fabs(line->difference.difference.value);
    double width = estimate_t(0.95, line->needed - 1) *
                   sqrt(line->difference.difference.variance / line->needed);
    double too_wide = estimate_t(0.95, line->needed - 2) *
                      sqrt(line->difference.difference.variance / (line->needed - 1.0));
    assert_true(width <= seems);
    assert_true(too_wide > seems);
    compare_cases_free(r.cases, 1);
}

/* Normal variates enough for a test: the sum of twelve. */
static double noise(struct random_stream *chance)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += random_unit(chance);
    return sum;
}

/* The promise of Holm's correction: where nothing differs, one comparison in twenty, and
 * no more, finds something that does. */
static void
test_nothing_is_told_apart_without_cause_more_often_than_promised(void **state)
{
    (void)state;
    enum { REPEATS = 400, METRICS = 8 };
    struct random_stream chance = random_stream_make(1, 1, "test", "noise");
    struct column columns[METRICS];
    static char names[METRICS][40];
    unsigned misled = 0;
    for (int k = 0; k < REPEATS; k++) {
        for (int m = 0; m < METRICS; m++) {
            snprintf(names[m], sizeof names[m], "hosts.h%d.tcp4.probes", m);
            columns[m].name = names[m];
            for (int i = 0; i < RUNS; i++) {
                columns[m].a[i] = 100 + noise(&chance);
                columns[m].b[i] = 100 + noise(&chance);
            }
        }
        struct comparison r = judge(columns, METRICS, 0);
        misled += r.verdicts[COMPARE_WORSE] + r.verdicts[COMPARE_BETTER] > 0;
        compare_cases_free(r.cases, 1);
    }
    printf("  told apart without cause: %u of %d\n", misled, REPEATS);
    struct interval share = estimate_share(misled, REPEATS, 0.99);
    assert_true(share.low <= 0.05);
    assert_true(misled > 0);
}

static void test_patterns_take_every_window_or_one(void **state)
{
    (void)state;
    static const char *const ratio[] = {"apps.*.failure_ratio"};
    static const char *const outage[] = {"*@outage"};
    assert_true(compare_wants(ratio, 1, "apps.web.failure_ratio"));
    assert_true(compare_wants(ratio, 1, "apps.web.failure_ratio@outage"));
    assert_false(compare_wants(ratio, 1, "apps.web.try_failure_ratio"));
    assert_true(compare_wants(outage, 1, "apps.web.failure_ratio@outage"));
    assert_false(compare_wants(outage, 1, "apps.web.failure_ratio"));
    assert_true(compare_wants(NULL, 0, "apps.web.failure_ratio@outage"));
    assert_false(compare_wants(NULL, 0, "apps.web.attempts"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_probes_are_worse_and_fewer_are_better),
        cmocka_unit_test(test_a_longer_rest_of_a_port_is_better),
        cmocka_unit_test(test_what_nobody_minds_is_only_different),
        cmocka_unit_test(test_a_sure_difference_inside_the_margin_is_equivalent),
        cmocka_unit_test(
            test_a_sure_difference_that_is_minor_is_neither_better_nor_worse),
        cmocka_unit_test(test_a_difference_that_chance_explains_cannot_be_told),
        cmocka_unit_test(test_the_same_numbers_are_equal_whatever_the_margin),
        cmocka_unit_test(test_a_constant_difference_needs_no_test),
        cmocka_unit_test(test_equivalence_is_the_interval_inside_the_margin),
        cmocka_unit_test(test_pairing_is_worth_the_variance_it_takes_away),
        cmocka_unit_test(test_many_metrics_are_judged_together),
        cmocka_unit_test(test_a_run_without_a_value_makes_no_pair),
        cmocka_unit_test(test_a_value_on_one_side_alone_is_no_data),
        cmocka_unit_test(test_only_runs_of_one_replication_make_a_pair),
        cmocka_unit_test(test_the_runs_that_are_said_to_be_needed_are_enough),
        cmocka_unit_test(
            test_nothing_is_told_apart_without_cause_more_often_than_promised),
        cmocka_unit_test(test_patterns_take_every_window_or_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
