/* What machines remember: single answers by hand, the share of hits against its closed
 * form, and what users see when the network is gone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/cache.h"
#include "sim/base/memory.h"
#include "tests/run_text.h"
#include "tests/statistics.h"

/* --- by hand --------------------------------------------------------------------------
 */

static void test_an_answer_lasts_its_lifetime_from_the_last_success(void **state)
{
    (void)state;
    const struct cache_config config = {.names = 3, .lifetime = 10 * SIM_S};
    struct cache *c = cache_new(&config, 2);
    assert_false(cache_has(c, 0, 1, 0));
    cache_keep(c, 0, 1, SIM_S);
    assert_true(cache_has(c, 0, 1, 11 * SIM_S - 1));
    assert_false(cache_has(c, 0, 0, 2 * SIM_S));
    assert_false(cache_has(c, 1, 1, 2 * SIM_S)); /* another machine */
    assert_false(cache_has(c, 0, 1, 11 * SIM_S));
    cache_keep(c, 0, 1, 20 * SIM_S);
    cache_keep(c, 0, 1, 25 * SIM_S);
    assert_true(cache_has(c, 0, 1, 34 * SIM_S));
    assert_false(cache_has(c, 0, 1, 35 * SIM_S));
    cache_free(c);
}

static void test_the_one_not_used_for_longest_makes_room(void **state)
{
    (void)state;
    const struct cache_config config = {.names = 5, .entries = 3};
    struct cache *c = cache_new(&config, 1);
    for (uint32_t name = 0; name < 3; name++)
        cache_keep(c, 0, name, name);
    assert_true(cache_has(c, 0, 0, 10)); /* used: 1 is the oldest now */
    cache_keep(c, 0, 3, 11);
    assert_false(cache_has(c, 0, 1, 12));
    cache_keep(c, 0, 2, 13); /* learnt anew: 0 is the oldest now */
    cache_keep(c, 0, 4, 14);
    assert_false(cache_has(c, 0, 0, 15));
    assert_true(cache_has(c, 0, 2, 15) && cache_has(c, 0, 3, 15) &&
                cache_has(c, 0, 4, 15));
    cache_free(c);
}

/* Against a list searched from end to end. */
static void test_a_cache_remembers_what_a_plain_list_does(void **state)
{
    (void)state;
    enum { NAMES = 20, ENTRIES = 7, LIFETIME = 50 };
    const struct cache_config config = {
        .names = NAMES, .entries = ENTRIES, .lifetime = LIFETIME};
    struct cache *c = cache_new(&config, 1);
    struct random_stream chance = random_stream_make(1, 1, "cache", "names");
    struct {
        uint32_t name;
        sim_ns expires;
    } list[ENTRIES]; /* the oldest first */
    uint32_t count = 0, hits = 0;
    for (sim_ns now = 1; now < 20000; now++) {
        uint32_t name = cache_draw(c, &chance), at = 0;
        while (at < count && list[at].name != name)
            at++;
        bool there = at < count, alive = there && list[at].expires > now;
        assert_int_equal(cache_has(c, 0, name, now), alive);
        sim_ns expires = alive ? list[at].expires : now + LIFETIME;
        if (!alive)
            cache_keep(c, 0, name, now);
        if (!there && count == ENTRIES)
            at = 0;
        if (there || count == ENTRIES)
            memmove(&list[at], &list[at + 1], (--count - at) * sizeof list[0]);
        list[count].name = name;
        list[count++].expires = expires;
        hits += alive;
    }
    assert_true(hits > 1000);
    cache_free(c);
}

static void test_names_are_drawn_by_their_popularity(void **state)
{
    (void)state;
    enum { NAMES = 50, DRAWS = 200000 };
    const struct zipf_config zipf = {.exponent = 1.2};
    const struct cache_config config = {.names = NAMES,
                                        .popularity = {CACHE_ZIPF, &zipf}};
    struct cache *c = cache_new(&config, 1);
    struct random_stream chance = random_stream_make(1, 1, "cache", "names");
    uint32_t drawn[NAMES] = {0};
    double sum = 0;
    for (uint32_t n = 1; n <= NAMES; n++)
        sum += pow(n, -1.2);
    for (uint32_t i = 0; i < DRAWS; i++)
        drawn[cache_draw(c, &chance)]++;
    for (uint32_t n = 0; n < NAMES; n++)
        assert_share(drawn[n], DRAWS, pow(n + 1, -1.2) / sum);
    cache_free(c);
}

/* --- in a run -------------------------------------------------------------------------
 */

static void expect_metric(const struct trial_result *r, const char *name, double expected)
{
    double value = result_metric(r, name);
    if (fabs(value - expected) > 1e-9 * (1 + fabs(expected)))
        fail_msg("%s is %.12g, should be %.12g", name, value, expected);
}

/* "a" of client "c" asks server "s". */
static char *an_app(const char *name, const char *rate, const char *more)
{
    return memory_print("\"%s\": {\"from\": \"c\", \"to\": \"s:53\", \"arrivals\": "
                        "{\"kind\": \"poisson\", \"rate\": \"%s\"}, \"lifetime\": "
                        "{\"kind\": \"constant\", \"value\": \"1ms\"}, %s}",
                        name, rate, more);
}

static struct text_plan plan_of(const char *head, const char *apps)
{
    char *text = memory_print("{\"name\": \"cache\", %s, \"hosts\": {\"c\": {}, \"s\": "
                              "{}}, \"apps\": {%s}}",
                              head, apps);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

/* A name asked for at rate r is fetched, answers for its lifetime T, and is fetched by
 * the next who asks: r T hits for each miss. */
static double hit_ratio(uint32_t names, double exponent, double rate, double lifetime)
{
    double sum = 0, hits = 0;
    for (uint32_t n = 1; n <= names; n++)
        sum += pow(n, -exponent);
    for (uint32_t n = 1; n <= names; n++) {
        double share = pow(n, -exponent) / sum, load = rate * share * lifetime;
        hits += share * load / (1 + load);
    }
    return hits;
}

static void test_the_share_of_hits_is_that_of_its_closed_form(void **state)
{
    (void)state;
    static const struct {
        const char *cache;
        double exponent;
    } rows[] = {
        {"\"cache\": {\"names\": 500, \"lifetime\": \"5s\"}", 0},
        {"\"cache\": {\"names\": 500, \"lifetime\": \"5s\", \"popularity\": {\"kind\": "
         "\"zipf\", \"exponent\": 1}}",
         1}};
    for (size_t i = 0; i < 2; i++) {
        char *app = an_app("a", "100/s", rows[i].cache);
        struct text_plan p =
            plan_of("\"duration\": \"1000s\", \"warm_up\": \"100s\", \"sample_every\": "
                    "\"1000s\", \"network\": {\"rtt\": \"0s\"}",
                    app);
        struct estimate ratio = replicate(p.plan, 10, "apps.a.cache_hit_ratio", 0.99);
        double expected = hit_ratio(500, rows[i].exponent, 100, 5);
        printf("  exponent %g: %.5f +- %.5f, %.5f\n", rows[i].exponent, ratio.value,
               ratio.half_width, expected);
        assert_true(ratio.half_width < 0.01 * expected);
        assert_true(fabs(ratio.value - expected) <= ratio.half_width);
        text_plan_free(&p);
        free(app);
    }
}

/* Only misses take a port. */
static void test_a_hit_needs_no_port_and_no_time(void **state)
{
    (void)state;
    char *app = an_app("a", "10/s", "\"cache\": {\"names\": 1}");
    struct text_plan p =
        plan_of("\"duration\": \"100s\", \"network\": {\"rtt\": \"2s\"}", app);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    double attempts = result_metric(r, "apps.a.attempts");
    double hits = result_metric(r, "apps.a.cache_hits");
    /* All who come before the first answer, 2 s later, ask the network. */
    expect_metric(r, "apps.a.tries", attempts - hits);
    expect_metric(r, "hosts.c.tcp4.allocations", attempts - hits);
    expect_metric(r, "apps.a.connect_delay_s.p50", 0);
    expect_metric(r, "apps.a.connect_delay_s.max", 2);
    assert_true(hits > 0.9 * attempts && hits < attempts);
    trial_result_free(r);
    text_plan_free(&p);
    free(app);
}

static bool is_noted(const struct trial_result *r, const char *kind, double at)
{
    for (size_t i = 0; i < r->record.log_count; i++)
        if (strcmp(r->record.log[i].kind, kind) == 0 &&
            fabs(sim_seconds(r->record.log[i].when) - at) < 1e-9)
            return true;
    return false;
}

/* Two users sign in.  From 100 s on the domain refuses to be asked; each is let in for 50
 * s after the last time it confirmed him. */
static void
test_cached_credentials_serve_for_a_while_and_a_local_account_always(void **state)
{
    (void)state;
    char *apps[] = {an_app("domain", "5/s",
                           "\"cache\": {\"names\": 2, \"lifetime\": \"50s\", "
                           "\"consulted\": \"on-failure\"}"),
                    an_app("local", "5/s", "\"local\": 1"),
                    an_app("mixed", "50/s", "\"local\": 0.25")};
    char *all = memory_print("%s, %s, %s", apps[0], apps[1], apps[2]);
    struct text_plan p =
        plan_of("\"duration\": \"300s\", \"network\": {\"rtt\": \"0s\"}, \"changes\": "
                "[{\"at\": \"100s\", \"set\": {\"hosts.s.max_client_connections\": 0}}], "
                "\"phases\": "
                "{\"before\": [\"0s\", \"100s\"], \"cached\": [\"104s\", \"145s\"], "
                "\"late\": [\"160s\", \"300s\"]}",
                all);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    expect_metric(r, "apps.domain.failures@before", 0);
    expect_metric(r, "apps.domain.failures@cached", 0);
    assert_true(result_metric(r, "apps.domain.cache_hits@cached") > 100);
    expect_metric(r, "apps.domain.successes@late", 0);
    assert_true(result_metric(r, "apps.domain.failures@late") > 400);
    /* Whoever the domain lets in does not ask the cache. */
    expect_metric(r, "apps.domain.cache_lookups",
                  result_metric(r, "apps.domain.cache_hits") +
                      result_metric(r, "apps.domain.failures"));
    assert_true(
        is_noted(r, "cache-runs-out", result_metric(r, "apps.domain.first_failure_s")));
    expect_metric(r, "apps.local.failures", 0);
    expect_metric(r, "apps.local.local", result_metric(r, "apps.local.attempts"));
    expect_metric(r, "apps.local.tries", 0);
    assert_share((uint32_t)result_metric(r, "apps.mixed.local"),
                 (uint32_t)result_metric(r, "apps.mixed.attempts"), 0.25);
    trial_result_free(r);
    text_plan_free(&p);
    free(all);
    for (size_t i = 0; i < 3; i++)
        free(apps[i]);
}

/* One name each; the server refuses from 10 s on, and the machine is off from 20 to 30 s.
 */
static void test_a_reboot_empties_what_is_in_memory_and_not_what_is_on_disk(void **state)
{
    (void)state;
    char *apps[] = {an_app("names", "10/s", "\"cache\": {\"names\": 1}"),
                    an_app("log-on", "10/s",
                           "\"cache\": {\"names\": 1, \"consulted\": \"on-failure\"}")};
    char *both = memory_print("%s, %s", apps[0], apps[1]);
    struct text_plan p = plan_of(
        "\"duration\": \"40s\", \"network\": {\"rtt\": \"0s\"}, \"changes\": [{\"at\": "
        "\"10s\", \"set\": {\"hosts.s.max_client_connections\": 0}}, {\"at\": \"20s\", "
        "\"set\": {\"hosts.c.running\": false}}, {\"at\": \"30s\", \"set\": "
        "{\"hosts.c.running\": true}}], \"phases\": {\"refused\": [\"10s\", \"20s\"], "
        "\"rebooted\": [\"30s\", \"40s\"]}",
        both);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    expect_metric(r, "apps.names.failures@refused", 0);
    expect_metric(r, "apps.names.successes@rebooted", 0);
    assert_true(result_metric(r, "apps.names.failures@rebooted") > 50);
    expect_metric(r, "apps.log-on.failures", 0);
    assert_true(result_metric(r, "apps.log-on.cache_hits@rebooted") > 50);
    trial_result_free(r);
    text_plan_free(&p);
    free(both);
    for (size_t i = 0; i < 2; i++)
        free(apps[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answer_lasts_its_lifetime_from_the_last_success),
        cmocka_unit_test(test_the_one_not_used_for_longest_makes_room),
        cmocka_unit_test(test_a_cache_remembers_what_a_plain_list_does),
        cmocka_unit_test(test_names_are_drawn_by_their_popularity),
        cmocka_unit_test(test_the_share_of_hits_is_that_of_its_closed_form),
        cmocka_unit_test(test_a_hit_needs_no_port_and_no_time),
        cmocka_unit_test(
            test_cached_credentials_serve_for_a_while_and_a_local_account_always),
        cmocka_unit_test(test_a_reboot_empties_what_is_in_memory_and_not_what_is_on_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
