/* Loss formulas against the check values of MODEL.md D and against their own recursions,
 * taken step by step. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/theory/loss.h"
#include "tests/loss_system.h"

/* What a value printed with so many significant digits allows. */
static void assert_digits(double value, double printed, int digits)
{
    double unit = pow(10, floor(log10(fabs(printed))) - (digits - 1));
    if (fabs(value - printed) > 0.5000001 * unit)
        fail_msg("%.9g, but %.*g was printed", value, digits, printed);
}

static void test_erlang_b_has_the_values_of_the_model(void **state)
{
    (void)state;
    static const struct {
        uint32_t ports;
        double load, loss;
    } rows[] = {
        {10, 8, 0.121661},          {64, 60, 0.0603627},        {64, 64, 0.0934075},
        {64, 80, 0.235103},         {256, 256, 0.0482483},      {1024, 1000, 0.0119887},
        {1024, 1024, 0.0245243},    {3976, 3976, 0.0125476},    {4096, 4096, 0.0123639},
        {16384, 16000, 3.22717e-5}, {16384, 16384, 0.00620764}, {16384, 20000, 0.181026},
        {28232, 28232, 0.00473364}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_digits(loss_erlang_b(rows[i].ports, rows[i].load), rows[i].loss, 6);
}

/* Where to leave the sum for the recursion, and where to stop, changes no digit that is
 * not rounding: 1e-12 is some thousand roundings. */
static void test_the_short_way_is_the_recursion(void **state)
{
    (void)state;
    static const unsigned ports[] = {1, 2, 10, 64, 1000, 28232};
    static const double share[] = {0.01, 0.5, 0.9, 0.999, 1, 1.001, 1.1, 2, 50};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        for (size_t k = 0; k < sizeof share / sizeof share[0]; k++) {
            double load = share[k] * ports[i], slow = erlang_b(ports[i], load);
            double fast = loss_erlang_b(ports[i], load);
            assert_true(fabs(fast - slow) <= 1e-12 * slow + 1e-300);
        }
}

static void test_nothing_is_lost_of_nothing_and_all_without_ports(void **state)
{
    (void)state;
    assert_true(loss_erlang_b(5, 0) == 0);
    assert_true(loss_erlang_b(0, 0) == 1);
    assert_true(loss_erlang_b(0, 3) == 1);
    assert_true(loss_erlang_b(65535, 1e-3) == 0);
}

static void test_the_load_for_a_loss_is_that_of_the_model(void **state)
{
    (void)state;
    static const struct {
        uint32_t ports;
        double thousandth, millionth;
    } rows[] = {{64, 44.16, 33.63},          {128, 100.12, 82.96},
                {1024, 953.63, 891.24},      {3976, 3855.27, 3717.98},
                {16384, 16186.60, 15875.92}, {28232, 28000.83, 27574.70},
                {64512, 64234.58, 63542.46}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(fabs(loss_load(rows[i].ports, 1e-3) - rows[i].thousandth) < 0.00501);
        assert_true(fabs(loss_load(rows[i].ports, 1e-6) - rows[i].millionth) < 0.00501);
    }
}

static void test_the_ports_for_a_loss_are_the_fewest(void **state)
{
    (void)state;
    static const double loads[] = {0.5, 8, 60, 1000, 16000}, losses[] = {1e-6, 0.01, 0.6};
    for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++)
        for (size_t k = 0; k < sizeof losses / sizeof losses[0]; k++) {
            uint32_t n = (uint32_t)loss_ports(loads[i], losses[k]);
            assert_true(loss_erlang_b(n, loads[i]) <= losses[k]);
            assert_true(n == 0 || loss_erlang_b(n - 1, loads[i]) > losses[k]);
        }
}

/* MODEL.md D: 3.0 % and 7.8 % at a load of N, 1.22 % for Cilium's 8,000 s. */
static void test_a_bounded_redraw_loses_what_the_model_says(void **state)
{
    (void)state;
    assert_digits(loss_bounded(4096, 4096, 128).loss, 0.030, 2);
    assert_digits(loss_bounded(4096, 4096, 32).loss, 0.078, 2);
    assert_digits(loss_bounded(16384, 16000, 128).loss, 0.0122, 3);
    struct loss_state all = loss_bounded(64, 60, 0);
    assert_digits(all.loss, 0.0603627, 6);
    assert_true(fabs(all.busy - 60 * (1 - all.loss)) < 1e-10);
}

/* MODEL.md D8, and scenario S21 of three immediate retries. */
static void test_those_who_come_again_add_up_as_cohen_says(void **state)
{
    (void)state;
    static const struct {
        uint32_t ports;
        double load, total, loss;
    } rows[] = {{10, 8, 10.4737, 0.236178},
                {64, 60, 71.6023, 0.162039},
                {1024, 1000, 1027.19, 0.0264706}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double total =
            loss_retried_load(rows[i].ports, rows[i].load, LOSS_RETRIES_FOREVER);
        assert_digits(total, rows[i].total, 6);
        assert_digits(loss_erlang_b(rows[i].ports, total), rows[i].loss, 6);
    }
    assert_true(isinf(loss_retried_load(10, 10, LOSS_RETRIES_FOREVER)));
    double total = loss_retried_load(16384, 18440, 3);
    assert_digits(loss_erlang_b(16384, total), 0.578, 3);
    assert_digits(total / 18440, 2.10, 3);
}

static void test_kaufman_roberts_has_the_values_of_the_model(void **state)
{
    (void)state;
    static const uint32_t width[] = {1, 4};
    static const double load[] = {6, 2};
    double loss[2];
    loss_kaufman_roberts(20, 2, width, load, loss);
    assert_digits(loss[0], 0.0397906, 6);
    assert_digits(loss[1], 0.197382, 6);
    loss_kaufman_roberts(28232, 1, width, (const double[]){28232}, loss);
    assert_digits(loss[0], 0.00473364, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erlang_b_has_the_values_of_the_model),
        cmocka_unit_test(test_the_short_way_is_the_recursion),
        cmocka_unit_test(test_nothing_is_lost_of_nothing_and_all_without_ports),
        cmocka_unit_test(test_the_load_for_a_loss_is_that_of_the_model),
        cmocka_unit_test(test_the_ports_for_a_loss_are_the_fewest),
        cmocka_unit_test(test_a_bounded_redraw_loses_what_the_model_says),
        cmocka_unit_test(test_those_who_come_again_add_up_as_cohen_says),
        cmocka_unit_test(test_kaufman_roberts_has_the_values_of_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
