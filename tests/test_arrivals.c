/* When users come: in bursts they come as without pauses, on a clock that stands still
 * during them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/arrivals.h"
#include "tests/statistics.h"

static sim_ns next(const struct arrivals_on_off *config, sim_ns now,
                   struct random_stream *chance)
{
    const struct arrival_trace none = {0};
    struct field_variant arrivals = {.kind = ARRIVALS_ON_OFF, .config = config};
    return arrivals_next(&arrivals, &none, 0, now, chance);
}

static void test_constant_distances_go_on_after_a_pause_where_they_stood(void **state)
{
    (void)state;
    /* 2 s apart, 5 s on, 10 s off, from 100 s on: on the clock of bursts 2, 4, 6 ... */
    const struct arrivals_on_off config = {.rate = 0.5,
                                           .spacing = ARRIVALS_CONSTANT,
                                           .first = 100 * SIM_S,
                                           .on = 5 * SIM_S,
                                           .off = 10 * SIM_S,
                                           .bursts = 3};
    static const sim_ns at[] = {102, 104, 116, 118, 130, 132, 134};
    struct random_stream chance = random_stream_make(1, 1, "a", "arrivals");
    sim_ns now = 0;
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        now = next(&config, now, &chance);
        assert_int_equal(now, at[i] * SIM_S);
    }
    assert_int_equal(next(&config, now, &chance), SIM_NEVER);
}

static void test_bursts_are_poisson_while_they_last_and_nobody_comes_between(void **state)
{
    (void)state;
    const struct arrivals_on_off config = {
        .rate = 50, .spacing = ARRIVALS_POISSON, .on = 7 * SIM_S, .off = 3 * SIM_S};
    struct random_stream chance = random_stream_make(1, 1, "a", "arrivals");
    uint32_t bins[7] = {0};
    struct sample bursts = {0};
    uint32_t count = 0;
    sim_ns burst = 0;
    for (sim_ns now = next(&config, 0, &chance); now < 4000 * SIM_S;
         now = next(&config, now, &chance)) {
        sim_ns within = now % (10 * SIM_S);
        assert_true(within < 7 * SIM_S);
        bins[within / SIM_S]++;
        for (; burst < now / (10 * SIM_S); burst++, count = 0)
            sample_add(&bursts, count);
        count++;
    }
    assert_uniform(bins, 7);
    assert_mean(&bursts, 350);
    /* The variance of a Poisson count is its mean; of 399 of them it is estimated within
     * 3.9 standard errors, each sqrt(2 / 398) of it, in all but 1e-4 of cases. */
    double variance = bursts.squares / (bursts.count - 1);
    assert_true(fabs(variance / 350 - 1) < 3.9 * sqrt(2.0 / (bursts.count - 1)));
}

static void test_a_rate_of_zero_and_a_pause_without_end_bring_nobody(void **state)
{
    (void)state;
    struct random_stream chance = random_stream_make(1, 1, "a", "arrivals");
    struct arrivals_on_off config = {.on = SIM_S, .off = SIM_S};
    assert_int_equal(next(&config, 0, &chance), SIM_NEVER);
    config.rate = 1e-18;
    assert_int_equal(next(&config, 0, &chance), SIM_NEVER);
    config = (struct arrivals_on_off){
        .rate = 1, .spacing = ARRIVALS_CONSTANT, .on = SIM_MS, .off = 31536000 * SIM_S};
    assert_int_equal(next(&config, 0, &chance), SIM_NEVER); /* in a thousand years */
}

static void test_a_change_is_seen_in_every_key_of_a_burst(void **state)
{
    (void)state;
    const struct arrivals_on_off config = {1, ARRIVALS_POISSON, 1, 1, 1, 1};
    struct arrivals_on_off changed[6];
    struct field_variant before = {.kind = ARRIVALS_ON_OFF, .config = &config};
    for (int i = 0; i < 6; i++)
        changed[i] = config;
    changed[0].rate = 2;
    changed[1].spacing = ARRIVALS_CONSTANT;
    changed[2].first = 2;
    changed[3].on = 2;
    changed[4].off = 2;
    changed[5].bursts = 2;
    assert_true(arrivals_same(&before, &before));
    for (int i = 0; i < 6; i++) {
        struct field_variant after = {.kind = ARRIVALS_ON_OFF, .config = &changed[i]};
        assert_false(arrivals_same(&before, &after));
    }
    const struct arrivals_rate rate = {1};
    struct field_variant other = {.kind = ARRIVALS_POISSON, .config = &rate};
    assert_false(arrivals_same(&before, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant_distances_go_on_after_a_pause_where_they_stood),
        cmocka_unit_test(
            test_bursts_are_poisson_while_they_last_and_nobody_comes_between),
        cmocka_unit_test(test_a_rate_of_zero_and_a_pause_without_end_bring_nobody),
        cmocka_unit_test(test_a_change_is_seen_in_every_key_of_a_burst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
