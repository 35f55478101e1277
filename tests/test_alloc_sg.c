/* The four ProxySG models: who succeeds when one destination holds the ports. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"
#include "tests/statistics.h"

enum { N = 16384, TRIES = 20000 };
static const struct port_range proxy_range = {49152, 65535};

#define BUSY port_lab_place(0)
#define IDLE port_lab_place(1)

/* BUSY holds the lowest `count` ports of the range. */
static void hold(struct port_lab *lab, uint32_t count)
{
    struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
    for (uint32_t i = 0; i < count; i++)
        port_space_take(lab->space, (uint16_t)(lab->request.range.low + i), owner, BUSY);
}

static uint32_t failures(struct port_lab *lab, struct port_destination to)
{
    uint32_t failed = 0;
    for (int i = 0; i < TRIES; i++)
        failed += port_lab_choose(lab, to).port == 0;
    return failed;
}

/* MODEL.md A5, the distinguishing experiment: BUSY holds all ports, or 90 % of them. */
static void test_a_full_destination_fails_alone_or_takes_all_with_it(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool takes_all;
        bool may_miss; /* fails with rho^32 while ports are free */
    } rows[] = {
        {"sg-legacy-a", true, false},
        {"sg-legacy-b", true, true},
        {"sg-random-off", false, false},
        {"sg-reworked", false, false},
    };
    const uint32_t most = N / 10 * 9;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_lab full = port_lab_new(rows[i].name, proxy_range, i);
        hold(&full, N);
        assert_int_equal(failures(&full, IDLE), rows[i].takes_all ? TRIES : 0);
        assert_int_equal(failures(&full, BUSY), TRIES);
        port_lab_free(&full);

        double missed = rows[i].may_miss ? pow((double)most / N, 32) : 0;
        struct port_lab nearly = port_lab_new(rows[i].name, proxy_range, i);
        hold(&nearly, most);
        assert_share(failures(&nearly, IDLE), TRIES, missed);
        assert_share(failures(&nearly, BUSY), TRIES, missed);
        port_lab_free(&nearly);
    }
}

/* MODEL.md A5: what a bounded redraw loses before the range is full, rho^tries. */
static void test_legacy_b_loses_before_the_range_is_full(void **state)
{
    (void)state;
    static const struct {
        double occupancy, published, last_digit;
    } rows[] = {{0.90, 0.034, 0.001}, {0.95, 0.19, 0.01}, {0.99, 0.72, 0.01}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t held = (uint32_t)lround(rows[i].occupancy * N);
        double law = pow((double)held / N, 32);
        assert_true(fabs(law - rows[i].published) < rows[i].last_digit);
        struct port_lab lab = port_lab_new("sg-legacy-b", proxy_range, i);
        hold(&lab, held);
        assert_share(failures(&lab, IDLE), TRIES, law);
        port_lab_free(&lab);
    }
}

static void test_legacy_b_tries_as_often_as_it_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        uint32_t tries; /* MODEL.md A5: M = 32 default */
    } rows[] = {{"{\"tries\": 1}", 1}, {"{\"tries\": 2}", 2}, {"{}", 32}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct port_lab lab =
            port_lab_stated("sg-legacy-b", rows[i].json, proxy_range, rows[i].tries);
        hold(&lab, N / 4 * 3);
        assert_share(failures(&lab, IDLE), TRIES, pow(0.75, rows[i].tries));
        port_lab_free(&lab);

        struct port_lab full =
            port_lab_stated("sg-legacy-b", rows[i].json, proxy_range, rows[i].tries);
        hold(&full, N);
        assert_int_equal(port_lab_choose(&full, IDLE).probes, rows[i].tries);
        port_lab_free(&full);
    }
}

static void test_random_off_goes_on_from_the_last_port_whoever_asks(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("sg-random-off", proxy_range, 1);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(port_lab_connect(&lab, port_lab_place(i % 5)).port, 49152 + i);
    /* A lap later 49152, which place 0 holds, is free toward place 1. */
    struct port_answer again = port_lab_choose(&lab, port_lab_place(1));
    assert_int_equal(again.port, 49152);
    assert_int_equal(again.probes, 1);
    port_lab_free(&lab);
}

static void test_the_random_ones_start_uniformly(void **state)
{
    (void)state;
    static const char *const names[] = {"sg-legacy-a", "sg-legacy-b", "sg-reworked"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct port_lab lab = port_lab_new(names[i], proxy_range, i);
        uint32_t counts[128] = {0};
        for (int try = 0; try < TRIES; try++)
            counts[(port_lab_choose(&lab, IDLE).port - 49152) / 128]++;
        assert_uniform(counts, 128);
        port_lab_free(&lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_destination_fails_alone_or_takes_all_with_it),
        cmocka_unit_test(test_legacy_b_loses_before_the_range_is_full),
        cmocka_unit_test(test_legacy_b_tries_as_often_as_it_is_told),
        cmocka_unit_test(test_random_off_goes_on_from_the_last_port_whoever_asks),
        cmocka_unit_test(test_the_random_ones_start_uniformly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
