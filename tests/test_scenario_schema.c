/* The schema and the reference say what the reader does: the same documents pass, the
 * same keys are named. */
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/base/words.h"
#include "sim/scenario/explain.h"
#include "sim/scenario/json_scan.h"
#include "sim/scenario/schema.h"
#include "sim/scenario/spelling.h"
#include "sim/scenario/table.h"
#include "tests/scenario_faults.h"
#include "tests/scenario_toy.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- agreement with a validator --------------------------------------------------- */

/* Every line of documents.txt is a verdict, '+' or '-', and a JSON text; prints those on
 * which the schema thinks otherwise.  Status 77: there is no validator. */
static const char script[] =
    "import json, sys\n"
    "try:\n"
    "    from jsonschema import Draft202012Validator\n"
    "except ImportError:\n"
    "    sys.exit(77)\n"
    "schema = json.load(open(sys.argv[1] + '/schema.json', encoding='utf-8'))\n"
    "Draft202012Validator.check_schema(schema)\n"
    "validator = Draft202012Validator(schema)\n"
    "wrong = seen = 0\n"
    "for line in open(sys.argv[1] + '/documents.txt', encoding='utf-8'):\n"
    "    seen += 1\n"
    "    document = json.loads(line[1:])\n"
    "    error = next(validator.iter_errors(document), None)\n"
    "    if (error is None) != (line[0] == '+'):\n"
    "        wrong += 1\n"
    "        print(line, error and error.message, file=sys.stderr)\n"
    "sys.exit(1 if wrong or seen != int(sys.argv[2]) else 0)\n";

static int run_python(const char *folder, unsigned documents)
{
    char count[16];
    snprintf(count, sizeof count, "%u", documents);
    char *arguments[] = {(char *)"python3", (char *)"-c", (char *)script,
                         (char *)folder,    count,        NULL};
    pid_t child;
    int status;
    if (posix_spawnp(&child, "python3", NULL, NULL, arguments, environ) != 0)
        return 77;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    /* 127: glibc found no program to run. */
    return WEXITSTATUS(status) == 127 ? 77 : WEXITSTATUS(status);
}

struct documents {
    char *text;
    size_t length;
    FILE *out;
    unsigned count;
};

/* One line, whatever the layout of `json`; a '^' is left out. */
static void add_document(struct documents *d, bool sound, const char *json)
{
    fputc(sound ? '+' : '-', d->out);
    for (; *json; json++)
        if (*json != '^')
            fputc(*json == '\n' ? ' ' : *json, d->out);
    fputc('\n', d->out);
    d->count++;
}

/* Files that extend others: incomplete, and with null. */
static void add_extending(struct documents *d)
{
    static const char *const sound[] = {
        "{ \"extends\": \"base\" }",
        "{ \"extends\": \"base\", \"about\": null, \"boxes\": { \"a\": null } }",
        "{ \"extends\": \"base\", \"boxes\": { \"a\": { \"gear\": { \"hold\": \"1s\" } } "
        "} }",
        "{ \"extends\": \"base\", \"jobs\": { \"j\": { \"rate\": \"1/s\" } } }",
        "{ \"extends\": \"base\", \"boxes\": { \"a\": { \"gear\": { \"picker\": "
        "{ \"kind\": \"stride\" } } } } }",
        "{ \"extends\": \"base\", \"boxes\": { \"a\": { \"gear\": { \"picker\": "
        "\"first\" } } } }",
    };
    static const char *const wrong[] = {
        "{ \"extends\": 5 }",
        "{ \"extends\": \"base\", \"durtion\": \"1s\" }",
        "{ \"extends\": \"base\", \"duration\": 1 }",
        "{ \"extends\": \"base\", \"boxes\": { \"a\": { \"gear\": { \"hodl\": \"1s\" } } "
        "} }",
        "{ \"extends\": \"base\", \"wires\": [ { \"loss\": 0.1 } ] }",
        "{ \"extends\": \"base\", \"boxes\": { \"a\": { \"gear\": { \"picker\": "
        "{ \"kind\": \"first\", \"tries\": 3 } } } } }",
    };
    for (size_t i = 0; i < COUNT(sound); i++)
        add_document(d, true, sound[i]);
    for (size_t i = 0; i < COUNT(wrong); i++)
        add_document(d, false, wrong[i]);
}

static void test_the_schema_judges_as_the_reader_does(void **state)
{
    (void)state;
    char *folder = scratch_new();
    struct json_text schema = {0};
    schema_write(&schema, &toy_fields);
    scratch_put(folder, "schema.json", schema.bytes, schema.length);
    json_free(&schema);
    struct documents d = {0};
    d.out = open_memstream(&d.text, &d.length);
    for (size_t i = 0; scenario_sound[i]; i++)
        add_document(&d, true, scenario_sound[i]);
    for (const struct scenario_fault *f = scenario_faults; f->text; f++)
        if (!f->beyond_schema)
            add_document(&d, false, f->text);
    add_extending(&d);
    fclose(d.out);
    scratch_put(folder, "documents.txt", d.text, d.length);
    free(d.text);
    int status = run_python(folder, d.count);
    scratch_free(folder);
    if (status == 77) {
        print_message("no python3-jsonschema: the schema is not compared\n");
        skip();
    }
    assert_int_equal(status, 0);
}

static void test_the_schema_is_json_and_the_same_every_time(void **state)
{
    (void)state;
    struct json_text first = {0}, second = {0};
    schema_write(&first, &toy_fields);
    schema_write(&second, &toy_fields);
    assert_string_equal(first.bytes, second.bytes);
    struct issues *issues = issues_new();
    struct json_positions positions = {0};
    assert_true(json_scan(first.bytes, first.length, 1, issues, &positions));
    assert_true(positions.count > 200);
    free(positions.items);
    issues_free(issues);
    json_free(&first);
    json_free(&second);
}

/* --- every row is in both --------------------------------------------------------- */

static void expect_rows(const struct field_table *table, const char *schema,
                        const char *reference)
{
    for (const struct field *row = table ? table->rows : NULL; row && row->key; row++) {
        char *key = memory_print("\"%s\": {", row->key);
        char *line = memory_print(" %s\n", row->key);
        if (!strstr(schema, key) || !strstr(schema, row->help) ||
            !strstr(reference, line) || !strstr(reference, row->help))
            fail_msg("%s.%s is not described", table->what, row->key);
        free(key);
        free(line);
    }
}

static void test_every_key_of_every_table_is_described(void **state)
{
    (void)state;
    static const char *const tables[] = {"toy",   "box", "gear", "picker", "retry",
                                         "close", "job", "wire", "change"};
    struct json_text schema = {0};
    schema_write(&schema, &toy_fields);
    char *reference = NULL;
    size_t length;
    FILE *out = open_memstream(&reference, &length);
    explain_tables(out, &toy_fields);
    fclose(out);
    for (size_t i = 0; i < COUNT(tables); i++) {
        const struct field_table *table = explain_find(&toy_fields, tables[i]);
        assert_non_null(table);
        expect_rows(table, schema.bytes, reference);
        const struct field_variant_row *variant;
        for (uint32_t k = 0; table->variants && (variant = table->variants(k)); k++)
            expect_rows(variant->table, schema.bytes, reference);
    }
    assert_null(explain_find(&toy_fields, "nothing"));
    free(reference);
    json_free(&schema);
}

static void test_the_reference_tells_type_limits_default_and_changeability(void **state)
{
    (void)state;
    static const struct {
        const char *table, *lines;
    } rows[] = {
        {"gear", "  hold\n      how long it is kept\n"
                 "      duration, 1ms to 1d; default inherited; changeable\n"},
        {"job", "  rate\n      how often\n"
                "      rate, 0/s to 1000000/s; default \"1/s\"; changeable\n"},
        {"box", "  model\n      gives every default of gear\n"
                "      word: plain, mill; default \"plain\"\n"},
        {"job", "  from\n      who works\n      name of an entry of boxes; required\n"},
        {"box",
         "  listen\n      ports that accept\n      list, 0 to 8 entries; each: whole "
         "number, 1 to 65535; default [80, 443]; changeable\n"},
        {"picker",
         "    random: any\n        tries\n            draws before it gives up\n"},
        {"close", "      one of the following; default \"prompt\"\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = NULL;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        explain_table(out, explain_find(&toy_fields, rows[i].table));
        fclose(out);
        if (!strstr(text, rows[i].lines))
            fail_msg("no\n%s in\n%s", rows[i].lines, text);
        free(text);
    }
}

static void test_a_key_is_explained_in_every_table_that_has_it(void **state)
{
    (void)state;
    static const struct {
        const char *key, *lines;
    } keys[] = {
        {"hold", "gear\n  hold\n      how long it is kept\n"},
        {"tries", "  tries\n      draws before it gives up\n"},
        {"picker", "object: picker: "},
    };
    for (size_t i = 0; i < COUNT(keys); i++) {
        char *text = NULL;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        assert_true(explain_key(out, &toy_fields, keys[i].key));
        assert_false(explain_key(out, &toy_fields, "nothing"));
        fclose(out);
        if (!strstr(text, keys[i].lines))
            fail_msg("no\n%s in\n%s", keys[i].lines, text);
        free(text);
    }
}

/* --- suggestions ------------------------------------------------------------------ */

struct tally {
    unsigned typos, found;
};

static void try_typo(struct tally *t, const struct field_table *table, const char *typo,
                     const char *meant)
{
    struct spelling spelling = {.word = typo};
    if (table_row(table, typo))
        return;
    table_offer_keys(table, NULL, &spelling);
    t->typos++;
    t->found += spelling.nearest && strcmp(spelling.nearest, meant) == 0;
}

/* A letter left out, doubled, replaced, swapped with the next. */
static void try_typos(struct tally *t, const struct field_table *table, const char *key)
{
    size_t length = strlen(key);
    char typo[80];
    for (size_t i = 0; i < length; i++) {
        snprintf(typo, sizeof typo, "%.*s%s", (int)i, key, key + i + 1);
        try_typo(t, table, typo, key);
        snprintf(typo, sizeof typo, "%.*s%c%s", (int)i, key, key[i], key + i);
        try_typo(t, table, typo, key);
        snprintf(typo, sizeof typo, "%.*sq%s", (int)i, key, key + i + 1);
        try_typo(t, table, typo, key);
        if (i + 1 < length && key[i] != key[i + 1]) {
            snprintf(typo, sizeof typo, "%.*s%c%c%s", (int)i, key, key[i + 1], key[i],
                     key + i + 2);
            try_typo(t, table, typo, key);
        }
    }
}

/* RELIABILITY.md 8, bar 4: at least 95 % of typos get the intended suggestion. */
static void test_a_slip_of_one_key_is_understood(void **state)
{
    (void)state;
    static const char *const tables[] = {"toy", "box", "gear", "retry", "job", "wire"};
    struct tally t = {0};
    for (size_t i = 0; i < COUNT(tables); i++) {
        const struct field_table *table = explain_find(&toy_fields, tables[i]);
        for (const struct field *row = table->rows; row->key; row++)
            try_typos(&t, table, row->key);
    }
    assert_true(t.typos > 500);
    if (t.found < 0.95 * t.typos)
        fail_msg("%u of %u typos understood", t.found, t.typos);
}

static void test_a_word_unlike_any_gets_no_suggestion(void **state)
{
    (void)state;
    static const struct {
        const char *word, *candidate;
        bool near;
    } rows[] = {
        {"hold", "hodl", true},
        {"HOLD", "hold", true},
        {"fin-wait-2", "fin_wait_2", true},
        {"rt", "rtt", true},
        {"udp", "tcp", false},
        {"x", "y", false},
        {"", "a", false},
        {"latency", "delay", false},
        {"finwait2", "fin_wait_2", true},
        {"hold", "hold_s", true},
        {"hold", "holding_on", false},
        {"a23456789012345678901234567890123456789012345678901234567890123456789",
         "a23456789012345678901234567890123456789012345678901234567890123456788", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct spelling spelling = {.word = rows[i].word};
        spelling_offer(&spelling, rows[i].candidate);
        if ((spelling.nearest != NULL) != rows[i].near)
            fail_msg("%s, %s", rows[i].word, rows[i].candidate);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_schema_judges_as_the_reader_does),
        cmocka_unit_test(test_the_schema_is_json_and_the_same_every_time),
        cmocka_unit_test(test_every_key_of_every_table_is_described),
        cmocka_unit_test(test_the_reference_tells_type_limits_default_and_changeability),
        cmocka_unit_test(test_a_key_is_explained_in_every_table_that_has_it),
        cmocka_unit_test(test_a_slip_of_one_key_is_understood),
        cmocka_unit_test(test_a_word_unlike_any_gets_no_suggestion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
