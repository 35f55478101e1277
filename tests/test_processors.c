/* How many threads a process should start: as many as its control groups let run. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/study/processors.h"
#include "tests/scratch.h"

/* A hierarchy of two groups, /pod and /pod/box, with these limits; NULL: no file. */
static unsigned limit_of(const char *pod, const char *box, const char *group)
{
    char *root = scratch_new();
    char *outer = memory_print("%s/pod", root), *inner = memory_print("%s/box", outer);
    assert_int_equal(mkdir(outer, 0700), 0);
    assert_int_equal(mkdir(inner, 0700), 0);
    if (pod)
        scratch_put(outer, "cpu.max", pod, strlen(pod));
    if (box)
        scratch_put(inner, "cpu.max", box, strlen(box));
    unsigned limit = processors_limit(root, group);
    free(outer);
    free(inner);
    scratch_free(root);
    return limit;
}

static void test_a_quota_is_rounded_up_to_processors(void **state)
{
    (void)state;
    assert_int_equal(limit_of(NULL, "400000 100000\n", "/pod/box"), 4);
    assert_int_equal(limit_of(NULL, "150000 100000\n", "/pod/box"), 2);
    assert_int_equal(limit_of(NULL, "50000 100000\n", "/pod/box"), 1);
    assert_int_equal(limit_of(NULL, "8000 4000\n", "/pod/box"), 2);
}

static void test_the_tightest_of_the_groups_around_decides(void **state)
{
    (void)state;
    assert_int_equal(limit_of("200000 100000\n", "800000 100000\n", "/pod/box"), 2);
    assert_int_equal(limit_of("800000 100000\n", "200000 100000\n", "/pod/box"), 2);
    assert_int_equal(limit_of("200000 100000\n", NULL, "/pod/box"), 2);
    assert_int_equal(limit_of("200000 100000\n", "max 100000\n", "/pod/box"), 2);
    assert_int_equal(limit_of("200000 100000\n", "100000 100000\n", "/pod"), 2);
}

static void test_no_limit_is_none(void **state)
{
    (void)state;
    assert_int_equal(limit_of(NULL, NULL, "/pod/box"), 0);
    assert_int_equal(limit_of(NULL, "max 100000\n", "/pod/box"), 0);
    assert_int_equal(limit_of(NULL, "", "/pod/box"), 0);
    assert_int_equal(limit_of(NULL, "400000\n", "/pod/box"), 0);
    assert_int_equal(limit_of("200000 100000\n", NULL, "/"), 0);
    assert_int_equal(limit_of("200000 100000\n", NULL, "/elsewhere"), 0);
}

static void test_a_process_bound_to_one_processor_uses_one(void **state)
{
    (void)state;
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_in_range(processors_here(), 1, CPU_COUNT(&before));
    CPU_ZERO(&one);
    for (size_t i = 0; CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &before))
            CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(processors_here(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_quota_is_rounded_up_to_processors),
        cmocka_unit_test(test_the_tightest_of_the_groups_around_decides),
        cmocka_unit_test(test_no_limit_is_none),
        cmocka_unit_test(test_a_process_bound_to_one_processor_uses_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
