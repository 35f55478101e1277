/* The run directory that a command takes as its argument, or has just written. */
#ifndef SIM_CLI_DIRECTORY_H
#define SIM_CLI_DIRECTORY_H

#include <argp.h>
#include <stdbool.h>

#include "sim/results/run_directory.h"

/* The last case of a command's parser: takes the one argument into `directory`, refuses a
 * second, and at the end that there is none.  ARGP_ERR_UNKNOWN for any other key. */
error_t directory_argument(int key, char *argument, struct argp_state *state,
                           const char **directory);

/* The run in it, of several replications the first (and a message says so); NULL after a
 * message. */
struct stored_run *directory_read(const char *directory);

/* Prints a file of a directory on stdout, as it was written; an exit status. */
int directory_print(const char *directory, const char *file);

/* Whether the run has that host; a message that names those it has, if not. */
bool directory_has_host(const struct run_record *r, const char *host);

#endif
