/* 4.4BSD's cursor: the sequence, the wrap, what it steps over, how it fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"

/* MODEL.md A2.1: IPPORT_RESERVED .. IPPORT_USERRESERVED. */
static const struct port_range classic = {1024, 5000};
enum { N = 3977 };

static struct port_lab bsd44(void)
{
    return port_lab_new("bsd44", classic, 1);
}

static void test_ports_come_in_order_from_1024_to_5000_and_again(void **state)
{
    (void)state;
    struct port_lab lab = bsd44();
    for (uint32_t i = 0; i < 3 * N; i++) {
        struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
        assert_int_equal(answer.port, 1024 + i % N);
        assert_int_equal(answer.probes, 1);
        port_lab_disconnect(&lab, answer.port, port_lab_place(0));
    }
    port_lab_free(&lab);
}

/* MODEL.md D5: exact while equal holding times leave a port free. */
static void test_equal_holding_times_cost_one_probe_each(void **state)
{
    (void)state;
    struct port_lab lab = bsd44();
    port_lab_fill(&lab, port_lab_place(0), N - 1);
    for (uint32_t i = 0; i < 2 * N; i++) {
        assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).probes, 1);
        port_lab_disconnect(&lab, (uint16_t)(1024 + i % N), port_lab_place(0));
    }
    port_lab_free(&lab);
}

static void test_it_steps_over_taken_ports_and_pays_for_each(void **state)
{
    (void)state;
    struct port_lab lab = bsd44();
    struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
    for (uint16_t port = 1024; port < 1030; port++)
        port_space_take(lab.space, port, owner, port_lab_place(7));
    struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
    assert_int_equal(answer.port, 1030);
    assert_int_equal(answer.probes, 7);
    port_lab_free(&lab);
}

/* MODEL.md A2.1: scope(port), so one destination uses up the pool of all. */
static void test_a_full_range_fails_for_every_destination_after_one_lap(void **state)
{
    (void)state;
    struct port_lab lab = bsd44();
    port_lab_fill(&lab, port_lab_place(0), N);
    for (uint32_t place = 0; place < 3; place++) {
        struct port_answer answer = port_lab_choose(&lab, port_lab_place(place));
        assert_int_equal(answer.port, 0);
        assert_int_equal(answer.probes, N);
    }
    port_lab_free(&lab);
}

static void test_after_a_failure_it_goes_on_where_it_was(void **state)
{
    (void)state;
    struct port_lab lab = bsd44();
    port_lab_fill(&lab, port_lab_place(0), N);
    port_lab_disconnect(&lab, 1500, port_lab_place(0));
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 1500);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 0);
    port_lab_disconnect(&lab, 1400, port_lab_place(0));
    port_lab_disconnect(&lab, 1600, port_lab_place(0));
    struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
    assert_int_equal(answer.port, 1600);
    assert_int_equal(answer.probes, 100);
    port_lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ports_come_in_order_from_1024_to_5000_and_again),
        cmocka_unit_test(test_equal_holding_times_cost_one_probe_each),
        cmocka_unit_test(test_it_steps_over_taken_ports_and_pays_for_each),
        cmocka_unit_test(test_a_full_range_fails_for_every_destination_after_one_lap),
        cmocka_unit_test(test_after_a_failure_it_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
