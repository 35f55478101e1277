/* What holds for all allocators alike, and what a bounded search loses, in whole worlds
 * [MODEL.md D1, D5, D6, D10.6, D10.7]. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/port_allocator.h"
#include "sim/base/memory.h"
#include "tests/loss_system.h"

static struct trial_result *run(const struct loss_system *system, const char *allocator)
{
    struct loss_system s = *system;
    char *json = memory_print("\"%s\"", allocator);
    s.allocator = json;
    struct text_plan p = loss_system_plan(&s);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    text_plan_free(&p);
    free(json);
    return r;
}

/* --- equal loss -----------------------------------------------------------------------
 */

/* Who comes when and stays how long does not depend on the ports.  So it is not only the
 * mean: every exhaustive search fails for the same attempts, and no other loses less. */
static void test_all_exhaustive_allocators_lose_the_same_attempts(void **state)
{
    (void)state;
    const struct loss_system system = {.ports = 256,
                                       .load = 256,
                                       .lifetime = LIFETIME_EXPONENTIAL,
                                       .warm_up_s = 10,
                                       .measured_s = 100};
    struct trial_result *first = run(&system, "rfc6056-alg1");
    double lost = result_metric(first, "apps.a.failures");
    assert_true(lost > 100);
    trial_result_free(first);
    for (uint32_t i = 0; port_allocators[i]; i++) {
        struct trial_result *r = run(&system, port_allocators[i]->name);
        double own = result_metric(r, "apps.a.failures");
        bool right =
            port_allocators[i]->exhaustive ? !(own < lost || own > lost) : own >= lost;
        if (!right)
            fail_msg("%s loses %.0f attempts, not %.0f", port_allocators[i]->name, own,
                     lost);
        trial_result_free(r);
    }
}

/* --- bounded redraw -------------------------------------------------------------------
 */

/* MODEL.md D: with k of N held an attempt is lost with probability (k/N)^m, so
 * pi(k+1) / pi(k) = a (1 - (k/N)^m) / (k+1), and the loss is the sum of pi(k) (k/N)^m. */
static double bounded_redraw_loss(unsigned ports, double load, double draws)
{
    long double weight = 1e-2000L, total = 0, lost = 0;
    for (unsigned k = 0; k <= ports; k++) {
        long double missed = powl((long double)k / ports, draws);
        total += weight;
        lost += weight * missed;
        weight *= load * (1 - missed) / (k + 1);
    }
    return (double)(lost / total);
}

static void test_the_closed_form_gives_the_published_values(void **state)
{
    (void)state;
    assert_true(fabs(bounded_redraw_loss(4096, 4096, 128) - 0.030) < 0.0005);
    assert_true(fabs(bounded_redraw_loss(4096, 4096, 32) - 0.078) < 0.0005);
    /* Enough draws find whatever there is. */
    assert_true(fabs(bounded_redraw_loss(64, 60, 1e9) / erlang_b(64, 60) - 1) < 1e-6);
}

/* Cilium's old draws never reach the highest port. */
static const struct bounded {
    const char *allocator;
    unsigned ports; /* of 64 that are drawn */
    double draws;
} bounded_rows[] = {
    {"{\"kind\": \"sg-legacy-b\", \"tries\": 4}", 64, 4},
    {"{\"kind\": \"sg-legacy-b\", \"tries\": 32}", 64, 32},
    {"{\"kind\": \"sg-legacy-b\", \"tries\": 128}", 64, 128},
    {"{\"kind\": \"cilium\", \"retry\": \"redraw\", \"tries\": 32}", 63, 32},
    {"\"rfc6056-alg2\"", 64, 64},
};

static void expect_bounded_redraw(const struct bounded *row, const char *lifetime)
{
    struct loss_system system = {.ports = 64,
                                 .load = 64,
                                 .lifetime = lifetime,
                                 .allocator = row->allocator,
                                 .warm_up_s = 10,
                                 .measured_s = 800};
    struct text_plan p = loss_system_plan(&system);
    struct estimate loss = replicate(p.plan, 10, "apps.a.failure_ratio", 0.99);
    text_plan_free(&p);
    double law = bounded_redraw_loss(row->ports, 64, row->draws);
    printf("  %s: %.5f +- %.5f, law %.5f\n", row->allocator, loss.value, loss.half_width,
           law);
    assert_true(loss.half_width <= 0.05 * law);
    assert_true(fabs(loss.value - law) <= loss.half_width);
}

/* Any holding time: the birth-death form does not ask for its distribution. */
static void test_bounded_draws_lose_what_the_closed_form_says(void **state)
{
    (void)state;
    if (quick_run())
        skip();
    for (size_t i = 0; i < sizeof bounded_rows / sizeof bounded_rows[0]; i++)
        expect_bounded_redraw(&bounded_rows[i], LIFETIME_EXPONENTIAL);
    expect_bounded_redraw(&bounded_rows[1], LIFETIME_CONSTANT);
}

/* --- idle time ------------------------------------------------------------------------
 */

/* These keep ports closed to this host for good, so "free" is not what rests. */
static bool keeps_ports_closed(const char *name)
{
    static const char *const names[] = {"azure-lb", "gcp-static", "gcp-dynamic",
                                        "cgnat-blocks", "cgnat-deterministic"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* D6: mean rest of a port = mean number of free ports / rate of granted attempts, by
 * Little's law over the free ports, whatever the allocator. */
static void test_ports_rest_as_long_as_littles_law_says(void **state)
{
    (void)state;
    const struct loss_system system = {.ports = 256,
                                       .load = 200,
                                       .lifetime = LIFETIME_EXPONENTIAL,
                                       .warm_up_s = 20,
                                       .measured_s = quick_run() ? 100 : 500};
    for (uint32_t i = 0; port_allocators[i]; i++) {
        const char *name = port_allocators[i]->name;
        if (keeps_ports_closed(name))
            continue;
        struct trial_result *r = run(&system, name);
        double granted = result_metric(r, "hosts.client.tcp4.allocations_per_s");
        double free_ports = 256 - result_metric(r, "hosts.client.tcp4.in_use");
        double rest = result_metric(r, "hosts.client.tcp4.reuse_interval_s");
        /* Rests that begin before or end after the window: at most one a port and end. */
        double cut = 2 * 256 / (granted * system.measured_s);
        if (!(fabs(rest * granted / free_ports - 1) < cut))
            fail_msg("%s: ports rest %g s, by Little %g s", name, rest,
                     free_ports / granted);
        trial_result_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_exhaustive_allocators_lose_the_same_attempts),
        cmocka_unit_test(test_the_closed_form_gives_the_published_values),
        cmocka_unit_test(test_bounded_draws_lose_what_the_closed_form_says),
        cmocka_unit_test(test_ports_rest_as_long_as_littles_law_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
