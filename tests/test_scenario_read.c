/* Reading scenarios: what is sound arrives in the struct, what is not is told at its
 * place; extends, --set and changes; the resolved scenario reads back as itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"
#include "tests/scenario_faults.h"
#include "tests/scenario_toy.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- helpers ---------------------------------------------------------------------- */

/* In a build that grows by one, large inputs take hours. */
static void skip_if_growing_by_one(void)
{
#ifdef SIM_TINY_GROWTH
    skip();
#endif
}

static struct scenario *read_with(const char *text, const char *const *settings,
                                  uint32_t count, struct issues *issues)
{
    const struct scenario_options options = {.settings = settings,
                                             .setting_count = count};
    return scenario_read_text("t.json", text, strlen(text), &toy_fields, &options,
                              issues);
}

/* A scenario that must be sound. */
static struct scenario *read_sound(const char *text, struct issues *issues)
{
    struct scenario *s = read_with(text, NULL, 0, issues);
    if (!s)
        fail_msg("%s: %s: %s", text, issues_get(issues, 0)->path,
                 issues_get(issues, 0)->message);
    return s;
}

static char *resolve(const struct scenario *s)
{
    struct json_text json = {0};
    scenario_write(s, scenario_root(s), &json);
    char *text = memory_text(json.bytes, json.length);
    json_free(&json);
    return text;
}

/* The resolved text of a scenario read with one setting. */
static char *resolve_with(const char *text, const char *setting)
{
    struct issues *issues = issues_new();
    struct scenario *s = read_with(text, &setting, 1, issues);
    if (!s)
        fail_msg("%s: %s: %s", setting, issues_get(issues, 0)->path,
                 issues_get(issues, 0)->message);
    char *resolved = resolve(s);
    scenario_free(s);
    issues_free(issues);
    return resolved;
}

static void expect_holds(const char *text, const char *part, const char *why)
{
    if (!strstr(text, part))
        fail_msg("%s: no %s in\n%s", why, part, text);
}

static const struct toy_box *box(const struct toy *toy, uint32_t index)
{
    assert_true(index < toy->boxes.count);
    return (const struct toy_box *)toy->boxes.items + index;
}

static const struct toy_job *job(const struct toy *toy, uint32_t index)
{
    assert_true(index < toy->jobs.count);
    return (const struct toy_job *)toy->jobs.items + index;
}

static const struct toy_close *closes_of(const struct toy_job *j, uint32_t index)
{
    assert_true(index < j->closes.count);
    return (const struct toy_close *)j->closes.items + index;
}

/* --- what is read ----------------------------------------------------------------- */

static void test_every_type_of_field_arrives_in_the_struct(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    struct scenario *s = read_sound(toy_rich, issues);
    const struct toy *toy = scenario_root(s);
    assert_string_equal(toy->name, "rich");
    assert_string_equal(toy->about, "h\xC3\xA4lt\n\"viel\" \xF0\x9F\x90\x9F");
    assert_true(toy->seed == UINT64_MAX);
    assert_int_equal(toy->duration, 90 * SIM_MIN);
    assert_true(toy->verbose);
    assert_int_equal(toy->port, 443);
    char address[IP_ADDRESS_TEXT];
    assert_string_equal(ip_address_text(&toy->origin, address), "2001:db8::1");
    assert_int_equal(toy->boxes.count, 4);
    assert_string_equal(box(toy, 1)->name, "mid");
    assert_int_equal(box(toy, 1)->gear.range.low, 16384);
    assert_int_equal(box(toy, 1)->gear.hold, 10 * SIM_MIN);
    const struct ip_address *addresses = box(toy, 0)->addresses.items;
    assert_string_equal(ip_address_text(&addresses[1], address), "10.0.0.2");
    /* jobs stand before boxes in the file */
    assert_int_equal(job(toy, 0)->from, 0);
    assert_int_equal(job(toy, 0)->through, 1);
    assert_int_equal(job(toy, 0)->to.reference, 2);
    assert_int_equal(job(toy, 0)->to.port, 445);
    assert_true(job(toy, 0)->rate == 10);
    assert_int_equal(job(toy, 0)->closes.count, 3);
    assert_int_equal(closes_of(job(toy, 0), 0)->ending.kind, ENDING_LATE);
    const struct toy_late *late = closes_of(job(toy, 0), 0)->ending.config;
    assert_int_equal(late->delay, 50 * SIM_US);
    assert_int_equal(closes_of(job(toy, 0), 1)->ending.kind, ENDING_NEVER);
    assert_null(closes_of(job(toy, 0), 1)->ending.config);
    assert_int_equal(closes_of(job(toy, 0), 2)->ending.kind, ENDING_PROMPT);
    assert_int_equal(job(toy, 1)->through, FIELD_NO_REFERENCE);
    assert_true(job(toy, 1)->rate == 200.0 / 3600);
    const struct toy_wire *wires = toy->wires.items;
    assert_int_equal(((const uint32_t *)wires[1].between.items)[1], 2);
    const struct toy_span *spans = toy->spans.items;
    assert_string_equal(spans[1].name, "after");
    assert_int_equal(spans[1].window.start, 60 * SIM_MIN);
    assert_string_equal(((const char *const *)toy->rules.items)[0],
                        "jobs.pages.failures == 0");
    scenario_free(s);
    issues_free(issues);
}

static void test_what_is_not_given_has_its_default(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    struct scenario *s = read_sound(toy_poor, issues);
    const struct toy *toy = scenario_root(s);
    assert_int_equal(toy->version, 1);
    assert_null(toy->about);
    assert_int_equal(toy->seed, 1);
    assert_int_equal(toy->port, 8080);
    assert_int_equal(toy->limit, 0);
    assert_int_equal(toy->origin.family, 0);
    assert_int_equal(toy->wires.count, 0);
    assert_int_equal(box(toy, 0)->listen.count, 2);
    assert_int_equal(((const uint16_t *)box(toy, 0)->listen.items)[1], 443);
    scenario_free(s);
    issues_free(issues);
}

static void test_a_base_gives_what_the_object_does_not(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    struct scenario *s = read_sound(toy_rich, issues);
    const struct toy *toy = scenario_root(s);
    /* left: all of "plain", whose variant has no config of its own */
    const struct toy_gear *gear = &box(toy, 0)->gear;
    assert_int_equal(gear->range.low, 1000);
    assert_int_equal(gear->picker.kind, PICKER_RANDOM);
    assert_int_equal(((const struct toy_random *)gear->picker.config)->tries, 8);
    assert_int_equal(gear->retry.at.count, 2);
    /* mid: "mill", two values of its own */
    gear = &box(toy, 1)->gear;
    assert_true(gear->strict);
    assert_int_equal(((const struct toy_stride *)gear->picker.config)->step, 7);
    /* right: one key of the base's variant, one of its object */
    gear = &box(toy, 2)->gear;
    const struct toy_stride *stride = gear->picker.config;
    assert_int_equal(gear->picker.kind, PICKER_STRIDE);
    assert_int_equal(stride->step, 7);
    assert_true(stride->skew == 0.25);
    assert_int_equal(gear->retry.give_up, 9 * SIM_S);
    assert_int_equal(gear->retry.at.count, 0);
    /* last: another kind than the base's */
    assert_int_equal(box(toy, 3)->gear.picker.kind, PICKER_FIRST);
    assert_null(box(toy, 3)->gear.picker.config);
    assert_int_equal(box(toy, 3)->gear.hold, 60 * SIM_S);
    scenario_free(s);
    issues_free(issues);
}

static void test_sound_scenarios_are_read_without_complaint(void **state)
{
    (void)state;
    for (size_t i = 0; scenario_sound[i]; i++) {
        struct issues *issues = issues_new();
        scenario_free(read_sound(scenario_sound[i], issues));
        issues_free(issues);
    }
}

/* --- what is refused -------------------------------------------------------------- */

/* Takes the '^' out of a text and finds its line and column. */
static char *unmark(const char *marked, uint32_t *line, uint32_t *column)
{
    char *text = memory_text(marked, strlen(marked));
    char *mark = strchr(text, '^');
    *line = *column = 1;
    for (const char *p = text; p < mark; p++) {
        *line += *p == '\n';
        *column = *p == '\n' ? 1 : *column + (((unsigned char)*p & 0xC0) != 0x80);
    }
    memmove(mark, mark + 1, strlen(mark));
    return text;
}

static bool same_suggestion(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void test_each_fault_is_told_at_its_place(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct scenario_fault *f = scenario_faults; f->text; f++, count++) {
        uint32_t line, column;
        char *text = unmark(f->text, &line, &column);
        struct issues *issues = issues_new();
        assert_null(read_with(text, NULL, 0, issues));
        const struct issue *issue = issues_get(issues, 0);
        if (issues_count(issues) != 1 || issue->place.line != line ||
            issue->place.column != column || strcmp(issue->path, f->path) != 0 ||
            !strstr(issue->message, f->message) ||
            !same_suggestion(issue->suggestion, f->suggestion)) {
            issues_print(issues, stderr);
            fail_msg("%zu complaints, expected %u:%u %s: %s, suggestion %s",
                     issues_count(issues), line, column, f->path, f->message,
                     f->suggestion ? f->suggestion : "none");
        }
        issues_free(issues);
        free(text);
    }
    assert_true(count >= 60);
}

static void test_all_faults_are_told_at_once_in_order(void **state)
{
    (void)state;
    size_t length = 0;
    char text[4096];
    length += (size_t)sprintf(text, "{ \"duration\": 5,\n\"boxes\": {");
    for (int i = 0; i < 20; i++)
        length += (size_t)sprintf(text + length, "%s\n\"b%d\": { \"modle\": \"plain\" }",
                                  i ? "," : "", i);
    sprintf(text + length, " } }");
    struct issues *issues = issues_new();
    assert_null(read_with(text, NULL, 0, issues));
    assert_int_equal(issues_count(issues), 22);
    assert_string_equal(issues_get(issues, 0)->path, "name");
    assert_string_equal(issues_get(issues, 1)->path, "duration");
    for (uint32_t i = 2; i < 22; i++)
        assert_int_equal(issues_get(issues, i)->place.line, i + 1);
    issues_free(issues);
}

static char *print(struct issues *issues)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    issues_print(issues, out);
    fclose(out);
    return text;
}

static void test_a_complaint_is_one_line_and_an_excerpt(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    assert_null(read_with("{ \"name\": \"x\", \"duration\": \"1h\",\n"
                          "  \"boxes\": { \"a\": { \"gear\": {\n"
                          "\t\"hold\": 600 } } } }",
                          NULL, 0, issues));
    char *text = print(issues);
    assert_string_equal(
        text, "t.json:3:10: boxes.a.gear.hold: must be a duration with a unit (ns "
              "us ms s min h d), is 600; did you mean \"600s\"?\n"
              "       3 | \"hold\": 600 } } } }\n"
              "         |         ^\n");
    free(text);
    issues_free(issues);
}

static void test_hostile_names_do_not_reach_the_terminal(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    assert_null(read_with(
        "{ \"\\u001b[2J\\u009b\\u202e\": \"\\u001b]0;x\\u0007\",\n"
        "\"name\": \"\\u001b[31m\", \"duration\": \"1h\", \"boxes\": {\"a\":{}} }",
        NULL, 0, issues));
    char *text = print(issues);
    assert_null(strpbrk(text, "\x1B\x07\x7F"));
    assert_null(strstr(text, "\xC2\x9B"));
    assert_null(strstr(text, "\xE2\x80\xAE"));
    expect_holds(text, "t.json:2:9: name: must be a name", "the other complaint");
    free(text);
    issues_free(issues);
}

/* --- the resolved scenario -------------------------------------------------------- */

static void test_the_resolved_scenario_reads_back_as_itself(void **state)
{
    (void)state;
    for (size_t i = 0; scenario_sound[i]; i++) {
        struct issues *issues = issues_new();
        struct scenario *s = read_sound(scenario_sound[i], issues);
        char *once = resolve(s);
        struct scenario *again = read_sound(once, issues);
        char *twice = resolve(again);
        assert_string_equal(once, twice);
        assert_int_equal(scenario_change_count(s), scenario_change_count(again));
        scenario_free(s);
        scenario_free(again);
        free(once);
        free(twice);
        issues_free(issues);
    }
}

static void test_the_resolved_scenario_says_every_default(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    struct scenario *s = read_sound(toy_rich, issues);
    char *text = resolve(s);
    static const char *const parts[] = {
        "\"duration\": \"90min\"",
        "\"limit\": 0", /* optional, given as zero */
        "\"seed\": \"18446744073709551615\"",
        "\"rate\": \"10/s\"",
        "\"rate\": \"0.05555555555555555/s\"",
        "\"to\": \"right:445\"",
        "\"range\": [16384, 65535]",
        "\"picker\": \"first\"",
        "\"after\": [\"1h\", \"90min\"]",
        "\"delay\": \"50us\"",
        "\"at\": [\"1s\", \"3s\"]", /* inherited */
        "\"boxes.mid.gear.hold\": \"1min\"",
    };
    for (size_t i = 0; i < COUNT(parts); i++)
        expect_holds(text, parts[i], "resolved");
    assert_null(strstr(text, "// what"));
    assert_null(strstr(text, "$schema"));
    free(text);
    scenario_free(s);
    s = read_sound(toy_poor, issues);
    text = resolve(s);
    assert_null(strstr(text, "\"limit\"")); /* optional, not given */
    assert_null(strstr(text, "\"about\""));
    assert_null(strstr(text, "null"));
    free(text);
    scenario_free(s);
    issues_free(issues);
}

static void test_every_value_names_its_origin(void **state)
{
    (void)state;
    const char *setting = "boxes.mid.gear.hold=5min";
    struct issues *issues = issues_new();
    struct scenario *s = read_with(toy_rich, &setting, 1, issues);
    assert_non_null(s);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    scenario_print_origins(s, out);
    fclose(out);
    static const char *const lines[] = {
        "\nname = \"rich\"  # t.json:5:11\n",
        "\nport = 443  # t.json:10:11\n",
        "\nboxes.mid.gear.hold = \"5min\"  # --set\n",
        "\nboxes.mid.gear.strict = true  # inherited\n",
        "\nboxes.left.gear.picker.kind = \"random\"  # inherited\n",
        "\nboxes.left.gear.picker.tries = 8  # inherited\n",
        "\nboxes.mid.listen = [80, 443]  # default\n",
        "\njobs.shares.closes[2].kind = \"prompt\"  # default\n",
        "\nwires[0].delay = \"10ms\"  # default\n",
    };
    for (size_t i = 0; i < COUNT(lines); i++)
        expect_holds(text, lines[i], "origins");
    free(text);
    scenario_free(s);
    issues_free(issues);
}

/* --- --set ------------------------------------------------------------------------ */

static void test_a_setting_replaces_a_value(void **state)
{
    (void)state;
    static const struct {
        const char *setting, *resolved;
    } rows[] = {
        {"name=other", "\"name\": \"other\""},
        {"duration=30min", "\"duration\": \"30min\""},
        {"duration=\"30min\"", "\"duration\": \"30min\""},
        {"port=25", "\"port\": 25"},
        {"verbose=true", "\"verbose\": true"},
        {"seed=18446744073709551615", "\"seed\": \"18446744073709551615\""},
        {"about=a=b", "\"about\": \"a=b\""},
        {"about=", "\"about\": \"\""},
        {"boxes.a.listen=[1,2]", "\"listen\": [1, 2]"},
        {"boxes.a.listen[1]=2", "\"listen\": [80, 2]"},
        {"boxes.a.listen.0=2", "\"listen\": [2, 443]"},
        {"boxes[\"a\"].listen[0]=3", "\"listen\": [3, 443]"},
        {"boxes.a.model=mill", "\"hold\": \"4min\""},
        {"boxes.a.gear.hold=7s", "\"hold\": \"7s\""},
        {"boxes.a.gear.retry.give_up=8s", "\"give_up\": \"8s\""},
        {"boxes.a.gear.picker=first", "\"picker\": \"first\""},
        {"boxes.a.gear.picker.kind=first", "\"picker\": \"first\""},
        {"boxes.a.gear.picker.tries=5", "\"tries\": 5"},
        {"boxes.a.gear.picker={\"kind\":\"stride\",\"step\":9}", "\"step\": 9"},
        {"boxes.b={\"model\":\"mill\"}", "\"b\": {"},
        {"spans.s=[\"0s\",\"1s\"]", "\"s\": [\"0s\", \"1s\"]"},
        {"rules=[\"x > 1\"]", "\"x > 1\""},
        {"boxes.a.gear=null", "\"hold\": \"1min\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *resolved = resolve_with(toy_poor, rows[i].setting);
        expect_holds(resolved, rows[i].resolved, rows[i].setting);
        free(resolved);
    }
}

static void test_a_wrong_setting_is_told_as_such(void **state)
{
    (void)state;
    static const struct {
        const char *setting, *complaint;
    } rows[] = {
        {"port", "--set: must be path=value, is \"port\"\n"},
        {"prot=1", "--set: prot: unknown key of toy; did you mean \"port\"?\n"},
        {"port=x", "--set: port: must be a whole number, is \"x\"\n"},
        {"duration=600",
         "--set: duration: must be a duration with a unit (ns us ms s min h "
         "d), is 600; did you mean \"600s\"?\n"},
        {"boxes.b.gear.hold=1s", "--set: boxes: there is no \"b\" here, only a\n"},
        {"boxes.a.gear.hodl=1s",
         "--set: boxes.a.gear.hodl: unknown key of gear; did you mean \"hold\"?\n"},
        {"boxes.a.listen[2]=1",
         "--set: boxes.a.listen: has 2 entries, counted from [0], and no \"2\"\n"},
        {"boxes.a.listen.x=1",
         "--set: boxes.a.listen: has 2 entries, counted from [0], and no \"x\"\n"},
        {"boxes.a.gear.range[0]=1",
         "--set: boxes.a.gear.range: is not given in this scenario; set it as a whole\n"},
        {"port.low=1", "--set: port: is a whole number and has nothing below it\n"},
        {"=1", "--set: is no path to a value: \"\"\n"},
        {"boxes.=1", "--set: is no path to a value: \"boxes.\"\n"},
        {"boxes[a]=1", "--set: boxes: is no path to a value: \"boxes[a]\"\n"},
        {"about=a\tb", "--set: must be path=value, is \"about=a\\tb\"\n"},
        {"about=\xFF", "--set: must be path=value, is \"about=\xEF\xBF\xBD\"\n"},
        {"name=null", "t.json:1:1: name: is missing (name: of the scenario)\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct issues *issues = issues_new();
        assert_null(read_with(toy_poor, &rows[i].setting, 1, issues));
        char *text = print(issues);
        if (strncmp(text, rows[i].complaint, strlen(rows[i].complaint)) != 0)
            fail_msg("%s: %s, expected %s", rows[i].setting, text, rows[i].complaint);
        assert_int_equal(issues_count(issues), 1);
        free(text);
        issues_free(issues);
    }
}

static void test_settings_are_applied_in_order(void **state)
{
    (void)state;
    static const char *const settings[] = {"boxes.a.gear.picker.kind=stride",
                                           "boxes.a.gear.picker.step=4", "port=1",
                                           "port=2"};
    struct issues *issues = issues_new();
    struct scenario *s = read_with(toy_poor, settings, COUNT(settings), issues);
    assert_non_null(s);
    const struct toy *toy = scenario_root(s);
    assert_int_equal(toy->port, 2);
    assert_int_equal(((const struct toy_stride *)box(toy, 0)->gear.picker.config)->step,
                     4);
    scenario_free(s);
    issues_free(issues);
}

/* --- extends ---------------------------------------------------------------------- */

static void put(const char *folder, const char *name, const char *text)
{
    scratch_put(folder, name, text, strlen(text));
}

static struct scenario *read_in(const char *folder, const char *name, const char *library,
                                struct issues *issues)
{
    const struct scenario_options options = {.library = library};
    char *path = memory_print("%s/%s", folder, name);
    struct scenario *s = scenario_read_file(path, &toy_fields, &options, issues);
    free(path);
    return s;
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

static void test_an_extending_file_wins_key_by_key(void **state)
{
    put(*state, "base.json", toy_rich);
    put(*state, "over.json",
        "{ \"extends\": \"base\", \"name\": \"over\", \"about\": null,\n"
        "  \"boxes\": { \"mid\": { \"gear\": { \"hold\": \"2min\" }, \"listen\": [9] },\n"
        "             \"left\": { \"gear\": { \"picker\": { \"tries\": 2 } } },\n"
        "             \"last\": { \"gear\": { \"picker\": { \"kind\": \"stride\", "
        "\"step\": 3 } } },\n"
        "             \"new\": {} },\n"
        "  \"jobs\": { \"pages\": null }, \"changes\": [] }");
    struct issues *issues = issues_new();
    struct scenario *s = read_in(*state, "over.json", NULL, issues);
    if (!s)
        issues_print(issues, stderr);
    assert_non_null(s);
    const struct toy *toy = scenario_root(s);
    assert_string_equal(toy->name, "over");
    assert_null(toy->about);
    assert_int_equal(toy->port, 443);
    assert_int_equal(toy->boxes.count, 5);
    assert_string_equal(box(toy, 4)->name, "new");
    assert_int_equal(box(toy, 1)->gear.hold, 2 * SIM_MIN);
    assert_int_equal(box(toy, 1)->gear.range.low, 16384);
    assert_int_equal(box(toy, 1)->listen.count, 1);
    assert_int_equal(((const struct toy_random *)box(toy, 0)->gear.picker.config)->tries,
                     2);
    assert_int_equal(box(toy, 3)->gear.picker.kind, PICKER_STRIDE);
    assert_true(box(toy, 3)->gear.strict);
    assert_int_equal(toy->jobs.count, 1);
    assert_int_equal(scenario_change_count(s), 0);
    scenario_free(s);
    issues_free(issues);
}

static void test_another_kind_drops_the_keys_of_the_old_one(void **state)
{
    put(*state, "base.json",
        "{ \"name\": \"x\", \"duration\": \"1h\", \"boxes\": { \"a\": { \"gear\": { "
        "\"picker\":"
        "{ \"kind\": \"random\", \"tries\": 3 } } }, \"b\": { \"gear\": { \"picker\":"
        "\"random\" } }, \"c\": { \"gear\": { \"picker\": { \"kind\": \"random\", "
        "\"tries\": 3 }"
        "} } } }");
    put(*state, "over.json",
        "{ \"extends\": \"base.json\", \"boxes\": {"
        "\"a\": { \"gear\": { \"picker\": { \"step\": 5, \"kind\": \"stride\" } } },"
        "\"b\": { \"gear\": { \"picker\": { \"tries\": 9 } } },"
        "\"c\": { \"gear\": { \"picker\": \"first\" } } } }");
    struct issues *issues = issues_new();
    struct scenario *s = read_in(*state, "over.json", NULL, issues);
    assert_non_null(s);
    const struct toy *toy = scenario_root(s);
    assert_int_equal(((const struct toy_stride *)box(toy, 0)->gear.picker.config)->step,
                     5);
    assert_int_equal(((const struct toy_random *)box(toy, 1)->gear.picker.config)->tries,
                     9);
    assert_int_equal(box(toy, 2)->gear.picker.kind, PICKER_FIRST);
    scenario_free(s);
    issues_free(issues);
}

static void test_a_fault_is_told_in_the_file_it_stands_in(void **state)
{
    put(*state, "base.json",
        "{ \"name\": \"x\", \"duration\": \"1h\",\n  \"port\": \"80\", \"boxes\": { "
        "\"a\": {} } }");
    put(*state, "over.json", "{ \"extends\": \"base.json\",\n  \"seed\": -1 }");
    struct issues *issues = issues_new();
    assert_null(read_in(*state, "over.json", NULL, issues));
    assert_int_equal(issues_count(issues), 2);
    const struct issue *first = issues_get(issues, 0), *second = issues_get(issues, 1);
    assert_string_equal(first->path, "seed");
    assert_non_null(strstr(issues_source_name(issues, first->place.source), "over.json"));
    assert_string_equal(second->path, "port");
    assert_non_null(
        strstr(issues_source_name(issues, second->place.source), "base.json"));
    assert_int_equal(second->place.line, 2);
    assert_int_equal(second->place.column, 11);
    issues_free(issues);
}

static void test_the_library_is_searched_after_the_folder(void **state)
{
    char *library = scratch_new();
    put(library, "preset.json",
        "{ \"name\": \"library\", \"duration\": \"1h\", \"boxes\": { \"a\": {} } }");
    put(library, "both.json",
        "{ \"name\": \"library\", \"duration\": \"1h\", \"boxes\": { \"a\": {} } }");
    put(*state, "both.json",
        "{ \"name\": \"beside\", \"duration\": \"1h\", \"boxes\": { \"a\": {} } }");
    put(*state, "one.json", "{ \"extends\": \"preset\" }");
    put(*state, "two.json", "{ \"extends\": \"both\" }");
    struct issues *issues = issues_new();
    struct scenario *one = read_in(*state, "one.json", library, issues);
    struct scenario *two = read_in(*state, "two.json", library, issues);
    assert_non_null(one);
    assert_non_null(two);
    assert_string_equal(((const struct toy *)scenario_root(one))->name, "library");
    assert_string_equal(((const struct toy *)scenario_root(two))->name, "beside");
    assert_string_equal(scenario_folder(one, "name"), library);
    assert_string_equal(scenario_folder(two, "name"), *state);
    scenario_free(one);
    scenario_free(two);
    issues_free(issues);
    scratch_free(library);
}

static void test_extends_that_leads_nowhere_is_one_complaint(void **state)
{
    put(*state, "a.json", "{ \"extends\": \"b.json\" }");
    put(*state, "b.json", "{ \"extends\": \"c\" }");
    put(*state, "c.json", "{ \"extends\": \"./a.json\" }");
    put(*state, "self.json", "{ \"extends\": \"self.json\" }");
    put(*state, "missing.json", "{ \"extends\": \"nothing\" }");
    put(*state, "number.json", "{ \"extends\": 5 }");
    put(*state, "broken.json", "{ \"extends\": \"cut.json\" }");
    put(*state, "cut.json", "{ \"name\": ");
    put(*state, "list.json", "{ \"extends\": \"[].json\" }");
    put(*state, "[].json", "[]");
    put(*state, "remove.json", "{ \"extends\": \"poor\", \"prot\": null }");
    put(*state, "poor.json", toy_poor);
    static const struct {
        const char *file, *source, *path, *message;
    } rows[] = {
        {"a.json", "c.json", "extends", "a.json -> "},
        {"self.json", "self.json", "extends", "goes round in a circle"},
        {"missing.json", "missing.json", "extends", "there is no file \"nothing\""},
        {"number.json", "number.json", "extends", "must be the name of a file, is 5"},
        {"broken.json", "cut.json", "name", "expected a value"},
        {"list.json", "[].json", "", "must be an object, is a list"},
        {"remove.json", "remove.json", "prot", "it gives nothing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct issues *issues = issues_new();
        assert_null(read_in(*state, rows[i].file, NULL, issues));
        const struct issue *issue = issues_get(issues, 0);
        if (issues_count(issues) != 1 || strcmp(issue->path, rows[i].path) != 0 ||
            !strstr(issue->message, rows[i].message) ||
            !strstr(issues_source_name(issues, issue->place.source), rows[i].source)) {
            issues_print(issues, stderr);
            fail_msg("%s", rows[i].file);
        }
        issues_free(issues);
    }
}

static void test_a_chain_of_nine_files_is_refused(void **state)
{
    for (int i = 0; i < 9; i++) {
        char name[32], text[64];
        sprintf(name, "f%d.json", i);
        sprintf(text, "{ \"extends\": \"f%d\" }", i + 1);
        put(*state, name, i < 8 ? text : toy_poor);
    }
    struct issues *issues = issues_new();
    struct scenario *s = read_in(*state, "f1.json", NULL, issues);
    assert_non_null(s);
    scenario_free(s);
    assert_null(read_in(*state, "f0.json", NULL, issues));
    assert_int_equal(issues_count(issues), 1);
    expect_holds(issues_get(issues, 0)->message, "more than 8 files", "the chain");
    issues_free(issues);
}

static void test_a_file_that_cannot_be_read_is_an_input_error(void **state)
{
    struct issues *issues = issues_new();
    assert_null(read_in(*state, "none.json", NULL, issues));
    assert_int_equal(issues_count(issues), 1);
    assert_true(issues_is_unreadable(issues));
    expect_holds(issues_get(issues, 0)->message, "none.json cannot be read: No such file",
                 "missing");
    issues_free(issues);
    issues = issues_new();
    assert_null(read_in(*state, ".", NULL, issues));
    assert_true(issues_is_unreadable(issues));
    issues_free(issues);
}

static void test_merging_large_objects_is_not_quadratic(void **state)
{
    skip_if_growing_by_one();
    size_t keys = 60000, length = 0;
    char *text = memory_new(keys * 24 + 200, 1);
    for (size_t i = 0; i < keys; i++)
        length += (size_t)sprintf(text + length, "%s\"k%zu\": %zu", i ? ", " : "", i, i);
    char *base = memory_print("{ %s }", text);
    char *over = memory_print("{ \"extends\": \"base\", %s }", text);
    put(*state, "base.json", base);
    put(*state, "over.json", over);
    struct issues *issues = issues_new();
    clock_t begin = clock();
    assert_null(read_in(*state, "over.json", NULL, issues));
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    assert_int_equal(issues_count(issues), keys + 3);
    assert_true(seconds < 5); /* quadratic: minutes */
    issues_free(issues);
    free(text);
    free(base);
    free(over);
}

/* --- changes ---------------------------------------------------------------------- */

static void test_changes_come_in_order_of_time(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    struct scenario *s = read_sound(toy_rich, issues);
    assert_int_equal(scenario_change_count(s), 2);
    assert_int_equal(scenario_change_at(s, 0), 20 * SIM_MIN);
    assert_int_equal(scenario_change_at(s, 1), 30 * SIM_MIN);
    const struct field_list settings = scenario_change_settings(s, 1);
    assert_int_equal(settings.count, 2);
    char *first = scenario_setting_text(settings.items);
    char *second =
        scenario_setting_text((const struct field_setting *)settings.items + 1);
    assert_string_equal(first, "boxes.mid.gear.hold = 1min");
    assert_string_equal(second, "jobs.shares.closes = [{ \"kind\": \"prompt\" }]");
    free(first);
    free(second);
    scenario_free(s);
    issues_free(issues);
}

static void test_after_a_change_the_whole_struct_is_as_it_says(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    struct scenario *s = read_sound(toy_rich, issues);
    const struct toy *before = scenario_root(s);
    const struct toy *first = scenario_after_change(s, 1);
    const struct toy *second = scenario_after_change(s, 2);
    assert_int_equal(box(before, 1)->gear.hold, 10 * SIM_MIN);
    assert_int_equal(box(first, 1)->gear.hold, 10 * SIM_MIN);
    assert_int_equal(box(second, 1)->gear.hold, 1 * SIM_MIN);
    assert_int_equal(box(before, 1)->gear.range.low, 16384);
    assert_int_equal(box(first, 1)->gear.range.low, 49152);
    assert_int_equal(box(second, 1)->gear.range.low, 49152);
    assert_int_equal(
        ((const struct toy_random *)box(first, 0)->gear.picker.config)->tries, 3);
    assert_true(closes_of(job(before, 0), 1)->share == 0.7);
    assert_true(closes_of(job(first, 0), 1)->share == 0.5);
    assert_int_equal(job(second, 0)->closes.count, 1);
    /* what no change names is as it was */
    const struct toy *none = scenario_after_change(s, 0);
    assert_int_equal(none->duration, before->duration);
    assert_int_equal(box(none, 2)->gear.retry.give_up, 9 * SIM_S);
    assert_int_equal(job(none, 0)->through, 1);
    assert_string_equal(box(second, 3)->name, "last");
    scenario_free(s);
    issues_free(issues);
}

/* A replay from the resolved copy must change as the original did: there every default
 * stands as a value, also those of a kind that a change leaves behind. */
static void test_the_resolved_scenario_changes_alike(void **state)
{
    (void)state;
    static const char text[] =
        "{ \"name\": \"x\", \"duration\": \"1h\", \"boxes\": { \"a\": {} },\n"
        "  \"changes\": [ { \"at\": \"1s\", \"set\": { \"boxes.a.gear.picker.kind\": "
        "\"first\" } },\n"
        "  { \"at\": \"2s\", \"set\": { \"boxes.a.gear.range[1]\": 1500 } } ] }";
    struct issues *issues = issues_new();
    struct scenario *s = read_sound(text, issues);
    char *resolved = resolve(s);
    struct scenario *again = read_sound(resolved, issues);
    for (uint32_t i = 0; i <= 2; i++) {
        const struct toy *a = scenario_after_change(s, i);
        const struct toy *b = scenario_after_change(again, i);
        assert_int_equal(box(a, 0)->gear.picker.kind, box(b, 0)->gear.picker.kind);
        assert_int_equal(box(a, 0)->gear.picker.kind, i ? PICKER_FIRST : PICKER_RANDOM);
        assert_int_equal(box(a, 0)->gear.range.high, i < 2 ? 1999 : 1500);
        assert_int_equal(box(b, 0)->gear.range.high, i < 2 ? 1999 : 1500);
    }
    free(resolved);
    scenario_free(s);
    scenario_free(again);
    issues_free(issues);
}

static void test_a_change_is_blamed_once_for_what_it_breaks(void **state)
{
    (void)state;
    static const char text[] =
        "{ \"name\": \"x\", \"duration\": \"1h\", \"boxes\": { \"a\": { \"model\": "
        "\"mill\" } },\n"
        "  \"changes\": [\n"
        "    { \"at\": \"3s\", \"set\": { \"boxes.a.gear.hold\": \"1s\" } },\n"
        "    { \"at\": \"2s\", \"set\": { \"boxes.a.gear.range\": [1, 7] } },\n"
        "    { \"at\": \"1s\", \"set\": { \"boxes.a.gear.hold\": \"2s\" } } ] }";
    struct issues *issues = issues_new();
    assert_null(read_with(text, NULL, 0, issues));
    assert_int_equal(issues_count(issues), 1);
    const struct issue *issue = issues_get(issues, 0);
    assert_string_equal(issue->path, "changes[1]");
    assert_int_equal(issue->place.line, 4);
    issues_free(issues);
}

/* What is wrong with changes is told together with what is wrong elsewhere. */
static void test_faults_of_changes_do_not_wait_for_the_rest(void **state)
{
    (void)state;
    static const char text[] =
        "{ \"name\": \"x\", \"duration\": 1, \"boxes\": { \"a\": {} },\n"
        "  \"changes\": [\n"
        "    { \"at\": \"1s\", \"set\": { \"boxes.a.gear.hold\": 2, \"seed\": 3,\n"
        "      \"boxes.a.gear.range[0]\": 5 } } ] }";
    struct issues *issues = issues_new();
    assert_null(read_with(text, NULL, 0, issues));
    assert_int_equal(issues_count(issues), 3);
    assert_string_equal(issues_get(issues, 0)->path, "duration");
    assert_string_equal(issues_get(issues, 1)->path, "boxes.a.gear.hold");
    assert_string_equal(issues_get(issues, 2)->path, "seed");
    issues_free(issues);
}

static void test_too_many_changes_for_the_size_are_refused(void **state)
{
    (void)state;
    skip_if_growing_by_one();
    char *text = memory_new(1 << 20, 1);
    int length = sprintf(text, "{ \"name\": \"x\", \"duration\": \"1h\", \"boxes\": {");
    for (int i = 0; i < 2000; i++)
        length += sprintf(text + length, "%s\"b%d\": {}", i ? "," : "", i);
    length += sprintf(text + length, "}, \"changes\": [");
    for (int i = 0; i < 1000; i++)
        length +=
            sprintf(text + length,
                    "%s{ \"at\": \"1s\", \"set\": { \"boxes.b1.gear.hold\": \"1s\" } }",
                    i ? "," : "");
    sprintf(text + length, "] }");
    struct issues *issues = issues_new();
    assert_null(read_with(text, NULL, 0, issues));
    assert_int_equal(issues_count(issues), 1);
    expect_holds(issues_get(issues, 0)->message, "too many for a scenario of this size",
                 "changes");
    issues_free(issues);
    free(text);
}

/* --- for the floors above --------------------------------------------------------- */

static void test_a_path_has_a_place(void **state)
{
    (void)state;
    struct issues *issues = issues_new();
    struct scenario *s = read_sound(toy_rich, issues);
    struct place rule = scenario_place(s, "rules[0]");
    assert_int_equal(rule.line, 30);
    assert_int_equal(rule.column, 14);
    /* not given: the object around it */
    struct place hold = scenario_place(s, "boxes.last.gear.hold");
    assert_int_equal(hold.line, 25);
    assert_int_equal(hold.column, 23);
    assert_string_equal(scenario_folder(s, "rules[0]"), ".");
    scenario_free(s);
    issues_free(issues);
}

/* --- robustness ------------------------------------------------------------------- */

/* Any damage to a sound text gives either a scenario or complaints, never anything else.
 * xorshift64, fixed seed. */
static void test_damaged_texts_are_read_or_refused(void **state)
{
    (void)state;
    uint64_t x = 0x9E3779B97F4A7C15;
    static const char pieces[] = "{}[]:,\"\\0123456789-.eEtrufalsn /\n\xC3\xA4\xFF";
    size_t length = strlen(toy_rich), read = 0, refused = 0;
    for (int i = 0; i < 3000; i++) {
        char *text = memory_text(toy_rich, length);
        for (int k = 0; k < 1 + i % 3; k++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            text[x % length] = pieces[(x >> 32) % (sizeof pieces - 1)];
        }
        struct issues *issues = issues_new();
        struct scenario *s =
            scenario_read_text("t", text, length, &toy_fields, NULL, issues);
        assert_true((s != NULL) == (issues_count(issues) == 0));
        read += s != NULL;
        refused += s == NULL;
        scenario_free(s);
        issues_free(issues);
        free(text);
    }
    assert_true(read > 100 && refused > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type_of_field_arrives_in_the_struct),
        cmocka_unit_test(test_what_is_not_given_has_its_default),
        cmocka_unit_test(test_a_base_gives_what_the_object_does_not),
        cmocka_unit_test(test_sound_scenarios_are_read_without_complaint),
        cmocka_unit_test(test_each_fault_is_told_at_its_place),
        cmocka_unit_test(test_all_faults_are_told_at_once_in_order),
        cmocka_unit_test(test_a_complaint_is_one_line_and_an_excerpt),
        cmocka_unit_test(test_hostile_names_do_not_reach_the_terminal),
        cmocka_unit_test(test_the_resolved_scenario_reads_back_as_itself),
        cmocka_unit_test(test_the_resolved_scenario_says_every_default),
        cmocka_unit_test(test_every_value_names_its_origin),
        cmocka_unit_test(test_a_setting_replaces_a_value),
        cmocka_unit_test(test_a_wrong_setting_is_told_as_such),
        cmocka_unit_test(test_settings_are_applied_in_order),
        cmocka_unit_test_setup_teardown(test_an_extending_file_wins_key_by_key,
                                        open_scratch, close_scratch),
        cmocka_unit_test_setup_teardown(test_another_kind_drops_the_keys_of_the_old_one,
                                        open_scratch, close_scratch),
        cmocka_unit_test_setup_teardown(test_a_fault_is_told_in_the_file_it_stands_in,
                                        open_scratch, close_scratch),
        cmocka_unit_test_setup_teardown(test_the_library_is_searched_after_the_folder,
                                        open_scratch, close_scratch),
        cmocka_unit_test_setup_teardown(test_extends_that_leads_nowhere_is_one_complaint,
                                        open_scratch, close_scratch),
        cmocka_unit_test_setup_teardown(test_a_chain_of_nine_files_is_refused,
                                        open_scratch, close_scratch),
        cmocka_unit_test_setup_teardown(test_a_file_that_cannot_be_read_is_an_input_error,
                                        open_scratch, close_scratch),
        cmocka_unit_test_setup_teardown(test_merging_large_objects_is_not_quadratic,
                                        open_scratch, close_scratch),
        cmocka_unit_test(test_changes_come_in_order_of_time),
        cmocka_unit_test(test_after_a_change_the_whole_struct_is_as_it_says),
        cmocka_unit_test(test_the_resolved_scenario_changes_alike),
        cmocka_unit_test(test_a_change_is_blamed_once_for_what_it_breaks),
        cmocka_unit_test(test_faults_of_changes_do_not_wait_for_the_rest),
        cmocka_unit_test(test_too_many_changes_for_the_size_are_refused),
        cmocka_unit_test(test_a_path_has_a_place),
        cmocka_unit_test(test_damaged_texts_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
