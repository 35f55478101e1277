/* `portsim watch` as its users meet it: frames as text, the film of a stored run, keys in
 * a terminal, and the terminal as it was when it ends. */
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/views/film_text.h"
#include "tests/program.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

/* --- frames as text -------------------------------------------------------------------
 */

static struct ended watched(const char *const *args)
{
    struct program p = {.args = {"watch"}};
    for (size_t i = 0; args[i]; i++)
        p.args[i + 1] = args[i];
    return program_run(&p);
}

#define WATCHED(...) watched((const char *const[]){__VA_ARGS__, NULL})

static void test_a_frame_of_ten_ports_is_a_list_of_them(void **state)
{
    (void)state;
    struct ended e = WATCHED("teaching-mini", "--at", "10min");
    expect_status(&e, 0);
    expect_silence(e.err);
    assert_string_equal(
        e.out, "client tcp4 on 10.0.0.1: ports 50000 to 50009\n"
               "10 min   7 of 10 ports held (70.0 %)   0.1 failures/s\n"
               "10 min: threshold client tcp4: below 75 % again, 7 of 10 ports in use\n"
               "50000 ....  free\n"
               "50001 ....  free\n"
               "50002 TTTT  TIME_WAIT\n"
               "50003 TTTT  TIME_WAIT\n"
               "50004 TTTT  TIME_WAIT\n"
               "50005 TTTT  TIME_WAIT\n"
               "50006 TTTT  TIME_WAIT\n"
               "50007 TTTT  TIME_WAIT\n"
               "50008 EEEE  ESTABLISHED\n"
               "50009 ....  free\n"
               ". free   E ESTABLISHED   T TIME_WAIT\n");
    ended_free(&e);
}

static void test_even_and_odd_ports_of_linux_stand_side_by_side(void **state)
{
    (void)state;
    struct ended e = WATCHED("linux-parity-knee", "--at", "10", "--host", "one-pair");
    expect_status(&e, 0);
    expect_says(e.out, "ports 32768 to 60999, a cell is 28 even or odd ones\n");
    expect_says(e.out, "\n34560 E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E.E."
                       "E.E.E.E.\n");
    ended_free(&e);
}

static unsigned frames_in(const char *text)
{
    unsigned n = 0;
    for (const char *p = text; (p = strstr(p, "client tcp4 on ")); p++)
        n++;
    return n;
}

static void test_without_a_terminal_the_quarters_of_the_run_are_printed(void **state)
{
    (void)state;
    struct ended e = WATCHED("teaching-mini");
    expect_status(&e, 0);
    assert_int_equal(frames_in(e.out), 4);
    expect_says(e.out, "\n5 h 33 min"); /* the end */
    ended_free(&e);
}

static void test_moments_are_printed_in_the_order_asked_for(void **state)
{
    (void)state;
    struct ended e = WATCHED("teaching-mini", "--frame", "20min", "--at", "600", "--at",
                             "first-failure");
    expect_status(&e, 0);
    assert_int_equal(frames_in(e.out), 3);
    const char *late = strstr(e.out, "\n20 min "), *early = strstr(e.out, "\n10 min ");
    assert_true(late && early && late < early);
    assert_non_null(strstr(early, "10 of 10 ports held (100.0 %)"));
    ended_free(&e);
}

static void test_frames_at_each_change_are_exact_to_the_event(void **state)
{
    (void)state;
    struct ended e =
        WATCHED("teaching-mini", "--step", "change", "--at", "first-failure", "-q");
    expect_status(&e, 0);
    expect_says(e.out, "10 of 10 ports held (100.0 %)");
    expect_says(e.out, "first-failure client");
    ended_free(&e);
}

static void test_what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *args[6];
        int status;
        const char *says;
    } wrong[] = {
        {{"teaching-mini", "--at", "soon"}, 2, "--at \"soon\""},
        {{"teaching-mini", "--speed", "0"}, 2, "--speed wants a number above 0"},
        {{"teaching-mini", "--speed", "fast"}, 2, "--speed wants a number above 0"},
        {{"teaching-mini", "--step", "0s"}, 2, "--step must be longer than 0s"},
        {{"teaching-mini", "--pool", "tcp5"}, 2, "--pool is tcp4, tcp6, udp4 or udp6"},
        {{"teaching-mini", "--host", "nobody"}, 2, "no host of that name connects"},
        {{"linux-parity-knee", "--step", "change"}, 2, "a pool of up to 64 ports"},
        {{"no-such-scenario"}, 4, "no-such-scenario"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct ended e = watched(wrong[i].args);
        expect_status(&e, wrong[i].status);
        expect_silence(e.out);
        expect_says(e.err, wrong[i].says);
        ended_free(&e);
    }
}

/* --- a stored run ---------------------------------------------------------------------
 */

static void test_a_stored_run_is_watched_as_it_was(void **state)
{
    (void)state;
    char *root = scratch_new(), *run = memory_print("%s/run", root);
    struct program p = {.args = {"run", "teaching-mini", "-o", run, "--seed", "5", "-q"}};
    struct ended made = program_run(&p);
    struct ended stored = WATCHED(run, "--at", "10min");
    struct ended fresh = WATCHED("teaching-mini", "--seed", "5", "--at", "10min");
    expect_status(&stored, 0);
    assert_string_equal(stored.out, fresh.out);
    struct ended set = WATCHED(run, "--set", "duration=1s");
    expect_status(&set, 2);
    expect_says(set.err, "a run is watched as it was");
    ended_free(&made);
    ended_free(&stored);
    ended_free(&fresh);
    ended_free(&set);
    scratch_free(root);
    free(run);
}

/* --- a page ---------------------------------------------------------------------------
 */

static char *page_of(const char *root, const char *name, const char *scenario,
                     const char *setting)
{
    char *path = memory_print("%s/%s", root, name);
    struct ended e = WATCHED(scenario, "--set", setting, "--html", path, "-q");
    expect_status(&e, 0);
    assert_true(strstr(e.out, path) == e.out);
    char *bytes = scratch_get(root, name);
    assert_non_null(bytes);
    ended_free(&e);
    free(path);
    return bytes;
}

static void test_the_same_film_is_the_same_page(void **state)
{
    (void)state;
    char *root = scratch_new();
    char *one = page_of(root, "one.html", "teaching-mini", "seed=7"),
         *two = page_of(root, "two.html", "teaching-mini", "seed=7");
    assert_string_equal(one, two);
    assert_true(strlen(one) < 2000000);
    assert_null(strstr(one, "://"));
    assert_null(strstr(one, " src="));
    free(one);
    free(two);
    scratch_free(root);
}

static void test_hostile_words_are_only_shown_in_a_page(void **state)
{
    (void)state;
    char *root = scratch_new();
    char *page = page_of(root, "p.html", "teaching-mini",
                         "about=\"</div><img src=x onerror=alert(1)>|&\\\"'\"");
    assert_null(strstr(page, "<img"));
    assert_non_null(strstr(page, "&lt;/div&gt;&lt;img src=x onerror=alert(1)&gt;|&amp;"));
    free(page);
    scratch_free(root);
}

static void test_a_page_has_a_place_it_can_be_written_to(void **state)
{
    (void)state;
    struct ended e = WATCHED("teaching-mini", "--html", "/nowhere/page.html", "-q");
    expect_status(&e, 4);
    expect_says(e.err, "/nowhere");
    ended_free(&e);
}

/* --- frames of any size ---------------------------------------------------------------
 */

/* Columns of a line, what only paints left out. */
static unsigned columns_of(const char *line, size_t length)
{
    unsigned columns = 0;
    for (size_t i = 0; i < length; i++)
        if (line[i] == '\033')
            while (i < length && line[i] != 'm')
                i++;
        else
            columns += ((unsigned char)line[i] & 0xC0) != 0x80;
    return columns;
}

static void expect_fits(const struct film_take *t, const struct film_look *look)
{
    char *bytes;
    size_t length;
    unsigned lines = 0;
    FILE *out = open_memstream(&bytes, &length);
    film_text_print(out, t, t->count / 2, look, "\n");
    fclose(out);
    for (const char *line = bytes; *line; lines++) {
        size_t n = strcspn(line, "\n");
        if (columns_of(line, n) > look->columns)
            fail_msg("%u columns: %.*s", look->columns, (int)n, line);
        line += n + 1;
    }
    if (lines > look->rows)
        fail_msg("%u lines where %u fit", lines, look->rows);
    free(bytes);
}

static void test_a_frame_fits_whatever_room_there_is(void **state)
{
    (void)state;
    static const char *const scenarios[] = {"teaching-mini", "linux-parity-knee"};
    struct state_colours colours;
    struct results_error error;
    assert_true(state_colours_read(&colours, "plots", &error));
    for (size_t i = 0; i < 2; i++) {
        struct text_plan p = text_plan_file(scenarios[i]);
        struct film_order order = {.plan = p.plan,
                                   .cells = FILM_CELLS_MAX,
                                   .host = i ? "one-pair" : NULL,
                                   .every = p.plan->config->duration / 8};
        struct film_take *t = film_take_new(&order);
        assert_non_null(t);
        for (unsigned rows = 6; rows < 70; rows += 21)
            for (unsigned columns = 30; columns < 220; columns += 63)
                for (int paint = FILM_LETTERS; paint <= FILM_COLOURS_ALL; paint++) {
                    struct film_look look = {columns, rows, (enum film_paint)paint,
                                             &colours, columns % 2 == 0};
                    expect_fits(t, &look);
                }
        film_take_free(t);
        text_plan_free(&p);
    }
}

/* --- a terminal -----------------------------------------------------------------------
 */

struct screen {
    int ours;
    pid_t child;
    char *said;
    size_t length;
};

/* Reads what comes within the time; false once nobody writes any more. */
static bool hear(struct screen *s, int ms)
{
    struct pollfd in = {.fd = s->ours, .events = POLLIN};
    char block[65536];
    while (poll(&in, 1, ms) > 0) {
        ssize_t n = read(s->ours, block, sizeof block);
        if (n <= 0)
            return false;
        s->said = memory_resize(s->said, s->length + (size_t)n + 1, 1);
        memcpy(s->said + s->length, block, (size_t)n);
        s->length += (size_t)n;
        s->said[s->length] = '\0';
        if (ms < 1000)
            return true;
    }
    return true;
}

/* Until that was said, behind what was said before; fails after 20 s. */
static void hear_until(struct screen *s, const char *what, size_t from)
{
    for (int i = 0; i < 200; i++) {
        if (s->length > from && strstr(s->said + from, what))
            return;
        if (!hear(s, 100))
            break;
    }
    fail_msg("never said \"%s\" but \"%s\"", what,
             s->length > from ? s->said + from : "nothing");
}

static struct screen open_screen(const char *const *env, struct termios *before)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct screen s = {.length = 0};
    const char *program = getenv("PORTSIM");
    if (!program)
        program = "build/portsim";
    s.child = forkpty(&s.ours, NULL, NULL, &size);
    assert_true(s.child >= 0);
    if (s.child == 0) {
        for (size_t i = 0; env[i]; i++)
            putenv((char *)env[i]);
        setenv("PORTSIM_SHARE", ".", 1);
        execl(program, "portsim", "watch", "linux-parity-knee", "--host", "one-pair",
              "-q", "--step", "1s", NULL);
        _exit(127);
    }
    tcgetattr(s.ours, before);
    hear_until(&s, "\033[?1049h", 0);
    return s;
}

static void press(struct screen *s, const char *keys, const char *then)
{
    size_t from = s->length;
    assert_int_equal(write(s->ours, keys, strlen(keys)), strlen(keys));
    hear_until(s, then, from);
}

/* The end: status, the screen given back, the terminal's settings as before. */
static void expect_left(struct screen *s, const struct termios *before, int status)
{
    struct termios after;
    int how;
    hear_until(s, "\033[?7h\033[?25h\033[?1049l", 0);
    assert_int_equal(tcgetattr(s->ours, &after), 0);
    assert_int_equal(waitpid(s->child, &how, 0), s->child);
    assert_int_equal(WIFEXITED(how) ? WEXITSTATUS(how) : -1, status);
    assert_int_equal(after.c_lflag, before->c_lflag);
    assert_int_equal(after.c_cc[VSUSP], before->c_cc[VSUSP]);
    close(s->ours);
    free(s->said);
}

static const char *const letters[] = {"TERM=xterm", "NO_COLOR=1", "LC_ALL=C", NULL};
static const char *const colours[] = {"TERM=xterm-256color", "COLORTERM=truecolor",
                                      "NO_COLOR=", "LC_ALL=C.UTF-8", NULL};
static const char *const palette[] = {"TERM=xterm-256color",
                                      "COLORTERM=", "NO_COLOR=", "LC_ALL=C", NULL};

static void test_keys_pause_step_seek_and_quit(void **state)
{
    (void)state;
    struct termios before;
    program_needs_terminal();
    struct screen s = open_screen(letters, &before);
    press(&s, " ", "paused ");
    press(&s, "\033[H", "\n0 s "); /* home */
    press(&s, ".", "\n1 s ");
    press(&s, ".", "\n2 s ");
    press(&s, ",", "\n1 s ");
    press(&s, "\033[H\033[C", "\n2 s "); /* a twentieth */
    press(&s, "+", "x2.667 ");
    press(&s, "--", "x0.6667 ");
    press(&s, "\033[F", "28,232 of 28,232 ports held");
    press(&s, "\033[Hn", "event"); /* to the first event */
    press(&s, "q", "\033[?1049l");
    expect_left(&s, &before, 0);
}

static void test_the_film_plays_to_its_end_and_stands_still(void **state)
{
    (void)state;
    struct termios before;
    program_needs_terminal();
    struct screen s = open_screen(letters, &before);
    press(&s, "++++++++++", "paused   x");
    press(&s, "q", "\033[?1049l");
    expect_left(&s, &before, 0);
}

static void test_states_have_the_colours_of_the_pictures(void **state)
{
    (void)state;
    struct termios before;
    program_needs_terminal();
    struct screen s = open_screen(colours, &before);
    /* state_ESTABLISHED of plots/colours.gp, an upper half block in it. */
    press(&s, "\033[F", "\033[38;2;1;104;51m\033[48;2;1;104;51m\xE2\x96\x80");
    press(&s, "q", "\033[?1049l");
    expect_left(&s, &before, 0);
    s = open_screen(palette, &before);
    press(&s, "\033[F", "\033[48;5;23m ");
    press(&s, "q", "\033[?1049l");
    expect_left(&s, &before, 0);
}

static void test_a_larger_window_shows_more(void **state)
{
    (void)state;
    struct termios before;
    struct winsize large = {.ws_row = 60, .ws_col = 200};
    program_needs_terminal();
    struct screen s = open_screen(letters, &before);
    hear_until(&s, "a cell is 28 even or odd ones", 0);
    size_t from = s.length;
    ioctl(s.ours, TIOCSWINSZ, &large);
    hear_until(&s, "a cell is 7 even or odd ones", from);
    press(&s, "q", "\033[?1049l");
    expect_left(&s, &before, 0);
}

static void test_a_signal_gives_the_terminal_back(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM};
    struct termios before;
    program_needs_terminal();
    for (size_t i = 0; i < 2; i++) {
        struct screen s = open_screen(letters, &before);
        kill(s.child, signals[i]);
        expect_left(&s, &before, 128 + signals[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_frame_of_ten_ports_is_a_list_of_them),
        cmocka_unit_test(test_even_and_odd_ports_of_linux_stand_side_by_side),
        cmocka_unit_test(test_without_a_terminal_the_quarters_of_the_run_are_printed),
        cmocka_unit_test(test_moments_are_printed_in_the_order_asked_for),
        cmocka_unit_test(test_frames_at_each_change_are_exact_to_the_event),
        cmocka_unit_test(test_what_cannot_be_is_refused),
        cmocka_unit_test(test_a_stored_run_is_watched_as_it_was),
        cmocka_unit_test(test_the_same_film_is_the_same_page),
        cmocka_unit_test(test_hostile_words_are_only_shown_in_a_page),
        cmocka_unit_test(test_a_page_has_a_place_it_can_be_written_to),
        cmocka_unit_test(test_a_frame_fits_whatever_room_there_is),
        cmocka_unit_test(test_keys_pause_step_seek_and_quit),
        cmocka_unit_test(test_the_film_plays_to_its_end_and_stands_still),
        cmocka_unit_test(test_states_have_the_colours_of_the_pictures),
        cmocka_unit_test(test_a_larger_window_shows_more),
        cmocka_unit_test(test_a_signal_gives_the_terminal_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
