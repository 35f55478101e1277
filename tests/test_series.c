/* Series and CSV: what is written is exact, safe in a spreadsheet, and reads back. */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/results/csv.h"
#include "sim/results/series.h"
#include "tests/expect_bug.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

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

static void write_series(const char *path, const struct series *s)
{
    struct safe_directory d;
    struct results_error error;
    assert_true(safe_directory_open(&d, path, &error));
    struct safe_file *f = safe_file_new(&d, "s.csv", &error);
    series_write(s, f);
    assert_true(safe_file_stage(f, &error) && safe_file_publish(f, &error));
    safe_file_free(f);
    safe_directory_close(&d);
}

static struct series *read_series(const char *path, struct results_error *error)
{
    struct safe_directory d;
    assert_true(safe_directory_open(&d, path, error));
    int handle = safe_file_open(&d, "s.csv", error);
    assert_true(handle >= 0);
    struct series *s = series_read(handle, "s.csv", error);
    safe_directory_close(&d);
    return s;
}

static void test_values_are_found_by_row_and_column(void **state)
{
    (void)state;
    struct series *s = series_new();
    for (uint32_t i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "column%" PRIu32, i);
        assert_int_equal(series_add(s, name), i);
    }
    for (uint32_t row = 0; row < 3000; row++) { /* several blocks */
        double values[100];
        for (uint32_t i = 0; i < 100; i++)
            values[i] = row * 100.0 + i;
        series_append(s, row * SIM_S, values);
    }
    assert_int_equal(series_rows(s), 3000);
    assert_int_equal(series_columns(s), 100);
    assert_int_equal(series_find(s, "column42"), 42);
    assert_int_equal(series_find(s, "column100"), SERIES_NONE);
    for (uint32_t row = 0; row < 3000; row++) {
        assert_int_equal(series_time(s, row), row * SIM_S);
        for (uint32_t i = 0; i < 100; i++)
            assert_true(series_value(s, row, i) == row * 100.0 + i);
    }
    series_free(s);
}

/* series.h: 8 bytes a value and 8 a row, at most one block (512 KiB) more; the array of
 * times doubles. */
static void test_a_long_series_takes_eight_bytes_a_value(void **state)
{
    (void)state;
    enum { ROWS = 10000, COLUMNS = 100 };
    struct series *s = series_new();
    for (int i = 0; i < COLUMNS; i++)
        series_add(s, "c");
    double values[COLUMNS] = {0};
    for (int row = 0; row < ROWS; row++)
        series_append(s, row, values);
    size_t bound = (size_t)8 * ROWS * COLUMNS + (size_t)2 * 8 * ROWS + (1 << 20);
    assert_true(series_bytes(s) <= bound);
    series_free(s);
}

static void test_csv_has_names_times_and_empty_cells(void **state)
{
    struct series *s = series_new();
    series_add(s, "a.b");
    series_add(s, "c,d");
    series_append(s, 0, (double[]){1, (double)NAN});
    series_append(s, 749250000000, (double[]){0.1, -0.0});
    series_append(s, 749250000001, (double[]){1e300, (double)INFINITY});
    write_series(*state, s);
    char *bytes = scratch_get(*state, "s.csv");
    assert_string_equal(bytes, "t_s,a.b,\"c,d\"\n"
                               "0,1,\n"
                               "749.25,0.1,-0\n"
                               "749.250000001,1e+300,\n");
    free(bytes);
    series_free(s);
}

static void test_times_read_back_to_the_nanosecond(void **state)
{
    static const sim_ns times[] = {0,
                                   1,
                                   999999999,
                                   SIM_S,
                                   86399999999999,
                                   100 * 365 * SIM_D + 1,
                                   9223372035 * SIM_S + 999999999};
    struct series *s = series_new();
    for (size_t i = 0; i < COUNT(times); i++)
        series_append(s, times[i], NULL);
    write_series(*state, s);
    series_free(s);
    struct results_error error;
    s = read_series(*state, &error);
    assert_non_null(s);
    assert_int_equal(series_rows(s), COUNT(times));
    for (size_t i = 0; i < COUNT(times); i++)
        if (series_time(s, i) != times[i])
            fail_msg("%" PRId64 " ns came back as %" PRId64, times[i], series_time(s, i));
    series_free(s);
}

/* Bit patterns from a linear congruential generator [Knuth, MMIX], each taken as a
 * double. */
static void test_any_double_reads_back_as_itself(void **state)
{
    enum { ROWS = 20000 };
    struct series *s = series_new();
    series_add(s, "v");
    uint64_t bits = 1;
    double *values = memory_new(ROWS, sizeof *values);
    for (int i = 0; i < ROWS; i++) {
        bits = bits * 6364136223846793005U + 1442695040888963407U;
        memcpy(&values[i], &bits, sizeof values[i]);
        series_append(s, i, &values[i]);
    }
    write_series(*state, s);
    series_free(s);
    struct results_error error;
    s = read_series(*state, &error);
    assert_non_null(s);
    for (size_t i = 0; i < ROWS; i++) {
        double back = series_value(s, i, 0);
        if (isfinite(values[i]) ? back != values[i] : !isnan(back))
            fail_msg("%.17g came back as %.17g", values[i], back);
    }
    free(values);
    series_free(s);
}

static void test_whole_numbers_are_written_alike(void **state)
{
    static const double whole[] = {0,        1,     9,        10,
                                   16384,    65535, 1e14,     1e15,
                                   1e15 - 1, 1e16,  0x1p53,   123456789012345,
                                   -1,       -0.0,  1e15 + 2, 4294967296};
    struct series *s = series_new();
    series_add(s, "v");
    for (size_t i = 0; i < COUNT(whole); i++)
        series_append(s, (sim_ns)i, &whole[i]);
    write_series(*state, s);
    char *bytes = scratch_get(*state, "s.csv");
    char *line = strchr(bytes, '\n') + 1;
    for (size_t i = 0; i < COUNT(whole); i++) {
        char expected[NUMBER_TEXT];
        number_text(whole[i], expected);
        char *cell = strchr(line, ',') + 1;
        char *end = strchr(cell, '\n');
        *end = '\0';
        assert_string_equal(cell, expected);
        line = end + 1;
    }
    free(bytes);
    series_free(s);
}

/* What a spreadsheet would run, what CSV must quote, and what the apostrophe could be
 * mistaken for. */
static const char *const hostile_names[] = {
    "=1+1",        "+1",
    "-1",          "@SUM(A1)",
    "\ttab",       "\rreturn",
    "'=1",         "''=1",
    "'plain",      "it's",
    "a,b",         "a\"b\"",
    "two\nline",   "=HYPERLINK(\"http://x\",\"y\")",
    "caf\xC3\xA9", " ",
};

static void test_no_cell_begins_as_a_formula(void **state)
{
    for (size_t i = 0; i < COUNT(hostile_names); i++) {
        struct series *s = series_new();
        series_add(s, hostile_names[i]);
        write_series(*state, s);
        series_free(s);
        char *bytes = scratch_get(*state, "s.csv");
        const char *cell = bytes + strlen("t_s,");
        if (strchr("=+-@\t\r", cell[cell[0] == '"']))
            fail_msg("\"%s\" was written as a formula: %s", hostile_names[i], cell);
        free(bytes);
    }
}

static void test_any_name_reads_back_as_itself(void **state)
{
    struct series *s = series_new();
    for (size_t i = 0; i < COUNT(hostile_names); i++)
        series_add(s, hostile_names[i]);
    write_series(*state, s);
    series_free(s);
    struct results_error error;
    s = read_series(*state, &error);
    assert_non_null(s);
    assert_int_equal(series_columns(s), COUNT(hostile_names));
    for (uint32_t i = 0; i < COUNT(hostile_names); i++)
        assert_string_equal(series_name(s, i), hostile_names[i]);
    series_free(s);
}

static void test_damaged_csv_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *bytes, *place, *complaint;
    } cases[] = {
        {"", "s.csv:1:", "t_s"},
        {"t_s", "s.csv:1:", "t_s"},
        {"time,a\n0,1\n", "s.csv:1:", "t_s"},
        {"t_s,a,\n0,1,2\n", "s.csv:1:", "without a name"},
        {"t_s,a\n0\n", "s.csv:2:", "fewer cells"},
        {"t_s,a\n0,1,2\n", "s.csv:2:", "more cells"},
        {"t_s,a\n0,1\n1,x\n", "s.csv:3:", "not a number"},
        {"t_s,a\n0,1\n1,1e999\n", "s.csv:3:", "not a number"},
        {"t_s,a\n0,nan\n", "s.csv:2:", "not a number"},
        {"t_s,a\n0,0x10\n", "s.csv:2:", "not a number"},
        {"t_s,a\n0,1 \n", "s.csv:2:", "not a number"},
        {"t_s,a\n-1,1\n", "s.csv:2:", "not a time"},
        {"t_s,a\n,1\n", "s.csv:2:", "not a time"},
        {"t_s,a\n1.0000000001,1\n", "s.csv:2:", "not a time"},
        {"t_s,a\n9300000000,1\n", "s.csv:2:", "not a time"},
        {"t_s,a\n1,1\n0.5,1\n", "s.csv:3:", "earlier"},
        {"t_s,a\n0,1\n1,1", "s.csv:3:", "cut short"},
        {"t_s,\"a\n0,1\n", "s.csv:1:", "never closed"},
        {"t_s,\"a\"b\n0,1\n", "s.csv:1:", "closing quotation mark"},
        {"t_s,a\"b\n0,1\n", "s.csv:1:", "inside a cell"},
        {"t_s,a\r\n0,1\r\n", "s.csv:1:", "carriage return"},
        {"t_s,a\n\n", "s.csv:2:", "not a time"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct results_error error = {0};
        scratch_put(*state, "s.csv", cases[i].bytes, strlen(cases[i].bytes));
        struct series *s = read_series(*state, &error);
        if (s || !strstr(error.text, cases[i].place) ||
            !strstr(error.text, cases[i].complaint))
            fail_msg("case %zu: expected \"%s ... %s\", got \"%s\"", i, cases[i].place,
                     cases[i].complaint, error.text);
    }
}

static void test_a_zero_byte_or_an_endless_cell_is_refused(void **state)
{
    struct results_error error;
    scratch_put(*state, "s.csv", "t_s,a\0b\n", 8);
    assert_null(read_series(*state, &error));
    assert_non_null(strstr(error.text, "zero byte"));
    char *endless = memory_new(CSV_CELL_MAX + 100, 1);
    memset(endless, 'a', CSV_CELL_MAX + 100);
    memcpy(endless, "t_s,", 4);
    scratch_put(*state, "s.csv", endless, CSV_CELL_MAX + 100);
    assert_null(read_series(*state, &error));
    assert_non_null(strstr(error.text, "more than 65536 bytes"));
    free(endless);
}

static void step_back_in_time(void *series)
{
    series_append(series, 5, NULL);
    series_append(series, 4, NULL);
}

static void add_a_late_column(void *series)
{
    series_append(series, 5, NULL);
    series_add(series, "late");
}

static void test_misuse_is_a_bug(void **state)
{
    (void)state;
    struct series *s = series_new();
    expect_bug(step_back_in_time, s);
    expect_bug(add_a_late_column, s);
    series_free(s);
}

int main(void)
{
#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, open_scratch, close_scratch)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_found_by_row_and_column),
        cmocka_unit_test(test_a_long_series_takes_eight_bytes_a_value),
        ON_DISK(test_csv_has_names_times_and_empty_cells),
        ON_DISK(test_times_read_back_to_the_nanosecond),
        ON_DISK(test_any_double_reads_back_as_itself),
        ON_DISK(test_whole_numbers_are_written_alike),
        ON_DISK(test_no_cell_begins_as_a_formula),
        ON_DISK(test_any_name_reads_back_as_itself),
        ON_DISK(test_damaged_csv_is_refused_with_its_line),
        ON_DISK(test_a_zero_byte_or_an_endless_cell_is_refused),
        cmocka_unit_test(test_misuse_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
