/* Captures judged: each cause is named where the kernel was made to run out in that way,
 * and nowhere else; and the command around it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/views/capture_record.h"
#include "sim/views/diagnose.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LINUX        "tests/captures/linux/"
#define WINDOWS      "tests/captures/windows/"

/* --- verdicts ---------------------------------------------------------------------- */

/* What a capture is made of, and by which name the judgement calls it. */
static const struct {
    const char *beginning; /* of the file's name */
    const char *cause;
    struct port_range range;
} verdicts[] = {
    {LINUX "fin-wait-2.", "fin-wait-2", {40000, 40099}},
    {LINUX "time-wait.", "time-wait", {40000, 40099}},
    {LINUX "close-wait.", "close-wait", {40000, 40099}},
    {LINUX "syn-sent.", "black-hole", {40000, 40099}},
    {LINUX "established.", "undersized", {40000, 40099}},
    {LINUX "half.", "half-range-knee", {40000, 40099}},
    {LINUX "bind-first.", "bind-before-connect", {40000, 40099}},
    {LINUX "healthy.", "none", {40000, 40099}},
    {LINUX "udp-leak.", "udp-leak", {40000, 40099}},
    {WINDOWS "bound.", "bound", {50000, 50254}},
    {WINDOWS "time-wait.", "time-wait", {50000, 50254}},
    {WINDOWS "close-wait.", "close-wait", {50000, 50254}},
    {WINDOWS "healthy.", "none", {50000, 50254}},
};

/* The main cause of the worst pool; the caller's to free. */
static char *judged(const char *path, struct capture_question question)
{
    struct results_error error;
    struct capture_options any = {0};
    struct capture_record record;
    struct capture *c = capture_read(path, &any, &error);
    if (!c || !capture_record_of(c, &question, &record, &error))
        fail_msg("%s: %s", path, error.text);
    struct diagnosis *d = diagnosis_new(&record.record);
    char *name = strdup(d->verdicts[0].main ? d->verdicts[0].main->name : "none");
    diagnosis_free(d);
    capture_record_free(&record);
    capture_free(c);
    return name;
}

static void expect_verdict(const char *path, struct capture_question question,
                           const char *expected)
{
    char *name = judged(path, question);
    if (strcmp(name, expected) != 0)
        fail_msg("%s: %s, not %s", path, name, expected);
    free(name);
}

static size_t verdict_of(const char *path)
{
    for (size_t i = 0; i < COUNT(verdicts); i++)
        if (strncmp(path, verdicts[i].beginning, strlen(verdicts[i].beginning)) == 0)
            return i;
    fail_msg("no verdict is known for %s", path);
    return 0;
}

static void test_every_real_capture_has_its_cause_and_no_other(void **state)
{
    (void)state;
    char line[256], path[320];
    size_t count = 0;
    FILE *truth = fopen(LINUX "truth.csv", "r");
    assert_non_null(truth);
    assert_non_null(fgets(line, sizeof line, truth));
    for (; fgets(line, sizeof line, truth); count++) {
        line[strcspn(line, ",")] = '\0';
        snprintf(path, sizeof path, LINUX "%s", line);
        size_t i = verdict_of(path);
        expect_verdict(path, (struct capture_question){.range = verdicts[i].range},
                       verdicts[i].cause);
        /* in the default range the same sockets are few */
        expect_verdict(path, (struct capture_question){0}, "none");
    }
    assert_true(count >= 25);
    fclose(truth);
}

static void test_windows_captures_have_their_cause_and_no_other(void **state)
{
    (void)state;
    static const char *const files[] = {
        WINDOWS "bound.netstat-anobq.txt", WINDOWS "time-wait.netstat-anob.txt",
        WINDOWS "close-wait.netstat-ano-loop.txt", WINDOWS "healthy.netstat-an.txt"};
    for (size_t f = 0; f < COUNT(files); f++) {
        size_t i = verdict_of(files[f]);
        expect_verdict(files[f], (struct capture_question){.range = verdicts[i].range},
                       verdicts[i].cause);
        expect_verdict(files[f], (struct capture_question){0}, "none");
    }
}

static void test_near_the_wall_the_holders_are_named_already(void **state)
{
    (void)state;
    struct capture_question wider = {.range = {40000, 40119}}; /* 100 of 120 */
    expect_verdict(LINUX "fin-wait-2.ss-tanp.txt", wider, "fin-wait-2");
    wider.range.high = 40159; /* 100 of 160: slow, no more */
    expect_verdict(LINUX "fin-wait-2.ss-tanp.txt", wider, "half-range-knee");
    wider.range.high = 40399;
    expect_verdict(LINUX "fin-wait-2.ss-tanp.txt", wider, "none");
}

static void
test_by_port_scope_all_destinations_count_by_tuple_each_for_itself(void **state)
{
    (void)state;
    char text[2048], *directory = scratch_new(), *path;
    size_t length = 0;
    for (unsigned i = 0; i < 20; i++) /* ten ports toward each of two ends */
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   "ESTAB 0 0 10.0.0.1:%u 10.0.0.%u:80\n", 50000 + i,
                                   2 + i % 2);
    scratch_put(directory, "two.txt", text, length);
    path = memory_print("%s/two.txt", directory);
    struct capture_question q = {.range = {50000, 50019}, .stack = "win10"};
    expect_verdict(path, q, "undersized");
    q.stack = "freebsd14";
    expect_verdict(path, q, "none");
    free(path);
    scratch_free(directory);
}

/* --- the record -------------------------------------------------------------------- */

static void test_what_is_not_said_is_assumed_and_told(void **state)
{
    (void)state;
    struct results_error error;
    struct capture_options any = {0};
    struct capture_record r;
    struct capture *c = capture_read(LINUX "healthy.ss-tanp.txt", &any, &error);
    assert_non_null(c);
    assert_true(capture_record_of(c, &(struct capture_question){0}, &r, &error));
    assert_true(r.range_assumed && r.stack_assumed);
    assert_string_equal(r.stack->name, "linux618");
    assert_int_equal(r.range.low, 32768);
    assert_int_equal(r.range.high, 60999);
    assert_int_equal(r.listening[POOL_TCP4], 1); /* 40010; 8080 and 22 lie outside */
    capture_record_free(&r);
    capture_free(c);
}

static void test_only_the_destination_asked_for_is_judged(void **state)
{
    (void)state;
    struct results_error error;
    struct capture_options any = {0};
    struct capture_question q = {.range = {40000, 40099}, .destination = "10.77.1.2"};
    struct capture_record r;
    struct capture *c = capture_read(LINUX "healthy.ss-tanp.txt", &any, &error);
    assert_non_null(c);
    assert_true(capture_record_of(c, &q, &r, &error));
    assert_int_equal(r.census.pair_count, 1);
    assert_string_equal(r.census.pairs[0].destination, "10.77.1.2:7001");
    assert_int_equal(r.record.pool_count, 1);
    assert_string_equal(r.record.pools[0].host, "10.77.0.1 toward 10.77.1.2:7001");
    capture_record_free(&r);
    q.destination = "10.77.1"; /* no prefix: an address */
    assert_true(capture_record_of(c, &q, &r, &error));
    assert_int_equal(r.census.pair_count, 0);
    capture_record_free(&r);
    capture_free(c);
}

/* --- the command ------------------------------------------------------------------- */

static void test_the_command_says_what_it_read_assumed_found_and_cannot_tell(void **state)
{
    (void)state;
    struct ended e = program_run(&(struct program){
        .args = {"diagnose", "--netstat", WINDOWS "close-wait.netstat-ano-loop.txt",
                 "--range", "50000-50254"}});
    expect_status(&e, 0);
    expect_silence(e.err);
    expect_says(e.out, "netstat of Windows, 272 sockets on 511 lines");
    expect_says(e.out, "3 of 3, Sat 11/21/2026 14:07:02.56");
    expect_says(e.out, "CLOSE_WAIT       40    150    255\n");
    expect_says(e.out, "win10, assumed");
    expect_says(e.out, "203.0.113.20:443  192.0.2.10  tcp4    255     100.0  CLOSE_WAIT");
    expect_says(e.out, "this machine ran out of local ports (tcp4)");
    expect_says(e.out, "CLOSE_WAIT of the process pid 4242");
    expect_says(e.out, "as far as a single snapshot can tell");
    expect_says(e.out, "event 4231");
    ended_free(&e);
}

static void test_an_earlier_snapshot_tells_that_it_was_not_full_yet(void **state)
{
    (void)state;
    struct ended e = program_run(&(struct program){
        .args = {"diagnose", "--netstat", WINDOWS "close-wait.netstat-ano-loop.txt",
                 "--range", "50000-50254", "--snapshot", "1"}});
    expect_status(&e, 0);
    expect_says(e.out, "1 of 3, Sat 11/21/2026 14:05:00.12");
    expect_says(e.out, "did not run out of local ports");
    ended_free(&e);
}

static void test_a_capture_may_come_by_standard_input(void **state)
{
    (void)state;
    char *input = scratch_get("tests/captures/linux", "syn-sent.ss-tanop.txt");
    assert_non_null(input);
    struct ended e = program_run(&(struct program){
        .args = {"diagnose", "--ss", "-", "--range", "40000 40099"}, .input = input});
    expect_status(&e, 0);
    expect_says(e.out, "standard input: ss of Linux");
    expect_says(e.out, "SYN_SENT toward 10.77.1.1:7001");
    ended_free(&e);
    free(input);
}

static void test_what_was_skipped_is_told_with_line_and_reason(void **state)
{
    (void)state;
    struct ended e = program_run(
        &(struct program){.args = {"diagnose", "--ss", "-"},
                          .input = "ESTAB 0 0 10.0.0.1:40000 10.0.0.2:80\n"
                                   "ESTAB 0 0 10.0.0.1:http \033[31m10.0.0.2:80\n"
                                   "ESTAB 0 0 10.0.0.1:4"});
    expect_status(&e, 0);
    expect_says(e.out, "skipped   2 lines");
    expect_says(e.out, "line 2: a port is a name (capture with -n): \"ESTAB 0 0 10.0.0.1:"
                       "http ?[31m");
    expect_says(e.out, "line 3: cut off");
    expect_says(e.out, "the file ends inside a line");
    ended_free(&e);
}

static void test_json_has_the_capture_and_the_judgement(void **state)
{
    (void)state;
    struct ended e = program_run(
        &(struct program){.args = {"diagnose", "--ss", LINUX "close-wait.ss-tanp.txt",
                                   "--range", "40000-40099", "--json"}});
    expect_status(&e, 0);
    expect_says(e.out, "\"capture\": {");
    expect_says(e.out, "\"process\": \"python3\"");
    expect_says(e.out, "\"range\": [40000, 40099]");
    expect_says(e.out, "\"diagnosis\": {");
    expect_says(e.out, "\"cause\": \"close-wait\"");
    ended_free(&e);
}

static void expect_refusal(const char *const *args, int status, const char *says)
{
    struct program p = {.args = {"diagnose"}};
    for (size_t i = 0; args[i]; i++)
        p.args[i + 1] = args[i];
    struct ended e = program_run(&p);
    expect_status(&e, status);
    expect_silence(e.out);
    expect_says(e.err, says);
    ended_free(&e);
}

static void test_bad_files_end_with_4_and_bad_options_with_2(void **state)
{
    (void)state;
    static const struct {
        const char *args[6];
        int status;
        const char *says;
    } refused[] = {
        {{"--ss", "none.txt"}, 4, "cannot read none.txt: No such file"},
        {{"--ss", "tests"}, 4, "cannot read tests: Is a directory"},
        {{"--ss", "/dev/null"}, 4, "/dev/null is empty"},
        {{"--netstat", "README.md"}, 4, "holds no line of ss, netstat or"},
        {{"--ss", "plots/proxysg-outage.png"}, 4, "is not text: it holds a zero byte"},
        {{"--ss", WINDOWS "mixed.table.txt"}, 4, "use --powershell"},
        {{"--netstat", LINUX "half.ss-tanp.txt"}, 4, "use --ss"},
        {{"--ss", LINUX "half.ss-tanp.txt", "--snapshot", "2"}, 4, "holds 1 snapshot,"},
        {{"--ss", LINUX "half.ss-tanp.txt", "--snapshot", "0"}, 2, "a number from 1 on"},
        {{"--ss", LINUX "half.ss-tanp.txt", "--range", "60999-32768"}, 2, "LOW-HIGH"},
        {{"--ss", LINUX "half.ss-tanp.txt", "--range", "1-70000"}, 2, "LOW-HIGH"},
        {{"--ss", LINUX "half.ss-tanp.txt", "--stack", "win11"}, 2, "no stack \"win11\""},
        {{"--ss", "a", "--netstat", "b"}, 2, "one capture at a time"},
        {{"runs/x", "--ss", "a"}, 2, "which of them?"},
        {{"runs/x", "--range", "1-2"}, 2, "which of them?"},
        {{NULL}, 2, "which run directory, or which capture?"},
    };
    for (size_t i = 0; i < COUNT(refused); i++)
        expect_refusal(refused[i].args, refused[i].status, refused[i].says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_real_capture_has_its_cause_and_no_other),
        cmocka_unit_test(test_windows_captures_have_their_cause_and_no_other),
        cmocka_unit_test(test_near_the_wall_the_holders_are_named_already),
        cmocka_unit_test(
            test_by_port_scope_all_destinations_count_by_tuple_each_for_itself),
        cmocka_unit_test(test_what_is_not_said_is_assumed_and_told),
        cmocka_unit_test(test_only_the_destination_asked_for_is_judged),
        cmocka_unit_test(
            test_the_command_says_what_it_read_assumed_found_and_cannot_tell),
        cmocka_unit_test(test_an_earlier_snapshot_tells_that_it_was_not_full_yet),
        cmocka_unit_test(test_a_capture_may_come_by_standard_input),
        cmocka_unit_test(test_what_was_skipped_is_told_with_line_and_reason),
        cmocka_unit_test(test_json_has_the_capture_and_the_judgement),
        cmocka_unit_test(test_bad_files_end_with_4_and_bad_options_with_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
