/* The log-linear histogram against claims of its header and against sorted data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/hash.h"
#include "sim/base/histogram.h"
#include "tests/expect_bug.h"

/* Values of all sizes: 1 to 62 random bits. */
static int64_t some_value(uint64_t i)
{
    uint64_t bits = hash_join(1, i);
    return (int64_t)(bits >> (2 + hash_join(2, i) % 62));
}

static void test_values_below_64_are_exact(void **state)
{
    (void)state;
    for (int64_t v = 0; v < 64; v++) {
        assert_int_equal(histogram_bucket(v), v);
        assert_true(histogram_middle(histogram_bucket(v)) == (double)v);
    }
}

static void test_buckets_follow_each_other_without_a_gap(void **state)
{
    (void)state;
    for (uint32_t bucket = 1; bucket < HISTOGRAM_BUCKETS; bucket++) {
        int64_t low = histogram_low(bucket);
        assert_int_equal(histogram_bucket(low), bucket);
        assert_int_equal(histogram_bucket(low - 1), bucket - 1);
    }
    assert_int_equal(histogram_bucket(INT64_MAX), HISTOGRAM_BUCKETS - 1);
}

static void test_a_middle_is_within_a_64th_of_its_values(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        int64_t v = some_value(i);
        double error = histogram_middle(histogram_bucket(v)) - (double)v;
        if (error * 64 > (double)v || error * 64 < -(double)v)
            fail_msg("%lld stands for %g", (long long)v,
                     histogram_middle(histogram_bucket(v)));
    }
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void test_ranks_are_those_of_sorted_data(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static int64_t values[COUNT];
    struct histogram *h = NULL;
    for (uint64_t i = 0; i < COUNT; i++) {
        values[i] = some_value(i);
        h = histogram_add(h, values[i]);
    }
    qsort(values, COUNT, sizeof values[0], by_value);
    for (uint64_t rank = 1; rank <= COUNT; rank++)
        assert_true(histogram_at_rank(h, rank) ==
                    histogram_middle(histogram_bucket(values[rank - 1])));
    free(h);
}

/* Values that arrive in any order make the block grow at both ends. */
static void test_it_covers_only_the_octaves_in_use(void **state)
{
    (void)state;
    struct histogram *h = histogram_add(NULL, 1000);
    assert_int_equal(h->width, HISTOGRAM_OCTAVE);
    h = histogram_add(h, 3000);
    h = histogram_add(h, 130);
    assert_int_equal(h->width, 5 * HISTOGRAM_OCTAVE); /* 128 .. 4095 */
    assert_true(histogram_at_rank(h, 1) == histogram_middle(histogram_bucket(130)));
    assert_true(histogram_at_rank(h, 2) == histogram_middle(histogram_bucket(1000)));
    assert_true(histogram_at_rank(h, 3) == histogram_middle(histogram_bucket(3000)));
    free(h);
}

static void test_merging_is_adding_all_values_to_one(void **state)
{
    (void)state;
    struct histogram *all = NULL, *merged = NULL;
    for (uint64_t part = 0; part < 20; part++) {
        struct histogram *h = NULL;
        for (uint64_t i = 0; i < part; i++) {
            all = histogram_add(all, some_value(100 * part + i));
            h = histogram_add(h, some_value(100 * part + i));
        }
        merged = histogram_merge(merged, h); /* of part 0: nothing into nothing */
        free(h);
    }
    assert_int_equal(merged->first, all->first);
    assert_int_equal(merged->width, all->width);
    assert_memory_equal(merged->counts, all->counts, all->width * sizeof all->counts[0]);
    free(all);
    free(merged);
}

static void ask_for_rank_2(void *h)
{
    histogram_at_rank(h, 2);
}

static void test_a_rank_beyond_the_values_is_a_bug(void **state)
{
    (void)state;
    struct histogram *h = histogram_add(NULL, 5);
    expect_bug(ask_for_rank_2, h);
    expect_bug(ask_for_rank_2, NULL);
    free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_below_64_are_exact),
        cmocka_unit_test(test_buckets_follow_each_other_without_a_gap),
        cmocka_unit_test(test_a_middle_is_within_a_64th_of_its_values),
        cmocka_unit_test(test_ranks_are_those_of_sorted_data),
        cmocka_unit_test(test_it_covers_only_the_octaves_in_use),
        cmocka_unit_test(test_merging_is_adding_all_values_to_one),
        cmocka_unit_test(test_a_rank_beyond_the_values_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
