/* scenarios/SOURCES.md: every row of the three source texts is there once, and names
 * scenarios and tests that exist. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SOURCES "scenarios/SOURCES.md"

enum column { ROW = 1, STATEMENT, SCENARIO, LOOK_AT, TEST, COLUMNS };

/* Cuts a line of a table at its bars; those inside `code` are written \|. */
static int cells_of(char *line, char *cells[COLUMNS + 1])
{
    int count = 0;
    for (char *c = line; *c && count < COLUMNS; c++)
        if (*c == '|' && (c == line || c[-1] != '\\')) {
            *c = '\0';
            cells[++count] = c + 1;
        }
    return count;
}

static bool is_row_of_sources(const char *cell)
{
    return cell[0] == ' ' && strchr("PIW", cell[1]) && isdigit((unsigned char)cell[2]);
}

/* Calls `see` for each word between back-quotes; returns how many there are. */
static int each_quoted(char *cell, const char *row,
                       void (*see)(const char *row, const char *word))
{
    int count = 0;
    for (char *word = strtok(cell, "`"); word; word = strtok(NULL, "`"))
        if (isalnum((unsigned char)word[0])) {
            see(row, word);
            count++;
        }
    return count;
}

static void scenario_exists(const char *row, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "scenarios/%s.json", name);
    if (access(path, R_OK) != 0)
        fail_msg("row %s names the scenario %s, which does not exist", row, name);
}

static void test_exists(const char *row, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tests/%s.c", name);
    if (access(path, R_OK) != 0)
        fail_msg("row %s names the test %s, which does not exist", row, name);
}

static void test_every_row_names_a_scenario_and_a_test(void **state)
{
    (void)state;
    char line[4096];
    int seen = 0;
    FILE *file = fopen(SOURCES, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *cells[COLUMNS + 1];
        if (line[0] != '|' || cells_of(line, cells) < COLUMNS ||
            !is_row_of_sources(cells[ROW]))
            continue;
        seen++;
        if (strspn(cells[LOOK_AT], " ") == strlen(cells[LOOK_AT]))
            fail_msg("row %s says nothing to look at", cells[ROW]);
        if (each_quoted(cells[SCENARIO], cells[ROW], scenario_exists) == 0)
            fail_msg("row %s has no scenario", cells[ROW]);
        if (each_quoted(cells[TEST], cells[ROW], test_exists) == 0)
            fail_msg("row %s has no test", cells[ROW]);
    }
    fclose(file);
    assert_int_equal(seen, 15 + 7 + 15);
}

static void test_every_row_of_the_feature_table_is_there_once(void **state)
{
    (void)state;
    static const struct {
        char letter;
        int count;
    } texts[] = {{'P', 15}, {'I', 7}, {'W', 15}};
    static char page[65536];
    FILE *file = fopen(SOURCES, "r");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++)
        for (int i = 1; i <= texts[t].count; i++) {
            char cell[24];
            snprintf(cell, sizeof cell, "\n| %c%d |", texts[t].letter, i);
            const char *first = strstr(page, cell);
            if (!first || strstr(first + 1, cell))
                fail_msg("row %c%d is not there exactly once", texts[t].letter, i);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_names_a_scenario_and_a_test),
        cmocka_unit_test(test_every_row_of_the_feature_table_is_there_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
