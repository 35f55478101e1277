/* scenarios/README.md holds what the scenarios say: for each its question, its text, a
 * finding and a picture that is there.  `make library` writes it. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/picture.h"
#include "tests/run_text.h"

#define PAGE     "scenarios/README.md"
#define PICTURES "scenarios/pictures"

/* All pictures together: a clone should stay small. */
#define PICTURES_MOST ((size_t)4 << 20)

/* The caller's to free. */
static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("there is no %s: make library", path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = memory_new(*length + 1, 1);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    fclose(file);
    return bytes;
}

/* The page as its reader sees it: words one blank apart, without Markdown's escapes. */
static char *plain(const char *text)
{
    char *out = memory_new(strlen(text) + 1, 1), *end = out;
    for (; *text; text++) {
        bool blank = *text == ' ' || *text == '\n';
        if (*text == '\\' && text[1])
            *end++ = *++text;
        else if (!blank)
            *end++ = *text;
        else if (end > out && end[-1] != ' ')
            *end++ = ' ';
    }
    return out;
}

/* A page and its plain text. */
struct page {
    char *bytes, *text;
};

static int open_page(void **state)
{
    struct page *page = memory_new(1, sizeof *page);
    size_t length;
    page->bytes = read_file(PAGE, &length);
    page->text = plain(page->bytes);
    *state = page;
    return 0;
}

static int close_page(void **state)
{
    struct page *page = *state;
    free(page->bytes);
    free(page->text);
    free(page);
    return 0;
}

static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length > tail && strcmp(name + length - tail, end) == 0;
}

static void expect_text(const char *where, const char *name, const char *text)
{
    if (!strstr(where, text))
        fail_msg(PAGE " does not say of %s: \"%s\"; make library", name, text);
}

/* The picture with its finding: "![finding](pictures/name.png)", and again below it. */
static void expect_picture(const struct page *page, const char *name)
{
    char *end = memory_print("]("
                             "pictures/%s.png)",
                             name);
    char *link = strstr(page->bytes, end), *start = link;
    if (!link)
        fail_msg(PAGE " shows no picture of %s; make library", name);
    while (start > page->bytes && start[-1] != '\n')
        start--;
    assert_true(strncmp(start, "![", 2) == 0);
    if (link - start < 20)
        fail_msg(PAGE " has no finding of %s", name);
    char *said = memory_text(start + 2, (size_t)(link - start - 2));
    char *line = plain(said), *below = memory_print("*%s*", line);
    expect_text(page->text, name, below);
    free(said);
    free(line);
    free(below);
    free(end);
}

static void expect_entry(const struct page *page, const char *name)
{
    struct text_plan p = text_plan_file(name);
    const struct trial_config *c = p.plan->config;
    if (!c->question || !ends_in(c->question, "?"))
        fail_msg("%s asks no question", name);
    assert_non_null(c->about);
    char *heading = memory_print("\n### %s\n", name);
    char *question = memory_print("**%s**", c->question), *about = plain(c->about);
    char *listed = memory_print("- [%s](#%s): %s", name, name, c->question);
    expect_text(page->bytes, name, heading);
    expect_text(page->text, name, question);
    expect_text(page->text, name, listed);
    expect_text(page->text, name, about);
    expect_picture(page, name);
    free(heading);
    free(question);
    free(about);
    free(listed);
    text_plan_free(&p);
}

static void test_each_scenario_has_question_text_finding_and_picture(void **state)
{
    DIR *folder = opendir("scenarios");
    assert_non_null(folder);
    for (struct dirent *e; (e = readdir(folder));)
        if (ends_in(e->d_name, ".json")) {
            e->d_name[strlen(e->d_name) - strlen(".json")] = '\0';
            expect_entry(*state, e->d_name);
        }
    closedir(folder);
}

static void test_each_picture_is_whole_and_of_a_scenario(void **state)
{
    (void)state;
    DIR *folder = opendir(PICTURES);
    size_t all = 0, length;
    assert_non_null(folder);
    for (struct dirent *e; (e = readdir(folder));) {
        if (e->d_name[0] == '.')
            continue;
        char *path = memory_print(PICTURES "/%s", e->d_name);
        char *bytes = read_file(path, &length);
        if (!picture_is_png(bytes, length))
            fail_msg("%s is no whole PNG", path);
        all += length;
        free(path);
        free(bytes);
        e->d_name[strlen(e->d_name) - strlen(".png")] = '\0';
        path = memory_print("scenarios/%s.json", e->d_name);
        free(read_file(path, &length));
        free(path);
    }
    closedir(folder);
    assert_true(all > 0 && all < PICTURES_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_each_scenario_has_question_text_finding_and_picture, open_page,
            close_page),
        cmocka_unit_test(test_each_picture_is_whole_and_of_a_scenario),
    };
    return cmocka_run_group_tests_name("library page", tests, NULL, NULL);
}
