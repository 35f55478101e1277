/* The pictures of replications: bands, convergence, risk.  Whole in every format, true in
 * their words, with known answers, and nothing a user can name is obeyed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "sim/study/estimate_order.h"
#include "sim/study/pictures/pictures.h"
#include "sim/study/pictures/study_pictures.h"
#include "sim/study/replications.h"
#include "tests/drawn.h"
#include "tests/hostile.h"
#include "tests/needs_gnuplot.h"
#include "tests/run_text.h"
#include "tests/scratch.h"
#include "tests/synthetic_run.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- pictures of numbers that are known ----------------------------------------------
 */

#define BINS 100

/* What one test draws from. */
struct lab {
    char *root;
    struct synthetic_run *run; /* 100 s of two applications */
    struct run_band use[BINS], failing[BINS];
    double values[20];
};

/* Full from second 50 on in half of the runs, from 60 on in nearly all; before that a
 * ramp.  A tenth of the attempts fails then. */
static void fill_bands(struct lab *lab)
{
    for (int i = 0; i < BINS; i++) {
        double ramp = i / 50.0;
        lab->use[i] = (struct run_band){.metric = "hosts.proxy.tcp4.utilisation",
                                        .when = i * SIM_S + SIM_S / 2,
                                        .low = fmin(1, i / 60.0),
                                        .median = fmin(1, ramp),
                                        .high = fmin(1, ramp * 1.1),
                                        .mean = fmin(1, ramp),
                                        .runs = 20};
        double share = i < 50 ? 0 : 0.1;
        lab->failing[i] = (struct run_band){.metric = "apps.web.failure_ratio",
                                            .when = i * SIM_S + SIM_S / 2,
                                            .low = share / 2,
                                            .median = share,
                                            .high = share * 2,
                                            .mean = share,
                                            .runs = 20};
    }
}

static int open_lab(void **state)
{
    struct lab *lab = memory_new(1, sizeof *lab);
    struct synthetic_shape shape = synthetic_s1();
    shape.seconds = 100;
    lab->root = scratch_new();
    lab->run = synthetic_run_new(&shape);
    fill_bands(lab);
    for (size_t i = 0; i < COUNT(lab->values); i++)
        lab->values[i] = 0.1 + 0.001 * (double)i;
    *state = lab;
    return 0;
}

static int close_lab(void **state)
{
    struct lab *lab = *state;
    scratch_free(lab->root);
    synthetic_run_free(lab->run);
    free(lab);
    return 0;
}

static const struct picture_words words = {
    .scenario = "proxy", .seed = 7, .replications = 20, .confidence = 0.95};

static struct picture_bands bands(const struct lab *lab)
{
    return (struct picture_bands){.words = words,
                                  .run = &lab->run->record,
                                  .host = "proxy",
                                  .capacity = 16384,
                                  .use = {lab->use, BINS},
                                  .app = "web",
                                  .failing = {lab->failing, BINS},
                                  .warm_up_s = 20};
}

static struct picture_convergence convergence(const struct lab *lab)
{
    return (struct picture_convergence){
        .words = words,
        .metric = picture_axis_of_metric("apps.web.failure_ratio", "1"),
        .course = {lab->failing, BINS},
        .end_s = 100,
        .steady = true,
        .warm_up_s = 55,
        .values = lab->values,
        .count = COUNT(lab->values),
        .mean = 0.1095,
        .half_width = 0.0027689,
        .precision = 0.05,
    };
}

static struct picture_risk risk(const struct lab *lab)
{
    return (struct picture_risk){
        .words = words,
        .rows = {{.metric = picture_axis_of_metric("apps.web.failure_ratio", "1"),
                  .values = lab->values,
                  .count = COUNT(lab->values),
                  .mean = 0.1095,
                  .half_width = 0.0027689,
                  .bounds = {{.is = true, .at_most = true, .value = 0.115}},
                  .bound_count = 1,
                  .beyond = 4}},
        .row_count = 1,
    };
}

static bool draw_bands(struct canvas *c, const void *what)
{
    return picture_bands(c, "bands", what);
}

static bool draw_convergence(struct canvas *c, const void *what)
{
    return picture_convergence(c, "convergence", what);
}

static bool draw_risk(struct canvas *c, const void *what)
{
    return picture_risk(c, "risk", what);
}

static void test_every_picture_is_whole_and_the_same_again(void **state)
{
    NEEDS_GNUPLOT;
    const struct lab *lab = *state;
    struct picture_bands b = bands(lab);
    struct picture_convergence v = convergence(lab);
    struct picture_risk r = risk(lab);
    const struct {
        draw_function *draw;
        const void *what;
    } pictures[] = {{draw_bands, &b}, {draw_convergence, &v}, {draw_risk, &r}};
    for (size_t i = 0; i < COUNT(pictures); i++)
        expect_drawn_alike(lab->root, pictures[i].draw, pictures[i].what);
}

static void test_bands_say_when_the_ports_are_used_up(void **state)
{
    NEEDS_GNUPLOT;
    const struct lab *lab = *state;
    struct picture_bands b = bands(lab);
    char *picture = drawn(lab->root, FIGURE_SVG, draw_bands, &b);
    expect_words(picture, "the 16,384 ports of proxy are used up at 50.5 s in half of 20 "
                          "runs, at 60.5 s in 95 % of them");
    expect_words(picture,
                 "web loses up to 10 % of its attempts (5.0 % to 20 %), at 50.5 s");
    expect_words(picture, "each point the mean of 1 s");
    expect_words(picture, "capacity: 16,384 ports");
    expect_words(picture, "80 %");
    expect_words(picture, "warm-up");
    expect_words(picture, "5 % to 95 % of 20 runs");
    expect_words(picture, "proxy, seed 7, 20 replications, 95 % intervals, portsim");
    free(picture);
}

static void test_bands_that_stay_low_say_how_full_the_ports_are(void **state)
{
    NEEDS_GNUPLOT;
    struct lab *lab = *state;
    struct picture_bands b = bands(lab);
    for (int i = 0; i < BINS; i++)
        lab->use[i].low *= 0.3, lab->use[i].median *= 0.5, lab->use[i].high *= 0.6;
    b.app = NULL;
    b.failing = (struct run_band_rows){0};
    b.warm_up_s = 0;
    b.capacity = (double)NAN;
    char *picture = drawn(lab->root, FIGURE_SVG, draw_bands, &b);
    expect_words(picture, "at most 50 % of the ports of proxy are in use (median; 5 % to "
                          "95 % of 20 runs: 25 % to 60 %)");
    assert_null(strstr(picture, "warm-up"));
    assert_null(strstr(picture, "attempts"));
    free(picture);
    lab->use[70].high = 1;
    picture = drawn(lab->root, FIGURE_SVG, draw_bands, &b);
    expect_words(picture,
                 "the ports of proxy are used up in some of 20 runs, from 70.5 s "
                 "on, never in half");
    free(picture);
}

/* --- convergence ---------------------------------------------------------------------
 */

/* By hand: a window that grows from the beginning, and stops short of the end. */
static void test_the_moving_mean_is_welch_s(void **state)
{
    (void)state;
    static const double values[] = {1, 2, 6, 3, 8, 10, 0};
    static const double means[] = {1, 3, 4, 29.0 / 5, 27.0 / 5};
    double out[COUNT(values)];
    convergence_moving_mean(values, COUNT(values), 2, out);
    for (size_t i = 0; i < COUNT(means); i++)
        assert_true(fabs(out[i] - means[i]) < 1e-12);
    assert_true(isnan(out[5]) && isnan(out[6]));
}

/* Nothing fails in the first half, then a tenth does, evenly: the cut is where it begins,
 * and that is not before half of the run is over.  Moved to 40 s it is. */
static void test_the_cut_is_where_a_known_step_ends(void **state)
{
    NEEDS_GNUPLOT;
    struct lab *lab = *state;
    struct picture_convergence v = convergence(lab);
    char *picture = drawn(lab->root, FIGURE_SVG, draw_convergence, &v);
    expect_words(picture, "MSER-5 does not see it settle within half of a run");
    assert_null(strstr(picture, ">MSER-5<"));
    free(picture);
    for (int i = 40; i < BINS; i++)
        lab->failing[i].mean = 0.1;
    picture = drawn(lab->root, FIGURE_SVG, draw_convergence, &v);
    expect_words(picture, "MSER-5 would leave out the first 40 s");
    expect_words(picture, "MSER-5<");
    free(picture);
}

/* The values are 0.100 .. 0.119; t with 19 degrees is 2.093: the half-width is 0.0027689,
 * which is 2.529 % of the mean found, 2.6 % of the true one at most.  With the first n of
 * them 5 % is reached at once when it may be: at ten. */
static void test_precision_is_said_as_the_study_judges_it(void **state)
{
    NEEDS_GNUPLOT;
    const struct lab *lab = *state;
    struct picture_convergence v = convergence(lab);
    char *picture = drawn(lab->root, FIGURE_SVG, draw_convergence, &v);
    expect_words(picture, "after 20 runs web.failure_ratio (mean 10.9 %) is known to "
                          "±2.6 %; warm-up: 55 s");
    expect_words(picture, "asked for: 5 %");
    expect_words(picture, ">10 runs<");
    free(picture);
    v.course = (struct run_band_rows){0};
    v.precision = 0;
    picture = drawn(lab->root, FIGURE_SVG, draw_convergence, &v);
    assert_null(strstr(picture, "asked for: 5"));
    free(picture);
}

static void test_one_run_in_batches_shows_its_course(void **state)
{
    NEEDS_GNUPLOT;
    const struct lab *lab = *state;
    struct picture_convergence v = convergence(lab);
    v.count = 0;
    v.batches = 30;
    char *picture = drawn(lab->root, FIGURE_SVG, draw_convergence, &v);
    expect_words(picture, "one run in 30 batches: web.failure_ratio");
    expect_words(picture, "mean of the run in bins of 1 s");
    assert_null(strstr(picture, "after so many runs"));
    free(picture);
}

/* --- risk ----------------------------------------------------------------------------
 */

/* W. J. Conover's tables of the binomial: the median of 20 values is held by the 6th and
 * the 15th of them.  The 95th percentile has no upper end below 72 values. */
static void test_percentiles_are_held_by_order_statistics(void **state)
{
    (void)state;
    double values[100];
    for (int i = 0; i < 100; i++)
        values[i] = i + 1;
    struct order_estimate median = estimate_order(values, 20, 0.5, 0.95);
    assert_true(median.value == 10.5 && median.low == 6 && median.high == 15);
    assert_true(isinf(estimate_order(values, 71, 0.95, 0.95).high));
    assert_true(estimate_order(values, 72, 0.95, 0.95).high == 72);
    struct order_estimate top = estimate_order(values, 100, 0.95, 0.95);
    assert_true(top.low == 90 && top.high == 100);
    assert_true(isinf(estimate_order(values, 3, 0.05, 0.95).low));
}

static void test_risk_counts_the_runs_that_miss_a_requirement(void **state)
{
    NEEDS_GNUPLOT;
    const struct lab *lab = *state;
    struct picture_risk r = risk(lab);
    char *picture = drawn(lab->root, FIGURE_SVG, draw_risk, &r);
    expect_words(picture, "4 of 20 runs do not meet web.failure_ratio ≤ 11.5 %; their "
                          "mean is 10.9 %");
    expect_words(picture, "≤ 11.5 %: not met by 4 of 20");
    expect_words(picture, "mean 10.9 % ± 0.28 %");
    expect_words(picture, "p95 11.8 % (11.6 % to ?)");
    expect_words(picture, "p95 has an upper end from 72 runs on");
    free(picture);
    r.rows[0].beyond = 0;
    picture = drawn(lab->root, FIGURE_SVG, draw_risk, &r);
    expect_words(picture, "all 20 runs meet what is required of them");
    free(picture);
    r.rows[0].bound_count = 0;
    picture = drawn(lab->root, FIGURE_SVG, draw_risk, &r);
    expect_words(picture, "web.failure_ratio: 90 % of 20 runs are between 10.1 % and "
                          "11.8 %, their mean is 10.9 % ± 0.28 %");
    free(picture);
}

static void test_a_metric_that_never_varies_is_still_a_row(void **state)
{
    NEEDS_GNUPLOT;
    struct lab *lab = *state;
    struct picture_risk r = risk(lab);
    for (size_t i = 0; i < COUNT(lab->values); i++)
        lab->values[i] = 0;
    r.rows[0].mean = r.rows[0].half_width = 0;
    char *picture = drawn(lab->root, FIGURE_SVG, draw_risk, &r);
    expect_words(picture, "mean 0 % ± 0 %");
    free(picture);
}

/* --- names ----------------------------------------------------------------------------
 */

static void test_names_are_shown_and_not_obeyed(void **state)
{
    NEEDS_GNUPLOT;
    struct lab *lab = *state;
    char *canary = memory_print("%s/canary", lab->root);
    for (size_t i = 0; hostile_texts[i]; i++) {
        char *name = hostile_text(hostile_texts[i], canary);
        struct picture_bands b = bands(lab);
        struct picture_convergence v = convergence(lab);
        struct picture_risk r = risk(lab);
        b.host = b.app = b.words.scenario = name;
        v.metric.label = v.metric.unit = v.words.scenario = name;
        r.rows[0].metric.label = r.rows[0].metric.unit = r.words.scenario = name;
        free(drawn(lab->root, i % 2 ? FIGURE_SVG : FIGURE_DUMB, draw_bands, &b));
        free(drawn(lab->root, i % 2 ? FIGURE_SVG : FIGURE_DUMB, draw_convergence, &v));
        free(drawn(lab->root, i % 2 ? FIGURE_SVG : FIGURE_DUMB, draw_risk, &r));
        assert_int_not_equal(access(canary, F_OK), 0);
        free(name);
    }
    free(canary);
}

/* --- of real runs ----------------------------------------------------------------------
 */

static struct figures_drawn pictures_of(const struct lab *lab, const char *study,
                                        unsigned threads)
{
    char *text = memory_print(
        "{ \"name\": \"small\", \"duration\": \"200s\", \"study\": %s,"
        "  \"hosts\": { \"client\": { \"tcp\": { \"range\": [50000, 50009],"
        "    \"time_wait\": \"4s\" } }, \"server\": {} },"
        "  \"require\": [\"apps.pages.failure_ratio <= 30%%\"],"
        "  \"apps\": { \"pages\": { \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"3/s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } } }",
        study);
    struct text_plan p = text_plan_read(text);
    struct replications *r = replications_run(
        &(struct replications_order){.plan = p.plan, .threads = threads});
    char *path = memory_print("%s/run", lab->root);
    struct figures_drawn list = {0};
    struct results_error error;
    struct run_directory *d = run_directory_prepare(path, true, &error);
    struct figures_request request = {
        .directory = path, .scripts = "plots", .format = FIGURE_SVG, .keep = true};
    if (!d || !run_directory_write(d, &r->record, &error) ||
        !draw_stored(replication_pictures_draw, &request, &list, &error))
        fail_msg("%s", error.text);
    run_directory_free(d);
    replications_free(r);
    text_plan_free(&p);
    free(path);
    free(text);
    return list;
}

static void expect_kinds(const struct figures_drawn *list, const char *const *kinds)
{
    unsigned count = 0;
    while (kinds[count])
        count++;
    assert_int_equal(list->count, count);
    for (unsigned i = 0; i < count; i++)
        assert_string_equal(list->at[i].kind, kinds[i]);
}

static void test_a_run_gets_the_pictures_that_it_has_runs_for(void **state)
{
    NEEDS_GNUPLOT;
    static const struct {
        const char *study;
        const char *kinds[5];
    } known[] = {
        {"{ \"replications\": 4 }", {NULL}},
        {"{ \"replications\": 5 }", {"bands", "convergence", "risk", NULL}},
        {"{ \"replications\": 10 }", {"bands", "ecdf", "convergence", "risk", NULL}},
        {"{ \"kind\": \"steady\", \"batches\": 10 }", {"convergence", NULL}},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        struct figures_drawn list = pictures_of(*state, known[i].study, 2);
        expect_kinds(&list, known[i].kinds);
        figures_drawn_free(&list);
    }
}

static void test_threads_change_no_picture(void **state)
{
    NEEDS_GNUPLOT;
    struct figures_drawn a = pictures_of(*state, "{ \"replications\": 6 }", 1),
                         b = pictures_of(*state, "{ \"replications\": 6 }", 4);
    assert_int_equal(a.count, b.count);
    for (unsigned i = 0; i < a.count; i++)
        assert_string_equal(text_of(&a.at[i].kept), text_of(&b.at[i].kept));
    figures_drawn_free(&a);
    figures_drawn_free(&b);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, open_lab, close_lab)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(test_every_picture_is_whole_and_the_same_again),
        CLAIM(test_bands_say_when_the_ports_are_used_up),
        CLAIM(test_bands_that_stay_low_say_how_full_the_ports_are),
        CLAIM(test_the_moving_mean_is_welch_s),
        CLAIM(test_the_cut_is_where_a_known_step_ends),
        CLAIM(test_precision_is_said_as_the_study_judges_it),
        CLAIM(test_one_run_in_batches_shows_its_course),
        CLAIM(test_percentiles_are_held_by_order_statistics),
        CLAIM(test_risk_counts_the_runs_that_miss_a_requirement),
        CLAIM(test_a_metric_that_never_varies_is_still_a_row),
        CLAIM(test_names_are_shown_and_not_obeyed),
        CLAIM(test_a_run_gets_the_pictures_that_it_has_runs_for),
        CLAIM(test_threads_change_no_picture),
    };
    return cmocka_run_group_tests_name("replication_pictures", tests, NULL, NULL);
}
