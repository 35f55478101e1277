/* The picture of the ports: what it says is what the film shows, and it is drawn whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/figures.h"
#include "sim/results/run_directory.h"
#include "tests/drawn.h"
#include "tests/hostile.h"
#include "tests/needs_gnuplot.h"
#include "tests/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Tests run in the root of the checkout. */
#define SCRIPTS "plots"

/* A run of ten minutes of which only the film is of interest. */
struct made {
    struct series *series;
    struct run_record record;
};

static struct made made_of(const struct run_film_row *film, size_t count)
{
    struct made m = {.series = series_new()};
    series_add(m.series, "hosts.h.tcp4.in_use");
    for (int i = 0; i <= 10; i++)
        series_append(m.series, i * 60 * SIM_S, (double[]){i});
    m.record = (struct run_record){.scenario = "x",
                                   .seed = 1,
                                   .replications = 1,
                                   .series = m.series,
                                   .resolved_scenario = "{}\n",
                                   .simulated = 600 * SIM_S,
                                   .film = film,
                                   .film_count = count};
    return m;
}

static char *script_of(const struct run_film_row *film, size_t count)
{
    struct figures_request request = {.format = FIGURE_SVG};
    struct made m = made_of(film, count);
    struct canvas canvas = {.request = &request, .plots = {.handle = -1}};
    struct figure_source source = {.canvas = &canvas,
                                   .run = &m.record,
                                   .series = m.series,
                                   .unit = axis_time_unit(m.record.simulated),
                                   .moments = 450,
                                   .x_tics = 12,
                                   .y_tics = 8};
    struct text script = {0};
    assert_true(figure_ports.compose(&source, &script));
    canvas_close(&canvas);
    series_free(m.series);
    return script.bytes;
}

static void expect_headline(const struct run_film_row *film, size_t count,
                            const char *expected)
{
    char *script = script_of(film, count);
    char *headline = memory_print("headline = '%s'\n", expected);
    if (!strstr(script, headline))
        fail_msg("no \"%s\" in %.400s", expected, script);
    free(headline);
    free(script);
}

/* Eight ports of "h" in cells of two: of one parity by turns. */
#define BY_TURNS(s, held, states, filled)                                                \
    {                                                                                    \
        "h", "tcp4", "10.0.0.1", 100, 107, 2, 2, (s)*SIM_S, held, 8, states, filled      \
    }

/* Four ports, a cell each. */
#define FOUR(s, held, states, filled)                                                    \
    {                                                                                    \
        "h", "tcp4", "10.0.0.1", 100, 103, 1, 1, (s)*SIM_S, held, 4, states, filled      \
    }

static void test_the_headline_says_what_the_film_shows(void **state)
{
    (void)state;
    static const struct run_film_row in_turn[] = {BY_TURNS(0, 2, "E.E.", "5050"),
                                                  BY_TURNS(60, 4, "E.E.", "9090"),
                                                  BY_TURNS(120, 6, "EEEE", "9595")};
    static const struct run_film_row enough[] = {BY_TURNS(0, 2, "E.E.", "5050"),
                                                 BY_TURNS(60, 3, "E.T.", "9050")};
    static const struct run_film_row together[] = {BY_TURNS(0, 2, "EE..", "5500"),
                                                   BY_TURNS(60, 4, "EEEE", "5555")};
    static const struct run_film_row full[] = {
        FOUR(0, 1, "F...", "9000"), FOUR(60, 4, "FFFT", "9999"),
        FOUR(120, 4, "FFFF", "9999"), FOUR(180, 3, "FFF.", "9990")};
    static const struct run_film_row gaps[] = {
        FOUR(0, 4, "TTTT", "9999"), FOUR(60, 3, "TTT.", "9990"),
        FOUR(120, 3, "TTT.", "9990"), FOUR(180, 4, "TTTT", "9999")};
    expect_headline(in_turn, 3,
                    "h: odd ports stay free until the even half is full, at 60 s");
    expect_headline(enough, 2,
                    "h: odd ports stay free to the end: the even half is enough");
    expect_headline(
        together, 2,
        "h: at most 4 of 8 ports are held, at 60 s; ESTABLISHED holds 100 % of them");
    expect_headline(
        full, 4,
        "h: all 4 ports are taken from 60 s to 120 s; FIN_WAIT_2 holds 88 % of them");
    expect_headline(gaps, 4,
                    "h: all 4 ports are taken in 50 % of the time from 0 s to the end; "
                    "TIME_WAIT holds 100 % of them");
}

/* Lines in a block of the script that hold a number. */
static unsigned lines_of(const char *script, const char *block)
{
    char *begin = memory_print("%s << EOD\n", block);
    const char *at = strstr(script, begin);
    unsigned lines = 0;
    assert_non_null(at);
    for (at += strlen(begin); strncmp(at, "EOD", 3) != 0; at = strchr(at, '\n') + 1)
        lines += *at != '\n';
    free(begin);
    return lines;
}

static void test_a_row_is_as_many_pieces_as_it_has_changes(void **state)
{
    (void)state;
    static const struct run_film_row film[] = {
        FOUR(0, 2, "EE#_", "9900"), FOUR(60, 2, "EE#_", "9900"),
        FOUR(120, 2, "ET##", "9900"), FOUR(180, 2, "EE#_", "9900")};
    char *script = script_of(film, COUNT(film));
    assert_int_equal(lines_of(script, "$ESTABLISHED_3"), 2 + 4); /* whole; two pieces */
    assert_int_equal(lines_of(script, "$ESTABLISHED_1"), 0);
    assert_int_equal(lines_of(script, "$TIME_WAIT_3"), 2);
    assert_int_equal(lines_of(script, "$reserved_box"), 2);
    assert_int_equal(lines_of(script, "$outside_box"), 2);
    assert_null(strstr(script, "$FIN_WAIT_2_3"));
    free(script);
}

/* --- drawing --------------------------------------------------------------------------
 */

static void write_run(const char *directory, const struct run_record *record)
{
    struct results_error error;
    struct run_directory *d = run_directory_prepare(directory, true, &error);
    if (!d || !run_directory_write(d, record, &error))
        fail_msg("%s", error.text);
    run_directory_free(d);
}

static struct figures_drawn draw(const char *directory, enum figure_format format,
                                 FILE *terminal)
{
    static const char *const only[] = {"ports"};
    struct figures_request request = {.directory = directory,
                                      .scripts = SCRIPTS,
                                      .format = format,
                                      .terminal = terminal,
                                      .keep = true,
                                      .only = only,
                                      .only_count = 1};
    struct figures_drawn drawn = {0};
    struct results_error error = {0};
    if (!draw_stored(figures_draw, &request, &drawn, &error))
        fail_msg("%s", error.text);
    assert_int_equal(drawn.count, 1);
    return drawn;
}

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

/* 128 groups that change at each of 200 moments: as many pieces as there can be. */
static struct run_film_row *busy_film(char (*states)[129], char *filled)
{
    static const char letters[] = "BsrEW1FclT";
    struct run_film_row *film = memory_new(200, sizeof *film);
    memset(filled, '9', 128);
    filled[128] = '\0';
    for (uint32_t i = 0; i < 200; i++) {
        for (uint32_t k = 0; k < 128; k++)
            states[i][k] = letters[(i * 7 + k * k) % 10];
        states[i][128] = '\0';
        film[i] = (struct run_film_row){"h",   "tcp4", "10.0.0.1", 49152,
                                        65535, 128,    1,          i * 3 * SIM_S,
                                        16384, 16384,  states[i],  filled};
    }
    return film;
}

static void test_the_busiest_picture_is_no_more_than_a_megabyte(void **state)
{
    NEEDS_GNUPLOT;
    char states[200][129], filled[129];
    struct run_film_row *film = busy_film(states, filled);
    struct made m = made_of(film, 200);
    write_run(*state, &m.record);
    struct figures_drawn drawn = draw(*state, FIGURE_SVG, NULL);
    assert_true(drawn.at[0].kept.length < 1000000);
    figures_drawn_free(&drawn);
    series_free(m.series);
    free(film);
}

static void test_drawn_twice_it_has_the_same_bytes(void **state)
{
    static const struct run_film_row film[] = {FOUR(0, 1, "F.#_", "9000"),
                                               FOUR(60, 4, "FTL_", "9590")};
    static const enum figure_format formats[] = {FIGURE_SVG, FIGURE_PNG};
    NEEDS_GNUPLOT;
    struct made m = made_of(film, COUNT(film));
    write_run(*state, &m.record);
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct figures_drawn one = draw(*state, formats[i], NULL),
                             two = draw(*state, formats[i], NULL);
        assert_int_equal(one.at[0].kept.length, two.at[0].kept.length);
        assert_memory_equal(one.at[0].kept.bytes, two.at[0].kept.bytes,
                            one.at[0].kept.length);
        figures_drawn_free(&one);
        figures_drawn_free(&two);
    }
    series_free(m.series);
}

static void test_in_a_terminal_ports_are_letters(void **state)
{
    static const struct run_film_row film[] = {FOUR(0, 2, "F.#E", "9009")};
    char *bytes;
    size_t length;
    NEEDS_GNUPLOT;
    struct made m = made_of(film, COUNT(film));
    write_run(*state, &m.record);
    FILE *terminal = open_memstream(&bytes, &length);
    struct figures_drawn drawn = draw(*state, FIGURE_DUMB, terminal);
    fclose(terminal);
    assert_non_null(strstr(bytes, "FFFFFFFFFFFFFFFFFFFFFFFF"));
    assert_non_null(strstr(bytes, "########################"));
    assert_non_null(strstr(bytes, "F FIN_WAIT_2   E ESTABLISHED   # reserved"));
    figures_drawn_free(&drawn);
    series_free(m.series);
    free(bytes);
}

static void test_hostile_names_are_only_shown(void **state)
{
    NEEDS_GNUPLOT;
    char *canary = memory_print("%s/canary", (char *)*state);
    char *directory = memory_print("%s/run", (char *)*state);
    for (size_t i = 0; hostile_texts[i]; i++) {
        char *text = hostile_text(hostile_texts[i], canary);
        struct run_film_row film = FOUR(0, 2, "F.#E", "9009");
        film.host = film.pool = film.local = text;
        struct made m = made_of(&film, 1);
        write_run(directory, &m.record);
        struct figures_drawn drawn = draw(directory, FIGURE_SVG, NULL);
        figures_drawn_free(&drawn);
        if (scratch_exists(*state, "canary"))
            fail_msg("text %zu was obeyed: %s", i, text);
        series_free(m.series);
        free(text);
    }
    free(canary);
    free(directory);
}

int main(void)
{
#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, open_scratch, close_scratch)
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_headline_says_what_the_film_shows),
        cmocka_unit_test(test_a_row_is_as_many_pieces_as_it_has_changes),
        ON_DISK(test_the_busiest_picture_is_no_more_than_a_megabyte),
        ON_DISK(test_drawn_twice_it_has_the_same_bytes),
        ON_DISK(test_in_a_terminal_ports_are_letters),
        ON_DISK(test_hostile_names_are_only_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
