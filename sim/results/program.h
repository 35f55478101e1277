/* Programs of the machine that draw and show: found on PATH, started without a shell. */
#ifndef SIM_RESULTS_PROGRAM_H
#define SIM_RESULTS_PROGRAM_H

#include <stdbool.h>

#include "sim/results/error.h"

/* The absolute name of a program, the caller's to free; NULL if there is none.  Relative
 * entries of PATH, and the empty ones that stand for the current directory, are passed
 * over: a run directory is no place to take programs from. */
char *program_find(const char *name);

/* Opens a file with the program that the desktop has for its kind (xdg-open, or macOS'
 * open), which goes on by itself.  Errors: there is neither, or it says at once that it
 * cannot; both tell what to do instead. */
bool program_show(const char *file, struct results_error *error);

#endif
