/* The demos as somebody meets them who never saw the program: one screen each, numbers
 * that agree with theory, files, and commands that work as they are printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define SCREEN_ROWS    24
#define SCREEN_COLUMNS 80

/* Columns of a line: characters, not bytes. */
static unsigned columns_of(const char *line, size_t length)
{
    unsigned columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)line[i] & 0xC0) != 0x80;
    return columns;
}

/* Rows of a text, none of which is wider than the screen.  What the terminal puts in
 * front of a line end, and its weights of letters, take no columns. */
static unsigned rows_of(const char *text)
{
    unsigned rows = 0;
    for (const char *line = text; *line; rows++) {
        size_t length = strcspn(line, "\n");
        bool bold = strncmp(line, "\033[1m", 4) == 0;
        unsigned escapes = bold ? 8 : 0; /* ESC [ 1 m, ESC [ 0 m */
        size_t end = length && line[length - 1] == '\r' ? length - 1 : length;
        if (columns_of(line, end) > SCREEN_COLUMNS + escapes)
            fail_msg("too wide: %.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
    return rows;
}

static const struct {
    const char *name;
    const char *says[5];
} demos[] = {
    {"exhaustion", {"28,232", "never", "23.2 %", "theory", "TIME_WAIT"}},
    {"allocators", {"sequence", "random", "hashed", "Linux", "2.00"}},
    {"leak", {"CLOSE_WAIT", "8 min 4", "100 %", "32,768 ports", "remote desktop"}},
    {"nat", {"1,024", "kept-alive pool", "time out", "28,232", "bank:443"}},
};

/* The name of the program in what it says to try is as long as the path of this build:
 * "./portsim" has ten columns less than a screen is wide. */
static void expect_one_screen(const struct ended *e)
{
    unsigned rows = rows_of(e->out);
    for (const char *p = e->err; (p = strchr(p, '\n')); p++)
        rows++;
    if (rows >= SCREEN_ROWS)
        fail_msg("%u rows and the prompt's:\n%s%s", rows, e->out, e->err);
}

/* A command as it was printed behind the program's name: its words as arguments. */
static void run_line(const char *line, const char *folder)
{
    struct program p = {.folder = folder};
    char *words = memory_text(line, strcspn(line, "\n")), *rest = words, *word;
    strsep(&rest, " "); /* the program */
    for (size_t i = 0; (word = strsep(&rest, " ")) != NULL; i++)
        p.args[i] = word;
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    assert_true(strlen(e.out) > 100);
    ended_free(&e);
    free(words);
}

static void try_what_it_says(const char *text, const char *folder)
{
    const char *first = strstr(text, "\ntry   ");
    assert_non_null(first);
    const char *second = strstr(first + 1, "\n      ");
    assert_non_null(second);
    run_line(first + strlen("\ntry   "), folder);
    run_line(second + strlen("\n      "), folder);
}

static void test_a_demo_is_one_screen_and_what_it_says_to_try_works(void **state)
{
    (void)state;
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT(demos); i++) {
        struct ended e = program_run(
            &(struct program){.args = {"demo", demos[i].name}, .folder = folder});
        char *picture = memory_print(
            "results in runs/demo-%s, this picture in its plots/", demos[i].name);
        expect_status(&e, 0);
        expect_one_screen(&e);
        for (size_t k = 0; k < COUNT(demos[i].says); k++)
            expect_says(e.out, demos[i].says[k]);
        expect_says(e.out, " +-------");
        expect_says(e.err, picture);
        try_what_it_says(e.err, folder);
        free(picture);
        ended_free(&e);
    }
    scratch_free(folder);
}

static void test_the_second_time_a_demo_says_the_same(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"demo", "nat"}, .folder = folder};
    struct ended first = program_run(&p), again = program_run(&p);
    expect_status(&first, 0);
    assert_string_equal(first.out, again.out);
    assert_string_equal(first.err, again.err);
    assert_false(scratch_exists(folder, "runs/demo-nat-2"));
    ended_free(&first);
    ended_free(&again);
    scratch_free(folder);
}

/* In a terminal the first row may be bold; NO_COLOR and a pipe have no escapes. */
static void test_only_a_terminal_gets_bold_letters(void **state)
{
    (void)state;
    program_needs_terminal();
    char *folder = scratch_new();
    struct program p = {
        .args = {"demo", "nat"}, .folder = folder, .terminal = TERMINAL_OUT};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "\033[1m");
    expect_one_screen(&e);
    ended_free(&e);
    p.env[0] = "NO_COLOR=1";
    e = program_run(&p);
    assert_null(strchr(e.out, '\033'));
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_locale_without_unicode_gets_plain_signs(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {
        .args = {"demo", "nat", "-q"}, .folder = folder, .env = {"LC_ALL=C"}};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, " +- ");
    assert_null(strstr(e.out, "±"));
    expect_silence(e.err);
    ended_free(&e);
    scratch_free(folder);
}

static void test_without_gnuplot_a_demo_has_its_numbers(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {
        .args = {"demo", "nat"}, .folder = folder, .env = {"PATH=/nowhere"}};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "payments that time out");
    const char *why = strstr(e.err, "no picture: gnuplot is not installed");
    assert_non_null(why);
    expect_says(why, "apt-get install gnuplot-nox");
    assert_null(strstr(why + strlen("no picture: gnuplot "), "gnuplot is not"));
    assert_true(scratch_exists(folder, "runs/demo-nat/summary.json"));
    ended_free(&e);
    scratch_free(folder);
}

static void test_demos_are_listed_and_names_of_neither_kind_refused(void **state)
{
    (void)state;
    struct ended e = program_run(&(struct program){.args = {"demo", "--list"}});
    expect_status(&e, 0);
    for (size_t i = 0; i < COUNT(demos); i++)
        expect_says(e.out, demos[i].name);
    assert_int_equal(rows_of(e.out), COUNT(demos));
    ended_free(&e);
    e = program_run(&(struct program){.args = {"demo", "exhaution"}});
    expect_status(&e, 2);
    expect_says(e.err, "there is no demo or scenario \"exhaution\"; did you mean "
                       "\"exhaustion\"?");
    ended_free(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_demo_is_one_screen_and_what_it_says_to_try_works),
        cmocka_unit_test(test_the_second_time_a_demo_says_the_same),
        cmocka_unit_test(test_only_a_terminal_gets_bold_letters),
        cmocka_unit_test(test_a_locale_without_unicode_gets_plain_signs),
        cmocka_unit_test(test_without_gnuplot_a_demo_has_its_numbers),
        cmocka_unit_test(test_demos_are_listed_and_names_of_neither_kind_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
