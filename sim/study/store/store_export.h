/* What people and other programs read of a study, written from its store.
 *
 *     scenario.json       the resolved base: every default filled in, axes not applied
 *     results.csv         one row a point: point, its value on each axis, replications,
 *                         then NAME and NAME:half_width of each metric
 *     results.json        the same with units and with how many runs had a value, and
 *                         what the study is about
 *     replications.csv    one row a run: point, axes, replication, seed, fingerprint,
 *                         then each metric
 *
 * Rows are in the order of store_points(), then of replications; columns in the order in
 * which the runs of these points have their numbers.  A metric is a column if a summary
 * of any run would show it.  The empty cell is null: the run, or every run, has no value.
 * The same runs give the same bytes, in whatever order and pieces they were stored.
 *
 * All files reach the disk before the first gets its name: on an error those that were
 * there stay.
 *
 * Cost: what loading all runs costs, and twice as much again to write them; memory for
 * the runs of one point.
 */
#ifndef SIM_STUDY_STORE_EXPORT_H
#define SIM_STUDY_STORE_EXPORT_H

#include "sim/study/store/store.h"

#define STUDY_SCENARIO     "scenario.json"
#define STUDY_RESULTS      "results.csv"
#define STUDY_RESULTS_JSON "results.json"
#define STUDY_RUNS         "replications.csv"

/* Commits, with this status, and writes the files.  The confidence of the intervals is
 * that of the scenario's "study". */
bool store_export(struct study_store *s, enum run_status status,
                  struct results_error *error);

#endif
