/* A run reduced to its numbers: the same values as the whole record's, at a lower price,
 * with histograms that join exactly. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/run_text.h"

/* Ten ports for twice the load, and phases of which one begins after the warm-up. */
static struct text_plan small_plan(void)
{
    return text_plan_read(
        "{ \"name\": \"small\", \"duration\": \"500s\", \"warm_up\": \"20s\","
        "  \"network\": { \"rtt\": \"8ms\" },"
        "  \"hosts\": {"
        "    \"client\": { \"tcp\": { \"range\": [50000, 50009], \"time_wait\": \"4s\" } "
        "},"
        "    \"server\": {} },"
        "  \"apps\": { \"pages\": {"
        "    \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"4/s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } },"
        "  \"phases\": { \"early\": [\"0s\", \"100s\"], \"late\": [\"400s\", \"500s\"] } "
        "}");
}

static struct trial_result *run(const struct text_plan *p, enum trial_keeps keeps,
                                uint32_t replication)
{
    return trial_run(p->plan, 1, replication, &(struct trial_watch){.keeps = keeps});
}

static void expect_same_bits(const char *name, double a, double b)
{
    if (memcmp(&a, &b, sizeof a) != 0)
        fail_msg("%s: %.17g and %.17g", name, a, b);
}

static void test_the_numbers_are_those_of_the_record(void **state)
{
    (void)state;
    struct text_plan p = small_plan();
    struct trial_result *both = run(&p, TRIAL_BOTH, 1);
    const struct trial_numbers *n = both->numbers;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < n->count; i++) {
        const struct run_metric *m = run_record_metric(&both->record, n->rows[i].name);
        assert_int_equal(n->hidden[i], m == NULL);
        if (!m)
            assert_true(n->rows[i].may_hide);
        if (!m)
            continue;
        expect_same_bits(m->name, m->value, n->values[i]);
        assert_string_equal(m->unit, n->rows[i].unit);
        shown++;
    }
    assert_int_equal(shown, both->record.metric_count);
    assert_true(shown < n->count); /* some stayed zero */
    trial_result_free(both);
    text_plan_free(&p);
}

static void test_numbers_alone_are_the_same_numbers(void **state)
{
    (void)state;
    struct text_plan p = small_plan();
    struct trial_result *both = run(&p, TRIAL_BOTH, 3);
    struct trial_result *alone = run(&p, TRIAL_NUMBERS, 3);
    assert_true(trial_numbers_alike(both->numbers, alone->numbers));
    for (uint32_t i = 0; i < alone->numbers->count; i++)
        expect_same_bits(alone->numbers->rows[i].name, both->numbers->values[i],
                         alone->numbers->values[i]);
    assert_true(alone->numbers->fingerprint == both->record.fingerprint);
    assert_int_equal(alone->numbers->replication, 3);
    assert_int_equal(alone->numbers->events, both->record.events);
    assert_int_equal(alone->record.metric_count, 0);
    assert_null(alone->record.series);
    trial_result_free(both);
    trial_result_free(alone);
    text_plan_free(&p);
}

static void test_a_quantile_comes_with_its_samples(void **state)
{
    (void)state;
    struct text_plan p = small_plan();
    struct trial_result *r = run(&p, TRIAL_NUMBERS, 1);
    const struct trial_numbers *n = r->numbers;
    uint32_t quantiles = 0;
    for (uint32_t i = 0; i < n->count; i++) {
        if (!n->rows[i].percent)
            continue;
        expect_same_bits(
            n->rows[i].name, n->values[i],
            metric_samples_quantile(&n->samples[n->rows[i].samples], n->rows[i].percent));
        quantiles++;
    }
    assert_int_equal(quantiles, 3 * n->sample_count);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_joined_samples_do_not_depend_on_the_order(void **state)
{
    (void)state;
    struct text_plan p = small_plan();
    struct trial_result *runs[4];
    for (uint32_t i = 0; i < 4; i++)
        runs[i] = run(&p, TRIAL_NUMBERS, i + 1);
    const struct trial_numbers *n = runs[0]->numbers;
    for (uint32_t k = 0; k < n->sample_count; k++) {
        struct metric_samples up = {0}, down = {0};
        for (uint32_t i = 0; i < 4; i++) {
            metric_samples_merge(&up, &runs[i]->numbers->samples[k]);
            metric_samples_merge(&down, &runs[3 - i]->numbers->samples[k]);
        }
        assert_int_equal(up.count, down.count);
        for (unsigned percent = 1; percent < 100; percent += 7)
            expect_same_bits("quantile", metric_samples_quantile(&up, percent),
                             metric_samples_quantile(&down, percent));
        free(up.buckets);
        free(down.buckets);
    }
    for (uint32_t i = 0; i < 4; i++)
        trial_result_free(runs[i]);
    text_plan_free(&p);
}

static double sum_of_parts(const struct trial_numbers *n, const char *name)
{
    uint32_t row = trial_numbers_find(n, name);
    double sum = 0;
    for (uint32_t k = 0; k < n->part_count; k++)
        sum += n->parts[(size_t)row * n->part_count + k];
    return sum;
}

static double value_of(const struct trial_numbers *n, const char *name)
{
    return n->values[trial_numbers_find(n, name)];
}

static void test_parts_add_up_to_the_window_and_disturb_no_number(void **state)
{
    (void)state;
    struct text_plan p = small_plan();
    struct trial_result *whole = run(&p, TRIAL_NUMBERS, 1);
    struct trial_result *cut = trial_run(
        p.plan, 1, 1, &(struct trial_watch){.keeps = TRIAL_NUMBERS, .parts = 7});
    const struct trial_numbers *n = cut->numbers;
    for (uint32_t i = 0; i < n->count; i++)
        expect_same_bits(n->rows[i].name, whole->numbers->values[i], n->values[i]);
    assert_null(whole->numbers->parts);
    assert_int_equal(n->part_count, 7);
    assert_true(n->part_rows * 3 == n->count); /* the whole run and two phases */
    const char *attempts = "apps.pages.attempts", *level = "hosts.client.tcp4.in_use";
    assert_true(value_of(n, attempts) > 100);
    assert_true(sum_of_parts(n, attempts) == value_of(n, attempts));
    assert_true(fabs(sum_of_parts(n, level) / 7 - value_of(n, level)) < 1e-9);
    trial_result_free(whole);
    trial_result_free(cut);
    text_plan_free(&p);
}

static void test_parts_of_what_is_watched_leave_the_rest_empty(void **state)
{
    (void)state;
    struct text_plan p = small_plan();
    struct trial_result *r = trial_run(
        p.plan, 1, 1,
        &(struct trial_watch){.keeps = TRIAL_NUMBERS, .parts = 5, .parts_watched = true});
    assert_true(!isnan(sum_of_parts(r->numbers, "apps.pages.failure_ratio")));
    assert_true(isnan(sum_of_parts(r->numbers, "apps.pages.attempts")));
    trial_result_free(r);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_numbers_are_those_of_the_record),
        cmocka_unit_test(test_numbers_alone_are_the_same_numbers),
        cmocka_unit_test(test_a_quantile_comes_with_its_samples),
        cmocka_unit_test(test_joined_samples_do_not_depend_on_the_order),
        cmocka_unit_test(test_parts_add_up_to_the_window_and_disturb_no_number),
        cmocka_unit_test(test_parts_of_what_is_watched_leave_the_rest_empty),
    };
    return cmocka_run_group_tests_name("trial_numbers", tests, NULL, NULL);
}
