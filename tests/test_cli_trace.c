/* `portsim trace` as its users meet it: which attempt it finds, what it prints where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "tests/program.h"

static struct ended traced(const char *const *args, const char *locale)
{
    struct program p = {.args = {"trace"}, .env = {"LC_ALL=", "LC_CTYPE=", locale}};
    for (size_t i = 0; args[i]; i++)
        p.args[i + 1] = args[i];
    return program_run(&p);
}

static void expect_heading(const char *const *args, const char *heading)
{
    struct ended e = traced(args, "LANG=C");
    expect_status(&e, 0);
    expect_silence(e.err);
    if (strncmp(e.out, heading, strlen(heading)) != 0)
        fail_msg("begins \"%.80s\", should begin \"%s\"", e.out, heading);
    ended_free(&e);
}

static void test_without_a_wish_it_is_the_first_attempt(void **state)
{
    (void)state;
    expect_heading((const char *const[]){"teaching-mini", NULL},
                   "attempt 1 of pages, scenario teaching-mini, seed 1\n");
}

static void test_attempts_are_counted_in_the_run_or_in_their_app(void **state)
{
    (void)state;
    expect_heading(
        (const char *const[]){"proxysg-cifs-finwait2", "--connection", "17", NULL},
        "attempt 2 of pages (17th of the run)");
    expect_heading((const char *const[]){"proxysg-cifs-finwait2", "--connection", "2",
                                         "--app", "pages", NULL},
                   "attempt 2 of pages (17th of the run)");
}

static void test_a_failed_attempt_shows_the_search_and_the_errno(void **state)
{
    (void)state;
    struct ended e =
        traced((const char *const[]){"proxysg-cifs-finwait2", "--first-failure", NULL},
               "LANG=C");
    expect_status(&e, 0);
    expect_says(e.out, "connect(): no port after 16,384 probes: EADDRNOTAVAIL\n");
    expect_says(e.out, "\nthe attempt failed after 1 try: EADDRNOTAVAIL (");
    ended_free(&e);
}

/* A prompt server passes FIN_WAIT_2 in an instant; this one stays. */
static void test_a_state_is_found_where_a_socket_stays_in_it(void **state)
{
    (void)state;
    struct ended e = traced((const char *const[]){"proxysg-cifs-finwait2", "--state",
                                                  "fin_wait_2", "--app", "shares", NULL},
                            "LANG=C");
    expect_status(&e, 0);
    expect_says(e.out, "FIN_WAIT_2 until ");
    expect_says(e.out, ", for 10 min\n");
    expect_says(e.out, "waiting for a FIN that cifs never sent\n");
    ended_free(&e);
}

static void test_a_port_is_found_with_who_got_it_first(void **state)
{
    (void)state;
    struct ended e = traced((const char *const[]){"teaching-mini", "--port", "50003",
                                                  "--set", "seed=7", NULL},
                            "LANG=C");
    expect_status(&e, 0);
    expect_says(e.out, "connect(): port 50003 after ");
    expect_says(e.out, ", seed 7\n");
    ended_free(&e);
}

static void test_line_characters_only_where_the_locale_has_them(void **state)
{
    (void)state;
    static const char *const plain[] = {"teaching-mini", NULL};
    static const char *const forced[] = {"teaching-mini", "--ascii", NULL};
    struct ended c = traced(plain, "LANG=C"), utf8 = traced(plain, "LANG=de_DE.UTF-8");
    struct ended ascii = traced(forced, "LANG=de_DE.UTF-8");
    expect_says(utf8.out, "\u25b6");
    expect_says(c.out, "-> SYN_RECEIVED");
    assert_string_equal(c.out, ascii.out);
    assert_null(strstr(c.out, "\u25b6"));
    ended_free(&c);
    ended_free(&utf8);
    ended_free(&ascii);
}

static void test_json_holds_every_rung_and_the_same_sentences(void **state)
{
    (void)state;
    struct ended e =
        traced((const char *const[]){"teaching-mini", "--json", NULL}, "LANG=C");
    struct ended text = traced((const char *const[]){"teaching-mini", NULL}, "LANG=C");
    cJSON *all = cJSON_Parse(e.out);
    expect_status(&e, 0);
    const cJSON *rung, *sentence;
    int segments = 0;
    cJSON_ArrayForEach(rung, cJSON_GetObjectItem(all, "rungs")) segments +=
        strcmp(cJSON_GetObjectItem(rung, "kind")->valuestring, "segment") == 0;
    assert_int_equal(segments, 7); /* SYN, SYN+ACK, ACK, FIN, ACK, FIN+ACK, ACK */
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(all, "verdict")) == 2);
    cJSON_ArrayForEach(sentence, cJSON_GetObjectItem(all, "verdict"))
        expect_says(text.out, sentence->valuestring);
    cJSON_Delete(all);
    ended_free(&e);
    ended_free(&text);
}

static void test_no_such_attempt_is_status_1(void **state)
{
    (void)state;
    struct ended e = traced(
        (const char *const[]){"teaching-mini", "--errno", "HTTP_503", NULL}, "LANG=C");
    expect_status(&e, 1);
    expect_silence(e.out);
    expect_says(e.err, "no attempt is as wished, up to ");
    ended_free(&e);
}

static void test_bad_command_lines_say_why(void **state)
{
    (void)state;
    static const struct {
        const char *args[5];
        const char *says;
    } bad[] = {
        {{NULL}, "which scenario?"},
        {{"a.json", "b.json"}, "one scenario at a time, also got \"b.json\""},
        {{"teaching-mini", "--connection", "0"}, "whole number from 1 to"},
        {{"teaching-mini", "--connection", "-1"}, "is \"-1\""},
        {{"teaching-mini", "--port", "65536"}, "from 1 to 65535, is \"65536\""},
        {{"teaching-mini", "--state", "FIN_WAIT2"}, "did you mean \"FIN_WAIT_2\"?"},
        {{"teaching-mini", "--errno", "EADDRNOTAVIL"}, "did you mean \"EADDRNOTAVAIL\"?"},
        {{"teaching-mini", "--until", "10"}, "--until must be a duration"},
        {{"teaching-mini", "--app", "mail"}, "no application \"mail\"; it has pages"},
        {{"teaching-mini", "--connection=1", "--first-failure"}, "names the one"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ended e = traced(bad[i].args, "LANG=C");
        expect_status(&e, 2);
        expect_silence(e.out);
        expect_says(e.err, bad[i].says);
        ended_free(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_wish_it_is_the_first_attempt),
        cmocka_unit_test(test_attempts_are_counted_in_the_run_or_in_their_app),
        cmocka_unit_test(test_a_failed_attempt_shows_the_search_and_the_errno),
        cmocka_unit_test(test_a_state_is_found_where_a_socket_stays_in_it),
        cmocka_unit_test(test_a_port_is_found_with_who_got_it_first),
        cmocka_unit_test(test_line_characters_only_where_the_locale_has_them),
        cmocka_unit_test(test_json_holds_every_rung_and_the_same_sentences),
        cmocka_unit_test(test_no_such_attempt_is_status_1),
        cmocka_unit_test(test_bad_command_lines_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
