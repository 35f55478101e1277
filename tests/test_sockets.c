/* portsim sockets as its users meet it: what the run kept and what is simulated again are
 * the same, and every question that makes no sense is answered with a way out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/scratch.h"

/* The same run twice: one kept its sockets, the other did not. */
struct place {
    char *root, *kept, *bare;
};

static void run_into(const char *directory, const char *more)
{
    struct program p = {.args = {"run", "teaching-mini", "-q", "-o", directory, "--set",
                                 "duration=500s", "--set", "warm_up=0s", "--set",
                                 "require=[]", more, more ? "first-failure" : NULL}};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    ended_free(&e);
}

static int open_place(void **state)
{
    struct place *p = memory_new(1, sizeof *p);
    p->root = scratch_new();
    p->kept = memory_print("%s/kept", p->root);
    p->bare = memory_print("%s/bare", p->root);
    run_into(p->kept, "--sockets-at");
    run_into(p->bare, NULL);
    *state = p;
    return 0;
}

static int close_place(void **state)
{
    struct place *p = *state;
    scratch_free(p->root);
    free(p->kept);
    free(p->bare);
    free(p);
    return 0;
}

/* `portsim sockets DIR a b c d`. */
static struct ended ask(const char *directory, const char *a, const char *b,
                        const char *c, const char *d)
{
    struct program p = {.args = {"sockets", directory, a, b, c, d}};
    return program_run(&p);
}

static void test_what_is_simulated_again_is_what_was_kept(void **state)
{
    const struct place *p = *state;
    struct ended kept = ask(p->kept, "--at", "first-failure", "--as=csv", NULL);
    struct ended again = ask(p->bare, "--at", "first-failure", "--as=csv", NULL);
    expect_status(&kept, 0);
    expect_status(&again, 0);
    assert_string_equal(kept.out, again.out);
    expect_silence(kept.err);
    expect_says(again.err, "simulated again");
    ended_free(&kept);
    ended_free(&again);
}

/* The question of the memory dump: who holds most when the first attempt fails. */
static void test_the_first_failure_counted_by_process(void **state)
{
    const struct place *p = *state;
    struct ended e = ask(p->kept, "--at=first-failure", "--count-by=process",
                         "--host=client", "--as=csv");
    expect_status(&e, 0);
    assert_string_equal(e.out, "process,count,share\npages,10,100.0\n");
    ended_free(&e);
}

static void test_a_count_says_how_full_the_pool_is(void **state)
{
    const struct place *p = *state;
    struct ended e = ask(p->kept, "--at=first-failure", "--count-by=state", "--where",
                         "src == 10.0.0.1 and dst == 192.0.2.10 and dport == 80");
    expect_status(&e, 0);
    expect_says(e.out, "\n10 sockets\n");
    expect_says(e.out, "client tcp4, 10.0.0.1 to 192.0.2.10:80: 10 of 10 ports "
                       "(100.0 %), none is left\n");
    ended_free(&e);
}

static void test_a_bare_number_is_seconds_and_all_names_of_a_moment_are_one(void **state)
{
    const struct place *p = *state;
    struct ended a = ask(p->bare, "--at=60", "--as=json", "-q", NULL);
    struct ended b = ask(p->bare, "--at=1min", "--as=json", "-q", NULL);
    expect_status(&a, 0);
    assert_string_equal(a.out, b.out);
    expect_silence(a.err);
    ended_free(&a);
    ended_free(&b);
}

static void test_a_series_has_a_line_for_each_moment(void **state)
{
    const struct place *p = *state;
    struct ended e = ask(p->bare, "--every=100s", "--host=client", "--as=csv", "-q");
    expect_status(&e, 0);
    expect_says(e.out, "t_s,TIME_WAIT,ESTABLISHED,total\n100,");
    size_t lines = 0;
    for (const char *c = e.out; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 6);
    ended_free(&e);
}

/* Who asked for counts every 50 s need not simulate again. */
static void test_a_series_that_the_run_counted_is_read_from_it(void **state)
{
    const struct place *p = *state;
    char *directory = memory_print("%s/counted", p->root);
    struct program run = {.args = {"run", "teaching-mini", "-q", "-o", directory, "--set",
                                   "duration=500s", "--set", "warm_up=0s", "--set",
                                   "require=[]", "--sockets-every", "50s"}};
    struct ended e = program_run(&run);
    expect_status(&e, 0);
    ended_free(&e);
    struct ended stored = ask(directory, "--every=100s", "--as=csv", NULL, NULL);
    struct ended again = ask(p->bare, "--every=100s", "--as=csv", NULL, NULL);
    expect_silence(stored.err);
    assert_string_equal(stored.out, again.out);
    ended_free(&stored);
    ended_free(&again);
    free(directory);
}

static void test_without_its_scenario_a_run_tells_what_it_kept(void **state)
{
    const struct place *p = *state;
    char *scenario = memory_print("%s/scenario.json", p->kept);
    assert_int_equal(unlink(scenario), 0);
    struct ended kept = ask(p->kept, "--at=first-failure", NULL, NULL, NULL);
    expect_status(&kept, 0);
    struct ended other = ask(p->kept, "--at=100s", NULL, NULL, NULL);
    expect_status(&other, 4);
    expect_says(other.err, "without its scenario.json it cannot be simulated again");
    ended_free(&kept);
    ended_free(&other);
    free(scenario);
}

static void test_bad_questions_are_refused_with_a_way_out(void **state)
{
    const struct place *p = *state;
    static const struct {
        const char *option, *argument, *says;
        int status;
    } cases[] = {
        {"--at", "lunch", "must be a time", 2},
        {"--at", "501s", "the run is over after 500s", 2},
        {"--at", "change-1", "there are no changes", 2},
        {"--every", "0s", "longer than 0s", 2},
        {"--every", "often", "must be a duration", 2},
        {"--as", "nestat", "did you mean \"netstat\"?", 2},
        {"--where", "stat == X", "did you mean \"state\"?", 2},
        {"--count-by", "port", "columns: proto", 2},
        {"--host", "nobody", "no host \"nobody\"", 2},
        {"--member", "0", "of which --host?", 2},
        {"--member", "one", "whole number", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ended e = ask(p->bare, cases[i].option, cases[i].argument, NULL, NULL);
        expect_status(&e, cases[i].status);
        expect_silence(e.out);
        expect_says(e.err, cases[i].says);
        ended_free(&e);
    }
    struct ended both = ask(p->bare, "--as=ss", "--count-by=state", NULL, NULL);
    expect_status(&both, 2);
    expect_says(both.err, "table, csv or json, not as ss");
    ended_free(&both);
    struct ended none = ask("no-such-run", NULL, NULL, NULL, NULL);
    expect_status(&none, 4);
    ended_free(&none);
}

static void test_nothing_chosen_is_no_error(void **state)
{
    const struct place *p = *state;
    struct ended e = ask(p->bare, "-q", "--where", "state == CLOSING", NULL);
    expect_status(&e, 0);
    expect_says(e.out, "\n0 sockets\n");
    ended_free(&e);
}

/* Its run directory holds the scenario; the recording stays in the library. */
static void test_a_run_of_a_recording_is_simulated_again(void **state)
{
    const struct place *p = *state;
    char *directory = memory_print("%s/churn", p->root);
    struct program run = {.args = {"run", "linux-churn-replay", "-q", "-o", directory,
                                   "--set", "duration=20s", "--set", "phases={}", "--set",
                                   "require=[]"}};
    struct ended e = program_run(&run);
    expect_status(&e, 0);
    ended_free(&e);
    e = ask(directory, "--at=10s", "--count-by=state", "-q", NULL);
    expect_status(&e, 0);
    expect_says(e.out, "TIME_WAIT");
    ended_free(&e);
    free(directory);
}

static void test_a_moment_that_never_came_is_told(void **state)
{
    const struct place *p = *state;
    char *directory = memory_print("%s/calm", p->root);
    struct program run = {.args = {"run", "teaching-mini", "-q", "-o", directory, "--set",
                                   "duration=3s", "--set", "warm_up=0s", "--set",
                                   "require=[]"}};
    struct ended e = program_run(&run);
    ended_free(&e);
    e = ask(directory, "--at=first-failure", NULL, NULL, NULL);
    expect_status(&e, 4);
    expect_says(e.err, "no attempt of the run failed");
    ended_free(&e);
    free(directory);
}

int main(void)
{
#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, open_place, close_place)
    static const struct CMUnitTest tests[] = {
        AT_A_PLACE(test_what_is_simulated_again_is_what_was_kept),
        AT_A_PLACE(test_the_first_failure_counted_by_process),
        AT_A_PLACE(test_a_count_says_how_full_the_pool_is),
        AT_A_PLACE(test_a_bare_number_is_seconds_and_all_names_of_a_moment_are_one),
        AT_A_PLACE(test_a_series_has_a_line_for_each_moment),
        AT_A_PLACE(test_a_series_that_the_run_counted_is_read_from_it),
        AT_A_PLACE(test_without_its_scenario_a_run_tells_what_it_kept),
        AT_A_PLACE(test_bad_questions_are_refused_with_a_way_out),
        AT_A_PLACE(test_nothing_chosen_is_no_error),
        AT_A_PLACE(test_a_run_of_a_recording_is_simulated_again),
        AT_A_PLACE(test_a_moment_that_never_came_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
