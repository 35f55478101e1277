/* The clouds' gateways: documented numbers of ports, to the port [MODEL.md A7.5-A7.8,
 * C14, C15, D10.8]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/port_lab.h"
#include "tests/statistics.h"

static const struct port_range nat_range = {1024, 65535};

/* A lab with up to two U32 keys set. */
static struct port_lab lab_with(const char *name, const char *key, uint32_t value,
                                const char *key2, uint32_t value2)
{
    if (!key)
        return port_lab_new(name, nat_range, 1);
    if (!key2)
        return port_lab_printed(nat_range, 1, name, "{\"%s\": %u}", key, (unsigned)value);
    return port_lab_printed(nat_range, 1, name, "{\"%s\": %u, \"%s\": %u}", key,
                            (unsigned)value, key2, (unsigned)value2);
}

static uint16_t connect_from(struct port_lab *lab, uint32_t inside_host, uint32_t place)
{
    lab->request.inside_host = inside_host;
    return port_lab_connect(lab, port_lab_place(place)).port;
}

/* Connections until the first failure. */
static uint32_t fill(struct port_lab *lab, uint32_t inside_host, uint32_t place)
{
    uint32_t count = 0;
    while (connect_from(lab, inside_host, place))
        count++;
    return count;
}

/* --- Azure load balancer --------------------------------------------------------------
 */

static void test_azure_lb_deals_out_blocks_by_the_size_of_the_pool(void **state)
{
    (void)state;
    static const struct {
        uint32_t instances, ports;
    } rows[] = {{1, 1024},  {50, 1024}, {51, 512}, {100, 512}, {101, 256}, {200, 256},
                {201, 128}, {400, 128}, {401, 64}, {800, 64},  {801, 32},  {1000, 32}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_lab lab =
            lab_with("azure-lb", "instances", rows[i].instances, NULL, 0);
        for (uint32_t k = 0; k < rows[i].instances; k++)
            assert_int_equal(fill(&lab, 7 + 3 * k, 0), rows[i].ports);
        assert_int_equal(fill(&lab, 3, 0), 0); /* one instance too many */
        port_lab_free(&lab);
    }
}

/* MODEL.md D10.8. */
static void test_the_51st_instance_halves_everybody_s_block(void **state)
{
    (void)state;
    struct port_lab before = lab_with("azure-lb", "instances", 50, NULL, 0);
    struct port_lab after = lab_with("azure-lb", "instances", 51, NULL, 0);
    assert_int_equal(fill(&before, 0, 0), 2 * fill(&after, 0, 0));
    port_lab_free(&before);
    port_lab_free(&after);
}

static void test_a_block_serves_every_destination_anew(void **state)
{
    (void)state;
    struct port_lab lab = lab_with("azure-lb", NULL, 0, NULL, 0);
    for (uint32_t place = 0; place < 3; place++)
        assert_int_equal(fill(&lab, 5, place), 1024);
    assert_int_equal(port_space_in_use(lab.space), 1024);
    port_lab_free(&lab);
}

/* 64,000 ports a frontend address, 8 for each rule. */
static void test_manual_ports_share_64000_less_the_rules(void **state)
{
    (void)state;
    static const struct {
        uint32_t ports, rules, instances;
    } rows[] = {{6400, 0, 10}, {6400, 1, 9}, {1248, 0, 51}, {64000, 0, 1}, {64, 0, 1000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_lab lab =
            port_lab_printed(nat_range, 1, "azure-lb",
                             "{\"instances\": 1000, \"ports\": %u, \"rules\": %u}",
                             (unsigned)rows[i].ports, (unsigned)rows[i].rules);
        for (uint32_t k = 0; k < rows[i].instances; k++)
            assert_int_equal(fill(&lab, k, 0), rows[i].ports);
        if (rows[i].instances < 1000)
            assert_int_equal(fill(&lab, rows[i].instances, 0), 0);
        port_lab_free(&lab);
    }
}

static void test_instances_never_share_a_port(void **state)
{
    (void)state;
    struct port_lab lab = lab_with("azure-lb", NULL, 0, NULL, 0);
    uint32_t *owner = memory_new(PORT_COUNT, sizeof *owner);
    for (uint32_t i = 0; i < 40000; i++) {
        uint32_t host = i % 50;
        uint16_t port = connect_from(&lab, host, i / 50 % 7);
        assert_true(owner[port] == 0 || owner[port] == host + 1);
        owner[port] = host + 1;
    }
    free(owner);
    port_lab_free(&lab);
}

/* --- Azure NAT gateway ----------------------------------------------------------------
 */

static void test_azure_nat_shares_a_port_only_when_none_is_unused(void **state)
{
    (void)state;
    struct port_lab lab = lab_with("azure-nat", NULL, 0, NULL, 0);
    for (uint32_t i = 0; i < 64512; i++)
        assert_int_not_equal(connect_from(&lab, i % 9, i % 4), 0);
    assert_int_equal(port_space_in_use(lab.space), 64512); /* each port once */
    struct port_answer shared = port_lab_connect(&lab, port_lab_place(9));
    assert_int_not_equal(shared.port, 0);
    assert_int_equal(shared.probes, 2);
    assert_int_equal(port_space_in_use(lab.space), 64512);
    port_lab_free(&lab);
}

static void test_azure_nat_has_50000_for_each_destination(void **state)
{
    (void)state;
    struct port_lab lab = lab_with("azure-nat", NULL, 0, NULL, 0);
    assert_int_equal(fill(&lab, 0, 0), 50000);
    assert_int_equal(fill(&lab, 0, 1), 50000);
    port_lab_free(&lab);
}

/* --- AWS ------------------------------------------------------------------------------
 */

static void test_aws_has_55000_for_each_destination(void **state)
{
    (void)state;
    struct port_lab lab = lab_with("aws-nat", NULL, 0, NULL, 0);
    for (uint32_t place = 0; place < 2; place++) {
        assert_int_equal(fill(&lab, 3, place), 55000);
        assert_int_equal(fill(&lab, 4, place), 0); /* whoever asks */
    }
    uint16_t given = connect_from(&lab, 0, 5);
    port_lab_disconnect(&lab, given, port_lab_place(5));
    port_lab_free(&lab);
}

/* MODEL.md C14: 55,000 ports held for 60 s carry 916.7/s of the 1,000/s that come. */
static void test_aws_carries_917_a_second(void **state)
{
    (void)state;
    enum { RATE = 1000, HOLD = 60, SECONDS = 300 };
    struct port_lab lab = lab_with("aws-nat", NULL, 0, NULL, 0);
    uint16_t *held = memory_new(RATE * SECONDS, sizeof *held);
    uint32_t carried = 0;
    for (uint32_t i = 0; i < RATE * SECONDS; i++) {
        uint32_t past = i - RATE * HOLD;
        if (i >= RATE * HOLD && held[past])
            port_lab_disconnect(&lab, held[past], port_lab_place(0));
        held[i] = connect_from(&lab, 0, 0);
        carried += i >= RATE * HOLD && held[i] != 0;
    }
    /* Four periods of 60 s, each of which gives all 55,000 ports back once. */
    assert_int_equal(carried, 55000 * (SECONDS / HOLD - 1));
    free(held);
    port_lab_free(&lab);
}

static void test_a_gateway_picks_any_free_port_alike(void **state)
{
    (void)state;
    static const char *const names[] = {"aws-nat", "azure-nat"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct port_lab lab = lab_with(names[i], NULL, 0, NULL, 0);
        lab.request.range = (struct port_range){1024, 1024 + 999};
        /* 90 % taken, in one run: a walk would favour the port above it. */
        for (uint16_t port = 1024; port < 1924; port++)
            port_space_take(lab.space, port,
                            (struct port_owner){.local_address = PORT_LAB_ADDRESS},
                            port_lab_place(0));
        uint32_t counts[100] = {0};
        for (int k = 0; k < 50000; k++)
            counts[port_lab_choose(&lab, port_lab_place(0)).port - 1924]++;
        assert_uniform(counts, 100);
        port_lab_free(&lab);
    }
}

/* --- Google Cloud ---------------------------------------------------------------------
 */

static void test_gcp_static_rounds_up_to_a_power_of_two(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked, ports, vms;
    } rows[] = {{64, 64, 1008},  {65, 128, 504},    {100, 128, 504},  {1, 1, 64512},
                {512, 512, 126}, {32768, 32768, 1}, {65536, 64512, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_lab lab = lab_with("gcp-static", "min_ports", rows[i].asked, NULL, 0);
        for (uint32_t vm = 0; vm < rows[i].vms; vm++)
            assert_int_not_equal(connect_from(&lab, 100 + vm, 0), 0);
        assert_int_equal(connect_from(&lab, 1, 0), 0); /* one VM too many */
        assert_int_equal(fill(&lab, 100, 0), rows[i].ports - 1);
        assert_int_equal(fill(&lab, 100, 1), rows[i].ports);
        port_lab_free(&lab);
    }
}

static void test_gcp_dynamic_doubles_once_a_second_while_ports_are_short(void **state)
{
    (void)state;
    struct port_lab lab = lab_with("gcp-dynamic", NULL, 0, NULL, 0);
    uint32_t total = 0;
    for (uint32_t second = 0, expected = 32; expected <= 32768; second++, expected *= 2) {
        lab.request.now = second * SIM_S;
        total += fill(&lab, 0, 0);
        assert_int_equal(total, expected);
    }
    lab.request.now += SIM_S; /* the pool has no 65,536 */
    total += fill(&lab, 0, 0);
    assert_int_equal(total, 64512);
    port_lab_free(&lab);
}

static void test_gcp_dynamic_stops_at_the_maximum(void **state)
{
    (void)state;
    struct port_lab lab = lab_with("gcp-dynamic", "max_ports", 128, NULL, 0);
    uint32_t total = 0;
    for (uint32_t second = 0; second < 9; second++) {
        lab.request.now = second * SIM_S;
        total += fill(&lab, 0, 0);
    }
    assert_int_equal(total, 128);
    assert_int_equal(fill(&lab, 1, 0), 32); /* another VM has its own */
    port_lab_free(&lab);
}

/* 32 connections of one VM that stay, 992 that end: what they held serves another VM. */
static void test_gcp_dynamic_gives_back_what_is_not_used(void **state)
{
    (void)state;
    struct port_lab lab = lab_with("gcp-dynamic", "min_ports", 32, "max_ports", 65536);
    lab.request.range = (struct port_range){1024, 1024 + 1023};
    static uint16_t ports[1024];
    for (uint32_t count = 0; count < 1024;) {
        lab.request.now += SIM_S;
        for (uint16_t port; count < 1024 && (port = connect_from(&lab, 0, 0)) != 0;)
            ports[count++] = port;
    }
    assert_int_equal(connect_from(&lab, 1, 0), 0); /* the pool is dealt out */
    lab.request.inside_host = 0;
    for (uint32_t i = 0; i < 1024; i++)
        if (ports[i] >= 1024 + 32)
            port_lab_disconnect(&lab, ports[i], port_lab_place(0));
    uint32_t others = 0;
    for (int i = 0; i < 9; i++) {
        lab.request.now += SIM_S;
        others += fill(&lab, 1, 0);
    }
    assert_int_equal(others, 992);
    port_lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_azure_lb_deals_out_blocks_by_the_size_of_the_pool),
        cmocka_unit_test(test_the_51st_instance_halves_everybody_s_block),
        cmocka_unit_test(test_a_block_serves_every_destination_anew),
        cmocka_unit_test(test_manual_ports_share_64000_less_the_rules),
        cmocka_unit_test(test_instances_never_share_a_port),
        cmocka_unit_test(test_azure_nat_shares_a_port_only_when_none_is_unused),
        cmocka_unit_test(test_azure_nat_has_50000_for_each_destination),
        cmocka_unit_test(test_aws_has_55000_for_each_destination),
        cmocka_unit_test(test_aws_carries_917_a_second),
        cmocka_unit_test(test_a_gateway_picks_any_free_port_alike),
        cmocka_unit_test(test_gcp_static_rounds_up_to_a_power_of_two),
        cmocka_unit_test(test_gcp_dynamic_doubles_once_a_second_while_ports_are_short),
        cmocka_unit_test(test_gcp_dynamic_stops_at_the_maximum),
        cmocka_unit_test(test_gcp_dynamic_gives_back_what_is_not_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
