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
#include "sim/results/run_directory.h"
#include "sim/results/run_study.h"
#include "sim/study/pictures/port_pictures.h"
#include "sim/study/pictures/study_pictures.h"
#include "sim/study/pictures/study_ports.h"
#include "tests/drawn.h"
#include "tests/hostile.h"
#include "tests/run_text.h"
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

/* In no order. */
static struct predictability_row guesses[] = {
    {"draw", "A2", {0, 9.98, 9.9, 10.06}, {0, 9.99, 9.9, 10.08}, 1024},
    {"linux518", "A4", {0, 3.02, 3, 3.04}, {0, 3.02, NAN, NAN}, 1024},
    {"turn", NULL, {0, 2.19, 2.1, 2.28}, {0, 0, -0.1, 0.1}, 1024},
};

static struct picture_predictability predictability(void)
{
    return (struct picture_predictability){
        .words = words, .where = "client tcp4", .rows = guesses, .count = COUNT(guesses)};
}

static const struct run_successor pairs[] = {{"h", "tcp4", 50000, 50001},
                                             {"h", "tcp4", 50001, 50002},
                                             {"h", "tcp4", 50002, 50009}};

static struct picture_successors successors(void)
{
    return (struct picture_successors){
        .words = words,
        .panels = {{"one, draw", pairs, 3, 50000, 50009, 3.3},
                   {"two, turn", pairs, 2, 50000, 50009, 0},
                   {"three, odd", pairs, 1, 50000, 50009, NAN}},
        .count = 3,
        .most = 3,
    };
}

static struct fairness_row losers[] = {
    {"shares", 1000, {0, 0.02, 0.01, 0.03}},
    {"pages", 500, {0, 0.31, 0.29, 0.33}},
    {"mail", 10, {0, 0, NAN, NAN}},
};

static struct picture_fairness fairness(void)
{
    return (struct picture_fairness){.words = words,
                                     .rows = losers,
                                     .count = COUNT(losers),
                                     .jain = {0, 0.841, 0.82, 0.862}};
}

/* --- drawing them ---------------------------------------------------------------- */

static bool draw_probes(struct canvas *c, const void *what)
{
    return picture_probes(c, "probes", what);
}

static bool draw_predictability(struct canvas *c, const void *what)
{
    return picture_predictability(c, "predictability", what);
}

static bool draw_successors(struct canvas *c, const void *what)
{
    return picture_successors(c, "successors", what);
}

static bool draw_fairness(struct canvas *c, const void *what)
{
    return picture_fairness(c, "fairness", what);
}

static void expect_drawn_words(void **state, draw_function *draw, const void *what,
                               const char *expected)
{
    char *picture = drawn(*state, FIGURE_SVG, draw, what);
    expect_words(picture, expected);
    free(picture);
}

/* --- claims ---------------------------------------------------------------------- */

static void test_every_picture_is_whole_in_every_format_and_the_same_again(void **state)
{
    struct picture_probes p = probes();
    struct picture_predictability b = predictability();
    struct picture_fairness f = fairness();
    struct picture_successors s = successors();
    const struct {
        draw_function *draw;
        const void *what;
    } pictures[] = {{draw_probes, &p},
                    {draw_predictability, &b},
                    {draw_fairness, &f},
                    {draw_successors, &s}};
    for (size_t i = 0; i < COUNT(pictures); i++)
        expect_drawn_alike(*state, pictures[i].draw, pictures[i].what);
}

static void test_probes_say_who_pays_most_and_least(void **state)
{
    struct picture_probes p = probes();
    expect_drawn_words(
        state, draw_probes, &p,
        "With 90 % of 1,024 ports taken, linux518 looks at 318 in the mean, ring "
        "at 1");
    p.line_count = 1;
    expect_drawn_words(
        state, draw_probes, &p,
        "linux518 looks at 177 ports with 50 % taken, at 318 with 90 %, at 1,024 "
        "when full");
}

/* A share is told of where all lines know it. */
static void test_probes_are_compared_where_all_were(void **state)
{
    struct picture_probes p = probes();
    p.lines[1].count = 2;
    expect_drawn_words(
        state, draw_probes, &p,
        "With 50 % of 1,024 ports taken, linux518 looks at 177 in the mean, ring "
        "at 1");
    p.lines[1].count = 1;
    expect_drawn_words(state, draw_probes, &p,
                       "linux518 looks at 177 ports with 50 % taken");
}

static void test_a_pool_that_never_filled_tells_how_far_it_came(void **state)
{
    static const struct probes_point early[] = {{0.3, 0.31, {0, 1.44, NAN, NAN}, NAN}};
    struct picture_probes p = probes();
    p.lines[0] = (struct probes_line){"walk", early, 1};
    p.line_count = 1;
    expect_drawn_words(state, draw_probes, &p,
                       "walk looks at 1.4 of its ports with 30 % taken");
}

static void test_predictability_says_what_is_known_and_what_is_not(void **state)
{
    struct picture_predictability b = predictability();
    expect_drawn_words(
        state, draw_predictability, &b,
        "Who saw the last port must guess 2.2 bits of the next with turn, 10 of 10 "
        "with draw");
    expect_drawn_words(state, draw_predictability, &b, "linux518  A4");
    expect_drawn_words(state, draw_predictability, &b, "log2(1,024) = 10");
    expect_drawn_words(state, draw_predictability, &b, "1 of 8");
    b.count = 1;
    expect_drawn_words(
        state, draw_predictability, &b,
        "Who saw the last port must guess 2.2 of 10 bits of the next one of turn");
}

/* An estimate may exceed what there is; what is told does not. */
static void test_nobody_must_try_more_ports_than_there_are(void **state)
{
    struct predictability_row row = {
        "draw", "A1", {0, 10.02, NAN, NAN}, {0, NAN, NAN, NAN}, 1024};
    struct picture_predictability b = {.words = words, .rows = &row, .count = 1};
    expect_drawn_words(state, draw_predictability, &b, "1 of 1,024");
    expect_drawn_words(state, draw_predictability, &b, "not known");
}

static void test_successors_say_what_takes_least_to_guess_and_most(void **state)
{
    struct picture_successors s = successors();
    expect_drawn_words(
        state, draw_successors, &s,
        "The port that follows another toward a server takes 0 bits to guess with "
        "two, turn, 3.3 bits with one, draw");
    expect_drawn_words(state, draw_successors, &s, "three, odd: bits not known");
    s.count = 1;
    expect_drawn_words(state, draw_successors, &s,
                       "takes 3.3 bits to guess with one, draw");
}

static void test_fairness_says_who_loses_most_and_least(void **state)
{
    struct picture_fairness f = fairness();
    expect_drawn_words(state, draw_fairness, &f,
                       "pages loses 31 % of its attempts, mail 0 %: Jain 0.841 ± 0.021");
    struct fairness_row alike[] = {{"a", 100, {0, 0.2, NAN, NAN}},
                                   {"b", 900, {0, 0.2, NAN, NAN}}};
    f = (struct picture_fairness){
        .words = words, .rows = alike, .count = 2, .jain = {0, 1, NAN, NAN}};
    expect_drawn_words(state, draw_fairness, &f,
                       "both applications lose 20 % of their attempts: Jain 1.000");
}

static void test_jain_is_1_of_equals_and_1_of_n_if_one_has_all(void **state)
{
    (void)state;
    const double equal[] = {0.3, 0.3, 0.3}, one[] = {1, 0.2, 1, 1}, none[] = {1, 1};
    const double half[] = {0.5, 0}, gap[] = {0.5, NAN, 0};
    assert_true(fabs(fairness_jain(equal, 3) - 1) < 1e-12);
    assert_true(fabs(fairness_jain(one, 4) - 0.25) < 1e-12);
    assert_true(fabs(fairness_jain(half, 2) - 0.9) < 1e-12); /* 1.5^2 / (2 x 1.25) */
    assert_true(fairness_jain(gap, 3) == fairness_jain(half, 2));
    assert_true(isnan(fairness_jain(none, 2)) && isnan(fairness_jain(none, 0)));
}

/* --- from a run directory --------------------------------------------------------- */

/* Runs a scenario into a directory, as the first of so many, and draws it;
 * figures_drawn_free() it. */
static struct figures_drawn run_and_draw(const char *directory, const char *scenario,
                                         uint32_t replications)
{
    struct results_error error = {0};
    struct text_plan p = text_plan_read(scenario);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    r->record.replications = replications;
    struct run_directory *d = run_directory_prepare(directory, true, &error);
    if (!d || !run_directory_write(d, &r->record, &error))
        fail_msg("%s", error.text);
    run_directory_free(d);
    trial_result_free(r);
    text_plan_free(&p);
    struct figures_request request = {
        .directory = directory, .scripts = "plots", .format = FIGURE_SVG, .keep = true};
    struct figures_drawn drawn = {0};
    if (!draw_stored(run_pictures_draw, &request, &drawn, &error))
        fail_msg("%s", error.text);
    return drawn;
}

/* The kinds that it draws, "probes fairness ", the caller's to free. */
static char *kinds_of(const char *directory, const char *scenario)
{
    struct figures_drawn drawn = run_and_draw(directory, scenario, 1);
    struct text kinds = {0};
    for (unsigned i = 0; i < drawn.count; i++)
        text_print(&kinds, "%s ", drawn.at[i].kind);
    figures_drawn_free(&drawn);
    char *all = memory_print("%s", text_of(&kinds));
    text_free(&kinds);
    return all;
}

#define APP(name, rate)                                                                  \
    "\"" name "\": { \"from\": \"client\", \"to\": \"" name ":80\", \"arrivals\": {"     \
    " \"kind\": \"poisson\", \"rate\": \"" rate "\" }, \"lifetime\": {"                  \
    " \"kind\": \"exponential\", \"mean\": \"1s\" } }"

static void test_a_run_has_the_pictures_it_has_numbers_for(void **state)
{
    static const struct {
        const char *client, *apps, *kinds;
    } cases[] = {
        {"", APP("web", "1/s"), ""}, /* never a quarter full, one application */
        {"", APP("web", "20/s"), "probes "},
        {"\"predictability\": true,", APP("web", "1/s"), "predictability successors "},
        {"", APP("web", "20/s") ", " APP("mail", "5/s"), "probes fairness "},
        {"", APP("web", "1/s") ", " APP("mail", "1/s"), ""}, /* nobody loses */
    };
    char *directory = memory_print("%s/run", (char *)*state);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *scenario = memory_print(
            "{ \"name\": \"lab\", \"duration\": \"100s\", \"hosts\": { \"client\": { %s"
            "  \"tcp\": { \"range\": [50000, 50019], \"time_wait\": \"0s\" } },"
            "  \"web\": {}, \"mail\": {} }, \"apps\": { %s } }",
            cases[i].client, cases[i].apps);
        char *kinds = kinds_of(directory, scenario);
        assert_string_equal(kinds, cases[i].kinds);
        free(kinds);
        free(scenario);
    }
    free(directory);
}

/* What only the first run kept is not said to be of them all. */
static void test_a_picture_of_one_replication_says_which(void **state)
{
    char *directory = memory_print("%s/run", (char *)*state);
    struct figures_drawn drawn = run_and_draw(
        directory,
        "{ \"name\": \"lab\", \"duration\": \"100s\", \"hosts\": { \"client\": {"
        "  \"tcp\": { \"range\": [50000, 50019], \"time_wait\": \"0s\" } },"
        "  \"web\": {}, \"mail\": {} }, \"apps\": { " APP("web", "20/s") ", " APP(
            "mail", "5/s") " } }",
        3);
    assert_int_equal(drawn.count, 2);
    assert_string_equal(drawn.at[0].kind, "probes");
    assert_non_null(
        strstr(text_of(&drawn.at[0].kept), "lab, replication 1 of 3, seed 1"));
    assert_string_equal(drawn.at[1].kind, "fairness");
    assert_non_null(strstr(text_of(&drawn.at[1].kept), "lab, seed 1, 3 replications"));
    figures_drawn_free(&drawn);
    free(directory);
}

/* Of each run by itself: 0.9 and 1, so 0.95 in the mean. */
static void test_jain_of_replications_has_an_interval(void **state)
{
    const double first[] = {100, 0.5, 100, 0}, second[] = {100, 0.25, 100, 0.25};
    const struct run_metric metrics[] = {{"apps.a.attempts", "1", 100, NAN, 2},
                                         {"apps.a.failure_ratio", "1", 0.37, 0.1, 2},
                                         {"apps.b.attempts", "1", 100, NAN, 2},
                                         {"apps.b.failure_ratio", "1", 0.13, 0.1, 2}};
    const struct run_replication runs[] = {{.number = 1, .values = first},
                                           {.number = 2, .values = second}};
    const struct run_study study = {.confidence = 0.95, .runs = runs, .run_count = 2};
    const struct run_app apps[] = {{.name = "a"}, {.name = "b"}};
    const struct run_record record = {.metrics = metrics,
                                      .metric_count = 4,
                                      .study = &study,
                                      .apps = apps,
                                      .app_count = 2};
    struct figures_request request = {
        .directory = *state, .scripts = "plots", .format = FIGURE_SVG, .keep = true};
    struct figures_drawn drawn = {0};
    struct results_error error = {0};
    struct run_drawing d = {.run = &record, .words = words};
    assert_true(canvas_open(&d.canvas, &request, &drawn, &error) && run_fairness(&d));
    canvas_close(&d.canvas);
    /* t of one degree is 12.706; the deviation of the two 0.0707. */
    assert_string_equal(drawn.at[0].headline,
                        "a loses 37 % of its attempts, b 13 %: Jain 0.950 ± 0.635");
    figures_drawn_free(&drawn);
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
        struct predictability_row row = {text, text, {0, 1, 1, 1}, {0, 1, 1, 1}, 4};
        struct picture_predictability b = {
            .words = p.words, .where = text, .rows = &row, .count = 1};
        struct fairness_row rows[] = {{text, 9, {0, 0.5, 0, 1}}, {text, 9, {0, 0, 0, 0}}};
        struct picture_fairness f = {
            .words = p.words, .rows = rows, .count = 2, .jain = {0, 0.9, NAN, NAN}};
        free(drawn(*state, FIGURE_DUMB, draw_predictability, &b));
        struct picture_successors s = successors();
        s.panels[0].label = s.panels[1].label = text;
        free(drawn(*state, FIGURE_DUMB, draw_fairness, &f));
        free(drawn(*state, FIGURE_SVG, draw_successors, &s));
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
        TEST(test_predictability_says_what_is_known_and_what_is_not),
        TEST(test_nobody_must_try_more_ports_than_there_are),
        TEST(test_successors_say_what_takes_least_to_guess_and_most),
        TEST(test_fairness_says_who_loses_most_and_least),
        TEST(test_jain_is_1_of_equals_and_1_of_n_if_one_has_all),
        TEST(test_a_run_has_the_pictures_it_has_numbers_for),
        TEST(test_a_picture_of_one_replication_says_which),
        TEST(test_jain_of_replications_has_an_interval),
        TEST(test_hostile_texts_are_shown_not_obeyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
