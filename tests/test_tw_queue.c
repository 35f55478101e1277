/* The line of TIME_WAITs: first in, first out, and only those that are old enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/tw_queue.h"

static void test_entries_leave_in_order_once_they_are_older(void **state)
{
    (void)state;
    struct tw_queue *q = tw_queue_new();
    struct tw_entry e;
    assert_false(tw_queue_take(q, INT64_MAX, &e));
    uint32_t put = 0, taken = 0;
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < round; i++, put++)
            tw_queue_put(q, (struct tw_entry){.began = put, .socket = put + 1});
        for (int i = 0; i < round / 2; i++, taken++) {
            assert_false(tw_queue_take(q, taken, &e));
            assert_true(tw_queue_take(q, (sim_ns)taken + 1, &e));
            assert_int_equal(e.began, taken);
            assert_int_equal(e.socket, taken + 1);
        }
    }
    while (tw_queue_take(q, INT64_MAX, &e))
        assert_int_equal(e.socket, ++taken);
    assert_int_equal(taken, put);
    tw_queue_free(q);
}

static void test_a_line_costs_a_power_of_two_of_entries(void **state)
{
    (void)state;
    struct tw_queue *q = tw_queue_new();
    size_t before = tw_queue_bytes(q);
    for (uint32_t i = 0; i < 17; i++)
        tw_queue_put(q, (struct tw_entry){.began = i});
    assert_int_equal(tw_queue_bytes(q) - before, 16 * sizeof(struct tw_entry));
    tw_queue_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries_leave_in_order_once_they_are_older),
        cmocka_unit_test(test_a_line_costs_a_power_of_two_of_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
