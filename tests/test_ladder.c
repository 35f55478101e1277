/* Ladders of connections that were followed by hand: worlds as in test_scripts.c,
 * test_proxy.c and test_nat.c, drawn as tests/golden/ladders/ has them.
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
#include "sim/views/ladder.h"
#include "tests/run_text.h"

/* One user a second; each stays 0.8 s; round trip 100 ms, TIME_WAIT 4 s, FIN_WAIT_2 6 s,
 * SYN again after 1 s and given up at 3 s, FIN the same; one port. */
static const char direct[] =
    "{\"name\": \"by-hand\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
    "\"hosts\": {\"client\": {\"addresses\": [\"10.0.0.1\"],"
    "  \"tcp\": {\"range\": [50000, 50000], \"time_wait\": \"4s\","
    "  \"fin_wait_2\": \"6s\", \"syn\": {\"at\": [\"1s\"], \"give_up\": \"3s\"},"
    "  \"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}%s},"
    " \"server\": {\"addresses\": [\"10.0.0.2\"], \"listen\": [80],"
    "  \"tcp\": {\"time_wait\": \"4s\", \"fin\": {\"at\": [\"1s\"], \"give_up\": "
    "\"3s\"}}}%s},"
    "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
    "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
    "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"800ms\"}%s}}%s}";

/* The same through a proxy of one port, whose server never closes. */
static const char proxied[] =
    "{\"name\": \"by-hand\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
    "\"hosts\": {\"clients\": {\"count\": 2%s},"
    " \"proxy\": {\"addresses\": [\"10.0.0.1\"], \"tcp\": {\"range\": [50000, 50000], "
    "  \"time_wait\": \"4s\", \"fin_wait_2\": \"6s\"}},"
    " \"server\": {\"listen\": [80]}%s},"
    "\"apps\": {\"a\": {\"from\": \"clients\", \"through\": \"proxy\", "
    "  \"to\": \"server:80\","
    "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
    "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"500ms\"},"
    "  \"server_close\": [{\"kind\": \"never\"}]%s}}%s}";

static const char gate[] = ", \"nat\": {\"nat\": \"netfilter\", \"addresses\": "
                           "[\"203.0.113.1\"], \"translation\": {\"established\": "
                           "\"300ms\"}}";

/* A ladder: what it shows, and so the name of its file. */
struct ladder_case {
    const char *name;
    const char *world; /* with four places to fill */
    uint64_t number;
    sim_ns until;
    const char *client, *hosts, *app, *more;
};

static const struct ladder_case cases[] = {
    {"a-prompt-server-costs-time-wait", direct, 1, SIM_H, "", "", "", ""},
    {"a-server-that-never-closes-costs-fin-wait-2", direct, 1, SIM_H, "", "",
     ", \"server_close\": [{\"kind\": \"never\"}]", ""},
    {"a-late-server-costs-both", direct, 1, SIM_H, "", "",
     ", \"server_close\": [{\"kind\": \"late\", \"delay\": {\"kind\": \"constant\", "
     "\"value\": \"3s\"}}]",
     ""},
    {"a-server-too-late-meets-reset", direct, 1, SIM_H, "", "",
     ", \"server_close\": [{\"kind\": \"late\", \"delay\": {\"kind\": \"constant\", "
     "\"value\": \"10s\"}}]",
     ", \"changes\": [{\"at\": \"1s\", \"set\": {\"apps.a.arrivals.rate\": \"0/s\"}}]"},
    {"a-server-that-resets-costs-nothing", direct, 1, SIM_H, "", "",
     ", \"server_close\": [{\"kind\": \"reset\"}]", ""},
    {"a-silent-server-never-acknowledges", direct, 1, SIM_H, "", "",
     ", \"server_close\": [{\"kind\": \"silent\"}]", ""},
    {"both-close-at-once-and-both-wait", direct, 1, SIM_H, "", "",
     ", \"closes_first\": \"both\"", ""},
    {"a-path-that-loses-everything", direct, 1, SIM_H, "", "", "",
     ", \"paths\": [{\"between\": [\"client\", \"server\"], \"loss\": 1}]"},
    {"an-element-eats-the-fins-of-the-server", direct, 1, SIM_H, "", "", "",
     ", \"paths\": [{\"between\": [\"client\", \"server\"], \"rtt\": \"100ms\", "
     "\"eats_fin_from\": \"server\"}]"},
    {"nobody-accepts", direct, 1, SIM_H, "", "", "",
     ", \"changes\": [{\"at\": \"500ms\", \"set\": {\"hosts.server.max_client_connections"
     "\": 0}}]"},
    {"no-port-is-left", direct, 2, SIM_H, "", "",
     ", \"server_close\": [{\"kind\": \"never\"}]", ""},
    /* The first server closed at 1.9 s and waits until 6 s. */
    {"a-syn-meets-time-wait-at-the-peer", direct, 3, SIM_H, "", "",
     ", \"closes_first\": \"server\"", ""},
    /* The first user came at 1 s; the port of its FIN_WAIT_2 is free at 8 s, the peer's
     * CLOSE_WAIT is there still. */
    {"a-syn-meets-close-wait-at-the-peer", direct, 8, SIM_H, "", "",
     ", \"server_close\": [{\"kind\": \"never\"}]", ""},
    {"a-user-tries-again", direct, 2, SIM_H, "", "",
     ", \"server_close\": [{\"kind\": \"never\"}], \"on_failure\": {\"retries\": 2, "
     "\"backoff\": \"10s\"}",
     ""},
    {"a-leaked-handle-stays-bound", direct, 1, 60 * SIM_S,
     ", \"stack\": \"win10\", \"processes\": {\"a\": {}}", "",
     ", \"leaks\": {\"after_time_wait\": 1}",
     ", \"changes\": [{\"at\": \"30s\", \"set\": {\"hosts.client.processes.a.running\": "
     "false}}]"},
    {"a-client-keeps-its-connection", direct, 1, SIM_H, "", "",
     ", \"pool\": {\"requests\": 2}", ""},
    {"and-uses-it-again", direct, 2, SIM_H, "", "", ", \"pool\": {\"requests\": 2}", ""},
    {"a-machine-vanishes", direct, 1, 20 * SIM_S, "", "", ", \"vanishes\": 1", ""},
    {"a-gateway-forgets-the-flow", direct, 1, SIM_H, ", \"gateway\": \"nat\"", gate,
     ", \"quiet\": \"600ms\"", ""},
    {"a-proxy-pays-for-its-server", proxied, 1, SIM_H, "", "", "", ""},
    {"a-proxy-without-a-port", proxied, 2, SIM_H, "", "", "", ""},
    {"a-proxy-behind-a-gateway", proxied, 1, SIM_H, ", \"gateway\": \"nat\"", gate, "",
     ""},
    {"the-end-of-the-run-is-told", direct, 1, 1200 * SIM_MS, "", "", "", ""},
};
#define CASES (sizeof cases / sizeof cases[0])

static char *draw(const struct ladder_case *c, bool ascii)
{
    char *scenario = memory_print(c->world, c->client, c->hosts, c->app, c->more);
    struct text_plan p = text_plan_read(scenario);
    struct attempt a;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    attempt_follow(&a, p.plan, 1, c->until, c->number);
    assert_true(a.number == c->number);
    ladder_print(out, &a, ascii);
    attempt_free(&a);
    fclose(out);
    text_plan_free(&p);
    free(scenario);
    return text;
}

static char *golden(const struct ladder_case *c)
{
    char *path = memory_print("tests/golden/ladders/%s.txt", c->name);
    FILE *file = fopen(path, "re");
    if (!file)
        fail_msg("%s cannot be read", path);
    char *text = memory_new(65536, 1);
    size_t length = fread(text, 1, 65535, file);
    assert_true(length < 65535);
    fclose(file);
    free(path);
    return text;
}

static void is_drawn_as_it_was_followed_by_hand(void **state)
{
    const struct ladder_case *c = *state;
    char *drawn = draw(c, false), *expected = golden(c);
    if (strcmp(drawn, expected) != 0) {
        fprintf(stderr, "=== %s\n%s===\n", c->name, drawn);
        fail_msg("%s is drawn otherwise", c->name);
    }
    free(expected);
    free(drawn);
}

/* Every line character has its ASCII one, and the columns are the same. */
static void the_ascii_form_is_the_same_ladder(void **state)
{
    static const char *const pairs[][2] = {{"\u2500", "-"},
                                           {"\u25b6", ">"},
                                           {"\u25c0", "<"},
                                           {"\u2717", "x"},
                                           {"\u2502", "|"}};
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        char *plain = draw(&cases[i], true), *text = golden(&cases[i]);
        char *at = plain;
        for (const char *c = text; *c; at++) {
            size_t length = 1;
            char wanted = *c;
            for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
                if (strncmp(c, pairs[k][0], strlen(pairs[k][0])) == 0) {
                    length = strlen(pairs[k][0]);
                    wanted = *pairs[k][1];
                }
            assert_int_equal(*at, wanted);
            c += length;
        }
        assert_int_equal(*at, '\0');
        free(plain);
        free(text);
    }
}

static void no_line_of_a_ladder_is_wider_than_100_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        char *text = draw(&cases[i], true);
        char *below = strstr(text, "\n\n"); /* the heading */
        below = strstr(below + 2, "\n\n");
        *below = '\0';
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            assert_true(strlen(line) <= 100);
        free(text);
    }
}

int main(void)
{
    struct CMUnitTest tests[CASES + 2] = {
        cmocka_unit_test(the_ascii_form_is_the_same_ladder),
        cmocka_unit_test(no_line_of_a_ladder_is_wider_than_100_columns)};
    for (size_t i = 0; i < CASES; i++)
        tests[2 + i] =
            (struct CMUnitTest){.name = cases[i].name,
                                .test_func = is_drawn_as_it_was_followed_by_hand,
                                .initial_state = (void *)(uintptr_t)&cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
