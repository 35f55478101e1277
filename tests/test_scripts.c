/* TCP and ports followed by hand: scenarios small enough to know the answer, event by
 * event.
 *
 * A script says which sockets each host has at a moment, after all events of that moment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/run_text.h"
#include "tests/sockets_seen.h"

/* --- the stage ------------------------------------------------------------------------
 */

struct step {
    sim_ns at;
    const char *client, *server;
};

static void play(struct world *w, const struct step *steps)
{
    for (const struct step *s = steps; s->client; s++) {
        world_run(w, s->at, UINT64_MAX);
        expect_sockets(w, "client", s->client);
        expect_sockets(w, "server", s->server);
    }
}

/* One connection: the user comes at 1 s, stays 1 s; round trip 100 ms, TIME_WAIT 4 s,
 * FIN_WAIT_2 6 s, SYN again at 1 s and given up at 3 s, FIN the same. */
static const char one_connection[] =
    "{\"name\": \"script\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
    "\"hosts\": {\"client\": {\"tcp\": {\"range\": [50000, 50000], \"time_wait\": \"4s\","
    "  \"fin_wait_2\": \"6s\", \"syn\": {\"at\": [\"1s\"], \"give_up\": \"3s\"},"
    "  \"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}},"
    " \"server\": {\"listen\": [80], \"tcp\": {\"time_wait\": \"4s\", "
    "  \"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}}},"
    "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:%s\","
    "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"%s\"},"
    "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}%s}}%s}";

static struct text_plan script(const char *port, const char *rate, const char *app,
                               const char *more)
{
    char *text = memory_print(one_connection, port, rate, app, more);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

/* One user at 1 s: the next would come after the end of the script. */
#define ONCE "1/s"
#define ONLY_ONCE                                                                        \
    ", \"changes\": [{\"at\": \"1s\", \"set\": {\"apps.a.arrivals.rate\": \"0/s\"}}]"

static void run_script(const char *port, const char *app, const char *more,
                       const struct step *steps)
{
    char *all = memory_print(ONLY_ONCE "%s", more);
    struct text_plan p = script(port, ONCE, app, all);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    world_run(w, SIM_S, UINT64_MAX);
    world_reconfigure(w, &p.plan->changes[0].config->world);
    play(w, steps);
    world_free(w);
    text_plan_free(&p);
    free(all);
}

/* --- one connection -------------------------------------------------------------------
 */

static void test_a_clean_life_passes_every_state_on_both_ends(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {1000 * SIM_MS, "50000:SYN_SENT", ""},
        {1049 * SIM_MS, "50000:SYN_SENT", ""},
        {1050 * SIM_MS, "50000:SYN_SENT", "50000:SYN_RECEIVED"},
        {1100 * SIM_MS, "50000:ESTABLISHED", "50000:SYN_RECEIVED"},
        {1150 * SIM_MS, "50000:ESTABLISHED", "50000:ESTABLISHED"},
        {2099 * SIM_MS, "50000:ESTABLISHED", "50000:ESTABLISHED"},
        {2100 * SIM_MS, "50000:FIN_WAIT_1", "50000:ESTABLISHED"},
        /* The server acknowledges and closes at once: FIN and ACK leave together. */
        {2150 * SIM_MS, "50000:FIN_WAIT_1", "50000:LAST_ACK"},
        {2200 * SIM_MS, "50000:TIME_WAIT", "50000:LAST_ACK"},
        {2250 * SIM_MS, "50000:TIME_WAIT", ""},
        {6199 * SIM_MS, "50000:TIME_WAIT", ""},
        {6200 * SIM_MS, "", ""},
        {0, NULL, NULL}};
    run_script("80", "", "", steps);
}

static void test_a_late_server_leaves_the_client_in_fin_wait_2(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2150 * SIM_MS, "50000:FIN_WAIT_1", "50000:CLOSE_WAIT"},
        {2200 * SIM_MS, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {5150 * SIM_MS, "50000:FIN_WAIT_2", "50000:LAST_ACK"},
        {5200 * SIM_MS, "50000:TIME_WAIT", "50000:LAST_ACK"},
        {9199 * SIM_MS, "50000:TIME_WAIT", ""},
        {9200 * SIM_MS, "", ""},
        {0, NULL, NULL}};
    run_script("80",
               ", \"server_close\": [{\"kind\": \"late\", \"delay\": {\"kind\": "
               "\"constant\", \"value\": \"3s\"}}]",
               "", steps);
}

/* MODEL.md B6: FIN_WAIT_2 local for its time, then nothing; CLOSE_WAIT at the peer for
 * ever. */
static void test_a_server_that_never_closes_holds_the_port_for_fin_wait_2(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2200 * SIM_MS, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {8199 * SIM_MS, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {8200 * SIM_MS, "", "50000:CLOSE_WAIT"},
        {1 * SIM_H, "", "50000:CLOSE_WAIT"},
        {0, NULL, NULL}};
    run_script("80", ", \"server_close\": [{\"kind\": \"never\"}]", "", steps);
}

/* KERNEL.md F5: the FIN of a server that closes after FIN_WAIT_2 is over meets RST. */
static void test_a_fin_after_fin_wait_2_is_answered_by_reset(void **state)
{
    (void)state;
    static const struct step steps[] = {{8200 * SIM_MS, "", "50000:CLOSE_WAIT"},
                                        {12150 * SIM_MS, "", "50000:LAST_ACK"},
                                        {12249 * SIM_MS, "", "50000:LAST_ACK"},
                                        {12250 * SIM_MS, "", ""},
                                        {0, NULL, NULL}};
    run_script("80",
               ", \"server_close\": [{\"kind\": \"late\", \"delay\": {\"kind\": "
               "\"constant\", \"value\": \"10s\"}}]",
               "", steps);
}

/* It hangs until 5 s; later ones it answers at once. */
static void test_a_server_that_hangs_closes_when_it_is_repaired(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {4999 * SIM_MS, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {5000 * SIM_MS, "50000:FIN_WAIT_2", "50000:LAST_ACK"},
        {5050 * SIM_MS, "50000:TIME_WAIT", "50000:LAST_ACK"},
        {9049 * SIM_MS, "50000:TIME_WAIT", ""},
        {9050 * SIM_MS, "", ""},
        {0, NULL, NULL}};
    run_script("80", ", \"server_close\": [{\"kind\": \"hangs\", \"until\": \"5s\"}]", "",
               steps);
    static const struct step prompt[] = {
        {2150 * SIM_MS, "50000:FIN_WAIT_1", "50000:LAST_ACK"}, {0, NULL, NULL}};
    run_script("80", ", \"server_close\": [{\"kind\": \"hangs\", \"until\": \"2s\"}]", "",
               prompt);
}

static void test_a_server_that_resets_frees_the_port_at_once(void **state)
{
    (void)state;
    static const struct step steps[] = {{2150 * SIM_MS, "50000:FIN_WAIT_1", ""},
                                        {2200 * SIM_MS, "", ""},
                                        {0, NULL, NULL}};
    run_script("80", ", \"server_close\": [{\"kind\": \"reset\"}]", "", steps);
}

/* FIN sent at 2.1 s, again at 3.1 s, given up at 5.1 s. */
static void test_a_silent_server_holds_the_port_until_fin_is_given_up(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2150 * SIM_MS, "50000:FIN_WAIT_1", "50000:ESTABLISHED"},
        {5099 * SIM_MS, "50000:FIN_WAIT_1", "50000:ESTABLISHED"},
        {5100 * SIM_MS, "", "50000:ESTABLISHED"},
        {0, NULL, NULL}};
    run_script("80", ", \"server_close\": [{\"kind\": \"silent\"}]", "", steps);
}

/* MODEL.md B6: peer's FIN lost beyond repair: FIN_WAIT_2 here, LAST_ACK there until its
 * retries end. */
static void test_an_element_that_eats_fins_leaves_fin_wait_2_and_last_ack(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2200 * SIM_MS, "50000:FIN_WAIT_2", "50000:LAST_ACK"},
        {5149 * SIM_MS, "50000:FIN_WAIT_2", "50000:LAST_ACK"},
        {5150 * SIM_MS, "50000:FIN_WAIT_2", ""},
        {8199 * SIM_MS, "50000:FIN_WAIT_2", ""},
        {8200 * SIM_MS, "", ""},
        {0, NULL, NULL}};
    run_script(
        "80", "",
        ", \"paths\": [{\"between\": [\"client\", \"server\"], \"rtt\": \"100ms\", "
        "\"eats_fin_from\": \"server\"}]",
        steps);
}

/* RFC 9293 figure 13: both hold the tuple. */
static void test_simultaneous_close_leaves_both_ends_in_time_wait(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2100 * SIM_MS, "50000:FIN_WAIT_1", "50000:FIN_WAIT_1"},
        {2150 * SIM_MS, "50000:CLOSING", "50000:CLOSING"},
        {2200 * SIM_MS, "50000:TIME_WAIT", "50000:TIME_WAIT"},
        {6199 * SIM_MS, "50000:TIME_WAIT", "50000:TIME_WAIT"},
        {6200 * SIM_MS, "", ""},
        {0, NULL, NULL}};
    run_script("80", ", \"closes_first\": \"both\"", "", steps);
}

/* MODEL.md B6: peer closes, we answer: nothing is left here. */
static void test_a_server_that_closes_first_keeps_the_time_wait(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2100 * SIM_MS, "50000:ESTABLISHED", "50000:FIN_WAIT_1"},
        {2150 * SIM_MS, "50000:LAST_ACK", "50000:FIN_WAIT_1"},
        {2200 * SIM_MS, "50000:LAST_ACK", "50000:TIME_WAIT"},
        {2250 * SIM_MS, "", "50000:TIME_WAIT"},
        {6200 * SIM_MS, "", ""},
        {0, NULL, NULL}};
    run_script("80", ", \"closes_first\": \"server\"", "", steps);
}

static void test_a_port_nobody_listens_on_refuses(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {1000 * SIM_MS, "50000:SYN_SENT", ""}, {1100 * SIM_MS, "", ""}, {0, NULL, NULL}};
    run_script("81", "", "", steps);
}

static void test_a_lost_syn_is_sent_again_and_given_up(void **state)
{
    (void)state;
    static const struct step steps[] = {{1000 * SIM_MS, "50000:SYN_SENT", ""},
                                        {3999 * SIM_MS, "50000:SYN_SENT", ""},
                                        {4000 * SIM_MS, "", ""},
                                        {0, NULL, NULL}};
    run_script("80", "",
               ", \"paths\": [{\"between\": [\"client\", \"server\"], \"loss\": 1}]",
               steps);
}

/* --- a tuple that is met again --------------------------------------------------------
 */

/* The server closes first, so the client's one port is free at 2.25 s, while the server
 * waits until 6.2 s.  Users come every 3 s: the second, at 6 s, meets that TIME_WAIT. */
static void reuse_in_time_wait(const char *rule, const struct step *steps)
{
    char *more = memory_print(", \"changes\": [{\"at\": \"0s\", \"set\": "
                              "{\"hosts.server.tcp.syn_in_time_wait\": \"%s\"}}]",
                              rule);
    struct text_plan p = script("80", "20/min", ", \"closes_first\": \"server\"", more);
    struct world *w = world_new(&p.plan->changes[0].config->world, p.plan->traces, 1, 1);
    play(w, steps);
    world_free(w);
    text_plan_free(&p);
    free(more);
}

static void test_a_syn_may_be_accepted_in_time_wait(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {6000 * SIM_MS, "50000:SYN_SENT", "50000:TIME_WAIT"},
        {6050 * SIM_MS, "50000:SYN_SENT", "50000:SYN_RECEIVED"},
        {6100 * SIM_MS, "50000:ESTABLISHED", "50000:SYN_RECEIVED"},
        {0, NULL, NULL}};
    reuse_in_time_wait("accepted", steps);
}

/* MODEL.md B1: challenge ACK -> RST -> TIME_WAIT dies -> SYN again after 1 s succeeds. */
static void test_a_challenged_syn_costs_one_retransmission(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {6100 * SIM_MS, "50000:SYN_SENT", "50000:TIME_WAIT"},
        {6150 * SIM_MS, "50000:SYN_SENT", ""},
        {7000 * SIM_MS, "50000:SYN_SENT", ""},
        {7050 * SIM_MS, "50000:SYN_SENT", "50000:SYN_RECEIVED"},
        {7100 * SIM_MS, "50000:ESTABLISHED", "50000:SYN_RECEIVED"},
        {0, NULL, NULL}};
    reuse_in_time_wait("challenged", steps);
}

/* TIME_WAIT began at 4.2 s and ends at 8.2 s; SYN at 6 s and 7 s, given up at 9 s. */
static void test_a_dropped_syn_is_lost_while_time_wait_lasts(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {6050 * SIM_MS, "50000:SYN_SENT", "50000:TIME_WAIT"},
        {8999 * SIM_MS, "50000:SYN_SENT", ""},
        {0, NULL, NULL}};
    reuse_in_time_wait("dropped", steps);
}

/* KERNEL.md F6: the old server socket, stuck in CLOSE_WAIT, is reset by the new SYN's
 * challenge, and the connection comes up one short timer later. */
static void test_a_syn_that_meets_close_wait_cleans_it_up(void **state)
{
    (void)state;
    struct text_plan p =
        script("80", "6/min", ", \"server_close\": [{\"kind\": \"never\"}]",
               ", \"changes\": [{\"at\": \"0s\", \"set\": "
               "{\"hosts.client.tcp.challenged_retry\": \"200ms\"}}]");
    struct world *w = world_new(&p.plan->changes[0].config->world, p.plan->traces, 1, 1);
    static const struct step steps[] = {
        {11200 * SIM_MS, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {17200 * SIM_MS, "", "50000:CLOSE_WAIT"},
        {20000 * SIM_MS, "50000:SYN_SENT", "50000:CLOSE_WAIT"},
        {20100 * SIM_MS, "50000:SYN_SENT",
         "50000:CLOSE_WAIT"}, /* challenged; RST leaves */
        {20150 * SIM_MS, "50000:SYN_SENT", ""},
        {20350 * SIM_MS, "50000:SYN_SENT", "50000:SYN_RECEIVED"},
        {20400 * SIM_MS, "50000:ESTABLISHED", "50000:SYN_RECEIVED"},
        {0, NULL, NULL}};
    play(w, steps);
    struct metrics *m = world_metrics(w);
    metrics_cut(m, world_now(w));
    uint32_t reading = metrics_reading_find(m, "hosts.client.tcp4.peer_collisions");
    assert_int_equal((int)metrics_read(m, reading, 0, 1), 1);
    world_free(w);
    text_plan_free(&p);
}

/* --- ten ports ------------------------------------------------------------------------
 */

/* teaching-mini by hand: ten ports handed out in order, a user every 0.4 s, each port
 * held for 1 s + TIME_WAIT 4 s.  The first ten take 50000 .. 50009; 11, 12 and 13
 * (at 4.4, 4.8 and 5.2 s) find none; the first port is back at 5.4 s, and from 5.6 s on
 * users and ports come in step: 14 gets 50000, and so on to 50009 at 9.2 s; 24, 25 and 26
 * find none. */
static void test_ten_ports_by_hand(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"mini\", \"duration\": \"1h\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {\"tcp\": {\"range\": [50000, 50009], \"allocator\": "
        "\"bsd44\", \"time_wait\": \"4s\"}}, \"server\": {}},"
        "\"apps\": {\"pages\": {\"from\": \"client\", \"to\": \"server:80\","
        "\"arrivals\": {\"kind\": \"constant\", \"rate\": \"2.5/s\"},"
        "\"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}}}}");
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    struct metrics *m = world_metrics(w);
    uint32_t granted = metrics_reading_find(m, "apps.pages.successes_per_s");
    uint32_t failed = metrics_reading_find(m, "apps.pages.failures_per_s");
    static const struct {
        int successes, failures;
    } after_user[27] = {
        [1] = {1, 0},   [2] = {2, 0},   [3] = {3, 0},   [4] = {4, 0},   [5] = {5, 0},
        [6] = {6, 0},   [7] = {7, 0},   [8] = {8, 0},   [9] = {9, 0},   [10] = {10, 0},
        [11] = {10, 1}, [12] = {10, 2}, [13] = {10, 3}, [14] = {11, 3}, [15] = {12, 3},
        [16] = {13, 3}, [17] = {14, 3}, [18] = {15, 3}, [19] = {16, 3}, [20] = {17, 3},
        [21] = {18, 3}, [22] = {19, 3}, [23] = {20, 3}, [24] = {20, 4}, [25] = {20, 5},
        [26] = {20, 6}};
    for (int user = 1; user <= 26; user++) {
        world_run(w, user * 400 * SIM_MS, UINT64_MAX);
        if ((int)metrics_instant(m, granted) != after_user[user].successes ||
            (int)metrics_instant(m, failed) != after_user[user].failures)
            fail_msg("user %d: %g granted, %g failed", user, metrics_instant(m, granted),
                     metrics_instant(m, failed));
        if (user == 3)
            expect_sockets(w, "client",
                           "50000:ESTABLISHED 50001:ESTABLISHED 50002:ESTABLISHED");
        if (user == 4) /* the first closed at 1.4 s */
            expect_sockets(w, "client",
                           "50000:TIME_WAIT 50001:ESTABLISHED 50002:ESTABLISHED "
                           "50003:ESTABLISHED");
    }
    world_free(w);
    text_plan_free(&p);
}

/* --- knobs turned in mid-run ----------------------------------------------------------
 */

/* Two users, at 1 and 2 s, whose server never closes; FIN_WAIT_2 is 6 s until 2.5 s, then
 * 1 s. The first is in FIN_WAIT_2 since 2.2 s and keeps its 6 s; the second enters at 3.2
 * s. */
static void test_a_running_timer_keeps_its_deadline_when_the_knob_is_turned(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"knob\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
        "\"hosts\": {\"client\": {\"tcp\": {\"range\": [50000, 50001], \"allocator\": "
        "\"bsd44\", \"fin_wait_2\": \"6s\"}}, \"server\": {}}, \"apps\": {\"a\": "
        "{\"from\": \"client\", \"to\": \"server:80\", \"arrivals\": {\"kind\": "
        "\"constant\", \"rate\": \"1/s\"}, \"lifetime\": {\"kind\": \"constant\", "
        "\"value\": \"1s\"}, \"server_close\": [{\"kind\": \"never\"}]}}, \"changes\": "
        "[{\"at\": \"2500ms\", \"set\": {\"hosts.client.tcp.fin_wait_2\": \"1s\", "
        "\"apps.a.arrivals.rate\": \"0/s\"}}]}");
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    world_run(w, 2500 * SIM_MS, UINT64_MAX);
    world_reconfigure(w, &p.plan->changes[0].config->world);
    static const struct step steps[] = {
        {3200 * SIM_MS, "50000:FIN_WAIT_2 50001:FIN_WAIT_2",
         "50000:CLOSE_WAIT 50001:CLOSE_WAIT"},
        {4199 * SIM_MS, "50000:FIN_WAIT_2 50001:FIN_WAIT_2",
         "50000:CLOSE_WAIT 50001:CLOSE_WAIT"},
        {4200 * SIM_MS, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT 50001:CLOSE_WAIT"},
        {8199 * SIM_MS, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT 50001:CLOSE_WAIT"},
        {8200 * SIM_MS, "", "50000:CLOSE_WAIT 50001:CLOSE_WAIT"},
        {0, NULL, NULL}};
    play(w, steps);
    world_free(w);
    text_plan_free(&p);
}

/* Four ports in order until 2.5 s; then the range is 50003-50004 and the choice random
 * with tuple scope.  Holders outside stay; new users get what is inside, then nothing. */
static void test_a_moved_range_leaves_its_holders_where_they_are(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"range\", \"duration\": \"1h\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {\"tcp\": {\"range\": [50000, 50003], \"allocator\": "
        "\"bsd44\"}}, \"server\": {}}, \"apps\": {\"a\": {\"from\": \"client\", \"to\": "
        "\"server:80\", \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, "
        "\"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}}}, \"changes\": "
        "[{\"at\": "
        "\"2500ms\", \"set\": {\"hosts.client.tcp.range\": [50003, 50004], "
        "\"hosts.client.tcp.allocator\": \"sg-reworked\"}}]}");
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    struct metrics *m = world_metrics(w);
    uint32_t failed = metrics_reading_find(m, "apps.a.failures_per_s");
    uint32_t capacity = metrics_reading_find(m, "hosts.client.tcp4.capacity");
    world_run(w, 2500 * SIM_MS, UINT64_MAX);
    expect_sockets(w, "client", "50000:ESTABLISHED 50001:ESTABLISHED");
    assert_int_equal((int)metrics_instant(m, capacity), 4);
    world_reconfigure(w, &p.plan->changes[0].config->world);
    assert_int_equal((int)metrics_instant(m, capacity), 2);
    world_run(w, 6500 * SIM_MS, UINT64_MAX);
    expect_sockets(
        w, "client",
        "50000:ESTABLISHED 50001:ESTABLISHED 50003:ESTABLISHED 50004:ESTABLISHED");
    assert_int_equal((int)metrics_instant(m, failed), 2);
    world_free(w);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_clean_life_passes_every_state_on_both_ends),
        cmocka_unit_test(test_a_late_server_leaves_the_client_in_fin_wait_2),
        cmocka_unit_test(test_a_server_that_never_closes_holds_the_port_for_fin_wait_2),
        cmocka_unit_test(test_a_fin_after_fin_wait_2_is_answered_by_reset),
        cmocka_unit_test(test_a_server_that_hangs_closes_when_it_is_repaired),
        cmocka_unit_test(test_a_server_that_resets_frees_the_port_at_once),
        cmocka_unit_test(test_a_silent_server_holds_the_port_until_fin_is_given_up),
        cmocka_unit_test(test_an_element_that_eats_fins_leaves_fin_wait_2_and_last_ack),
        cmocka_unit_test(test_simultaneous_close_leaves_both_ends_in_time_wait),
        cmocka_unit_test(test_a_server_that_closes_first_keeps_the_time_wait),
        cmocka_unit_test(test_a_port_nobody_listens_on_refuses),
        cmocka_unit_test(test_a_lost_syn_is_sent_again_and_given_up),
        cmocka_unit_test(test_a_syn_may_be_accepted_in_time_wait),
        cmocka_unit_test(test_a_challenged_syn_costs_one_retransmission),
        cmocka_unit_test(test_a_dropped_syn_is_lost_while_time_wait_lasts),
        cmocka_unit_test(test_a_syn_that_meets_close_wait_cleans_it_up),
        cmocka_unit_test(test_ten_ports_by_hand),
        cmocka_unit_test(test_a_running_timer_keeps_its_deadline_when_the_knob_is_turned),
        cmocka_unit_test(test_a_moved_range_leaves_its_holders_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
