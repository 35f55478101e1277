/* What a tracer is told of a world: every step once, in order, and nothing of the
 * trajectory is other than without one.
 *
 * The clean life of test_scripts.c, told in full; the rarer callbacks one by one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/tracer.h"
#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/run_text.h"

/* --- a tracer that writes down what it hears ------------------------------------------
 */

struct ear {
    struct net *net;
    char *text;
    size_t used;
    bool timers, sessions;
};

static void __attribute__((format(printf, 2, 3)))
hear(struct ear *e, const char *format, ...)
{
    char words[200];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    char *line = memory_print("%lld %s\n", (long long)(net_now(e->net) / SIM_MS), words);
    size_t length = strlen(line);
    e->text = memory_resize(e->text, e->used + length + 1, 1);
    memcpy(e->text + e->used, line, length + 1);
    e->used += length;
    free(line);
}

static const char *segment(enum net_event kind)
{
    static const char *const names[] = {"SYN",     "SYN+ACK",    "ACK", "FIN",
                                        "FIN+ACK", "ACK of FIN", "RST", "challenge"};
    return names[kind];
}

static void hear_sent(void *context, const struct route *r, enum net_event kind,
                      enum segment_fate fate, sim_ns arrives)
{
    static const char *const fates[] = {"", " lost", " eaten", " kept"};
    struct ear *e = context;
    hear(e, "%s sends %s%s, due %lld", e->net->hosts.at[r->from_host].config->name,
         segment(kind), fates[fate], (long long)(arrives / SIM_MS));
}

static void hear_arrived(void *context, const struct event *e)
{
    hear(context, "%s arrives", segment(event_kind(e)));
}

static const char *host_of(const struct ear *e, uint32_t socket)
{
    return net_host(e->net, net_socket(e->net, socket)->member)->config->name;
}

static void hear_stepped(void *context, uint32_t socket, enum tcp_input input,
                         enum tcp_state next)
{
    struct ear *e = context;
    hear(e, "%s %s -> %s by %s", host_of(e, socket),
         tcp_state_name((enum tcp_state)net_socket(e->net, socket)->state),
         tcp_state_name(next), tcp_input_name(input));
}

static void hear_timer(void *context, uint32_t socket, bool fired, sim_ns when)
{
    struct ear *e = context;
    if (e->timers)
        hear(e, "%s timer %s %lld", host_of(e, socket), fired ? "fires" : "until",
             (long long)(when / SIM_MS));
}

static void hear_called(void *context, uint32_t socket, enum trace_call call)
{
    static const char *const calls[] = {"close", "shutdown", "abort",
                                        "leak",  "vanish",   "bound"};
    hear(context, "%s %s", host_of(context, socket), calls[call]);
}

static void hear_chosen(void *context, const struct trace_choice *c)
{
    static const char *const calls[] = {"connect", "bind-zero", "bind", "translate"};
    hear(context, "%s port %u, %u probes%s%s", calls[c->call], c->port,
         (unsigned)c->probes, c->failure ? ": " : "",
         failure_name((enum failure)c->failure));
}

static void hear_gateway(void *context, const struct trace_gateway *act)
{
    static const char *const acts[] = {"drops", "holds", "resets", "forgets"};
    hear(context, "gateway %s", acts[act->act]);
}

static void hear_session(void *context, uint32_t session, uint16_t app,
                         enum trace_session what, enum failure code)
{
    static const char *const words[] = {"arrives", "tries",   "succeeds",
                                        "waits",   "fails",   "connects on",
                                        "reuses",  "is kept", "ends"};
    struct ear *e = context;
    (void)session;
    (void)app;
    if (e->sessions)
        hear(e, "user %s%s%s", words[what], code ? ": " : "", failure_name(code));
}

static const struct tracer told = {.sent = hear_sent,
                                   .arrived = hear_arrived,
                                   .stepped = hear_stepped,
                                   .timer = hear_timer,
                                   .called = hear_called,
                                   .chosen = hear_chosen,
                                   .gateway = hear_gateway,
                                   .session = hear_session};

/* --- the stage ------------------------------------------------------------------------
 */

/* Users at 1 s, 2 s ...; each stays 1 s; round trip 100 ms. */
static const char stage[] =
    "{\"name\": \"stage\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
    "\"hosts\": {\"client\": {\"tcp\": {\"range\": [50000, 50000], \"time_wait\": \"4s\","
    "  \"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}%s},"
    " \"server\": {\"listen\": [80]}%s},"
    "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
    "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
    "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"800ms\"}%s}}%s}";

/* What is told until that moment, to be given back with free(). */
static char *listen_until(struct ear *e, sim_ns until, const char *client,
                          const char *hosts, const char *app, const char *more)
{
    char *text = memory_print(stage, client, hosts, app, more);
    struct text_plan p = text_plan_read(text);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    struct tracer t = told;
    e->net = world_net(w);
    t.context = e;
    e->net->tracer = &t;
    world_run(w, until, UINT64_MAX);
    world_free(w);
    text_plan_free(&p);
    free(text);
    return e->text;
}

static void expect_told(char *heard, const char *expected)
{
    assert_string_equal(heard, expected);
    free(heard);
}

static void expect_line(char *heard, const char *line)
{
    if (!strstr(heard, line))
        fail_msg("nobody told \"%s\" in\n%s", line, heard);
    free(heard);
}

/* --- what is told ---------------------------------------------------------------------
 */

static void test_a_clean_life_is_told_in_the_order_in_which_it_happens(void **state)
{
    (void)state;
    struct ear e = {.timers = true, .sessions = true};
    expect_told(listen_until(&e, 1990 * SIM_MS, "", "", "", ""),
                "1000 user arrives\n"
                "1000 user tries\n"
                "1000 connect port 50000, 1 probes\n"
                "1000 client CLOSED -> SYN_SENT by active open\n"
                "1000 client sends SYN, due 1050\n"
                "1000 client timer until 2000\n"
                "1050 SYN arrives\n"
                "1050 server LISTEN -> SYN_RECEIVED by SYN\n"
                "1050 server sends SYN+ACK, due 1100\n"
                "1050 server timer until 2050\n"
                "1100 SYN+ACK arrives\n"
                "1100 client SYN_SENT -> ESTABLISHED by SYN+ACK\n"
                "1100 client sends ACK, due 1150\n"
                "1100 user succeeds\n"
                "1150 ACK arrives\n"
                "1150 server SYN_RECEIVED -> ESTABLISHED by ACK of SYN\n"
                "1900 client close\n"
                "1900 client ESTABLISHED -> FIN_WAIT_1 by close\n"
                "1900 client sends FIN, due 1950\n"
                "1900 client timer until 2900\n"
                "1950 FIN arrives\n"
                "1950 server ESTABLISHED -> CLOSE_WAIT by FIN\n"
                "1950 server sends ACK of FIN, due 2000\n"
                "1950 server close\n"
                "1950 server CLOSE_WAIT -> LAST_ACK by close\n"
                "1950 server sends FIN+ACK, due 2000\n"
                "1950 server timer until 2950\n"
                "1950 user ends\n");
}

static void test_a_choice_that_finds_nothing_is_told_with_its_code(void **state)
{
    (void)state;
    struct ear e = {.sessions = true};
    char *heard = listen_until(&e, 2 * SIM_S, "", "",
                               ", \"server_close\": [{\"kind\": \"never\"}]", "");
    expect_line(heard, "2000 user arrives\n"
                       "2000 user tries\n"
                       "2000 connect port 0, 1 probes: EADDRNOTAVAIL\n"
                       "2000 user fails: EADDRNOTAVAIL\n"
                       "2000 user ends\n");
}

static void test_a_lost_segment_and_an_eaten_one_are_told_apart(void **state)
{
    (void)state;
    struct ear e = {.net = NULL}, lossy = {.net = NULL};
    expect_line(listen_until(&e, 2 * SIM_S, "", "", "",
                             ", \"paths\": [{\"between\": [\"client\", \"server\"], "
                             "\"rtt\": \"100ms\", \"eats_fin_from\": \"client\"}]"),
                "1900 client sends FIN eaten, due 1900\n");
    expect_line(listen_until(&lossy, SIM_S, "", "", "",
                             ", \"paths\": [{\"between\": [\"client\", \"server\"], "
                             "\"rtt\": \"100ms\", \"loss\": 1}]"),
                "1000 client sends SYN lost, due 1000\n");
}

static void test_what_a_program_does_with_its_descriptor_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *app, *line;
    } cases[] = {
        {", \"server_close\": [{\"kind\": \"never\"}]", "1950 server leak\n"},
        {", \"server_close\": [{\"kind\": \"reset\"}]",
         "1950 server abort\n1950 server CLOSE_WAIT -> CLOSED by abort\n"},
        {", \"vanishes\": 1", "1900 client vanish\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ear e = {.net = NULL};
        expect_line(listen_until(&e, 2 * SIM_S, "", "", cases[i].app, ""), cases[i].line);
    }
}

static void test_a_gateway_tells_its_choice_its_drops_and_what_it_holds(void **state)
{
    (void)state;
    static const char gate[] = ", \"nat\": {\"nat\": \"netfilter\", \"tcp\": {\"range\": "
                               "[1024, 1024]}, \"translation\": {\"confirm_delay\": "
                               "\"1ms\", \"max_mappings\": 1}}";
    struct ear e = {.net = NULL};
    char *heard = listen_until(&e, 2 * SIM_S, ", \"gateway\": \"nat\"", gate,
                               ", \"server_close\": [{\"kind\": \"never\"}]", "");
    assert_non_null(strstr(heard, "1000 translate port 50000, "));
    assert_non_null(strstr(heard, "1000 gateway holds\n"
                                  "1000 client sends SYN kept, due 1000\n"));
    expect_line(heard, "1001 client sends SYN, due 1051\n");
}

/* The same fingerprint with and without. */
static void test_who_watches_changes_nothing(void **state)
{
    (void)state;
    struct text_plan p = text_plan_file("teaching-mini");
    uint64_t fingerprints[2];
    struct ear e = {.timers = true, .sessions = true};
    struct tracer t = told;
    t.context = &e;
    for (int watched = 0; watched < 2; watched++) {
        struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
        e.net = world_net(w);
        e.net->tracer = watched ? &t : NULL;
        world_run(w, 30 * SIM_S, UINT64_MAX);
        fingerprints[watched] = world_totals(w).fingerprint;
        world_free(w);
    }
    assert_true(e.used > 1000);
    assert_true(fingerprints[0] == fingerprints[1]);
    free(e.text);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_clean_life_is_told_in_the_order_in_which_it_happens),
        cmocka_unit_test(test_a_choice_that_finds_nothing_is_told_with_its_code),
        cmocka_unit_test(test_a_lost_segment_and_an_eaten_one_are_told_apart),
        cmocka_unit_test(test_what_a_program_does_with_its_descriptor_is_told),
        cmocka_unit_test(test_a_gateway_tells_its_choice_its_drops_and_what_it_holds),
        cmocka_unit_test(test_who_watches_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
