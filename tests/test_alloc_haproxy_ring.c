/* HAProxy's ring: first in, first out, at one probe, and what it cannot know. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"

enum { N = 100 };
static const struct port_range hundred = {50000, 50099};

static struct port_lab ring(void)
{
    return port_lab_new("haproxy-ring", hundred, 1);
}

/* MODEL.md D5: 1, exact; D6: ports rest as long as they can. */
static void test_the_port_that_rested_longest_comes_first(void **state)
{
    (void)state;
    static const uint16_t given_back[] = {50007, 50003, 50099, 50000};
    struct port_lab lab = ring();
    for (uint16_t i = 0; i < N; i++) {
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(i % 3));
        assert_int_equal(answer.port, hundred.low + i);
        assert_int_equal(answer.probes, 1);
    }
    for (int i = 0; i < 4; i++)
        port_lab_disconnect(&lab, given_back[i],
                            port_lab_place((given_back[i] - 50000u) % 3));
    for (int i = 0; i < 4; i++) {
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
        assert_int_equal(answer.port, given_back[i]);
        assert_int_equal(answer.probes, 1);
    }
    port_lab_free(&lab);
}

static void test_an_empty_ring_fails_without_looking(void **state)
{
    (void)state;
    struct port_lab lab = ring();
    port_lab_fill(&lab, port_lab_place(0), N);
    for (uint32_t place = 0; place < 3; place++) {
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(place));
        assert_int_equal(answer.port, 0);
        assert_int_equal(answer.probes, 1);
    }
    port_lab_free(&lab);
}

/* src/proto_tcp.c: 10 attempts, each refused port to the tail. */
static void test_refused_ports_go_to_the_tail_and_ten_are_enough(void **state)
{
    (void)state;
    struct port_lab lab = ring();
    for (uint16_t port = 50000; port < 50025; port++)
        port_space_reserve(lab.space, port, true);
    static const struct port_answer expected[] = {
        {.probes = 10}, {.probes = 10}, {.port = 50025, .probes = 6}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
        assert_int_equal(answer.port, expected[i].port);
        assert_int_equal(answer.probes, expected[i].probes);
    }
    port_lab_fill(&lab, port_lab_place(0), N - 26);
    port_space_reserve(lab.space, 50003, false);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 50003);
    port_lab_free(&lab);
}

/* The ring does not know of another program's port: bind() refuses it, and it is tried
 * again later. */
static void test_a_port_of_another_program_is_tried_again_later(void **state)
{
    (void)state;
    const struct port_owner other = {.local_address = PORT_LAB_ADDRESS,
                                     .origin = PORT_BY_BIND};
    struct port_lab lab = ring();
    port_space_take(lab.space, 50005, other, port_lab_place(9));
    for (uint16_t i = 0; i < N; i++)
        if (i != 5)
            assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 50000 + i);
    struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
    assert_int_equal(answer.port, 0);
    assert_int_equal(answer.probes, 10); /* the same port ten times */
    port_space_release(lab.space, 50005, other, port_lab_place(9));
    lab.ops->released(lab.state, lab.config, 50005, 0, 0);
    lab.ops->released(lab.state, lab.config, 60000, 0, 0); /* none of ours */
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 50005);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 0);
    port_lab_free(&lab);
}

/* A choice that came to nothing leaves the port at the head. */
static void test_a_port_that_was_not_taken_is_chosen_again(void **state)
{
    (void)state;
    struct port_lab lab = ring();
    for (int i = 0; i < 3; i++)
        assert_int_equal(port_lab_choose(&lab, port_lab_place(0)).port, 50000);
    port_lab_fill(&lab, port_lab_place(0), N);
    port_lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_port_that_rested_longest_comes_first),
        cmocka_unit_test(test_an_empty_ring_fails_without_looking),
        cmocka_unit_test(test_refused_ports_go_to_the_tail_and_ten_are_enough),
        cmocka_unit_test(test_a_port_of_another_program_is_tried_again_later),
        cmocka_unit_test(test_a_port_that_was_not_taken_is_chosen_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
