/* `portsim theory` as its users meet it: alone, beside a run, beside a study. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/scratch.h"

static struct ended ask(const char *const *args)
{
    struct program p = {.args = {"theory"}};
    for (size_t i = 0; args[i]; i++)
        p.args[i + 1] = args[i];
    return program_run(&p);
}

static void expect_done(const char *const *args)
{
    struct program p = {0};
    for (size_t i = 0; args[i]; i++)
        p.args[i] = args[i];
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    ended_free(&e);
}

static void test_each_line_says_its_formula_and_whether_it_is_exact(void **state)
{
    (void)state;
    struct ended e = ask((const char *const[]){"teaching-mini", NULL});
    expect_status(&e, 0);
    expect_silence(e.err);
    expect_says(e.out, "attempts that fail                                     12.2 %  "
                       "exact      Erlang B\n");
    expect_says(e.out, "approx 1   N / (L + T)\n");
    expect_says(e.out, "approximate because\n  1  a fluid: sharp to 1/sqrt(N)\n");
    ended_free(&e);
}

static void test_where_nothing_applies_the_reason_stands(void **state)
{
    (void)state;
    struct ended e = ask((const char *const[]){"load-test-back-to-back", NULL});
    expect_status(&e, 0);
    expect_says(e.out, "no closed form\n");
    expect_says(e.out, ": bursts have no steady state\n");
    ended_free(&e);
}

static void test_json_has_the_same(void **state)
{
    (void)state;
    struct ended e = ask((const char *const[]){"teaching-mini", "--json", NULL});
    expect_status(&e, 0);
    expect_says(e.out, "\"metric\": \"apps.pages.failure_ratio\"");
    expect_says(e.out, "\"formula\": \"Erlang B\"");
    expect_says(e.out, "\"exact\": true");
    expect_says(e.out, "\"verdict\": \"not-simulated\"");
    ended_free(&e);
}

/* Of the scenario itself it agrees; of one at another rate it must not. */
static void test_beside_runs_it_agrees_or_ends_with_1(void **state)
{
    (void)state;
    char *scratch = scratch_new(), *directory = memory_print("%s/mini", scratch);
    expect_done((const char *const[]){"run", "teaching-mini", "--replications", "3", "-o",
                                      directory, "--quiet", NULL});
    struct ended same = ask((const char *const[]){"teaching-mini", directory, NULL});
    expect_status(&same, 0);
    expect_says(same.out, ", agrees\n");
    struct ended other = ask((const char *const[]){
        "teaching-mini", "--set", "apps.pages.arrivals.rate=1.2/s", directory, NULL});
    expect_status(&other, 1);
    expect_says(other.out, ", DISAGREES\n");
    ended_free(&same);
    ended_free(&other);
    free(directory);
    scratch_free(scratch);
}

static void test_of_a_study_it_is_the_point_that_is_this_scenario(void **state)
{
    (void)state;
    char *scratch = scratch_new(), *study = memory_print("%s/study", scratch);
    expect_done((const char *const[]){
        "sweep", "teaching-mini", "--vary", "apps.pages.arrivals.rate=1.2/s,1.6/s",
        "--replications", "3", "-o", study, "--quiet", NULL});
    struct ended there = ask((const char *const[]){
        "teaching-mini", "--set", "apps.pages.arrivals.rate=1.2/s", study, NULL});
    expect_status(&there, 0);
    expect_says(there.out, ", agrees\n");
    struct ended absent = ask((const char *const[]){
        "teaching-mini", "--set", "apps.pages.arrivals.rate=1.3/s", study, NULL});
    expect_status(&absent, 4);
    expect_says(absent.err, "has no run of this very scenario");
    ended_free(&there);
    ended_free(&absent);
    free(study);
    scratch_free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_line_says_its_formula_and_whether_it_is_exact),
        cmocka_unit_test(test_where_nothing_applies_the_reason_stands),
        cmocka_unit_test(test_json_has_the_same),
        cmocka_unit_test(test_beside_runs_it_agrees_or_ends_with_1),
        cmocka_unit_test(test_of_a_study_it_is_the_point_that_is_this_scenario),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
