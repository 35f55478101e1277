/* What closed forms say of a scenario, against simulations of it: what is called exact
 * lies inside the interval of the runs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/theory/theory.h"
#include "tests/loss_system.h"

/* The prediction, which must be there. */
static double predicted(const struct trial_plan *plan, const char *metric, bool exact)
{
    double value = NAN;
    const char *formula = NULL;
    bool is_exact = false;
    if (!theory_predict(plan, metric, &value, &formula, &is_exact))
        fail_msg("no closed form for %s", metric);
    if (is_exact != exact)
        fail_msg("%s by %s is called %s", metric, formula,
                 is_exact ? "exact" : "approximate");
    return value;
}

/* Each inside the 99 % interval of so many runs. */
static void assert_inside(const struct trial_plan *plan, uint32_t runs, bool exact,
                          const char *const metrics[])
{
    for (; *metrics; metrics++) {
        double value = predicted(plan, *metrics, exact);
        struct estimate seen = replicate(plan, runs, *metrics, 0.99);
        printf("  %s: %.6g, simulated %.6g +- %.2g\n", *metrics, value, seen.value,
               seen.half_width);
        assert_true(fabs(value - seen.value) <= seen.half_width + 1e-9 * fabs(value));
    }
}

static void test_a_loss_system_is_predicted_in_all_its_numbers(void **state)
{
    (void)state;
    struct loss_system system = {.ports = 64,
                                 .load = 60,
                                 .lifetime = LIFETIME_LOGNORMAL,
                                 .warm_up_s = 20,
                                 .measured_s = 600};
    struct text_plan p = loss_system_plan(&system);
    static const char *const metrics[] = {"apps.a.failure_ratio",
                                          "apps.a.attempts",
                                          "apps.a.successes_per_s",
                                          "apps.a.open",
                                          "hosts.client.tcp4.in_use",
                                          "hosts.client.tcp4.outgoing.ESTABLISHED",
                                          "hosts.client.tcp4.allocation_failures",
                                          "hosts.client.tcp4.reuse_interval_s",
                                          "hosts.client.tcp4.capacity",
                                          NULL};
    assert_inside(p.plan, 10, true, metrics);
    text_plan_free(&p);
}

static void test_a_bounded_redraw_is_predicted_with_its_probes(void **state)
{
    (void)state;
    struct loss_system system = {.ports = 256,
                                 .load = 240,
                                 .lifetime = LIFETIME_EXPONENTIAL,
                                 .allocator = "{\"kind\": \"sg-legacy-b\", \"tries\": 8}",
                                 .warm_up_s = 20,
                                 .measured_s = 200};
    struct text_plan p = loss_system_plan(&system);
    static const char *const metrics[] = {"apps.a.failure_ratio",
                                          "hosts.client.tcp4.probes",
                                          "hosts.client.tcp4.in_use", NULL};
    assert_inside(p.plan, 10, true, metrics);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_loss_system_is_predicted_in_all_its_numbers),
        cmocka_unit_test(test_a_bounded_redraw_is_predicted_with_its_probes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
