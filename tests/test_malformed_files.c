/* Bad scenarios of several files: extends that lead nowhere, recordings that are none;
 * and the library, which is good. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/trial/trial_plan.h"
#include "tests/complaints.h"
#include "tests/malformed_faults.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- extends ------------------------------------------------------------------- */

static void put_text(const char *folder, const char *name, const char *text)
{
    char *json = fault_text(text);
    scratch_put(folder, name, json, strlen(json));
    free(json);
}

static void test_extends_that_leads_nowhere_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *says;
    } files[] = {
        {"self.json", "{ 'extends': 'self.json' }", "self.json -> "},
        {"a.json", "{ 'extends': 'b.json' }", "goes round in a circle: "},
        {"b.json", "{ 'extends': 'c' }", "goes round in a circle: "},
        {"c.json", "{ 'extends': './a.json' }", "goes round in a circle: "},
        {"missing.json", "{ 'extends': 'nobody' }", "there is no file 'nobody'"},
        {"number.json", "{ 'extends': 1 }", "must be the name of a file, is 1"},
        {"empty.json", "{ 'extends': '' }", "must be the name of a file"},
        {"folder.json", "{ 'extends': '.' }", "there is no file '.'"},
        {"broken.json", "{ 'extends': 'torn.txt' }", "expected a value"},
        {"takes.json", "{ 'extends': 'whole.json', 'phases': { 'no': null } }",
         "removes"},
    };
    char *folder = scratch_new(), *good = fault_text(fault_good_scenario);
    scratch_put(folder, "whole.json", good, strlen(good));
    put_text(folder, "torn.txt", "{ 'name': }");
    for (size_t i = 0; i < COUNT(files); i++)
        put_text(folder, files[i].name, files[i].text);
    for (size_t i = 0; i < COUNT(files); i++) {
        struct issues *issues = complaints_of_file(folder, files[i].name);
        char *says = fault_text(files[i].says);
        if (!strstr(issues_get(issues, 0)->message, says))
            fail_msg("%s: says \"%s\"", files[i].name, issues_get(issues, 0)->message);
        assert_false(issues_is_unreadable(issues));
        issues_free(issues);
        free(says);
    }
    free(good);
    scratch_free(folder);
}

static void test_a_chain_of_nine_files_is_too_long(void **state)
{
    (void)state;
    char *folder = scratch_new(), name[32], text[64];
    for (int i = 1; i <= 9; i++) {
        snprintf(name, sizeof name, "%d.json", i);
        snprintf(text, sizeof text, "{ 'extends': '%d.json' }", i + 1);
        put_text(folder, name, text);
    }
    char *good = fault_text(fault_good_scenario);
    scratch_put(folder, "9.json", good, strlen(good));
    struct issues *issues = complaints_of_file(folder, "1.json");
    expect_issue(issues_get(issues, 0), "extends", "a chain of more than 8 files", NULL);
    issues_free(issues);
    char *path = memory_print("%s/2.json", folder);
    issues = issues_new();
    struct trial_plan *plan = trial_plan_read(path, NULL, issues);
    assert_non_null(plan);
    trial_plan_free(plan);
    issues_free(issues);
    free(path);
    free(good);
    scratch_free(folder);
}

static void test_a_fault_in_an_extended_file_is_told_of_that_file(void **state)
{
    (void)state;
    char *folder = scratch_new(), *good = fault_text(fault_good_scenario);
    char *bad = edited_text(good, "\"loss\": 0.02", "\"loss\": 2");
    scratch_put(folder, "base.json", bad, strlen(bad));
    put_text(folder, "top.json", "{ 'extends': 'base', 'seed': 'x' }");
    struct issues *issues = complaints_of_file(folder, "top.json");
    const struct issue *top = issues_get(issues, 0), *base = issues_get(issues, 1);
    expect_issue(top, "seed", "is \"x\"", NULL);
    expect_issue(base, "paths[0].loss", "must be between 0 and 1, is 2", NULL);
    assert_non_null(strstr(issues_source_name(issues, top->place.source), "/top.json"));
    assert_non_null(strstr(issues_source_name(issues, base->place.source), "/base.json"));
    assert_int_equal(issues_count(issues), 2);
    issues_free(issues);
    free(bad);
    free(good);
    scratch_free(folder);
}

/* --- recordings ---------------------------------------------------------------- */

static void test_broken_recordings_are_refused_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        const char *says;
    } recordings[] = {
        {"", "holds no arrival"},
        {"t_s\n", "holds no arrival"},
        {"# nothing\n\n", "holds no arrival"},
        {"time\n1\n", "line 1: the header must name a column t_s, is \"time\""},
        {"life_s,t\n1,2\n", "line 1: the header must name a column t_s, is \"life_s,t\""},
        {"t_s\n1\nx\n", "line 3: must be a number of seconds from 0 on, is \"x\""},
        {"t_s\n\"1\"\n", "line 2: must be a number of seconds"},
        {"t_s\n-1\n", "line 2: must be a number of seconds from 0 on, is \"-1\""},
        {"t_s\nnan\n", "line 2: must be a number of seconds"},
        {"t_s\ninf\n", "line 2: must be a number of seconds"},
        {"t_s\n1e300\n", "line 2: must be a number of seconds"},
        {"t_s\n1 s\n", "line 2: must be a number of seconds"},
        {"t_s\n2\n# back\n1\n", "line 4: t_s must not step back, but 1 comes after 2"},
        {"life_s,t_s\n1\n", "line 2: the row has no t_s"},
        {"t_s,life_s\n1,x\n", "line 2: must be a number of seconds from 0 on, is \"x\""},
        {"t_s;life_s\n1;2\n", "line 1: the header must name a column t_s"},
    };
    char *good = fault_text(fault_good_scenario), *folder = scratch_new();
    char *file = memory_print("{ \"kind\": \"trace\", \"file\": \"%s/r.csv\" }", folder);
    char *text = edited_text(good, "{ \"kind\": \"poisson\", \"rate\": \"20/s\" }", file);
    for (size_t i = 0; i < COUNT(recordings); i++) {
        scratch_put(folder, "r.csv", recordings[i].bytes, strlen(recordings[i].bytes));
        struct issues *issues = complaints(text, NULL);
        expect_issue(issues_get(issues, 0), "apps.pages.arrivals.file",
                     recordings[i].says, NULL);
        assert_false(issues_is_unreadable(issues));
        issues_free(issues);
    }
    free(text);
    free(file);
    scratch_free(folder);
    free(good);
}

static void test_recordings_that_cannot_be_read_are_an_input_error(void **state)
{
    (void)state;
    static const char *const files[] = {"/no/such.csv", "/tmp", "/dev/null/x"};
    char *good = fault_text(fault_good_scenario);
    for (size_t i = 0; i < COUNT(files); i++) {
        char *file = memory_print("{ \"kind\": \"trace\", \"file\": \"%s\" }", files[i]);
        char *text =
            edited_text(good, "{ \"kind\": \"poisson\", \"rate\": \"20/s\" }", file);
        struct issues *issues = complaints(text, NULL);
        expect_issue(issues_get(issues, 0), "apps.pages.arrivals.file", "cannot use ",
                     NULL);
        assert_true(issues_is_unreadable(issues));
        issues_free(issues);
        free(text);
        free(file);
    }
    free(good);
}

/* /dev/zero is one line without an end. */
static void test_a_recording_without_lines_does_not_fill_the_memory(void **state)
{
    (void)state;
    char *good = fault_text(fault_good_scenario);
    char *text = edited_text(good, "{ \"kind\": \"poisson\", \"rate\": \"20/s\" }",
                             "{ \"kind\": \"trace\", \"file\": \"/dev/zero\" }");
    struct issues *issues = complaints(text, NULL);
    expect_issue(issues_get(issues, 0), "apps.pages.arrivals.file",
                 "line 1: must be a line of at most", NULL);
    issues_free(issues);
    free(text);
    free(good);
}

/* --- the library --------------------------------------------------------------- */

static int is_scenario(const struct dirent *e)
{
    const char *end = strrchr(e->d_name, '.');
    return end && strcmp(end, ".json") == 0;
}

static void test_every_scenario_of_the_library_is_read_without_a_word(void **state)
{
    (void)state;
    struct dirent **files;
    int count = scandir("scenarios", &files, is_scenario, alphasort);
    assert_true(count >= 10);
    for (int i = 0; i < count; i++) {
        files[i]->d_name[strlen(files[i]->d_name) - strlen(".json")] = '\0';
        struct text_plan p = text_plan_file(files[i]->d_name);
        assert_int_equal(issues_count(p.issues), 0);
        text_plan_free(&p);
        free(files[i]);
    }
    free(files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extends_that_leads_nowhere_is_refused),
        cmocka_unit_test(test_a_chain_of_nine_files_is_too_long),
        cmocka_unit_test(test_a_fault_in_an_extended_file_is_told_of_that_file),
        cmocka_unit_test(test_broken_recordings_are_refused_with_their_line),
        cmocka_unit_test(test_recordings_that_cannot_be_read_are_an_input_error),
        cmocka_unit_test(test_a_recording_without_lines_does_not_fill_the_memory),
        cmocka_unit_test(test_every_scenario_of_the_library_is_read_without_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
