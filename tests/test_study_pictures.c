/* Which pictures a study gets, from stores of small studies: a host of ten ports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"
#include "sim/study/pictures/study_pictures.h"
#include "sim/study/store/store.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

#define RATE  "apps.web.arrivals.rate"
#define WAIT  "hosts.client.tcp.time_wait"
#define STACK "hosts.client.tcp.allocator"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int open_scratch(void **state)
{
    *state = scratch_new();
    return 0;
}

static int close_scratch(void **state)
{
    scratch_free(*state);
    return 0;
}

/* --- studies --------------------------------------------------------------------------
 */

static struct trial_plan *plan_of(const char *const *settings, uint32_t count,
                                  const char *require, struct issues *issues)
{
    char *text = memory_print(
        "{ \"name\": \"lab\", \"duration\": \"60s\", \"network\": { \"rtt\": \"0s\" },"
        "  \"hosts\": { \"client\": { \"tcp\": { \"time_wait\": \"0s\","
        "    \"range\": [50000, 50009] } }, \"server\": {} },"
        "  \"apps\": { \"web\": { \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"8/s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } },"
        "    \"dns\": { \"from\": \"client\", \"to\": \"server:53\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"1/s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"100ms\" } } },"
        "  \"require\": [%s] }",
        require);
    struct scenario_options options = {.settings = settings, .setting_count = count};
    struct trial_plan *plan =
        trial_plan_read_text("lab", text, strlen(text), &options, issues);
    free(text);
    if (!plan) {
        issues_print(issues, stderr);
        fail_msg("the scenario of this test is not good");
    }
    return plan;
}

static void put_runs(struct study_store *store, uint32_t number,
                     const struct trial_plan *plan, uint32_t runs)
{
    struct results_error error;
    for (uint32_t r = 1; r <= runs; r++) {
        struct trial_result *result =
            trial_run(plan, 1, r, &(struct trial_watch){.keeps = TRIAL_NUMBERS});
        if (!store_put(store, number, result->numbers, &error))
            fail_msg("%s", error.text);
        trial_result_free(result);
    }
}

/* A point: texts of settings, NULL after the last. */
#define SETTINGS_MAX 3
struct spot {
    const char *settings[SETTINGS_MAX];
};

static void make_study(const char *directory, const struct spot *spots, size_t count,
                       const char *require, uint32_t runs)
{
    struct results_error error;
    struct issues *issues = issues_new();
    struct trial_plan *base = plan_of(NULL, 0, require, issues);
    struct study_store *store = store_open(directory, base, &error);
    assert_non_null(store);
    for (size_t i = 0; i < count; i++) {
        uint32_t settings = 0;
        char key[STUDY_KEY_SIZE];
        while (settings < SETTINGS_MAX && spots[i].settings[settings])
            settings++;
        struct trial_plan *plan = plan_of(spots[i].settings, settings, require, issues);
        study_key(plan, key);
        uint32_t number = store_point(store, key, spots[i].settings, settings, &error);
        assert_true(number != STORE_NONE);
        put_runs(store, number, plan, runs);
        trial_plan_free(plan);
    }
    assert_true(store_commit(store, &error));
    store_close(store);
    trial_plan_free(base);
    issues_free(issues);
}

/* The names of what was drawn, "knee heat "; the caller's to free. */
static char *draw(const char *directory, const char *metric)
{
    struct figures_request request = {
        .directory = directory, .scripts = "plots", .format = FIGURE_SVG};
    struct figures_drawn drawn = {0};
    struct results_error error;
    if (!study_pictures_draw(&request, metric, &drawn, &error))
        fail_msg("%s", error.text);
    char *names = memory_print("%s", "");
    for (unsigned i = 0; i < drawn.count; i++) {
        char *longer = memory_print("%s%s ", names, drawn.at[i].path);
        free(names);
        names = longer;
    }
    figures_drawn_free(&drawn);
    return names;
}

static void expect_drawn(const char *directory, const char *metric, const char *expected)
{
    char *names = draw(directory, metric);
    assert_string_equal(names, expected);
    free(names);
}

static void expect_words(const char *directory, const char *file, const char *expected)
{
    char *picture = scratch_get(directory, file);
    assert_non_null(picture);
    if (!strstr(picture, expected))
        fail_msg("%s does not say \"%s\"", file, expected);
    free(picture);
}

static void expect_refusal(const char *directory, const char *metric,
                           const char *expected)
{
    struct figures_request request = {
        .directory = directory, .scripts = "plots", .format = FIGURE_SVG};
    struct figures_drawn drawn = {0};
    struct results_error error;
    assert_false(study_pictures_draw(&request, metric, &drawn, &error));
    if (!strstr(error.text, expected))
        fail_msg("\"%s\" does not say \"%s\"", error.text, expected);
}

/* --- claims ---------------------------------------------------------------------------
 */

static const struct spot along_rates[] = {
    {{RATE "=4/s"}}, {{RATE "=8/s"}}, {{RATE "=12/s"}}, {{RATE "=16/s"}}};

static void test_one_axis_gets_a_knee_with_bound_and_theory(void **state)
{
    make_study(*state, along_rates, COUNT(along_rates),
               "\"apps.web.failure_ratio <= 20%\"", 3);
    expect_drawn(*state, NULL, "plots/knee.svg ");
    expect_words(*state, "plots/knee.svg", "apps.web.failure_ratio ≤ 20 % up to 8/s");
    expect_words(*state, "plots/knee.svg", "required: ≤ 20 %");
    expect_words(*state, "plots/knee.svg", "Erlang B");
    expect_words(*state, "plots/knee.svg", "capacity: ");
    expect_words(*state, "plots/knee.svg", "lab, seed 1, 3 replications, 95 % intervals");
}

static void test_without_requirements_all_applications_share_the_knee(void **state)
{
    make_study(*state, along_rates, COUNT(along_rates), "", 2);
    expect_drawn(*state, NULL, "plots/knee.svg ");
    expect_words(*state, "plots/knee.svg", ">web<");
    expect_words(*state, "plots/knee.svg", ">dns<");
}

static void test_a_metric_can_be_asked_for(void **state)
{
    make_study(*state, along_rates, COUNT(along_rates), "", 2);
    expect_drawn(*state, "hosts.client.tcp4.in_use", "plots/knee.svg ");
    expect_words(*state, "plots/knee.svg", "hosts.client.tcp4.in_use (ports)");
    expect_refusal(*state, "apps.web.sucesses", "did you mean \"apps.web.successes\"?");
    expect_refusal(*state, "apps.mail.nothing", "those that have a column");
}

static void test_two_requirements_get_a_picture_each(void **state)
{
    make_study(*state, along_rates, COUNT(along_rates),
               "\"apps.web.failure_ratio <= 20%\", \"apps.dns.failure_ratio <= 1%\"", 2);
    expect_drawn(*state, NULL,
                 "plots/knee-apps.web.failure_ratio.svg "
                 "plots/knee-apps.dns.failure_ratio.svg ");
}

static void test_ten_runs_show_when_they_failed_first(void **state)
{
    make_study(*state, along_rates, 2, "\"apps.web.failure_ratio <= 20%\"", 10);
    expect_drawn(*state, NULL, "plots/knee.svg plots/ecdf.svg ");
    expect_words(*state, "plots/ecdf.svg", ">rate 4/s: ");
    expect_words(*state, "plots/ecdf.svg", "apps.web.first_failure_s of each run");
}

static void test_two_axes_get_a_heat_map_and_a_knee_by_lines(void **state)
{
    static const struct spot grid[] = {
        {{RATE "=4/s", WAIT "=0s"}},  {{RATE "=4/s", WAIT "=500ms"}},
        {{RATE "=8/s", WAIT "=0s"}},  {{RATE "=8/s", WAIT "=500ms"}},
        {{RATE "=12/s", WAIT "=0s"}}, /* one is missing yet */
    };
    make_study(*state, grid, COUNT(grid), "\"apps.web.failure_ratio <= 20%\"", 2);
    expect_drawn(*state, NULL, "plots/heat.svg plots/knee.svg ");
    expect_words(*state, "plots/heat.svg", "of 5 points");
    expect_words(*state, "plots/heat.svg", "blank: not simulated");
    expect_words(*state, "plots/knee.svg", ">time_wait 500ms<");
}

/* Rate and TIME_WAIT in lockstep are one axis. */
static void test_axes_that_change_together_are_one(void **state)
{
    static const struct spot together[] = {{{RATE "=4/s", WAIT "=300ms"}},
                                           {{RATE "=8/s", WAIT "=200ms"}},
                                           {{RATE "=12/s", WAIT "=100ms"}}};
    make_study(*state, together, COUNT(together), "", 2);
    expect_drawn(*state, NULL, "plots/knee.svg ");
}

static void test_single_changes_get_a_tornado(void **state)
{
    static const struct spot changes[] = {{{RATE "=8/s", WAIT "=0s"}},
                                          {{RATE "=12/s", WAIT "=0s"}},
                                          {{RATE "=4/s", WAIT "=0s"}},
                                          {{RATE "=8/s", WAIT "=1s"}}};
    make_study(*state, changes, COUNT(changes), "\"apps.web.failure_ratio <= 20%\"", 2);
    expect_drawn(*state, NULL, "plots/tornado.svg ");
    expect_words(*state, "plots/tornado.svg", WAIT " = 1s");
    expect_words(*state, "plots/tornado.svg", RATE " = 12/s");
}

static void test_an_axis_of_words_gets_a_row_of_colours(void **state)
{
    static const struct spot allocators[] = {{{STACK "=rfc6056-alg1"}},
                                             {{STACK "=rfc6056-alg2"}}};
    make_study(*state, allocators, COUNT(allocators), "", 2);
    char *names = draw(*state, "apps.web.failure_ratio");
    assert_string_equal(names, "plots/heat.svg ");
    free(names);
    expect_words(*state, "plots/heat.svg", ">rfc6056-alg2<");
}

static void test_a_study_without_runs_says_so(void **state)
{
    make_study(*state, along_rates, COUNT(along_rates), "", 0);
    expect_refusal(*state, NULL, "no run yet");
}

static void test_a_study_of_hosts_that_measure_their_choices_shows_them(void **state)
{
    static const struct spot spots[] = {
        {{STACK "=bsd44", "hosts.client.predictability=true",
          "hosts.client.probes_by_occupancy=true"}},
        {{STACK "=rfc6056-alg2", "hosts.client.predictability=true",
          "hosts.client.probes_by_occupancy=true"}},
    };
    make_study(*state, spots, COUNT(spots), "", 2);
    char *names = draw(*state, NULL);
    assert_non_null(strstr(names, "plots/probes.svg plots/predictability.svg "));
    free(names);
    expect_words(*state, "plots/probes.svg", "1/(1-a): drawn anew at random");
    expect_words(*state, "plots/predictability.svg", "rfc6056-alg2  A2");
    /* Who asks for one metric gets that alone. */
    expect_drawn(*state, "apps.web.failure_ratio", "plots/heat.svg ");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, open_scratch, close_scratch)
    const struct CMUnitTest tests[] = {
        TEST(test_one_axis_gets_a_knee_with_bound_and_theory),
        TEST(test_a_study_of_hosts_that_measure_their_choices_shows_them),
        TEST(test_without_requirements_all_applications_share_the_knee),
        TEST(test_a_metric_can_be_asked_for),
        TEST(test_two_requirements_get_a_picture_each),
        TEST(test_ten_runs_show_when_they_failed_first),
        TEST(test_two_axes_get_a_heat_map_and_a_knee_by_lines),
        TEST(test_axes_that_change_together_are_one),
        TEST(test_single_changes_get_a_tornado),
        TEST(test_an_axis_of_words_gets_a_row_of_colours),
        TEST(test_a_study_without_runs_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
