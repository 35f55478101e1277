/* What a comparison leaves where it is asked to: comparison.json, the same as --format
 * json, and plots/differences.svg.
 */
#ifndef SIM_CLI_COMPARE_FILES_H
#define SIM_CLI_COMPARE_FILES_H

#include "sim/cli/compare_format.h"
#include "sim/results/error.h"

#define COMPARE_FILE "comparison.json"

/* Into a directory that is there.  An earlier file is replaced. */
bool compare_write(const char *directory, const struct compare_report *report,
                   struct results_error *error);

/* `margin`: as a share of A; 0: none.  Names the picture on stderr unless `quiet`. */
bool compare_draw(const char *directory, const struct compare_report *report,
                  double margin, bool quiet, struct results_error *error);

#endif
