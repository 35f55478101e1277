/* The state table against RFC 9293, written down a second time as sentences: every edge
 * that is there, and that no other is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "models/tcp_state.h"

struct expected {
    enum tcp_state from;
    enum tcp_input input;
    enum tcp_state to;
    enum tcp_sends sends;
};

/* clang-format off */
static const struct expected edges[] = {
    /* Figure 5 of RFC 9293, section 3.3.2 */
    {TCP_CLOSED,       TCP_IN_ACTIVE_OPEN,     TCP_SYN_SENT,     TCP_SENDS_SYN},
    {TCP_CLOSED,       TCP_IN_PASSIVE_OPEN,    TCP_LISTEN,       TCP_SENDS_NOTHING},
    {TCP_LISTEN,       TCP_IN_SYN,             TCP_SYN_RECEIVED, TCP_SENDS_SYN_ACK},
    {TCP_LISTEN,       TCP_IN_ACTIVE_OPEN,     TCP_SYN_SENT,     TCP_SENDS_SYN},
    {TCP_LISTEN,       TCP_IN_CLOSE,           TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_SYN_SENT,     TCP_IN_SYN_ACK,         TCP_ESTABLISHED,  TCP_SENDS_ACK},
    {TCP_SYN_SENT,     TCP_IN_SYN,             TCP_SYN_RECEIVED, TCP_SENDS_SYN_ACK},
    {TCP_SYN_SENT,     TCP_IN_CLOSE,           TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_SYN_RECEIVED, TCP_IN_ACK_OF_SYN,      TCP_ESTABLISHED,  TCP_SENDS_NOTHING},
    {TCP_SYN_RECEIVED, TCP_IN_CLOSE,           TCP_FIN_WAIT_1,   TCP_SENDS_FIN},
    {TCP_ESTABLISHED,  TCP_IN_CLOSE,           TCP_FIN_WAIT_1,   TCP_SENDS_FIN},
    {TCP_ESTABLISHED,  TCP_IN_FIN,             TCP_CLOSE_WAIT,   TCP_SENDS_ACK_OF_FIN},
    {TCP_FIN_WAIT_1,   TCP_IN_ACK_OF_FIN,      TCP_FIN_WAIT_2,   TCP_SENDS_NOTHING},
    {TCP_FIN_WAIT_1,   TCP_IN_FIN,             TCP_CLOSING,      TCP_SENDS_ACK_OF_FIN},
    {TCP_FIN_WAIT_2,   TCP_IN_FIN,             TCP_TIME_WAIT,    TCP_SENDS_ACK_OF_FIN},
    {TCP_CLOSE_WAIT,   TCP_IN_CLOSE,           TCP_LAST_ACK,     TCP_SENDS_FIN},
    {TCP_CLOSING,      TCP_IN_ACK_OF_FIN,      TCP_TIME_WAIT,    TCP_SENDS_NOTHING},
    {TCP_LAST_ACK,     TCP_IN_ACK_OF_FIN,      TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_TIME_WAIT,    TCP_IN_FIN,             TCP_TIME_WAIT,    TCP_SENDS_ACK_OF_FIN}, /* 3.10.7.4 */
    {TCP_TIME_WAIT,    TCP_IN_TIME_WAIT_OVER,  TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_BOUND,        TCP_IN_CLOSE,           TCP_CLOSED,       TCP_SENDS_NOTHING}, /* not of RFC 9293 */
    {TCP_BOUND,        TCP_IN_ABORT,           TCP_CLOSED,       TCP_SENDS_NOTHING},
    /* RST in any synchronised state, and the answer to our SYN: 3.10.7.3, 3.10.7.4 */
    {TCP_SYN_SENT,     TCP_IN_RST,             TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_SYN_RECEIVED, TCP_IN_RST,             TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_ESTABLISHED,  TCP_IN_RST,             TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_FIN_WAIT_1,   TCP_IN_RST,             TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_FIN_WAIT_2,   TCP_IN_RST,             TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_CLOSE_WAIT,   TCP_IN_RST,             TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_CLOSING,      TCP_IN_RST,             TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_LAST_ACK,     TCP_IN_RST,             TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_TIME_WAIT,    TCP_IN_RST,             TCP_CLOSED,       TCP_SENDS_NOTHING},
    /* ABORT call: 3.10.5 */
    {TCP_SYN_SENT,     TCP_IN_ABORT,           TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_SYN_RECEIVED, TCP_IN_ABORT,           TCP_CLOSED,       TCP_SENDS_RST},
    {TCP_ESTABLISHED,  TCP_IN_ABORT,           TCP_CLOSED,       TCP_SENDS_RST},
    {TCP_FIN_WAIT_1,   TCP_IN_ABORT,           TCP_CLOSED,       TCP_SENDS_RST},
    {TCP_FIN_WAIT_2,   TCP_IN_ABORT,           TCP_CLOSED,       TCP_SENDS_RST},
    {TCP_CLOSE_WAIT,   TCP_IN_ABORT,           TCP_CLOSED,       TCP_SENDS_RST},
    {TCP_CLOSING,      TCP_IN_ABORT,           TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_LAST_ACK,     TCP_IN_ABORT,           TCP_CLOSED,       TCP_SENDS_NOTHING},
    /* User timeout in the states that retransmit: 3.10.8 */
    {TCP_SYN_SENT,     TCP_IN_GIVE_UP,         TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_SYN_RECEIVED, TCP_IN_GIVE_UP,         TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_FIN_WAIT_1,   TCP_IN_GIVE_UP,         TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_CLOSING,      TCP_IN_GIVE_UP,         TCP_CLOSED,       TCP_SENDS_NOTHING},
    {TCP_LAST_ACK,     TCP_IN_GIVE_UP,         TCP_CLOSED,       TCP_SENDS_NOTHING},
    /* A peer that answers no keep-alive: 3.10.8 again, with a reset as systems send it */
    {TCP_ESTABLISHED,  TCP_IN_GIVE_UP,         TCP_CLOSED,       TCP_SENDS_RST},
    {TCP_FIN_WAIT_2,   TCP_IN_GIVE_UP,         TCP_CLOSED,       TCP_SENDS_RST},
    {TCP_CLOSE_WAIT,   TCP_IN_GIVE_UP,         TCP_CLOSED,       TCP_SENDS_RST},
    /* Not in the standard, in every system: FIN_WAIT_2 ends by a timer */
    {TCP_FIN_WAIT_2,   TCP_IN_FIN_WAIT_2_OVER, TCP_CLOSED,       TCP_SENDS_NOTHING},
};
/* clang-format on */

static const struct expected *find(enum tcp_state from, enum tcp_input input)
{
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
        if (edges[i].from == from && edges[i].input == input)
            return &edges[i];
    return NULL;
}

static void test_every_edge_of_rfc_9293_is_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        struct tcp_edge e = tcp_edges[edges[i].from][edges[i].input];
        if (e.next != edges[i].to || e.sends != edges[i].sends)
            fail_msg("%s + %s: leads to %s, should to %s", tcp_state_name(edges[i].from),
                     tcp_input_name(edges[i].input), tcp_state_name(e.next),
                     tcp_state_name(edges[i].to));
    }
}

static void test_every_other_input_is_refused(void **state)
{
    (void)state;
    int refused = 0;
    for (int from = TCP_NO_STATE; from < TCP_STATE_COUNT; from++)
        for (int input = 0; input < TCP_INPUT_COUNT; input++) {
            if (find((enum tcp_state)from, (enum tcp_input)input))
                continue;
            struct tcp_edge e = tcp_edges[from][input];
            if (e.next != TCP_NO_STATE || e.sends || e.tells)
                fail_msg("%s + %s leads to %s: no such edge in RFC 9293",
                         tcp_state_name((enum tcp_state)from),
                         tcp_input_name((enum tcp_input)input), tcp_state_name(e.next));
            refused++;
        }
    assert_int_equal(refused, TCP_STATE_COUNT * TCP_INPUT_COUNT -
                                  (int)(sizeof edges / sizeof edges[0]));
}

static void test_close_wait_and_established_have_no_timer(void **state)
{
    (void)state;
    assert_int_equal(tcp_waits[TCP_CLOSE_WAIT], TCP_WAITS_FOR_NOTHING);
    assert_int_equal(tcp_waits[TCP_ESTABLISHED], TCP_WAITS_FOR_NOTHING);
}

static void test_a_state_that_waits_has_the_edge_its_timer_takes(void **state)
{
    (void)state;
    static const enum tcp_input ends_by[] = {
        [TCP_WAITS_FOR_SYN_ACK] = TCP_IN_GIVE_UP,
        [TCP_WAITS_FOR_ACK_OF_SYN] = TCP_IN_GIVE_UP,
        [TCP_WAITS_FOR_ACK_OF_FIN] = TCP_IN_GIVE_UP,
        [TCP_WAITS_FOR_FIN] = TCP_IN_FIN_WAIT_2_OVER,
        [TCP_WAITS_FOR_2MSL] = TCP_IN_TIME_WAIT_OVER,
    };
    for (int from = TCP_CLOSED; from < TCP_STATE_COUNT; from++) {
        if (tcp_waits[from] == TCP_WAITS_FOR_NOTHING)
            continue;
        assert_int_equal(tcp_edges[from][ends_by[tcp_waits[from]]].next, TCP_CLOSED);
    }
}

static void test_simultaneous_close_leads_both_sides_to_time_wait(void **state)
{
    (void)state;
    uint8_t at = TCP_ESTABLISHED; /* figure 13: both ends walk the same way */
    at = tcp_edges[at][TCP_IN_CLOSE].next;
    at = tcp_edges[at][TCP_IN_FIN].next;
    assert_int_equal(at, TCP_CLOSING);
    at = tcp_edges[at][TCP_IN_ACK_OF_FIN].next;
    assert_int_equal(at, TCP_TIME_WAIT);
}

static void test_names_are_those_of_the_standard(void **state)
{
    (void)state;
    assert_string_equal(tcp_state_name(TCP_SYN_RECEIVED), "SYN_RECEIVED");
    assert_string_equal(tcp_state_name(TCP_FIN_WAIT_2), "FIN_WAIT_2");
    for (int i = 0; i < TCP_STATE_COUNT; i++)
        assert_true(strlen(tcp_state_name((enum tcp_state)i)) > 0);
    for (int i = 0; i < TCP_INPUT_COUNT; i++)
        assert_true(strlen(tcp_input_name((enum tcp_input)i)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_edge_of_rfc_9293_is_there),
        cmocka_unit_test(test_every_other_input_is_refused),
        cmocka_unit_test(test_close_wait_and_established_have_no_timer),
        cmocka_unit_test(test_a_state_that_waits_has_the_edge_its_timer_takes),
        cmocka_unit_test(test_simultaneous_close_leads_both_sides_to_time_wait),
        cmocka_unit_test(test_names_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
