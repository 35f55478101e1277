/* `portsim compare` as its users meet it: what it compares with what, its formats, its
 * exit statuses, baselines, and what it says of a slip. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define WALK   "hosts.h.tcp.allocator=rfc6056-alg1"
#define PARITY "hosts.h.tcp.allocator=linux518"

/* A host of 256 ports, `rate` connections of 1 s a second. */
static void put_scenario(const char *folder, const char *file, const char *rate)
{
    char *text = memory_print(
        "{\"name\": \"load\", \"duration\": \"15s\", \"warm_up\": \"5s\", "
        "\"sample_every\": \"15s\", \"network\": {\"rtt\": \"0s\"}, \"hosts\": {\"h\": "
        "{\"tcp\": {\"range\": [1024, 1279], \"time_wait\": \"0s\"}}, \"x\": {}}, "
        "\"apps\": {\"a\": {\"from\": \"h\", \"to\": \"x:80\", \"arrivals\": {\"kind\": "
        "\"poisson\", \"rate\": \"%s\"}, \"lifetime\": {\"kind\": \"exponential\", "
        "\"mean\": \"1s\"}}}}",
        rate);
    scratch_put(folder, file, text, strlen(text));
    free(text);
}

struct place {
    char *folder;
    char *file; /* half loaded */
};

static int make_place(void **state)
{
    struct place *p = memory_new(1, sizeof *p);
    p->folder = scratch_new();
    put_scenario(p->folder, "half.json", "128/s");
    put_scenario(p->folder, "most.json", "220/s");
    p->file = memory_print("%s/half.json", p->folder);
    *state = p;
    return 0;
}

static int leave_place(void **state)
{
    struct place *p = *state;
    scratch_free(p->folder);
    free(p->file);
    free(p);
    return 0;
}

/* --- verdicts ------------------------------------------------------------------------
 */

static void test_a_costlier_allocator_is_worse_and_exits_1(void **state)
{
    const struct place *p = *state;
    struct ended e = program_run(
        &(struct program){.args = {"compare", p->file, "--a", WALK, "--b", PARITY}});
    expect_status(&e, 1);
    expect_says(e.out, "A  " WALK "\nB  " PARITY "\n");
    expect_says(e.out, "\nworse    hosts.h.tcp4.probes ");
    expect_says(e.out, "\nB is worse in ");
    expect_silence(e.err);
    ended_free(&e);
    e = program_run(
        &(struct program){.args = {"compare", p->file, "--a", PARITY, "--b", WALK}});
    expect_status(&e, 0);
    expect_says(e.out, "\nbetter   hosts.h.tcp4.probes ");
    expect_says(e.out, "worse in none\n");
    ended_free(&e);
}

static void test_a_scenario_is_equal_to_itself(void **state)
{
    const struct place *p = *state;
    struct ended e =
        program_run(&(struct program){.args = {"compare", p->file, p->file}});
    expect_status(&e, 0);
    expect_says(e.out, "half  (every run took the same path)\n8 equal\n");
    expect_says(e.out, "\nA and B are equal\n");
    ended_free(&e);
}

static void test_a_margin_makes_a_sure_difference_equivalent(void **state)
{
    const struct place *p = *state;
    struct program with = {.args = {"compare", p->file, "--a", WALK, "--b", PARITY,
                                    "--metric", "hosts.h.tcp4.probes", "--margin",
                                    "*.probes=10000%"}};
    struct ended e = program_run(&with);
    expect_status(&e, 0);
    expect_says(e.out, "\nA and B are equivalent\n");
    ended_free(&e);
}

/* --- many at once ---------------------------------------------------------------------
 */

static void test_folders_are_compared_file_by_file(void **state)
{
    const struct place *p = *state;
    char *other = scratch_new();
    put_scenario(other, "half.json", "128/s");
    put_scenario(other, "new.json", "128/s");
    struct ended e =
        program_run(&(struct program){.args = {"compare", p->folder, other}});
    expect_status(&e, 0);
    expect_says(e.out, "\nhalf  (every run took the same path)\n");
    expect_says(e.err, " has no most.json: not compared\n");
    expect_says(e.err, " has no new.json: not compared\n");
    assert_null(strstr(e.out, "most"));
    ended_free(&e);
    scratch_free(other);
}

static void test_a_folder_is_compared_under_one_correction(void **state)
{
    const struct place *p = *state;
    struct ended e = program_run(&(struct program){
        .args = {"compare", p->folder, "--a", WALK, "--b", PARITY, "--json"}});
    expect_status(&e, 1);
    cJSON *tree = cJSON_Parse(e.out);
    const cJSON *cases = cJSON_GetObjectItem(tree, "cases");
    assert_int_equal(cJSON_GetArraySize(cases), 2);
    int metrics = 0;
    for (const cJSON *c = cases->child; c; c = c->next)
        metrics += cJSON_GetArraySize(cJSON_GetObjectItem(c, "metrics"));
    assert_int_equal(cJSON_GetObjectItem(tree, "tests")->valueint, metrics);
    cJSON_Delete(tree);
    ended_free(&e);
}

static void test_the_answer_does_not_depend_on_jobs(void **state)
{
    const struct place *p = *state;
    static const char *const jobs[] = {"1", "2", "3"};
    char *first = NULL;
    for (size_t i = 0; i < 3; i++) {
        struct ended e = program_run(
            &(struct program){.args = {"compare", p->folder, "--a", WALK, "--b", PARITY,
                                       "--json", "--jobs", jobs[i]}});
        expect_status(&e, 1);
        if (first)
            assert_string_equal(e.out, first);
        else
            first = memory_text(e.out, strlen(e.out));
        ended_free(&e);
    }
    free(first);
}

/* --- formats --------------------------------------------------------------------------
 */

static unsigned times(const char *text, const char *part)
{
    unsigned count = 0;
    while ((text = strstr(text, part))) {
        text += strlen(part);
        count++;
    }
    return count;
}

static void
test_junit_has_a_test_a_metric_and_a_failure_for_each_that_is_worse(void **state)
{
    const struct place *p = *state;
    struct ended e = program_run(&(struct program){
        .args = {"compare", p->file, "--a", WALK, "--b", PARITY, "--format", "junit"}});
    expect_status(&e, 1);
    expect_says(e.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ");
    expect_says(e.out, "<testsuite name=\"half\" tests=\"8\" failures=\"3\"");
    assert_int_equal(times(e.out, "<testcase "), 8);
    assert_int_equal(times(e.out, "<failure message=\"worse: A "), 3);
    assert_int_equal(times(e.out, "</testcase>") + times(e.out, "\"/>\n    <testcase") +
                         times(e.out, "\"/>\n  </testsuite>"),
                     8);
    ended_free(&e);
}

static void test_markdown_is_a_table_that_names_cannot_break(void **state)
{
    const struct place *p = *state;
    struct ended e = program_run(
        &(struct program){.args = {"compare", p->file, "--a", "about=\"x|`y`\"", "--b",
                                   PARITY, "--format", "markdown"}});
    expect_says(e.out, "- A: `about=\"x??y?\"`\n");
    expect_says(e.out, "| verdict | metric | A | B | B - A | of A | worth |\n"
                       "|---|---|--:|--:|--:|--:|--:|\n");
    for (const char *row = strstr(e.out, "| **worse** |"); row && *row == '|';
         row = strchr(row, '\n') + 1) {
        unsigned bars = 0;
        for (const char *c = row; *c != '\n'; c++)
            bars += *c == '|';
        assert_int_equal(bars, 8);
    }
    ended_free(&e);
}

/* --- baselines ------------------------------------------------------------------------
 */

static void test_todays_program_is_equal_to_its_own_baseline(void **state)
{
    const struct place *p = *state;
    char *baseline = memory_print("%s/lib", p->folder);
    struct ended e = program_run(
        &(struct program){.args = {"compare", p->folder, "--write-baseline", baseline}});
    expect_status(&e, 0);
    expect_silence(e.out);
    expect_silence(e.err);
    ended_free(&e);
    e = program_run(
        &(struct program){.args = {"compare", p->folder, "--baseline", baseline}});
    expect_status(&e, 0);
    expect_says(e.out, "\nA and B are equal\n");
    assert_int_equal(times(e.out, "(every run took the same path)"), 2);
    ended_free(&e);
    e = program_run(&(struct program){
        .args = {"compare", p->folder, "--baseline", baseline, "--b", PARITY}});
    expect_status(&e, 1);
    expect_says(e.out, "\nworse    hosts.h.tcp4.probes ");
    ended_free(&e);
    free(baseline);
}

static void test_a_baseline_says_what_it_does_not_know(void **state)
{
    const struct place *p = *state;
    char *baseline = memory_print("%s/one", p->folder);
    struct ended e = program_run(
        &(struct program){.args = {"compare", p->file, "--write-baseline", baseline}});
    expect_status(&e, 0);
    ended_free(&e);
    e = program_run(
        &(struct program){.args = {"compare", p->folder, "--baseline", baseline}});
    expect_status(&e, 0);
    expect_says(e.err, "most is not in the baseline: not compared\n");
    ended_free(&e);
    char *most = memory_print("%s/most.json", p->folder);
    e = program_run(&(struct program){.args = {"compare", most, "--baseline", baseline}});
    expect_status(&e, 4);
    expect_says(e.err, "half is in the baseline alone: not compared\n");
    expect_says(e.err, " has nothing to compare with\n");
    ended_free(&e);
    free(most);
    free(baseline);
}

static void test_a_damaged_baseline_is_refused(void **state)
{
    const struct place *p = *state;
    static const char *const texts[] = {
        "{", "{\"format\": \"portsim baseline 9\", \"portsim\": \"1\", \"cases\": {}}",
        "{\"format\": \"portsim baseline 1\", \"portsim\": \"1\", \"cases\": {\"half\": "
        "{\"key\": \"\", \"seed\": \"1\", \"fingerprints\": [\"0000000000000001\"], "
        "\"metrics\": {\"m\": {\"unit\": \"1\", \"values\": [1, 2]}}}}}"};
    static const char *const says[] = {"is not a JSON object", "\"format\" is not",
                                       "\"m\" has more values"};
    char *baseline = memory_print("%s/bad", p->folder);
    for (size_t i = 0; i < 3; i++) {
        scratch_put(p->folder, "bad", texts[i], strlen(texts[i]));
        struct ended e = program_run(
            &(struct program){.args = {"compare", p->file, "--baseline", baseline}});
        expect_status(&e, 4);
        expect_says(e.err, "/bad is damaged: ");
        expect_says(e.err, says[i]);
        expect_silence(e.out);
        ended_free(&e);
    }
    free(baseline);
}

/* The suite that comes with the program [USERS.md S26]: whoever changes linux518 sees it
 * here.  `make golden`'s twin: portsim compare scenarios/allocator-suite --write-baseline
 * scenarios/allocator-suite/baseline.json; the commit says why. */
#define SUITE    "scenarios/allocator-suite"
#define BASELINE SUITE "/baseline.json"

static void test_the_allocator_suite_is_as_its_baseline_says(void **state)
{
    (void)state;
    struct ended e =
        program_run(&(struct program){.args = {"compare", "allocator-suite", "--baseline",
                                               BASELINE, "--replications", "2"}});
    expect_status(&e, 0);
    expect_says(e.out, "\nA and B are equal\n");
    assert_int_equal(times(e.out, "(every run took the same path)"), 10);
    expect_silence(e.err);
    ended_free(&e);
}

/* Rounds of random draws that give up: cheaper, and users pay. */
static void test_a_search_that_gives_up_early_turns_the_suite_red(void **state)
{
    (void)state;
    struct ended e = program_run(
        &(struct program){.args = {"compare", SUITE "/exponential-100.json", "--baseline",
                                   BASELINE, "--b", "hosts.h.tcp.allocator=netfilter"}});
    expect_status(&e, 1);
    expect_says(e.out, "\nworse    apps.app.failure_ratio ");
    expect_says(e.out, "\nbetter   hosts.h.tcp4.probes ");
    ended_free(&e);
}

/* --- studies --------------------------------------------------------------------------
 */

static void sweep(const struct place *p, const char *allocator, const char *rates,
                  const char *study)
{
    struct ended e =
        program_run(&(struct program){.args = {"sweep", p->file, "--set", allocator,
                                               "--vary", rates, "-o", study, "--quiet"}});
    expect_status(&e, 0);
    ended_free(&e);
}

static void test_studies_are_compared_point_by_point(void **state)
{
    const struct place *p = *state;
    char *walk = memory_print("%s/walk", p->folder);
    char *parity = memory_print("%s/parity", p->folder);
    sweep(p, WALK, "apps.a.arrivals.rate=100/s,200/s,220/s", walk);
    sweep(p, PARITY, "apps.a.arrivals.rate=200/s,100/s", parity);
    struct ended e = program_run(&(struct program){.args = {"compare", walk, parity}});
    expect_status(&e, 1);
    expect_says(e.err, "1 points of A and 0 of B have no counterpart: not compared\n");
    const char *first = strstr(e.out, "\napps.a.arrivals.rate=100/s\n");
    assert_non_null(first);
    expect_says(first, "\napps.a.arrivals.rate=200/s\n");
    assert_null(strstr(e.out, "220/s"));
    expect_says(e.out, "\nworse    hosts.h.tcp4.probes ");
    ended_free(&e);
    e = program_run(&(struct program){.args = {"compare", walk, walk}});
    expect_status(&e, 0);
    expect_says(e.out, "\nA and B are equal\n");
    ended_free(&e);
    e = program_run(
        &(struct program){.args = {"compare", walk, parity, "--set", "seed=2"}});
    expect_status(&e, 2);
    expect_says(e.err, "nothing can be set");
    ended_free(&e);
    e = program_run(&(struct program){.args = {"compare", walk, p->file}});
    expect_status(&e, 2);
    expect_says(e.err, "a study is compared with a study");
    ended_free(&e);
    free(walk);
    free(parity);
}

/* --- files ----------------------------------------------------------------------------
 */

static void test_a_directory_gets_the_numbers_and_the_picture(void **state)
{
    const struct place *p = *state;
    char *directory = memory_print("%s/out", p->folder);
    char *plots = memory_print("%s/plots", directory);
    struct ended e = program_run(
        &(struct program){.args = {"compare", p->file, "--a", WALK, "--b", PARITY, "-o",
                                   directory, "--json", "--quiet"}});
    expect_status(&e, 1);
    expect_silence(e.err);
    char *file = scratch_get(directory, "comparison.json");
    assert_non_null(file);
    assert_string_equal(file, e.out);
    char *picture = scratch_get(plots, "differences.svg");
    assert_non_null(picture);
    expect_says(picture, "B against A: 3 worse");
    free(picture);
    free(file);
    ended_free(&e);
    free(plots);
    free(directory);
}

/* --- slips ----------------------------------------------------------------------------
 */

static void test_slips_are_answered_with_a_way_out(void **state)
{
    const struct place *p = *state;
    const struct {
        const char *args[8];
        int status;
        const char *says;
    } slips[] = {
        {{"compare"}, 2, "what? Two scenarios"},
        {{"compare", p->file}, 2, "with what? A second scenario"},
        {{"compare", p->file, p->file, p->file}, 2, "two at a time"},
        {{"compare", "-", p->file}, 2, "it must be a file"},
        {{"compare", p->file, p->folder}, 2, "a folder is compared with a folder"},
        {{"compare", p->file, p->file, "--metric", "apps.*.luck"},
         2,
         "no metric is like \"apps.*.luck\""},
        {{"compare", p->file, p->file, "--margin", "wide"}, 2, "--margin wants"},
        {{"compare", p->file, p->file, "--margin", "-1%"}, 2, "--margin wants"},
        {{"compare", p->file, p->file, "--replications", "1"},
         2,
         "--replications wants a whole number from 2 to 100000"},
        {{"compare", p->file, p->file, "--confidence", "5%"},
         2,
         "--confidence wants a share from 50% to 99.99%"},
        {{"compare", p->file, p->file, "--format", "html"},
         2,
         "--format must be text, markdown, junit or json"},
        {{"compare", p->file, "--b", "hosts.h.tcp.alocator=linux518"},
         3,
         "did you mean \"allocator\"?"},
        {{"compare", p->file, "--baseline", "/nowhere/base"}, 4, "/nowhere"},
        {{"compare", p->file, p->file, "--baseline", "x"},
         2,
         "with a baseline there is B alone"},
        {{"compare", p->file, "--baseline", "x", "--seed", "2"},
         2,
         "a baseline has a seed of its own"},
        {{"compare", p->file, "--write-baseline", "/nowhere/base"}, 4, "/nowhere"},
        {{"compare", p->file, "--write-baseline", ".base"}, 4, "is no name for a"},
        {{"compare", p->file, p->file, "-o", p->file}, 4, "half.json"},
        {{"compare", "/nowhere/a.json", p->file}, 4, "/nowhere/a.json"},
    };
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        struct program with = {0};
        memcpy(with.args, slips[i].args, sizeof slips[i].args);
        struct ended e = program_run(&with);
        expect_status(&e, slips[i].status);
        expect_says(e.err, slips[i].says);
        expect_silence(e.out);
        ended_free(&e);
    }
}

static void test_an_interrupted_comparison_shows_what_it_has(void **state)
{
    const struct place *p = *state;
    struct program with = {
        .args = {"compare", p->file, "--b", PARITY, "--set", "duration=100h", "--json"}};
    struct running r = program_start(&with);
    program_wait_for_handler(&r);
    kill(r.child, SIGINT);
    struct ended e = program_finish(&r, &with);
    expect_status(&e, 130);
    expect_says(e.out, "\"status\": \"interrupted\"");
    assert_true(e.seconds < 30);
    ended_free(&e);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, leave_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_costlier_allocator_is_worse_and_exits_1),
        TEST(test_a_scenario_is_equal_to_itself),
        TEST(test_a_margin_makes_a_sure_difference_equivalent),
        TEST(test_folders_are_compared_file_by_file),
        TEST(test_a_folder_is_compared_under_one_correction),
        TEST(test_the_answer_does_not_depend_on_jobs),
        TEST(test_junit_has_a_test_a_metric_and_a_failure_for_each_that_is_worse),
        TEST(test_markdown_is_a_table_that_names_cannot_break),
        TEST(test_todays_program_is_equal_to_its_own_baseline),
        TEST(test_a_baseline_says_what_it_does_not_know),
        TEST(test_a_damaged_baseline_is_refused),
        TEST(test_the_allocator_suite_is_as_its_baseline_says),
        TEST(test_a_search_that_gives_up_early_turns_the_suite_red),
        TEST(test_studies_are_compared_point_by_point),
        TEST(test_a_directory_gets_the_numbers_and_the_picture),
        TEST(test_slips_are_answered_with_a_way_out),
        TEST(test_an_interrupted_comparison_shows_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
