/* Texts that try to be more than text: RELIABILITY.md 4, and what else gnuplot, a shell,
 * a spreadsheet or a terminal would obey.
 *
 * "CANARY" in them stands for a file; hostile_text() puts a path there.  Whoever shows
 * such a text looks for that file afterwards.
 */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

/* NULL ends the list. */
extern const char *const hostile_texts[];

/* The text with the path put in, the caller's to free. */
char *hostile_text(const char *text, const char *canary);

#endif
