/* Carrier-grade NAT: blocks that come, rest and go, and ports that follow from a number
 * [MODEL.md A7.9]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"

static const struct port_range nat_range = {1024, 65535};
enum { BLOCK = 128, BLOCKS = 504 /* of 64,512 ports */ };

static struct port_lab blocks(sim_ns active_timeout)
{
    return port_lab_printed(nat_range, 1, "cgnat-blocks",
                            "{\"active_timeout\": \"%.9gs\"}",
                            sim_seconds(active_timeout));
}

static uint16_t connect_from(struct port_lab *lab, uint32_t subscriber)
{
    lab->request.inside_host = subscriber;
    return port_lab_connect(lab, port_lab_place(0)).port;
}

static void end(struct port_lab *lab, uint32_t subscriber, uint16_t port)
{
    lab->request.inside_host = subscriber;
    port_lab_disconnect(lab, port, port_lab_place(0));
}

static uint32_t block_of(uint16_t port)
{
    return (port - 1024u) / BLOCK;
}

/* --- blocks ---------------------------------------------------------------------------
 */

/* Junos: blocks of 128, 8 of them; 1,024 ports for one subscriber. */
static void test_a_subscriber_fills_block_after_block_up_to_eight(void **state)
{
    (void)state;
    struct port_lab lab = blocks(0);
    for (uint32_t i = 0; i < 8 * BLOCK; i++) {
        uint16_t port = connect_from(&lab, 1);
        assert_int_equal(block_of(port), i / BLOCK);
    }
    assert_int_equal(connect_from(&lab, 1), 0);
    assert_int_equal(block_of(connect_from(&lab, 2)), 8);
    port_lab_free(&lab);
}

static void test_each_subscriber_has_a_block_until_none_is_left(void **state)
{
    (void)state;
    struct port_lab lab = blocks(0);
    for (uint32_t i = 0; i < BLOCKS; i++)
        assert_int_equal(block_of(connect_from(&lab, 1000 + i)), i);
    assert_int_equal(connect_from(&lab, 1), 0);
    assert_int_not_equal(connect_from(&lab, 1000), 0); /* its own has room */
    port_lab_free(&lab);
}

/* RFC 4787 REQ-1: the mapping does not ask for the destination. */
static void test_a_port_serves_one_inside_endpoint_whatever_the_destination(void **state)
{
    (void)state;
    struct port_lab lab = blocks(0);
    uint32_t count = 0;
    while (port_lab_connect(&lab, port_lab_place(count % 5)).port)
        count++;
    assert_int_equal(count, 8 * BLOCK);
    assert_int_equal(port_space_in_use(lab.space), 8 * BLOCK);
    port_lab_free(&lab);
}

/* Two blocks; the first, no longer active, goes back with its last port. */
static void test_a_block_that_is_not_active_goes_back_when_it_is_unused(void **state)
{
    (void)state;
    struct port_lab lab = blocks(0);
    uint16_t ports[BLOCK + 1];
    for (uint32_t i = 0; i <= BLOCK; i++)
        ports[i] = connect_from(&lab, 1);
    assert_int_equal(block_of(ports[BLOCK]), 1);
    for (uint32_t i = 0; i < BLOCK; i++)
        end(&lab, 1, ports[i]);
    for (uint32_t i = 1; i < BLOCK; i++)
        assert_int_equal(block_of(connect_from(&lab, 1)), 1); /* the active one */
    assert_int_equal(block_of(connect_from(&lab, 2)), 2);     /* block 0 rests */
    assert_int_equal(block_of(connect_from(&lab, 1)), 0);
    port_lab_free(&lab);
}

/* RFC 6888 REQ-8: 120 s for another subscriber; the same one need not wait. */
static void test_a_block_rests_120_s_before_another_subscriber_has_it(void **state)
{
    (void)state;
    static const struct {
        uint32_t subscriber;
        sim_ns rest;
        uint32_t block;
    } rows[] = {{2, 119 * SIM_S, 2}, {2, 120 * SIM_S, 0}, {1, 0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_lab lab = blocks(0);
        uint16_t ports[2 * BLOCK];
        lab.request.now = 1000 * SIM_S;
        for (uint32_t k = 0; k < 2 * BLOCK; k++)
            ports[k] = connect_from(&lab, 1);
        for (uint32_t k = 0; k < BLOCK; k++)
            end(&lab, 1, ports[k]);
        lab.request.now += rows[i].rest;
        assert_int_equal(block_of(connect_from(&lab, rows[i].subscriber)), rows[i].block);
        port_lab_free(&lab);
    }
}

/* Junos: after the timeout a new block is allocated, even if the active one has ports;
 * without a timeout it stays for ever. */
static void test_an_active_block_s_time_ends(void **state)
{
    (void)state;
    static const struct {
        sim_ns timeout, wait;
        uint32_t block;
    } rows[] = {{0, 86400 * SIM_S, 0},
                {300 * SIM_S, 299 * SIM_S, 0},
                {300 * SIM_S, 300 * SIM_S, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_lab lab = blocks(rows[i].timeout);
        connect_from(&lab, 1);
        lab.request.now += rows[i].wait;
        assert_int_equal(block_of(connect_from(&lab, 1)), rows[i].block);
        port_lab_free(&lab);
    }
}

static void test_unused_active_blocks_whose_time_is_over_serve_others(void **state)
{
    (void)state;
    static const struct {
        sim_ns wait;
        bool serves;
    } rows[] = {{299 * SIM_S, false}, {300 * SIM_S, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_lab lab = blocks(300 * SIM_S);
        uint16_t first = connect_from(&lab, 1000);
        for (uint32_t k = 1; k < BLOCKS; k++)
            connect_from(&lab, 1000 + k);
        end(&lab, 1000, first);
        lab.request.now += rows[i].wait;
        uint16_t port = connect_from(&lab, 1);
        assert_int_equal(port != 0, rows[i].serves);
        if (port)
            assert_int_equal(block_of(port), 0);
        port_lab_free(&lab);
    }
}

/* At the maximum of blocks whatever is free in any of them is used. */
static void test_a_subscriber_with_all_its_blocks_uses_every_free_port(void **state)
{
    (void)state;
    struct port_lab lab = blocks(0);
    uint16_t ports[8 * BLOCK];
    for (uint32_t i = 0; i < 8 * BLOCK; i++)
        ports[i] = connect_from(&lab, 1);
    for (uint32_t i = 0; i < 8 * BLOCK; i += 100)
        end(&lab, 1, ports[i]);
    for (uint32_t i = 0; i < 8 * BLOCK; i += 100)
        assert_int_not_equal(connect_from(&lab, 1), 0);
    assert_int_equal(connect_from(&lab, 1), 0);
    port_lab_free(&lab);
}

/* Each outside address deals out its own blocks; a subscriber has some of each it asks.
 */
static void test_every_outside_address_has_its_blocks(void **state)
{
    (void)state;
    struct port_lab lab = blocks(0);
    for (uint32_t address = 1; address <= 3; address++) {
        lab.request.local_address = address;
        for (uint32_t i = 0; i < BLOCKS; i++)
            assert_int_equal(block_of(connect_from(&lab, address * 1000 + i)), i);
        assert_int_equal(connect_from(&lab, 1), 0);
    }
    port_lab_free(&lab);
}

/* A changed allocator starts afresh while older connections still end. */
static void test_ports_taken_before_the_pool_began_may_be_given_back(void **state)
{
    (void)state;
    struct port_lab lab = blocks(0);
    lab.ops->released(lab.state, lab.config, 1024, 1, 0); /* no pool at all */
    uint16_t ports[BLOCK + 1] = {connect_from(&lab, 1)};
    end(&lab, 1, ports[0]);
    lab.ops->released(lab.state, lab.config, 1024, 1, 0); /* a block without holders */
    for (uint32_t i = 0; i <= BLOCK; i++)
        ports[i] = connect_from(&lab, 1);
    assert_int_equal(block_of(ports[BLOCK]), 1);
    port_lab_free(&lab);
}

/* --- ports by number ------------------------------------------------------------------
 */

static struct port_lab deterministic(uint32_t compression, uint32_t dynamic)
{
    return port_lab_printed(nat_range, 1, "cgnat-deterministic",
                            "{\"compression\": %u, \"dynamic\": %u}",
                            (unsigned)compression, (unsigned)dynamic);
}

/* floor(64512 / (C + D)) ports each, side by side; D subscribers' worth for all. */
static void test_a_subscriber_s_ports_follow_from_its_number(void **state)
{
    (void)state;
    static const struct {
        uint32_t compression, dynamic, each;
    } rows[] = {
        {16, 0, 4032}, {14, 2, 4032}, {100, 0, 645}, {256, 0, 252}, {1, 0, 64512}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t c = rows[i].compression, each = rows[i].each;
        struct port_lab lab = deterministic(c, rows[i].dynamic);
        for (uint32_t round = 0; round < 3; round++)
            for (uint32_t number = 0; number < c; number++) {
                uint32_t first = 1024 + number * each;
                assert_in_range(connect_from(&lab, 1000 + number), first,
                                first + each - 1);
            }
        /* One subscriber too many has what is shared. */
        assert_int_equal(connect_from(&lab, 1) != 0, rows[i].dynamic > 0);
        port_lab_free(&lab);
    }
}

static void test_who_has_used_up_his_own_shares_the_rest(void **state)
{
    (void)state;
    struct port_lab lab = deterministic(14, 2);
    const uint32_t shared = 64512 - 14 * 4032;
    for (uint32_t i = 0; i < 4032 + shared; i++) {
        uint16_t port = connect_from(&lab, 3);
        assert_int_equal(port >= 65536 - shared, i >= 4032);
    }
    assert_int_equal(connect_from(&lab, 3), 0);
    for (uint32_t i = 0; i < 4032; i++)
        assert_int_not_equal(connect_from(&lab, 4), 0); /* its own are untouched */
    assert_int_equal(connect_from(&lab, 4), 0);
    port_lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_subscriber_fills_block_after_block_up_to_eight),
        cmocka_unit_test(test_each_subscriber_has_a_block_until_none_is_left),
        cmocka_unit_test(test_a_port_serves_one_inside_endpoint_whatever_the_destination),
        cmocka_unit_test(test_a_block_that_is_not_active_goes_back_when_it_is_unused),
        cmocka_unit_test(test_a_block_rests_120_s_before_another_subscriber_has_it),
        cmocka_unit_test(test_an_active_block_s_time_ends),
        cmocka_unit_test(test_unused_active_blocks_whose_time_is_over_serve_others),
        cmocka_unit_test(test_a_subscriber_with_all_its_blocks_uses_every_free_port),
        cmocka_unit_test(test_every_outside_address_has_its_blocks),
        cmocka_unit_test(test_ports_taken_before_the_pool_began_may_be_given_back),
        cmocka_unit_test(test_a_subscriber_s_ports_follow_from_its_number),
        cmocka_unit_test(test_who_has_used_up_his_own_shares_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
