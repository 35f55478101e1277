/* Schedules: the numbers of real stacks, and what retries, probes and options make of
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/retransmission.h"

static void expect_plan(struct retransmission r, const double *at, double end)
{
    sim_ns planned[64], last;
    uint32_t count = retransmission_plan(&r, planned, 64, &last), i = 0;
    for (; at[i] > 0; i++) {
        assert_true(i < count);
        assert_int_equal(planned[i], (sim_ns)(at[i] * 1000 + 0.5) * SIM_MS);
    }
    assert_int_equal(count, i);
    assert_int_equal(last, (sim_ns)(end * 1000 + 0.5) * SIM_MS);
}

/* KERNEL.md X4, without the grid of the timer wheel. */
static void test_linear_syn_timeouts_add_retransmissions_not_time(void **state)
{
    (void)state;
    struct retransmission r = {.rto = SIM_S, .rto_max = 120 * SIM_S, .linear = 4};
    r.retries = 1;
    expect_plan(r, (double[]){1, 2, 0}, 3);
    r.retries = 2;
    expect_plan(r, (double[]){1, 2, 3, 4, 5, 0}, 7);
    r.retries = 3;
    expect_plan(r, (double[]){1, 2, 3, 4, 5, 7, 11, 0}, 19);
    r.retries = 5;
    expect_plan(r, (double[]){1, 2, 3, 4, 5, 7, 11, 19, 35, 0}, 67);
    r.retries = 6;
    expect_plan(r, (double[]){1, 2, 3, 4, 5, 7, 11, 19, 35, 67, 0}, 131);
}

static void test_without_linear_timeouts_retries_are_retransmissions(void **state)
{
    (void)state;
    struct retransmission r = {.rto = SIM_S, .rto_max = 120 * SIM_S};
    r.retries = 2;
    expect_plan(r, (double[]){1, 3, 0}, 7);
    r.retries = 3;
    expect_plan(r, (double[]){1, 3, 7, 0}, 15);
    r.retries = 6;
    expect_plan(r, (double[]){1, 3, 7, 15, 31, 63, 0}, 127);
}

/* KERNEL.md X1: 3 and 4 retries are the same. */
static void test_orphan_retries_count_from_after_the_probe(void **state)
{
    (void)state;
    struct retransmission r = {.rto = 200 * SIM_MS,
                               .rto_max = 120 * SIM_S,
                               .loss_probe = true,
                               .rtt_added = true};
    r.retries = 0;
    expect_plan(r, (double[]){.201, .402, 0}, .804);
    r.retries = 1;
    expect_plan(r, (double[]){.201, .402, .804, 0}, 1.608);
    r.retries = 2;
    expect_plan(r, (double[]){.201, .402, .804, 1.608, 0}, 3.216);
    r.retries = 3;
    expect_plan(r, (double[]){.201, .402, .804, 1.608, 3.216, 0}, 6.432);
    r.retries = 8;
    expect_plan(
        r, (double[]){.201, .402, .804, 1.608, 3.216, 6.432, 12.864, 25.728, 51.456, 0},
        102.912);
}

/* MODEL.md B4: FreeBSD. */
static void test_the_cap_and_the_latest_end_of_bsd(void **state)
{
    (void)state;
    struct retransmission syn = {.rto = SIM_S,
                                 .rto_max = 64 * SIM_S,
                                 .linear = 4,
                                 .retries = 12,
                                 .give_up = 75 * SIM_S};
    expect_plan(syn, (double[]){1, 2, 3, 4, 5, 7, 11, 19, 35, 67, 0}, 75);
    struct retransmission fin = {.rto = SIM_S, .rto_max = 64 * SIM_S, .retries = 12};
    expect_plan(fin, (double[]){1, 3, 7, 15, 31, 63, 127, 191, 255, 319, 383, 447, 0},
                511);
}

static void test_a_list_replaces_the_numbers(void **state)
{
    (void)state;
    sim_ns at[] = {1500 * SIM_MS, 9 * SIM_S};
    struct retransmission r = {.at = {at, 2},
                               .give_up = 10 * SIM_S,
                               .rto = SIM_S,
                               .rto_max = SIM_S,
                               .retries = 7,
                               .loss_probe = true};
    expect_plan(r, (double[]){1.5, 9, 0}, 10);
}

static void test_the_first_wait_knows_the_round_trip(void **state)
{
    (void)state;
    const sim_ns tick = 4 * SIM_MS;
    struct retransmission linux_fin = {.rto = 200 * SIM_MS, .rtt_added = true};
    assert_int_equal(retransmission_base(&linux_fin, 100 * SIM_US, tick), 204 * SIM_MS);
    assert_int_equal(retransmission_base(&linux_fin, 0, tick), 204 * SIM_MS);
    assert_int_equal(retransmission_base(&linux_fin, 150 * SIM_MS, tick), 352 * SIM_MS);
    struct retransmission floor = {.rto = SIM_S};
    assert_int_equal(retransmission_base(&floor, 300 * SIM_MS, 0), SIM_S);
    assert_int_equal(retransmission_base(&floor, 3 * SIM_S, 0), 3 * SIM_S);
}

/* KERNEL.md X2: the user timeout counts from the first retransmission, which is sent
 * however short it is. */
static void test_a_user_timeout_shortens_the_last_wait(void **state)
{
    (void)state;
    struct retransmission r = {
        .rto = 200 * SIM_MS, .rto_max = 120 * SIM_S, .retries = 8, .loss_probe = true};
    struct unanswered x = {.base = 200 * SIM_MS,
                           .counted_from = 400 * SIM_MS,
                           .user_timeout = 500 * SIM_MS,
                           .retries = 8};
    sim_ns expiries[8];
    uint32_t count = 0;
    for (;; x.sent++) {
        x.now += retransmission_wait(&r, &x);
        expiries[count++] = x.now;
        if (retransmission_over(&r, &x))
            break;
        assert_true(count < 8);
    }
    assert_int_equal(count, 4);
    assert_int_equal(expiries[0], 200 * SIM_MS);
    assert_int_equal(expiries[1], 400 * SIM_MS);
    assert_int_equal(expiries[2], 800 * SIM_MS);
    assert_int_equal(expiries[3], 900 * SIM_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear_syn_timeouts_add_retransmissions_not_time),
        cmocka_unit_test(test_without_linear_timeouts_retries_are_retransmissions),
        cmocka_unit_test(test_orphan_retries_count_from_after_the_probe),
        cmocka_unit_test(test_the_cap_and_the_latest_end_of_bsd),
        cmocka_unit_test(test_a_list_replaces_the_numbers),
        cmocka_unit_test(test_the_first_wait_knows_the_round_trip),
        cmocka_unit_test(test_a_user_timeout_shortens_the_last_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
