/* A gnuplot script that needs no other: what a picture is drawn by, for who wants to edit
 * it. */
#ifndef SIM_RESULTS_SCRIPT_H
#define SIM_RESULTS_SCRIPT_H

#include <stdbool.h>

#include "sim/results/error.h"
#include "sim/results/text.h"

/* Appends the script that `words` (of a figure) and <kind>.gp of the folder make, with
 * all that the latter loads in its place: drawn by `gnuplot -d`, it writes
 * <name>.<suffix> in the folder it is started in.  False if a file of the folder cannot
 * be read. */
bool script_alone(const char *folder, const char *kind, const char *name,
                  const char *suffix, const struct text *words, struct text *out,
                  struct results_error *error);

#endif
