/* What stands behind stdout: how wide it is, whether it shows colours; and text that fits
 * and cannot disturb it.
 */
#ifndef SIM_CLI_TERMINAL_H
#define SIM_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* Columns of the terminal behind stdout, at least 40 and at most 100; 0 when stdout is no
 * terminal. */
unsigned terminal_columns(void);

/* Rows of it; 0 when stdout is no terminal, or does not say. */
unsigned terminal_rows(void);

/* Whether to colour stdout: a terminal that can, and NO_COLOR is not set. */
bool terminal_colours(void);

/* Whether the locale says UTF-8 (LC_ALL, LC_CTYPE, LANG). */
bool terminal_utf8(void);

/* Prints `text`, what is no character or would disturb a terminal as '?': names of files
 * and arguments may be hostile. */
void terminal_print(FILE *out, const char *text);

/* Prints `text` broken at spaces into lines of at most `width` columns, and a line end.
 * Printing stands at `column`; further lines begin with `indent` spaces.  A width of 0
 * breaks nothing. */
void terminal_wrap(FILE *out, unsigned column, unsigned indent, unsigned width,
                   const char *text);

/* The same for a text of several lines, each of which keeps the spaces it begins with and
 * is broken behind two more. */
void terminal_wrap_lines(FILE *out, unsigned width, const char *text);

#endif
