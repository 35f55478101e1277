/* What choices cost by how full the ports were: bands against closed forms, against the
 * metrics of the same run, and toward each destination by itself. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/probe_log.h"
#include "sim/base/memory.h"
#include "sim/theory/probes.h"
#include "tests/run_text.h"

/* A run, and the plan that its record points into. */
struct filled {
    struct text_plan plan;
    struct trial_result *result;
};

static void filled_free(struct filled *f)
{
    trial_result_free(f->result);
    text_plan_free(&f->plan);
}

/* 200 ports, taken one after the other and not given back for as long as it says. */
static struct filled fill(const char *host, const char *lifetime, const char *rate)
{
    char *text = memory_print(
        "{ \"name\": \"fill\", \"duration\": \"300s\", \"network\": { \"rtt\": \"0s\" },"
        "  \"hosts\": { \"client\": { \"stack\": \"plain\", %s },"
        "    \"server\": { \"stack\": \"plain\","
        "      \"addresses\": [\"10.9.0.1\", \"10.9.0.2\"] } },"
        "  \"apps\": { \"pages\": { \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"%s\" },"
        "    \"lifetime\": %s } } }",
        host, rate, lifetime);
    struct filled f = {.plan = text_plan_read(text)};
    f.result = trial_run(f.plan.plan, 1, 1, NULL);
    free(text);
    return f;
}

#define FOREVER "{ \"kind\": \"constant\", \"value\": \"1h\" }"
#define A_WHILE "{ \"kind\": \"exponential\", \"mean\": \"10s\" }"
#define PORTS   "\"range\": [40000, 40199], \"time_wait\": \"0s\", \"allocator\": "

/* Of all bands of one host and pool. */
static void each_band(const struct trial_result *r, const char *host,
                      void (*check)(const struct run_probes *row, void *context),
                      void *context)
{
    unsigned seen = 0;
    for (size_t i = 0; i < r->record.probe_count; i++)
        if (strcmp(r->record.probes[i].host, host) == 0) {
            check(&r->record.probes[i], context);
            seen++;
        }
    assert_true(seen > 0);
}

/* --- closed forms ---------------------------------------------------------------------
 */

/* Geometric: variance a / (1 - a)^2.  Four deviations beside what the band leaves open.
 */
static void check_draws(const struct run_probes *row, void *context)
{
    struct theory_search s = {.tries = 200};
    (void)context;
    if (row->low >= 1) {
        assert_true(row->mean == 200 && row->max == 200);
        assert_true(row->failures == row->choices);
        return;
    }
    double least = theory_probe_curves[0].mean(&s, 200, row->low);
    double most = theory_probe_curves[0].mean(&s, 200, row->high - 1.0 / 200);
    double noise = 4 * most / sqrt((double)row->choices);
    if (row->mean < least - noise || row->mean > most + noise)
        fail_msg("at %g of the ports: %g, not %g to %g +- %g", row->low, row->mean, least,
                 most, noise);
}

static void test_draws_cost_what_the_share_taken_says(void **state)
{
    (void)state;
    struct filled f = fill("\"tcp\": { " PORTS "\"rfc6056-alg2\" }", A_WHILE, "40/s");
    each_band(f.result, "client", check_draws, NULL);
    filled_free(&f);
}

/* The last even port is found after all the others at most; the first odd one after all
 * even ones, and what it passes. */
static void check_parity(const struct run_probes *row, void *context)
{
    (void)context;
    if (row->low >= 1)
        assert_true(row->mean == 200);
    else if (row->low >= 0.5)
        assert_true(row->mean >= 101);
    else
        assert_true(row->max <= 100);
}

static void test_linux_pays_half_the_range_from_half_on(void **state)
{
    (void)state;
    struct filled f = fill("\"tcp\": { " PORTS "\"linux518\" }", FOREVER, "2/s");
    each_band(f.result, "client", check_parity, NULL);
    filled_free(&f);
}

static void check_one(const struct run_probes *row, void *context)
{
    (void)context;
    assert_true(row->mean == 1 && row->p50 == 1 && row->p99 == 1 && row->max == 1);
}

static void test_a_ring_looks_at_one_port_however_full(void **state)
{
    (void)state;
    struct filled f = fill("\"tcp\": { " PORTS "\"haproxy-ring\" }", A_WHILE, "40/s");
    each_band(f.result, "client", check_one, NULL);
    filled_free(&f);
}

static void test_curves_are_the_values_of_the_model_reference(void **state)
{
    (void)state;
    const struct theory_search s = {.tries = 128};
    const struct theory_probe_curve *draws = &theory_probe_curves[0],
                                    *scattered = &theory_probe_curves[1],
                                    *filled = &theory_probe_curves[2],
                                    *parity = &theory_probe_curves[3],
                                    *turn = &theory_probe_curves[4];
    assert_true(fabs(draws->mean(&s, 1024, 0.5) - 2) < 1e-12);
    assert_true(draws->p99(&s, 1024, 0.5) == 7); /* 2^-7 < 1 % < 2^-6 */
    assert_true(draws->mean(&s, 1024, 1) == 128 && draws->p99(&s, 1024, 1) == 128);
    /* MODEL.md D5: of 1,024 ports 768 taken. */
    assert_true(fabs(filled->mean(&s, 1024, 0.75) - 8.236) < 0.0005);
    assert_true(fabs(scattered->mean(&s, 1024, 0.75) - 1025.0 / 257) < 1e-9);
    assert_true(parity->mean(&s, 1024, 0.75) == 513 &&
                isnan(parity->mean(&s, 1024, 0.4)));
    assert_true(turn->mean(&s, 1024, 0.99) == 1);
    for (int i = 1; i < THEORY_PROBE_CURVES; i++)
        assert_true(theory_probe_curves[i].mean(&s, 1024, 1) == 1024);
}

/* --- what is counted ------------------------------------------------------------------
 */

struct sums {
    uint64_t choices, failures;
    double probes, highest;
};

static void add_up(const struct run_probes *row, void *context)
{
    struct sums *sums = context;
    sums->choices += row->choices;
    sums->failures += row->failures;
    sums->probes += row->mean * (double)row->choices;
    sums->highest = row->low;
    if (row->failures)
        assert_true(row->low == 1); /* of a search that finds every free port */
}

static void test_every_choice_is_in_one_band(void **state)
{
    (void)state;
    struct filled f = fill("\"tcp\": { " PORTS "\"rfc6056-alg1\" }", A_WHILE, "40/s");
    struct sums sums = {0};
    each_band(f.result, "client", add_up, &sums);
    double chosen = result_metric(f.result, "hosts.client.tcp4.allocations");
    double failed = result_metric(f.result, "hosts.client.tcp4.allocation_failures");
    double mean = result_metric(f.result, "hosts.client.tcp4.probes");
    assert_true((double)sums.choices == chosen + failed && failed > 0);
    assert_true((double)sums.failures == failed);
    assert_true(fabs(sums.probes / (chosen + failed) - mean) < 1e-9 * mean);
    filled_free(&f);
}

/* 300 connections to two places: by tuple 150 of 200 ports each, by port all of them. */
static void test_shares_are_toward_the_destination_where_the_tuple_counts(void **state)
{
    (void)state;
    struct sums by_tuple = {0}, by_port = {0};
    struct filled f = fill("\"tcp\": { \"scope\": \"tuple\", " PORTS "\"rfc6056-alg1\" }",
                           FOREVER, "1/s");
    each_band(f.result, "client", add_up, &by_tuple);
    filled_free(&f);
    f = fill("\"tcp\": { \"scope\": \"port\", " PORTS "\"rfc6056-alg1\" }", FOREVER,
             "1/s");
    each_band(f.result, "client", add_up, &by_port);
    filled_free(&f);
    assert_true(by_tuple.highest > 0.6 && by_tuple.highest < 0.9);
    assert_true(by_port.highest == 1);
}

/* Twice the addresses, half as full. */
static void test_shares_are_those_of_one_address(void **state)
{
    (void)state;
    struct sums sums = {0};
    struct filled f = fill("\"addresses\": [\"10.1.0.1\", \"10.1.0.2\"], \"tcp\": "
                           "{ \"scope\": \"port\", " PORTS "\"rfc6056-alg1\" }",
                           FOREVER, "1/s");
    each_band(f.result, "client", add_up, &sums);
    filled_free(&f);
    assert_true(sums.highest > 0.6 && sums.highest < 0.9);
}

static void test_a_gateway_s_outside_ports_are_bands_too(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{ \"name\": \"out\", \"duration\": \"60s\", \"hosts\": {"
        "    \"pods\": { \"gateway\": \"gw\" },"
        "    \"gw\": { \"nat\": \"aws-nat\","
        "      \"translation\": { \"range\": [2000, 2099] } }, \"web\": {} },"
        "  \"apps\": { \"pages\": { \"from\": \"pods\", \"to\": \"web:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"5/s\" },"
        "    \"lifetime\": { \"kind\": \"constant\", \"value\": \"1h\" } } } }");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    struct sums sums = {0};
    each_band(r, "gw", add_up, &sums);
    assert_true(sums.highest == 1 && sums.failures > 0);
    trial_result_free(r);
    text_plan_free(&p);
}

/* --- metrics of who asks ---------------------------------------------------------------
 */

static void test_the_metrics_are_the_bands_together(void **state)
{
    (void)state;
    struct filled f =
        fill("\"probes_by_occupancy\": true, \"tcp\": { " PORTS "\"rfc6056-alg1\" }",
             A_WHILE, "40/s");
    for (uint32_t row = 0; row < PROBE_METRICS; row++) {
        double low = probe_metric_low(row) / 100.0, high = probe_metric_high(row) / 100.0;
        double choices = 0, sum = 0;
        for (size_t i = 0; i < f.result->record.probe_count; i++) {
            const struct run_probes *b = &f.result->record.probes[i];
            bool inside =
                low == high ? b->low == 1 : b->low >= low - 1e-9 && b->low < high - 1e-9;
            if (strcmp(b->host, "client") != 0 || !inside)
                continue;
            choices += (double)b->choices;
            sum += b->mean * (double)b->choices;
        }
        char *name = memory_print("hosts.client.tcp4.%s", probe_log_metrics[row].name);
        if (choices > 0)
            assert_true(fabs(result_metric(f.result, name) - sum / choices) < 1e-9 * sum);
        else
            assert_null(run_record_metric(&f.result->record, name));
        free(name);
    }
    filled_free(&f);
}

static void test_who_does_not_ask_has_no_such_metrics_and_the_same_run(void **state)
{
    (void)state;
    struct filled asks =
        fill("\"probes_by_occupancy\": true, \"tcp\": { " PORTS "\"linux518\" }", A_WHILE,
             "40/s");
    struct filled not = fill("\"tcp\": { " PORTS "\"linux518\" }", A_WHILE, "40/s");
    assert_non_null(
        run_record_metric(&asks.result->record, "hosts.client.tcp4.probes_at.90"));
    assert_null(
        run_record_metric(&not .result->record, "hosts.client.tcp4.probes_at.90"));
    assert_true(asks.result->record.fingerprint == not .result->record.fingerprint);
    assert_int_equal(asks.result->record.probe_count, not .result->record.probe_count);
    filled_free(&asks);
    filled_free(&not );
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draws_cost_what_the_share_taken_says),
        cmocka_unit_test(test_linux_pays_half_the_range_from_half_on),
        cmocka_unit_test(test_a_ring_looks_at_one_port_however_full),
        cmocka_unit_test(test_curves_are_the_values_of_the_model_reference),
        cmocka_unit_test(test_every_choice_is_in_one_band),
        cmocka_unit_test(test_shares_are_toward_the_destination_where_the_tuple_counts),
        cmocka_unit_test(test_shares_are_those_of_one_address),
        cmocka_unit_test(test_a_gateway_s_outside_ports_are_bands_too),
        cmocka_unit_test(test_the_metrics_are_the_bands_together),
        cmocka_unit_test(test_who_does_not_ask_has_no_such_metrics_and_the_same_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
