/* What finding a port costs, against a recorded kernel: nothing to speak of until one
 * parity is spent, and then at once a hundred times as much [KERNEL.md section 3].
 *
 * Times are of the machine that was measured, probes are the simulator's; what is
 * compared is where the step is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/laws.h"
#include "tests/port_lab.h"

enum { BIN = 256, PORTS = 28232, BINS = (PORTS + BIN - 1) / BIN };

/* Reads the line of a mode; fails the test when there is none. */
static void read_recorded(const char *mode, double *cost)
{
    FILE *f = fopen("tests/kernel/cost.txt", "r");
    assert_non_null(f);
    char word[32];
    while (fscanf(f, "%31s", word) == 1 && strcmp(word, mode) != 0)
        if (word[0] == '#')
            assert_int_equal(fscanf(f, "%*[^\n]"), 0);
    for (int i = 0; i < BINS; i++)
        assert_int_equal(fscanf(f, "%lf", &cost[i]), 1);
    fclose(f);
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The median probes of each 256 choices as the range fills. */
static void fill(const char *allocator, double *cost)
{
    struct port_lab lab = port_lab_new(allocator, (struct port_range){32768, 60999}, 1);
    uint32_t probes[BIN], got = 0;
    for (uint32_t i = 0; i < PORTS; i++) {
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
        assert_int_not_equal(answer.port, 0);
        probes[got++] = answer.probes;
        if (got < BIN && i + 1 < PORTS)
            continue;
        qsort(probes, got, sizeof *probes, by_value);
        cost[i / BIN] = probes[got / 2];
        got = 0;
    }
    port_lab_free(&lab);
}

/* Where a bin costs most in units of the one before, and how much. */
struct knee {
    int calls; /* made before that bin */
    double factor;
};

static struct knee largest_step(const double *cost)
{
    struct knee k = {0};
    for (int i = 1; i < BINS; i++)
        if (cost[i] / cost[i - 1] > k.factor)
            k = (struct knee){i * BIN, cost[i] / cost[i - 1]};
    return k;
}

static void expect_the_same_knee(const char *what, const char *mode,
                                 const char *allocator)
{
    double kernel[BINS], ours[BINS];
    read_recorded(mode, kernel);
    fill(allocator, ours);
    struct knee recorded = largest_step(kernel), simulated = largest_step(ours);
    char *was = memory_print("after %d calls, x%.0f", recorded.calls, recorded.factor);
    char *is = memory_print("after %d calls, x%.0f", simulated.calls, simulated.factor);
    law_checked("cost", what, was, is, recorded.calls == simulated.calls);
    free(was);
    free(is);
}

static void test_connect_costs_at_once_more_when_one_parity_is_spent(void **state)
{
    (void)state;
    expect_the_same_knee("connect(), the largest step between 256 calls and the next 256",
                         "auto", "linux518");
}

static void test_bind_zero_costs_at_once_more_when_one_parity_is_spent(void **state)
{
    (void)state;
    expect_the_same_knee("bind(0), the largest step between 256 calls and the next 256",
                         "b0", "linux-bind0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connect_costs_at_once_more_when_one_parity_is_spent),
        cmocka_unit_test(test_bind_zero_costs_at_once_more_when_one_parity_is_spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
