/* Rows of a table: chosen by expressions, counted by what they say, written in three ways
 * that nothing in a cell can disturb. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/views/count_by.h"
#include "sim/views/table.h"
#include "sim/views/where.h"

/* --- a table -------------------------------------------------------------------------
 */

struct guest {
    const char *name;
    double age_s, visits;
    bool paid;
    struct ip_address from;
    uint16_t port;
};

static const struct guest guests[] = {
    {"ada", 60, 3, true, {4, {10, 0, 0, 1}}, 445},
    {"bert", 601, 1, false, {4, {10, 0, 1, 2}}, 80},
    {"adam", 600, 20, true, {6, {0x20, 1, 0xd, 0xb8, [15] = 1}}, 443},
    {"=cmd, \"x\"", NAN, 0, false, {0}, 0},
};

enum { NAME, AGE, VISITS, PAID, FROM };

static const struct table_column columns[] = {
    {"name", NULL, "of the guest", CELL_TEXT},
    {"age", NULL, "since arrival", CELL_SECONDS},
    {"visits", "times", "so far", CELL_NUMBER},
    {"paid", NULL, "or not", CELL_FLAG},
    {"from", "src", "address and port", CELL_ADDRESS},
};

static struct cell guest_cell(const void *rows, size_t row, uint32_t column)
{
    const struct guest *g = &((const struct guest *)rows)[row];
    switch (column) {
    case NAME:
        return (struct cell){.text = g->name};
    case AGE:
        return (struct cell){.number = g->age_s};
    case VISITS:
        return (struct cell){.number = g->visits};
    case PAID:
        return (struct cell){.number = g->paid};
    default:
        return (struct cell){.address = g->from, .port = g->port};
    }
}

static const struct table table = {columns, 5, guest_cell, guests, 4};

/* --- expressions ---------------------------------------------------------------------
 */

/* The numbers of the rows for which it holds, as "0 2". */
static void expect_rows(const char *expression, const char *expected)
{
    struct where_error error;
    struct where *w = where_parse(expression, &table, &error);
    if (!w)
        fail_msg("%s: %s", expression, error.message);
    char text[20] = "";
    for (size_t i = 0; i < table.row_count; i++)
        if (where_holds(w, &table, i))
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%zu",
                     *text ? " " : "", i);
    if (strcmp(text, expected) != 0)
        fail_msg("%s: rows %s, should be %s", expression, text, expected);
    where_free(w);
}

static void test_each_kind_of_column_compares_in_its_own_way(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *rows;
    } cases[] = {
        {"name == ada", "0"},
        {"name = 'ada'", "0"},
        {"name != ada", "1 2 3"},
        {"name ~ ada", "0 2"},
        {"age < 10min", "0"},
        {"age <= 600", "0 2"},
        {"age > 600s", "1"},
        {"age >= 1min", "0 1 2"},
        {"visits == 20", "2"},
        {"times > 2", "0 2"},
        {"paid", "0 2"},
        {"paid == no", "1 3"},
        {"from == 10.0.0.1", "0"},
        {"from == 10.0.0.1:445", "0"},
        {"from == 10.0.0.1:446", ""},
        {"from != 10.0.0.1", "1 2 3"},
        {"src == :80", "1"},
        {"src == *:443", "2"},
        {"from ~ 10.0.0.0/8", "0 1"},
        {"from ~ 10.0.0.0/23", "0 1"},
        {"from ~ 10.0.0.0/24", "0"},
        {"from ~ 10.0.1.2/32", "1"},
        {"from ~ 0.0.0.0/0", "0 1"},
        {"from ~ 2001:db8::/32", "2"},
        {"from == [2001:db8::1]:443", "2"},
        {"from == 2001:db8::1", "2"},
        {"from ~ 10.0.0", "0"},
        {"from == *", "3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_rows(cases[i].expression, cases[i].rows);
}

static void test_and_binds_more_than_or_and_not_more_than_both(void **state)
{
    (void)state;
    expect_rows("name == bert or name ~ ada and visits > 10", "1 2");
    expect_rows("(name == bert or name ~ ada) and visits > 10", "2");
    expect_rows("not paid and age > 1s", "1");
    expect_rows("not (paid and age > 1min)", "0 1 3");
    expect_rows("!paid || visits == 3 && paid", "0 1 3");
    expect_rows("not not paid", "0 2");
}

/* The mark stands where the first thing is that cannot be. */
static void expect_refused(const char *expression, size_t at, const char *why)
{
    struct where_error error;
    struct where *w = where_parse(expression, &table, &error);
    if (w || error.at != at || !strstr(error.message, why))
        fail_msg("%s: \"%s\" at %zu, should be \"%s\" at %zu", expression,
                 w ? "accepted" : error.message, error.at, why, at);
}

static void test_what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    expect_refused("", 0, "a column should stand here");
    expect_refused("nam == ada", 0, "did you mean \"name\"?");
    expect_refused("name == ada and rubbish < 3", 16, "no column \"rubbish\"");
    expect_refused("name ada", 5, "after a column");
    expect_refused("name ==", 7, "a value should stand here");
    expect_refused("name == 'ada", 8, "never closed");
    expect_refused("name < b", 7, "has no order");
    expect_refused("visits ~ 3", 9, "~ is for text and addresses");
    expect_refused("visits > many", 9, "is a number");
    expect_refused("age > soon", 6, "is a time");
    expect_refused("paid == maybe", 8, "is yes or no");
    expect_refused("from == 10.0.0", 8, "is an address");
    expect_refused("from == 10.0.0.1:99999", 8, "is an address");
    expect_refused("from == 10.0.0.1/33", 8, "is an address");
    expect_refused("(paid", 5, "not closed");
    expect_refused("paid paid", 5, "belongs to nothing");
    expect_refused("paid and", 8, "a column should stand here");
}

static void test_nothing_too_deep_or_long_is_followed(void **state)
{
    (void)state;
    struct where_error error;
    char *deep = memory_new(5001, 1), *chain = memory_new(20001, 1);
    memset(deep, '(', 5000);
    assert_null(where_parse(deep, &table, &error));
    for (int i = 0; i < 2000; i++)
        memcpy(chain + i * (ptrdiff_t)10, "paid  and ", 10);
    assert_null(where_parse(chain, &table, &error));
    free(deep);
    free(chain);
}

static void test_an_explanation_marks_the_place_and_lists_the_columns(void **state)
{
    (void)state;
    struct where_error error;
    char *out;
    size_t length;
    assert_null(where_parse("paid and nam == x", &table, &error));
    FILE *stream = open_memstream(&out, &length);
    where_explain(stream, "paid and nam == x", &table, &error);
    fclose(stream);
    assert_string_equal(out, "there is no column \"nam\"; did you mean \"name\"?\n"
                             "  paid and nam == x\n"
                             "           ^\n"
                             "columns: name age visits paid from\n");
    free(out);
}

/* --- counting ------------------------------------------------------------------------
 */

static void test_rows_that_say_the_same_are_counted_the_most_first(void **state)
{
    (void)state;
    static const size_t rows[] = {0, 1, 2, 3};
    uint32_t column[] = {PAID};
    struct counts c = count_by(&table, rows, 4, column, 1, TABLE_NO_COLUMN);
    assert_int_equal(c.count, 2);
    assert_int_equal(c.groups[0].count, 2);
    assert_int_equal(c.groups[0].row, 1); /* "no" before "yes": as many */
    counts_free(&c);
    c = count_by(&table, rows, 4, column, 1, VISITS);
    assert_int_equal(c.groups[0].count, 23);
    assert_int_equal(c.groups[0].row, 0);
    assert_int_equal(c.total, 24);
    counts_free(&c);
}

/* As a naive count says, over more groups than the first table of slots has. */
static struct cell modulo_cell(const void *rows, size_t row, uint32_t column)
{
    (void)rows;
    return (struct cell){.number = (double)(column == 0 ? row % 777 : row)};
}

static void test_many_groups_are_counted_as_few(void **state)
{
    (void)state;
    static const struct table_column two[] = {{"rest", NULL, "", CELL_NUMBER},
                                              {"row", NULL, "", CELL_NUMBER}};
    struct table t = {two, 2, modulo_cell, NULL, 10000};
    size_t *rows = memory_new(10000, sizeof *rows);
    for (size_t i = 0; i < 10000; i++)
        rows[i] = i;
    uint32_t column[] = {0};
    struct counts c = count_by(&t, rows, 10000, column, 1, TABLE_NO_COLUMN);
    assert_int_equal(c.count, 777);
    for (size_t i = 0; i < c.count; i++) /* 10,000 = 12 x 777 + 676 */
        assert_int_equal(c.groups[i].count, c.groups[i].row < 676 ? 13 : 12);
    assert_int_equal(c.groups[675].count, 13);
    counts_free(&c);
    free(rows);
}

/* --- writing -------------------------------------------------------------------------
 */

static char *written(void (*write)(FILE *, const struct table *,
                                   const struct table_choice *),
                     const struct table *t, const struct table_choice *choice)
{
    char *out;
    size_t length;
    FILE *stream = open_memstream(&out, &length);
    write(stream, t, choice);
    fclose(stream);
    return out;
}

static void test_a_table_is_written_in_three_ways(void **state)
{
    (void)state;
    static const size_t rows[] = {3, 0};
    static const uint32_t shown[] = {NAME, AGE, PAID, FROM};
    struct table_choice choice = {rows, 2, shown, 4};
    char *text = written(table_print, &table, &choice);
    assert_string_equal(text, "name          age  paid  from\n"
                              "=cmd, \"x\"          no    *\n"
                              "ada        60.000  yes   10.0.0.1:445\n");
    char *csv = written(table_csv, &table, &choice);
    assert_string_equal(csv, "name,age,paid,from\n"
                             "\"'=cmd, \"\"x\"\"\",,no,*\n"
                             "ada,60.000,yes,10.0.0.1:445\n");
    char *json = written(table_json, &table, &choice);
    assert_string_equal(
        json, "[\n { \"name\": \"=cmd, \\\"x\\\"\", \"age\": null, \"paid\": false, "
              "\"from\": \"*\" },\n"
              " { \"name\": \"ada\", \"age\": 60, \"paid\": true, "
              "\"from\": \"10.0.0.1:445\" }\n]\n");
    free(text);
    free(csv);
    free(json);
}

static struct cell hostile_cell(const void *rows, size_t row, uint32_t column)
{
    (void)row;
    (void)column;
    return (struct cell){.text = rows};
}

static void test_a_hostile_name_cannot_disturb_a_terminal(void **state)
{
    (void)state;
    static const size_t row[] = {0};
    static const uint32_t shown[] = {0};
    static const struct table_choice choice = {row, 1, shown, 1};
    struct table t = {columns, 1, hostile_cell, "a\033[2J\xff\n\xe2\x80\xae z", 1};
    char *text = written(table_print, &t, &choice);
    assert_string_equal(text, "name\na?[2J??? z\n");
    free(text);
}

static void test_a_list_of_columns_is_read_in_its_order(void **state)
{
    (void)state;
    uint32_t out[3];
    char complaint[TABLE_COMPLAINT];
    assert_int_equal(table_columns_named(&table, "src,name", out, 3, complaint), 2);
    assert_int_equal(out[0], FROM);
    assert_int_equal(out[1], NAME);
    assert_int_equal(table_columns_named(&table, "name,agf", out, 3, complaint), 0);
    assert_string_equal(complaint, "there is no column \"agf\"; did you mean \"age\"?");
    assert_int_equal(table_columns_named(&table, "name,,age", out, 3, complaint), 0);
    assert_int_equal(table_columns_named(&table, "name,age,paid,from", out, 3, complaint),
                     0);
    assert_string_equal(complaint, "more than 3 columns");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_kind_of_column_compares_in_its_own_way),
        cmocka_unit_test(test_and_binds_more_than_or_and_not_more_than_both),
        cmocka_unit_test(test_what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(test_nothing_too_deep_or_long_is_followed),
        cmocka_unit_test(test_an_explanation_marks_the_place_and_lists_the_columns),
        cmocka_unit_test(test_rows_that_say_the_same_are_counted_the_most_first),
        cmocka_unit_test(test_many_groups_are_counted_as_few),
        cmocka_unit_test(test_a_table_is_written_in_three_ways),
        cmocka_unit_test(test_a_hostile_name_cannot_disturb_a_terminal),
        cmocka_unit_test(test_a_list_of_columns_is_read_in_its_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
