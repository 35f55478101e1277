/* portsim init: what it writes is right for every system and way, says what its keys mean
 * by commands that work, and takes nobody's file away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/stack.h"
#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const ways[] = {"none", "proxy", "nat"};

/* What init writes, the caller's to free. */
static char *init_text(const char *stack, const char *rate, const char *destinations,
                       const char *through)
{
    struct ended e = program_run(&(struct program){
        .args = {"init", "--stack", stack, "--rate", rate, "--destinations", destinations,
                 "--through", through}});
    expect_status(&e, 0);
    expect_says(e.err, " schema > scenario.schema.json");
    char *text = memory_text(e.out, strlen(e.out));
    ended_free(&e);
    return text;
}

/* At a slow rate, so that a hundred of them take seconds; init has simulated each itself,
 * and a third of them is run once more, from the standard input. */
static void test_every_stack_goes_every_way(void **state)
{
    (void)state;
    static const char *const destinations[] = {"1", "9", "254"};
    char *folder = scratch_new();
    size_t turn = 0;
    for (const struct stack_row *row = stack_rows; row->name; row++, turn++)
        for (size_t i = 0; i < COUNT(ways); i++) {
            bool run = turn % 3 == i;
            char *text =
                init_text(row->name, "30/min", destinations[(turn + i) % 3], ways[i]);
            struct program p = {.args = {run ? "run" : "check", "-", "-q"},
                                .folder = folder,
                                .input = text};
            struct ended e = program_run(&p);
            expect_status(&e, 0);
            if (run)
                expect_says(e.out, "1 of 1 requirements hold");
            expect_silence(e.err);
            ended_free(&e);
            free(text);
        }
    scratch_free(folder);
}

/* A requirement that does not hold is one its comment says so of, with the share. */
static void test_what_does_not_hold_is_said_in_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *rate;
        bool holds;
    } rates[] = {{"1/min", true}, {"50/s", true}, {"700/s", false}, {"20000/s", false}};
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT(rates); i++) {
        char *text = init_text("linux518", rates[i].rate, "1", "none");
        bool said = strstr(text, "it does NOT hold: ") != NULL;
        struct ended e = program_run(
            &(struct program){.args = {"run", "-", "-q", "-o", "out", "--overwrite"},
                              .folder = folder,
                              .input = text});
        expect_status(&e, rates[i].holds ? 0 : 1);
        assert_int_equal(said, !rates[i].holds);
        ended_free(&e);
        free(text);
    }
    scratch_free(folder);
}

/* Every "portsim explain NAME" of the comments. */
static void test_the_comments_name_commands_that_work(void **state)
{
    (void)state;
    static const char explain[] = "portsim explain ";
    for (size_t i = 0; i < COUNT(ways); i++) {
        char *text = init_text("win10", "10/s", "2", ways[i]);
        unsigned tried = 0;
        for (char *p = text; (p = strstr(p, explain)) != NULL; tried++) {
            p += strlen(explain);
            size_t length = strcspn(p, ":;,\") \n");
            char *name = memory_text(p, length);
            if (strcmp(name, "PATH") != 0) {
                struct ended e =
                    program_run(&(struct program){.args = {"explain", name}});
                expect_status(&e, 0);
                ended_free(&e);
            }
            free(name);
        }
        assert_true(tried >= 10);
        free(text);
    }
}

static void test_a_new_file_has_its_schema_beside_it(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"init", "shop.json"}, .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_silence(e.out);
    expect_says(e.err, "wrote shop.json, and scenario.schema.json beside it");
    expect_says(e.err, " check shop.json\n");
    ended_free(&e);
    char *text = scratch_get(folder, "shop.json");
    expect_says(text, "\"name\": \"shop\"");
    expect_says(text, "\"$schema\": \"scenario.schema.json\"");
    char *schema = scratch_get(folder, "scenario.schema.json");
    e = program_run(&(struct program){.args = {"schema"}});
    assert_string_equal(schema, e.out);
    ended_free(&e);
    e = program_run(&(struct program){.args = {"check", "shop.json"}, .folder = folder});
    expect_status(&e, 0);
    ended_free(&e);
    e = program_run(&p); /* again: refused, and nothing changed */
    expect_status(&e, 4);
    expect_says(e.err, "shop.json exists, and is left alone");
    char *after = scratch_get(folder, "shop.json");
    assert_string_equal(after, text);
    ended_free(&e);
    free(after);
    free(text);
    free(schema);
    scratch_free(folder);
}

static void test_wrong_wishes_are_refused_with_the_nearest_right_one(void **state)
{
    (void)state;
    static const struct {
        const char *args[4];
        int status;
        const char *says;
    } wrong[] = {
        {{"init", "--stack", "linux51"}, 2, "did you mean \"linux"},
        {{"init", "--stack", "vms"}, 2, "(portsim list stacks)"},
        {{"init", "--rate", "600"}, 2, "did you mean \"600/s\"?"},
        {{"init", "--rate", "0/s"}, 2, "more than 0/s"},
        {{"init", "--rate", "1000000/s"}, 2, "at most 20000/s"},
        {{"init", "--destinations", "0"}, 2, "a whole number from 1 to 254"},
        {{"init", "--through", "proxi"}, 2, "did you mean \"proxy\"?"},
        {{"init", "--name", "My Shop"}, 2, "did you mean \"my"},
        {{"init", "a.json", "b.json"}, 2, "one file at a time"},
        {{"init", "/no/such/a.json"}, 4, "cannot open the directory /no/such"},
        {{"init", ".hidden"}, 4, "is no name for a file: letters, digits"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct program p = {0};
        memcpy(p.args, wrong[i].args, sizeof wrong[i].args);
        struct ended e = program_run(&p);
        expect_status(&e, wrong[i].status);
        expect_silence(e.out);
        expect_says(e.err, wrong[i].says);
        ended_free(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_stack_goes_every_way),
        cmocka_unit_test(test_what_does_not_hold_is_said_in_the_file),
        cmocka_unit_test(test_the_comments_name_commands_that_work),
        cmocka_unit_test(test_a_new_file_has_its_schema_beside_it),
        cmocka_unit_test(test_wrong_wishes_are_refused_with_the_nearest_right_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
