/* The strict scan: what is JSON passes, what is not is refused at the right place, and no
 * text is too hostile. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/scenario/json_scan.h"
#include "sim/scenario/tree.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A literal with its length, for texts that hold zero bytes. */
#define TEXT(literal) (literal), sizeof(literal) - 1

/* Where the bytes of a text end, nothing follows: a scan beyond it is seen by the
 * sanitizers. */
static bool scan(const char *text, size_t length, struct issues *issues)
{
    struct json_positions positions = {0};
    char *copy = memory_text(text, length);
    bool passed =
        json_scan(copy, length, issues_source(issues, "t", NULL, 0), issues, &positions);
    free(positions.items);
    free(copy);
    return passed;
}

/* --- must be refused -------------------------------------------------------------- */

static const struct {
    const char *text;
    size_t length;
    uint32_t line, column;
    const char *message; /* a part of it */
} refused[] = {
    /* structure */
    {TEXT(""), 1, 1, "is empty"},
    {TEXT(" \n\t"), 2, 2, "is empty"},
    {TEXT("{"), 1, 2, "expected a key in double quotes, found the end"},
    {TEXT("["), 1, 2, "expected a value, found the end"},
    {TEXT("[1"), 1, 3, "expected ',' or ']', found the end"},
    {TEXT("[1,"), 1, 4, "expected a value, found the end"},
    {TEXT("{\"a\""), 1, 5, "expected ':' after the key, found the end"},
    {TEXT("{\"a\":"), 1, 6, "expected a value"},
    {TEXT("{\"a\":1"), 1, 7, "expected ',' or '}'"},
    {TEXT("{\"a\":1,"), 1, 8, "expected a key"},
    {TEXT("]"), 1, 1, "expected a value, found ']'"},
    {TEXT("}"), 1, 1, "expected a value, found '}'"},
    {TEXT("[1]]"), 1, 4, "expected the end of the text, found ']'"},
    {TEXT("{}{}"), 1, 3, "expected the end of the text"},
    {TEXT("1 2"), 1, 3, "expected the end of the text"},
    {TEXT("[1}"), 1, 3, "expected ',' or ']', found '}'"},
    {TEXT("{\"a\":1]"), 1, 7, "expected ',' or '}', found ']'"},
    {TEXT("[1 2]"), 1, 4, "expected ',' or ']', found '2'"},
    {TEXT("[1,]"), 1, 3, "no comma may stand before ']'"},
    {TEXT("[,1]"), 1, 2, "expected a value, found ','"},
    {TEXT("[1,,2]"), 1, 4, "expected a value, found ','"},
    {TEXT("{\"a\":1,}"), 1, 7, "no comma may stand before '}'"},
    {TEXT("{,}"), 1, 2, "expected a key"},
    {TEXT("{\"a\" 1}"), 1, 6, "expected ':' after the key, found '1'"},
    {TEXT("{\"a\"::1}"), 1, 6, "expected a value, found ':'"},
    {TEXT("{\"a\",\"b\"}"), 1, 5, "expected ':' after the key"},
    {TEXT("{a:1}"), 1, 2, "expected a key in double quotes, found 'a'"},
    {TEXT("{'a':1}"), 1, 2, "expected a key in double quotes"},
    {TEXT("{1:1}"), 1, 2, "expected a key in double quotes, found '1'"},
    {TEXT("{null:1}"), 1, 2, "expected a key in double quotes"},
    {TEXT("[\"a\": 1]"), 1, 5, "expected ',' or ']', found ':'"},
    {TEXT("[1\v]"), 1, 3, "found byte 0x0B"},
    {TEXT("[1\f]"), 1, 3, "found byte 0x0C"},
    {TEXT("[1\xC2\xA0]"), 1, 3, "(U+00A0)"},
    {TEXT("[1\0]"), 1, 3, "found byte 0x00"},
    {TEXT("\0"), 1, 1, "found byte 0x00"},
    {TEXT("// note\n{}"), 1, 1, "JSON has no comments"},
    {TEXT("{} # note"), 1, 4, "expected the end of the text, found '#'"},
    {TEXT("{ // note\n}"), 1, 3, "a comment is a key that begins with \"//\""},
    {TEXT("[1, /* two */ 2]"), 1, 5, "JSON has no comments"},
    /* words */
    {TEXT("tru"), 1, 1, "a text must stand in double quotes"},
    {TEXT("truee"), 1, 1, "a text must stand in double quotes"},
    {TEXT("True"), 1, 1, "small letters"},
    {TEXT("[NULL]"), 1, 2, "small letters"},
    {TEXT("nul"), 1, 1, "a text must stand in double quotes"},
    {TEXT("NaN"), 1, 1, "a text must stand in double quotes"},
    {TEXT("Infinity"), 1, 1, "a text must stand in double quotes"},
    {TEXT("undefined"), 1, 1, "a text must stand in double quotes"},
    {TEXT("{\"a\":never}"), 1, 6, "a text must stand in double quotes"},
    /* numbers */
    {TEXT("-"), 1, 1, "a number needs a digit after \"-\""},
    {TEXT("[-]"), 1, 2, "a number needs a digit"},
    {TEXT("[--1]"), 1, 2, "a number needs a digit"},
    {TEXT("[-Infinity]"), 1, 2, "a number needs a digit"},
    {TEXT("[+1]"), 1, 2, "must not begin with \"+\""},
    {TEXT("[.5]"), 1, 2, "must begin with a digit"},
    {TEXT("[-.5]"), 1, 2, "a number needs a digit after \"-\""},
    {TEXT("[1.]"), 1, 2, "a digit after the point"},
    {TEXT("[1.e3]"), 1, 2, "a digit after the point"},
    {TEXT("[1e]"), 1, 2, "a digit in its exponent"},
    {TEXT("[1e+]"), 1, 2, "a digit in its exponent"},
    {TEXT("[1E-]"), 1, 2, "a digit in its exponent"},
    {TEXT("[01]"), 1, 2, "needless 0"},
    {TEXT("[-01]"), 1, 2, "needless 0"},
    {TEXT("[00]"), 1, 2, "needless 0"},
    {TEXT("[0x1F]"), 1, 3, "expected ',' or ']', found 'x'"},
    {TEXT("[1_000]"), 1, 3, "expected ',' or ']', found '_'"},
    {TEXT("[1,000.5.1]"), 1, 4, "needless 0"},
    {TEXT("[1.5.1]"), 1, 5, "expected ',' or ']', found '.'"},
    {TEXT("[1e3.5]"), 1, 5, "expected ',' or ']', found '.'"},
    {TEXT("[\xEF\xBC\x91]"), 1, 2, "expected a value"},
    {TEXT("[1e400]"), 1, 2, "too large"},
    {TEXT("[-1e400]"), 1, 2, "too large"},
    {TEXT("[9007199254740993]"), 1, 2, "beyond 2^53"},
    {TEXT("[-9007199254740993]"), 1, 2, "beyond 2^53"},
    {TEXT("[18446744073709551616]"), 1, 2, "beyond 2^53"},
    /* strings */
    {TEXT("\""), 1, 1, "without closing quote"},
    {TEXT("[\"abc]"), 1, 2, "without closing quote"},
    {TEXT("[\"a\\\"]"), 1, 2, "without closing quote"},
    {TEXT("['a']"), 1, 2, "a text must stand in double quotes"},
    {TEXT("[\"a\\x\"]"), 1, 4, "a backslash must be followed by"},
    {TEXT("[\"a\\'\"]"), 1, 4, "a backslash must be followed by"},
    {TEXT("[\"a\\"), 1, 4, "a backslash must be followed by"},
    {TEXT("[\"\\U0041\"]"), 1, 3, "a backslash must be followed by"},
    {TEXT("[\"\\u\"]"), 1, 3, "four hexadecimal digits"},
    {TEXT("[\"\\u12\"]"), 1, 3, "four hexadecimal digits"},
    {TEXT("[\"\\u12G4\"]"), 1, 3, "four hexadecimal digits"},
    {TEXT("[\"\\u004"), 1, 3, "four hexadecimal digits"},
    {TEXT("[\"\\u0000\"]"), 1, 3, "\\u0000"},
    {TEXT("[\"\\uD800\"]"), 1, 3, "half of a surrogate pair"},
    {TEXT("[\"\\uDC00\"]"), 1, 3, "half of a surrogate pair"},
    {TEXT("[\"\\uD834\\n\"]"), 1, 3, "half of a surrogate pair"},
    {TEXT("[\"\\uDD1E\\uD834\"]"), 1, 3, "half of a surrogate pair"},
    {TEXT("[\"a\nb\"]"), 1, 4, "a control character"},
    {TEXT("[\"a\tb\"]"), 1, 4, "a control character"},
    {TEXT("[\"a\0b\"]"), 1, 4, "a control character"},
    {TEXT("[\"a\x1F\"]"), 1, 4, "a control character"},
    /* UTF-8 */
    {TEXT("[\"\xFF\"]"), 1, 3, "not UTF-8"},
    {TEXT("[\"\x80\"]"), 1, 3, "not UTF-8"},
    {TEXT("[\"\xC3\"]"), 1, 3, "not UTF-8"},
    {TEXT("[\"\xC0\xAF\"]"), 1, 3, "not UTF-8"},
    {TEXT("[\"\xE0\x80\xAF\"]"), 1, 3, "not UTF-8"},
    {TEXT("[\"\xED\xA0\x80\"]"), 1, 3, "not UTF-8"},
    {TEXT("[\"\xF4\x90\x80\x80\"]"), 1, 3, "not UTF-8"},
    {TEXT("[\"\xF0\x9F\x90\"]"), 1, 3, "not UTF-8"},
    {TEXT("\xEF\xBB\xBF{}"), 1, 1, "byte-order mark"},
    {TEXT("\xFF\xFE{\0}\0"), 1, 1, "UTF-16"},
    {TEXT("\xFE\xFF\0{\0}"), 1, 1, "UTF-16"},
    /* our own */
    {TEXT("{\"a\":1,\"a\":1}"), 1, 8, "stands here again"},
    {TEXT("{\"a\":1,\"b\":2,\n\"a\":3}"), 2, 1, "stands here again"},
    {TEXT("{\"\":1,\"\":1}"), 1, 7, "stands here again"},
    {TEXT("{\"a\":1,\"\\u0061\":1}"), 1, 8, "stands here again"},
    {TEXT("{\"x\":{\"k\":1,\"k\":2}}"), 1, 13, "stands here again"},
    /* columns count characters, lines end in \n */
    {TEXT("{\"\xC3\xA4\xF0\x9F\x90\x9F\": x}"), 1, 8, "double quotes"},
    {TEXT("{\r\n \"a\": x}"), 2, 7, "double quotes"},
    {TEXT("{\r \"a\": x}"), 1, 9, "double quotes"},
};

static void test_what_is_not_json_is_refused_at_its_place(void **state)
{
    (void)state;
    assert_true(COUNT(refused) >= 60);
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct issues *issues = issues_new();
        bool passed = scan(refused[i].text, refused[i].length, issues);
        const struct issue *issue = issues_get(issues, 0);
        if (passed || !issue || issue->place.line != refused[i].line ||
            issue->place.column != refused[i].column ||
            !strstr(issue->message, refused[i].message))
            fail_msg("row %zu, %s: %u:%u %s, expected %u:%u %s", i, refused[i].text,
                     issue ? issue->place.line : 0, issue ? issue->place.column : 0,
                     issue ? issue->message : "(passed)", refused[i].line,
                     refused[i].column, refused[i].message);
        issues_free(issues);
    }
}

/* --- must be accepted ------------------------------------------------------------- */

static const char *const accepted[] = {
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "0.5",
    "-0.5",
    "0e1",
    "0e+1",
    "1E22",
    "1e-7",
    "1.5E+3",
    "123e65",
    "20e1",
    "9007199254740992",
    "-9007199254740992",
    "9007199254740993.0",
    "1e308",
    "4.9e-324",
    "1e-400",
    "-0.000000000000000000000000000000000000000000000000000000000000000000000000000001",
    "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899",
    "true",
    "false",
    "null",
    "\"\"",
    "\"a\"",
    "\" \"",
    "\"/\"",
    "\"\\/\"",
    "\"\\\"\"",
    "\"\\\\\"",
    "\"\\b\\f\\n\\r\\t\"",
    "\"\\u0041\"",
    "\"\\u00e4\"",
    "\"\\u000A\"",
    "\"\\u007F\"",
    "\"\x7F\"",
    "\"\\uD834\\uDD1E\"",
    "\"\\ud834\\udd1e\"",
    "\"\\uDBFF\\uDFFF\"",
    "\"\\uFFFE\\uFFFF\"",
    "\"\\u2028\"",
    "\"\\\\u0000\"",
    "\"\xC3\xA4\"",
    "\"\xE2\x82\xAC\"",
    "\"\xEF\xBF\xBF\"",
    "\"\xF0\x9F\x90\x9F\"",
    "\"\xF4\x8F\xBF\xBF\"",
    "\"\xE2\x80\xA8\"",
    "\"// no comment\"",
    "\"{}[],:\"",
    "[]",
    "[ ]",
    "[1]",
    "[1,2]",
    "[[]]",
    "[[],[[]]]",
    "[null,true,\"a\",-1.5e3,{},[]]",
    " [1] ",
    "\t\r\n[\t1\r,\n2 ]\n",
    "{}",
    "{ }",
    "{\"a\":1}",
    "{\"\":0}",
    "{\"a\":{\"a\":{\"a\":1}}}",
    "{\"a\":1,\"A\":2,\"a \":3}",
    "{\"a\":[],\"b\":[],\"c\":{\"a\":1,\"b\":2}}",
    "{\"\\u0061\":1,\"b\":2}",
    "{\"\xC3\xA4\":1,\"a\xCC\x88\":2}",
    "[{\"a\":1},{\"a\":2}]",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
};

static void test_what_is_json_passes_and_cjson_reads_it(void **state)
{
    (void)state;
    assert_true(COUNT(accepted) >= 60);
    for (size_t i = 0; i < COUNT(accepted); i++) {
        struct issues *issues = issues_new();
        struct origins origins;
        origins_init(&origins);
        char *copy = memory_text(accepted[i], strlen(accepted[i]));
        cJSON *tree = tree_parse(copy, strlen(copy), 0, &origins, issues);
        if (!tree || issues_count(issues))
            fail_msg("%s: %s", accepted[i],
                     issues_count(issues) ? issues_get(issues, 0)->message : "no tree");
        cJSON_Delete(tree);
        free(copy);
        origins_release(&origins);
        issues_free(issues);
    }
}

/* Texts that are awkward to write in C, and seeds for a fuzzer: files whose names begin
 * with what must happen to them. */
static void test_the_corpus_is_judged_as_its_names_say(void **state)
{
    (void)state;
    DIR *folder = opendir("tests/json");
    assert_non_null(folder);
    const struct dirent *entry;
    unsigned judged = 0;
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        static char bytes[1 << 16];
        char *path = memory_print("tests/json/%s", entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t length = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        struct issues *issues = issues_new();
        bool accept = strncmp(entry->d_name, "accept_", 7) == 0;
        assert_true(accept || strncmp(entry->d_name, "refuse_", 7) == 0);
        if (scan(bytes, length, issues) != accept)
            fail_msg("%s", path);
        issues_free(issues);
        free(path);
        judged++;
    }
    closedir(folder);
    assert_true(judged >= 10);
}

/* --- what it tells ---------------------------------------------------------------- */

static void test_every_value_and_key_has_its_position(void **state)
{
    (void)state;
    static const char text[] = "{ \"\xC3\xA4\": [1,\n  true], \"b\":\n{\"c\": \"x\"} }";
    static const struct json_position expected[] = {
        {1, 1, 0, 0}, {1, 8, 1, 3},  {1, 9, 0, 0},
        {2, 3, 0, 0}, {3, 1, 2, 10}, {3, 7, 3, 2},
    };
    struct issues *issues = issues_new();
    struct json_positions positions = {0};
    assert_true(json_scan(text, strlen(text), 1, issues, &positions));
    assert_int_equal(positions.count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(positions.items[i].line, expected[i].line);
        assert_int_equal(positions.items[i].column, expected[i].column);
        assert_int_equal(positions.items[i].key_line, expected[i].key_line);
        assert_int_equal(positions.items[i].key_column, expected[i].key_column);
    }
    free(positions.items);
    issues_free(issues);
}

static void test_one_scan_tells_all_that_it_can(void **state)
{
    (void)state;
    static const char text[] =
        "{ \"a\": 1e999, \"b\": [\"\\u0000\", \"\xFF\"],\n"
        "  \"a\": 9007199254740993, \"c\": { \"d\": \"\\uDEAD\" },\n"
        "  \"e\": [1,] }";
    static const struct {
        uint32_t line, column;
        const char *path, *suggestion;
    } expected[] = {
        {1, 8, "a", NULL},     {1, 22, "b[0]", NULL},
        {1, 32, "b[1]", NULL}, {2, 8, "a", "\"9007199254740993\""},
        {2, 39, "c.d", NULL},  {3, 10, "e[0]", NULL},
    };
    struct issues *issues = issues_new();
    assert_false(scan(text, strlen(text), issues));
    assert_int_equal(issues_count(issues), COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        const struct issue *issue = issues_get(issues, i);
        assert_int_equal(issue->place.line, expected[i].line);
        assert_int_equal(issue->place.column, expected[i].column);
        assert_string_equal(issue->path, expected[i].path);
        if (expected[i].suggestion)
            assert_string_equal(issue->suggestion, expected[i].suggestion);
    }
    issues_free(issues);
}

/* --- hostile sizes ---------------------------------------------------------------- */

/* In a build that grows by one, large inputs take hours. */
static void skip_if_growing_by_one(void)
{
#ifdef SIM_TINY_GROWTH
    skip();
#endif
}

/* Scans `length` bytes of a repeated pattern and returns the only complaint. */
static char *scan_pattern(const char *pattern, size_t length, double *seconds)
{
    char *text = memory_new(length + 1, 1);
    for (size_t i = 0, period = strlen(pattern); i < length; i++)
        text[i] = pattern[i % period];
    struct issues *issues = issues_new();
    struct json_positions positions = {0};
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    assert_false(json_scan(text, length, 1, issues, &positions));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    *seconds =
        (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    assert_int_equal(issues_count(issues), 1);
    char *message = memory_print("%s", issues_get(issues, 0)->message);
    issues_free(issues);
    free(positions.items);
    free(text);
    return message;
}

static void test_hostile_sizes_get_one_message_within_a_second(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        size_t length;
        const char *message;
    } rows[] = {
        {"[", 100000000, "is larger than 16 MiB"},
        {"[", 16000000, "nested too deeply"},
        {"[", 33, "nested too deeply"},
        {"{\"a\":", 40 * 5, "nested too deeply"},
        {"[0,0,0,0,", 9, "expected a value, found the end"},
        {"9", 16000000, "more characters than anyone needs"},
        {" ", 16000000, "is empty"},
        {"\"a", 1, "without closing quote"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double seconds;
        char *message = scan_pattern(rows[i].pattern, rows[i].length, &seconds);
        if (!strstr(message, rows[i].message) || seconds > 1)
            fail_msg("%zu bytes of %s: %s, %.3f s", rows[i].length, rows[i].pattern,
                     message, seconds);
        free(message);
    }
}

static void test_a_list_of_two_million_values_is_refused(void **state)
{
    (void)state;
    skip_if_growing_by_one();
    size_t values = 2000000, length = 2 * values + 1;
    char *text = memory_new(length + 1, 1);
    for (size_t i = 0; i < values; i++) {
        text[2 * i] = i ? ',' : '[';
        text[2 * i + 1] = '1';
    }
    text[length - 1] = ']';
    struct issues *issues = issues_new();
    struct json_positions positions = {0};
    assert_false(json_scan(text, length, 1, issues, &positions));
    assert_int_equal(issues_count(issues), 1);
    assert_non_null(strstr(issues_get(issues, 0)->message, "too many values"));
    assert_true(positions.count <= JSON_SCAN_VALUES);
    free(positions.items);
    issues_free(issues);
    free(text);
}

/* Sorting keys must not go quadratic, whatever their order. */
static void test_an_object_of_a_million_keys_is_scanned_within_a_second(void **state)
{
    (void)state;
    skip_if_growing_by_one();
    size_t keys = JSON_SCAN_VALUES - 1, length = 0;
    char *text = memory_new(keys * 16 + 8, 1);
    for (size_t i = 0; i < keys; i++)
        length += (size_t)sprintf(text + length, "%c\"%zu\":1", i ? ',' : '{', i);
    text[length++] = '}';
    struct issues *issues = issues_new();
    struct json_positions positions = {0};
    clock_t begin = clock();
    assert_true(json_scan(text, length, 1, issues, &positions));
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    assert_int_equal(positions.count, keys + 1);
    assert_true(seconds < 5); /* with sanitizers; 0.5 s without */
    free(positions.items);
    issues_free(issues);
    free(text);
}

/* Builds a tree that does not fit into what the process may have. */
static int parse_in_little_memory(void *unused)
{
    (void)unused;
    const struct rlimit limit = {(rlim_t)48 << 20, (rlim_t)48 << 20};
    size_t values = 900000;
    char *text = memory_new(2 * values + 2, 1);
    memset(text, '1', 2 * values);
    for (size_t i = 0; i < values; i++)
        text[2 * i] = i ? ',' : '[';
    text[2 * values] = ']';
    struct issues *issues = issues_new();
    struct origins origins;
    origins_init(&origins);
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return SCRATCH_CANNOT;
    fclose(stderr);
    cJSON *tree = tree_parse(text, 2 * values + 1, 0, &origins, issues);
    return tree ? 0 : 1;
}

static void test_running_out_of_memory_inside_cjson_exits_6(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* needs terabytes of addresses for itself */
#endif
    int status = scratch_child(parse_in_little_memory, NULL);
    if (status == SCRATCH_CANNOT)
        skip();
    assert_int_equal(status, 6);
}

static void test_a_flood_of_faults_is_counted_not_kept(void **state)
{
    (void)state;
    skip_if_growing_by_one();
    size_t length = 1000000;
    char *text = memory_new(length + 1, 1);
    memset(text, '\xFF', length);
    text[0] = text[length - 1] = '"';
    struct issues *issues = issues_new();
    struct json_positions positions = {0};
    assert_false(
        json_scan(text, length, issues_source(issues, "t", NULL, 0), issues, &positions));
    assert_int_equal(issues_count(issues), length - 2);
    assert_non_null(issues_get(issues, ISSUES_KEPT - 1));
    assert_null(issues_get(issues, ISSUES_KEPT));
    FILE *out = tmpfile();
    issues_print(issues, out);
    rewind(out);
    char line[256], last[256] = "";
    while (fgets(line, sizeof line, out))
        memcpy(last, line, sizeof last);
    fclose(out);
    assert_string_equal(last, "... and 999898 more\n");
    free(positions.items);
    issues_free(issues);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_json_is_refused_at_its_place),
        cmocka_unit_test(test_what_is_json_passes_and_cjson_reads_it),
        cmocka_unit_test(test_the_corpus_is_judged_as_its_names_say),
        cmocka_unit_test(test_every_value_and_key_has_its_position),
        cmocka_unit_test(test_one_scan_tells_all_that_it_can),
        cmocka_unit_test(test_hostile_sizes_get_one_message_within_a_second),
        cmocka_unit_test(test_a_list_of_two_million_values_is_refused),
        cmocka_unit_test(test_an_object_of_a_million_keys_is_scanned_within_a_second),
        cmocka_unit_test(test_running_out_of_memory_inside_cjson_exits_6),
        cmocka_unit_test(test_a_flood_of_faults_is_counted_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
