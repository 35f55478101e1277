/* The table of counters against a plain array of 65,536. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "models/alloc/slot_table.h"
#include "sim/base/memory.h"
#include "sim/engine/random.h"

enum { SLOTS = 65536 };

static void test_it_agrees_with_a_plain_array(void **state)
{
    (void)state;
    struct random_stream chance = random_stream_make(1, 0, "tests.slot_table", "slots");
    struct slot_table t = {0};
    uint32_t *plain = memory_new(SLOTS, sizeof *plain);
    for (uint32_t step = 0; step < 200000; step++) {
        /* First neighbours, which share their way through the table; later everywhere. */
        uint32_t slots = step < 1000 ? 40 : SLOTS;
        uint32_t slot = SLOTS - 1 - random_below(&chance, slots);
        uint32_t by = random_u32(&chance);
        slot_table_add(&t, slot, by);
        plain[slot] += by;
        slot = SLOTS - 1 - random_below(&chance, slots);
        assert_int_equal(slot_table_get(&t, slot), plain[slot]);
    }
    slot_table_clear(&t);
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        assert_int_equal(slot_table_get(&t, slot), 0);
    free(plain);
}

static void test_it_pays_for_the_counters_that_moved(void **state)
{
    (void)state;
    struct slot_table t = {0};
    assert_int_equal(slot_table_get(&t, 12345), 0);
    assert_null(t.entries);
    for (uint32_t slot = 0; slot < 1000; slot++)
        for (int times = 0; times < 3; times++)
            slot_table_add(&t, slot * 65, 1);
    assert_int_equal(t.used, 1000);
    assert_int_equal(t.size, 2048);
    slot_table_clear(&t);
    assert_null(t.entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_agrees_with_a_plain_array),
        cmocka_unit_test(test_it_pays_for_the_counters_that_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
