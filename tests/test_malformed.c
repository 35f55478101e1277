/* Bad scenarios, read against the real tables: each is refused where the fault is, by
 * path, line and column, with a word of help; and all faults are told at once.
 *
 * The table of single faults is tests/malformed_faults.c; besides it, every key and every
 * value of a whole scenario is spoilt in turn.
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
#include "sim/scenario/scenario.h"
#include "tests/complaints.h"
#include "tests/malformed_faults.h"
#include "tests/run_text.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- one fault at a time ------------------------------------------------------- */

static void test_the_good_scenario_is_good(void **state)
{
    (void)state;
    char *text = fault_text(fault_good_scenario);
    struct text_plan p = text_plan_read(text);
    text_plan_free(&p);
    free(text);
}

static void check_fault(const char *good, const struct fault *f)
{
    char *from = fault_text(f->from), *to = fault_text(f->to),
         *path = fault_text(f->path), *says = fault_text(f->says),
         *meant = f->meant ? fault_text(f->meant) : NULL;
    char *text = edited_text(good, from, to);
    struct place place = take_mark(text);
    struct issues *issues = complaints(text, NULL);
    expect_issue(issues_get(issues, 0), path, says, meant);
    expect_place(issues_get(issues, 0), place, text);
    if (issues_count(issues) != 1)
        fail_msg("one fault, %zu complaints: %s", issues_count(issues), to);
    issues_free(issues);
    free(text), free(from), free(to), free(path), free(says), free(meant);
}

static void test_every_fault_is_refused_where_it_stands(void **state)
{
    (void)state;
    char *good = fault_text(fault_good_scenario);
    assert_true(fault_count >= 150);
    for (size_t i = 0; i < fault_count; i++)
        check_fault(good, &faults[i]);
    free(good);
}

static void test_all_faults_are_told_at_once_in_the_order_of_the_text(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *path;
    } at_once[] = {
        {"'version': 1", "'version': 'one'", "version"},
        {"'seed': 7", "'seed': -7", "seed"},
        {"'duration': '10min'", "'duration': 600", "duration"},
        {"'loss': 0.001", "'los': 0.001", "network.los"},
        {"'win10'", "'win11'", "hosts.users.stack"},
        {"[49152, 65535]", "[65535, 49152]", "hosts.proxy.tcp.range"},
        {"'sg-legacy-b'", "'sg-legacy'", "hosts.proxy.tcp.allocator.kind"},
        {"[80, 443]", "[80, 70000]", "hosts.web.listen[1]"},
        {"['proxy', 'web']", "['proxy']", "paths[0].between"},
        {"'from': 'users'", "'from': 'user'", "apps.pages.from"},
        {"'rate': '20/s'", "'rate': '20/m'", "apps.pages.arrivals.rate"},
        {"'kind': 'prompt'", "'kind': 'promt'", "apps.pages.server_close[0].kind"},
        {"'retries': 2", "'retries': 200", "apps.pages.on_failure.retries"},
        {"hosts.proxy.tcp.fin_wait_2", "hosts.prxy.tcp.fin_wait_2", "hosts"},
        {"['1min', '5min']", "['5min', '1min']", "phases.early"},
    };
    char *text = memory_text(fault_good_scenario, strlen(fault_good_scenario));
    for (size_t i = 0; i < COUNT(at_once); i++) {
        char *more = edited_text(text, at_once[i].from, at_once[i].to);
        free(text);
        text = more;
    }
    char *json = fault_text(text);
    struct issues *issues = complaints(json, NULL);
    for (size_t i = 0; i < COUNT(at_once); i++)
        assert_string_equal(issues_get(issues, i)->path, at_once[i].path);
    assert_int_equal(issues_count(issues), COUNT(at_once));
    issues_free(issues);
    free(json);
    free(text);
}

static void test_what_is_no_scenario_at_all_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } none[] = {
        {"", "is empty"},
        {"duration: 10min", "must stand in double quotes"},
        {"[]", "must be an object"},
        {"null", "must be an object"},
        {"'scenario'", "must be an object"},
        {"{}", "is missing"},
        {"{ 'name': 'x', 'duration': '1s', 'hosts': {}, 'apps': {} }", "1 or more"},
        {"{ 'name': 'x', 'duration': '1s', 'hosts': { 'a': {} } }", "is missing"},
        {"{ 'name': 'x' 'duration': '1s' }", "expected ',' or '}'"},
        {"{ 'name': 'x', }", "no comma may stand before '}'"},
    };
    for (size_t i = 0; i < COUNT(none); i++) {
        char *text = fault_text(none[i].text);
        struct issues *issues = complaints(text, NULL);
        const struct issue *first = issues_get(issues, 0);
        if (!strstr(first->message, none[i].says))
            fail_msg("%s: says \"%s\"", text, first->message);
        issues_free(issues);
        free(text);
    }
}

/* --- every key and value of a scenario ----------------------------------------- */

/* A line `  "key": value,` of a resolved scenario. */
struct text_member {
    const char *line;
    const char *key, *key_end;     /* inside the quotes */
    const char *value, *value_end; /* without the comma */
    unsigned number;               /* of the line */
};

/* Reads the line at `line`; false if it holds no member. */
static bool read_member(const char *line, unsigned number, struct text_member *m)
{
    const char *end = strchr(line, '\n'), *key = line + strspn(line, " ");
    const char *colon = strstr(key, "\": ");
    if (*key != '"' || !colon || colon > end)
        return false;
    *m = (struct text_member){line, key + 1, colon, colon + 3, end, number};
    m->value_end -= m->value_end[-1] == ',';
    return true;
}

/* Calls `spoil` for every member of the good scenario, every default filled in. */
static unsigned for_every_member(bool (*spoil)(void *context, const char *text,
                                               const struct text_member *m),
                                 void *context)
{
    char *good = fault_text(fault_good_scenario);
    struct text_plan p = text_plan_read(good);
    unsigned number = 1, spoilt = 0;
    for (const char *line = p.plan->resolved; *line; number++) {
        struct text_member m;
        if (read_member(line, number, &m))
            spoilt += spoil(context, p.plan->resolved, &m);
        line = strchr(line, '\n') + 1;
    }
    text_plan_free(&p);
    free(good);
    return spoilt;
}

static const struct issue *issue_at(struct issues *issues, unsigned line, size_t column)
{
    const struct issue *issue;
    for (size_t i = 0; (issue = issues_get(issues, i)); i++)
        if (issue->place.line == line && issue->place.column == column)
            return issue;
    return NULL;
}

/* true is no value of any field but those that are true or false, which {} is not. */
static bool spoil_value(void *context, const char *text, const struct text_member *m)
{
    (void)context;
    if (*m->value == '{' || m->value_end[-1] == '[')
        return false; /* goes on in the next line */
    bool is_bool = *m->value == 't' || *m->value == 'f';
    char *spoilt = memory_print("%.*s%s%s", (int)(m->value - text), text,
                                is_bool ? "{}" : "true", m->value_end);
    struct issues *issues = complaints(spoilt, NULL);
    if (!issue_at(issues, m->number, (size_t)(m->value - m->line) + 1))
        fail_msg("nothing is said of line %u: %.60s", m->number, m->line);
    issues_free(issues);
    free(spoilt);
    return true;
}

static void test_every_value_of_a_wrong_type_is_refused_where_it_stands(void **state)
{
    (void)state;
    assert_true(for_every_member(spoil_value, NULL) > 100);
}

struct slips {
    unsigned made, understood;
};

/* A slip in a key of a table must be seen at the key; most are understood. */
static void slip(struct slips *slips, const char *text, const struct text_member *m,
                 const char *written)
{
    char *spoilt =
        memory_print("%.*s%s%s", (int)(m->key - text), text, written, m->key_end);
    char *meant = memory_print("\"%.*s\"", (int)(m->key_end - m->key), m->key);
    struct issues *issues = complaints(spoilt, NULL);
    const struct issue *issue =
        issue_at(issues, m->number, (size_t)(m->key - m->line)); /* of the quote */
    if (!issue || !strstr(issue->message, "unknown key"))
        fail_msg("nothing is said of \"%s\" in line %u", written, m->number);
    slips->made++;
    slips->understood += issue->suggestion && strcmp(issue->suggestion, meant) == 0;
    issues_free(issues);
    free(meant);
    free(spoilt);
}

/* Names of entries, and paths in changes, are no keys of a table. */
static bool is_table_key(const char *key, size_t length)
{
    static const char *const names[] = {"users", "proxy", "web",
                                        "pages", "early", "late"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (strlen(names[i]) == length && memcmp(names[i], key, length) == 0)
            return false;
    return !memchr(key, '.', length);
}

static bool spoil_key(void *context, const char *text, const struct text_member *m)
{
    size_t length = (size_t)(m->key_end - m->key);
    char written[FIELD_NAME_SIZE];
    if (!is_table_key(m->key, length))
        return false;
    snprintf(written, sizeof written, "%.*s", (int)length - 1, m->key);
    slip(context, text, m, written);
    snprintf(written, sizeof written, "%.*s%c", (int)length, m->key, m->key_end[-1]);
    slip(context, text, m, written);
    snprintf(written, sizeof written, "%c%.*s", m->key[1], (int)length, m->key);
    memmove(written + 2, written + 3, strlen(written + 3) + 1);
    slip(context, text, m, written);
    return true;
}

static void test_slips_of_the_pen_in_keys_are_understood(void **state)
{
    (void)state;
    struct slips slips = {0};
    assert_true(for_every_member(spoil_key, &slips) > 100);
    if (slips.understood * 100 < slips.made * 95)
        fail_msg("%u of %u slips are understood", slips.understood, slips.made);
}

/* --- --set --------------------------------------------------------------------- */

static void test_wrong_settings_are_refused_with_their_path(void **state)
{
    (void)state;
    static const struct {
        const char *set, *path, *says, *meant;
    } wrong[] = {
        {"hosts.prxy.tcp.time_wait=1s", "hosts", "there is no 'prxy' here", "'proxy'"},
        {"hosts.proxy.tpc.time_wait=1s", "hosts.proxy.tpc", "unknown key", "'tcp'"},
        {"hosts.proxy.tcp.time_weight=1s", "hosts.proxy.tcp.time_weight", "unknown key",
         NULL},
        {"host.proxy.tcp.time_wait=1s", "host", "unknown key of scenario", "'hosts'"},
        {"hosts.proxy.tcp.time_wait=60", "hosts.proxy.tcp.time_wait", "is 60", "'60s'"},
        {"hosts.proxy.tcp.time_wait=5m", "hosts.proxy.tcp.time_wait", "is '5m'",
         "'5min'"},
        {"hosts.proxy.tcp.time_wait=", "hosts.proxy.tcp.time_wait", "is ''", NULL},
        {"hosts.proxy.tcp.range=[2,1]", "hosts.proxy.tcp.range", "low end first",
         "[1, 2]"},
        {"hosts.proxy.tcp.range[2]=1", "hosts.proxy.tcp.range", "has 2 entries", NULL},
        {"hosts.proxy.stack=linux5180", "hosts.proxy.stack", "is 'linux5180'",
         "'linux518'"},
        {"hosts.proxy.count=[", "hosts.proxy.count", "is '['", NULL},
        {"apps.pages.server_close.7.share=1", "apps.pages.server_close", "has 2 entries",
         NULL},
        {"seed=-1", "seed", "is -1", NULL},
        {"seed=0x", "seed", "is '0x'", NULL},
        {"duration=0s", "duration", "must be between", NULL},
        {"=1", "", "is no path to a value", NULL},
        {"hosts..tcp=1", "", "is no path to a value", NULL},
        {"hosts.proxy.tcp.", "", "must be path=value", NULL},
        {"seed.low=1", "seed", "has nothing below it", NULL},
    };
    char *good = fault_text(fault_good_scenario);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char *path = fault_text(wrong[i].path), *says = fault_text(wrong[i].says),
             *meant = wrong[i].meant ? fault_text(wrong[i].meant) : NULL;
        struct scenario_options options = {.settings = &wrong[i].set, .setting_count = 1};
        struct issues *issues = complaints(good, &options);
        const struct issue *issue = issues_get(issues, 0);
        expect_issue(issue, path, says, meant);
        assert_string_equal(issues_source_name(issues, issue->place.source), "--set");
        assert_int_equal(issues_count(issues), 1);
        issues_free(issues);
        free(path), free(says), free(meant);
    }
    free(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_good_scenario_is_good),
        cmocka_unit_test(test_every_fault_is_refused_where_it_stands),
        cmocka_unit_test(test_all_faults_are_told_at_once_in_the_order_of_the_text),
        cmocka_unit_test(test_what_is_no_scenario_at_all_is_refused),
        cmocka_unit_test(test_every_value_of_a_wrong_type_is_refused_where_it_stands),
        cmocka_unit_test(test_slips_of_the_pen_in_keys_are_understood),
        cmocka_unit_test(test_wrong_settings_are_refused_with_their_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
