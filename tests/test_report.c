/* Reports: whole pages, made of the record alone, that show whatever names they are
 * given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/results/resolved.h"
#include "sim/results/run_study.h"
#include "sim/views/diagnose.h"
#include "sim/views/report.h"
#include "tests/hostile.h"
#include "tests/program.h"
#include "tests/scratch.h"

#define DEPTH 64

/* --- whether a page is whole ---------------------------------------------------------
 */

struct tag {
    const char *name;
    size_t length;
};

static bool is_named(struct tag tag, const char *name)
{
    return strlen(name) == tag.length && strncmp(name, tag.name, tag.length) == 0;
}

static bool has_no_end(struct tag tag)
{
    return is_named(tag, "meta") || is_named(tag, "link") || is_named(tag, "wbr") ||
           is_named(tag, "!DOCTYPE");
}

/* Reads the tag at `p` onto or off the stack; returns what follows it. */
static const char *read_tag(const char *p, struct tag *stack, unsigned *depth)
{
    const char *end = strchr(p, '>');
    bool closes = p[1] == '/';
    assert_non_null(end);
    struct tag tag = {p + 1 + closes, strcspn(p + 1 + closes, " />")};
    if (closes) {
        if (!*depth || stack[*depth - 1].length != tag.length ||
            strncmp(stack[*depth - 1].name, tag.name, tag.length) != 0)
            fail_msg("%.60s closes what is not open", p);
        --*depth;
    } else if (end[-1] != '/' && !has_no_end(tag)) {
        assert_true(*depth < DEPTH);
        stack[(*depth)++] = tag;
        if (is_named(tag, "style"))
            return strstr(end, "</style>");
    }
    return end + 1;
}

static void assert_balanced(const char *page)
{
    struct tag stack[DEPTH];
    unsigned depth = 0;
    for (const char *p = strchr(page, '<'); p; p = strchr(p, '<'))
        p = read_tag(p, stack, &depth);
    assert_int_equal(depth, 0);
}

/* --- hostile names -------------------------------------------------------------------
 */

/* A record that has this text in every place a user can name. */
struct hostile_record {
    struct run_metric metrics[3];
    struct run_requirement requirements[2];
    struct run_event log[2];
    struct run_pool pools[1];
    struct run_app apps[1];
    struct run_failing failing[1];
    const char *warnings[1];
    struct run_study study;
    struct json_text scenario;
    struct series *series;
    char *names[2];
    struct run_record record;
};

static void write_scenario(struct json_text *j, const char *text)
{
    json_object_begin(j, NULL);
    json_string(j, "question", text);
    json_string(j, "about", text);
    json_object_begin(j, "apps");
    json_object_begin(j, text);
    json_object_begin(j, "arrivals");
    json_string(j, "kind", text);
    json_string(j, text, text);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
}

static void fill(struct hostile_record *h, const char *text)
{
    *h = (struct hostile_record){.warnings = {text}};
    write_scenario(&h->scenario, text);
    h->series = series_new();
    series_append(h->series, 0, NULL);
    h->names[0] = memory_print("apps.%s.failures.%s", text, text);
    h->names[1] = memory_print("apps.%s.failure_ratio@%s", text, text);
    h->metrics[0] = (struct run_metric){h->names[0], text, 3, 1, 2};
    h->metrics[1] = (struct run_metric){h->names[1], "1", 0.5, 0.1, 2};
    h->metrics[2] = (struct run_metric){text, text, 1, 1, 2};
    for (int i = 0; i < 2; i++)
        h->requirements[i] =
            (struct run_requirement){text, i, i ? RUN_FAILS : RUN_UNDECIDED, 0.5, 2};
    for (int i = 0; i < 2; i++)
        h->log[i] = (struct run_event){i, text, text, i ? "change" : text, text};
    h->pools[0] = (struct run_pool){.host = text,
                                    .pool = text,
                                    .stack = text,
                                    .allocator = text,
                                    .scope = text,
                                    .failure = text,
                                    .gateway = text,
                                    .low = 1,
                                    .high = 9,
                                    .addresses = 2,
                                    .members = 3};
    h->apps[0] = (struct run_app){.name = text,
                                  .from = text,
                                  .through = text,
                                  .to = text,
                                  .pool = text,
                                  .process = text,
                                  .binds = text};
    h->failing[0] = (struct run_failing){text, 1, 0.1, 0.9};
    h->study = (struct run_study){.kind = text,
                                  .reason = text,
                                  .confidence = 0.95,
                                  .warm_up_s = 3,
                                  .warnings = h->warnings,
                                  .warning_count = 1,
                                  .failing = h->failing,
                                  .failing_count = 1};
    h->record = (struct run_record){.version = text,
                                    .scenario = text,
                                    .replications = 2,
                                    .status = RUN_INTERRUPTED,
                                    .metrics = h->metrics,
                                    .metric_count = 3,
                                    .requirements = h->requirements,
                                    .requirement_count = 2,
                                    .log = h->log,
                                    .log_count = 2,
                                    .series = h->series,
                                    .resolved_scenario = h->scenario.bytes,
                                    .pools = h->pools,
                                    .pool_count = 1,
                                    .apps = h->apps,
                                    .app_count = 1,
                                    .study = &h->study};
}

static void empty(struct hostile_record *h)
{
    json_free(&h->scenario);
    series_free(h->series);
    free(h->names[0]);
    free(h->names[1]);
}

static void put_page(struct html *h, const struct report_run *run, const char *text)
{
    struct html_head head = {.title = text, .style = report_style};
    html_page_begin(h, &head);
    report_head(h, run);
    report_verdict(h, run);
    report_numbers(h, run);
    report_events(h, run);
    report_pictures(h, run);
    report_scenario(h, run);
    report_again(h, run);
    html_page_end(h, &head);
}

static void expect_only_shown(const char *text)
{
    static const struct figures_drawn none;
    struct hostile_record r;
    struct html h = {0};
    fill(&r, text);
    struct diagnosis *d = diagnosis_new(&r.record);
    struct report_run run = {.record = &r.record,
                             .first = &r.record,
                             .diagnosis = d,
                             .drawn = &none,
                             .no_pictures = text};
    put_page(&h, &run, text);
    const char *page = text_of(&h.text);
    assert_balanced(page);
    if (strpbrk(text, "<\"'&") && strlen(text) > 1 && strstr(page, text))
        fail_msg("it stands there as it is: %s", text);
    if (strstr(page, "<script") || strstr(page, "<svg"))
        fail_msg("it became an element: %s", text);
    text_free(&h.text);
    diagnosis_free(d);
    empty(&r);
}

static void test_hostile_texts_in_every_place_are_only_shown(void **state)
{
    (void)state;
    for (size_t i = 0; hostile_texts[i]; i++)
        expect_only_shown(hostile_texts[i]);
}

/* --- words of a resolved scenario ----------------------------------------------------
 */

static void test_members_of_a_scenario_are_told_in_words(void **state)
{
    (void)state;
    static const char json[] =
        "{\"about\": \"x\", \"seed\": 1, \"apps\": {\"a\": {\"arrivals\": {\"rate\": "
        "\"5/s\", \"kind\": \"poisson\", \"deep\": {}, \"n\": 3, \"x\": 0.5, \"on\": "
        "true}, \"to\": \"b:80\"}}}";
    static const struct {
        const char *app, *key, *words;
    } cases[] = {{"a", "arrivals", "poisson, rate 5/s, n 3, x 0.5, on yes"},
                 {"a", "to", "b:80"},
                 {"a", "nothing", NULL},
                 {"b", "to", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *words = resolved_of_app(json, cases[i].app, cases[i].key);
        if (cases[i].words)
            assert_string_equal(words, cases[i].words);
        else
            assert_null(words);
        free(words);
    }
    char *about = resolved_text(json, "about");
    assert_string_equal(about, "x");
    free(about);
    assert_null(resolved_text(json, "seed"));
    assert_null(resolved_text(json, "question"));
    assert_null(resolved_text(NULL, "about"));
    assert_null(resolved_text("no JSON", "about"));
}

static void test_scenarios_differ_path_by_path(void **state)
{
    (void)state;
    static const char *const jsons[] = {
        "{\"about\": \"x\", \"seed\": 1, \"same\": [1], \"a\": {\"b\": \"1s\", \"c\": "
        "true}, \"list\": [1]}",
        "{\"about\": \"y\", \"seed\": 1, \"same\": [1], \"a\": {\"b\": \"2s\", \"d\": "
        "0.5}, "
        "\"list\": [2]}"};
    static const struct {
        const char *path, *first, *second;
    } rows[] = {{"a.b", "1s", "2s"},
                {"a.c", "yes", NULL},
                {"list", "[1]", "[2]"},
                {"a.d", NULL, "0.5"}};
    struct resolved_differences d = resolved_compare(jsons, 2);
    assert_int_equal(d.count, sizeof rows / sizeof *rows);
    for (uint32_t i = 0; i < d.count; i++) {
        bool found = false;
        for (size_t k = 0; k < d.count; k++) {
            const char *const wanted[] = {rows[k].first, rows[k].second};
            bool same = strcmp(d.at[i].path, rows[k].path) == 0;
            for (int s = 0; s < 2 && same; s++)
                same = !wanted[s] ? !d.at[i].values[s]
                                  : strcmp(d.at[i].values[s], wanted[s]) == 0;
            found = found || same;
        }
        if (!found)
            fail_msg("%s is not as it should be", d.at[i].path);
    }
    resolved_differences_free(&d);
    d = resolved_compare((const char *const[]){jsons[0], NULL}, 2);
    assert_int_equal(d.count, 0);
    resolved_differences_free(&d);
}

/* --- the command ---------------------------------------------------------------------
 */

static void call(const struct program *p, int status)
{
    struct ended e = program_run(p);
    expect_status(&e, status);
    ended_free(&e);
}

static char *small_run(void)
{
    char *folder = scratch_new();
    call(&(struct program){.args = {"run", "teaching-mini", "-o", "r", "-q", "--set",
                                    "duration=10min"},
                           .folder = folder},
         1);
    return folder;
}

static void expect_page(const char *page, const char *const *parts)
{
    assert_non_null(page);
    assert_balanced(page);
    for (; *parts; parts++)
        if (!strstr(page, *parts))
            fail_msg("the page has no %s", *parts);
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "http:"));
    assert_null(strstr(page, "https:"));
}

static void test_a_run_is_one_page_with_everything_in_it(void **state)
{
    (void)state;
    static const char *const parts[] = {"<h1>What share of attempts finds none",
                                        "client ran out of local ports (tcp4)",
                                        "Ten ports, small enough",
                                        "TIME_WAIT toward server:80 holds",
                                        "What would help, by theory",
                                        "<h2>Numbers</h2>",
                                        "exhaustion-begins",
                                        "<h2>Pictures</h2>",
                                        "poisson, rate 1.6/s",
                                        "portsim run scenario.json -o again",
                                        "1: done, but not every",
                                        NULL};
    char *folder = small_run();
    struct ended e =
        program_run(&(struct program){.args = {"report", "r"}, .folder = folder});
    expect_status(&e, 0);
    assert_string_equal(e.out, "r/report.html\n");
    char *page = scratch_get(folder, "r/report.html");
    expect_page(page, parts);
    assert_null(strstr(page, folder));
    free(page);
    ended_free(&e);
    scratch_free(folder);
}

static void test_the_same_run_elsewhere_gives_the_same_bytes(void **state)
{
    (void)state;
    char *folder = small_run(), *run = memory_print("%s/r", folder);
    call(&(struct program){.args = {"report", "r", "-o", "a.html"}, .folder = folder}, 0);
    call(&(struct program){.args = {"report", run, "-o", "b.html"}, .folder = folder}, 0);
    char *a = scratch_get(folder, "a.html"), *b = scratch_get(folder, "b.html");
    assert_string_equal(a, b);
    free(a);
    free(b);
    free(run);
    scratch_free(folder);
}

static void test_without_gnuplot_the_page_says_that_pictures_are_missing(void **state)
{
    (void)state;
    static const char *const parts[] = {"There are no pictures: gnuplot is not installed",
                                        "<h2>Numbers</h2>", NULL};
    char *folder = small_run();
    struct ended e = program_run(&(struct program){
        .args = {"report", "r"}, .folder = folder, .env = {"PATH=/nowhere"}});
    expect_status(&e, 0);
    expect_says(e.err, "gnuplot");
    char *page = scratch_get(folder, "r/report.html");
    expect_page(page, parts);
    free(page);
    ended_free(&e);
    scratch_free(folder);
}

static void test_a_page_that_does_not_fit_leaves_the_old_one(void **state)
{
    (void)state;
    char *folder = small_run();
    scratch_put(folder, "page.html", "old", 3);
    call(&(struct program){.args = {"report", "r", "-o", "page.html"},
                           .folder = folder,
                           .env = {"PATH=/nowhere"},
                           .file_limit = 4096},
         4);
    char *page = scratch_get(folder, "page.html");
    assert_string_equal(page, "old");
    assert_int_equal(scratch_entries(folder), 2);
    free(page);
    scratch_free(folder);
}

static void test_what_is_no_run_gets_no_page(void **state)
{
    (void)state;
    char *folder = scratch_new();
    call(&(struct program){.args = {"report", "."}, .folder = folder}, 4);
    call(&(struct program){.args = {"report", "nowhere"}, .folder = folder}, 4);
    call(&(struct program){.args = {"report"}, .folder = folder}, 2);
    assert_int_equal(scratch_entries(folder), 0);
    scratch_free(folder);
}

static void test_a_name_that_is_none_is_refused_before_anything_is_written(void **state)
{
    (void)state;
    char *folder = small_run();
    call(&(struct program){.args = {"report", "r", "-o", "x y.html"},
                           .folder = folder,
                           .env = {"PATH=/nowhere"}},
         2);
    assert_int_equal(scratch_entries(folder), 1);
    scratch_free(folder);
}

static void test_a_study_tells_where_each_requirement_holds(void **state)
{
    (void)state;
    static const char *const parts[] = {"a study of 3 points, 6 runs",
                                        "holds at 1 of 3 points",
                                        "rate 0.5/s",
                                        "<h2>Points</h2>",
                                        "--vary apps.pages.arrivals.rate=0.5/s,1.6/s,3/s",
                                        "results.csv has every metric",
                                        NULL};
    char *folder = scratch_new();
    call(&(struct program){.args = {"sweep", "teaching-mini", "-q", "-o", "s", "-r", "2",
                                    "--set",
                                    "require=[\"apps.pages.failure_ratio <= "
                                    "0.05\"]",
                                    "--set", "duration=30min", "--vary",
                                    "apps.pages.arrivals.rate=0.5/s,1.6/s,3/s"},
                           .folder = folder},
         0);
    call(&(struct program){.args = {"report", "s"}, .folder = folder}, 0);
    char *page = scratch_get(folder, "s/report.html");
    expect_page(page, parts);
    free(page);
    scratch_free(folder);
}

static void run_mini(const char *folder, const char *name, const char *time_wait,
                     const char *replications)
{
    char *set = memory_print("hosts.client.tcp.time_wait=%s", time_wait);
    call(&(struct program){.args = {"run", "teaching-mini", "-q", "-o", name, "--set",
                                    "duration=30min", "--set", "require=[]", "--set", set,
                                    "--replications", replications},
                           .folder = folder},
         0);
    free(set);
}

static void test_runs_stand_side_by_side_with_their_differences(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "2 runs side by side",
        "Where the scenarios differ",
        "<th scope=\"row\">hosts.<wbr>client.<wbr>tcp.<wbr>"
        "time_wait</th>",
        "B b against A a",
        "10 pairs of runs",
        "better",
        "A a: client",
        "B b: client",
        "fingerprint",
        NULL};
    char *folder = scratch_new();
    run_mini(folder, "a", "4s", "10");
    run_mini(folder, "b", "1s", "10");
    struct ended e =
        program_run(&(struct program){.args = {"report", "a", "b"}, .folder = folder});
    expect_status(&e, 0);
    assert_string_equal(e.out, "report.html\n");
    char *page = scratch_get(folder, "report.html");
    expect_page(page, parts);
    assert_null(strstr(page, folder));
    free(page);
    ended_free(&e);
    scratch_free(folder);
}

static void test_single_runs_differ_without_a_verdict(void **state)
{
    (void)state;
    static const char *const parts[] = {"3 runs side by side",
                                        "One run of each: what differs may be chance",
                                        "C c against A a", NULL};
    char *folder = scratch_new();
    run_mini(folder, "a", "4s", "1");
    run_mini(folder, "b", "1s", "1");
    run_mini(folder, "c", "2s", "1");
    call(&(struct program){.args = {"report", "a", "b", "c"},
                           .folder = folder,
                           .env = {"PATH=/nowhere"}},
         0);
    char *page = scratch_get(folder, "report.html");
    expect_page(page, parts);
    assert_null(strstr(page, ">verdict<"));
    free(page);
    scratch_free(folder);
}

static void test_a_run_is_not_compared_with_a_study(void **state)
{
    (void)state;
    char *folder = small_run();
    call(&(struct program){.args = {"sweep", "teaching-mini", "-q", "-o", "s", "-r", "1",
                                    "--set", "duration=10min", "--vary",
                                    "apps.pages.arrivals.rate=0.5/s,1.6/s"},
                           .folder = folder},
         0);
    call(&(struct program){.args = {"report", "r", "s"}, .folder = folder}, 2);
    assert_false(scratch_exists(folder, "report.html"));
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_texts_in_every_place_are_only_shown),
        cmocka_unit_test(test_members_of_a_scenario_are_told_in_words),
        cmocka_unit_test(test_scenarios_differ_path_by_path),
        cmocka_unit_test(test_a_run_is_one_page_with_everything_in_it),
        cmocka_unit_test(test_the_same_run_elsewhere_gives_the_same_bytes),
        cmocka_unit_test(test_without_gnuplot_the_page_says_that_pictures_are_missing),
        cmocka_unit_test(test_a_page_that_does_not_fit_leaves_the_old_one),
        cmocka_unit_test(test_what_is_no_run_gets_no_page),
        cmocka_unit_test(test_a_name_that_is_none_is_refused_before_anything_is_written),
        cmocka_unit_test(test_a_study_tells_where_each_requirement_holds),
        cmocka_unit_test(test_runs_stand_side_by_side_with_their_differences),
        cmocka_unit_test(test_single_runs_differ_without_a_verdict),
        cmocka_unit_test(test_a_run_is_not_compared_with_a_study),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
