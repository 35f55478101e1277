/* A page of HTML as a file wherever the user wants it. */
#ifndef SIM_CLI_PAGE_FILE_H
#define SIM_CLI_PAGE_FILE_H

#include <stdbool.h>

#include "sim/results/error.h"
#include "sim/results/text.h"

/* Whole or not at all; a file of that name is replaced. */
bool page_file_write(const char *file, const struct text *page,
                     struct results_error *error);

#endif
