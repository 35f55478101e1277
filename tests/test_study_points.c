/* The axes of a study and the points they make: what is read, in which order, and what is
 * said of what is wrong, where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/study/points/points.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TEXTS        6

/* A scenario in a file of its own, the axes of a command line, and what came of them. */
struct lab {
    char *folder, *file;
    struct issues *issues;
    struct trial_plan *base;
    struct scenario_options options;
    struct study_axes axes;
    struct study_points points;
    bool read;
};

static const char small[] =
    "{ \"version\": 1, \"name\": \"small\", \"duration\": \"10s\",\n"
    "  \"hosts\": { \"a\": { \"stack\": \"linux618\" }, \"b\": {} },\n"
    "  \"apps\": { \"x\": { \"from\": \"a\", \"to\": \"b:80\",\n"
    "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"10/s\" },\n"
    "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } }%s%s\n"
    "}\n";

static struct lab lab_open(const char *more)
{
    struct lab lab = {.folder = scratch_new(), .issues = issues_new()};
    char *text = memory_print(small, more ? ",\n  " : "", more ? more : "");
    scratch_put(lab.folder, "small.json", text, strlen(text));
    lab.file = memory_print("%s/small.json", lab.folder);
    lab.base = trial_plan_read(lab.file, &lab.options, lab.issues);
    if (!lab.base)
        issues_print(lab.issues, stderr);
    assert_non_null(lab.base);
    free(text);
    return lab;
}

static void lab_close(struct lab *lab)
{
    study_points_free(&lab->points);
    study_axes_free(&lab->axes);
    trial_plan_free(lab->base);
    issues_free(lab->issues);
    free(lab->file);
    scratch_free(lab->folder);
}

/* Reads --vary texts, up to NULL, and the points. */
static void lab_vary(struct lab *lab, const char *const *texts, const char *where,
                     enum sweep_design design)
{
    bool right = true;
    for (; *texts; texts++)
        right &= study_axes_add_text(&lab->axes, *texts, lab->base, lab->issues);
    struct points_order order = {.path = lab->file,
                                 .options = &lab->options,
                                 .axes = &lab->axes,
                                 .where = where,
                                 .where_name = "--where",
                                 .design = design};
    lab->read = right && study_points_read(&lab->points, &order, lab->base, lab->issues);
}

/* What issues_print() says, the caller's to free. */
static char *said(struct lab *lab)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    issues_print(lab->issues, out);
    fclose(out);
    return text;
}

/* All points, one a line, of their values alone; the caller's to free. */
static char *drawn(const struct lab *lab)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (uint32_t i = 0; i < lab->points.count; i++)
        for (uint32_t k = 0; k < lab->points.at[i].setting_count; k++)
            fprintf(out, "%s%s", strchr(lab->points.at[i].settings[k], '=') + 1,
                    k + 1 == lab->points.at[i].setting_count ? "\n" : " ");
    fclose(out);
    return text;
}

static void expect_points(const char *const *texts, const char *where,
                          enum sweep_design design, const char *wanted)
{
    struct lab lab = lab_open(NULL);
    lab_vary(&lab, texts, where, design);
    if (!lab.read) {
        char *complaints = said(&lab);
        fail_msg("%s: %s", texts[0], complaints);
    }
    char *text = drawn(&lab);
    assert_string_equal(text, wanted);
    free(text);
    lab_close(&lab);
}

/* --- values -------------------------------------------------------------------- */

#define RATE "apps.x.arrivals.rate="
#define MEAN "apps.x.lifetime.mean="

static void test_values_of_a_range_are_spelled_as_its_ends_are(void **state)
{
    (void)state;
    static const struct {
        const char *text, *points;
    } ranges[] = {
        {RATE "100/s:500/s:9",
         "100/s\n150/s\n200/s\n250/s\n300/s\n350/s\n400/s\n450/s\n500/s\n"},
        {RATE "0.1/s:0.3/s:3", "0.1/s\n0.2/s\n0.3/s\n"},
        {RATE "60/min:2/s:3", "60/min\n90/min\n2/s\n"},
        {RATE "1/s:1000/s:4:log", "1/s\n10/s\n100/s\n1000/s\n"},
        {RATE "10/s:1000/s:4:log", "10/s\n46.4159/s\n215.443/s\n1000/s\n"},
        {MEAN "1s:2s:3", "1s\n1.5s\n2s\n"},
        {MEAN "30s:2min:4", "30s\n60s\n90s\n2min\n"},
        {MEAN "1min:2min:4", "1min\n1.333333min\n1.666667min\n2min\n"},
        {MEAN "1ns:10ns:3", "1ns\n6ns\n10ns\n"}, /* 5.5 ns is none */
        {"hosts.a.count=1:10:4", "1\n4\n7\n10\n"},
        {"hosts.a.count=1:4:7", "1\n2\n3\n4\n"}, /* whole ones, each once */
        {"hosts.a.count=1:1000:4:log", "1\n10\n100\n1000\n"},
        {"hosts.a.count=1,2,10:30:3,7", "1\n2\n10\n20\n30\n7\n"},
        {"network.loss=0:0.5:6", "0\n0.1\n0.2\n0.3\n0.4\n0.5\n"},
        {"network.loss=0:0.2:7",
         "0\n0.0333333\n0.0666667\n0.1\n0.1333333\n0.1666667\n0.2\n"},
        {"hosts.a.stack=linux618, win10", "linux618\nwin10\n"},
        {"apps.x.to=b:80,b:81", "b:80\nb:81\n"}, /* no number, so no range */
        {"hosts.a.addresses=[\"10.0.0.1\"],[\"10.0.0.1\",\"10.0.0.2\"]",
         "[\"10.0.0.1\"]\n[\"10.0.0.1\",\"10.0.0.2\"]\n"},
    };
    for (size_t i = 0; i < COUNT(ranges); i++)
        expect_points((const char *[]){ranges[i].text, NULL}, NULL, SWEEP_GRID,
                      ranges[i].points);
}

/* --- points -------------------------------------------------------------------- */

static void test_the_last_axis_runs_fastest(void **state)
{
    (void)state;
    expect_points((const char *[]){RATE "1/s,2/s", MEAN "1s,2s,3s", NULL}, NULL,
                  SWEEP_GRID, "1/s 1s\n1/s 2s\n1/s 3s\n2/s 1s\n2/s 2s\n2/s 3s\n");
}

static void test_axes_of_one_text_step_together(void **state)
{
    (void)state;
    expect_points(
        (const char *[]){RATE "1/s,2/s;" MEAN "4s,5s", "hosts.a.count=1,2", NULL}, NULL,
        SWEEP_GRID, "1/s 4s 1\n1/s 4s 2\n2/s 5s 1\n2/s 5s 2\n");
}

static void test_a_filter_compares_values_as_what_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *where, *points;
    } filters[] = {
        {"apps.x.lifetime.mean == 60s", "9/s 1min\n10/s 1min\n"},
        {"apps.x.arrivals.rate > 9/s and not apps.x.lifetime.mean < 1min", "10/s 1min\n"},
        {"60/min >= apps.x.arrivals.rate or apps.x.lifetime.mean < 0.02h", "9/s 1min\n"
                                                                           "9/s 30s\n"
                                                                           "10/s 1min\n"
                                                                           "10/s 30s\n"},
        {"(apps.x.arrivals.rate != 9/s) and (apps.x.lifetime.mean <= 30s)", "10/s 30s\n"},
        {"apps.x.arrivals[\"rate\"] == 540/min and apps.x.lifetime.mean=30s",
         "9/s 30s\n"},
    };
    for (size_t i = 0; i < COUNT(filters); i++)
        expect_points((const char *[]){RATE "9/s,10/s", MEAN "1min,30s", NULL},
                      filters[i].where, SWEEP_GRID, filters[i].points);
    expect_points((const char *[]){"hosts.a.stack=linux618,win10",
                                   "hosts.b.stack=linux618,win10", NULL},
                  "hosts.a.stack != hosts.b.stack", SWEEP_GRID,
                  "linux618 win10\nwin10 linux618\n");
}

static void test_one_axis_at_a_time_begins_with_the_scenario_as_it_is(void **state)
{
    (void)state;
    expect_points((const char *[]){RATE "5/s,10/s,20/s", MEAN "1s,2s", NULL}, NULL,
                  SWEEP_ONE_BY_ONE,
                  "10/s 1s\n5/s 1s\n20/s 1s\n10/s 2s\n"); /* 10/s is no change */
}

static void test_an_axis_may_pick_a_kind_and_a_later_one_vary_its_keys(void **state)
{
    (void)state;
    expect_points((const char *[]){"apps.x.lifetime.kind=constant",
                                   "apps.x.lifetime.value=1s,2s", NULL},
                  NULL, SWEEP_GRID, "constant 1s\nconstant 2s\n");
}

/* The same by another way: keys name a scenario, and not how it was written. */
static void test_a_key_does_not_depend_on_spelling_or_place(void **state)
{
    (void)state;
    struct lab a = lab_open(NULL), b = lab_open(NULL);
    lab_vary(&a, (const char *[]){RATE "60/min,2/s", NULL}, NULL, SWEEP_GRID);
    lab_vary(&b, (const char *[]){MEAN "1000ms", RATE "2/s,3/s,1/s", NULL}, NULL,
             SWEEP_GRID);
    assert_true(a.read && b.read);
    assert_string_equal(a.points.at[0].key, b.points.at[2].key);
    assert_string_equal(a.points.at[1].key, b.points.at[0].key);
    assert_string_not_equal(a.points.at[0].key, a.points.at[1].key);
    lab_close(&a);
    lab_close(&b);
}

/* --- the scenario's own sweep -------------------------------------------------- */

static void test_a_scenario_may_hold_its_sweep(void **state)
{
    (void)state;
    struct lab lab = lab_open(
        "\"sweep\": { \"vary\": { \"apps.x.arrivals.rate\": [\"1/s\", \"2/s\"],\n"
        "    \"hosts.a.count\": { \"from\": 1, \"to\": 100, \"steps\": 3,"
        " \"scale\": \"log\" },\n"
        "    \"apps.x.lifetime.mean\": { \"from\": \"1s\", \"to\": \"3s\","
        " \"steps\": 3 } },\n"
        "  \"together\": [[\"apps.x.lifetime.mean\", \"hosts.a.count\"]],\n"
        "  \"where\": \"hosts.a.count < 100\" }");
    assert_true(study_axes_add_config(&lab.axes, lab.base, lab.issues));
    struct points_order order = {.path = lab.file,
                                 .options = &lab.options,
                                 .axes = &lab.axes,
                                 .where = lab.base->config->sweep.where,
                                 .where_name = "sweep.where"};
    assert_true(study_points_read(&lab.points, &order, lab.base, lab.issues));
    char *text = drawn(&lab);
    assert_string_equal(text, "1/s 1 1s\n1/s 10 2s\n2/s 1 1s\n2/s 10 2s\n");
    free(text);
    lab_close(&lab);
}

static void test_what_is_wrong_with_a_sweep_is_said_where_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *sweep, *says;
    } bad[] = {
        {"\"vary\": { \"apps.x.rat\": [1] }", "small.json:6:38: apps.x.rat: unknown key"},
        {"\"vary\": { \"hosts.a.count\": 4 }", "must be a list of values"},
        {"\"vary\": { \"hosts.a.count\": [] }", "1 to 10000 values, not 0"},
        {"\"vary\": { \"hosts.a.count\": [1, 2, 1] }",
         "small.json:6:48: hosts.a.count: has the value 1 twice"},
        {"\"vary\": { \"hosts.a.count\": { \"from\": 1, \"to\": 3 } }",
         "a range needs from, to and steps"},
        {"\"vary\": { \"hosts.a.count\": { \"from\": 1, \"too\": 3 } }",
         "and no \"too\"; did you mean to?"},
        {"\"vary\": { \"hosts.a.count\": { \"from\": 3, \"to\": 1, \"steps\": 2 } }",
         "ends before it begins"},
        {"\"vary\": { \"hosts.a.stack\": { \"from\": 3, \"to\": 1, \"steps\": 2 } }",
         "takes no range: list its values"},
        {"\"vary\": { \"hosts.a.count\": [1, \"x\"] }",
         "small.json:6:45: hosts.a.count: must be "},
        {"\"vary\": { \"hosts.a.count\": [1], \"hosts.b.count\": [1, 2] }, "
         "\"together\": [[\"hosts.a.count\", \"hosts.b.count\"]]",
         "has 2 values, and hosts.a.count, with which it steps, has 1"},
        {"\"vary\": { \"hosts.a.count\": [1] }, "
         "\"together\": [[\"hosts.a.count\", \"hosts.a.cuont\"]]",
         "\"hosts.a.cuont\" is no path of \"vary\"; did you mean hosts.a.count?"},
        {"\"vary\": { \"hosts.a.count\": [1] }, "
         "\"together\": [[\"hosts.a.count\", \"hosts.a.count\"]]",
         "names hosts.a.count again"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        char *more = memory_print("\"sweep\": { %s }", bad[i].sweep);
        struct lab lab = lab_open(more);
        struct points_order order = {
            .path = lab.file, .options = &lab.options, .axes = &lab.axes};
        assert_false(study_axes_add_config(&lab.axes, lab.base, lab.issues) &&
                     study_points_read(&lab.points, &order, lab.base, lab.issues));
        char *text = said(&lab);
        if (!strstr(text, bad[i].says))
            fail_msg("%s: wanted \"%s\", said:\n%s", bad[i].sweep, bad[i].says, text);
        free(text);
        free(more);
        lab_close(&lab);
    }
}

/* --- what is wrong on a command line ------------------------------------------- */

static const struct {
    const char *texts[TEXTS];
    const char *where, *says;
} wrong[] = {
    {{"apps.x.arivals.rate=1/s"}, NULL, "did you mean \"arrivals\"?"},
    {{"apps.y.arrivals.rate=1/s"}, NULL, "--vary:1:1: apps: there is no \"y\" here"},
    {{"hosts.a.count=1,2", "hosts.a.count=3"}, NULL, "is an axis already"},
    {{"hosts.a.addresses[0]=\"10.0.0.1\"", "hosts.a.addresses.0=\"10.0.0.2\""},
     NULL,
     "has 0 entries"},
    {{"hosts.a.count=1,,2"}, NULL, "--vary:1:17: hosts.a.count: a value is missing"},
    {{"hosts.a.count=1,2,"}, NULL, "--vary:1:19: hosts.a.count: a value is missing"},
    {{"hosts.a.count="}, NULL, "a value is missing"},
    {{"hosts.a.count"}, NULL, "must be PATH=VALUE"},
    {{"=1,2"}, NULL, "must be PATH=VALUE"},
    {{"hosts.a.count=1:5"}, NULL, "a range is low:high:steps"},
    {{"hosts.a.count=1:5:3:lgo"}, NULL, "a range is low:high:steps"},
    {{"hosts.a.count=1:5:1"}, NULL, "a whole number, at least 2, are \"1\""},
    {{"hosts.a.count=1:5:1.5"}, NULL, "at least 2, are \"1.5\""},
    {{"hosts.a.count=1:500000:20000"}, NULL, "at most 10000 values, not 20000"},
    {{"hosts.a.count=5:1:3"}, NULL, "ends before it begins: 5 is more than 1"},
    {{"hosts.a.count=5:5:3"}, NULL, "is empty: it ends where it begins, at 5"},
    {{"hosts.a.count=0:5:3:log"}, NULL, "begins above zero, not at 0"},
    {{"hosts.a.count=1:x:3"}, NULL, "must be a number, is \"x\""},
    {{"hosts.a.count=1:2.5:3"}, NULL, "must be a whole number, is 2.5"},
    {{MEAN "1:5:3"}, NULL, "must be a duration with a unit"},
    {{MEAN "1m:5m:3"}, NULL, "did you mean \"1min\"?"},
    {{RATE "1/s:5:3"}, NULL, "must be a rate (/s /min /h /d), is \"5\""},
    {{RATE "1/s,1/s"}, NULL, "has the value 1/s twice"},
    {{RATE "1/s,2/s;" MEAN "1s"},
     NULL,
     "has 1 values, and apps.x.arrivals.rate, with which it steps, has 2"},
    {{"hosts.a.count=1:1000:1000", "hosts.b.count=1:1000:1000"},
     NULL,
     "make 1000000 points; a study has at most 100000"},
    {{RATE "1/s,10/s,6000/min,100/s"}, NULL, "two points are the same scenario"},
    {{"name=a,b"}, NULL, "the same scenario: (name=a) and (name=b)"},
    {{RATE "1/s,x,2/s,y"}, NULL, "--vary:1:32: apps.x.arrivals.rate: must be a rate"},
    {{RATE "1/s,x,2/s,y"}, NULL, "--vary:1:26: apps.x.arrivals.rate: must be a rate"},
    {{"hosts.a.count=1,0", MEAN "1s,2s"},
     NULL,
     "[hosts.a.count=0, apps.x.lifetime.mean=1s and 1 more of 4 points]"},
    {{"duration=1s,1min", "warm_up=1s,10s"},
     NULL,
     "must be shorter than the run (1 s), is 1 s [duration=1s, warm_up=1s]"},
    {{RATE "1/s,2/s"}, "apps.x.arrivals.rate > 7/s", "--where leaves no point"},
    {{RATE "1/s,2/s"},
     "apps.x.arrival.rate > 7/s",
     "\"apps.x.arrival.rate\" is no axis of this study; did you mean "
     "apps.x.arrivals.rate?"},
    {{RATE "1/s"}, "apps.x.arrivals.rate > 7s", "it is no rate"},
    {{RATE "1/s"}, "apps.x.arrivals.rate >", "--where:1:23: expected an axis or a value"},
    {{RATE "1/s"}, "apps.x.arrivals.rate 7/s", "expected one of =="},
    {{RATE "1/s"}, "(apps.x.arrivals.rate > 7/s", "a bracket is not closed"},
    {{RATE "1/s"}, "apps.x.arrivals.rate > 7/s 3", "\"and\", \"or\"?"},
    {{RATE "1/s"}, "apps.x.arrivals.rate > \"7/s", "never closed"},
    {{RATE "1/s"}, "3 < 4", "\"3\" is no axis"},
    {{"hosts.a.stack=win10"}, "hosts.a.stack < linux618", "have no order"},
};

static void test_what_is_wrong_with_axes_is_said_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct lab lab = lab_open(NULL);
        lab_vary(&lab, wrong[i].texts, wrong[i].where, SWEEP_GRID);
        char *text = said(&lab);
        if (lab.read || !strstr(text, wrong[i].says))
            fail_msg("%s: wanted \"%s\", said:\n%s", wrong[i].texts[0], wrong[i].says,
                     text);
        free(text);
        lab_close(&lab);
    }
}

static void test_what_is_wrong_with_many_points_is_said_once(void **state)
{
    (void)state;
    struct lab lab = lab_open(NULL);
    lab_vary(&lab,
             (const char *[]){"hosts.a.count=1:100:100", "hosts.b.count=0,1,2", NULL},
             NULL, SWEEP_GRID);
    assert_false(lab.read);
    assert_int_equal(issues_count(lab.issues), 1);
    char *text = said(&lab);
    assert_non_null(strstr(text, "--vary:1:15: hosts.b.count: must be"));
    assert_non_null(strstr(text, "and 99 more of 300 points"));
    free(text);
    lab_close(&lab);
}

static void test_a_point_whose_file_changed_has_no_plan(void **state)
{
    (void)state;
    struct lab lab = lab_open(NULL);
    lab_vary(&lab, (const char *[]){RATE "1/s,2/s", NULL}, NULL, SWEEP_GRID);
    assert_true(lab.read);
    struct trial_plan *plan = study_points_plan(&lab.points, 1, lab.issues);
    assert_non_null(plan);
    trial_plan_free(plan);
    char *text = memory_print(small, ",\n", "  \"network\": { \"loss\": 0.5 }");
    scratch_put(lab.folder, "small.json", text, strlen(text));
    assert_null(study_points_plan(&lab.points, 1, lab.issues));
    free(text);
    text = said(&lab);
    assert_non_null(strstr(text, "has changed since this study began"));
    free(text);
    lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_of_a_range_are_spelled_as_its_ends_are),
        cmocka_unit_test(test_the_last_axis_runs_fastest),
        cmocka_unit_test(test_axes_of_one_text_step_together),
        cmocka_unit_test(test_a_filter_compares_values_as_what_they_are),
        cmocka_unit_test(test_one_axis_at_a_time_begins_with_the_scenario_as_it_is),
        cmocka_unit_test(test_an_axis_may_pick_a_kind_and_a_later_one_vary_its_keys),
        cmocka_unit_test(test_a_key_does_not_depend_on_spelling_or_place),
        cmocka_unit_test(test_a_scenario_may_hold_its_sweep),
        cmocka_unit_test(test_what_is_wrong_with_a_sweep_is_said_where_it_stands),
        cmocka_unit_test(test_what_is_wrong_with_axes_is_said_with_its_place),
        cmocka_unit_test(test_what_is_wrong_with_many_points_is_said_once),
        cmocka_unit_test(test_a_point_whose_file_changed_has_no_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
