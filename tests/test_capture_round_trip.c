/* What `portsim sockets` prints in the layout of a tool is read back as a capture of that
 * tool: to the same counts, and to the same verdict as the run itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "sim/views/capture_record.h"
#include "sim/views/diagnose.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Runs a scenario of the library into a directory of its own. */
static char *ran(const char *scenario, char **scratch)
{
    *scratch = scratch_new();
    char *directory = memory_print("%s/run", *scratch);
    struct ended e = program_run(
        &(struct program){.args = {"run", scenario, "-o", directory, "--quiet"}});
    expect_status(&e, 0);
    ended_free(&e);
    return directory;
}

/* What `portsim sockets` prints of a host at the first failure; the caller's to free. */
static char *printed(const char *directory, const char *host, const char *as,
                     const char *count_by)
{
    struct program p = {.args = {"sockets", directory, "--at", "first-failure", "--host",
                                 host, "--as", as, "--quiet"}};
    if (count_by) {
        p.args[9] = "--count-by";
        p.args[10] = count_by;
    }
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    char *text = e.out;
    e.out = NULL;
    ended_free(&e);
    return text;
}

static struct capture *captured(const char *text)
{
    struct results_error error;
    struct capture_options any = {0};
    int handle = memfd_create("capture", MFD_CLOEXEC);
    size_t length = strlen(text);
    assert_int_equal(write(handle, text, length), length);
    lseek(handle, 0, SEEK_SET);
    struct capture *c = capture_read_handle(handle, "it", &any, &error);
    close(handle);
    if (!c)
        fail_msg("%s", error.text);
    return c;
}

/* Sockets of a state by the capture, whichever protocol. */
static uint64_t in_state(const struct capture *c, const char *state, size_t length)
{
    uint64_t count = 0;
    for (size_t i = 0; i < c->sockets.count; i++) {
        const char *name = capture_state_name(c->sockets.at[i].state);
        count += strlen(name) == length && memcmp(name, state, length) == 0;
    }
    return count;
}

/* --- counts ------------------------------------------------------------------------ */

/* "BOUND,13348,81.1": every line of it as the capture has it; `hidden` is a state the
 * tool does not show. */
static void expect_counts(const struct capture *c, const char *counts, const char *hidden)
{
    uint64_t sum = 0;
    const char *line = strchr(counts, '\n') + 1;
    for (; *line; line = strchr(line, '\n') + 1) {
        size_t length = strcspn(line, ",");
        uint64_t expected = strtoull(line + length + 1, NULL, 10);
        if (strlen(hidden) == length && memcmp(line, hidden, length) == 0)
            expected = 0;
        if (in_state(c, line, length) != expected)
            fail_msg("%llu of %.*s", (unsigned long long)in_state(c, line, length),
                     (int)length, line);
        sum += expected;
    }
    assert_true(sum > 0);
    assert_int_equal(c->sockets.count, sum);
    assert_int_equal(c->skipped, 0);
}

static void test_every_layout_is_read_back_to_the_same_counts(void **state)
{
    (void)state;
    static const struct {
        const char *scenario, *host;
    } runs[] = {{"windows-bound-leak", "desk"},
                {"haproxy-held-fin-wait-2", "default"},
                {"teaching-mini", "client"}};
    static const struct {
        const char *as, *hidden;
    } layouts[] = {{"ss", "BOUND"},
                   {"netstat", "BOUND"},
                   {"netstat-ano", "BOUND"},
                   {"netstat-anob", "BOUND"},
                   {"netstat-anobq", ""}};
    for (size_t i = 0; i < COUNT(runs); i++) {
        char *scratch, *directory = ran(runs[i].scenario, &scratch);
        char *counts = printed(directory, runs[i].host, "csv", "state");
        for (size_t k = 0; k < COUNT(layouts); k++) {
            char *text = printed(directory, runs[i].host, layouts[k].as, NULL);
            struct capture *c = captured(text);
            expect_counts(c, counts, layouts[k].hidden);
            capture_free(c);
            free(text);
        }
        free(counts);
        free(directory);
        scratch_free(scratch);
    }
}

/* --- verdicts ---------------------------------------------------------------------- */

/* What a judgement names as the main cause of the pool of that host. */
static const char *cause_at(const struct diagnosis *d, const char *host)
{
    for (size_t i = 0; i < d->count; i++)
        if (!host || strcmp(d->verdicts[i].figures->pool->host, host) == 0)
            return d->verdicts[i].main ? d->verdicts[i].main->name : "none";
    fail_msg("no pool of %s", host);
    return NULL;
}

static void expect_same_verdict(const char *directory, const char *host, const char *as,
                                const char *stack, const char *expected)
{
    struct results_error error;
    struct capture_record r;
    struct stored_run *stored = run_directory_read(directory, &error);
    assert_non_null(stored);
    struct diagnosis *of_run = diagnosis_new(&stored->record);
    assert_string_equal(cause_at(of_run, host), expected);
    char *text = printed(directory, host, as, NULL);
    struct capture *c = captured(text);
    assert_true(
        capture_record_of(c, &(struct capture_question){.stack = stack}, &r, &error));
    struct diagnosis *of_capture = diagnosis_new(&r.record);
    assert_string_equal(cause_at(of_capture, NULL), expected);
    diagnosis_free(of_capture);
    capture_record_free(&r);
    capture_free(c);
    free(text);
    diagnosis_free(of_run);
    stored_run_free(stored);
}

static void test_a_captures_verdict_is_that_of_the_run_it_shows(void **state)
{
    (void)state;
    static const struct {
        const char *scenario, *host, *as, *stack, *cause;
    } runs[] = {
        {"windows-bound-leak", "desk", "netstat-anobq", "win10", "bound"},
        {"linux-bind-before-connect", "binds", "ss", "linux618", "bind-before-connect"},
        {"proxysg-cifs-finwait2", "proxy", "netstat", "proxysg-legacy", "fin-wait-2"},
    };
    for (size_t i = 0; i < COUNT(runs); i++) {
        char *scratch, *directory = ran(runs[i].scenario, &scratch);
        expect_same_verdict(directory, runs[i].host, runs[i].as, runs[i].stack,
                            runs[i].cause);
        free(directory);
        scratch_free(scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_layout_is_read_back_to_the_same_counts),
        cmocka_unit_test(test_a_captures_verdict_is_that_of_the_run_it_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
