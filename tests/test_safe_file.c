/* The safe-file room: files appear whole or not at all, and never elsewhere. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
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
#include "sim/results/safe_file.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct safe_directory opened(const char *path)
{
    struct safe_directory d;
    struct results_error error;
    assert_true(safe_directory_open(&d, path, &error));
    return d;
}

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

static void test_only_plain_names_are_names(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "summary.json", "-dash", "_x", "9", "a..b"};
    static const char *const bad[] = {
        "",    ".",    "..",          "../a",     "a/b",   "/etc/passwd", ".hidden",
        "a b", "a\nb", "caf\xC3\xA9", "a\\b",     "a:b",   "|touch x",    "<ls",
        "a'b", "a\"b", "a`b`",        "$(touch)", "a\x7F", "~root",       "*",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(safe_name(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (safe_name(bad[i]))
            fail_msg("\"%s\" was taken for a name", bad[i]);
    char longest[SAFE_NAME_SIZE + 1];
    memset(longest, 'a', sizeof longest);
    longest[SAFE_NAME_SIZE - 1] = '\0';
    assert_true(safe_name(longest));
    longest[SAFE_NAME_SIZE - 1] = 'a';
    longest[SAFE_NAME_SIZE] = '\0';
    assert_false(safe_name(longest));
}

static void test_a_bad_name_is_refused_and_nothing_is_made(void **state)
{
    struct safe_directory d = opened(*state);
    struct results_error error;
    assert_null(safe_file_new(&d, "../escape", &error));
    assert_non_null(strstr(error.text, "../escape"));
    struct safe_directory inner;
    assert_false(safe_directory_enter(&inner, &d, "..", &error));
    assert_int_equal(scratch_entries(*state), 0);
    safe_directory_close(&d);
}

static void test_a_file_is_seen_only_when_it_is_published(void **state)
{
    struct safe_directory d = opened(*state);
    struct results_error error;
    struct safe_file *f = safe_file_new(&d, "a.txt", &error);
    safe_file_put(f, "ab", 2);
    safe_file_put(f, "c", 1);
    assert_false(scratch_exists(*state, "a.txt"));
    assert_true(safe_file_stage(f, &error));
    assert_false(scratch_exists(*state, "a.txt"));
    assert_true(safe_file_publish(f, &error));
    safe_file_free(f);
    char *bytes = scratch_get(*state, "a.txt");
    assert_string_equal(bytes, "abc");
    assert_int_equal(scratch_entries(*state), 1);
    free(bytes);
    safe_directory_close(&d);
}

/* FIPS 180-4 example: SHA-256 of "abc". */
static void test_the_sum_is_length_and_sha256(void **state)
{
    static const char abc[] =
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    struct safe_directory d = opened(*state);
    struct results_error error;
    struct safe_file *f = safe_file_new(&d, "a.txt", &error);
    safe_file_put(f, "abc", 3);
    assert_true(safe_file_stage(f, &error) && safe_file_publish(f, &error));
    assert_int_equal(safe_file_sum(f)->size, 3);
    assert_string_equal(safe_file_sum(f)->sha256, abc);
    safe_file_free(f);
    struct file_sum measured;
    assert_true(safe_file_measure(&d, "a.txt", &measured, &error));
    assert_int_equal(measured.size, 3);
    assert_string_equal(measured.sha256, abc);
    safe_directory_close(&d);
}

static void test_many_buffers_arrive_in_order(void **state)
{
    struct safe_directory d = opened(*state);
    struct results_error error;
    struct safe_file *f = safe_file_new(&d, "numbers", &error);
    char *expected = memory_new(100000 * 8, 1);
    for (int i = 0; i < 100000; i++) {
        snprintf(expected + i * 7, 13, "%06d\n", i);
        safe_file_put(f, expected + i * 7, 7);
    }
    assert_true(safe_file_stage(f, &error) && safe_file_publish(f, &error));
    safe_file_free(f);
    size_t length;
    char *bytes = safe_file_read(&d, "numbers", 1 << 20, &length, &error);
    assert_non_null(bytes);
    assert_int_equal(length, 700000);
    assert_memory_equal(bytes, expected, 700000);
    free(bytes);
    free(expected);
    safe_directory_close(&d);
}

static void test_an_abandoned_file_leaves_nothing(void **state)
{
    struct safe_directory d = opened(*state);
    struct results_error error;
    struct safe_file *f = safe_file_new(&d, "a.txt", &error);
    safe_file_put(f, "abc", 3);
    assert_int_equal(scratch_entries(*state), 1);
    safe_file_free(f);
    assert_int_equal(scratch_entries(*state), 0);
    safe_directory_close(&d);
}

static void test_two_writers_of_one_name_do_not_meet(void **state)
{
    struct safe_directory d = opened(*state);
    struct results_error error;
    struct safe_file *one = safe_file_new(&d, "a.txt", &error);
    struct safe_file *two = safe_file_new(&d, "a.txt", &error);
    safe_file_put(one, "one", 3);
    safe_file_put(two, "two", 3);
    assert_true(safe_file_stage(one, &error) && safe_file_stage(two, &error));
    assert_true(safe_file_publish(two, &error) && safe_file_publish(one, &error));
    char *bytes = scratch_get(*state, "a.txt");
    assert_string_equal(bytes, "one");
    assert_int_equal(scratch_entries(*state), 1);
    free(bytes);
    safe_file_free(one);
    safe_file_free(two);
    safe_directory_close(&d);
}

static void test_a_symbolic_link_is_replaced_not_followed(void **state)
{
    char *outside = scratch_new();
    scratch_put(outside, "victim", "untouched", 9);
    char *target = memory_print("%s/victim", outside);
    char *link = memory_print("%s/a.txt", (char *)*state);
    assert_int_equal(symlink(target, link), 0);

    struct safe_directory d = opened(*state);
    struct results_error error;
    size_t length;
    assert_null(safe_file_read(&d, "a.txt", 100, &length, &error));
    assert_int_equal(error.code, ELOOP);
    assert_true(safe_file_write(&d, "a.txt", "new", 3, &error));

    char *inside = scratch_get(*state, "a.txt");
    char *victim = scratch_get(outside, "victim");
    assert_string_equal(inside, "new");
    assert_string_equal(victim, "untouched");
    safe_directory_close(&d);
    scratch_free(outside);
    free(inside);
    free(victim);
    free(target);
    free(link);
}

static void test_a_linked_subdirectory_is_not_entered(void **state)
{
    char *outside = scratch_new();
    char *link = memory_print("%s/plots", (char *)*state);
    assert_int_equal(symlink(outside, link), 0);
    struct safe_directory d = opened(*state), inner;
    struct results_error error;
    assert_false(safe_directory_enter(&inner, &d, "plots", &error));
    safe_directory_close(&d);
    scratch_free(outside);
    free(link);
}

static void test_what_is_not_a_regular_file_is_not_read(void **state)
{
    struct safe_directory d = opened(*state);
    struct results_error error;
    char *fifo = memory_print("%s/fifo", (char *)*state);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    size_t length;
    assert_null(safe_file_read(&d, "fifo", 100, &length, &error));
    assert_non_null(strstr(error.text, "not a regular file"));
    assert_null(safe_file_read(&d, "absent", 100, &length, &error));
    assert_int_equal(error.code, ENOENT);
    free(fifo);
    safe_directory_close(&d);
}

static void test_a_read_keeps_to_its_limit(void **state)
{
    struct safe_directory d = opened(*state);
    struct results_error error;
    size_t length;
    scratch_put(*state, "ten", "0123456789", 10);
    char *bytes = safe_file_read(&d, "ten", 10, &length, &error);
    assert_non_null(bytes);
    assert_string_equal(bytes, "0123456789");
    free(bytes);
    assert_null(safe_file_read(&d, "ten", 9, &length, &error));
    assert_non_null(strstr(error.text, "more than 9 bytes"));
    safe_directory_close(&d);
}

/* --- errors of the system, each in a process of its own --------------------------- */

/* Writes 1 MB over an older "a.txt"; 0 if that fails with `code`, says how much was
 * needed, and leaves the older file and no temporary. */
static int writing_fails(const char *path, int code)
{
    struct safe_directory d;
    struct results_error error;
    if (!safe_directory_open(&d, path, &error))
        return 1;
    struct safe_file *f = safe_file_new(&d, "a.txt", &error);
    if (!f)
        return error.code == code ? 0 : 2;
    char block[1000] = {0};
    for (int i = 0; i < 1000; i++)
        safe_file_put(f, block, sizeof block);
    if (safe_file_stage(f, &error))
        return 3;
    safe_file_free(f);
    if (error.code != code || !strstr(error.text, "1000000 bytes needed") ||
        !strstr(error.text, "a.txt"))
        return 4;
    safe_directory_close(&d);
    char *old = scratch_get(path, "a.txt");
    bool kept = old && strcmp(old, "old") == 0 && scratch_entries(path) == 1;
    free(old);
    return kept ? 0 : 5;
}

static int under_a_file_size_limit(void *path)
{
    struct rlimit limit = {.rlim_cur = 100000, .rlim_max = 100000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return SCRATCH_CANNOT;
    return writing_fails(path, EFBIG);
}

static void test_a_file_size_limit_is_an_error_and_no_signal(void **state)
{
    scratch_put(*state, "a.txt", "old", 3);
    assert_int_equal(scratch_child(under_a_file_size_limit, *state), 0);
}

static int on_a_full_disk(void *path)
{
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", path, "tmpfs", 0, "size=200k") != 0)
        return SCRATCH_CANNOT;
    scratch_put(path, "a.txt", "old", 3);
    return writing_fails(path, ENOSPC);
}

static void test_a_full_disk_is_an_error(void **state)
{
    int result = scratch_child(on_a_full_disk, *state);
    if (result == SCRATCH_CANNOT) {
        print_message("a full disk: not tried, mounting is not allowed here\n");
        skip();
    }
    assert_int_equal(result, 0);
}

static int without_permission(void *path)
{
    if (chmod(path, 0555) != 0 || (geteuid() == 0 && seteuid(65534) != 0))
        return SCRATCH_CANNOT;
    return writing_fails(path, EACCES);
}

static void test_a_forbidden_directory_is_an_error(void **state)
{
    scratch_put(*state, "a.txt", "old", 3);
    assert_int_equal(scratch_child(without_permission, *state), 0);
}

static void test_messages_are_safe_on_a_terminal(void **state)
{
    (void)state;
    struct results_error error;
    assert_false(results_fail(&error, 0,
                              "a\x1B[2Jb\nc\xC2\x9B"
                              "d caf\xC3\xA9"));
    assert_string_equal(error.text, "a?[2Jb?c??d caf\xC3\xA9");
}

int main(void)
{
#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, open_scratch, close_scratch)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_plain_names_are_names),
        ON_DISK(test_a_bad_name_is_refused_and_nothing_is_made),
        ON_DISK(test_a_file_is_seen_only_when_it_is_published),
        ON_DISK(test_the_sum_is_length_and_sha256),
        ON_DISK(test_many_buffers_arrive_in_order),
        ON_DISK(test_an_abandoned_file_leaves_nothing),
        ON_DISK(test_two_writers_of_one_name_do_not_meet),
        ON_DISK(test_a_symbolic_link_is_replaced_not_followed),
        ON_DISK(test_a_linked_subdirectory_is_not_entered),
        ON_DISK(test_what_is_not_a_regular_file_is_not_read),
        ON_DISK(test_a_read_keeps_to_its_limit),
        ON_DISK(test_a_file_size_limit_is_an_error_and_no_signal),
        ON_DISK(test_a_full_disk_is_an_error),
        ON_DISK(test_a_forbidden_directory_is_an_error),
        cmocka_unit_test(test_messages_are_safe_on_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
