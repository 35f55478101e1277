/* The numbers of a run, sent as bytes, arrive as they were. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/study/numbers_pack.h"
#include "tests/run_text.h"

static void expect_same_samples(const struct metric_samples *a,
                                const struct metric_samples *b)
{
    assert_true(a->count == b->count && a->min == b->min && a->max == b->max);
    assert_int_equal(a->in_ns, b->in_ns);
    assert_int_equal(a->buckets == NULL, b->buckets == NULL);
    if (!a->buckets)
        return;
    assert_int_equal(a->buckets->first, b->buckets->first);
    assert_int_equal(a->buckets->width, b->buckets->width);
    assert_memory_equal(a->buckets->counts, b->buckets->counts,
                        a->buckets->width * sizeof *a->buckets->counts);
}

static void expect_same(const struct trial_numbers *a, const struct trial_numbers *b)
{
    assert_true(trial_numbers_alike(a, b));
    assert_memory_equal(a->values, b->values, a->count * sizeof *a->values);
    assert_memory_equal(a->hidden, b->hidden, a->count * sizeof *a->hidden);
    for (uint32_t i = 0; i < a->count; i++) {
        assert_int_equal(a->rows[i].samples, b->rows[i].samples);
        assert_int_equal(a->rows[i].percent, b->rows[i].percent);
        assert_int_equal(a->rows[i].share_of, b->rows[i].share_of);
        assert_int_equal(a->rows[i].of_parts, b->rows[i].of_parts);
        assert_int_equal(a->rows[i].may_hide, b->rows[i].may_hide);
    }
    assert_int_equal(a->part_rows, b->part_rows);
    assert_int_equal(a->part_count, b->part_count);
    assert_int_equal(a->parts == NULL, b->parts == NULL);
    if (a->parts)
        assert_memory_equal(a->parts, b->parts,
                            a->part_rows * a->part_count * sizeof *a->parts);
    assert_int_equal(a->sample_count, b->sample_count);
    for (uint32_t i = 0; i < a->sample_count; i++)
        expect_same_samples(&a->samples[i], &b->samples[i]);
    assert_true(a->seed == b->seed && a->events == b->events);
    assert_true(a->connections == b->connections && a->fingerprint == b->fingerprint);
    assert_int_equal(a->replication, b->replication);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->simulated, b->simulated);
}

/* Packs two runs one after the other and looks at both. */
static void expect_arrival(const struct trial_numbers *first,
                           const struct trial_numbers *second)
{
    struct packed bytes = {0};
    numbers_pack(&bytes, first);
    numbers_pack(&bytes, second);
    struct unpacking u = {bytes.bytes, bytes.bytes + bytes.size};
    struct trial_numbers *a = numbers_unpack(&u), *b = numbers_unpack(&u);
    assert_ptr_equal(u.at, u.end);
    packed_free(&bytes);
    expect_same(a, first);
    expect_same(b, second);
    trial_numbers_free(a);
    trial_numbers_free(b);
}

/* With phases, parts, quantiles, metrics that are null and metrics that stay zero. */
static void test_what_arrives_is_what_was_sent(void **state)
{
    (void)state;
    struct text_plan p = text_plan_file("teaching-mini");
    struct trial_result *runs[2];
    for (uint32_t i = 0; i < 2; i++)
        runs[i] = trial_run(
            p.plan, 7, i + 1,
            &(struct trial_watch){.keeps = TRIAL_NUMBERS, .parts = i == 0 ? 5 : 0});
    uint32_t null = 0, hidden = 0;
    for (uint32_t i = 0; i < runs[0]->numbers->count; i++) {
        null += isnan(runs[0]->numbers->values[i]) != 0;
        hidden += runs[0]->numbers->hidden[i];
    }
    assert_true(null > 0 && hidden > 0 && runs[0]->numbers->sample_count > 0);
    assert_int_equal(runs[0]->numbers->part_count, 5);
    expect_arrival(runs[0]->numbers, runs[1]->numbers);
    trial_result_free(runs[0]);
    trial_result_free(runs[1]);
    text_plan_free(&p);
}

static void test_a_run_without_a_number_arrives_too(void **state)
{
    (void)state;
    struct trial_numbers nothing = {.seed = 5, .replication = 2, .simulated = 9};
    expect_arrival(&nothing, &nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_arrives_is_what_was_sent),
        cmocka_unit_test(test_a_run_without_a_number_arrives_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
