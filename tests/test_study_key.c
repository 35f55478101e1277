/* The key of a point: the same for what gives the same numbers, another for the rest. */
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
#include "sim/study/key.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The key of the small scenario with one setting; NULL: as it stands. */
static void key_with_both(const char *setting, const char *other,
                          char out[STUDY_KEY_SIZE])
{
    static const char text[] =
        "{ \"name\": \"small\", \"about\": \"a\", \"duration\": \"100s\","
        "  \"hosts\": { \"client\": {}, \"server\": {} },"
        "  \"apps\": { \"pages\": {"
        "    \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"4/s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } } }";
    const char *const settings[] = {setting, other};
    struct scenario_options options = {.settings = settings,
                                       .setting_count = other     ? 2
                                                        : setting ? 1
                                                                  : 0};
    struct issues *issues = issues_new();
    struct trial_plan *plan =
        trial_plan_read_text("small", text, strlen(text), &options, issues);
    if (!plan)
        issues_print(issues, stderr);
    assert_non_null(plan);
    study_key(plan, out);
    trial_plan_free(plan);
    issues_free(issues);
}

static void key_with(const char *setting, char out[STUDY_KEY_SIZE])
{
    key_with_both(setting, NULL, out);
}

static void test_what_cannot_change_a_number_is_not_in_the_key(void **state)
{
    (void)state;
    static const char *const silent[] = {
        "name=other",
        "about=another text",
        "require=[\"apps.pages.failures <= 1\"]",
        "sockets.at=[\"end\"]",
        "sample_every=7s",
        "duration=100000ms",
        "apps.pages.arrivals.rate=240/min",
    };
    char plain[STUDY_KEY_SIZE], other[STUDY_KEY_SIZE];
    key_with(NULL, plain);
    assert_int_equal(strspn(plain, "0123456789abcdef"), STUDY_KEY_SIZE - 1);
    for (size_t i = 0; i < COUNT(silent); i++) {
        key_with(silent[i], other);
        if (strcmp(plain, other) != 0)
            fail_msg("%s gives another key", silent[i]);
    }
}

static void test_what_can_change_a_number_is_in_the_key(void **state)
{
    (void)state;
    static const char *const loud[] = {
        "seed=2",
        "seed=18446744073709551615",
        "seed=18446744073709551614",
        "duration=101s",
        "warm_up=1ns",
        "apps.pages.arrivals.rate=4.000000001/s",
        "hosts.client.count=2",
        "hosts.client.tcp.time_wait=61s",
        "phases={\"late\":[\"50s\",\"100s\"]}",
        "changes=[{\"at\":\"50s\",\"set\":{\"apps.pages.arrivals.rate\":\"5/s\"}}]",
    };
    char keys[COUNT(loud) + 1][STUDY_KEY_SIZE];
    key_with(NULL, keys[COUNT(loud)]);
    for (size_t i = 0; i < COUNT(loud); i++)
        key_with(loud[i], keys[i]);
    for (size_t i = 0; i <= COUNT(loud); i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(keys[i], keys[k]) == 0)
                fail_msg("%s gives no key of its own", loud[k]);
}

/* What is watched decides where the warm-up ends, and what is required is watched. */
static void test_a_warm_up_that_is_sought_makes_its_metrics_part_of_the_key(void **state)
{
    (void)state;
    static const char *const required = "require=[\"apps.pages.failures <= 1\"]";
    char sought[STUDY_KEY_SIZE], elsewhere[STUDY_KEY_SIZE];
    key_with("study.kind=steady", sought);
    key_with_both("study.kind=steady", required, elsewhere);
    assert_string_not_equal(sought, elsewhere);
    key_with("warm_up=9s", sought);
    key_with_both("warm_up=9s", required, elsewhere);
    assert_string_equal(sought, elsewhere);
}

static void key_of_recording(const char *folder, const char *csv,
                             char out[STUDY_KEY_SIZE])
{
    scratch_put(folder, "users.csv", csv, strlen(csv));
    char *setting = memory_print("apps.pages.arrivals={\"kind\":\"trace\","
                                 "\"file\":\"%s/users.csv\"}",
                                 folder);
    key_with(setting, out);
    free(setting);
}

static void test_a_recording_is_known_by_what_is_in_it(void **state)
{
    (void)state;
    char *folder = scratch_new();
    char a[STUDY_KEY_SIZE], b[STUDY_KEY_SIZE], again[STUDY_KEY_SIZE];
    key_of_recording(folder, "t_s\n1\n2\n", a);
    key_of_recording(folder, "t_s\n1\n3\n", b);
    key_of_recording(folder, "# a comment\nt_s\n1.0\n2\n", again);
    assert_string_not_equal(a, b);
    assert_string_equal(a, again);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_cannot_change_a_number_is_not_in_the_key),
        cmocka_unit_test(test_what_can_change_a_number_is_in_the_key),
        cmocka_unit_test(test_a_warm_up_that_is_sought_makes_its_metrics_part_of_the_key),
        cmocka_unit_test(test_a_recording_is_known_by_what_is_in_it),
    };
    return cmocka_run_group_tests_name("study_key", tests, NULL, NULL);
}
