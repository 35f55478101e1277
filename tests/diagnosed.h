/* What portsim diagnose must say of each scenario of the library: a table of every pool
 * that is to blame and why.  So each cause is named where it is right and nowhere else.
 */
#ifndef TESTS_DIAGNOSED_H
#define TESTS_DIAGNOSED_H

#include "sim/results/run_record.h"

/* Writes the run's directory, takes scenario.json away, reads the rest and judges it;
 * fails the test when a pool is blamed for another cause than the table says, or one that
 * it does not name is blamed at all. */
void check_diagnosis(const struct run_record *record);

/* Fails the test when a row names a scenario or a cause that there is not. */
void check_diagnosis_table(void);

#endif
