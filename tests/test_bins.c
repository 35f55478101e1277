/* Bins: every row in exactly one, of round length. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/results/bins.h"

/* `rows` rows, `step` apart, that count 0, 1, 2, ... */
static struct series *counting(size_t rows, sim_ns step)
{
    struct series *s = series_new();
    series_add(s, "v");
    for (size_t i = 0; i < rows; i++)
        series_append(s, (sim_ns)i * step, (double[]){(double)i});
    return s;
}

static void test_a_short_series_is_left_as_it_is(void **state)
{
    (void)state;
    struct series *s = counting(200, SIM_S);
    struct bins bins = bins_of(s, 100);
    assert_int_equal(bins.length, 0);
    assert_int_equal(bins.count, 200);
    for (size_t i = 0; i < bins.count; i++) {
        assert_int_equal(bins.at[i].when, series_time(s, i));
        assert_int_equal(bins.at[i].first, i);
        assert_int_equal(bins.at[i].end, i + 1);
    }
    bins_free(&bins);
    series_free(s);
}

static void test_every_row_is_in_one_bin(void **state)
{
    (void)state;
    for (size_t rows = 201; rows < 20000; rows = rows * 3 / 2)
        for (sim_ns step = SIM_MS; step < SIM_D; step = step * 7 + 1) {
            struct series *s = counting(rows, step);
            struct bins bins = bins_of(s, 100);
            size_t next = 0;
            for (size_t i = 0; i < bins.count; i++) {
                const struct bin *bin = &bins.at[i];
                assert_int_equal(bin->first, next);
                assert_true(bin->end > bin->first);
                assert_true(bin->when >= series_time(s, bin->first) &&
                            bin->when <= series_time(s, bin->end - 1));
                next = bin->end;
            }
            assert_int_equal(next, rows);
            assert_int_equal(bins.at[0].when, 0);
            assert_int_equal(bins.at[bins.count - 1].when, series_time(s, rows - 1));
            /* Lengths are rounded up to the next round one, then to whole samples. */
            if (bins.count > 150 || bins.count < 25)
                fail_msg("%zu rows every %" PRId64 " ns made %zu bins", rows, step,
                         bins.count);
            bins_free(&bins);
            series_free(s);
        }
}

static void test_lengths_are_round_and_hold_whole_samples(void **state)
{
    (void)state;
    static const struct {
        size_t rows;
        sim_ns step;
        unsigned most;
        sim_ns length;
    } cases[] = {
        {7201, SIM_S, 450, 20 * SIM_S},
        {7201, SIM_S, 180, SIM_MIN},
        {41, SIM_S, 180, SIM_S},
        {721, 10 * SIM_S, 180, SIM_MIN},
        {1001, 7 * SIM_S, 100, 119 * SIM_S}, /* 2 min, in whole samples */
        {3001, SIM_H, 100, 2 * SIM_D},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct series *s = counting(cases[i].rows, cases[i].step);
        sim_ns length = bins_length(s, cases[i].most);
        assert_int_equal(length % cases[i].step, 0);
        if (length != cases[i].length)
            fail_msg("case %zu: %" PRId64 " s", i, length / SIM_S);
        series_free(s);
    }
}

static void test_rows_at_one_moment_share_a_bin(void **state)
{
    (void)state;
    struct series *s = series_new();
    for (int i = 0; i < 1000; i++)
        series_append(s, i / 500, NULL);
    struct bins bins = bins_of(s, 100);
    assert_true(bins.count >= 1 && bins.count <= 2);
    assert_int_equal(bins.at[bins.count - 1].end, 1000);
    bins_free(&bins);
    series_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_short_series_is_left_as_it_is),
        cmocka_unit_test(test_every_row_is_in_one_bin),
        cmocka_unit_test(test_lengths_are_round_and_hold_whole_samples),
        cmocka_unit_test(test_rows_at_one_moment_share_a_bin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
