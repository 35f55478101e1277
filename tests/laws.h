/* The table of laws: what a real kernel answered, what the simulator answers.
 *
 * A conformance test reports each law it has checked.  When the environment names a
 * directory (PORTSIM_LAWS), every test program appends its rows to a file of its own
 * there, and tests/laws.sh makes docs/KERNEL_LAWS.md of them (`make laws`).  The table is
 * committed and `make check` compares it, so texts must be the same in every run: counts,
 * not times of this machine.
 */
#ifndef TESTS_LAWS_H
#define TESTS_LAWS_H

#include <stdbool.h>

/* `law` as KERNEL.md numbers it ("C1"), or "churn"; `what` tells rows of one law apart.
 * Writes the row, then fails the test unless it holds.  No tabs and no line ends. */
void law_checked(const char *law, const char *what, const char *recorded,
                 const char *simulated, bool holds);

/* A law that the simulator cannot express, and the reason. */
void law_not_expressed(const char *law, const char *what, const char *why);

#endif
