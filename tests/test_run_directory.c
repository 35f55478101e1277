/* The run directory: claimed up front, written whole or not at all, read back strictly.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "tests/scratch.h"
#include "tests/synthetic_run.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A target that does not exist yet, inside a scratch directory. */
struct place {
    char *root;
    char *run; /* root/run */
};

static int open_place(void **state)
{
    struct place *p = memory_new(1, sizeof *p);
    p->root = scratch_new();
    p->run = memory_print("%s/run", p->root);
    *state = p;
    return 0;
}

static int close_place(void **state)
{
    struct place *p = *state;
    scratch_free(p->root);
    free(p->run);
    free(p);
    return 0;
}

static struct synthetic_run *short_run(void)
{
    struct synthetic_shape shape = synthetic_s1();
    shape.seconds = 20;
    shape.change_s = 10;
    return synthetic_run_new(&shape);
}

static bool write_record(const char *path, const struct run_record *r, bool overwrite,
                         struct results_error *error)
{
    struct run_directory *d = run_directory_prepare(path, overwrite, error);
    bool good = d && run_directory_write(d, r, error);
    run_directory_free(d);
    return good;
}

static void write_short_run(const char *path)
{
    struct synthetic_run *run = short_run();
    struct results_error error;
    assert_true(write_record(path, &run->record, false, &error));
    synthetic_run_free(run);
}

/* --- round trip ------------------------------------------------------------------- */

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void assert_same_head(const struct run_record *a, const struct run_record *b)
{
    assert_string_equal(a->scenario, b->scenario);
    assert_true(a->seed == b->seed);
    assert_int_equal(a->replications, b->replications);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->simulated, b->simulated);
    assert_true(a->events == b->events && a->connections == b->connections);
    assert_true(a->fingerprint == b->fingerprint);
    assert_string_equal(a->resolved_scenario, b->resolved_scenario);
}

static void assert_same_tables(const struct run_record *a, const struct run_record *b)
{
    assert_int_equal(a->metric_count, b->metric_count);
    for (size_t i = 0; i < a->metric_count; i++) {
        assert_string_equal(a->metrics[i].name, b->metrics[i].name);
        assert_string_equal(a->metrics[i].unit, b->metrics[i].unit);
        assert_true(same_number(a->metrics[i].value, b->metrics[i].value));
        assert_true(same_number(a->metrics[i].half_width, b->metrics[i].half_width));
    }
    assert_int_equal(a->requirement_count, b->requirement_count);
    for (size_t i = 0; i < a->requirement_count; i++) {
        assert_string_equal(a->requirements[i].expression, b->requirements[i].expression);
        assert_int_equal(a->requirements[i].verdict, b->requirements[i].verdict);
        assert_true(same_number(a->requirements[i].value, b->requirements[i].value));
    }
    assert_int_equal(a->log_count, b->log_count);
    for (size_t i = 0; i < a->log_count; i++) {
        assert_int_equal(a->log[i].when, b->log[i].when);
        assert_string_equal(or_empty(a->log[i].host), or_empty(b->log[i].host));
        assert_string_equal(or_empty(a->log[i].process), or_empty(b->log[i].process));
        assert_string_equal(or_empty(a->log[i].kind), or_empty(b->log[i].kind));
        assert_string_equal(or_empty(a->log[i].detail), or_empty(b->log[i].detail));
    }
}

static void assert_same_pool(const struct run_pool *a, const struct run_pool *b)
{
    assert_string_equal(a->host, b->host);
    assert_string_equal(a->pool, b->pool);
    assert_string_equal(a->stack, b->stack);
    assert_string_equal(a->allocator, b->allocator);
    assert_string_equal(a->scope, b->scope);
    assert_string_equal(a->failure, b->failure);
    assert_int_equal(a->exhaustive, b->exhaustive);
    assert_true(!a->gateway == !b->gateway);
    assert_string_equal(or_empty(a->gateway), or_empty(b->gateway));
    assert_true(a->low == b->low && a->high == b->high);
    assert_true(a->usual_low == b->usual_low && a->usual_high == b->usual_high);
    assert_true(a->reserved == b->reserved && a->block == b->block);
    assert_true(a->addresses == b->addresses && a->members == b->members);
    assert_true(a->time_wait == b->time_wait && a->fin_wait_2 == b->fin_wait_2);
    assert_true(a->client_limit == b->client_limit && a->translates == b->translates);
}

static void assert_same_facts(const struct run_record *a, const struct run_record *b)
{
    assert_int_equal(a->pool_count, b->pool_count);
    for (size_t i = 0; i < a->pool_count; i++)
        assert_same_pool(&a->pools[i], &b->pools[i]);
    assert_int_equal(a->app_count, b->app_count);
    for (size_t i = 0; i < a->app_count; i++) {
        const struct run_app *x = &a->apps[i], *y = &b->apps[i];
        assert_string_equal(x->name, y->name);
        assert_string_equal(x->from, y->from);
        assert_string_equal(x->to, y->to);
        assert_string_equal(x->pool, y->pool);
        assert_string_equal(x->process, y->process);
        assert_string_equal(x->binds, y->binds);
        assert_true(!x->through == !y->through && !x->face == !y->face);
        assert_string_equal(or_empty(x->through), or_empty(y->through));
        assert_string_equal(or_empty(x->face), or_empty(y->face));
        assert_true(x->ring_low == y->ring_low && x->ring_high == y->ring_high);
    }
}

static void assert_same_series(const struct series *a, const struct series *b)
{
    assert_int_equal(series_rows(a), series_rows(b));
    assert_int_equal(series_columns(a), series_columns(b));
    for (uint32_t c = 0; c < series_columns(a); c++)
        assert_string_equal(series_name(a, c), series_name(b, c));
    for (size_t row = 0; row < series_rows(a); row++) {
        assert_int_equal(series_time(a, row), series_time(b, row));
        for (uint32_t c = 0; c < series_columns(a); c++)
            assert_true(same_number(series_value(a, row, c), series_value(b, row, c)));
    }
}

static void assert_reads_back(const char *path, const struct run_record *r)
{
    struct results_error error = {0};
    struct stored_run *stored = run_directory_read(path, &error);
    if (!stored)
        fail_msg("%s", error.text);
    assert_same_head(r, &stored->record);
    assert_same_tables(r, &stored->record);
    assert_same_facts(r, &stored->record);
    assert_same_series(r->series, stored->record.series);
    stored_run_free(stored);
}

static void test_a_run_reads_back_as_it_was(void **state)
{
    struct place *p = *state;
    struct synthetic_run *run = short_run();
    struct results_error error;
    assert_true(write_record(p->run, &run->record, false, &error));
    assert_int_equal(scratch_entries(p->run), 5);
    assert_reads_back(p->run, &run->record);
    synthetic_run_free(run);
}

/* Whatever a scenario may name, and the ends of every number's range. */
static void test_odd_values_read_back_as_they_were(void **state)
{
    struct place *p = *state;
    static const struct run_metric metrics[] = {
        {"apps.a.failures", "1", 0, (double)NAN, 0},
        {"apps.a.first_failure_s", "s", (double)NAN, 0.1, 0},
        {"apps.a.failure_ratio@outage", "1", 1.0 / 3, 5e-324, 0},
        {"big", "1", 1.7976931348623157e308, 0x1p53 + 2, 0},
    };
    static const struct run_requirement requirements[] = {
        {"apps.a.failure_ratio@outage >= 0.1", 1.0 / 3, RUN_HOLDS, (double)NAN, 0},
        {"\"quoted\" \\ <= \n", (double)NAN, RUN_UNDECIDED, (double)NAN, 0},
        {"x < 1", 2, RUN_FAILS, (double)NAN, 0},
    };
    static const struct run_event log[] = {
        {0, "h", "p", "change", "=cmd|' /C calc'!A0"},
        {1, NULL, "", "k", "two\nlines, \"quoted\""},
        {SIM_DURATION_MAX, "-h", "+p", "@k", "'=x"},
    };
    static const struct run_pool pools[] = {
        {"h",   "tcp4", "caf\xC3\xA9", "a",        "port",     true,       1,
         65535, 1,      65535,         UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX,
         "E",   1,      SIM_NEVER,     UINT32_MAX, "g",        true},
        {"h", "udp6", "s", "a", "mixed",          false, 7,    7,    0, 0, 0, 0,
         1,   1,      "",  0,   SIM_DURATION_MAX, 0,     NULL, false},
    };
    static const struct run_app apps[] = {
        {"a", "h", NULL, "c:1", "tcp4", "p", NULL, "connect", 0, 0},
        {"b", "h", "q", "c:65535", "udp6", "", "a \"face\"", "explicit", 1, 65535},
    };
    struct series *series = series_new();
    series_add(series, "hosts.h.tcp4.in_use");
    struct run_record r = {
        .scenario = "caf\xC3\xA9 \"x\"",
        .seed = UINT64_MAX,
        .replications = UINT32_MAX,
        .status = RUN_INTERRUPTED,
        .simulated = 30 * SIM_D + 1,
        .events = (uint64_t)1 << 53,
        .fingerprint = UINT64_MAX - 1,
        .metrics = metrics,
        .metric_count = COUNT(metrics),
        .requirements = requirements,
        .requirement_count = COUNT(requirements),
        .log = log,
        .log_count = COUNT(log),
        .pools = pools,
        .pool_count = COUNT(pools),
        .apps = apps,
        .app_count = COUNT(apps),
        .series = series,
        .resolved_scenario = "{}\n",
    };
    struct results_error error;
    assert_true(write_record(p->run, &r, false, &error));
    assert_reads_back(p->run, &r);
    series_free(series);
}

static void test_the_same_run_gives_the_same_bytes(void **state)
{
    struct place *p = *state;
    static const char *const names[] = {"scenario.json", "summary.json", "timeseries.csv",
                                        "events.csv", "manifest.json"};
    char *again = memory_print("%s/again", p->root);
    write_short_run(p->run);
    write_short_run(again);
    for (size_t i = 0; i < COUNT(names); i++) {
        char *one = scratch_get(p->run, names[i]);
        char *two = scratch_get(again, names[i]);
        assert_string_equal(one, two);
        free(one);
        free(two);
    }
    free(again);
}

static void test_an_interrupted_run_has_no_manifest_but_reads_back(void **state)
{
    struct place *p = *state;
    struct synthetic_run *run = short_run();
    run->record.status = RUN_INTERRUPTED;
    struct results_error error;
    assert_true(write_record(p->run, &run->record, false, &error));
    assert_false(scratch_exists(p->run, "manifest.json"));
    assert_true(scratch_exists(p->run, "manifest.partial.json"));
    assert_reads_back(p->run, &run->record);
    synthetic_run_free(run);
}

/* --- claiming --------------------------------------------------------------------- */

static void test_parents_are_made_and_an_unused_claim_leaves_nothing(void **state)
{
    struct place *p = *state;
    struct results_error error;
    char *deep = memory_print("%s/a/b//c/", p->root);
    struct run_directory *d = run_directory_prepare(deep, false, &error);
    assert_non_null(d);
    run_directory_free(d);
    char *parent = memory_print("%s/a/b", p->root);
    assert_int_equal(scratch_entries(parent), 0);
    free(deep);
    free(parent);
}

static void test_an_empty_directory_is_taken_and_kept(void **state)
{
    struct place *p = *state;
    struct results_error error;
    assert_int_equal(mkdir(p->run, 0777), 0);
    run_directory_free(run_directory_prepare(p->run, false, &error));
    assert_int_equal(scratch_entries(p->run), 0);
    write_short_run(p->run);
}

static void assert_refused(const char *path, bool overwrite, const char *why)
{
    struct results_error error = {0};
    struct run_directory *d = run_directory_prepare(path, overwrite, &error);
    if (d || !strstr(error.text, why))
        fail_msg("expected \"... %s ...\", got \"%s\"", why, d ? "a claim" : error.text);
}

static void test_unusable_targets_are_refused_up_front(void **state)
{
    struct place *p = *state;
    assert_refused("", false, "empty");
    scratch_put(p->root, "file", "x", 1);
    char *file = memory_print("%s/file", p->root);
    char *below = memory_print("%s/file/run", p->root);
    assert_refused(file, false, "Not a directory");
    assert_refused(below, false, "Not a directory");
    assert_refused("/proc/portsim", false, "/proc/portsim");
    free(file);
    free(below);
}

static void test_what_is_no_run_is_never_overwritten(void **state)
{
    struct place *p = *state;
    scratch_put(p->root, "thesis.tex", "x", 1);
    assert_refused(p->root, false, "thesis.tex");
    assert_refused(p->root, true, "thesis.tex");
    /* Not every manifest is ours. */
    scratch_put(p->root, "manifest.json", "{\"name\": \"a web app\"}", 21);
    assert_refused(p->root, true, "no earlier run");
    assert_int_equal(scratch_entries(p->root), 2);
}

static void test_an_earlier_run_is_overwritten_only_when_asked(void **state)
{
    struct place *p = *state;
    write_short_run(p->run);
    assert_refused(p->run, false, "holds an earlier run");
    char *plots = memory_print("%s/plots", p->run);
    assert_int_equal(mkdir(plots, 0777), 0);
    scratch_put(plots, "states.svg", "old", 3);
    scratch_put(plots, "notes.txt", "mine", 4);

    struct synthetic_shape shape = synthetic_s1();
    shape.seconds = 30;
    shape.scenario = "another";
    struct synthetic_run *run = synthetic_run_new(&shape);
    struct results_error error;
    assert_true(write_record(p->run, &run->record, true, &error));
    assert_reads_back(p->run, &run->record);
    assert_false(scratch_exists(plots, "states.svg"));
    assert_true(scratch_exists(plots, "notes.txt"));
    run->record.status = RUN_INTERRUPTED;
    assert_true(write_record(p->run, &run->record, true, &error));
    assert_reads_back(p->run, &run->record);
    assert_false(scratch_exists(p->run, "manifest.json"));
    run->record.status = RUN_COMPLETE;
    assert_true(write_record(p->run, &run->record, true, &error));
    assert_reads_back(p->run, &run->record);
    assert_false(scratch_exists(p->run, "manifest.partial.json"));
    synthetic_run_free(run);
    free(plots);
}

static void test_two_runs_cannot_share_a_directory(void **state)
{
    struct place *p = *state;
    struct results_error error;
    struct run_directory *first = run_directory_prepare(p->run, false, &error);
    assert_non_null(first);
    assert_refused(p->run, true, "another run");
    run_directory_free(first);
}

static void test_leftovers_of_a_killed_run_are_swept(void **state)
{
    struct place *p = *state;
    assert_int_equal(mkdir(p->run, 0777), 0);
    scratch_put(p->run, ".portsim-1-0-timeseries.csv", "half", 4);
    write_short_run(p->run);
    assert_int_equal(scratch_entries(p->run), 5);
}

/* --- reading what is damaged ------------------------------------------------------ */

static void assert_unreadable(const char *path, const char *why)
{
    struct results_error error = {0};
    struct stored_run *run = run_directory_read(path, &error);
    if (run || !strstr(error.text, why))
        fail_msg("expected \"... %s ...\", got \"%s\"", why, run ? "a run" : error.text);
}

static void test_a_changed_byte_is_noticed_in_every_file(void **state)
{
    struct place *p = *state;
    static const char *const names[] = {"scenario.json", "summary.json", "timeseries.csv",
                                        "events.csv"};
    write_short_run(p->run);
    for (size_t i = 0; i < COUNT(names); i++) {
        char *bytes = scratch_get(p->run, names[i]);
        size_t length = strlen(bytes);
        bytes[length / 2] ^= 1;
        scratch_put(p->run, names[i], bytes, length);
        assert_unreadable(p->run, names[i]);
        assert_unreadable(p->run, "checksum");
        bytes[length / 2] ^= 1;
        scratch_put(p->run, names[i], bytes, length - 1);
        assert_unreadable(p->run, "checksum");
        scratch_put(p->run, names[i], bytes, length);
        free(bytes);
    }
    struct results_error error;
    struct stored_run *run = run_directory_read(p->run, &error);
    assert_non_null(run);
    stored_run_free(run);
}

static void test_a_missing_file_is_noticed(void **state)
{
    struct place *p = *state;
    assert_unreadable(p->run, "there is no directory");
    write_short_run(p->run);
    char *series = memory_print("%s/timeseries.csv", p->run);
    char *manifest = memory_print("%s/manifest.json", p->run);
    assert_int_equal(unlink(series), 0);
    assert_unreadable(p->run, "timeseries.csv");
    assert_int_equal(unlink(manifest), 0);
    assert_unreadable(p->run, "holds no run");
    free(series);
    free(manifest);
}

/* What a kill -9 between the first and the last rename leaves. */
static void test_a_half_replaced_run_is_refused_but_may_be_replaced(void **state)
{
    struct place *p = *state;
    write_short_run(p->run);
    char *manifest = memory_print("%s/manifest.json", p->run);
    char *partial = memory_print("%s/manifest.partial.json", p->run);
    assert_int_equal(rename(manifest, partial), 0);
    assert_unreadable(p->run, "no whole run");
    struct synthetic_run *run = short_run();
    struct results_error error;
    assert_true(write_record(p->run, &run->record, true, &error));
    assert_reads_back(p->run, &run->record);
    synthetic_run_free(run);
    free(manifest);
    free(partial);
}

static void test_a_damaged_manifest_is_refused(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *json, *why;
    } cases[] = {
        {"", "not a JSON object"},
        {"[]", "not a JSON object"},
        {"{", "not a JSON object"},
        {"{} x", "not a JSON object"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[", "not a JSON object"},
        {"{}", "\"format\""},
        {"{\"format\": \"portsim-run\", \"version\": 2}", "\"version\""},
        {"{\"format\": \"portsim-run\", \"version\": 1, \"status\": \"done\"}",
         "\"status\""},
        {"{\"format\": \"portsim-run\", \"version\": 1, \"status\": \"complete\"}",
         "\"files\""},
        {"{\"format\": \"portsim-run\", \"version\": 1, \"status\": \"complete\","
         " \"files\": {}}",
         "does not name scenario.json"},
        {"{\"format\": \"portsim-run\", \"version\": 1, \"status\": \"complete\","
         " \"files\": {\"../../etc/passwd\": {\"size\": 1, \"sha256\": \"\"}}}",
         "names a file that cannot be there"},
        {"{\"format\": \"portsim-run\", \"version\": 1, \"status\": \"complete\","
         " \"files\": {\"a\": {\"size\": -1, \"sha256\": \"00\"}}}",
         "\"size\""},
        {"{\"format\": \"portsim-run\", \"version\": 1, \"status\": \"complete\","
         " \"files\": {\"a\": {\"size\": 1, \"sha256\": \"00\"}}}",
         "\"sha256\""},
    };
    write_short_run(p->run);
    for (size_t i = 0; i < COUNT(cases); i++) {
        scratch_put(p->run, "manifest.json", cases[i].json, strlen(cases[i].json));
        assert_unreadable(p->run, cases[i].why);
    }
}

/* --- the disk says no ------------------------------------------------------------- */

/* Replaces the run at `path` by a longer one, which must fail with `code` and leave the
 * old one as it was. */
static int replacing_fails(const char *path, int code)
{
    struct synthetic_shape shape = synthetic_s1();
    struct synthetic_run *run = synthetic_run_new(&shape);
    struct results_error error = {0};
    bool written = write_record(path, &run->record, true, &error);
    synthetic_run_free(run);
    if (written || error.code != code || !strstr(error.text, "bytes needed"))
        return 1;
    struct stored_run *old = run_directory_read(path, &error);
    if (!old || old->record.simulated != 20 * SIM_S)
        return 2;
    stored_run_free(old);
    return scratch_entries(path) == 5 ? 0 : 3;
}

static int under_a_file_size_limit(void *path)
{
    struct rlimit limit = {.rlim_cur = 50000, .rlim_max = 50000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return SCRATCH_CANNOT;
    return replacing_fails(path, EFBIG);
}

static void test_a_failed_replacement_leaves_the_earlier_run(void **state)
{
    struct place *p = *state;
    write_short_run(p->run);
    assert_int_equal(scratch_child(under_a_file_size_limit, p->run), 0);
}

static int on_a_full_disk(void *path)
{
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", path, "tmpfs", 0, "size=100k") != 0)
        return SCRATCH_CANNOT;
    struct synthetic_run *run = short_run();
    struct results_error error = {0};
    bool written = write_record(path, &run->record, false, &error);
    synthetic_run_free(run);
    return written ? replacing_fails(path, ENOSPC) : 4;
}

static void test_a_full_disk_leaves_the_earlier_run(void **state)
{
    struct place *p = *state;
    int result = scratch_child(on_a_full_disk, p->root);
    if (result == SCRATCH_CANNOT) {
        print_message("a full disk: not tried, mounting is not allowed here\n");
        skip();
    }
    assert_int_equal(result, 0);
}

static int without_permission(void *path)
{
    struct results_error error = {0};
    if (chmod(path, 0555) != 0 || (geteuid() == 0 && seteuid(65534) != 0))
        return SCRATCH_CANNOT;
    if (run_directory_prepare(path, false, &error))
        return 1;
    return error.code == EACCES ? 0 : 2;
}

static void test_a_forbidden_directory_is_refused_up_front(void **state)
{
    struct place *p = *state;
    assert_int_equal(scratch_child(without_permission, p->root), 0);
}

int main(void)
{
#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, open_place, close_place)
    const struct CMUnitTest tests[] = {
        AT_A_PLACE(test_a_run_reads_back_as_it_was),
        AT_A_PLACE(test_odd_values_read_back_as_they_were),
        AT_A_PLACE(test_the_same_run_gives_the_same_bytes),
        AT_A_PLACE(test_an_interrupted_run_has_no_manifest_but_reads_back),
        AT_A_PLACE(test_parents_are_made_and_an_unused_claim_leaves_nothing),
        AT_A_PLACE(test_an_empty_directory_is_taken_and_kept),
        AT_A_PLACE(test_unusable_targets_are_refused_up_front),
        AT_A_PLACE(test_what_is_no_run_is_never_overwritten),
        AT_A_PLACE(test_an_earlier_run_is_overwritten_only_when_asked),
        AT_A_PLACE(test_two_runs_cannot_share_a_directory),
        AT_A_PLACE(test_leftovers_of_a_killed_run_are_swept),
        AT_A_PLACE(test_a_changed_byte_is_noticed_in_every_file),
        AT_A_PLACE(test_a_missing_file_is_noticed),
        AT_A_PLACE(test_a_half_replaced_run_is_refused_but_may_be_replaced),
        AT_A_PLACE(test_a_damaged_manifest_is_refused),
        AT_A_PLACE(test_a_failed_replacement_leaves_the_earlier_run),
        AT_A_PLACE(test_a_full_disk_leaves_the_earlier_run),
        AT_A_PLACE(test_a_forbidden_directory_is_refused_up_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
