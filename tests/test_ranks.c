/* Which process of several this is; and alone, ranks are workers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/study/ranks.h"

static const char *const variables[] = {
    "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMI_SIZE", "PMI_RANK",
    "SLURM_STEP_NUM_TASKS", "SLURM_PROCID",
};

#define VARIABLES (sizeof variables / sizeof *variables)

static void surround(const char *const *values)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        unsetenv(variables[i]);
        if (values[i])
            setenv(variables[i], values[i], 1);
    }
}

static void test_launchers_say_which_process_this_is(void **state)
{
    (void)state;
    static const struct {
        const char *values[VARIABLES];
        unsigned rank, count;
    } rows[] = {
        {{0}, 0, 1},
        {{"4", "3"}, 3, 4},
        {{"1", "0"}, 0, 1},
        {{NULL, NULL, "16", "15"}, 15, 16},
        {{NULL, NULL, NULL, NULL, "2", "1"}, 1, 2},
        {{"1", "0", NULL, NULL, "2", "1"}, 1, 2},
        /* The batch step of a Slurm job with four tasks. */
        {{NULL, NULL, NULL, NULL, "1", "0"}, 0, 1},
        {{"", ""}, 0, 1},
        {{"x", "y"}, 0, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned rank;
        surround(rows[i].values);
        assert_int_equal(ranks_started(&rank), rows[i].count);
        assert_int_equal(rank, rows[i].rank);
    }
}

static void test_one_of_several_is_refused_without_mpi(void **state)
{
    (void)state;
    if (ranks_kind())
        skip();
    const char *const third_of_four[VARIABLES] = {"4", "2"};
    char *argv[] = {NULL};
    struct ranks r;
    struct results_error error;
    surround(third_of_four);
    assert_false(ranks_join(&r, argv, &error));
    assert_non_null(strstr(error.text, "process 3 of 4"));
    assert_non_null(strstr(error.text, "make MPI=1"));
}

static void test_a_process_started_by_hand_is_alone(void **state)
{
    (void)state;
    const char *const nothing[VARIABLES] = {NULL};
    char *argv[] = {NULL};
    struct ranks r;
    struct results_error error;
    bool speak;
    surround(nothing);
    assert_true(ranks_join(&r, argv, &error));
    assert_int_equal(r.count, 1);
    assert_int_equal(r.rank, 0);
    assert_true(ranks_agree(&r, true, &speak));
    assert_false(speak);
    assert_false(ranks_agree(&r, false, &speak));
    assert_true(speak);
    ranks_leave(&r, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_launchers_say_which_process_this_is),
        cmocka_unit_test(test_one_of_several_is_refused_without_mpi),
        cmocka_unit_test(test_a_process_started_by_hand_is_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
