/* The pictures of studies: whole in every format, honest in their words, and nothing a
 * user can name is obeyed. */
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
#include "sim/study/pictures/pictures.h"
#include "tests/drawn.h"
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

static const struct picture_words words = {.scenario = "proxy",
                                           .seed = 7,
                                           .replications = 10,
                                           .replications_most = 40,
                                           .confidence = 0.95};

/* A loss that begins at 26 of 20 .. 30, with intervals of a tenth. */
enum { POINTS = 11 };
static void turning_points(struct picture_point points[POINTS], double scale)
{
    for (int i = 0; i < POINTS; i++) {
        double mean = scale * fmax(0, (i - 5) / (i + 20.0));
        points[i] = (struct picture_point){20 + i, mean, 0.9 * mean, 1.1 * mean};
    }
}

static struct picture_knee knee_of(const struct picture_point *points)
{
    return (struct picture_knee){
        .words = words,
        .x = {.label = "apps.web.arrivals.rate", .unit = "/s"},
        .y = picture_axis_of_metric("apps.web.failure_ratio", "1"),
        .lines = {{"web", points, POINTS}},
        .line_count = 1,
    };
}

static const struct difference_row rows[] = {
    {"apps.web.failure_ratio", -0.4, -0.45, -0.35, NULL, VERDICT_BETTER},
    {"apps.dns.failure_ratio", 0.02, -0.2, 0.24, NULL, VERDICT_UNKNOWN},
    {"hosts.proxy.tcp4.probes", 0.031, 0.029, 0.033, "1.31 against 1.27", VERDICT_WORSE},
    {"hosts.proxy.tcp4.in_use", 0.001, NAN, NAN, NULL, VERDICT_SAME},
};

static struct picture_differences differences(void)
{
    return (struct picture_differences){.words = words,
                                        .a = "new",
                                        .b = "old",
                                        .rows = rows,
                                        .count = COUNT(rows),
                                        .margin = 0.01};
}

static const char *const rates[] = {"10/s", "20/s", "30/s"};
static const char *const addresses[] = {"1", "2"};

/* Fails the more, the higher the rate and the fewer the addresses; one has no data. */
static const struct picture_point cells[] = {
    {0, 0.02, 0.01, 0.03},   {0, 0.3, 0.29, 0.31}, {0, NAN, NAN, NAN},
    {0, 0.009, 0.005, 0.02}, {0, 0, 0, 0},         {0, 0.1, 0.09, 0.11},
};

static struct picture_heat heat(void)
{
    return (struct picture_heat){
        .words = words,
        .x = {.label = "apps.web.arrivals.rate"},
        .y = {.label = "hosts.proxy.addresses"},
        .z = picture_axis_of_metric("apps.web.failure_ratio@late", "1"),
        .x_values = rates,
        .y_values = addresses,
        .x_count = COUNT(rates),
        .y_count = COUNT(addresses),
        .at = cells,
        .bound = {.is = true, .at_most = true, .value = 0.01},
    };
}

static const struct tornado_row changes[] = {
    {"hosts.proxy.stack", "reworked", {0, 0.235, 0.22, 0.25}},
    {"hosts.proxy.tcp.fin_wait_2", "20min", {0, 0.41, 0.40, 0.42}},
    {"hosts.proxy.tcp.fin_wait_2", "1min", {0, 0.001, 0.0005, 0.0015}},
    {"apps.web.arrivals.rate", "30/s", {0, NAN, NAN, NAN}},
};

static struct picture_tornado tornado(void)
{
    return (struct picture_tornado){
        .words = words,
        .value = picture_axis_of_metric("apps.web.failure_ratio", "1"),
        .base = {0, 0.24, 0.23, 0.25},
        .rows = changes,
        .count = COUNT(changes),
        .bound = {.is = true, .at_most = true, .value = 0.01},
    };
}

static const double failures[] = {70, NAN, 50, 90, 60, NAN, 80, 100};

static struct picture_ecdf ecdf(void)
{
    return (struct picture_ecdf){
        .words = words,
        .what = "failed",
        .label = "apps.web.first_failure_s",
        .lines = {{"narrow", failures, COUNT(failures), 300}},
        .line_count = 1,
    };
}

/* --- drawing them ---------------------------------------------------------------- */

static bool draw_knee(struct canvas *c, const void *what)
{
    return picture_knee(c, "knee", what);
}

static bool draw_differences(struct canvas *c, const void *what)
{
    return picture_differences(c, "differences", what);
}

static bool draw_heat(struct canvas *c, const void *what)
{
    return picture_heat(c, "heat", what);
}

static bool draw_tornado(struct canvas *c, const void *what)
{
    return picture_tornado(c, "tornado", what);
}

static bool draw_ecdf(struct canvas *c, const void *what)
{
    return picture_ecdf(c, "ecdf", what);
}

static char *svg(void **state, draw_function *draw, const void *what)
{
    return drawn(*state, FIGURE_SVG, draw, what);
}

/* --- claims ---------------------------------------------------------------------- */

static void test_every_picture_is_whole_in_every_format_and_the_same_again(void **state)
{
    struct picture_point points[POINTS];
    turning_points(points, 1);
    struct picture_knee k = knee_of(points);
    struct picture_differences d = differences();
    struct picture_heat h = heat();
    struct picture_tornado t = tornado();
    struct picture_ecdf e = ecdf();
    const struct {
        draw_function *draw;
        const void *what;
    } pictures[] = {{draw_knee, &k},
                    {draw_differences, &d},
                    {draw_heat, &h},
                    {draw_tornado, &t},
                    {draw_ecdf, &e}};
    for (size_t i = 0; i < COUNT(pictures); i++)
        expect_drawn_alike(*state, pictures[i].draw, pictures[i].what);
}

static void test_a_knee_says_where_the_bound_is_met(void **state)
{
    struct picture_point points[POINTS];
    turning_points(points, 1);
    struct picture_knee k = knee_of(points);
    k.bound = (struct picture_bound){.is = true, .at_most = true, .value = 0.05};
    char *picture = svg(state, draw_knee, &k);
    expect_words(picture, "apps.web.failure_ratio ≤ 5 % up to 26/s");
    expect_words(picture, "required: ≤ 5 %");
    expect_words(picture, "0 % at rate 20/s, 16.7 % at 30/s");
    expect_words(picture,
                 "proxy, seed 7, 10 to 40 replications, 95 % intervals, portsim ");
    free(picture);

    k.bound = (struct picture_bound){.is = true, .at_most = false, .value = 0.05};
    picture = svg(state, draw_knee, &k);
    expect_words(picture, "apps.web.failure_ratio ≥ 5 % from 27/s");
    free(picture);

    k.bound = (struct picture_bound){.is = true, .at_most = true, .value = 0.9};
    picture = svg(state, draw_knee, &k);
    expect_words(picture, "at every point");
    free(picture);
}

static void test_a_knee_of_many_lines_says_where_each_meets_the_bound(void **state)
{
    struct picture_point points[POINTS], others[POINTS];
    turning_points(points, 1);
    turning_points(others, 0.1);
    struct picture_knee k = knee_of(points);
    k.lines[1] = (struct knee_line){"dns", others, POINTS};
    k.line_count = 2;
    k.bound = (struct picture_bound){.is = true, .at_most = true, .value = 0.04};
    char *picture = svg(state, draw_knee, &k);
    expect_words(picture, "≤ 4 % at 18 of 22 points; at 1 point the runs do not tell");
    expect_words(picture, "met: web up to 26/s, dns at every point");
    free(picture);
}

/* 0.01 % beside 17 %: on a linear axis it would lie on the axis. */
static void test_a_small_bound_is_seen_on_a_logarithmic_axis(void **state)
{
    struct picture_point points[POINTS];
    turning_points(points, 1);
    struct picture_knee k = knee_of(points);
    k.bound = (struct picture_bound){.is = true, .at_most = true, .value = 1e-4};
    char *picture = svg(state, draw_knee, &k);
    expect_words(picture, ">less<");
    expect_words(picture, ">0.01 %<");
    expect_words(picture, ">10 %<");
    free(picture);
}

static void test_a_knee_shows_theory_capacity_and_answer(void **state)
{
    struct picture_point points[POINTS], theory[POINTS];
    turning_points(points, 1);
    turning_points(theory, 0.99);
    struct picture_knee k = knee_of(points);
    k.theory = theory;
    k.theory_count = POINTS;
    k.theory_name = "Erlang B";
    k.marks[0] = (struct knee_mark){25.5, "capacity 16,384"};
    k.marks[1] = (struct knee_mark){99, "out of sight"};
    k.mark_count = 2;
    k.answered = true;
    k.answer = (struct picture_point){.x = 25.3, .low = 25.1, .high = 25.4};
    char *picture = svg(state, draw_knee, &k);
    expect_words(picture, "Erlang B");
    expect_words(picture, "capacity 16,384");
    expect_words(picture, "answer: 25.3/s");
    assert_null(strstr(picture, "out of sight"));
    free(picture);
}

/* Whether a text begins at its place or ends there. */
static void expect_anchor(const char *picture, const char *text, const char *anchor)
{
    const char *at = strstr(picture, text), *found = NULL;
    assert_non_null(at);
    for (const char *p = picture; (p = strstr(p, "text-anchor=\"")) && p < at; p++)
        found = p;
    assert_non_null(found);
    assert_int_equal(strncmp(found + strlen("text-anchor=\""), anchor, strlen(anchor)),
                     0);
}

/* Beside a line of its own on the left half its words begin, unless the answer's line
 * would run through them. */
static void test_the_words_of_a_mark_keep_clear_of_the_answer(void **state)
{
    struct picture_point points[POINTS];
    turning_points(points, 1);
    struct picture_knee k = knee_of(points);
    k.marks[0] = (struct knee_mark){24, "capacity: 24/s"};
    k.mark_count = 1;
    char *picture = svg(state, draw_knee, &k);
    expect_anchor(picture, "capacity: 24/s", "start");
    free(picture);
    k.answered = true;
    k.answer = (struct picture_point){.x = 24.5, .low = 24.5, .high = 24.6};
    picture = svg(state, draw_knee, &k);
    expect_anchor(picture, "capacity: 24/s", "end");
    free(picture);
    k.answer = (struct picture_point){.x = 23.5, .low = 23.4, .high = 23.5};
    picture = svg(state, draw_knee, &k);
    expect_anchor(picture, "capacity: 24/s", "start");
    free(picture);
}

/* From the top: the outer ones of the left half, then those of the right. */
static void test_marks_have_their_rows_from_outside_in(void **state)
{
    static const char *const order[] = {"at 21", "at 24", "at 29", "at 27"};
    struct picture_point points[POINTS];
    turning_points(points, 1);
    struct picture_knee k = knee_of(points);
    k.marks[0] = (struct knee_mark){24, "at 24"};
    k.marks[1] = (struct knee_mark){27, "at 27"};
    k.marks[2] = (struct knee_mark){21, "at 21"};
    k.marks[3] = (struct knee_mark){29, "at 29"};
    k.mark_count = 4;
    char *picture = svg(state, draw_knee, &k);
    const char *before = picture;
    for (size_t i = 0; i < COUNT(order); i++) {
        const char *at = strstr(picture, order[i]);
        assert_true(at > before);
        before = at;
    }
    free(picture);
}

/* One point, one run, no interval; and all values zero. */
static void test_a_knee_of_very_little_is_still_a_picture(void **state)
{
    static const struct picture_point one = {5, 0, NAN, NAN};
    struct picture_knee k = knee_of(NULL);
    k.lines[0] = (struct knee_line){"web", &one, 1};
    k.words.replications = 1;
    k.words.replications_most = 0;
    char *picture = svg(state, draw_knee, &k);
    expect_words(picture, "seed 7, 1 replication, portsim");
    free(picture);
}

static void test_differences_say_verdict_and_interval(void **state)
{
    struct picture_differences d = differences();
    char *picture = svg(state, draw_differences, &d);
    expect_words(picture,
                 "new against old: 1 worse, 1 better, 1 the same, 1 cannot tell");
    expect_words(picture, "better: -40 % ± 5 %");
    expect_words(picture, "worse: 1.31 against 1.27");
    expect_words(picture, "differences up to 1 % count for nothing");
    expect_words(picture, "new minus old");
    free(picture);
}

static void test_a_heat_map_says_how_many_points_meet_the_bound(void **state)
{
    struct picture_heat h = heat();
    char *picture = svg(state, draw_heat, &h);
    expect_words(picture,
                 "apps.web.failure_ratio@late ≤ 1 % at 2 of 5 points; at 2 the runs");
    expect_words(picture, "least 0 % at rate 20/s, addresses 2; most 30 % at rate 20/s, "
                          "addresses 1; blank: not simulated");
    expect_words(picture, ">0.9 % ?<");
    free(picture);
    h.bound.is = false;
    picture = svg(state, draw_heat, &h);
    expect_words(picture, "apps.web.failure_ratio@late: 0 % to 30 %");
    free(picture);
}

/* 40 columns: colours alone. */
static void test_a_heat_map_of_many_cells_has_no_words_in_them(void **state)
{
    enum { WIDE = 40 };
    struct picture_point at[WIDE * 2];
    const char *values[WIDE];
    for (int i = 0; i < WIDE * 2; i++)
        at[i] = (struct picture_point){0, 0.001 * i, NAN, NAN};
    for (int i = 0; i < WIDE; i++)
        values[i] = "x";
    struct picture_heat h = heat();
    h.x_values = values;
    h.x_count = WIDE;
    h.at = at;
    char *picture = svg(state, draw_heat, &h);
    assert_null(strstr(picture, ">7.7 %<"));
    free(picture);
}

static long place_of(const char *picture, const char *text)
{
    const char *found = strstr(picture, text);
    if (!found)
        fail_msg("the picture does not say \"%s\"", text);
    return found - picture;
}

static void test_a_tornado_begins_with_the_strongest_change(void **state)
{
    struct picture_tornado t = tornado();
    char *picture = svg(state, draw_tornado, &t);
    expect_words(picture,
                 "apps.web.failure_ratio 24 %: fin_wait_2 = 1min alone makes it 0.1 %");
    expect_words(picture, "0.1 % ± 0.05 %");
    expect_words(picture, "required: ≤ 1 %");
    expect_words(picture, "no data");
    long fin_wait = place_of(picture, "fin_wait_2 = 20min");
    long stack = place_of(picture, "stack = reworked");
    assert_true(fin_wait < stack && stack < place_of(picture, "rate = 30/s"));
    free(picture);
}

static void test_runs_that_never_failed_are_marked(void **state)
{
    struct picture_ecdf e = ecdf();
    char *picture = svg(state, draw_ecdf, &e);
    expect_words(picture,
                 "half of 8 runs have failed by 80 s, 2 had not at the end (300 s)");
    expect_words(picture, ">narrow: 2 of 8 never<");
    free(picture);
}

static void test_a_line_whose_runs_all_failed_or_none(void **state)
{
    static const double all[] = {3, 2, 1}, none[] = {NAN, NAN, NAN};
    struct picture_ecdf e = ecdf();
    e.lines[0] = (struct ecdf_line){"a", all, 3, 60};
    e.lines[1] = (struct ecdf_line){"b", none, 3, 60};
    e.line_count = 2;
    char *picture = svg(state, draw_ecdf, &e);
    expect_words(picture,
                 "a: half of 3 runs have failed by 2 s; b: none of 3 runs has failed");
    expect_words(picture, "b: 3 of 3 never");
    free(picture);
    e.lines[0] = e.lines[1];
    e.line_count = 1;
    picture = svg(state, draw_ecdf, &e);
    expect_words(picture, "none of 3 runs has failed by the end (60 s)");
    free(picture);
}

/* --- hostile names --------------------------------------------------------------- */

static void test_names_are_shown_and_not_obeyed(void **state)
{
    char *canary = memory_print("%s/canary", (const char *)*state);
    struct picture_point points[POINTS];
    turning_points(points, 1);
    for (size_t i = 0; hostile_texts[i]; i++) {
        char *text = hostile_text(hostile_texts[i], canary);
        struct picture_knee k = knee_of(points);
        k.words.scenario = k.words.headline = k.x.label = k.y.label = text;
        k.lines[0].label = k.theory_name = k.marks[0].text = text;
        k.x.unit = text;
        k.theory = points;
        k.theory_count = POINTS;
        k.marks[0].x = 25;
        k.mark_count = 1;
        struct difference_row row = {text, 0.1, 0, 0.2, text, VERDICT_WORSE};
        struct picture_differences d = {
            .words = words, .a = text, .b = text, .rows = &row, .count = 1};
        d.words.detail = d.words.version = text;
        free(drawn(*state, FIGURE_DUMB, draw_knee, &k));
        free(drawn(*state, FIGURE_DUMB, draw_differences, &d));
        const char *names[] = {text, text, text};
        struct picture_heat h = heat();
        h.words.headline = h.x.label = h.y.label = h.z.label = text;
        h.x_values = h.y_values = names;
        struct tornado_row change = {text, text, {0, 0.1, 0, 0.2}};
        struct picture_tornado t = tornado();
        t.value.label = t.value.unit = text;
        t.value.percent = false;
        t.rows = &change;
        t.count = 1;
        struct picture_ecdf e = ecdf();
        e.what = e.label = e.lines[0].label = text;
        free(drawn(*state, FIGURE_DUMB, draw_heat, &h));
        free(drawn(*state, FIGURE_DUMB, draw_tornado, &t));
        free(drawn(*state, FIGURE_SVG, draw_ecdf, &e));
        if (scratch_exists(*state, "canary"))
            fail_msg("obeyed: %s", text);
        free(text);
    }
    free(canary);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, open_scratch, close_scratch)
    const struct CMUnitTest tests[] = {
        TEST(test_every_picture_is_whole_in_every_format_and_the_same_again),
        TEST(test_a_knee_says_where_the_bound_is_met),
        TEST(test_a_knee_of_many_lines_says_where_each_meets_the_bound),
        TEST(test_a_small_bound_is_seen_on_a_logarithmic_axis),
        TEST(test_a_knee_shows_theory_capacity_and_answer),
        TEST(test_the_words_of_a_mark_keep_clear_of_the_answer),
        TEST(test_marks_have_their_rows_from_outside_in),
        TEST(test_a_knee_of_very_little_is_still_a_picture),
        TEST(test_differences_say_verdict_and_interval),
        TEST(test_a_heat_map_says_how_many_points_meet_the_bound),
        TEST(test_a_heat_map_of_many_cells_has_no_words_in_them),
        TEST(test_a_tornado_begins_with_the_strongest_change),
        TEST(test_runs_that_never_failed_are_marked),
        TEST(test_a_line_whose_runs_all_failed_or_none),
        TEST(test_names_are_shown_and_not_obeyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
