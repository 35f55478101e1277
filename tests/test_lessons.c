/* Every lesson of docs/lessons is as it says: its commands print what it shows, the
 * numbers it quotes were printed, its pictures are what its commands draw
 * (tests/lessons.py; `make lessons` rewrites them).  And that test can fail: a lesson
 * with one thing wrong is told where it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/scratch.h"
#include "tests/shell_stage.h"

#define CHECK "PORTSIM=\"$P\" python3 -B \"$SHARE\"/tests/lessons.py "

static void test_every_lesson_is_as_it_says(void **state)
{
    (void)state;
    struct shell_stage s = shell_stage_new();
    int status = shell_run(&s, CHECK "\"$SHARE\"/docs/lessons/[0-9]*.md");
    char *said = scratch_get(s.folder, "out"), *failed = scratch_get(s.folder, "err");
    if (status != 0)
        fail_msg("%s%s", said, failed);
    free(said);
    free(failed);
    shell_stage_free(&s);
}

#define TITLE       "# Lesson 1: wrong\n\n"
#define BLOCK(text) TITLE "```console\n" text "```\n"

/* A lesson, and what must be said of it; NULL: nothing. */
static const struct wrong {
    const char *claim, *lesson, *said;
} wrong[] = {
    {"a lesson that is right is passed",
     BLOCK("$ echo 7; echo 8\n7\n8\n") "It is **7**.\n", NULL},
    {"dots stand for any number of lines",
     BLOCK("$ seq 9\n1\n...\n5\n...\n9\n$ seq 3\n...\n$ seq 2\n1\n...\n2\n"), NULL},
    {"a line is what was printed", BLOCK("$ seq 2\n1\n3\n"),
     "01-x.md:6: `seq 2`\n    expected: 3\n    came:     2\n"},
    {"nothing printed is left out", BLOCK("$ seq 3\n1\n2\n"),
     "01-x.md:7: `seq 3`\n    expected: no more lines\n    came:     3\n"},
    {"nothing is shown that was not printed", BLOCK("$ seq 1\n1\n2\n"),
     "01-x.md:6: `seq 1`\n    expected: 2\n    came:     no more lines\n"},
    {"a command without lines prints nothing", BLOCK("$ echo 1\n"), "came:     1\n"},
    {"lines behind dots are compared", BLOCK("$ seq 9\n...\n5\n7\n...\n"),
     "01-x.md:7: `seq 9`\n    expected: 7\n    came:     6\n"},
    {"the last line is the last printed", BLOCK("$ seq 9\n1\n...\n8\n"), "expected: 8\n"},
    {"a command that fails is told", BLOCK("$ false\n"), "`false` exits 1, expected 0"},
    {"a status is what the lesson says", BLOCK("$ exit 3   # exits 4\n"),
     "exits 3, expected 4"},
    {"a number in bold was printed", BLOCK("$ seq 3\n...\n") "So **4** remain.\n",
     "01-x.md:7: **4**: no command of the lesson prints 4\n"},
    {"part of a number is not that number",
     BLOCK("$ echo 12.5\n...\n") "**12** of them\n", "prints 12\n"},
    {"bold stays on its line", BLOCK("$ echo 1\n1\n") "**1\nand more**\n",
     "begin and end on one line"},
    {"answers are checked",
     TITLE
     "<details><summary>Answer</summary>\n\n```console\n$ echo 1\n2\n```\n</details>\n",
     "expected: 2\n"},
    {"a picture is drawn by a command",
     BLOCK("$ true\n") "![x](pictures/01-x.svg \"runs/x.svg\")\n",
     "no command of the lesson draws runs/x.svg"},
    {"a picture is kept",
     BLOCK("$ echo '</svg>' >x.svg\n") "![x](pictures/01-x.svg \"x.svg\")\n",
     "pictures/01-x.svg: make lessons"},
    {"a lesson has commands", TITLE, "a lesson without a command"},
    {"what a lesson writes is its own", BLOCK("$ true -o runs/y\n"),
     "02-y.md too writes runs/y\n"},
    {"a title has the number of the file", "# Ports\n\n```console\n$ true\n```\n",
     "the title begins"},
};

static void test_a_wrong_lesson_is_told(void **state)
{
    const struct wrong *w = *state;
    struct shell_stage s = shell_stage_new();
    scratch_put(s.folder, "README.md", "(01-x.md)", 9);
    scratch_put(s.folder, "02-y.md", "true -o runs/y", 14);
    scratch_put(s.folder, "01-x.md", w->lesson, strlen(w->lesson));
    int status = shell_run(&s, CHECK "01-x.md");
    char *said = scratch_get(s.folder, "out");
    if (status != (w->said ? 1 : 0) || (w->said && !strstr(said, w->said)))
        fail_msg("status %d, and it says: %s", status, said);
    free(said);
    shell_stage_free(&s);
}

/* What `make lessons` leaves is what the test accepts, and the dots are still there. */
static void test_rewriting_mends_outputs_and_keeps_dots(void **state)
{
    (void)state;
    struct shell_stage s = shell_stage_new();
    const char *lesson =
        BLOCK("$ seq -f 'port %g' 20 29\nport 20\n...\nthe port 25\n...\n"
              "port 28\nport 29\nport 30\n$ echo new\n");
    const char *mended = BLOCK("$ seq -f 'port %g' 20 29\nport 20\n...\nport 25\n...\n"
                               "port 28\nport 29\n$ echo new\nnew\n");
    scratch_put(s.folder, "README.md", "(01-x.md)", 9);
    scratch_put(s.folder, "01-x.md", lesson, strlen(lesson));
    expect_shell(&s, CHECK "01-x.md", 1);
    expect_shell(&s, CHECK "--write 01-x.md", 0);
    expect_shell(&s, CHECK "01-x.md", 0);
    char *left = scratch_get(s.folder, "01-x.md");
    assert_string_equal(left, mended);
    free(left);
    shell_stage_free(&s);
}

int main(void)
{
    enum { WRONG = sizeof wrong / sizeof *wrong };
    struct CMUnitTest tests[WRONG + 2];
    for (size_t i = 0; i < WRONG; i++)
        tests[i] = (struct CMUnitTest){wrong[i].claim, test_a_wrong_lesson_is_told, NULL,
                                       NULL, (void *)&wrong[i]};
    tests[WRONG] =
        (struct CMUnitTest)cmocka_unit_test(test_rewriting_mends_outputs_and_keeps_dots);
    tests[WRONG + 1] =
        (struct CMUnitTest)cmocka_unit_test(test_every_lesson_is_as_it_says);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
