/* Expects a call to be refused as a bug: SIM_ASSERT stops the program with exit 5. */
#ifndef TESTS_EXPECT_BUG_H
#define TESTS_EXPECT_BUG_H

/* Runs `misuse(context)` in a child process, its complaint unseen, and fails the test
 * unless it ends as a bug report does. */
void expect_bug(void (*misuse)(void *context), void *context);

#endif
