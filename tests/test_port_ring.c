/* The ring of ports that a program hands out itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/port_ring.h"

static const struct port_range range = {20000, 20003};

static void test_a_new_ring_gives_its_range_in_order_and_then_nothing(void **state)
{
    (void)state;
    struct port_ring *r = port_ring_new(range);
    for (uint16_t port = range.low; port <= range.high; port++)
        assert_int_equal(port_ring_take(r), port);
    assert_int_equal(port_ring_take(r), 0);
    assert_int_equal(port_ring_count(r), 0);
    port_ring_free(r);
}

static void test_the_port_that_rested_longest_is_next(void **state)
{
    (void)state;
    static const uint16_t back[] = {20002, 20000, 20003, 20001};
    struct port_ring *r = port_ring_new(range);
    for (uint32_t i = 0; i < 4; i++)
        port_ring_take(r);
    for (uint32_t lap = 0; lap < 3; lap++) {
        for (uint32_t i = 0; i < 4; i++)
            assert_true(port_ring_give(r, back[i]));
        for (uint32_t i = 0; i < 4; i++)
            assert_int_equal(port_ring_take(r), back[i]);
    }
    port_ring_free(r);
}

static void test_only_a_port_that_is_out_comes_back(void **state)
{
    (void)state;
    struct port_ring *r = port_ring_new(range);
    assert_false(port_ring_give(r, 20000));
    assert_int_equal(port_ring_take(r), 20000);
    assert_false(port_ring_give(r, 19999));
    assert_true(port_ring_give(r, 20000));
    assert_false(port_ring_give(r, 20000));
    assert_int_equal(port_ring_count(r), 4);
    port_ring_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_ring_gives_its_range_in_order_and_then_nothing),
        cmocka_unit_test(test_the_port_that_rested_longest_is_next),
        cmocka_unit_test(test_only_a_port_that_is_out_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
