/* A run directory of several replications: what it says of the study, and its way back.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "sim/results/run_study.h"
#include "tests/scratch.h"
#include "tests/synthetic_run.h"

#define RUNS 3

/* The record of three replications, made without the simulator. */
struct made {
    char *root, *path;
    struct synthetic_run *first;
    struct run_metric *metrics;
    struct run_replication runs[RUNS];
    double *values;
    struct run_failing failing;
    const char *warning;
    struct run_study study;
    struct run_requirement requirement;
    struct run_record record;
};

static void fill_runs(struct made *m, size_t count)
{
    m->values = memory_new(RUNS * count, sizeof *m->values);
    for (uint32_t r = 0; r < RUNS; r++) {
        double *values = m->values + r * count;
        for (size_t i = 0; i < count; i++)
            values[i] = i == r ? (double)NAN : (double)(r + 1) / (double)(i + 3);
        m->runs[r] = (struct run_replication){.number = r + 1,
                                              .fingerprint = UINT64_MAX - r,
                                              .events = ((uint64_t)1 << 53) + r,
                                              .connections = r,
                                              .values = values};
    }
}

static int make(void **state)
{
    struct made *m = memory_new(1, sizeof *m);
    struct synthetic_shape shape = synthetic_s1();
    shape.seconds = 20;
    m->root = scratch_new();
    m->path = memory_print("%s/run", m->root);
    m->first = synthetic_run_new(&shape);
    m->record = m->first->record;
    size_t count = m->record.metric_count;
    m->metrics = memory_new(count, sizeof *m->metrics);
    for (size_t i = 0; i < count; i++) {
        m->metrics[i] = m->record.metrics[i];
        m->metrics[i].half_width = i ? 0.25 : (double)NAN;
        m->metrics[i].runs = i ? 3 : 1;
    }
    fill_runs(m, count);
    m->failing = (struct run_failing){"shares", 2, 0.09, 0.99};
    m->warning = "too \"short\"";
    m->study = (struct run_study){.kind = "steady",
                                  .reason = "as many as were asked for",
                                  .confidence = 0.9,
                                  .precision = 0.02,
                                  .reached = true,
                                  .warm_up_s = 7.5,
                                  .warnings = &m->warning,
                                  .warning_count = 1,
                                  .failing = &m->failing,
                                  .failing_count = 1,
                                  .runs = m->runs,
                                  .run_count = RUNS};
    m->requirement =
        (struct run_requirement){"apps.a.failures <= 1", 1.5, RUN_UNDECIDED, 0.75, 2};
    m->record.seed = UINT64_MAX;
    m->record.replications = RUNS;
    m->record.metrics = m->metrics;
    m->record.requirements = &m->requirement;
    m->record.requirement_count = 1;
    m->record.study = &m->study;
    *state = m;
    return 0;
}

static int forget(void **state)
{
    struct made *m = *state;
    scratch_free(m->root);
    free(m->path);
    free(m->metrics);
    free(m->values);
    synthetic_run_free(m->first);
    free(m);
    return 0;
}

static void write_it(const struct made *m, const struct run_record *record)
{
    struct results_error error;
    struct run_directory *d = run_directory_prepare(m->path, true, &error);
    if (!d || !run_directory_write(d, record, &error))
        fail_msg("%s", error.text);
    run_directory_free(d);
}

static struct stored_run *read_it(const struct made *m)
{
    struct results_error error;
    struct stored_run *stored = run_directory_read(m->path, &error);
    if (!stored)
        fail_msg("%s", error.text);
    return stored;
}

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void expect_same_runs(const struct run_study *a, const struct run_study *b,
                             size_t metrics)
{
    assert_int_equal(a->run_count, b->run_count);
    for (size_t r = 0; r < a->run_count; r++) {
        assert_int_equal(a->runs[r].number, b->runs[r].number);
        assert_true(a->runs[r].fingerprint == b->runs[r].fingerprint);
        assert_true(a->runs[r].events == b->runs[r].events);
        assert_true(a->runs[r].connections == b->runs[r].connections);
        for (size_t i = 0; i < metrics; i++)
            assert_true(same(a->runs[r].values[i], b->runs[r].values[i]));
    }
}

static void test_a_study_reads_back_as_it_was(void **state)
{
    const struct made *m = *state;
    write_it(m, &m->record);
    struct stored_run *stored = read_it(m);
    const struct run_record *r = &stored->record;
    const struct run_study *s = r->study;
    assert_non_null(s);
    assert_string_equal(s->kind, "steady");
    assert_string_equal(s->reason, m->study.reason);
    assert_true(same(s->confidence, 0.9) && same(s->precision, 0.02) && s->reached);
    assert_true(same(s->warm_up_s, 7.5) && s->batches == 0);
    assert_int_equal(s->warning_count, 1);
    assert_string_equal(s->warnings[0], m->warning);
    assert_int_equal(s->failing_count, 1);
    assert_string_equal(s->failing[0].app, "shares");
    assert_int_equal(s->failing[0].runs, 2);
    assert_true(same(s->failing[0].low, 0.09) && same(s->failing[0].high, 0.99));
    for (size_t i = 0; i < r->metric_count; i++) {
        assert_true(same(r->metrics[i].half_width, m->metrics[i].half_width));
        assert_int_equal(r->metrics[i].runs, m->metrics[i].runs);
    }
    assert_true(same(r->requirements[0].half_width, 0.75));
    assert_int_equal(r->requirements[0].runs, 2);
    expect_same_runs(s, &m->study, r->metric_count);
    stored_run_free(stored);
}

static void test_the_first_run_alone_has_its_own_metrics(void **state)
{
    const struct made *m = *state;
    write_it(m, &m->record);
    struct stored_run *stored = read_it(m);
    stored_run_first(stored);
    assert_null(stored->record.study);
    assert_int_equal(stored->record.replications, 1);
    for (size_t i = 0; i < stored->record.metric_count; i++) {
        assert_true(same(stored->record.metrics[i].value, m->values[i]));
        assert_true(isnan(stored->record.metrics[i].half_width));
    }
    stored_run_free(stored);
}

static void test_one_run_over_several_leaves_no_replications(void **state)
{
    const struct made *m = *state;
    write_it(m, &m->record);
    assert_true(scratch_exists(m->path, RUN_REPLICATIONS));
    write_it(m, &m->first->record);
    assert_false(scratch_exists(m->path, RUN_REPLICATIONS));
    struct stored_run *stored = read_it(m);
    assert_null(stored->record.study);
    stored_run_free(stored);
}

/* The rows and the summary are written together: who disagree were not. */
static void test_rows_that_are_not_the_summary_s_are_refused(void **state)
{
    struct made *m = *state;
    struct results_error error;
    m->record.replications = RUNS + 1;
    write_it(m, &m->record);
    assert_null(run_directory_read(m->path, &error));
    assert_non_null(strstr(error.text, "is not a row of the study"));
    m->record.replications = RUNS;
    m->record.seed = 5;
    write_it(m, &m->record);
    stored_run_free(read_it(m));
    scratch_put(m->path, RUN_REPLICATIONS, "replication\n", 12);
    assert_null(run_directory_read(m->path, &error));
    assert_non_null(strstr(error.text, "replications.csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_study_reads_back_as_it_was, make, forget),
        cmocka_unit_test_setup_teardown(test_the_first_run_alone_has_its_own_metrics,
                                        make, forget),
        cmocka_unit_test_setup_teardown(test_one_run_over_several_leaves_no_replications,
                                        make, forget),
        cmocka_unit_test_setup_teardown(test_rows_that_are_not_the_summary_s_are_refused,
                                        make, forget),
    };
    return cmocka_run_group_tests_name("run_study", tests, NULL, NULL);
}
