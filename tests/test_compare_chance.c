/* Common random numbers: the same users meet the same fate on both sides, whoever else
 * found a port; and what that is worth. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/study/compare/compare_run.h"
#include "sim/trial/attempt.h"
#include "tests/run_text.h"

/* --- the same users ------------------------------------------------------------------
 */

/* Servers close late; a third of the users finds no port among `ports`. */
static struct text_plan late_servers(unsigned ports)
{
    char *text = memory_print(
        "{\"name\": \"late\", \"duration\": \"1min\", \"sample_every\": \"1min\", "
        "\"network\": {\"rtt\": \"1ms\"}, \"hosts\": {\"h\": {\"tcp\": {\"range\": "
        "[1024, %u], \"time_wait\": \"0s\"}}, \"x\": {}}, \"apps\": {\"a\": {\"from\": "
        "\"h\", \"to\": \"x:80\", \"arrivals\": {\"kind\": \"poisson\", \"rate\": "
        "\"20/s\"}, \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"}, "
        "\"server_close\": [{\"share\": 0.5, \"kind\": \"late\", \"delay\": {\"kind\": "
        "\"exponential\", \"mean\": \"4s\"}}, {\"share\": 0.5, \"kind\": \"prompt\"}]}}}",
        1024 + ports - 1);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

/* How long the server of the attempt of that number sat on a close; -1: there was none.
 */
static sim_ns late_by(const struct trial_plan *plan, uint64_t number)
{
    struct attempt a;
    sim_ns late = -1;
    attempt_follow(&a, plan, plan->config->seed, plan->config->duration, number);
    for (uint16_t i = 0; i < a.end_count; i++)
        if (a.ends[i].place == PLACE_SERVER && a.succeeded && a.over)
            late = a.ends[i].spent[TCP_CLOSE_WAIT];
    attempt_free(&a);
    return late;
}

static void test_a_server_is_as_late_whoever_else_found_a_port(void **state)
{
    (void)state;
    struct text_plan few = late_servers(40), many = late_servers(80);
    unsigned both = 0, late = 0, one = 0;
    for (uint64_t number = 500; number < 540; number++) {
        sim_ns a = late_by(few.plan, number), b = late_by(many.plan, number);
        one += (a < 0) != (b < 0);
        if (a < 0 || b < 0)
            continue;
        assert_int_equal(a, b);
        both++;
        late += a > 0;
    }
    assert_true(both > 10);
    assert_true(late > 5);
    assert_true(one > 5);
    text_plan_free(&few);
    text_plan_free(&many);
}

/* --- what it is worth ----------------------------------------------------------------
 */

/* A pool of so many ports, exponential holding of 1 s; a ring finds the port at once, and
 * the loss is that of every exhaustive search [MODEL.md D1]. */
static struct text_plan pool(unsigned ports, unsigned erlang, unsigned measured_s)
{
    char *text = memory_print(
        "{\"name\": \"pool\", \"duration\": \"%us\", \"warm_up\": \"5s\", "
        "\"sample_every\": \"1h\", \"network\": {\"rtt\": \"0s\"}, \"hosts\": {\"h\": "
        "{\"tcp\": {\"range\": [1024, %u], \"time_wait\": \"0s\", \"allocator\": "
        "\"haproxy-ring\"}}, \"x\": {}}, \"apps\": {\"a\": {\"from\": \"h\", \"to\": "
        "\"x:80\", \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"%u/s\"}, "
        "\"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"}}}}",
        5 + measured_s, 1024 + ports - 1, erlang);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

struct bench {
    unsigned fewer, more; /* ports */
    unsigned measured_s;
    uint32_t replications;
};

/* How many independent runs one is worth, for the difference in lost attempts. */
static double worth(const struct bench *bench, unsigned erlang)
{
    static const char *const loss[] = {"apps.a.failure_ratio"};
    struct text_plan a = pool(bench->fewer, erlang, bench->measured_s);
    struct text_plan b = pool(bench->more, erlang, bench->measured_s);
    struct compare_plans plans = {.a = a.plan, .b = b.plan, .seed = 1};
    struct compare_case *c = memory_new(1, sizeof *c);
    struct compare_rule rule = {.confidence = 0.95};
    struct comparison result;
    compare_run_choose(&c->a, a.plan, loss, 1);
    compare_run_choose(&c->b, b.plan, loss, 1);
    assert_true(compare_run(c, 1,
                            &(struct compare_order){.plans = &plans,
                                                    .replications = bench->replications,
                                                    .threads = workers_default()}));
    compare_judge(c, 1, &rule, &result);
    assert_int_equal(c->line_count, 1);
    assert_int_equal(c->lines[0].verdict, COMPARE_BETTER);
    double ratio = c->lines[0].difference.variance_ratio;
    printf("  %u against %u ports at %u erlang: a run is worth %.1f\n", bench->fewer,
           bench->more, erlang, ratio);
    compare_cases_free(c, 1);
    text_plan_free(&a);
    text_plan_free(&b);
    return ratio;
}

/* 16,384 and 17,000 ports, at 18,000 erlang, at 17,000 and at 16,384; an eighth of it
 * where time is short.  In overload both pools are full and lose the same users but for a
 * few; at the load of the smaller pool, the larger loses nobody, and pairs tell nothing.
 */
static void test_pairing_pays_most_in_overload_and_nothing_at_the_edge(void **state)
{
    (void)state;
    if (quick_run())
        skip();
    unsigned part = long_run() ? 1 : 8;
    struct bench bench = {.fewer = 16384 / part,
                          .more = 17000 / part,
                          .measured_s = long_run() ? 30 : 10,
                          .replications = long_run() ? 40 : 12};
    double overload = worth(&bench, 18000 / part);
    double full = worth(&bench, 17000 / part);
    double edge = worth(&bench, 16384 / part);
    assert_true(overload >= 10);
    assert_true(full < overload && full > edge);
    assert_true(edge < 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_server_is_as_late_whoever_else_found_a_port),
        cmocka_unit_test(test_pairing_pays_most_in_overload_and_nothing_at_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
