/* How soon a port comes back: to the same peer, which still remembers it (MODEL.md D7),
 * and to anybody (D6). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/run_text.h"
#include "tests/statistics.h"

/* Connections of no length.  Counted is what comes after the server's memory is full. */
struct case_of_d7 {
    const char *allocator; /* JSON */
    double rate;           /* Poisson, per second */
    double peer;           /* the server's TIME_WAIT, s */
    double own;            /* the client's, s; 0: the server closes first, so none */
    double counted;        /* connections */
};

static struct text_plan plan_of(const struct case_of_d7 *c)
{
    double end = c->peer + c->counted / c->rate;
    char *text = memory_print(
        "{ \"name\": \"d7\", \"duration\": \"%.0fs\", \"hosts\": {"
        "    \"client\": { \"tcp\": { \"range\": [32768, 60999], \"allocator\": %s,"
        "                           \"time_wait\": \"%.0fs\" } },"
        "    \"server\": { \"tcp\": { \"time_wait\": \"%.0fs\" } } },"
        "  \"apps\": { \"calls\": { \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"%.0f/s\" },"
        "    \"lifetime\": { \"kind\": \"constant\", \"value\": \"1ms\" },"
        "    \"closes_first\": \"%s\" } },"
        "  \"phases\": { \"steady\": [\"%.0fs\", \"%.0fs\"] } }",
        end, c->allocator, c->own, c->peer, c->rate, c->own > 0 ? "both" : "server",
        c->peer, end);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

/* Quiet metrics that never were are 0. */
static double read_or_0(const struct trial_result *r, const char *name)
{
    const struct run_metric *m = run_record_metric(&r->record, name);
    return m ? m->value : 0;
}

/* Share of the connects that met the peer's TIME_WAIT, over the runs. */
static struct estimate measure(const struct case_of_d7 *c, uint32_t runs)
{
    struct text_plan p = plan_of(c);
    double *shares = memory_new(runs, sizeof *shares);
    for (uint32_t i = 0; i < runs; i++) {
        struct trial_result *r = trial_run(p.plan, 1, i + 1, NULL);
        assert_true(result_metric(r, "apps.calls.failures") == 0);
        shares[i] = read_or_0(r, "hosts.client.tcp4.peer_collisions@steady") /
                    result_metric(r, "apps.calls.attempts@steady");
        trial_result_free(r);
    }
    text_plan_free(&p);
    struct estimate e = estimate_mean(shares, runs, 1 - TEST_UNLIKELY);
    free(shares);
    return e;
}

/* Fails unless the share may be `expected`, known to within `digit`. */
static void assert_collisions(const struct case_of_d7 *c, double expected, double digit)
{
    bool certain = expected == 0 || expected == 1;
    struct estimate e = measure(c, certain || quick_run() ? 3 : 12);
    if (!(fabs(e.value - expected) <= e.half_width + digit))
        fail_msg("%s at %g/s, peer %g s: %.4f +- %.4f, expected %.4f", c->allocator,
                 c->rate, c->peer, e.value, e.half_width, expected);
}

/* --- D7 -------------------------------------------------------------------------------
 */

/* P = 1 - exp(-lambda Tp / K); nothing is busy here, so K is the range. */
static void test_a_uniform_choice_meets_the_peer_by_a_smooth_law(void **state)
{
    (void)state;
    static const char *const allocators[] = {"\"rfc6056-alg1\"", "\"rfc6056-alg2\"",
                                             "\"netfilter\"", "\"aws-nat\""};
    static const double rates[] = {5, 100, 200};
    for (size_t i = 0; i < sizeof allocators / sizeof allocators[0]; i++)
        for (size_t k = 0; k < sizeof rates / sizeof rates[0]; k++) {
            struct case_of_d7 c = {allocators[i], rates[k], 60, 0, 2000};
            assert_collisions(&c, 1 - exp(-c.rate * c.peer / 28232), 0);
        }
}

/* Of 28,232 ports the client holds 6,000 for 60 s each: P = 1 - exp(-lambda (Tp - Tl) /
 * K), 55 % in MODEL.md D7. */
static void test_what_the_client_itself_holds_is_not_met(void **state)
{
    (void)state;
    struct case_of_d7 c = {"\"rfc6056-alg2\"", 100, 240, 60, 3000};
    double law = 1 - exp(-100 * (240.0 - 60) / (28232 - 6000));
    assert_true(fabs(law - 0.55) < 0.006);
    assert_collisions(&c, law, 0);
}

static void test_a_sequence_meets_nobody_below_its_threshold_and_all_above(void **state)
{
    (void)state;
    static const char *const allocators[] = {"\"bsd44\"", "\"haproxy-ring\"",
                                             "\"sg-random-off\""};
    for (size_t i = 0; i < sizeof allocators / sizeof allocators[0]; i++) {
        /* 28,232 / 240 = 117.6/s */
        struct case_of_d7 below = {allocators[i], 112, 240, 0, 5000};
        struct case_of_d7 above = {allocators[i], 124, 240, 0, 5000};
        assert_collisions(&below, 0, 0);
        assert_collisions(&above, 1, 0);
    }
}

/* MODEL.md D7, corrected for the redraw of 10 s: simulated values to the last digit. */
static void test_linux_with_its_redraw_is_smooth_over_the_first_parity(void **state)
{
    (void)state;
    static const struct {
        double rate, peer, published, digit;
    } rows[] = {{5, 240, 0.080, 0.0005},
                {12, 240, 0.18, 0.005},
                {20, 240, 0.29, 0.005},
                {50, 60, 0.18, 0.005}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_of_d7 c = {"\"linux518\"", rows[i].rate, rows[i].peer, 0, 5000};
        assert_collisions(&c, rows[i].published, rows[i].digit);
    }
}

/* Without it: laps of 3,137 connections, of which each meets 1 in 4.5 again. */
static void test_linux_without_its_redraw_goes_by_laps(void **state)
{
    (void)state;
    static const struct {
        double rate, peer, share;
    } rows[] = {{48, 60, 0},
                {80, 60, 1 / 4.5},
                {130, 60, 1 - (1 - 1 / 4.5) * (1 - 1 / 4.5)},
                {12, 240, 0},
                {20, 240, 1 / 4.5}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_of_d7 c = {"{ \"kind\": \"linux518\", \"redraw\": \"0s\" }",
                               rows[i].rate, rows[i].peer, 0, 5000};
        assert_collisions(&c, rows[i].share, 0);
    }
}

/* --- D6 -------------------------------------------------------------------------------
 */

/* Little's law on free ports: a port rests E[K] / lambda in the mean, whoever chooses.
 * Exact but for the rests that a window cuts at its ends, at most one a port: at each end
 * K ports, of a mean rest. */
static void test_a_port_rests_as_long_as_littles_law_says(void **state)
{
    (void)state;
    static const char *const allocators[] = {"netfilter",   "cilium",  "vpp-cgn",
                                             "azure-lb",    "aws-nat", "azure-nat",
                                             "cgnat-blocks"};
    for (size_t i = 0; i < sizeof allocators / sizeof allocators[0]; i++) {
        char *text = memory_print(
            "{ \"name\": \"d6\", \"duration\": \"500s\", \"hosts\": {"
            "    \"client\": { \"tcp\": { \"range\": [50001, 51000], \"allocator\": "
            "\"%s\","
            "                           \"time_wait\": \"0s\" } }, \"server\": {} },"
            "  \"apps\": { \"calls\": { \"from\": \"client\", \"to\": \"server:80\","
            "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"80/s\" },"
            "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"10s\" } } },"
            "  \"phases\": { \"steady\": [\"100s\", \"500s\"] } }",
            allocators[i]);
        struct text_plan p = text_plan_read(text);
        struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
        double unused = result_metric(r, "hosts.client.tcp4.capacity@steady") -
                        result_metric(r, "hosts.client.tcp4.in_use@steady");
        double rate = result_metric(r, "hosts.client.tcp4.allocations_per_s@steady");
        double rest = result_metric(r, "hosts.client.tcp4.reuse_interval_s@steady");
        double cut = 2 * rest / 400;
        if (!(fabs(rest - unused / rate) <= cut * rest))
            fail_msg("%s: a port rests %g s, %g free at %g/s", allocators[i], rest,
                     unused, rate);
        trial_result_free(r);
        text_plan_free(&p);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_uniform_choice_meets_the_peer_by_a_smooth_law),
        cmocka_unit_test(test_what_the_client_itself_holds_is_not_met),
        cmocka_unit_test(test_a_sequence_meets_nobody_below_its_threshold_and_all_above),
        cmocka_unit_test(test_linux_with_its_redraw_is_smooth_over_the_first_parity),
        cmocka_unit_test(test_linux_without_its_redraw_goes_by_laps),
        cmocka_unit_test(test_a_port_rests_as_long_as_littles_law_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
