/* The pictures of the choice of ports: whole in every format, honest in their words, and
 * nothing a user can name is obeyed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/study/pictures/port_pictures.h"
#include "tests/hostile.h"
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

/* --- one of each ----------------------------------------------------------------- */

static const struct picture_words words = {
    .scenario = "lab", .seed = 7, .replications = 10, .confidence = 0.95};

static const struct probes_point dear[] = {
    {0, 0.05, {0, 1, 1, 1}, 1},           {0.5, 0.55, {0, 177.4, 150, 200}, 513},
    {0.9, 0.91, {0, 318, 300, 340}, 580}, {0.99, 1, {0, 417, NAN, NAN}, NAN},
    {1, 1, {0, 1024, 1024, 1024}, 1024},
};
static const struct probes_point cheap[] = {
    {0, 0.05, {0, 1, 1, 1}, 1},
    {0.5, 0.55, {0, 1, 1, 1}, 1},
    {0.9, 0.91, {0, 1, 1, 1}, 1},
};
static const double shares[] = {0, 0.5, 0.9}, prices[] = {1, 2, 10};

static struct picture_probes probes(void)
{
    return (struct picture_probes){
        .words = words,
        .where = "client tcp4",
        .ports = 1024,
        .lines = {{"linux518", dear, COUNT(dear)}, {"ring", cheap, COUNT(cheap)}},
        .line_count = 2,
        .curves = {{"1/(1-a)", shares, prices, prices, 3}},
        .curve_count = 1,
    };
}

/* --- drawing them ---------------------------------------------------------------- */

typedef bool draw_function(struct canvas *c, const void *what);

static bool draw_probes(struct canvas *c, const void *what)
{
    return picture_probes(c, "probes", what);
}

/* Draws into `directory`; the picture's bytes, the caller's to free. */
static char *drawn(const char *directory, enum figure_format format, draw_function *draw,
                   const void *what)
{
    char *text = NULL;
    size_t length = 0;
    FILE *terminal = open_memstream(&text, &length);
    struct figures_request request = {.directory = directory,
                                      .scripts = "plots",
                                      .format = format,
                                      .terminal = terminal};
    struct figures_drawn list = {0};
    struct results_error error = {0};
    struct canvas c;
    bool good = canvas_open(&c, &request, &list, &error) && draw(&c, what);
    canvas_close(&c);
    fclose(terminal);
    if (!good)
        fail_msg("%s", error.text);
    assert_int_equal(list.count, 1);
    if (format != FIGURE_DUMB) {
        free(text);
        text = scratch_get(directory, list.at[0].path);
    }
    figures_drawn_free(&list);
    return text;
}

static void expect_words(void **state, draw_function *draw, const void *what,
                         const char *expected)
{
    char *picture = drawn(*state, FIGURE_SVG, draw, what);
    if (!strstr(picture, expected))
        fail_msg("the picture does not say \"%s\"", expected);
    free(picture);
}

/* --- claims ---------------------------------------------------------------------- */

static void test_every_picture_is_whole_in_every_format_and_the_same_again(void **state)
{
    struct picture_probes p = probes();
    const struct {
        draw_function *draw;
        const void *what;
    } pictures[] = {{draw_probes, &p}};
    static const enum figure_format formats[] = {FIGURE_SVG, FIGURE_PNG, FIGURE_DUMB};
    for (size_t i = 0; i < COUNT(pictures); i++)
        for (size_t f = 0; f < COUNT(formats); f++) {
            char *once = drawn(*state, formats[f], pictures[i].draw, pictures[i].what);
            char *again = drawn(*state, formats[f], pictures[i].draw, pictures[i].what);
            assert_string_equal(once, again);
            free(once);
            free(again);
        }
}

static void test_probes_say_who_pays_most_and_least(void **state)
{
    struct picture_probes p = probes();
    expect_words(
        state, draw_probes, &p,
        "With 90 % of 1,024 ports taken, linux518 looks at 318 in the mean, ring "
        "at 1");
    p.line_count = 1;
    expect_words(
        state, draw_probes, &p,
        "linux518 looks at 177 ports with 50 % taken, at 318 with 90 %, at 1,024 "
        "when full");
}

/* A share is told of where all lines know it. */
static void test_probes_are_compared_where_all_were(void **state)
{
    struct picture_probes p = probes();
    p.lines[1].count = 2;
    expect_words(
        state, draw_probes, &p,
        "With 50 % of 1,024 ports taken, linux518 looks at 177 in the mean, ring "
        "at 1");
    p.lines[1].count = 1;
    expect_words(state, draw_probes, &p, "linux518 looks at 177 ports with 50 % taken");
}

static void test_a_pool_that_never_filled_tells_how_far_it_came(void **state)
{
    static const struct probes_point early[] = {{0.3, 0.31, {0, 1.44, NAN, NAN}, NAN}};
    struct picture_probes p = probes();
    p.lines[0] = (struct probes_line){"walk", early, 1};
    p.line_count = 1;
    expect_words(state, draw_probes, &p,
                 "walk looks at 1.4 of its ports with 30 % taken");
}

static void test_hostile_texts_are_shown_not_obeyed(void **state)
{
    char *canary = memory_print("%s/canary", (char *)*state);
    for (size_t i = 0; hostile_texts[i]; i++) {
        char *text = hostile_text(hostile_texts[i], canary);
        struct picture_probes p = probes();
        p.words.scenario = p.words.version = p.where = text;
        p.lines[0].label = p.lines[1].label = p.curves[0].name = text;
        free(drawn(*state, FIGURE_DUMB, draw_probes, &p));
        p.line_count = 1;
        free(drawn(*state, FIGURE_SVG, draw_probes, &p));
        if (scratch_exists(*state, "canary"))
            fail_msg("obeyed: %s", text);
        free(text);
    }
    free(canary);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, open_scratch, close_scratch)
    static const struct CMUnitTest tests[] = {
        TEST(test_every_picture_is_whole_in_every_format_and_the_same_again),
        TEST(test_probes_say_who_pays_most_and_least),
        TEST(test_probes_are_compared_where_all_were),
        TEST(test_a_pool_that_never_filled_tells_how_far_it_came),
        TEST(test_hostile_texts_are_shown_not_obeyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
