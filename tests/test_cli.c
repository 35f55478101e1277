/* The commands as their users meet them: help, what goes to which output, the reference,
 * check and run, the same results from a stored scenario. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/study/ranks.h"
#include "tests/program.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const commands[] = {
    "run",   "check", "demo",    "plot",   "sockets", "events", "diagnose", "trace",
    "binds", "list",  "explain", "schema", "compare", "theory", "sweep",    "init"};

static const char *const kinds[] = {
    "allocators", "stacks",   "states", "proxies", "nats",    "faces",    "distributions",
    "metrics",    "failures", "events", "knobs",   "figures", "scenarios"};

/* --- help ------------------------------------------------------------------------- */

static void test_every_command_helps_with_an_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(commands); i++) {
        struct program asked[] = {{.args = {commands[i], "--help"}},
                                  {.args = {"help", commands[i]}}};
        for (size_t k = 0; k < COUNT(asked); k++) {
            struct ended e = program_run(&asked[k]);
            char *example = memory_print("\n  portsim %s", commands[i]);
            expect_status(&e, 0);
            expect_says(e.out, "Usage: portsim ");
            expect_says(e.out, "Example:\n");
            expect_says(e.out, example);
            expect_silence(e.err);
            free(example);
            ended_free(&e);
        }
    }
}

static void test_help_lists_every_command_and_every_exit_status(void **state)
{
    (void)state;
    static const char *const ways[] = {"--help", "help"};
    static const char *const statuses[] = {"0 done",  "1 a req", "2 bad", "3 bad",
                                           "4 input", "5 a bug", "6 out", "130, 143"};
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct ended e = program_run(&(struct program){.args = {ways[i]}});
        expect_status(&e, 0);
        expect_silence(e.err);
        for (size_t k = 0; k < COUNT(commands); k++) {
            char *line = memory_print("\n  %s ", commands[k]);
            expect_says(e.out, line);
            free(line);
        }
        for (size_t k = 0; k < COUNT(statuses); k++)
            expect_says(e.out, statuses[k]);
        ended_free(&e);
    }
}

/* Whoever types the name alone is told what it is and what to type next. */
static void test_the_name_alone_is_answered_by_twelve_lines(void **state)
{
    (void)state;
    struct ended e = program_run(&(struct program){.args = {NULL}});
    unsigned lines = 0;
    expect_status(&e, 2);
    expect_silence(e.out);
    for (const char *p = e.err; (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(lines, 12);
    static const char *const says[] = {
        "portsim simulates how ",    " demo ",   " run teaching-mini ",
        "portsim diagnose --ss -  ", " --help ", " help run ",
        " list scenarios "};
    for (size_t i = 0; i < COUNT(says); i++)
        expect_says(e.err, says[i]);
    ended_free(&e);
}

/* A command stands under one heading, in the order of a first acquaintance. */
static void test_help_groups_the_commands(void **state)
{
    (void)state;
    static const char *const order[] = {"\nStart here:\n",
                                        "\n  demo ",
                                        "\nOne run:\n",
                                        "\n  run ",
                                        "\nWhat an operator sees:\n",
                                        "\n  diagnose ",
                                        "\nMany runs:\n",
                                        "\n  sweep ",
                                        "\nReference:\n",
                                        "\n  list ",
                                        "\nExit status: "};
    struct ended e = program_run(&(struct program){.args = {"-h"}});
    const char *from = e.out;
    expect_status(&e, 0);
    for (size_t i = 0; i < COUNT(order); i++) {
        const char *found = strstr(from, order[i]);
        if (!found)
            fail_msg("\"%s\" does not follow: %s", order[i], from);
        from = found;
    }
    ended_free(&e);
}

static void test_no_line_of_help_is_wider_than_80_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i <= COUNT(commands); i++) {
        bool all = i == COUNT(commands);
        struct program p = {
            .args = {all ? "--help" : commands[i], all ? NULL : "--help"}};
        struct ended e = program_run(&p);
        for (const char *line = e.out; *line; line += strcspn(line, "\n") + 1)
            if (strcspn(line, "\n") > 80)
                fail_msg("too wide: %.*s", (int)strcspn(line, "\n"), line);
        ended_free(&e);
    }
}

static void test_the_version_is_a_line_of_its_own(void **state)
{
    (void)state;
    struct ended e = program_run(&(struct program){.args = {"--version"}});
    expect_status(&e, 0);
    assert_string_equal(e.out, ranks_kind() ? "portsim " PORTSIM_VERSION " with MPI\n"
                                            : "portsim " PORTSIM_VERSION "\n");
    expect_silence(e.err);
    ended_free(&e);
}

/* --- bad command lines ------------------------------------------------------------ */

static void test_bad_command_lines_end_with_2_and_say_why(void **state)
{
    (void)state;
    static const struct {
        const char *args[5];
        const char *says;
    } bad[] = {
        {{"runn"}, "there is no command \"runn\"; did you mean \"run\"?"},
        {{"explian"}, "did you mean \"explain\"?"},
        {{"fly"}, "there is no command \"fly\"\n"},
        {{"--json"}, "there is no command \"--json\"\nOptions come behind"},
        {{"my.json"}, "to simulate it: portsim run my.json"},
        {{"help", "fly"}, "there is no command \"fly\""},
        {{"run"}, "which scenario?"},
        {{"run", "a.json", "b.json"}, "one scenario at a time, also got \"b.json\""},
        {{"run", "teaching-mini", "--set"}, "requires an argument"},
        {{"run", "teaching-mini", "--set", "seed"}, "wants PATH=VALUE, is \"seed\""},
        {{"run", "teaching-mini", "--seed", "-1"}, "--seed wants a whole number"},
        {{"run", "teaching-mini", "--seed", "1.5"}, "is \"1.5\""},
        {{"run", "teaching-mini", "--seed", "one"}, "is \"one\""},
        {{"run", "teaching-mini", "--seed", "0x"}, "is \"0x\""},
        {{"run", "teaching-mini", "--seed="}, "is \"\""},
        {{"run", "teaching-mini", "--plots=gif"}, "must be svg, png or dumb, is \"gif\""},
        {{"run", "teaching-mini", "--json", "--plots=dumb"}, "both want the standard"},
        {{"run", "teaching-mini", "--json", "--metric=*"}, "has no place in it"},
        {{"run", "teaching-mini", "--plots", "png"}, "equals sign: --plots=png"},
        {{"run", "-p", "dumb", "teaching-mini"}, "equals sign: --plots=dumb"},
        {{"run", "teaching-mini", "--jsno"}, "unrecognized option '--jsno'"},
        {{"run", "teaching-mini", "-o"}, "requires an argument"},
        {{"check"}, "which scenarios?"},
        {{"check", "teaching-mini", "--set", "seed"}, "wants PATH=VALUE"},
        {{"demo", "a", "b"}, "one demo at a time, also got \"b\""},
        {{"demo", "../x"}, "portsim run ../x --plots"},
        {{"plot"}, "which run directory?"},
        {{"sockets"}, "which run directory?"},
        {{"sockets", "a", "b"}, "one directory at a time, also got \"b\""},
        {{"plot", "a", "b"}, "one directory at a time, also got \"b\""},
        {{"plot", "a", "--format", "pdf"}, "must be svg, png or dumb, is \"pdf\""},
        {{"diagnose"}, "which run directory, or which capture?"},
        {{"diagnose", "a", "b"}, "one directory at a time, also got \"b\""},
        {{"list"}, "which list? One of allocators, stacks"},
        {{"list", "stack"}, "did you mean \"stacks\"?"},
        {{"list", "sockets"}, "it is one of allocators, stacks"},
        {{"list", "stacks", "metrics"}, "one list at a time, also got \"metrics\""},
        {{"explain"}, "which name?"},
        {{"explain", "linux518", "win10"}, "one name at a time, also got \"win10\""},
        {{"explain", "linux5188"}, "did you mean \"linux518\"?"},
        {{"explain", "nothing-like-it"}, "nothing is called \"nothing-like-it\""},
        {{"schema", "x"}, "Too many arguments"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct program p = {0};
        memcpy(p.args, bad[i].args, sizeof bad[i].args);
        struct ended e = program_run(&p);
        expect_status(&e, 2);
        expect_silence(e.out);
        expect_says(e.err, bad[i].says);
        ended_free(&e);
    }
}

/* --- the reference ---------------------------------------------------------------- */

/* The names of a list, as JSON. */
static cJSON *list_of(const char *kind)
{
    struct ended e = program_run(&(struct program){.args = {"list", kind, "--json"}});
    expect_status(&e, 0);
    expect_silence(e.err);
    cJSON *list = cJSON_Parse(e.out);
    assert_true(cJSON_IsArray(list));
    assert_true(cJSON_GetArraySize(list) > 0);
    ended_free(&e);
    return list;
}

static void test_every_list_names_what_its_json_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct ended e = program_run(&(struct program){.args = {"list", kinds[i]}});
        cJSON *list = list_of(kinds[i]);
        int lines = 0;
        expect_status(&e, 0);
        for (const cJSON *entry = list->child; entry; entry = entry->next) {
            const char *name =
                cJSON_GetObjectItemCaseSensitive(entry, "name")->valuestring;
            char *begin = memory_print("%s ", name);
            expect_says(e.out, begin);
            free(begin);
        }
        for (const char *p = e.out; (p = strchr(p, '\n')); p++)
            lines++;
        assert_int_equal(lines, cJSON_GetArraySize(list));
        cJSON_Delete(list);
        ended_free(&e);
    }
}

/* Sources above all: what a number stands on is printed with it. */
static void test_long_lists_give_every_fact_of_every_entry(void **state)
{
    (void)state;
    static const char *const long_kinds[] = {"allocators", "stacks"};
    for (size_t i = 0; i < COUNT(long_kinds); i++) {
        struct ended e =
            program_run(&(struct program){.args = {"list", long_kinds[i], "--long"}});
        expect_status(&e, 0);
        cJSON *list = list_of(long_kinds[i]);
        int sources = 0;
        for (const char *p = e.out; (p = strstr(p, "\n  source ")) != NULL; p++)
            sources++;
        assert_int_equal(sources, cJSON_GetArraySize(list));
        for (const cJSON *entry = list->child; entry; entry = entry->next) {
            const cJSON *name = entry->child;
            char *title = memory_print("%s, ", name->valuestring);
            expect_says(e.out, title);
            free(title);
        }
        cJSON_Delete(list);
        ended_free(&e);
    }
}

static void test_everything_listed_can_be_explained(void **state)
{
    (void)state;
    int every = quick_run() ? 7 : 1, number = 0;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        cJSON *list = list_of(kinds[i]);
        for (const cJSON *entry = list->child; entry; entry = entry->next) {
            const char *name =
                cJSON_GetObjectItemCaseSensitive(entry, "name")->valuestring;
            if (number++ % every)
                continue;
            struct ended e = program_run(&(struct program){.args = {"explain", name}});
            char *title = memory_print("%s, ", name);
            expect_status(&e, 0);
            expect_says(e.out, title);
            expect_silence(e.err);
            free(title);
            ended_free(&e);
        }
        cJSON_Delete(list);
    }
}

static void test_the_language_can_be_explained_by_part_key_path_and_metric(void **state)
{
    (void)state;
    static const struct {
        const char *name, *says;
    } names[] = {
        {"host", "  stack\n"},
        {"hosts", "  max_client_connections\n"},
        {"tcp", "  fin_wait_2\n"},
        {"scenario", "  sample_every\n"},
        {"fin_wait_2", "tcp\n  fin_wait_2\n"},
        {"hosts.proxy.tcp.fin_wait_2", "tcp\n  fin_wait_2\n"},
        {"rtt", "network\n  rtt\n"},
        {"phases", "scenario\n  phases\n"},
        {"apps.pages.failure_ratio@outage", "apps.<app>.failure_ratio, metric"},
        {"hosts.proxy.tcp4.in_use_max", "hosts.<host>.tcp4.in_use, metric"},
        {"hosts.proxy.destinations.web:80.holders", "<host>:<port>.holders, metric"},
        {"apps.pages.connect_delay_s.p99", "apps.<app>.connect_delay_s, metric"},
        {"linux518", "linux518, stack"},
        {"FIN_WAIT_2", "  from        FIN_WAIT_1 upon ACK of FIN\n"},
        {"FIN_WAIT_2", "TIME_WAIT upon FIN; CLOSED upon "},
        {"FIN_WAIT_2", "675 s solaris; no limit"},
        {"TIME_WAIT", "  printed as  ss TIME-WAIT, netstat of Linux TIME_WAIT, "},
        {"BOUND", "  printed as  netstat of Windows BOUND\n"},
        {"CLOSE_WAIT", "hosts.<host>.tcp4.sockets.CLOSE_WAIT, metric"},
        {"linux518", "linux518, allocator"},
        {"tries", "apps.<app>.tries, metric"},
        {"tries", "allocator sg-legacy-b\n  tries\n"},
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct ended e =
            program_run(&(struct program){.args = {"explain", names[i].name}});
        expect_status(&e, 0);
        expect_says(e.out, names[i].says);
        ended_free(&e);
    }
}

static void test_the_schema_is_json_that_names_itself(void **state)
{
    (void)state;
    struct ended e = program_run(&(struct program){.args = {"schema"}});
    expect_status(&e, 0);
    expect_silence(e.err);
    cJSON *schema = cJSON_Parse(e.out);
    assert_true(cJSON_IsObject(schema));
    assert_string_equal(cJSON_GetObjectItemCaseSensitive(schema, "$schema")->valuestring,
                        "https://json-schema.org/draft/2020-12/schema");
    cJSON_Delete(schema);
    ended_free(&e);
}

static void test_lists_fit_a_terminal_of_80_columns(void **state)
{
    (void)state;
    program_needs_terminal();
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct program p = {.args = {"list", kinds[i]}, .terminal = TERMINAL_OUT};
        struct ended e = program_run(&p);
        expect_status(&e, 0);
        for (const char *line = e.out; *line; line += strcspn(line, "\n") + 1)
            if (strcspn(line, "\r\n") > 80)
                fail_msg("too wide: %.*s", (int)strcspn(line, "\r\n"), line);
        ended_free(&e);
    }
}

/* --- run and check ---------------------------------------------------------------- */

/* A member of summary.json as text, the caller's to free. */
static char *summary_member(const char *json, const char *name)
{
    cJSON *summary = cJSON_Parse(json);
    assert_non_null(summary);
    char *text = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(summary, name));
    assert_non_null(text);
    cJSON_Delete(summary);
    return text;
}

static void test_a_run_prints_its_result_on_stdout_and_the_rest_on_stderr(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini", "-o", "r"}, .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "teaching-mini  seed 1,");
    expect_says(e.out, "3 of 3 requirements hold\n");
    expect_says(e.err, "simulated in ");
    expect_says(e.err, "results in r\n");
    assert_null(strstr(e.out, "results in"));
    assert_true(scratch_exists(folder, "r/manifest.json"));
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_quiet_run_says_nothing_on_stderr(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini", "--quiet"}, .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_silence(e.err);
    expect_says(e.out, "requirements hold");
    ended_free(&e);
    scratch_free(folder);
}

static void test_json_is_summary_json_and_nothing_else(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini", "--json", "-o", "r"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    char *stored = scratch_get(folder, "r/summary.json");
    assert_string_equal(e.out, stored);
    char *status = summary_member(e.out, "status");
    assert_string_equal(status, "\"complete\"");
    free(status);
    free(stored);
    ended_free(&e);
    scratch_free(folder);
}

static void test_runs_without_a_directory_take_the_first_free_one(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini"}, .folder = folder};
    static const char *const expected[] = {"results in runs/teaching-mini\n",
                                           "results in runs/teaching-mini-2\n",
                                           "results in runs/teaching-mini-3\n"};
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct ended e = program_run(&p);
        expect_status(&e, 0);
        expect_says(e.err, expected[i]);
        ended_free(&e);
    }
    p.args[2] = "--overwrite";
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.err, expected[0]);
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_requirement_that_fails_ends_with_1(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini", "-o", "r", "--set",
                                 "require=[\"apps.pages.attempts == 0\"]"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 1);
    expect_says(e.out, "0 of 1 requirements hold");
    expect_says(e.out, "fails: apps.pages.attempts == 0; it was ");
    assert_true(scratch_exists(folder, "r/manifest.json"));
    ended_free(&e);
    scratch_free(folder);
}

/* The fingerprint of a run in `folder`, the caller's to free. */
static char *fingerprint_of(const char *folder, const char *scenario, const char *option,
                            const char *value)
{
    struct program p = {.args = {"run", scenario, "--json", "--quiet", option, value},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    char *fingerprint = summary_member(e.out, "fingerprint");
    ended_free(&e);
    return fingerprint;
}

static void test_metrics_asked_for_stand_below_the_summary(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "linux-bind-before-connect", "--quiet", "-o", "r",
                                 "--metric", "hosts.*.in_use_max", "--metric",
                                 "apps.*.failures.EADDR*", "--metric", "apps.*.resets"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "6 of 6 requirements hold\n\n");
    expect_says(e.out, "\nhosts.binds.tcp4.in_use_max               28,232 ports\n");
    expect_says(e.out, "\napps.bind-zero.failures.EADDRINUSE        11,768\n");
    expect_says(e.out, "\napps.bind-zero.failures.EADDRINUSE_per_s  294.2/s\n");
    expect_says(e.out, "\napps.connect.resets                       none\n");
    assert_null(strstr(e.out, "apps.connect.failures.EADDRINUSE"));
    ended_free(&e);
    p = (struct program){
        .args = {"run", "teaching-mini", "-o", "m", "--metric", "apps.x*"},
        .folder = folder};
    e = program_run(&p);
    expect_status(&e, 2);
    expect_says(e.err, "no metric is like \"apps.x*\" (`portsim list metrics')");
    assert_false(scratch_exists(folder, "m"));
    ended_free(&e);
    static const char *const meant[][2] = {
        {"probes", "did you mean \"*.probes\"?"},
        {"reuse", "did you mean \"*reuse*\"?"},
        {"hosts.client.probes", "did you mean \"*.probes\"?"}};
    for (size_t i = 0; i < sizeof meant / sizeof meant[0]; i++) {
        p.args[5] = meant[i][0];
        e = program_run(&p);
        expect_status(&e, 2);
        expect_says(e.err, meant[i][1]);
        ended_free(&e);
    }
    scratch_free(folder);
}

/* Of several replications: a mean and how far off it may be. */
static void test_metrics_asked_for_have_their_interval(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini", "--quiet", "--replications", "3",
                                 "--metric", "apps.pages.tries"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    const char *line = strstr(e.out, "\napps.pages.tries  ");
    assert_non_null(line);
    expect_says(line, " ± ");
    ended_free(&e);
    scratch_free(folder);
}

static void test_every_form_of_a_seed_is_the_same_seed(void **state)
{
    (void)state;
    static const struct {
        const char *option, *value;
    } same[] = {{"--seed", "31"},      {"--seed", "0x1f"},       {"--seed", "0X1F"},
                {"--set", "seed=31"},  {"--set", "seed=\"31\""}, {"--set", "seed=0x1f"},
                {"--seed", "00000031"}};
    char *folder = scratch_new();
    char *first = fingerprint_of(folder, "teaching-mini", same[0].option, same[0].value);
    for (size_t i = 1; i < COUNT(same); i++) {
        char *other =
            fingerprint_of(folder, "teaching-mini", same[i].option, same[i].value);
        assert_string_equal(first, other);
        free(other);
    }
    char *large = fingerprint_of(folder, "teaching-mini", "--seed", "0xffffffffffffffff"),
         *rounded =
             fingerprint_of(folder, "teaching-mini", "--seed", "18446744073709551615"),
         *near =
             fingerprint_of(folder, "teaching-mini", "--seed", "18446744073709551614");
    assert_string_equal(large, rounded);
    assert_string_not_equal(large, near);
    free(large), free(rounded), free(near);
    free(first);
    scratch_free(folder);
}

static void test_a_resolved_scenario_runs_as_the_one_it_came_from(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"check", "--resolved", "reflect-client-ip-nat"}};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_silence(e.err);
    scratch_put(folder, "resolved.json", e.out, strlen(e.out));
    char *short_run = "duration=100s";
    char *bare = "phases={}", *none = "require=[]";
    struct program runs[] = {
        {.args = {"run", "reflect-client-ip-nat", "-q", "--json", "-o", "a", "--set",
                  short_run, "--set", bare, "--set", none}},
        {.args = {"run", "resolved.json", "-q", "--json", "-o", "b", "--set", short_run,
                  "--set", bare, "--set", none}},
        {.args = {"run", "a/scenario.json", "-q", "--json", "-o", "c"}}};
    struct ended ends[COUNT(runs)];
    for (size_t i = 0; i < COUNT(runs); i++) {
        runs[i].folder = folder;
        ends[i] = program_run(&runs[i]);
        expect_status(&ends[i], 0);
        assert_string_equal(ends[i].out, ends[0].out);
    }
    for (size_t i = 0; i < COUNT(runs); i++)
        ended_free(&ends[i]);
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_scenario_can_come_from_standard_input(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"check", "--resolved", "teaching-mini"}};
    struct ended resolved = program_run(&p);
    struct program q = {
        .args = {"run", "-", "-q", "-o", "r"}, .folder = folder, .input = resolved.out};
    struct ended e = program_run(&q);
    expect_status(&e, 0);
    expect_says(e.out, "3 of 3 requirements hold");
    ended_free(&e);
    ended_free(&resolved);
    scratch_free(folder);
}

static void test_check_tells_all_errors_of_all_files(void **state)
{
    (void)state;
    static const char first[] = "{ \"name\": 1, \"duration\": 5 }";
    static const char second[] = "{ \"name\": \"x\", }";
    char *folder = scratch_new();
    scratch_put(folder, "first.json", first, sizeof first - 1);
    scratch_put(folder, "second.json", second, sizeof second - 1);
    struct program p = {.args = {"check", "first.json", "teaching-mini", "second.json"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 3);
    assert_string_equal(e.out, "teaching-mini: ok\n");
    expect_says(e.err, "first.json:1:11: name: ");
    expect_says(e.err, "first.json:1:26: duration: ");
    expect_says(e.err, "first.json:1:1: hosts: is missing");
    expect_says(e.err, "first.json:1:1: apps: is missing");
    expect_says(e.err, "second.json:1:14: name: no comma may stand before '}'");
    ended_free(&e);
    p = (struct program){.args = {"check", "teaching-mini", "-q"}};
    e = program_run(&p);
    expect_status(&e, 0);
    expect_silence(e.out);
    expect_silence(e.err);
    ended_free(&e);
    scratch_free(folder);
}

static void test_check_tells_where_each_value_comes_from(void **state)
{
    (void)state;
    struct program p = {.args = {"check", "--origins", "proxysg-low-port", "--set",
                                 "hosts.proxy.tcp.time_wait=1min"}};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "hosts.proxy.tcp.time_wait = \"1min\"  # --set\n");
    expect_says(e.out, "proxysg-low-port.json:");
    expect_says(e.out, "proxysg-cifs-finwait2.json:");
    expect_says(e.out, "  # default\n");
    ended_free(&e);
}

/* --- terminals -------------------------------------------------------------------- */

static void test_colours_only_on_a_terminal_that_wants_them(void **state)
{
    (void)state;
    program_needs_terminal();
    static const struct {
        const char *env;
        bool coloured;
    } terminals[] = {{"TERM=xterm", true}, {"NO_COLOR=1", false}, {"TERM=dumb", false}};
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT(terminals); i++) {
        struct program p = {.args = {"run", "teaching-mini", "-q"},
                            .folder = folder,
                            .terminal = TERMINAL_OUT,
                            .env = {terminals[i].env}};
        struct ended e = program_run(&p);
        expect_status(&e, 0);
        assert_int_equal(strchr(e.out, '\033') != NULL, terminals[i].coloured);
        ended_free(&e);
    }
    scratch_free(folder);
}

static void test_progress_only_on_a_terminal_that_can_erase_it(void **state)
{
    (void)state;
    program_needs_terminal();
    static const struct {
        const char *env, *option;
        bool shown;
    } terminals[] = {{"TERM=xterm", "--json", true},
                     {"TERM=xterm", "--quiet", false},
                     {"TERM=dumb", "--json", false}};
    char *folder = scratch_new();
    for (size_t i = 0; i < COUNT(terminals); i++) {
        struct program p = {.args = {"run", "teaching-mini", terminals[i].option, "--set",
                                     "duration=250000s", "--set", "sample_every=1h"},
                            .folder = folder,
                            .terminal = TERMINAL_ERR,
                            .env = {terminals[i].env}};
        struct ended e = program_run(&p);
        expect_status(&e, 0);
        assert_int_equal(strstr(e.err, " simulated, ") != NULL, terminals[i].shown);
        assert_null(strchr(e.out, '\033'));
        ended_free(&e);
    }
    scratch_free(folder);
}

/* --- outputs nobody reads, or that are full --------------------------------------- */

static void test_a_reader_who_left_is_no_error(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program gone[] = {{.args = {"list", "metrics"}},
                             {.args = {"schema"}},
                             {.args = {"run", "teaching-mini", "-q", "-o", "r"}},
                             {.args = {"run", "teaching-mini", "-q", "--json"}}};
    for (size_t i = 0; i < COUNT(gone); i++) {
        gone[i].folder = folder;
        gone[i].out_closed = true;
        struct ended e = program_run(&gone[i]);
        expect_status(&e, 0);
        expect_silence(e.err);
        ended_free(&e);
    }
    assert_true(scratch_exists(folder, "r/manifest.json"));
    scratch_free(folder);
}

static void test_a_full_output_is_an_error_and_the_results_are_kept(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program full[] = {{.args = {"list", "metrics"}},
                             {.args = {"schema"}},
                             {.args = {"run", "teaching-mini", "-q", "-o", "r"}}};
    for (size_t i = 0; i < COUNT(full); i++) {
        full[i].folder = folder;
        full[i].out_file = "/dev/full";
        struct ended e = program_run(&full[i]);
        expect_status(&e, 4);
        expect_says(e.err, "cannot write to standard output");
        ended_free(&e);
    }
    assert_true(scratch_exists(folder, "r/manifest.json"));
    scratch_free(folder);
}

/* --- pictures --------------------------------------------------------------------- */

static void test_a_run_can_be_drawn_at_once_or_later(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct program p = {.args = {"run", "teaching-mini", "--plots", "-o", "r"},
                        .folder = folder};
    struct ended e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.err, "  r/plots/states.svg\n");
    assert_true(scratch_exists(folder, "r/plots/states.svg"));
    ended_free(&e);
    p = (struct program){.args = {"plot", "r", "--format", "png"}, .folder = folder};
    e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "r/plots/states.png\n");
    expect_silence(e.err);
    assert_true(scratch_exists(folder, "r/plots/states.png"));
    ended_free(&e);
    p = (struct program){.args = {"plot", "r", "-f", "dumb"}, .folder = folder};
    e = program_run(&p);
    expect_status(&e, 0);
    expect_says(e.out, "simulated time");
    expect_silence(e.err);
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_demo_draws_and_says_what_to_try_next(void **state)
{
    (void)state;
    char *folder = scratch_new();
    for (int time = 0; time < 2; time++) { /* the second replaces the first */
        struct program p = {.args = {"demo", "teaching-mini"}, .folder = folder};
        struct ended e = program_run(&p);
        expect_status(&e, 0);
        expect_says(e.out, "3 of 3 requirements hold");
        expect_says(e.err, "  runs/demo-teaching-mini/plots/states.png\n");
        expect_says(e.err, "try next:\n");
        expect_says(e.err, "portsim plot runs/demo-teaching-mini --format dumb\n");
        expect_says(e.err, "portsim list scenarios\n");
        ended_free(&e);
    }
    assert_true(scratch_exists(folder, "runs/demo-teaching-mini/plots/outcomes.png"));
    assert_false(scratch_exists(folder, "runs/demo-teaching-mini-2"));
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_command_helps_with_an_example),
        cmocka_unit_test(test_help_lists_every_command_and_every_exit_status),
        cmocka_unit_test(test_the_name_alone_is_answered_by_twelve_lines),
        cmocka_unit_test(test_help_groups_the_commands),
        cmocka_unit_test(test_no_line_of_help_is_wider_than_80_columns),
        cmocka_unit_test(test_the_version_is_a_line_of_its_own),
        cmocka_unit_test(test_bad_command_lines_end_with_2_and_say_why),
        cmocka_unit_test(test_every_list_names_what_its_json_names),
        cmocka_unit_test(test_long_lists_give_every_fact_of_every_entry),
        cmocka_unit_test(test_everything_listed_can_be_explained),
        cmocka_unit_test(test_the_language_can_be_explained_by_part_key_path_and_metric),
        cmocka_unit_test(test_the_schema_is_json_that_names_itself),
        cmocka_unit_test(test_lists_fit_a_terminal_of_80_columns),
        cmocka_unit_test(test_a_run_prints_its_result_on_stdout_and_the_rest_on_stderr),
        cmocka_unit_test(test_a_quiet_run_says_nothing_on_stderr),
        cmocka_unit_test(test_json_is_summary_json_and_nothing_else),
        cmocka_unit_test(test_runs_without_a_directory_take_the_first_free_one),
        cmocka_unit_test(test_a_requirement_that_fails_ends_with_1),
        cmocka_unit_test(test_metrics_asked_for_stand_below_the_summary),
        cmocka_unit_test(test_metrics_asked_for_have_their_interval),
        cmocka_unit_test(test_every_form_of_a_seed_is_the_same_seed),
        cmocka_unit_test(test_a_resolved_scenario_runs_as_the_one_it_came_from),
        cmocka_unit_test(test_a_scenario_can_come_from_standard_input),
        cmocka_unit_test(test_check_tells_all_errors_of_all_files),
        cmocka_unit_test(test_check_tells_where_each_value_comes_from),
        cmocka_unit_test(test_colours_only_on_a_terminal_that_wants_them),
        cmocka_unit_test(test_progress_only_on_a_terminal_that_can_erase_it),
        cmocka_unit_test(test_a_reader_who_left_is_no_error),
        cmocka_unit_test(test_a_full_output_is_an_error_and_the_results_are_kept),
        cmocka_unit_test(test_a_run_can_be_drawn_at_once_or_later),
        cmocka_unit_test(test_a_demo_draws_and_says_what_to_try_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
