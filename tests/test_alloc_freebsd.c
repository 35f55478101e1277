/* FreeBSD's search: the rate switch [MODEL.md D10.3], the ranges, what 12 and 14 test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/port_lab.h"
#include "tests/run_text.h"
#include "tests/statistics.h"

static const struct port_range standard = {10000, 65535}; /* MODEL.md A2.2 */
enum { N = 55536 };

static const char *const both[] = {"freebsd12", "freebsd14"};

static struct port_lab freebsd(const char *json)
{
    return port_lab_stated("freebsd12", json, standard, 1);
}

/* A second in which so many ports are asked for, each free again at once; returns how
 * many were the one after the one before. */
static uint32_t second(struct port_lab *lab, uint32_t choices)
{
    static const struct port_destination to = {1, 80};
    uint32_t sequential = 0;
    uint16_t last = port_lab_choose(lab, to).port;
    for (uint32_t i = 1; i < choices; i++) {
        uint16_t next = port_lab_choose(lab, to).port;
        sequential += next == last + 1 || (last == standard.high && next == standard.low);
        last = next;
    }
    lab->request.now += SIM_S;
    lab->ops->on_tick(lab->state, lab->config, lab->request.now, &lab->chance);
    return sequential;
}

/* --- the rate switch ------------------------------------------------------------------
 */

/* That two draws among 55,535 are neighbours happens once in thousands of seconds. */
static void test_up_to_10_in_a_second_are_drawn_for_ever(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct port_lab lab = port_lab_new(both[k], standard, 1);
        for (int i = 0; i < 200; i++)
            assert_int_equal(second(&lab, 10), 0);
        port_lab_free(&lab);
    }
}

static void test_11_in_a_second_make_it_sequential_for_45(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct port_lab lab = port_lab_new(both[k], standard, 1);
        assert_int_equal(second(&lab, 11), 0); /* that second itself is drawn */
        for (int i = 0; i < 45; i++)
            assert_int_equal(second(&lab, 10), 9);
        assert_int_equal(second(&lab, 10), 0);
        port_lab_free(&lab);
    }
}

static void test_a_fast_second_in_between_starts_the_45_anew(void **state)
{
    (void)state;
    struct port_lab lab = freebsd("{}");
    second(&lab, 11);
    for (int i = 0; i < 44; i++)
        second(&lab, 2);
    assert_int_equal(second(&lab, 11), 10);
    for (int i = 0; i < 45; i++)
        assert_int_equal(second(&lab, 2), 1);
    assert_int_equal(second(&lab, 10), 0);
    port_lab_free(&lab);
}

/* The counter counts what was asked for, found or not. */
static void test_failures_count_as_choices(void **state)
{
    (void)state;
    struct port_lab lab = freebsd("{}");
    port_lab_hold_all(&lab, port_lab_place(5), 0);
    assert_int_equal(port_lab_choose(&lab, port_lab_place(5)).probes, N);
    second(&lab, 10);
    for (uint32_t port = standard.low; port <= standard.high; port++)
        port_lab_disconnect(&lab, (uint16_t)port, port_lab_place(5));
    assert_int_equal(second(&lab, 10), 9);
    port_lab_free(&lab);
}

static void test_its_numbers_are_keys(void **state)
{
    (void)state;
    struct port_lab lab = freebsd("{\"randomcps\": 2, \"randomtime\": \"3s\"}");
    assert_int_equal(second(&lab, 2), 0);
    second(&lab, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(second(&lab, 2), 1);
    assert_int_equal(second(&lab, 2), 0);
    port_lab_free(&lab);
}

static void test_without_the_switch_it_always_draws_or_never(void **state)
{
    (void)state;
    struct port_lab drawn = freebsd("{\"rate_switch\": false}");
    struct port_lab never = freebsd("{\"randomized\": false}");
    for (int i = 0; i < 5; i++) {
        assert_int_equal(second(&drawn, 100), 0);
        assert_int_equal(second(&never, 5), 4);
    }
    port_lab_free(&drawn);
    port_lab_free(&never);
}

static void test_udp_is_drawn_at_any_rate(void **state)
{
    (void)state;
    struct port_lab lab = freebsd("{}");
    second(&lab, 100);
    lab.request.flags = PORT_ASK_UDP;
    assert_int_equal(second(&lab, 100), 0);
    port_lab_free(&lab);
}

/* --- candidates -----------------------------------------------------------------------
 */

/* cursor = first + rnd(last - first), and the candidate is the port behind it. */
static void test_the_first_candidate_is_any_port_but_the_first(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("freebsd12", (struct port_range){50000, 50004}, 2);
    uint32_t counts[5] = {0};
    for (int i = 0; i < 20000; i++)
        counts[port_lab_choose(&lab, port_lab_place(0)).port - 50000]++;
    assert_int_equal(counts[0], 0);
    assert_uniform(counts + 1, 4);
    port_lab_free(&lab);
}

/* Each range that can be asked for has its own cursor; all go upwards in 12.x. */
static void test_ranges_asked_for_have_cursors_of_their_own(void **state)
{
    (void)state;
    struct port_lab lab = freebsd("{\"randomized\": false}");
    lab.request.range = (struct port_range){1, 65535}; /* where the lab looks */
    static const struct {
        uint16_t flags, first;
    } rows[] = {{PORT_ASK_HIGH_RANGE, 49152}, {PORT_ASK_LOW_RANGE, 600}, {0, 1}};
    for (uint16_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 3; k++) {
            lab.request.flags = rows[k].flags;
            assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port,
                             rows[k].first + i);
        }
    port_lab_free(&lab);
}

static void test_a_low_range_that_is_full_fails_alone(void **state)
{
    (void)state;
    struct port_lab lab = freebsd("{\"portrange\": {\"low\": [1000, 1009]}}");
    lab.request.range = (struct port_range){1000, 65535};
    lab.request.flags = PORT_ASK_LOW_RANGE;
    port_lab_fill(&lab, port_lab_place(0), 10);
    assert_int_equal(port_lab_choose(&lab, port_lab_place(0)).probes, 10);
    assert_int_equal(port_lab_choose(&lab, port_lab_place(0)).port, 0);
    lab.request.flags = 0;
    assert_int_not_equal(port_lab_choose(&lab, port_lab_place(0)).port, 0);
    port_lab_free(&lab);
}

/* --- what is tested -------------------------------------------------------------------
 */

static void test_a_full_destination_starves_the_others_up_to_12_only(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct port_lab lab = port_lab_new(both[k], standard, 1);
        port_lab_hold_all(&lab, port_lab_place(0), 0);
        assert_int_equal(port_lab_choose(&lab, port_lab_place(0)).port, 0);
        bool starved = port_lab_choose(&lab, port_lab_place(1)).port == 0;
        assert_int_equal(starved, k == 0);
        port_lab_free(&lab);
    }
}

/* bind(addr, 0) has no destination yet. */
static void test_14_tests_the_port_where_there_is_no_destination(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("freebsd14", standard, 1);
    port_lab_hold_all(&lab, port_lab_place(0), 0);
    assert_int_equal(port_lab_choose(&lab, (struct port_destination){0, 0}).port, 0);
    port_lab_free(&lab);
}

/* --- in a world -----------------------------------------------------------------------
 */

/* A program that asks for the low range (IP_PORTRANGE) uses up that one alone. */
static void test_a_socket_option_asks_for_another_range(void **state)
{
    (void)state;
    static const char *const stacks[] = {"freebsd12", "openbsd", "macos", "dragonfly"};
    for (size_t i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        char *text = memory_print(
            "{\"name\": \"ranges\", \"duration\": \"20s\", \"hosts\": {\"client\": "
            "{\"stack\": \"%s\", \"tcp\": {\"allocator\": {\"kind\": \"%s\", "
            "\"portrange\": {\"low\": [1000, 1009]}}}}, \"server\": {}}, \"apps\": {"
            "\"low\": {\"from\": \"client\", \"to\": \"server:80\", \"socket\": "
            "{\"port_range\": \"low\"}, \"arrivals\": {\"kind\": \"constant\", "
            "\"rate\": \"1/s\"}, \"lifetime\": {\"kind\": \"constant\", \"value\": "
            "\"1h\"}}, \"any\": {\"from\": \"client\", \"to\": \"server:81\", "
            "\"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"lifetime\": "
            "{\"kind\": \"constant\", \"value\": \"1h\"}}}}",
            stacks[i], i == 2 ? "xnu" : stacks[i]);
        struct text_plan p = text_plan_read(text);
        struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
        assert_int_equal(result_metric(r, "apps.low.successes"), 10);
        assert_int_equal(result_metric(r, "apps.any.failures"), 0);
        trial_result_free(r);
        text_plan_free(&p);
        free(text);
    }
}

/* D10.3, seen from outside: 20 connections a second, then 5.  The step from port to port
 * is 1 until 45 seconds after the last fast second, and then any of 256: 8 bits. */
static void test_a_server_sees_a_sequence_until_45_s_after_the_rush(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"rush\", \"duration\": \"1000s\", \"network\": {\"rtt\": \"0s\"}, "
        "\"hosts\": {\"client\": {\"stack\": \"freebsd12\", \"predictability\": true, "
        "\"tcp\": {\"range\": [50000, 50255], \"time_wait\": \"0s\"}}, \"server\": {}}, "
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\", \"arrivals\": "
        "{\"kind\": \"constant\", \"rate\": \"20/s\"}, \"lifetime\": {\"kind\": "
        "\"constant\", \"value\": \"1ms\"}}}, \"changes\": [{\"at\": \"100s\", \"set\": "
        "{\"apps.a.arrivals.rate\": \"5/s\"}}], \"phases\": {\"rush\": [\"5s\", "
        "\"100s\"], \"calm\": [\"100s\", \"144s\"], \"later\": [\"147s\", \"1000s\"]}}");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    /* The 19 draws of the first second are not of the sequence: 1 in 100 of the rush. */
    assert_true(result_metric(r, "hosts.client.tcp4.next_port_bits@rush") < 0.1);
    assert_true(result_metric(r, "hosts.client.tcp4.next_port_bits@calm") < 0.1);
    /* 8, but for chance: some 17 of the 4,265 draws are 1, like 2,780 steps before.  To
     * bring it to 7 it would have to be 45. */
    assert_true(result_metric(r, "hosts.client.tcp4.next_port_bits@later") > 7);
    trial_result_free(r);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_to_10_in_a_second_are_drawn_for_ever),
        cmocka_unit_test(test_11_in_a_second_make_it_sequential_for_45),
        cmocka_unit_test(test_a_fast_second_in_between_starts_the_45_anew),
        cmocka_unit_test(test_failures_count_as_choices),
        cmocka_unit_test(test_its_numbers_are_keys),
        cmocka_unit_test(test_without_the_switch_it_always_draws_or_never),
        cmocka_unit_test(test_udp_is_drawn_at_any_rate),
        cmocka_unit_test(test_the_first_candidate_is_any_port_but_the_first),
        cmocka_unit_test(test_ranges_asked_for_have_cursors_of_their_own),
        cmocka_unit_test(test_a_low_range_that_is_full_fails_alone),
        cmocka_unit_test(test_a_full_destination_starves_the_others_up_to_12_only),
        cmocka_unit_test(test_14_tests_the_port_where_there_is_no_destination),
        cmocka_unit_test(test_a_socket_option_asks_for_another_range),
        cmocka_unit_test(test_a_server_sees_a_sequence_until_45_s_after_the_rush),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
