/* Windows: the sequential cursor, and what sockets and ranges change about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"
#include "tests/statistics.h"

/* MODEL.md A4.1, A4.2. */
static const struct port_range classic = {1025, 5000};
static const struct port_range dynamic = {49152, 65535};

static const struct port_range reuse = {40000, 40099};

static struct port_lab win10_with_auto_reuse(void)
{
    return port_lab_printed(dynamic, 1, "win10", "{\"auto_reuse_range\": [%u, %u]}",
                            (unsigned)reuse.low, (unsigned)reuse.high);
}

static void test_both_give_ports_in_order_to_all_destinations(void **state)
{
    (void)state;
    const struct {
        const char *name;
        struct port_range range;
    } systems[] = {{"win2003", classic}, {"win10", dynamic}};
    for (size_t k = 0; k < sizeof systems / sizeof systems[0]; k++) {
        struct port_lab lab = port_lab_new(systems[k].name, systems[k].range, 1);
        uint32_t size = port_range_size(systems[k].range);
        for (uint32_t i = 0; i < 2 * size; i++) {
            struct port_answer answer = port_lab_connect(&lab, port_lab_place(i % 3));
            assert_int_equal(answer.port, systems[k].range.low + i % size);
            assert_int_equal(answer.probes, 1);
            port_lab_disconnect(&lab, answer.port, port_lab_place(i % 3));
        }
        port_lab_free(&lab);
    }
}

/* 3,976 ports in all, whatever the destinations. */
static void test_one_destination_uses_up_the_pool_of_all(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("win2003", classic, 1);
    port_lab_fill(&lab, port_lab_place(0), 3976);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(1)).port, 0);
    port_lab_free(&lab);
}

/* MODEL.md A4.2: the next plain socket goes on from there. */
static void test_a_random_port_takes_the_counter_with_it(void **state)
{
    (void)state;
    enum { TRIES = 3200, CELLS = 64 };
    uint32_t cells[CELLS] = {0};
    struct port_lab lab = port_lab_new("win10", dynamic, 1);
    for (uint32_t i = 0; i < TRIES; i++) {
        lab.request.flags = PORT_ASK_RANDOMIZE;
        uint16_t port = port_lab_choose(&lab, port_lab_place(0)).port;
        cells[(port - dynamic.low) / (16384 / CELLS)]++;
        lab.request.flags = 0;
        uint16_t next = port_lab_choose(&lab, port_lab_place(0)).port;
        assert_int_equal(next, port == dynamic.high ? dynamic.low : port + 1);
    }
    assert_uniform(cells, CELLS);
    port_lab_free(&lab);
}

/* MODEL.md A4.2: a pick inside an excluded block gives the first port after it. */
static void test_a_random_pick_in_an_excluded_block_lands_behind_it(void **state)
{
    (void)state;
    enum { TRIES = 4000 };
    struct port_lab lab = port_lab_new("win10", dynamic, 1);
    for (uint16_t port = 50000; port < 52000; port++)
        port_space_reserve(lab.space, port, true);
    lab.request.flags = PORT_ASK_RANDOMIZE;
    uint32_t behind = 0;
    for (int i = 0; i < TRIES; i++)
        behind += port_lab_choose(&lab, port_lab_place(0)).port == 52000;
    assert_share(behind, TRIES, 2001 / 16384.0);
    port_lab_free(&lab);
}

/* MODEL.md A4.3: N for each destination, and nothing of the dynamic range. */
static void test_the_auto_reuse_range_serves_connect_by_tuple(void **state)
{
    (void)state;
    struct port_lab lab = win10_with_auto_reuse();
    const struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
    for (uint32_t place = 0; place < 3; place++) {
        lab.request.to = port_lab_place(place);
        for (uint32_t i = 0; i <= 100; i++) {
            struct port_answer answer =
                lab.ops->choose(lab.state, lab.config, &lab.request, &lab.chance);
            assert_int_equal(answer.port, i < 100 ? reuse.low + i : 0);
            if (answer.port)
                port_space_take(lab.space, answer.port, owner, lab.request.to);
        }
    }
    assert_int_equal(port_space_in_use(lab.space), 100);
    lab.request.mode = PORT_MODE_BIND_ZERO;
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, dynamic.low);
    port_lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_give_ports_in_order_to_all_destinations),
        cmocka_unit_test(test_one_destination_uses_up_the_pool_of_all),
        cmocka_unit_test(test_a_random_port_takes_the_counter_with_it),
        cmocka_unit_test(test_a_random_pick_in_an_excluded_block_lands_behind_it),
        cmocka_unit_test(test_the_auto_reuse_range_serves_connect_by_tuple),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
