/* The summary of a run: numbers as people read them, one screen of 80 columns, and what
 * was found in words that are true. */
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
#include "sim/views/human.h"
#include "sim/views/summary.h"
#include "tests/run_text.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- numbers ---------------------------------------------------------------------- */

static void test_durations_have_two_units_or_three_digits(void **state)
{
    (void)state;
    static const struct {
        sim_ns t;
        const char *text;
    } durations[] = {
        {0, "0 s"},
        {7, "7 ns"},
        {1500, "1.5 us"},
        {SIM_MS - 1, "1 ms"},
        {999 * SIM_US, "999 us"},
        {24 * SIM_MS, "24 ms"},
        {SIM_S, "1 s"},
        {22845 * SIM_MS, "22.8 s"},
        {59 * SIM_S, "59 s"},
        {60 * SIM_S, "1 min"},
        {325 * SIM_S, "5 min 25 s"},
        {SIM_H, "1 h"},
        {SIM_H + 59 * SIM_S, "1 h"},
        {20000 * SIM_S, "5 h 33 min"},
        {SIM_D + SIM_H, "1 d 1 h"},
        {3650 * SIM_D, "3650 d"},
    };
    for (size_t i = 0; i < COUNT(durations); i++) {
        char text[HUMAN_TEXT];
        assert_string_equal(human_duration(durations[i].t, text), durations[i].text);
    }
}

static void test_counts_have_commas_and_null_is_a_dash(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } counts[] = {{0, "0"},
                  {999, "999"},
                  {1000, "1,000"},
                  {16384, "16,384"},
                  {1234567.4, "1,234,567"},
                  {NAN, "-"}};
    char text[HUMAN_TEXT];
    for (size_t i = 0; i < COUNT(counts); i++)
        assert_string_equal(human_count(counts[i].value, text), counts[i].text);
    assert_string_equal(human_share(0.5704, text), "57.0 %");
    assert_string_equal(human_share(0.00031, text), "0.031 %");
    assert_string_equal(human_share(0, text), "0 %");
    assert_string_equal(human_share(NAN, text), "-");
    assert_string_equal(human_seconds(NAN, text), "-");
    assert_string_equal(human_seconds(0.024, text), "24 ms");
    assert_string_equal(human_seconds(1e300, text), "over 100 years");
}

/* --- screens ---------------------------------------------------------------------- */

/* The screen of a run, the caller's to free. */
static char *screen_of(const char *text, bool colour)
{
    struct text_plan p = text_plan_read(text);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    char *screen = NULL;
    size_t length;
    FILE *out = open_memstream(&screen, &length);
    summary_print(out, &r->record, colour);
    fclose(out);
    trial_result_free(r);
    text_plan_free(&p);
    return screen;
}

static void expect_in(const char *screen, const char *part)
{
    if (!strstr(screen, part))
        fail_msg("no \"%s\" in\n%s", part, screen);
}

static void expect_80_columns(const char *screen)
{
    for (const char *line = screen; *line; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") > 80)
            fail_msg("too wide: %.*s", (int)strcspn(line, "\n"), line);
}

/* A host of `ports` ports and users at a rate; connections of 1 s, TIME_WAIT of 4 s. */
static char *small_run(const char *more, const char *apps, unsigned ports)
{
    return memory_print(
        "{ \"name\": \"small\", \"duration\": \"1000s\", %s"
        "  \"hosts\": { \"client\": { \"tcp\": { \"range\": [50000, %u],"
        "    \"time_wait\": \"4s\" } }, \"server\": {} }, \"apps\": { %s } }",
        more, 49999 + ports, apps);
}

static char *an_app(const char *name, const char *rate)
{
    return memory_print("\"%s\": { \"from\": \"client\", \"to\": \"server:80\","
                        "  \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"%s\" },"
                        "  \"lifetime\": { \"kind\": \"constant\", \"value\": \"1s\" } }",
                        name, rate);
}

static char *screen_of_one_app(const char *rate, unsigned ports, bool colour)
{
    char *app = an_app("pages", rate), *text = small_run("", app, ports);
    char *screen = screen_of(text, colour);
    free(text);
    free(app);
    return screen;
}

static void test_a_host_that_ran_dry_is_named_with_what_held_its_ports(void **state)
{
    (void)state;
    char *screen = screen_of_one_app("20/s", 10, false);
    expect_in(screen, "client ran out of its 10 local ports, from ");
    expect_in(screen, " to the end\n");
    expect_in(screen, "found no port\n");
    expect_in(screen, "  ports were held by TIME_WAIT ");
    expect_in(screen, "  toward             server:80 100.0 %\n");
    expect_in(screen, " EADDRNOTAVAIL\n");
    expect_80_columns(screen);
    free(screen);
}

/* Refused sockets that nobody closes: on Windows their ports are BOUND. */
static void test_ports_that_are_bound_are_held_toward_nobody(void **state)
{
    (void)state;
    char *screen =
        screen_of("{ \"name\": \"bound\", \"duration\": \"1000s\", \"hosts\": {"
                  "  \"client\": { \"stack\": \"win10\","
                  "    \"tcp\": { \"range\": [50000, 50009] } },"
                  "  \"server\": { \"listen\": [80] } }, \"apps\": { \"pages\": {"
                  "  \"from\": \"client\", \"to\": \"server:81\","
                  "  \"arrivals\": { \"kind\": \"constant\", \"rate\": \"1/s\" },"
                  "  \"lifetime\": { \"kind\": \"constant\", \"value\": \"1s\" },"
                  "  \"leaks\": { \"after_failure\": 1 } } } }",
                  false);
    expect_in(screen, "  ports were held by BOUND 100.0 %\n");
    expect_in(screen, "  toward             nobody 100.0 %\n");
    free(screen);
}

/* One draw misses most of what is left. */
static void test_a_search_that_fails_with_ports_left_is_not_called_full(void **state)
{
    (void)state;
    char *app = an_app("pages", "20/s");
    char *text = memory_print(
        "{ \"name\": \"small\", \"duration\": \"20s\", \"hosts\": { \"client\": {"
        "  \"tcp\": { \"range\": [50000, 50999], \"time_wait\": \"10s\", "
        "  \"allocator\": { \"kind\": \"sg-legacy-b\", \"tries\": 1 } } },"
        "  \"server\": {} }, \"apps\": { %s } }",
        app);
    char *screen = screen_of(text, false);
    expect_in(screen, "client found no port");
    expect_in(screen, "\n  though at most ");
    expect_in(screen, " of its 1,000 were in use\n");
    expect_80_columns(screen);
    free(screen);
    free(text);
    free(app);
}

static void test_spells_are_counted_and_not_called_one(void **state)
{
    (void)state;
    char *screen = screen_of_one_app("1.6/s", 10, false);
    expect_in(screen, "client ran out of its 10 local ports ");
    expect_in(screen, " times, from ");
    free(screen);
}

static void test_a_host_with_room_is_told_as_the_fullest(void **state)
{
    (void)state;
    char *screen = screen_of_one_app("2/s", 1000, false);
    expect_in(screen, "no host ran out of local ports\n  the fullest was client: ");
    free(screen);
}

static void test_nobody_who_connects_is_told_too(void **state)
{
    (void)state;
    char *screen = screen_of_one_app("0/s", 10, false);
    expect_in(screen, "no host opened a connection\n");
    free(screen);
}

static void test_a_failing_app_with_a_face_says_what_its_users_see(void **state)
{
    (void)state;
    static const struct {
        const char *rate;
        bool fails;
    } rows[] = {{"1/s", false}, {"100/s", true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *app = memory_print(
            "\"drives\": { \"face\": \"file-share\", \"from\": \"client\", \"to\": "
            "\"server:445\", \"arrivals\": { \"kind\": \"constant\", \"rate\": \"%s\" },"
            "\"lifetime\": { \"kind\": \"constant\", \"value\": \"1s\" } }",
            rows[i].rate);
        char *text = small_run("", app, 20), *screen = screen_of(text, false);
        bool said = strstr(screen, "\n  file share: network drives do not open; ");
        if (said != rows[i].fails)
            fail_msg("at %s:\n%s", rows[i].rate, screen);
        free(screen);
        free(text);
        free(app);
    }
}

static void test_colours_are_only_added(void **state)
{
    (void)state;
    char *plain = screen_of_one_app("20/s", 10, false);
    char *coloured = screen_of_one_app("20/s", 10, true);
    char *to = coloured;
    assert_null(strchr(plain, '\033'));
    assert_non_null(strchr(coloured, '\033'));
    for (const char *from = coloured; *from; from++) {
        if (*from == '\033')
            from += strcspn(from, "m");
        else
            *to++ = *from;
    }
    *to = '\0';
    assert_string_equal(plain, coloured);
    free(plain);
    free(coloured);
}

static void test_a_scenario_of_many_things_fits_and_says_what_is_left_out(void **state)
{
    (void)state;
    static const char long_name[] =
        "an-application-with-a-name-of-sixty-three-characters-"
        "and-no-mor";
    char *apps = an_app(long_name, "1/s");
    char *phases = memory_text("", 0), *changes = memory_text("", 0);
    for (int i = 0; i < 19; i++) {
        char name[16];
        snprintf(name, sizeof name, "app-%d", i);
        char *app = an_app(name, "1/s");
        char *more = memory_print("%s, %s", apps, app);
        free(app), free(apps);
        apps = more;
        more = memory_print("%s%s\"a-long-name-of-a-phase-%d\": [\"%ds\", \"%ds\"]",
                            phases, i ? ", " : "", i, i, i + 20);
        free(phases);
        phases = more;
        more = memory_print("%s%s{ \"at\": \"%ds\", \"set\": { \"apps.%s.server_close\": "
                            "[{ \"kind\": \"never\" }] } }",
                            changes, i ? ", " : "", i, long_name);
        free(changes);
        changes = more;
    }
    char *more =
        memory_print("\"phases\": { %s }, \"changes\": [ %s ],", phases, changes);
    char *text = small_run(more, apps, 50);
    char *screen = screen_of(text, false);
    expect_80_columns(screen);
    expect_in(screen, "        and 11 more\n"); /* changes */
    expect_in(screen, "\nand 4 more\n");        /* apps */
    expect_in(screen, "\nand 11 more phases\n");
    free(screen), free(text), free(more), free(phases), free(changes), free(apps);
}

static void test_requirements_that_fail_are_told_with_their_value(void **state)
{
    (void)state;
    char *app = an_app("pages", "1/s");
    char *text = small_run("\"require\": [\"apps.pages.attempts > 0\","
                           "  \"apps.pages.failures > 5\"],",
                           app, 1000);
    char *screen = screen_of(text, false);
    expect_in(screen, "1 of 2 requirements hold\n"
                      "  fails: apps.pages.failures > 5; it was 0\n");
    free(screen), free(text), free(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations_have_two_units_or_three_digits),
        cmocka_unit_test(test_counts_have_commas_and_null_is_a_dash),
        cmocka_unit_test(test_a_host_that_ran_dry_is_named_with_what_held_its_ports),
        cmocka_unit_test(test_ports_that_are_bound_are_held_toward_nobody),
        cmocka_unit_test(test_a_search_that_fails_with_ports_left_is_not_called_full),
        cmocka_unit_test(test_spells_are_counted_and_not_called_one),
        cmocka_unit_test(test_a_host_with_room_is_told_as_the_fullest),
        cmocka_unit_test(test_nobody_who_connects_is_told_too),
        cmocka_unit_test(test_a_failing_app_with_a_face_says_what_its_users_see),
        cmocka_unit_test(test_colours_are_only_added),
        cmocka_unit_test(test_a_scenario_of_many_things_fits_and_says_what_is_left_out),
        cmocka_unit_test(test_requirements_that_fail_are_told_with_their_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
