/* The table of laws is made of what tests report: sorted, complete, the same bytes. */
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
#include "tests/scratch.h"

/* In a process of its own: the environment is a program's. */
static int report(void *directory)
{
    setenv("PORTSIM_LAWS", directory, 1);
    law_checked("P10", "uniform", "20", "20", true);
    law_not_expressed("C8", "before 6.18", "a reason");
    law_checked("P2", "range of 100", "1|2", "1|2", true);
    law_checked("P2", "range of 20", "1", "1", true);
    law_checked("C1", "first", "a", "a", true);
    return 0;
}

static char *page_of(const char *directory)
{
    char *command = memory_print("sh tests/laws.sh %s", directory);
    FILE *f = popen(command, "r");
    free(command);
    assert_non_null(f);
    static char text[4096];
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    assert_int_equal(pclose(f), 0);
    return text;
}

static void test_the_page_lists_laws_by_section_and_number(void **state)
{
    (void)state;
    char *directory = scratch_new();
    assert_int_equal(scratch_child(report, directory), 0);
    const char *page = page_of(directory);
    const char *ports = strstr(page, "\n## Which port\n");
    assert_non_null(ports);
    assert_non_null(strstr(ports, "|---|---|---|---|---|\n"
                                  "| P2 | range of 20 | 1 | 1 | holds |\n"
                                  "| P2 | range of 100 | 1\\|2 | 1\\|2 | holds |\n"
                                  "| P10 | uniform | 20 | 20 | holds |\n"));
    const char *first = strstr(page, "| C1 | first | a | a | holds |\n");
    assert_true(first && first < ports);
    assert_non_null(strstr(page, "| C8 | before 6.18 | a reason |\n"));
    scratch_free(directory);
}

static void test_a_law_reported_twice_is_one_row(void **state)
{
    (void)state;
    char *directory = scratch_new();
    assert_int_equal(scratch_child(report, directory), 0);
    char *once = strdup(page_of(directory));
    assert_int_equal(scratch_child(report, directory), 0);
    assert_string_equal(page_of(directory), once);
    free(once);
    scratch_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_lists_laws_by_section_and_number),
        cmocka_unit_test(test_a_law_reported_twice_is_one_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
