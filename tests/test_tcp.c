/* TCP as a program meets it: calls at chosen moments, states on both ends, what is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tcp_stage.h"

/* Round trip 100 ms, TIME_WAIT 4 s, FIN_WAIT_2 6 s, FIN again after 1 s, out after 3 s.
 */
#define TIMERS                                                                           \
    "\"time_wait\": \"4s\", \"fin_wait_2\": \"6s\", "                                    \
    "\"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}"

static struct tcp_stage *stage_of(const char *client)
{
    return tcp_stage_new("100ms", client, TIMERS);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fin_wait_2_with_an_open_descriptor_has_no_limit),
        cmocka_unit_test(test_a_fin_in_held_fin_wait_2_is_told_and_starts_time_wait),
        cmocka_unit_test(test_a_kept_descriptor_hears_that_its_connection_ended),
        cmocka_unit_test(test_an_abort_of_held_fin_wait_2_resets_the_peer),
        cmocka_unit_test(test_an_abort_in_time_wait_leaves_time_wait),
        cmocka_unit_test(test_shutdown_after_the_peer_leaves_nothing_but_the_descriptor),
        cmocka_unit_test(test_a_shut_down_socket_nobody_answers_times_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
