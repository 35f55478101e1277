/* Bad input, wherever it comes from: one clear message on stderr, nothing on stdout, the
 * right exit status, and nothing left on the disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/hostile.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void put(const char *folder, const char *name, const char *text)
{
    scratch_put(folder, name, text, strlen(text));
}

/* Runs it and expects to be refused, with nothing left in `folder` that was not there. */
static void expect_refusal(const struct program *p, int status, const char *says)
{
    int before = p->folder ? scratch_entries(p->folder) : 0;
    struct ended e = program_run(p);
    expect_status(&e, status);
    expect_silence(e.out);
    expect_says(e.err, says);
    if (p->folder && scratch_entries(p->folder) != before)
        fail_msg("left something behind: %s", e.err);
    ended_free(&e);
}

/* --- scenarios -------------------------------------------------------------------- */

#define HOSTS "\"hosts\": { \"a\": { \"stack\": \"%s\", \"tcp\": { %s } }, \"b\": {} }"
#define APPS                                                                             \
    "\"apps\": { \"x\": { \"from\": \"a\", \"to\": \"b:80\", \"arrivals\": { \"kind\": " \
    "\"poisson\", \"rate\": \"1/s\" }, \"lifetime\": { \"kind\": \"constant\", "         \
    "\"value\": \"1s\" } } }"

static char *small_scenario(const char *head, const char *stack, const char *tcp)
{
    return memory_print("{ %s, " HOSTS ", " APPS " }", head, stack, tcp);
}

#define HEAD "\"name\": \"x\", \"duration\": \"10s\""

static void test_bad_scenarios_end_with_3(void **state)
{
    (void)state;
    static const struct {
        const char *head, *stack, *tcp; /* stack NULL: head is the whole text */
        const char *says;
    } bad[] = {
        {"duration = 10min\n", NULL, NULL,
         "s.json:1:1: a text must stand in double quotes"},
        {"", NULL, NULL, "s.json:1:1: is empty"},
        {"\xEF\xBB\xBF{}", NULL, NULL, "s.json:1:1: "},
        {"{ \"name\": \"\xFF\" }", NULL, NULL, "UTF-8"},
        {HEAD ", \"name\": \"y\"", "plain", "", "name: the key stands here again"},
        {"\"name\": \"x\", \"duration\": \"10m\"", "plain", "",
         "duration: must be a duration with a unit (write \"min\" for minutes), is "
         "\"10m\"; did you mean \"10min\"?"},
        {"\"name\": \"x\", \"duration\": 600", "plain", "", "did you mean \"600s\"?"},
        {HEAD, "plain", "\"range\": [65535, 49152]", "did you mean [49152, 65535]?"},
        {HEAD, "linux5180", "", "did you mean \"linux518\"?"},
        {HEAD ", \"extends\": \"s.json\"", "plain", "", "goes round in a circle: "},
        {HEAD ", \"extends\": \"nobody.json\"", "plain", "", "there is no file"},
        {HEAD ", \"version\": 2", "plain", "", "version: must be 1, is 2"},
        {"\"name\": \"../../x\", \"duration\": \"10s\"", "plain", "", "name: must be a"},
        {"\"name\": \"/tmp/x\", \"duration\": \"10s\"", "plain", "", "name: must be a"},
        {"\"name\": \"a\\nb\", \"duration\": \"10s\"", "plain", "", "name: must be a"},
        {"\"name\": \"\", \"duration\": \"10s\"", "plain", "", "name: must be a"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        char *folder = scratch_new();
        char *text = bad[i].stack ? small_scenario(bad[i].head, bad[i].stack, bad[i].tcp)
                                  : memory_text(bad[i].head, strlen(bad[i].head));
        put(folder, "s.json", text);
        expect_refusal(&(struct program){.args = {"run", "s.json"}, .folder = folder}, 3,
                       bad[i].says);
        expect_refusal(&(struct program){.args = {"check", "s.json"}, .folder = folder},
                       3, bad[i].says);
        free(text);
        scratch_free(folder);
    }
}

static void test_inputs_that_cannot_be_read_end_with_4(void **state)
{
    (void)state;
    static const struct {
        const char *scenario, *says;
    } missing[] = {
        {"no-such", "there is no scenario \"no-such\", neither as a file nor in the "
                    "library (portsim list scenarios)"},
        {"teaching-mni", "did you mean \"teaching-mini\"?"},
        {"no/such.json", "no/such.json cannot be read: No such file or directory"},
        {".", ". cannot be read: Is a directory"},
        {"/proc/self/mem", "/proc/self/mem cannot be read: "},
        {"", "there is no scenario \"\""},
    };
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT(missing); i++)
        expect_refusal(
            &(struct program){.args = {"run", missing[i].scenario}, .folder = folder}, 4,
            missing[i].says);
    scratch_free(folder);
}

static void test_a_missing_library_is_told_with_the_way_out(void **state)
{
    (void)state;
    static const struct {
        const char *args[3];
    } needs[] = {{{"list", "scenarios"}}, {{"demo"}}, {{"run", "teaching-mini"}}};
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT(needs); i++) {
        struct program p = {.folder = folder, .env = {"PORTSIM_SHARE=/no/such"}};
        memcpy(p.args, needs[i].args, sizeof needs[i].args);
        expect_refusal(&p, 4, "PORTSIM_SHARE is /no/such, which does not hold");
    }
    scratch_free(folder);
}

static void test_100_megabytes_of_brackets_are_refused_at_once(void **state)
{
    (void)state;
    char *folder = scratch_new(), *path = memory_print("%s/s.json", folder);
    char *brackets = memory_new(1 << 20, 1);
    memset(brackets, '[', 1 << 20);
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < 17; i++) /* more than is read; the rest is a hole */
        assert_int_equal(fwrite(brackets, 1, 1 << 20, file), 1 << 20);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(truncate(path, 100000000), 0);
    struct program p = {.args = {"run", "s.json"}, .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 3);
    expect_silence(e.out);
    expect_says(e.err, "s.json:");
    assert_true(strlen(e.err) < 1000);
    assert_true(e.seconds < 2);
    assert_int_equal(scratch_entries(folder), 1);
    ended_free(&e);
    free(brackets);
    free(path);
    scratch_free(folder);
}

static void test_wrong_settings_end_with_3_and_a_suggestion(void **state)
{
    (void)state;
    static const struct {
        const char *set, *says;
    } wrong[] = {
        {"hosts.clint.tcp.time_wait=1s", "there is no \"clint\" here; did you mean "
                                         "\"client\"?"},
        {"hosts.web.tcp.time_wait=1s", "there is no \"web\" here, only client, server"},
        {"hosts.client.tcp.allocator=upwards", "(portsim explain hosts.client.tcp."
                                               "allocator)"},
        {"hosts.client.tcp.timewait=1s", "did you mean \"time_wait\"?"},
        {"hosts.client.tcp.time_wait=1m", "did you mean \"1min\"?"},
        {"hosts.client.tcp.range=[50009,50000]", "did you mean [50000, 50009]?"},
        {"seed=-1", "seed: must be a whole number"},
        {"seed=18446744073709551616", "seed: must be a whole number"},
        {"name=../x", "name: must be a name of"},
    };
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT(wrong); i++)
        expect_refusal(
            &(struct program){.args = {"run", "teaching-mini", "--set", wrong[i].set},
                              .folder = folder},
            3, wrong[i].says);
    scratch_free(folder);
}

/* --- output directories ----------------------------------------------------------- */

static void test_directories_that_cannot_be_used_end_with_4(void **state)
{
    (void)state;
    char long_name[301];
    memset(long_name, 'x', 300);
    long_name[300] = '\0';
    const struct {
        const char *directory, *says;
    } unusable[] = {
        {"full", "the directory full is not empty (it holds other.txt) and no earlier"},
        {"file", "file"},
        {"file/below", "cannot make the directory file"},
        {"/proc/portsim", "cannot make the directory /proc/portsim"},
        {"/dev/null", "/dev/null"},
        {"", "the name of the output directory is empty"},
        {long_name, "File name too long"},
    };
    char *folder = scratch_new(), *full = memory_print("%s/full", folder);
    assert_int_equal(mkdir(full, 0777), 0);
    put(full, "other.txt", "x");
    put(folder, "file", "x");
    for (size_t i = 0; i < COUNT(unusable); i++)
        expect_refusal(&(struct program){.args = {"run", "teaching-mini", "-o",
                                                  unusable[i].directory, "--overwrite"},
                                         .folder = folder},
                       4, unusable[i].says);
    assert_int_equal(scratch_entries(full), 1);
    free(full);
    scratch_free(folder);
}

static void test_an_earlier_run_is_replaced_only_when_asked(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini", "-q", "-o", "r"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    ended_free(&e);
    char *first = scratch_get(folder, "r/summary.json");
    p.args[5] = "--seed=2";
    expect_refusal(&p, 4, "r holds an earlier run already; --overwrite replaces it");
    char *second = scratch_get(folder, "r/summary.json");
    assert_string_equal(first, second);
    p.args[6] = "--overwrite";
    e = program_run(&p);
    expect_status(&e, 0);
    char *third = scratch_get(folder, "r/summary.json");
    assert_string_not_equal(first, third);
    ended_free(&e);
    free(first), free(second), free(third);
    scratch_free(folder);
}

static void test_odd_names_of_directories_stay_names(void **state)
{
    (void)state;
    static const char *const odd[] = {"-x",
                                      "a b",
                                      "a;touch CANARY",
                                      "$(touch CANARY)",
                                      "`touch CANARY`",
                                      "line\nbreak",
                                      "%s%n",
                                      "*"};
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT(odd); i++) {
        char *option = memory_print("--output=%s", odd[i]);
        struct program p = {.args = {"run", "teaching-mini", "--plots", option},
                            .folder = folder};
        struct ended e = program_run(&p);
        expect_status(&e, 0);
        char *manifest = memory_print("%s/manifest.json", odd[i]);
        char *picture = memory_print("%s/plots/states.svg", odd[i]);
        assert_true(scratch_exists(folder, manifest));
        assert_true(scratch_exists(folder, picture));
        free(manifest), free(picture), free(option);
        ended_free(&e);
    }
    assert_int_equal(scratch_entries(folder), COUNT(odd));
    scratch_free(folder);
}

static void test_hostile_arguments_are_texts_and_do_nothing(void **state)
{
    (void)state;
    char *folder = scratch_new(), *canary = memory_print("%s/canary", folder);
    for (size_t i = 0; hostile_texts[i]; i++) {
        char *text = hostile_text(hostile_texts[i], canary);
        char *setting = memory_print("name=%s", text);
        struct program tries[] = {
            {.args = {"run", "--", text}},
            {.args = {"explain", "--", text}},
            {.args = {"plot", "--", text}},
            {.args = {"list", "--", text}},
            {.args = {"run", "teaching-mini", "--set", setting}},
        };
        for (size_t k = 0; k < COUNT(tries); k++) {
            tries[k].folder = folder;
            struct ended e = program_run(&tries[k]);
            if (e.status > 4) /* a few are good names after all */
                fail_msg("status %d of \"%s\"", e.status, text);
            ended_free(&e);
        }
        free(setting);
        free(text);
    }
    assert_false(scratch_exists(folder, "canary"));
    free(canary);
    scratch_free(folder);
}

/* --- full disks ------------------------------------------------------------------- */

static void expect_nothing_written(const struct ended *e, const char *folder)
{
    expect_status(e, 4);
    expect_says(e->err, "cannot write");
    if (scratch_entries(folder) > 0)
        fail_msg("something was left: %s", e->err);
}

static void test_a_limit_on_the_size_of_files_leaves_nothing(void **state)
{
    (void)state;
    static const size_t limits[] = {1, 100, 4096, 10000, 100000};
    for (size_t i = 0; i < COUNT(limits); i++) {
        char *folder = scratch_new();
        struct program p = {.args = {"run", "teaching-mini", "-q", "-o", "r"},
                            .folder = folder,
                            .file_limit = limits[i]};
        struct ended e = program_run(&p);
        expect_nothing_written(&e, folder);
        expect_says(e.err, "File too large");
        ended_free(&e);
        scratch_free(folder);
    }
}

static void test_a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    char *folder = scratch_new();
    if (mount("tmpfs", folder, "tmpfs", 0, "size=128k") != 0) {
        scratch_free(folder);
        skip();
    }
    struct program p = {.args = {"run", "teaching-mini", "-q", "-o", "r"},
                        .folder = folder};
    struct ended e = program_run(&p);
    int left = scratch_entries(folder);
    assert_int_equal(umount(folder), 0);
    scratch_free(folder);
    expect_status(&e, 4);
    expect_says(e.err, "No space left on device");
    assert_int_equal(left, 0);
    ended_free(&e);
}

static void test_a_full_disk_keeps_the_earlier_run(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini", "-q", "-o", "r"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    ended_free(&e);
    char *before = scratch_get(folder, "r/summary.json");
    struct program again = {
        .args = {"run", "teaching-mini", "-q", "-o", "r", "--overwrite", "--seed=2"},
        .folder = folder,
        .file_limit = 100000};
    e = program_run(&again);
    expect_status(&e, 4);
    char *after = scratch_get(folder, "r/summary.json");
    assert_string_equal(before, after);
    assert_true(scratch_exists(folder, "r/manifest.json"));
    ended_free(&e);
    free(before), free(after);
    scratch_free(folder);
}

/* --- gnuplot ---------------------------------------------------------------------- */

static void
test_without_gnuplot_the_results_are_written_and_the_cure_is_told(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini", "-q", "--plots", "-o", "r"},
                        .folder = folder,
                        .env = {"PATH=/no/such"}};
    struct ended e = program_run(&p);
    expect_status(&e, 4);
    expect_says(e.out, "3 of 3 requirements hold");
    expect_says(e.err, "apt-get install gnuplot-nox");
    assert_true(scratch_exists(folder, "r/manifest.json"));
    ended_free(&e);
    scratch_free(folder);
}

/* A program in the place of gnuplot that says it did well and did not. */
static void test_a_gnuplot_that_lies_is_caught(void **state)
{
    (void)state;
    static const char *const liars[] = {"#!/bin/sh\nexit 0\n", "#!/bin/sh\nexit 1\n",
                                        "#!/bin/sh\necho '<svg>half a picture'\n",
                                        "#!/bin/sh\nkill -9 $$\n"};
    char *folder = scratch_new(), *tool = memory_print("%s/gnuplot", folder),
         *path = memory_print("PATH=%s:/bin:/usr/bin", folder);
    struct program p = {.args = {"run", "teaching-mini", "-q", "-o", "r"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    ended_free(&e);
    for (size_t i = 0; i < COUNT(liars); i++) {
        put(folder, "gnuplot", liars[i]);
        assert_int_equal(chmod(tool, 0755), 0);
        p = (struct program){.args = {"plot", "r"}, .folder = folder, .env = {path}};
        e = program_run(&p);
        expect_status(&e, 4);
        expect_silence(e.out);
        assert_true(strlen(e.err) > 0);
        assert_false(scratch_exists(folder, "r/plots/states.svg"));
        ended_free(&e);
    }
    free(path), free(tool);
    scratch_free(folder);
}

static void test_what_holds_no_run_cannot_be_drawn(void **state)
{
    (void)state;
    char *folder = scratch_new();
    expect_refusal(&(struct program){.args = {"plot", "no-such"}, .folder = folder}, 4,
                   "there is no directory no-such; portsim run SCENARIO");
    expect_refusal(&(struct program){.args = {"plot", "."}, .folder = folder}, 4,
                   "holds no run");
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_scenarios_end_with_3),
        cmocka_unit_test(test_inputs_that_cannot_be_read_end_with_4),
        cmocka_unit_test(test_a_missing_library_is_told_with_the_way_out),
        cmocka_unit_test(test_100_megabytes_of_brackets_are_refused_at_once),
        cmocka_unit_test(test_wrong_settings_end_with_3_and_a_suggestion),
        cmocka_unit_test(test_directories_that_cannot_be_used_end_with_4),
        cmocka_unit_test(test_an_earlier_run_is_replaced_only_when_asked),
        cmocka_unit_test(test_odd_names_of_directories_stay_names),
        cmocka_unit_test(test_hostile_arguments_are_texts_and_do_nothing),
        cmocka_unit_test(test_a_limit_on_the_size_of_files_leaves_nothing),
        cmocka_unit_test(test_a_full_disk_leaves_nothing),
        cmocka_unit_test(test_a_full_disk_keeps_the_earlier_run),
        cmocka_unit_test(
            test_without_gnuplot_the_results_are_written_and_the_cure_is_told),
        cmocka_unit_test(test_a_gnuplot_that_lies_is_caught),
        cmocka_unit_test(test_what_holds_no_run_cannot_be_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
