/* How well the next port is guessed: known allocators have known entropies. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "models/port_predict.h"
#include "tests/port_lab.h"
#include "tests/run_text.h"
#include "tests/statistics.h"

enum { N = 16384 };
static const struct port_range range = {49152, 65535};

/* A host that chooses, and what is reported of it. */
struct watch {
    struct port_lab lab;
    struct metrics *metrics;
    struct port_predict *predict;
    struct random_stream chance;
};

static struct watch watch_new(const char *allocator)
{
    struct watch w = {.lab = port_lab_new(allocator, range, 1),
                      .metrics = metrics_new(),
                      .chance = random_stream_make(1, 0, "tests.predict", allocator)};
    w.predict = port_predict_new(w.metrics, "host", 2);
    return w;
}

/* One connection that ends at once. */
static void visit(struct watch *w, uint32_t place)
{
    struct port_destination to = port_lab_place(place);
    uint16_t port = port_lab_connect(&w->lab, to).port;
    port_predict_note(w->predict, 0, PORT_LAB_ADDRESS, to, range, port);
    port_lab_disconnect(&w->lab, port, to);
}

/* `count` visits to one of `places`, each as likely. */
static struct watch watch_visits(const char *allocator, uint32_t places, uint32_t count)
{
    struct watch w = watch_new(allocator);
    for (uint32_t i = 0; i < count; i++)
        visit(&w, random_below(&w.chance, places));
    metrics_cut(w.metrics, SIM_S);
    return w;
}

static double read_metric(const struct watch *w, enum port_predict_metric metric)
{
    char name[64];
    snprintf(name, sizeof name, "host.%s", port_predict_metrics[metric].name);
    return metrics_read(w->metrics, metrics_reading_find(w->metrics, name), 0, 1);
}

static void watch_free(struct watch *w)
{
    port_lab_free(&w->lab);
    metrics_free(w->metrics);
    port_predict_free(w->predict);
}

/* Fails unless `repeats` of `pairs` may have the entropy `bits`.  The estimate is a mean
 * over pairs of n choices: its variance is 2 p (1 - p) / n^2 + 4 (q - p^2) / n, q being
 * the probability that three are alike (Hoeffding 1948); all steps alike in
 * probability, q = p^2. */
static void assert_bits(const struct watch *w, enum port_predict_metric metric,
                        double bits, double three_alike)
{
    double pairs = read_metric(w, PREDICT_PAIRS), n = sqrt(2 * pairs) + 0.5;
    double p = exp2(-bits), share = exp2(-read_metric(w, metric));
    double variance = 2 * p * (1 - p) / (n * n) + 4 * (three_alike - p * p) / n;
    double limit = gsl_cdf_ugaussian_Qinv(TEST_UNLIKELY / 2) * sqrt(fmax(variance, 0));
    if (!(fabs(share - p) <= limit + 1e-6))
        fail_msg("%s: %g bits, not %g", port_predict_metrics[metric].name, -log2(share),
                 bits);
}

/* --- allocators -----------------------------------------------------------------------
 */

static void test_a_sequence_has_no_entropy_and_full_correlation(void **state)
{
    (void)state;
    struct watch w = watch_visits("bsd44", 1, 3 * N + 1);
    assert_true(read_metric(&w, PREDICT_BITS) == 0);
    assert_true(read_metric(&w, PREDICT_BITS_KNOWING_ALL) == 0);
    /* One way back a lap: (N - 1)^2 in N steps, against N (N^2 - 1) / 6. */
    double correlation = read_metric(&w, PREDICT_CORRELATION);
    assert_true(fabs(correlation - (1 - 6.0 / N)) < 1.0 / N);
    watch_free(&w);
}

static void test_a_uniform_choice_has_the_entropy_of_its_range(void **state)
{
    (void)state;
    static const char *const names[] = {"rfc6056-alg1", "rfc6056-alg2", "aws-nat"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct watch w = watch_visits(names[i], 3, 20000);
        assert_bits(&w, PREDICT_BITS, log2(N), 1.0 / N / N);
        assert_bits(&w, PREDICT_BITS_KNOWING_ALL, log2(N), 1.0 / N / N);
        /* Successive products of 20,000: deviation about 1 / sqrt(n). */
        assert_true(fabs(read_metric(&w, PREDICT_CORRELATION)) < 4 / sqrt(20000));
        watch_free(&w);
    }
}

/* KERNEL.md P3: eight gaps, equally likely, toward one destination, however many. */
static void test_linux_has_three_bits_toward_each_destination(void **state)
{
    (void)state;
    static const uint32_t places[] = {1, 5};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct watch w = watch_visits("linux518", places[i], 20000);
        assert_bits(&w, PREDICT_BITS, 3, 1 / 64.0);
        assert_bits(&w, PREDICT_BITS_KNOWING_ALL, 3, 1 / 64.0);
        assert_true(read_metric(&w, PREDICT_CORRELATION) > 0.99);
        watch_free(&w);
    }
}

/* MODEL.md A1: one counter for all destinations.  A server sees it skip by however many
 * choices the others took, g with probability (1 - 1/D)^(g-1) / D; who sees all choices
 * knows each next port. */
static void test_algorithm_3_tells_an_observer_everything(void **state)
{
    (void)state;
    static const uint32_t places[] = {1, 4, 50};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        double d = places[i], p = 1 / d, miss = 1 - p;
        struct watch w = watch_visits("rfc6056-alg3", places[i], 20000);
        assert_bits(&w, PREDICT_BITS, log2((2 - p) / p),
                    p * p * p / (1 - miss * miss * miss));
        double known = read_metric(&w, PREDICT_BITS_KNOWING_ALL);
        /* It finds out which place to reckon from within a few choices. */
        assert_true(known >= 0 && known < 1e-3);
        watch_free(&w);
    }
}

/* A counter for each destination hides nothing from its own server. */
static void test_algorithm_4_tells_each_server_its_own_sequence(void **state)
{
    (void)state;
    struct watch w = watch_visits("rfc6056-alg4", 1, 20000);
    assert_true(read_metric(&w, PREDICT_BITS) == 0);
    watch_free(&w);
}

/* MODEL.md A1: steps of 1 .. 500 from the host's last port. */
static void test_algorithm_5_has_the_entropy_of_its_steps(void **state)
{
    (void)state;
    struct watch one = watch_visits("rfc6056-alg5", 1, 20000);
    assert_bits(&one, PREDICT_BITS, log2(500), 1 / 250000.0);
    watch_free(&one);
    /* Toward 50 destinations a server knows less, an observer just as much. */
    struct watch many = watch_visits("rfc6056-alg5", 50, 20000);
    assert_true(read_metric(&many, PREDICT_BITS) > 11);
    assert_bits(&many, PREDICT_BITS_KNOWING_ALL, log2(500), 1 / 250000.0);
    watch_free(&many);
}

/* --- counting -------------------------------------------------------------------------
 */

static void test_a_first_meeting_tells_nothing(void **state)
{
    (void)state;
    struct watch w = watch_new("bsd44");
    for (uint32_t place = 0; place < 1000; place++)
        visit(&w, place);
    metrics_cut(w.metrics, SIM_S);
    assert_true(read_metric(&w, PREDICT_PAIRS) == 0);
    assert_true(isnan(read_metric(&w, PREDICT_BITS)));
    assert_true(isnan(read_metric(&w, PREDICT_CORRELATION)));
    watch_free(&w);
}

/* Steps +1, +1, +2, +1: pairs 0 + 1 + 2 + 3, alike 0 + 1 + 0 + 2. */
static void test_pairs_are_counted_as_they_come(void **state)
{
    (void)state;
    static const uint16_t ports[] = {50000, 50001, 50002, 50004, 50005};
    struct watch w = watch_new("bsd44");
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        for (uint32_t member = 0; member < 2; member++) /* each its own sequence */
            if (member == 0 || i == 0)
                port_predict_note(w.predict, member, 1, port_lab_place(0), range,
                                  ports[i]);
    metrics_cut(w.metrics, SIM_S);
    assert_true(read_metric(&w, PREDICT_PAIRS) == 6);
    assert_true(read_metric(&w, PREDICT_SERVER_REPEATS) == 3);
    assert_true(read_metric(&w, PREDICT_BITS) == 1);
    assert_true(read_metric(&w, PREDICT_SQUARES) == 6 * (1 + 1 + 4 + 1));
    watch_free(&w);
}

/* --- as a scenario asks for it --------------------------------------------------------
 */

static const char scenario[] =
    "{ \"name\": \"guess\", \"duration\": \"100s\", \"hosts\": {"
    "    \"asks\": { \"stack\": \"linux518\", \"predictability\": true },"
    "    \"not\": { \"stack\": \"linux518\" }, \"web\": {} },"
    "  \"apps\": { \"pages\": { \"from\": \"asks\", \"to\": \"web:80\","
    "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"100/s\" },"
    "    \"lifetime\": { \"kind\": \"constant\", \"value\": \"1ms\" } } } }";

static void test_a_host_that_asks_is_measured_and_no_other(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(scenario);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    double bits = result_metric(r, "hosts.asks.tcp4.next_port_bits");
    assert_true(bits > 2.9 && bits < 3.1); /* a tenth of 1 % of steps is a redraw's */
    assert_null(run_record_metric(&r->record, "hosts.not.tcp4.next_port_bits"));
    trial_result_free(r);
    text_plan_free(&p);
}

/* 20,000 flows through a gateway, 1 of 64,512 ports each; the clients' ports do not show.
 * Few pairs are alike, 3,100 of 2e8: the deviation is 1.8 %, 0.026 bits. */
static void test_a_gateway_s_ports_are_measured_as_the_server_sees_them(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{ \"name\": \"guess\", \"duration\": \"200s\", \"hosts\": {"
        "    \"pods\": { \"count\": 10, \"gateway\": \"gw\", \"stack\": \"bsd44\" },"
        "    \"gw\": { \"nat\": \"aws-nat\", \"predictability\": true }, \"web\": {} },"
        "  \"apps\": { \"pages\": { \"from\": \"pods\", \"to\": \"web:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"100/s\" },"
        "    \"lifetime\": { \"kind\": \"constant\", \"value\": \"1ms\" } } } }");
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    double bits = result_metric(r, "hosts.gw.tcp4.next_port_bits");
    /* Up to 6,000 ports rest in the gateway's TIME_WAIT and are not chosen. */
    assert_true(bits > log2(64512 - 6000) - 4 * 0.026 && bits < log2(64512) + 4 * 0.026);
    trial_result_free(r);
    text_plan_free(&p);
}

/* Each pair begins where the one before it ended, toward one place. */
static void test_a_run_keeps_the_first_pairs_of_who_asks(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(scenario);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    const struct run_successor *s = r->record.successors;
    assert_int_equal(r->record.successor_count, PORT_SUCCESSORS_KEPT);
    for (size_t i = 0; i < PORT_SUCCESSORS_KEPT; i++) {
        assert_string_equal(s[i].host, "asks");
        assert_string_equal(s[i].pool, "tcp4");
        if (i > 0)
            assert_int_equal(s[i].last, s[i - 1].next);
    }
    trial_result_free(r);
    text_plan_free(&p);
}

/* Toward a place that takes a share p of the host's connections a sequence steps by s
 * with probability p (1 - p)^(s - 1).  Of shares 1/2, 1/4 and 1/4, met as often, two
 * steps are alike with probability 1/4 x 1/3 + 1/4 x 1/7 + 2 x 1/4 x 1/5 = 0.21905. */
static void test_a_sequence_hides_behind_what_the_host_does_elsewhere(void **state)
{
    (void)state;
    static const char bits[] = "hosts.client.tcp4.next_port_bits";
    struct text_plan p = text_plan_read(
        "{ \"extends\": \"scenarios/port-predictability.json\", \"name\": \"turn\","
        "  \"hosts\": { \"client\": { \"tcp\": { \"allocator\": \"bsd44\" } } },"
        "  \"duration\": \"200s\", \"require\": [] }");
    struct estimate e = replicate(p.plan, 10, bits, 0.999);
    assert_true(fabs(e.value + log2(0.21905)) < e.half_width && e.half_width < 0.1);
    struct estimate all =
        replicate(p.plan, 2, "hosts.client.tcp4.next_port_bits_knowing_all", 0.999);
    assert_true(all.value == 0);
    text_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sequence_has_no_entropy_and_full_correlation),
        cmocka_unit_test(test_a_uniform_choice_has_the_entropy_of_its_range),
        cmocka_unit_test(test_linux_has_three_bits_toward_each_destination),
        cmocka_unit_test(test_algorithm_3_tells_an_observer_everything),
        cmocka_unit_test(test_algorithm_4_tells_each_server_its_own_sequence),
        cmocka_unit_test(test_algorithm_5_has_the_entropy_of_its_steps),
        cmocka_unit_test(test_a_first_meeting_tells_nothing),
        cmocka_unit_test(test_pairs_are_counted_as_they_come),
        cmocka_unit_test(test_a_host_that_asks_is_measured_and_no_other),
        cmocka_unit_test(test_a_run_keeps_the_first_pairs_of_who_asks),
        cmocka_unit_test(test_a_sequence_hides_behind_what_the_host_does_elsewhere),
        cmocka_unit_test(test_a_gateway_s_ports_are_measured_as_the_server_sees_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
