/* Closed forms as an operator reads them, beside what runs have found. */
#ifndef SIM_CLI_THEORY_PRINT_H
#define SIM_CLI_THEORY_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/cli/theory_runs.h"
#include "sim/theory/lines.h"

struct theory_page {
    const char *scenario;
    const struct theory_lines *lines;
    const struct theory_runs *runs; /* NULL: theory alone */
    bool colours;
};

/* One line a quantity, its doubts and gaps below. */
void theory_print(FILE *out, const struct theory_page *page);

void theory_json(FILE *out, const struct theory_page *page);

/* False if a form called exact lies outside the interval of the runs. */
bool theory_agrees(const struct theory_page *page);

#endif
