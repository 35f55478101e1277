#include "tests/complaints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/trial/trial_plan.h"

struct issues *complaints(const char *text, const struct scenario_options *options)
{
    struct issues *issues = issues_new();
    struct trial_plan *plan =
        trial_plan_read_text("t", text, strlen(text), options, issues);
    if (plan || issues_count(issues) == 0)
        fail_msg("was taken for good:\n%s", text);
    return issues;
}

struct issues *complaints_of_file(const char *folder, const char *name)
{
    struct issues *issues = issues_new();
    char *path = memory_print("%s/%s", folder, name);
    if (trial_plan_read(path, NULL, issues))
        fail_msg("%s was taken for good", path);
    assert_true(issues_count(issues) > 0);
    free(path);
    return issues;
}

char *edited_text(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    if (!at || strstr(at + 1, from))
        fail_msg("should stand once in the scenario: %s", from);
    return memory_print("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

struct place take_mark(char *text)
{
    struct place place = {.source = 1, .line = 1, .column = 1};
    char *at = text;
    for (; *at != '^'; at++) {
        assert_int_not_equal(*at, '\0');
        place.column++;
        if (*at == '\n') {
            place.line++;
            place.column = 1;
        }
    }
    memmove(at, at + 1, strlen(at));
    return place;
}

void expect_place(const struct issue *issue, struct place place, const char *text)
{
    if (issue->place.line != place.line || issue->place.column != place.column)
        fail_msg("%s: %s: should stand at %u:%u, stands at %u:%u of\n%s", issue->path,
                 issue->message, place.line, place.column, issue->place.line,
                 issue->place.column, text);
}

void expect_issue(const struct issue *issue, const char *path, const char *says,
                  const char *meant)
{
    assert_non_null(issue);
    if (strcmp(issue->path, path) != 0 || !strstr(issue->message, says))
        fail_msg("should say \"%s: ... %s\", says \"%s: %s\"", path, says, issue->path,
                 issue->message);
    const char *suggestion = issue->suggestion ? issue->suggestion : "nothing";
    if (strcmp(suggestion, meant ? meant : "nothing") != 0)
        fail_msg("%s: %s: should suggest %s, suggests %s", issue->path, issue->message,
                 meant ? meant : "nothing", suggestion);
}
