/* The two containers under the port space, each against a plain array of 65,536. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "models/port_map.h"
#include "models/port_set.h"
#include "sim/base/memory.h"
#include "sim/engine/random.h"

#define STEPS 200000

static struct random_stream chance(const char *purpose)
{
    return random_stream_make(1, 0, "tests.port_set", purpose);
}

/* A container's life in cycles: it grows past the limit of its short form in a band of 80
 * ports, shrinks at random, and is swept empty; then the band moves. */
#define CYCLE 1024
#define SWEEP 512
#define BAND  80

static uint16_t some_port(struct random_stream *r, uint32_t step)
{
    bool sweeping = step % CYCLE >= SWEEP;
    uint32_t place = sweeping ? step % BAND : random_below(r, BAND);
    return (uint16_t)(step / CYCLE * 611 + place);
}

static bool adds(struct random_stream *r, uint32_t step)
{
    uint32_t percent = step % CYCLE < 128 ? 90 : 10;
    return step % CYCLE < SWEEP && random_below(r, 100) < percent;
}

/* --- sets -----------------------------------------------------------------------------
 */

static uint64_t word_of(const bool *plain, uint32_t w)
{
    uint64_t word = 0;
    for (uint32_t i = 0; i < 64; i++)
        word |= (uint64_t)plain[w * 64 + i] << i;
    return word;
}

static void test_a_set_agrees_with_a_plain_array(void **state)
{
    (void)state;
    struct random_stream r = chance("set");
    struct port_set s = {0};
    bool *plain = memory_new(PORT_COUNT, sizeof *plain);
    uint32_t count = 0, times_many = 0, times_empty = 0;
    for (uint32_t step = 0; step < STEPS; step++) {
        uint16_t port = some_port(&r, step);
        bool was_many = s.words != NULL, add = adds(&r, step);
        bool changed = add ? port_set_add(&s, port) : port_set_remove(&s, port);
        assert_int_equal(changed, plain[port] != add);
        plain[port] = add;
        count += changed ? (add ? 1u : -1u) : 0u;
        assert_int_equal(s.count, count);
        uint16_t other = some_port(&r, step);
        assert_int_equal(port_set_has(&s, other), plain[other]);
        assert_true(port_set_word(&s, port / 64u) == word_of(plain, port / 64u));
        times_many += !was_many && s.words != NULL;
        times_empty += changed && count == 0;
    }
    assert_true(times_many > 10 && times_empty > 10); /* both forms were met, often */
    port_set_clear(&s);
    free(plain);
}

static void test_a_set_that_empties_gives_its_bits_back(void **state)
{
    (void)state;
    struct port_set s = {0};
    for (uint16_t port = 1; port <= PORT_SET_FEW; port++)
        port_set_add(&s, port);
    assert_int_equal(port_set_bytes(&s), 0);
    port_set_add(&s, 40000);
    assert_int_equal(port_set_bytes(&s), PORT_COUNT / 8);
    for (uint16_t port = 1; port <= PORT_SET_FEW; port++)
        port_set_remove(&s, port);
    assert_int_equal(port_set_bytes(&s), PORT_COUNT / 8); /* not before it is empty */
    port_set_remove(&s, 40000);
    assert_int_equal(port_set_bytes(&s), 0);
    assert_int_equal(s.count, 0);
}

static uint32_t count_plainly(const struct port_set *s, struct port_range range)
{
    uint32_t count = 0;
    for (uint32_t port = range.low; port <= range.high; port++)
        count += port_set_has(s, (uint16_t)port);
    return count;
}

static void test_counting_in_a_range_counts_both_ends(void **state)
{
    (void)state;
    struct random_stream r = chance("count");
    for (uint32_t size = 1; size < 3000; size = size * 3 + 1) {
        struct port_set s = {0};
        for (uint32_t i = 0; i < size; i++)
            port_set_add(&s, (uint16_t)random_below(&r, PORT_COUNT));
        struct port_range whole = {0, 65535};
        assert_int_equal(port_set_count_in(&s, whole), s.count);
        for (int i = 0; i < 100; i++) {
            uint16_t low = (uint16_t)random_below(&r, PORT_COUNT);
            uint16_t high = (uint16_t)(low + random_below(&r, PORT_COUNT - low));
            struct port_range range = {low, high};
            assert_int_equal(port_set_count_in(&s, range), count_plainly(&s, range));
        }
        port_set_clear(&s);
    }
}

/* --- maps -----------------------------------------------------------------------------
 */

static void test_a_map_agrees_with_a_plain_array(void **state)
{
    (void)state;
    struct random_stream r = chance("map");
    struct port_map m = {0};
    uint32_t *plain = memory_new(PORT_COUNT, sizeof *plain);
    uint32_t count = 0, times_many = 0, times_empty = 0;
    for (uint32_t step = 0; step < STEPS; step++) {
        uint16_t port = some_port(&r, step);
        bool was_many = m.blocks != NULL;
        uint32_t before = plain[port];
        plain[port] = adds(&r, step) ? 1 + random_below(&r, 1000) : 0;
        port_map_set(&m, port, plain[port]);
        count += (uint32_t)(plain[port] != 0) - (uint32_t)(before != 0);
        assert_int_equal(m.count, count);
        uint16_t other = some_port(&r, step);
        assert_int_equal(port_map_get(&m, other), plain[other]);
        times_many += !was_many && m.blocks != NULL;
        times_empty += before != 0 && count == 0;
    }
    assert_true(times_many > 10 && times_empty > 10);
    port_map_clear(&m);
    free(plain);
}

static void test_a_map_pays_for_the_blocks_it_touched(void **state)
{
    (void)state;
    struct port_map m = {0};
    assert_int_equal(port_map_bytes(&m), 0);
    for (uint16_t i = 0; i < PORT_MAP_FEW; i++)
        port_map_set(&m, (uint16_t)(i * 2000), 1);
    assert_true(port_map_bytes(&m) <= PORT_MAP_FEW * sizeof(struct port_map_entry));
    port_map_clear(&m);
    for (uint32_t port = 49152; port < 65536; port++)
        port_map_set(&m, (uint16_t)port, 1);
    assert_int_equal(port_map_bytes(&m), 16384 * 4 + 64 * sizeof(uint32_t *));
    for (uint32_t port = 49152; port < 65536; port++)
        port_map_set(&m, (uint16_t)port, 0);
    assert_int_equal(port_map_bytes(&m), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_set_agrees_with_a_plain_array),
        cmocka_unit_test(test_a_set_that_empties_gives_its_bits_back),
        cmocka_unit_test(test_counting_in_a_range_counts_both_ends),
        cmocka_unit_test(test_a_map_agrees_with_a_plain_array),
        cmocka_unit_test(test_a_map_pays_for_the_blocks_it_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
