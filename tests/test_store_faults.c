/* What a study store refuses and survives: other studies, other programs, damage, full
 * disks.  Each says in words what is the matter, and loses nothing. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "sim/base/memory.h"
#include "sim/study/store/store_export.h"
#include "tests/scratch.h"
#include "tests/study_lab.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct lab_work two_runs = {.replications = 2, .threads = 1};

struct stage {
    struct study_lab lab;
    char *folder;
    char *study; /* inside the folder */
    char *file;  /* study.sqlite */
};

static int set_stage(void **state)
{
    struct stage *s = memory_new(1, sizeof *s);
    s->lab = study_lab_new("");
    s->folder = scratch_new();
    s->study = memory_print("%s/s", s->folder);
    s->file = memory_print("%s/" STORE_FILE, s->study);
    *state = s;
    return 0;
}

static int clear_stage(void **state)
{
    struct stage *s = *state;
    study_lab_free(&s->lab);
    scratch_free(s->folder);
    free(s->file);
    free(s->study);
    free(s);
    return 0;
}

static void work(const struct stage *s)
{
    struct results_error error;
    if (!study_lab_work(&s->lab, s->study, &two_runs, &error))
        fail_msg("%s", error.text);
}

/* Opening to write must fail, and say this. */
static void expect_refused(const struct stage *s, const struct trial_plan *base,
                           const char *words)
{
    struct results_error error;
    struct study_store *store = store_open(s->study, base, &error);
    if (store)
        fail_msg("opened, and should have said: %s", words);
    if (!strstr(error.text, words) || !strstr(error.text, s->study))
        fail_msg("said: %s", error.text);
}

/* Lets the sqlite3 of somebody else work on the file. */
static void meddle(const struct stage *s, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(s->file, &db), SQLITE_OK);
    char *complaint = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &complaint) != SQLITE_OK)
        fail_msg("%s: %s", sql, complaint);
    sqlite3_close(db);
}

/* --- other studies -------------------------------------------------------------------
 */

static void test_a_study_of_another_scenario_or_seed_is_refused(void **state)
{
    const struct stage *s = *state;
    struct study_lab other = study_lab_new("\"seed\": 2,");
    work(s);
    expect_refused(s, s->lab.points[0].plan,
                   "is a study of another scenario (lab, seed 1");
    expect_refused(s, other.base, "this is lab, seed 2, key");
    study_lab_free(&other);
}

static void test_what_changes_no_number_may_change(void **state)
{
    const struct stage *s = *state;
    struct study_lab renamed =
        study_lab_new("\"about\": \"told later\", \"sample_every\": \"2s\",");
    struct results_error error;
    work(s);
    if (!study_lab_work(&renamed, s->study, &two_runs, &error))
        fail_msg("%s", error.text);
    char *scenario = scratch_get(s->study, STUDY_SCENARIO);
    assert_non_null(strstr(scenario, "told later"));
    free(scenario);
    study_lab_free(&renamed);
}

static void test_runs_of_another_version_are_not_mixed_but_can_be_read(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    work(s);
    meddle(s, "UPDATE study SET portsim = '9.9'");
    expect_refused(s, s->lab.base, "are of portsim 9.9");
    struct study_store *store = store_read(s->study, &error);
    assert_non_null(store);
    assert_string_equal(store_about(store)->version, "9.9");
    store_close(store);
}

static void test_another_format_is_refused(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    work(s);
    meddle(s, "PRAGMA user_version = 77");
    expect_refused(s, s->lab.base, "has format 77");
    assert_null(store_read(s->study, &error));
    assert_non_null(strstr(error.text, "has format 77"));
}

/* --- what is no study -----------------------------------------------------------------
 */

static void test_what_is_no_study_is_left_alone(void **state)
{
    const struct stage *s = *state;
    static const struct {
        const char *name, *bytes, *words;
    } cases[] = {
        {"letter.txt", "dear", "not empty (it holds letter.txt) and no study"},
        {STORE_FILE,
         "this is a text and no database, and long enough to be sure of it: "
         "SQLite's header alone has a hundred bytes of which sixteen are "
         "magic",
         "is no study: it is not an SQLite file"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(mkdir(s->study, 0777), 0);
        scratch_put(s->study, cases[i].name, cases[i].bytes, strlen(cases[i].bytes));
        expect_refused(s, s->lab.base, cases[i].words);
        char *after = scratch_get(s->study, cases[i].name);
        assert_string_equal(after, cases[i].bytes);
        free(after);
        char *path = memory_print("%s/%s", s->study, cases[i].name);
        assert_int_equal(unlink(path), 0);
        free(path);
        assert_int_equal(rmdir(s->study), 0); /* nothing else was left in it */
    }
}

static void test_somebody_elses_database_is_left_alone(void **state)
{
    const struct stage *s = *state;
    assert_int_equal(mkdir(s->study, 0777), 0);
    meddle(s, "CREATE TABLE recipes (name TEXT)");
    expect_refused(s, s->lab.base, "is no study of portsim");
}

static void test_a_linked_store_is_not_followed(void **state)
{
    const struct stage *s = *state;
    char *target = memory_print("%s/target", s->folder);
    assert_int_equal(mkdir(s->study, 0777), 0);
    assert_int_equal(symlink(target, s->file), 0);
    expect_refused(s, s->lab.base, "it is not a regular file");
    assert_int_not_equal(access(target, F_OK), 0);
    free(target);
}

static void test_killed_before_its_first_commit_it_is_a_new_study(void **state)
{
    const struct stage *s = *state;
    assert_int_equal(mkdir(s->study, 0777), 0);
    scratch_put(s->study, STORE_FILE, "", 0);
    scratch_put(s->study, SAFE_TEMPORARY "1-0-results.csv", "half", 4);
    work(s);
    assert_true(scratch_exists(s->study, STUDY_RESULTS));
    assert_int_equal(scratch_entries(s->study), 5); /* the store and four files */
}

static void test_a_directory_made_for_nothing_is_taken_away(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    assert_null(store_read(s->study, &error));
    assert_false(scratch_exists(s->folder, "s"));
    store_close(study_lab_open(&s->lab, s->study));
    assert_false(scratch_exists(s->folder, "s"));
}

/* --- others at work -------------------------------------------------------------------
 */

static void test_a_second_portsim_is_refused_and_a_reader_is_not(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    struct store_runs runs;
    struct trial_numbers *n = study_lab_run(&s->lab, 0, 3);
    work(s);
    struct study_store *first = study_lab_open(&s->lab, s->study);
    if (!store_put(first, 0, n, &error)) /* a transaction may be under way */
        fail_msg("%s", error.text);
    expect_refused(s, s->lab.base, "is in use by another portsim");
    struct study_store *reader = store_read(s->study, &error);
    assert_non_null(reader);
    assert_true(store_load(reader, 0, &runs, &error));
    assert_true(runs.count >= 2);
    store_runs_free(&runs);
    store_close(reader);
    assert_true(store_commit(first, &error));
    store_close(first);
    trial_numbers_free(n);
}

static void test_a_lock_of_another_program_is_named(void **state)
{
    const struct stage *s = *state;
    sqlite3 *db;
    if (quick_run())
        skip(); /* it is waited for */
    work(s);
    assert_int_equal(sqlite3_open(s->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    expect_refused(s, s->lab.base, "is locked by another program");
    sqlite3_close(db);
    work(s);
}

/* --- damage ----------------------------------------------------------------------------
 */

static void expect_unreadable(const struct stage *s, const char *words)
{
    struct results_error error;
    struct store_runs runs;
    struct study_store *store = store_read(s->study, &error);
    bool good = store != NULL;
    for (uint32_t i = 0; good && i < store_point_count(store); i++) {
        good = store_load(store, i, &runs, &error);
        if (good)
            store_runs_free(&runs);
    }
    store_close(store);
    if (good)
        fail_msg("read without complaint, and should have said: %s", words);
    if (!strstr(error.text, words))
        fail_msg("said: %s", error.text);
}

static void test_damage_is_noticed(void **state)
{
    const struct stage *s = *state;
    static const struct {
        const char *sql, *words;
    } cases[] = {
        {"UPDATE numbers SET value = value + 1 WHERE run = 3 AND metric = 2",
         "a run is not as it was put there"},
        {"DELETE FROM numbers WHERE run = 2 AND metric = 1",
         "a run is not as it was put there"},
        {"UPDATE runs SET events = events + 1 WHERE run = 5",
         "a run is not as it was put there"},
        {"UPDATE runs SET samples = x'ffff' WHERE run = 1",
         "a run is not as it was put there"},
        {"UPDATE runs SET states = x'00' WHERE run = 1",
         "a run is not as it was put there"},
        {"UPDATE layouts SET samples = 100000 WHERE samples = 0",
         "a layout is out of order"},
        {"UPDATE layouts SET metric = 1 WHERE position = 7",
         "a layout has a metric twice"},
        {"UPDATE points SET layout = 9", "a point is not one"},
        {"UPDATE points SET key = '' WHERE point = 1", "a point is not one"},
        {"INSERT INTO settings VALUES (99, 1, 'x')", "a setting is of no point"},
        {"DELETE FROM study", "it does not say what it is about"},
        {"UPDATE study SET status = 'good'", "it does not say what it is about"},
        {"DROP TABLE numbers", "it does not have the tables of a study"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stage copy = {.study = memory_print("%s/%zu", s->folder, i)};
        struct results_error error;
        copy.file = memory_print("%s/" STORE_FILE, copy.study);
        assert_true(study_lab_work(&s->lab, copy.study, &two_runs, &error));
        meddle(&copy, cases[i].sql);
        expect_unreadable(&copy, cases[i].words);
        free(copy.file);
        free(copy.study);
    }
}

/* Whatever page is lost: words, no crash, and no numbers that were never put. */
static void test_lost_pages_are_noticed_or_do_no_harm(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    struct stat st;
    uint32_t noticed = 0, pages;
    work(s);
    assert_int_equal(stat(s->file, &st), 0);
    pages = (uint32_t)(st.st_size / 4096);
    char *whole = memory_new((size_t)st.st_size, 1);
    FILE *f = fopen(s->file, "rb");
    assert_true(f && fread(whole, 1, (size_t)st.st_size, f) == (size_t)st.st_size);
    fclose(f);
    for (uint32_t i = 0; i < pages; i += quick_run() ? 7 : 1) {
        char *bytes = memory_new((size_t)st.st_size, 1);
        memcpy(bytes, whole, (size_t)st.st_size);
        memset(bytes + i * 4096, 0x5A, 4096);
        scratch_put(s->study, STORE_FILE, bytes, (size_t)st.st_size);
        free(bytes);
        struct study_store *store = store_read(s->study, &error);
        bool good = store != NULL;
        for (uint32_t k = 0; good && k < store_point_count(store); k++) {
            struct store_runs runs;
            good = store_load(store, k, &runs, &error);
            if (good)
                store_runs_free(&runs);
        }
        store_close(store);
        noticed += !good;
        if (!good && !strstr(error.text, "damaged") && !strstr(error.text, "is no study"))
            fail_msg("page %u: %s", i, error.text);
    }
    assert_true(noticed * 2 > pages || quick_run());
    free(whole);
}

/* --- no room
 * ---------------------------------------------------------------------------- */

/* Works until there is no more room, and then says so. */
static int runs_out_of_room(const struct stage *s, const char *words)
{
    struct results_error error;
    struct lab_work much = {.replications = 200, .threads = 2};
    if (study_lab_work(&s->lab, s->study, &much, &error))
        return 2;
    if (!strstr(error.text, words) || !strstr(error.text, STORE_FILE)) {
        fprintf(stderr, "said: %s\n", error.text);
        return 3;
    }
    return 0;
}

static int under_a_file_size_limit(void *stage)
{
    struct rlimit limit = {.rlim_cur = 400000, .rlim_max = RLIM_INFINITY};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return SCRATCH_CANNOT;
    return runs_out_of_room(stage, "File too large");
}

/* Whoever put a run is told how many of those before it went with the error. */
static int loses_what_waited(void *stage)
{
    const struct stage *s = stage;
    struct results_error error;
    struct trial_numbers *n = study_lab_run(&s->lab, 0, 1);
    struct study_store *store = study_lab_open(&s->lab, s->study);
    uint32_t point = study_lab_put_point(&s->lab, store, 0), taken = 0;
    struct rlimit limit = {.rlim_cur = 400000, .rlim_max = RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    while (store_put(store, point, n, &error)) {
        taken++;
        n->replication++;
    }
    uint32_t lost = store_lost(store);
    store_close(store);
    struct store_runs runs;
    store = store_read(s->study, &error);
    if (!store || !store_load(store, point, &runs, &error))
        return 2;
    int result = runs.count + lost == taken && taken > 0 ? 0 : 3;
    store_runs_free(&runs);
    store_close(store);
    trial_numbers_free(n);
    return result;
}

static void test_runs_that_an_error_took_are_counted(void **state)
{
    assert_int_equal(scratch_child(loses_what_waited, *state), 0);
}

/* What was committed is there, whole, and the study can be finished. */
static void expect_resumes(const struct stage *s, const struct stage *disturbed)
{
    struct results_error error;
    uint32_t kept = 0;
    struct study_store *store = store_read(disturbed->study, &error);
    if (!store)
        fail_msg("%s", error.text);
    for (uint32_t i = 0; i < store_point_count(store); i++) {
        struct store_runs runs;
        if (!store_load(store, i, &runs, &error))
            fail_msg("%s", error.text);
        kept += runs.count;
        store_runs_free(&runs);
    }
    store_close(store);
    assert_true(kept > 0);
    struct lab_work rest = {.replications = 60, .threads = 2};
    if (!study_lab_work(&s->lab, disturbed->study, &rest, &error))
        fail_msg("%s", error.text);
}

static void test_a_file_size_limit_is_an_error_and_loses_nothing(void **state)
{
    struct stage *s = *state;
    assert_int_equal(scratch_child(under_a_file_size_limit, s), 0);
    expect_resumes(s, s);
}

/* All of it in the child, which alone sees the small disk: fill it, make room, go on. */
static int on_a_full_disk(void *stage)
{
    const struct stage *s = stage;
    char *ballast = memory_print("%s/ballast", s->folder);
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", s->folder, "tmpfs", 0, "size=8m") != 0)
        return SCRATCH_CANNOT;
    char *block = memory_new(7400000, 1);
    scratch_put(s->folder, "ballast", block, 7400000);
    free(block);
    int result = runs_out_of_room(s, "the disk is full: ");
    if (result)
        return result;
    unlink(ballast);
    free(ballast);
    struct results_error error;
    struct lab_work rest = {.replications = 20, .threads = 2};
    return study_lab_work(&s->lab, s->study, &rest, &error) ? 0 : 4;
}

static void test_a_full_disk_is_an_error_and_loses_nothing(void **state)
{
    int result = scratch_child(on_a_full_disk, *state);
    if (result == SCRATCH_CANNOT) {
        print_message("a full disk: not tried, mounting is not allowed here\n");
        skip();
    }
    assert_int_equal(result, 0);
}

static int without_permission(void *stage)
{
    const struct stage *s = stage;
    struct results_error error;
    if (chmod(s->folder, 0755) != 0 || chmod(s->study, 0555) != 0 ||
        chmod(s->file, 0444) != 0 || (geteuid() == 0 && seteuid(65534) != 0))
        return SCRATCH_CANNOT;
    if (study_lab_work(&s->lab, s->study, &(struct lab_work){.replications = 3}, &error))
        return 2;
    if (!strstr(error.text, "is read-only")) {
        fprintf(stderr, "said: %s\n", error.text);
        return 3;
    }
    struct study_store *store = store_read(s->study, &error);
    if (!store)
        fprintf(stderr, "said: %s\n", error.text);
    store_close(store);
    return store ? 0 : 4;
}

static void test_a_read_only_study_can_be_read_and_not_written(void **state)
{
    struct stage *s = *state;
    work(s);
    assert_int_equal(scratch_child(without_permission, s), 0);
}

/* --- every write ---------------------------------------------------------------------
 */

/* SQLite's hooks take no context: how many of its writes are left until the one that
 * fails, and with what.  Of the child that is made for it. */
static struct {
    uint32_t left;
    int code;
} fault;

static bool fails_now(void)
{
    if (fault.left == 0 || --fault.left > 0)
        return false;
    errno = fault.code;
    return true;
}

static ssize_t faulty_pwrite(int handle, const void *bytes, size_t length, off_t at)
{
    return fails_now() ? -1 : pwrite(handle, bytes, length, at);
}

static ssize_t faulty_write(int handle, const void *bytes, size_t length)
{
    return fails_now() ? -1 : write(handle, bytes, length);
}

static int faulty_truncate(int handle, off_t length)
{
    return fails_now() ? -1 : ftruncate(handle, length);
}

struct faulty_life {
    const struct stage *stage;
    const char *study;
    uint32_t write; /* that fails, from 1 on */
};

/* 0: there were fewer writes than that. */
static int work_with_a_fault(void *life)
{
    const struct faulty_life *l = life;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    static const struct {
        const char *name;
        sqlite3_syscall_ptr call;
    } calls[] = {{"pwrite", (sqlite3_syscall_ptr)faulty_pwrite},
                 {"pwrite64", (sqlite3_syscall_ptr)faulty_pwrite},
                 {"write", (sqlite3_syscall_ptr)faulty_write},
                 {"ftruncate", (sqlite3_syscall_ptr)faulty_truncate}};
    struct results_error error;
    for (size_t i = 0; i < COUNT(calls); i++)
        vfs->xSetSystemCall(vfs, calls[i].name, calls[i].call);
    fault.left = l->write;
    fault.code = l->write % 2 ? EIO : ENOSPC;
    struct lab_work one = {.replications = 1, .threads = 1};
    if (study_lab_work(&l->stage->lab, l->study, &one, &error))
        return fault.left ? 0 : 1; /* a write that may fail: the journal's going away */
    bool told = strstr(error.text, "the disk is full: ") ||
                strstr(error.text, "Input/output error") ||
                strstr(error.text, "cannot read or write");
    if (!told)
        fprintf(stderr, "write %u: %s\n", l->write, error.text);
    return told ? 1 : 2;
}

static void test_any_write_may_fail_and_the_study_goes_on(void **state)
{
    const struct stage *s = *state;
    struct results_error error;
    struct lab_work one = {.replications = 1, .threads = 1};
    uint32_t step = long_run() ? 1 : quick_run() ? 25 : 5, failed = 0;
    assert_true(study_lab_work(&s->lab, s->study, &one, &error));
    for (uint32_t i = 1;; i += step) {
        char *study = memory_print("%s/%u", s->folder, i);
        struct faulty_life life = {s, study, i};
        int result = scratch_child(work_with_a_fault, &life);
        assert_in_range(result, 0, 1);
        if (!study_lab_work(&s->lab, study, &one, &error))
            fail_msg("after write %u: %s", i, error.text);
        expect_same_exports(s->study, study);
        free(study);
        if (result == 0)
            break;
        failed++;
    }
    print_message("%u writes failed, one in each study\n", failed);
    assert_true(failed * step > 20);
}

int main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_stage, clear_stage)
    const struct CMUnitTest tests[] = {
        ON_STAGE(test_a_study_of_another_scenario_or_seed_is_refused),
        ON_STAGE(test_what_changes_no_number_may_change),
        ON_STAGE(test_runs_of_another_version_are_not_mixed_but_can_be_read),
        ON_STAGE(test_another_format_is_refused),
        ON_STAGE(test_what_is_no_study_is_left_alone),
        ON_STAGE(test_somebody_elses_database_is_left_alone),
        ON_STAGE(test_a_linked_store_is_not_followed),
        ON_STAGE(test_killed_before_its_first_commit_it_is_a_new_study),
        ON_STAGE(test_a_directory_made_for_nothing_is_taken_away),
        ON_STAGE(test_a_second_portsim_is_refused_and_a_reader_is_not),
        ON_STAGE(test_a_lock_of_another_program_is_named),
        ON_STAGE(test_damage_is_noticed),
        ON_STAGE(test_lost_pages_are_noticed_or_do_no_harm),
        ON_STAGE(test_runs_that_an_error_took_are_counted),
        ON_STAGE(test_a_file_size_limit_is_an_error_and_loses_nothing),
        ON_STAGE(test_a_full_disk_is_an_error_and_loses_nothing),
        ON_STAGE(test_a_read_only_study_can_be_read_and_not_written),
        ON_STAGE(test_any_write_may_fail_and_the_study_goes_on),
    };
    return cmocka_run_group_tests_name("store_faults", tests, NULL, NULL);
}
