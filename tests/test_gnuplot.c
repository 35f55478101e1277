/* gnuplot as a child: what it is told, what it may take from the user, how it fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/results/picture.h"
#include "tests/hostile.h"
#include "tests/needs_gnuplot.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int open_scratch(void **state)
{
    *state = scratch_new();
    return 0;
}

static int close_scratch(void **state)
{
    scratch_free(*state);
    return 0;
}

/* --- words ----------------------------------------------------------------------------
 */

static void test_a_text_becomes_one_quoted_string(void **state)
{
    (void)state;
    static const struct {
        const char *text, *quoted;
    } cases[] = {
        {"", "''"},
        {"proxy", "'proxy'"},
        {"it's", "'it\xE2\x80\x99s'"},
        {"''", "'\xE2\x80\x99\xE2\x80\x99'"},
        {"`x` \"y\" \\ @z $(w) %s", "'`x` \"y\" \\ @z $(w) %s'"},
        {"a\nb\tc\x7F"
         "d\x1B[2J",
         "'a b c d [2J'"},
        {"\xC2\x9B"
         "2J\xE2\x80\xA8x",
         "' 2J x'"},
        {"caf\xC3\xA9 \xF0\x9F\x94\xA5", "'caf\xC3\xA9 \xF0\x9F\x94\xA5'"},
        {"\xFF\xC3", "'\xEF\xBF\xBD\xEF\xBF\xBD'"},
        {"\xC0\xA7", "'\xEF\xBF\xBD\xEF\xBF\xBD'"},                 /* overlong ' */
        {"\xED\xA0\x80", "'\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD'"}, /* a surrogate */
        {"\xE2\x80", "'\xEF\xBF\xBD\xEF\xBF\xBD'"},                 /* cut off */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text t = {0};
        gnuplot_string(&t, cases[i].text);
        assert_string_equal(text_of(&t), cases[i].quoted);
        text_free(&t);
    }
}

/* Whatever goes in: one line, no quote inside, at most 200 characters. */
static void test_no_text_gets_out_of_its_quotes(void **state)
{
    (void)state;
    for (size_t i = 0; hostile_texts[i]; i++) {
        struct text t = {0};
        gnuplot_string(&t, hostile_texts[i]);
        unsigned characters = 0;
        assert_true(t.length >= 2 && t.bytes[0] == '\'' && t.bytes[t.length - 1] == '\'');
        for (size_t k = 1; k + 1 < t.length; k++) {
            assert_true((unsigned char)t.bytes[k] >= 0x20 && t.bytes[k] != 0x7F &&
                        t.bytes[k] != '\'');
            characters += ((unsigned char)t.bytes[k] & 0xC0) != 0x80;
        }
        if (characters > GNUPLOT_STRING_MAX)
            fail_msg("text %zu shows %u characters", i, characters);
        text_free(&t);
    }
}

static void test_a_text_of_the_greatest_length_is_kept_whole(void **state)
{
    (void)state;
    char longest[GNUPLOT_STRING_MAX + 2];
    memset(longest, 'a', sizeof longest);
    longest[GNUPLOT_STRING_MAX] = '\0';
    struct text t = {0};
    gnuplot_string(&t, longest);
    assert_int_equal(t.length, GNUPLOT_STRING_MAX + 2);
    assert_null(strstr(t.bytes, "\xE2\x80\xA6"));
    text_free(&t);
    longest[GNUPLOT_STRING_MAX] = 'a';
    longest[GNUPLOT_STRING_MAX + 1] = '\0';
    gnuplot_string(&t, longest);
    assert_non_null(strstr(t.bytes, "a\xE2\x80\xA6'"));
    text_free(&t);
}

/* Every hostile text comes out of gnuplot as the text it is, and does nothing. */
static void test_gnuplot_gives_texts_back_and_runs_nothing(void **state)
{
    NEEDS_GNUPLOT;
    char *canary = memory_print("%s/canary", (char *)*state);
    for (size_t i = 0; hostile_texts[i]; i++) {
        char *text = hostile_text(hostile_texts[i], canary);
        struct text script = {0}, out = {0}, expected = {0};
        struct results_error error = {0};
        text_print(&script, "set print '-'\nset encoding utf8\n");
        gnuplot_set_string(&script, "words", text);
        gnuplot_set_strings(&script, "list", (const char *const[]){text, text}, 2);
        text_print(&script, "print words\nprint list[2]\nset title words noenhanced\n"
                            "set terminal dumb noenhanced\nset output '/dev/null'\n"
                            "plot [0:1][0:1] x title list[1] noenhanced\n");
        if (!gnuplot_run(*state, &script, 10, &out, &error))
            fail_msg("text %zu: %s", i, error.text);
        const char *quoted = strstr(text_of(&script), "words = '") + strlen("words = '");
        size_t length = strcspn(quoted, "'");
        text_print(&expected, "%.*s\n%.*s\n", (int)length, quoted, (int)length, quoted);
        assert_string_equal(text_of(&out), text_of(&expected));
        if (scratch_entries(*state) != 0)
            fail_msg("text %zu was obeyed: %s", i, text);
        text_free(&script);
        text_free(&out);
        text_free(&expected);
        free(text);
    }
    free(canary);
}

static void test_numbers_and_lists_are_gnuplots(void **state)
{
    (void)state;
    struct text t = {0};
    gnuplot_set_number(&t, "a", 0.1);
    gnuplot_set_number(&t, "b", 0.0 / 0.0);
    gnuplot_set_numbers(&t, "c", (double[]){1, 2.5}, 2);
    gnuplot_set_numbers(&t, "d", NULL, 0);
    gnuplot_set_strings(&t, "e", NULL, 0);
    assert_string_equal(text_of(&t), "a = 0.1\nb = NaN\narray c[2] = [1, 2.5]\n"
                                     "array d[1] = [0]\narray e[1] = ['']\n");
    text_free(&t);
}

/* --- the child ------------------------------------------------------------------------
 */

static bool run(const char *folder, const char *script, unsigned limit_s,
                struct text *out, struct results_error *error)
{
    struct text t = {0};
    text_print(&t, "%s", script);
    bool good = gnuplot_run(folder, &t, limit_s, out, error);
    text_free(&t);
    return good;
}

static void test_a_script_larger_than_a_pipe_goes_through(void **state)
{
    NEEDS_GNUPLOT;
    struct text script = {0}, out = {0};
    struct results_error error = {0};
    text_print(&script, "$data << EOD\n");
    for (int i = 0; i < 10000; i++)
        text_print(&script, "%d %d\n", i, i);
    text_print(&script, "EOD\nset print '-'\nprint |$data|\n"
                        "do for [i=1:30000] { print 'abcdefghij' }\n");
    if (!gnuplot_run(*state, &script, 30, &out, &error))
        fail_msg("%s", error.text);
    assert_int_equal(out.length, strlen("10000\n") + 30000 * 11);
    assert_memory_equal(out.bytes, "10000\n", 6);
    text_free(&script);
    text_free(&out);
}

static void test_scripts_are_found_in_the_folder(void **state)
{
    NEEDS_GNUPLOT;
    struct text out = {0};
    struct results_error error = {0};
    scratch_put(*state, "hello.gp", "print 'hello'\n", 14);
    assert_true(run(*state, "set print '-'\nload './hello.gp'\n", 10, &out, &error));
    assert_string_equal(text_of(&out), "hello\n");
    text_free(&out);
    assert_false(run("/nonexistent-folder", "print 1\n", 10, &out, &error));
    assert_non_null(strstr(error.text, "/nonexistent-folder"));
    text_free(&out);
}

static void test_gnuplots_own_words_are_passed_on(void **state)
{
    NEEDS_GNUPLOT;
    struct text out = {0};
    struct results_error error = {0};
    assert_false(run(*state, "plot nosuch\n", 10, &out, &error));
    assert_non_null(strstr(error.text, "undefined variable: nosuch"));
    text_free(&out);
}

/* --- a machine without gnuplot, or with a bad one -------------------------------------
 */

/* Sets PATH for the length of a test. */
static char *replace_path(const char *path)
{
    const char *old = getenv("PATH");
    char *kept = old ? memory_text(old, strlen(old)) : NULL;
    setenv("PATH", path, 1);
    return kept;
}

static void restore_path(char *kept)
{
    if (kept)
        setenv("PATH", kept, 1);
    else
        unsetenv("PATH");
    free(kept);
}

/* Puts a shell script named gnuplot into a directory. */
static void fake_gnuplot(const char *directory, const char *commands)
{
    char *script = memory_print("#!/bin/sh\n%s\n", commands);
    char *file = memory_print("%s/gnuplot", directory);
    scratch_put(directory, "gnuplot", script, strlen(script));
    assert_int_equal(chmod(file, 0755), 0);
    free(script);
    free(file);
}

static void test_a_missing_gnuplot_is_named_with_its_package(void **state)
{
    static const char *const paths[] = {"", "/nonexistent", ".", ":", "relative"};
    fake_gnuplot(*state, "exit 0");
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct text out = {0};
        struct results_error error = {0};
        char *kept = replace_path(paths[i]);
        /* One stands in the folder: it must not be taken from there. */
        bool ran = run(*state, "print 1\n", 10, &out, &error);
        restore_path(kept);
        assert_false(ran);
        assert_non_null(strstr(error.text, "apt-get install gnuplot-nox"));
        text_free(&out);
    }
}

static void test_a_gnuplot_that_hangs_is_stopped(void **state)
{
    fake_gnuplot(*state, "exec /bin/sleep 100");
    struct text out = {0};
    struct results_error error = {0};
    time_t begin = time(NULL);
    char *kept = replace_path(*state);
    bool ran = run(*state, "print 1\n", 1, &out, &error);
    restore_path(kept);
    assert_false(ran);
    assert_true(time(NULL) - begin < 30);
    assert_non_null(strstr(error.text, "more than 1 s"));
    text_free(&out);
}

static void test_a_gnuplot_that_closes_its_outputs_and_hangs_is_stopped(void **state)
{
    fake_gnuplot(*state, "exec /bin/sleep 100 >&- 2>&-");
    struct text out = {0};
    struct results_error error = {0};
    char *kept = replace_path(*state);
    bool ran = run(*state, "print 1\n", 1, &out, &error);
    restore_path(kept);
    assert_false(ran);
    assert_non_null(strstr(error.text, "more than 1 s"));
    text_free(&out);
}

static void test_a_gnuplot_that_dies_is_reported(void **state)
{
    static const struct {
        const char *commands, *why;
    } cases[] = {
        {"kill -SEGV $$", "signal 11"},
        {"exit 3", "without saying why"},
        {"echo; echo '  no display ' >&2; exit 1", "no display"},
        {"exec <&-; exit 1", "without saying why"},
    };
    struct text big = {0};
    for (int i = 0; i < 8000; i++)
        text_print(&big, "print %d\n", i);
    for (size_t i = 0; i < COUNT(cases); i++) {
        fake_gnuplot(*state, cases[i].commands);
        struct text out = {0};
        struct results_error error = {0};
        char *kept = replace_path(*state);
        bool ran = gnuplot_run(*state, &big, 10, &out, &error);
        restore_path(kept);
        if (ran || !strstr(error.text, cases[i].why))
            fail_msg("%s: expected \"... %s\", got \"%s\"", cases[i].commands,
                     cases[i].why, error.text);
        text_free(&out);
    }
    text_free(&big);
}

static void test_the_child_sees_no_setting_of_the_user(void **state)
{
    fake_gnuplot(*state, "echo \"$*\"; set | /bin/grep -E '^(GNU|LC_|LANG|HOME)'; :");
    setenv("GNUTERM", "x11", 1);
    setenv("GNUPLOT_LIB", "/tmp", 1);
    setenv("LC_NUMERIC", "de_DE.UTF-8", 1);
    struct text out = {0};
    struct results_error error = {0};
    char *kept = replace_path(*state);
    bool ran = run(*state, "print 1\n", 10, &out, &error);
    restore_path(kept);
    unsetenv("GNUTERM");
    unsetenv("GNUPLOT_LIB");
    unsetenv("LC_NUMERIC");
    assert_true(ran);
    assert_string_equal(text_of(&out),
                        "-d /dev/stdin\nHOME='/dev/null'\nLC_ALL='C.UTF-8'\n");
    text_free(&out);
}

/* --- pictures -------------------------------------------------------------------------
 */

static void test_only_whole_pictures_pass(void **state)
{
    (void)state;
    static const char png[] = "\x89PNG\r\n\x1A\n....\0\0\0\0IEND\xAE\x42\x60\x82";
    static const char svg[] = "<?xml version=\"1.0\"?>\n<svg></svg>\n\n";
    static const char script[] = "<?xml version=\"1.0\"?><svg><script>x</script></svg>";
    size_t png_length = sizeof png - 1, svg_length = sizeof svg - 1;
    assert_true(picture_is_png(png, png_length));
    for (size_t i = 0; i < png_length; i++)
        assert_false(picture_is_png(png, i));
    assert_false(picture_is_png(png + 1, png_length - 1));
    assert_true(picture_is_svg(svg, svg_length));
    for (size_t i = 0; i < svg_length - 3; i++)
        assert_false(picture_is_svg(svg, i));
    assert_false(picture_is_svg(svg + 1, svg_length - 1));
    assert_false(picture_is_svg(script, sizeof script - 1));
    assert_false(picture_is_svg("", 0));
    assert_true(picture_is_plain("\fa\nb", 4));
    assert_false(picture_is_plain("", 0));
    assert_false(picture_is_plain("no line", 7));
    assert_false(picture_is_plain("a\n\x1B[2J", 6));
    assert_false(picture_is_plain("a\n\f", 3));
}

int main(void)
{
#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, open_scratch, close_scratch)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_text_becomes_one_quoted_string),
        cmocka_unit_test(test_no_text_gets_out_of_its_quotes),
        cmocka_unit_test(test_a_text_of_the_greatest_length_is_kept_whole),
        ON_DISK(test_gnuplot_gives_texts_back_and_runs_nothing),
        cmocka_unit_test(test_numbers_and_lists_are_gnuplots),
        ON_DISK(test_a_script_larger_than_a_pipe_goes_through),
        ON_DISK(test_scripts_are_found_in_the_folder),
        ON_DISK(test_gnuplots_own_words_are_passed_on),
        ON_DISK(test_a_missing_gnuplot_is_named_with_its_package),
        ON_DISK(test_a_gnuplot_that_hangs_is_stopped),
        ON_DISK(test_a_gnuplot_that_closes_its_outputs_and_hangs_is_stopped),
        ON_DISK(test_a_gnuplot_that_dies_is_reported),
        ON_DISK(test_the_child_sees_no_setting_of_the_user),
        cmocka_unit_test(test_only_whole_pictures_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
