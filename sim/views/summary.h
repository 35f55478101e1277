/* The summary of a run on one screen: what was found, who suffered, what was required.
 *
 * Takes everything from the run record, so a stored run prints the same screen as the run
 * itself.  The same record gives the same bytes.
 */
#ifndef SIM_VIEWS_SUMMARY_H
#define SIM_VIEWS_SUMMARY_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/results/run_record.h"

/* `colour`: escape sequences for a terminal. */
void summary_print(FILE *out, const struct run_record *record, bool colour);

#endif
