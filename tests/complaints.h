/* What is said against a bad scenario: read it, and compare the complaints. */
#ifndef TESTS_COMPLAINTS_H
#define TESTS_COMPLAINTS_H

#include "sim/scenario/issues.h"
#include "sim/scenario/scenario.h"

/* What is said against a text read with the real tables; fails the test when nothing is.
 * The caller's to issues_free. */
struct issues *complaints(const char *text, const struct scenario_options *options);

/* The same for a file. */
struct issues *complaints_of_file(const char *folder, const char *name);

/* Replaces `from`, which must stand once in `text`, by `to`; the caller's to free. */
char *edited_text(const char *text, const char *from, const char *to);

/* Takes the '^' out of a text and says where it stood. */
struct place take_mark(char *text);

/* Fail the test, with what is said instead, unless the issue stands at that place of
 * `text`; has that path, `says` in its message, and the suggestion `meant` (NULL: none).
 */
void expect_place(const struct issue *issue, struct place place, const char *text);
void expect_issue(const struct issue *issue, const char *path, const char *says,
                  const char *meant);

#endif
