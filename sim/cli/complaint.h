/* What a command says on stderr when it cannot go on, and its exit status. */
#ifndef SIM_CLI_COMPLAINT_H
#define SIM_CLI_COMPLAINT_H

#include "sim/results/error.h"

/* Prints the error; EXIT_IO, or EXIT_USAGE if the question was wrong. */
int io_error(const struct results_error *error);

#endif
