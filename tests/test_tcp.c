/* TCP as a program meets it: calls at chosen moments, states on both ends, what is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "models/takeover.h"
#include "tests/tcp_stage.h"

/* Round trip 100 ms, TIME_WAIT 4 s, FIN_WAIT_2 6 s, FIN again after 1 s, out after 3 s.
 */
#define TIMERS                                                                           \
    "\"time_wait\": \"4s\", \"fin_wait_2\": \"6s\", "                                    \
    "\"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}"

static struct tcp_stage *stage_of(const char *client)
{
    return tcp_stage_new("plain", "100ms", client, TIMERS);
}

static struct stage_socket connected(struct tcp_stage *stage,
                                     const struct socket_options *options)
{
    struct stage_socket s = tcp_stage_connect(stage, options);
    tcp_stage_run(stage, world_now(stage->world) + SIM_S);
    tcp_stage_expect(stage, s, "ESTABLISHED");
    return s;
}

/* --- shutdown() -----------------------------------------------------------------------
 */

static void test_fin_wait_2_with_an_open_descriptor_has_no_limit(void **state)
{
    (void)state; /* KERNEL.md F3 */
    struct tcp_stage *stage = stage_of(TIMERS);
    struct stage_socket s = connected(stage, &socket_options_plain);
    tcp_shutdown(stage->net, s.number);
    tcp_stage_run(stage, SIM_H);
    tcp_stage_expect(stage, s, "FIN_WAIT_2");
    tcp_close(stage->net, s.number);
    assert_int_equal(tcp_stage_until(stage, s, "", 2 * SIM_H), SIM_H + 6 * SIM_S);
    assert_string_equal(stage->told, "connected");
    tcp_stage_free(stage);
}

static void test_a_fin_in_held_fin_wait_2_is_told_and_starts_time_wait(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    struct stage_socket s = connected(stage, &socket_options_plain);
    struct stage_socket server = tcp_stage_peer(stage, s);
    tcp_shutdown(stage->net, s.number);
    tcp_stage_run(stage, 20 * SIM_S);
    tcp_close(stage->net, server.number);
    assert_int_equal(tcp_stage_until(stage, s, "TIME_WAIT", SIM_H),
                     20 * SIM_S + 50 * SIM_MS);
    assert_string_equal(stage->told, "connected peer_closed");
    tcp_stage_run(stage, 22 * SIM_S);
    tcp_close(stage->net, s.number); /* neither stops nor restarts TIME_WAIT */
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 24 * SIM_S + 50 * SIM_MS);
    assert_string_equal(stage->told, "connected peer_closed");
    tcp_stage_free(stage);
}

static void test_a_kept_descriptor_hears_that_its_connection_ended(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    stage->server_closes = true;
    struct stage_socket s = connected(stage, &socket_options_plain);
    tcp_shutdown(stage->net, s.number);
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 5100 * SIM_MS);
    assert_string_equal(stage->told, "connected peer_closed ended");
    tcp_stage_free(stage);
}

static void test_an_abort_of_held_fin_wait_2_resets_the_peer(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    struct stage_socket s = connected(stage, &socket_options_plain);
    struct stage_socket server = tcp_stage_peer(stage, s);
    tcp_shutdown(stage->net, s.number);
    tcp_stage_run(stage, 10 * SIM_S);
    tcp_stage_expect(stage, server, "CLOSE_WAIT");
    tcp_abort(stage->net, s.number);
    tcp_stage_expect(stage, s, "");
    assert_int_equal(tcp_stage_until(stage, server, "", SIM_H), 10 * SIM_S + 50 * SIM_MS);
    tcp_stage_free(stage);
}

static void test_an_abort_in_time_wait_leaves_time_wait(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    stage->server_closes = true;
    struct stage_socket s = connected(stage, &socket_options_plain);
    tcp_shutdown(stage->net, s.number);
    tcp_stage_run(stage, 2 * SIM_S);
    tcp_abort(stage->net, s.number);
    tcp_stage_expect(stage, s, "TIME_WAIT");
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 5100 * SIM_MS);
    assert_string_equal(stage->told, "connected peer_closed");
    tcp_stage_free(stage);
}

/* RFC 9293 section 3.5.2 and note 3 of figure 5; MODEL.md B1: a switch, off. */
static void test_who_resets_keeps_the_tuple_only_where_the_stack_says_so(void **state)
{
    (void)state;
    static const char *const stacks[] = {TIMERS,
                                         TIMERS ", \"rst_sender_time_wait\": true"};
    for (int waits = 0; waits < 2; waits++) {
        struct tcp_stage *stage = stage_of(stacks[waits]);
        struct stage_socket s = connected(stage, &socket_options_plain);
        struct stage_socket server = tcp_stage_peer(stage, s);
        sim_ns now = world_now(stage->world);
        tcp_abort(stage->net, s.number);
        tcp_stage_expect(stage, s, waits ? "TIME_WAIT" : "");
        assert_int_equal(tcp_stage_until(stage, server, "", SIM_H), now + 50 * SIM_MS);
        if (waits)
            assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), now + 4 * SIM_S);
        tcp_stage_free(stage);
    }
}

static void test_shutdown_after_the_peer_leaves_nothing_but_the_descriptor(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    struct stage_socket s = connected(stage, &socket_options_plain);
    tcp_close(stage->net, tcp_stage_peer(stage, s).number);
    tcp_stage_run(stage, 2 * SIM_S);
    tcp_stage_expect(stage, s, "CLOSE_WAIT");
    tcp_shutdown(stage->net, s.number);
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 2100 * SIM_MS);
    assert_string_equal(stage->told, "connected peer_closed ended");
    tcp_stage_free(stage);
}

static void test_a_shut_down_socket_nobody_answers_times_out(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    struct stage_socket s = connected(stage, &socket_options_plain);
    net_socket(stage->net, tcp_stage_peer(stage, s).number)->flags |= TCP_SILENT;
    tcp_shutdown(stage->net, s.number);
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 4 * SIM_S);
    assert_string_equal(stage->told, "connected ETIMEDOUT");
    tcp_stage_free(stage);
}

/* --- options --------------------------------------------------------------------------
 */

static void test_linger_zero_resets_and_leaves_nothing(void **state)
{
    (void)state; /* KERNEL.md R1 */
    struct tcp_stage *stage = stage_of(TIMERS);
    const struct socket_options options = {.linger_zero = true};
    struct stage_socket s = connected(stage, &options);
    struct stage_socket server = tcp_stage_peer(stage, s);
    tcp_close(stage->net, s.number);
    tcp_stage_expect(stage, s, "");
    assert_int_equal(tcp_stage_until(stage, server, "", SIM_H), SIM_S + 50 * SIM_MS);
    tcp_stage_free(stage);
}

static void test_linger2_replaces_the_fin_wait_2_of_the_system(void **state)
{
    (void)state; /* KERNEL.md F2 */
    struct tcp_stage *stage = stage_of(TIMERS);
    const struct socket_options options = {.linger2 = 3 * SIM_S};
    struct stage_socket s = connected(stage, &options);
    tcp_close(stage->net, s.number);
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 4100 * SIM_MS);
    tcp_stage_free(stage);
}

static void test_linger2_limits_fin_wait_2_where_the_system_does_not(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of("\"fin_wait_2_unlimited\": true");
    const struct socket_options options = {.linger2 = 3 * SIM_S};
    struct stage_socket limited = connected(stage, &options);
    struct stage_socket other = connected(stage, &socket_options_plain);
    tcp_close(stage->net, limited.number);
    tcp_close(stage->net, other.number);
    assert_int_equal(tcp_stage_until(stage, limited, "", SIM_H), 5100 * SIM_MS);
    tcp_stage_run(stage, SIM_H);
    tcp_stage_expect(stage, other, "FIN_WAIT_2");
    tcp_stage_free(stage);
}

static void test_without_fin_wait_2_the_peer_is_reset(void **state)
{
    (void)state; /* KERNEL.md F2: TCP_LINGER2 of -1 */
    struct tcp_stage *stage = stage_of(TIMERS);
    const struct socket_options options = {.no_fin_wait_2 = true};
    struct stage_socket s = connected(stage, &options);
    struct stage_socket server = tcp_stage_peer(stage, s);
    tcp_close(stage->net, s.number);
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 1100 * SIM_MS);
    assert_int_equal(tcp_stage_until(stage, server, "", SIM_H), 1150 * SIM_MS);
    tcp_stage_free(stage);
}

static void test_without_fin_wait_2_a_late_close_resets_too(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    const struct socket_options options = {.no_fin_wait_2 = true};
    struct stage_socket s = connected(stage, &options);
    struct stage_socket server = tcp_stage_peer(stage, s);
    tcp_shutdown(stage->net, s.number);
    tcp_stage_run(stage, 9 * SIM_S);
    tcp_stage_expect(stage, s, "FIN_WAIT_2");
    tcp_close(stage->net, s.number);
    tcp_stage_expect(stage, s, "");
    assert_int_equal(tcp_stage_until(stage, server, "", SIM_H), 9050 * SIM_MS);
    tcp_stage_free(stage);
}

static void silence(struct tcp_stage *stage, struct stage_socket s)
{
    net_socket(stage->net, s.number)->flags |= TCP_SILENT;
}

/* FIN at 1 s, again at 2 s; user timeout 0.5 s from the first. */
static void test_a_user_timeout_ends_the_wait_for_an_ack_of_fin(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of("\"fin\": {\"rto\": \"1s\", \"retries\": 8}");
    const struct socket_options options = {.user_timeout = 2500 * SIM_MS};
    struct stage_socket s = connected(stage, &options);
    silence(stage, tcp_stage_peer(stage, s));
    tcp_close(stage->net, s.number);
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 3500 * SIM_MS);
    tcp_stage_free(stage);
}

/* KERNEL.md S3: idle 1 s, interval 1 s, 3 probes: gone 4 s after the last packet. */
static void test_keep_alive_finds_a_peer_that_is_gone(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    const struct socket_options options = {.keep_alive = {SIM_S, SIM_S, 3}};
    struct stage_socket s = tcp_stage_connect(stage, &options);
    tcp_stage_run(stage, 500 * SIM_MS);
    silence(stage, tcp_stage_peer(stage, s));
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 4100 * SIM_MS);
    assert_string_equal(stage->told, "connected ETIMEDOUT");
    tcp_stage_free(stage);
}

static void test_keep_alive_leaves_a_peer_that_answers(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    const struct socket_options options = {.keep_alive = {SIM_S, SIM_S, 1}};
    struct stage_socket s = connected(stage, &options);
    tcp_stage_run(stage, SIM_H);
    tcp_stage_expect(stage, s, "ESTABLISHED");
    tcp_shutdown(stage->net, s.number);
    tcp_stage_run(stage, 2 * SIM_H);
    tcp_stage_expect(stage, s, "FIN_WAIT_2");
    silence(stage, tcp_stage_peer(stage, s));
    assert_true(tcp_stage_until(stage, s, "", 3 * SIM_H) <= 2 * SIM_H + 3 * SIM_S);
    tcp_stage_free(stage);
}

static void test_keep_alive_meets_a_reset_where_the_peer_forgot(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(TIMERS);
    const struct socket_options options = {.keep_alive = {10 * SIM_S, SIM_S, 3}};
    struct stage_socket s = connected(stage, &options);
    struct link *back = net_link(stage->net, 1, 0);
    back->loss = 1; /* the reset of the peer is lost */
    tcp_abort(stage->net, tcp_stage_peer(stage, s).number);
    tcp_stage_run(stage, 2 * SIM_S);
    back->loss = 0;
    tcp_stage_expect(stage, s, "ESTABLISHED");
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 10200 * SIM_MS);
    assert_string_equal(stage->told, "connected ECONNRESET");
    tcp_stage_free(stage);
}

/* --- records --------------------------------------------------------------------------
 */

/* How often the client's host counted it. */
static int64_t counted(struct tcp_stage *stage, enum host_metric metric)
{
    return metrics_level(stage->net->metrics,
                         stage->net->hosts.at[0].pools[POOL_TCP4].metric +
                             (uint32_t)metric);
}

#define FOUR_SECONDS "\"fin_wait_2_split\": \"4s\", "

/* KERNEL.md F2: T = 6 s and a split of 4 s: 2 s whole, 2 s as a record. */
static void test_a_fin_wait_2_above_the_split_lasts_twice_the_rest(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of(FOUR_SECONDS TIMERS);
    struct stage_socket s = connected(stage, &socket_options_plain);
    struct stage_socket server = tcp_stage_peer(stage, s);
    tcp_close(stage->net, s.number);
    tcp_stage_run(stage, 3050 * SIM_MS);
    assert_false(net_socket(stage->net, s.number)->flags & TCP_MINI);
    tcp_stage_run(stage, 3150 * SIM_MS);
    assert_true(net_socket(stage->net, s.number)->flags & TCP_MINI);
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 5100 * SIM_MS);
    tcp_stage_expect(stage, server, "CLOSE_WAIT");
    tcp_stage_free(stage);
}

/* KERNEL.md B1: TIME_WAIT and FIN_WAIT_2 count together, the new ones go, silently. */
static void test_records_over_the_limit_are_dropped_and_counted(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of("\"max_tw_buckets\": 2, " TIMERS);
    struct stage_socket all[4], servers[4];
    for (int i = 0; i < 4; i++) {
        all[i] = connected(stage, &socket_options_plain);
        servers[i] = tcp_stage_peer(stage, all[i]);
        stage->server_closes = i == 0; /* a TIME_WAIT, then FIN_WAIT_2s */
        tcp_close(stage->net, all[i].number);
        tcp_stage_run(stage, world_now(stage->world) + 200 * SIM_MS);
    }
    tcp_stage_expect(stage, all[0], "TIME_WAIT");
    tcp_stage_expect(stage, all[1], "FIN_WAIT_2");
    tcp_stage_expect(stage, all[2], "");
    tcp_stage_expect(stage, all[3], "");
    tcp_stage_expect(stage, servers[3], "CLOSE_WAIT"); /* nobody told it */
    assert_int_equal(net_member(stage->net, 0)->records, 2);
    assert_int_equal(counted(stage, HOST_TIME_WAIT_OVERFLOW), 2);
    tcp_stage_run(stage, SIM_H);
    assert_int_equal(net_member(stage->net, 0)->records, 0);
    tcp_stage_free(stage);
}

static void test_a_dropped_record_ends_a_descriptor_that_is_still_open(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of("\"max_tw_buckets\": 0, " TIMERS);
    stage->server_closes = true;
    struct stage_socket s = connected(stage, &socket_options_plain);
    tcp_shutdown(stage->net, s.number);
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 1100 * SIM_MS);
    assert_string_equal(stage->told, "connected peer_closed ended");
    tcp_stage_free(stage);
}

static void test_turning_fin_wait_2_below_the_split_resets_whole_sockets(void **state)
{
    (void)state; /* as Linux does when the first half is over */
    struct tcp_stage *stage = stage_of(FOUR_SECONDS TIMERS);
    struct stage_socket s = connected(stage, &socket_options_plain);
    struct stage_socket server = tcp_stage_peer(stage, s);
    tcp_close(stage->net, s.number);
    tcp_stage_run(stage, 2 * SIM_S);
    struct host_config turned = *stage->net->hosts.at[0].config;
    turned.tcp.fin_wait_2 = 3 * SIM_S;
    stage->net->hosts.at[0].config = &turned;
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 3100 * SIM_MS);
    assert_int_equal(tcp_stage_until(stage, server, "", SIM_H), 3150 * SIM_MS);
    tcp_stage_free(stage);
}

/* --- collisions -----------------------------------------------------------------------
 */

/* KERNEL.md F6: the peer still has a socket of that tuple; round trip 100 ms, SYN again
 * 8 ms after the challenge. */
static void test_the_price_of_a_collision_is_what_exceeds_the_round_trip(void **state)
{
    (void)state;
    struct tcp_stage *stage = stage_of("\"range\": [50000, 50000], "
                                       "\"challenged_retry\": \"8ms\", " TIMERS);
    struct stage_socket s = connected(stage, &socket_options_plain);
    tcp_close(stage->net, s.number);
    tcp_stage_run(stage, 10 * SIM_S);
    s = tcp_stage_connect(stage, &socket_options_plain);
    assert_int_equal(tcp_stage_until(stage, s, "ESTABLISHED", SIM_H),
                     10 * SIM_S + 208 * SIM_MS);
    assert_int_equal(counted(stage, HOST_PEER_COLLISIONS), 1);
    assert_int_equal(counted(stage, HOST_COLLISION_DELAY), 1);
    assert_int_equal(counted(stage, HOST_COLLISION_FAILURES), 0);
    const struct metric_cell *price =
        &stage->net->metrics->cells[stage->net->hosts.at[0].pools[POOL_TCP4].metric +
                                    HOST_COLLISION_DELAY];
    assert_int_equal(price->max, 108 * SIM_MS);
    tcp_stage_free(stage);
}

static void test_a_connect_lost_to_a_lingering_socket_is_counted(void **state)
{
    (void)state;
    struct tcp_stage *stage = tcp_stage_new("plain", "100ms",
                                            "\"range\": [50000, 50000], "
                                            "\"syn\": {\"rto\": \"1s\", \"retries\": 1}",
                                            "\"syn_in_time_wait\": \"dropped\"");
    struct stage_socket s = connected(stage, &socket_options_plain);
    tcp_close(stage->net, tcp_stage_peer(stage, s).number);
    tcp_stage_run(stage, 2 * SIM_S);
    tcp_close(stage->net, s.number);
    tcp_stage_run(stage, 3 * SIM_S);
    s = tcp_stage_connect(stage, &socket_options_plain);
    assert_int_equal(tcp_stage_until(stage, s, "", SIM_H), 6 * SIM_S);
    assert_int_equal(counted(stage, HOST_PEER_COLLISIONS), 1);
    assert_int_equal(counted(stage, HOST_COLLISION_FAILURES), 1);
    tcp_stage_free(stage);
}

/* --- tuples that are taken over -------------------------------------------------------
 */

#define ONE_PORT "\"range\": [50000, 50000], \"scope\": \"tuple\", "
#define STAMPED  "\"timestamps\": true, "

/* A connection to port 80 that has been in TIME_WAIT since 1.1 s. */
static struct stage_socket in_time_wait(struct tcp_stage *stage,
                                        const struct socket_options *options)
{
    stage->server_closes = true;
    struct stage_socket s = connected(stage, options);
    tcp_close(stage->net, s.number);
    assert_int_equal(tcp_stage_until(stage, s, "TIME_WAIT", SIM_H), 1100 * SIM_MS);
    return s;
}

static bool connects(struct tcp_stage *stage, sim_ns when,
                     const struct socket_options *options)
{
    tcp_stage_run(stage, when);
    return tcp_stage_connect(stage, options).number != 0;
}

static void test_tw_reuse_takes_a_time_wait_once_it_is_older_than_the_delay(void **state)
{
    (void)state; /* KERNEL.md T3 */
    struct tcp_stage *stage =
        tcp_stage_new("plain", "100ms", ONE_PORT STAMPED "\"tw_reuse\": \"on\", " TIMERS,
                      STAMPED TIMERS);
    struct stage_socket s = in_time_wait(stage, &socket_options_plain);
    assert_false(connects(stage, 2100 * SIM_MS, &socket_options_plain));
    assert_int_equal(stage->refused, FAILURE_EADDRNOTAVAIL);
    assert_true(connects(stage, 2100 * SIM_MS + 1, &socket_options_plain));
    tcp_stage_expect(stage, s, "");
    assert_int_equal(counted(stage, HOST_TAKEOVERS), 1);
    assert_int_equal(counted(stage, HOST_IN_USE), 1);
    tcp_stage_free(stage);
}

static void test_without_timestamps_at_both_ends_nothing_is_reused(void **state)
{
    (void)state;
    static const char *const ends[][2] = {{STAMPED, ""}, {"", STAMPED}};
    for (int i = 0; i < 2; i++) {
        char client[300];
        snprintf(client, sizeof client, "%s%s\"tw_reuse\": \"on\", %s", ONE_PORT,
                 ends[i][0], TIMERS);
        struct tcp_stage *stage = tcp_stage_new("plain", "100ms", client,
                                                ends[i][1][0] ? STAMPED TIMERS : TIMERS);
        in_time_wait(stage, &socket_options_plain);
        assert_false(connects(stage, 5 * SIM_S, &socket_options_plain));
        assert_true(connects(stage, 5100 * SIM_MS, &socket_options_plain));
        assert_int_equal(counted(stage, HOST_TAKEOVERS), 0);
        tcp_stage_free(stage);
    }
}

static void test_tw_reuse_of_loopback_leaves_other_addresses(void **state)
{
    (void)state;
    for (int loopback = 0; loopback < 2; loopback++) {
        struct tcp_stage *stage = tcp_stage_new(
            "plain", "100ms", ONE_PORT STAMPED "\"tw_reuse\": \"loopback\", " TIMERS,
            STAMPED TIMERS);
        if (loopback)
            assert_true(ip_address_parse("127.0.0.1", &net_address(stage->net, 1)->ip));
        in_time_wait(stage, &socket_options_plain);
        assert_int_equal(connects(stage, 3 * SIM_S, &socket_options_plain), loopback);
        tcp_stage_free(stage);
    }
}

static void test_a_fin_wait_2_is_never_reused(void **state)
{
    (void)state; /* KERNEL.md F4 */
    struct tcp_stage *stage =
        tcp_stage_new("plain", "100ms", ONE_PORT STAMPED "\"tw_reuse\": \"on\", " TIMERS,
                      STAMPED TIMERS);
    struct stage_socket s = connected(stage, &socket_options_plain);
    tcp_close(stage->net, s.number);
    assert_false(connects(stage, 7 * SIM_S, &socket_options_plain));
    tcp_stage_expect(stage, s, "FIN_WAIT_2");
    tcp_stage_free(stage);
}

static void test_tw_reuse_turned_on_finds_the_time_waits_that_are_there(void **state)
{
    (void)state;
    struct tcp_stage *stage =
        tcp_stage_new("plain", "100ms", ONE_PORT STAMPED TIMERS, STAMPED TIMERS);
    in_time_wait(stage, &socket_options_plain);
    assert_false(connects(stage, 3 * SIM_S, &socket_options_plain));
    struct host_config turned = *stage->net->hosts.at[0].config;
    turned.tcp.tw_reuse = TW_REUSE_ON;
    stage->net->hosts.at[0].config = &turned;
    takeover_reconfigure(stage->net);
    assert_true(connects(stage, 3 * SIM_S, &socket_options_plain));
    assert_int_equal(counted(stage, HOST_TAKEOVERS), 1);
    tcp_stage_free(stage);
}

/* The ACK of the server's FIN is lost; the FIN comes again when the tuple yields. */
static void test_a_time_wait_that_yields_goes_on_yielding_with_another_fin(void **state)
{
    (void)state;
    struct tcp_stage *stage =
        tcp_stage_new("plain", "100ms", ONE_PORT STAMPED "\"tw_reuse\": \"on\", " TIMERS,
                      STAMPED "\"fin\": {\"at\": [\"2s\"], \"give_up\": \"9s\"}");
    struct stage_socket s = connected(stage, &socket_options_plain);
    tcp_close(stage->net, s.number);
    tcp_stage_run(stage, 1500 * SIM_MS);
    net_link(stage->net, 0, 1)->loss = 1;
    tcp_close(stage->net, tcp_stage_peer(stage, s).number);
    tcp_stage_run(stage, 3 * SIM_S);
    takeover_ripen(stage->net, net_member(stage->net, 0));
    assert_true(net_socket(stage->net, s.number)->flags & TCP_YIELDS);
    tcp_stage_run(stage, 3600 * SIM_MS);
    assert_int_equal(net_socket(stage->net, s.number)->since, 3550 * SIM_MS);
    assert_true(tcp_stage_connect(stage, &socket_options_plain).number != 0);
    tcp_stage_expect(stage, s, "");
    tcp_stage_free(stage);
}

static const struct socket_options ring = {
    .bind = SOCKET_BIND_EXPLICIT, .ring = {50000, 50000}, .reuse_address = true};

static void test_a_bound_socket_takes_time_wait_over_at_once(void **state)
{
    (void)state; /* KERNEL.md T5 */
    for (int stamped = 0; stamped < 2; stamped++) {
        struct tcp_stage *stage = tcp_stage_new(
            "plain", "100ms", stamped ? STAMPED TIMERS : TIMERS, STAMPED TIMERS);
        struct stage_socket s = in_time_wait(stage, &ring);
        assert_int_equal(connects(stage, 1100 * SIM_MS, &ring), stamped);
        tcp_stage_expect(stage, s, stamped ? "" : "TIME_WAIT");
        assert_int_equal(counted(stage, HOST_TAKEOVERS), stamped);
        tcp_stage_free(stage);
    }
}

static void test_a_bound_socket_takes_a_fin_wait_2_record_over(void **state)
{
    (void)state; /* KERNEL.md T5, F6: the server's old socket is cleaned up on the way */
    struct tcp_stage *stage =
        tcp_stage_new("plain", "100ms", "\"challenged_retry\": \"8ms\", " STAMPED TIMERS,
                      STAMPED TIMERS);
    struct stage_socket s = connected(stage, &ring);
    struct stage_socket server = tcp_stage_peer(stage, s);
    tcp_close(stage->net, s.number);
    tcp_stage_run(stage, 2 * SIM_S);
    tcp_stage_expect(stage, s, "FIN_WAIT_2");
    struct stage_socket next = tcp_stage_connect(stage, &ring);
    tcp_stage_expect(stage, s, "");
    assert_int_equal(tcp_stage_until(stage, next, "ESTABLISHED", SIM_H), 2208 * SIM_MS);
    tcp_stage_expect(stage, server, "");
    tcp_stage_free(stage);
}

static void test_a_held_fin_wait_2_is_not_taken_over(void **state)
{
    (void)state; /* PROXIES.md 2: what HAProxy holds counts against its ring */
    struct tcp_stage *stage =
        tcp_stage_new("plain", "100ms", STAMPED TIMERS, STAMPED TIMERS);
    const struct socket_options two = {.bind = SOCKET_BIND_EXPLICIT,
                                       .ring = {50000, 50000},
                                       .reuse_address = true,
                                       .reuse_port = true};
    struct stage_socket s = connected(stage, &two);
    tcp_shutdown(stage->net, s.number);
    assert_false(connects(stage, 9 * SIM_S, &two));
    tcp_stage_expect(stage, s, "FIN_WAIT_2");
    tcp_stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fin_wait_2_with_an_open_descriptor_has_no_limit),
        cmocka_unit_test(test_a_fin_in_held_fin_wait_2_is_told_and_starts_time_wait),
        cmocka_unit_test(test_a_kept_descriptor_hears_that_its_connection_ended),
        cmocka_unit_test(test_an_abort_of_held_fin_wait_2_resets_the_peer),
        cmocka_unit_test(test_an_abort_in_time_wait_leaves_time_wait),
        cmocka_unit_test(test_who_resets_keeps_the_tuple_only_where_the_stack_says_so),
        cmocka_unit_test(test_shutdown_after_the_peer_leaves_nothing_but_the_descriptor),
        cmocka_unit_test(test_a_shut_down_socket_nobody_answers_times_out),
        cmocka_unit_test(test_linger_zero_resets_and_leaves_nothing),
        cmocka_unit_test(test_linger2_replaces_the_fin_wait_2_of_the_system),
        cmocka_unit_test(test_linger2_limits_fin_wait_2_where_the_system_does_not),
        cmocka_unit_test(test_without_fin_wait_2_the_peer_is_reset),
        cmocka_unit_test(test_without_fin_wait_2_a_late_close_resets_too),
        cmocka_unit_test(test_a_user_timeout_ends_the_wait_for_an_ack_of_fin),
        cmocka_unit_test(test_keep_alive_finds_a_peer_that_is_gone),
        cmocka_unit_test(test_keep_alive_leaves_a_peer_that_answers),
        cmocka_unit_test(test_keep_alive_meets_a_reset_where_the_peer_forgot),
        cmocka_unit_test(test_a_fin_wait_2_above_the_split_lasts_twice_the_rest),
        cmocka_unit_test(test_records_over_the_limit_are_dropped_and_counted),
        cmocka_unit_test(test_a_dropped_record_ends_a_descriptor_that_is_still_open),
        cmocka_unit_test(test_turning_fin_wait_2_below_the_split_resets_whole_sockets),
        cmocka_unit_test(test_the_price_of_a_collision_is_what_exceeds_the_round_trip),
        cmocka_unit_test(test_a_connect_lost_to_a_lingering_socket_is_counted),
        cmocka_unit_test(test_tw_reuse_takes_a_time_wait_once_it_is_older_than_the_delay),
        cmocka_unit_test(test_without_timestamps_at_both_ends_nothing_is_reused),
        cmocka_unit_test(test_tw_reuse_of_loopback_leaves_other_addresses),
        cmocka_unit_test(test_a_fin_wait_2_is_never_reused),
        cmocka_unit_test(test_tw_reuse_turned_on_finds_the_time_waits_that_are_there),
        cmocka_unit_test(test_a_time_wait_that_yields_goes_on_yielding_with_another_fin),
        cmocka_unit_test(test_a_bound_socket_takes_time_wait_over_at_once),
        cmocka_unit_test(test_a_bound_socket_takes_a_fin_wait_2_record_over),
        cmocka_unit_test(test_a_held_fin_wait_2_is_not_taken_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
