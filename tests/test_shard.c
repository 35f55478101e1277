/* Which share of a study is this process's: said by hand or by a scheduler. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/study/shard.h"

enum { ID, COUNT, MIN, MAX, STEP, INDEX, SEQ, VARIABLES };

static const char *const variables[VARIABLES] = {
    [ID] = "SLURM_ARRAY_TASK_ID",     [COUNT] = "SLURM_ARRAY_TASK_COUNT",
    [MIN] = "SLURM_ARRAY_TASK_MIN",   [MAX] = "SLURM_ARRAY_TASK_MAX",
    [STEP] = "SLURM_ARRAY_TASK_STEP", [INDEX] = "JOB_COMPLETION_INDEX",
    [SEQ] = "PARALLEL_SEQ",
};

/* The environment of a process: the values of `variables`, NULL for those not set. */
struct surroundings {
    const char *values[VARIABLES];
};

static void surround(const struct surroundings *s)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        unsetenv(variables[i]);
        if (s->values[i])
            setenv(variables[i], s->values[i], 1);
    }
}

/* --- tables ------------------------------------------------------------------------ */

struct good {
    const char *text;
    struct surroundings in;
    uint32_t index, count;
};

static const struct good good[] = {
    {"1/1", {{0}}, 0, 1},
    {"1/4", {{0}}, 0, 4},
    {"4/4", {{0}}, 3, 4},
    {"1000000/1000000", {{0}}, 999999, 1000000},
    /* By hand, the environment says nothing. */
    {"2/3", {{"7", "8", "0", "7", "1", "5", "6"}}, 1, 3},
    /* --array=0-7, --array=1-8, --array=0-14:2 */
    {"auto", {{"5", "8", "0", "7", "1"}}, 5, 8},
    {"auto", {{"8", "8", "1", "8", NULL}}, 7, 8},
    {"auto", {{"6", "8", "0", "14", "2"}}, 3, 8},
    /* --array=3,5 of 0-7, submitted again */
    {"auto/8", {{"5", "2", "3", "5", "1"}}, 5, 8},
    {"auto/8", {{[INDEX] = "0"}}, 0, 8},
    {"auto/8", {{[INDEX] = "7"}}, 7, 8},
    {"auto/8", {{[SEQ] = "1"}}, 0, 8},
    {"auto/8", {{[SEQ] = "8"}}, 7, 8},
};

struct bad {
    const char *text;
    struct surroundings in;
    const char *complaint; /* part of it */
};

static const struct bad bad[] = {
    {"", {{0}}, "must be i/n"},
    {"3", {{0}}, "must be i/n"},
    {"/", {{0}}, "must be i/n"},
    {"1/", {{0}}, "must be i/n"},
    {"/4", {{0}}, "must be i/n"},
    {"1/0", {{0}}, "must be i/n"},
    {"-1/4", {{0}}, "must be i/n"},
    {"1/4x", {{0}}, "must be i/n"},
    {"1/4/2", {{0}}, "must be i/n"},
    {" 1/4", {{0}}, "must be i/n"},
    {"1/1000001", {{0}}, "must be i/n"},
    {"1/99999999999999999999", {{0}}, "must be i/n"},
    {"automatic", {{0}}, "must be i/n"},
    {"auto/", {{[INDEX] = "0"}}, "must be i/n"},
    {"auto/0", {{[INDEX] = "0"}}, "must be i/n"},
    {"0/4", {{0}}, "counted from 1: between 1/4 and 4/4"},
    {"5/4", {{0}}, "counted from 1: between 1/4 and 4/4"},
    {"auto", {{0}}, "none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX and PARALLEL_SEQ"},
    {"auto", {{"1", "4", "0", "3", "1", NULL, "2"}}, "both SLURM_ARRAY_TASK_ID and PARA"},
    {"auto", {{[INDEX] = "0"}}, "auto/N, where N is spec.completions"},
    {"auto", {{[SEQ] = "1"}}, "auto/N, where N is the number of jobs"},
    {"auto", {{[ID] = "1"}}, "does not say how many tasks"},
    /* --array=3,5,9: the second of three, or of ten? */
    {"auto", {{"5", "3", "3", "9", "1"}}, "not evenly spaced (3 of 3 to 9)"},
    {"auto", {{"5", "3", "9", "3", "1"}}, "not evenly spaced"},
    {"auto", {{"5", "4", "0", "6", "2"}}, "not evenly spaced"},
    {"auto", {{"5", "4", "0", "3", "0"}}, "not evenly spaced"},
    {"auto", {{[ID] = "many"}}, "must be a number, is \"many\""},
    {"auto/8", {{[ID] = "8"}}, "must be between 0 and 7, is 8"},
    {"auto/8", {{[INDEX] = "8"}}, "must be between 0 and 7, is 8"},
    {"auto/8", {{[SEQ] = "0"}}, "must be between 1 and 8, is 0"},
    {"auto/8", {{[SEQ] = "9"}}, "must be between 1 and 8, is 9"},
};

/* --- claims ------------------------------------------------------------------------ */

static void test_a_share_is_read_from_the_text_or_the_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct results_error error;
        struct shard s = {0};
        surround(&good[i].in);
        if (!shard_read(good[i].text, &s, &error))
            fail_msg("row %zu, %s: %s", i, good[i].text, error.text);
        if (s.index != good[i].index || s.count != good[i].count)
            fail_msg("row %zu, %s: %u of %u", i, good[i].text, s.index, s.count);
    }
}

static void test_what_is_no_share_is_refused_with_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct results_error error = {0};
        struct shard s = {0};
        surround(&bad[i].in);
        if (shard_read(bad[i].text, &s, &error))
            fail_msg("row %zu, \"%s\" is taken", i, bad[i].text);
        if (!strstr(error.text, bad[i].complaint))
            fail_msg("row %zu, \"%s\": %s", i, bad[i].text, error.text);
    }
}

static void test_each_job_belongs_to_exactly_one_shard(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= 7; count++) {
        for (size_t job = 0; job < 50; job++) {
            uint32_t owners = 0;
            for (uint32_t i = 0; i < count; i++)
                owners += shard_has((struct shard){i, count}, job);
            assert_int_equal(owners, 1);
        }
    }
    assert_true(shard_has((struct shard){0}, 3)); /* nobody spoke of shards */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_share_is_read_from_the_text_or_the_environment),
        cmocka_unit_test(test_what_is_no_share_is_refused_with_a_reason),
        cmocka_unit_test(test_each_job_belongs_to_exactly_one_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
