/* portsim diagnose, as a user calls it: a screen, the reasoning, JSON, and what it says
 * when there is nothing to judge. */
#include <setjmp.h>
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

/* Runs teaching-mini into <folder>/r, which the caller removes. */
static char *mini_run(void)
{
    char *folder = scratch_new();
    struct ended e = program_run(
        &(struct program){.args = {"run", "teaching-mini", "-o", "r"}, .folder = folder});
    expect_status(&e, 0);
    expect_says(e.err, "portsim diagnose r says why attempts failed\n");
    ended_free(&e);
    return folder;
}

static unsigned lines_of(const char *text)
{
    unsigned count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

static size_t widest_of(const char *text)
{
    size_t widest = 0;
    while (*text) {
        size_t length = strcspn(text, "\n");
        widest = length > widest ? length : widest;
        text += length + (text[length] == '\n');
    }
    return widest;
}

static void test_the_verdict_fits_a_screen(void **state)
{
    (void)state;
    char *folder = mini_run();
    struct ended e =
        program_run(&(struct program){.args = {"diagnose", "r"}, .folder = folder});
    expect_status(&e, 0);
    expect_silence(e.err);
    expect_says(e.out, "client ran out of local ports (tcp4)");
    expect_says(e.out, "TIME_WAIT toward server:80 holds");
    expect_says(e.out, "would help, by theory");
    assert_true(lines_of(e.out) <= 24);
    assert_true(widest_of(e.out) <= 80);
    ended_free(&e);
    scratch_free(folder);
}

static void test_all_names_every_cause_with_its_figures(void **state)
{
    (void)state;
    static const char *const causes[] = {
        "fin-wait-2", "time-wait",       "close-wait",     "bound",
        "black-hole", "undersized",      "range-blocked",  "range-narrowed",
        "nat-block",  "nat-pool",        "bounded-search", "bind-before-connect",
        "udp-leak",   "client-limit",    "peer-lingers",   "half-range-knee",
        "not-ports",  "innocent-suffer", "retry-storm",    "half-closed"};
    char *folder = mini_run();
    struct ended e = program_run(
        &(struct program){.args = {"diagnose", "r", "--all"}, .folder = folder});
    expect_status(&e, 0);
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        char line[64];
        snprintf(line, sizeof line, " %s ", causes[i]);
        expect_says(e.out, line);
    }
    expect_says(e.out, "= time-wait");
    assert_true(widest_of(e.out) <= 80);
    ended_free(&e);
    scratch_free(folder);
}

static void test_json_says_the_same(void **state)
{
    (void)state;
    char *folder = mini_run();
    struct ended e = program_run(
        &(struct program){.args = {"diagnose", "r", "--json"}, .folder = folder});
    expect_status(&e, 0);
    cJSON *tree = cJSON_Parse(e.out);
    const cJSON *pool =
        cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(tree, "pools"), 0);
    assert_string_equal(cJSON_GetObjectItemCaseSensitive(pool, "host")->valuestring,
                        "client");
    assert_string_equal(cJSON_GetObjectItemCaseSensitive(pool, "cause")->valuestring,
                        "time-wait");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(pool, "exhausted")));
    cJSON_Delete(tree);
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_directory_without_a_run_is_an_input_error(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct ended e =
        program_run(&(struct program){.args = {"diagnose", "nothing"}, .folder = folder});
    expect_status(&e, 4);
    expect_silence(e.out);
    expect_says(e.err, "nothing");
    ended_free(&e);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_verdict_fits_a_screen),
        cmocka_unit_test(test_all_names_every_cause_with_its_figures),
        cmocka_unit_test(test_json_says_the_same),
        cmocka_unit_test(test_a_directory_without_a_run_is_an_input_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
